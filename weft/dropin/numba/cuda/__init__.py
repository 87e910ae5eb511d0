"""numba.cuda: weft.cuda under Numba's name."""

import importlib

from weft import cuda as _cuda
from weft.cuda import *  # noqa: F401,F403
from weft.cuda import _settings
from weft.dropin import lent as _lent

from .. import config as _config

_settings.modules.append(_config)

HAS_NUMBA = True
globals().update({name: value for name, value in vars(_cuda).items() if not name.startswith("_")})

# Modules of this package take the place of weft's attributes of the same name.
for _name in ("config", "core", "cudadrv", "libdevice", "random", "types"):
    importlib.import_module(f"{__name__}.{_name}")
devicearray, devices, driver = (importlib.import_module(f"{__name__}.cudadrv.{_name}") for _name in
                                ("devicearray", "devices", "driver"))


if _config.DISABLE_CUDA:  # programs that ask take their other way; kernels would run all the same
    def is_available():
        return False

    def cuda_error():
        return "CUDA is disabled due to setting NUMBA_DISABLE_CUDA=1 in the environment"


def __getattr__(name):
    return _lent(__name__, _cuda, name)
