"""Places that programs run in: systems that refuse executable memory, standard input, the prompt, an archive, a home of any name."""

import os
import subprocess
import sys
import textwrap
import time
import zipapp

import pytest

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="Linux's own ways")

# What a systemd service with MemoryDenyWriteExecute does, and a machine that takes no way at all: {system call: (mask of argument 3)}
# of a seccomp filter that answers EPERM where an argument has a bit of the mask.
REFUSING = """
    import ctypes, platform, struct
    MPROTECT, MEMFD = {"x86_64": (10, 319), "aarch64": (226, 279)}[platform.machine()]
    def refuse(*calls):
        code = []
        for number, executable in calls:
            allowed, refused = (0x06, 0, 0, 0x7fff0000), (0x06, 0, 0, 0x00050001)
            test = [(0x20, 0, 0, 16 + 8 * 2), (0x45, 0, 1, 4)] if executable else []
            code += [(0x20, 0, 0, 0), (0x15, 0, len(test) + 1 + bool(test), number), *test, refused, *[allowed] * bool(test)]
        code.append((0x06, 0, 0, 0x7fff0000))
        packed = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *one) for one in code))
        program = ctypes.create_string_buffer(struct.pack("@HP", len(code), ctypes.addressof(packed)))
        libc = ctypes.CDLL(None)
        assert not libc.prctl(38, 1, 0, 0, 0) and not libc.prctl(22, 2, program, 0, 0)
"""
KERNEL = """
    import numpy as np
    import weft as wf
    def kernel():
        x = np.ones(8, np.float32)
        wf.Kernel("__global__ void twice(float *x) { x[threadIdx.x] *= 2; }")(wf.InOut(x), grid=(1,), block=(8,))
        return x.sum()
"""


def run(code, folder=None, *arguments, **env):
    text = "".join(textwrap.dedent(part) for part in code)
    return subprocess.run([sys.executable, "-P", *(arguments or ("-c", text))], capture_output=True, text=True, timeout=120, cwd=folder,
                          env={**os.environ, "WEFT_DEVICE": "cpu", "WEFT_CACHE_DIR": "off", **env})


@LINUX
@pytest.mark.skipif(os.uname().machine not in ("x86_64", "aarch64") if hasattr(os, "uname") else True, reason="the filter's numbers")
def test_memory_that_may_not_become_executable():
    done = run([REFUSING, KERNEL, "refuse((MPROTECT, True))\nprint(kernel(), wf.jit(lambda x: x + 1)(1))"])
    assert done.stdout == "16.0 2\n", done.stderr


@LINUX
@pytest.mark.skipif(os.uname().machine not in ("x86_64", "aarch64") if hasattr(os, "uname") else True, reason="the filter's numbers")
def test_a_system_that_takes_no_code_at_all():
    """The error names the doctor, which knows what to do; the array operations that came ready-made still run."""
    done = run([REFUSING, KERNEL, """
        refuse((MPROTECT, True), (MEMFD, False))
        try:
            kernel()
        except wf.UnsupportedError as error:
            print(error)
        print((wf.arange(10.0) + 1).sum())
        from weft.doctor import main
        print(main([]))"""])
    lines = done.stdout.splitlines()
    assert "make memory executable" in lines[0] and "weft doctor" in lines[0] and "55" in lines[1], done.stderr
    text = " ".join(done.stdout.split())
    assert "MemoryDenyWriteExecute=no" in text and "Please report it" not in text and lines[-1] == "1", done.stdout


PROGRAM = """\
import weft as wf

@wf.jit
def f(x):
    return x + 1

print(f(1), wf.jit(lambda x: x * 10)(2))
"""


def test_functions_from_standard_input(tmp_path):
    """A file can be read again; a pipe cannot, and the error says so."""
    file = tmp_path / "program.py"
    file.write_text(PROGRAM)
    with open(file) as program:
        done = subprocess.run([sys.executable, "-P"], stdin=program, capture_output=True, text=True, timeout=120)
    assert done.stdout == "2 20\n", done.stderr
    done = subprocess.run([sys.executable, "-P", "-"], input=PROGRAM, capture_output=True, text=True, timeout=120)
    assert "<stdin>:3: the source of f() is not available; what came through a pipe cannot be read again" in done.stderr
    assert "During handling" not in done.stderr


