"""cupy._core._routines_math: running sums, by the name under which CuPy's own tests look for them."""

from weft import cumsum


def _scan_for_test(a, out=None):
    """The running sums of an array of one dimension, in its own dtype."""
    if a.ndim != 1:
        raise TypeError("Input array should be 1D array.")
    return cumsum(a, dtype=a.dtype, out=out)
