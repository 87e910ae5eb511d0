"""cupy.exceptions: NumPy's own classes."""

from numpy.exceptions import (AxisError, ComplexWarning, DTypePromotionError, ModuleDeprecationWarning, RankWarning, TooHardError,
                              VisibleDeprecationWarning)
