"""What a program can ask of a launch: the configuration that a kernel is compiled for, callbacks, where its code came from, warnings."""

import pickle
import subprocess
import sys

import numpy as np
import pytest

import weft as wf
from weft import cuda
from weft._extending import overload
from weft.cuda import launchconfig


@pytest.fixture(autouse=True)
def device():
    with wf.device("cpu"):
        yield


def make_kernel(step):
    @cuda.jit
    def kernel(x):
        i = cuda.grid(1)
        if i < x.size:
            x[i] += step

    return kernel


def blocks():
    raise AssertionError("for kernels alone")


def test_the_launch_that_compiles_a_kernel_can_be_asked_for():
    @overload(blocks, target="cuda")
    def for_kernels():
        config = launchconfig.ensure_current_launch_config()
        count = config.griddim[0]
        assert config.blockdim == (4, 1, 1) and config.args[0].shape == (9,)
        return lambda: count

    @cuda.jit
    def kernel(x):
        x[cuda.grid(1)] = blocks()

    x = np.zeros(9)
    with launchconfig.capture_compile_config(kernel) as record:
        kernel[2, 4](x)
        assert record["config"].griddim == (2, 1, 1) and record["config"].dispatcher is kernel
    assert x.tolist() == [2] * 8 + [0]
    with launchconfig.capture_compile_config(kernel) as record:
        kernel[1, 4](x)
    assert record["config"] is None and launchconfig.current_launch_config() is None
    with pytest.raises(RuntimeError, match="No launch config"):
        launchconfig.ensure_current_launch_config()
    with pytest.raises(NotImplementedError, match="compiles a kernel once for its arguments' types"):
        kernel.mark_launch_config_sensitive()


def test_callbacks_come_before_the_launch():
    kernel, said, x = make_kernel(1), [], np.zeros(4)
    one = kernel[1, 4]

    def before(compiled, config):
        said.append((str(compiled.signature), config.griddim, config.args[0].tolist()))

    one.pre_launch_callbacks.append(before)
    one(x), one(x)
    kernel[1, 4](x)
    assert said == [("(array(float64, 1d, C)) -> none", (1, 1, 1), [value] * 4) for value in (0.0, 1.0)]
    with pytest.raises(pickle.PicklingError, match="pre-launch callbacks"):
        pickle.dumps(one)

    def refuses(compiled, config):
        raise KeyError("not now")

    one.pre_launch_callbacks[:] = [refuses]
    with pytest.raises(KeyError, match="not now"):
        one(x)
    assert x.tolist() == [3.0] * 4


STATS = """
import numpy as np
from weft import cuda
@cuda.jit
def kernel(x):
    x[0] = 41.5 + x.size
kernel[1, 1](np.zeros(3))
kernel[1, 1](np.zeros(3, np.float32))
print(sum(kernel.stats.cache_hits.values()), sum(kernel.stats.cache_misses.values()), kernel.stats.cache_path)
"""


def test_stats_tell_what_the_disk_cache_had(tmp_path, monkeypatch):
    monkeypatch.setenv("WEFT_CACHE_DIR", str(tmp_path))
    source = tmp_path / "program.py"
    source.write_text(STATS)
    said = [subprocess.run([sys.executable, "-P", str(source)], capture_output=True, text=True, check=True).stdout.split() for _ in "12"]
    assert said == [["0", "2", str(tmp_path)], ["2", "0", str(tmp_path)]]


WARNED = """
import warnings
import numpy as np
from numba import config, cuda
@cuda.jit
def kernel(x):
    x[cuda.grid(1)] = 1
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    for _ in "12":
        kernel[2, 2](np.zeros(4))
    kernel[2, 2](cuda.to_device(np.zeros(4, np.int32)))
    config.CUDA_LOW_OCCUPANCY_WARNINGS = config.CUDA_WARN_ON_IMPLICIT_COPY = 0
    kernel[2, 2](np.zeros(4, np.int8))
for one in caught:
    print(one.category.__name__, str(one.message).split(" ")[0], one.lineno)
"""


@pytest.mark.parametrize("kind", ["cpu", "cuda"])
def test_warnings_come_once_for_a_kernel_of_a_gpu(tmp_path, kind, monkeypatch):
    if not any(d.kind == kind for d in wf.devices()):
        pytest.skip("no NVIDIA GPU on this machine")
    monkeypatch.setenv("WEFT_DEVICE", kind)
    source = tmp_path / "program.py"
    source.write_text(WARNED)
    said = subprocess.run([sys.executable, "-P", "-m", "weft", str(source)], capture_output=True, text=True, check=True).stdout
    expected = ["NumbaPerformanceWarning Grid 11", "NumbaPerformanceWarning Host 11", "NumbaPerformanceWarning Grid 12"]
    assert said.splitlines() == (expected if kind == "cuda" else [])


def test_a_program_that_asks_is_told_that_cuda_is_disabled(tmp_path, monkeypatch):
    source = tmp_path / "program.py"
    source.write_text("from numba import cuda\nprint(cuda.is_available(), cuda.cuda_error())")
    for value, expected in (("1", "False CUDA is disabled"), ("0", "True None")):
        monkeypatch.setenv("NUMBA_DISABLE_CUDA", value)
        said = subprocess.run([sys.executable, "-P", "-m", "weft", str(source)], capture_output=True, text=True, check=True).stdout
        assert said.startswith(expected)
