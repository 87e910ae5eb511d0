"""The cache, several processes, fork, spawn, threads, Ctrl-C."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import weft as wf

PROGRAM = """
import sys, time
import numpy as np, weft as wf
from weft import _core
source = "__global__ void k(int *x) { x[threadIdx.x] = threadIdx.x * %d; }"
k = wf.Kernel(source)
m = wf.Memory(128)
start = time.perf_counter()
k(m, block=32)
first = time.perf_counter() - start
x = np.empty(32, 'i4')
wf.copy_to_host(x, m)
assert (x == np.arange(32) * %d).all()
s = _core.cache_stats()
print('llvmlite' in sys.modules, s['hits'], s['misses'], s['damaged'])
"""


def run(code, folder, **env):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120,
                          env={**os.environ, "WEFT_CACHE_DIR": str(folder), **env})
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def program(number=3):
    return PROGRAM % (number, number)


def entries(folder):
    return [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size > 200]


def test_second_run_comes_from_disk(tmp_path):
    assert run(program(), tmp_path)[0] == "True"
    llvm, hits, misses, damaged = run(program(), tmp_path)
    assert (llvm, damaged) == ("False", "0") and int(hits) >= 1


def test_another_source_is_another_entry(tmp_path):
    run(program(3), tmp_path)
    assert run(program(4), tmp_path)[0] == "True"


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "garbage"])
def test_damaged_entries_are_made_again(tmp_path, damage):
    run(program(), tmp_path)
    for path in entries(tmp_path):
        data = bytearray(path.read_bytes())
        if damage == "flip":
            data[len(data) // 2] ^= 1
        path.write_bytes({"cut": data[:len(data) // 2], "flip": data, "empty": b"", "garbage": b"\x7fELF" * 300}[damage])
    assert run(program(), tmp_path)[0] == "True"
    assert run(program(), tmp_path)[0] == "False"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_read_only_cache(tmp_path):
    tmp_path.chmod(0o500)
    try:
        run(program(), tmp_path)
    finally:
        tmp_path.chmod(0o700)


def test_cache_that_cannot_be_made(tmp_path):
    file = tmp_path / "file"
    file.write_text("not a folder")
    run(program(), file / "below")
    run(program(), "off")


def test_two_processes_fill_one_cache(tmp_path):
    env = {**os.environ, "WEFT_CACHE_DIR": str(tmp_path)}
    both = [subprocess.Popen([sys.executable, "-c", program()], env=env) for _ in range(3)]
    assert [p.wait(120) for p in both] == [0, 0, 0]
    assert run(program(), tmp_path)[0] == "False"


def test_compiler_in_a_process(tmp_path):
    assert run(program(), tmp_path, WEFT_COMPILER="process")[0] == "False"


def test_threads_want_the_same_kernel():
    from weft import _core

    before = _core.cache_stats()
    kernel = wf.Kernel(f"__global__ void k(int *x, int y) {{ x[threadIdx.x] = y + {time.time_ns() % 100000}; }}")
    failures = []

    def work(number):
        try:
            memory, result = wf.Memory(256), np.empty(64, "i4")
            for repeat in range(20):
                kernel(memory, number * 100 + repeat, block=64)
                wf.copy_to_host(result, memory)
                assert (result == result[0]).all()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert _core.cache_stats()["misses"] - before["misses"] <= 1


FORK = """
import os, sys, numpy as np, weft as wf
def once(value):
    m, x = wf.Memory(128), np.empty(32, 'i4')
    wf.Kernel("__global__ void k(int *x) { x[threadIdx.x] = %d; }" % value)(m, block=32)
    wf.copy_to_host(x, m)
    assert (x == value).all()
once(1)
child = os.fork()
if child == 0:
    once(1); once(2)
    os._exit(0)
_, status = os.waitpid(child, 0)
once(3)
sys.exit(os.waitstatus_to_exitcode(status))
"""

SPAWN = """
import multiprocessing, numpy as np, weft as wf
def work(value):
    m, x = wf.Memory(128), np.empty(32, 'i4')
    wf.Kernel("__global__ void k(int *x, int v) { x[threadIdx.x] = v; }")(m, value, block=32)
    wf.copy_to_host(x, m)
    return int(x.sum())
if __name__ == '__main__':
    work(1)
    with multiprocessing.get_context(%r).Pool(2) as pool:
        assert pool.map(work, range(4)) == [32 * i for i in range(4)]
