"""What errstate and seterr ask for: every operation is computed when it is called, and one that makes NaN or infinity of finite
numbers is told there (float_errors.happened), with the operation, the place and the numbers.

What is not finite already is passed on in silence, as in IEEE 754's flags: only the operation that made it is told. Looked at are
ufuncs, reductions and products of float and complex type, and divisors of integers; calls with where= or initial= and kernels of the
user's own are not.
"""

import contextvars

import numpy as np

from . import float_errors

# Infinity of these comes of a pole: of a zero divisor, or of an end of the domain.
POLES = {"divide", "reciprocal", "log", "log2", "log10", "log1p", "power", "float_power", "arctanh", "floor_divide"}
_looking = contextvars.ContextVar("weft_looking", default=False)  # the operations of a look are not looked at


def look(name, result, *operands):
    """Tells if `result` is not finite somewhere where the operands are."""
    if _looking.get() or not float_errors.watched():
        return
    before = _looking.set(True)
    try:
        if result.dtype.kind in "fc" or result.dtype.name == "bfloat16":
            _look(name, result, operands)
        elif name in ("floor_divide", "remainder", "fmod") and result.dtype.kind in "iu":
            _look_at_divisor(name, operands[1])
    finally:
        _looking.reset(before)


def _look_at_divisor(name, divisor):
    from .creation import asarray
    divisor = asarray(divisor)
    zero = divisor == 0
    if zero.any():
        place = np.unravel_index(int(zero.argmax()), zero.shape)
        where = f" at {[int(k) for k in place]} of the divisor" if place else ""
        float_errors.happened("divide", f"divide by zero encountered in {name}{where}: weft's result of integers is 0")


def _look(name, result, operands):
    from .creation import asarray
    from .math import isfinite, isnan
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
    nans = isnan(result)
    for places in (strange & nans, strange & ~nans):
        if places.any():
            float_errors.happened(*_what(name, result, operands, places, whole))


def _what(name, result, operands, strange, whole):
    from .manipulation import broadcast_to
    place = tuple(int(k) for k in np.unravel_index(int(strange.argmax()), strange.shape))
    value = result[place].item()
    of = [] if whole else [broadcast_to(x, result.shape)[place].item() for x in operands]
    parts = (value.real, value.imag) if isinstance(value, complex) else (value,)
    kind, said = "invalid", "invalid value"
    if not any(x != x for x in parts):
        pole = name in POLES and not (name == "divide" and of and of[-1] != 0)
        kind, said = ("divide", "divide by zero") if pole else ("over", "overflow")
    where = f" at {list(place)}" if place else ""
    numbers = f" of {' and '.join(map(repr, of))}" if of else ""
    return kind, f"{said} encountered in {name}{where}: {value!r}{numbers}, dtype {result.dtype}"
