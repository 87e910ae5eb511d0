"""Where NVIDIA's libraries are looked for, on Linux and on Windows: folders are made as the wheels and installers make them."""

import os

import pytest

from weft import _libraries

# Files as the wheels of PyPI hold them (CUDA 12.9 and 13.5), with neighbours whose names begin alike.
WHEELS = {False: ["nvidia/cublas/lib/libcublas.so.12", "nvidia/cublas/lib/libcublasLt.so.12", "nvidia/cuda_nvrtc/lib/libnvrtc.so.12",
                  "nvidia/cuda_nvrtc/lib/libnvrtc-builtins.so.12.9", "nvidia/cu13/lib/libcublas.so.13", "nvidia/cu13/lib/libnvrtc.so.13"],
          True: ["nvidia/cublas/bin/cublas64_12.dll", "nvidia/cublas/bin/cublasLt64_12.dll", "nvidia/cuda_nvrtc/bin/nvrtc64_120_0.dll",
                 "nvidia/cuda_nvrtc/bin/nvrtc64_120_0.alt.dll", "nvidia/cuda_nvrtc/bin/nvrtc-builtins64_129.dll",
                 "nvidia/cu13/bin/x86_64/cublas64_13.dll", "nvidia/cu13/bin/x86_64/nvrtc64_130_0.dll", "nvidia/cu13/bin/x86_64/nvrtc-builtins64_135.dll"]}


def make(root, files):
    for file in files:
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")


@pytest.mark.parametrize("windows", [False, True])
def test_wheels(tmp_path, monkeypatch, windows):
    make(tmp_path, WHEELS[windows])
    monkeypatch.setattr("sys.path", [str(tmp_path), ""])
    for name in ("CONDA_PREFIX", "CUDA_PATH", "CUDA_HOME"):
        monkeypatch.delenv(name, raising=False)

    def found(name, versions):
        paths = _libraries.candidates(name, versions, windows=windows)
        return [os.path.relpath(path, tmp_path) for path in paths if path.startswith(str(tmp_path))]

    at = (lambda package, file: os.path.join("nvidia", package, *(["bin", "x86_64"] if package == "cu13" else ["bin"]), file)) if windows else (
        lambda package, file: os.path.join("nvidia", package, "lib", file))
    expected = {False: ("libcublas.so.12", "libcublas.so.13", "libnvrtc.so.13", "libnvrtc.so.12"),
                True: ("cublas64_12.dll", "cublas64_13.dll", "nvrtc64_130_0.dll", "nvrtc64_120_0.dll")}[windows]
    assert set(found("libcublas", ("13", "12", "11"))) == {at("cublas", expected[0]), at("cu13", expected[1])}
    assert set(found("libnvrtc", ("13", "12", "11.2"))) == {at("cu13", expected[2]), at("cuda_nvrtc", expected[3])}


def test_what_windows_calls_them():
    assert _libraries.system_names("libnvrtc", ("13", "12", "11.2"), windows=True) == ["nvrtc64_130_0.dll", "nvrtc64_120_0.dll", "nvrtc64_112_0.dll"]
    assert _libraries.system_names("libcublas", ("13", "12"), windows=True) == ["cublas64_13.dll", "cublas64_12.dll"]
    assert _libraries.system_names("libcublas", ("13", "12"), windows=False) == ["libcublas.so.13", "libcublas.so.12", "libcublas.so"]


@pytest.mark.parametrize("windows", [False, True])
def test_toolkit_and_conda(tmp_path, monkeypatch, windows):
    files = (["conda/Library/bin/cublas64_12.dll", "toolkit/bin/cublas64_12.dll", "toolkit/bin/x64/cublas64_13.dll"] if windows
             else ["conda/lib/libcublas.so.12", "toolkit/lib64/libcublas.so.12"])
    make(tmp_path, files)
    monkeypatch.setattr("sys.path", [])
    monkeypatch.setenv("CONDA_PREFIX", str(tmp_path / "conda"))
    monkeypatch.setenv("CUDA_PATH", str(tmp_path / "toolkit"))
    monkeypatch.delenv("CUDA_HOME", raising=False)
    paths = [path for path in _libraries.candidates("libcublas", ("13", "12"), windows=windows) if path.startswith(str(tmp_path))]
    assert paths == [str(tmp_path / file) for file in files]
