"""Runs emitted kernels on this machine: emit_dump's IR through LLVM, then calls by ctypes with the structures of
src/emit/cpu_abi.h. `Kernel(path, name, block=…)(grid, args…)` returns a Report; NumPy arrays are changed in place."""

import ctypes as C
import functools
import os
import re
import shutil
import subprocess
import sys
import tempfile

import llvmlite.binding as llvm
import numpy as np

llvm.initialize_all_targets()
llvm.initialize_all_asmprinters()

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DUMP = os.environ.get("WEFT_EMIT_DUMP", os.path.join(ROOT, "build", "tests", "tools", "emit_dump"))
CPU, FEATURES = llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()
VECTOR = 64 if "+avx512f" in FEATURES else 32

OUT_OF_BOUNDS = C.CFUNCTYPE(None, C.c_void_p, C.c_void_p, C.c_uint32, C.c_int64, C.c_uint64, C.c_uint64, C.c_uint64, C.c_uint32)
TRAP = C.CFUNCTYPE(None, C.c_void_p, C.c_void_p, C.c_uint32, C.c_uint32, C.c_uint64, C.c_uint32)
PRINT = C.CFUNCTYPE(C.c_int32, C.c_void_p, C.c_void_p, C.c_char_p, C.POINTER(C.c_uint64), C.c_uint32)
SCRATCH = C.CFUNCTYPE(C.c_void_p, C.c_void_p, C.c_uint32, C.c_uint64)
CLOCK = C.CFUNCTYPE(C.c_uint64)
ALLOCATE = C.CFUNCTYPE(C.c_void_p, C.c_void_p, C.c_uint64)
RELEASE = C.CFUNCTYPE(C.c_int32, C.c_void_p, C.c_void_p)
LOOP = C.CFUNCTYPE(C.c_int32, C.c_void_p, C.c_void_p, C.c_void_p, C.c_uint64, C.c_uint64)
ACCESS = C.CFUNCTYPE(None, C.c_void_p, C.c_void_p, C.c_uint32, C.c_uint32, C.c_uint64, C.POINTER(C.c_uint64), C.c_uint64, C.c_uint64,
                     C.c_uint64, C.c_uint64, C.c_uint32, C.c_void_p)
PARALLEL = C.CFUNCTYPE(C.c_int32, C.c_void_p, C.c_void_p, C.c_void_p, C.c_void_p, C.c_uint64)
WORDS = C.POINTER(C.c_uint64)
FIND = C.CFUNCTYPE(None, C.c_void_p, C.c_void_p, WORDS, C.c_uint64, WORDS, WORDS, C.c_uint32)
ADMIT = C.CFUNCTYPE(C.c_uint64, C.c_void_p, C.c_void_p, C.c_uint32, C.c_uint32, WORDS, WORDS, WORDS, C.c_uint64, C.c_uint64, C.c_uint64, C.c_uint32)


class Launch(C.Structure):
    _fields_ = [("grid", C.c_uint32 * 3), ("block", C.c_uint32 * 3), ("params", C.c_void_p), ("extents", C.c_void_p),
                ("stop", C.c_void_p), ("dynamic_shared", C.c_uint32), ("reserved", C.c_uint32), ("out_of_bounds", OUT_OF_BOUNDS),
                ("trap", TRAP), ("print", PRINT), ("scratch", SCRATCH), ("clock", CLOCK), ("allocate", ALLOCATE),
                ("release", RELEASE), ("host", C.c_void_p), ("globals", C.c_void_p), ("parallel", PARALLEL), ("ask", C.c_void_p), ("asker", C.c_void_p),
                ("access", ACCESS), ("find", FIND), ("admit", ADMIT)]


class Worker(C.Structure):
    _fields_ = [("shared", C.c_void_p), ("shared_bytes", C.c_uint64), ("host", C.c_void_p), ("index", C.c_uint32),
                ("workers", C.c_uint32), ("stack_limit", C.c_uint64)]


