"""CUDA arrays, texture and surface references, and the copies between arrays and memory, as PyCUDA has them.

Everything is weft's own (weft/_texture.py): a CUDA array is plain memory, a reference a variable that holds a descriptor.
"""

import numpy as np

from weft import _core, _texture

from ._context import LogicError, require_context
from ._enums import TRSF_NORMALIZED_COORDINATES, TRSF_READ_AS_INTEGER, address_mode, array3d_flags, array_format, filter_mode
from ._memory import Memcpy2D, Memcpy3D

_DTYPES = {array_format.UNSIGNED_INT8: np.uint8, array_format.UNSIGNED_INT16: np.uint16, array_format.UNSIGNED_INT32: np.uint32,
           array_format.SIGNED_INT8: np.int8, array_format.SIGNED_INT16: np.int16, array_format.SIGNED_INT32: np.int32,
           array_format.HALF: np.float16, array_format.FLOAT: np.float32}
_FORMATS = {np.dtype(dtype): format for format, dtype in _DTYPES.items()}
# What a texture cannot hold is held as words: (format, channels).
_AS_WORDS = {np.dtype(np.float64): (array_format.SIGNED_INT32, 2), np.dtype(np.complex64): (array_format.SIGNED_INT32, 2),
             np.dtype(np.complex128): (array_format.SIGNED_INT32, 4)}


class ArrayDescriptor:
    """The extents and format of a CUDA array; height 0: one dimension."""

    def __init__(self):
        self.width = self.height = 0
        self.format = array_format.FLOAT
        self.num_channels = 1


class ArrayDescriptor3D(ArrayDescriptor):
    def __init__(self):
        super().__init__()
        self.depth = 0
        self.flags = 0


def _invalid(call, why):
    return LogicError(f"{call} failed: invalid value: {why}")


class Array:
    """A CUDA array of the descriptor's extents."""

    def __init__(self, descriptor):
        require_context("cuArrayCreate")
        depth = int(getattr(descriptor, "depth", 0))
        shape = [int(n) for n in (depth, descriptor.height, descriptor.width)]
        if shape[2] <= 0:
            raise _invalid("cuArrayCreate", f"an array of width {shape[2]}")
        self._descriptor = descriptor
        self._flags = int(getattr(descriptor, "flags", 0))
        try:
            self._texels = _texture.TextureArray([n for n in shape if n > 0], _DTYPES[array_format(descriptor.format)],
                                                 descriptor.num_channels, layered=bool(self._flags & 1))
        except (TypeError, ValueError, KeyError) as error:
            raise _invalid("cuArrayCreate", error) from None

    @property
    def handle(self):
        return int(self._texels)

    def free(self):
        self._texels.free()

    def get_descriptor(self):
        result = ArrayDescriptor()
        for name in ("width", "height", "format", "num_channels"):
            setattr(result, name, getattr(self._descriptor, name))
        return result

    def get_descriptor_3d(self):
        result = ArrayDescriptor3D()
        for name in ("width", "height", "format", "num_channels"):
            setattr(result, name, getattr(self._descriptor, name))
        result.depth, result.flags = getattr(self._descriptor, "depth", 0), self._flags
        return result


