"""cupy.random is weft.random; CuPy's private modules answer with its names."""

import sys as _sys
import types as _types

from weft import random as _random
from weft.dropin import lent as _lent, public as _public
RandomState = _random.RandomState


def __getattr__(name):
    if name == "__all__":
        return _public(globals(), dir(_random))
    if name.startswith("__"):
        raise AttributeError(name)
    return _lent(__name__, _random, name)


def __dir__():
    return sorted({*globals(), *dir(_random)})


def _module(name):
    module = _types.ModuleType(f"{__name__}.{name}", "Private in CuPy; answers with the public functions.")
    module.__getattr__ = lambda attribute: getattr(_random, attribute)
    _sys.modules[module.__name__] = module
    return module


_bit_generator, _distributions, _generator, _generator_api, _permutations, _sample = map(
    _module, ("_bit_generator", "_distributions", "_generator", "_generator_api", "_permutations", "_sample"))
_generator.RandomState = RandomState
_generator._random_states = {}
