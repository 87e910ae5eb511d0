"""`import weft.linalg` and `from weft.random import rand`: modules that are attributes of weft, and files of other names.

Asked last, so only for what is no file of weft's; a module stays what it is, under both names.
"""

import importlib.machinery
import sys
import types

_PARENTS = ("weft", "weft.lib")


class _Given:
    """A loader of a module that is there."""

    def __init__(self, module):
        self.module = module

    def create_module(self, spec):
        self.before = {name: vars(self.module).get(name) for name in ("__spec__", "__loader__")}
        return self.module

    def exec_module(self, module):
        vars(module).update(self.before)  # the import system has put its own there


class _Finder:
    def find_spec(self, fullname, path=None, target=None):
        parent, _, name = fullname.rpartition(".")
        if parent not in _PARENTS or name.startswith("_"):
            return None
        module = getattr(sys.modules[parent], name, None)
        if not isinstance(module, types.ModuleType) or name not in dir(sys.modules[parent]):  # weft's files import os and sys themselves
            return None
        spec = importlib.machinery.ModuleSpec(fullname, _Given(module))
        if fullname in _PARENTS:
            spec.submodule_search_locations = []
        return spec


sys.meta_path.append(_Finder())
