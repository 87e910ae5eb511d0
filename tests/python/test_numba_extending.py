"""The drop-in's numba.types, overloads that look at types and constants, and what dispatchers offer, in a process of its own."""

import subprocess
import sys

import pytest

PROGRAMS = {
    "entry_points": """
import importlib.metadata
import sys
import warnings
from numba import njit
from numba.extending import overload

class Stub:
    def __call__(self, x):
        raise NotImplementedError

stub, asked = Stub(), []

def register():
    asked.append(1)

    @overload(stub)
    def rule(x):
        def one_more(x):
            return x + 1
        return one_more

def broken():
    raise ImportError("a part is missing")

sys.modules["registers_itself"] = type(sys)("registers_itself")
sys.modules["registers_itself"].register, sys.modules["registers_itself"].broken = register, broken
known = importlib.metadata.entry_points
def entry_points(**asks):
    if asks != {"group": "numba_extensions", "name": "init"}:
        return known(**asks)
    return [importlib.metadata.EntryPoint("init", f"registers_itself:{name}", "numba_extensions") for name in ("broken", "register")]
importlib.metadata.entry_points = entry_points

@njit
def called(x):
    return stub(x)

with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    assert called(2) == 3 and called(2.5) == 3.5 and asked == [1]
assert len(told) == 1 and "a part is missing" in str(told[0].message)
""",
    "dispatchers": """
import os
from numba import njit

@njit
def same(a):
    return a

try:
    same.disable_compile()
except RuntimeError as told:
    assert "no types yet" in str(told)
else:
    raise AssertionError
same(1.0)
same.disable_compile()
assert same(2) == 2.0 and isinstance(same(2), float) and same.compile("(float64,)") is same
for f in (same, njit(["float64(float64)", "int32(int32)"])(lambda a: a)):
    try:
        f.compile("(complex64,)")
    except RuntimeError as told:
        assert str(told) == "compilation disabled" and len(f.signatures) in (1, 2)
    else:
        raise AssertionError
same.disable_compile(False)
assert isinstance(same(2), int) and set(map(str, same.get_metadata())) == {"(float64,)", "(int64,)"}
stats = same.stats
assert os.path.isdir(stats.cache_path) and sum(stats.cache_hits.values()) + sum(stats.cache_misses.values()) == 2
""",
    "c_types": """
import ctypes
import numpy as np
from numba import carray, cfunc, types
from numba.core.errors import TypingError
from numba.core.typing import ctypes_utils

for c, own in ((ctypes.c_int32, types.int32), (ctypes.c_double, types.float64), (ctypes.c_void_p, types.voidptr), (ctypes.c_uint8, types.uint8)):
    assert ctypes_utils.from_ctypes(c) == own and ctypes_utils.to_ctypes(own) is c
assert ctypes_utils.from_ctypes(ctypes.POINTER(ctypes.c_float)).pointee == types.float32 and ctypes_utils.from_ctypes(None) == types.void
for wrong in (ctypes.c_wchar_p, int):
    try:
        ctypes_utils.from_ctypes(wrong)
    except TypeError:
        continue
    raise AssertionError(wrong)
root = ctypes.CDLL(None).abs
root.argtypes, root.restype = [ctypes.c_int], ctypes.c_int
assert ctypes_utils.make_function_type(root).args == (types.int32,) and ctypes_utils.is_ctypes_funcptr(root)

values = (ctypes.c_float * 3)(1, 2, 3)
pointer = ctypes.cast(values, ctypes.POINTER(ctypes.c_float))
assert carray(pointer, 3, np.float32).tolist() == [1, 2, 3]
def mismatched(p, n):
    return carray(p, n, np.float64).sum()
for call, error in ((lambda: mismatched(pointer, 3), TypeError),
                    (lambda: cfunc(types.float64(types.CPointer(types.float32), types.intp))(mismatched), TypingError),
                    (lambda: cfunc('float64(float64)', forceobj=True)(abs), NotImplementedError)):
    try:
        call()
    except error as told:
        assert error is NotImplementedError or 'mismatching dtype' in str(told), told
    else:
        raise AssertionError(error)
""",
    "order": """
from numba import literally, njit
from numba.extending import overload

def several(x):
    pass

@overload(several)
def first(x):
    return lambda x: 1

@overload(several)
def second(x):
    return lambda x: 2

def reads(x, k, mode):
    pass

@overload(reads, prefer_literal=True)
def reads_constants(x, k=1, mode="by"):
    times, how = k.literal_value, mode.literal_value
    return (lambda x, k=1, mode="by": x * times) if how == "by" else (lambda x, k=1, mode="by": x + times)

@njit
def handed_on(x, k=1, mode="by"):
    k = literally(k)
    return reads(x, k=k, mode=literally(mode))

@njit
def all_of(x):
    return several(x), handed_on(x), handed_on(x, 5), handed_on(x, k=3, mode="plus")

assert all_of(2.0) == (1, 2.0, 10.0, 5.0)
""",
    "one_rule_for_two": """
import numpy as np
from numba import cuda, njit, types
from numba.core.errors import TypingError
from numba.extending import overload

def prefers(x):
    pass

def others(x):
    pass

def rule(x):
    if not isinstance(x, types.IntegerLiteral):
        return lambda x: x * 100
    if x.literal_value == 1:
        return lambda x: 0xCAFE
    raise TypingError("another constant")

overload(prefers, prefer_literal=True)(rule)
overload(others)(rule)

def several(x, out):
    out[0], out[1], out[2] = prefers(1), prefers(2), prefers(x)
    out[3], out[4], out[5] = others(1), others(2), others(x)

for run in (cuda.jit(several)[1, 1], njit(several)):
    out = np.zeros(6)
    run(3, out)
    assert out.tolist() == [0xCAFE, 200, 300, 100, 200, 300], out
""",
    "families": """
from numba import types
from numba.core.types import abstract, Sequence
from numba.core.types.containers import ListType
from numba.typed import List

array, pair = types.int64[:], types.UniTuple(types.int64, 2)
assert isinstance(array, types.Buffer) and isinstance(array, types.IterableType) and not isinstance(array, types.Hashable)
assert isinstance(pair, Sequence) and isinstance(pair, types.Hashable)
mixed = types.Tuple((types.int64, types.float64))
assert isinstance(mixed, types.Sized) and not isinstance(mixed, types.Sequence) and not isinstance(mixed, types.IterableType)
assert isinstance(types.unicode_type, types.IterableType) and not isinstance(types.unicode_type, types.Sequence)
assert isinstance(types.ListType(types.int64), types.IterableType) and ListType is types.ListType
assert not isinstance(types.int64, types.Omitted) and not isinstance(types.int64, types.Bytes) and not isinstance(3, types.Buffer)
assert types.literal(3) == types.literal(3) != types.literal(4) and types.maybe_literal(2.5) is None
assert {types.literal("a"): 1, types.literal("b"): 2}[types.literal("b")] == 2

class OwnType(types.Buffer):
    pass

assert isinstance(OwnType("P", "own"), types.Buffer) and not isinstance(array, OwnType)
assert types.Dummy("mine").name == "mine"
""",
    "constants": """
from numba import literal_unroll, njit, types
from numba.core.errors import TypingError
from numba.extending import overload

def kind(x):
    raise NotImplementedError

@overload(kind, prefer_literal=True)
def typed_kind(x):
    if isinstance(x, types.StringLiteral):
        n = len(x.literal_value)
        return lambda x: n
    if isinstance(x, types.IntegerLiteral):
        doubled = x.literal_value * 2
        return lambda x: doubled
    if isinstance(x, types.Integer):
        return lambda x: -1
    if isinstance(x, types.Buffer):
        return lambda x: x.size

@njit
def call(n, a):
    total = 0
    for t in literal_unroll(("apple", 4)):
        total += kind(t)
    return total, kind(n), kind(3), kind(a)

import numpy as np
assert call(5, np.ones(7)) == (13, -1, 6, 7)

def only_any(x):
    raise NotImplementedError

@overload(only_any)
def typed_any(x):
    if isinstance(x, types.IntegerLiteral):
        return None
    return lambda x: 10

assert njit(lambda: only_any(3))() == 10

def which(x):
    raise NotImplementedError

@overload(which)
def types_first(x):
    if isinstance(x, types.Literal):
        raise TypingError("a constant")
    return lambda x: 1

def which_constant(x):
    raise NotImplementedError

@overload(which_constant, prefer_literal=True)
def literals_first(x):
    if isinstance(x, types.Literal):
        return lambda x: 2
    return lambda x: 1

def never(x):
    raise NotImplementedError

@overload(never)
def refuses(x):
    raise TypingError("not of " + str(x))

assert njit(lambda n: (which(3), which(n), which_constant(3), which_constant(n)))(4) == (1, 1, 2, 1)
try:
    njit(lambda: never(3))()
except TypingError as error:
    assert "not of int64" in str(error), error
else:
    raise AssertionError
""",
    "tuples": """
import numpy as np
from numba import njit
from numba.cpython.unsafe.tuple import build_full_slice_tuple, tuple_setitem
from numba.np.unsafe.ndarray import to_fixed_tuple

def f(a, i):
    t = to_fixed_tuple(a, 3)
    return tuple_setitem(t, i, 9.0), tuple_setitem((1, 2, 3), i, 7), a[build_full_slice_tuple(1)].sum()

for i in range(3):
    assert njit(f)(np.arange(5.0), i) == f(np.arange(5.0), i)
""",
    "globals": """
from numba import njit

FACTOR = 3

@njit("int64(int64)")
def inner(x):
    return x * FACTOR

FACTOR = 5

@njit
def outer(x):
    return inner(x)

assert outer(2) == 6 and inner(2) == 6  # the signature was compiled when FACTOR was 3
inner.recompile()
assert inner(2) == 10

@njit
def late(x):
    return x * FACTOR

assert late(1) == 5
FACTOR = 7
assert late(1) == 5
late.recompile()
assert len(late.signatures) == 1 and late(1) == 7
""",
    "dispatchers": """
import io
from numba import njit, types
from numba.core.dispatcher import Dispatcher
from numba.misc.special import literally, prange

@njit
def f(x, y=2):
    return x + y

f(1), f(2.0)
whole, parts = io.StringIO(), io.StringIO()
f.inspect_types(file=whole)
for signature in f.signatures:
    f.inspect_types(file=parts, signature=signature)
assert whole.getvalue() == parts.getvalue() and whole.getvalue().count("f (") == 2
assert isinstance(f, Dispatcher) and f.__code__ is f.py_func.__code__ and f.__defaults__ == (2,)
assert f.get_overload((types.int64, types.int64))(1, 2) == 3 and f.typeof_pyval(1.5) == types.float64
try:
    f.get_overload((types.complex128, types.int64))
except KeyError:
    pass
else:
    raise AssertionError
""",
    "raising": """
from numba import int64, njit
from numba.experimental import jitclass

@njit
def fail(a):
    raise ValueError(a)

@njit
def caught(a):
    try:
        fail(a)
    except Exception:
        pass
    return a + 1

@njit
def maybe(a):
    if a:
        fail(a)
    return a + 1

@njit
def positive(n):
    assert n > 0, f"neg {n}"
    return n

@jitclass([("x", int64)])
class Cut:
    def __init__(self, x):
        self.x = x

    def __getitem__(self, s):
        return s.start + s.stop * self.x

assert caught(1) == 2 and maybe(0) == 1 and positive(3) == 3
for function, argument, words in ((maybe, 3, "3"), (positive, -2, "neg -2")):
    try:
        function(argument)
    except (ValueError, AssertionError) as error:
        assert str(error) == words, error
    else:
        raise SystemExit("nothing was raised")
assert njit(lambda c, n: (c[1:n], c[2:5:1]))(Cut(2), 4) == (9, 12)
""",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_program(name, tmp_path):
    path = tmp_path / f"{name}.py"
    path.write_text(PROGRAMS[name])
    done = subprocess.run([sys.executable, "-P", "-m", "weft", str(path)], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]


def test_classes_of_numbas_compiler_may_be_made_and_named():
    """Libraries make such classes at import; what is made with them is refused where it is used."""
    program = """
from numba.core.typing.templates import AbstractTemplate, _OverloadAttributeTemplate
from numba.core import serialize
from numba.cuda.errors import CudaLoweringError, LoweringError, NumbaPerformanceWarning
from numba.cuda.extending import core_models, overload
class Template(_OverloadAttributeTemplate):
    key = "a"
assert Template.key == "a" and issubclass(LoweringError, Exception)
class Model(core_models.StructModel):
    pass
from numba import cuda, types
from numba.cuda import cgutils
from numba.cuda.cudadecl import registry as typing
from numba.cuda.cudaimpl import registry as lowering
from numba.cuda.typing.templates import ConcreteTemplate, signature
def tripled(x):
    return 3 * x
@typing.register
class Tripled(ConcreteTemplate):
    key = tripled
    cases = [signature(types.int64, types.int64)]
typing.register_global(tripled)(Tripled)
@lowering.lower(tripled, types.int64)
def lowered(context, builder, sig, args):
    return builder.mul(args[0], cgutils.true_bit)
@cuda.jit
def kernel(x):
    x[cuda.grid(1)] += 1
x = cuda.to_device([1, 2])
kernel[1, 2](x)
assert x.copy_to_host().tolist() == [2, 3]
import numba
@cuda.jit
def by_hand(x):
    x[0] = tripled(x[0])
def by_hand_on_the_cpu(x):
    return tripled(x)
for use in (lambda: by_hand[1, 1](x), lambda: numba.njit(by_hand_on_the_cpu)(2), lambda: numba.njit(by_hand_on_the_cpu, cache=True)(2)):
    try:
        use()
    except numba.core.errors.TypingError as error:
        assert "numba.cuda.cudaimpl.registry.lower" in str(error) and "numba.extending.overload" in str(error), error
    else:
        raise AssertionError("its Python ran")
try:
    serialize._reduce_function(len, {})
except NotImplementedError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-P", "-m", "weft", "-c", program], capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("numba.core.serialize._reduce_function ")
