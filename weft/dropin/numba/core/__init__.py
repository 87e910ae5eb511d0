"""numba.core: the parts that programs import."""

from .. import config, types
from . import errors
