"""errstate(check=True): every operation is computed when it is called, and one that makes NaN or infinity of finite numbers raises
FloatingPointError there, with the operation, the place and the numbers.

What is not finite already is passed on in silence, as in IEEE 754's flags: only the operation that made it is told. Looked at are
ufuncs, reductions and products of float and complex type; kernels of the user's own are not.
"""

import numpy as np

from .. import _core

# Infinity of these comes of a pole: of a zero divisor, or of an end of the domain.
POLES = {"divide", "reciprocal", "log", "log2", "log10", "log1p", "power", "float_power", "arctanh", "floor_divide"}
_depth = 0


def begin():
    global _depth
    _depth += 1
    _core.array_set_eager(True)
    _core.array_set_checked(True)


def end():
    global _depth
    _depth -= 1
    if _depth == 0:
        _core.array_set_eager(_core.env_on("EAGER"))
        _core.array_set_checked(False)


def look(name, result, *operands):
    """Raises if `result` is not finite somewhere where the operands are."""
    if result.dtype.kind not in "fc" and result.dtype.name != "bfloat16":
        return
    before = _core.array_set_checked(False)
    try:
        _look(name, result, operands)
    finally:
        _core.array_set_checked(before)


def look_if_asked(name, result, *operands):
    """For what is no ufunc and no reduction."""
    if _depth:
        look(name, result, *operands)


def _look(name, result, operands):
    from .creation import asarray
    from .math import isfinite
    strange = ~isfinite(result)
    if not strange.any():
        return
    operands = [asarray(x) for x in operands]
    whole = np.broadcast_shapes(*(x.shape for x in operands)) != result.shape if name not in ("matmul", "dot") else True
    for x in operands:
        fine = isfinite(x) if x.dtype.kind in "fc" or x.dtype.name == "bfloat16" else None
        if fine is None:
            continue
        if whole and not fine.all():
            return
        if not whole:
            strange = strange & fine
    if strange.any():
        raise FloatingPointError(_what(name, result, operands, strange, whole))


def _what(name, result, operands, strange, whole):
    from .manipulation import broadcast_to
    place = tuple(int(k) for k in np.unravel_index(int(strange.argmax()), strange.shape))
    value = result[place].item()
    of = [] if whole else [broadcast_to(x, result.shape)[place].item() for x in operands]
    parts = (value.real, value.imag) if isinstance(value, complex) else (value,)
    kind = "invalid value"
    if not any(x != x for x in parts):
        pole = name in POLES and not (name == "divide" and of and of[-1] != 0)
        kind = "divide by zero" if pole else "overflow"
    where = f" at {list(place)}" if place else ""
    numbers = f" of {' and '.join(map(repr, of))}" if of else ""
    return f"{kind} encountered in {name}{where}: {value!r}{numbers}, dtype {result.dtype}"
