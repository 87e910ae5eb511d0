"""poly1d, whose coefficients are an array of the device, and the functions of numpy.polynomial on such arrays.

Coefficients are few: arithmetic with polynomials runs on the host.
"""

import numpy as np

from .array import ndarray
from .creation import asarray, ones, zeros
from .fallback import through_numpy
from .manipulation import concatenate, result_type
from .namespaces import Through


def _host(thing):
    """A polynomial, array or number as NumPy's."""
    if isinstance(thing, poly1d):
        return np.poly1d(thing.coeffs.get(), variable=thing.variable)
    return thing.get() if isinstance(thing, ndarray) else thing


def _ours(thing):
    return poly1d(thing) if isinstance(thing, np.poly1d) else thing


class poly1d:
    """A polynomial of one variable by its coefficients, the highest power first; or by its roots (r=True)."""

    __hash__ = None
    __array_priority__ = 200

    def __init__(self, c_or_r, r=False, variable=None):
        source = _host(c_or_r)
        made = np.poly1d(source, r, variable or getattr(source, "variable", None))
        self._variable = made.variable
        own = getattr(c_or_r, "dtype", None)
        self._coeffs = asarray(made.coeffs if own is None or made.coeffs.dtype == own or r else made.coeffs.astype(own))

    coeffs = property(lambda self: self._coeffs)

    @coeffs.setter
    def coeffs(self, value):
        if value is not self._coeffs:
            raise AttributeError("Cannot set attribute")

    def _as_numpys(self):
        return np.poly1d(self._coeffs.get(), variable=self._variable)

    c = coef = coefficients = coeffs
    variable = property(lambda self: self._variable)
    order = o = property(lambda self: self._coeffs.size - 1)

    @property
    def roots(self):
        return through_numpy(np.roots, self._coeffs)

    r = roots

    def get(self, stream=None, order="C", out=None):
        """The polynomial as NumPy's."""
        if out is None:
            return _host(self)
        out.coeffs[...] = self._coeffs.get()
        return out

    def set(self, polyin, stream=None):
        """Takes over the coefficients of a NumPy polynomial."""
        if not isinstance(polyin, np.poly1d):
            raise TypeError("Only numpy.poly1d can be set to cupy.poly1d")
        self._variable, self._coeffs = polyin.variable, asarray(polyin.coeffs)

    def __cupy_get_ndarray__(self):
        return self._coeffs

    def __array__(self, dtype=None, copy=None):
        raise TypeError("Implicit conversion to a NumPy array is not allowed. Please use `.get()`.")

    def __call__(self, val):
        if isinstance(val, (poly1d, np.poly1d)):
            return _ours(_host(self)(_host(val)))
        return polyval(self, val)

    def __len__(self):
        return self.order

    def __getitem__(self, power):
        return self._coeffs[self.order - power] if 0 <= power <= self.order else asarray(self._coeffs.dtype.type(0))

    def __setitem__(self, power, value):
        if power < 0:
            raise ValueError("Negative powers are not supported.")
        if power > self.order:
            host = np.concatenate([np.zeros(power - self.order, self._coeffs.dtype), self._coeffs.get()])
            self._coeffs = asarray(host)
        self._coeffs[self.order - power] = value

    def __iter__(self):
        return iter(self._coeffs)

    def __repr__(self):
        return repr(_host(self))

    def __str__(self):
        return str(_host(self))

    def __eq__(self, other):
        return isinstance(other, poly1d) and self._coeffs.shape == other._coeffs.shape and bool((self._coeffs == other._coeffs).all())

    def __ne__(self, other):
        return not self == other

    def __neg__(self):
        return poly1d(-self._coeffs)

    def __pos__(self):
        return self

    def deriv(self, m=1):
        return _ours(_host(self).deriv(m))

    def integ(self, m=1, k=0):
        return _ours(_host(self).integ(m, _host(k)))


def _operator(name):
    def apply(self, other):
        other = _host(other)
        result = getattr(_host(self), name)(other)
        return tuple(map(_ours, result)) if isinstance(result, tuple) else _ours(result) if result is not NotImplemented else result
    apply.__name__ = name
    return apply


for _name in ("add", "radd", "sub", "rsub", "mul", "rmul", "pow", "truediv", "rtruediv"):
    setattr(poly1d, f"__{_name}__", _operator(f"__{_name}__"))


def polyval(p, x):
    """The polynomial's value at x: Horner's scheme, one fused kernel."""
    coefficients = p.coeffs if isinstance(p, (poly1d, np.poly1d)) else p
    if isinstance(x, (poly1d, np.poly1d)):
        return _ours(np.polyval(_host(coefficients), _host(x)))
    coefficients, x = asarray(coefficients), asarray(x)
    y = zeros(x.shape, result_type(coefficients, x))
    for c in coefficients:
        y = y * x + c
    return y


def _through(name):
    function = getattr(np, name)

    def call(*args, **kwargs):
        poly = any(isinstance(a, (poly1d, np.poly1d)) for a in args)
        if poly:
            result = function(*map(_host, args), **kwargs)
            return tuple(map(_ours, result)) if isinstance(result, tuple) else _ours(result) if isinstance(result, np.poly1d) else asarray(result)
        return through_numpy(function, *args, **kwargs)
    call.__name__ = call.__qualname__ = name
    call.__doc__, call.__module__ = function.__doc__, "weft"
    call._through_numpy = True
    return call


polyfit, roots = map(_through, ("polyfit", "roots"))  # least squares and eigenvalues: linalg's


