"""Laziness and fusion: one kernel for an expression, nothing computed that nobody asks for, values that never go stale."""

import gc
import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest

import weft as wf
from weft import _core


@pytest.fixture(autouse=True)
def compiled():
    _core.array_set_policy(1)
    yield
    _core.array_set_policy(0)


def launched(function):
    before = _core.array_stats()
    result = function()
    after = _core.array_stats()
    return result, after["kernels"] - before["kernels"] + after["loops"] - before["loops"]


def test_an_expression_and_its_sum_are_one_kernel():
    host = [np.random.default_rng(k).random(4000).astype(np.float32) for k in range(3)]
    a, b, c = map(wf.asarray, host)
    result, kernels = launched(lambda: (a * b + c).sum().item())
    assert kernels == 1
    assert result == pytest.approx((host[0] * host[1] + host[2]).sum(), rel=1e-5)
    text = wf.explain((a * b + c).sum()).source
    assert "weft_multiply_add_sum" in text and "__shfl_down_sync" in text


def test_nothing_is_computed_for_dead_values():
    a = wf.ones(100)

    def program():
        for _ in range(20):
            a * 3 + 1
        gc.collect()
    _, kernels = launched(program)
    assert kernels == 0


def test_views_in_the_middle_are_fused():
    x = np.arange(600.0).reshape(20, 30)
    a = wf.asarray(x)
    y = (a + 1)[2:, ::-3].T * 2
    result, kernels = launched(y.get)
    assert kernels == 1
    np.testing.assert_array_equal(result, (x + 1)[2:, ::-3].T * 2)
    z = (a * 2)[:, None, :] - (a + 3)[None, :, :][:, :1]
    np.testing.assert_array_equal(z.get(), (x * 2)[:, None, :] - (x + 3)[None, :, :][:, :1])


def test_living_intermediates_are_stored_by_the_same_kernel():
    a = wf.arange(1000.0)
    kept = a * 2
    total = kept + 1
    _, kernels = launched(lambda: (total.get(), kept.get()))
    assert kernels == 1
    np.testing.assert_array_equal(kept.get(), np.arange(1000.0) * 2)


def test_a_loop_over_shapes_compiles_once():
    (wf.ones(10) * 2 + 1).get()
    before = _core.array_stats()["compiled"]
    for n in range(11, 40):
        np.testing.assert_array_equal((wf.asarray(np.ones(n)) * 2 + 1).get(), np.full(n, 3.0))
    assert _core.array_stats()["compiled"] - before <= 1


def test_long_chains_run_in_constant_memory():
    x = wf.zeros(1000)
    for k in range(5000):
        x = x + 1
    assert (x.get() == 5000).all()


def test_older_operations_read_older_values():
    a = wf.arange(10.0)
    b = a * 2
    a += 100
    a[3] = -1
    np.testing.assert_array_equal(b.get(), np.arange(10.0) * 2)
    c = a[2:5]
    d = c + 0
    a[3] = 7
    np.testing.assert_array_equal(c.get(), [102, 7, 104])
    np.testing.assert_array_equal(d.get(), [102, -1, 104])
    e = a.copy()
    a[...] = 0
    assert e.get()[0] == 100 and (a.get() == 0).all() and (c.get() == 0).all()


def test_overlapping_assignment():
    x = np.arange(20.0)
    a = wf.asarray(x)
    a[1:] = a[:-1]
    x[1:] = x[:-1].copy()
    np.testing.assert_array_equal(a.get(), x)
    a[::-1] = a + a[::-1]
    x[::-1] = x + x[::-1]
    np.testing.assert_array_equal(a.get(), x)


def test_shared_memory_is_seen_both_ways():
    host = np.arange(5.0)
    a = wf.asarray(host, copy=False, device="cpu")
    host[0] = 42
    b = a * 2
    host[1] = 99
    assert b.get().tolist() == [84, 2, 4, 6, 8]
    a[2] = -5
    a += 1
    assert host.tolist() == [43, 100, -4, 4, 5]


def test_exported_memory_is_seen_both_ways():
    a = wf.asarray(np.arange(5.0), device="cpu")
    view = np.asarray(a)
    a += 1
    assert view.tolist() == [1, 2, 3, 4, 5]
    view[0] = 10
    assert a.get()[0] == 10
    del view
    gc.collect()
    a *= 2
    assert a.get().tolist() == [20, 4, 6, 8, 10]


def test_the_second_process_reads_the_disk_cache(tmp_path):
    program = textwrap.dedent("""
        import sys
        import numpy as np
        import weft as wf
        from weft import _core
        _core.array_set_policy(1)
        a = wf.asarray(np.arange(1000, dtype=np.float32))
        print((a * a + 3).sum().item(), "llvmlite" in sys.modules)
    """)
    env = {**os.environ, "WEFT_CACHE_DIR": str(tmp_path), "WEFT_DEVICE": "cpu"}
    first, second = (subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=env, timeout=120) for _ in range(2))
    assert first.returncode == 0, first.stderr
    assert first.stdout.split()[0] == second.stdout.split()[0] and first.stdout.split()[1] == "True"
    assert second.stdout.split()[1] == "False"


