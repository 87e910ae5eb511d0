"""Everything that can be wrong with a machine: a function each, from the state (machine.py) to a finding or None.

A finding says what is the case, why it matters to weft, and the exact thing to do. "problem" stands in the way of something
that this machine could do; "note" is worth knowing.
"""

import re
from dataclasses import dataclass

from .._compile import OLDEST
from .._needs import NUMPY

OLDEST_DRIVER = 9000  # CUDA 9.0: PTX 6.0
LEAST_FREE = 10e6  # bytes on the cache's disk
MINIMA = {"numpy": NUMPY, "llvmlite": OLDEST}


@dataclass
class Finding:
    id: str
    level: str  # problem, note
    what: str
    fix: str


_ALL = []


def finding(level):
    def register(function):
        def check(state):
            said = function(state)
            return Finding(function.__name__.replace("_", "-"), level, *said) if said else None

        check.__name__ = function.__name__
        _ALL.append(check)
        return check

    return register


def find(state):
    """The findings that hold, problems first."""
    found = [one for check in _ALL if (one := check(state))]
    return sorted(found, key=lambda one: one.level != "problem")


def _gpu_there(state):
    nvidia = state["nvidia"]  # on Windows the driver's library is all that can be seen of it
    return bool(nvidia["cards"] or nvidia["device_files"] or nvidia["kernel_module"] or (_windows(state) and nvidia["driver_libraries"]))


def _windows(state):
    return state["system"]["os"] == "Windows"


def _why(state):
    return state["driver"]["why"] or ""


def _version(text):
    return tuple(int(part) for part in re.findall(r"\d+", text or "")[:2])


# --- no GPU answers ---------------------------------------------------------------------------------------------------


@finding("note")
def no_gpu(state):
    if not _gpu_there(state) and not state["driver"]["devices"] and not state["nvidia"]["driver_libraries"]:
        if _windows(state):
            return ("Windows has no NVIDIA driver (nvcuda.dll). Everything runs on the CPU, compiled and parallel, with the bits that a GPU gives.",
                    "Without an NVIDIA card: nothing. With one: install its driver (Game Ready or Studio) from www.nvidia.com/drivers; no toolkit is needed.")
        if state["system"]["os"] == "Darwin":
            return ("macOS has no driver for NVIDIA GPUs. Everything runs on the CPU, compiled and parallel, with the bits that a GPU gives.",
                    "Nothing to do. WEFT_CPU_DEVICES=4 makes four CPU devices, to try programs for several GPUs.")
        return ("There is no NVIDIA GPU on this machine. Everything runs on the CPU, compiled and parallel, with the bits that a GPU gives.",
                "Nothing to do. WEFT_CPU_DEVICES=4 makes four CPU devices, to try programs for several GPUs.")


@finding("problem")
def driver_missing(state):
    if state["nvidia"]["cards"] and not state["nvidia"]["kernel_module"] and not state["nvidia"]["nouveau"] and not state["system"]["wsl"]:
        return (f"There is an NVIDIA card ({len(state['nvidia']['cards'])} on the bus), but its driver is not loaded.",
                "Install it: Debian and Ubuntu: sudo apt install nvidia-driver (Ubuntu: sudo ubuntu-drivers install), then reboot. "
                "If it is installed: sudo modprobe nvidia; with Secure Boot the module must be signed. No toolkit is needed.")


@finding("problem")
def nouveau_in_the_way(state):
    if state["nvidia"]["nouveau"] and not state["nvidia"]["kernel_module"]:
        return ("The card is driven by nouveau, which has no CUDA.",
                "Install NVIDIA's driver (sudo apt install nvidia-driver, or sudo ubuntu-drivers install); it disables nouveau. Then reboot.")


@finding("problem")
def driver_library_missing(state):
    nvidia = state["nvidia"]
    if nvidia["kernel_module"] and not nvidia["driver_libraries"] and not state["driver"]["devices"]:
        if state["system"]["container"]:
            return ("The kernel has the NVIDIA driver, but this container has no libcuda.so.1.",
                    "Start it with the GPU: docker run --gpus all … (the NVIDIA Container Toolkit on the host puts the library in).")
        return ("The kernel module of the NVIDIA driver is loaded, but its library libcuda.so.1 is not installed.",
                f"Install the library of the same version {nvidia['kernel_module']}: sudo apt install libcuda1 (Debian) or "
                f"libnvidia-compute-{nvidia['kernel_module'].split('.')[0]} (Ubuntu).")


