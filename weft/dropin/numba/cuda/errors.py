"""numba.cuda.errors"""

from weft.cuda import KernelRuntimeError  # noqa: F401

from ..core.errors import *  # noqa: F401,F403
from ..core.errors import LoweringError, UnsupportedBytecodeError  # noqa: F401

CudaLoweringError = LoweringError
missing_launch_config_msg = "Kernel launch configuration was not specified: write kernel[grid, block](...)"
