"""cupy_backends: CuPy's compiled modules, which some packages import directly; the same things as in cupy.cuda."""

from . import cuda  # noqa: F401
