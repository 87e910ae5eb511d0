"""LLVM IR text → machine code, through llvmlite: bytes in, bytes out.

`compile` is pure and keeps no state of ours: the core calls it with none of its locks held, from any thread. llvmlite is
imported when the first kernel must be compiled (55-210 ms), never for a kernel that the disk cache has.

It can run in helper processes instead (WEFT_COMPILER=process, and always in a child of fork() whose parent had llvmlite
loaded: LLVM's locks do not survive that). A helper is this very file run by itself, so it imports nothing of weft. LLVM ends
the process on some errors; in a helper that is an exception here.

Never `llvm.set_option`: options are shared with everyone in the process who uses llvmlite.
"""

import os
import pickle
import re
import struct
import sys
import threading

PIPELINE = 6  # part of cache keys: raise it whenever what is done to the IR changes

CPUS = {"x86-64", "x86-64-v2", "x86-64-v3", "x86-64-v4", "generic"}
TRIPLES = {"x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu", "nvptx64-nvidia-cuda"}


# --- the work itself --------------------------------------------------------------------------------------------------

_ready = set()  # targets that LLVM was told of
_ready_lock = threading.Lock()


def _binding():
    """llvmlite's binding."""
    try:
        import llvmlite.binding as llvm
    except (ImportError, OSError) as error:
        raise ImportError(f"llvmlite, which new kernels are compiled with, does not load: {error}. `pip install --force-reinstall llvmlite` "
                          "mends most of that; `weft doctor` says more") from error
    _check_version()
    return llvm


OLDEST = (0, 45)  # llvmlite's version


def _check_version():
    from llvmlite import __version__ as version

    known = re.match(r"(\d+)\.(\d+)", version)
    if known and tuple(map(int, known.groups())) < OLDEST:
        raise ImportError(f"llvmlite is {version}, and weft compiles new kernels with {OLDEST[0]}.{OLDEST[1]} or newer: pip install --upgrade llvmlite")


def _llvm(triple):
    """llvmlite's binding, with the target registered."""
    llvm = _binding()
    kind = triple.split("-", 1)[0]
    with _ready_lock:
        if kind not in _ready:
            if kind == "nvptx64" or kind != _host_kind():
                llvm.initialize_all_targets()
                llvm.initialize_all_asmprinters()
            else:
                llvm.initialize_native_target()
                llvm.initialize_native_asmprinter()
            _ready.add(kind)
    return llvm


def _host_kind():
    machine = os.uname().machine if hasattr(os, "uname") else "x86_64"
    return {"arm64": "aarch64", "AMD64": "x86_64"}.get(machine, machine)


def _check_target(triple, cpu, features):
    """LLVM ends the process on some names that it does not know: they are refused here."""
    if triple not in TRIPLES:
        raise ValueError(f"no such target: {triple}")
    if triple.startswith("nvptx"):
        good = re.fullmatch(r"sm_\d{2,3}", cpu) and re.fullmatch(r"\+ptx\d{2}", features)
    else:
        good = cpu in CPUS and re.fullmatch(r"([+-][\w.-]+(,[+-][\w.-]+)*)?", features)
    if not good:
        raise ValueError(f"no such processor: {triple} {cpu} {features}")


def _version():
    return ".".join(str(part) for part in _binding().llvm_version_info)


def _tuning(llvm, level, loops):
    tuning = llvm.create_pipeline_tuning_options(speed_level=level)
    # The emitter writes vectors itself, but for kernels of one thread (Python's host functions). No value changes: without
    # fast-math flags nothing is reassociated.
    tuning.loop_vectorization = tuning.loop_interleaving = loops
    tuning.slp_vectorization = False
    tuning.loop_unrolling = level > 0
    return tuning


def _passes(llvm, module, builder, *names):
    manager = llvm.create_new_module_pass_manager()
    for name in names:
        getattr(manager, f"add_{name}_pass")()
    manager.run(module, builder)


def _optimise(llvm, module, machine, level, one_lane, coroutines):
    """The whole pipeline of levels 2 and 3, and of coroutines, which only whole pipelines split; of long code (1) and very long code
    (0) only what makes it shorter, since code that keeps its variables in memory takes longer to generate than this takes."""
    builder = llvm.create_pass_builder(machine, _tuning(llvm, level, one_lane))
    if level >= 2 or coroutines:
        builder.getModulePassManager().run(module, builder)
    else:
        _passes(llvm, module, builder, "always_inliner", "sroa", "simplify_cfg")
        if level == 1:
            _passes(llvm, module, builder, "instruction_combine", "simplify_cfg")


