"""numba.core.typing.typeof"""

from weft._pytypes import typeof