@finding("problem")
def container_without_devices(state):
    nvidia = state["nvidia"]
    if state["system"]["container"] and nvidia["kernel_module"] and not any("nvidia" in f for f in nvidia["device_files"]):
        return ("This container sees the driver but none of the files /dev/nvidia*.",
                "Start it with docker run --gpus all …, or podman run --device nvidia.com/gpu=all …; in Kubernetes ask for the resource nvidia.com/gpu.")


@finding("problem")
def device_files_missing(state):
    nvidia = state["nvidia"]
    if not state["system"]["container"] and nvidia["kernel_module"] and not nvidia["device_files"]:
        return ("The driver is loaded, but the files /dev/nvidia* were not made.", "sudo nvidia-modprobe -u -c=0, or once: sudo nvidia-smi.")


@finding("problem")
def device_files_forbidden(state):
    if state["nvidia"]["unreadable_files"] and not state["driver"]["devices"]:
        return (f"This user may not open {', '.join(state['nvidia']['unreadable_files'])}.",
                "Add the user to the group that owns them (ls -l /dev/nvidia*; often: sudo usermod -aG video $USER), then log in again.")


@finding("problem")
def stub_library(state):
    library = state["driver"]["library"] or (state["nvidia"]["driver_libraries"] or [{"path": ""}])[0]["path"]
    if "/stubs/" in library or "STUB_LIBRARY" in _why(state):
        return (f"The loader finds the toolkit's stub {library} instead of the driver. It is there for linking only, and runs nothing.",
                "Take the folder that ends in 'stubs' out of LD_LIBRARY_PATH.")


@finding("problem")
def mixed_versions(state):
    module = state["nvidia"]["kernel_module"]
    versions = {m[1] for row in state["nvidia"]["driver_libraries"] if (m := re.search(r"libcuda\.so\.(\d+\.\d+[\d.]*)$", row["file"]))}
    if "SYSTEM_DRIVER_MISMATCH" in _why(state) or (module and versions and module not in versions and not state["driver"]["devices"]):
        return (f"The driver's kernel module has version {module}, its library libcuda.so.1 {' and '.join(sorted(versions)) or 'another one'}.",
                "They must be the same: reboot after an update of the driver. In a container use the library of the host (--gpus all), and install no "
                "driver packages.")


@finding("problem")
def driver_too_old(state):
    old = [d for d in state["devices"] if d["kind"] == "cuda" and d["cuda"] < OLDEST_DRIVER]
    if old or "INSUFFICIENT_DRIVER" in _why(state) or "COMPAT_NOT_SUPPORTED" in _why(state):
        have = f"CUDA {old[0]['cuda'] // 1000}.{old[0]['cuda'] % 1000 // 10}" if old else _why(state)
        return (f"The driver is too old ({have}); weft needs one for CUDA 9.0 (release 384) or newer.",
                "Update the driver; nothing else is needed. Without root, on a data centre's GPU, install the package cuda-compat.")


# The chip by the PCI device number: the first of each range, the generation, the first release of the driver that knows it, and the
# last one (0: the newest still does).
CHIPS = ((0x0FC0, "Kepler", 304, 470), (0x1340, "Maxwell", 340, 580), (0x15F0, "Pascal", 367, 580), (0x1617, "Maxwell", 340, 580),
         (0x1B00, "Pascal", 367, 580), (0x1D81, "Volta", 384, 580), (0x1E00, "Turing", 410, 0), (0x20B0, "Ampere", 450, 0),
         (0x2180, "Turing", 418, 0), (0x2200, "Ampere", 455, 0), (0x2300, "Hopper", 520, 0), (0x2400, "Ampere", 455, 0),
         (0x2600, "Ada Lovelace", 520, 0), (0x2900, "Blackwell", 570, 0))


def chip(card):
    """(generation, first driver, last driver) of a card, or None when its number is not in the table."""
    try:
        number = int(card["device"], 16)
    except ValueError:
        return None
    return next((row[1:] for row in reversed(CHIPS) if number >= row[0]), None)


def _driver_release(state):
    return int((state["nvidia"]["kernel_module"] or "0").split(".")[0])


@finding("problem")
def driver_older_than_the_card(state):
    release = _driver_release(state)
    for card in state["nvidia"]["cards"]:
        known = chip(card)
        if known and 0 < release < known[1] and len(state["nvidia"]["cards"]) > state["driver"]["devices"]:
            return (f"The card at {card['address']} is of the {known[0]} generation, which driver {state['nvidia']['kernel_module']} does not know yet.",
                    f"Install driver {known[1]} or newer; nothing else is needed.")


