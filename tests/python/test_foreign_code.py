"""PTX, cubins and fatbins made elsewhere, and CUDA C that goes through NVRTC: against the stand-ins for the driver and for
NVRTC (tests/c), where a kernel's packed arguments are written down and nothing runs."""

import ctypes
import os
import pathlib
import shutil
import struct
import subprocess
import sys

import pytest

import weft as wf

ROOT = pathlib.Path(__file__).resolve().parents[2]
CC = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc")
needs_cc = pytest.mark.skipif(CC is None, reason="no C compiler to build the stand-ins with")

PTX = """// made by hand
.version 7.0
.target sm_52
.address_size 64
/* .entry not_one( */
// .global table 64 (what the stand-in driver reads)
.global .align 4 .b8 table[64];
.visible .entry saxpy(
    .param .u64 .ptr .global .align 4 saxpy_0,
    .param .f32 saxpy_1,
    .param .u32 saxpy_2,
    .param .align 8 .b8 saxpy_3[16]
)
{ ret; }
.visible .entry _Z5emptyPf() { ret; }
"""

PRELUDE = f"""
import ctypes, os, struct, warnings
class Launch(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char * 64), ("grid", ctypes.c_uint * 3), ("block", ctypes.c_uint * 3), ("shared", ctypes.c_uint),
                ("cluster", ctypes.c_uint * 3), ("cooperative", ctypes.c_int), ("stream", ctypes.c_void_p),
                ("param_bytes", ctypes.c_size_t), ("params", ctypes.c_ubyte * 256), ("is_packed", ctypes.c_int)]
F = ctypes.CFUNCTYPE
class Control(ctypes.Structure):
    _fields_ = [("calls", ctypes.c_uint64), ("count_of", F(ctypes.c_uint64, ctypes.c_char_p)), ("reset", F(None)),
                ("fail_nth", F(None, ctypes.c_uint64, ctypes.c_int)), ("fail_name", F(None, ctypes.c_char_p, ctypes.c_int)),
                ("fault_at_launch", F(None, ctypes.c_int)), ("delay", F(None, ctypes.c_uint)), ("failed", ctypes.c_char_p),
                ("live_bytes", ctypes.c_uint64), ("live_blocks", ctypes.c_uint64), ("live_objects", ctypes.c_uint64),
                ("launches", ctypes.c_uint64), ("last", Launch), ("device_bytes", ctypes.c_size_t)]
library = ctypes.CDLL(os.environ["WEFT_CUDA_LIBRARY"])
library.fake_cuda_control.restype = ctypes.POINTER(Control)
last = library.fake_cuda_control().contents.last
import numpy as np, weft as wf
PTX = {PTX!r}
FATBIN = b"\\x50\\xed\\x55\\xba" + b"x" * 12 + PTX.encode() + b"\\0"
def error(call, *args, **options):
    try:
        call(*args, **options)
    except Exception as e:
        return type(e).__name__ + ": " + str(e)
    return "no error"
"""


