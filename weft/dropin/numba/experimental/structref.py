"""numba.experimental.structref"""

from weft._structref import (  # noqa: F401
    StructRefProxy,
    define_attributes,
    define_boxing,
    define_constructor,
    define_proxy,
    new,
    register,
)
