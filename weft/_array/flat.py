"""`array.flat`: the elements in C order, as NumPy's flatiter. What is read is a copy; what is written goes into the array.

Values that are too few are taken again from their beginning, values that are too many are left out, as in NumPy.
"""

import numpy as np

from .array import ndarray


class flatiter:
    """An iterator over the elements of an array in C order, which can be indexed by a number, a slice, `...`, indices or a mask."""

    __module__ = "weft"
    __hash__ = None

    def __init__(self, array):
        if not isinstance(array, ndarray):
            raise TypeError(f"flatiter is over an array, got {type(array).__name__}")
        self.base = array
        self.index = 0

    @property
    def coords(self):
        """The next element's indices."""
        return tuple(int(k) for k in np.unravel_index(self.index, self.base.shape)) if self.index < self.base.size else None

    def __len__(self):
        return self.base.size

    def __iter__(self):
        return self

    def __next__(self):
        if self.index >= self.base.size:
            raise StopIteration
        self.index += 1
        return self.base.ravel()[self.index - 1]

    def _line(self):
        return self.base.ravel()

    def _key(self, key):
        """The key, where NumPy has it too: for one dimension, without new axes. IndexError else."""
        if isinstance(key, tuple):
            if len(key) != 1:
                raise IndexError("unsupported iterator index: an iterator over the elements has one dimension")
            key = key[0]
        if key is None or isinstance(key, (bool, np.bool_)):
            raise IndexError(f"unsupported iterator index {key!r}")
        return slice(None) if key is Ellipsis else key

    def __getitem__(self, key):
        key = self._key(key)
        line = self._line()
        part = line[key]
        return part._copy() if part._same_base(line) and part.ndim else part

    def __setitem__(self, key, value):
        from .creation import asarray
        key = self._key(key)
        array = self.base
        line = self._line()
        aside = not line._same_base(array)
        value = asarray(value, device=array.device).ravel()
        if isinstance(key, (int, np.integer)):
            if value.size != 1:
                raise ValueError("setting an array element with a sequence")
            line[key] = value[0]
        else:
            chosen = line[key]
            if chosen.size and not value.size:
                raise ValueError("cannot set elements from an empty array")
            if chosen.size:
                line[key] = tiled(value, chosen.size)._reshape(chosen.shape)
        if aside:
            array[...] = line._reshape(array.shape)

    def __array__(self, dtype=None, copy=None):
        return self._line().__array__(dtype)

    def copy(self):
        """All elements as a new array of one dimension."""
        return self.base.flatten()


def _comparison(name):
    def compare(self, other):
        return getattr(self._line(), name)(other._line() if isinstance(other, flatiter) else other)
    compare.__name__ = name
    return compare


for _name in ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"):
    setattr(flatiter, _name, _comparison(_name))


def tiled(line, count):
    """The elements of an array of one dimension, repeated or cut to `count` of them."""
    if line.size in (1, count):
        return line if line.size == count else line._broadcast_to((count,))
    if line.size > count:
        return line[:count]
    from .creation import arange
    from .indexing import take
    return take(line, arange(count, device=line.device) % line.size)