TYPED = {"f is 2": ["import weft as wf", "@wf.jit", "def f(x):", "    return x + 1", "", "print('f is', f(1))"],
         "g is 42": ["if f:", "    def g(x):", "        return x * 3", "    g = wf.jit(g)", "", "print('g is', g(14))"],
         "then 500 7": ["def f(x):", "    return x * 100", "", "print('then', wf.jit(f)(5), wf.jit(lambda x: x - 1)(8))"]}


@LINUX
def test_functions_that_were_typed(tmp_path):
    """At Python's own prompt, which keeps the lines and nothing else; the latest function of a name is meant."""
    import pty

    pytest.importorskip("readline")
    pid, terminal = pty.fork()
    if not pid:
        os.environ.update(TERM="xterm", PYTHON_BASIC_REPL="1", HOME=str(tmp_path), PYTHON_HISTORY=str(tmp_path / "history"), PYTHONSTARTUP="")
        os.execv(sys.executable, [sys.executable, "-P", "-q"])
    said, end = b"", time.monotonic() + 100

    def until(words):
        nonlocal said
        while words not in said and time.monotonic() < end:
            try:
                said += os.read(terminal, 4096)
            except OSError:
                break

    until(b">>> ")
    for result, lines in TYPED.items():
        os.write(terminal, "".join(line + "\n" for line in lines).encode())
        until(b"\n" + result.encode() + b"\r")
    os.write(terminal, b"exit()\n")
    until(b"nothing says this")
    os.waitpid(pid, 0)
    os.close(terminal)
    for result in TYPED:
        assert b"\n" + result.encode() + b"\r" in said, said.decode()


def test_functions_of_an_archive(tmp_path):
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__main__.py").write_text("import helper\n" + PROGRAM + "print(helper.g(3))\n")
    (tmp_path / "app" / "helper.py").write_text("import weft as wf\n\n@wf.jit\ndef g(x):\n    return x * 4\n")
    zipapp.create_archive(tmp_path / "app", tmp_path / "app.pyz")
    for arguments in ([str(tmp_path / "app.pyz")], ["-m", "weft", str(tmp_path / "app.pyz")]):
        done = run([], tmp_path, *arguments)
        assert done.stdout == "2 20\n12\n", done.stderr


def test_a_home_of_any_name(tmp_path):
    home = tmp_path / "Größe und Maß"
    home.mkdir()
    environment = {key: value for key, value in os.environ.items() if key not in ("XDG_CACHE_HOME", "WEFT_CACHE_DIR")}
    place = {"HOME": str(home), "LOCALAPPDATA": str(home)}
    for seen in (False, True):  # compiled, then from the disk
        done = subprocess.run([sys.executable, "-P", "-c", textwrap.dedent(KERNEL) + "print(kernel(), wf.memory_info() and 1)"], capture_output=True, text=True,
                              timeout=120, env={**environment, **place, "WEFT_DEVICE": "cpu", "WEFT_DEBUG": "cache"})
        assert done.stdout == "16.0 1\n" and ("weft cache: hit" in done.stderr or not seen), done.stderr
    assert [name for _, _, names in os.walk(home) for name in names if name.endswith(".weft")]


def test_functions_that_were_typed_in_idle(monkeypatch):
    """IDLE's process that runs code asks its window, in another process, for the lines: here a stand-in answers."""
    import types

    import weft as wf

    text = "@wf.jit\ndef f(x):\n\n    return x + 4\n"
    lines = dict(enumerate(text.splitlines(), 1))

    def remotecall(what, name, arguments, keywords):
        assert (what, name, arguments[0], keywords) == ("linecache", "getline", "<pyshell#7>", {})
        return lines.get(arguments[1], "")

    handler = types.SimpleNamespace(remotecall=remotecall)
    monkeypatch.setitem(sys.modules, "idlelib.rpc", types.SimpleNamespace(objecttable={"exec": types.SimpleNamespace(rpchandler=handler)}))
    names = {"wf": wf}
    exec(compile(text, "<pyshell#7>", "exec"), names)
    assert names["f"](3) == 7
    exec(compile(text.replace("+ 4", "+ 5"), "<pyshell#7>", "exec"), names)  # other code than the window has: never taken for it
    try:
        assert names["f"](3) == 8  # where texts given to exec() are kept, as behind weft.install()
    except wf.TypingError as error:
        assert "not available" in str(error)
