"""numba.core.errors: every name that Numba has, so that `except` clauses and filters of warnings written for it go on.

weft refuses a function with TypingError, whatever step of Numba's would have; the names of those steps are that class. Errors of
Python's kinds (KeyError, IndexError …) also are their Python class, as Numba's are. What weft never raises is there to be named.
"""

from weft import _core
from weft._pysource import TypingError

NumbaError = _core.Error

# What weft raises as TypingError.
LoweringError = UnsupportedError = UnsupportedBytecodeError = NumbaTypeError = NumbaValueError = TypingError
RequireLiteralValue = LiteralTypingError = UnsupportedParforsError = ConstantInferenceError = ForbiddenConstruct = TypingError
NotDefinedError = VerificationError = NumbaNotImplementedError = UntypedAttributeError = NumbaAttributeError = TypingError


class NumbaWarning(Warning):
    """What all warnings of weft's numba are."""


def _warning(name, *also):
    return type(name, (NumbaWarning, *also), {"__module__": __name__, "__doc__": None})


NumbaPerformanceWarning = _warning("NumbaPerformanceWarning")
NumbaDeprecationWarning = _warning("NumbaDeprecationWarning", DeprecationWarning)
NumbaPendingDeprecationWarning = _warning("NumbaPendingDeprecationWarning", PendingDeprecationWarning)
NumbaExperimentalFeatureWarning = _warning("NumbaExperimentalFeatureWarning")
NumbaDebugInfoWarning = _warning("NumbaDebugInfoWarning")
NumbaInvalidConfigWarning = _warning("NumbaInvalidConfigWarning")
NumbaTypeSafetyWarning = _warning("NumbaTypeSafetyWarning")
NumbaParallelSafetyWarning = _warning("NumbaParallelSafetyWarning")
NumbaIRAssumptionWarning = NumbaPedanticWarning = _warning("NumbaPedanticWarning")
NumbaSystemWarning = _warning("NumbaSystemWarning")


def _error(name, *also):
    return type(name, (NumbaError, *also), {"__module__": __name__, "__doc__": None})


ForceLiteralArg = _error("ForceLiteralArg")
DeprecationError = _error("DeprecationError")
InternalError = _error("InternalError")
InternalTargetMismatchError = _error("InternalTargetMismatchError")
NonexistentTargetError = _error("NonexistentTargetError")
CompilerError = IRError = RedefinedError = _error("CompilerError")
UnsupportedRewriteError = ByteCodeSupportError = _error("UnsupportedRewriteError")
NumbaAssertionError = _error("NumbaAssertionError", AssertionError)
NumbaIndexError = _error("NumbaIndexError", IndexError)
NumbaKeyError = _error("NumbaKeyError", KeyError)
NumbaRuntimeError = _error("NumbaRuntimeError", RuntimeError)

__all__ = [name for name, value in list(globals().items()) if isinstance(value, type) and issubclass(value, (NumbaError, Warning))]
