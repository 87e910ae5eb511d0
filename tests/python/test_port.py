"""weft port: which names a source asks for and how the drop-ins cover them; nothing of the source runs."""

import json
import sys

import pytest

import weft as wf
from weft import port
from weft.port import coverage, scan, table

SOURCE = '''
import numpy as np
try:
    import cupy as cp
    xp = cp
except ImportError:
    xp = np
import torch
from cupyx.scipy import ndimage
import numba
from numba import cuda, generated_jit
from pycuda.compiler import SourceModule
import pycuda.driver as drv
import pycuda.gpuarray as ga

x = xp.zeros((3, 4))
x.frobnicate()
x.get()
cp.linalg.svd(x)
cp.nosuchfunction(x)
mod = SourceModule("""
__global__ void f(float *a) { a[threadIdx.x] = b; }
""")
mod.get_function("f")
mod.nothing()
cp.RawKernel(r'extern "C" __global__ void g(float *a) { a[0] = 1; }', 'g')
cp.RawKernel("__global__ void g(%(type)s *a) { }" % {}, 'g')
@cuda.jit
def kernel(a):
    i = cuda.grid(1)
    cuda.atomic.add(a, i, cuda.threadIdx.x)
    cuda.atomic.frob(a)
def host(cp, drv=drv.SHARED):
    return cp.anything()
drv.Linker(1)
ga.to_gpu(np.ones(3)).fooz()
raise SystemExit("this must not run")
'''
EXPECTED = {"numba.generated_jit": "missing", "cupy.ndarray.frobnicate": "missing", "cupy.ndarray.get": "native",
            "cupy.nosuchfunction": "missing", "CUDA C": "native", "pycuda.compiler.SourceModule.nothing": "missing",
            "pycuda.compiler.SourceModule.get_function": "native", "numba.cuda.jit": "native", "numba.cuda.threadIdx.x": "native",
            "numba.cuda.atomic.add": "native", "pycuda.driver.Linker": "refused", "pycuda.gpuarray.GPUArray.fooz": "missing",
            "torch": "other"}


def test_each_use_has_its_line_and_status():
    rows = port.examine(SOURCE)
    found = {row.name: row.status for row in rows}
    assert {name: found.get(name) for name in EXPECTED} == EXPECTED
    assert not any("anything" in name for name in found)  # a parameter is not the module
    lines = SOURCE.splitlines()
    for row in rows:
        last = row.name.rpartition(".")[2]
        assert last in lines[row.line - 1] or row.name == "CUDA C" or last == "zeros", row
    wrong = [row for row in rows if row.name == "CUDA C" and row.status == "missing"]
    assert len(wrong) == 1 and "unknown name b" in wrong[0].remark and len([row for row in rows if row.name == "CUDA C"]) == 2


def test_the_programs_own_modules_are_left_as_they_were():
    before = {name: module for name, module in sys.modules.items() if name.partition(".")[0] in coverage.PEERS}
    installed = wf.dropin.installed()
    port.examine("import cupy, numba, pycuda.driver")
    assert before == {name: module for name, module in sys.modules.items() if name.partition(".")[0] in coverage.PEERS}
    assert wf.dropin.installed() == installed


@pytest.mark.parametrize("name, status", [("cupy.linalg.slogdet", "numpy"), ("cupy.add", "native"), ("cupy", "native"), ("numba.objmode", "native"), ("numba.gdb", "refused"),
                                          ("pycuda.sparse", "refused"), ("cupyx.cusolver.gesvd", "missing")])
def test_the_drop_ins_answer_for_themselves(name, status):
    with coverage.drop_ins():
        found = coverage.look(name)
    assert found.status == status and (status == "native" or found.remark)


def test_the_command(tmp_path, capsys):
    file = tmp_path / "program.py"
    file.write_text("import cupy\ncupy.zeros(3)\n")
    assert port.main([str(file)]) == 0 and "Run it: python -m weft" in capsys.readouterr().out
    file.write_text("import cupy\ncupy.zeroes(3)\n")
    assert port.main([str(tmp_path)]) == 1
    said = capsys.readouterr().out
    assert "     2  cupy.zeroes" in said and "near it: zeros" in said
    assert port.main(["--json", str(file)]) == 1
    assert json.loads(capsys.readouterr().out)["counts"]["missing"] == 1
    file.write_text("import (")
    assert port.main([str(file)]) == 2 and port.main([]) == 2 and port.main(["--nonsense", str(file)]) == 2
    capsys.readouterr()
    file.write_text("import cupy\nif True:\nprint(1)\n")
    assert port.main([str(file), str(tmp_path / "nosuch.py")]) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith(f"weft port: {file}:3: expected an indented block") and second == f"weft port: {tmp_path / 'nosuch.py'}: No such file or directory"


def test_a_package_of_the_peers_name_is_not_shadowed_by_a_local_one():
    assert [use.name for use in scan.uses("from . import cupy\nfrom .cupy import zeros\nimport cupyfoo")] == []


def test_the_page_counts_what_it_lists():
    page = table.page()
    assert "## cupy.linalg" in page and "## cupyx.scipy.signal" in page and "## pycuda.sparse\nrefused as a whole" in page
    row = next(line for line in page.splitlines() if line.startswith("| pycuda |"))
    assert int(row.split("|")[2]) > 200
