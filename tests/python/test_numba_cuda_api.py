"""What programs of numba.cuda rely on beside launching: managers of memory, pickling, pointers, extensions, device arrays' forms."""

import ctypes
import pickle
import subprocess
import sys

import numpy as np
import pytest

import weft as wf
from weft import cuda


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
