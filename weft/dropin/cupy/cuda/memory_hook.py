"""cupy.cuda.memory_hook: functions that are told of allocations made through a pool (arrays' own memory is not among them)."""

import threading

_local = threading.local()


def _active():
    return _local.__dict__.setdefault("hooks", {})


def _call(name, **details):
    for hook in list(_active().values()):
        getattr(hook, name)(**details)


class MemoryHook:
    """Base of hooks; `with Hook():` has it told of what this thread allocates."""

    name = "MemoryHook"

    def __enter__(self):
        if self.name in _active():
            raise KeyError(f"memory hook {self.name} already exists")
        _active()[self.name] = self
        return self

    def __exit__(self, *error):
        del _active()[self.name]

    def alloc_preprocess(self, **kwargs):
        """Before memory is taken from the device."""

    def alloc_postprocess(self, **kwargs):
        """After it."""

    def malloc_preprocess(self, **kwargs):
        """Before memory is taken from the pool."""

    def malloc_postprocess(self, **kwargs):
        """After it."""

    def free_preprocess(self, **kwargs):
        """Before memory goes back to the pool."""

    def free_postprocess(self, **kwargs):
        """After it."""
