"""Functions of Numba's for tuples whose length is known while compiling, which libraries use: numba.cpython.unsafe.tuple and
numba.np.unsafe.ndarray. In the interpreter they do the same."""

from ._extending import overload
from ._pylib.written import function
from ._pytypes import IntegerLiteral, Tuple


def tuple_setitem(items, index, value):
    """The tuple with another item at an index."""
    return items[:index] + (value,) + items[index + 1:]


def to_fixed_tuple(array, length):
    """The first `length` elements as a tuple."""
    return tuple(array[:length].tolist())


def build_full_slice_tuple(length):
    """(slice(None), slice(None), …)"""
    return (slice(None),) * length


def _tuple_of(head, count, item):
    """A function that returns the tuple of item(k)."""
    return function(f"def made({head}):\n    return ({''.join(item(k) + ', ' for k in range(count))})\n")


@overload(tuple_setitem)
def _tuple_setitem(items, index, value):
    if isinstance(items, Tuple) and len(items):
        return _tuple_of("items, index, value", len(items), lambda k: f"value if index == {k} else items[{k}]")


@overload(to_fixed_tuple)
def _to_fixed_tuple(array, length):
    if isinstance(length, IntegerLiteral):
        return _tuple_of("array, length", length.literal_value, lambda k: f"array[{k}]")


@overload(build_full_slice_tuple)
def _build_full_slice_tuple(length):
    if isinstance(length, IntegerLiteral):
        return _tuple_of("length", length.literal_value, lambda k: "slice(None)")
