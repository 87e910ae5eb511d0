"""Functions that are made of text have names of files that follow from the text: the disk cache knows them in the next process,
whatever was made before them there."""

import os
import subprocess
import sys

PROGRAM = """
import sys
import numpy as np
import weft as wf
from weft import _compile

compiled, real = [], _compile.compile
_compile.compile = lambda *given: compiled.append(1) or real(*given)
a = np.arange(24.0).reshape(2, 3, 4)
if sys.argv[1] == "second":  # others first
    wf.vectorize(["float64(float64, float64)"])(lambda x, y: x * y + 3)(a, a)
    wf.njit(lambda x: np.roll(x, 1))(a[0, 0])
    compiled.clear()


@wf.vectorize
def own(x, y):
    return x - y if x > y else x * y


@wf.njit
def library(x):
    return np.median(x), np.cumsum(x, axis=1).sum(), np.sort(x, axis=0)[0, 0, 0]


assert own(a, a + 1)[1, 0, 0] == 156 and library(a)[0] == 11.5
print(len(compiled))
"""


def test_functions_made_of_text_are_known_in_the_next_process(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    around = dict(os.environ, WEFT_CACHE_DIR=str(tmp_path / "cache"))

    def compiled(which):
        return int(subprocess.run([sys.executable, "-P", str(program), which], env=around, capture_output=True, text=True, check=True).stdout)

    assert compiled("first") > 0
    assert compiled("second") == 0