def _simplify_each(llvm, module, machine, level):
    """Where LLVM's vectoriser has nothing to do: each function is simplified once, then its loops are unrolled. The whole pipeline
    makes the same code in up to twice the time (docs/decisions.md). Vectors that the emitter has written need level 1 only; scalar
    loops that read what the turn before has written need level 2, which carries it in a register."""
    builder = llvm.create_pass_builder(machine, _tuning(llvm, level, False))
    _passes(llvm, module, builder, "always_inliner")
    simplify = builder.getFunctionPassManager()
    for function in module.functions:
        if not function.is_declaration:
            simplify.run(function, builder)
    _passes(llvm, module, builder, "loop_unroll", "instruction_combine", "simplify_cfg", "global_dead_code_eliminate")


# A store of fewer bits than the register has, which PTX allows. Of a register that an instruction on floats wrote, ptxas (CUDA 13.0)
# does not take the low bits but converts the number: (int)__double_as_longlong(x) came out as -1.
_NARROW_STORE = re.compile(r"^(\tst[\w.]*\.b(8|16|32) \t\[[^\]]*\], )(%rd?)(\d+);$")
_FLOAT_RESULT = re.compile(r"^\t(?:@!?%p\d+ )?[\w.]*\.f32[\w.]* \t(%r\d+),")
_MOVE = re.compile(r"^\tmov\.b32 \t(%r\d+), (%r\d+);")


def _narrow_stores(ptx):
    """The PTX, where an instruction on integers comes before each such store."""
    lines, floats, count = ptx.split("\n"), set(), 0
    for i, line in enumerate(lines):
        if line.startswith("{"):  # a function's body: its registers are its own
            floats.clear()
        elif line.startswith("\tst"):
            store = _NARROW_STORE.match(line)
            if not store or (store[3] == "%r" and (store[2] == "32" or store[3] + store[4] not in floats)):
                continue
            count += 1
            register, low = store[3] + store[4], f"wf_low{count}"
            take = f"cvt.u32.u64 \t{low}, {register}" if store[3] == "%rd" else f"and.b32 \t{low}, {register}, 65535"
            lines[i] = f"\t.reg .b32 {low};\n\t{take};\n{store[1]}{low};"
        elif result := _FLOAT_RESULT.match(line):
            floats.add(result[1])
        elif (move := _MOVE.match(line)) and move[2] in floats:
            floats.add(move[1])
    return "\n".join(lines) if count else ptx


def _compile_here(ir, triple, cpu, features, level, text):
    llvm = _llvm(triple)
    nvptx = triple.startswith("nvptx")
    options = {} if nvptx else {"reloc": "pic", "codemodel": "small"}
    machine = llvm.Target.from_triple(triple).create_target_machine(cpu=cpu, features=features, opt=level, **options)
    module = llvm.parse_assembly(ir.decode())
    module.triple = triple
    if os.environ.get("WEFT_VERIFY_IR"):
        module.verify()
    lanes, _, plain_loops = ir[:ir.index(b"\n")].partition(b", ")
    one_lane, coroutines = lanes == b"; one lane", b"@llvm.coro." in ir
    if level < 2 or nvptx or plain_loops or coroutines:
        _optimise(llvm, module, machine, level, one_lane, coroutines)
    else:
        _simplify_each(llvm, module, machine, 2 if one_lane else 1)
    if nvptx:
        return _narrow_stores(machine.emit_assembly(module)).encode()
    return machine.emit_assembly(module).encode() if text else machine.emit_object(module)


# --- helper processes -------------------------------------------------------------------------------------------------
# A message is its length (8 bytes) and a pickle; a request is the arguments of _compile_here, or () for LLVM's version; an
# answer is (bytes or version, None) or (None, words).


def _send(stream, thing):
    data = pickle.dumps(thing)
    stream.write(struct.pack("<Q", len(data)) + data)
    stream.flush()


