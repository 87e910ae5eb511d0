"""PyCUDA's behaviour, name by name, as its programs rely on it."""

import subprocess
import sys
import warnings

import numpy as np
import pytest

import weft as wf
import weft.dropin

weft.dropin.install("pycuda")
import pycuda.autoinit  # noqa: E402
import pycuda.driver as cuda  # noqa: E402
import pycuda.tools as tools  # noqa: E402
from pycuda.compiler import DynamicSourceModule, SourceModule  # noqa: E402
from pycuda.compiler import compile as compile_source  # noqa: E402

CPU = wf.device().kind == "cpu"
SCALE = """
__constant__ float factor_of_all;
__device__ int calls;

__global__ void scale(float *x, float factor, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) x[i] *= factor;
    if (i == 0) calls++;
}
__global__ void scale_all(float *x) { x[threadIdx.x] *= factor_of_all; }
"""


@pytest.fixture(scope="module")
def module():
    return SourceModule(SCALE)


@pytest.fixture
def x():
    return np.arange(100, dtype=np.float32)


ONE = dict(block=(128, 1, 1), grid=(1, 1))


def test_call(module, x):
    x_gpu = cuda.mem_alloc(x.nbytes)
    cuda.memcpy_htod(x_gpu, x)
    module.get_function("scale")(x_gpu, np.float32(3), np.int32(100), **ONE)
    result = np.empty_like(x)
    cuda.memcpy_dtoh(result, x_gpu)
    assert np.array_equal(result, 3 * x)


@pytest.mark.parametrize("block, grid", [((128,), (1,)), ((16, 8), (1, 1)), ((4, 4, 8), (1, 1, 1))])
def test_block_and_grid_of_any_length(block, grid):
    function = SourceModule("__global__ void k(int *n) { atomicAdd(n, 1); }").get_function("k")
    counter = cuda.to_device(np.zeros(1, np.int32))
    function(counter, block=block, grid=grid)
    assert cuda.from_device(counter, (1,), np.int32)[0] == 128


def test_in_out_inout(module, x):
    function, y = module.get_function("scale"), x.copy()
    function(cuda.InOut(y), np.float32(2), np.int32(100), **ONE)
    assert np.array_equal(y, 2 * x)
    before = y.copy()
    function(cuda.In(y), np.float32(2), np.int32(100), **ONE)
    assert np.array_equal(y, before)


def test_prepared_calls(module, x):
    function = module.get_function("scale").prepare("Pfi")
    x_gpu = cuda.to_device(x)
    function.prepared_call((1, 1), (128, 1, 1), x_gpu, 2.0, 100)
    stream = cuda.Stream()
    function.prepared_async_call((1, 1), (128, 1, 1), stream, x_gpu, 2.0, 100, shared_size=16)
    stream.synchronize()
    seconds = function.prepared_timed_call((1, 1), (128, 1, 1), int(x_gpu), 2.0, 100)
    assert seconds() >= 0
    assert np.array_equal(cuda.from_device_like(x_gpu, x), 8 * x)
    with pytest.warns(wf.KernelWarning, match="prepare"):
        function.prepare("Pdi")
    old = module.get_function("scale").prepare([np.intp, np.float32, np.int32], block=(128, 1, 1))
    old.prepared_call((1, 1), x_gpu, 0.5, 100)
    assert np.array_equal(cuda.from_device_like(x_gpu, x), 4 * x)


def test_oldest_calls(module, x):
    function, x_gpu = module.get_function("scale"), cuda.to_device(x)
    function.set_block_shape(128, 1, 1)
    function.param_set_size(16)
    function.param_setv(0, np.uintp(int(x_gpu)).tobytes())
    function.param_setf(8, 2.0)
    function.param_seti(12, 100)
    function.launch_grid(1, 1)
    function.param_set(x_gpu, np.float32(2), np.int32(100))
    function.launch_grid_async(1, 1, cuda.Stream())
    cuda.Context.synchronize()
    assert np.array_equal(cuda.from_device_like(x_gpu, x), 4 * x)


