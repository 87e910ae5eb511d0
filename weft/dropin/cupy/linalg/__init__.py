"""cupy.linalg is weft.linalg."""

import weft as _weft
from weft.dropin import lent as _lent, public as _public

from . import _util


def __getattr__(name):
    if name == "__all__":
        return _public(globals(), dir(_weft.linalg))
    if name.startswith("__"):
        raise AttributeError(name)
    return _lent(__name__, _weft.linalg, name)


def __dir__():
    return sorted({*globals(), *dir(_weft.linalg)})
