"""numba.errors: where old programs look for the exceptions."""

from .core.errors import *  # noqa: F401,F403
