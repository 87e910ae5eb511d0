"""fuse and memoize. Whatever a function does with arrays is fused without being asked, so `fuse` only keeps CuPy's interface."""

import functools

_memos = []


class _Fused:
    """A function given to cupy.fuse: called as it is, its operations are fused when values are needed."""

    def __init__(self, function, name=None):
        functools.update_wrapper(self, function)
        self._function = function
        self._name = name or getattr(function, "__name__", "fused")

    def __call__(self, *args, **kwargs):
        return self._function(*args, **kwargs)

    def __repr__(self):
        return f"<Fusion name={self._name}>"

    def __get__(self, instance, owner=None):
        return self if instance is None else functools.partial(self, instance)

    def clear_cache(self):
        """Nothing is kept here."""


def fuse(*args, **kwargs):
    """@fuse or @fuse(kernel_name="name")"""
    if args and callable(args[0]) and len(args) == 1 and not kwargs:
        return _Fused(args[0])
    unknown = set(kwargs) - {"kernel_name"}
    if unknown or len(args) > 1:
        raise TypeError(f"fuse() got unexpected arguments: {', '.join(map(str, (*args[1:], *unknown)))}")
    name = kwargs.get("kernel_name", args[0] if args else None)
    return lambda function: _Fused(function, name)


def memoize(for_each_device=False):
    """Keeps a function's results by its arguments (and by device)."""
    def decorate(function):
        kept = {}
        _memos.append(kept)

        @functools.wraps(function)
        def call(*args, **kwargs):
            key = (args, frozenset(kwargs.items()))
            if for_each_device:
                from .cuda.device import get_device_id
                key = (get_device_id(), key)
            if key not in kept:
                kept[key] = function(*args, **kwargs)
            return kept[key]
        return call
    return decorate


def clear_memo():
    """Forgets what memoize has kept."""
    for kept in _memos:
        kept.clear()
