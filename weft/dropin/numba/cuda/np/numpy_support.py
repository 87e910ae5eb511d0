"""numba.cuda.np.numpy_support"""

from ...np.numpy_support import *  # noqa: F401,F403