def test_time_kernel(module, x):
    seconds = module.get_function("scale")(cuda.to_device(x), np.float32(1), np.int32(100), time_kernel=True, **ONE)
    assert seconds > 0


def test_globals(module, x):
    address, size = module.get_global("factor_of_all")
    assert size == 4 and int(address)
    cuda.memcpy_htod(address, np.float32(5))
    x_gpu = cuda.to_device(x)
    module.get_function("scale_all")(x_gpu, block=(100, 1, 1))
    assert np.array_equal(cuda.from_device_like(x_gpu, x), 5 * x)


def test_function_attributes(module):
    function = module.get_function("scale")
    assert function.max_threads_per_block >= 128 and function.shared_size_bytes == 0
    assert function.get_attribute(cuda.function_attribute.NUM_REGS) == function.num_regs
    function.set_cache_config(cuda.func_cache.PREFER_L1)


# --- arguments -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [2, 2.0])
def test_python_numbers_have_no_size(module, x, number):
    with pytest.raises(TypeError, match="invalid type on parameter #1"):
        module.get_function("scale")(cuda.to_device(x), number, np.int32(100), **ONE)


def test_host_array_is_refused(module, x):
    with pytest.raises(TypeError, match="invalid type on parameter #0"):
        module.get_function("scale")(x, np.float32(2), np.int32(100), **ONE)


def test_scalar_of_another_size_is_one_warning(module, x):
    function, x_gpu = module.get_function("scale"), cuda.to_device(x)
    with pytest.warns(wf.KernelWarning, match=r"argument 3 \(n\).*int64") as caught:
        function(x_gpu, np.float32(2), np.int64(100), **ONE)
        function(x_gpu, np.float32(2), np.int64(100), **ONE)
    assert len(caught) == 1
    assert np.array_equal(cuda.from_device_like(x_gpu, x), 4 * x)


def test_int64_buffer_for_an_int_pointer():
    function = SourceModule("__global__ void k(int *x, int *y) { y[0] = x[1]; }").get_function("k")
    x_gpu, y_gpu = cuda.to_device(np.array([7, 8])), cuda.mem_alloc(4)
    with pytest.warns(wf.KernelWarning, match=r"argument 1 \(x\).*int64.*test_pycuda.py, line \d+.*int "):
        function(x_gpu, y_gpu, block=(1, 1, 1))
    assert cuda.from_device(y_gpu, (1,), np.int32)[0] == 0  # as on a GPU: the upper half of 7
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        SourceModule("__global__ void k(int *x) {}").get_function("k")(cuda.to_device(np.zeros(2, np.int32)), block=(1, 1, 1))


def test_block_is_needed(module, x):
    with pytest.raises(ValueError, match="must specify block size"):
        module.get_function("scale")(cuda.to_device(x), np.float32(2), np.int32(100))


# --- memory ----------------------------------------------------------------------------------------------------------


def test_free_twice_and_use_after(module, x):
    x_gpu = cuda.to_device(x)
    x_gpu.free()
    for call in (x_gpu.free, lambda: cuda.memcpy_dtoh(x, x_gpu), lambda: cuda.memcpy_htod(x_gpu, x),
                 lambda: module.get_function("scale")(x_gpu, np.float32(2), np.int32(100), **ONE)):
        with pytest.raises(cuda.LogicError):
            call()


def test_out_of_memory():
    with pytest.raises(cuda.MemoryError):
        cuda.mem_alloc(1 << 60)
    with pytest.raises(cuda.Error):
        cuda.mem_alloc(1 << 60)


