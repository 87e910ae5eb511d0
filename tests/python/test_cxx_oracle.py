"""What CUDA C and C++ share means the same in both: tests/fuzz/cxx_oracle.py for a few fixed programs."""

import pathlib
import shutil
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "fuzz"))


@pytest.mark.skipif(not shutil.which("g++"), reason="no C++ compiler")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_same_values(seed):
    import cxx_oracle

    assert cxx_oracle.check(seed, functions=6, n=100) == ""
