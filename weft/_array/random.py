"""weft.random: random numbers made on the device by Philox.

A draw has a key of its own (made of the seed and the number of the draw), an element of it is a function of that key and of its
index: the same numbers come out on every device, however the work is divided. Uniform, normal and exponential numbers and what
is made of them are recorded like any operation, so they fuse into what uses them; distributions that need rejection are kernels
(device/random_dist.h). Generators named after NumPy's (PCG64, MT19937 …) and RandomState give NumPy's own streams, from the CPU.
"""

import builtins
import math as _math
import operator

import numpy as np

from .. import _core
from . import dtypes
from .array import ndarray
from .axes import common_shape, normalize_axis
from .creation import arange, asarray, empty, full
from .math import SPECIAL, exp, floor, log, power as _power, random_bits32, random_bits64, sqrt, tan, where, word_normal, word_uniform, word_uniform_open
from .random_host import HostGenerator, RandomState

_MASK = (1 << 64) - 1


def _mixed(x):
    """splitmix64's finalizer: neighbouring numbers give unrelated ones."""
    x &= _MASK
    x = ((x ^ x >> 30) * 0xbf58476d1ce4e5b9) & _MASK
    x = ((x ^ x >> 27) * 0x94d049bb133111eb) & _MASK
    return x ^ x >> 31


class Philox4x32:
    """The bit generator of weft's own: a seed and how many draws were made. `state` can be read and set."""

    def __init__(self, seed=None, *, size=None):
        if isinstance(seed, ndarray):
            seed = seed.get()
        self.seed_seq = seed if isinstance(seed, np.random.SeedSequence) else np.random.SeedSequence(seed)
        self._key, self._draws = int(self.seed_seq.generate_state(1, np.uint64)[0]), 0

    def next_key(self):
        """The key of the next draw."""
        self._draws += 1
        return np.uint64(_mixed(self._key + self._draws * 0x9e3779b97f4a7c15))

    @property
    def state(self):
        return {"bit_generator": type(self).__name__, "key": self._key, "draws": self._draws}

    @state.setter
    def state(self, value):
        self._key, self._draws = value["key"], value["draws"]

    def random_raw(self, size=None):
        """64-bit words."""
        return random_bits64(_elements(_shape(size)), self.next_key())

    def spawn(self, n):
        return [type(self)(child) for child in self.seed_seq.spawn(n)]


def _shape(size):
    if size is None:
        return ()
    if isinstance(size, (ndarray, np.ndarray)) and size.ndim == 1:
        size = size.tolist()
    shape = tuple(map(operator.index, size)) if isinstance(size, (tuple, list)) else (operator.index(size),)
    _check(any(n < 0 for n in shape), "negative dimensions are not allowed")
    return shape


def _elements(shape):
    return arange(_math.prod(shape), dtype=np.uint64)._reshape(shape)


def _together(size, *params):
    """(shape, parameters as arrays or numbers) of a draw: size, or what the parameters broadcast to."""
    params = [p if isinstance(p, (ndarray, int, float, np.generic)) else asarray(p) for p in params]
    shape = common_shape(*(getattr(p, "shape", ()) for p in params))
    if size is not None:
        wanted = _shape(size)
        if common_shape(wanted, shape) != wanted:
            raise ValueError(f"Output size {wanted} is not compatible with broadcast dimensions of inputs {shape}.")
        shape = wanted
    return (shape, *params)


def _check(condition, text):
    if condition:
        raise ValueError(text)


def _any(condition):
    """Whether a condition on a parameter holds anywhere; arrays are computed for that."""
    return bool(condition.any()) if isinstance(condition, ndarray) else builtins.bool(np.any(condition))


def _below(p, limit, strict=False):
    if p is None:
        raise TypeError("a parameter of a distribution is None")
    p, limit = (x if isinstance(x, (ndarray, int, float)) else asarray(x) for x in (p, limit))
    return _any(p <= limit if strict else p < limit)


def _float_type(dtype):
    dtype = dtypes.as_dtype(np.float64 if dtype is None else dtype)
    if dtype.kind != "f" or dtype.itemsize < 4:
        raise TypeError(f"Unsupported dtype {dtype} for a draw of random floats")
    return dtype


