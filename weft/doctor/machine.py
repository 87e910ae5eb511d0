"""What the machine has, as one dictionary of plain values. Nothing here judges.

Everything is read: files under /proc, /sys and /dev, the environment, the packages' metadata, and what weft's own core says of
the driver and the devices. A file that is not there is a value that is None or empty.
"""

import glob
import importlib.machinery
import importlib.metadata
import os
import platform
import re
import shutil
import sys

ROOT = ""  # in front of every path of the machine's own files: tests put a folder there
LIBRARIES = ("nvrtc", "cublas", "cublasLt", "cufft", "cusolver", "cusparse", "curand", "nccl", "cudnn")


def look():
    return {"system": system(), "packages": packages(), "installations": installations(), "hiding": hiding_files(), "numba_asks": numba_asks(), "numpy": numpy_loads(), "environment": environment(), "nvidia": nvidia(), "driver": driver(),
            "devices": devices(), "libraries": libraries(), "weft": own(), "tests": [], "bench": []}


def _read(path):
    try:
        with open(ROOT + path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def _there(pattern):
    """Files that match, as the machine names them."""
    return sorted(path[len(ROOT):] for path in glob.glob(glob.escape(ROOT) + pattern))


def system():
    from weft import _core

    memory, processors = _core._group_limits()
    release = (_read("/proc/sys/kernel/osrelease") or platform.release()).lower()
    group = _read("/proc/1/cgroup") + _read("/proc/self/mountinfo")[:20000]
    return {"os": platform.system(), "machine": platform.machine(), "python": platform.python_version(),
            "wsl": "microsoft" in release or "wsl" in release,
            "container": os.path.exists(ROOT + "/.dockerenv") or os.path.exists(ROOT + "/run/.containerenv")
            or bool(re.search(r"docker|containerd|kubepods|lxc", group)),
            "processors": os.cpu_count(), "usable_processors": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None,
            "processor_quota": processors or None, "memory": _memory(), "memory_limit": memory or None, "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None}


def _memory():
    found = re.search(r"MemTotal:\s*(\d+) kB", _read("/proc/meminfo"))
    if found or ROOT:
        return int(found[1]) * 1024 if found else None
    from weft import _core

    return _core.Device("cpu:0").info["total_memory"] or None  # other systems: what the core was told


def packages():
    """Versions of what weft needs and of its peers; None: not installed."""
    versions = {}
    for name in ("weft", "numpy", "llvmlite", "scipy", "cupy", "numba", "numba-cuda", "pycuda", "torch"):
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            versions[name] = None
    if versions["cupy"] is None:  # its wheels are named by toolkit
        for entry in importlib.metadata.distributions():
            if (entry.metadata["Name"] or "").startswith("cupy-cuda"):
                versions["cupy"] = entry.version
    return versions


def numpy_loads():
    """None, or why NumPy cannot be imported."""
    from .._needs import hidden_modules, hidden_said

    try:
        import numpy  # noqa: F401

        error = None
    except Exception as problem:  # whatever a broken installation raises
        error = f"{type(problem).__name__}: {problem}".strip().splitlines()[0]
    hidden = hidden_modules()
    return hidden_said(hidden) if hidden and (error or hidden[0][0] == "numpy") else error


def numba_asks():
    """What an installed Numba asks of llvmlite, as its metadata spells it; None when there is none."""
    try:
        asked = importlib.metadata.requires("numba") or []
    except importlib.metadata.PackageNotFoundError:
        return None
    return next((one[len("llvmlite"):].strip() for one in asked if re.match(r"llvmlite\b", one)), None)


def hiding_files():
    """Files of the current folder that programs there import in place of a package or of a module of Python's."""
    names = {"weft", "numpy", "llvmlite", "scipy", "cupy", "cupyx", "numba", "pycuda", *sys.stdlib_module_names} - {*sys.builtin_module_names}
    try:
        return sorted(file for file in os.listdir() if file.endswith(".py") and file[:-3] in names
                      and not importlib.machinery.FrozenImporter.find_spec(file[:-3]))  # os.py hides nothing
    except OSError:  # a folder that is gone, or may not be read
        return []


def installations():
    """The folders of weft's that are installed, the one that Python takes first."""
    mine = os.path.realpath(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    there = [os.path.realpath(entry.locate_file("")) for entry in importlib.metadata.distributions(name="weft")]
    return list(dict.fromkeys([mine, *(folder for folder in there if os.path.isdir(os.path.join(folder, "weft")))]))


def environment():
    names = ("CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES", "LD_LIBRARY_PATH", "CUDA_HOME", "CUDA_PATH", "CUDA_LAUNCH_BLOCKING")
    return {name: os.environ[name] for name in (*names, *sorted(n for n in os.environ if n.startswith("WEFT_"))) if name in os.environ}


def nvidia():
    """What the kernel and the file system know of NVIDIA's hardware."""
    version = re.search(r"Kernel Module\s+(?:for \S+\s+)?(\S+)", _read("/proc/driver/nvidia/version"))
    modules = set(re.findall(r"^(\S+)", _read("/proc/modules"), re.M))
    return {"cards": _cards(), "kernel_module": version[1] if version else None, "nouveau": "nouveau" in modules,
            "device_files": sorted(_there("/dev/nvidia[0-9]*") + _there("/dev/nvidiactl") + _there("/dev/nvidia-uvm") + _there("/dev/dxg")),
            "unreadable_files": [p for p in _there("/dev/nvidia*") if not os.path.isdir(ROOT + p) and not os.access(ROOT + p, os.R_OK | os.W_OK)],
            "driver_libraries": _driver_libraries()}


def _cards():
    """Display controllers of NVIDIA on the PCI bus, with their power state."""
    cards = []
    for folder in _there("/sys/bus/pci/devices/*"):
        if _read(folder + "/vendor").strip() == "0x10de" and _read(folder + "/class").startswith("0x03"):
            cards.append({"address": os.path.basename(folder), "device": _read(folder + "/device").strip(),
                          "power": _read(folder + "/power/runtime_status").strip() or None,
                          "lanes": _number(folder + "/current_link_width"), "most_lanes": _number(folder + "/max_link_width")})
    return cards


def _number(path):
    text = _read(path).strip()
    return int(text) if text.isdigit() else None


def _driver_libraries():
    """Every libcuda.so.1 (on Windows nvcuda.dll) that the loader could take, in its order, with the file that it is."""
    if os.name == "nt":
        path = os.path.join(os.environ.get("SystemRoot", r"C:\Windows"), "System32", "nvcuda.dll")
        return [{"path": path, "file": path}] if os.path.exists(path) else []
    folders = [p for p in os.environ.get("LD_LIBRARY_PATH", "").split(":") if p]
    folders += ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/lib/wsl/lib",
                "/usr/local/nvidia/lib64", "/usr/local/nvidia/lib", "/usr/local/cuda/compat"]
    found = []
    for folder in folders:
        for name in ("libcuda.so.1", "libcuda.so"):
            path = os.path.join(folder, name)
            file = os.path.realpath(ROOT + path)
            if os.path.exists(file) and file not in [f["file"] for f in found]:
                found.append({"path": path, "file": file})
    return found


def driver():
    """What the driver's library answers: the CUDA version it stands for, or why there is none."""
    from weft import _core

    count, why = _core.device_count("cuda")
    loaded = re.findall(r"\s(/\S*libcuda\.so\S*)$", _read("/proc/self/maps"), re.M)
    return {"devices": count, "why": why, "library": loaded[0] if loaded else None}


def devices():
    import weft as wf

    rows = []
    for kind in ("cuda", "cpu"):
        for device in wf.devices(kind):
            info = device.info
            rows.append({"name": str(device), "kind": kind, "model": info["name"], "units": info["multiprocessors"], "memory": info["total_memory"],
                         "compute": 10 * info["compute_major"] + info["compute_minor"], "cuda": info["driver_version"]})
    return rows


def libraries():
    """NVIDIA's libraries that could be opened: name → first path. None is needed."""
    from weft import _libraries

    system = os.environ.get("PATH" if _libraries.WINDOWS else "LD_LIBRARY_PATH", "").split(os.pathsep)
    if not _libraries.WINDOWS:
        system += ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64"]
    found = {}
    for folder in _libraries.package_folders() + [folder for folder in system if folder] + _libraries.toolkit_folders():
        for name in LIBRARIES:
            hits = _libraries.inside(folder, f"lib{name}")
            if hits:
                found.setdefault(name, hits[0])
    return found


def own():
    import weft as wf
    from weft import _core
    from weft._config import environment_problems

    folder = _core.cache_folder()
    size = sum(os.path.getsize(os.path.join(top, f)) for top, _, files in os.walk(folder) for f in files) if folder and os.path.isdir(folder) else 0
    try:
        default = str(wf.device())
    except wf.Error as error:  # WEFT_DEVICE names what is not there
        default = f"none: {error}"
    return {"version": wf.__version__, "default_device": default, "cache_folder": folder, "cache_bytes": size,
            "cache_writable": bool(folder) and _writable(folder), "cache_refused": None if folder else _refused(), "cache_free": _free(folder),
            "compiler": _compiler(),
            "settings": {name: value for name, value, _, _, is_set, _ in _core.env_table() if is_set},
            "setting_problems": environment_problems()}


def _refused():
    """Why there is no cache although none was switched off."""
    names = ("LOCALAPPDATA",) if os.name == "nt" else ("XDG_CACHE_HOME", "HOME")
    setting, home = os.environ.get("WEFT_CACHE_DIR"), next((os.environ[name] for name in names if os.environ.get(name)), None)
    if setting == "off":
        return None
    if not setting and not home:
        return f"{names[-1]} is not set"
    below = [] if os.name == "nt" or os.environ.get("XDG_CACHE_HOME") else [".cache"]
    folder = setting or os.path.join(home, *below, "weft")
    try:
        info = os.stat(folder)
    except OSError:
        return f"{folder} cannot be made"
    if hasattr(os, "geteuid") and info.st_uid != os.geteuid():
        return f"{folder} belongs to another user, and what lies in it would run as this one"
    if os.name != "nt" and info.st_mode & 0o022:
        return f"{folder} can be written by others, and what they put there would run as this user (chmod go-w mends that)"
    return f"{folder} is not a folder"


def _free(folder):
    """Bytes that are left on the cache's disk."""
    while folder and not os.path.exists(folder):
        folder = os.path.dirname(folder)
    try:
        return shutil.disk_usage(folder).free if folder else None
    except OSError:
        return None


def _writable(folder):
    while folder and not os.path.exists(folder):
        folder = os.path.dirname(folder)
    return os.access(folder or "/", os.W_OK)


def _compiler():
    """LLVM's version as llvmlite has it, and the newest NVIDIA generation that it knows; the error when it does not load."""
    try:
        import llvmlite.binding as llvm

        version = ".".join(map(str, llvm.llvm_version_info))
    except Exception as error:  # whatever a broken installation raises
        return {"version": None, "why": f"{type(error).__name__}: {error}"}
    return {"version": version, "why": None, "newest_compute": 120 if llvm.llvm_version_info[0] >= 20 else 90}
