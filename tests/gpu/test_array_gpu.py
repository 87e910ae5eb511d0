"""Arrays on a real GPU: the same bits as on the CPU, whatever computes there; one launch for an expression."""

import numpy as np
import pytest

import weft as wf
from weft import _core

pytestmark = pytest.mark.gpu

N = 1 << 20


def on(device, function, *hosts):
    arrays = [wf.asarray(h, device=device) for h in hosts]
    result = function(*arrays)
    return [r.get() for r in (result if isinstance(result, tuple) else (result,))]


def hosts(dtype):
    rng = np.random.default_rng(11)
    if np.dtype(dtype).kind in "iu":
        return [rng.integers(1, 100, N).astype(dtype) for _ in range(3)]
    return [(rng.standard_normal(N) * 2).astype(dtype) for _ in range(3)]


def same_bits(a, b):
    a, b = np.asarray(a), np.asarray(b)
    assert a.dtype == b.dtype and a.shape == b.shape
    if a.dtype.kind == "f":
        nan = np.isnan(a)
        np.testing.assert_array_equal(nan, np.isnan(b))
        a, b = np.where(nan, 0, a), np.where(nan, 0, b)
        a, b = a.view(f"u{a.dtype.itemsize}"), b.view(f"u{b.dtype.itemsize}")
    np.testing.assert_array_equal(a, b)


EXPRESSIONS = {
    "sum": lambda a, b, c: (a * b + c).sum(),
    "chain": lambda a, b, c: wf.sin(a) ** 2 + 0.5 * wf.cos(b) ** 2 - c / 3,
    "functions": lambda a, b, c: wf.exp(a) + wf.log1p(wf.absolute(b)) * wf.tanh(c) + wf.hypot(a, b),
    "axes": lambda a, b, c: (a.reshape(1024, 1024).sum(0), b.reshape(1024, 1024).sum(1), c.reshape(64, 128, 128).sum((0, 2))),
    "views": lambda a, b, c: a.reshape(1024, 1024).T[3:, ::-2] * 2 + b.reshape(1024, 1024)[:1021, :512],
    "extremes": lambda a, b, c: (a.max(), b.argmin(), c.min(), a.reshape(256, 4096).argmax(1)),
    "statistics": lambda a, b, c: (a.mean(), b.var(), c.reshape(-1, 16).std(0)),
    "division": lambda a, b, c: (a // b, a % b),
    "where": lambda a, b, c: wf.where(a > b, a, c).astype("float32").sum(),
}


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "int32", "int64"])
@pytest.mark.parametrize("name", EXPRESSIONS)
def test_same_bits_as_the_cpu(name, dtype):
    given = hosts(dtype)
    for gpu, cpu in zip(on("cuda:0", EXPRESSIONS[name], *given), on("cpu", EXPRESSIONS[name], *given)):
        same_bits(gpu, cpu)


@pytest.mark.parametrize("n", [1, 2, 31, 100, 127, 128, 129, 4095, 4096, 4097, 1000003])
def test_sums_of_odd_lengths(n):
    x = np.random.default_rng(n).standard_normal(n).astype(np.float32)
    same_bits(on("cuda:0", lambda a: a.sum(), x)[0], on("cpu", lambda a: a.sum(), x)[0])


def test_one_launch_and_writes():
    with wf.device("cuda:0"):
        a = wf.asarray(np.arange(1000, dtype=np.float32))
        before = _core.array_stats()["kernels"]
        (a * a + 3).sum()._eval()
        assert _core.array_stats()["kernels"] - before == 1
        a[1:] = a[:-1]
        a += 1
        x = np.arange(1000, dtype=np.float32)
        x[1:] = x[:-1].copy()
        np.testing.assert_array_equal(a.get(), x + 1)
        with pytest.raises(TypeError):
            np.asarray(a)
        assert str(a.to_device("cpu").device).startswith("cpu")


def vectors(a, b, c):
    """Runs of neighbours in one access: aligned and not, odd ends, types of several widths, rows."""
    square = a[: 1000 * 1001].reshape(1000, 1001)
    even = b[: 1000 * 1024].reshape(1000, 1024)
    return (a + b, a[1:] + b[:-1], a[: N - 3] * 2, (a > b), a.astype("complex64") * (1 + 2j), a.astype("int8") + b.astype("float64"),
            square + b[:1001], even + c[:1024], even[:, 4:] + c[:1020], even.T + c[:1000], even[::2, :512] - 0.1, wf.arange(N, device=a.device) + a)


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "int32", "int8"])
def test_several_elements_a_thread(dtype):
    given = [np.resize(h, N + 1)[:N] for h in hosts(dtype)]
    for gpu, cpu in zip(on("cuda:0", vectors, *given), on("cpu", vectors, *given)):
        if cpu.dtype.kind == "c":
            np.testing.assert_array_equal(gpu, cpu)
        else:
            same_bits(gpu, cpu)
