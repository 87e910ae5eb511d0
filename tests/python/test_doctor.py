"""weft doctor: each finding from a faked state of the machine, the report in both forms, the exit code."""

import copy
import json
import os
import subprocess
import sys

import pytest

from weft._profile import probe
from weft.doctor import bench, findings, machine
from weft.doctor.report import as_json, as_text

SOUND = {
    "system": {"os": "Linux", "machine": "x86_64", "python": "3.12.1", "wsl": False, "container": False, "processors": 8,
               "usable_processors": 8, "processor_quota": None, "memory": 2**34, "memory_limit": None, "load": 0.1},
    "packages": {"weft": "0.1.0", "numpy": "2.1.0", "llvmlite": "0.45.0", "cupy": None, "numba": "0.68.0", "pycuda": None},
    "numpy": None, "installations": ["/home/me/.venv/lib/python3.12/site-packages"], "hiding": [], "numba_asks": "<0.51,>=0.45.0dev0", "environment": {},
    "nvidia": {"cards": [{"address": "0000:01:00.0", "device": "0x2684", "power": "active", "lanes": 16, "most_lanes": 16}], "kernel_module": "580.65.06", "nouveau": False,
               "device_files": ["/dev/nvidia-uvm", "/dev/nvidia0", "/dev/nvidiactl"], "unreadable_files": [],
               "driver_libraries": [{"path": "/usr/lib/x86_64-linux-gnu/libcuda.so.1", "file": "/usr/lib/x86_64-linux-gnu/libcuda.so.580.65.06"}]},
    "driver": {"devices": 1, "why": None, "library": "/usr/lib/x86_64-linux-gnu/libcuda.so.580.65.06"},
    "devices": [{"name": "cuda:0", "kind": "cuda", "model": "A GPU", "units": 100, "memory": 2**34, "compute": 89, "cuda": 13000},
                {"name": "cpu:0", "kind": "cpu", "model": "A CPU", "units": 8, "memory": 2**34, "compute": 90, "cuda": 13000}],
    "libraries": {"nvrtc": "/x/libnvrtc.so.13"},
    "weft": {"version": "0.1.0", "default_device": "cuda:0", "cache_folder": "/home/me/.cache/weft", "cache_bytes": 1000, "cache_writable": True,
             "cache_refused": None, "cache_free": 10**11,
             "compiler": {"version": "22.1.0", "why": None, "newest_compute": 120}, "settings": {},
             "setting_problems": []},
    "tests": [{"device": "cuda:0", "test": "arrays", "seconds": 0.1, "error": None}],
    "bench": [],
}
CARD = SOUND["nvidia"]["cards"][0]
NO_DRIVER = {"driver": {"devices": 0, "why": "no NVIDIA driver: libcuda.so.1", "library": None},
             "devices": [SOUND["devices"][1]], "weft": {"default_device": "cpu:0"}}
NOTHING = {"nvidia": {"cards": [], "kernel_module": None, "device_files": [], "driver_libraries": []}}
DEAD = {"driver": {"devices": 0, "why": "cuInit: CUDA_ERROR_UNKNOWN", "library": "/usr/lib/libcuda.so.1"}, "devices": [SOUND["devices"][1]],
        "weft": {"default_device": "cpu:0"}}


def state(*changes):
    """SOUND with changes, one level deep."""
    new = copy.deepcopy(SOUND)
    for change in changes:
        for room, value in change.items():
            if isinstance(value, dict) and isinstance(new[room], dict):
                new[room].update(value)
            else:
                new[room] = value
    return new


def gpu(**changes):
    return {"devices": [{**SOUND["devices"][0], **changes}, SOUND["devices"][1]]}


