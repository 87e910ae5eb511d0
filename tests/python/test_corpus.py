"""The kernels of tests/corpus: on the CPU, each gives what NumPy gives; as PTX, ptxas takes each."""

import importlib
import os
import pathlib
import sys

import numpy as np
import pytest

import weft as wf

FOLDER = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(FOLDER / "corpus"), str(FOLDER / "emit")]
FILES = sorted(path.stem for path in (FOLDER / "corpus").glob("*.py") if path.stem != "table")
CASES = [case for name in FILES for case in importlib.import_module(name).CASES]


def test_names_are_unique():
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names) and len(names) >= 280


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_kernel(case):
    given = case.args(np.random.default_rng(len(case.name)))
    arrays = [np.ascontiguousarray(a).copy() if isinstance(a, np.ndarray) else a for a in given]
    want = np.asarray(case.want(*given))
    grid, block = case.sizes()
    with wf.device("cpu"):
        kernel = wf.Module(case.source, name=f"{case.name}.cu")[case.name]
        kernel(*[wf.InOut(a) if isinstance(a, np.ndarray) else a for a in arrays], grid=grid, block=block, shared=case.shared)
        wf.synchronize()
    got = arrays[0]
    if case.tol:
        np.testing.assert_allclose(got, want, rtol=case.tol, atol=case.tol)
    else:
        assert (got == want).all(), f"got {got}, expected {want}"


@pytest.mark.parametrize("name", FILES)
def test_assembles(name, tmp_path):
    """The PTX of a file's kernels. Every fourth goes through ptxas, another quarter for each generation of GPUs."""
    import harness

    if not os.path.exists(harness.DUMP):
        pytest.skip("emit_dump is not built")
    for number, case in enumerate(importlib.import_module(name).CASES):
        sm = (75, 90, 120, 90)[number % 4]
        path = tmp_path / f"{case.name}.cu"
        path.write_text(case.source)
        text = harness.ptx(str(path), sm)
        assert f".entry {case.name}(" in text
        if number % 4 == len(name) % 4:
            harness.assemble(text, sm)