"""


@pytest.mark.skipif(wf.device().kind != "cpu", reason="CUDA does not survive a fork")
def test_fork(tmp_path):
    run(FORK, tmp_path)


FORK_WHILE_BUSY = """
import os, sys, threading, time, numpy as np, weft as wf
module = wf.Module("__global__ void k(int *x, int n) { int i = threadIdx.x; if (i < n) x[i] = n; }")
def once(block):
    m, x = wf.Memory(4096), np.empty(1024, 'i4')
    module["k"](m, block, block=block)
    wf.copy_to_host(x, m)
    assert (x[:block] == block).all()
    y = wf.arange(1000, dtype="f8") * block
    assert float((y + 1).sum()) == 499500.0 * block + 1000
once(32)
stop = threading.Event()
def busy(number):
    k = 0
    while not stop.is_set():
        once(32 + (k * 7 + number * 13) % 900)
        k += 1
threads = [threading.Thread(target=busy, args=(i,)) for i in range(3)]
for t in threads:
    t.start()
bad = []
for attempt in range(20):
    time.sleep(0.0017 * (attempt % 11))
    child = os.fork()
    if child == 0:
        try:
            once(33 + attempt % 6)
        finally:
            os._exit(0 if sys.exc_info()[0] is None else 1)
    end = time.time() + 60
    while not (ended := os.waitpid(child, os.WNOHANG))[0] and time.time() < end:
        time.sleep(0.005)
    if not ended[0]:
        os.kill(child, 9)
        os.waitpid(child, 0)
    bad += [] if ended[0] and ended[1] == 0 else [attempt]
stop.set()
for t in threads:
    t.join()
once(3)
sys.exit(len(bad))
"""


@pytest.mark.skipif(wf.device().kind != "cpu", reason="CUDA does not survive a fork")
def test_fork_while_other_threads_hold_locks(tmp_path):
    run(FORK_WHILE_BUSY, tmp_path)


@pytest.mark.parametrize("method", ["spawn", "forkserver", *(["fork"] if wf.device().kind == "cpu" else [])])
def test_multiprocessing(tmp_path, method):
    file = tmp_path / "program.py"
    file.write_text(SPAWN % method)
    done = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_multiprocessing_spawn_under_the_runner(tmp_path):
    file = tmp_path / "program.py"
    file.write_text("import pycuda.driver\n" + SPAWN % "spawn")
    done = subprocess.run([sys.executable, "-m", "weft", str(file)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


ENDLESS = """
import sys, time, numpy as np, weft as wf
m = wf.Memory(4)
wf.copy_to_device(m, np.zeros(1, 'i4'))
k = wf.Kernel("__global__ void k(volatile int *x) { while (x[0] == 0) ; }")
k.prepare((%d,))
print('ready', flush=True)
try:
    k(m, grid=%d, block=%d, stream=%s)
    wf.synchronize()
except KeyboardInterrupt:
    print('interrupted')
wf.copy_to_device(m, np.ones(1, 'i4'))
k(m, block=%d)
wf.synchronize()
print('alive')
"""


@pytest.mark.skipif(wf.device().kind != "cpu", reason="a GPU's kernel cannot be stopped")
@pytest.mark.parametrize("grid, stream", [(1, "None"), (50, "None"), (1, "wf.Stream()")])
def test_ctrl_c_ends_an_endless_kernel(grid, stream):
    process = subprocess.Popen([sys.executable, "-c", ENDLESS % (1, grid, 1, stream, 1)], stdout=subprocess.PIPE, text=True,
                               stderr=subprocess.PIPE)
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert out.split() == ["interrupted", "alive"] and process.returncode == 0, err


ENDLESS_PYTHON = """
import numpy as np, weft as wf
@%s
def f(x):
    n = 0.0
    while x[0] == 0:
        n += 1.0
        x[1] = n
x = np.zeros(2)
print('ready', flush=True)
try:
    f%s(x)
except KeyboardInterrupt:
    print('interrupted')
