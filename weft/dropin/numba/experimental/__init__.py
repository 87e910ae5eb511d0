"""numba.experimental"""

from weft._jitclass import jitclass  # noqa: F401

from . import structref  # noqa: F401
