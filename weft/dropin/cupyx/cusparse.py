"""cupyx.cusparse: weft does not wrap cuSPARSE; what asks whether it is available is told no."""


def check_availability(*names):
    """Whether these routines are there: never."""
    return False


def available(*names):
    return False


def getVersion():
    """0: no version of cuSPARSE."""
    return 0


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    raise AttributeError(f"cupyx.cusparse has no {name}: weft does not wrap cuSPARSE")


def _indptr_to_coo(indptr, *args):
    """Row numbers of the entries of a compressed matrix."""
    import numpy as np
    import weft
    host = weft.asnumpy(indptr)
    return weft.asarray(np.repeat(np.arange(host.size - 1, dtype=host.dtype), np.diff(host)))