CASES = {
    "no-gpu": (NO_DRIVER, NOTHING),
    "driver-missing": (NO_DRIVER, {"nvidia": {"kernel_module": None, "device_files": [], "driver_libraries": []}}),
    "nouveau-in-the-way": (NO_DRIVER, {"nvidia": {"kernel_module": None, "device_files": [], "driver_libraries": [], "nouveau": True}}),
    "driver-library-missing": (NO_DRIVER, {"nvidia": {"driver_libraries": []}}),
    "container-without-devices": (NO_DRIVER, {"system": {"container": True}, "nvidia": {"device_files": []}}),
    "device-files-missing": (DEAD, {"nvidia": {"device_files": []}}),
    "device-files-forbidden": (DEAD, {"nvidia": {"unreadable_files": ["/dev/nvidia0"]}}),
    "stub-library": (DEAD, {"driver": {"library": "/usr/local/cuda/lib64/stubs/libcuda.so"}}),
    "mixed-versions": (DEAD, {"driver": {"why": "cuInit: CUDA_ERROR_SYSTEM_DRIVER_MISMATCH"}}),
    "driver-too-old": (gpu(cuda=8000),),
    "hidden-by-environment": (DEAD, {"driver": {"why": "cuInit: CUDA_ERROR_NO_DEVICE"}, "environment": {"CUDA_VISIBLE_DEVICES": "7"}}),
    "hidden-from-container": (DEAD, {"environment": {"NVIDIA_VISIBLE_DEVICES": "void"}}),
    "wsl-without-library": (NO_DRIVER, {"system": {"wsl": True}, "nvidia": {"device_files": [], "cards": [], "kernel_module": None}}),
    "driver-does-not-answer": (DEAD,),
    "switched-off": (NO_DRIVER, {"environment": {"WEFT_CUDA_LIBRARY": "off"}}),
    "stand-in-driver": ({"environment": {"WEFT_CUDA_LIBRARY": "/tmp/fake.so"}},),
    "sleeping-gpu": ({"nvidia": {"cards": [{**CARD, "power": "suspended"}]}},),
    "driver-older-than-the-card": (DEAD, {"nvidia": {"cards": [{**CARD, "device": "0x2b85"}], "kernel_module": "550.54.14"}}),
    "driver-newer-than-the-card": (DEAD, {"nvidia": {"cards": [{**CARD, "device": "0x1b06"}], "kernel_module": "590.44.01"}}),
    "narrow-slot": ({"nvidia": {"cards": [{**CARD, "lanes": 4}]}},),
    "busy-while-measured": ({"system": {"load": 7.5}, "bench": [{"device": "cpu:0", "figure": "launch", "value": 1e-6, "unit": "s", "could": None, "of": ""}]},),
    "slower-than-it-could": ({"bench": [{"device": "cuda:0", "figure": "memory", "value": 1e11, "unit": "B/s", "could": 1e12, "of": "its clock"}]},),
    "newer-than-the-compiler": (gpu(compute=130),),
    "card-too-old": (gpu(compute=35),),
    "default-is-not-the-gpu": ({"weft": {"default_device": "cpu:0"}},),
    "default-device-missing": ({"weft": {"default_device": "none: no device cuda:3"}, "environment": {"WEFT_DEVICE": "cuda:3"}},),
    "self-test-failed": ({"tests": [{"device": "cuda:0", "test": "arrays", "seconds": 1.0, "error": "3 of 9 results differ from the CPU's"}]},),
    "memory-not-executable": ({"tests": [{"device": "cpu:0", "test": "cuda_c", "seconds": 0.1, "error":
                               "UnsupportedError: the system does not let this process make memory executable, and …"}]},),
    "compiler-broken": ({"weft": {"compiler": {"version": None, "why": "OSError: no LLVM"}}},),
    "numpy-broken": ({"numpy": "ImportError: no module"},),
    "packages-too-old": ({"packages": {"numpy": "1.26.4"}},),
    "numba-wants-another-llvmlite": ({"numba_asks": "<0.45,>=0.44.0dev0"},),
    "files-hide-modules": ({"hiding": ["random.py"]},),
    "installed-twice": ({"installations": ["/home/me/.venv/lib/python3.12/site-packages", "/home/me/.local/lib/python3.12/site-packages"]},),
    "cache-not-writable": ({"weft": {"cache_writable": False}},),
    "cache-refused": ({"weft": {"cache_folder": None, "cache_writable": False, "cache_refused": "HOME is not set"}},),
    "cache-disk-full": ({"weft": {"cache_free": 1000}},),
    "less-memory": ({"system": {"memory_limit": 2**31}},),
    "settings-misunderstood": ({"weft": {"setting_problems": ["WEFT_THREADS is a number, not 'abc'; it counts as unset"]}},),
    "fewer-processors": ({"system": {"processor_quota": 2.0}},),
    "launches-are-serialised": ({"environment": {"CUDA_LAUNCH_BLOCKING": "1"}},),
}


