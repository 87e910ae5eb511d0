"""Memory and events for several processes: what one makes another opens, on the CPU and through the stand-in driver. Other
processes are started afresh (spawn) and run the functions of OTHERS, which is a module of its own for them."""

import importlib
import multiprocessing
import os
import pickle
import subprocess
import sys

import numpy as np
import pytest

import weft as wf

SPAWN = multiprocessing.get_context("spawn")
OTHERS = '''
import os, pickle, warnings
import pytest
import weft as wf

def read(handle):
    with handle as x:
        return x.get()

def add(handle, value):
    with handle as x:
        x += value
        wf.synchronize()

def kernel(handle):
    with handle as x, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        wf.Kernel("__global__ void k(double *x, int n) { int i = threadIdx.x; if (i < n) x[i] *= 2; x[n] = 1; }")(x, x.size, block=32)
        wf.synchronize()
        return str(caught[0].message)

def open_twice(handle):
    with handle as x:
        with pytest.raises(wf.ArgumentError, match="open already"):
            handle.open()
        again = pickle.loads(pickle.dumps(handle))
        with again as y:  # the same memory, counted
            y += 1
            wf.synchronize()
        found = x.get()
    with pytest.raises(wf.ArgumentError, match="not open"):
        handle.close()
    with handle as x:
        assert (x.get() == found).all()
    return found

def pass_on(handle):
    with handle as x:
        with pytest.raises(wf.ArgumentError, match="someone else's"):
            wf._core.ipc_export(x._exported)

def record(handle, event):
    opened = event.open()
    with handle as x:
        x += 1
        opened.record()
        opened.synchronize()
    return opened.query()

def not_memory(handle):
    handle.shape, handle.strides, handle.dtype = (1,), (1,), "|u1"
    with pytest.raises(wf.ArgumentError, match="memory was expected"):
        handle.open()

def hold(event, ready, go):
    opened = event.open()
    stream = wf.Stream()
    stream.add_callback(lambda: (ready.set(), go.wait(60)))
    opened.record(stream)
    opened.synchronize()

def die(event):
    opened = event.open()
    stream = wf.Stream()
    stream.add_callback(lambda: os._exit(3))
    opened.record(stream)
    opened.synchronize()

def keep(handle):
    kept.x = handle.open()

def kept():
    return int(kept.x.max())
'''


def others():
    return importlib.import_module("weft_test_ipc_others")


@pytest.fixture(scope="module", autouse=True)
def module_of_others(tmp_path_factory):
    folder = tmp_path_factory.mktemp("others")
    (folder / "weft_test_ipc_others.py").write_text(OTHERS)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    yield
    sys.path.remove(str(folder))
    sys.modules.pop("weft_test_ipc_others", None)


@pytest.fixture(scope="module")
def other(module_of_others):
    """Another process that runs functions of this file."""
    with SPAWN.Pool(1) as pool:
        yield lambda function, *args: pool.apply_async(function, args).get(20)


@pytest.mark.parametrize("size", [0, 1, 10, 1000, 70000, 1 << 20])
def test_an_array_is_the_same_memory_there(other, size):
    x = wf.arange(size, dtype="f4")
    handle = wf.ipc_handle(x)
    if not size:
        return
    assert (other(others().read, handle) == np.arange(size, dtype="f4")).all()
    other(others().add, handle, 2)
    assert (x.get() == np.arange(size, dtype="f4") + 2).all()
    x *= 3
    wf.synchronize()
    assert (other(others().read, handle) == (np.arange(size, dtype="f4") + 2) * 3).all()


def test_neighbours_and_views(other):
    arrays = [wf.full(5, i, "i4") for i in range(20)]
    handles = [wf.ipc_handle(a) for a in arrays]
    for i, handle in enumerate(handles):
        assert (other(others().read, handle) == i).all()
    other(others().add, handles[7], 100)
    assert [int(a[0]) for a in arrays] == [107 if i == 7 else i for i in range(20)]
    whole = wf.arange(24.0).reshape(4, 6)
    for view in (whole[1], whole[:, 2], whole[::-1, ::-2], whole.T):
        assert (other(others().read, wf.ipc_handle(view)) == view.get()).all()
    assert (other(others().read, wf.ipc_handle(wf.arange(3) + 1)) == [1, 2, 3]).all()  # computed first


@pytest.mark.cpu
def test_host_views_stay_valid(other):
    """The pages move to shared memory, the address does not."""
    x = wf.arange(300000.0)
    seen = np.asarray(x)
    address = x.__array_interface__["data"][0] if hasattr(x, "__array_interface__") else seen.ctypes.data
    other(others().add, wf.ipc_handle(x), 1)
    assert seen[5] == 6 and seen.ctypes.data == address


