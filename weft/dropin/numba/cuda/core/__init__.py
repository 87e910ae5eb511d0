"""numba.cuda.core"""

from . import config, errors