x[0] = 1
f%s(x)
print('alive')
"""


@pytest.mark.skipif(wf.device().kind != "cpu", reason="a GPU's kernel cannot be stopped")
@pytest.mark.parametrize("decorator, launch", [("wf.cuda.jit", "[1, 1]"), ("wf.jit", "")])
def test_ctrl_c_ends_an_endless_function(decorator, launch):
    """The first kernel of the process, while it is compiled or runs. As a user would, pressed again when nothing happens for long:
    Python drops one that arrives within a destructor."""
    for delay in (0.05, 1.0):
        process = subprocess.Popen([sys.executable, "-c", ENDLESS_PYTHON % (decorator, launch, launch)], stdout=subprocess.PIPE, text=True,
                                   stderr=subprocess.PIPE)
        assert process.stdout.readline() == "ready\n"
        time.sleep(delay)
        out = err = None
        for _ in range(3):
            process.send_signal(signal.SIGINT)
            try:
                out, err = process.communicate(timeout=20)
                break
            except subprocess.TimeoutExpired:
                continue
        process.kill()
        assert out is not None and out.split() == ["interrupted", "alive"] and process.returncode == 0, err


# Loops whose count is known: each would run for days.
COUNTED = """
import numpy as np, weft as wf
@wf.jit(parallel=%r)
def f(n, m, last):
%s
f(3, 3, 1)
print('ready', flush=True)
try:
    f(%s)
except KeyboardInterrupt:
    print('interrupted')
print(f(5, 3, 1) == f(5, 3, 1), 'alive')
"""
LOOPS = {
    "innermost": (False, "    s = 1\n    for i in range(n):\n        s = (s ^ s << 1) + i\n    return s", "10**16, 1, 1"),
    "downwards": (False, "    s = 1\n    for i in range(n, -n, -3):\n        s = (s ^ s << 1) + i\n    return s", "10**16, 1, 1"),
    "left early": (False, "    s = 1\n    for i in range(n):\n        s = s * 3 + i | 1\n        if s == 0:\n            break\n    return s + i",
                   "10**16, 1, 1"),
    "vectorised": (False, "    a = np.arange(8.0)\n    for i in range(n):\n        a[i & 7] = np.sin(a[i & 7]) + last\n    return a[3]", "10**16, 1, 1"),
    "outer": (False, "    s = 1\n    for i in range(n):\n        for j in range(m):\n            s = (s ^ s << 1) + j\n    return s", "10**16, 50, 1"),
    "while": (False, "    s = i = 1\n    while i <= n:\n        s = (s ^ s << 1) + i\n        i += last\n    return s", "10**16, 1, 1"),
    "parallel": (True, "    t = 0\n    for i in wf.prange(n):\n        s = i\n        for j in range(m):\n            s = (s ^ s << 1) + j\n        t += s\n"
                 "    return t", "10**16, 50, 1"),
    "parallel alone": (True, "    t = 0\n    for i in wf.prange(n):\n        t += (i ^ i << 3) % 7\n    return t", "10**16, 1, 1"),
    # These do not look: they are cut (src/runtime/cut.c).
    "inside of another": (False, "    s = 1\n    for i in range(n):\n        for j in range(m):\n            s = (s ^ s << 1) + j\n    return s", "3, 10**16, 1"),
    "lanes": (False, "    a = np.ones(64)\n    for i in range(64):\n        s = 0.0\n        for j in range(n):\n            s = np.sin(s) + a[i]\n"
              "        a[i] = s\n    return a[3]", "10**16, 1, 1"),
    "inside of a parallel one": (True, "    t = 0\n    for i in wf.prange(16):\n        s = i\n        for j in range(n):\n            s = (s ^ s << 1) + j\n"
                                 "        t += s\n    return t", "10**16, 1, 1"),
}


@pytest.mark.skipif(wf.device().kind != "cpu", reason="a GPU's kernel cannot be stopped")
@pytest.mark.parametrize("loop", LOOPS)
def test_ctrl_c_ends_a_counted_loop(loop):
    process = subprocess.Popen([sys.executable, "-c", COUNTED % LOOPS[loop]], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "ready\n", process.communicate()[1]
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)  # a busy machine; a second is usual
    finally:
        process.kill()
    assert out.split() == ["interrupted", "True", "alive"] and process.returncode == 0, err


@pytest.mark.parametrize("first, last, step", [(0, 0, 1), (5, 4, 1), (0, 1, 1), (-3, 600_001, 1), (0, 262_144, 1), (1, 262_146, 1), (0, 2_000_003, 7),
                                               (2**63 - 5, 2**63 - 1, 1), (2**63 - 9, 2**63 - 2, 7), (600_001, -3, -1), (-2**63 + 4, -2**63, -1),
                                               (7, 7, -1), (10, -3_000_000, -11)])
def test_counted_loops_make_all_their_turns(tmp_path, first, last, step):
    """They run in pieces: from the smallest numbers to the greatest, the ends of a piece among them."""
    path, names = tmp_path / "turns.py", {}
    path.write_text(f"def f(a, b):\n    n = s = 0\n    for i in range(a, b, {step}):\n        n += 1\n        s ^= i * 5 + n\n    return n, s\n")
    exec(compile(path.read_text(), str(path), "exec"), names)
    assert wf.jit(names["f"])(first, last) == _wrapped(range(first, last, step))


def _wrapped(turns):
    i = np.fromiter(turns, np.int64, len(turns))
    with np.errstate(over="ignore"):
        return len(turns), int(np.bitwise_xor.reduce(i * 5 + np.arange(1, len(turns) + 1)))


CUTS = sys.platform == "linux" and os.uname().machine in ("x86_64", "aarch64")  # src/runtime/cut.h

SIMPLE_LOOP_OF_A_BLOCK = """
import numpy as np, weft as wf
k = wf.Kernel("__global__ void k(int *x, int n) { int s = 1; for (int i = 0; i < n; i++) s ^= s << 1 ^ i * s; *x += s; }")
m = wf.Memory(4)
k.prepare((1,))
k(m, np.int32(3), grid=1, block=1024)
print('ready', flush=True)
try:
    k(m, np.int32(2**31 - 1), grid=1, block=1024)
    wf.synchronize()
