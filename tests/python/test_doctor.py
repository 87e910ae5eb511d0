"""weft doctor: each finding from a faked state of the machine, the report in both forms, the exit code."""

import copy
import json
import os
import subprocess
import sys

import pytest

from weft.doctor import findings
from weft.doctor.report import as_json, as_text

SOUND = {
    "system": {"os": "Linux", "machine": "x86_64", "python": "3.12.1", "wsl": False, "container": False, "processors": 8,
               "usable_processors": 8, "processor_quota": None, "memory": 2**34},
    "packages": {"weft": "0.1.0", "numpy": "2.1.0", "llvmlite": "0.45.0", "cupy": None, "numba": "0.68.0", "pycuda": None},
    "environment": {},
    "nvidia": {"cards": [{"address": "0000:01:00.0", "device": "0x2684", "power": "active"}], "kernel_module": "580.65.06", "nouveau": False,
               "device_files": ["/dev/nvidia-uvm", "/dev/nvidia0", "/dev/nvidiactl"], "unreadable_files": [],
               "driver_libraries": [{"path": "/usr/lib/x86_64-linux-gnu/libcuda.so.1", "file": "/usr/lib/x86_64-linux-gnu/libcuda.so.580.65.06"}]},
    "driver": {"devices": 1, "why": None, "library": "/usr/lib/x86_64-linux-gnu/libcuda.so.580.65.06"},
    "devices": [{"name": "cuda:0", "kind": "cuda", "model": "A GPU", "units": 100, "memory": 2**34, "compute": 89, "cuda": 13000},
                {"name": "cpu:0", "kind": "cpu", "model": "A CPU", "units": 8, "memory": 2**34, "compute": 90, "cuda": 13000}],
    "libraries": {"nvrtc": "/x/libnvrtc.so.13"},
    "weft": {"version": "0.1.0", "default_device": "cuda:0", "cache_folder": "/home/me/.cache/weft", "cache_bytes": 1000, "cache_writable": True,
             "compiler": {"version": "22.1.0", "why": None, "newest_compute": 120}, "settings": {},
             "setting_problems": []},
    "tests": [{"device": "cuda:0", "test": "arrays", "seconds": 0.1, "error": None}],
}
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
    "sleeping-gpu": ({"nvidia": {"cards": [{"address": "0000:01:00.0", "device": "0x1", "power": "suspended"}]}},),
    "newer-than-the-compiler": (gpu(compute=130),),
    "card-too-old": (gpu(compute=35),),
    "default-is-not-the-gpu": ({"weft": {"default_device": "cpu:0"}},),
    "default-device-missing": ({"weft": {"default_device": "none: no device cuda:3"}, "environment": {"WEFT_DEVICE": "cuda:3"}},),
    "self-test-failed": ({"tests": [{"device": "cuda:0", "test": "arrays", "seconds": 1.0, "error": "3 of 9 results differ from the CPU's"}]},),
    "compiler-broken": ({"weft": {"compiler": {"version": None, "why": "OSError: no LLVM"}}},),
    "packages-too-old": ({"packages": {"numpy": "1.26.4"}},),
    "cache-not-writable": ({"weft": {"cache_writable": False}},),
    "settings-misunderstood": ({"weft": {"setting_problems": ["WEFT_THREADS is a number, not 'abc'; it counts as unset"]}},),
    "fewer-processors": ({"system": {"processor_quota": 2.0}},),
    "launches-are-serialised": ({"environment": {"CUDA_LAUNCH_BLOCKING": "1"}},),
}


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


def test_every_finding_has_a_case():
    assert {check.__name__.replace("_", "-") for check in findings._ALL} == set(CASES)


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
