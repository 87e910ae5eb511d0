"""Random kernels (random_kernels.py): the emitter's code and the interpreter give the same bits."""

import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "interp"))
import harness  # noqa: E402
import interp  # noqa: E402
import random_kernels  # noqa: E402

pytestmark = pytest.mark.skipif(
    not (os.path.exists(harness.DUMP) and interp.library_path()), reason="emit_dump or the interpreter is not built")


@pytest.mark.parametrize("seed", range(30))
def test_same_bits(seed):
    told = random_kernels.difference(seed)
    assert told is None, f"{told}\n{random_kernels.Kernel(seed).source}"
