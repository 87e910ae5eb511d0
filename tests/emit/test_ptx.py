"""Every kernel of kernels.py as PTX, assembled by ptxas where it is found, for three generations of GPUs."""

import os
import pathlib
import re
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))
import harness  # noqa: E402
from kernels import KERNELS  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(not os.path.exists(harness.DUMP), reason="emit_dump is not built")


@pytest.mark.parametrize("sm", [75, 90, 120])
@pytest.mark.parametrize("name", sorted(KERNELS))
def test_assembles(name, sm):
    text = harness.ptx(harness.source_file(KERNELS[name].source), sm)
    assert re.search(r"\.visible \.entry k\(", text)
    harness.assemble(text, sm)


@pytest.mark.parametrize("sm, driver, version", [(50, 9000, "6.0"), (60, 9010, "6.0"), (70, 10010, "6.0"), (80, 11000, "7.0")])
@pytest.mark.parametrize("name", ["atomics", "grid_stride"])
def test_older_gpus_get_what_their_driver_knows(name, sm, driver, version):
    """Assemblers of today refuse the oldest, so the text is looked at: its version, and no instruction of later GPUs."""
    text = harness.ptx(harness.source_file(KERNELS[name].source), sm, driver=driver)
    assert re.search(rf"\.target sm_{sm}\b", text) and re.search(r"\.version (\S+)", text)[1] == version
    assert sm >= 70 or not re.search(r"\.(acquire|release|acq_rel|relaxed)\.", text)


IDENTITY = sorted((ROOT / "tests" / "identity" / "kernels").glob("*.cu"))

@pytest.mark.parametrize("path", IDENTITY, ids=lambda p: p.stem)
def test_programs_assemble(path):
    """The kernels whose results are compared between devices, for the three generations that assemblers of today know."""
    for sm in (75, 90, 120):
        said = harness.assemble(harness.ptx(str(path), sm), sm)
        assert not re.search(r"[1-9]\d* bytes spill", said), said


def test_no_contraction_by_ptxas():
    """A product that is added in parentheses stays two roundings; a bare one is one fma."""
    source = 'extern "C" __global__ void k(float *x) { x[0] = (x[1] * x[2]) + x[3]; x[4] = x[5] * x[6] + x[7]; }'
    text = harness.ptx(harness.source_file(source), 90)
    assert len(re.findall(r"mul\.rn\.f32", text)) == 1 and len(re.findall(r"add\.rn\.f32", text)) == 1 and len(re.findall(r"fma\.rn\.f32", text)) == 1
    assert not re.search(r"\b(mul|add|sub)\.f32", text)


PRIVATE = """
__device__ void shift(float *a, float by) { for (int k = 0; k < 24; k++) a[k] += by; }
extern "C" __global__ void small(float *out, const float *in) {
    float tile[4][6], flat[24];
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 6; j++) tile[i][j] = in[(i * 6 + j) * 32 + threadIdx.x];
    for (int k = 0; k < 24; k++) flat[k] = tile[k % 4][k / 4];
    shift(flat, 2.0f);
    for (int k = 23; k >= 0; k -= 1) out[k * 32 + threadIdx.x] = flat[k];
}
extern "C" __global__ void large(float *out, const float *in) {
    float a[600];
    for (int k = 0; k < 600; k++) a[k] = in[k * 32 + threadIdx.x];
    for (int k = 0; k < 600; k++) out[k * 32 + threadIdx.x] = a[599 - k];
}
"""


def test_private_arrays_of_short_loops_live_in_registers():
    said = harness.assemble(harness.ptx(harness.source_file(PRIVATE), 90), 90)
    stack = dict(re.findall(r"Function properties for (\w+)\n\s+(\d+) bytes stack frame", said))
    assert stack["small"] == "0" and int(stack["large"]) >= 2400


def test_inline_ptx_assembles():
    """The statements that tests/cudac/run/ptx.cu runs in CUDA C on the CPU, as they stand."""
    text = harness.ptx(str(ROOT / "tests" / "cudac" / "run" / "ptx.cu"), 90)
    assert "lop3.b32" in text and "__ptx" not in text
    harness.assemble(text, 90)


HALVES = """
__device__ int low(double x, int again) { return again > 0 ? low(x * 0.5, again - 1) : (int)__double_as_longlong(x); }
extern "C" __global__ void halves(int *out, short *words, char *bytes, const double *x, const float *y) {
    out[0] = (int)__double_as_longlong(x[0] * 3.0);
    out[1] = low(x[1], out[5]);
    words[4] = (short)__double_as_longlong(x[2] + 1.0);
    words[5] = (short)__float_as_int(y[0] * 3.0f);
    bytes[12] = (char)__float_as_int(y[1] + 3.0f);
}
"""


def test_low_halves_of_floats_are_taken_by_integer_instructions():
    """ptxas converts the number where a store chops a register that held a float: weft's compiler puts an instruction before it."""
    compiler = pytest.importorskip("weft._compile")
    ir = harness.emit(harness.source_file(HALVES), "driver=13000", "sm_90")
    text = compiler.compile(ir.encode(), "nvptx64-nvidia-cuda", "sm_90", "+ptx80", 3, True).decode()
    assert text.count("cvt.u32.u64 \twf_low") >= 2 and "and.b32 \twf_low" in text
    assert not re.search(r"^\tst[\w.]*\.b(8|16|32) \t\[[^\]]*\], %rd\d+;", text, re.M)
    harness.assemble(text, 90)


def test_a_function_that_stays_apart():
    """__noinline__ is a call on a GPU, also with records and several callers; with a barrier in it it is not."""
    source = """
struct pair { float x; int n; };
__device__ __noinline__ pair rare(float x, int n) { pair p; p.x = x; for (int i = 0; i < n; i++) p.x = p.x * 1.5f + 1.0f / p.x; p.n = n * 3; return p; }
__device__ __noinline__ float sum(float *s, float x) { s[threadIdx.x] = x; __syncthreads(); return s[threadIdx.x ^ 1]; }
extern "C" __global__ void k(float *out, const float *x, int n) {
    __shared__ float s[256];
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    float a = i < n ? x[i] : 0.0f, b = sum(s, a);
    if (a > 100.0f) { pair p = rare(a, i); a = p.x + p.n; }
    if (b > 100.0f) b = rare(b, 3).x;
    if (i < n) out[i] = a + b;
}
"""
    text = harness.ptx(harness.source_file(source), 90)
    assert len(re.findall(r"call\.uni", text)) == 2 and text.count("bar.sync") == 1
    harness.assemble(text, 90)