@finding("problem")
def driver_newer_than_the_card(state):
    release = _driver_release(state)
    for card in state["nvidia"]["cards"]:
        known = chip(card)
        if known and known[2] and release > known[2] and len(state["nvidia"]["cards"]) > state["driver"]["devices"]:
            return (f"The card at {card['address']} is of the {known[0]} generation, which driver {state['nvidia']['kernel_module']} does not know any more.",
                    f"Install driver {known[2]}, the last one that knows it (Debian and Ubuntu have it beside the newest).")


@finding("problem")
def hidden_by_environment(state):
    visible = state["environment"].get("CUDA_VISIBLE_DEVICES")
    if visible is not None and not state["driver"]["devices"] and _gpu_there(state):
        return (f"CUDA_VISIBLE_DEVICES={visible!r} hides every GPU.", "unset CUDA_VISIBLE_DEVICES, or set it to the numbers of GPUs that exist, such as 0.")


@finding("problem")
def hidden_from_container(state):
    visible = state["environment"].get("NVIDIA_VISIBLE_DEVICES")
    if visible in ("", "void", "none") and not state["driver"]["devices"] and _gpu_there(state):
        return (f"NVIDIA_VISIBLE_DEVICES={visible!r} keeps the GPUs out of this container.", "Start it with NVIDIA_VISIBLE_DEVICES=all, or --gpus all.")


@finding("problem")
def wsl_without_library(state):
    paths = [row["path"] for row in state["nvidia"]["driver_libraries"]]
    if state["system"]["wsl"] and not state["driver"]["devices"]:
        if "/dev/dxg" not in state["nvidia"]["device_files"]:
            return ("This is WSL without /dev/dxg: Windows shares no GPU with it.",
                    "Use WSL 2 (wsl --set-version <name> 2), and install NVIDIA's driver in Windows, not in Linux.")
        if not any(p.startswith("/usr/lib/wsl/lib") for p in paths) or not paths[0].startswith("/usr/lib/wsl/lib"):
            return ("This is WSL, but the first libcuda.so.1 found is not the one in /usr/lib/wsl/lib.",
                    "Remove the driver packages that are installed in Linux (sudo apt purge 'libnvidia-compute-*'), then sudo ldconfig; the library comes from Windows.")


@finding("problem")
def driver_does_not_answer(state):
    others = [check for check in _ALL if check.__name__ not in ("driver_does_not_answer", "no_gpu")]
    if not state["driver"]["devices"] and _gpu_there(state) and not any(check(state) for check in others):
        if _windows(state):
            return (f"There is a driver, but it gives no device: {_why(state)}.",
                    "Look in the Device Manager (devmgmt.msc, Display adapters) whether Windows runs the card. If it was switched off, or its driver was just installed, restart Windows.")
        return (f"There is a driver, but it gives no device: {_why(state)}.",
                "nvidia-smi and the kernel's log (sudo dmesg | grep -i nvrm) say more; after a hardware fault only a reboot helps.")


@finding("note")
def switched_off(state):
    if state["environment"].get("WEFT_CUDA_LIBRARY") == "off":
        return ("WEFT_CUDA_LIBRARY=off: weft does not look for a GPU.", "unset WEFT_CUDA_LIBRARY.")


@finding("note")
def stand_in_driver(state):
    library = state["environment"].get("WEFT_CUDA_LIBRARY")
    if library and library != "off":
        return (f"WEFT_CUDA_LIBRARY={library}: this library is used instead of the system's driver.", "If you did not mean that: unset WEFT_CUDA_LIBRARY.")


# --- a GPU answers, and something is off ------------------------------------------------------------------------------


@finding("note")
def sleeping_gpu(state):
    asleep = [card["address"] for card in state["nvidia"]["cards"] if card["power"] == "suspended"]
    if asleep:
        return (f"The GPU at {', '.join(asleep)} sleeps to save power; the first use wakes it, which takes a second or two.",
                "Nothing to do. On a laptop with two GPUs, prime-select on-demand keeps it available.")


@finding("note")
def newer_than_the_compiler(state):
    newest = state["weft"]["compiler"].get("newest_compute")
    new = [d for d in state["devices"] if d["kind"] == "cuda" and newest and d["compute"] > newest]
    if new:
        return (f"{new[0]['model']} (compute capability {new[0]['compute'] / 10:.1f}) is newer than this LLVM knows ({newest / 10:.1f}). weft "
                "makes PTX for the newest card it knows, and the driver translates that.", "For the best code: pip install --upgrade llvmlite.")


