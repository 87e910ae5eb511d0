"""Functions that kernels of Python find elsewhere: PTX and machine code, linked by a GPU's driver."""

import numpy as np
import pytest

import weft as wf
from weft import _pytypes as types
from weft import cuda
from weft._pysource import TypingError


def scaled(x, n):
    return x * n + 1


def kept(a, i):
    a[i] = a[i] + 100
    return i


def ptx_of(function, signature):
    return cuda.compile(function, signature, device=True, abi="c", cc=(7, 5))[0]


@pytest.fixture
def kernel():
    """One that calls a function of PTX that weft made before."""
    declared = cuda.declare_device("scaled", "float32(float32, int32)", abi="c",
                                   link=cuda.PTXSource(ptx_of(scaled, "float32(float32, int32)")))

    @cuda.jit
    def kernel(x, out):
        i = cuda.grid(1)
        if i < x.size:
            out[i] = declared(x[i], 3)

    return kernel


def test_the_ptx_of_a_kernel_names_what_it_is_linked_with(kernel):
    text = kernel.inspect_asm("void(float32[::1], float32[::1])")
    assert ".extern .func" in text and "call.uni (retval0), scaled," in text


def test_on_a_cpu_the_source_is_asked_for(kernel):
    with wf.device("cpu"), pytest.raises(TypingError, match="'scaled' is declared but has no body") as caught:
        kernel[1, 8](np.ones(4, np.float32), np.ones(4, np.float32))
    assert "CUDA C source runs on every device" in str(caught.value)


def test_source_beside_ptx_is_what_a_cpu_runs():
    source = cuda.CUSource('extern "C" __device__ float scaled(float x, int n) { return x * n + 1; }')
    unused = cuda.PTXSource(ptx_of(kept, "int64(int64[::1], int64)"))
    declared = cuda.declare_device("scaled", "float32(float32, int32)", abi="c")

    @cuda.jit(link=[source, unused])
    def kernel(x):
        x[cuda.threadIdx.x] = declared(x[cuda.threadIdx.x], 2)

    x = np.arange(4, dtype=np.float32)
    with wf.device("cpu"):
        kernel[1, 4](x)
    assert x.tolist() == [1, 3, 5, 7]


def test_what_cannot_be_linked_is_named(tmp_path):
    for item, kind in ((tmp_path / "a.txt", NotImplementedError), (cuda.LTOIR(b""), NotImplementedError), (3, TypeError),
                       (tmp_path / "missing.ptx", FileNotFoundError)):
        with pytest.raises(kind):
            cuda.jit(link=[item])(kept)
    with pytest.raises(NotImplementedError, match="setup_callback"):
        cuda.PTXSource("", setup_callback=print)


@pytest.fixture
def gpu():
    if not any(d.kind == "cuda" for d in wf.devices()):
        pytest.skip("no NVIDIA GPU on this machine")
    with wf.device("cuda"):
        yield


def test_ptx_runs_on_a_gpu(gpu, kernel, tmp_path):
    x, out = np.arange(100, dtype=np.float32), np.zeros(100, np.float32)
    for _ in range(2):
        kernel[1, 128](x, out)
    assert out.tolist() == (x * 3 + 1).tolist()
    path = tmp_path / "kept.ptx"
    path.write_text(ptx_of(kept, "int64(int64[::1], int64)"))
    declared = cuda.declare_device("kept", types.int64(types.CPointer(types.int64), types.int64, types.int64), abi="c")  # an array is its pointer and its extent

    @cuda.jit(link=[str(path), cuda.CUSource('extern "C" __device__ int one(int x) { return x + 1; }')])
    def both(a):
        declared(a, a.size, cuda.threadIdx.x)
        a[cuda.threadIdx.x] += one(1)

    one = cuda.declare_device("one", "int32(int32)", abi="c")
    a = np.arange(8)
    both[1, 8](a)
    assert a.tolist() == list(range(102, 110))


def test_a_gpus_driver_says_what_is_missing(gpu, kernel):
    declared = cuda.declare_device("nowhere", "int32(int32)", abi="c", link=cuda.PTXSource(ptx_of(scaled, "float32(float32, int32)")))

    @cuda.jit
    def kernel(a):
        a[0] = declared(1)

    with pytest.raises(wf.Error, match="nowhere"):
        kernel[1, 1](np.zeros(1))


C_FORMS = [
    ("long long", "long long", "int64"), ("long", "long", "int64"), ("size_t", "size_t", "uint64"), ("unsigned int", "unsigned", "int32"),
    ("float", "const float", "float32"), ("double", "double", "float64"), ("signed char", "char", "int8"),
]


@pytest.mark.parametrize("result,argument,type_", C_FORMS, ids=[f[0] for f in C_FORMS])
@pytest.mark.parametrize("abi", ["numba", "c"])
def test_c_may_spell_a_type_in_other_words(result, argument, type_, abi):
    body = "{ return x + 1; }" if abi == "c" else "{ *out = x + 1; return 0; }"
    head = f"{result} one_more({argument} x)" if abi == "c" else f"int one_more({result} *out, {argument} x)"
    declared = cuda.declare_device("one_more", f"{type_}({type_})", abi=abi, link=cuda.CUSource(f'extern "C" __device__ {head} {body}'))

    @cuda.jit
    def kernel(x):
        x[0] = declared(x[0])

    with wf.device("cpu"):
        x = np.array([41], type_)
        kernel[1, 1](x)
    assert x[0] == 42


@pytest.mark.parametrize("form", ["const float *", "void *", "float *__restrict__ ", "const void *"])
def test_c_may_say_more_or_less_of_a_pointer(form):
    source = cuda.CUSource(f'extern "C" __device__ int second(float *out, {form}x) {{ *out = ((const float *)x)[1]; return 0; }}')
    declared = cuda.declare_device("second", types.float32(types.CPointer(types.float32)), link=source)

    @cuda.jit
    def kernel(x):
        x[0] = declared(x)

    with wf.device("cpu"):
        x = np.array([0, 7], np.float32)
        kernel[1, 1](x)
    assert x[0] == 7


def test_c_that_takes_something_else_is_an_error():
    declared = cuda.declare_device("f", "float64(float64)", abi="c", link=cuda.CUSource('extern "C" __device__ double f(long x) { return x; }'))

    @cuda.jit
    def kernel(x):
        x[0] = declared(x[0])

    with wf.device("cpu"), pytest.raises(wf.CompileError, match="already the name of something else"):
        kernel[1, 1](np.ones(1))