@pytest.mark.parametrize("system, libraries, name, words", [
    ("Windows", [], "no-gpu", "nvidia.com/drivers"), ("Windows", ["nvcuda.dll"], "driver-does-not-answer", "devmgmt.msc"),
    ("Darwin", [], "no-gpu", "Nothing to do")])
def test_systems_that_show_no_bus(system, libraries, name, words):
    """Windows and macOS have no /sys and /proc: what is said there does not speak of Linux's files."""
    found = findings.find(state(DEAD, NOTHING, {"system": {"os": system}, "nvidia": {
        "driver_libraries": [{"path": one, "file": one} for one in libraries]}}))
    assert [one.id for one in found] == [name] and words in found[0].fix and "/dev" not in found[0].what + found[0].fix


def test_a_sound_machine_has_no_findings():
    assert findings.find(state()) == []
    assert "Nothing stands in the way." in as_text(state(), [])


@pytest.mark.parametrize("name", CASES)
def test_finding(name):
    made = state(*CASES[name])
    found = findings.find(made)
    assert name in [one.id for one in found], found
    assert len(found) <= 2, found  # one cause is told once, or with what follows from it
    text = as_text(made, found)
    assert all(one.what.split()[0] in text and one.fix for one in found)
    assert json.loads(as_json(made, found))["findings"][0]["fix"]


@pytest.mark.parametrize("device, generation", [("0x2684", "Ada Lovelace"), ("0x2335", "Hopper"), ("0x20b5", "Ampere"), ("0x1eb8", "Turing"), ("0x2191", "Turing"),
                                                ("0x15f8", "Pascal"), ("0x1db4", "Volta"), ("0x13c2", "Maxwell"), ("0x17c8", "Maxwell"), ("0x2b85", "Blackwell"),
                                                ("0x102d", "Kepler"), ("0x2482", "Ampere"), ("0x2503", "Ampere")])
def test_chips_are_known_by_their_number(device, generation):
    assert findings.chip({"device": device})[0] == generation


def test_numbers_that_are_in_no_table():
    assert findings.chip({"device": "0x0001"}) is None and findings.chip({"device": ""}) is None


def test_every_finding_has_a_case():
    assert {check.__name__.replace("_", "-") for check in findings._ALL} == set(CASES)


# --- the machine's own files ------------------------------------------------------------------------------------------

ADA = {"/sys/bus/pci/devices/0000:01:00.0/vendor": "0x10de\n", "/sys/bus/pci/devices/0000:01:00.0/class": "0x030000\n",
       "/sys/bus/pci/devices/0000:01:00.0/device": "0x2684\n", "/sys/bus/pci/devices/0000:01:00.0/power/runtime_status": "active\n",
       "/sys/bus/pci/devices/0000:00:02.0/vendor": "0x8086\n", "/sys/bus/pci/devices/0000:00:02.0/class": "0x030000\n"}
MODULE = {"/proc/driver/nvidia/version": "NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.65.06  Sun Jul 27 2025\nGCC version: 12\n",
          "/proc/modules": "nvidia_uvm 4812800 2 - Live 0x0\nnvidia 104165376 48 nvidia_uvm, Live 0x0\n"}
LIBRARY = {"/usr/lib/x86_64-linux-gnu/libcuda.so.580.65.06": "", "/usr/lib/x86_64-linux-gnu/libcuda.so.1": "-> libcuda.so.580.65.06"}
NODES = {"/dev/nvidia0": "", "/dev/nvidiactl": "", "/dev/nvidia-uvm": ""}
DOCKER = {"/.dockerenv": "", "/proc/1/cgroup": "0::/\n"}
WSL = {"/proc/sys/kernel/osrelease": "5.15.167.4-microsoft-standard-WSL2\n"}
NO_DEVICE = "cuInit: CUDA_ERROR_NO_DEVICE"

