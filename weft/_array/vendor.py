"""NVIDIA's libraries that are used where they are found: WEFT_<NAME> is a path to take, or "off"."""

import warnings

from .. import _core


class Library:
    """One of them. open_first(paths) → the path that was opened, or None; instead: what does its work when it does not start."""

    def __init__(self, name, versions, open_first, instead):
        self.name, self.versions, self.open_first, self.instead = name, versions, open_first, instead
        self._found = {}

    def available(self):
        """The path of the library that is used, or None."""
        given = _core.env(self.name.upper())
        if given == "off":
            return None
        if given not in self._found:
            from .._libraries import candidates
            paths = [given] if given else candidates(f"lib{self.name}", self.versions)
            self._found[given] = self.open_first(tuple(paths[:64]))
        return self._found[given]

    def give_up(self, error):
        """A library that is there and does not start (made for a newer driver, or half installed) is left alone, and said so once."""
        path, self._found[_core.env(self.name.upper())] = self.available(), None
        warnings.warn(f"{path} does not start ({error}); {self.instead} from here on. WEFT_{self.name.upper()} names another library, "
                      "or is off", RuntimeWarning, stacklevel=3)