def test_memsets_and_copies(x):
    x_gpu = cuda.mem_alloc(400)
    cuda.memset_d8(x_gpu, 1, 400)
    cuda.memset_d32_async(x_gpu, 0, 50, None)
    result = cuda.from_device(x_gpu, (100,), np.uint32)
    assert (result[:50] == 0).all() and (result[50:] == 0x01010101).all()
    pitched, pitch = cuda.mem_alloc_pitch(40, 10, 4)
    cuda.memset_d2d32(pitched, pitch, 3, 10, 10)
    copy = cuda.Memcpy2D()
    back = np.zeros((10, 10), np.uint32)
    copy.set_src_device(pitched)
    copy.set_dst_host(back)
    copy.src_pitch, copy.width_in_bytes, copy.height = pitch, 40, 10
    copy(aligned=False)
    assert (back == 3).all()
    y_gpu = cuda.mem_alloc_like(x)
    cuda.memcpy_htod_async(x_gpu, x, cuda.Stream())
    cuda.Context.synchronize()
    cuda.memcpy_dtod(y_gpu, x_gpu, x.nbytes)
    assert np.array_equal(cuda.from_device_like(y_gpu, x), x)
    assert cuda.mem_get_address_range(int(y_gpu) + 8) == (int(y_gpu), 400)


def test_memcpy3d():
    source = np.arange(4 * 5 * 6, dtype=np.int32).reshape(4, 5, 6)
    device, back = cuda.mem_alloc(source.nbytes), np.zeros((2, 3, 6), np.int32)
    cuda.memcpy_htod(device, source)
    copy = cuda.Memcpy3D()
    copy.set_src_device(device)
    copy.set_dst_host(back)
    copy.src_pitch, copy.src_height, copy.src_y, copy.src_z = 24, 5, 1, 2
    copy.dst_pitch, copy.dst_height = 24, 3
    copy.width_in_bytes, copy.height, copy.depth = 24, 3, 2
    copy()
    assert np.array_equal(back, source[2:4, 1:4])


def test_host_memory(module, x):
    pinned = cuda.pagelocked_empty(100, np.float32)
    pinned[:] = x
    x_gpu = cuda.mem_alloc(400)
    cuda.memcpy_htod_async(x_gpu, pinned, cuda.Stream())
    cuda.Context.synchronize()
    assert np.array_equal(cuda.from_device_like(x_gpu, x), x)
    assert cuda.pagelocked_zeros((3, 4), np.float64, order="F").flags.f_contiguous
    managed = cuda.managed_empty(100, np.float32)
    managed[:] = x
    module.get_function("scale")(managed, np.float32(2), np.int32(100), **ONE)
    cuda.Context.synchronize()
    assert np.array_equal(managed, 2 * x)
    aligned = cuda.aligned_empty((1000,), np.float32)
    assert aligned.ctypes.data % 4096 == 0
    registered = cuda.register_host_memory(aligned)
    registered.base.unregister()
    with pytest.raises(cuda.LogicError):
        registered.base.unregister()


def test_pools(module, x):
    pool = tools.DeviceMemoryPool()
    piece = pool.allocate(x.nbytes)
    cuda.memcpy_htod(int(piece), x)
    module.get_function("scale")(piece, np.float32(2), np.int32(100), **ONE)
    assert np.array_equal(cuda.from_device(int(piece), (100,), np.float32), 2 * x)
    assert pool.active_blocks == 1 and pool.held_blocks == 0
    piece.free()
    assert pool.active_blocks == 0 and pool.held_blocks == 1
    with pytest.raises(cuda.LogicError):
        piece.free()
    pool.free_held()
    assert pool.held_blocks == 0 and pool.managed_bytes == 0
    array = tools.PageLockedMemoryPool().allocate((4, 5), np.float64)
    array[:] = 1
    assert array.sum() == 20


# --- contexts, devices, events -----------------------------------------------------------------------------------------


def test_context_stack(x):
    outer = cuda.Context.get_current()
    context = cuda.Device(0).make_context()
    assert cuda.Context.get_current() == context != outer
    inside = cuda.mem_alloc(8)
    context.pop()
    assert cuda.Context.get_current() == outer == pycuda.autoinit.context
    context.push()
    inside.free()
    context.pop()
    context.detach()
    with pytest.raises(cuda.LogicError):
        context.push()


