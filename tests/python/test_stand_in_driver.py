"""The GPU's way through weft against a stand-in for the CUDA driver (tests/c/fake_cuda): what is called, and what happens when
any one of the calls fails. Nothing is computed there: results are a real GPU's business (tests/gpu)."""

import os
import subprocess
import sys

PRELUDE = """
import ctypes, os
class Control(ctypes.Structure):
    _fields_ = [("calls", ctypes.c_uint64), ("count_of", ctypes.CFUNCTYPE(ctypes.c_uint64, ctypes.c_char_p)),
                ("reset", ctypes.CFUNCTYPE(None)), ("fail_nth", ctypes.CFUNCTYPE(None, ctypes.c_uint64, ctypes.c_int))]
library = ctypes.CDLL(os.environ["WEFT_CUDA_LIBRARY"])
library.fake_cuda_control.restype = ctypes.POINTER(Control)
control = library.fake_cuda_control().contents
import numpy as np, weft as wf
SOURCE = "extern \\"C\\" __global__ void add%s(float *x, int n) { int i = threadIdx.x; if (i < n) x[i] += %s; }"
def use(number):
    x = np.zeros(100, 'f4')
    memory = wf.Memory(400)
    wf.copy_to_device(memory, x)
    wf.Kernel(SOURCE % (number, number))(memory, 100, block=128)
    wf.synchronize()
    wf.copy_to_host(x, memory)
    memory.free()
"""


def run(code, fake, cache="off"):
    done = subprocess.run([sys.executable, "-c", PRELUDE + code], capture_output=True, text=True, timeout=300,
                          env={**os.environ, "WEFT_CUDA_LIBRARY": str(fake), "WEFT_DEVICE": "cuda", "WEFT_CACHE_DIR": str(cache)})
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.split("\n")


def test_a_launch_is_one_call_of_the_driver(fake):
    out = run("""
memory, kernel = wf.Memory(400), wf.Kernel(SOURCE % (1, 1))
kernel(memory, 100, block=128)
before, launches = control.calls, control.count_of(b"cuLaunchKernel")
for _ in range(100):
    kernel(memory, 100, block=128)
print(control.count_of(b"cuLaunchKernel") - launches, control.calls - before)
""", fake)
    launches, calls = map(int, out[0].split())
    assert launches == 100 and calls <= 300


def test_what_a_kernel_raised_is_read_after_its_launch(fake):
    """The stand-in runs nothing: what a thread would have left there is put there."""
    out = run("""
from weft import cuda
@cuda.jit(debug=True)
def kernel(x):
    if x[0] > 1:
        raise ValueError("large")
    x[0] = 10 // x[0]
@cuda.jit
def plain(x):
    x[0] = 1
x = cuda.device_array(4, np.int64)
kernel[(3, 2), (8, 4)](x)
memory = kernel._program("AC1l").variable("__wf_raised")
words = np.array([2, 1, 1, 0, 5, 3, 0], np.uint32)
for site in (1, 2, 0):
    words[0] = site
    wf.copy_to_device(memory, words)
    try:
        kernel[(3, 2), (8, 4)](x)
        print("nothing")
    except (ValueError, ZeroDivisionError) as error:
        print(type(error).__name__, str(error).replace("\\n", " "))
count = control.count_of(b"cuMemcpyDtoHAsync_v2") + control.count_of(b"cuMemcpyDtoH_v2")
plain[1, 1](x)
print(control.count_of(b"cuMemcpyDtoHAsync_v2") + control.count_of(b"cuMemcpyDtoH_v2") - count)
""", fake)
    assert {out[0].split()[0], out[1].split()[0]} == {"ValueError", "ZeroDivisionError"}
    assert all("tid=[5, 3, 0] ctaid=[1, 1, 0]" in line for line in out[:2])
    assert out[2:4] == ["nothing", "0"]


def test_the_second_process_and_the_second_context_do_not_link_again(fake, tmp_path):
    code = """
use(1)
with wf.device("cuda:1"):
    use(1)
import sys
print(control.count_of(b"cuLinkComplete"), 'llvmlite' in sys.modules)
"""
    assert run(code, fake, tmp_path)[0] == "1 True" or run(code, fake, tmp_path)[0] == "2 True"
    assert run(code, fake, tmp_path)[0] == "0 False"


