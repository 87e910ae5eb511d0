"""numba.cuda.cudadrv.linkable_code: code for link=."""

from weft.cuda import LTOIR, Archive, Cubin, CUSource, Fatbin, LinkableCode, Object, PTXSource  # noqa: F401
