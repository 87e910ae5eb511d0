"""Dicts and sets: what the compiler calls on their fields (src/pyfunc/objects.c).

_keys, _values and _hashes are in the order of insertion; a deleted entry has the hash -1. _index is open addressing over the
entries: -1 is free, -2 was deleted. It is empty until the first search. _version counts changes: one that was passed from Python
is written back if there were any.
"""

from .._pyresolve import implements
from .._pysource import Stub

_bits = Stub("weft.bits")
_codes = Stub("weft.text.codes")
_date_numbers = Stub("weft.date.numbers")
_typed_list = Stub("weft.list.typed")


# Long and rarely called: compiled once for a function, not in place of each call.
__wf_cold__ = {"_new_index", "_hash_all", "_pack_dict", "_pack_set"}


def _mix(x):
    x = (x ^ (x >> 31)) * 0x7FB5D329728EA185
    x = (x ^ (x >> 27)) * -0x7E25210B43D22BB3
    return (x ^ (x >> 33)) & 0x7FFFFFFFFFFFFFFF


class _Hash:
    """Not Python's hash(): any number from 0 that is equal for equal keys; its rule depends on the type."""

    def _wf_implement(self, args):
        return _rule(args[0]) or _unhashable(args[0])


_hash = _Hash()


def _hash_number(x):
    return _mix(int(x))


def _hash_float(x):
    y = float(x) + 0.0
    return _mix(_bits(y))


def _hash_complex(x):
    return _mix(_hash_float(x.real) + 31 * _hash_float(x.imag))


def _hash_text(s):
    h = 5381
    for c in _codes(s):
        h = h * 1000003 + int(c)
    return _mix(h)


def _hash_date(x):
    return _mix(_date_numbers(x))


def _hash_none(x):
    return 1


def _hash_tuple(t):
    return _mix(_hash(t[0]) + 1000003 * (_hash(t[1:]) + 1))


def _hash_instance(x):
    return _mix(int(x.__hash__()))


def _rule(key):
    code = key.code
    if code is None:
        return _hash_text if isinstance(key.value, str) else None
    if code in ("U", "V"):
        return _hash_text
    if code in ("F", "D"):
        return _hash_complex
    if code in ("e", "f", "d"):
        return _hash_float
    if key.is_number:
        return _hash_number
    if code[0] in "Ww":
        return _hash_date
    if code == "N":
        return _hash_none
    if code == "()":
        return _hash_none
    if key.is_tuple:
        return _hash_tuple
    if code[0] == "J":
        return _hash_instance
    return None


def _unhashable(key):
    from .._pysource import TypingError

    raise TypingError(f"{key.type} cannot be a key of a dict or an item of a set")


def _new_index(d, size):
    """Makes the index anew, with room for `size` entries; entries that were deleted go."""
    room = 8
    while room * 2 < size * 3 + 3:
        room *= 2
    index = d._index
    index.clear()
    for i in range(room):
        index.append(-1)
    mask = room - 1
    for i in range(len(d._keys)):
        h = d._hashes[i]
        if h >= 0:
            at = h & mask
            while index[at] >= 0:
                at = (at + 1) & mask
            index[at] = i


def _hash_all(d):
    """A table that came from Python: its entries have no hashes yet."""
    for i in range(len(d._hashes), len(d._keys)):
        d._hashes.append(_hash(d._keys[i]))
    _new_index(d, len(d._keys))


def _find(d, key, h):
    """The entry of the key, or -1."""
    if len(d._index) == 0:
        if len(d._keys) == 0:
            return -1
        _hash_all(d)
    mask = len(d._index) - 1
    at = h & mask
    while True:
        i = d._index[at]
        if i == -1:
            return -1
        if i >= 0 and d._hashes[i] == h and d._keys[i] == key:
            return i
        at = (at + 1) & mask