def test_debug_shows_what_was_fused(tmp_path):
    program = "import weft as wf; from weft import _core; _core.array_set_policy(1); a = wf.ones(9); (a * a + 3).sum().item()"
    env = {**os.environ, "WEFT_DEBUG": "3", "WEFT_DEVICE": "cpu"}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=env, timeout=120)
    assert "weft_multiply_add_sum" in done.stderr, done.stderr


def test_sine_and_cosine_of_one_value_are_one_call():
    host = np.random.default_rng(5).standard_normal(3000).astype(np.float32) * 1000
    x = wf.asarray(host)
    alone = wf.sin(x).get(), wf.cos(x).get()
    s, c = wf.sin(x), wf.cos(x)
    text = wf.explain(s * 2 - c).source
    assert "wf_sincosf" in text and "wf_cosf(" not in text
    np.testing.assert_array_equal((s * 2 - c).get(), alone[0] * np.float32(2) - alone[1])


@pytest.mark.cpu
def test_results_that_no_cache_keeps():
    """From 32 MiB on they are stored past the caches, where the address and the group allow it."""
    n = (1 << 25) + 5
    host = np.arange(n, dtype=np.uint32).astype(np.uint8)
    x = wf.asarray(host)
    assert "__stwt" in wf.explain(x + 1).source and "__stwt" not in wf.explain(x[:1000] + 1).source
    assert np.array_equal((x + 1).get(), host + np.uint8(1))
    y = wf.zeros(n + 3, np.uint8)
    y[3:] = x * 3  # no address is a multiple of 16
    assert np.array_equal(y[3:].get(), host * np.uint8(3)) and not y[:3].any()
    low, high = wf.minimum(x[:-1], x[1:]), wf.maximum(x[:-1], x[1:])
    wf.eval(low, high)
    assert np.array_equal(low.get(), np.minimum(host[:-1], host[1:])) and np.array_equal(high.get(), np.maximum(host[:-1], host[1:]))
    x += 1
    assert np.array_equal(x.get(), host + np.uint8(1))
    square = wf.asarray(host[:1 << 25].reshape(4096, 8192)).T[:, :4001] ^ 7  # in order "K": 8192 by 4001
    assert np.array_equal(square.get(), host[:1 << 25].reshape(4096, 8192).T[:, :4001] ^ 7)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_signs_that_a_square_loses_are_not_made(dtype):
    host = (np.random.default_rng(6).standard_normal(3000) * np.repeat([1e-9, 1, 1e3, 1e30], 750)).astype(dtype)
    host[:6] = [0, -0.0, np.inf, -np.inf, np.nan, 1e-40]
    x = wf.asarray(host)
    s, c = wf.sin(x).get(), wf.cos(x).get()
    fused = wf.sin(x) ** 2 + dtype(0.5) * wf.cos(x) * wf.cos(x)
    assert "wf_sincos_size" not in wf.explain(fused).source  # one cosine is read with its sign
    for fused, expected in ((wf.sin(x) ** 2 + dtype(0.5) * wf.cos(x) ** 2, s * s + dtype(0.5) * (c * c)),
                            (abs(wf.sin(x)) - wf.square(wf.cos(x)), abs(s) - c * c)):
        assert "wf_sincos_size" in wf.explain(fused).source
        np.testing.assert_array_equal(fused.get(), expected)
    total = (wf.sin(x[6:]) ** 2 + wf.cos(x[6:]) ** 2).sum()
    assert abs(float(total) - 2994) < 1e-2


@pytest.mark.parametrize("dtype", [np.int8, np.float16, np.float32, np.float64, np.complex128])
def test_operands_that_lie_across_are_turned_in_tiles(dtype):
    host = np.random.default_rng(5).integers(-100, 100, (301, 410)).astype(dtype)
    x = wf.asarray(host)
    assert "__shared__" in wf.explain(wf.ascontiguousarray(x.T)).source
    assert np.array_equal(wf.ascontiguousarray(x.T).get(), host.T)
    square = wf.asarray(host[:, :301])
    assert np.array_equal((square * 2 - square.T).get(), host[:, :301] * 2 - host[:, :301].T)
    square += square.T
    assert np.array_equal(square.get(), host[:, :301] + host[:, :301].T)
    cube = host[:300, :400].reshape(300, 20, 20)
    assert np.array_equal(wf.ascontiguousarray(wf.asarray(cube).transpose(1, 2, 0)).get(), cube.transpose(1, 2, 0))
    assert np.array_equal((wf.asarray(cube).transpose(2, 1, 0)[::2] + 1).get(), cube.transpose(2, 1, 0)[::2] + dtype(1))
