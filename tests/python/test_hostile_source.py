"""CUDA C that no one writes by accident (hostile_sources.py): an error, in a second of CPU time and 256 MiB.

Each source is compiled in a child process of its own, forked from one that has weft imported. The system ends a child that
takes too long (four seconds, for slow machines) and refuses memory above the limit.
"""

import json
import os
import pathlib
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import hostile_sources  # noqa: E402

CHILD = """
import json, os, resource, sys, warnings
sys.path.insert(0, {folder!r})
import hostile_sources
import weft as wf

def outcome(source, headers):
    try:
        wf.Module(source, headers=headers)
    except wf.CompileError as error:
        return "CompileError" if 10 < len(str(error)) < 5000 else f"CompileError of {{len(str(error))}} characters"
    except BaseException as error:
        return f"{{type(error).__name__}}: {{error}}"[:300]
    return "accepted"

warnings.simplefilter("ignore")
try:
    wf.Module("int a = ;")  # what is made once is there
except wf.CompileError:
    pass
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
for name, source in hostile_sources.SOURCES.items():
    source, headers = source if isinstance(source, tuple) else (source, None)
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        resource.setrlimit(resource.RLIMIT_CPU, (4, 4))
        limit = used + (256 << 20) + 4 * len(source)
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        os.write(write, outcome(source, headers).encode("utf-8", "replace"))
        os._exit(0)
    os.close(write)
    said = b""
    while part := os.read(read, 4096):
        said += part
    os.close(read)
    status = os.waitpid(pid, 0)[1]
    if status:
        said = f"ended by signal {{os.WTERMSIG(status)}}".encode()
    print(json.dumps([name, said.decode()]), flush=True)
"""


@pytest.mark.cpu  # a driver does not start within the limit of memory
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="measures with Linux's limits")
def test_every_source_is_an_error_in_time():
    code = CHILD.format(folder=str(pathlib.Path(__file__).parent))
    env = dict(os.environ, WEFT_CACHE_DIR="off")
    done = subprocess.run([sys.executable, "-P", "-c", code], env=env, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]
    outcomes = dict(json.loads(line) for line in done.stdout.splitlines())
    assert outcomes.keys() == hostile_sources.SOURCES.keys()
    wrong = {name: said for name, said in outcomes.items()
             if said != ("accepted" if name in hostile_sources.ACCEPTED else "CompileError")}
    assert not wrong
