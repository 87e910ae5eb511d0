"""Names of the own door: CuPy's further names under `import weft as cp`, and sentences for NumPy's that are not there."""

import subprocess
import sys

import numpy as np
import pytest

import weft as wf

CUPYS = '''
import sys
import weft as cp
import numpy as np
kernel = cp.RawKernel('extern "C" __global__ void twice(const float *x, float *y, int n) { int i = threadIdx.x; if (i < n) y[i] = 2 * x[i]; }', "twice")
x, y = cp.arange(5, dtype=cp.float32), cp.zeros(5, cp.float32)
with cp.cuda.Device(0), cp.cuda.Stream(non_blocking=True) as stream:
    kernel((1,), (32,), (x, y, np.int32(5)))
stream.synchronize()
cp.cuda.Stream.null.synchronize()
cp.testing.assert_array_equal(y, np.arange(5) * 2)
@cp.fuse(kernel_name="line")
def line(a, b):
    return a * b + 1
assert line(x, y).tolist() == [1, 3, 9, 19, 33]
assert cp.is_available() and cp.cuda.is_available() and cp.cuda.runtime.getDeviceCount() >= 1
pool = cp.get_default_memory_pool()
assert pool.used_bytes() >= 0
pool.free_all_blocks()
assert cp.cuda.get_current_stream() == cp.cuda.Stream.null
event = cp.cuda.Event()
event.record()
event.synchronize()
module = cp.RawModule(code='extern "C" __global__ void count(int *a) { a[threadIdx.x] = threadIdx.x; }')
a = cp.zeros(3, cp.int32)
module.get_function("count")((1,), (3,), (a,))
assert a.tolist() == [0, 1, 2] and cp.asnumpy(a).dtype == np.int32
assert not [name for name in sys.modules if name.split(".")[0] == "cupy"]
assert not hasattr(x, "__cuda_array_interface__") or not str(x.device).startswith("cpu")
'''


def test_a_program_of_cupys_runs_under_weft_as_cp():
    run = subprocess.run([sys.executable, "-P", "-c", CUPYS], capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("name, says", [("ma", "masked arrays"), ("recarray", "record arrays"), ("memmap", "np.memmap"), ("char", "codes that weft takes"),
                                        ("nditer", "wf.jit"), ("longdouble", "float64"), ("matrix", "operator @"), ("tensor", "wf.asarray"), ("cat", "wf.concatenate"), ("nothing_like_it", "no attribute")])
def test_what_is_not_there_says_what_is(name, says):
    with pytest.raises(AttributeError, match=says) as told:
        getattr(wf, name)
    assert told.value.name == name and told.value.obj is wf
    assert not hasattr(wf.cuda, name + "_")


def test_namespaces_name_themselves():
    for space, shown in ((wf.linalg, "weft.linalg"), (wf.special, "weft.special"), (wf.lib, "weft.lib")):
        with pytest.raises(AttributeError, match=f"module '{shown}' has no attribute 'invs'"):
            space.invs


def test_show_config_is_about_weft(capsys):
    wf.show_config()
    said = capsys.readouterr().out
    assert f"weft {wf.__version__}" in said and "cpu:0" in said and "default:" in said and "Threads on the CPU" in said and "NumPy" in said
    assert wf.show_config("dicts")["devices"] and not capsys.readouterr().out
    with pytest.raises(ValueError):
        wf.show_config("loud")


def test_lib_and_emath():
    x = wf.arange(10.0)
    windows = wf.lib.stride_tricks.sliding_window_view(x, 4)
    assert windows.mean(-1).tolist() == [1.5 + k for k in range(7)]
    assert wf.lib.stride_tricks.as_strided(x, (3, 2), (8, 8)).tolist() == [[0, 1], [1, 2], [2, 3]]
    with pytest.warns(wf.FallbackWarning, match="emath.sqrt .* NumPy"):
        assert wf.emath.sqrt(wf.asarray([-4.0])).tolist() == [2j]
    assert wf.True_ is np.True_ and wf.str_ is np.str_ and wf.dtypes is np.dtypes


def test_without_scipy(monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] == "scipy"] + ["scipy", "scipy.special", "scipy.ndimage"]:
        monkeypatch.setitem(sys.modules, name, None)
    for space, name in ((wf.special, "jve"), (wf.ndimage, "morphological_laplace")):
        vars(space).pop(name, None)
        with pytest.raises(ModuleNotFoundError, match=rf"{name} has no kernel in weft and runs through SciPy, .*pip install scipy"):
            getattr(space, name)
    assert "erf" in dir(wf.special)
    assert abs(wf.ndimage.gaussian_filter(wf.ones((5, 5)), 1, order=(0, 1))).max() < 1e-15


