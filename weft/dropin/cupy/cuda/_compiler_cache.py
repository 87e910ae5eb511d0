"""cupy.cuda._compiler_cache: where compiled kernels are kept. weft has a cache of its own; these are CuPy's interface to others."""

import os


class KernelCacheBackend:
    """Base of caches: load(name), save(name, content, source)."""

    def load(self, name, *args, **kwargs):
        raise NotImplementedError

    def save(self, name, content, *args, **kwargs):
        raise NotImplementedError


class DiskKernelCacheBackend(KernelCacheBackend):
    """A folder with a file for each kernel."""

    def __init__(self, cache_dir=None):
        self._cache_dir = cache_dir or os.environ.get("CUPY_CACHE_DIR", os.path.expanduser("~/.cupy/kernel_cache"))

    def _path(self, name):
        return os.path.join(self._cache_dir, name)

    def load(self, name, *args, **kwargs):
        try:
            with open(self._path(name), "rb") as file:
                return file.read()
        except OSError:
            return None

    def save(self, name, content, *args, **kwargs):
        os.makedirs(self._cache_dir, exist_ok=True)
        temporary = f"{self._path(name)}.{os.getpid()}"
        with open(temporary, "wb") as file:
            file.write(content)
        os.replace(temporary, self._path(name))
