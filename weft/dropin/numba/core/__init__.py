"""numba.core: the parts that programs import."""

from .. import types
from . import errors