# finding → files, what the driver says, the environment
MACHINES = {
    "no-gpu": ({}, "no NVIDIA driver: libcuda.so.1", {}),
    "driver-missing": (ADA, "no NVIDIA driver: libcuda.so.1", {}),
    "nouveau-in-the-way": ({**ADA, "/proc/modules": "nouveau 3096576 14 - Live 0x0\n"}, "no NVIDIA driver: libcuda.so.1", {}),
    "container-without-devices": ({**ADA, **MODULE, **LIBRARY, **DOCKER}, NO_DEVICE, {}),
    "driver-library-missing": ({**ADA, **MODULE, **NODES, **DOCKER}, "no NVIDIA driver: libcuda.so.1", {}),
    "device-files-missing": ({**ADA, **MODULE, **LIBRARY}, NO_DEVICE, {}),
    "stub-library": ({**ADA, **MODULE, **NODES, **LIBRARY, "/cuda/lib64/stubs/libcuda.so": ""}, "cuInit: CUDA_ERROR_STUB_LIBRARY",
                     {"LD_LIBRARY_PATH": "/cuda/lib64/stubs"}),
    "mixed-versions": ({**ADA, **MODULE, **NODES, "/usr/lib/x86_64-linux-gnu/libcuda.so.570.86.10": "",
                        "/usr/lib/x86_64-linux-gnu/libcuda.so.1": "-> libcuda.so.570.86.10"}, "cuInit: CUDA_ERROR_SYSTEM_DRIVER_MISMATCH", {}),
    "hidden-by-environment": ({**ADA, **MODULE, **NODES, **LIBRARY}, NO_DEVICE, {"CUDA_VISIBLE_DEVICES": "-1"}),
    "hidden-from-container": ({**ADA, **MODULE, **NODES, **LIBRARY, **DOCKER}, NO_DEVICE, {"NVIDIA_VISIBLE_DEVICES": "void"}),
    "sleeping-gpu": ({**ADA, **MODULE, **NODES, **LIBRARY, "/sys/bus/pci/devices/0000:01:00.0/power/runtime_status": "suspended\n"}, None, {}),
    "narrow-slot": ({**ADA, **MODULE, **NODES, **LIBRARY, "/sys/bus/pci/devices/0000:01:00.0/current_link_width": "4\n",
                     "/sys/bus/pci/devices/0000:01:00.0/max_link_width": "16\n"}, None, {}),
    "driver-older-than-the-card": ({**ADA, **MODULE, **NODES, **LIBRARY, "/sys/bus/pci/devices/0000:01:00.0/device": "0x2b85\n",
                                    "/proc/driver/nvidia/version": "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  550.54.14  Release\n",
                                    "/usr/lib/x86_64-linux-gnu/libcuda.so.1": "-> libcuda.so.550.54.14",
                                    "/usr/lib/x86_64-linux-gnu/libcuda.so.550.54.14": ""}, NO_DEVICE, {}),
    "wsl-without-library": ({**WSL, "/usr/lib/x86_64-linux-gnu/libcuda.so.1": "", "/usr/lib/wsl/lib/libcuda.so.1": "", "/dev/dxg": ""},
                            "cuInit: CUDA_ERROR_NO_DEVICE", {}),
}


@pytest.mark.parametrize("name", MACHINES)
def test_a_machine_from_its_files(name, tmp_path, monkeypatch):
    files, why, environment = MACHINES[name]
    for path, text in files.items():
        place = tmp_path / path[1:]
        place.parent.mkdir(parents=True, exist_ok=True)
        if text.startswith("-> "):
            place.symlink_to(text[3:])
        else:
            place.write_text(text)
    for variable in machine.environment():
        monkeypatch.delenv(variable)
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setattr(machine, "ROOT", str(tmp_path))
    seen = {"nvidia": machine.nvidia(), "environment": machine.environment(),
            "system": {key: machine.system()[key] for key in ("wsl", "container")}}
    found = findings.find(state(seen, *([] if why is None else [NO_DRIVER, {"driver": {"devices": 0, "why": why, "library": None}}])))
    assert [one.id for one in found] == [name], (found, seen)