def test_without_a_context():
    code = ("import pycuda.driver as cuda\ncuda.init()\n"
            "try: cuda.mem_alloc(8)\nexcept cuda.LogicError as e: print('no currently active context' in str(e))")
    done = subprocess.run([sys.executable, "-m", "weft", "-c", code], capture_output=True, text=True)
    assert done.stdout == "True\n", done.stderr


def test_device():
    device = cuda.Device(0)
    assert device == pycuda.autoinit.device and hash(device) == hash(cuda.Device(0))
    assert cuda.Device(device.pci_bus_id()) == device
    assert device.name() and device.total_memory() > 0 and cuda.Device.count() >= 1
    assert device.get_attribute(cuda.device_attribute.WARP_SIZE) == device.warp_size == 32
    assert device.get_attributes()[cuda.device_attribute.MAX_THREADS_PER_BLOCK] == 1024
    if CPU:
        assert device.compute_capability() == (9, 0)
    with pytest.raises(cuda.LogicError):
        cuda.Device(99)
    assert len(cuda.get_version()) == 3 and cuda.get_driver_version() > 10000
    free, total = cuda.mem_get_info()
    assert 0 < free <= total


def test_events():
    start, end = cuda.Event(), cuda.Event()
    start.record()
    end.record().synchronize()
    assert end.query() and 0 <= start.time_till(end) == end.time_since(start)


def test_memoize_belongs_to_the_context():
    calls = []

    @tools.context_dependent_memoize
    def f(value):
        calls.append(value)
        return value

    assert f(1) == f(1) == 1 and calls == [1]
    tools.clear_context_caches()
    f(1)
    assert calls == [1, 1]


def test_occupancy():
    data = tools.DeviceData()
    record = tools.OccupancyRecord(data, 256, shared_mem=1024, registers=32)
    assert 0 < record.occupancy <= 1 and record.limited_by in ("device", "warps", "regs", "smem")


# --- sources ---------------------------------------------------------------------------------------------------------


def test_compile_error():
    with pytest.raises(cuda.CompileError) as caught:
        SourceModule("__global__ void k(int *x) { x[0] = y; }")
    assert "kernel.cu:1" in str(caught.value) and "y" in caught.value.stderr
    assert caught.value.command_line and caught.value.msg


def test_missing_function(module):
    with pytest.raises(cuda.LogicError, match="named symbol not found"):
        module.get_function("scales")


def test_options(tmp_path):
    (tmp_path / "mine.h").write_text("#define MINE 3\n")
    source = "#include <mine.h>\ntemplate<class T> __device__ T twice(T x) { return 2 * x; }\n" \
             "extern \"C\" __global__ void k(int *x) { *x = twice(MINE + YOURS); }"
    function = SourceModule(source, no_extern_c=True, include_dirs=[str(tmp_path)], options=["-DYOURS=4"], arch="sm_75",
                            keep=False, cache_dir=None).get_function("k")
    x = cuda.mem_alloc(4)
    function(x, block=(1, 1, 1))
    assert cuda.from_device(x, (1,), np.int32)[0] == 14


@pytest.mark.parametrize("real, dtype", [("float", np.complex64), ("double", np.complex128)])
def test_complex_header(real, dtype):
    source = """
        #include <pycuda-complex.hpp>
        typedef pycuda::complex<%s> C;
        extern "C" __global__ void k(const C *x, C *y, C a, int n)
        {
            int i = threadIdx.x;
            if (i < n) y[i] = (a * x[i] + x[i] * conj(x[i])) / (x[i] - C(0.5, 0.25)) + exp(x[i]) - abs(x[i]);
        }""" % real
    x = np.random.default_rng(5).random((100, 2)).view(np.complex128).ravel().astype(dtype)
    y, a = np.zeros_like(x), dtype(2 - 3j)
    SourceModule(source, no_extern_c=True).get_function("k")(cuda.In(x), cuda.Out(y), a, np.int32(100), **ONE)
    wanted = (a * x + x * x.conj()) / (x - dtype(0.5 + 0.25j)) + np.exp(x) - abs(x)
    assert np.allclose(y, wanted, rtol=1e-4 if dtype == np.complex64 else 1e-12)