def _enter(d, i, h):
    """Puts a new entry, the last, into the index."""
    if len(d._index) == 0 or (len(d._keys) + 1) * 3 > len(d._index) * 2:
        _new_index(d, len(d._keys) * 2)
        return
    mask = len(d._index) - 1
    at = h & mask
    while d._index[at] >= 0:
        at = (at + 1) & mask
    d._index[at] = i


def _leave(d, i):
    """Takes entry i out of the index."""
    mask = len(d._index) - 1
    at = d._hashes[i] & mask
    while d._index[at] != i:
        at = (at + 1) & mask
    d._index[at] = -2
    d._hashes[i] = -1
    d._used -= 1
    d._version += 1


def _set(d, key, value):
    h = _hash(key)
    i = _find(d, key, h)
    d._version += 1
    if i >= 0:
        d._values[i] = value
        return
    if len(d._keys) > 32 and len(d._keys) > 2 * d._used:
        _pack_dict(d)
    d._keys.append(key)
    d._values.append(value)
    d._hashes.append(h)
    d._used += 1
    _enter(d, len(d._keys) - 1, h)


def _pack_dict(d):
    """Entries that were deleted make room."""
    n = 0
    for i in range(len(d._keys)):
        if d._hashes[i] >= 0:
            d._keys[n], d._values[n], d._hashes[n] = d._keys[i], d._values[i], d._hashes[i]
            n += 1
    while len(d._keys) > n:
        d._keys.pop()
        d._values.pop()
        d._hashes.pop()
    _new_index(d, n)


def _pack_set(s):
    n = 0
    for i in range(len(s._keys)):
        if s._hashes[i] >= 0:
            s._keys[n], s._hashes[n] = s._keys[i], s._hashes[i]
            n += 1
    while len(s._keys) > n:
        s._keys.pop()
        s._hashes.pop()
    _new_index(s, n)


def _add(s, key):
    h = _hash(key)
    if _find(s, key, h) >= 0:
        return
    if len(s._keys) > 32 and len(s._keys) > 2 * s._used:
        _pack_set(s)
    s._keys.append(key)
    s._hashes.append(h)
    s._used += 1
    s._version += 1
    _enter(s, len(s._keys) - 1, h)


def _live(d, i):
    return i >= len(d._hashes) or d._hashes[i] >= 0


# ---- dicts ----

@implements("dict.__setitem__")
def dict_set(d, key, value):
    return _set


@implements("dict.__getitem__")
def dict_get_item(d, key):
    def get(d, key):
        i = _find(d, key, _hash(key))
        if i < 0:
            raise KeyError(key)
        return d._values[i]

    return get


@implements("dict.__contains__", "set.__contains__")
def table_contains(d, key):
    return lambda d, key: _find(d, key, _hash(key)) >= 0


@implements("dict.get")
def dict_get(d, key, default=None):
    def get(d, key, default=None):
        i = _find(d, key, _hash(key))
        if i < 0:
            return default
        return d._values[i]

    return get


@implements("dict.setdefault")
def dict_setdefault(d, key, default=None):
    def setdefault(d, key, default):
        i = _find(d, key, _hash(key))
        if i < 0:
            _set(d, key, default)
            i = _find(d, key, _hash(key))
        return d._values[i]

    return setdefault


@implements("dict.pop")
def dict_pop(d, key, default=None):
    def pop(d, key):
        i = _find(d, key, _hash(key))
        if i < 0:
            raise KeyError(key)
        _leave(d, i)
        return d._values[i]

    def pop_or(d, key, default):
        i = _find(d, key, _hash(key))
        if i < 0:
            return default
        _leave(d, i)
        return d._values[i]

    return pop if default is None else pop_or


@implements("dict.popitem")
def dict_popitem(d):
    def popitem(d):
        if d._used == 0:
            raise KeyError("popitem(): dictionary is empty")
        if len(d._index) == 0:
            _hash_all(d)
        i = len(d._keys) - 1
        while d._hashes[i] < 0:
            i -= 1
        _leave(d, i)
        return d._keys[i], d._values[i]

    return popitem


