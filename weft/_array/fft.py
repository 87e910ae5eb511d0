"""Fourier transforms: on a GPU cuFFT's where it is found (weft._array.cufft); else NumPy's and SciPy's (PocketFFT) on the host.

On a CPU device these read the array's own memory and write the result's, which is the pool's and no fresh pages. A transform along
one axis goes past np.fft's function in Python to the loop that it calls, where NumPy has it in the form known here (it is
private: what it gives is compared once with the function's result). Many transforms, or along several axes, of some size are
SciPy's where it is installed, which shares them among threads: the size alone decides, so that the bits are the same on any number
of threads. With `weft.config.reproducible` all are NumPy's, on machines with and without SciPy.
"""

import functools

import numpy as np

from .. import _core
from . import cufft
from .array import into, ndarray
from .axes import normalize_axis
from .fallback import tell, through_numpy
from .products import reproducible

_COMPLEX = {np.dtype(given): np.dtype(result) for given, result in (("f4", "c8"), ("f8", "c16"), ("c8", "c8"), ("c16", "c16"))}
_SHARED_OUT = 1 << 16  # elements from which threads are worth SciPy's import and calls


@functools.cache
def _loops():
    """NumPy's loops by (real, forward, even), or None where they are not what is known here."""
    try:
        from numpy.fft import _pocketfft_umath as loops
        found = {(False, True): loops.fft, (False, False): loops.ifft, (True, True, 0): loops.rfft_n_even, (True, True, 1): loops.rfft_n_odd}
        x, axes, out = np.array([1.0, 2.0, -3.5, 0.25, 1.5]), [(0,), (), (0,)], np.empty(5, complex)
        for key, function in (((False, True), np.fft.fft), ((False, False), np.fft.ifft)):
            found[key](x + 1j, 1.0 if key[1] else 0.2, axes=axes, out=out)
            if not np.array_equal(out, function(x + 1j)):
                return None
        for n in (4, 5):
            out = np.empty(n // 2 + 1, complex)
            found[True, True, n % 2](x[:n], 1.0, axes=axes, out=out)
            if not np.array_equal(out, np.fft.rfft(x[:n])):
                return None
        return found
    except (ImportError, AttributeError, TypeError, ValueError):
        return None


def _along(x, n, axis, norm, real, forward):
    """A transform along one axis into a new array; None: it is not one of those that go the short way."""
    if not (type(x) is ndarray and x._on_cpu and (n is None or type(n) is int and n > 0) and norm is None and type(axis) is int):
        return None
    shape, kind, loops = x.shape, _COMPLEX.get(x.dtype), _loops()
    if kind is None or real and x.dtype.kind == "c" or loops is None or not x._c_contiguous or not x.size or not -len(shape) <= axis < len(shape):
        return None
    n = n or shape[axis]
    after = shape[axis + 1:] if axis != -1 else ()
    loop = loops[real, forward, n % 2] if real else loops[real, forward]
    result = _core.array_empty((*shape[:axis], n // 2 + 1 if real else n, *after), kind, x.device)
    with np.errstate(all="ignore"):
        loop(np.asarray(x), 1.0 if forward else np.reciprocal(n, dtype=kind.char.lower()), axes=[(axis,), (), (axis,)], out=np.asarray(result))
    return result


@functools.cache
def _scipys():
    """scipy.fft, or None."""
    try:
        import scipy.fft
    except ImportError:
        return None
    return scipy.fft


def _shared_out(x, axes, norm, forward):
    """Complex transforms of C-ordered arrays, by threads, in place in a new array; None: not here."""
    kind = _COMPLEX.get(x.dtype)
    if kind is None or not x._on_cpu or not x._c_contiguous or reproducible() or _scipys() is None:
        return None
    result = x._cast(kind) if x.dtype != kind else x._copy()
    view = np.asarray(result)
    function = _scipys().fftn if forward else _scipys().ifftn
    with np.errstate(all="ignore"), _scipys().set_backend("scipy", only=True):  # not one that calls us
        given = function(view, axes=axes, norm=norm, overwrite_x=True, workers=max(_core.thread_count(), 1))
    if given is not view and not np.shares_memory(given, view):
        view[...] = given
    return result


def _one_axis(name, kind, forward):
    function = getattr(np.fft, name)

    @functools.wraps(function)
    def call(a, n=None, axis=-1, norm=None, out=None):
        result = cufft.transform(a, None if n is None else (n,), (axis,), norm, kind, forward)
        if result is None:
            result = _on_host(function, a, n, axis, norm, kind, forward)
            tell(f"fft.{name}")  # when the arguments are known to be good
        return result if out is None else into(result, out)
    return _named(call)


def _on_host(function, a, n, axis, norm, kind, forward):
    result = None
    if n is None and kind == "c" and isinstance(a, ndarray) and a.size >= _SHARED_OUT and a.ndim > 1:
        result = _shared_out(a, (normalize_axis(axis, a.ndim),), norm, forward)
    if result is None and kind != "i":
        result = _along(a, n, axis, norm, kind == "r", forward)
    return through_numpy(function, a, n, axis, norm, _quiet=True) if result is None else result


def _some_axes(name, kind, forward, last=None):
    function = getattr(np.fft, name)

    @functools.wraps(function)
    def call(a, s=None, axes=last, norm=None, out=None):
        result = cufft.transform(a, s, axes, norm, kind, forward)
        if result is not None:
            return result if out is None else into(result, out)
        if kind == "c" and isinstance(a, ndarray) and s is None and a.size >= _SHARED_OUT:
            chosen = tuple(range(a.ndim)) if axes is None else tuple(normalize_axis(k, a.ndim) for k in axes)
            result = _shared_out(a, chosen, norm, forward) if len(set(chosen)) == len(chosen) else None
        if result is None:
            result = through_numpy(function, a, s, axes, norm, _quiet=True)
        tell(f"fft.{name}")  # when the arguments are known to be good
        return result if out is None else into(result, out)
    return _named(call)


_SWAPPED = {None: "forward", "backward": "forward", "ortho": "ortho", "forward": "backward"}


def _hermitian(name, kind):
    """hfft, ihfft: transforms of conjugates, the other way."""
    function = getattr(np.fft, name)

    @functools.wraps(function)
    def call(a, n=None, axis=-1, norm=None, out=None):
        result = None
        if isinstance(a, ndarray) and not a._on_cpu and norm in _SWAPPED:
            result = cufft.transform(a.conj() if kind == "i" else a, None if n is None else (n,), (axis,), _SWAPPED[norm], kind, kind == "r")
        if result is None:
            result = through_numpy(function, a, n, axis, norm, _quiet=True)
            tell(f"fft.{name}")
        elif kind == "r":
            result = result.conj()
        return result if out is None else into(result, out)
    return _named(call)


def _named(call):
    call.__module__, call._through_numpy = "weft.fft", True  # where pickle finds it
    return call


_KINDS = {"fft": ("c", True), "ifft": ("c", False), "rfft": ("r", True), "irfft": ("i", False)}
OWN = {name: _one_axis(name, *given) for name, given in _KINDS.items()}
OWN |= {f"{name}{end}": _some_axes(f"{name}{end}", *given, *last) for end, last in (("n", ()), ("2", ((-2, -1),))) for name, given in _KINDS.items()}
OWN |= {"hfft": _hermitian("hfft", "i"), "ihfft": _hermitian("ihfft", "r")}
