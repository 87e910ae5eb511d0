"""numba.cuda.typing"""

from ...core.typing import signature
from .typeof import typeof
