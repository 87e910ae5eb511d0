"""The kernels of tests/cudac/run, compiled for the CPU: every line's number is what its comment says.

The same files go through the tree's interpreter in tests/c/test_cudac_run.c, which tells what the comments mean."""

import glob
import math
import os
import re

import numpy as np
import pytest

import weft as wf

FOLDER = os.path.join(os.path.dirname(__file__), "..", "cudac", "run")
FILES = sorted(glob.glob(os.path.join(FOLDER, "*.cu")))


def directive(source, name, otherwise):
    found = re.search(rf"^// {name}: (\d+)", source, re.MULTILINE)
    return int(found.group(1)) if found else otherwise


def expectations(source):
    for line, text in enumerate(source.split("\n"), 1):
        found = re.search(r"// = (\S+)(?: ~ (\S+))?", text)
        if found:
            yield line, float(found.group(1)), float(found.group(2) or 0)


@pytest.mark.parametrize("path", FILES, ids=[os.path.basename(path)[:-3] for path in FILES])
def test_file(path):
    with open(path) as file:
        source = file.read()
    module = wf.Module(source, name=os.path.basename(path))
    out = np.zeros(source.count("\n") + 2)
    grid, block = directive(source, "grid", 1), directive(source, "block", 1)
    with wf.device("cpu"):
        for kernel in re.findall(r"__global__ void (?:__launch_bounds__\(\d+\) )?(\w+)\(double \*out\)", source):
            module[kernel](wf.InOut(out), grid=(grid,), block=(block,), shared=directive(source, "shared", 0))
    for line, want, error in expectations(source):
        got = out[line]
        same = math.isnan(got) if math.isnan(want) else got == want or abs(got - want) <= error * abs(want)
        assert same, f"{os.path.basename(path)}:{line}: got {got!r}, expected {want!r}"


UNSET = r"""
__global__ void one_thread_has_it(int *out) {
    __shared__ int count;
    int *p;
    if (threadIdx.x == 1) { p = &count; count = 0; }
    __syncthreads();
    atomicAdd(p, 1);
    __syncthreads();
    if (threadIdx.x == 1) out[0] = count;
}
__global__ void one_thread_has_either(int *out, int second) {
    __shared__ int count, other;
    int *p;
    if (threadIdx.x == 1) { p = &count; count = 0; if (second) p = &other; }
    __syncthreads();
    atomicAdd(p, 1);
    __syncthreads();
    if (threadIdx.x == 1) out[0] = count;
}
__global__ void from_memory(int *out, int **table) {
    __shared__ int x;
    int *p;
    if (threadIdx.x == 1) p = table[0];
    __syncthreads();
    x = p[threadIdx.x];
    out[threadIdx.x] = p[threadIdx.x];
}
__global__ void nobody_has_it(int *out) {
    int *p;
    out[threadIdx.x] = p[0] + 7;
}
"""


def test_a_pointer_without_a_value():
    module = wf.Module(UNSET, name="unset.cu")
    with wf.device("cpu"):
        out, numbers = np.full(64, -1, np.int32), wf.array(np.arange(5, 69, dtype=np.int32))
        module["one_thread_has_it"](wf.InOut(out), grid=(1,), block=(64,))
        assert out[0] == 64  # the one value that it is ever given
        with pytest.warns(wf.KernelWarning, match=r"unset\.cu:16: .*write .* p"):
            module["one_thread_has_either"](wf.InOut(out), np.int32(0), grid=(1,), block=(64,))
        assert out[0] == 1
        table = wf.array(np.array([numbers.data.ptr], np.uint64))
        with pytest.warns(wf.KernelWarning, match=r"unset\.cu:25: .*read .* p"):
            module["from_memory"](wf.InOut(out), table, grid=(1,), block=(64,))
        assert list(out[:4]) == [0, 6, 0, 0]
        with pytest.warns(wf.KernelWarning, match=r"unset\.cu:30: .*read through p"):
            module["nobody_has_it"](wf.InOut(out), grid=(1,), block=(64,))
        assert (out == 7).all()


@pytest.mark.parametrize("statement, why", [
    ('asm("mma.sync.aligned.m8n8k4.row.col.f32 {%0}, {%0};" : "+f"(x[0]));', r"instruction mma\.sync\.aligned\.m8n8k4"),
    ('unsigned r; asm("addc.u32 %0, 1, 2;" : "=r"(r)); x[0] = r;', "a carry that an asm statement of another function has set"),
    ('asm("add.rz.f32 %0, %0, %0;" : "+f"(x[0]));', "instruction add with this rounding"),
    ('asm("mov.u32 %0, %%envreg3;" : "=f"(x[0]));', "register %envreg3"),
])
def test_inline_ptx_that_the_cpu_cannot_do(statement, why):
    module = wf.Module("__global__ void k(float *x) {\n    " + statement + "\n}", name="ptx.cu")
    with wf.device("cpu"), pytest.raises(wf.CompileError, match=rf"ptx\.cu:2:\d+: error: .*{why}") as error:
        module["k"](wf.Memory(64), grid=(1,), block=(1,))
    assert "internal" not in str(error.value)


@pytest.mark.parametrize("statement, column", [
    ("int *p = nullptr; *p = 1;", 23), ("int *p = 0; for (int i = 0; i < n; i++) p[i] = i;", 45),
    ("int *p = n > 100 ? x : nullptr; p[threadIdx.x] = 3;", 37), ("struct S { int *q; }; S s = {0}; s.q[2] = 1;", 40),
    ("int *q = x; q = nullptr; x[0] = q[1];", 37)])
def test_null_pointers_are_reported(statement, column):
    module = wf.Module("__global__ void k(int *x, int n) {\n    " + statement + "\n}", name="null.cu")
    with wf.device("cpu"), pytest.warns(wf.KernelWarning, match=rf"points into no live allocation[^$]*null\.cu:2:{column}"):
        module["k"](wf.InOut(np.zeros(64, np.int32)), 4, grid=(1,), block=(8,))


def here():
    import sys

    return sys._getframe(1).f_lineno


def test_messages_say_where_the_string_stands():
    line = here() + 4
    with pytest.raises(wf.CompileError, match=rf"kernel\.cu:3:\d+: error: unknown name mistaken \(\S*test_cudac_run\.py:{line}\)"):
        wf.Module("""__global__ void first(float *x) {
            int i = threadIdx.x;
            x[i] = mistaken + %d; }""" % 3)
    line = here() + 2
    source = """__global__ void second(float *x) {
            x[threadIdx.x + 64] = 1.25f + %s;
        }""" % "x[0]"
    with wf.device("cpu"), pytest.warns(wf.KernelWarning, match=r"kernel\.cu:2:\d+\n"):
        wf.Module(source)["second"](wf.InOut(np.zeros(64, np.float32)), grid=(1,), block=(64,))  # the line was filled in: not found
    line = here() + 2
    source = """__global__ void third(float *x) {
            x[threadIdx.x + 64] = 3.75f;
        }"""
    with wf.device("cpu"), pytest.warns(wf.KernelWarning, match=rf"kernel\.cu:2:\d+ \(\S*test_cudac_run\.py:{line}\)"):
        wf.Module(source)["third"](wf.InOut(np.zeros(64, np.float32)), grid=(1,), block=(64,))
