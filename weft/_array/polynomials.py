"""poly1d, whose coefficients are an array of the device, and the functions of numpy.polynomial on such arrays.

Coefficients are few: arithmetic with polynomials runs on the host.
"""

import numpy as np

from .array import ndarray
from .creation import asarray
from .fallback import through_numpy
from .manipulation import result_type
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
    from .creation import zeros
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
    call.__name__, call.__doc__, call.__module__ = name, function.__doc__, "weft"
    call._through_numpy = True
    return call


poly, polyadd, polysub, polymul, polydiv, polyder, polyint, polyfit, roots = map(
    _through, ("poly", "polyadd", "polysub", "polymul", "polydiv", "polyder", "polyint", "polyfit", "roots"))


class _Package(Through):
    """numpy.polynomial: its modules are wrapped in turn."""

    def __getattr__(self, name):
        if name in ("polynomial", "polyutils", "chebyshev", "hermite", "hermite_e", "laguerre", "legendre"):
            value = Through(f"{self.__name__}.{name}", f"{self._source}.{name}")
            setattr(self, name, value)
            return value
        return super().__getattr__(name)


polynomial = _Package("weft.polynomial", "numpy.polynomial")
