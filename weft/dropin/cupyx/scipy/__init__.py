"""cupyx.scipy: filters and special functions of weft's own; the rest is SciPy, run on the host."""

import importlib as _importlib
import sys as _sys

import weft as _weft
from weft._array.namespaces import Through as _Through

_OWN = {"ndimage": lambda: _weft.ndimage, "special": lambda: _weft.special}
_NAMES = ("fft", "fftpack", "interpolate", "linalg", "signal", "stats", "spatial", "spatial.distance", "sparse", "sparse.linalg",
          "integrate", "ndimage", "special")


def get_array_module(*args):
    return _weft.get_array_module(*args)


class _Finder:
    """`import cupyx.scipy.signal` finds the wrapped namespace."""

    def find_spec(self, fullname, path=None, target=None):
        if not fullname.startswith(__name__ + ".") or fullname[len(__name__) + 1:] not in _NAMES:
            return None
        import importlib.machinery
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec):
        name = spec.name[len(__name__) + 1:]
        return _OWN[name]() if name in _OWN else _Through(f"weft.{name}", f"scipy.{name}")

    def exec_module(self, module):
        pass


_sys.meta_path.insert(0, _Finder())


def __getattr__(name):
    if name in _NAMES:
        return _importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
