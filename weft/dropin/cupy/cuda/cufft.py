"""cupy.cuda.cufft: constants and plans. Transforms run through weft.fft, which has nothing to keep for them."""

import math
import threading

import numpy as np

import weft

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


def _type_of(dtype, value_type):
    """The plan's type for arrays of that dtype: in single precision where they are."""
    single = {"C2C": CUFFT_C2C, "R2C": CUFFT_R2C, "C2R": CUFFT_C2R}
    double = {"C2C": CUFFT_Z2Z, "R2C": CUFFT_D2Z, "C2R": CUFFT_Z2D}
    return (single if np.dtype(dtype).char in "efF" else double)[value_type]


class _Plan:
    """The sizes a transform was planned for; usable as a context manager, as CuPy's."""

    def __init__(self, *args, **kwargs):
        self._arguments = args, kwargs

    def __enter__(self):
        self._before, _local.plan = get_current_plan(), self
        return self

    def __exit__(self, *error):
        _local.plan = self._before

    _TYPES = {CUFFT_C2C: "FF", CUFFT_Z2Z: "DD", CUFFT_R2C: "fF", CUFFT_D2Z: "dD", CUFFT_C2R: "Ff", CUFFT_Z2D: "Dd"}

    def _shape_of_output(self, a):
        """Of a transform along the last axis, or back from half of it."""
        taken, given = self._TYPES[self.fft_type]
        if a.dtype.char != taken:
            raise ValueError(f"the plan is for arrays of {np.dtype(taken)}, got {a.dtype}")
        length = self._last_length()
        return (*a.shape[:-1], a.shape[-1] if taken == given else length // 2 + 1 if taken in "fd" else length), np.dtype(given)

    def get_output_array(self, a, order="C"):
        """An array for the transform of a."""
        shape, dtype = self._shape_of_output(a)
        return weft.empty(shape, dtype, order=order)

    def check_output_array(self, a, out):
        """ValueError unless `out` can take the transform of a."""
        shape, dtype = self._shape_of_output(a)
        if out.shape != shape or out.dtype != dtype:
            raise ValueError(f"out must have shape {shape} and dtype {dtype}, got {out.shape} and {out.dtype}")

    def _transformed(self, a, out, direction, lengths, axes):
        """cuFFT's transform of an array in C order: no way is divided by the number of elements."""
        taken, given = self._TYPES[self.fft_type]
        fft, back = weft.fft, direction == CUFFT_INVERSE
        if taken == given:
            result = (fft.ifftn if back else fft.fftn)(a, lengths, axes, norm="forward" if back else "backward")
        elif taken in "fd":
            result = fft.rfftn(a, lengths, axes)
        else:
            result = fft.irfftn(a, lengths, axes, norm="forward")
        out[...] = result.reshape(out.shape)


class Plan1d(_Plan):
    def __init__(self, nx, fft_type, batch, *, devices=None, out=None):
        super().__init__(nx, fft_type, batch)
        self.nx, self.fft_type, self.batch, self.gpus = nx, fft_type, batch, devices

    def _check(self, a, n=None, axis=-1, norm=None, *, several=False, **unused):
        if not several and _sizes(a.shape, None if n is None else (n,), (axis,))[1] != (self.nx, self.batch):
            raise ValueError("Target array size does not match the plan.")

    def _last_length(self):
        return self.nx

    def fft(self, a, out, direction):
        """The transforms of a's batch × nx elements into `out`."""
        if self.gpus not in (None, 1):
            raise NotImplementedError("plans for several GPUs: weft transforms on one")
        rows = a.reshape((self.batch, -1))
        self._transformed(rows, out, direction, (self.nx,), (-1,))


class PlanNd(_Plan):
    def __init__(self, shape, inembed, istride, idist, onembed, ostride, odist, fft_type, batch, order, last_axis, last_size):
        super().__init__(shape, fft_type, batch)
        self.shape, self.fft_type, self.batch, self.order, self.last_axis, self.last_size = shape, fft_type, batch, order, last_axis, last_size
        self.idist = idist

    def _check(self, a, s=None, axes=None, norm=None, *, several=False, shape=None, **unused):
        wanted = _sizes(a.shape, s if shape is None else shape, axes)[1]
        if several and wanted != tuple(self.shape):
            raise ValueError(f"The cuFFT plan and a.shape do not match: plan.shape = {tuple(self.shape)}, expected {wanted}, a.shape = {a.shape}")

    def _last_length(self):
        return self.shape[-1] if self.last_size is None else self.last_size

    def fft(self, a, out, direction):
        """The transforms of a, whose last axes (or first ones, where there are several batches side by side) the plan is for, into `out`."""
        if self.order != "C":
            raise NotImplementedError("plans of arrays in Fortran order: transform a.T")
        first = self.batch > 1 and self.idist == 1
        axes = tuple(range(len(self.shape)) if first else range(-len(self.shape), 0))
        self._transformed(a, out, direction, tuple(self.shape), axes)
