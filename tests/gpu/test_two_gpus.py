"""What two GPUs of one machine show: arrays and kernels on each, copies between them, the peers' ways of choosing one."""

import threading

import numpy as np
import pytest

import weft as wf
import weft.dropin

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(len(wf.devices("cuda")) < 2, reason="one GPU, or none")]

ADD = ("extern \"C\" __global__ void add(const float *x, float *y, int n) "
       "{ int i = blockIdx.x * blockDim.x + threadIdx.x; if (i < n) y[i] += x[i]; }")


@pytest.fixture(scope="module", autouse=True)
def dropins():
    weft.dropin.install("cupy", "pycuda", "numba")


def sample(n=1 << 20):
    return np.random.default_rng(1).random(n, np.float32)


def test_the_same_bits_on_both():
    host = sample()
    results = []
    for name in ("cuda:0", "cuda:1"):
        with wf.device(name):
            x = wf.asarray(host)
            r = wf.random.default_rng(3).standard_normal(1 << 20, dtype="float32")
            results.append([v.get() for v in (x * 3 - wf.sin(x), x.sum(), wf.sort(x), x.cumsum(), r, x[x > 0.5])])
            assert str(x.device) == name
    for a, b in zip(*results):
        np.testing.assert_array_equal(a, b)


def test_arrays_move_and_do_not_mix():
    host = sample()
    a = wf.asarray(host, device="cuda:0")
    b = (a * 2).to_device("cuda:1")
    assert str(b.device) == "cuda:1"
    np.testing.assert_array_equal((b + 1).get(), host * 2 + 1)
    with pytest.raises(Exception, match="cuda:0.*cuda:1|cuda:1.*cuda:0"):
        (a + b).get()
    b[:10] = a[:10].to_device("cuda:1")
    np.testing.assert_array_equal(b.get()[:10], host[:10])


def test_products_on_both():
    host = sample(512 * 512).reshape(512, 512)
    for name in ("cuda:0", "cuda:1"):
        with wf.device(name):
            x = wf.asarray(host)
            np.testing.assert_allclose((x @ x).get(), host @ host, rtol=1e-4)


def test_two_threads_each_with_its_gpu():
    host, results = sample(), {}

    def work(name):
        with wf.device(name):
            x = wf.asarray(host)
            for _ in range(50):
                x = x * np.float32(0.5) + 1
            results[name] = x.get()

    threads = [threading.Thread(target=work, args=(f"cuda:{i}",)) for i in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    np.testing.assert_array_equal(results["cuda:0"], results["cuda:1"])


def test_cupy_chooses_a_device():
    import cupy as cp

    assert cp.cuda.runtime.getDeviceCount() >= 2
    with cp.cuda.Device(1):
        x = cp.arange(1000, dtype=cp.float32)
        assert x.device.id == 1 and cp.cuda.Device().id == 1
        kernel = cp.RawKernel(ADD, "add")
        y = cp.ones(1000, cp.float32)
        kernel((4,), (256,), (x, y, np.int32(1000)))
        np.testing.assert_array_equal(y.get(), np.arange(1000) + 1)
    assert cp.cuda.Device().id == 0
    assert cp.asarray(x).device.id == 1  # nothing to convert, so nothing moves


def test_pycuda_contexts_and_peer_copies():
    import pycuda.driver as cuda
    from pycuda.compiler import SourceModule

    cuda.init()
    host = sample(1000)
    first, second = (cuda.Device(i).make_context() for i in range(2))  # the second is on top
    try:
        b = cuda.mem_alloc(host.nbytes)
        cuda.memcpy_htod(b, np.ones_like(host))
        cuda.Context.pop()
        first_kernel = SourceModule(ADD, no_extern_c=True).get_function("add")
        a, there = cuda.to_device(host), np.empty_like(host)
        cuda.memcpy_peer(b, a, host.nbytes, dest_context=second, src_context=first)
        first_kernel(a, a, np.int32(1000), block=(256, 1, 1), grid=(4, 1))
        second.push()
        second_kernel = SourceModule(ADD, no_extern_c=True).get_function("add")
        second_kernel(b, b, np.int32(1000), block=(256, 1, 1), grid=(4, 1))
        cuda.memcpy_dtoh(there, b)
        np.testing.assert_array_equal(there, host * 2)
        assert cuda.Device(0).can_access_peer(cuda.Device(1)) in (0, 1, True, False)
        cuda.Context.pop()
        cuda.memcpy_dtoh(there, a)
        np.testing.assert_array_equal(there, host * 2)
        cuda.Context.pop()
    finally:
        for context in (first, second):
            context.detach()


def test_numba_chooses_a_device():
    from numba import cuda

    @cuda.jit
    def add(x, y):
        i = cuda.grid(1)
        if i < x.size:
            y[i] += x[i]

    host = sample(1000)
    assert len(cuda.gpus) >= 2
    with cuda.gpus[1]:
        assert cuda.get_current_device().id == 1
        x, y = cuda.to_device(host), cuda.to_device(host)
        add[4, 256](x, y)
        np.testing.assert_array_equal(y.copy_to_host(), host * 2)
    assert cuda.get_current_device().id == 0


def test_events_order_streams_of_two_devices():
    host = sample()
    a = wf.asarray(host, device="cuda:0") * 2
    for _ in range(20):
        a = (a + 1).to_device("cuda:1")
        a = (a - 1).to_device("cuda:0")
    np.testing.assert_array_equal(a.get(), _back_and_forth(host))


def _back_and_forth(x):
    x = x * np.float32(2)
    for _ in range(20):
        x = (x + np.float32(1)) - np.float32(1)
    return x
