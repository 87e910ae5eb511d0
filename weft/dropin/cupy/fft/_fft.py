"""cupy.fft._fft: private in CuPy; transforms by kind, which run through weft.fft. Plans are accepted and not used."""

import weft as _weft

_KINDS = {("C2C", True): "fftn", ("C2C", False): "ifftn", ("R2C", True): "rfftn", ("C2R", False): "irfftn"}


def _convert_fft_type(dtype, value_type):
    """cuFFT's number of a transform of that type."""
    from cupy.cuda import cufft
    single = dtype.name in ("float32", "complex64", "float16")
    names = {"C2C": ("CUFFT_C2C", "CUFFT_Z2Z"), "R2C": ("CUFFT_R2C", "CUFFT_D2Z"), "C2R": ("CUFFT_C2R", "CUFFT_Z2D")}
    return getattr(cufft, names[value_type][0 if single else 1])


def _fftn(a, s, axes, norm, direction, value_type="C2C", order="A", plan=None, overwrite_x=False, out=None):
    from cupy.cuda import cufft
    return getattr(_weft.fft, _KINDS[value_type, direction == cufft.CUFFT_FORWARD])(a, s, axes, norm)


_fft = _fftn


def _default_fft_func(a, s=None, axes=None, plan=None, value_type="C2C"):
    """The function that a transform is made by."""
    return _fftn


def _size_last_transform_axis(shape, s, axes):
    """The extent that a complex-to-real transform gives its last axis."""
    if s is not None and s[-1] is not None:
        return s[-1]
    return shape[-1 if axes is None else axes[-1]]


_exec_fft = _exec_fftn = _fftn
