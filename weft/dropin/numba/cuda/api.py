"""numba.cuda.api: device arrays, streams, events and devices."""

from weft.cuda import *  # noqa: F401,F403
from weft.cuda._memory import _host_array  # noqa: F401
