"""Containers of one type, as Numba's numba.typed: a list and a dict that say what they hold.

What is in them lies in memory as compiled functions have it (src/python/pyfunc_held.c), and they are passed by its address.
"""

from collections.abc import ItemsView, KeysView, MutableMapping, MutableSequence, ValuesView
from operator import eq, ge, gt, le, lt, ne
from types import GenericAlias

from . import _core, _pytypes
from ._jit import jit
from ._pytypes import CharSeq, Type, UnicodeCharSeq, as_type, bytes_type, unicode_type


def _held(type_):
    """What containers keep of a type: of an element of an array of text the text, of whatever length."""
    type_ = as_type(type_)
    return unicode_type if isinstance(type_, UnicodeCharSeq) else bytes_type if isinstance(type_, CharSeq) else type_


class ListType(Type):
    """types.ListType(item) and types.List(dtype=item, reflected=True) are one type here; what a literal held at first is not kept."""

    initial_value = None

    def __init__(self, itemty=None, dtype=None, reflected=False, initial_value=None):
        if (itemty is None) == (dtype is None):
            raise TypeError("a type of lists has the type of its items")
        self.item_type, self.reflected = _held(itemty if dtype is None else dtype), bool(reflected)
        self.name = f"ListType[{self.item_type}]"

    code = property(lambda self: "[" + self.item_type.code)  # a deferred type is defined later

    @property
    def dtype(self):
        return self.item_type


class DictType(Type):
    initial_value = None

    def __init__(self, keyty, valty, initial_value=None):
        self.key_type, self.value_type = _held(keyty), _held(valty)
        self.name = f"DictType[{self.key_type},{self.value_type}]"

    code = property(lambda self: "M" + self.key_type.code + self.value_type.code)  # a deferred type is defined later


class SetType(Type):
    def __init__(self, itemty, reflected=False):
        self.item_type = _held(itemty)
        self.name = f"set({self.item_type})"

    code = property(lambda self: "S" + self.item_type.code)  # a deferred type is defined later

    @property
    def dtype(self):
        return self.item_type


class Optional(Type):
    def __init__(self, type_):
        self.type = as_type(type_)
        self.name = f"OptionalType({self.type})"

    code = property(lambda self: "O" + self.type.code)  # a deferred type is defined later


optional = Optional


def typeof_container(value):
    """The type of a list, dict or set: what its first item says."""
    if not value:
        raise ValueError("Cannot infer the type of an empty container")
    first = next(iter(value.items())) if isinstance(value, dict) else next(iter(value))
    if isinstance(value, dict):
        return DictType(*map(_pytypes.typeof, first))
    return (SetType if isinstance(value, set) else ListType)(_pytypes.typeof(first))


def refuse(value, code):
    """Asked by the core: the value does not fit the items of a container."""
    try:
        own = _pytypes.typeof(value)
    except (ValueError, TypeError):
        own = type(value).__name__
    raise TypeError(f"cannot safely cast {own} to {_pytypes.from_code(code)}. Please cast explicitly.")


@jit
def packer():
    """The function in whose name the core packs and boxes items."""


_types = {}  # code → the type of a container


def _type_of(code, given=None):
    if code is not None and code not in _types:
        _types[code] = given or _pytypes.from_code(code)
    return None if code is None else _types[code]


def _begin(container, type_, *room):
    try:
        code = type_.code
    except RuntimeError:
        raise TypeError(f"the type {type_} is not defined yet") from None
    _type_of(code, type_)
    container._begin(code, *room)


class List(_core.HeldList, MutableSequence):
    """A list whose items have one type: List([1, 2]), or List.empty_list(int64). The type is that of the first item.

    It stays in compiled form: a compiled function that is given it works on the same memory, and so does Python.
    """

    __slots__ = ()
    __class_getitem__ = classmethod(GenericAlias)

    def __init__(self, *args, lsttype=None):
        if len(args) > 1:
            raise TypeError(f"List() expected at most 1 argument, got {len(args)}")
        if lsttype is not None:
            _begin(self, lsttype)
        if args:
            self.extend(args[0])

    @classmethod
    def empty_list(cls, item_type, allocated=0):
        made = cls()
        _begin(made, ListType(item_type), allocated)
        return made

    @classmethod
    def _of(cls, items, code):
        """A list of this code: slices and copies, and what was pickled."""
        made = cls()
        if code is not None:
            made._begin(code, len(items))
        made.extend(items)
        return made

    def _typed_by(self, item):
        _begin(self, ListType(_pytypes.typeof(item)))

    def extend(self, items):
        try:
            items = iter(self._items() if items is self else items)
        except TypeError:
            raise TypeError("extend argument must be iterable") from None
        for item in items:
            self.append(item)

    def _slice(self, index):
        return List._of(self._items()[index], self._wf_code)

    def _set_slice(self, index, values):
        items = self._items()
        items[index] = values
        items = List._of(items, self._wf_code)  # refused as a whole, before anything is gone
        self.clear()
        self.extend(items)

    def _delete_slice(self, index):
        items = self._items()
        del items[index]
        self.clear()
        self.extend(items)

    def __iter__(self):
        i = 0
        while i < len(self):
            yield self[i]
            i += 1

    def __contains__(self, item):
        return item in self._items()

    def count(self, item):
        return self._items().count(item)

    def index(self, item, *between):
        return self._items().index(item, *between)

    def copy(self):
        return List._of(self._items(), self._wf_code)

    def reverse(self):
        self._set_slice(slice(None), self._items()[::-1])

    def sort(self, key=None, reverse=False):
        self._set_slice(slice(None), sorted(self._items(), key=key, reverse=reverse))

    def _compared(operator):
        def compare(self, other):
            if not isinstance(other, (List, list)):
                return NotImplemented
            return operator(self._items(), other._items() if isinstance(other, List) else other)

        return compare

    __eq__, __ne__, __lt__, __le__, __gt__, __ge__ = map(_compared, (eq, ne, lt, le, gt, ge))
    del _compared
    __hash__ = None

    def __add__(self, other):
        made = self.copy()
        made.extend(other)
        return made

    def __mul__(self, times):
        return List._of(self._items() * times, self._wf_code)

    __rmul__ = __mul__

    def __repr__(self):
        return f"ListType[{self._list_type.item_type if self._typed else 'Undefined'}]({self._items()!r})"

    def __str__(self):
        return str(self._items())

    @property
    def _list_type(self):
        return _type_of(self._wf_code)

    @property
    def _numba_type_(self):
        if not self._typed:
            raise TypeError("invalid operation on untyped list")
        return self._list_type

    @property
    def _dtype(self):
        return self._numba_type_.item_type

    @property
    def _typed(self):
        return self._wf_code is not None

    def __copy__(self):
        return self.copy()

    def __reduce__(self):
        return _unpickled, (List, self._items(), self._list_type)


