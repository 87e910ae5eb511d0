"""numba.experimental"""

from weft._extending import decline
from weft._jitclass import jitclass  # noqa: F401

structref = decline("numba.experimental.structref")
