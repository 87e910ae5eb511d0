"""Decorators of CuPy that need nothing here: weft fuses by itself."""

import functools


def fuse(*args, **kwargs):
    """Accepted; the function's operations are fused anyway."""
    if args and callable(args[0]):
        return args[0]
    return lambda function: function


_memos = []


def memoize(for_each_device=False):
    def decorate(function):
        cached = functools.lru_cache(maxsize=None)(function)
        _memos.append(cached)
        return cached
    return decorate


def clear_memo():
    for cached in _memos:
        cached.cache_clear()
