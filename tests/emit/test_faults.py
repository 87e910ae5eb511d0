"""What goes wrong while a kernel runs on the CPU: reports with the right site, index and thread, memory untouched."""

import os
import struct
import sys

import numpy as np
import pytest

sys.path.insert(0, os.path.dirname(__file__))
import harness  # noqa: E402

pytestmark = pytest.mark.skipif(not os.path.exists(harness.DUMP), reason="emit_dump is not built")
LANES = (0, 1, 8, 16, 32)
HEAD = 'extern "C" __global__ void k('


def first(report):
    return min(report.bad, key=lambda b: (b[3], b[4]))


@pytest.mark.parametrize("lanes", LANES)
def test_dense_read(lanes):
    k = harness.Kernel(HEAD + "const float *x, float *y, int n, int by) {\nint i = blockIdx.x * blockDim.x + threadIdx.x;\nif (i < n) y[i] = x[i + by]; }", "k", (64,), lanes=lanes)
    for by, where in ((5, (100, 1, 31)), (-3, (-3, 0, 0))):
        x, y = np.arange(100, dtype="f4"), np.full(100, -1, "f4")
        report = k((2,), x, y, np.int32(100), np.int32(by))
        site, index, count, block, thread = first(report)
        assert (index, block, thread) == where and count == 100 and k.sites[site] == (0, 3, "x")
        inside = (np.arange(100) + by >= 0) & (np.arange(100) + by < 100)
        assert np.array_equal(y[inside], x[np.arange(100)[inside] + by]) and (y[~inside] == 0).all()


@pytest.mark.parametrize("lanes", LANES)
def test_scatter(lanes):
    k = harness.Kernel(HEAD + "const int *x, float *y, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x; if (i < n) y[x[i]] = 1.0f; }", "k", (64,), lanes=lanes)
    x = np.arange(100).astype("i4")
    x[7], x[70] = -3, 1000
    guarded = np.zeros(140, "f4")
    y = guarded[20:120]
    report = k((2,), x, y, np.int32(100))
    assert first(report)[1:] == (-3, 100, 0, 7) and sorted(b[1] for b in report.bad) == [-3, 1000]
    assert y.sum() == 98 and guarded[:20].sum() == 0 and guarded[120:].sum() == 0


@pytest.mark.parametrize("lanes", LANES)
def test_in_a_loop_with_its_checks_taken_out(lanes):
    source = HEAD + "const float *a, float *y, int n) { float s = 0; for (int k = 0; k < n; k++) s += a[k] * a[k + threadIdx.x]; y[threadIdx.x] = s; }"
    k = harness.Kernel(source, "k", (32,), lanes=lanes)
    a, y = np.ones(80, "f4"), np.zeros(32, "f4")
    assert not k((1,), a, y, np.int32(49)).bad and (y == 49).all()
    report = k((1,), a, y, np.int32(50))
    assert first(report)[1:3] == (80, 80) and (y[:31] == 50).all() and y[31] == 49
    report = k((1,), a, y, np.int32(90))
    assert any(b[1] == 89 for b in report.bad) and y[0] == 80
    assert not k((1,), a, y, np.int32(-5)).bad and (y == 0).all()


@pytest.mark.parametrize("lanes", LANES)
def test_wrapped_indices_do_not_fool_the_loop_test(lanes):
    source = HEAD + "const float *a, float *y, int n, int step) { float s = 0; for (int k = 0; k < n; k++) s += a[k * step]; y[threadIdx.x] = s; }"
    k = harness.Kernel(source, "k", (8,), lanes=lanes)
    a, y = np.ones(64, "f4"), np.zeros(8, "f4")
    report = k((1,), a, y, np.int32(5), np.int32(1 << 30))  # 4 << 30 wraps to 0: only k = 0 and 4 are inside
    assert report.bad and (y == 2).all()


@pytest.mark.parametrize("lanes", LANES)
@pytest.mark.parametrize("compare", ["<", "<="])
def test_a_counter_that_wraps_does_not_fool_the_loop_test(lanes, compare):
    """The second k is below zero, so the loop goes on: 50 + 0x7fffffff wraps."""
    k = harness.Kernel(HEAD + f"int *y, int n) {{ for (int k = 50; k {compare} n; k += 0x7fffffff) y[k] = 1; }}", "k", (8,), lanes=lanes)
    y, at, inside, step = np.zeros(100, "i4"), 50, set(), 0x7FFFFFFF
    while at < 99 or (at == 99 and compare == "<="):
        inside.add(at)
        at = (at + step + (1 << 31)) % (1 << 32) - (1 << 31)
    report = k((1,), y, np.int32(99))
    assert {b[1] for b in report.bad} == {i for i in inside if not 0 <= i < 100} != set()
    assert set(np.flatnonzero(y)) == {i for i in inside if 0 <= i < 100}


