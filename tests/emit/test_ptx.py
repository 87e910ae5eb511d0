"""Every kernel of kernels.py as PTX, assembled by ptxas where it is found, for three generations of GPUs."""

import os
import re
import shutil
import subprocess
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))
import harness  # noqa: E402
from kernels import KERNELS  # noqa: E402

PTXAS = shutil.which("ptxas") or shutil.which("ptxas", path=os.path.join(os.environ.get("CUDA_HOME", "/usr/local/cuda"), "bin"))
pytestmark = pytest.mark.skipif(not os.path.exists(harness.DUMP), reason="emit_dump is not built")


@pytest.mark.parametrize("sm", [75, 90, 120])
@pytest.mark.parametrize("name", sorted(KERNELS))
def test_assembles(name, sm, tmp_path):
    text = harness.ptx(harness.source_file(KERNELS[name].source), sm)
    assert re.search(r"\.visible \.entry k\(", text)
    if not PTXAS:
        pytest.skip("no ptxas")
    path = tmp_path / "kernel.ptx"
    path.write_text(text)
    run = subprocess.run([PTXAS, f"-arch=sm_{sm}", str(path), "-o", str(tmp_path / "kernel.cubin")], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr + run.stdout


def test_no_contraction_by_ptxas():
    """A product that is added in parentheses stays two roundings; a bare one is one fma."""
    source = 'extern "C" __global__ void k(float *x) { x[0] = (x[1] * x[2]) + x[3]; x[4] = x[5] * x[6] + x[7]; }'
    text = harness.ptx(harness.source_file(source), 90)
    assert len(re.findall(r"mul\.rn\.f32", text)) == 1 and len(re.findall(r"add\.rn\.f32", text)) == 1 and len(re.findall(r"fma\.rn\.f32", text)) == 1
    assert not re.search(r"\b(mul|add|sub)\.f32", text)
