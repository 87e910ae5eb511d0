"""numba.extending: what of it works without Numba's inside."""

from weft._pydispatch import Dispatcher


def register_jitable(*args, **options):
    """A function that compiled functions may call; any plain function may be called, so it stays what it is."""
    if len(args) == 1 and callable(args[0]):
        return args[0]
    return lambda function: function


def is_jitted(function):
    return isinstance(function, Dispatcher)


def __getattr__(name):
    raise AttributeError(f"weft's numba.extending has no {name}: code that reaches into Numba's compiler is not supported")