@pytest.mark.parametrize("lanes", LANES)
@pytest.mark.parametrize("change", ["pair p = {k += 1 << 28, 0}; y[k] = p.a;", "pair p = {d += 1 << 28, 0}; y[k + d] = p.a;"])
def test_what_an_initialiser_changes_is_seen_by_the_loop_test(lanes, change):
    k = harness.Kernel("struct pair { int a, b; };\n" + HEAD + "int *y, int n) { int d = 0; for (int k = 0; k < n; k++) { " + change + " } }", "k", (8,), lanes=lanes)
    y = np.zeros(100, "i4")
    report = k((1,), y, np.int32(3))
    assert report.bad and all(b[1] >= 1 << 28 or b[1] < 0 for b in report.bad) and not y.any()


@pytest.mark.parametrize("lanes", LANES)
def test_bytes_copied_and_set(lanes):
    source = HEAD + """char *to, const char *from, long long n) { int i = threadIdx.x;
if (i == 1) memset(to, 1, n);
if (i == 2) memcpy(to, from + 5, n);
if (i == 3) memcpy(to + 50, from, n); }"""
    k = harness.Kernel(source, "k", (8,), lanes=lanes)

    def after(n):
        to, x = np.zeros(80, "i1"), np.arange(60, dtype="i1")
        report = k((1,), to, x, np.int64(n))
        return to, sorted((k.sites[b[0]][2], b[1], b[4]) for b in report.bad)

    to, bad = after(20)
    assert not bad and to[:20].tolist() == list(range(5, 25)) and to[50:70].tolist() == list(range(20))
    to, bad = after(56)  # past the source's end; past the destination's
    assert bad == [("from", 5, 2), ("to", 50, 3)] and not to.any()
    to, bad = after(1 << 40)
    assert [b[2] for b in bad] == [1, 2, 3] and not to.any()
    assert after(-1)[1] == bad and not after(0)[1]


@pytest.mark.parametrize("lanes", LANES)
@pytest.mark.parametrize("body, wrong", [("free(p);", 0), ("free(p); free((void *)0);", 0), ("free(p); free(p);", 1), ("free(p + 4);", 1), ("free(y);", 1)])
def test_free_takes_what_malloc_gave(lanes, body, wrong):
    k = harness.Kernel(HEAD + "char *y) { char *p = (char *)malloc(64);\np[3] = 1; y[threadIdx.x] = p[3]; " + body + " }", "k", (8,), lanes=lanes)
    report = k((1,), np.zeros(8, "i1"))
    assert bool(report.traps) == wrong and (not wrong or k.sites[report.traps[0][0]][1] == 2)


@pytest.mark.parametrize("lanes", LANES)
def test_bytes_when_all_lanes_have_returned(lanes):
    k = harness.Kernel(HEAD + "char *to, int n) { int i = threadIdx.x; if (i >= n) return; memset(to + i, i + 1, 1); }", "k", (64,), lanes=lanes)
    for n in (0, 3):
        to = np.zeros(64, "i1")
        assert not k((1,), to, np.int32(n)).bad and to.tolist() == list(range(1, n + 1)) + [0] * (64 - n)


@pytest.mark.parametrize("lanes", LANES)
def test_what_a_condition_says_of_an_index(lanes):
    """`if (t < half)` bounds t + half: inside for half = 4, and not taken for inside when it is not."""
    source = HEAD + """int *y, int top) { __shared__ int s[8]; int t = threadIdx.x; s[t] = t + 1; __syncthreads();
for (int half = 4; half > 0; half >>= 1) { if (t < half) s[t] += s[t + half]; __syncthreads(); }
if (t < 6) y[t] = s[t + 4]; }"""
    k = harness.Kernel(source, "k", (8,), lanes=lanes)
    y = np.zeros(8, "i4")
    report = k((1,), y, np.int32(0))
    assert sorted((k.sites[b[0]][2], b[2], b[4]) for b in report.bad) == [("s", 8, 4), ("s", 8, 5)][: len(report.bad)] and report.bad
    assert y.tolist() == [5, 6, 7, 8, 0, 0, 0, 0]


