"""numba.core.caching: the classes' names, for programs that adjust Numba's disk cache. weft keeps compiled code in a cache of its own,
by what was compiled (`weft.cache`), which needs no adjusting; so a function's `_cache` may be set, and changes nothing."""


class NullCache:
    """A cache that keeps nothing."""

    cache_path = None

    def load_overload(self, sig, target_context):
        pass

    def save_overload(self, sig, cres):
        pass

    def enable(self):
        pass

    def disable(self):
        pass

    def flush(self):
        pass


class IndexDataCacheFile:
    """Numba's index and data files: there are none here."""

    def __init__(self, cache_path, filename_base, source_stamp):
        raise NotImplementedError("weft has no index and data files of Numba's: compiled code is kept in weft's own cache")
