"""Calls of vectorize's and guvectorize's functions with numbers and small arrays: a ufunc of NumPy's own around the compiled loop.

NumPy broadcasts, makes the result and walks over it in less than a microsecond; the loop gets the first axis of every operand. Which
calls go there is weft._core.UfuncCalls' to say, the base class of both.
"""

import numpy as np

from . import _core
from ._pytypes import code_of_dtype

_PLAIN = "?bBhHiIlLfdFD"


def small_ufunc(loop, name, nin, dtypes, *, layout=None, cores=None, rows=(), readonly=(), order=None):
    """A SmallUfunc around `loop`, whose parameters are arrays with one axis before their cores', or None: not of these types.

    cores: for each operand the names of its core's axes; rows: the operands without a core that are arrays of one element; readonly:
    those that the loop must not write; order: the loop's parameters by the numbers of the operands.
    """
    codes = [code_of_dtype(d) for d in dtypes]
    if any(len(c) != 1 or c not in _PLAIN for c in codes):
        return None
    cores = cores or [()] * len(dtypes)
    names = list(dict.fromkeys(n for core in cores for n in core))
    operands = tuple((c, d.num, d.itemsize, tuple(map(names.index, core)), k in rows, k in readonly)
                     for k, (c, d, core) in enumerate(zip(codes, map(np.dtype, dtypes), cores)))
    order = tuple(range(len(dtypes))) if order is None else order
    loop._program("".join(f"{'R' if operands[k][5] else ''}AC{1 + len(operands[k][3]) + operands[k][4]}{codes[k]}" for k in order))
    return _core.SmallUfunc(loop, name, layout, nin, operands, order)
