"""What programs of numba.cuda rely on beside launching: managers of memory, pickling, pointers, extensions, device arrays' forms."""

import ctypes
import math
import pickle
import subprocess
import sys

import numpy as np
import pytest

import weft as wf
from weft import cuda


def test_pinned_again():
    """What is pinned already stays pinned until the outermost with statement ends, and no longer."""
    a = np.arange(4096.0)
    address = a.ctypes.data
    with cuda.pinned(a, a):
        with cuda.pinned(a):
            assert wf._core.memory_range(address) == (address, a.nbytes)
        with cuda.pinned(a[16:32], a[::2], a[::-1]):  # inside of it
            pass
        assert wf._core.memory_range(address) == (address, a.nbytes)
    assert wf._core.memory_device(address) is None
    first, second = cuda.pinned(a), cuda.pinned(a)  # as two threads may have it
    first.__enter__(), second.__enter__()
    first.__exit__(None, None, None)
    assert wf._core.memory_range(address) == (address, a.nbytes)
    second.__exit__(None, None, None)
    assert wf._core.memory_device(address) is None
    own = cuda.pinned_array(16)
    with cuda.pinned(own, own[4:8]):
        own[:] = 3
    assert cuda.to_device(own).copy_to_host().tolist() == [3] * 16
    with cuda.pinned(a[:100]), pytest.raises(Exception, match="overlap"):
        with cuda.pinned(a[50:150]):
            pass
    assert wf._core.memory_device(address) is None


def test_a_memory_manager_of_the_program_gives_out_device_arrays():
    class Counting(cuda.HostOnlyCUDAMemoryManager):
        interface_version = 1
        sizes, freed = [], []

        def initialize(self):
            pass

        def memalloc(self, size):
            self.sizes.append(size)
            memory = wf._core.Memory(size)
            from weft.cuda._pointers import AutoFreePointer

            return AutoFreePointer(self.context, ctypes.c_uint64(memory.address), size,
                                   finalizer=lambda: (self.freed.append(size), memory.free()))

        def get_memory_info(self):
            return cuda.MemoryInfo(free=32, total=64)

        def get_ipc_handle(self, memory):
            raise NotImplementedError

    context = cuda.current_context()
    before, context.memory_manager = context.memory_manager, Counting(context=context)
    try:
        x = cuda.to_device(np.arange(5))
        assert Counting.sizes == [40] and x.copy_to_host().tolist() == [0, 1, 2, 3, 4]
        del x
        assert Counting.freed == [40]
        assert cuda.current_context().get_memory_info().free == 32
    finally:
        context.memory_manager = before
    assert cuda.current_context().get_memory_info().total > 64

    class Wrong(Counting):
        interface_version = 2

    with pytest.raises(RuntimeError, match="version 2 - version 1 required"):
        cuda.set_memory_manager(Wrong)


def made_inside():
    factor = 3

    @cuda.jit(device=True)
    def inner(a):
        return a * factor

    @cuda.jit("void(int64[:])")
    def kernel(x):
        x[0] = inner(x[0])

    return kernel


