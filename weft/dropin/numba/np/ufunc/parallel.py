"""numba.np.ufunc.parallel: threads."""

from numba import config, get_num_threads, get_thread_id, set_num_threads, threading_layer  # noqa: F401


def get_thread_count():
    """How many threads there are at most."""
    return config.NUMBA_NUM_THREADS