def stack_limit():
    """How low functions that call themselves may go in this thread's stack."""
    libc, attributes, low, size = C.CDLL(None), C.create_string_buffer(256), C.c_void_p(), C.c_size_t()
    libc.pthread_self.restype = C.c_void_p
    assert not libc.pthread_getattr_np(C.c_void_p(libc.pthread_self()), attributes)
    libc.pthread_attr_getstack(attributes, C.byref(low), C.byref(size))
    libc.pthread_attr_destroy(attributes)
    return low.value + min(size.value // 4, 512 << 10)


KEPT = []  # engines: LLVM's own clean-up of one while others live has crashed


class EmitError(Exception):
    pass


class Report:
    def __init__(self):
        self.result, self.bad, self.traps, self.printed, self.parallel = 0, [], [], [], 0


def emit(path, *options):
    """IR text for a file and emit_dump's options; EmitError with the diagnostics."""
    run = subprocess.run([DUMP, path, *options], capture_output=True, text=True)
    if run.returncode:
        raise EmitError(run.stderr or f"emit_dump ended with {run.returncode}")
    return run.stdout


@functools.cache
def _folder():
    return tempfile.TemporaryDirectory(prefix="weft_emit_")  # goes with the process


def source_file(source):
    path = os.path.join(tempfile.mkdtemp(dir=_folder().name), "kernel.cu")
    with open(path, "w") as file:
        file.write(source)
    return path


def optimise(ir, level=3):
    module = llvm.parse_assembly(ir)
    module.verify()
    machine = llvm.Target.from_triple(module.triple).create_target_machine(cpu=CPU, features=FEATURES, opt=level, reloc="pic", codemodel="small")
    options = llvm.create_pipeline_tuning_options(speed_level=level)
    options.loop_vectorization = options.slp_vectorization = options.loop_unrolling = True
    builder = llvm.create_pass_builder(machine, options)
    builder.getModulePassManager().run(module, builder)
    return module, machine


def ptx(path, sm, *options, driver=13000):
    ir = emit(path, f"driver={driver}", f"sm_{sm}", *options)
    module = llvm.parse_assembly(ir)
    module.verify()
    version = re.search(r"; ptx (\d+)", ir)
    feature = f"+ptx{version.group(1)}" if version else ""
    machine = llvm.Target.from_triple(module.triple).create_target_machine(cpu=f"sm_{sm}", features=feature, opt=3)
    builder = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=3))
    builder.getModulePassManager().run(module, builder)
    return machine.emit_assembly(module)


def find_ptxas():
    """The assembler of a toolkit, or of the wheel nvidia-cuda-nvcc (in the extra `test` where there is one); None."""
    folders = [os.path.join(path, "nvidia", "cu13", "bin") for path in sys.path]
    folders += [os.path.join(os.environ.get("CUDA_HOME", "/usr/local/cuda"), "bin")]
    return shutil.which("ptxas", path=os.pathsep.join(folders)) or shutil.which("ptxas")


PTXAS = find_ptxas()


