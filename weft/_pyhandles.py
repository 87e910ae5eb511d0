"""Python objects that compiled functions take and call methods of: a np.random.Generator.

To the compiler one is a named tuple: a number by which the object is found again, and what of its memory compiled code uses
itself. A method that has no implementation in weft._pylib is called at run time, as any other Python function.
"""

import ctypes
import functools

import numpy as np

_live = {}  # number → [object, how many calls hold it]


class _Handle(tuple):
    """Stands for one object for as long as a call needs it."""

    def __new__(cls, value, *parts):
        made = super().__new__(cls, (id(value), *parts))
        _live.setdefault(id(value), [value, 0])[1] += 1
        return made

    def __del__(self):
        held = _live[self[0]]
        held[1] -= 1
        if not held[1]:
            del _live[self[0]]

    @classmethod
    def _make(cls, items):
        """The object again, from what compiled code was given; while compiling, one to try things with."""
        held = _live.get(next(iter(items)))
        return held[0] if held else cls._wf_sample()


def _words(address, count, kind):
    return np.frombuffer((kind * count).from_address(address), np.dtype(kind))


class PCG64Handle(_Handle):
    """A Generator of PCG64: the 128 bits of its state and of its increment, and the half of a draw that waits."""

    _fields = ("handle", "words", "half")
    _wf_handle = np.random.Generator
    _wf_sample = staticmethod(lambda: np.random.default_rng(0))


class GeneratorHandle(_Handle):
    """A Generator of another kind."""

    _fields = ("handle",)
    _wf_handle = np.random.Generator
    _wf_sample = PCG64Handle._wf_sample


@functools.cache
def _low_word_first():
    """Where NumPy's compiler lacks integers of 128 bits (Microsoft's), PCG64 keeps the upper half of each first."""
    sample = np.random.PCG64(0)
    words = _words(ctypes.c_uint64.from_address(sample.ctypes.state_address).value, 4, ctypes.c_uint64)
    state = sample.state["state"]
    return [int(w) for w in words] == [n >> shift & 2**64 - 1 for n in (state["state"], state["inc"]) for shift in (0, 64)]


def handle_of(value):
    """The tuple that stands for an object, or None: it is none that compiled functions take."""
    if not isinstance(value, np.random.Generator):
        return None
    if type(value.bit_generator) is not np.random.PCG64 or not _low_word_first():
        return GeneratorHandle(value)
    address = value.bit_generator.ctypes.state_address
    state = ctypes.c_uint64.from_address(address).value
    return PCG64Handle(value, _words(state, 4, ctypes.c_uint64), _words(address + 8, 2, ctypes.c_uint32))