def test_why_there_is_no_cache(tmp_path, monkeypatch):
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("WEFT_CACHE_DIR", raising=False)
    monkeypatch.delenv("HOME", raising=False)
    assert machine._refused() == "HOME is not set"
    monkeypatch.setenv("WEFT_CACHE_DIR", "off")
    assert machine._refused() is None
    folder = tmp_path / "cache"
    monkeypatch.setenv("WEFT_CACHE_DIR", str(folder))
    assert machine._refused() == f"{folder} cannot be made"
    folder.mkdir()
    folder.chmod(0o777)
    assert machine._refused().startswith(f"{folder} can be written by others")
    assert machine._free(str(folder / "below" / "it")) > 0 and machine._free(None) is None


INFO = {"compute_major": 9, "compute_minor": 0, "memory_clock_khz": 3_201_000, "memory_bus_bits": 6144, "clock_khz": 1_980_000, "multiprocessors": 132}


def test_what_a_gpu_could_do():
    could = bench.gpu_could(INFO, (32.0, 16))
    assert could["memory"][0] == pytest.approx(4.917e12, rel=1e-3) and could["float32"][0] == pytest.approx(66.9e12, rel=1e-3)
    assert could["float64"][0] == could["float32"][0] / 2 and could["to it"][0] == pytest.approx(63.0e9, rel=1e-3)
    assert bench.gpu_could({**INFO, "compute_major": 99, "memory_clock_khz": 0}, None) == {}


def test_what_the_files_say(tmp_path):
    card = tmp_path / "0000:3b:00.0"
    card.mkdir()
    (card / "max_link_speed").write_text("16.0 GT/s PCIe\n")
    (card / "current_link_width").write_text("8\n")
    assert bench._link("00000000:3B:00.0", tmp_path) == (16.0, 8) and bench._link("0000:01:00.0", tmp_path) is None
    (card / "max_link_speed").write_text("Unknown\n")
    assert bench._link("0000:3B:00.0", tmp_path) is None
    cpus = tmp_path / "cpuinfo"
    cpus.write_text("".join(f"processor : {i}\nphysical id\t: 0\ncore id\t\t: {i // 2}\nflags\t: sse2 avx2\n\n" for i in range(8)))
    assert bench.physical_cores(cpus) == 4 and bench.vector_lanes(cpus) == 8
    cpus.write_text("nothing\n")
    assert bench.physical_cores(cpus) is None and bench.vector_lanes(cpus) is None and bench.physical_cores(tmp_path / "none") is None


def test_the_benchmark_runs_and_is_told(monkeypatch):
    """With one run of each, whose time is made up."""
    monkeypatch.setattr(probe, "_best", lambda run, **more: (run(), 1e-3)[1])
    monkeypatch.setattr(bench, "numpy_copy", lambda threads: 1e10)
    steps = []
    rows = bench.run(steps.append)
    assert {row["device"] for row in rows} >= {"cpu:0"} and any("launches" in step for step in steps)
    on_cpu = {row["figure"]: row for row in rows if row["device"] == "cpu:0"}
    assert set(on_cpu) == set(bench.CPU_FIGURES) and all(row["value"] > 0 for row in rows)
    assert on_cpu["memory"]["could"] == 1e10 and "NumPy" in on_cpu["memory"]["of"]
    made = state({"bench": [*rows, {"device": "cuda:0", "figure": "memory", "value": 4.2e12, "unit": "B/s", "could": 4.9e12, "of": "its memory's clock and bus"}]})
    text = as_text(made, [])
    assert "memory 4.2 TB/s 86% of 4.9 TB/s: its memory's clock and bus" in " ".join(text.split()) and "launch" in text
    assert json.loads(as_json(made, []))["bench"][0]["figure"] == "memory"


