"""numba.core.typing"""

from weft._pytypes import Signature, as_type, typeof


def signature(return_type, *args):
    """A signature from its types."""
    return Signature(as_type(return_type), tuple(as_type(a) for a in args))