except KeyboardInterrupt:
    print('interrupted')
k(m, np.int32(3), grid=4, block=1024)
wf.synchronize()
print('alive')
"""


@pytest.mark.skipif(wf.device().kind != "cpu", reason="a GPU's kernel cannot be stopped")
@pytest.mark.skipif(not CUTS, reason="such a loop runs to its end")
def test_ctrl_c_ends_a_simple_loop_of_many_threads():
    """It does not look for Ctrl-C, and would take minutes. In a child of fork() too: timers stay with the parent."""
    forked = ("import os, signal\nif os.fork():\n    signal.signal(signal.SIGINT, signal.SIG_IGN)\n    os.waitpid(-1, 0)\n    os._exit(0)\n"
              "print('ready', flush=True)\n")
    for program in (SIMPLE_LOOP_OF_A_BLOCK, SIMPLE_LOOP_OF_A_BLOCK.replace("print('ready', flush=True)\n", forked)):
        process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
        try:
            assert process.stdout.readline() == "ready\n"
            time.sleep(1.0)
            os.killpg(process.pid, signal.SIGINT)
            out, err = process.communicate(timeout=60)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        assert out.split() == ["interrupted", "alive"], err


LOOP_BESIDE_A_LIST = """
import weft as wf
@wf.jit
def f(list, n, m):
    s = 1
    for i in range(n):
        for j in range(m):
            s = (s ^ s << 1) + j
    list.append(s)
f([1], 3, 3)
print('ready', flush=True)
f([1], 3, 10**12)
"""


def test_a_second_ctrl_c_says_why_a_kernel_runs_on():
    """A loop that does not look for Ctrl-C, in a function that may not be cut, as it changes its caller's list."""
    process = subprocess.Popen([sys.executable, "-c", LOOP_BESIDE_A_LIST], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    try:
        for _ in range(2):
            time.sleep(1.0)
            process.send_signal(signal.SIGINT)
        time.sleep(0.5)
    finally:
        process.kill()
    assert "does not look for Ctrl-C" in process.communicate()[1]


LITTLE_STACK = """
import threading
import numpy as np
import weft as wf

@wf.jit
def host(x):
    return sorted({int(v): v for v in x}.items())[-1]

@wf.cuda.jit
def kernel(x):
    i = wf.cuda.grid(1)
    if i < x.size:
        x[i] += 1

def call():
    try:
        DOOR
    except wf.CompileError as error:
        print(error)

x = np.arange(4.0)
for kib in (32, 64, 1024):
    threading.stack_size(kib << 10)
    thread = threading.Thread(target=call)
    thread.start()
    thread.join()
print("over")
"""


@pytest.mark.parametrize("door", ["host(x)", "kernel[1, 32](x)"])
def test_threads_with_little_stack(tmp_path, door):
    """In the least that Python gives a call has no room, in twice that a compilation; nothing ends the process."""
    file = tmp_path / "program.py"
    file.write_text(LITTLE_STACK.replace("DOOR", door))
    done = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, timeout=120, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 3 and lines[2] == "over" and all("KiB of stack left" in line and "stack_size(256 << 10)" in line for line in lines[:2])
