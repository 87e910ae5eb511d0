"""Why weft cannot be used as it is installed: said where an import of ours failed, and by the doctor.

Nothing here is read while all is well: what is looked at costs time, and the import's own error is the occasion.
"""

import os
import sys

NUMPY = (2, 0)  # the oldest that weft is tested with; llvmlite's stands in _compile.py, which runs alone


def hidden_modules():
    """[(name, file)] of the user's own files that were imported in place of NumPy, llvmlite or a module of Python's."""
    found = []
    for name in ("numpy", "llvmlite", *sys.stdlib_module_names):
        module = sys.modules.get(name)
        file = getattr(module, "__file__", None)
        if not file or (name == "numpy" and hasattr(module, "ndarray")) or (name == "llvmlite" and hasattr(module, "__path__")):
            continue
        folder = os.path.dirname(os.path.abspath(file))
        if os.path.basename(file).startswith("__init__."):
            folder = os.path.dirname(folder)
        if name in ("numpy", "llvmlite") or any(folder == os.path.abspath(entry or os.getcwd()) for entry in _own_folders()):
            found.append((name, os.path.abspath(file)))
    return found


def _own_folders():
    """The program's own folder, where the first entry of sys.path is one."""
    main = getattr(sys.modules.get("__main__"), "__file__", None)
    return {os.path.dirname(os.path.abspath(main))} if main else {"", *sys.path[:1]}


def hidden_said(modules):
    return "; ".join(f"{file} is imported in place of {'the package' if name in ('numpy', 'llvmlite') else 'the module of Python'} "
                     f"{name}: rename that file" for name, file in modules)


def numpy_version():
    """NumPy's version as a pair, None when it does not load or is no NumPy."""
    import numpy

    try:
        return tuple(int(part) for part in numpy.__version__.split(".")[:2])
    except (AttributeError, ValueError):
        return None


def warn_of_old_numpy():
    version = numpy_version()
    if version and version < NUMPY:
        import numpy
        import warnings

        warnings.warn(f"weft: NumPy {numpy.__version__} is older than the {NUMPY[0]}.{NUMPY[1]} that weft needs; types of results may differ. "
                      "pip install --upgrade numpy", RuntimeWarning, stacklevel=2)
