"""cupyx.signal: cepstra, FIR filters, radar, Volterra filters and a channelizer, in terms of weft's arrays."""

import numpy as np

import weft as wf
from weft._array.stride_tricks import sliding_window_view


# ---- cepstra

def real_cepstrum(x, n=None, axis=-1):
    """The inverse transform of the logarithm of the spectrum's magnitude."""
    return wf.fft.ifft(wf.log(wf.absolute(wf.fft.fft(wf.asarray(x), n=n, axis=axis))), n=n, axis=axis).real


def _slope(samples, delays, center):
    return np.pi * delays[..., None] * wf.arange(samples) / center


def complex_cepstrum(x, n=None, axis=-1):
    """(the inverse transform of the spectrum's complex logarithm with its phase unwrapped and made level, the samples of
    circular delay that were taken out)"""
    spectrum = wf.moveaxis(wf.fft.fft(wf.asarray(x), n=n, axis=axis), axis, -1)
    phase = wf.unwrap(wf.angle(spectrum))
    samples = phase.shape[-1]
    center = (samples + 1) // 2 if samples > 1 else 0
    delays = wf.rint(phase[..., center] / np.pi)
    level = phase - (_slope(samples, delays, center) if center else 0)
    cepstrum = wf.fft.ifft(wf.log(wf.absolute(spectrum)) + 1j * level).real
    return wf.moveaxis(cepstrum, -1, axis), delays


