"""Functions that CuPy keeps and SciPy has given up (wavelets, btdtr), or has under another name (distance_matrix)."""

import math

import numpy as np

import weft as _weft


def qmf(hk):
    """The high-pass filter that belongs to the low-pass filter hk: its coefficients backwards, every second one negated."""
    hk = _weft.asarray(hk)
    return hk[::-1] * (1 - 2 * (_weft.arange(hk.size, dtype=np.int64, device=hk.device) % 2))


def _gauss(x):
    return _weft.exp(-0.5 * x * x) * math.pi ** -0.25


def morlet(M, w=5.0, s=1.0, complete=True):
    """M values of a complex Morlet wavelet of frequency w between -2πs and 2πs; complete: with the term that makes its mean zero."""
    x = _weft.linspace(-s * 2 * math.pi, s * 2 * math.pi, M)
    wave = _weft.exp(1j * w * x)
    return (wave - math.exp(-0.5 * w * w) if complete else wave) * _gauss(x)


def morlet2(M, s, w=5):
    """M values of a complex Morlet wavelet of width s and frequency w around their middle, for cwt."""
    x = (_weft.arange(M, dtype=np.float64) - (M - 1.0) / 2) / s
    return math.sqrt(1 / s) * (_weft.exp(1j * w * x) * _gauss(x))


def ricker(points, a):
    """That many values of the second derivative of a Gaussian of width a, negated (the Mexican hat)."""
    x = _weft.arange(points, dtype=np.float64) - (points - 1.0) / 2
    square = x * x / (a * a)
    return 2 / (math.sqrt(3 * a) * math.pi ** 0.25) * (1 - square) * _weft.exp(-square / 2)


def cwt(data, wavelet, widths):
    """The continuous wavelet transform: row k is data convolved with wavelet(length, widths[k])."""
    data = _weft.asarray(data)
    rows = []
    for width in np.asarray(_weft.asnumpy(widths)).ravel().tolist():
        wave = _weft.asarray(wavelet(int(min(10 * width, data.size)), width))
        rows.append(_weft.convolve(data, wave.conj()[::-1], "same"))
    return _weft.stack(rows)


def btdtr(a, b, x, out=None):
    """The cumulative beta distribution: betainc(a, b, x)."""
    return _given(_weft.special.betainc(a, b, x), out)


def btdtri(a, b, y, out=None):
    """Where the cumulative beta distribution is y: betaincinv(a, b, y)."""
    return _given(_weft.special.betaincinv(a, b, y), out)


def _given(value, out):
    if out is None:
        return value
    out[...] = value
    return out


def distance_matrix(x, y, p=2.0):
    """How far the rows of x are from those of y, in Minkowski's p-norm."""
    from cupyx.scipy.spatial.distance import cdist
    x, y = _weft.asarray(x), _weft.asarray(y)
    return cdist(x, y, "minkowski", p=p)


def hellinger(u, v):
    """Hellinger's distance of two distributions."""
    difference = _weft.sqrt(_weft.asarray(u)) - _weft.sqrt(_weft.asarray(v))
    return _weft.sqrt((difference * difference).sum()) / math.sqrt(2)


def kl_divergence(u, v):
    """The Kullback-Leibler divergence of u from v: the sum of u log(u / v)."""
    return _weft.special.rel_entr(_weft.asarray(u), _weft.asarray(v)).sum()


SIGNAL = {f.__name__: f for f in (qmf, morlet, morlet2, ricker, cwt)}
DISTANCE = {f.__name__: f for f in (distance_matrix, hellinger, kl_divergence)}
SPECIAL = {f.__name__: f for f in (btdtr, btdtri)}