def _receive(stream):
    head = stream.read(8)
    if len(head) < 8:
        raise EOFError
    return pickle.loads(stream.read(struct.unpack("<Q", head)[0]))


def _serve():
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever LLVM prints does not get in between
    while True:
        try:
            request = _receive(requests)
        except EOFError:
            return
        try:
            _send(answers, (_compile_here(*request) if request else _version(), None))
        except Exception as error:
            _send(answers, (None, f"{type(error).__name__}: {error}"))


_idle = []  # helpers that wait for work
_idle_lock = threading.Lock()


def _start_helper():
    import subprocess

    return subprocess.Popen([sys.executable, "-I", os.path.abspath(__file__)], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def _ask_helper(*request):
    with _idle_lock:
        helper = _idle.pop() if _idle else None
    helper = helper or _start_helper()
    try:
        _send(helper.stdin, request)
        code, words = _receive(helper.stdout)
    except (EOFError, OSError) as error:
        helper.kill()
        said = helper.communicate()[1].decode(errors="replace").strip()
        raise RuntimeError(f"LLVM ended the compiler process: {said[-1000:] or error!r}") from None
    except BaseException:  # Ctrl-C: its answer would be taken for another one's
        helper.kill()
        helper.wait()
        raise
    with _idle_lock:
        _idle.append(helper)
    if words is not None:
        raise RuntimeError(words)
    return code


# --- what the core calls ----------------------------------------------------------------------------------------------

_forked = False


def _after_fork():
    global _forked, _idle_lock, _ready_lock
    _idle.clear()  # they belong to the parent
    _idle_lock, _ready_lock = threading.Lock(), threading.Lock()
    _forked = _forked or "llvmlite.binding" in sys.modules


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _wants_process():
    if _forked:
        return True
    from weft import _core

    return _core.env("COMPILER") == "process"


def compile(ir: bytes, triple: str, cpu: str, features: str, level: int, text: bool) -> bytes:
    """PTX or assembly as text, or an ELF object. level: LLVM's 0 to 3."""
    _check_target(triple, cpu, features)
    from . import _progress

    run = _ask_helper if _wants_process() else _compile_here
    with _progress.compiling(ir):
        return run(ir, triple, cpu, features, level, bool(text))


def identify():
    """(LLVM's major version, everything else that decides what the compiler makes).

    Asking llvmlite means importing it; so the answer is kept in a small file beside the disk cache, under the path, size
    and time of llvmlite's library.
    """
    kept = None
    if "llvmlite.binding" not in sys.modules:
        kept = _kept_version()
        version = _read_version(*kept) if kept else None
        if version:
            return int(version.split(".")[0]), f"llvm {version} pipeline {PIPELINE}"
    version = _ask_helper() if _wants_process() else _version()
    if kept:
        _write_version(*kept, version)
    return int(version.split(".")[0]), f"llvm {version} pipeline {PIPELINE}"


def _kept_version():
    """(file that holds the answer, the library it is about), or None."""
    import importlib.util

    from weft import _core

    folder = _core.cache_folder()
    try:
        spec = importlib.util.find_spec("llvmlite")
    except ValueError:  # something without a specification stands in its place
        return None
    if not folder or not spec or not spec.origin:
        return None
    binding = os.path.join(os.path.dirname(spec.origin), "binding")
    for name in ("libllvmlite.so", "libllvmlite.dylib", "llvmlite.dll"):
        try:
            status = os.stat(os.path.join(binding, name))
        except OSError:
            continue
        about = f"{os.path.join(binding, name)} {status.st_size} {status.st_mtime_ns}"
        return os.path.join(folder, "llvm-version"), about
    return None


def _read_version(path, about):
    try:
        with open(path, encoding="utf-8") as file:
            lines = file.read().split("\n")
    except (OSError, UnicodeDecodeError):
        return None
    return lines[1] if len(lines) > 2 and lines[0] == about and re.fullmatch(r"\d+(\.\d+)*", lines[1]) else None


def _write_version(path, about, version):
    aside = f"{path}.{os.getpid()}"
    try:
        with open(aside, "w", encoding="utf-8") as file:
            file.write(f"{about}\n{version}\n")
        os.replace(aside, path)
    except OSError:
        pass  # a cache that cannot be written costs time, nothing else


if __name__ == "__main__":
    _serve()
