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


def test_a_pointer_without_a_value_is_out_of_bounds():
    module = wf.Module(UNSET, name="unset.cu")
    with wf.device("cpu"):
        out, numbers = np.full(64, -1, np.int32), wf.array(np.arange(5, 69, dtype=np.int32))
        with pytest.warns(wf.KernelWarning, match=r"unset\.cu:7: .*write .* p"):
            module["one_thread_has_it"](wf.InOut(out), grid=(1,), block=(64,))
        assert out[0] == 1
        table = wf.array(np.array([numbers.data.ptr], np.uint64))
        with pytest.warns(wf.KernelWarning, match=r"unset\.cu:16: .*read .* p"):
            module["from_memory"](wf.InOut(out), table, grid=(1,), block=(64,))
        assert list(out[:4]) == [0, 6, 0, 0]
        with pytest.warns(wf.KernelWarning, match=r"unset\.cu:21: .*read through p"):
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
