"""numba.extending: overloads in Python; what builds LLVM by hand is declined by name."""

from weft._extending import (  # noqa: F401
    DECLINED,
    decline,
    get_cython_function_address,
    is_jitted,
    overload,
    overload_attribute,
    overload_classmethod,
    overload_method,
    register_jitable,
    typeof_impl,
)

globals().update({name: decline(f"numba.extending.{name}") for name in DECLINED})


def __getattr__(name):
    raise AttributeError(f"weft's numba.extending has no {name}")
