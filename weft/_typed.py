"""Containers of one type, as Numba's numba.typed: a list and a dict that say what they hold.

They are Python's own containers with a type; a compiled function gets a copy of what is in one and writes back what it changed.
"""

from . import _pytypes
from ._pytypes import Type, as_type


class ListType(Type):
    def __init__(self, itemty):
        self.item_type = as_type(itemty)
        super().__init__("[" + self.item_type.code, f"ListType[{self.item_type}]")

    @property
    def dtype(self):
        return self.item_type


class DictType(Type):
    def __init__(self, keyty, valty):
        self.key_type, self.value_type = as_type(keyty), as_type(valty)
        super().__init__("M" + self.key_type.code + self.value_type.code, f"DictType[{self.key_type},{self.value_type}]")


class Optional(Type):
    def __init__(self, type_):
        self.type = as_type(type_)
        super().__init__("?" + self.type.code, f"OptionalType({self.type})")


optional = Optional


def _typeof(value):
    if isinstance(value, str):
        return _pytypes.unicode_type
    if isinstance(value, List):
        return value._list_type
    return _pytypes.typeof(value)


class List(list):
    """A list whose items have one type: List([1, 2]), or List.empty_list(int64). The type is that of the first item."""

    def __init__(self, items=(), lsttype=None):
        super().__init__(items)
        self._list_type = lsttype or (ListType(_typeof(self[0])) if self else None)

    @classmethod
    def empty_list(cls, item_type, allocated=0):
        return cls(lsttype=ListType(item_type))

    def append(self, item):
        if self._list_type is None:
            self._list_type = ListType(_typeof(item))
        super().append(item)

    def __repr__(self):
        return f"ListType[{self._list_type.item_type if self._list_type else 'undefined'}]({list.__repr__(self)})"

    __str__ = list.__repr__

    def copy(self):
        return List(self, self._list_type)

    def __reduce__(self):
        return List, (list(self), self._list_type)


class Dict(dict):
    """A dict whose keys, and whose values, have one type: Dict.empty(unicode_type, float64)."""

    def __init__(self, items=(), dcttype=None):
        super().__init__(items)
        self._dict_type = dcttype
        if self and not dcttype:
            key, value = next(iter(self.items()))
            self._dict_type = DictType(_typeof(key), _typeof(value))

    @classmethod
    def empty(cls, key_type, value_type, n_keys=0):
        return cls(dcttype=DictType(key_type, value_type))

    def __setitem__(self, key, value):
        if self._dict_type is None:
            self._dict_type = DictType(_typeof(key), _typeof(value))
        super().__setitem__(key, value)

    def copy(self):
        return Dict(self, self._dict_type)

    def __reduce__(self):
        return Dict, (dict(self), self._dict_type)

