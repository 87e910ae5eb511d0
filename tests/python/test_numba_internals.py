"""Parts of Numba's compiler can be imported and are refused by name when they are used (weft/dropin/_internals.py); what suites of tests take
from numba.tests and numba.testing."""

import os
import subprocess
import sys

import pytest

PROGRAM = """
import numba
import numpy as np
from numba import njit
from numba.core import ir, cpu, typed_passes
from numba.core.compiler import CompilerBase, Flags, compile_extra
from numba.core.compiler_machinery import register_pass, FunctionPass
from numba.core.runtime.nrt import MemInfo
from numba.parfors.parfor import Parfor
from numba.experimental import jitclass
from numba.experimental.jitclass import jitclass as same
from numba.experimental.jitclass.base import JitClassType
import numba._helperlib

@register_pass(mutates_CFG=True, analysis_only=False)
class Mine(FunctionPass):
    pass

class Pipeline(CompilerBase):
    pass

def refused(call):
    try:
        call()
    except NotImplementedError as error:
        return str(error).split(" is a part")[0]

assert not isinstance(3, ir.Var) and not isinstance(3, (MemInfo, Parfor, JitClassType))
assert refused(Mine) == "numba.core.compiler_machinery.FunctionPass"
assert refused(Pipeline) == "numba.core.compiler.CompilerBase"
assert refused(lambda: ir.Var(None, "a", None)) == "numba.core.ir.Var"
assert refused(lambda: compile_extra(1, 2)) == "numba.core.compiler.compile_extra"
assert refused(lambda: typed_passes.type_inference_stage()) == "numba.core.typed_passes.type_inference_stage"
flags = Flags()
flags.nrt = True
assert flags.copy().nrt is True
for name in ("numba.core.nosuch", "numba.nosuch", "numba.core.ir.nosuch"):
    try:
        __import__(name)
    except ModuleNotFoundError:
        continue
    raise AssertionError(name)

for make in (numba.experimental.jitclass, same, jitclass):
    @make([("x", numba.int64)])
    class Point:
        def __init__(self, x):
            self.x = x

    assert njit(lambda p: p.x + 1)(Point(4)) == 5

assert numba.get_parallel_chunksize() == 0 and numba.set_parallel_chunksize(4) == 0
with numba.parallel_chunksize(8) as before:
    assert before == 4 and numba.get_parallel_chunksize() == 8
    total = njit(lambda a: a.sum(), parallel=True)(np.ones(100))
assert total == 100 and numba.get_parallel_chunksize() == 4
for bad, error in ((-1, ValueError), (1.5, TypeError)):
    try:
        numba.set_parallel_chunksize(bad)
    except error:
        continue
    raise AssertionError(bad)
print("done")
"""


def run(*line, **options):
    return subprocess.run([sys.executable, "-P", "-m", "weft", *line] if sys.version_info >= (3, 11) else [sys.executable, "-m", "weft", *line],
                          capture_output=True, text=True, timeout=300, **options)


def test_the_compiler_is_imported_and_refused_by_name():
    done = run("-c", PROGRAM)
    assert done.returncode == 0 and done.stdout == "done\n", done.stderr


HELPERS = {"numbers_usecases.py": "def add(x, y):\n    return x + y\n", "test_add.py": """
import unittest
from numba import njit
from numba.core.datamodel.testing import test_factory
from numba.testing import make_tag_decorator
from numba.tests import numbers_usecases
from numba.tests.support import (TestCase, create_temp_module, disabled_test, forbid_codegen, no_pyobj_flags, run_in_new_process_caching,
                                 skip_unless_py10_or_later)

tag = make_tag_decorator(["important"])


def twice():
    print(njit(cache=True)(lambda x: x * 2)(21))


class TestAdd(TestCase):
    @tag("important")
    @skip_unless_py10_or_later
    def test_helper_beside_the_test(self):
        self.assertPreciseEqual(njit(numbers_usecases.add)(1, 2), 3)
        self.assertFalse(hasattr(no_pyobj_flags, "enable_pyobject"))

    def test_module(self):
        with create_temp_module(["def f(x):", "    return x + 1"], nopython=True) as module:
            self.assertEqual(module.f(2), 3)
            self.assertTrue(hasattr(module.f, "py_func"))

    def test_processes(self):
        self.assertEqual(run_in_new_process_caching(twice)["stdout"].strip(), "42")

    @disabled_test
    def test_disabled(self):
        self.fail()


class TestModels(test_factory()):
    def test_model(self):
        self.fail()
"""}


@pytest.mark.skipif(sys.platform == "win32", reason="processes of processes")
def test_a_suite_of_tests_finds_its_helpers(tmp_path):
    for name, text in HELPERS.items():
        (tmp_path / name).write_text(text)
    done = run("-m", "unittest", "test_add", cwd=tmp_path, env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])})
    assert done.returncode == 0 and "Ran 5 tests" in done.stderr and "skipped=2" in done.stderr, done.stderr


def test_types_of_lists_as_numba_makes_them():
    from weft import _pytypes, _typed

    made = _typed.ListType(dtype=_pytypes.NAMES["int64"], reflected=True)
    assert made == _typed.ListType(_pytypes.NAMES["int64"]) and made.dtype == made.item_type and made.initial_value is None
    with pytest.raises(TypeError):
        _typed.ListType()
