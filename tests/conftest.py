"""Shared by all Python tests: the GPU group is skipped, with a reason, where no driver or device is found; property tests draw
the same examples each time, so that a change is judged by what it changed. WEFT_TEST_RANDOM=1 draws others."""

import ctypes
import os
import pathlib
import shutil
import subprocess

import hypothesis
import pytest

if not os.environ.get("WEFT_TEST_RANDOM"):
    hypothesis.settings.register_profile("same", derandomize=True)
    hypothesis.settings.load_profile("same")


def gpu_count() -> int:
    """Devices that the CUDA driver reports, asked without weft so that a broken weft cannot hide a GPU."""
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return 0
    count = ctypes.c_int(0)
    if driver.cuInit(0) != 0 or driver.cuDeviceGetCount(ctypes.byref(count)) != 0:
        return 0
    return count.value


def pytest_collection_modifyitems(config, items):
    if os.environ.get("WEFT_DEVICE", "").startswith("cuda"):
        for item in items:
            if item.get_closest_marker("cpu"):
                item.add_marker(pytest.mark.skip(reason="about arrays in the host's memory"))
    marked = [item for item in items if "gpu" in item.path.parts or item.get_closest_marker("gpu")]
    if not marked or gpu_count():
        return
    skip = pytest.mark.skip(reason="no NVIDIA GPU on this machine")
    for item in marked:
        item.add_marker(skip)


@pytest.fixture(scope="session")
def fake(tmp_path_factory):
    """The stand-in for the CUDA driver (tests/c/fake_cuda), built: its path, for WEFT_CUDA_LIBRARY."""
    compiler = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler to build the stand-in driver with")
    root = pathlib.Path(__file__).resolve().parents[1]
    library = tmp_path_factory.mktemp("fake") / "libfake_cuda.so"
    subprocess.run([compiler, "-std=gnu11", "-O1", "-shared", "-fPIC", f"-I{root / 'src'}", "-o", library,
                    root / "tests" / "c" / "fake_cuda" / "fake_cuda.c", "-lpthread"], check=True)
    return library


@pytest.fixture
def scale():
    """A kernel: x[i] *= factor for i < n."""
    import weft as wf

    return wf.Module(r"""
__global__ void scale(float *x, float factor, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) x[i] *= factor;
}
""")["scale"]


@pytest.fixture
def trees_print_and_read_back(monkeypatch):
    """Each function that a test compiled: its tree's print, read by the CUDA C front-end, prints the same again."""
    import weft as wf
    from weft._pydispatch import Dispatcher

    made, init = [], Dispatcher.__init__

    def remember(self, *args, **options):
        init(self, *args, **options)
        made.append(self)

    monkeypatch.setattr(Dispatcher, "__init__", remember)
    yield
    for one in made:
        for codes in one._variants()[:3]:
            text = one._print(codes)
            again = wf.Module(text).show("cuda")  # declarations may come in another order
            assert sorted(again.splitlines()) == sorted(text.splitlines())


@pytest.fixture(params=["cpu", pytest.param("cuda", marks=pytest.mark.gpu)])
def device(request):
    """The CPU and, where there is one, a GPU."""
    import weft as wf

    with wf.device(request.param):
        yield request.param
