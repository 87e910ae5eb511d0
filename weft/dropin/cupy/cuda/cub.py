"""cupy.cuda.cub: weft's own reductions, scans and sorts stand in; nothing to call here."""

available = False
CUPY_CUB_SUM, CUPY_CUB_MIN, CUPY_CUB_MAX, CUPY_CUB_ARGMIN, CUPY_CUB_ARGMAX, CUPY_CUB_CUMSUM, CUPY_CUB_CUMPROD, CUPY_CUB_PROD = range(8)


def get_include_path():
    """The folder of CUB's headers: none."""
    return None