def inverse_complex_cepstrum(ceps, ndelay):
    """The signal whose complex cepstrum and delay these are."""
    log_spectrum = wf.fft.fft(wf.asarray(ceps))
    samples = log_spectrum.shape[-1]
    phase = log_spectrum.imag + _slope(samples, wf.asarray(ndelay), (samples + 1) // 2)
    return wf.fft.ifft(wf.exp(log_spectrum.real + 1j * phase)).real


def minimum_phase(x, n=None):
    """The signal of least phase whose spectrum has the same magnitude."""
    x = wf.asarray(x)
    n = len(x) if n is None else n
    fold = np.zeros(n)
    fold[0], fold[1:(n + 1) // 2] = 1, 2
    if n % 2 == 0:
        fold[n // 2] = 1
    return wf.fft.ifft(wf.exp(wf.fft.fft(wf.asarray(fold) * real_cepstrum(x, n=n)))).real


# ---- filters

def _scipy_signal():
    from cupyx.scipy import signal
    return signal


def firfilter(b, x, axis=-1, zi=None):
    """x through the filter with coefficients b; with zi (result, state after it)."""
    return _scipy_signal().lfilter(b, 1.0, x, axis, zi)


def firfilter_zi(b):
    """The state of the filter after a step that has gone on for ever."""
    b = wf.asarray(b)
    return _scipy_signal().lfilter_zi(b, 1.0).astype(b.dtype)


def firfilter2(b, x, axis=-1, padtype="odd", padlen=None, method="pad", irlen=None):
    """x through the filter forwards and backwards."""
    return _scipy_signal().filtfilt(b, 1.0, x, axis, padtype, padlen, method, irlen)


def freq_shift(x, freq, fs):
    """x, sampled at fs, with its frequencies lowered by freq."""
    x = wf.asarray(x)
    return x * wf.exp(-2j * np.pi * freq / fs * wf.arange(x.size))


def channelize_poly(x, h, n_chans):
    """x in n_chans channels, (n_chans, samples): the filter h in n_chans phases, then a transform across the phases. ValueError
    for a filter that has no tap in each."""
    x, h = wf.asarray(x), wf.asarray(h)
    taps, points = len(h) // n_chans, len(x) // n_chans
    if not taps:
        raise ValueError(f"the filter has {len(h)} taps for {n_chans} channels")
    kind = wf.promote_types(x.dtype, h.dtype)
    phases = wf.conj(h.astype(kind)[:taps * n_chans].reshape(taps, n_chans).T)
    blocks = wf.conj(x.astype(kind)[:points * n_chans].reshape(points, n_chans)[:, ::-1])
    past = wf.concatenate([wf.zeros((taps - 1, n_chans), kind), blocks])
    sums = sum(past[taps - 1 - t:taps - 1 - t + points] * phases[:, t] for t in range(taps))
    return wf.conj(wf.fft.fft(sums, axis=1)).T.astype(np.result_type(x.dtype, np.complex64))


def _volterra_input(x, width, size):
    return sliding_window_view(x, width)[:size, ::-1]


def _volterra(in1, in2, mode, order):
    in1, in2 = wf.asarray(in1), wf.asarray(in2)
    if in1.ndim != 1 or in2.ndim != order:
        raise ValueError(f"a signal of one dimension and a kernel of {order} are needed, got {in1.ndim} and {in2.ndim}")
    if mode != "valid":
        raise NotImplementedError("only mode='valid' is there")
    size = len(in1) - max(in2.shape) + 1
    if size < 1:
        raise ValueError("the kernel is longer than the signal")
    total = _volterra_input(in1, in2.shape[0], size) @ in2.reshape(in2.shape[0], -1)
    for k in range(1, order):
        total = (total.reshape(size, in2.shape[k], -1) * _volterra_input(in1, in2.shape[k], size)[:, :, None]).sum(1)
    return total.reshape(size)


def convolve1d2o(in1, in2, mode="valid", method="direct"):
    """The second term of a Volterra series: products of two samples of in1, weighted by in2."""
    return _volterra(in1, in2, mode, 2)


def convolve1d3o(in1, in2, mode="valid", method="direct"):
    """The third term of a Volterra series: products of three samples of in1, weighted by in2."""
    return _volterra(in1, in2, mode, 3)


# ---- radar

def _weighted(x, normalize, window):
    if window is not None:
        n = x.shape[-1]
        weights = window(wf.fft.fftfreq(n)) if callable(window) else _scipy_signal().get_window(window, n, False)
        x = x * wf.asarray(weights).astype(x.real.dtype)
    return x / wf.linalg.norm(x) if normalize else x


def pulse_compression(x, template, normalize=False, window=None, nfft=None):
    """The pulses in the rows of x correlated with the template, by transforms."""
    x, template = wf.asarray(x), wf.asarray(template)
    kind, n = wf.promote_types(x.dtype, template.dtype), x.shape[1] if nfft is None else nfft
    template = wf.fft.fft(_weighted(template, normalize, window), n)
    out = wf.fft.ifft(wf.fft.fft(x, n) * wf.conj(template), n)
    return (out if kind.kind == "c" else out.real).astype(kind)


def pulse_doppler(x, window=None, nfft=None):
    """The spectrum along the pulses: the transform of each column of x."""
    x = wf.asarray(x)
    columns = _weighted(x.T, False, window)
    return wf.fft.fft(columns, columns.shape[1] if nfft is None else nfft).T.astype(np.result_type(x.dtype, np.complex64))


def cfar_alpha(pfa, N):
    """The factor of the mean of N cells that gives false alarms with probability pfa."""
    return N * (pfa ** (-1.0 / N) - 1)


def ca_cfar(array, guard_cells, reference_cells, pfa=1e-3):
    """(thresholds, array above them): the factor times the mean of the reference cells around the guard cells around each
    element; 0 where these leave the array. array has one or two dimensions. ValueError where it is too small."""
    array = wf.asarray(array)
    if array.ndim not in (1, 2):
        raise TypeError("only 1D and 2D arrays are supported")
    guard, reference = (np.broadcast_to(cells, (array.ndim,)).tolist() for cells in (guard_cells, reference_cells))
    if any(n <= 2 * (g + r) or r < 1 for n, g, r in zip(array.shape, guard, reference)):
        raise ValueError("the array is too small for these cells")
    weights = np.ones([2 * (g + r) + 1 for g, r in zip(guard, reference)], array.dtype)
    weights[tuple(slice(r, -r) for r in reference)] = 0
    count = int(weights.sum())
    inside = tuple(slice(g + r, -g - r) for g, r in zip(guard, reference))
    thresholds = wf.zeros(array.shape, array.dtype)
    thresholds[inside] = wf.ndimage.convolve(array, wf.asarray(weights))[inside] * (cfar_alpha(pfa, count) / count)
    return thresholds, array - thresholds > 0


def mvdr(x, sv, calc_cov=True):
    """The weights of the beamformer of least variance that lets the direction sv through unchanged. x: sensors × samples, or
    (calc_cov=False) their covariances. ValueError for shapes that do not fit."""
    x, sv = wf.asarray(x), wf.asarray(sv)
    if calc_cov and x.shape[0] > x.shape[1]:
        raise ValueError(f"more sensors ({x.shape[0]}) than samples ({x.shape[1]}): a row is a sensor")
    if x.shape[0] != sv.shape[0]:
        raise ValueError(f"{x.shape[0]} sensors, but a direction of {sv.shape[0]}")
    covariance = wf.cov(x) if calc_cov else x
    turned = wf.linalg.solve(covariance, sv)
    return (turned / (wf.conj(sv) @ turned)).astype(wf.promote_types(x.dtype, sv.dtype))
