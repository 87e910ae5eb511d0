"""numba.cuda.testing: the base class and the decorators that tests of CUDA programs use.

What is skipped where: the CPU device answers as a GPU here, so `skip_on_cudasim` skips only where the program asked for the
simulator (NUMBA_ENABLE_CUDASIM=1); what needs a part of the CUDA toolkit is skipped always, for weft uses none.
"""

import io
import os
import pathlib
import platform
import sys
import unittest

import numpy as np

from .. import config
from ..tests.support import SerialMixin, TestCase  # noqa: F401
from .cudadrv.devices import get_context

test_data_dir = pathlib.Path(__file__).parent / "tests" / "data"


class CUDATestCase(TestCase):
    """For tests that use a device. Warnings about small grids and host arrays are off inside."""

    FLOAT16_RTOL = np.finfo(np.float16).eps

    def setUp(self):
        self._kept = {name: getattr(config, name) for name in ("CUDA_LOW_OCCUPANCY_WARNINGS", "CUDA_WARN_ON_IMPLICIT_COPY")}
        for name in self._kept:
            setattr(config, name, 0)

    def tearDown(self):
        for name, value in self._kept.items():
            setattr(config, name, value)

    def assertFileCheckMatches(self, *args, **options):
        self.skipTest("FileCheck patterns are about the text of Numba's own compiler")

    assertFileCheckAsm = assertFileCheckLLVM = assertFileCheckMatches


class DeprecatedCUDATest(CUDATestCase):
    pass


ContextResettingTestCase = CUDATestCase


def _always(reason):
    return unittest.skip(reason)


def skip_on_cudasim(reason):
    return unittest.skipIf(config.ENABLE_CUDASIM, reason)


def skip_unless_cudasim(reason):
    return unittest.skipUnless(config.ENABLE_CUDASIM, reason)


def xfail_unless_cudasim(test):
    return test if config.ENABLE_CUDASIM else unittest.expectedFailure(test)


def skip_unless_conda_cudatoolkit(reason):
    return _always(reason)


def skip_if_external_memmgr(reason):
    return unittest.skipIf(getattr(config, "CUDA_MEMORY_MANAGER", "default") != "default", reason)


def skip_under_cuda_memcheck(reason):
    return unittest.skipIf(os.environ.get("CUDA_MEMCHECK") is not None, reason)


def skip_without_nvdisasm(reason):
    return _always(reason)


def skip_with_nvdisasm(reason):
    return lambda test: test


def skip_on_arm(reason):
    return unittest.skipIf(platform.machine().lower().startswith(("arm", "aarch")), reason)


def skip_on_wsl2(reason):
    return unittest.skipIf("wsl2" in platform.release().lower(), reason)


def skip_if_nvjitlink_missing(reason):
    return lambda test: test


skip_on_nvjitlink_13_1_sm_120 = skip_if_nvjitlink_missing


def skip_on_standalone_numba_cuda(test):
    return test


skip_if_cuda_includes_missing = _always("CUDA's headers are not used")
skip_if_curand_kernel_missing = _always("CUDA's headers are not used")


def skip_if_cudadevrt_missing(test):
    return test


def cudadevrt_missing():
    return False


def cc_X_or_above(major, minor):
    return get_context().device.compute_capability >= (major, minor)


def _unless_cc(major, minor):
    def decorate(test):
        return unittest.skipUnless(cc_X_or_above(major, minor), f"requires cc >= {major}.{minor}")(test)

    return decorate


skip_unless_cc_50, skip_unless_cc_53, skip_unless_cc_60 = _unless_cc(5, 0), _unless_cc(5, 3), _unless_cc(6, 0)
skip_unless_cc_75, skip_unless_cc_90 = _unless_cc(7, 5), _unless_cc(9, 0)


class ForeignArray:
    """A device array as another library's would look: all that shows is __cuda_array_interface__."""

    def __init__(self, arr):
        self._arr = arr
        self.__cuda_array_interface__ = arr.__cuda_array_interface__


class redirect_fd:
    """File descriptor `fd` goes to a pipe inside the with statement; what came is `read()` afterwards."""

    def __init__(self, fd):
        self.fd = fd

    def __enter__(self):
        (sys.stdout if self.fd == 1 else sys.stderr).flush()
        self._kept = os.dup(self.fd)
        self._reading, writing = os.pipe()
        os.dup2(writing, self.fd)
        os.close(writing)
        return self

    def __exit__(self, *error):
        (sys.stdout if self.fd == 1 else sys.stderr).flush()
        os.dup2(self._kept, self.fd)
        os.close(self._kept)
        with os.fdopen(self._reading, "rb") as pipe:
            self._text = pipe.read().decode()

    def read(self):
        return io.StringIO(self._text).read()


def redirect_c_stdout():
    """What kernels print, caught."""
    return redirect_fd(1)
