"""numba.core: the parts that programs import."""

from .. import config, types
from . import datamodel, errors  # noqa: F401
