"""Dask: what dask.array looks up by the type of a chunk, for chunks that are weft's arrays.

Most of it works by NumPy's protocols; percentiles, empty arrays and the way back to NumPy go through dask's tables. Imported with the
arrays where a program imported dask.array before, and else when dask asks an array for its token.
"""

import numpy as np
from dask.array import dispatch
from dask.base import normalize_token

from ._array.array import ndarray
from ._array.creation import empty

dispatch.percentile_lookup.register(ndarray, dispatch.percentile_lookup.dispatch(np.ndarray))  # which calls np.percentile, and that weft's
dispatch.empty_lookup.register(ndarray, empty)
dispatch.to_numpy_dispatch.register(ndarray, lambda array, **options: array.get())


def token(array):
    """What names an array in dask's graphs: its values, so that equal work is done once."""
    return normalize_token(array.get())
