"""numba.core.dispatcher"""

from weft._jit import CPUDispatcher  # noqa: F401
from weft._pydispatch import Dispatcher  # noqa: F401


class OmittedArg:
    """Stands for an argument that a call leaves out, with the value that its parameter has then."""

    def __init__(self, value):
        self.value = value

    def __repr__(self):
        return f"omitted arg({self.value!r})"

    @property
    def _numba_type_(self):
        from weft._type_families import Omitted

        return Omitted(self.value)