@pytest.fixture(scope="module")
def stand_ins(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stand_ins")
    for name in ("fake_cuda", "fake_nvrtc"):
        source = ROOT / "tests" / "c" / name / f"{name}.c"
        subprocess.run([CC, "-std=gnu11", "-O1", "-shared", "-fPIC", f"-I{ROOT / 'src'}", "-o", folder / f"lib{name}.so", source, "-lpthread"],
                       check=True)
    return folder


def run(code, stand_ins, nvrtc=None, **env):
    env = {**os.environ, "WEFT_CUDA_LIBRARY": str(stand_ins / "libfake_cuda.so"), "WEFT_DEVICE": "cuda", "WEFT_CACHE_DIR": "off",
           "WEFT_NVRTC": nvrtc or str(stand_ins / "libfake_nvrtc.so"), **env}
    done = subprocess.run([sys.executable, "-c", PRELUDE + code], capture_output=True, text=True, timeout=120, env=env)
    assert done.returncode == 0, done.stderr[-3000:]
    return done


@needs_cc
def test_parameters_of_ptx_are_known_and_checked(stand_ins):
    out = run("""
module = wf.Module(PTX)
print(module.kernels, module.kernel("empty").parameters)
saxpy, memory = module["saxpy"], wf.Memory(64)
saxpy(memory, 2, -3, bytes(range(16)), grid=(2,), block=(32,))
print(last.name, list(last.grid), struct.unpack("Pf4xi4xP", bytes(last.params[:32]))[1:3])
print(error(saxpy, memory, 2, 3, block=32))
print(error(saxpy, memory, 2, 3.5, bytes(16), block=32))
print(error(saxpy, memory, 2, 1 << 40, bytes(16), block=32))
print(error(saxpy, memory, 2, 3, bytes(15), block=32))
print(error(saxpy, np.zeros(4), 2, 3, bytes(16), block=32))
print(error(module.kernel, "sakspy"))
print(module.show("asm") == PTX, error(module.show))
""", stand_ins).stdout.splitlines()
    assert out[0] == "('saxpy', '_Z5emptyPf') []"
    assert out[1] == "b'saxpy' [2, 1, 1] (2.0, -3)"
    for line, words in zip(out[2:8], ("takes 4 arguments, got 3", "TypeError", "OverflowError", "16 bytes, got 15", "host memory",
                                      "did you mean saxpy?")):
        assert words in line
    assert out[8].startswith("True ArgumentError")


@needs_cc
def test_arguments_of_a_fatbin_bring_their_own_size(stand_ins):
    out = run("""
module = wf.Module(FATBIN)
kernel, memory = module["saxpy"], wf.Memory(64)
kernel(memory, np.float32(2), np.int64(7), np.int8(1), np.float64(4), block=32)
print(last.is_packed, last.param_bytes, struct.unpack("Pfqbd", bytes(last.params[:last.param_bytes]))[1:])
x = np.arange(4, dtype="f4")
kernel(wf.InOut(x), np.int32(4), block=32)
print(last.param_bytes, kernel.parameters)
print(error(kernel, memory, 2, block=32))
print(error(module["missing"], block=32))
print(error(wf.Module, b"\\x00rubbish"), error(wf.Module, b".versionless"))
""", stand_ins).stdout.splitlines()
    assert out[0] == "1 40 (2.0, 7, 1, 4.0)"
    assert out[1] == "12 None"
    assert "pass np.int32" in out[2]
    assert "no kernel named missing" in out[3]
    assert "Error" in out[4]


@needs_cc
def test_pycuda_loads_them(stand_ins, tmp_path):
    (tmp_path / "saxpy.ptx").write_text(PTX)
    out = run(f"""
import weft.dropin; weft.dropin.install("pycuda")
import pycuda.autoinit, pycuda.driver as cuda, pycuda.compiler as compiler
module = cuda.module_from_file({str(tmp_path / "saxpy.ptx")!r})
function = module.get_function("saxpy")
memory = cuda.mem_alloc(64)
function(memory, np.float32(2), np.int32(3), np.zeros(2), block=(32, 1, 1))
print(last.name)
function = cuda.module_from_buffer(FATBIN).get_function("saxpy")
function.prepare("Pfi")
function.prepared_call((1, 1), (32, 1, 1), memory, 2, 3)
print(struct.unpack("Pfi", bytes(last.params[:last.param_bytes]))[1:])
print(error(cuda.module_from_buffer(FATBIN).get_function, "missing"))
dynamic = compiler.DynamicModule().add_data(PTX.encode()).link()
print(dynamic.get_function("empty").name, module.get_global("table")[1])
print(error(compiler.DynamicModule().add_data(FATBIN).add_source("__global__ void k() {{}}").link))
""", stand_ins).stdout.splitlines()
    assert out[:2] == ["b'saxpy'", "(2.0, 3)"]
    assert out[2].startswith("ArgumentError") and "missing" in out[2]
    assert out[3] == "_Z5emptyPf 64"
    assert out[4].startswith("NotImplementedError")


def elf_with_kernels(*names):
    """As much of a cubin as says what its kernels are called."""
    table = b"\0" + b"".join(b".text." + name.encode() + b"\0" for name in names)
    sections = bytearray(64 * (len(names) + 1))
    struct.pack_into("<QQ", sections, 24, 64, len(table))
    at = 1
    for i, name in enumerate(names):
        struct.pack_into("<I", sections, 64 * (i + 1), at)
        at += len(name) + 7
    header = bytearray(64)
    header[:5] = b"\x7fELF\x02"
    struct.pack_into("<Q", header, 40, 64 + len(table))
    struct.pack_into("<HHH", header, 58, 64, len(names) + 1, 0)
    return bytes(header) + table + bytes(sections)


def test_kernels_of_a_cubin_are_listed_and_damage_is_no_crash():
    cubin = elf_with_kernels("one", "two")
    assert wf.Module(cubin).kernels == ("one", "two")
    for length in range(0, len(cubin), 7):
        try:
            wf.Module(cubin[:length] + b"\xff" * (len(cubin) - length))
        except (wf.Error, UnicodeDecodeError):
            pass


@pytest.mark.skipif(wf.device().kind != "cpu", reason="about the CPU")
def test_gpu_code_on_a_cpu_is_a_clear_error():
    with pytest.raises(wf.UnsupportedError, match="PTX.*cannot run on cpu:"):
        wf.Module(PTX)["saxpy"](0, 1, 1, bytes(16), block=32)


UNSUPPORTED = "extern \"C\" __global__ void k(float *x, int n) { // ptx: .u64 .u32\n    throw 1;\n}\n"


@needs_cc
def test_what_the_front_end_does_not_take_goes_through_nvrtc_and_is_told_once(stand_ins):
    done = run(f"""
SOURCE = {UNSUPPORTED!r}
module = wf.Module(SOURCE, ["-DN=3", "--use_fast_math"], headers={{"a.h": ""}})
wf.Module(SOURCE + "// another")
module["k"](wf.Memory(64), 5, block=32)
print(last.name, module.kernel("k").parameters[1][3])
print(module.show("asm"))
print(wf.Module(SOURCE + "template<class T> __global__ void t(T *p) {{}}", instantiate=["t<float>"]).kernel("t<float>").name)
""", stand_ins)
    assert done.stderr.count("KernelWarning") == 1
    assert "exceptions (line 2)" in done.stderr and "libfake_nvrtc.so" in done.stderr and "WEFT_NVRTC=off" in done.stderr
    out = done.stdout
    assert out.startswith("b'k' 4\n") and out.endswith("lowered_0\n")
    for words in ("compute_80", "-DN=3", "--use_fast_math", "headers 1"):
        assert words in out


@needs_cc
@pytest.mark.parametrize("nvrtc, source, words", [
    ("off", UNSUPPORTED, "but WEFT_NVRTC=off forbids it"),
    ("/nowhere/libnvrtc.so", UNSUPPORTED, "no libnvrtc was found"),
    (None, UNSUPPORTED + "// FAIL", "NVRTC refuses the source:\nkernel.cu(1): error: FAIL is not a type"),
])
def test_without_nvrtc_the_construct_is_named(stand_ins, nvrtc, source, words):
    out = run(f"print(error(wf.Module, {source!r}))", stand_ins, nvrtc).stdout
    assert out.startswith("CompileError") and "not supported: exceptions" in out and words in out


@needs_cc
def test_an_ordinary_mistake_does_not_ask_nvrtc(stand_ins):
    out = run("print(error(wf.Module, '__global__ void k() { x = 1; }'))", stand_ins).stdout
    assert "NVRTC" not in out


@pytest.mark.skipif(wf.device().kind != "cpu", reason="about the CPU")
def test_on_a_cpu_there_is_no_refuge():
    with pytest.raises(wf.CompileError, match="not supported: exceptions") as told:
        wf.Module(UNSUPPORTED)
    assert "exceptions (line 2)" in told.value.unsupported


@needs_cc
def test_where_nvrtc_is_looked_for(stand_ins, tmp_path):
    wheel = tmp_path / "site" / "nvidia" / "cuda_nvrtc" / "lib"
    toolkit = tmp_path / "cuda" / "lib64"
    for folder in (wheel, toolkit):
        folder.mkdir(parents=True)
        shutil.copy(stand_ins / "libfake_nvrtc.so", folder / "libnvrtc.so.12")
    done = run(f"""
import sys
from weft import _nvrtc
del os.environ["WEFT_NVRTC"]
wf._core.env_set("NVRTC", None)
paths = _nvrtc.candidates()
wheel, toolkit = {str(wheel)!r} + "/libnvrtc.so.12", {str(toolkit)!r} + "/libnvrtc.so.12"
print(paths.index(wheel) < paths.index("libnvrtc.so") < paths.index(toolkit))
loaded = ctypes.CDLL(toolkit)
print(_nvrtc.candidates()[0] == toolkit, _nvrtc.available() == toolkit)
""", stand_ins, PYTHONPATH=os.pathsep.join([str(tmp_path / "site"), os.environ.get("PYTHONPATH", "")]), CUDA_PATH=str(tmp_path / "cuda"))
    assert done.stdout.split() == ["True"] * 3


def test_debug_lines_have_the_name_that_the_user_wrote():
    code = """
import weft as wf
wf.Module("template <typename T> __global__ void half_of(T *x) {}  __global__ void plain(int *x) {}", instantiate=["half_of<int>"])
module = wf.Module("namespace a { __global__ void inner(int *x) {} }")
module[module.kernels[0]](wf.Memory(4), block=1)
module = wf.Module("__global__ void plain(int *x) {}")
module["plain"](wf.Memory(4), block=1)
wf.synchronize()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, "WEFT_DEBUG": "2"}, timeout=60)
    assert done.returncode == 0 and ": plain <<<" in done.stderr and "inner <<<" in done.stderr and "_Z" not in done.stderr, done.stderr
