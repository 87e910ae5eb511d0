"""numba.cuda.utils"""

import sys

PYVERSION = sys.version_info[:2]
