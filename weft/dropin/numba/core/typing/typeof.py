"""numba.core.typing.typeof"""

from weft._pytypes import typeof  # noqa: F401

from ...extending import typeof_impl  # noqa: F401
