"""Every kernel of kernels.py, in every block shape, number of lanes and way of running barriers, against the interpreter
of the tree: the same bits."""

import copy
import os
import sys

import numpy as np
import pytest

sys.path.insert(0, os.path.dirname(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "interp"))
import harness  # noqa: E402
import interp  # noqa: E402
from kernels import KERNELS  # noqa: E402

pytestmark = pytest.mark.skipif(not os.path.exists(harness.DUMP), reason="emit_dump is not built")


def expected(case, grid, block):
    args = case.args()
    report = interp.Unit(case.source).run("k", grid, block, *args, shared=case.dynamic)
    assert report.status == "ok", report.message
    return args


def grid_of(case, block):
    if case.grid is not None:
        return case.grid if isinstance(case.grid, tuple) else (case.grid,)
    return (-(-case.n // block[0]),)


def same(a, b):
    """Equal bits; any NaN equals any NaN."""
    if a.dtype.kind == "f":
        return np.array_equal(a, b, equal_nan=True) and np.array_equal(np.signbit(a[a == a]), np.signbit(b[b == b]))
    return a.tobytes() == b.tobytes()


@pytest.mark.parametrize("name", sorted(KERNELS))
def test_kernel(name):
    case = KERNELS[name]
    for block in case.blocks:
        grid = grid_of(case, block)
        want = expected(case, grid, block)
        ways = [(0, "", 1), (1, "", 1), (8, "", 1), (16, "", 0), (32, "", 1)]
        if "__syncthreads" in case.source:
            ways += [(0, "coroutine", 1), (1, "coroutine", 0)]
        for lanes, path, bounds in ways:
            kernel = harness.Kernel(case.source, "k", block, lanes=lanes, path=path, bounds=bounds, level=1)
            args = case.args()
            report = kernel(grid, *args, dynamic=case.dynamic)
            where = f"{name} block={block} lanes={lanes} path={path} bounds={bounds} -> lanes={kernel.lanes} path={kernel.path}"
            assert report.result == 0 and not report.bad and not report.traps, (where, report.bad[:3], report.traps)
            for got, right in zip(args, want):
                if isinstance(got, np.ndarray) and got.ndim:
                    assert same(got, right), (where, got[:16], right[:16])
