"""Text: operators and methods over the code points (src/pyfunc/text.c), the same for the elements of arrays of bytes, whose codes are
their bytes. What is not here is Python's own method, called at run time."""

import numpy as np

from .._pyresolve import at_run_time, implements
from .._pysource import Stub
from .views import tuple_of
from .written import function, loops

codes = Stub("weft.text.codes", "the code points of a text: an array of uint32 that shares its memory")
of = Stub("weft.text.of", "the text of an array of code points, whose memory it shares")
at = Stub("weft.text.at", "the character at an index that is inside")


def is_text(arg):
    return arg.code == "U" or isinstance(arg.value, str)


def _alike(a, b):
    """Two texts, or two of bytes."""
    return b.code == "V" if a.code == "V" else is_text(b)


def _both(*names):
    """Of text and of bytes."""
    return implements(*(f"{kind}.{name}" for kind in ("str", "bytes") for name in names))


def _same(a, b):
    x, y = codes(a), codes(b)
    if len(x) != len(y):
        return False
    for i in range(len(x)):
        if x[i] != y[i]:
            return False
    return True


def _order(a, b):
    """Below 0, 0 or above, as a stands to b."""
    x, y = codes(a), codes(b)
    n = min(len(x), len(y))
    for i in range(n):
        if x[i] != y[i]:
            return -1 if x[i] < y[i] else 1
    return len(x) - len(y)


def _find(s, sub, start, stop):
    """Where sub begins in s[start:stop], or -1."""
    x, y = codes(s), codes(sub)
    n, m = len(x), len(y)
    if start < 0:
        start = max(start + n, 0)
    if stop < 0:
        stop += n
    stop = min(stop, n)
    for i in range(start, stop - m + 1):
        k = 0
        while k < m and x[i + k] == y[k]:
            k += 1
        if k == m:
            return i
    return -1


def _join2(a, b):
    x, y = codes(a), codes(b)
    n, m = len(x), len(y)
    out = np.empty(n + m, x.dtype)
    for i in range(n):
        out[i] = x[i]
    for i in range(m):
        out[n + i] = y[i]
    return of(out)


def _slice(s, start, stop):
    return of(codes(s)[start:stop])


def _operator(name):
    def register(function):
        _both(name)(lambda a, b: function if _alike(a, b) else None)
        return function

    return register


_operator("__eq__")(_same)
_operator("__add__")(_join2)


@_operator("__ne__")
def _differs(a, b):
    return not _same(a, b)


@_operator("__lt__")
def _below(a, b):
    return _order(a, b) < 0


@_operator("__le__")
def _not_above(a, b):
    return _order(a, b) <= 0


@_operator("__gt__")
def _above(a, b):
    return _order(a, b) > 0


@_operator("__ge__")
def _not_below(a, b):
    return _order(a, b) >= 0


@_both("__mul__")
def repeat(s, n):
    def repeated(s, n):
        x = codes(s)
        m = len(x)
        out = np.empty(max(n, 0) * m, x.dtype)
        for k in range(n):
            for i in range(m):
                out[k * m + i] = x[i]
        return of(out)

    return repeated


@_both("__contains__")
def contains(s, sub):
    if s.code == "V" and sub.is_number:
        return lambda s, sub: sub in codes(s)
    return (lambda s, sub: _find(s, sub, 0, len(s)) >= 0) if _alike(s, sub) else None


@_both("getitem_i")
def item(s, i):
    def character(s, i):
        n = len(s)
        if i < 0:
            i += n
        if i < 0 or i >= n:
            raise IndexError("string index out of range")
        return at(s, i)

    def number(s, i):
        n = len(s)
        if i < 0:
            i += n
        if i < 0 or i >= n:
            raise IndexError("index out of range")
        return int(codes(s)[i])

    return number if s.code == "V" else character


@_both("getitem_s")
def part(s, start, stop, step):
    no_start, no_stop, no_step = start.is_none, stop.is_none, step.is_none

    def plain(s, start, stop, step):
        n = len(s)
        low = 0 if no_start else start
        high = n if no_stop else stop
        if low < 0:
            low = max(low + n, 0)
        if high < 0:
            high += n
        return of(codes(s)[min(low, n):max(min(high, n), min(low, n))])

    def stepped(s, start, stop, step):
        x = codes(s)
        n = len(x)
        if step == 0:
            raise ValueError("slice step cannot be zero")
        least, most = (0, n) if step > 0 else (-1, n - 1)
        low = (least if step > 0 else most) if no_start else start
        high = (most if step > 0 else least) if no_stop else stop
        if not no_start:
            if low < 0:
                low += n
            low = min(max(low, least), most)
        if not no_stop:
            if high < 0:
                high += n
            high = min(max(high, least), most)
        count = 0
        for i in range(low, high, step):
            count += 1
        out = np.empty(count, x.dtype)
        for k in range(count):
            out[k] = x[low + k * step]
        return of(out)

    return plain if no_step else stepped