def test_a_kernel_without_a_name_of_its_own_is_pickled_by_value(tmp_path):
    kernel = pickle.loads(pickle.dumps(pickle.loads(pickle.dumps(made_inside()))))
    x = np.array([5])
    kernel[1, 1](x)
    assert x[0] == 15 and kernel.signatures == [(wf.cuda.int64[:],)]
    configured = pickle.loads(pickle.dumps(kernel[5, 8]))
    assert configured.griddim == (5, 1, 1) and configured.blockdim == (8, 1, 1)
    file = tmp_path / "kernel.pickle"
    file.write_bytes(pickle.dumps(kernel))
    program = ("import pickle, sys, numpy as np\nx = np.array([2])\n"
               "pickle.load(open(sys.argv[1], 'rb'))[1, 1](x)\nprint(x[0])")
    done = subprocess.run([sys.executable, "-c", program, file], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "6"


def test_a_pointer_in_a_signature_takes_an_address():
    from weft import _pytypes as types

    @cuda.jit(types.void(types.CPointer(types.uint8), types.uint32))
    def add_one(x, n):
        i = cuda.grid(1)
        if i < n:
            x[i] += 1

    x = cuda.to_device(np.arange(10, dtype=np.uint8))
    add_one[1, 32](x.__cuda_array_interface__["data"][0], len(x))
    assert x.copy_to_host().tolist() == list(range(1, 11))


def test_extensions_and_in_decide_how_arguments_travel():
    class ByCopy:
        def prepare_args(self, type_, value, **options):
            return type_, cuda.args.wrap_arg(value, default=cuda.In)

    @cuda.jit
    def set_to_three(x):
        x[0] = 3

    x = np.zeros(1)
    set_to_three[1, 1](cuda.In(x))
    assert x[0] == 0
    set_to_three[1, 1](x)
    assert x[0] == 3
    x[0] = 0
    set_to_three.extensions.append(ByCopy())
    set_to_three[1, 1](x)
    assert x[0] == 0


def test_sizes_that_are_no_integers_are_named():
    @cuda.jit
    def nothing():
        pass

    with pytest.raises(TypeError, match=r"griddim must be a sequence of integers, got \[2.0\]"):
        nothing[2.0, 3]
    with pytest.raises(TypeError, match=r"blockdim must be a sequence of integers, got \[2, 1.5\]"):
        nothing[2, (2, 1.5)]
    with pytest.raises(ValueError, match=r"griddim must be a sequence of 1, 2 or 3 integers, got \[1, 2, 3, 4\]"):
        nothing[(1, 2, 3, 4), 1]
    nothing[np.int32(2), [np.int64(3), 1]]()


def test_an_overload_has_its_attributes():
    @cuda.jit("void(float32[:])")
    def kernel(x):
        x[cuda.grid(1)] = 1

    one = kernel.overloads[kernel.signatures[0]]
    assert one.max_cooperative_grid_blocks(32) >= 32 and one.max_threads_per_block >= 1
    assert ".entry" in one.inspect_asm((9, 0)) and not one.cooperative


def test_forms_of_device_arrays():
    x = cuda.to_device(np.arange(10))
    assert np.array_equal(x.reshape(2, 5, order="F").copy_to_host(), np.arange(10).reshape(2, 5, order="F"))
    assert np.array_equal(x.reshape(2, 5).ravel(order="A").copy_to_host(), np.arange(10))
    with pytest.raises(NotImplementedError, match="would require a copy"):
        x[::2].ravel()
    with pytest.raises(ValueError, match="Can't assign 3-D array to 1-D self"):
        x[:] = np.ones((1, 2, 3))
    with pytest.raises(ValueError, match="size 2 to array axis 0 with dimension 10"):
        x[:] = [1, 2]
    with pytest.raises(ValueError, match="copy=False"):
        np.array(x, copy=False)
    with pytest.raises(TypeError, match="shape must be an integer"):
        cuda.device_array((1.5,))
    assert cuda.device_array(np.array([2, 3])).shape == (2, 3)


def test_pointers_count_their_views():
    whole = cuda.current_context().memalloc(1024)
    part = whole.view(8)
    assert part.handle == whole.handle + 8 and whole.refct == 2 and part.owner is whole
    del part
    assert whole.refct == 1


def test_a_device_function_compiles_to_ptx_that_others_can_link():
    ptx, returned = cuda.compile(lambda x, y: x + y, (wf.cuda.float32, wf.cuda.float32), device=True, cc=(8, 0))
    assert ".visible .func" in ptx and "add.rn.f32" in ptx and ".entry" not in ptx and returned == wf.cuda.float32


def test_a_shape_of_run_time_may_leave_one_extent_open():
    @cuda.jit
    def kernel(out, x, shape):
        y = x.reshape(shape)
        out[0], out[1], out[2] = y.shape[0], y.shape[1], y[1, 0]

    for shape in ((-1, 4), (3, -1), (3, 4)):
        out = np.zeros(3)
        kernel[1, 1](out, np.arange(12.0), shape)
        assert out.tolist() == [3, 4, 4]


def test_views_addresses_and_alignment():
    @cuda.jit
    def kernel(out, raw):
        tile = cuda.shared.array(8, np.float32, alignment=64)
        whole = raw[4:8].view(np.int32)
        out[0], out[1], out[2] = tile.ctypes.data % 64, whole[0], whole.shape[0]

    out, raw = np.zeros(3, np.int64), np.arange(16, dtype=np.uint8)
    kernel[1, 1](out, raw)
    assert out.tolist() == [0, raw[4:8].view(np.int32)[0], 1]

    @cuda.jit
    def odd(out):
        cuda.local.array(8, np.float32, alignment=3)

    with pytest.raises(cuda.TypingError, match="Alignment must be a power of two"):
        odd[1, 1](out)


def test_the_library_of_numbers_and_reductions_answers_in_kernels():
    import math

    @cuda.jit
    def kernel(out, x, n):
        out[0], out[1] = math.frexp(x[0])
        out[2] = math.ldexp(x[0], 3)
        out[3], out[4], out[5] = np.nanmax(x), np.nansum(x), np.nanmean(x)
        out[6], out[7], out[8] = np.var(x[:2]), np.count_nonzero(x), n.bit_count()

    x, out = np.array([10.0, 3.0, np.nan, 0.0]), np.zeros(9)
    kernel[1, 1](out, x, 0b1011)
    assert out.tolist() == [*math.frexp(10.0), 80.0, 10.0, 13.0, 13.0 / 3, 12.25, 3.0, 3.0]


def test_a_loop_over_items_of_different_types_is_unrolled():
    first, second = np.arange(3.0), np.arange(6, dtype=np.int32).reshape(2, 3)

    @cuda.jit
    def sums(out):
        for one in (first, second):
            total = np.sum(one)
            out[one.ndim - 1] = total
        out[2] = total

    out = np.zeros(3)
    sums[1, 1](out)
    assert out.tolist() == [3.0, 15.0, 15.0]


def test_complex_numbers_have_numpys_order():
    x = np.array([1 + 2j, 1 + 3j, 2 + 0j, complex(1, np.nan)])
    y = np.array([1 + 3j, 1 + 2j, 1 + 9j, 1 + 1j])

    @cuda.jit
    def kernel(less, most, x, y):
        i = cuda.grid(1)
        less[i] = x[i] < y[i]
        most[i] = np.maximum(x[i], y[i])

    less, most = np.zeros(4, bool), np.zeros(4, complex)
    kernel[1, 4](less, most, x, y)
    assert less.tolist() == (x < y).tolist()
    assert np.array_equal(most, np.maximum(x, y), equal_nan=True)


def test_an_overload_may_skip_a_default():
    from weft._extending import overload

    def placed():
        pass

    @overload(placed, target="cuda")
    def _placed(out, x, y=5, z=6):
        def implementation(out, x, y=5, z=6):
            out[0], out[1] = x + y, z

        return implementation

    @cuda.jit
    def kernel(out, a, b):
        placed(out, a, z=b)

    out = np.zeros(2)
    kernel[1, 1](out, 1, 2)
    assert out.tolist() == [6, 2]


def test_transposes():
    from weft.cuda._transpose import transpose

    x = np.arange(65 * 40, dtype=np.float32).reshape(65, 40)
    assert np.array_equal(transpose(cuda.to_device(x)).copy_to_host(), x.T)


def test_a_row_of_a_structured_device_array_stays_where_it_is():
    kind = np.dtype([("a", np.float64), ("h", np.float32, 2), ("d", (np.str_, 5)), ("r", [("x", np.int32)])], align=True)
    rows = cuda.to_device(np.zeros(3, kind))
    rows[1]["a"] = 0.5
    rows[1]["h"][1] = 7
    rows[1]["d"] = "abcde"
    rows[-2]["r"]["x"] = 4
    assert isinstance(rows[1], cuda.DeviceRecord)
    assert (rows[1]["a"], rows[1]["h"][1], rows[1]["d"], rows[1]["r"]["x"]) == (0.5, 7, "abcde", 4)
    assert rows.copy_to_host()["a"].tolist() == [0, 0.5, 0]


def test_named_tuples_are_named_in_kernels():
    from collections import namedtuple

    Inner = namedtuple("Inner", "rest")
    Mixed = namedtuple("Mixed", "y x inner data")

    @cuda.jit
    def kernel(out, m):
        out[0], out[1], out[2], out[3], out[4] = m.x, m.y, m.inner.rest, m.data[1], len(m)

    out = np.zeros(5)
    kernel[1, 1](out, Mixed(1, 2.5, Inner(3), np.array([4.0, 5.0])))
    assert out.tolist() == [2.5, 1, 3, 5, 4]


def test_a_date_as_an_argument_is_its_number():
    @cuda.jit
    def kernel(found, dates, day):
        i = cuda.grid(1)
        if i < dates.size:
            found[i] = dates[i] == day

    dates = np.arange("2005-02", "2006-02", dtype="datetime64[D]")
    found = np.zeros(dates.size, bool)
    kernel[1, 512](found, dates, dates[300])
    assert found.nonzero()[0].tolist() == [300]


def test_modf_of_infinity_has_no_fraction():
    @cuda.jit
    def kernel(out, x):
        out[0], out[1] = math.modf(x[0])

    for value in (np.inf, -np.inf, -2.5):
        out = np.zeros(2, np.float32)
        kernel[1, 1](out, np.array([value], np.float32))
        assert out.tolist() == list(np.modf(np.float32(value)))


def test_an_index_outside_of_a_tuple_is_told_in_debug_mode():
    def kernel(out, x):
        out[0] = x.shape[-cuda.threadIdx.x]

    out = np.zeros(1, np.int64)
    cuda.jit(kernel)[1, 3](out, np.zeros(2))
    with pytest.raises(IndexError, match="tuple index out of range"):
        cuda.jit(kernel, debug=True, opt=False)[1, 3](out, np.zeros(2))


def test_a_ufunc_of_the_gpu_reduces_in_a_stream():
    from weft import vectorize

    @vectorize(["int32(int32, int32)"], target="cuda")
    def add(a, b):
        return a + b

    x = np.arange(1000, dtype=np.int32)
    stream = cuda.stream()
    assert add.reduce(cuda.to_device(x, stream), stream=stream) == x.sum() and add.reduce(x).dtype == np.int32
    assert add.reduce(x.reshape(10, 100)).tolist() == x.reshape(10, 100).sum(0).tolist()


def test_warnings_about_launches_where_they_are_asked_for():
    """In a process of its own: numba.config is the drop-in's."""
    program = """
import warnings
import numpy as np
from numba import config, cuda
from numba.core.errors import NumbaPerformanceWarning

@cuda.jit
def twice(x):
    x[cuda.grid(1)] *= 2

def told(call):
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        call()
    return [(w.category is NumbaPerformanceWarning, w.filename == "<string>", str(w.message).split(" ")[0]) for w in found]

config.CUDA_LOW_OCCUPANCY_WARNINGS = config.CUDA_WARN_ON_IMPLICIT_COPY = 0
host, device, configured = np.ones(4), cuda.to_device(np.ones(4)), twice[1, 4]
print(told(lambda: twice[1, 4](host)))
config.CUDA_LOW_OCCUPANCY_WARNINGS = 1
print(told(lambda: twice[1, 4](device)), told(lambda: twice[(10000, 1), 4]))
config.CUDA_LOW_OCCUPANCY_WARNINGS = 0
config.CUDA_WARN_ON_IMPLICIT_COPY = 1
print(told(lambda: configured(host)), told(lambda: configured(device)), told(lambda: twice[1, 4](cuda.mapped_array(4))))
config.CUDA_WARN_ON_IMPLICIT_COPY = 0
print(told(lambda: twice[1, 4](host)), host[0])
"""
    done = subprocess.run([sys.executable, "-P", "-m", "weft", "-c", program], capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["[]", "[(True, True, 'Grid')] []", "[(True, True, 'Host')] [] []", "[] 8.0"]


@pytest.mark.parametrize("like", [cuda.device_array_like, cuda.pinned_array_like, cuda.mapped_array_like], ids=lambda f: f.__name__)
def test_arrays_like_a_view_lie_as_numpys(like):
    whole = np.zeros((6, 8, 10))
    for view in (whole, whole[::2], whole.T, whole.T[::2, ::2], whole.transpose(1, 0, 2)[:, ::2], whole[:, :1, ::-1], whole[1, 2], whole[:0], whole[1, 2, 3:3],
                 np.zeros(()), np.zeros((3, 1, 4), order="F")):
        expected = np.empty_like(view)
        for one in (view, cuda.to_device(view)) if view.flags.forc else (view,):
            made = like(one)
            assert made.shape == view.shape and made.dtype == view.dtype
            assert view.size == 0 or made.strides == expected.strides, (view.shape, view.strides)
    base = cuda.device_array((10, 12), order="F")
    assert like(base[::2, ::2]).strides == np.empty_like(np.zeros((10, 12), order="F")[::2, ::2]).strides


def test_the_driver_layer_has_the_managers_and_errors_by_numbas_names():
    program = """
from numba import cuda
from numba.cuda.cudadrv import devicearray, driver, error, runtime
for name in "BaseCUDAMemoryManager HostOnlyCUDAMemoryManager NumbaCUDAMemoryManager GetIpcHandleMixin".split():
    assert getattr(driver, name) is getattr(cuda, name)
assert issubclass(driver.NumbaCUDAMemoryManager, driver.BaseCUDAMemoryManager)
assert issubclass(driver.LinkerError, Exception) and issubclass(error.NvrtcCompilationError, Exception)
assert driver.CU_STREAM_DEFAULT == 0 and runtime.get_version() == cuda.runtime.get_version()
assert devicearray.IpcArrayHandle is cuda.cudadrv.devicearray.IpcArrayHandle
start, end = cuda.event(), cuda.event()
start.record(); end.record(); end.synchronize()
assert driver.event_elapsed_time(start, end) >= 0
"""
    done = subprocess.run([sys.executable, "-P", "-m", "weft", "-c", program], capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr


def test_what_only_has_the_interface_is_an_operand_of_a_gufunc():
    from weft._guvectorize import guvectorize

    class Foreign:
        def __init__(self, array):
            self.__cuda_array_interface__ = array.__cuda_array_interface__
            self.array = array

    @guvectorize(["void(float64[:], float64, float64[:])"], "(n),()->(n)", target="cuda")
    def add(x, y, out):
        for i in range(x.shape[0]):
            out[i] = x[i] + y

    x = cuda.to_device(np.arange(6.0).reshape(2, 3))
    made = add(Foreign(x), 1.5)
    assert isinstance(made, type(x))
    assert (made.copy_to_host() == np.arange(6.0).reshape(2, 3) + 1.5).all()
    out = cuda.device_array_like(x)
    add(x, 2.0, Foreign(out))
    assert (out.copy_to_host() == np.arange(6.0).reshape(2, 3) + 2).all()


def test_a_device_array_is_reshaped_in_place_or_not_at_all(recwarn):
    x = cuda.to_device(np.arange(12.0).reshape(3, 4))
    assert (x.reshape(4, -1).copy_to_host() == np.arange(12.0).reshape(4, 3)).all()
    assert (x.T.reshape((6, 2), order="F").copy_to_host() == np.arange(12.0).reshape(3, 4).T.reshape((6, 2), order="F")).all()
    with pytest.raises(NotImplementedError, match="copy"):
        x.T.reshape(12)
    with pytest.raises(ValueError, match="cannot reshape"):
        x.reshape(5)
    assert not recwarn.list