def test_ufuncs_of_others_take_our_arrays():
    special = pytest.importorskip("scipy.special")
    host = np.linspace(-2, 2, 7)
    x = wf.asarray(host)
    np.testing.assert_allclose(special.erf(x).get(), special.erf(host), rtol=1e-15)
    with pytest.warns(wf.FallbackWarning, match="special.jv .* SciPy"):
        found = special.jv(2.0, x)
    assert isinstance(found, wf.ndarray) and np.array_equal(found.get(), special.jv(2.0, host))
    out, theirs = wf.zeros(7), np.zeros(7)
    with pytest.warns(wf.FallbackWarning):
        assert special.psi(x, out=out) is out and special.psi(x, out=theirs) is theirs
    assert np.array_equal(out.get(), special.psi(host), equal_nan=True) and np.array_equal(theirs, out.get(), equal_nan=True)
    with pytest.warns(wf.FallbackWarning):
        first, second = special.fresnel(x, out=(out, None))
    assert first is out and isinstance(second, wf.ndarray) and np.array_equal(out.get(), special.fresnel(host)[0])


@pytest.mark.cpu
def test_functions_of_pythons_as_ufuncs():
    host = np.arange(5.0)
    x = wf.asarray(host)
    add = np.frompyfunc(lambda a, b: a + b, 2, 1)
    with pytest.warns(wf.FallbackWarning, match="the ufunc .* NumPy"):
        assert add(x, 1).tolist() == [1, 2, 3, 4, 5]
    assert add.reduce(x) == 10 and add.outer(x, x).shape == (5, 5) and np.vectorize(lambda a: a * 2)(x).tolist() == [0, 2, 4, 6, 8]
    add.at(x, [0, 0], 10)
    assert x.tolist() == [20, 1, 2, 3, 4]
    assert np.frompyfunc(abs, 1, 1)(wf.asarray([-1.0])).tolist() == [1.0]


@pytest.mark.cpu
def test_random_into_numpys_arrays_and_states():
    out = np.zeros(4)
    assert wf.random.default_rng(1).random(out=out) is out and out.tolist() == wf.random.default_rng(1).random(4).tolist()
    assert wf.random.default_rng(1).standard_normal(out=out) is out and out.tolist() == wf.random.default_rng(1).standard_normal(4).tolist()
    for bad in (np.zeros(4, np.float32), [0.0]):
        with pytest.raises(TypeError, match="out"):
            wf.random.default_rng(1).random(out=bad)
    wf.random.seed(3)
    state = wf.random.get_state()
    first = wf.random.rand(5).tolist()
    wf.random.set_state(state)
    assert wf.random.rand(5).tolist() == first
    with pytest.raises(ValueError, match="MT19937"):
        wf.random.set_state(np.random.RandomState(1).get_state())


@pytest.mark.parametrize("program, says", [
    ("import cupy as cp; cp.arrange(3)", "module 'cupy' has no attribute 'arrange' in weft. Did you mean: 'arange'?"),
    ("import cupy as cp; cp.linalg.nosuch", "module 'cupy.linalg' has no attribute 'nosuch' in weft"),
    ("import cupy as cp; cp.longdouble", "module 'cupy' has no attribute 'longdouble' in weft: no device computes with such floats"),
    ("from numba import cuda; cuda.nosuch", "module 'numba.cuda' has no attribute 'nosuch' in weft"),
    ("import numba; numba.nosuch", "module 'numba' has no attribute 'nosuch' in weft")])
def test_what_a_drop_in_lacks_is_told_under_its_name(program, says):
    run = subprocess.run([sys.executable, "-P", "-m", "weft", "-c", program], capture_output=True, text=True, timeout=120)
    assert run.returncode == 1 and says in run.stderr.splitlines()[-1], run.stderr
