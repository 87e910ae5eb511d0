"""Library functions for compiled Python functions, written in Python and compiled along with whoever calls them.

Each file registers rules with weft._pyresolve.implements: a rule looks at the types of the arguments and returns the
implementation for them.
"""

from . import arrays, dates, dicts, generator, heaps, iteration, linear, lists, nditer, random, scalars, sorting, text  # noqa: F401