@pytest.mark.cpu
def test_kernels_use_it_and_are_checked(other):
    x = wf.arange(10.0)
    assert "index 10, size 10" in other(others().kernel, wf.ipc_handle(x))
    assert (x.get() == np.arange(10.0) * 2).all()


@pytest.mark.cpu
def test_memory_by_address(other):
    memory = wf.Memory(100)
    wf.copy_to_device(memory, np.arange(100, dtype="u1"))
    handle = wf.ipc_handle(memory)
    assert (other(others().read, handle) == np.arange(100)).all()
    memory.free()
    with pytest.raises(wf.ArgumentError, match="freed"):
        other(others().read, handle)


def test_opened_and_closed_twice(other):
    assert (other(others().open_twice, wf.ipc_handle(wf.zeros(4))) == 1).all()


def test_memory_of_another_is_not_exported_again(other):
    other(others().pass_on, wf.ipc_handle(wf.zeros(4)))


@pytest.mark.cpu
def test_misuse_here():
    x = wf.arange(5.0)
    handle = wf.ipc_handle(x)
    with pytest.raises(wf.ArgumentError, match="other processes only"):
        handle.open()
    with pytest.raises(wf.ArgumentError, match="no handle for"):
        wf.IpcHandle(b"x" * 64, (1,), (1,), "|u1").open()
    with pytest.raises(ValueError, match="64 bytes"):
        wf.IpcHandle(b"short", (1,), (1,), "|u1").open()
    with pytest.raises(wf.ArgumentError, match="no memory of another process"):
        wf._core.ipc_close(12345)
    with pytest.raises(wf.ArgumentError, match="no live allocation"):
        wf._core.ipc_export(12345)
    with pytest.raises(TypeError):
        wf.ipc_handle(np.zeros(3))
    pinned = wf.PinnedMemory(64)
    with pytest.raises(wf.ArgumentError, match="pinned"):
        wf._core.ipc_export(pinned.address)
    with pytest.raises(wf.ArgumentError, match="flags"):
        wf.Event().ipc_handle()
    with pytest.raises(wf.ArgumentError, match="DISABLE_TIMING"):
        wf.Event(4)
    damaged = bytearray(handle.handle)
    damaged[12:16] = (999).to_bytes(4, "little")
    damaged[8:12] = os.getppid().to_bytes(4, "little")
    with pytest.raises(wf.Error):
        wf.IpcHandle(bytes(damaged), (1,), (1,), "|u1").open()


@pytest.mark.cpu
def test_a_handle_of_a_process_that_ended():
    code = "import weft as wf, sys, pickle; sys.stdout.buffer.write(pickle.dumps(wf.ipc_handle(wf.zeros(9))))"
    handle = pickle.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
    with pytest.raises(wf.ArgumentError, match="ended"):
        handle.open()


@pytest.mark.cpu
def test_events(other):
    event = wf.Event(6)
    handle = wf.ipc_handle(event)
    x = wf.zeros(3)
    assert other(others().record, wf.ipc_handle(x), handle)
    event.synchronize()
    assert event.query() and (x.get() == 1).all()
    stream = wf.Stream()
    stream.wait_for_event(event)
    stream.synchronize()
    other(others().not_memory, handle)
    with pytest.raises(wf.ArgumentError, match="other processes only"):
        handle.open()


def test_an_event_is_waited_for_across_processes():
    event, ready, go = wf.Event(6), SPAWN.Event(), SPAWN.Event()
    process = SPAWN.Process(target=others().hold, args=(wf.ipc_handle(event), ready, go))
    process.start()
    assert ready.wait(60)
    while event.query():  # its recording follows at once
        pass
    go.set()
    event.synchronize()
    assert event.query()
    process.join(60)
    assert process.exitcode == 0