@finding("problem")
def card_too_old(state):
    old = [d for d in state["devices"] if d["kind"] == "cuda" and d["compute"] < 50]
    if old:
        return (f"{old[0]['model']} has compute capability {old[0]['compute'] / 10:.1f}; weft's code needs 5.0 (Maxwell, 2014) or newer.",
                "Use the CPU on this machine: WEFT_DEVICE=cpu.")


@finding("note")
def default_is_not_the_gpu(state):
    gpus = [d["name"] for d in state["devices"] if d["kind"] == "cuda"]
    if gpus and state["weft"]["default_device"].startswith("cpu") and "WEFT_DEVICE" not in state["environment"]:
        return ("There is a GPU, but the default device is the CPU.", f"In the program: with wf.device({gpus[0]!r}): …; or set WEFT_DEVICE=cuda.")


def _not_executable(test):
    return "make memory executable" in (test["error"] or "")


@finding("problem")
def memory_not_executable(state):
    if any(map(_not_executable, state["tests"])):
        return ("The system does not let this process make memory executable, so nothing that weft compiles for the CPU can run.",
                "Allow it: in a systemd service MemoryDenyWriteExecute=no; with SELinux sudo setsebool -P deny_execmem off; in a container a seccomp profile that "
                "takes mprotect or memfd_create as Docker's own does.")


@finding("problem")
def self_test_failed(state):
    bad = [test for test in state["tests"] if test["error"] and not _not_executable(test)]
    if bad and not compiler_broken(state) and not packages_too_old(state):  # those say why
        return ("The self-test failed on " + "; ".join(f"{t['device']}: {t['test']}: {t['error']}" for t in bad) + ".",
                "This should not happen on a sound machine. Please report it with the output of weft doctor --json.")


@finding("problem")
def default_device_missing(state):
    if state["weft"]["default_device"].startswith("none"):
        there = ", ".join(d["name"] for d in state["devices"])
        return (f"The default device does not work: {state['weft']['default_device'][6:]}.", f"unset WEFT_DEVICE, or set it to one of {there}.")


@finding("note")
def narrow_slot(state):
    narrow = [card for card in state["nvidia"]["cards"] if card["lanes"] and card["most_lanes"] and card["lanes"] < card["most_lanes"]]
    if narrow and state["driver"]["devices"]:
        card = narrow[0]
        return (f"The GPU at {card['address']} is connected by {card['lanes']} of its {card['most_lanes']} PCIe lanes: copies from and to "
                "the host take that much longer.",
                "Use a slot that has all lanes (the board's manual says which), or take the card out and put it in again. Laptops and some boards have no more.")


BELOW = 0.6  # of what it could: another program, a power limit, heat


@finding("note")
def slower_than_it_could(state):
    slow = [row for row in state["bench"] if row["could"] and row["figure"] in ("memory", "float32") and row["value"] < BELOW * row["could"]
            and row["device"].startswith("cuda")]
    if slow:
        return ("Slower than it could be: " + "; ".join(f"{row['device']} reaches {row['value'] / row['could']:.0%} of its {row['figure']}" for row in slow)
                + ". Another program uses it, or its power or clock is limited.",
                "nvidia-smi shows who uses it, its clocks and its power limit. Then run weft doctor --bench again.")


@finding("note")
def busy_while_measured(state):
    load, usable = state["system"]["load"], state["system"]["usable_processors"]
    if state["bench"] and load and usable and load > 0.5 * usable:
        return (f"Other programs were running (load {load:.1f} on {usable} processors) when the benchmark began, which makes its figures lower.",
                "Run weft doctor --bench again when the machine is quiet.")


# --- Python, cache, processors ----------------------------------------------------------------------------------------


@finding("problem")
def compiler_broken(state):
    if state["weft"]["compiler"]["version"] is None:
        return (f"llvmlite does not load ({state['weft']['compiler']['why']}); without it only kernels that are in the disk cache run.",
                "pip install --force-reinstall llvmlite")


@finding("problem")
def numpy_broken(state):
    if state["numpy"] is not None:
        if "is imported in place of" in state["numpy"]:
            return (f"NumPy does not load: {state['numpy']}. Without it there are no arrays and no Python kernels; nothing was tested.", "Rename that file.")
        return (f"NumPy does not load ({state['numpy']}); without it there are no arrays and no Python kernels; nothing was tested.",
                "pip install --force-reinstall numpy")


