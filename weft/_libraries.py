"""Where NVIDIA's libraries may be: those that weft opens at run time and never needs.

In this order: loaded already, in the wheels of PyPI (nvidia/*/lib, torch/lib), in a conda environment, where the system finds
libraries, and below CUDA_PATH or CUDA_HOME.
"""

import glob
import os
import re
import sys


def _loaded(name):
    """Libraries of that name that are in this process."""
    try:
        with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
            return sorted({line.split(None, 5)[5].strip() for line in maps if re.search(rf"/{name}\.so", line)})
    except OSError:
        return []


def _in(folder, name):
    """The library itself, not those whose names begin alike; newest first."""
    return sorted(glob.glob(os.path.join(glob.escape(folder), f"{name}.so*")), reverse=True)


def candidates(name, versions):
    """Paths of a library ("libnvrtc") in the order in which to try them; versions: of the system's names, newest first."""
    paths = _loaded(name)
    for entry in sys.path:
        if entry and os.path.isdir(entry):
            for folder in sorted(glob.glob(os.path.join(glob.escape(entry), "nvidia", "*", "lib"))) + [os.path.join(entry, "torch", "lib")]:
                paths += _in(folder, name)
    for prefix in (os.environ.get("CONDA_PREFIX"), sys.prefix):
        if prefix:
            paths += _in(os.path.join(prefix, "lib"), name)
    paths += [f"{name}.so.{version}" for version in versions] + [f"{name}.so"]
    for root in (os.environ.get("CUDA_PATH"), os.environ.get("CUDA_HOME"), "/usr/local/cuda"):
        if root:
            paths += _in(os.path.join(root, "lib64"), name) + _in(os.path.join(root, "lib"), name)
    return list(dict.fromkeys(paths))
