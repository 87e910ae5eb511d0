"""cupy.random is weft.random."""

from weft import random as _random


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return getattr(_random, name)
