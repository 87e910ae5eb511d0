"""datetime64 and timedelta64: what operators and functions do with the int64 that each counts (src/pyfunc/dates.c).

What a result's unit is, and what brings one unit to another, is asked of NumPy while compiling; the code is arithmetic on int64, in
which the smallest number is NaT. Years and months are no fixed number of days: a date in them becomes days by the calendar.
"""

import numpy as np

from .._pyresolve import implements
from .._pysource import Stub, TypingError
from .._pytypes import date_code, dtype_of_code
from .written import function

NAT = -(1 << 63)
_numbers = Stub("weft.date.numbers")
_CALENDAR = ("Y", "M")


def _is_date(arg):
    return arg.is_date


def _dtype(arg):
    return dtype_of_code(arg.element)


def _of(code):
    return Stub("weft.date.of." + code)


# ---- units ----

def _days_of_months(months):
    """Days since 1970 of the first day of a month, counted from January 1970."""
    y = 1970 + months // 12
    m = months % 12 + 1
    y -= m <= 2
    era = y // 400
    of_era = y - era * 400
    day = (153 * ((m + 9) % 12) + 2) // 5
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + day - 719468


def _months_of_days(days):
    z = days + 719468
    era = z // 146097
    day = z - era * 146097
    of_era = (day - day // 1460 + day // 36524 - day // 146096) // 365
    of_year = day - (365 * of_era + of_era // 4 - of_era // 100)
    m = (5 * of_year + 2) // 153
    return (of_era + era * 400 + (m >= 10)) * 12 + (m + 2) % 12 - 1970 * 12


def _factor(unit, many, fine):
    """How many of `fine` one of these is; both are fixed spans of time, or both years and months."""
    return int(np.timedelta64(many, unit).astype(f"m8[{fine}]").astype(np.int64))


def _to(source, target):
    """The text of an expression that brings {x}, which counts in `source`, to `target`; None: the same."""
    if source == target:
        return None
    (a, n), (b, m) = np.datetime_data(source), np.datetime_data(target)
    if a == "generic":
        return None
    if b == "generic":
        raise TypingError(f"{source} cannot become {target}")
    if (a in _CALENDAR) != (b in _CALENDAR):
        if source.kind == "m":
            raise TypingError(f"{source} and {target} are no spans that can be compared: months have no fixed length")
        if a in _CALENDAR:
            day, each = _factor("D", 1, b) if b != "W" else 1, m
            inside = f"days({{x}} * {_factor(a, n, 'M')})"
            return f"{inside} // {7 * each}" if b == "W" else f"{inside} * {day} // {each}" if each > 1 else f"{inside} * {day}"
        day = _factor("D", 1, a) if a != "W" else 1
        inside = f"months({{x}} * {7 * n})" if a == "W" else f"months({{x}} * {n} // {day})"
        return f"{inside} // {_factor(b, m, 'M')}"
    finest = min(a, b, key=_ORDER.index)
    up, down = _factor(a, n, finest), _factor(b, m, finest)
    common = int(np.gcd(up, down))
    up, down = up // common, down // common
    return f"{{x}} * {up}" if down == 1 else f"{{x}} * {up} // {down}" if up > 1 else f"{{x}} // {down}"


_ORDER = ["as", "fs", "ps", "ns", "us", "ms", "s", "m", "h", "D", "W", "M", "Y"]


def _in(source, target, name):
    expression = _to(source, target)
    return name if expression is None else "(" + expression.format(x=name) + ")"


# ---- making functions ----

def _made(args, lines, result, whole=None):
    """A function of one or two dates or numbers: `lines` compute out from x and y, each one number; arrays are gone over."""
    names = "x, y"[:1 if len(args) == 1 else 4].split(", ")
    ndim = max(a.ndim if a.is_array else 0 for a in args)
    scope = {"numbers": _numbers, "days": _days_of_months, "months": _months_of_days, "NAT": NAT, "nan": np.nan}
    dtype = result
    if isinstance(result, str):
        scope["of"], dtype = _of(result), np.int64
    head = f"def made({', '.join(names)}):\n"
    taken = {n: f"numbers({n})" if _is_date(a) else n for n, a in zip(names, args)}
    taken = {n: taken[n] + "[()]" if a.is_array and not a.ndim else taken[n] for n, a in zip(names, args)}
    body = "".join(f"{n} = {taken[n]}\n" for n in names) + "".join(line + "\n" for line in lines)
    end = "return of(out)\n" if isinstance(result, str) else "return out\n"
    if not ndim:
        text = head + "".join("    " + line + "\n" for line in (body + end).splitlines())
        return function(text, **scope)
    core = function("def core(" + ", ".join(names) + "):\n" + "".join(
        "    " + line + "\n" for line in [*lines, "return out"]), **{k: v for k, v in scope.items() if k not in ("of", "numbers")})
    scope.update(core=core, dtype=np.dtype(dtype))
    arrays = [n for n, a in zip(names, args) if a.is_array]
    index = [f"i{k}" for k in range(ndim)]
    out = [f"    {n}_ = {taken[n]}\n" for n in names]
    shapes = []
    for k in range(ndim):
        parts = [f"{n}_.shape[{k - ndim + a.ndim}]" for n, a in zip(names, args) if a.is_array and k - ndim + a.ndim >= 0]
        if len(parts) == 2:
            out.append(f"    if {parts[0]} != {parts[1]} and {parts[0]} != 1 and {parts[1]} != 1:\n"
                       "        raise ValueError('operands could not be broadcast together')\n")
            shapes.append(f"({parts[1]} if {parts[0]} == 1 else {parts[0]})")
        else:
            shapes.append(parts[0])
    out.append(f"    out = np.empty(({', '.join(shapes)},), dtype)\n")
    for k, i in enumerate(index):
        out.append("    " * (k + 1) + f"for {i} in range(out.shape[{k}]):\n")
    given = []
    for n, a in zip(names, args):
        if n in arrays:
            at = [f"({index[k]} if {n}_.shape[{k - ndim + a.ndim}] > 1 else 0)" for k in range(ndim - a.ndim, ndim)]
            given.append(f"{n}_[{', '.join(at)}]")
        else:
            given.append(n + "_")
    out.append("    " * (ndim + 1) + f"out[{', '.join(index)}] = core({', '.join(given)})\n")
    out.append("    " + end)
    return function(head + "".join(out), **scope)


def _nat_or(condition, value, nothing="NAT"):
    return [f"out = {nothing} if {condition} else {value}"]


_BOTH = "x == NAT or y == NAT"


def _common(x, y):
    try:
        return np.promote_types(_dtype(x), _dtype(y))
    except TypeError:
        raise TypingError(f"{_dtype(x)} and {_dtype(y)} have no common unit") from None


def _spans(x, y, name):
    """The unit of two spans, or of a date and a span."""
    kinds = _dtype(x).kind + _dtype(y).kind
    a, b = (dtype_of_code("w" + d.element[1:]) for d in (x, y))
    if kinds == "mm":
        return _common(x, y)
    span, date = (b, a) if kinds == "Mm" else (a, b)
    if np.datetime_data(span)[0] in _CALENDAR and np.datetime_data(date)[0] not in (*_CALENDAR, "generic"):
        raise TypingError(f"ufunc '{name}' is not supported between {_dtype(x)} and {_dtype(y)}")
    return np.promote_types(_dtype(x), dtype_of_code("W" + y.element[1:])) if kinds == "Mm" else np.promote_types(
        dtype_of_code("W" + x.element[1:]), _dtype(y))


def _span_of(dtype):
    return np.dtype(f"m8[{np.datetime_data(dtype)[1]}{np.datetime_data(dtype)[0]}]") if np.datetime_data(dtype)[0] != "generic" else np.dtype("m8")


def _added(x, y, sign):
    kinds = "".join(_dtype(a).kind if _is_date(a) else "i" for a in (x, y))
    if "i" in kinds:  # an integer counts in the other's unit
        dtype = _dtype(x) if kinds[0] != "i" else _dtype(y)
        if not (x if kinds[0] == "i" else y).element in "bhilBHIL?" or kinds == "iM" and sign == "-":
            return None
        checked = "x == NAT" if kinds[0] != "i" else "y == NAT"
        return _made((x, y), _nat_or(checked, f"x {sign} y"), date_code(dtype))
    if kinds == "MM" and sign == "-":
        unit = _common(x, y)
        value = f"{_in(_dtype(x), unit, 'x')} - {_in(_dtype(y), unit, 'y')}"
        return _made((x, y), _nat_or(_BOTH, value), date_code(_span_of(unit)))
    if kinds == "MM" or kinds == "mM" and sign == "-":
        return None
    unit = _spans(x, y, "add" if sign == "+" else "subtract")
    span = _span_of(unit)
    own = [_in(d, unit if d.kind == "M" else span, n) for d, n in ((_dtype(x), "x"), (_dtype(y), "y"))]
    return _made((x, y), _nat_or(_BOTH, f"{own[0]} {sign} {own[1]}"), date_code(unit))


_UFUNCS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "//": "floor_divide", "%": "remainder", "<": "less", "<=": "less_equal",
           ">": "greater", ">=": "greater_equal", "==": "equal", "!=": "not_equal"}


def _operator(name):
    def register(rule):
        implements("weft.date." + name, "date:numpy." + _UFUNCS[name])(lambda x, y: rule(x, y) if x.element and y.element else None)
        return rule

    return register


@_operator("+")
def add(x, y):
    return _added(x, y, "+")


@_operator("-")
def subtract(x, y):
    return _added(x, y, "-")


def _whole(arg):
    return bool(arg.element) and arg.element in "bhilBHIL?"


def _real(arg):
    return bool(arg.element) and arg.element in "efd"


@_operator("*")
def multiply(x, y):
    if _is_date(y):
        if _is_date(x):
            return None
        made = {True: "x * y", False: "int(x * y)"}[_whole(x)]
        checked = "y == NAT" if _whole(x) else "y == NAT or not abs(x * y) <= 9.2e18"
        return _made((x, y), _nat_or(checked, made), y.element) if y.element[0] == "w" and (_whole(x) or _real(x)) else None
    if x.element[0] != "w" or not (_whole(y) or _real(y)):
        return None
    checked = "x == NAT" if _whole(y) else "x == NAT or not abs(x * y) <= 9.2e18"
    return _made((x, y), _nat_or(checked, "x * y" if _whole(y) else "int(x * y)"), x.element)


def _in_common(x, y):
    unit = _common(x, y)
    return [f"x = {_in(_dtype(x), unit, 'x')} if x != NAT else NAT", f"y = {_in(_dtype(y), unit, 'y')} if y != NAT else NAT"]


def _are_spans(x, y):
    return _is_date(x) and _is_date(y) and x.element[0] == y.element[0] == "w"


def _divided(x, y):
    """A span by a number, towards zero: so do both / and // of NumPy's and Numba's."""
    if not _is_date(x) or x.element[0] != "w":
        return None
    if _whole(y):
        return _made((x, y), ["out = NAT", "if x != NAT and y != 0:", "    out = abs(x) // abs(y)", "    if (x < 0) != (y < 0):",
                              "        out = -out"], x.element)
    return _made((x, y), ["out = NAT", "if x != NAT and y == y and y != 0 and abs(x / y) < 9.2e18:", "    out = int(x / y)"], x.element) if _real(y) else None


@_operator("/")
def divide(x, y):
    if _are_spans(x, y):
        return _made((x, y), [*_in_common(x, y), "out = nan", "if x != NAT and y != NAT:",
                              "    out = x / y if y != 0 else (nan if x == 0 else (np.inf if x > 0 else -np.inf))"], np.float64)
    return _divided(x, y)


@_operator("//")
def floor_divide(x, y):
    if _are_spans(x, y):
        return _made((x, y), [*_in_common(x, y), "out = 0", f"if not ({_BOTH} or y == 0):", "    out = x // y"], np.int64)
    return _divided(x, y)


@_operator("%")
def remainder(x, y):
    if not _are_spans(x, y):
        return None
    unit = _common(x, y)
    return _made((x, y), [*_in_common(x, y), "out = NAT", f"if not ({_BOTH} or y == 0):", "    out = x % y"], date_code(unit))


def _compared(op):
    @_operator(op)
    def rule(x, y):
        if not (_is_date(x) and _is_date(y)) or x.element[0] != y.element[0]:
            return (lambda x, y: op == "!=") if op in ("==", "!=") and not (x.is_array or y.is_array) else None
        try:
            same = _in_common(x, y)
        except TypingError:
            if op not in ("==", "!="):
                raise
            return _made((x, y), [f"out = {op == '!='}"], np.bool_)
        nothing = str(op == "!=")
        return _made((x, y), [*same, f"out = {nothing}", f"if not ({_BOTH}):", f"    out = x {op} y"], np.bool_)


for _op in ("<", "<=", ">", ">=", "==", "!="):
    _compared(_op)


# ---- of one ----

@implements("weft.date.alone-", "date:numpy.negative")
def negative(x):
    return _made((x,), _nat_or("x == NAT", "-x"), x.element) if _is_date(x) and x.element[0] == "w" else None


@implements("weft.date.alone+", "date:numpy.positive")
def positive(x):
    return _made((x,), ["out = x"], x.element) if _is_date(x) and x.element[0] == "w" else None


@implements("date:abs", "date:numpy.abs")
def absolute(x):
    return _made((x,), _nat_or("x == NAT", "abs(x)"), x.element) if _is_date(x) and x.element[0] == "w" else None


@implements("date:numpy.sign")
def sign(x):
    return _made((x,), ["out = 1 if x > 0 else (-1 if x < 0 else 0)"], x.element) if _is_date(x) and x.element[0] == "w" else None


@implements("date:numpy.isnat")
def isnat(x):
    return _made((x,), ["out = x == NAT"], np.bool_) if _is_date(x) else None


@implements("date:int", "date:hash")
def as_int(x):
    return (lambda x: _numbers(x)) if _is_date(x) and not x.is_array else None


def _converted(x, dtype):
    if dtype.kind in "iu" and dtype.itemsize == 8:
        return _made((x,), ["out = x"], dtype)
    if dtype.kind not in "mM" or dtype.kind != _dtype(x).kind:
        return None
    expression = _in(_dtype(x), dtype, "x")
    if dtype.kind == "m" and "//" in expression:  # towards zero
        expression = _in(_dtype(x), dtype, "abs(x)")
        return _made((x,), [f"out = NAT if x == NAT else ({expression} if x >= 0 else -{expression})"], date_code(dtype))
    return _made((x,), _nat_or("x == NAT", expression), date_code(dtype))


def _named(dtype):
    value = dtype.value
    if isinstance(value, tuple):
        return dtype_of_code(value[1])
    return np.dtype(value)


@implements("date:array.astype", "date:date.astype")
def astype(a, dtype):
    return _renamed(_converted(a, _named(dtype)))


def _renamed(made):
    """Its first parameter is called a, and a second one is left out."""
    return made and function("def astype(a, dtype):\n    return made(a)\n", made=made)


@implements("date:array.view", "date:date.view")
def view(a, dtype):
    to = _named(dtype)
    if _is_date(a) and to == np.int64:
        return lambda a, dtype: _numbers(a)
    if to.kind in "mM":
        return function("def view(a, dtype):\n    return of(numbers(a))\n", numbers=_numbers, of=_of(date_code(to)))
    return None


# ---- of many ----

def _first(larger):
    """Python's max and min: what stands first stays unless the next one is beyond it, which NaT never is."""
    op = ">" if larger else "<"

    def rule(a, b=None):
        if b is not None and _is_date(a) and _is_date(b) and a.element == b.element and not (a.is_array or b.is_array):
            made = _made((a, b), [f"out = y if x != NAT and y != NAT and y {op} x else x"], a.element)
            return function("def extreme(a, b):\n    return made(a, b)\n", made=made)
        if b is not None or not (_is_date(a) and a.ndim == 1):
            return None
        text = ("def extreme(a):\n    n = numbers(a)\n    if n.size == 0:\n        raise ValueError('iterable argument is empty')\n    best = n[0]\n"
                f"    for x in n:\n        if best != NAT and x != NAT and x {op} best:\n            best = x\n    return of(best)\n")
        return function(text, numbers=_numbers, of=_of(a.element), NAT=NAT)

    return rule


def _extreme(larger):
    def rule(a):
        if not _is_date(a) or not a.is_array:
            return None
        text = ("def extreme(a):\n    n = numbers(a)\n    if n.size == 0:\n        raise ValueError('zero-size array to reduction operation has no "
                "identity')\n    first = True\n    best = 0\n    for x in n.flat:\n        if x == NAT:\n            return of(NAT)\n"
                f"        if first or x {'>' if larger else '<'} best:\n            best = x\n            first = False\n    return of(best)\n")
        return function(text, numbers=_numbers, of=_of(a.element), NAT=NAT)

    return rule


implements("date:array.max", "date:numpy.max")(_extreme(True))
implements("date:array.min", "date:numpy.min")(_extreme(False))
implements("date:max")(_first(True))
implements("date:min")(_first(False))


@implements("date:array.sum", "date:numpy.sum")
def total(a):
    if not _is_date(a) or a.element[0] != "w":
        return None
    return function("def total(a):\n    s = 0\n    for x in numbers(a).flat:\n        if x == NAT:\n            return of(NAT)\n        s += x\n"
                    "    return of(s)\n", numbers=_numbers, of=_of(a.element), NAT=NAT)


# ---- made inside ----

def _maker(kind):
    def rule(value, unit=None):
        if value.constant and (unit is None or unit.constant) and not (value.code and _is_date(value)):
            given = (value.value,) if unit is None else (value.value, unit.value)
            return ("value", kind(*given))
        if unit is not None and not isinstance(unit.value, str):
            return None
        dtype = np.dtype(f"{np.dtype(kind).char}8" + (f"[{unit.value}]" if unit is not None else ""))
        if _is_date(value):
            made = _converted(value, dtype if unit is not None else _dtype(value))
        elif _whole(value):
            made = _made((value,), ["out = x"], date_code(dtype))
        else:
            return None
        return made and function("def made_of(value, unit):\n    return made(value)\n" if unit is not None else
                                 "def made_of(value):\n    return made(value)\n", made=made)

    return rule


implements("numpy.datetime64")(_maker(np.datetime64))
implements("numpy.timedelta64")(_maker(np.timedelta64))


def as_unit(name, args):
    """weft.date.as.WD1;: a date in another unit, where a variable or an array wants that."""
    return _converted(args[0], dtype_of_code(name.removeprefix("weft.date.as.")))
