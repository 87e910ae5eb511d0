"""numba.cuda.args"""

from weft.cuda.args import ArgHint, In, InOut, Out, wrap_arg
