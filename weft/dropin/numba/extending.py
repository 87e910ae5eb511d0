"""numba.extending: overloads in Python; what builds LLVM by hand is declined by name."""

from weft._extending import (  # noqa: F401
    get_cython_function_address,
    is_jitted,
    overload,
    overload_attribute,
    overload_classmethod,
    overload_method,
    register_jitable,
    stand_ins,
    typeof_impl,
)

globals().update(stand_ins("numba.extending"))


def __getattr__(name):
    if name == "_Intrinsic":
        from weft.dropin._internals import declined

        return declined("numba.extending._Intrinsic")
    raise AttributeError(f"weft's numba.extending has no {name}")
