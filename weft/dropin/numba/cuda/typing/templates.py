"""numba.cuda.typing.templates"""

from ...core.typing.templates import AbstractTemplate, AttributeTemplate, CallableTemplate, ConcreteTemplate, signature  # noqa: F401
from ...core.typing.templates import __getattr__  # noqa: F401
