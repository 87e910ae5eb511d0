"""cupy_backends.cuda"""

import sys as _sys

from cupy.cuda import stream

from . import api, libs

_sys.modules[__name__ + ".stream"] = stream