def memory_in_a_child(code):
    """What a program prints that forks: in a process of its own, where nothing else runs."""
    done = subprocess.run([sys.executable, "-c", "import os, time, numpy as np, weft as wf\n" + code], capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.split()


@pytest.mark.cpu
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork()")
def test_a_forked_child_has_a_copy_of_what_shares_room():
    """Small arrays share their slab, small allocations their page: parent and child must not give out the same room."""
    assert memory_in_a_child("""
x, y, small = wf.arange(10.0), wf.zeros(10), [wf.Memory(64) for _ in range(3)]
y.data.ptr
handles = wf.ipc_handle(x), wf.ipc_handle(small[0])
say, told = os.pipe(), os.pipe()
if os.fork() == 0:
    mine, more = wf.full(10, 7.0), wf.Memory(64)
    y += 5
    wf.copy_to_device(more, np.full(64, 7, "u1"))
    wf.synchronize()
    os.write(say[1], b"x")
    os.read(told[0], 1)
    with handles[0] as shared:  # the parent's, still one memory
        shared += 1
        wf.synchronize()
    back = np.empty(64, "u1")
    wf.copy_to_host(back, more)
    os._exit((mine.get() == 7).all() and (back == 7).all() and (x.get() == np.arange(10.0)).all())
os.read(say[0], 1)
b, more = wf.full(10, 3.0), wf.Memory(64)
wf.copy_to_device(more, np.full(64, 3, "u1"))
wf.synchronize()
os.write(told[1], b"x")
print(os.waitstatus_to_exitcode(os.wait()[1]), (y.get() == 0).all(), (b.get() == 3).all(), (x.get() == np.arange(1.0, 11)).all())
""") == ["1", "True", "True", "True"]


@pytest.mark.cpu
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork()")
def test_who_recorded_has_ended_and_nobody_has_asked():
    assert memory_in_a_child("""
event = wf.Event(6)
if os.fork() == 0:
    stream = wf.Stream()
    stream.add_callback(lambda: time.sleep(60))
    event.record(stream)
    os._exit(0)
os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
try:
    event.synchronize()
except wf.Error as error:
    print("ended" in str(error), event.query())
""") == ["True", "False"]


@pytest.mark.cpu
def test_small_allocations_share_pages():
    """64 bytes take 256, not a page; what is freed is given out again, exported or not."""
    first = wf.Memory(64)
    handle = wf.ipc_handle(first)
    many = [wf.Memory(64) for _ in range(1000)]
    addresses = {int(m.address) for m in many}
    assert len(addresses) == 1000 and all(a % 256 == 0 for a in addresses)
    assert len({a // 4096 for a in addresses}) < 100
    del many
    again = [wf.Memory(64) for _ in range(1000)]
    assert len(addresses & {int(m.address) for m in again}) > 900
    for size in (256, 257, 512, 1024, 2048, 2049, 4096, 5000, (1 << 20) - 1):
        a, b = wf.Memory(size), wf.Memory(size)
        assert abs(int(a.address) - int(b.address)) >= size and int(a.address) % 256 == 0
    assert handle.nbytes == 64


@pytest.mark.cpu  # a driver waits for ever
def test_who_recorded_has_ended():
    event = wf.Event(6)
    process = SPAWN.Process(target=others().die, args=(wf.ipc_handle(event),))
    process.start()
    process.join(60)
    assert process.exitcode == 3
    if not event.query():
        with pytest.raises(wf.Error, match="ended"):
            event.synchronize()


def test_freed_memory_is_private_again(other):
    """What is allocated where an exported array was is not seen by those who opened that."""
    x = wf.zeros(4 << 20, "u1") + 1  # a block of its own: small arrays share one, as on a GPU
    handle = wf.ipc_handle(x)
    keeper = SPAWN.Pool(1)
    keeper.apply_async(others().keep, (handle,)).get(20)
    del x
    again = [wf.full(4 << 20, 7, "u1") for _ in range(3)]
    wf.eval(*again)
    wf.synchronize()
    assert keeper.apply_async(others().kept, ()).get(20) == 1
    keeper.close()
    keeper.join()


@pytest.mark.cpu
def test_fork_goes_on():
    x = wf.arange(100.0)
    wf.ipc_handle(x)
    child = os.fork()
    if not child:
        good = (x.get() == np.arange(100.0)).all()
        y = wf.Memory(50)
        wf.ipc_handle(y)
        y.free()
        os._exit(0 if good else 1)
    assert os.waitpid(child, 0)[1] == 0


GPU = r"""
import multiprocessing, pickle, sys, os
import numpy as np, weft as wf
def read(handle):
    with handle as x:
        return x.get()
def add(handle):
    with handle as x:
        host = x.get() + 1
        wf.copy_to_device(x, host)
def events(handle):
    event = handle.open()
    event.record(); event.synchronize()
    return event.query()
def cpu(handle):
    try:
        handle.open("cpu")
    except wf.ArgumentError as error:
        return str(error)
if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        other = lambda f, *a: pool.apply_async(f, a).get(60)
        m = wf.Memory(64)
        wf.copy_to_device(m, np.arange(64, dtype='u1'))
        print((other(read, wf.ipc_handle(m)) == np.arange(64)).all())
        for size in (10, 5000, 1 << 21):
            a, b = wf.asarray(np.arange(size, dtype='f4')), wf.asarray(np.arange(size, dtype='f4') + 5)
            ha, hb = wf.ipc_handle(a), wf.ipc_handle(b)
            other(add, hb)
            print((other(read, ha) == np.arange(size)).all() and (b.get() == np.arange(size) + 6).all())
        print(wf.ipc_handle(m).handle[:4])
        try:
            wf.ipc_handle(m).open()
        except wf.ArgumentError as error:
            print("other processes only" in str(error))
        big = wf.asarray(np.arange(1 << 19, dtype='f8')); big.__cuda_array_interface__
        try:
            wf.ipc_handle(big)
        except wf.ArgumentError as error:
            print("WEFT_SHAREABLE" in str(error))
        os.environ["WEFT_SHAREABLE"] = "1"
        print(other(events, wf.ipc_handle(wf.Event(6))))
        print("no handle for" in other(cpu, wf.ipc_handle(m)))
"""


def test_through_the_driver(fake, tmp_path):
    program = tmp_path / "program.py"
    program.write_text(GPU)
    done = subprocess.run([sys.executable, str(program)], capture_output=True, text=True, timeout=300,
                          env={**os.environ, "WEFT_CUDA_LIBRARY": str(fake), "WEFT_DEVICE": "cuda", "FAKE_CUDA_SHARED": "1",
                               "WEFT_CACHE_DIR": "off"})
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.split() == ["True"] * 4 + ["b'fake'"] + ["True"] * 4


PYCUDA = r"""
import multiprocessing
import numpy as np
def other(handle, event):
    import pycuda.autoinit, pycuda.driver as drv
    from pycuda.compiler import SourceModule
    memory = drv.IPCMemoryHandle(handle)
    add = SourceModule("__global__ void add(float *x) { x[threadIdx.x] += 1; }").get_function("add")
    add(memory, block=(8, 1, 1))
    found = drv.from_device(int(memory), 8, np.float32)
    drv.Event.from_ipc_handle(event).record().synchronize()
    memory.close()
    try:
        memory.close()
    except drv.Error as error:
        return found, str(error)
if __name__ == "__main__":
    import pycuda.autoinit, pycuda.driver as drv
    import pycuda.gpuarray as gpuarray
    event = drv.Event(drv.event_flags.INTERPROCESS | drv.event_flags.DISABLE_TIMING)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        x = gpuarray.to_gpu(np.arange(8, dtype=np.float32))
        found, error = pool.apply_async(other, (drv.mem_get_ipc_handle(x.gpudata), event.ipc_handle())).get(60)
        print((found == np.arange(8) + 1).all(), (x.get() == found).all(), "closed before" in error, event.query())
"""
CUPY = r"""
import multiprocessing
import cupy as cp
from cupy.cuda import runtime
def other(handle, event):
    at = runtime.ipcOpenMemHandle(handle)
    x = cp.ndarray((9,), cp.float32, cp.cuda.MemoryPointer(cp.cuda.UnownedMemory(at, 36, None), 0))
    x *= 2
    event = runtime.ipcOpenEventHandle(event)
    runtime.eventRecord(event, 0)
    runtime.eventSynchronize(event)
    runtime.eventDestroy(event)
    found = x.get()
    del x
    runtime.ipcCloseMemHandle(at)
    return found
if __name__ == "__main__":
    a, b = cp.arange(9, dtype="f4"), cp.arange(9, dtype="f4") + 5
    event = runtime.eventCreateWithFlags(runtime.eventInterprocess | runtime.eventDisableTiming)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        found = pool.apply_async(other, (runtime.ipcGetMemHandle(b.data.ptr), runtime.ipcGetEventHandle(event))).get(60)
        print(found.tolist() == [10 + 2 * i for i in range(9)], b.get().tolist() == found.tolist(), a.get().tolist() == list(range(9)), True)
"""
NUMBA = r"""
import multiprocessing, pickle
import numpy as np
from numba import cuda
@cuda.jit
def add(x, value):
    i = cuda.grid(1)
    if i < x.size:
        x[i] += value
def other(handle, raw):
    with handle as x:
        add[1, 32](x, 10)
        try:
            handle.open()
        except ValueError as error:
            said = str(error)
        first = x.copy_to_host()
    with cuda.open_ipc_array(raw, shape=5, dtype=np.int64) as x:
        return first, x.copy_to_host(), said
if __name__ == "__main__":
    x = cuda.to_device(np.arange(10))
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        raw = cuda.current_context().get_ipc_handle(x[5:].gpu_data).handle.reserved
        first, second, said = pool.apply_async(other, (x[::2].get_ipc_handle(), raw)).get(60)
    print(first.tolist() == [10, 12, 14, 16, 18], second.tolist() == [5, 16, 7, 18, 9], said == "IpcHandle is already opened", True)
"""


@pytest.mark.parametrize("program", ["PYCUDA", "CUPY", "NUMBA"])
def test_under_the_peers_names(program, tmp_path):
    path = tmp_path / "program.py"
    path.write_text(globals()[program])
    done = subprocess.run([sys.executable, "-m", "weft", str(path)], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.split() == ["True"] * 4
