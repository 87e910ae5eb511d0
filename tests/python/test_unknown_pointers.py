"""Pointers whose origin a kernel's text does not show, on the CPU: loaded from memory, made from integers, returned, captured,
given by malloc(). In bounds they work, from hundreds of blocks at once and across barriers; out of bounds each gives a warning
that names line, array or address, and thread, and nothing is read or written there."""
import warnings

import numpy as np
import pytest

import weft as wf

FAR = 1 << 38  # a tebibyte on: in a process with many arrays, live memory lies one gibibyte on at times


@pytest.fixture(autouse=True)
def on_cpu():
    with wf.device("cpu"):
        yield


def compiled(source, name="k"):
    return wf.Kernel(source, name)


def quiet(kernel, *args, grid=(1,), block=(64,), **more):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        kernel(*args, grid=grid, block=block, **more)
        wf.synchronize()


def rows_of(count, length):
    rows = [wf.asarray(np.arange(length, dtype=np.float32) + 1000 * i) for i in range(count)]
    return rows, wf.asarray(np.array([r.__array_interface__["data"][0] for r in rows], np.uint64))


BAD = {
    "rows": ("__global__ void k(int **rows, int *a, long n) { a[threadIdx.x] = rows[1][n + threadIdx.x]; }", "read outside"),
    "rows_store": ("__global__ void k(int **rows, int *a, long n) { rows[threadIdx.x & 1][n] = 1; }", "write outside"),
    "rows_uniform": ("__global__ void k(int **rows, int *a, long n) { rows[0][n] = 1; a[0] = rows[1][n]; }", "write outside"),
    "member": ("struct s { int *p; int n; };\n__global__ void k(int **rows, int *a, long n) { s v = {rows[0], 3}; s *w = &v; w->p[n] = 1; }", "write outside"),
    "list": ("struct node { node *next; int value; };\n__global__ void k(int **rows, int *a, long n) {"
             " node *p = (node *)rows[1]; p->next = (node *)(n * 64); for (int i = 0; i < 2; i++, p = p->next) a[i] += p->value; }", "read of 4 bytes at 0x[0-9a-f]+ through"),
    "cast": ("__global__ void k(int **rows, int *a, long n) { ((int *)((long)a + 4 * n))[threadIdx.x] = 1; }", "write outside a"),
    "address": ("__global__ void k(int **rows, int *a, long n) { float *p = (float *)(n * 64); p[threadIdx.x] = 1; }", "write of 4 bytes at 0x[0-9a-f]+ through p"),
    "constant": ("__global__ void k(int **rows, int *a, long n) { *(int *)12345678 = 1; }", "write of 4 bytes at 0xbc614e"),
    "lambda": ("__global__ void k(int **rows, int *a, long n) { int *p = a; auto f = [&](long d) { p += d; }; f(n); p[threadIdx.x] = 1; }", "write of 4 bytes at 0x[0-9a-f]+ through p"),
    "recursion": ("__device__ int *f(int *p, int d) { return d ? f(p + 1, d - 1) : p; }\n"
                  "__global__ void k(int **rows, int *a, long n) { f(a, 5)[n] = 1; }", "write outside"),
    "malloc": ("__global__ void k(int **rows, int *a, long n) { char *p = (char *)malloc(100); p[n] = 1; a[0] = p[100]; free(p); }", "write outside p: index 274877906944, size 100"),
    "record": ("struct big { int v[80]; };\n__global__ void k(int **rows, int *a, long n) { big *p = (big *)rows[0]; p[n] = p[0]; *p = p[n + 1]; }", "write outside"),
    "atomic": ("__global__ void k(int **rows, int *a, long n) { atomicAdd(rows[0] + n, 1); a[0] = atomicExch(rows[1] + n + threadIdx.x, 3); }", "write outside"),
    "memset": ("__global__ void k(int **rows, int *a, long n) { memset(rows[0], 0, 4 * n); memcpy(a, rows[1], 4 * n); }", "write outside|write of"),
    "shared": ("__global__ void k(int **rows, int *a, long n) { __shared__ int *p; if (!threadIdx.x) p = rows[0]; __syncthreads(); p[n + threadIdx.x] = 1; }", "write outside"),
    "coroutine": ("__global__ void k(int **rows, int *a, long n) { int *p = rows[0]; for (int i = 0; i <= (int)threadIdx.x; i++)"
                  " if (i % 3 == 0) { __syncthreads(); p[n] = 1; } }", "write outside"),
    "string": ("__global__ void k(int **rows, int *a, long n) { const char *s = \"abc\"; a[0] = s[n]; *(char *)(s + 1) = 'x'; }", "read outside"),
    "below": ("__global__ void k(int **rows, int *a, long n) { a[threadIdx.x] = rows[0][-1 - (long)threadIdx.x - n]; }", "read outside|read of"),
}


