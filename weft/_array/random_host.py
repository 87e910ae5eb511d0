"""NumPy's own random streams, for generators that are asked for by name: numbers are made on the CPU and moved to the device."""

import numpy as np

from .creation import from_numpy


def placed(value, dtype=None):
    """A draw of NumPy's as an array of ours."""
    if isinstance(value, (np.ndarray, np.generic, float, int)):
        return from_numpy(np.asarray(value), None if dtype is None else np.dtype(dtype))
    return value


def on_host(function, *args, cast_to=None, **kwargs):
    """A draw of NumPy's; cast_to: what it does not draw in, so that the result is cast."""
    from .fallback import to_host
    return placed(function(*map(to_host, args), **{key: to_host(value) for key, value in kwargs.items()}), cast_to)


# Methods of numpy.random.Generator that draw in the dtype they are given: other bits of the stream than in another one.
_DRAW_IN = {"random", "standard_normal", "standard_exponential", "standard_gamma", "integers"}


class HostGenerator:
    """numpy.random.Generator over one of NumPy's bit generators, whose draws are arrays of ours."""

    def __init__(self, bit_generator):
        self._host = np.random.Generator(bit_generator)

    bit_generator = property(lambda self: self._host.bit_generator)

    def __repr__(self):
        return f"Generator({type(self.bit_generator).__name__})"

    def spawn(self, n):
        return [HostGenerator(child.bit_generator) for child in self._host.spawn(n)]

    def bytes(self, length):
        return self._host.bytes(length)

    def shuffle(self, x, axis=0):
        host = x.get()
        self._host.shuffle(host, axis)
        x[...] = from_numpy(host, None, x.device)

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        method = getattr(self._host, name)

        def draw(*args, out=None, **kwargs):
            if name not in _DRAW_IN and "dtype" in kwargs:
                kwargs["cast_to"] = kwargs.pop("dtype")
            result = on_host(method, *args, **kwargs)
            if out is None:
                return result
            out[...] = result
            return out
        return draw


class RandomState:
    """numpy.random.RandomState with its own streams, whose draws are arrays of ours. `dtype=` casts them."""

    def __init__(self, seed=None, method=None):
        from .array import ndarray
        self._host = np.random.RandomState(seed.get() if isinstance(seed, ndarray) else seed)

    def seed(self, seed=None):
        self._host.seed(seed)

    def interval(self, mx, size):
        """Integers of [0, mx]."""
        if mx is None or mx < 0:
            raise ValueError("Invalid value for `mx`")
        return placed(self._host.randint(0, mx, size, dtype=np.int64) if mx == 2 ** 63 - 1 else self._host.randint(0, mx + 1, size))

    def shuffle(self, a):
        if a.ndim == 0:
            raise TypeError("An array whose ndim is 0 is not supported")
        a[...] = a[placed(self._host.permutation(a.shape[0]))]

    def permutation(self, a):
        from .array import ndarray
        if isinstance(a, ndarray):
            return a[placed(self._host.permutation(a.shape[0]))]
        return placed(self._host.permutation(a))

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        method = getattr(self._host, name)

        takes = (method.__doc__ or "").strip().partition("\n")[0].count("=") + (method.__doc__ or "").strip().partition("(")[2].partition(
            "=")[0].count(",")  # its positional parameters, by the signature that the text begins with

        def draw(*args, dtype=None, **kwargs):
            if len(args) == takes + 1 and name not in ("rand", "randn", "randint"):
                *args, dtype = args
            if name == "randint" and dtype is not None:
                return on_host(method, *args, dtype=dtype, **kwargs)
            return on_host(method, *args, cast_to=dtype, **kwargs)
        draw.__name__ = name
        return draw
