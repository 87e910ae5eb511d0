"""Device arrays: NumPy-like arrays in a device's memory, with views and copies both ways."""

import math
import types as _types

import numpy as np

from .. import _core
from .._pytypes import code_of_dtype
from . import _managers


_CAN_FORBID_COPIES = np.lib.NumpyVersion(np.__version__) >= "2.1.0"


def _reshaped(array, shape):
    """The same memory in another shape; None: that would need a copy."""
    try:
        if _CAN_FORBID_COPIES:
            return array.reshape(shape, copy=False)
        array.shape = shape
        return array
    except AttributeError:
        return None
    except ValueError as error:
        if "copy" in str(error):
            return None
        raise


def _strides_of(shape, itemsize, order="C"):
    strides, step = [0] * len(shape), itemsize
    axes = range(len(shape) - 1, -1, -1) if order == "C" else range(len(shape))
    for axis in axes:
        strides[axis] = step
        step *= shape[axis]
    return tuple(strides)


def shape_of(shape):
    """A shape as a tuple of ints: of a number, a sequence or an array of integers."""
    if isinstance(shape, np.ndarray):
        shape = tuple(shape) if shape.ndim else shape.item()
    shape = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
    if not all(isinstance(n, (int, np.integer)) for n in shape):
        raise TypeError(f"shape must be an integer or a tuple of integers, got {shape}")
    return tuple(map(int, shape))


