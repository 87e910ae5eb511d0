"""numba.core.compiler: settings that are passed on; the compiler itself is declined by name."""


class Flags:
    """Settings of a compilation: any name, any value."""

    def __init__(self, **settings):
        vars(self).update(settings)

    def copy(self):
        return Flags(**vars(self))


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    from weft.dropin._internals import declined

    return declined(f"numba.core.compiler.{name}")
