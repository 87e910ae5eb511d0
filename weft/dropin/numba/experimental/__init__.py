"""numba.experimental"""

from weft._extending import decline


def jitclass(cls_or_spec=None, spec=None):
    """Classes are not compiled yet."""
    raise NotImplementedError("jitclass is not supported yet; pass the fields to compiled functions as arguments or in a named tuple")


structref = decline("numba.experimental.structref")