def _bounded(name):
    """find, rfind, index, rindex, count, startswith, endswith may get bounds: then Python's own is called."""

    def register(function):
        _both(name)(lambda s, sub: function if _alike(s, sub) else None)
        return function

    return register


_bounded("find")(lambda s, sub: _find(s, sub, 0, len(s)))


@_bounded("index")
def _index(s, sub):
    i = _find(s, sub, 0, len(s))
    if i < 0:
        raise ValueError("substring not found")
    return i


@_bounded("startswith")
def _startswith(s, sub):
    return len(sub) <= len(s) and _same(_slice(s, 0, len(sub)), sub)


@_bounded("endswith")
def _endswith(s, sub):
    return len(sub) <= len(s) and _same(_slice(s, len(s) - len(sub), len(s)), sub)


@_bounded("count")
def _count(s, sub):
    if len(sub) == 0:
        return len(s) + 1
    n, i = 0, _find(s, sub, 0, len(s))
    while i >= 0:
        n += 1
        i = _find(s, sub, i + len(sub), len(s))
    return n


@_both("join")
def join(s, parts):
    own = "V" if s.code == "V" else "U"
    if parts.is_list and parts.item == own:
        def joined(s, parts):
            sep = codes(s)
            n = max(len(parts) - 1, 0) * len(sep)
            for p in parts:
                n += len(p)
            out = np.empty(n, sep.dtype)
            k = 0
            for i in range(len(parts)):
                if i > 0:
                    for c in sep:
                        out[k] = c
                        k += 1
                for c in codes(parts[i]):
                    out[k] = c
                    k += 1
            return of(out)

        return joined
    if parts.code == "U" == own or parts.is_array and parts.ndim == 1 and ",wf_text:" in parts.code and parts.code.endswith("B;}") == (own == "V"):
        return lambda s, parts: s.join([c for c in parts])
    if parts.is_tuple and set(parts.code[1:-1]) == {own}:
        return lambda s, parts: s.join([p for p in parts])
    return None


@_both("split")
def split(s, sep):
    if not _alike(s, sep):
        return None

    def pieces(s, sep):
        if len(sep) == 0:
            raise ValueError("empty separator")
        out, start = [_slice(s, 0, 0)], 0
        out.pop()
        i = _find(s, sep, 0, len(s))
        while i >= 0:
            out.append(_slice(s, start, i))
            start = i + len(sep)
            i = _find(s, sep, start, len(s))
        out.append(_slice(s, start, len(s)))
        return out

    return pieces


@implements("str.replace")
def replace(s, old, new):
    if not (is_text(old) and is_text(new)):
        return None
    return lambda s, old, new: new.join(s.split(old)) if len(old) > 0 else _replace_at_all(s, new)


def _replace_at_all(s, new):
    """Between all characters."""
    out = new
    for c in s:
        out = out + c + new
    return out


@implements("str.__iter__", "list_of_text")
def characters(s):
    return lambda s: [c for c in s]


# ---- numbers as text ----

def _digits(x):
    """Of the negative number, as the least one has no positive."""
    out = np.empty(20, np.uint32)
    rest, n = (x if x < 0 else -x), 20
    while True:
        digit = -(rest % -10)
        rest = (rest + digit) // 10
        n -= 1
        out[n] = 48 + digit
        if rest == 0:
            break
    if x < 0:
        n -= 1
        out[n] = 45
    return of(out[n:])


@implements("str")
def text_of(x=None):
    if x is None:
        return lambda: ""
    if is_text(x):
        return lambda x: x
    if x.code in ("b", "h", "i", "l", "B", "H", "I"):
        return lambda x: _digits(int(x))
    if x.code == "?":
        return lambda x: "True" if x else "False"
    if x.is_none:
        return lambda x: "None"
    return at_run_time(_str_of, [x], quiet=True, result="U")


def _str_of(x):
    return str(x)


def _repr_of(x):
    return repr(x)


def _format_of(x, spec=""):
    return format(x, spec)


@implements("repr")
def repr_of(x):
    if x.is_number and x.code not in "efdFD":
        return text_of(x)
    return at_run_time(_repr_of, [x], quiet=True, result="U")


@implements("format")
def format_of(x, spec=None):
    return at_run_time(_format_of, [x] if spec is None or spec.is_none else [x, spec], quiet=True, result="U")


def _digits_in(function):
    @implements(function.__name__)
    def digits(x):
        return at_run_time(function, [x], quiet=True, result="U") if x.is_number and x.code not in "efdFD" else None


for _function in (bin, hex, oct):
    _digits_in(_function)


def _python_hash(x):
    return hash(x)


@implements("hash")
def hash_of(x):
    if x.code and x.code[0] == "J":
        return lambda x: x.__hash__()
    return at_run_time(_python_hash, [x], quiet=True, result="l")