class TextureReference(_texture.TextureReference):
    """A texture<…> variable of a module (Module.get_texref), or one of its own."""

    def __init__(self, memory=None):
        super().__init__(memory)
        self._flags = 0
        self._array = None
        self._linear = None  # (address, width, height, pitch)

    def set_array(self, array):
        self._array, self._linear = array, None
        self.bind(array._texels)

    def get_array(self):
        if self._array is None:
            raise _invalid("cuTexRefGetArray", "no array is bound")
        return self._array

    def set_address(self, devptr, bytes, allow_offset=False):
        """Reads plain memory by tex1Dfetch; returns the offset in bytes, which is 0: any address will do."""
        self._array, self._linear = None, (devptr, int(bytes), None, 0)
        self._rebind()
        return 0

    def set_address_2d(self, devptr, descr, pitch):
        self._array, self._linear = None, (devptr, int(descr.width), int(descr.height), int(pitch))
        self.set_format(descr.format, descr.num_channels)

    def get_address(self):
        if self._linear is None:
            raise _invalid("cuTexRefGetAddress", "no memory is bound")
        return int(self._linear[0])

    def _rebind(self):
        memory, width, height, pitch = self._linear
        if height is None:
            width //= self.dtype.itemsize * self.channels
        self.bind(_texture.LinearTexels(memory, self.dtype, self.channels, width, height or 1, pitch))

    def set_format(self, format, num_components):
        self.dtype, self.channels = np.dtype(_DTYPES[array_format(format)]), int(num_components)
        if self._linear is not None:
            self._rebind()

    def get_format(self):
        return _FORMATS[self.dtype], self.channels

    def set_address_mode(self, dim, mode):
        self.options["address"][dim] = int(mode)
        self.send()

    def get_address_mode(self, dim):
        return address_mode(self.options["address"][dim])

    def set_filter_mode(self, mode):
        self.options["filter"] = int(mode)
        self.send()

    def get_filter_mode(self):
        return filter_mode(self.options["filter"] if isinstance(self.options["filter"], int) else 0)

    def set_flags(self, flags):
        self._flags = int(flags)
        self.options["normalized"] = bool(self._flags & TRSF_NORMALIZED_COORDINATES)
        self.options["scaled"] = not self._flags & TRSF_READ_AS_INTEGER
        self.send()

    def get_flags(self):
        return self._flags


class SurfaceReference(_texture.TextureReference):
    """A surface<…> variable of a module (Module.get_surfref)."""

    _array = None

    def set_array(self, array, flags=0):
        self._array = array
        self.bind(array._texels)

    def get_array(self):
        if self._array is None:
            raise _invalid("cuSurfRefGetArray", "no array is bound")
        return self._array


# --- arrays from NumPy's and the device's ---------------------------------------------------------------------------------


def dtype_to_array_format(dtype):
    dtype = np.dtype(dtype)
    if dtype not in _FORMATS:
        raise TypeError(f"cannot convert dtype '{dtype}' to array format")
    return _FORMATS[dtype]


def _extents(shape, order, what):
    """(width, height) of a matrix in that order."""
    if order.upper() not in ("C", "F"):
        raise LogicError(f"{what}: order must be either F or C")
    if len(shape) != 2:
        raise ValueError(f"{what}: expected two dimensions, got {len(shape)}")
    height, width = shape if order.upper() == "C" else shape[::-1]
    return int(width), int(height)


def _new_array(descriptor, extents, format, channels):
    descriptor.width, descriptor.height = extents[:2]
    if len(extents) > 2:
        descriptor.depth = extents[2]
    descriptor.format, descriptor.num_channels = format, channels
    return Array(descriptor)


def matrix_to_array(matrix, order, allow_double_hack=False):
    """A two-dimensional array with the matrix's content; in order "F" its first index runs along the width."""
    extents = _extents(np.shape(matrix), order, "matrix_to_array")
    matrix = np.asarray(matrix, order=order.upper())
    format = _AS_WORDS.get(matrix.dtype) if allow_double_hack and matrix.dtype == np.float64 else None
    array = _new_array(ArrayDescriptor(), extents, *(format or (dtype_to_array_format(matrix.dtype), 1)))
    array._texels.copy_from(np.ascontiguousarray(matrix if order.upper() == "C" else matrix.T))
    return array


def make_multichannel_2d_array(ndarray, order):
    """The channels are the last dimension in order "C", the first in order "F"."""
    if order.upper() == "C":
        height, width, channels = ndarray.shape
        data = ndarray
    elif order.upper() == "F":
        channels, width, height = ndarray.shape
        data = ndarray.T
    else:
        raise LogicError("make_multichannel_2d_array: order must be either F or C")
    array = _new_array(ArrayDescriptor(), (int(width), int(height)), dtype_to_array_format(ndarray.dtype), int(channels))
    array._texels.copy_from(np.ascontiguousarray(data))
    return array