def test_contexts_of_pycuda_share_one_cubin(fake):
    out = run("""
import weft.dropin; weft.dropin.install("pycuda")
import pycuda.driver as cuda
from pycuda.compiler import SourceModule
cuda.init()
contexts = [cuda.Device(i % 2).make_context() for i in range(4)]
functions = []
module = SourceModule(SOURCE % (1, 1))
for context in reversed(contexts):
    x = cuda.mem_alloc(400)
    module.get_function("add1")(x, np.int32(100), block=(128, 1, 1))
    cuda.Context.synchronize()
    x.free()
    context.pop()
print(control.count_of(b"cuLinkComplete"))
""", fake)
    assert out[0] == "1"


def test_any_call_may_fail_and_the_process_lives(fake):
    out = run("""
use(0)
control.reset()
start = control.calls
use(1)
total = control.calls - start
seen = set()
for nth in range(1, total + 3):
    control.reset()
    control.fail_nth(nth, 999)  # CUDA_ERROR_UNKNOWN
    try:
        use(nth + 1)
    except wf.Error as error:
        seen.add(type(error).__name__)
    control.reset()
use(1000)
print(total > 5, sorted(seen))
""", fake)
    assert out[0].startswith("True ["), out
    assert "Error" in out[0]


def test_large_kernels_move_16_bytes_at_a_time(fake):
    out = run("""
from weft import _core
n = 1 << 20
a, b = (wf.asarray(np.zeros(n, 'f4'), device='cuda:0') for _ in range(2))
wf.eval(a, b)
for what in (a + b, a[1:] + b[1:], a[:100] + b[:100], a.reshape(1024, 1024) + b[:1024], a.astype('f8') * 2):
    text = wf.explain(what).source
    print(text.count('__wf_aligned'), text.count('__wf_aligned') and text.split('__wf_aligned(')[1].split(', ')[1][:2])
""", fake)
    # two loads and a store; not aligned; too few; rows; four float64 are more than one access
    assert out[:5] == ["3 16", "0 0", "0 0", "3 16", "2 8)"], out


DLPACK = """
x = wf.arange(12.0, dtype="f4").reshape(3, 4) + 1
assert x.__dlpack_device__() == (2, 0), x.__dlpack_device__()
before = control.count_of(b"cuEventRecord"), control.count_of(b"cuStreamWaitEvent")
for stream in (None, 1, 2, -1):
    capsule = x.__dlpack__(stream=stream, max_version=(1, 0))
print(control.count_of(b"cuEventRecord") - before[0], control.count_of(b"cuStreamWaitEvent") - before[1])
other = wf.Stream(nonblocking=True)
capsule = x.T.__dlpack__(stream=other.__cuda_stream__()[1])
print(control.count_of(b"cuEventRecord") - before[0], control.count_of(b"cuStreamWaitEvent") - before[1])
y = wf.from_dlpack(capsule)
print(y.shape, y.strides, y.dtype, y.device, y.data.ptr == x.data.ptr)
class Foreign:
    def __init__(self, array): self.array = array
    def __dlpack_device__(self): return self.array.__dlpack_device__()
    def __dlpack__(self, *, stream=None):
        print("asked for stream", stream)
        return self.array.__dlpack__(stream=stream)
z = wf.from_dlpack(Foreign(x.astype(wf.bfloat16)))
print(z.dtype, z.device)
with wf.device("cuda:1"):
    print((wf.ones(3) * 2).__dlpack_device__())
for bad in (0, -2, True, "s"):
    try:
        x.__dlpack__(stream=bad)
    except (ValueError, TypeError) as error:
        print(type(error).__name__)
try:
    x.__dlpack__(dl_device=(1, 0), copy=False)
except BufferError as error:
    print("copy=False" in str(error))
print(x.__dlpack__(dl_device=(1, 0)) is not None)
"""


