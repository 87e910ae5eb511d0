"""Modules of vendor libraries' wrappers (cupy.cuda.cublas …): importable, saying that they are not available."""

import sys
import types


def module(name, library, **contents):
    """A module whose `available` is False and whose missing names say what they would need."""
    place = f"{__package__}.{name.rpartition('.')[2]}"
    found = types.ModuleType(name, f"{name}: {library} is not used by weft through this interface.")

    def missing(attribute):
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        raise AttributeError(f"{name} has no {attribute}: weft does not wrap {library}")
    found.__getattr__ = missing
    found.available = False
    found.__dict__.update(contents)
    sys.modules[place] = found  # weft._door loads the package under another name than cupy.cuda
    return found
