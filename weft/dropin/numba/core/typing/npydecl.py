"""numba.core.typing.npydecl: the ufuncs of NumPy that compiled functions take."""

import numpy as np

supported_ufuncs = [one for name, one in vars(np).items()
                    if isinstance(one, np.ufunc) and one.signature is None and name in (one.__name__, "mod")]
