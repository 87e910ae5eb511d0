"""Whole namespaces that go through NumPy and SciPy: weft.linalg, weft.fft, and what of the main namespace has no kernel.

A function found there is wrapped once: arrays are taken to the host, the function runs, its results come back, and one
warning names it.
"""

import importlib
import types

from .fallback import host_object, is_wrappable, wrapped, wrapped_class


class Through(types.ModuleType):
    """A module whose missing names are looked up in a module of NumPy's or SciPy's and wrapped."""

    def __init__(self, name, source, own=()):
        super().__init__(name, f"{source}, run through the host where there is no kernel")
        self._source = source
        self.__dict__.update(own)

    def _theirs(self, name):
        """The module whose names these are. ModuleNotFoundError that says what to install."""
        try:
            return importlib.import_module(self._source)
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] != "scipy":
                raise
            raise ModuleNotFoundError(f"{self.__name__}.{name} has no kernel in weft and runs through SciPy, which is not installed: "
                                      "pip install scipy", name=error.name) from None

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        source, library = self._theirs(name), "SciPy" if self._source.startswith("scipy") else "NumPy"
        if not hasattr(source, name):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}", name=name, obj=self)
        value = getattr(source, name)
        if is_wrappable(type(value)):  # an object that the module offers, as scipy.stats.norm
            value = host_object(value)
        elif isinstance(value, types.ModuleType):
            value = Through(f"{self.__name__}.{name}", value.__name__)
        elif callable(value) and not isinstance(value, type):
            value = wrapped(value, f"{self.__name__.partition('.')[2]}.{name}", library)
        elif is_wrappable(value):
            value = wrapped_class(value, f"{self.__name__.partition('.')[2]}.{name}")
        setattr(self, name, value)
        return value

    def __dir__(self):
        try:
            theirs = dir(importlib.import_module(self._source))
        except ModuleNotFoundError:
            theirs = []
        return sorted({*(name for name in theirs if not name.startswith("__")), *self.__dict__})
