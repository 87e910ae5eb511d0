"""Containers of one type, as Numba's numba.typed: a list and a dict that say what they hold.

They are Python's own containers with a type; a compiled function gets a copy of what is in one and writes back what it changed.
"""

import numpy as np

from . import _pytypes
from ._pytypes import Type, as_type, dtype_of_code


class ListType(Type):
    def __init__(self, itemty):
        self.item_type = as_type(itemty)
        self.name = f"ListType[{self.item_type}]"

    code = property(lambda self: "[" + self.item_type.code)  # a deferred type is defined later

    @property
    def dtype(self):
        return self.item_type


class DictType(Type):
    def __init__(self, keyty, valty):
        self.key_type, self.value_type = as_type(keyty), as_type(valty)
        self.name = f"DictType[{self.key_type},{self.value_type}]"

    code = property(lambda self: "M" + self.key_type.code + self.value_type.code)  # a deferred type is defined later


class SetType(Type):
    def __init__(self, itemty, reflected=False):
        self.item_type = as_type(itemty)
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
    """The type of a list, dict or set: what a typed one says, else what its first item says."""
    known = getattr(value, "_list_type", None) or getattr(value, "_dict_type", None)
    if known is not None:
        return known
    if not value:
        raise ValueError("Cannot infer the type of an empty container")
    first = next(iter(value.items())) if isinstance(value, dict) else next(iter(value))
    if isinstance(value, dict):
        return DictType(*map(_pytypes.typeof, first))
    return (SetType if isinstance(value, set) else ListType)(_pytypes.typeof(first))


def _cast(value, type_):
    """A number as the container's type has it; what would be lost is refused, as in Numba."""
    if len(type_.code) != 1 or type_.code not in "?bhilBHILefdFD":
        return value
    if isinstance(value, (str, bytes, tuple, list, dict, set)) or value is None:
        raise TypeError(f"cannot safely cast {_pytypes.typeof(value)} to {type_}. Please cast explicitly.")
    kind, own = dtype_of_code(type_.code).kind, np.asarray(value).dtype.kind
    if "biufc".index(own) > max("biufc".index(kind), "biufc".index("u") if kind == "i" else 0):
        raise TypeError(f"cannot safely cast {_pytypes.typeof(value)} to {type_}. Please cast explicitly.")
    return dtype_of_code(type_.code).type(value).item()


class List(list):
    """A list whose items have one type: List([1, 2]), or List.empty_list(int64). The type is that of the first item."""

    def __init__(self, items=(), lsttype=None):
        items = list(items)
        self._list_type = lsttype or (ListType(_pytypes.typeof(items[0])) if items else None)
        super().__init__([_cast(item, self._list_type.item_type) for item in items])

    @classmethod
    def empty_list(cls, item_type, allocated=0):
        return cls(lsttype=ListType(item_type))

    def _one(self, item):
        if self._list_type is None:
            self._list_type = ListType(_pytypes.typeof(item))
        return _cast(item, self._list_type.item_type)

    def append(self, item):
        super().append(self._one(item))

    def insert(self, index, item):
        super().insert(index, self._one(item))

    def extend(self, items):
        for item in items:
            self.append(item)

    def __setitem__(self, index, value):
        super().__setitem__(index, [self._one(v) for v in value] if isinstance(index, slice) else self._one(value))

    def __getitem__(self, index):
        found = super().__getitem__(index)
        return List(found, self._list_type) if isinstance(index, slice) else found

    def __repr__(self):
        return f"ListType[{self._list_type.item_type if self._list_type else 'undefined'}]({list.__repr__(self)})"

    __str__ = list.__repr__

    @property
    def _numba_type_(self):
        if self._list_type is None:
            raise TypeError("invalid operation on untyped list")
        return self._list_type

    @property
    def _dtype(self):
        return self._list_type.item_type

    @property
    def _typed(self):
        return self._list_type is not None

    def copy(self):
        return List(self, self._list_type)

    def __reduce__(self):
        return List, (list(self), self._list_type)


class Dict(dict):
    """A dict whose keys, and whose values, have one type: Dict.empty(unicode_type, float64)."""

    def __init__(self, items=(), dcttype=None):
        super().__init__()
        self._dict_type = dcttype
        for key, value in dict(items).items():
            self[key] = value

    @classmethod
    def empty(cls, key_type, value_type, n_keys=0):
        return cls(dcttype=DictType(key_type, value_type))

    def __setitem__(self, key, value):
        if self._dict_type is None:
            self._dict_type = DictType(_pytypes.typeof(key), _pytypes.typeof(value))
        super().__setitem__(_cast(key, self._dict_type.key_type), _cast(value, self._dict_type.value_type))

    def setdefault(self, key, default=None):
        if key not in self:
            self[key] = default
        return self[key]

    def update(self, other=(), **named):
        for key, value in dict(other, **named).items():
            self[key] = value

    @property
    def _numba_type_(self):
        if self._dict_type is None:
            raise TypeError("invalid operation on untyped dictionary")
        return self._dict_type

    @property
    def _typed(self):
        return self._dict_type is not None

    def copy(self):
        return Dict(self, self._dict_type)

    def __reduce__(self):
        return Dict, (dict(self), self._dict_type)


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
