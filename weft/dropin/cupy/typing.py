"""cupy.typing: annotations for CuPy programs."""

from numpy.typing import ArrayLike, DTypeLike, NBitBase

import weft as _weft

NDArray = _weft.ndarray

__all__ = ["ArrayLike", "DTypeLike", "NBitBase", "NDArray"]
