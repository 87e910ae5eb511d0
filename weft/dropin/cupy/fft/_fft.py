"""cupy.fft._fft: private in CuPy; transforms by kind, which run through weft.fft. Plans are accepted and not used."""

import weft as _weft

_KINDS = {("C2C", True): "fftn", ("C2C", False): "ifftn", ("R2C", True): "rfftn", ("C2R", False): "irfftn"}


def _convert_fft_type(dtype, value_type):
    """cuFFT's number of a transform of that type."""
    from ..cuda import cufft
    single = dtype.name in ("float32", "complex64", "float16")
    names = {"C2C": ("CUFFT_C2C", "CUFFT_Z2Z"), "R2C": ("CUFFT_R2C", "CUFFT_D2Z"), "C2R": ("CUFFT_C2R", "CUFFT_Z2D")}
    return getattr(cufft, names[value_type][0 if single else 1])


def _fftn(a, s, axes, norm, direction, value_type="C2C", order="A", plan=None, overwrite_x=False, out=None):
    from ..cuda import cufft
    return getattr(_weft.fft, _KINDS[value_type, direction == cufft.CUFFT_FORWARD])(a, s, axes, norm)


def _fft(a, s, axes, norm, direction, value_type="C2C", overwrite_x=False, plan=None):
    return _fftn(a, s, axes, norm, direction, value_type)


def _default_fft_func(a, s=None, axes=None, plan=None, value_type="C2C"):
    """What CuPy makes the transform by: _fftn where one plan does for all its axes, which are two or three neighbours up to
    the last or from the first; else _fft, axis by axis."""
    from . import config
    from ..cuda import cufft
    if isinstance(plan, cufft.PlanNd):
        return _fftn
    if plan is not None or not config._nd_planning_now() or a.ndim < 2:
        return _fft
    if axes is None:
        axes = range(-(a.ndim if s is None else len(s)), 0)
    axes = [axis % a.ndim for axis in axes]
    ordered = sorted(axes)
    if not 2 <= len(set(axes)) == len(axes) <= 3 or ordered != list(range(ordered[0], ordered[0] + len(axes))):
        return _fft
    if value_type != "C2C" and axes[-1] != ordered[-1]:  # the halved axis is the last
        return _fft
    return _fftn if ordered[-1] == a.ndim - 1 or ordered[0] == 0 else _fft


def _size_last_transform_axis(shape, s, axes):
    """The extent that a complex-to-real transform gives its last axis."""
    if s is not None and s[-1] is not None:
        return s[-1]
    return shape[-1 if axes is None else axes[-1]]


_exec_fft = _exec_fftn = _fftn