@pytest.mark.parametrize("block", [64, 1])
@pytest.mark.parametrize("name", BAD)
def test_out_of_bounds(name, block):
    source, words = BAD[name]
    rows = [wf.asarray(np.arange(1000, dtype=np.int32) * 0 + 7) for _ in range(2)]
    pointers = wf.asarray(np.array([r.__array_interface__["data"][0] for r in rows], np.uint64))
    a = wf.zeros(1024, dtype="int32")
    line = source[:source.index("__global__")].count("\n") + 1
    with pytest.warns(wf.KernelWarning, match=rf"kernel\.cu:{line}: kernel k: ({words}).*block \(0, 0, 0\), thread \(\d+, 0, 0\)"):
        compiled(source)(pointers, a, FAR, grid=(2,), block=(block,))
        wf.synchronize()
    if name not in ("list",):
        assert (wf.asnumpy(rows[1]) == 7).all()
    assert int((a + 1).sum()) >= 1024  # the process and the device go on


def test_array_of_pointers():
    rows, pointers = rows_of(300, 777)
    out = wf.zeros((300, 777), dtype="float32")
    source = """__global__ void k(float **rows, float *out, int n) {
        const float *row = rows[blockIdx.x];
        for (int i = threadIdx.x; i < n; i += blockDim.x) out[blockIdx.x * n + i] = row[i] + 1;
    }
    __global__ void each(float **rows, float *out, int n) {
        int i = blockIdx.x * blockDim.x + threadIdx.x;
        if (i < 300) { float s = 0; for (int j = 0; j < n; j++) s += rows[i][j]; out[i] = s; }
    }"""
    expected = np.stack([wf.asnumpy(r) for r in rows])
    quiet(compiled(source), pointers, out, 777, grid=(300,), block=(96,))
    assert (wf.asnumpy(out) == expected + 1).all()
    quiet(compiled(source, "each"), pointers, out, 777, grid=(3,), block=(128,))
    assert (wf.asnumpy(out).ravel()[:300] == np.add.accumulate(expected, axis=1)[:, -1]).all()


