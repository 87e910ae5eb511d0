"""What is compiled of a function with parallel loops: each loop once."""

import os
import re
import subprocess
import sys

PROGRAM = """
import numpy as np, weft as wf
from weft import _compile
texts, inner = [], _compile._compile_here

def note(ir, *rest):
    texts.append(ir.decode())
    return inner(ir, *rest)

_compile._compile_here = note

@wf.jit(parallel=True)
def f(x, out):
    total = 0.0
    for i in wf.prange(len(x)):
        out[i] = x[i] + 1
    for i in wf.prange(len(x)):
        total += x[i]
    return total

x, out = np.arange(1000.0), np.zeros(1000)
assert f(x, out) == x.sum() and (out == x + 1).all()
print("\\n".join(texts))
"""


def test_each_loop_is_compiled_once(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    run = subprocess.run([sys.executable, str(program)], env={**os.environ, "WEFT_CACHE_DIR": "off"}, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    kernels = re.findall(r"^define [^@]*@(wf_kernel_\w+)", run.stdout, re.M)
    assert len(kernels) >= 2 and len(set(kernels)) == len(kernels)
