"""numba.core.errors"""

from weft import _core
from weft._pysource import TypingError

NumbaError = _core.Error
LoweringError = UnsupportedError = UnsupportedBytecodeError = NumbaTypeError = NumbaValueError = TypingError


class NumbaWarning(Warning):
    pass


class NumbaPerformanceWarning(NumbaWarning):
    pass


class NumbaDeprecationWarning(NumbaWarning, DeprecationWarning):
    pass


class NumbaPendingDeprecationWarning(NumbaWarning, PendingDeprecationWarning):
    pass


class NumbaExperimentalFeatureWarning(NumbaWarning):
    pass


class NumbaDebugInfoWarning(NumbaWarning):
    pass


class NumbaInvalidConfigWarning(NumbaWarning):
    pass


class NumbaTypeSafetyWarning(NumbaWarning):
    pass


class NumbaParallelSafetyWarning(NumbaWarning):
    pass


class NumbaIRAssumptionWarning(NumbaWarning):
    pass


class ForceLiteralArg(NumbaError):
    pass


RequireLiteralValue = LiteralTypingError = UnsupportedParforsError = ConstantInferenceError = TypingError

__all__ = [name for name in dir() if name.startswith("Numba") or name.endswith(("Error", "Value", "Arg"))]