# ---- arithmetic with coefficients: vectors of the device, the highest power first

def _coefficients(thing):
    """(a vector, whether it came as a polynomial)."""
    if isinstance(thing, (poly1d, np.poly1d)):
        return asarray(thing.coeffs), True
    a = asarray(thing)
    return a._reshape((1,)) if a.ndim == 0 else a, False


def _given_back(result, *polynomials):
    return poly1d(result) if any(polynomials) else result


def _trimmed(c):
    """Without the zeros in front, of which one stays when there is nothing else."""
    from .manipulation import trim_zeros
    c = trim_zeros(c, "f")
    return c if c.size else zeros((1,), c.dtype, device=c.device)


def _lengthened(a, b):
    n = max(a.size, b.size)
    return [concatenate([zeros((n - x.size,), x.dtype, device=x.device), x]) if x.size < n else x for x in (a, b)]


def polyadd(a1, a2):
    """The coefficients of a sum; a poly1d when one of the two is."""
    (a, one), (b, other) = _coefficients(a1), _coefficients(a2)
    a, b = _lengthened(a, b)
    return _given_back(a + b, one, other)


def polysub(a1, a2):
    """The coefficients of a difference; a poly1d when one of the two is."""
    (a, one), (b, other) = _coefficients(a1), _coefficients(a2)
    a, b = _lengthened(a, b)
    return _given_back(a - b, one, other)


def polymul(a1, a2):
    """The coefficients of a product, without zeros in front; a poly1d when one of the two is."""
    from .signals import convolve
    (a, one), (b, other) = _coefficients(a1), _coefficients(a2)
    return _given_back(convolve(_trimmed(a), _trimmed(b)), one, other)


def polydiv(u, v):
    """(the quotient's, the remainder's) coefficients; poly1d when one of the two is."""
    from .math import isclose
    (u, one), (v, other) = _coefficients(u), _coefficients(v)
    kind = np.result_type(result_type(u, v), np.float32 if result_type(u, v).itemsize <= 2 else np.float64) \
        if result_type(u, v).kind in "biu" else result_type(u, v)
    rest, v, m, n = u._cast(kind)._copy(), v._cast(kind), u.size - 1, v.size - 1
    quotient = zeros((max(m - n + 1, 1),), kind, device=rest.device)
    scale = 1.0 / v[0]
    for k in range(m - n + 1):
        d = scale * rest[k]
        quotient[k] = d
        rest[k:k + n + 1] -= d * v
    near = isclose(rest, 0, rtol=1e-14).get()  # leading zeros, up to rounding, are none
    first = int(np.argmin(near[:-1])) if not near[:-1].all() else near.size - 1
    return _given_back(quotient, one, other), _given_back(rest[first:], one, other)


def polyder(p, m=1):
    """The coefficients of the m-th derivative. ValueError for a negative m."""
    from .creation import arange
    m = int(m)
    if m < 0:
        raise ValueError("Order of derivative must be positive (see polyint)")
    c, one = _coefficients(p)
    for _ in range(m):
        c = c[:-1] * arange(c.size - 1, 0, -1, device=c.device)
    return _given_back(c, one)


def polyint(p, m=1, k=None):
    """The coefficients of the m-th antiderivative; k: its constants, the first integration's first. ValueError for a negative
    m and for too few constants."""
    from .creation import arange
    m = int(m)
    if m < 0:
        raise ValueError("Order of integral must be positive (see polyder)")
    constants = np.zeros(m) if k is None else np.atleast_1d(k.get() if isinstance(k, ndarray) else k)
    constants = np.full(m, constants[0]) if constants.size == 1 and m > 1 else constants
    if constants.size < m:
        raise ValueError("k must be a scalar or a rank-1 array of length 1 or >m.")
    c, one = _coefficients(p)
    for step in range(m):
        c = concatenate([c / arange(c.size, 0, -1, device=c.device), asarray(constants[step:step + 1], device=c.device)])
    return _given_back(c, one)


def poly(seq_of_zeros):
    """The coefficients of the polynomial with these roots, the first 1; of a square matrix its characteristic polynomial."""
    from .signals import convolve
    zeros_ = asarray(seq_of_zeros)
    if zeros_.ndim == 2 and zeros_.shape[0] == zeros_.shape[1] and zeros_.shape[0]:
        return through_numpy(np.poly, zeros_)  # eigenvalues
    if zeros_.ndim == 0 or zeros_.ndim == 1 and not zeros_.size:
        return asarray(1.0)
    if zeros_.ndim != 1:
        raise ValueError("input must be 1d or non-empty square 2d array.")
    kind = zeros_.dtype if zeros_.dtype.kind in "fc" else np.dtype(np.float64)
    zeros_ = zeros_._cast(kind)
    result = ones((1,), kind, device=zeros_.device)
    for k in range(zeros_.size):
        factor = concatenate([ones((1,), kind, device=zeros_.device), -zeros_[k:k + 1]])
        result = convolve(result, factor)
    if kind.kind == "c":
        host = zeros_.get()
        if (np.sort(host) == np.sort(host.conj())).all():
            return result.real._copy()
    return result


class _Package(Through):
    """numpy.polynomial: its modules are wrapped in turn."""

    def __getattr__(self, name):
        if name in ("polynomial", "polyutils", "chebyshev", "hermite", "hermite_e", "laguerre", "legendre"):
            value = Through(f"{self.__name__}.{name}", f"{self._source}.{name}")
            setattr(self, name, value)
            return value
        return super().__getattr__(name)


polynomial = _Package("weft.polynomial", "numpy.polynomial")