@pytest.mark.parametrize("block", [1, 64])
def test_linked_lists(block):
    source = """struct node { node *next; int value, pad; };
    __global__ void link(node *nodes, int n) {
        int i = blockIdx.x * blockDim.x + threadIdx.x;
        if (i < n) { nodes[i].next = i + 512 < n ? nodes + i + 512 : 0; nodes[i].value = i; }
    }
    __global__ void walk(node *nodes, long long *out) {
        int i = blockIdx.x * blockDim.x + threadIdx.x;
        if (i >= 512) return;
        long long s = 0;
        for (node *p = nodes + i; p; p = p->next) s += p->value;
        out[i] = s;
    }"""
    n = 20000
    nodes, out = wf.zeros(n * 2, dtype="int64"), wf.zeros(512, dtype="int64")
    quiet(compiled(source, "link"), nodes, n, grid=(-(-n // block),), block=(block,))
    quiet(compiled(source, "walk"), nodes, out, grid=(512 // block,), block=(block,))
    assert (wf.asnumpy(out) == [sum(range(i, n, 512)) for i in range(512)]).all()


def test_addresses_as_integers():
    a, b = wf.arange(1000, dtype="int32"), wf.zeros(1000, dtype="int32")
    source = """__global__ void k(long long from, unsigned long long to, int n) {
        const int *a = (const int *)from; int *b = (int *)to;
        int i = blockIdx.x * blockDim.x + threadIdx.x;
        if (i < n) b[i] = *(int *)(from + 4 * i) + a[n - 1 - i] + *(int *)((char *)a + 4 * (i & ~15));
    }"""
    address = [x.__array_interface__["data"][0] for x in (a, b)]
    quiet(compiled(source), np.int64(address[0]), np.uint64(address[1]), 1000, grid=(8,), block=(128,))
    i = np.arange(1000)
    assert (wf.asnumpy(b) == 999 + (i & ~15)).all()


def test_one_past_the_end_and_before_the_start():
    """Pointers that point to nothing of their own until something is added, as one-based arrays and ends of ranges."""
    rows = [wf.arange(512, dtype="int32") for _ in range(8)]
    where = np.array([r.__array_interface__["data"][0] for r in rows], np.uint64)
    source = """__global__ void k(int **ends, int **based, int *out) {
        int *p = ends[blockIdx.x], *q = based[blockIdx.x];
        int s = 0;
        for (int i = 0; i < 512; i++) s += *--p;
        out[blockIdx.x * 64 + threadIdx.x] = s + q[threadIdx.x + 1];
    }"""
    out = wf.zeros((8, 64), dtype="int32")
    quiet(compiled(source), wf.asarray(where + 2048), wf.asarray(where - 4), out, grid=(8,), block=(64,))
    assert (wf.asnumpy(out) == 511 * 256 + np.arange(64)).all()


LOCALS = {
    # pointers to shared memory kept in locals and in shared memory, across barriers
    "shared": """__global__ void k(int *out) {
        __shared__ int data[64]; __shared__ int *ends[2];
        int t = threadIdx.x;
        data[t] = t;
        if (t < 2) ends[t] = data + 32 * t;
        __syncthreads();
        int *mine[2] = {ends[0], ends[1]};
        int v = mine[t & 1][t >> 1] + ends[t >> 5][t & 31];
        __syncthreads();
        out[blockIdx.x * 64 + t] = v;
    }""",
    # generic pointers to locals, kept in a record that is reached through a pointer
    "generic": """struct view { int *p; int n; };
    __device__ int total(const view *v, int times) { int s = 0; for (int i = 0; i < v[times].n; i++) s += v[times].p[i]; return s; }
    __global__ void k(int *out) {
        int t = threadIdx.x, own[4] = {t, 2 * t, 3, blockIdx.x & 1}, other[2] = {5, t};
        view v[2] = {{own, 4}, {other, 2}};
        out[blockIdx.x * 64 + t] = total(v, t & 1) + total(v, (int)blockIdx.x % 2);
    }""",
    # captures by reference, of pointers too
    "lambda": """__global__ void k(int *out) {
        int t = threadIdx.x, s = 0, w[3] = {1, t, 3};
        int *p = w;
        auto add = [&](int i) { s += p[i]; };
        for (int i = 0; i < 3; i++) add(i);
        p = out + blockIdx.x * 64;
        auto put = [&]() { p[t] = s; };
        put();
    }""",
    # a list of locals, in functions that call themselves
    "recursion": """struct frame { frame *up; int value; };
    __device__ int sum(frame *up, int depth) {
        frame here = {up, depth + (int)threadIdx.x};
        if (depth) return sum(&here, depth - 1);
        int s = 0;
        for (frame *f = &here; f; f = f->up) s += f->value;
        return s;
    }
    __global__ void k(int *out) { out[blockIdx.x * 64 + threadIdx.x] = sum(0, 5); }""",
    # returned by a function that is not in place
    "returned": """struct cell { int v; };
    __device__ cell &raise(cell &c, int by) { if (by > 1) raise(c, by - 1); c.v += by; return c; }
    __global__ void k(int *out) { cell c = {(int)threadIdx.x}; raise(c, 2).v *= 2; out[blockIdx.x * 64 + threadIdx.x] = raise(c, 1).v; }""",
    # the same across barriers that only some threads pass
    "coroutine": """struct cell { int *p; };
    __global__ void k(int *out) {
        __shared__ cell cells[64];
        int t = threadIdx.x, own = 10 * t, rounds = 0;
        cell c; c.p = &own;
        cell *q = &c;
        for (int i = 0; i < 64; i++) {
            if (i > t) break;
            cells[t].p = out + blockIdx.x * 64 + t;
            __syncthreads();
            *q->p += 1; rounds++;
        }
        *cells[t].p = own + rounds;
    }""",
    # what malloc gave, kept in memory, and module variables reached through pointers
    "heap": """__device__ int table[64]; __constant__ int odd[2] = {7, 9};
    struct holder { int *heap, *global; const int *constant; };
    __global__ void k(int *out) {
        int t = threadIdx.x;
        holder h, *q = &h;
        h.heap = (int *)malloc(64 * sizeof(int));
        h.global = table; h.constant = odd;
        for (int i = 0; i < 64; i++) q->heap[i] = i * t;
        q->global[t] = 3 * t;
        out[blockIdx.x * 64 + t] = q->heap[63 - t] + q->global[t] + q->constant[t & 1];
        free(q->heap);
    }""",
}


def locals_expected(name, t, b):
    if name == "shared":
        return np.where(t & 1, 32, 0) + (t >> 1) + t + 0 * b
    if name == "generic":
        own, other = t * 3 + 3 + (b & 1), 5 + t
        return np.where(t & 1, other, own) + np.where(b % 2 == 1, other, own)
    if name == "lambda":
        return 4 + t + 0 * b
    if name == "recursion":
        return 15 + 6 * t + 0 * b
    if name == "returned":
        return 2 * (t + 3) + 1 + 0 * b
    if name == "coroutine":
        return 12 * t + 2 + 0 * b
    return (63 - t) * t + 3 * t + np.where(t & 1, 9, 7) + 0 * b


@pytest.mark.parametrize("name", LOCALS)
def test_memory_of_the_kernel_itself(name):
    out = wf.zeros((400, 64), dtype="int32")
    quiet(compiled(LOCALS[name]), out, grid=(400,), block=(64,))
    t, b = np.arange(64)[None, :], np.arange(400)[:, None]
    assert (wf.asnumpy(out) == locals_expected(name, t, b)).all()


def test_memory_dropped_after_the_launch():
    """A program for a GPU may drop an array as soon as the kernel that uses it is queued."""
    source = """__global__ void k(float **rows, float *out, int n) {
        float s = 0;
        for (int r = 0; r < 200; r++) for (int i = 0; i < n; i++) s += rows[blockIdx.x & 7][i] * 0.5f;
        out[blockIdx.x * blockDim.x + threadIdx.x] = s;
    }"""
    kernel = compiled(source)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(3):
            rows, pointers = rows_of(8, 2000)
            out = wf.zeros(64 * 64, dtype="float32")
            kernel(pointers, out, 2000, grid=(64,), block=(64,))
            del rows, pointers
            wf.synchronize()


def test_freed_memory_of_a_kernel_is_gone():
    source = """struct box { int *p; };
    __global__ void k(int *out, box *b) {
        b->p = (int *)malloc(1 << 20);
        b->p[5] = 1;
        free(b->p);
        out[threadIdx.x] = b->p[7];
    }"""
    out, box = wf.zeros(8, dtype="int32"), wf.zeros(1, dtype="int64")
    kernel = compiled(source)
    for _ in range(20):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            kernel(out, box, grid=(1,), block=(1,))
    with pytest.warns(wf.KernelWarning, match="read of 4 bytes at 0x[0-9a-f]+ through .*no live allocation"):
        compiled("struct box { int *p; }; __global__ void k(int *out, box *b) { out[0] = b->p[7]; }")(out, box, grid=(1,), block=(1,))


def test_a_bad_free_names_the_guilty_thread():
    source = "__global__ void k(char *a) { char *p = (char *)malloc(16); free(threadIdx.x == 21 ? a : p); }"
    with pytest.raises(wf.KernelError, match=r"free\(\) of memory that malloc\(\) did not give.*thread \(21, 0, 0\)"):
        compiled(source)(wf.zeros(64, dtype="int8"), grid=(1,), block=(64,))
        wf.synchronize()


def test_much_text_comes_in_order(capfd):
    """More than any piece's share of 64 KiB, from blocks that take longer the earlier they are."""
    source = r"""__global__ void k(int *a) {
        for (int i = 0; i < (16 - blockIdx.x) * 1000; i++) a[blockIdx.x] = (a[blockIdx.x] * 7 + i) % 1000;
        for (int i = 0; i < 1500; i++) printf("block %d line %d of a text that is long enough to fill the buffers soon\n", blockIdx.x, i);
    }"""
    compiled(source)(wf.zeros(16, dtype="int32"), grid=(16,), block=(1,))
    wf.synchronize()
    lines = capfd.readouterr().out.splitlines()
    assert [line.split()[1:4:2] for line in lines] == [[str(b), str(i)] for b in range(16) for i in range(1500)]


@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="needs fork")
def test_fork_while_the_log_is_written():
    """The log's lock belongs to nobody in the child, whether or not the log was ever on before."""
    import os
    import threading

    from weft import _core

    kernel, a, stop = compiled("__global__ void k(int *a) { a[0] += 1; }"), wf.zeros(4, dtype="int32"), []
    kernel(a, block=(1,))
    _core.trace_start()

    def launch():
        mine = wf.zeros(4, dtype="int32")
        with wf.device("cpu"):
            while not stop:
                kernel(mine, block=(1,))

    threads = [threading.Thread(target=launch) for _ in range(2)]
    try:
        for thread in threads:
            thread.start()
        for _ in range(20):
            child = os.fork()
            if not child:
                import signal

                signal.alarm(20)  # a child that waits for ever ends here
                _core.trace_start()
                kernel(a, block=(1,))
                os._exit(0 if int(a[0]) >= 2 else 1)
            assert os.waitpid(child, 0)[1] == 0
    finally:
        stop.append(1)
        for thread in threads:
            thread.join()
        _core.trace_stop()