class Dict(_core.HeldDict, MutableMapping):
    """A dict whose keys, and whose values, have one type: Dict.empty(unicode_type, float64).

    It stays in compiled form: a compiled function that is given it works on the same memory, and so does Python.
    """

    __slots__ = ()
    __class_getitem__ = classmethod(GenericAlias)

    def __init__(self, items=(), dcttype=None):
        if dcttype is not None:
            _begin(self, dcttype)
        self.update(items)

    @classmethod
    def empty(cls, key_type, value_type, n_keys=0):
        made = cls()
        _begin(made, DictType(key_type, value_type))
        return made

    def _typed_by(self, key, value):
        _begin(self, DictType(_pytypes.typeof(key), _pytypes.typeof(value)))

    # Keys that the core does not hash, instances of jitclasses: the compiled functions' own way.
    def _compiled_get(self, key):
        return _compiled("def made(d, k):\n    return d[k]\n")(self, key)

    def _compiled_set(self, key, value):
        _compiled("def made(d, k, v):\n    d[k] = v\n")(self, key, value)

    def _compiled_delete(self, key):
        _compiled("def made(d, k):\n    del d[k]\n")(self, key)

    def _compiled_in(self, key):
        return _compiled("def made(d, k):\n    return k in d\n")(self, key)

    def _compiled_popitem(self):
        return _compiled("def made(d):\n    return d.popitem()\n")(self)

    def __iter__(self):
        count = len(self)
        for key in self._keys():
            yield key
            if len(self) != count:
                raise RuntimeError("dictionary changed size during iteration")

    def keys(self):
        return KeysView(self)

    def values(self):
        return _Values(self)

    def items(self):
        return _Items(self)

    def copy(self):
        return _unpickled(Dict, self._items(), self._dict_type)

    __copy__ = copy

    def __eq__(self, other):
        if not isinstance(other, (Dict, dict)):
            return NotImplemented
        return dict(self._items()) == (dict(other._items()) if isinstance(other, Dict) else other)

    __hash__ = None

    def __or__(self, other):
        made = self.copy()
        made.update(other)
        return made

    def __repr__(self):
        kinds = f"{self._dict_type.key_type},{self._dict_type.value_type}" if self._typed else "undefined,undefined"
        return f"DictType[{kinds}]({self})"

    def __str__(self):
        return "{" + ", ".join(f"{key}: {value}" for key, value in self._items()) + "}"

    @property
    def _dict_type(self):
        return _type_of(self._wf_code)

    @property
    def _numba_type_(self):
        if not self._typed:
            raise TypeError("invalid operation on untyped dictionary")
        return self._dict_type

    @property
    def _typed(self):
        return self._wf_code is not None

    def __reduce__(self):
        return _unpickled, (Dict, self._items(), self._dict_type)


class _Values(ValuesView):
    def __iter__(self):
        return iter(self._mapping._values())


class _Items(ItemsView):
    def __iter__(self):
        return iter(self._mapping._items())


def _unpickled(cls, items, type_):
    made = cls()
    if type_ is not None:
        _begin(made, type_)
    made.extend(items) if cls is List else made.update(items)
    return made


_made = {}


def _compiled(text):
    from ._jitclass import _of_text

    if text not in _made:
        _made[text] = _of_text(text)
    return _made[text]


class _New:
    """A function that compiled functions call with types alone: the empty container of these."""

    def __init__(self, name, make):
        self.__name__, self._make = name, make

    def __call__(self, *types):
        return self._make(*types)

    def _wf_answer(self, args):
        from ._pylib.dicts import typed_dict_empty, typed_list_empty

        return (typed_dict_empty if self is new_dict else typed_list_empty)(*args)


new_dict, new_list = _New("new_dict", Dict.empty), _New("new_list", List.empty_list)
