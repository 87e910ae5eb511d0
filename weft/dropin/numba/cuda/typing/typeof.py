"""numba.cuda.typing.typeof"""

from weft._pytypes import typeof
