"""numpy.random and random inside compiled functions: the thread's own MT19937 with NumPy's legacy methods, so that a seed gives
NumPy's stream of uniform and normal numbers. What has no implementation here goes to NumPy's global generator.
"""

import numpy as np

from .._pyresolve import implements
from .._pysource import Stub

_double = Stub("weft.random.double")
_pair = Stub("weft.random.gauss")
_word = Stub("weft.random.word")
_seed = Stub("weft.random.seed")


def _gauss():
    return _pair()


def _below(n):
    """0 … n-1, without bias: bits are drawn until they are below."""
    if n <= 1:
        return 0
    most = n - 1
    mask = most
    mask |= mask >> 1
    mask |= mask >> 2
    mask |= mask >> 4
    mask |= mask >> 8
    mask |= mask >> 16
    mask |= mask >> 32
    while True:
        x = _word()
        if most > 0xFFFFFFFF:
            x = x << 32 | _word()
        x &= mask
        if x <= most:
            return x


def _uniform(low, high):
    return low + (high - low) * _double()


def _normal(loc, scale):
    return loc + scale * _gauss()


def _exponential(scale):
    return -scale * np.log(1.0 - _double())


def _between(low, high):
    return low + _below(high - low)


def _shapes(size):
    return size.is_number or size.is_tuple


def _filled(draw, count, dtype=np.float64):
    """An array of draws of `count` parameters; its shape is the argument `size`."""
    if count == 0:
        def filled(size):
            out = np.empty(size, dtype)
            flat = out.reshape(-1)
            for i in range(flat.shape[0]):
                flat[i] = draw()
            return out
    elif count == 1:
        def filled(a, size):
            out = np.empty(size, dtype)
            flat = out.reshape(-1)
            for i in range(flat.shape[0]):
                flat[i] = draw(a)
            return out
    else:
        def filled(a, b, size):
            out = np.empty(size, dtype)
            flat = out.reshape(-1)
            for i in range(flat.shape[0]):
                flat[i] = draw(a, b)
            return out
    return filled


@implements("numpy.random.random", "numpy.random.random_sample", "numpy.random.sample", "numpy.random.ranf", "random.random")
def random(size=None):
    if size is None or size.is_none:
        return lambda: _double()
    return _filled(_double_plain, 0) if _shapes(size) else None


def _double_plain():
    return _double()


def _of_extents(draw):
    filled = _filled(draw, 0)

    def rule(a=None, b=None, c=None, d=None):
        if a is None:
            return lambda: draw()
        if c is not None:
            return (lambda a, b, c: filled((a, b, c))) if d is None else lambda a, b, c, d: filled((a, b, c, d))
        if b is None:
            return lambda a: _fill_1d(a)

        def table(a, b):
            out = np.empty((a, b))
            for i in range(a):
                for j in range(b):
                    out[i, j] = draw()
            return out

        return table

    def _fill_1d(a):
        out = np.empty(a)
        for i in range(a):
            out[i] = draw()
        return out

    return rule


implements("numpy.random.rand")(_of_extents(_double_plain))
implements("numpy.random.randn")(_of_extents(_gauss))


@implements("numpy.random.standard_normal")
def standard_normal(size=None):
    return (lambda: _gauss()) if size is None else _filled(_gauss, 0) if _shapes(size) else None


@implements("numpy.random.normal", "random.gauss", "random.normalvariate")
def normal(a=None, b=None, size=None):
    if size is not None and not size.is_none:
        return _filled(_normal, 2) if _shapes(size) and a is not None and b is not None else None
    if a is None:
        return lambda: _gauss()
    return (lambda a: a + _gauss()) if b is None else lambda a, b: _normal(a, b)


@implements("numpy.random.uniform", "random.uniform")
def uniform(a=None, b=None, size=None):
    if size is not None and not size.is_none:
        return _filled(_uniform, 2) if _shapes(size) and a is not None and b is not None else None
    if a is None:
        return lambda: _double()
    return (lambda a: _uniform(a, 1.0)) if b is None else lambda a, b: _uniform(a, b)


@implements("numpy.random.exponential")
def exponential(a=None, size=None):
    if size is not None and not size.is_none:
        return _filled(_exponential, 1) if _shapes(size) and a is not None else None
    return (lambda: _exponential(1.0)) if a is None else lambda a: _exponential(a)


@implements("numpy.random.randint", "random.randrange")
def randint(a, b=None, size=None):
    if size is not None and not size.is_none:
        return _filled(_between, 2, np.int64) if _shapes(size) and b is not None and not b.is_none else None
    return (lambda a: _below(a)) if b is None or b.is_none else lambda a, b: _between(a, b)


@implements("random.randint")
def randint_closed(a, b):
    return lambda a, b: a + _below(b - a + 1)


@implements("random.getrandbits")
def getrandbits(k):
    def bits(k):
        if k <= 32:
            return _word() >> (32 - k)
        return (_word() << 32 | _word()) >> (64 - k)

    return bits


@implements("numpy.random.seed", "random.seed")
def seed(seed):
    return lambda seed: _seed(seed)


@implements("numpy.random.shuffle", "random.shuffle")
def shuffle(a):
    if not (a.is_list or a.is_array and a.ndim == 1):
        return None

    def shuffle_now(a):
        for i in range(len(a) - 1, 0, -1):
            j = _below(i + 1)
            x = a[i]
            a[i] = a[j]
            a[j] = x

    return shuffle_now


@implements("numpy.random.permutation")
def permutation(a):
    if a.is_number or a.is_array and a.ndim == 1:

        def of_range(a):
            out = np.arange(a)
            np.random.shuffle(out)
            return out

        def of_array(a):
            out = a.copy()
            np.random.shuffle(out)
            return out

        return of_array if a.is_array else of_range
    return None


@implements("numpy.random.choice")
def choice(a, size=None):
    if size is not None and not size.is_none:
        if not size.is_number or not a.is_array or a.ndim != 1:
            return None

        def several(a, size):
            out = np.empty(size, a.dtype)
            for i in range(size):
                out[i] = a[_below(a.shape[0])]
            return out

        return several
    if a.is_array and a.ndim == 1:
        return lambda a: a[_below(a.shape[0])]
    return (lambda a: _below(a)) if a.is_number else None
