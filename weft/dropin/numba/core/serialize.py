"""numba.core.serialize: how Numba pickles its functions; weft's pickle by themselves. What is asked of it is declined by name."""

from weft._extending import decline


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return decline(f"numba.core.serialize.{name}")