def test_dlpack(fake):
    lines = run(DLPACK, fake)
    assert lines[0] == "0 0"  # the default streams are in order by themselves
    recorded, waited = map(int, lines[1].split())
    assert recorded >= 1 and waited == 1
    assert lines[2] == "(4, 3) (4, 16) float32 cuda:0 True"
    assert lines[3:6] == ["asked for stream 1", "bfloat16 cuda:0", "(2, 1)"]
    assert lines[6:10] == ["ValueError", "ValueError", "TypeError", "TypeError"]
    assert lines[10:12] == ["True", "True"]


def test_a_context_ends_with_its_last_user_though_code_was_loaded_there(fake):
    out = run("""
import gc
import weft.dropin
weft.dropin.install("pycuda")
import pycuda.driver as cuda, pycuda.gpuarray as gpuarray, pycuda.tools as tools
from pycuda.compiler import SourceModule
from pycuda.elementwise import ElementwiseKernel
def module():
    f = SourceModule("__device__ int n; __global__ void f(int *p) { p[0] = n; }").get_function("f")
    f(gpuarray.zeros(1, np.int32), block=(1, 1, 1))
def work():
    a = gpuarray.to_gpu(np.ones(10, 'f4'))
    (a * 2).get(), gpuarray.sum(a).get()
    ElementwiseKernel("float *x", "x[i] = 1", "one")(a)
    gpuarray.take(a, gpuarray.to_gpu(np.arange(3, dtype=np.int32))).get()
    module()
cuda.init()
for f in (work, module):
    for _ in range(3):
        context = tools.make_default_context()
        f()
        context.pop(), tools.clear_context_caches(), context.detach()
del context
gc.collect()
print(control.count_of(b"cuCtxCreate_v2"), control.count_of(b"cuCtxDestroy_v2"))
use(1)
""", fake)
    assert out[0] == "6 6"


def test_streams_of_other_libraries_live_as_long_as_the_call(fake, monkeypatch):
    monkeypatch.setenv("MALLOC_PERTURB_", "165")  # what was given back reads as rubbish
    out = run("""
other = wf.Stream()
class Theirs:
    def __cuda_stream__(self):
        return 0, other.__cuda_stream__()[1]
theirs, memory, host = Theirs(), wf.Memory(400), np.ones(100, 'f4')
kernel, start, end = wf.Kernel(SOURCE % (5, 5)), wf.Event(), wf.Event()
for _ in range(20):
    start.record(theirs)
    wf.copy_to_device(memory, host, theirs)
    kernel(memory, 100, block=128, stream=theirs)
    wf.copy_to_host(host, memory, theirs)
    end.record(theirs)
    end.synchronize()
print(start.time_till(end) >= 0)
""", fake)
    assert out[0] == "True"


def test_cupy_with_two_devices(fake):
    out = run("""
import weft.dropin
weft.dropin.install("cupy")
import cupy as cp
first, second = cp.cuda.Device(0), cp.cuda.Device(1)
with second:
    there = cp.cuda.alloc(24)
unowned = cp.cuda.memory.UnownedMemory(there.ptr, 24, there)  # whose it is, the address tells
view = cp.ndarray((2, 3), cp.float32, cp.cuda.memory.MemoryPointer(unowned, 0))
print(unowned.device_id, cp.cuda.device.from_pointer(there.ptr).id, view.device)
x = cp.arange(5)
with second:
    print(cp.array(x).device, cp.asarray(x).device)
for i in range(500):
    assert cp.cuda.Device(i % 2).use().id == cp.cuda.Device().id == i % 2
with first:
    second.use()
    with second:
        pass
    print(cp.cuda.Device().id, end=" ")
print(cp.cuda.Device().id)
print(len(bytes(x)), cp.min_scalar_type([x, x]), cp.broadcast(x[:, None], x).shape, cp.mgrid[x[:1]:x[1:2]:3j].shape)
""", fake)
    assert out[0] == "1 1 cuda:1"
    assert out[1] == "cuda:1 cuda:0"
    assert out[2] == "1 1"
    assert out[3] == "40 int64 (5, 5) (3,)"