def _to_array(source, order, allow_surface, what, copy):
    if order not in ("C", "F"):
        raise LogicError(f"{what}: order must be either F or C")
    if len(source.shape) not in (2, 3):
        raise LogicError(f"{what}: expected two or three dimensions, got {len(source.shape)}")
    format = _AS_WORDS.get(source.dtype) or (dtype_to_array_format(source.dtype), 1)
    shape = [int(n) for n in source.shape]
    flat = len(shape) == 2
    if flat and not allow_surface:
        descriptor, extents = ArrayDescriptor(), (shape[1], shape[0])
    else:
        descriptor, extents = ArrayDescriptor3D(), (shape[-1], shape[-2], 1 if flat else shape[0])
    if allow_surface:
        descriptor.flags = int(array3d_flags.SURFACE_LDST) | (int(array3d_flags.ARRAY3D_LAYERED) if flat else 0)
    array = _new_array(descriptor, extents, *format)
    copy(array._texels)
    return array


def np_to_array(nparray, order, allowSurfaceBind=False):  # noqa: N803
    """An array of two or three dimensions with the bytes of the NumPy array as they lie in memory; with allowSurfaceBind a
    layered one for surfaces. float64 and complex numbers become pairs and fours of 32-bit words."""

    def copy(texels):
        texels.copy_from(nparray.ravel(order="K"))

    return _to_array(nparray, order, allowSurfaceBind, "np_to_array", copy)


def gpuarray_to_array(gpuarray, order, allowSurfaceBind=False):  # noqa: N803
    """The same of a GPUArray."""

    def copy(texels):
        _core.copy_on_device(texels.memory, gpuarray.gpudata, texels.nbytes)

    return _to_array(gpuarray, order, allowSurfaceBind, "gpuarray_to_array", copy)


def bind_array_to_texref(ary, texref):
    texref.set_array(ary)
    texref.set_address_mode(0, address_mode.CLAMP)
    texref.set_address_mode(1, address_mode.CLAMP)
    texref.set_filter_mode(filter_mode.POINT)


def matrix_to_texref(matrix, texref, order):
    bind_array_to_texref(matrix_to_array(matrix, order), texref)


# --- copies of bytes ------------------------------------------------------------------------------------------------------


def _part(array, index, size, call):
    """An end of a copy: `size` bytes of the array from byte `index`."""
    if index < 0 or index + size > array._texels.nbytes:
        raise _invalid(call, f"bytes {index} to {index + size} of an array of {array._texels.nbytes}")
    return (array._texels.memory, True, int(index), 0, 0)


def _copy(call, to, source, size):
    require_context(call)
    _core.copy_strided(to, source, int(size), 1, 1, None, True)


def memcpy_dtoa(ary, index, src, len):
    _copy("cuMemcpyDtoA", _part(ary, index, len, "cuMemcpyDtoA"), (src, True, 0, 0, 0), len)


def memcpy_atod(dest, ary, index, len):
    _copy("cuMemcpyAtoD", (dest, True, 0, 0, 0), _part(ary, index, len, "cuMemcpyAtoD"), len)


def memcpy_htoa(ary, index, src):
    size = memoryview(src).nbytes
    _copy("cuMemcpyHtoA", _part(ary, index, size, "cuMemcpyHtoA"), (src, False, 0, 0, 0), size)


def memcpy_atoh(dest, ary, index):
    size = memoryview(dest).nbytes
    _copy("cuMemcpyAtoH", (dest, False, 0, 0, 0), _part(ary, index, size, "cuMemcpyAtoH"), size)


py_memcpy_htoa, py_memcpy_atoh = memcpy_htoa, memcpy_atoh


def memcpy_atoa(dest, dest_index, src, src_index, len):
    _copy("cuMemcpyAtoA", _part(dest, dest_index, len, "cuMemcpyAtoA"), _part(src, src_index, len, "cuMemcpyAtoA"), len)


__all__ = ["Array", "ArrayDescriptor", "ArrayDescriptor3D", "Memcpy2D", "Memcpy3D", "SurfaceReference", "TextureReference",
           "bind_array_to_texref", "dtype_to_array_format", "gpuarray_to_array", "make_multichannel_2d_array", "matrix_to_array",
           "matrix_to_texref", "memcpy_atoa", "memcpy_atod", "memcpy_atoh", "memcpy_dtoa", "memcpy_htoa", "np_to_array",
           "py_memcpy_atoh", "py_memcpy_htoa"]