class DeviceNDArray(_core.DeviceArray):
    """An array in a device's memory."""

    __cuda_memory__ = __cuda_ndarray__ = True
    dtype = None  # each array's own, set below

    def __new__(cls, shape, strides=None, dtype=np.float64, stream=0, gpu_data=None, *, offset=0, readonly=False):
        dtype = np.dtype(dtype)
        shape = shape_of(shape)
        if strides is None:
            strides = _strides_of(shape, dtype.itemsize)
        else:
            strides = tuple(strides) if isinstance(strides, (tuple, list)) else (strides,)
            if len(strides) != len(shape):
                raise ValueError(f"strides not match ndim: {len(strides)} strides for {len(shape)} dimensions")
        owner = _managers.memory_for(math.prod(shape) * dtype.itemsize) if gpu_data is None else gpu_data
        address = (owner.address if hasattr(owner, "address") else int(owner)) + offset
        code = _code_of(dtype)
        self = super().__new__(cls, owner, address, code, dtype.itemsize, shape, strides, readonly)
        self.dtype, self.stream = dtype, stream
        return self

    def __init__(self, *args, **options):
        pass

    @property
    def size(self):
        return math.prod(self.shape)

    @property
    def nbytes(self):
        return self.size * self.itemsize

    alloc_size = nbytes

    @property
    def gpu_data(self):
        from ._pointers import MemoryPointer

        return MemoryPointer(None, self._address, self.nbytes, owner=self._owner)

    def get_ipc_handle(self):
        """A handle of this memory that another process can open: with statements on it, unpickled there, give the array."""
        from ._ipc import IpcArrayHandle

        handle = _managers.manager().get_ipc_handle(self.gpu_data)
        return IpcArrayHandle(handle, {"shape": self.shape, "strides": self.strides, "dtype": self.dtype})

    @property
    def _numba_type_(self):
        from .._pytypes import typeof

        return typeof(self)

    @property
    def device_ctypes_pointer(self):
        import ctypes

        return ctypes.c_void_p(self._address)

    def is_c_contiguous(self):
        return self.size == 0 or all(n == 1 or s == w for n, s, w in zip(self.shape, self.strides,
                                                                         _strides_of(self.shape, self.itemsize)))

    def is_f_contiguous(self):
        return self.size == 0 or all(n == 1 or s == w for n, s, w in zip(self.shape, self.strides,
                                                                         _strides_of(self.shape, self.itemsize, "F")))

    @property
    def flags(self):
        return {"C_CONTIGUOUS": self.is_c_contiguous(), "F_CONTIGUOUS": self.is_f_contiguous(), "WRITEABLE": True}

    @property
    def __cuda_array_interface__(self):
        strides = None if self.is_c_contiguous() else self.strides
        return {"shape": self.shape, "strides": strides, "data": (self._address if self.size else 0, False),
                "typestr": self.dtype.str, "descr": self.dtype.descr,
                "stream": int(self.stream) or None if self.stream is not None else None, "version": 3}

    def bind(self, stream=0):
        view = self._view(self.shape, self.strides)
        view.stream = stream
        return view

    def _view(self, shape, strides, offset=0, dtype=None):
        return DeviceNDArray(shape, strides, dtype or self.dtype, self.stream, _Part(self._owner, self._address + offset))

    # Copies.

    def copy_to_host(self, ary=None, stream=0):
        """A NumPy array with what is here; into `ary` when given."""
        if self.is_c_contiguous() or self.is_f_contiguous():
            order = "C" if self.is_c_contiguous() else "F"
            if ary is None:
                ary = np.empty(self.shape, self.dtype, order=order)
            elif ary.dtype != self.dtype:
                raise TypeError(f"incompatible dtype: {self.dtype} vs. {ary.dtype}")
            elif ary.size != self.size:
                raise TypeError(f"incompatible shape: {self.shape} vs. {ary.shape}")
            right = ary.flags["C_CONTIGUOUS" if order == "C" else "F_CONTIGUOUS"]
            target = ary if right else np.empty(self.shape, self.dtype, order=order)
            if self.size:
                _core.copy_to_host(_flat_bytes(target), self._address, _stream(stream or self.stream))
            if target is not ary:
                ary[...] = target.reshape(ary.shape)
            return ary
        span = self._span()
        raw = np.empty(span[1] - span[0], np.uint8)
        _core.copy_to_host(raw, self._address + span[0], _stream(stream or self.stream))
        found = np.ndarray(self.shape, self.dtype, raw, -span[0], self.strides)
        if ary is None:
            return found.copy()
        ary[...] = found
        return ary

    def _span(self):
        low = sum(min(0, (n - 1) * s) for n, s in zip(self.shape, self.strides))
        high = sum(max(0, (n - 1) * s) for n, s in zip(self.shape, self.strides)) + self.itemsize
        return low, high

    def copy_to_device(self, ary, stream=0):
        """Fills this array from a NumPy or a device array."""
        if not self.size:
            return
        where = _stream(stream or self.stream)
        if isinstance(ary, DeviceNDArray):
            if ary.dtype != self.dtype:
                raise TypeError(f"incompatible dtype: {self.dtype} vs. {ary.dtype}")
            if ary.squeeze().shape != self.squeeze().shape:
                raise ValueError(f"incompatible shape: {self.shape} vs. {ary.shape}")
            if self.is_c_contiguous() and ary.is_c_contiguous():
                _core.copy_on_device(self._address, ary._address, self.nbytes, where)
                return
            ary = ary.copy_to_host()
        ary = np.asarray(ary)
        if ary.dtype != self.dtype:
            raise TypeError(f"incompatible dtype: {self.dtype} vs. {ary.dtype}")
        if ary.shape != self.shape:
            if ary.size != self.size:
                raise ValueError(f"incompatible shape: {self.shape} vs. {ary.shape}")
            ary = ary.reshape(self.shape)
        if self.is_c_contiguous():
            _core.copy_to_device(self._address, _flat_bytes(np.ascontiguousarray(ary)), where)
        elif self.is_f_contiguous():
            _core.copy_to_device(self._address, _flat_bytes(np.asfortranarray(ary)), where)
        else:
            span = self._span()
            raw = np.empty(span[1] - span[0], np.uint8)
            _core.copy_to_host(raw, self._address + span[0], where)
            np.ndarray(self.shape, self.dtype, raw, -span[0], self.strides)[...] = ary
            _core.copy_to_device(self._address + span[0], raw, where)

    def __array__(self, dtype=None, copy=None):
        if copy is False:
            raise ValueError("`copy=False` is not supported. A copy is always created.")
        found = self.copy_to_host()
        return found if dtype is None else found.astype(dtype)

    # Views.

    def _dummy(self):
        """A NumPy array of the same layout over nothing, to let NumPy do the indexing."""
        low, high = self._span() if self.size else (0, 0)
        interface = {"shape": self.shape, "strides": self.strides, "typestr": self.dtype.str, "descr": self.dtype.descr,
                     "data": (1 << 40, False), "version": 3}
        holder = _types.SimpleNamespace(__array_interface__=interface)
        return np.asarray(holder)

    def _of_dummy(self, dummy):
        return self._view(dummy.shape, dummy.strides, dummy.__array_interface__["data"][0] - (1 << 40), dummy.dtype)

    @property
    def T(self):
        return self._view(self.shape[::-1], self.strides[::-1])

    def transpose(self, axes=None):
        return self._of_dummy(self._dummy().transpose(axes))

    def astype(self, dtype):
        """A device array with the values in another type."""
        from ._memory import to_device

        return to_device(self.copy_to_host().astype(dtype), self.stream)

    def reshape(self, *shape, order="C"):
        if len(shape) == 1 and isinstance(shape[0], (tuple, list)):
            shape = tuple(shape[0])
        if order not in ("C", "F", "A"):
            raise NotImplementedError(f"reshape: order must be 'C', 'F' or 'A', got {order!r}")
        backwards = order == "F" or (order == "A" and self._f_order())
        made = self._dummy().T if backwards else self._dummy()
        made = _reshaped(made, shape[::-1] if backwards else shape)
        if made is None:
            raise NotImplementedError("reshape would require a copy")
        return self._of_dummy(made.T if backwards else made)

    def _f_order(self):
        return self.is_f_contiguous() and not self.is_c_contiguous()

    def ravel(self, order="C"):
        in_order = {"C": self.is_c_contiguous(), "F": self.is_f_contiguous()}
        in_order["A"] = in_order["K"] = any(in_order.values())
        if not in_order.get(order, False):
            raise NotImplementedError(f"ravel on an array that does not lie in order {order!r} would require a copy")
        return self._view((self.size,), (self.itemsize,))

    def squeeze(self, axis=None):
        return self._of_dummy(self._dummy().squeeze(axis))

    def view(self, dtype):
        return self._of_dummy(self._dummy().view(dtype))

    def split(self, section, stream=0):
        for start in range(0, self.size, section):
            yield self[start:start + section]

    def _scalar(self, index):
        return not isinstance(index, (slice, type(None))) and index is not Ellipsis

    def __getitem__(self, index):
        return self.getitem(index)

    def getitem(self, index, stream=0):
        found = self._dummy()[index if isinstance(index, str) else self._check(index)] if self._is_view(index) else None
        if found is not None:
            return self._of_dummy(found)
        return self._of_dummy(self._element(index))._alone(stream)

    def _alone(self, stream):
        """What an array without dimensions is to the program: a number, or a record that stays where it is."""
        if self.dtype.names is not None:
            return DeviceRecord(self.dtype, self.stream, _Part(self._owner, self._address))
        return self.copy_to_host(stream=stream)[()]

    def _check(self, index):
        return index

    def _is_view(self, index):
        if isinstance(index, str):
            return True
        parts = index if isinstance(index, tuple) else (index,)
        return any(isinstance(p, slice) or p is None or p is Ellipsis for p in parts) or len(parts) < self.ndim

    def _element(self, index):
        parts = index if isinstance(index, tuple) else (index,)
        at = tuple(slice(i, i + 1) if i != -1 else slice(-1, None) for i in
                   (_checked(int(p), n) for p, n in zip(parts, self.shape)))
        return self._dummy()[(*at, Ellipsis)].reshape(())  # a view also of 0-d: NumPy must not read a GPU's memory

    def __setitem__(self, index, value):
        self.setitem(index, value)

    def setitem(self, index, value, stream=0):
        target = self._of_dummy(self._dummy()[index] if self._is_view(index) else self._element(index))
        if isinstance(value, DeviceNDArray):
            value = value.copy_to_host()
        value = np.asarray(value, target.dtype)
        if value.ndim > target.ndim:
            raise ValueError(f"Can't assign {value.ndim}-D array to {target.ndim}-D self")
        for axis, (given, wanted) in enumerate(zip((1,) * (target.ndim - value.ndim) + value.shape, target.shape)):
            if given not in (1, wanted):
                raise ValueError(f"Can't copy sequence with size {given} to array axis {axis} with dimension {wanted}")
        target.copy_to_device(np.ascontiguousarray(np.broadcast_to(value, target.shape)).reshape(target.shape), stream)

    def __len__(self):
        if not self.ndim:
            raise TypeError("len() of unsized object")
        return self.shape[0]

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def __repr__(self):
        return f"<weft.cuda.DeviceNDArray {self.shape} of {self.dtype}>"


