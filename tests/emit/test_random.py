"""Random kernels (random_kernels.py) against the interpreter. WEFT_RANDOM="first:last" chooses other seeds."""

import os
import sys

import numpy as np
import pytest

sys.path.insert(0, os.path.dirname(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "interp"))
import harness  # noqa: E402
import interp  # noqa: E402
import random_kernels  # noqa: E402

pytestmark = pytest.mark.skipif(not os.path.exists(harness.DUMP) or not interp.library_path(), reason="emit_dump or the interpreter is not built")
FIRST, LAST = map(int, os.environ.get("WEFT_RANDOM", "0:8").split(":"))


def arguments():
    r = np.random.default_rng(3)
    return [r.integers(-60, 60, 128).astype("i4"), ((r.random(128) - 0.5) * 20).astype("f4"), np.zeros(90, "i4"), np.zeros(90, "f4"), np.int32(90)]


@pytest.mark.parametrize("seed", range(FIRST, LAST))
def test_random(seed):
    source = random_kernels.source(seed)
    want = arguments()
    report = interp.Unit(source).run("k", 2, 48, *want)
    assert report.status == "ok", report.message + source
    for lanes, path, bounds in ((1, "", 1), (8, "", 1), (16, "", 0), (32, "", 1), (16, "coroutine", 1)):
        kernel = harness.Kernel(source, "k", (48,), lanes=lanes, path=path, bounds=bounds, level=1)
        got = arguments()
        run = kernel((2,), *got)
        assert run.result == 0 and not run.bad, (run.bad[:3], source)
        assert got[2].tobytes() == want[2].tobytes(), (lanes, path, kernel.path, np.flatnonzero(got[2] != want[2])[:9], source)
        assert np.array_equal(got[3], want[3], equal_nan=True), (lanes, path, kernel.path, source)