@pytest.mark.parametrize("lanes", LANES)
def test_private_and_shared_arrays(lanes):
    source = HEAD + """int *y, int n) { int a[4] = {1, 2, 3, 4}; int i = threadIdx.x; int r = a[i + n]; a[i * 2] = 1;
__shared__ int s[8]; s[i] = i; __syncthreads(); y[i] = r + s[i + 1]; }"""
    k = harness.Kernel(source, "k", (8,), lanes=lanes)
    y = np.zeros(8, "i4")
    report = k((1,), y, np.int32(1))
    named = {(k.sites[b[0]][2], b[2]) for b in report.bad}
    assert named == {("a", 4), ("s", 8)}
    assert y.tolist() == [3, 5, 7, 4, 5, 6, 7, 0]


@pytest.mark.parametrize("lanes", LANES)
def test_struct_and_vector_accesses(lanes):
    k = harness.Kernel(HEAD + "const float4 *x, float4 *y, int n) { int i = threadIdx.x; float4 v = x[i]; v.x += v.w; y[i] = v; }", "k", (32,), lanes=lanes)
    x, y = np.ones((30, 4), "f4"), np.zeros((30, 4), "f4")
    report = k((1,), x, y, np.int32(30))
    assert first(report)[1:] == (30, 30, 0, 30) and (y[:, 0] == 2).all() and (y[:, 1:] == 1).all()


@pytest.mark.parametrize("lanes", LANES)
def test_assert_and_trap(lanes):
    k = harness.Kernel('#include <assert.h>\n' + HEAD + "const int *x) { int i = blockIdx.x * blockDim.x + threadIdx.x;\nassert(x[i] < 90); }", "k", (32,), lanes=lanes)
    assert not k((4,), np.arange(80).repeat(2)[:128].astype("i4")).traps
    report = k((4,), np.arange(128).astype("i4"))
    site, kind, block, thread = report.traps[0]
    assert report.result != 0 and (kind, block, thread) == (1, 2, 26) and k.sites[site][1] == 3
    k = harness.Kernel(HEAD + "int *y) { if (threadIdx.x == 5) __trap(); y[threadIdx.x] = 1; }", "k", (32,), lanes=lanes)
    report = k((1,), np.zeros(32, "i4"))
    assert report.traps[0][1:] == (2, 0, 5)


@pytest.mark.parametrize("lanes", LANES)
def test_printf(lanes):
    k = harness.Kernel(HEAD + 'const float *x) { int i = threadIdx.x; if (x[i] > 5.0f) printf("%d %f %s\\n", i, x[i], "big"); }', "k", (16,), lanes=lanes)
    report = k((1,), np.arange(16, dtype="f4"))
    assert len(report.printed) == 10 and report.printed[0][0] == "%d %f %s\n"
    values = [(p[1][0], struct.unpack("d", struct.pack("Q", p[1][1]))[0]) for p in report.printed]
    assert values == [(i, float(i)) for i in range(6, 16)]


def test_endless_loop_stops():
    k = harness.Kernel(HEAD + "volatile int *x) { while (x[0] == 0) { } }", "k", (32,))
    call, _ = k.prepare((1,), (np.zeros(1, "i4"),))
    call.hold[4].value = 0
    import threading
    import time
    done = []
    thread = threading.Thread(target=lambda: done.append(call()))
    thread.start()
    time.sleep(0.2)
    call.hold[4].value = 1
    thread.join(5)
    assert done == [1]


@pytest.mark.parametrize("source, words", [
    (HEAD + "float *x) { asm volatile(\"ldmatrix.sync.x1;\"); }", "inline PTX"),
    ("__device__ void f(int n);\n" + HEAD + "int *x) { f(x[0]); }", "no body"),
])
def test_errors_name_the_line(source, words):
    with pytest.raises(harness.EmitError) as error:
        harness.Kernel(source, "k", (32,))
    assert words in str(error.value) and "kernel.cu:" in str(error.value) and "^" in str(error.value)


@pytest.mark.parametrize("lanes", LANES)
def test_recursion_without_end(lanes):
    k = harness.Kernel("__device__ int f(int n) { return n == -1 ? 0 : f(n + 1) + 1; }\n" + HEAD + "int *y) { y[threadIdx.x] = f(threadIdx.x); }", "k", (16,), lanes=lanes)
    report = k((1,), np.zeros(16, "i4"))
    assert report.traps and report.traps[0][1] == 4 and report.result != 0


