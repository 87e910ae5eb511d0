"""Library functions for compiled Python functions, written in Python and compiled along with whoever calls them.

Each file registers rules with weft._pyresolve.implements: a rule looks at the types of the arguments and returns the
implementation for them.
"""

from . import along, arrays, contractions, creation, dates, dicts, elementwise, fancy, generator, heaps, iteration, joining, linear, lists, nditer, ordering, padding, products, random, scalars, text, ufuncs, views  # noqa: F401