def _checked(i, n):
    if not -n <= i < n:
        raise IndexError(f"index {i} is out of bounds for axis with size {n}")
    return i


def _code_of(dtype):
    """The code of an array's elements; text is its bytes."""
    from .._pysource import record_code, text_code

    if dtype.names is not None:
        return record_code(dtype)
    if dtype.kind in "SUV" and dtype.name != "bfloat16":
        return text_code(dtype)
    return code_of_dtype(dtype)


class _Part:
    """An address inside memory that `owner` keeps."""

    def __init__(self, owner, address):
        self.owner, self.address = owner, address


def _flat_bytes(array):
    """A contiguous array as one-dimensional bytes, writable if it is."""
    return array.reshape(-1, order="A").view(np.uint8) if array.ndim else array.reshape(1).view(np.uint8)


def _stream(stream):
    return None if stream is None or (isinstance(stream, int) and stream == 0) else stream


class DeviceRecord(DeviceNDArray):
    """One record (a row of a structured array) in a device's memory."""

    def __new__(cls, dtype, stream=0, gpu_data=None):
        return super().__new__(cls, (), (), dtype, stream, gpu_data)

    @property
    def _numba_type_(self):
        from .._pytypes import from_dtype

        return from_dtype(self.dtype)

    def __getitem__(self, item):
        return self.getitem(item)

    def getitem(self, item, stream=0):
        part = self._of_dummy(self._dummy()[item])
        return part if part.shape else part._alone(stream)

    def setitem(self, key, value, stream=0):
        part = self._of_dummy(self._dummy()[key])
        part.copy_to_device(np.asarray(value, part.dtype).reshape(part.shape), stream)


devicearray = _types.SimpleNamespace(DeviceNDArray=DeviceNDArray, DeviceNDArrayBase=DeviceNDArray)
