"""The type stubs: cmake/stubs.py makes weft/__init__.pyi of the sources, weft/_core.pyi is written by hand. Both must name what
is there, with the arguments that are there."""

import ast
import builtins
import importlib.util
import inspect
import json
import pathlib
import subprocess
import sys

import numpy as np
import pytest

import weft as wf
from weft import _core

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def stub():
    spec = importlib.util.spec_from_file_location("stubs", ROOT / "cmake" / "stubs.py")
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    return ast.parse(maker.make(ROOT / "weft"))


def _arguments(node):
    return [a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]


def test_every_name_is_there_and_none_is_missing(stub):
    from weft import _arrays
    named = {n.name for n in stub.body if isinstance(n, (ast.FunctionDef, ast.ClassDef)) and not n.name.startswith("_")}
    named |= {n.target.id for n in stub.body if isinstance(n, ast.AnnAssign)}
    named |= {a.asname for n in stub.body if isinstance(n, ast.ImportFrom) for a in n.names if a.asname and not a.asname.startswith("_")}
    named |= {n.targets[0].id for n in stub.body if isinstance(n, ast.Assign)}
    assert len(named) > 500
    assert not sorted(name for name in named if not hasattr(wf, name))
    words = {"random_bits32", "random_bits64", "word_normal", "word_uniform", "word_uniform_open"}  # for weft.random alone
    assert sorted(set(_arrays.EXPORTS) - named - set(_arrays._THROUGH) - words) == ["make_aligned_dtype"]


def test_arguments_are_those_of_the_functions(stub):
    checked = 0
    for node in stub.body:
        function = getattr(wf, node.name, None) if isinstance(node, ast.FunctionDef) else None
        function = inspect.unwrap(function) if inspect.isfunction(function) else None
        if function is None or node.name.startswith("_"):
            continue
        taken = [p.name for p in inspect.signature(function).parameters.values() if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
        assert _arguments(node) == taken, node.name
        checked += 1
    assert checked > 250


def test_methods_of_arrays(stub):
    node = next(n for n in stub.body if isinstance(n, ast.ClassDef) and n.name == "ndarray")
    listed = {item.targets[0].id if isinstance(item, ast.Assign) else item.name for item in node.body}
    methods = {name for name, value in vars(wf.ndarray).items() if callable(value) and not name.startswith("_") and not isinstance(value, type)}
    assert not methods - listed
    assert all(hasattr(wf.ndarray, name) for name in listed)


# In a process where nobody has imported a drop-in: CuPy's gives devices the names that they have there.
OWN = """
import json
from weft import _core
print(json.dumps({name: [n for n in vars(c) if not n.startswith("_")] for name, c in vars(_core).items() if isinstance(c, type)}))
"""


def test_the_core(stub):
    tree = ast.parse((ROOT / "weft" / "_core.pyi").read_text())
    classes = {n.name: n for n in tree.body if isinstance(n, ast.ClassDef)}
    own = json.loads(subprocess.run([sys.executable, "-P", "-c", OWN], capture_output=True, text=True, check=True).stdout)
    for name, node in classes.items():
        real = wf.ndarray if name == "ndarray" else getattr(_core, name)
        names = {i.name for i in node.body if isinstance(i, ast.FunctionDef)} | {i.target.id for i in node.body if isinstance(i, ast.AnnAssign)}
        absent = sorted(n for n in names - {"__init__", "__getattr__", "code"} if not hasattr(real, n))
        assert not absent, (name, absent)
        if "__getattr__" not in names and not issubclass(real, BaseException) and name != "ndarray":
            assert not set(own[name]) - names, name
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name != "__getattr__":
            assert callable(getattr(_core, node.name))
    for name, node in classes.items():
        for base in (b.id for b in node.bases):
            assert issubclass(getattr(_core, name), getattr(_core, base, None) or getattr(builtins, base)), (name, base)


def _namespace(stub, name):
    body = next(n for n in stub.body if isinstance(n, ast.ClassDef) and n.name == "_" + name).body
    return {n.name: n for n in body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")}


@pytest.mark.parametrize("name", ["linalg", "fft"])
def test_namespaces_take_numpys_arguments(stub, name):
    ours, theirs = _namespace(stub, name), getattr(np, name)
    functions = {n for n in dir(theirs) if not n.startswith("_") and n != "test" and callable(getattr(theirs, n)) and not isinstance(getattr(theirs, n), type)}
    assert set(ours) == functions and all(hasattr(getattr(wf, name), n) for n in ours)
    for function, node in ours.items():
        numpys = [*inspect.signature(getattr(theirs, function)).parameters]
        assert [a for a in numpys if a in _arguments(node)] == _arguments(node), function


def test_random_is_all_there(stub):
    named = set(_namespace(stub, "random")) | {"random", "ranf", "sample"}
    functions = {n for n in dir(wf.random) if not n.startswith("_") and not isinstance(getattr(wf.random, n), type)}
    assert named == functions
