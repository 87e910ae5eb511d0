"""cupy_backends.cuda.api"""

import sys as _sys

from cupy.cuda import driver, runtime

_sys.modules[__name__ + ".driver"] = driver
_sys.modules[__name__ + ".runtime"] = runtime