@implements("dict.__delitem__")
def dict_delete(d, key):
    def delete(d, key):
        i = _find(d, key, _hash(key))
        if i < 0:
            raise KeyError(key)
        _leave(d, i)

    return delete


@implements("dict.clear")
def dict_clear(d):
    def clear(d):
        d._keys.clear()
        d._values.clear()
        d._hashes.clear()
        d._index.clear()
        d._used = 0
        d._version += 1

    return clear


@implements("dict.keys", "dict.__iter__", "set.__iter__")
def table_keys(d):
    return lambda d: [d._keys[i] for i in range(len(d._keys)) if _live(d, i)]


@implements("dict.values")
def dict_values(d):
    return lambda d: [d._values[i] for i in range(len(d._keys)) if _live(d, i)]


@implements("dict.items")
def dict_items(d):
    return lambda d: [(d._keys[i], d._values[i]) for i in range(len(d._keys)) if _live(d, i)]


@implements("dict.copy")
def dict_copy(d):
    return lambda d: {d._keys[i]: d._values[i] for i in range(len(d._keys)) if _live(d, i)}


@implements("dict.update")
def dict_update(d, other):
    if other.code and other.code[0] == "M":
        def update(d, other):
            for k, v in other.items():
                d[k] = v

        return update
    if other.is_list:
        def update_pairs(d, other):
            for k, v in other:
                d[k] = v

        return update_pairs
    return None


@implements("dict.__eq__")
def dict_equal(a, b):
    if b.code != a.code:
        if not (b.code and b.code[0] == "M" and len(a.code) == len(b.code) == 3 and all(c in "?bhilBHILfd" for c in a.code[1:] + b.code[1:])):
            return lambda a, b: False

        def equal_numbers(a, b):
            if len(a) != len(b):
                return False
            for k, v in a.items():
                if k not in b or b[k] != v:
                    return False
            return True

        return equal_numbers

    def equal(a, b):
        if len(a) != len(b):
            return False
        for k, v in a.items():
            i = _find(b, k, _hash(k))
            if i < 0 or b._values[i] != v:
                return False
        return True

    return equal


@implements("dict.__ne__", "set.__ne__")
def table_differs(a, b):
    return lambda a, b: not a == b


@implements("dict")
def dict_of(pairs):
    if pairs.code and pairs.code[0] == "M":
        return lambda pairs: pairs.copy()
    if pairs.is_list or pairs.is_tuple:
        return lambda pairs: {k: v for k, v in pairs}
    return None


# ---- sets ----

def _is_set(arg):
    return bool(arg.code) and arg.code[0] == "S"


@implements("set.add")
def set_add(s, key):
    return _add


@implements("set.discard")
def set_discard(s, key):
    def discard(s, key):
        i = _find(s, key, _hash(key))
        if i >= 0:
            _leave(s, i)

    return discard


@implements("set.remove")
def set_remove(s, key):
    def remove(s, key):
        i = _find(s, key, _hash(key))
        if i < 0:
            raise KeyError(key)
        _leave(s, i)

    return remove


@implements("set.pop")
def set_pop(s):
    def pop(s):
        if s._used == 0:
            raise KeyError("set.pop(): empty set")
        if len(s._index) == 0:
            _hash_all(s)
        i = len(s._keys) - 1
        while s._hashes[i] < 0:
            i -= 1
        _leave(s, i)
        return s._keys[i]

    return pop


@implements("set.clear")
def set_clear(s):
    def clear(s):
        s._keys.clear()
        s._hashes.clear()
        s._index.clear()
        s._used = 0
        s._version += 1

    return clear


@implements("set.copy")
def set_copy(s):
    return lambda s: {x for x in s}


@implements("set", "frozenset")
def set_of(a):
    return lambda a: {x for x in a}


@implements("set.update", "set.__ior__")
def set_update(s, other):
    def update(s, other):
        for x in other:
            s.add(x)

    return update


@implements("set.union", "set.__or__")
def set_union(a, b):
    def union(a, b):
        out = a.copy()
        for x in b:
            out.add(x)
        return out

    return union


