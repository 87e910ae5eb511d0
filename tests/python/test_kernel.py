"""CUDA C from a string to a result: launching, arguments, shapes, globals, what goes wrong."""

import warnings

import numpy as np
import pytest

import weft as wf

ADD = """
extern "C" __global__ void add(const float *x, const float *y, float *z, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n)
        z[i] = x[i] + y[i];
}
"""
TYPES = """
struct pair { int a; double b; };
extern "C" __global__ void take(unsigned char u8, short i16, int i32, unsigned int u32, long long i64, float f, double d,
                                bool b, pair p, float2 v, double *out)
{
    out[0] = u8; out[1] = i16; out[2] = i32; out[3] = u32; out[4] = i64; out[5] = f; out[6] = d; out[7] = b;
    out[8] = p.a; out[9] = p.b; out[10] = v.x; out[11] = v.y;
}
"""
CPU = wf.device().kind == "cpu"


def on_device(array):
    memory = wf.Memory(array.nbytes)
    wf.copy_to_device(memory, array)
    return memory


def from_device(memory, dtype, count):
    result = np.empty(count, dtype)
    wf.copy_to_host(result, memory)
    return result


@pytest.fixture(scope="module")
def add():
    return wf.Kernel(ADD, "add")


@pytest.mark.parametrize("n", [1, 31, 32, 1000, 100_003])
@pytest.mark.parametrize("block", [1, 32, 100, 256, 1024])
def test_add(add, n, block):
    x, y = np.random.default_rng(n).random((2, n), np.float32)
    z = wf.Memory(4 * n)
    if n // block > 20000:
        pytest.skip("too many blocks of one thread")
    add(on_device(x), on_device(y), z, n, grid=(-(-n // block),), block=(block,))
    assert np.array_equal(from_device(z, "f4", n), x + y)


def test_in_out_inout(add):
    x, y = np.ones(100, "f4"), np.arange(100, dtype="f4")
    z = np.zeros(100, "f4")
    add(wf.In(x), wf.In(y), wf.Out(z), 100, grid=1, block=128)
    assert np.array_equal(z, x + y)
    double = wf.Kernel("__global__ void twice(int *x) { x[threadIdx.x] *= 2; }")
    values = np.arange(32, dtype="i4")
    double(wf.InOut(values), block=32)
    assert np.array_equal(values, 2 * np.arange(32))


def test_streams(add):
    x = np.ones(1000, "f4")
    streams, results = [wf.Stream() for _ in range(4)], [wf.Memory(4000) for _ in range(4)]
    source = on_device(x)
    for stream, result in zip(streams, results):
        add(source, source, result, 1000, grid=(4,), block=(256,), stream=stream)
    for stream, result in zip(streams, results):
        stream.synchronize()
        assert (from_device(result, "f4", 1000) == 2).all()


def test_module_names():
    module = wf.Module(ADD + "extern \"C\" __global__ void other() {}")
    assert module.kernels == ("add", "other")
    assert module["add"] is module.kernel("add") and module["add"].name == "add"
    assert [row[:2] for row in module["add"].parameters][3] == ("n", "int")
    with pytest.raises(wf.ArgumentError, match="did you mean add"):
        module.kernel("ad")
    with pytest.raises(wf.ArgumentError, match="several kernels"):
        module.kernel()
    assert "__global__" in module.show()


def test_many_shapes_share_code_in_the_end():
    kernel = wf.Kernel("__global__ void index(int *x) { x[blockIdx.x * blockDim.x + threadIdx.x] = threadIdx.x; }")
    for block in (1, 2, 3, 7, 8, 16, 33, 64, 96, 128, 192, 250, 256, 1000, 1024):
        memory = on_device(np.zeros(2 * block, "i4"))
        kernel(memory, grid=2, block=block)
        assert np.array_equal(from_device(memory, "i4", 2 * block), np.tile(np.arange(block), 2))


# --- arguments -------------------------------------------------------------------------------------------------------


def test_argument_kinds():
    out = wf.Memory(12 * 8)
    pair = np.zeros((), np.dtype([("a", "i4"), ("b", "f8")], align=True))
    pair["a"], pair["b"] = -5, 2.25
    take = wf.Kernel(TYPES, "take")
    take(200, -3, np.int32(-7), 4_000_000_000, 1 << 40, 1.5, np.float64(0.1), True, pair[()], np.complex64(3 - 4j), out,
         block=1)
    expected = [200, -3, -7, 4e9, 2.0**40, 1.5, 0.1, 1, -5, 2.25, 3, -4]
    assert list(from_device(out, "f8", 12)) == expected
    # Every NumPy scalar of another size that holds the value will do.
    take(np.int64(200), np.int8(-3), np.int64(-7), np.uint64(4_000_000_000), np.int64(1 << 40), np.float64(1.5),
         np.float32(0.5), np.bool_(True), pair[()], 3 - 4j, out, block=1)
    expected[6] = 0.5
    assert list(from_device(out, "f8", 12)) == expected


@pytest.mark.parametrize("position, value, error", [
    (0, 256, OverflowError), (0, -1, OverflowError), (1, 40000, OverflowError), (2, 1 << 31, OverflowError),
    (2, 1.5, TypeError), (2, "3", TypeError), (2, None, TypeError), (5, 1j, TypeError), (8, b"123", TypeError),
    (10, np.zeros(12), TypeError), (10, "x", TypeError), (10, 1.0, TypeError), (2, 1 << 70, OverflowError)])
def test_arguments_that_do_not_fit(position, value, error):
    arguments = [1, 1, 1, 1, 1, 1.0, 1.0, True, bytes(16), bytes(8), wf.Memory(96)]
    kernel = wf.Kernel(TYPES, "take")
    kernel(*arguments, block=1)
    arguments[position] = value
    with pytest.raises(error):
        kernel(*arguments, block=1)


def test_address_as_an_integer():
    memory = on_device(np.zeros(1, "i4"))
    kernel = wf.Kernel("__global__ void k(unsigned long long at, int *same) { *same = (unsigned long long)same == at; }")
    kernel(memory, memory, block=1)
    assert from_device(memory, "i4", 1)[0] == 1


def test_wrong_number_of_arguments(add):
    with pytest.raises(TypeError, match="takes 4 arguments, got 2"):
        add(1, 2, block=32)
    with pytest.raises(ValueError, match="block"):
        add(1, 2, 3, 4)
    with pytest.raises(TypeError, match="blok"):
        add(1, 2, 3, 4, blok=32)


@pytest.mark.parametrize("block, grid", [((0,), (1,)), ((2048,), (1,)), ((32, 64), (1,)), ((1, 1, 65), (1,)), ((32,), (0,)),
                                         ((32,), (-1,))])
def test_sizes_that_no_device_has(add, block, grid):
    memory = wf.Memory(400)
    with pytest.raises(wf.LaunchError):
        add(memory, memory, memory, 100, block=block, grid=grid)
    with pytest.raises((ValueError, TypeError)):
        add(memory, memory, memory, 100, block=(1, 1, 1, 1))


def test_freed_memory_as_argument(add):
    memory = wf.Memory(400)
    memory.free()
    with pytest.raises(wf.ArgumentError, match="use after free"):
        add(memory, memory, memory, 100, block=128)


def test_buffer_of_another_type_is_one_warning_for_each_line(add):
    x = on_device(np.zeros(100, np.int64))
    z = wf.Memory(400)
    kernel = wf.Kernel(ADD, "add")
    with pytest.warns(wf.KernelWarning, match=r"argument 1 \(x\).*int64.*test_kernel.py, line \d+.*float") as caught:
        for _ in range(2):
            kernel(x, z, z, 100, block=128)
    assert len(caught) == 1 and caught[0].filename == __file__
    with pytest.warns(wf.KernelWarning, match="int64"):
        kernel(x, z, z, 100, block=128)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        wf.Kernel(ADD, "add")(on_device(np.zeros(100, np.uint8)), z, z, 10, block=32)  # bytes may be anything


# --- the source -------------------------------------------------------------------------------------------------------


def test_compile_errors_have_a_caret():
    with pytest.raises(wf.CompileError) as caught:
        wf.Module("__global__ void k(int *x)\n{\n    x[0] = lenght + 1;\n    y = 2;\n}\n", name="mine.cu")
    text = str(caught.value)
    assert "mine.cu:3:12: error" in text and "mine.cu:4:5: error" in text
    assert "x[0] = lenght + 1;" in text and "^" in text


@pytest.mark.parametrize("source", ["", "int", "__global__ void k(", "#include \"nothing.h\"\n", "\0", "(" * 100000,
                                    "__global__ void k(int *a) { a[0] = " + "-(" * 100000 + "1; }", "int a = " + "!~" * 200000 + "1;",
                                    "#define A A A\nA", "__global__ int k() { return 1; }"])
def test_hostile_source_is_an_error_or_has_no_kernel(source):
    try:
        module = wf.Module(source)
    except wf.Error:
        return
    with pytest.raises(wf.ArgumentError):
        module.kernel()


def test_options_and_headers():
    source = "#include \"mine.h\"\n__global__ void k(int *x) { x[0] = VALUE + MINE; }"
    module = wf.Module(source, ["-DVALUE=40", "-O3", "--use_fast_math", "-arch=sm_90", "-std=c++17"],
                       headers={"mine.h": "#define MINE 2\n"})
    memory = wf.Memory(4)
    module.kernel()(memory, block=1)
    assert from_device(memory, "i4", 1)[0] == 42
    with pytest.warns(wf.KernelWarning, match="--no-such-option"):
        wf.Module(ADD, ["--no-such-option"])


def test_include_from_folder(tmp_path):
    (tmp_path / "value.h").write_text("#define VALUE 17\n")
    (tmp_path / "kernel.cu").write_text("#include \"value.h\"\n__global__ void k(int *x) { *x = VALUE; }\n")
    memory = wf.Memory(4)
    wf.Module.from_file(tmp_path / "kernel.cu").kernel()(memory, block=1)
    assert from_device(memory, "i4", 1)[0] == 17


def test_globals():
    module = wf.Module("""
        __constant__ float factors[4];
        __device__ int counter = 5;
        __global__ void k(float *x) { x[threadIdx.x] = factors[threadIdx.x]; if (threadIdx.x == 0) counter++; }
    """)
    wf.copy_to_device(module.variable("factors"), np.array([1, 2, 3, 4], "f4"))
    memory = wf.Memory(16)
    for _ in range(3):
        module.kernel()(memory, block=4)
    assert list(from_device(memory, "f4", 4)) == [1, 2, 3, 4]
    assert from_device(module.variable("counter"), "i4", 1)[0] == 8
    assert module.variable("factors").size == 16
    with pytest.raises(wf.ArgumentError, match="nothing"):
        module.variable("nothing")


def test_code_that_is_too_large_is_refused_with_its_name():
    lines = "".join(f"v = v * {i % 97 + 1}.5f + x[(i + {i}) & 1023];\n" for i in range(6000))
    source = "__global__ void enormous(float *x) { int i = threadIdx.x; float v = x[i];\n" + lines + "x[i] = v; }"
    kernel = wf.Kernel(source)
    if CPU:
        with pytest.raises(wf.UnsupportedError, match="enormous is too large.*split the kernel"):
            kernel(wf.Memory(4096), block=256)


# --- at run time ------------------------------------------------------------------------------------------------------

cpu_only = pytest.mark.skipif(not CPU, reason="a GPU does not tell")


@cpu_only
def test_out_of_bounds_names_the_line():
    kernel = wf.Module("__global__ void k(float *x, int n)\n{\n    int i = blockIdx.x * blockDim.x + threadIdx.x;\n"
                       "    x[i] = 1;\n}\n", name="bad.cu").kernel()
    x = on_device(np.zeros(1000, "f4"))
    with pytest.warns(wf.KernelWarning) as caught:
        kernel(x, 1000, grid=4, block=256)
        wf.synchronize()
    text = str(caught[0].message)
    assert "bad.cu:4" in text and "index 1000" in text and "1000" in text and "x[i] = 1;" in text and "^" in text
    assert "block (3, 0, 0), thread (232, 0, 0)" in text
    assert (from_device(x, "f4", 1000) == 1).all()


@cpu_only
@pytest.mark.parametrize("text, at", [
    ("long long j = 0; for (long long i = 0; i < n; i++) { long long y = j; for (; j < m; j++) a[y] += 1; a[y] += 100; }", "m"),
    ("for (int l = 0; l < 1; l++) { long long j = m; for (int i = 0; i < n; i++) { long long y = j - 1;"
     " for (; j > 0; j--) a[y] += 1; a[y] += 100; } }", "-1"),
], ids=["up", "down"])
def test_what_was_kept_of_a_counter_that_lives_on(text, at):
    """The second time around, y is what the loop has left the counter at: one beyond the elements."""
    kernel = wf.Module("__global__ void k(long long *a, long long n, long long m)\n{\n    " + text + "\n}\n", name="kept.cu").kernel()
    for m in (1, 5):
        x = on_device(np.zeros(m, "i8"))
        kernel(x, 1, m, block=1)
        wf.synchronize()
        assert from_device(x, "i8", m).sum() == m + 100
        with pytest.warns(wf.KernelWarning, match=f"index {m if at == 'm' else at}, size {m}"):
            kernel(x, 2, m, block=1)
            wf.synchronize()
        assert from_device(x, "i8", m).sum() == 2 * (m + 100)


@cpu_only
@pytest.mark.parametrize("body, words", [("assert(threadIdx.x < 2);", "threadIdx.x < 2"), ("__trap();", "trap")])
def test_kernels_that_stop(body, words):
    kernel = wf.Module("__global__ void k()\n{\n    " + body + "\n}\n", name="stop.cu").kernel()
    with pytest.raises(wf.KernelError, match="stop.cu:3") as caught:
        kernel(block=32)
        wf.synchronize()
    assert words in str(caught.value)
    wf.synchronize()  # told once, and the device goes on


@cpu_only
def test_recursion_without_end_is_told():
    source = "__device__ int deeper(int *x, int n)\n{\n    return n < x[0] ? deeper(x, n + 1) + x[n & 1] : 0;\n}\n"
    kernel = wf.Module(source + "__global__ void k(int *x) { x[1] = deeper(x, 0); }", name="deep.cu").kernel()
    with pytest.raises(wf.KernelError, match="recursion too deep.*deeper"):
        kernel(on_device(np.array([2**31 - 1, 0], "i4")), block=1)
        wf.synchronize()


@cpu_only
def test_recursion_with_large_variables_ends_before_the_stack_does():
    source = """__device__ int deeper(int n, int *x) {
        int a[1500];
        for (int i = 0; i < 1500; i++) a[i] = n + i + x[0];
        return n ? deeper(n - 1, a) + a[n * 37 % 1500] : a[7];
    }
    __global__ void k(int *x, int n) { x[threadIdx.x + 1] = deeper(n, x); }"""
    kernel, memory = wf.Module(source, name="deep.cu").kernel(), on_device(np.zeros(9, "i4"))
    kernel(memory, 10, block=8)
    assert list(from_device(memory, "i4", 9)) == [0] + [2482] * 8
    with pytest.raises(wf.KernelError, match="recursion too deep in 'deeper'"):
        kernel(memory, 399, block=8)
        wf.synchronize()


def test_integer_division_by_zero_is_defined():
    memory = on_device(np.zeros(2, "i4"))
    wf.Kernel("__global__ void k(int *x, int zero) { x[0] = 7 / zero; x[1] = 7 % zero; }")(memory, 0, block=1)
    assert list(from_device(memory, "i4", 2)) == [0, 7]


@cpu_only
def test_printf(capfd):
    wf.Kernel('__global__ void k() { printf("thread %d of %s\\n", threadIdx.x, "mine"); }')(block=2)
    wf.synchronize()
    out = capfd.readouterr().out
    assert "thread 0 of mine" in out and "thread 1 of mine" in out


@pytest.mark.skipif(not CPU, reason="checks of the CPU")
def test_kernel_heap_and_copies_stay_inside():
    y = np.zeros(64, "i1")
    fill = wf.Kernel("__global__ void fill(char *y, long long n) { memset(y, 1, n); }", "fill")
    with pytest.warns(wf.KernelWarning, match="write outside y: index 0, size 64"):
        fill(wf.InOut(y), np.int64(1 << 40), grid=(1,), block=(1,))
    assert not y.any()
    fill(wf.InOut(y), np.int64(64), grid=(1,), block=(1,))
    assert y.all()
    for body, good in (("free(p);", True), ("free(p); free(p);", False), ("free(y + 16);", False)):
        k = wf.Kernel("__global__ void k(char *y) { char *p = (char *)malloc(100); p[99] = 7; y[threadIdx.x] = p[99]; " + body + " }", "k")
        memory = on_device(np.zeros(64, "i1"))
        if good:
            k(memory, grid=(2,), block=(32,))
        else:
            with pytest.raises(wf.KernelError, match=r"free\(\) of memory that malloc\(\) did not give"):
                k(memory, grid=(2,), block=(32,))
                wf.synchronize()
        assert from_device(memory, "i1", 64)[0] == 7


def test_instances_of_templates_answer_to_the_names_that_nvcc_gives_them():
    module = wf.Module("""
template <class T> __global__ void add(const T *a, const T *b, T *c, int n) { }
template <class A, class B, int N> __global__ void pair(A *a, B b, A c) { }
template <class T> struct V { T *p; };
template <class T> __global__ void rec(V<T> v, const V<T> *w, T x) { }
namespace n { template <class T> __global__ void q(T *p, T r) { } }
template __global__ void add<float>(const float *, const float *, float *, int);
template __global__ void pair<double, int, 3>(double *, int, double);
template __global__ void rec<float>(V<float>, const V<float> *, float);
template __global__ void n::q<int>(int *, int);
""")
    for name in ("_Z3addIfEvPKT_S2_PS0_i", "_Z4pairIdiLi3EEvPT_T0_S0_", "_Z3recIfEv1VIT_EPKS2_S1_", "_ZN1n1qIiEEvPT_S1_"):
        assert module[name] is not None


DIRECTIONS = """
extern "C" __global__ void k(float *o, double *p, const float *af, const float *bf, const double *xd, const double *yd, const long long *nl, int count) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= count) return;
    float a = af[i], b = bf[i];
    double x = xd[i], y = yd[i];
    long long n = nl[i];
    o += i * 24, p += i * 18;
    EACH
}
"""
EACH = """
    o[0] = __fadd_DIR(a, b), o[1] = __fmul_DIR(a, b), o[2] = __fdiv_DIR(a, b), o[3] = __fsqrt_DIR(fabsf(a)), o[4] = __fmaf_DIR(a, b, a);
    o[5] = __ll2float_DIR(n), o[6] = __double2float_DIR(x), o[7] = __fsub_DIR(a, b), o += 8;
    p[0] = __dadd_DIR(x, y), p[1] = __dmul_DIR(x, y), p[2] = __ddiv_DIR(x, y), p[3] = __dsqrt_DIR(fabs(x)), p[4] = __fma_DIR(x, y, x);
    p[5] = __ll2double_DIR(n), p += 6;
"""


def test_arithmetic_that_rounds_in_a_direction():
    """Against exact fractions: the result is the representable number next to the exact one, on the side that was asked for."""
    from fractions import Fraction

    rng = np.random.default_rng(3)
    count = 200
    a, b = ((rng.standard_normal(count) * 2.0 ** rng.integers(-30, 30, count)).astype(np.float32) for _ in "ab")
    x, y = (rng.standard_normal(count) * 2.0 ** rng.integers(-200, 200, count) for _ in "xy")
    a[:6], b[:6] = [1, 1, 3, -1, 2.5, 1], [2**-30, -(2**-30), 3, 2**-60, -2.5, 3]
    x[:4], y[:4] = [1, 1, 3, -1], [2**-80, -(2**-80), 3, 1e-300]
    n = rng.integers(-(2**62), 2**62, count)
    o, p = np.zeros((count, 3, 8), np.float32), np.zeros((count, 3, 6))
    source = DIRECTIONS.replace("EACH", "".join(EACH.replace("DIR", way) for way in ("rd", "ru", "rz")))
    wf.Module(source)["k"](wf.Out(o), wf.Out(p), *(wf.In(v) for v in (a, b, x, y, n)), count, grid=(4,), block=(64,))
    wf.synchronize()

    def fits(got, exact, way, kind):
        value = Fraction(float(got))
        toward = -1 if way == 0 or (way == 2 and exact > 0) else 1  # the side of the exact number that it lies on
        if value == exact:
            return True
        if (value - exact) * toward < 0:
            return False
        other = np.nextafter(got, kind(-toward * np.inf), dtype=kind)
        return (Fraction(float(other)) - exact) * toward < 0

    def root_fits(got, square, way, kind):
        value = Fraction(float(got))
        other = Fraction(float(np.nextafter(got, kind(-np.inf if way == 1 else np.inf), dtype=kind)))
        return value**2 == square or ((other**2 < square < value**2) if way == 1 else (value**2 < square < other**2))

    for i in range(count):
        fa, fb, fx, fy = (Fraction(float(v[i])) for v in (a, b, x, y))
        singles = [fa + fb, fa * fb, fa / fb, None, fa * fb + fa, Fraction(int(n[i])), fx, fa - fb]
        doubles = [fx + fy, fx * fy, fx / fy, None, fx * fy + fx, Fraction(int(n[i]))]
        for way in range(3):
            for results, exacts, kind, square in ((o[i, way], singles, np.float32, abs(fa)), (p[i, way], doubles, np.float64, abs(fx))):
                for j, exact in enumerate(exacts):
                    if exact is None:
                        assert root_fits(results[j], square, way, kind), (i, way, j)
                    elif abs(exact) < Fraction(float(np.finfo(kind).max)):
                        assert fits(results[j], exact, way, kind), (i, way, j, results[j], float(exact))


def test_many_instances_of_a_long_source():
    """Each name used to copy all of the source's tokens: forty names of 4000 lines took 256 MiB."""
    lines = [f"__device__ inline int f{i}(int a, int b) {{ return a * {i} + (b ^ {i}); }}" for i in range(4000)]
    source = "\n".join(lines) + "\ntemplate <int N> __global__ void k(int *p) { p[threadIdx.x] += N + f7(1, 2); }"
    names = [f"k<{i}>" for i in range(80)]
    module = wf.Module(source, instantiate=names)
    x = np.zeros(4, np.int32)
    with wf.device("cpu"):
        module["k<79>"](wf.InOut(x), grid=(1,), block=(4,))
    assert (x == 79 + 7 + (2 ^ 7)).all()


def test_macros_in_name_expressions():
    """They stand behind the source, as nvcc has them: the source's macros and those of -D are expanded."""
    source = """
    #define TOTAL(T, n) total<T, n>
    #define COUNT 3
    #define both pair_of
    #define more ns::total2
    template <class T, int n> __global__ void total(T *x) { x[0] = n; }
    namespace ns { template <class T> __global__ void total2(T *x) { x[0] = 8; } }
    __global__ void pair_of(int *x) { x[0] = 7; }"""
    wants = {"TOTAL(int, 5)": 5, "total<TYPE, COUNT>": 3, "both": 7, "&more<int>": 8, "TOTAL(int, COUNT + 1)": 4}
    module = wf.Module(source, instantiate=list(wants), defines={"TYPE": "int"})
    for name, want in wants.items():
        x = np.zeros(1, np.int32)
        with wf.device("cpu"):
            module[name](wf.InOut(x), grid=(1,), block=(1,))
        assert x[0] == want, name
    with pytest.raises(wf.CompileError, match="TOTAL"):
        wf.Module(source, instantiate=["TOTAL(int"])
    with pytest.raises(wf.CompileError, match="name expression TOTAL: there is no such function"):
        wf.Module(source, instantiate=["TOTAL"])


@pytest.mark.parametrize("asked, got", [(4, 4), (128, 8)])
def test_a_factor_of_unrolling_is_bounded_by_what_is_written_out(asked, got):
    source = f"""__global__ void k(const float *a, float *o, int n) {{
        float s = 0;
        #pragma unroll {asked}
        for (int i = 0; i < n; i++) {{
            #pragma unroll
            for (int j = 0; j < 8; j++) if (a[i + j] > 0.5f) s += a[i * 32 + j] * j;
        }}
        o[threadIdx.x] = s;
    }}"""
    ir = wf.Module(source).show("ir", "cpu")
    assert f'"llvm.loop.unroll.count", i32 {got}}}' in ir and (got == asked or f"i32 {asked}}}" not in ir)
