"""numba.cuda.extending"""

from ..extending import *  # noqa: F401,F403
from ..extending import __getattr__  # noqa: F401
from ..core.datamodel import models as core_models  # noqa: F401
