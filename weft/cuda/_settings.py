"""Settings under Numba's names, which a program may change while it runs.

Asked of numba.config where the drop-in is in use (it puts itself in `modules`), else of the environment: NUMBA_<name>.
"""

import os

modules = []


def setting(name, default):
    """The value now; of the default's type when it comes from the environment."""
    for module in modules:
        if hasattr(module, name):
            return getattr(module, name)
    text = os.environ.get("NUMBA_" + name)
    return default if text is None else type(default)(text)


def search_paths():
    """Folders where #include looks in CUDA C that is linked to kernels."""
    text = str(setting("CUDA_NVRTC_EXTRA_SEARCH_PATHS", ""))
    return [folder for folder in text.split(os.pathsep) if folder]
