"""numba.core.imputils: what is registered here is declined by name where a compiled function uses it."""

from weft._extending import decline, stand_ins

_STAND_INS = stand_ins("numba.core.imputils")


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return _STAND_INS.get(name) or decline(f"numba.core.imputils.{name}")
