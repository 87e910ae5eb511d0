"""array.mdspan(): an array as the cuda::std::mdspan that a kernel in CUDA C takes by value.

The object in device/include/mdspan is the pointer, the dynamic extents and, for layout_stride only, the strides in elements. A kernel's
parameter says by its type and size what it wants; the arguments' packing asks for those bytes.
"""

import re

import numpy as np

_TYPES = (np.dtype(np.int32), np.dtype(np.int64))
_DYNAMIC = 2**64 - 1  # std::dynamic_extent
_SIZES = {"int": 4, "unsigned_int": 4, "long": 8, "unsigned_long": 8, "long_long": 8, "unsigned_long_long": 8}
_DECLARED = re.compile(rf"(?:const_)?std_mdspan_.*?_std_extents_(?P<index>{'|'.join(sorted(_SIZES, key=len, reverse=True))})(?P<extents>(?:_\d+)*)_std_layout_")


class MdSpan:
    """What array.mdspan() gives: an argument for kernels whose parameter is an mdspan with dynamic extents. It keeps the array."""

    def __init__(self, array, index_type):
        self._array, self.index_type = array, index_type
        self._itemsize = array.dtype.itemsize

    shape = property(lambda self: self._array.shape)
    strides = property(lambda self: tuple(n // self._itemsize for n in self._array.strides), doc="In elements.")

    def __repr__(self):
        return f"mdspan(shape={self.shape}, strides={self.strides}, dtype={self._array.dtype}, index_type={self.index_type})"

    def __weft_struct__(self, size, type_name):
        """The bytes for a parameter of that size and type (its name as the compiler spells it; foreign code has none)."""
        extents, strides = np.array(self.shape, self.index_type), np.array(self.strides, self.index_type)
        pointer = np.array(self._array.data.ptr, np.uint64).tobytes()
        declared = _DECLARED.match(type_name or "")
        if declared:
            extents = self._dynamic(declared["index"], [int(n) for n in declared["extents"].split("_") if n])
        for layout in (pointer + extents.tobytes() + strides.tobytes(), pointer + extents.tobytes()):
            layout += bytes(-len(layout) % 8)
            if len(layout) == size:
                return layout
        raise TypeError(f"an mdspan of {len(self.shape)} dimensions with indices of {self.index_type} was given for a parameter of "
                        f"type {type_name or 'unknown'} ({size} bytes)")

    def _dynamic(self, index, extents):
        """The extents that the type leaves open; the type's own have to be the array's."""
        if _SIZES.get(index) != self.index_type.itemsize:
            raise TypeError(f"the kernel's mdspan has indices of type {index.replace('_', ' ')}, index_type={self.index_type} was given")
        declared = tuple("dynamic" if n == _DYNAMIC else n for n in extents)
        if len(declared) != len(self.shape) or any(n not in ("dynamic", m) for n, m in zip(declared, self.shape)):
            raise TypeError(f"the kernel's mdspan has extents ({', '.join(map(str, declared))}), the array has shape {self.shape}")
        return np.array([n for n, m in zip(self.shape, extents) if m == _DYNAMIC], self.index_type)


def mdspan(array, index_type, allow_unsafe):
    kind = np.dtype(index_type)
    if kind not in _TYPES:
        raise ValueError(f"mdspan: index_type is int32 or int64, got {kind}")
    shape, strides = array.shape, array.strides
    if any(n % array.dtype.itemsize for n in strides):
        raise ValueError(f"mdspan: the strides {strides} are no multiples of an element's {array.dtype.itemsize} bytes")
    largest = np.iinfo(kind).max
    for axis, (n, step) in enumerate(zip(shape, strides)):
        if not allow_unsafe and n == 0:
            raise RuntimeError(f"mdspan: {axis}-th dimension has size zero; allow_unsafe=True takes it")
        if not allow_unsafe and step <= 0:
            raise RuntimeError(f"mdspan: {axis}-th dimension has non-positive stride {step}; allow_unsafe=True takes it")
        if max(n, abs(step) // array.dtype.itemsize) > largest:
            raise ValueError(f"mdspan: dimension {axis} (size {n}, stride {step} bytes) exceeds {kind} maximum {largest}; use int64")
    return MdSpan(array, kind)
