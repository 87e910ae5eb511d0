"""cupy.cuda.cufft: constants of plans. Transforms run through weft.fft, which has none to keep."""

import math
import threading

CUFFT_C2C, CUFFT_R2C, CUFFT_C2R, CUFFT_Z2Z, CUFFT_D2Z, CUFFT_Z2D = 0x29, 0x2a, 0x2c, 0x69, 0x6a, 0x6c
CUFFT_FORWARD, CUFFT_INVERSE = -1, 1
CUFFT_CB_UNDEFINED, CUFFT_CB_LD_COMPLEX, CUFFT_CB_LD_COMPLEX_DOUBLE, CUFFT_CB_LD_REAL, CUFFT_CB_LD_REAL_DOUBLE, CUFFT_CB_ST_COMPLEX, \
    CUFFT_CB_ST_COMPLEX_DOUBLE, CUFFT_CB_ST_REAL, CUFFT_CB_ST_REAL_DOUBLE = 8, 0, 1, 2, 3, 4, 5, 6, 7
_local = threading.local()


def getVersion():
    """The version of cuFFT that comes with the CUDA whose version runtimeGetVersion tells."""
    return 12000


class CuFFTError(RuntimeError):
    """An error of cuFFT."""


def get_current_plan():
    """The plan of the `with plan:` that this is in, or None."""
    return getattr(_local, "plan", None)


def _sizes(shape, lengths, axes):
    """(whether several axes are transformed, the lengths); for one axis the length and how many transforms there are."""
    ndim = len(shape)
    if axes is None:
        axes = range(-(ndim if lengths is None else len(lengths)), 0)
    axes = [axis % ndim for axis in axes]
    found = {axis: shape[axis] if lengths is None else lengths[k] for k, axis in enumerate(axes)}
    if len(axes) == 1:
        return False, (found[axes[0]], math.prod(n for axis, n in enumerate(shape) if axis != axes[0]))
    return True, tuple(found[axis] for axis in sorted(found))


class _Plan:
    """The sizes a transform was planned for; usable as a context manager, as CuPy's."""

    def __init__(self, *args, **kwargs):
        self._arguments = args, kwargs

    def __enter__(self):
        self._before, _local.plan = get_current_plan(), self
        return self

    def __exit__(self, *error):
        _local.plan = self._before


class Plan1d(_Plan):
    def __init__(self, nx, fft_type, batch, *, devices=None, out=None):
        super().__init__(nx, fft_type, batch)
        self.nx, self.fft_type, self.batch, self.gpus = nx, fft_type, batch, devices

    def _check(self, a, n=None, axis=-1, norm=None, *, several=False, **unused):
        if not several and _sizes(a.shape, None if n is None else (n,), (axis,))[1] != (self.nx, self.batch):
            raise ValueError("Target array size does not match the plan.")


class PlanNd(_Plan):
    def __init__(self, shape, inembed, istride, idist, onembed, ostride, odist, fft_type, batch, order, last_axis, last_size):
        super().__init__(shape, fft_type, batch)
        self.shape, self.fft_type, self.batch, self.order, self.last_axis, self.last_size = shape, fft_type, batch, order, last_axis, last_size

    def _check(self, a, s=None, axes=None, norm=None, *, several=False, shape=None, **unused):
        wanted = _sizes(a.shape, s if shape is None else shape, axes)[1]
        if several and wanted != tuple(self.shape):
            raise ValueError(f"The cuFFT plan and a.shape do not match: plan.shape = {tuple(self.shape)}, expected {wanted}, a.shape = {a.shape}")