@pytest.mark.parametrize("lanes", LANES)
@pytest.mark.parametrize("size", (30000, 24000, 9000, 300))
def test_recursion_without_end_with_large_variables(lanes, size):
    """One call's variables may take more than what the limit leaves below it: they are not there before it is compared."""
    source = """__device__ int f(int n, int by) { char b[SIZE]; for (int i = 0; i < 16; i++) b[i * by % SIZE] = n + i;
int deeper = n == 0 ? 0 : f(n - 1, by + 1); for (int i = 0; i < 16; i++) deeper += b[i * by % SIZE]; return deeper; }
"""
    k = harness.Kernel(source.replace("SIZE", str(size)) + HEAD + "int *y, int n) { y[threadIdx.x] = f(n, threadIdx.x + 1); }", "k", (16,), lanes=lanes)
    y = np.zeros(16, "i4")
    assert k((1,), y, np.int32(2)).result == 0 and (y == 3 * 120 + 16 * 3).all()
    report = k((1,), y, np.int32(2**30))
    assert report.traps and report.traps[0][1] == 4 and report.result != 0


def test_parallel_loop():
    """Turns out of reach are reported and nothing else is touched; a trap ends the loop; one thread is asked for."""
    source = HEAD + """const int *x, int *y, int n) { int stop = n;
__wf_for_parallel for (int i = 0; i < stop; i += 1) { y[i] = x[i] + 1; if (x[i] == 77) __trap(); }
y[0] = -5; }"""
    k = harness.Kernel(source, "k", (1,))
    x, y = np.arange(40, dtype="i4"), np.zeros(40, "i4")
    report = k((1,), x, y, np.int32(43))
    assert report.parallel == 1 and sorted({(k.sites[b[0]][2], b[1]) for b in report.bad}) == [(v, i) for v in "xy" for i in (40, 41, 42)]
    assert y[0] == -5 and np.array_equal(y[1:], np.arange(2, 41))
    x[20], y[:] = 77, 0
    report = k((1,), x, y, np.int32(40))
    assert report.result and report.traps and y[0] == 0 and y[20] == 78
    assert k((3,), x * 0, y, np.int32(40)).parallel == 3
    assert harness.Kernel(source, "k", (2,))((1,), x * 0, y, np.int32(40)).parallel == 0


RANGES = {
    "guarded": "int i = blockIdx.x * blockDim.x + threadIdx.x; if (i < n) y[i] = x[i + by] + x[i];",
    "early return": "int i = blockIdx.x * blockDim.x + threadIdx.x; if (i >= n || i < -by) return; y[i] = x[i + by]; if (i & 1) y[i] += x[by - i];",
    "unsigned": "unsigned i = blockIdx.x * blockDim.x + threadIdx.x; if (i < (unsigned)n) { unsigned j = i + by; y[i] = x[j]; y[i] += x[i - 1u]; }",
    "wide": "size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x; long long j = (long long)i * by; if (i < (size_t)n) { y[i] = x[j]; y[i] += x[(i << 1) + 1]; }",
    "wrapping": "int i = blockIdx.x * blockDim.x + threadIdx.x; int j = i * by; if (i < n && j <= 1000000) { y[i] = x[j]; } else if (i < 60) y[i] = -1;",
    "rows": "int i = threadIdx.x, j = blockIdx.x; const int at = j * by + i; if (i < n && j < 2) { y[at] = x[at] - x[2 * at + by]; }",
    "unguarded": "int i = blockIdx.x * blockDim.x + threadIdx.x; int v = x[i]; y[i] = by + x[v & 63];",
}


@pytest.mark.parametrize("name", RANGES)
def test_blocks_in_range(name):
    """One test for a whole block must not change what is reported and written: vectors against one lane, which has none."""
    source = HEAD + "const int *x, int *y, int n, int by) { " + RANGES[name] + " }"
    for block in ((64,), (40,)):
        one, many = (harness.Kernel(source, "k", block, lanes=lanes, level=1) for lanes in (1, 16))
        for n in (100, 128, 7, 0, -1, 2**31 - 1):
            for by in (0, 1, -1, 36, 90, 2**25, -(2**31), 2**31 - 1):
                both = []
                for kernel in (one, many):
                    x, y = np.arange(100, dtype="i4"), np.zeros(100, "i4")
                    report = kernel((2,), x, y, np.int32(n), np.int32(by))
                    # a signed index that wraps: any number out of reach; gathers report one lane of a group
                    bad = {(kernel.sites[b[0]][2], b[1] & 0xFFFFFFFF, *b[2:]) for b in report.bad}
                    both.append((min(((b[3], b[4]) for b in bad), default=None), y.tolist(), bad))
                assert both[0][:2] == both[1][:2] and both[1][2] <= both[0][2], (block, n, by)
