"""cupy.cuda.compiler"""

import weft as _weft

CompileException = _weft.CompileError
JitifyException = _weft.CompileError
