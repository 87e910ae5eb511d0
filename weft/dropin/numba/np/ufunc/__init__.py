"""numba.np.ufunc: the classes of what vectorize and guvectorize make, and the number of threads."""

from numba import get_num_threads, get_thread_id, guvectorize, set_num_threads, threading_layer, vectorize  # noqa: F401

from . import dufunc, gufunc, parallel  # noqa: F401
