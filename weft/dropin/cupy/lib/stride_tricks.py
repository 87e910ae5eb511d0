"""cupy.lib.stride_tricks"""

from weft._array.stride_tricks import as_strided, sliding_window_view
