"""vectorize and guvectorize, on the CPU and as kernels."""

import math

import numpy as np
import pytest

import weft as wf
from weft import _pytypes as types
from weft import cuda
from weft._vectorize import guvectorize, vectorize

rng = np.random.default_rng(3)
TARGETS = ["cpu", "parallel", "cuda"]


@pytest.fixture(autouse=True)
def on_the_cpu():
    with wf.device("cpu"):
        yield


@pytest.mark.parametrize("target", TARGETS)
def test_shapes_and_types(target):
    @vectorize(["float64(float64, float64)", "float32(float32, float32)"], target=target)
    def f(a, b):
        return math.sqrt(a * a + b * b) if a > b else a - b

    def expected(a, b):
        return np.where(a > b, np.hypot(a, b), a - b)

    a, b = rng.random((4, 5)), rng.random((4, 5))
    assert np.allclose(f(a, b), expected(a, b))
    assert np.allclose(f(a, b[0]), expected(a, b[0])) and np.allclose(f(a[:, ::2], 0.5), expected(a[:, ::2], 0.5))
    assert f(np.float32(a), np.float32(b)).dtype == np.float32 and f(1, 2) == -1.0
    out = np.zeros((4, 5))
    assert f(a, b, out=out) is out and np.allclose(out, expected(a, b))
    assert f(np.zeros(0), np.zeros(0)).shape == (0,)
    with pytest.raises(TypeError):
        f(a)
    with pytest.raises(ValueError):
        f(np.zeros(3), np.zeros(4))


@pytest.mark.parametrize("target", TARGETS)
def test_without_signatures(target):
    @vectorize(target=target)
    def f(x):
        return x * 2 + 1

    for x in (np.arange(6), np.arange(6.0), np.arange(6, dtype=np.int32).reshape(2, 3)):
        assert np.array_equal(f(x), x * 2 + 1)


def test_reduce():
    @vectorize("int64(int64, int64)", identity=0)
    def add(a, b):
        return a + b

    assert add.reduce(np.arange(100)) == 4950 and add.reduce(np.zeros(0, np.int64)) == 0
    assert add.types == ["ll->l"]


def test_device_arrays_stay():
    @vectorize("float64(float64)", target="cuda")
    def f(x):
        return x + 1

    made = f(cuda.to_device(np.arange(10.0)))
    assert isinstance(made, cuda.DeviceNDArray) and np.array_equal(made.copy_to_host(), np.arange(10) + 1)


@pytest.mark.parametrize("target", ["cpu", "cuda"])
def test_guvectorize(target):
    @guvectorize(["void(float64[:], float64, float64[:])"], "(n),()->(n)", target=target)
    def add_to(x, y, out):
        for i in range(x.shape[0]):
            out[i] = x[i] + y

    x = rng.random((3, 4))
    assert np.allclose(add_to(x, 2.0), x + 2) and np.allclose(add_to(x[0], np.arange(3.0)), x[0] + np.arange(3.0)[:, None])

    @guvectorize([(types.float64[:, :], types.float64[:, :], types.float64[:, :])], "(m,n),(n,p)->(m,p)", target=target)
    def product(a, b, c):
        for i in range(a.shape[0]):
            for j in range(b.shape[1]):
                total = 0.0
                for k in range(a.shape[1]):
                    total += a[i, k] * b[k, j]
                c[i, j] = total

    a, b = rng.random((5, 2, 3)), rng.random((3, 4))
    assert np.allclose(product(a, b), a @ b)

    @guvectorize(["void(float64[:], float64[:])"], "(n)->()", target=target)
    def mean(x, out):
        total = 0.0
        for v in x:
            total += v
        out[0] = total / len(x)

    assert np.allclose(mean(a), a.mean(-1)) and mean(x[0]) == pytest.approx(x[0].mean())


def test_what_is_told():
    with pytest.warns(RuntimeWarning, match="nopython kwarg for cuda target is redundant"):
        vectorize(["float64(float64)"], target="cuda", nopython=True)

    @guvectorize(["void(float64[:], float64[:])"], "(n)->(n)", target="cuda")
    def copy(x, out):
        out[0] = x[0]

    with pytest.raises(TypeError, match="accepts 1 positional arguments .* Got 3 positional arguments."):
        copy(1, 2, 3)
