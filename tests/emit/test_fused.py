"""The kernels that arrays make: their print is CUDA C that comes back through the front-end as PTX, which ptxas assembles."""

import os
import sys

import numpy as np
import pytest

sys.path.insert(0, os.path.dirname(__file__))
import harness  # noqa: E402

wf = pytest.importorskip("weft")
pytestmark = [pytest.mark.skipif(not os.path.exists(harness.DUMP), reason="emit_dump is not built"),
              pytest.mark.skipif(not harness.PTXAS, reason="no ptxas")]

EXPRESSIONS = {
    "sum": lambda a, b, c: (a * b + c).sum(),
    "rows": lambda a, b, c: a.reshape(32, 32).sum(0),
    "view": lambda a, b, c: a.reshape(32, 32).T[3:, ::-2] + b.reshape(32, 32)[:29, :16],
    "where": lambda a, b, c: wf.where(a > b, a, c),
    "argument": lambda a, b, c: a.argmax(),
    "division": lambda a, b, c: a // b + a % c,
    "functions": lambda a, b, c: wf.sin(a) ** 2 + wf.exp(b) - wf.hypot(a, c),
    "sequence": lambda a, b, c: wf.arange(1024) * a,
}


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "bfloat16", "int32", "uint8", "int64"])
@pytest.mark.parametrize("name", EXPRESSIONS)
def test_fused_kernels_assemble(name, dtype, tmp_path):
    rng = np.random.default_rng(0)
    given = [wf.asarray((rng.random(1024) * 9 + 1).astype(np.float32), device="cpu").astype(dtype) for _ in range(3)]
    kernels = EXPRESSIONS[name](*given)._explain().split('extern "C" {')[1:]
    assert kernels
    for k, text in enumerate(kernels):
        source = tmp_path / f"{k}.cu"
        source.write_text('extern "C" {' + text[: text.rindex("\n}\n") + 3])  # the next kernel's description comes after it
        for sm in (75, 90):
            harness.assemble(harness.ptx(str(source), sm), sm)