def test_the_command_without_numpy_and_llvmlite(tmp_path):
    program = "import sys; sys.modules['%s'] = None; from weft.doctor import main; sys.exit(main([]))"
    for name, said in (("numpy", "NumPy does not load (ModuleNotFoundError"), ("llvmlite", "llvmlite does not load (")):
        done = subprocess.run([sys.executable, "-c", program % name], capture_output=True, text=True, cwd=tmp_path, timeout=300,
                              env={**os.environ, "WEFT_CUDA_LIBRARY": "off", "WEFT_CACHE_DIR": str(tmp_path), "WEFT_DEVICE": "cpu"})
        assert done.returncode == 1 and said in done.stdout and not done.stderr, done.stdout + done.stderr
    done = subprocess.run([sys.executable, "-c", "import sys; sys.modules['llvmlite'] = None; import weft; weft.Kernel('__global__ void k() {}')(grid=1, block=1)"],
                          capture_output=True, text=True, cwd=tmp_path, timeout=300, env={**os.environ, "WEFT_CACHE_DIR": "off"})
    assert "llvmlite, which new kernels are compiled with, does not load" in done.stderr


@pytest.mark.parametrize("package, text, said", [
    ("numpy", "raise ImportError('half of it is missing')", "NumPy does not load (ImportError: half of it is missing)"),
    ("numpy", "print", "numpy.py is imported in place of the package numpy: rename that file"),
    ("llvmlite", "raise OSError('libLLVM.so not found')", "llvmlite does not load (OSError: libLLVM.so not found)")])
def test_the_command_with_a_broken_package(tmp_path, package, text, said):
    """The command itself, found before the packages that the doctor is asked about; one cause is one problem."""
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / f"{package}.py").write_text(text + "\n")
    path = os.pathsep.join([str(tmp_path / "broken"), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "WEFT_CUDA_LIBRARY": "off", "WEFT_CACHE_DIR": str(tmp_path / "cache"), "WEFT_DEVICE": "cpu", "PYTHONPATH": path}
    done = subprocess.run([sys.executable, "-P", "-m", "weft", "doctor"], capture_output=True, text=True, env=environment, cwd=tmp_path, timeout=300)
    told = " ".join(done.stdout.split())
    assert done.returncode == 1 and said in told.replace("- ", "-") and told.count("PROBLEM") == 1 and not done.stderr, done.stdout + done.stderr
    program = subprocess.run([sys.executable, "-P", "-c", "import weft as wf; wf.ones(3); wf.Kernel('__global__ void k() {}')(grid=1, block=1)"],
                             capture_output=True, text=True, env=environment, cwd=tmp_path, timeout=300)
    assert program.returncode == 1 and (said if "in place" in said else text.split("'")[1]) in program.stderr


def test_a_package_that_is_too_old_is_named_at_the_first_kernel(tmp_path):
    """Another package's installation took llvmlite back to an older one, whose LLVM does not read what weft writes."""
    program = ("import llvmlite; llvmlite.__version__ = '0.44.0'; import weft\n"
               "try: weft.Kernel('__global__ void k() {}')(grid=1, block=1)\n"
               "except weft.InternalError as error: print(error)\n"
               "import numpy; numpy.__version__ = '1.26.4'; weft.ones")
    done = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, cwd=tmp_path, timeout=300, env={**os.environ, "WEFT_CACHE_DIR": "off"})
    assert "llvmlite is 0.44.0, and weft compiles new kernels with 0.45 or newer: pip install --upgrade llvmlite" in done.stdout, done.stdout + done.stderr
    assert "NumPy 1.26.4 is older than the 2.0 that weft needs" in done.stderr and done.returncode == 0


def test_a_failed_self_test_is_told_once():
    tests = [{"device": "cpu:0", "test": "cuda_c", "seconds": 0.1, "error": "InternalError: [compile] LLVM IR parsing error"}]
    for change, name in (({"packages": {"llvmlite": "0.44.0"}}, "packages-too-old"), ({"weft": {"compiler": {"version": None, "why": "OSError"}}}, "compiler-broken")):
        assert [one.id for one in findings.find(state(change, {"tests": tests}))] == [name]


