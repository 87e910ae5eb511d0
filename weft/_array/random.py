"""weft.random: random numbers, made on the host by NumPy's Philox so far and moved to the device.

The streams are fixed by the seed. Kernels of our own (the same Philox on every device, fused) are to come.
"""

import numpy as np

from .creation import from_numpy

_DRAWS = ("random", "standard_normal", "standard_exponential", "standard_gamma", "normal", "uniform", "integers", "beta", "binomial",
          "chisquare", "dirichlet", "exponential", "f", "gamma", "geometric", "gumbel", "hypergeometric", "laplace", "logistic",
          "lognormal", "logseries", "multinomial", "multivariate_normal", "negative_binomial", "noncentral_chisquare",
          "noncentral_f", "pareto", "permutation", "permuted", "poisson", "power", "rayleigh", "standard_cauchy", "standard_t",
          "triangular", "vonmises", "wald", "weibull", "zipf", "choice")


def _place(value, dtype=None):
    if isinstance(value, (np.ndarray, np.generic, float, int)):
        return from_numpy(np.asarray(value), None if dtype is None else np.dtype(dtype))
    return value


class Generator:
    """NumPy's Generator, whose draws are arrays of ours. Without a bit generator: Philox."""

    def __init__(self, bit_generator=None):
        self._host = np.random.Generator(np.random.Philox() if bit_generator is None else bit_generator)

    bit_generator = property(lambda self: self._host.bit_generator)

    def spawn(self, n):
        return [Generator(child.bit_generator) for child in self._host.spawn(n)]

    def bytes(self, length):
        return self._host.bytes(length)

    def shuffle(self, x, axis=0):
        host = x.get()
        self._host.shuffle(host, axis)
        x[...] = from_numpy(host, None, x.device)

    def __repr__(self):
        return f"Generator({type(self.bit_generator).__name__})"


def _draw(name):
    def method(self, *args, out=None, **kwargs):
        from .fallback import to_host
        result = _place(getattr(self._host, name)(*map(to_host, args), **{k: to_host(v) for k, v in kwargs.items()}))
        if out is None:
            return result
        out[...] = result
        return out
    method.__name__ = name
    method.__doc__ = getattr(np.random.Generator, name).__doc__
    return method


for _name in _DRAWS:
    setattr(Generator, _name, _draw(_name))


def default_rng(seed=None):
    """A Generator over Philox."""
    if isinstance(seed, Generator):
        return seed
    if isinstance(seed, np.random.Generator):
        return Generator(seed.bit_generator)
    return Generator(seed if isinstance(seed, np.random.BitGenerator) else np.random.Philox(seed))


class RandomState:
    """NumPy's RandomState with its own streams, whose draws are arrays of ours."""

    def __init__(self, seed=None):
        self._host = np.random.RandomState(seed)

    def __getattr__(self, name):
        method = getattr(self._host, name)

        def draw(*args, dtype=None, **kwargs):
            from .fallback import to_host
            return _place(method(*map(to_host, args), **kwargs), dtype)
        return draw


_state = {"generator": default_rng()}


def seed(seed=None):
    _state["generator"] = default_rng(seed)


def _generator():
    return _state["generator"]


def random(size=None, dtype=float):
    return _generator().random(size, dtype)


random_sample = ranf = sample = random


def rand(*shape, dtype=float):
    return _generator().random(shape or None, dtype)


def randn(*shape, dtype=float):
    return _generator().standard_normal(shape or None, dtype)


def randint(low, high=None, size=None, dtype=int):
    return _generator().integers(low, high, size, dtype)


def random_integers(low, high=None, size=None):
    return _generator().integers(1 if high is None else low, low if high is None else high, size, endpoint=True)


def shuffle(x):
    _generator().shuffle(x)


def bytes(length):
    return _generator().bytes(length)


def get_random_state():
    return _generator()


def set_random_state(state):
    _state["generator"] = state


def _module_draw(name):
    def function(*args, **kwargs):
        return getattr(_generator(), name)(*args, **kwargs)
    function.__name__ = name
    return function


for _name in _DRAWS:
    if _name not in globals():
        globals()[_name] = _module_draw(_name)

PCG64, Philox, MT19937, SFC64, BitGenerator = (np.random.PCG64, np.random.Philox, np.random.MT19937, np.random.SFC64,
                                               np.random.BitGenerator)
XORWOW = MRG32k3a = Philox4x3210 = np.random.Philox
