"""weft doctor --bench: what each device delivers, and the share of what it could.

    memory     z = x * s + y over arrays that no cache holds, each counted once
    float32, float64   chains of fused multiply-adds, two operations each
    launch     an empty kernel among many; the first result: from the call until the host knows that it is over
    to it, from it     copies of pageable host memory

"Could" is worked out, not measured: a GPU's memory from its clock and its bus, its arithmetic from its clock and the units of its
generation, the way to it from the lanes and the speed of its PCIe slot; a CPU's arithmetic from its clock (timed here), its cores
and its vectors, two fused multiply-adds a cycle. A CPU's memory has no such figure that a program can read: it is compared with
NumPy's copy on as many threads. Where nothing is known the share is left out.
"""

import os
import re
import time
from concurrent.futures import ThreadPoolExecutor

from .. import _core
from .._profile import probe

# Lanes of float32 and float64 in a multiprocessor, by compute capability (NVIDIA's CUDA C++ Programming Guide, arithmetic instructions).
LANES = {50: (128, 4), 52: (128, 4), 53: (128, 4), 60: (64, 32), 61: (128, 4), 62: (128, 4), 70: (64, 32), 72: (64, 32), 75: (64, 2),
         80: (64, 32), 86: (128, 2), 87: (128, 2), 89: (128, 2), 90: (128, 64), 100: (128, 64), 103: (128, 2), 110: (128, 2), 120: (128, 2), 121: (128, 2)}
GPU_FIGURES = ("memory", "float32", "float64", "launch", "first result", "to it", "from it")
CPU_FIGURES = ("memory", "float32", "float64", "launch", "first result")
UNITS = {"memory": "B/s", "float32": "op/s", "float64": "op/s", "launch": "s", "first result": "s", "to it": "B/s", "from it": "B/s"}
_OWN_NAMES = {"memory": "bytes", "to it": "in", "from it": "out"}  # of probe.py

_EMPTY = 'extern "C" __global__ void empty(int n) { }'
# 6 operations a turn that wait for each other, one cycle each on every processor of today: so time tells the clock.
_CLOCK = r"""
extern "C" __global__ void turns(unsigned *x, int n)
{
    unsigned a = *x;
    for (int i = 0; i < n; i++) { a ^= a << 13; a ^= a >> 17; a ^= a << 5; }
    *x = a;
}
"""


def run(say=lambda text: None):
    """A list of {device, figure, value, unit, could, of}: could is None where it is not known, of: what that is. say: told before each step."""
    import weft as wf

    rows = []
    for device in [*wf.devices("cuda"), *wf.devices("cpu")[:1]]:
        name, on_cpu = str(device), device.kind == "cpu"
        say(f"{name}, what it could do")
        could = _cpu_could() if on_cpu else gpu_could(device.info, _link(device.info["pci_bus_id"]))
        say(f"{name}, memory and arithmetic")
        found = probe.measure(name)
        say(f"{name}, launches")
        found.update(launches(name))
        for figure in CPU_FIGURES if on_cpu else GPU_FIGURES:
            most, of = could.get(figure, (None, ""))
            rows.append({"device": name, "figure": figure, "value": found[_OWN_NAMES.get(figure, figure)], "unit": UNITS[figure], "could": most, "of": of})
    return rows


def launches(device, count=200):
    """Seconds: one launch among many, and one until its end is known."""
    import numpy as np

    import weft as wf

    with wf.device(device):
        empty, none = wf.Module(_EMPTY)["empty"], np.int32(0)
        many = probe._best(lambda: empty(none, grid=(1,), block=(32,)), launches=count)

        def once():
            empty(none, grid=(1,), block=(32,))
            wf.synchronize()

        return {"launch": many, "first result": probe._best(once, times=20)}


# --- what a GPU could do: from what the driver and the bus say ---


