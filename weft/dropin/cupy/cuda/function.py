"""cupy.cuda.function"""

import weft as _weft

Module, Function = _weft.Module, _weft.Kernel
