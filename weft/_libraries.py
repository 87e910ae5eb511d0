"""Where NVIDIA's libraries may be: those that weft opens at run time and never needs.

In this order: loaded already, in the wheels of PyPI (nvidia/*/lib, torch/lib), in a conda environment, where the system finds
libraries, and below CUDA_PATH or CUDA_HOME. On Windows libcublas.so.13 is cublas64_13.dll, in folders named bin.
"""

import glob
import os
import re
import sys

WINDOWS = os.name == "nt"


def _loaded(name, names, windows):
    """Libraries of that name that are in this process."""
    if windows:
        import ctypes

        return [n for n in names if ctypes.windll.kernel32.GetModuleHandleW(n)] if WINDOWS else []
    try:
        with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
            return sorted({line.split(None, 5)[5].strip() for line in maps if re.search(rf"/{name}\.so", line)})
    except OSError:
        return []


def system_names(name, versions, windows=WINDOWS):
    """What the system calls the library ("libnvrtc") of these versions."""
    if not windows:
        return [f"{name}.so.{version}" for version in versions] + [f"{name}.so"]
    stem = name.removeprefix("lib")
    if stem == "nvrtc":  # by the first version whose programs it serves: 11.2 is 112, 12 is 120
        versions = ["".join((version + ".0").split(".")[:2]) + "_0" for version in versions]
    return [f"{stem}64_{version}.dll" for version in versions]


def inside(folder, name, windows=WINDOWS):
    """The library itself in a folder, not those whose names begin alike; newest first."""
    pattern = f"{name.removeprefix('lib')}64_[0-9]*.dll" if windows else f"{name}.so*"
    return sorted((path for path in glob.glob(os.path.join(glob.escape(folder), pattern)) if not path.endswith(".alt.dll")), reverse=True)


def package_folders(windows=WINDOWS):
    """Of the wheels of PyPI and of conda environments."""
    below = [("nvidia", "*", "bin"), ("nvidia", "*", "bin", "x86_64")] if windows else [("nvidia", "*", "lib")]
    folders = []
    for entry in sys.path:
        if entry and os.path.isdir(entry):
            for parts in below:
                folders += sorted(glob.glob(os.path.join(glob.escape(entry), *parts)))
            folders.append(os.path.join(entry, "torch", "lib"))
    for prefix in (os.environ.get("CONDA_PREFIX"), sys.prefix):
        if prefix:
            folders += [os.path.join(prefix, "Library", "bin"), os.path.join(prefix, "Library", "bin", "x64")] if windows else [os.path.join(prefix, "lib")]
    return folders


def toolkit_folders(windows=WINDOWS):
    roots = (os.environ.get("CUDA_PATH"), os.environ.get("CUDA_HOME"), None if windows else "/usr/local/cuda")
    return [os.path.join(root, part) for root in roots if root for part in (("bin", os.path.join("bin", "x64")) if windows else ("lib64", "lib"))]


def candidates(name, versions, windows=WINDOWS):
    """Paths of a library ("libnvrtc") in the order in which to try them; versions: of the system's names, newest first."""
    names = system_names(name, versions, windows)
    paths = _loaded(name, names, windows)
    for folder in package_folders(windows):
        paths += inside(folder, name, windows)
    paths += names
    for folder in toolkit_folders(windows):
        paths += inside(folder, name, windows)
    return list(dict.fromkeys(paths))