def gpu_could(info, link):
    """figure → (value, what it is made of). info: Device.info; link: (GT/s of a lane, lanes) or None."""
    found, generation = {}, 10 * info["compute_major"] + info["compute_minor"]
    if info["memory_clock_khz"] and info["memory_bus_bits"]:
        found["memory"] = (2e3 * info["memory_clock_khz"] * info["memory_bus_bits"] / 8, "its memory's clock and bus")
    if generation in LANES and info["clock_khz"]:
        for figure, lanes in zip(("float32", "float64"), LANES[generation]):
            found[figure] = (2e3 * info["clock_khz"] * lanes * info["multiprocessors"], f"{info['multiprocessors']} × {lanes} lanes at {info['clock_khz'] / 1e6:.2f} GHz")
    if link:
        speed, lanes = link
        each = speed * 1e9 / 8 * (128 / 130 if speed >= 8 else 0.8)  # what the line code leaves
        found["to it"] = found["from it"] = (each * lanes, f"PCIe, {lanes} lanes of {speed:g} GT/s")
    return found


def _link(address, root="/sys/bus/pci/devices"):
    """(GT/s, lanes) of the slot and card together, or None."""
    folder = os.path.join(root, address.lower()[-12:])
    try:
        with open(os.path.join(folder, "max_link_speed")) as speed, open(os.path.join(folder, "current_link_width")) as width:
            return float(re.match(r"[\d.]+", speed.read())[0]), int(width.read())
    except (OSError, TypeError, ValueError):
        return None


# --- what the CPU could do ---


def _cpu_could():
    import weft as wf

    threads, cores = wf.device("cpu").info["multiprocessors"], physical_cores()
    hertz, lanes = clock(), vector_lanes()
    found = {"memory": (numpy_copy(threads), f"NumPy's copy on {threads} threads")}
    if hertz and lanes:
        busy = min(threads, cores or threads)
        for figure, width in (("float32", lanes), ("float64", lanes // 2)):
            found[figure] = (busy * hertz * 2 * 2 * width, f"{busy} cores at {hertz / 1e9:.2f} GHz, two vectors of {width} a cycle")
    return found


def clock():
    """Hertz of the core that this runs on, timed: many short runs, of which some fall between the turns of other programs."""
    import numpy as np

    import weft as wf

    turns = 50_000
    with wf.device("cpu"):
        kernel, x = wf.Module(_CLOCK)["turns"], _core.Memory(4)
        _core.fill(x, 1, 4, 1)
        seconds = probe._best(lambda: kernel(x, np.int32(turns), grid=(1,), block=(1,)), times=100)
    return 6 * turns / seconds


def physical_cores(path="/proc/cpuinfo"):
    """How many cores the threads of this process are on, as far as the system says; None: unknown."""
    try:
        with open(path) as file:
            pairs = {(re.search(r"^physical id\s*: (\d+)", one, re.M), re.search(r"^core id\s*: (\d+)", one, re.M)) for one in file.read().split("\n\n")}
    except OSError:
        return None
    return len({(a[1], b[1]) for a, b in pairs if a and b}) or None


def vector_lanes(path="/proc/cpuinfo"):
    """float32 lanes of the widest vectors that weft uses there; None: unknown."""
    try:
        with open(path) as file:
            flags = set(re.findall(r"\w+", file.read()))
    except OSError:
        return None
    return 16 if {"avx512f", "avx512dq", "avx512vl"} <= flags else 8 if "avx2" in flags else 4 if {"sse2", "asimd"} & flags else None


def numpy_copy(threads, count=1 << 23):
    """Bytes a second, read and written, of NumPy's copy of arrays that no cache holds."""
    import numpy as np

    source, target = np.ones(count, np.float32), np.zeros(count, np.float32)
    cuts = [slice(count * i // threads, count * (i + 1) // threads) for i in range(threads)]
    best = float("inf")
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(5):
            begin = time.perf_counter()
            list(pool.map(lambda cut: np.copyto(target[cut], source[cut]), cuts))
            best = min(best, time.perf_counter() - begin)
    return 2 * source.nbytes / best