def test_other_ways_to_a_module(x):
    image = compile_source(SCALE)
    for made in (cuda.module_from_buffer(image), DynamicSourceModule(SCALE)):
        x_gpu = cuda.to_device(x)
        made.get_function("scale")(x_gpu, np.float32(2), np.int32(100), **ONE)
        assert np.array_equal(cuda.from_device_like(x_gpu, x), 2 * x)


def test_errors_are_wefts():
    for name in ("CompileError", "LogicError", "LaunchError", "RuntimeError", "MemoryError"):
        assert issubclass(getattr(cuda, name), cuda.Error)
    assert cuda.Error is wf.Error


def test_an_allocation_is_its_address_for_numpy():
    buffer = cuda.mem_alloc(64)
    assert np.intp(buffer) + 4 == int(buffer) + 4
    if CPU:
        assert buffer.as_buffer(8, 4).nbytes == 8


def test_bins_of_pools():
    pool = tools.DeviceMemoryPool()
    for size in [*range(600), *(7 << k for k in range(6, 40)), *((1 << k) + 1 for k in range(6, 40))]:
        number = pool.bin_number(size)
        most = pool.alloc_size(number)
        assert most >= size and pool.bin_number(most) == number and most <= max(1.25 * size + 4, 1)


def test_prepare_takes_sizes_of_structs_and_complex_numbers():
    source = "struct two { float a, b; }; __global__ void k(float *out, two p, two z, double d) { out[0] = p.b + z.a; out[1] = d; }"
    function = SourceModule(source).get_function("k")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        function.prepare("P8sFd")
    out = cuda.mem_alloc(8)
    function.prepared_call((1, 1), (1, 1, 1), out, np.array((1, 2), "f4"), 3 + 4j, 5)
    assert cuda.from_device(out, 2, np.float32).tolist() == [5, 5]


@pytest.mark.parametrize("name", ["Linker"])
def test_names_without_a_kernel_behind_them_say_why(name):
    with pytest.raises(NotImplementedError, match=name):
        getattr(cuda, name)(np.zeros(3))


def test_sources_that_are_no_str():
    class Generated:
        def __str__(self):
            return "__global__ void generated(int *x) { *x = 7; }"

    x = np.zeros(1, np.int32)
    SourceModule(Generated()).get_function("generated")(cuda.Out(x), block=(1, 1, 1))
    assert x[0] == 7


def test_an_image_of_compile_holds_no_code_to_run():
    """What compile() returns is data: reading it back runs nothing but our compiler."""
    image = compile_source("__global__ void k() {}")
    assert b"__global__" in image and cuda.module_from_buffer(image).get_function("k")
    with pytest.raises((cuda.Error, ValueError)):
        cuda.module_from_buffer(image[:-3])


def test_async_copies_leave_pageable_memory_alone():
    """As a driver does: the source of an asynchronous copy may change or go when the call returns, the target is there; not so of
    pinned memory, which is read and written when its turn comes."""
    spin = SourceModule("__global__ void spin(float *x, int n) { float s = x[0]; for (int i = 0; i < n; i++) s = s * 0.999f + 1.0f; x[1] = s; }").get_function("spin")
    stream, n = cuda.Stream(), 1 << 21
    other, memory = cuda.mem_alloc(8), cuda.mem_alloc(4 * n)
    cuda.memset_d32(other, 0, 2)
    for size in (100, n):
        spin(other, np.int32(1 << 22), block=(1, 1, 1), grid=(1, 1), stream=stream)
        source = np.arange(size, dtype=np.float32)
        cuda.memcpy_htod_async(memory, source, stream)
        source[:] = -1
        del source
        target = np.zeros(size, np.float32)
        cuda.memcpy_dtoh_async(target, memory, stream)
        assert (target == np.arange(size)).all()
    stream.synchronize()
