"""Devices, memory, copies, streams, events: the native names, on the default device."""

import gc

import numpy as np
import pytest

import weft as wf

CPU = wf.device().kind == "cpu"


def filled(array):
    memory = wf.Memory(array.nbytes)
    wf.copy_to_device(memory, array)
    return memory


def content(memory, dtype, count):
    result = np.empty(count, dtype)
    wf.copy_to_host(result, memory)
    return result


def test_devices():
    device = wf.device()
    assert device is wf.Device() and device is wf.device(str(device))
    assert device in wf.devices()
    assert device.info["warp_size"] == 32
    free, total = device.memory()
    assert 0 < free <= total == device.info["total_memory"]


@pytest.mark.parametrize("name", ["cpu:99", "cuda:99", "tpu", ""])
def test_no_such_device(name):
    with pytest.raises(wf.Error):
        wf.device(name)
    with pytest.raises(TypeError):
        wf.device(3.5)


def test_device_as_context_manager():
    with wf.device("cpu") as device:
        assert wf.current_device() is device
        assert wf.Memory(8).device is device
    assert wf.current_device() is wf.device()


@pytest.mark.parametrize("dtype", ["u1", "i4", "f8", "c16"])
@pytest.mark.parametrize("count", [0, 1, 1000, 1 << 20])
def test_round_trip(dtype, count):
    array = np.random.default_rng(count).integers(0, 100, count).astype(dtype)
    assert np.array_equal(content(filled(array), dtype, count), array)


def test_noncontiguous_host_memory_is_refused():
    memory = wf.Memory(800)
    with pytest.raises((BufferError, ValueError)):
        wf.copy_to_device(memory, np.zeros((10, 20), "f4")[:, ::2])
    readonly = np.zeros(10)
    readonly.flags.writeable = False
    with pytest.raises((BufferError, ValueError)):
        wf.copy_to_host(readonly, memory)


@pytest.mark.parametrize("copy", [lambda m, a: wf.copy_to_device(m, a), lambda m, a: wf.copy_to_host(a, m),
                                  lambda m, a: wf.copy_on_device(m, m, a.nbytes)])
def test_copies_that_do_not_fit(copy):
    with pytest.raises(wf.ArgumentError, match="8 bytes"):
        copy(wf.Memory(8), np.zeros(9, "u1"))


def test_double_free_and_use_after_free():
    memory = wf.Memory(64)
    memory.free()
    assert memory.freed
    with pytest.raises(wf.ArgumentError, match="double free"):
        memory.free()
    with pytest.raises(wf.ArgumentError, match="use after free"):
        wf.copy_to_host(np.zeros(64, "u1"), memory)


def test_out_of_memory_tells_sizes_and_nothing_is_lost():
    with pytest.raises(wf.OutOfMemoryError, match=str(1 << 60)) as caught:
        wf.Memory(1 << 60)
    assert isinstance(caught.value, MemoryError) and isinstance(caught.value, wf.Error)
    assert wf.Memory(1 << 10).size == 1 << 10


@pytest.mark.skipif(not CPU, reason="memory of a GPU cannot be seen in place")
def test_buffer_protocol_and_free():
    memory = filled(np.arange(4, dtype="i4"))
    view = np.frombuffer(memory, "i4")
    assert list(view) == [0, 1, 2, 3]
    with pytest.raises(BufferError):
        memory.free()
    del view
    gc.collect()
    memory.free()


@pytest.mark.parametrize("item", [1, 2, 4])
def test_fill(item):
    dtype = f"u{item}"
    memory = filled(np.zeros(100, dtype))
    wf.fill(memory, 0x01020304 & ((1 << 8 * item) - 1), item, 60)
    result = content(memory, dtype, 100)
    assert (result[:60] == 0x01020304 & ((1 << 8 * item) - 1)).all() and (result[60:] == 0).all()


def test_strided_copy():
    source = np.arange(64, dtype="i4").reshape(8, 8)
    memory, pitch = wf.Memory.pitched(16, 8, 4)
    wf.copy_strided((memory, True, 0, pitch, 0), (source, False, 8, 32, 0), 16, 8, 1)
    back = np.zeros((8, 4), "i4")
    wf.copy_strided((back, False, 0, 16, 0), (memory, True, 0, pitch, 0), 16, 8, 1)
    assert np.array_equal(back, source[:, 2:6])
    with pytest.raises(wf.ArgumentError):
        wf.copy_strided((back, False, 0, 16, 0), (memory, True, 0, pitch, 0), 16, 9, 1)


def test_streams_and_events():
    stream, before, after = wf.Stream(), wf.Event(), wf.Event()
    assert before.record(stream) is before
    memory = wf.Memory(1 << 20)
    wf.fill(memory, 7, 4, 1 << 18, stream, False)
    after.record(stream).synchronize()
    assert after.query() and after.time_since(before) >= 0
    stream.synchronize()
    assert stream.is_done()
    called = []
    stream.add_callback(lambda: called.append(1))
    stream.synchronize()
    other = wf.Stream()
    other.wait_for_event(after)
    other.synchronize()
    for _ in range(1000):
        if called:
            break
        wf.synchronize()
    assert called == [1]


def test_pinned_memory():
    memory = wf.PinnedMemory(400)
    array = np.ndarray(100, "f4", buffer=memory)
    array[:] = 2
    target = filled(array)
    assert (content(target, "f4", 100) == 2).all()
    memory.free()  # the array still looks at it: it stays until that is gone
    assert array[0] == 2


def test_errors_are_of_both_worlds():
    assert issubclass(wf.ArgumentError, ValueError) and issubclass(wf.UnsupportedError, NotImplementedError)
    assert issubclass(wf.KernelError, wf.LaunchError) and issubclass(wf.FaultError, wf.DeviceError)
    for name in ("CompileError", "LaunchError", "DeviceError", "InternalError"):
        assert issubclass(getattr(wf, name), wf.Error)


def test_import_is_light():
    import subprocess
    import sys

    code = "import sys, weft; print('numpy' in sys.modules, 'llvmlite' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