@finding("problem")
def packages_too_old(state):
    old = [(name, state["packages"][name], least) for name, least in MINIMA.items()
           if state["packages"].get(name) and _version(state["packages"][name]) < least]
    if old:
        return ("Packages are too old: " + "; ".join(f"{name} is {have}, weft needs {'.'.join(map(str, least))} or newer" for name, have, least in old) + ".",
                "pip install --upgrade " + " ".join(name for name, _, _ in old))


@finding("note")
def numba_wants_another_llvmlite(state):
    below, have = re.search(r"<\s*(\d+)\.(\d+)", state["numba_asks"] or ""), _version(state["packages"].get("llvmlite"))
    if below and have and have >= (int(below[1]), int(below[2])):
        return (f"Numba {state['packages'].get('numba')} asks for llvmlite {state['numba_asks']}, and {state['packages']['llvmlite']} is installed: weft runs, "
                "and `import numba` itself may fail.", "pip install --upgrade numba; from 0.62 on it takes versions of llvmlite that weft takes. Or give weft an environment of its own.")


@finding("note")
def files_hide_modules(state):
    if state["hiding"]:
        one = state["hiding"][0]
        return (f"In this folder, {', '.join(state['hiding'])} hides what has the same name: programs here that say `import {one[:-3]}`, or use a package that "
                "does, get that file.", f"Rename it, for example to my_{one}.")


@finding("note")
def installed_twice(state):
    if len(state["installations"]) > 1:
        used, *others = state["installations"]
        return (f"weft is installed more than once. Python takes {used}, not {', '.join(others)}.",
                "If that is the wrong one: python -m pip uninstall weft with the Python (and without or with -s, for --user) that the wrong one belongs to.")


@finding("note")
def cache_not_writable(state):
    own = state["weft"]
    if own["cache_folder"] and not own["cache_writable"]:
        return (f"The cache folder {own['cache_folder']} cannot be written: every process compiles its kernels anew.",
                "Set WEFT_CACHE_DIR=/some/folder/of/yours.")


@finding("note")
def cache_refused(state):
    if state["weft"]["cache_refused"]:
        return (f"There is no disk cache: {state['weft']['cache_refused']}. Every process compiles its kernels anew.",
                "Set WEFT_CACHE_DIR=/some/folder/of/yours.")


@finding("note")
def cache_disk_full(state):
    own = state["weft"]
    if own["cache_free"] is not None and own["cache_free"] < LEAST_FREE:
        return (f"The disk of the cache folder {own['cache_folder']} is full ({own['cache_free'] / 1e6:.1f} MB left): new kernels are not kept, "
                "so every process compiles them anew.", "Make room there, or set WEFT_CACHE_DIR=/a/folder/elsewhere. weft's own entries are a few kB each.")


@finding("note")
def less_memory(state):
    limit, memory = state["system"]["memory_limit"], state["system"]["memory"]
    if limit and memory and limit < 0.98 * memory:
        return (f"This process may use {limit / 2**30:.1f} of the machine's {memory / 2**30:.1f} GiB of memory (the limit of its control group); that is what the CPU device has.",
                "If it needs more: the container or batch system sets the limit (docker run --memory).")


@finding("note")
def settings_misunderstood(state):
    if state["weft"]["setting_problems"]:
        return ("Settings that weft ignores: " + "; ".join(state["weft"]["setting_problems"]) + ".", "weft settings lists all of them, with the values they take.")


@finding("note")
def fewer_processors(state):
    quota, usable, all_of_them = (state["system"][k] for k in ("processor_quota", "usable_processors", "processors"))
    if quota and usable and quota < usable - 0.5:
        return (f"This process may use the time of {quota:g} of the {usable} processors that it sees (the limit of its control group); CPU kernels use as many threads.",
                "If it needs more: the container or batch system sets the limit (docker run --cpus). WEFT_THREADS sets another number of threads.")
    if usable and all_of_them and usable < all_of_them:
        return (f"This process may run on {usable} of {all_of_them} processors; CPU kernels use those.", "If it needs more: taskset or the batch system sets that.")


@finding("note")
def launches_are_serialised(state):
    if state["environment"].get("CUDA_LAUNCH_BLOCKING") not in (None, "", "0"):
        return ("CUDA_LAUNCH_BLOCKING is set: every launch waits for its kernel.", "unset CUDA_LAUNCH_BLOCKING before you measure.")
