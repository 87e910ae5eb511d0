"""DLPack, given and taken, on the CPU against NumPy. On a GPU: test_stand_in_driver.py."""

import gc
import threading

import numpy as np
import pytest

import weft as wf

DTYPES = ["bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float16", "float32", "float64", "complex64", "complex128"]


@pytest.fixture(autouse=True)
def on_a_cpu():
    with wf.device("cpu"):
        yield


class Holder:
    """An object of another library that gives a capsule once."""

    def __init__(self, capsule, place=(1, 0)):
        self.capsule, self.place, self.asked = capsule, place, None

    def __dlpack__(self, **options):
        self.asked = options
        return self.capsule

    def __dlpack_device__(self):
        return self.place


@pytest.mark.parametrize("dtype", DTYPES)
def test_to_numpy_and_back(dtype):
    x = wf.asarray((np.arange(24).reshape(2, 3, 4) % 2).astype(dtype))
    for view in (x, x[:, ::-1], x.T, x[1:, :, 2], x[:0], x[0, 0, 0]):
        shown = np.from_dlpack(view)
        assert shown.dtype == view.dtype and shown.shape == view.shape and np.array_equal(shown, view.get())
        back = wf.from_dlpack(shown)
        assert back.dtype == view.dtype and np.array_equal(back.get(), shown)
    np.from_dlpack(x)[0, 0, 0] = 1
    assert x[0, 0, 0].item() == 1
    taken = wf.from_dlpack(np.arange(5.0))
    taken += 1
    assert taken.tolist() == [1, 2, 3, 4, 5]


def test_both_kinds_of_capsules():
    x = wf.arange(6.0)
    old, new = x.__dlpack__(), x.__dlpack__(max_version=(1, 1))
    assert '"dltensor"' in repr(old) and '"dltensor_versioned"' in repr(new)
    for capsule in (old, new):
        y = wf.from_dlpack(capsule)
        y[0] += 1
        assert "used_dltensor" in repr(capsule)
        with pytest.raises(ValueError, match="nobody has taken"):
            wf.from_dlpack(capsule)
    assert x[0].item() == 2
    assert wf.from_dlpack(Holder(x.__dlpack__())).tolist() == x.tolist()
    with pytest.raises(TypeError, match="__dlpack__"):
        wf.from_dlpack([1, 2])


def test_bfloat16_and_read_only():
    x = wf.asarray([1.5, -2.0], wf.bfloat16)
    y = wf.from_dlpack(x.__dlpack__(max_version=(1, 0)))
    assert y.dtype == wf.bfloat16 and y.astype("float32").tolist() == [1.5, -2.0]
    frozen = wf.broadcast_to(wf.asarray(3.0), (4,))
    with pytest.raises(BufferError, match="read-only"):
        frozen.__dlpack__()
    with pytest.raises(ValueError, match="read-only"):
        wf.from_dlpack(frozen.__dlpack__(max_version=(1, 0)))[0] = 1
    host = np.arange(3.0)
    host.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        wf.from_dlpack(host)[0] = 1


def test_the_memory_lives_as_long_as_somebody_has_it():
    x = wf.arange(1000.0) * 2
    expected = x.get()
    capsule = x.__dlpack__()
    shown = np.from_dlpack(Holder(capsule))
    del x, capsule
    gc.collect()
    wf.ones(1000).block_until_ready()
    assert np.array_equal(shown, expected)
    host = np.arange(100.0)
    y = wf.from_dlpack(host)
    del host
    gc.collect()
    assert (y + 1).sum().item() == 5050
    unused = (wf.arange(10) + 1).__dlpack__()  # freed by its capsule, here on another thread
    box = [unused]
    del unused
    thread = threading.Thread(target=box.clear)
    thread.start()
    thread.join()


def test_what_is_asked_for():
    x = wf.arange(3)
    with pytest.raises(BufferError, match="stream"):
        x.__dlpack__(stream=1)
    with pytest.raises(BufferError, match="not given"):
        x.__dlpack__(dl_device=(2, 0))
    copied = wf.from_dlpack(x.__dlpack__(copy=True))
    copied[0] = 9
    assert x[0].item() == 0
    assert wf.from_dlpack(x) is x and wf.from_dlpack(x, copy=True) is not x
    holder = Holder(x.__dlpack__(), (1, 0))
    wf.from_dlpack(holder)
    assert holder.asked == {"max_version": (1, 0)}
    with pytest.raises(BufferError, match="device type 8"):
        wf.from_dlpack(Holder(None, (8, 0)))
    with pytest.raises(BufferError, match="2 lanes|dimensions"):
        wf.from_dlpack(_vector_capsule())


def _vector_capsule():
    """A capsule whose elements are vectors of two, which no array has."""
    import ctypes
    capsule = wf.arange(4.0).__dlpack__()
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    address = pointer(capsule, b"dltensor")
    ctypes.c_uint16.from_address(address + 22).value = 2  # data 8, device 8, ndim 4, code, bits, lanes
    return capsule


def test_a_host_tensor_as_an_argument_is_told_how():
    """PyTorch's tensors have no buffer: what to do stands in the message, and it works."""
    class Tensor:
        def __init__(self, host):
            self.host = host

        def __dlpack__(self, **options):
            return self.host.__dlpack__(**options)

        def __dlpack_device__(self):
            return self.host.__dlpack_device__()

    host = np.ones(8, np.float32)
    tensor = Tensor(host)
    twice = wf.Kernel("__global__ void twice(float *x) { x[threadIdx.x] *= 2; }")

    @wf.jit
    def total(a):
        return a.sum()

    @wf.cuda.jit
    def more(a):
        a[wf.cuda.grid(1)] += 1

    for call in (lambda one: twice(one, grid=1, block=8), total, more[1, 8]):
        with pytest.raises(TypeError, match=r"weft\.from_dlpack\(…\) makes an array of it that shares its memory"):
            call(tensor)
        call(wf.from_dlpack(tensor))
    assert host.tolist() == [3.0] * 8
