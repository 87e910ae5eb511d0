"""numba.cuda.tests.support"""

from ...tests import support as _support

globals().update({name: value for name, value in vars(_support).items() if not name.startswith("_")})