def test_what_numba_asks_of_llvmlite(tmp_path, monkeypatch):
    assert [found for asked in (None, ">=0.44", "<0.46,>=0.45.0dev0", "<0.45") for found in findings.find(state({"numba_asks": asked}))][0].id == "numba-wants-another-llvmlite"
    (tmp_path / "numba-0.61.2.dist-info").mkdir()
    (tmp_path / "numba-0.61.2.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: numba\nVersion: 0.61.2\nRequires-Dist: llvmlite<0.45,>=0.44.0dev0\n"
                                                                  "Requires-Dist: numpy<2.3\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert machine.numba_asks() == "<0.45,>=0.44.0dev0"


def test_files_that_hide_modules(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("random.py", "weft.py", "cupy.py", "os.py", "sys.py", "mine.py", "numpy.txt"):
        (tmp_path / name).write_text("")
    assert machine.hiding_files() == ["cupy.py", "random.py", "weft.py"]
    environment = {**os.environ, "WEFT_CUDA_LIBRARY": "off", "WEFT_CACHE_DIR": str(tmp_path), "WEFT_DEVICE": "cpu"}
    (tmp_path / "weft.py").unlink()
    environment.pop("PYTHONSAFEPATH", None)
    done = subprocess.run([sys.executable, "-m", "weft", "doctor", "--no-test"], capture_output=True, text=True, env=environment, cwd=tmp_path, timeout=300)
    assert done.returncode == 0 and "cupy.py, random.py hides" in " ".join(done.stdout.split()), done.stdout + done.stderr


@pytest.mark.skipif(os.name == "nt", reason="POSIX's files")
def test_the_command_in_a_folder_that_is_gone(tmp_path):
    environment = {**os.environ, "WEFT_CUDA_LIBRARY": "off", "WEFT_CACHE_DIR": "off", "WEFT_DEVICE": "cpu"}
    script = f"mkdir gone; cd gone; rmdir ../gone; exec {sys.executable} -m weft doctor --no-test"
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, env=environment, cwd=tmp_path, timeout=300)
    assert done.returncode == 0 and "Nothing stands in the way" in done.stdout and "Traceback" not in done.stderr, done.stderr


@pytest.mark.skipif(os.name == "nt", reason="POSIX's files")
def test_the_command_with_nowhere_to_write(tmp_path):
    environment = {**os.environ, "WEFT_CUDA_LIBRARY": "off", "WEFT_CACHE_DIR": str(tmp_path), "WEFT_DEVICE": "cpu"}
    command = f"{sys.executable} -m weft doctor --no-test"
    for end, code, said in ((">&-", 0, ""), ("2>&- >/dev/null", 0, ""), (">/dev/full", 1, "weft: cannot write: No space left on device\n")):
        if "full" in end and not os.path.exists("/dev/full"):
            continue
        done = subprocess.run(["sh", "-c", f"{command} {end}"], capture_output=True, text=True, env=environment, cwd=tmp_path, timeout=300)
        assert (done.returncode, done.stderr) == (code, said), (end, done.stderr)


def test_the_command(tmp_path):
    environment = {**os.environ, "WEFT_CUDA_LIBRARY": "off", "WEFT_CACHE_DIR": str(tmp_path), "WEFT_DEVICE": "cpu"}
    done = subprocess.run([sys.executable, "-m", "weft", "doctor", "--json"], capture_output=True, text=True, env=environment, cwd=tmp_path, timeout=300)
    report = json.loads(done.stdout)
    assert done.returncode == 0, done.stdout
    assert [row["error"] for row in report["tests"]] == [None] * len(report["tests"]) and len(report["tests"]) >= 3
    assert "switched-off" in [one["id"] for one in report["findings"]]
    done = subprocess.run([sys.executable, "-m", "weft", "doctor", "--no-test"], capture_output=True, text=True, env=environment, cwd=tmp_path, timeout=300)
    assert done.returncode == 0 and "Self-test" not in done.stdout and "cpu:0" in done.stdout
    done = subprocess.run([sys.executable, "-m", "weft", "doctor"], capture_output=True, text=True, cwd=tmp_path, timeout=300,
                          env={**environment, "WEFT_DEVICE": "cuda:0"})
    assert done.returncode == 1 and "WEFT_DEVICE=cuda:0" in done.stdout and not done.stderr, done.stderr
    assert subprocess.run([sys.executable, "-m", "weft", "doctor", "--nonsense"], capture_output=True, cwd=tmp_path, timeout=300).returncode == 2