@implements("ord")
def code_of(s):
    def code(s):
        if len(s) != 1:
            raise TypeError("ord() expected a character")
        return int(codes(s)[0])

    return code if is_text(s) else None


@implements("chr")
def character_of(i):
    def character(i):
        if i < 0 or i > 0x10FFFF:
            raise ValueError("chr() arg not in range(0x110000)")
        out = np.empty(1, np.uint32)
        out[0] = i
        return of(out)

    return character


def _int_of(s, base=10):
    return int(s, base)


def _float_of(s):
    return float(s)


@implements("int")
def int_of(s, base=None):
    if not is_text(s):
        return None
    return at_run_time(_int_of, [s] if base is None else [s, base], quiet=True, result="l")


@implements("float")
def float_of(s):
    return at_run_time(_float_of, [s], quiet=True, result="d") if is_text(s) else None


# ---- methods that Python itself answers ----

_TEXT = "capitalize casefold center expandtabs ljust lower lstrip replace rjust rstrip strip swapcase title upper zfill removeprefix removesuffix format __mod__"
_BOOL = "isalnum isalpha isascii isdecimal isdigit isidentifier islower isnumeric isprintable isspace istitle isupper startswith endswith"
_INT = "find rfind index rindex count"
_LIST = "split rsplit splitlines"
_TUPLE = "partition rpartition"
_RESULTS = {name: code for names, code in ((_TEXT, "U"), (_BOOL, "?"), (_INT, "l"), (_LIST, "[U"), (_TUPLE, "(UUU)"))
           for name in names.split()}


def result_of(name, kind):
    """The code of what Python's own method of text, or of bytes, gives; None: it has none of that name."""
    if kind == "str":
        return _RESULTS.get(name)
    if name == "decode":
        return "U"
    code = _RESULTS.get(name) if hasattr(bytes, name) else None
    return code and code.replace("U", "V")


@implements("bytes")
def bytes_of(x):
    return (lambda x: x) if x.code == "V" else None


# ---- elements of arrays of text ----

@implements("weft.text.element_in_place")
def element_in_place(a):
    def trimmed(a):
        n = len(a)
        while n > 0 and a[n - 1] == 0:
            n -= 1
        return of(a[:n])

    return trimmed


@implements("weft.text.element")
def element(a):
    """A copy: text does not change when the element does."""
    def trimmed(a):
        n = len(a)
        while n > 0 and a[n - 1] == 0:
            n -= 1
        return of(a[:n].copy())

    return trimmed


def _is_array_of_text(a):
    return a.is_array and ",wf_text:" in a.code


def _compares(op):
    @implements(f"weft.text.arrays{op}")
    def arrays(a, b):
        """Element by element; one of the two may be a single text."""
        of_bytes = [x.code.endswith("B;}") if _is_array_of_text(x) else x.code == "V" for x in (a, b)]
        if not all(_is_array_of_text(x) or x.code in ("U", "V") for x in (a, b)) or of_bytes[0] != of_bytes[1]:
            return None
        ndim = max(a.ndim, b.ndim)
        lines, sides = [], []
        for name, x in (("a", a), ("b", b)):
            for k in range(x.ndim):
                lines.append(f"    {name}{k} = 0 if {name}.shape[{k}] == 1 else 1")
            own = range(ndim - x.ndim, ndim)
            sides.append(name if not x.is_array else f"{name}[{', '.join(f'i{i} * {name}{i - own.start}' for i in own) or '()'}]")
        for i in range(ndim):
            there = [f"{name}.shape[{i - ndim + x.ndim}]" for name, x in (("a", a), ("b", b)) if i >= ndim - x.ndim]
            lines.append(f"    n{i} = {there[0]}")
            if len(there) == 2:
                lines += [f"    if n{i} == 1:", f"        n{i} = {there[1]}", f"    elif {there[1]} != 1 and {there[1]} != n{i}:",
                          "        raise ValueError('operands could not be broadcast together')"]
        at = ", ".join(f"i{i}" for i in range(ndim)) or "()"
        extents = [f"n{i}" for i in range(ndim)]
        return function("\n".join(["def compared(a, b):", *lines, f"    out = np.empty({tuple_of(extents)}, np.bool_)"]) + "\n"
                        + loops(extents, [f"out[{at}] = {sides[0]} {op} {sides[1]}"]) + "    return out\n")

    return arrays


for _op in ("==", "!=", "<", "<=", ">", ">="):
    _compares(_op)


@implements("weft.text.store")
def store(a, s):
    if (s.code == "V") != (a.element == "B"):
        return ("error", "text cannot be stored in an array of bytes: store bytes" if a.element == "B" else "bytes cannot be stored in an array of text")

    def stored(a, s):
        x = codes(s)
        n = min(len(a), len(x))
        for i in range(n):
            a[i] = x[i]
        for i in range(n, len(a)):
            a[i] = 0

    return stored