def _as_set(a):
    return a


def _both(a, b):
    return {x for x in a if x in b}


@implements("set.intersection", "set.__and__")
def set_intersection(a, b):
    return _both if _is_set(b) else lambda a, b: _both(a, {x for x in b})


@implements("set.difference", "set.__sub__")
def set_difference(a, b):
    if _is_set(b):
        return lambda a, b: {x for x in a if x not in b}
    return lambda a, b: a.difference({x for x in b})


@implements("set.symmetric_difference", "set.__xor__")
def set_symmetric(a, b):
    if not _is_set(b):
        return lambda a, b: a.symmetric_difference({x for x in b})

    def symmetric(a, b):
        out = {x for x in a if x not in b}
        for x in b:
            if x not in a:
                out.add(x)
        return out

    return symmetric


@implements("set.intersection_update")
def set_intersection_update(a, b):
    def update(a, b):
        other = {x for x in b}
        for x in a:
            if x not in other:
                a.discard(x)

    return update


@implements("set.difference_update")
def set_difference_update(a, b):
    def update(a, b):
        for x in b:
            a.discard(x)

    return update


@implements("set.symmetric_difference_update")
def set_symmetric_update(a, b):
    def update(a, b):
        for x in {x for x in b}:
            if x in a:
                a.discard(x)
            else:
                a.add(x)

    return update


def _subset(a, b):
    if len(a) > len(b):
        return False
    for x in a:
        if x not in b:
            return False
    return True


@implements("set.issubset", "set.__le__")
def set_le(a, b):
    return _subset if _is_set(b) else lambda a, b: _subset(a, {x for x in b})


@implements("set.issuperset", "set.__ge__")
def set_ge(a, b):
    return (lambda a, b: _subset(b, a)) if _is_set(b) else lambda a, b: _subset({x for x in b}, a)


@implements("set.__lt__")
def set_lt(a, b):
    return lambda a, b: len(a) < len(b) and _subset(a, b)


@implements("set.__gt__")
def set_gt(a, b):
    return lambda a, b: len(b) < len(a) and _subset(b, a)


@implements("set.__eq__")
def set_eq(a, b):
    return (lambda a, b: len(a) == len(b) and _subset(a, b)) if a.code == b.code else lambda a, b: False


@implements("set.isdisjoint")
def set_isdisjoint(a, b):
    def disjoint(a, b):
        for x in b:
            if x in a:
                return False
        return True

    return disjoint


# ---- typed containers inside compiled functions ----

_makers = {}


def _maker(code):
    """A function that makes an empty container of this type."""
    if code not in _makers:
        make = Stub(f"weft.make.{code}")
        _makers[code] = lambda: make()
    return ("function", _source(_makers[code]), ())


def _source(function):
    from .._pysource import source_of

    return source_of(function)


def _named_type(arg):
    """The type that an argument names; a value that was made (List.empty_list(int64)) names its own."""
    from .._pytypes import as_type, from_code

    value = arg.value
    if value is None:
        return from_code(arg.code)
    if isinstance(value, tuple) and len(value) == 2 and value[0] in ("dtype", "call"):
        return from_code(value[1]) if value[0] == "dtype" else as_type({"int": int, "float": float, "bool": bool, "complex": complex}[value[1]])
    return as_type(value)


@implements("weft.typed.Dict.empty")
def typed_dict_empty(key_type, value_type, n_keys=None):
    return _maker("M" + _named_type(key_type).code + _named_type(value_type).code)


@implements("weft.typed.List.empty_list")
def typed_list_empty(item_type, allocated=None):
    return _maker("[" + _named_type(item_type).code)


@implements("weft.typed.List")
def typed_list(items=None):
    if items is None:
        return None
    return lambda items: _typed_list([x for x in items])


@implements("weft.typed.Dict")
def typed_dict(items=None):
    if items is None:
        return None
    made = dict_of(items)
    return made and (lambda items: dict(items))
