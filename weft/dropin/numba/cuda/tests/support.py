"""numba.cuda.tests.support"""

from ...tests.support import *  # noqa: F401,F403
from ...tests.support import IS_NUMPY_2, TestCase, captured_stderr, captured_stdout, override_config  # noqa: F401
