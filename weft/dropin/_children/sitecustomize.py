"""Every Python that a program under `python -m weft` starts finds this first: cupy, numba and pycuda mean weft's there too.

`dropin.tell_children()` puts this folder in front of PYTHONPATH. A child may be anything (pip, a worker of joblib's or pytest's, another
environment's interpreter), so nothing is imported here: a finder waits for the first of those names. The folder leaves sys.path, and
the environment's own sitecustomize runs as it would.
"""

import os
import sys

_HERE = os.path.dirname(os.path.abspath(__file__))


class _Waiting:
    """Until one of the drop-ins' names is asked for; then weft's own finder takes the place."""

    names = frozenset(entry for entry in os.listdir(os.path.dirname(_HERE))
                      if os.path.isfile(os.path.join(os.path.dirname(_HERE), entry, "__init__.py")))

    def _real(self):
        sys.meta_path.remove(self)
        try:
            from weft import dropin
        except Exception:  # another interpreter, which has no weft, or one that does not fit: then this is none of its business
            return None
        dropin.install()
        return dropin._finder

    def find_spec(self, fullname, path=None, target=None):
        real = self._real() if fullname in self.names else None
        return real.find_spec(fullname, path, target) if real else None

    def find_distributions(self, context=None):
        real = self._real() if getattr(context, "name", None) in self.names else None
        return real.find_distributions(context) if real else iter(())


def _next():
    """The sitecustomize that would have been found without this one."""
    mine = sys.modules.pop(__name__, None)
    try:
        __import__(__name__)
    except ModuleNotFoundError as error:
        if error.name != __name__:
            raise
        sys.modules[__name__] = mine


sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != _HERE]
sys.meta_path.insert(0, _Waiting())
if __name__ == "sitecustomize":
    _next()
