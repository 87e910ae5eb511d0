"""numba.core.typing.templates: declined by name."""

from weft._extending import decline


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return decline(f"numba.core.typing.templates.{name}")