def assemble(text, sm):
    """Puts PTX through ptxas; skips the test where there is none. Returns what it said of registers and spills."""
    if not PTXAS:
        import pytest

        pytest.skip("no ptxas (pip install nvidia-cuda-nvcc)")
    with tempfile.TemporaryDirectory(prefix="weft_ptx_") as folder:
        path = os.path.join(folder, "kernel.ptx")
        with open(path, "w") as file:
            file.write(text)
        run = subprocess.run([PTXAS, "-v", f"-arch=sm_{sm}", path, "-o", path + ".cubin"], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr + run.stdout
    return run.stderr


class Kernel:
    def __init__(self, source, name, block=(32, 1, 1), lanes=0, path="", bounds=1, exact=True, vector=VECTOR, level=3, fma=1):
        file = source if source.endswith(".cu") else source_file(source)
        self.block = tuple(block) + (1,) * (3 - len(block))
        options = [f"kernel={name}", "block=%d,%d,%d" % self.block, f"lanes={lanes}", f"bounds={bounds}", f"vector={vector}", f"fma={fma}"]
        options += [f"path={path}"] if path else []
        options += [] if exact else ["inexact"]
        self.ir = emit(file, *options)
        head = re.search(r"^; kernel (\S+) (\S+) lanes=(\d+) path=(\d) shared=(\d+) align=\d+ dynamic=\d params=(\d+)", self.ir, re.M)
        self.symbol, self.lanes, self.path = head[2], int(head[3]), int(head[4])
        self.shared, self.size = int(head[5]), int(head[6])
        self.params = [(int(m[1]), int(m[2])) for m in re.finditer(r"^; param (\d+) (\d+)", self.ir, re.M)]
        self.leaves = [int(m[1]) for m in re.finditer(r"^; leaf (\d+)", self.ir, re.M)]
        self.sites = [(int(m[1]), int(m[2]), m[3]) for m in re.finditer(r"^; site \d+ kind=(\d+) line=(\d+) bytes=\d+ store=\d+ (.*)$", self.ir, re.M)]
        self.globals = {m[1]: (int(m[2]), int(m[3])) for m in re.finditer(r"^; global (\S+) (\d+) (\d+)", self.ir, re.M)}
        image = bytes.fromhex(re.search(r"^; image (.*)$", self.ir, re.M)[1])
        self.memory = np.zeros(len(image) + 256, np.uint8)
        self.memory_at = -self.memory.ctypes.data % 128
        self.memory[self.memory_at:self.memory_at + len(image)] = np.frombuffer(image, np.uint8)
        self.module, self.machine = optimise(self.ir, level)
        self.engine = llvm.create_mcjit_compiler(self.module, self.machine)
        self.engine.finalize_object()
        KEPT.append(self.engine)
        self.code = C.CFUNCTYPE(C.c_int32, C.c_void_p, C.c_void_p, C.c_uint64, C.c_uint64)(self.engine.get_function_address(self.symbol))

    def assembly(self):
        return self.machine.emit_assembly(self.module)

    def pack(self, args):
        assert len(args) == len(self.params), (len(args), self.params)
        data, extents = bytearray(self.size), {}
        for (offset, size), value in zip(self.params, args):
            if isinstance(value, np.ndarray) and value.ndim:
                extents[offset] = (value.ctypes.data, value.ctypes.data + value.nbytes)
                value = np.uint64(value.ctypes.data)
            raw = np.asarray(value).tobytes() if not isinstance(value, bytes) else value
            assert len(raw) == size, (offset, size, value)
            data[offset:offset + size] = raw
        table = np.array([extents.get(leaf, (0, 2**64 - 1)) for leaf in self.leaves] or [(0, 0)], np.uint64)
        return bytes(data), table

    def prepare(self, grid, args, dynamic=0):
        report = Report()
        grid = tuple(grid) + (1,) * (3 - len(grid))
        data, extents = self.pack(args)
        params = np.frombuffer(data + bytes(64), np.uint8).copy()
        shared = np.full(self.shared + dynamic + 256, 0xA5, np.uint8)
        keep, stop = {}, C.c_int32(0)

        def scratch(worker, slot, size):
            keep[slot] = np.full(size + 64, 0x5A, np.uint8)
            return keep[slot].ctypes.data + (-keep[slot].ctypes.data % 64)

        given = set()

        def trap(launch, worker, site, kind, block, thread):
            report.traps.append((site, kind, block, thread))
            stop.value = 1

        def print_(launch, worker, fmt, values, count):
            report.printed.append((fmt.decode(), [values[i] for i in range(count)]))
            return count

        def allocate(worker, size):
            keep[object()] = block = np.zeros(size + 16, np.uint8)
            given.add(block.ctypes.data)
            return block.ctypes.data

        def release(worker, address):
            known = not address or address in given
            given.discard(address)
            return known

        def parallel(launch, worker, loop, context, count):
            """Pieces of 1, 2, 3 … turns, the last one first."""
            report.parallel += 1
            pieces, at = [], 0
            while at < count:
                pieces.append((at, min(count, at + len(pieces) + 1)))
                at = pieces[-1][1]
            return max([LOOP(loop)(launch, worker, context, *piece) for piece in reversed(pieces)] or [0])

        def out_of_bounds(launch, worker, site, offset, size, size_each, block, thread):
            report.bad.append((site, elements(offset, size_each), size // size_each, block, thread))

        def elements(offset, size_each):
            """C's division."""
            return -(-offset // size_each) if offset < 0 else offset // size_each

        def access(launch, worker, site, shape, base, each, lo, size, mask, block, thread, box):
            size_each = shape & 255
            for lane in range(64):
                if not mask >> lane & 1:
                    continue
                at = each[lane] if each else (base + lane * size_each) % 2**64
                offset = (at - lo) % 2**64
                if (size < size_each or offset > size - size_each) and not (shape & 512 and live(at, size_each)):
                    signed = offset - 2**64 if offset >> 63 else offset
                    report.bad.append((site, elements(signed, size_each), size // size_each, block, thread + lane))
                elif shape & 256:
                    C.memmove(at, box + lane * size_each, size_each)
                else:
                    C.memmove(box + lane * size_each, at, size_each)

        def live(at, size):
            """The memory that holds the bytes: an argument's, or the kernel's own."""
            own = [(b.ctypes.data, b.ctypes.data + b.nbytes) for b in [shared, self.memory, *list(keep.values())]]
            for lo, hi in [(int(lo), int(hi)) for lo, hi in extents] + own:
                if lo <= at and at + size <= hi:
                    return lo, hi
            return None

        def find(launch, worker, at, mask, lo, size, flags):
            for lane in range(64):
                if mask >> lane & 1:
                    found = live(at[lane], 1) or (0, 0)
                    lo[lane], size[lane] = found[0], (found[1] - found[0]) % 2**64

        def admit(launch, worker, site, flags, at, lo, size, mask, count, block, thread):
            good = 0
            for lane in range(64):
                if mask >> lane & 1:
                    if live(at[lane], count):
                        good |= 1 << lane
                    else:
                        report.bad.append((site, 0, 0, block, thread + lane))
            return good

        launch = Launch((C.c_uint32 * 3)(*grid), (C.c_uint32 * 3)(*self.block), params.ctypes.data, extents.ctypes.data, C.addressof(stop),
                        dynamic, 0, OUT_OF_BOUNDS(out_of_bounds), TRAP(trap), PRINT(print_), SCRATCH(scratch),
                        CLOCK(lambda: 0), ALLOCATE(allocate), RELEASE(release), None, self.memory.ctypes.data + self.memory_at,
                        PARALLEL(parallel), None, None, ACCESS(access), FIND(find), ADMIT(admit))
        worker = Worker(shared.ctypes.data + (-shared.ctypes.data % 128), self.shared + dynamic, None, 0, 1, stack_limit())
        blocks = grid[0] * grid[1] * grid[2]
        hold = (params, extents, shared, keep, stop, launch, worker)

        def call():
            return self.code(C.addressof(launch), C.addressof(worker), 0, blocks)
        call.hold = hold
        return call, report

    def __call__(self, grid, *args, dynamic=0):
        call, report = self.prepare(grid, args, dynamic)
        report.result = call()
        return report