_kernels = {}
_DECLARED = """extern "C" __device__ {result} wf_random_{name}({params}, unsigned long long key, unsigned int draw, unsigned long long element);"""


def _kernel(name, kinds, out):
    """A kernel of a distribution of the device library: parameters of these dtypes, then the key."""
    if name not in _kernels:
        from .kernels import ElementwiseKernel
        c = {"float64": "double", "int64": "long long", "uint64": "unsigned long long"}
        names = [f"p{k}" for k in range(len(kinds))]
        _kernels[name] = ElementwiseKernel(
            ", ".join(f"{kind} {p}" for kind, p in zip(kinds, names)) + ", uint64 key", f"{out} value",
            f"value = wf_random_{name}({', '.join(names)}, key, 0, i)", f"random_{name}",
            preamble=_DECLARED.format(result=c["uint64" if name == "below" else out], name=name, params=", ".join(c[k] for k in kinds)))
    return _kernels[name]


class Generator:
    """Draws by NumPy's Generator's methods, as arrays of the device. `size=None` gives 0-d arrays.

    bit_generator: Philox4x32 (the default, on the device); with one of NumPy's, NumPy's own stream from the CPU.
    """

    def __new__(cls, bit_generator=None):
        if isinstance(bit_generator, np.random.BitGenerator):
            return HostGenerator(bit_generator)
        return super().__new__(cls)

    def __init__(self, bit_generator=None):
        self.bit_generator = Philox4x32() if bit_generator is None else bit_generator

    def __repr__(self):
        return f"Generator({type(self.bit_generator).__name__})"

    def spawn(self, n):
        return [type(self)(child) for child in self.bit_generator.spawn(n)]

    # ---- words

    def _words(self, shape, dtype):
        return (random_bits32 if dtype.itemsize == 4 else random_bits64)(_elements(shape), self.bit_generator.next_key())

    def _uniform(self, shape, dtype=np.dtype(np.float64), open_at_zero=False):
        """[0, 1), or (0, 1]: the high bits of a word."""
        return (word_uniform_open if open_at_zero else word_uniform)(self._words(shape, dtype))

    def _normal(self, shape, dtype=np.dtype(np.float64)):
        """Through the inverse of the distribution; the word's lowest bit is the sign, so both tails are equally fine."""
        return word_normal(self._words(shape, dtype))

    def _exponential(self, shape, dtype=np.dtype(np.float64)):
        return -log(self._uniform(shape, dtype, True))

    def _drawn(self, name, shape, kinds, out, *params):
        values = [p._cast(kind) if isinstance(p, ndarray) and p.dtype.name != kind else p if isinstance(p, ndarray) else np.dtype(kind).type(p)
                  for p, kind in zip(params, kinds)]
        result = empty(shape, out)
        _kernel(name, kinds, out)(*values, self.bit_generator.next_key(), result)
        return result

    @staticmethod
    def _finished(result, dtype=None, out=None):
        if dtype is not None and result.dtype != dtypes.as_dtype(dtype):
            result = result._cast(dtype)
        if out is None:
            return result
        out[...] = result
        return out

    def _filled(self, draw, size, dtype, out):
        dtype = _float_type(dtype)
        if out is not None:
            if isinstance(out, np.ndarray):
                return self._into_numpys(draw, size, dtype, out)
            if not isinstance(out, ndarray):
                raise TypeError(f"out is {type(out).__name__}, expected an array")
            if not out._c_contiguous or out._read_only:
                raise ValueError("Supplied output array is not contiguous, writable or aligned.")
            if out.dtype != dtype:
                raise TypeError(f"Supplied output array has the wrong type. Expected {dtype}, got {out.dtype}")
            if size is not None and _shape(size) != out.shape:
                raise ValueError("size must match out.shape when used together")
            size = out.shape
        return self._finished(draw(_shape(size), dtype), None, out)

    def _into_numpys(self, draw, size, dtype, out):
        """Into an array of NumPy's, where weft computes on the CPU."""
        made = empty(out.shape, dtype)
        if not made._on_cpu:
            raise TypeError(f"the numbers are drawn on {made.device} and would go into a NumPy array: leave out= and write `out[...] = draw.get()`")
        if not (out.flags.c_contiguous and out.flags.writeable):
            raise ValueError("Supplied output array is not contiguous, writable or aligned.")
        if out.dtype != dtype:
            raise TypeError(f"Supplied output array has the wrong type. Expected {dtype}, got {out.dtype}")
        out[...] = self._filled(draw, size, dtype, made).get()
        return out

    # ---- uniform

    def random(self, size=None, dtype=np.float64, out=None):
        """Uniform in [0, 1): multiples of 2^-53 (float32: 2^-24)."""
        return self._filled(self._uniform, size, dtype, out)

    def uniform(self, low=0.0, high=1.0, size=None, dtype=np.float64):
        """Uniform in [low, high)."""
        shape, low, high = _together(size, low, high)
        dtype = _float_type(dtype)
        return self._finished(low + (high - low) * self._uniform(shape, dtype), dtype)

    def integers(self, low, high=None, size=None, dtype=np.int64, endpoint=False):
        """Integers of [low, high), with endpoint of [low, high], each equally likely."""
        low, high = (0, low) if high is None else (low, high)
        dtype = dtypes.as_dtype(dtype)
        if dtype.kind not in "biu":
            raise TypeError(f"Unsupported dtype {dtype} for integers")
        shape, low, high = _together(size, low, high)
        if isinstance(low, ndarray) or isinstance(high, ndarray):
            last = high if endpoint else asarray(high) - 1
            span = (asarray(last)._cast(np.int64) - asarray(low)._cast(np.int64))._cast(np.uint64) + np.uint64(1)
            drawn = self._drawn("below", shape, ["uint64"], "uint64", span)._cast(np.int64) + asarray(low)._cast(np.int64)
            return _core.array_value(drawn._cast(dtype))
        low, last = int(low), int(high) if endpoint else int(high) - 1
        info = (0, 1) if dtype.kind == "b" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
        _check(low < info[0], f"low is out of bounds for {dtype}")
        _check(last > info[1], f"high is out of bounds for {dtype}")
        _check(low > last, "low > high" if endpoint else "low >= high")
        words = self._words_below(last - low + 1, shape)
        return _core.array_value((words + np.uint64(low & _MASK))._cast(dtype) if low else words._cast(dtype))

    def _words_below(self, count, shape):
        """uint64 of [0, count); powers of two are cut from the word and fuse."""
        if count & (count - 1) == 0:
            return random_bits64(_elements(shape), self.bit_generator.next_key()) >> np.uint64(65 - count.bit_length()) if 1 < count <= _MASK \
                else random_bits64(_elements(shape), self.bit_generator.next_key()) if count > _MASK else full(shape, 0, np.uint64)
        return self._drawn("below", shape, ["uint64"], "uint64", count)

    def bytes(self, length):
        words = self.bit_generator.random_raw(-(-length // 8))
        return words.get().astype("<u8").tobytes()[:length]

    # ---- continuous

    def standard_normal(self, size=None, dtype=np.float64, out=None):
        return self._filled(self._normal, size, dtype, out)

    def normal(self, loc=0.0, scale=1.0, size=None, dtype=np.float64):
        shape, loc, scale = _together(size, loc, scale)
        _check(_below(scale, 0), "scale < 0")
        dtype = _float_type(dtype)
        return self._finished(loc + scale * self._normal(shape, dtype), dtype)

    def standard_exponential(self, size=None, dtype=np.float64, method="inv", out=None):
        return self._filled(self._exponential, size, dtype, out)

    def exponential(self, scale=1.0, size=None, dtype=np.float64):
        shape, scale = _together(size, scale)
        _check(_below(scale, 0), "scale < 0")
        dtype = _float_type(dtype)
        return self._finished(scale * self._exponential(shape, dtype), dtype)

    def standard_gamma(self, shape, size=None, dtype=np.float64, out=None):
        _check(_below(shape, 0), "shape < 0")
        where_, shape = _together(size if size is not None or out is None else out.shape, shape)
        return self._finished(self._drawn("gamma", where_, ["float64"], "float64", shape), dtype, out)

    def gamma(self, shape, scale=1.0, size=None, dtype=None):
        _check(_below(scale, 0), "scale < 0")
        if size is None:
            size, shape, scale = _together(None, shape, scale)
        return self._finished(self.standard_gamma(shape, size) * scale, dtype)

    def beta(self, a, b, size=None, dtype=None):
        _check(_below(a, 0, True), "a <= 0")
        _check(_below(b, 0, True), "b <= 0")
        shape, a, b = _together(size, a, b)
        return self._finished(self._drawn("beta", shape, ["float64", "float64"], "float64", a, b), dtype)

    def chisquare(self, df, size=None, dtype=None):
        _check(_below(df, 0, True), "df <= 0")
        return self._finished(2.0 * self.standard_gamma(df / 2.0, size), dtype)

    def f(self, dfnum, dfden, size=None, dtype=None):
        shape, dfnum, dfden = _together(size, dfnum, dfden)
        return self._finished((self.chisquare(dfnum, shape) / dfnum) / (self.chisquare(dfden, shape) / dfden), dtype)

    def noncentral_chisquare(self, df, nonc, size=None, dtype=None):
        """A chi-square with df + 2 Poisson(nonc / 2) degrees of freedom."""
        _check(_below(df, 0, True), "df <= 0")
        _check(_below(nonc, 0), "nonc < 0")
        shape, df, nonc = _together(size, df, nonc)
        return self._finished(self.chisquare(df + 2.0 * self.poisson(nonc / 2.0, shape), shape), dtype)

    def noncentral_f(self, dfnum, dfden, nonc, size=None, dtype=None):
        shape, dfnum, dfden, nonc = _together(size, dfnum, dfden, nonc)
        top = self.noncentral_chisquare(dfnum, nonc, shape) / dfnum
        return self._finished(top / (self.chisquare(dfden, shape) / dfden), dtype)

    def standard_t(self, df, size=None, dtype=None):
        _check(_below(df, 0, True), "df <= 0")
        shape, df = _together(size, df)
        return self._finished(self._normal(shape) / sqrt(self.chisquare(df, shape) / df), dtype)

    def standard_cauchy(self, size=None, dtype=None):
        return self._finished(tan(_math.pi * (self._uniform(_shape(size)) - 0.5)), dtype)

    def gumbel(self, loc=0.0, scale=1.0, size=None, dtype=None):
        _check(_below(scale, 0), "scale < 0")
        shape, loc, scale = _together(size, loc, scale)
        return self._finished(loc - scale * log(self._exponential(shape)), dtype)

    def laplace(self, loc=0.0, scale=1.0, size=None, dtype=None):
        _check(_below(scale, 0), "scale < 0")
        shape, loc, scale = _together(size, loc, scale)
        u = self._uniform(shape, open_at_zero=True) - 0.5
        return self._finished(loc + scale * where(u > 0, -log(1.0 - 2.0 * u + 2.0 ** -53), log(2.0 * u + 1.0)), dtype)

    def logistic(self, loc=0.0, scale=1.0, size=None, dtype=None):
        _check(_below(scale, 0), "scale < 0")
        shape, loc, scale = _together(size, loc, scale)
        u = self._uniform(shape, open_at_zero=True) * (1.0 - 2.0 ** -53)
        return self._finished(loc + scale * log(u / (1.0 - u)), dtype)

    def lognormal(self, mean=0.0, sigma=1.0, size=None, dtype=None):
        _check(_below(sigma, 0), "sigma < 0")
        return self._finished(exp(self.normal(mean, sigma, size)), dtype)

    def pareto(self, a, size=None, dtype=None):
        _check(_below(a, 0, True), "a <= 0")
        shape, a = _together(size, a)
        from .math import expm1
        return self._finished(expm1(self._exponential(shape) / a), dtype)

    def power(self, a, size=None, dtype=None):
        _check(_below(a, 0, True), "a <= 0")
        shape, a = _together(size, a)
        return self._finished(_power(1.0 - exp(-self._exponential(shape)), 1.0 / a), dtype)

    def rayleigh(self, scale=1.0, size=None, dtype=None):
        _check(_below(scale, 0), "scale < 0")
        shape, scale = _together(size, scale)
        return self._finished(scale * sqrt(2.0 * self._exponential(shape)), dtype)

    def triangular(self, left, mode, right, size=None, dtype=None):
        _check(not any(isinstance(x, ndarray) for x in (left, mode, right)) and left > mode, "left > mode")
        _check(not any(isinstance(x, ndarray) for x in (left, mode, right)) and mode > right, "mode > right")
        _check(not any(isinstance(x, ndarray) for x in (left, mode, right)) and left == right, "left == right")
        shape, left, mode, right = _together(size, left, mode, right)
        u, base, head = self._uniform(shape), right - left, mode - left
        return self._finished(where(u <= head / base, left + sqrt(u * (base * head)), right - sqrt((1.0 - u) * (base * (right - mode)))), dtype)

    def vonmises(self, mu, kappa, size=None, dtype=None):
        _check(_below(kappa, 0), "kappa < 0")
        shape, mu, kappa = _together(size, mu, kappa)
        angle = mu + self._drawn("vonmises", shape, ["float64"], "float64", kappa)
        turned = angle + _math.pi
        return self._finished(turned - 2 * _math.pi * floor(turned / (2 * _math.pi)) - _math.pi, dtype)

    def wald(self, mean, scale, size=None, dtype=None):
        _check(_below(mean, 0, True), "mean <= 0")
        _check(_below(scale, 0, True), "scale <= 0")
        shape, mean, scale = _together(size, mean, scale)
        return self._finished(self._drawn("wald", shape, ["float64", "float64"], "float64", mean, scale), dtype)

    def weibull(self, a, size=None, dtype=None):
        _check(_below(a, 0), "a < 0")
        shape, a = _together(size, a)
        return self._finished(_power(self._exponential(shape), 1.0 / a) if not _below(a, 0, True) else full(shape, 0.0), dtype)

    # ---- discrete

    def poisson(self, lam=1.0, size=None, dtype=None):
        _check(_below(lam, 0), "lam < 0 or lam is NaN")
        shape, lam = _together(size, lam)
        return self._finished(self._drawn("poisson", shape, ["float64"], "int64", lam), dtype)

    def binomial(self, n, p, size=None, dtype=None):
        _check(_below(n, 0), "n < 0")
        _check(_below(p, 0) or _below(1, p), "p < 0, p > 1 or p is NaN")
        shape, n, p = _together(size, n, p)
        return self._finished(self._drawn("binomial", shape, ["int64", "float64"], "int64", n, p), dtype)

    def negative_binomial(self, n, p, size=None, dtype=None):
        _check(_below(n, 0, True), "n <= 0")
        _check(_below(p, 0, True) or _below(1, p), "p <= 0, p > 1 or p is NaN")
        shape, n, p = _together(size, n, p)
        return self._finished(self._drawn("negative_binomial", shape, ["float64", "float64"], "int64", n, p), dtype)

    def geometric(self, p, size=None, dtype=None):
        _check(_below(p, 0, True) or _below(1, p), "p <= 0, p > 1 or p contains NaNs")
        shape, p = _together(size, p)
        return self._finished(self._drawn("geometric", shape, ["float64"], "int64", p), dtype)

    def hypergeometric(self, ngood, nbad, nsample, size=None, dtype=None):
        for name, value in (("ngood", ngood), ("nbad", nbad), ("nsample", nsample)):
            _check(_below(value, 0), f"{name} < 0")
        _check(not any(isinstance(x, ndarray) for x in (ngood, nbad, nsample)) and nsample > ngood + nbad, "ngood + nbad < nsample")
        shape, ngood, nbad, nsample = _together(size, ngood, nbad, nsample)
        return self._finished(self._drawn("hypergeometric", shape, ["int64"] * 3, "int64", ngood, nbad, nsample), dtype)

    def logseries(self, p, size=None, dtype=None):
        _check(_below(p, 0) or _below(1, p, True), "p < 0, p >= 1 or p is NaN")
        shape, p = _together(size, p)
        return self._finished(self._drawn("logseries", shape, ["float64"], "int64", p), dtype)

    def zipf(self, a, size=None, dtype=None):
        _check(_below(a, 1, True), "a <= 1 or a is NaN")
        shape, a = _together(size, a)
        return self._finished(self._drawn("zipf", shape, ["float64"], "int64", a), dtype)

    # ---- of several variables

    def multinomial(self, n, pvals, size=None):
        """Counts in len(pvals) classes: one binomial draw for each class of what is left."""
        pvals = np.atleast_1d(pvals.get() if isinstance(pvals, ndarray) else np.asarray(pvals, float))
        _check(pvals[..., :-1].sum(-1).max() > 1.0 + 1e-12, "sum(pvals[:-1]) > 1.0")
        n = asarray(n)
        shape = common_shape(n.shape, pvals.shape[:-1]) if size is None else _shape(size)
        from .manipulation import stack
        left, rest, counts = n._cast(np.int64)._broadcast_to(shape), np.ones(pvals.shape[:-1]), []
        for k in range(pvals.shape[-1] - 1):
            share = np.clip(pvals[..., k] / np.where(rest > 0, rest, 1.0), 0.0, 1.0)
            counts.append(self.binomial(left, asarray(share)._broadcast_to(shape), shape))
            left, rest = left - counts[-1], rest - pvals[..., k]
        return stack([*counts, left._copy()], -1)

    def multivariate_hypergeometric(self, colors, nsample, size=None, method="marginals"):
        """How many of each colour are among nsample: one hypergeometric draw for each colour of what is left."""
        colors = [int(c) for c in (colors.get() if isinstance(colors, ndarray) else np.asarray(colors))]
        _check(nsample > sum(colors), "nsample > sum(colors)")
        shape, counts, rest = _shape(size), [], sum(colors)
        from .manipulation import stack
        left = full(shape, nsample, np.int64)
        for c in colors[:-1]:
            rest -= c
            counts.append(self.hypergeometric(full(shape, c, np.int64), full(shape, rest, np.int64), left, shape))
            left = left - counts[-1]
        return stack([*counts, left], -1)

    def multivariate_normal(self, mean, cov, size=None, check_valid="warn", tol=1e-8, *, method="svd", dtype=None):
        """mean + a root of cov times independent normals; the root is made on the host."""
        mean = asarray(mean)
        host = np.asarray(cov.get() if isinstance(cov, ndarray) else cov, float)
        if mean.ndim != 1 or host.ndim != 2 or host.shape != (mean.size, mean.size):
            raise ValueError("mean and cov must have same length")
        if method == "cholesky":
            root = np.linalg.cholesky(host).T
        else:
            values, vectors = np.linalg.eigh(host)
            if values.min() < -tol * builtins.max(1.0, values.max()) and check_valid != "ignore":
                if check_valid == "raise":
                    raise ValueError("covariance is not symmetric positive-semidefinite.")
                import warnings
                warnings.warn("covariance is not symmetric positive-semidefinite.", RuntimeWarning, stacklevel=2)
            root = (vectors * np.sqrt(np.maximum(values, 0))).T
        x = self._normal((*_shape(size), mean.size))
        return self._finished(mean + x @ asarray(root), dtype)

    def dirichlet(self, alpha, size=None, dtype=None):
        """Gammas over their sum."""
        alpha = asarray(alpha)._cast(np.float64)
        _check(bool((alpha <= 0).any()), "alpha <= 0")
        g = self.standard_gamma(alpha, (*_shape(size), *alpha.shape))
        return self._finished(g / g.sum(-1, keepdims=True), dtype)

    # ---- orders and choices

    def _order(self, n):
        """A random order of n things: random words, sorted."""
        return self.bit_generator.random_raw(n).argsort()

    def permutation(self, x, axis=0):
        if (x.ndim if isinstance(x, ndarray) else np.ndim(x)) == 0:
            return self._order(operator.index(x))
        from .indexing import take
        x = asarray(x)
        return take(x, self._order(x.shape[axis]), axis)

    def shuffle(self, x, axis=0):
        if not isinstance(x, ndarray):
            raise TypeError("The array must be cupy.ndarray")
        if x.ndim == 0:
            raise TypeError("An array whose ndim is 0 is not supported")
        x[...] = self.permutation(x, axis)

    def permuted(self, x, *, axis=None, out=None):
        """Each slice along the axis in an order of its own; axis=None: all elements."""
        x = asarray(x)
        if axis is None:
            return self._finished(self.permutation(x.ravel())._reshape(x.shape), None, out)
        from .indexing import take_along_axis
        axis = normalize_axis(axis, x.ndim)
        return self._finished(take_along_axis(x, self.bit_generator.random_raw(x.shape).argsort(axis), axis), None, out)

    def choice(self, a, size=None, replace=True, p=None, axis=0, shuffle=True):
        """Elements of a (or of range(a)), with weights p, with or without replacement."""
        from .indexing import take
        many = isinstance(a, ndarray) or np.ndim(a) > 0
        _check(not many and not hasattr(a, "__index__"), "a must be 1-dimensional or an integer")
        a = asarray(a) if many else operator.index(a)
        n = a.shape[normalize_axis(axis, a.ndim)] if many and a.ndim else 0 if many else a
        shape = _shape(size)
        count = _math.prod(shape)
        _check(many and a.ndim == 0, "a must be 1-dimensional or an integer")
        _check(n <= 0 and count > 0, "a must be greater than 0 unless no samples are taken" if not many else "a must be non-empty")
        if p is not None:
            p = asarray(p)._cast(np.float64)
            _check(p.ndim != 1, "p must be 1-dimensional")
            _check(p.shape[0] != n, "a and p must have same size")
            _check(bool((p < 0).any()), "probabilities are not non-negative")
            _check(not _math.isclose(float(p.sum()), 1.0, rel_tol=1e-6), "probabilities do not sum to 1")
        if replace:
            index = self.integers(0, n, shape) if p is None else self._weighted(p, shape)
        else:
            _check(count > n, "Cannot take a larger sample than population when replace is False")
            if p is None:
                index = self._order(n)[:count]._reshape(shape)
            else:  # the largest of log(u) / p, Efraimidis and Spirakis (2006)
                _check(int((p > 0).sum()) < count, "Fewer non-zero entries in p than size")
                index = where(p > 0, self._exponential((n,)) / where(p > 0, p, 1.0), np.inf).argsort()[:count]._reshape(shape)
        return take(a, index, axis) if many else index

    def _weighted(self, p, shape):
        from .sorting import searchsorted
        from .statistics import cumsum
        edges = cumsum(p)
        return searchsorted(edges / edges[-1], self._uniform(shape).ravel(), "right")._reshape(shape)


def default_rng(seed=None):
    """A Generator over weft's Philox; a Generator or a bit generator is taken as it is."""
    if isinstance(seed, (Generator, HostGenerator)):
        return seed
    if isinstance(seed, np.random.Generator):
        return HostGenerator(seed.bit_generator)
    if isinstance(seed, np.random.BitGenerator):
        return HostGenerator(seed)
    return Generator(seed if isinstance(seed, Philox4x32) else Philox4x32(seed))


# ---- the module's own generator, with NumPy's old function names

class ModuleGenerator(Generator):
    """The generator behind the module's functions: Generator with the method names of NumPy's RandomState too."""

    def seed(self, seed=None):
        self.bit_generator = Philox4x32(seed)

    def rand(self, *size, dtype=float):
        return self.random(size or None, dtype)

    def randn(self, *size, dtype=float):
        return self.standard_normal(size or None, dtype)

    def random_sample(self, size=None, dtype=float):
        return self.random(size, dtype)

    def randint(self, low, high=None, size=None, dtype=int):
        return self.integers(low, high, size, dtype)

    def tomaxint(self, size=None):
        return self.integers(0, np.iinfo(np.int64).max, size, endpoint=True)

    def interval(self, mx, size):
        return self.integers(0, mx, size, endpoint=True)


_state = {"generator": None}


def _current():
    if _state["generator"] is None:
        _state["generator"] = ModuleGenerator()
    return _state["generator"]


def seed(seed=None):
    """Seeds the generator behind the module's functions."""
    _state["generator"] = ModuleGenerator(Philox4x32(seed))


def get_random_state():
    """The generator behind the module's functions."""
    return _current()


def set_random_state(state):
    """Puts a generator behind the module's functions. TypeError for what is none."""
    if not isinstance(state, (Generator, HostGenerator, RandomState)):
        raise TypeError(f"Random state must be an instance of RandomState. Actual: {type(state)}")
    _state["generator"] = state


def get_state(legacy=True):
    """The state of the generator behind the module's functions, for set_state: a dictionary; of a RandomState, NumPy's own."""
    current = _current()
    return current.get_state(legacy) if isinstance(current, RandomState) else dict(current.bit_generator.state)


def set_state(state):
    """Puts the generator behind the module's functions back to what get_state gave. ValueError for a state of another generator."""
    current = _current()
    if isinstance(current, RandomState):
        current.set_state(state)
        return
    wanted = type(current.bit_generator).__name__
    if not isinstance(state, dict) or state.get("bit_generator") != wanted:
        given = state.get("bit_generator") if isinstance(state, dict) else state[0] if isinstance(state, tuple) and state else type(state).__name__
        raise ValueError(f"the state is of {given!r}, the generator is {wanted!r}; with wf.random.set_random_state(wf.random.RandomState()) the module's "
                         "functions draw NumPy's own stream, whose states NumPy's get_state gives")
    current.bit_generator.state = state


def reset_states():
    """The next draw begins from a fresh seed."""
    _state["generator"] = None


def random_sample(size=None, dtype=float):
    return _current().random(size, dtype)


random = ranf = sample = random_sample


def rand(*size, dtype=float):
    return _current().random(size or None, dtype)


def randn(*size, dtype=float):
    return _current().standard_normal(size or None, dtype)


def randint(low, high=None, size=None, dtype=int):
    return _current().integers(low, high, size, dtype)


def random_integers(low, high=None, size=None):
    return _current().integers(1 if high is None else low, low if high is None else high, size, endpoint=True)


def shuffle(a):
    _current().shuffle(a)


def permutation(a):
    return _current().permutation(a)


def choice(a, size=None, replace=True, p=None):
    return _current().choice(a, size, replace, p)


def bytes(length):
    return _current().bytes(length)


def _module_draw(name):
    def function(*args, **kwargs):
        return getattr(_current(), name)(*args, **kwargs)
    function.__name__ = function.__qualname__ = name
    function.__doc__ = getattr(Generator, name).__doc__
    return function


_DRAWS = ("standard_normal", "standard_exponential", "standard_gamma", "normal", "uniform", "beta", "binomial", "chisquare", "dirichlet",
          "exponential", "f", "gamma", "geometric", "gumbel", "hypergeometric", "laplace", "logistic", "lognormal", "logseries",
          "multinomial", "multivariate_normal", "negative_binomial", "noncentral_chisquare", "noncentral_f", "pareto", "poisson", "power",
          "rayleigh", "standard_cauchy", "standard_t", "triangular", "vonmises", "wald", "weibull", "zipf", "integers", "permuted",
          "multivariate_hypergeometric")
for _name in _DRAWS:
    globals()[_name] = _module_draw(_name)

PCG64, PCG64DXSM, Philox, MT19937, SFC64, BitGenerator, SeedSequence = (
    np.random.PCG64, np.random.PCG64DXSM, np.random.Philox, np.random.MT19937, np.random.SFC64, np.random.BitGenerator,
    np.random.SeedSequence)
XORWOW = MRG32k3a = Philox4x3210 = Philox4x32


_NAMES = sorted(name for name, value in globals().items() if not name.startswith("_") and (
    getattr(value, "__module__", None) == __name__ or isinstance(value, type) and value.__module__.startswith(("numpy.random", "weft"))) and
    value is not ndarray)


def __dir__():
    return _NAMES


def _explain():
    """Docstrings for what has NumPy's name and meaning."""
    import types

    from . import docs
    more = "drawn by Philox on the device, so for a seed the numbers are others than NumPy's."
    for name in [name for name in globals() if not name.startswith("_")]:
        if isinstance(globals()[name], types.FunctionType) and globals()[name].__module__ == __name__:
            docs.borrow(globals()[name], name, np.random, more)
    for name in dir(Generator):
        if not name.startswith("_"):
            docs.borrow(vars(Generator).get(name), name, np.random.Generator, more)
    for name in _DRAWS:
        globals()[name].__doc__ = getattr(Generator, name).__doc__


_explain()
