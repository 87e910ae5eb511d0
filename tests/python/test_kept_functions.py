"""What the disk cache keeps of Python functions (weft/_pysnapshot.py, src/python/pyfunc_kept.c): a function that was compiled before is
neither read nor typed, and never is stale code taken for it. A new module of the same text stands for a new process here."""

import enum
import importlib.util
import linecache
import math
import os
import subprocess
import sys
import threading
import types
import uuid

import numpy as np
import pytest

import weft as wf
from weft import _core, _pyoverloads, _pyresolve, _pysnapshot
from weft._jit import CPUDispatcher
from weft._pytypes import Array

HEAD = "import math\nimport numpy as np\nimport weft as wf\n"


@pytest.fixture
def load(tmp_path, monkeypatch):
    """load(text): the module of this text, in the same file each time. One word makes the text this test's own."""
    monkeypatch.setattr(_pyoverloads, "OVERLOADS", {})  # other tests' rules
    if not _core.cache_folder():
        pytest.skip("there is no disk cache")
    mark, path = uuid.uuid4().hex, tmp_path / "kept_program.py"

    def make(text, **names):
        whole = f"{HEAD}{text}\n# {mark}\n".replace("MARK", f"_{mark}")
        if not path.exists() or path.read_text() != whole:
            path.write_text(whole)
        linecache.clearcache()
        spec = importlib.util.spec_from_file_location("kept_program", path)
        module = importlib.util.module_from_spec(spec)
        sys.modules["kept_program"] = module
        module.__dict__.update(names)
        exec(compile(whole, str(path), "exec"), module.__dict__)
        module.__dict__.update(names)
        return module

    yield make
    sys.modules.pop("kept_program", None)


def was_read(f):
    return f._function_source is not None


def first(load, text, *args, **names):
    """The result of f's first call in a new module, and whether f was read for it."""
    f = load(text, **names).f
    return f(*args), was_read(f)


TOTAL = """
@wf.jit
def f(x):
    s = MARK = 0.0
    for v in x:
        s += v * v
    return s
"""


def test_the_same_again_is_not_read(load):
    x = np.arange(5.0)
    assert first(load, TOTAL, x) == (30.0, True)
    assert first(load, TOTAL, x) == (30.0, False)
    assert first(load, TOTAL, np.arange(5)) == (30.0, True)  # other types
    assert first(load, TOTAL, np.arange(5)) == (30.0, False)


@pytest.mark.parametrize("one, other", [(2, 3), (2, 2.5), (1, True), (1, 1.0), (0.0, -0.0), ("a", "b"), ((1, 2), (1, 3)), ((1, (2,)), (1, (2.0,))),
                                        (np.float32(0.1), np.float64(np.float32(0.1))), (np.arange(3), np.arange(3) + 1),
                                        (np.arange(3), np.arange(3.0)), (np.int8(1), np.int16(1)), (None, 0), (b"a", b"b")])
def test_globals(load, one, other):
    text = "@wf.jit\ndef f(x):\n    MARK = x\n    return x, A\n"

    def same(a, b):
        return repr(a) == repr(b)

    for value in (one, other, one, other):
        plain, _ = first(load, text.replace("A\n", "A, 0\n"), 1, A=value)  # another function
        got, _ = first(load, text, 1, A=value)
        assert same(got[1], plain[1])
    (_, got), read = first(load, text, 1, A=one)
    (_, wanted, _), _ = first(load, text.replace("A\n", "A, 0\n"), 1, A=one)
    assert not read and same(got, wanted)


def test_the_values_decide_not_the_names(load):
    text = "@wf.jit\ndef f(x):\n    MARK = x\n    return x + A\n"
    assert first(load, text, 1, A=2) == (3, True)
    assert first(load, text, 1, A=3) == (4, True)
    assert first(load, text, 1, A=2) == (3, False)
    assert first(load, text, 1, A=3) == (4, False)


@pytest.mark.parametrize("decorated", ["", "@wf.jit\n", "@wf.jit(fastmath=True)\n"])
def test_redefined_helpers(load, decorated):
    text = decorated + "def inner(x):\n    return x * K\n" + decorated + "def helper(x):\n    return inner(x) OP 1\n" \
        "@wf.jit\ndef f(x):\n    MARK = x\n    return helper(x)\n"
    for k, op, wanted in ((2, "+", 7), (3, "+", 10), (2, "-", 5)):
        assert first(load, text.replace("OP", op), 3, K=k) == (wanted, True)
    for k, op, wanted in ((2, "+", 7), (2, "-", 5), (3, "+", 10)):
        assert first(load, text.replace("OP", op), 3, K=k) == (wanted, False)


def test_a_helper_that_is_bound_anew_after_it_was_used(load):
    text = "def helper(x):\n    return x + 1\n@wf.jit\ndef f(x):\n    MARK = x\n    return helper(x)\n"
    assert first(load, text, 1) == (2, True)
    module = load(text)
    module.helper = lambda x: x + 5
    assert module.f(1) == 6


def test_closures(load):
    text = "def make(n, g):\n    @wf.jit\n    def f(x):\n        MARK = x\n        return g(x) * n\n    return f\n" \
        "def one(x):\n    return x + 1\ndef two(x):\n    return x + 2\n"
    for read in (True, False):
        module = load(text)
        for n, g, wanted in ((2, module.one, 4), (3, module.one, 6), (2, module.two, 6), (2.5, module.one, 5.0)):
            f = module.make(n, g)
            assert f(1) == wanted and type(f(1)) is type(wanted) and was_read(f) is read


def test_a_function_that_calls_itself(load):
    text = "@wf.jit\ndef f(n):\n    MARK = n\n    return 1 if n < 2 else n * f(n - 1)\n"
    assert first(load, text, 5) == (120, True) and first(load, text, 5) == (120, False)


def test_two_that_call_each_other(load):
    text = "def odd(n):\n    return False if n == 0 else even(n - 1)\ndef even(n):\n    return True if n == 0 else odd(n - 1)\n" \
        "@wf.jit\ndef f(n):\n    MARK = n\n    return 1 if even(n) else BASE\n"
    assert first(load, text, 5, BASE=7) == (7, True) and first(load, text, 5, BASE=7) == (7, False)
    assert first(load, text, 5, BASE=8) == (8, True)
    assert first(load, text.replace("True if n == 0 else odd(n - 1)", "False if n == 0 else odd(n - 1)"), 4, BASE=7) == (7, True)


def test_defaults(load):
    text = "@wf.jit\ndef f(x, y=A):\n    MARK = x\n    return x + y\n"
    assert first(load, "A = 1\n" + text, 1) == (2, True)
    assert first(load, "A = 2\n" + text, 1) == (3, True)
    assert first(load, "A = 1\n" + text, 1) == (2, False)
    helper = "def g(x, *, y=A):\n    return x + y\n@wf.jit\ndef f(x):\n    MARK = x\n    return g(x)\n"
    for a in (5, 6, 5):
        assert first(load, f"A = {a}\n" + helper, 1)[0] == 1 + a


def test_a_line_that_is_as_long_and_as_old(load):
    f = load(TOTAL).f
    assert f(np.arange(5.0)) == 30
    path = f.py_func.__code__.co_filename
    status = os.stat(path)
    f = load(TOTAL.replace("v * v", "v + v")).f
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert f(np.arange(5.0)) == 20 and was_read(f)
    f = load(TOTAL).f
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert f(np.arange(5.0)) == 30


def test_places_that_moved_are_told_right(load):
    text = "@wf.jit\ndef f(x):\n    MARK = x\n    if x > 1:\n        raise ValueError('too much')\n    return x\n"
    for above in ("", "# one more line\n", ""):
        f = load(above + text).f
        assert f(1) == 1
        with pytest.raises(ValueError, match="too much") as caught:
            f(2)
        line = 9 + above.count("\n") - 1
        assert f"kept_program.py:{line}" in caught.value.__notes__[0] and "raise ValueError('too much')" in caught.value.__notes__[0]
    assert was_read(f)  # for the words of the exception
    f = load(text).f
    assert f(1) == 1 and not was_read(f)


def test_builtins_that_are_shadowed(load):
    text = "@wf.jit\ndef f(x):\n    MARK = x\n    return len(x)\n"
    x = np.arange(3.0)
    assert first(load, text, x) == (3, True)
    assert first(load, "def len(x):\n    return 7\n" + text, x)[0] == 7
    assert first(load, text, x)[0] == 3
    assert first(load, text, x, len=lambda x: 8)[0] == 8
    assert first(load, text, x) == (3, False)


def test_what_modules_have(load):
    text = "import kept_constants as c\n@wf.jit\ndef f(x):\n    MARK = x\n    return x + c.N + c.inside.M\n"
    for n, m in ((1, 2), (3, 2), (1, 5), (1, 2)):
        other, inside = type(sys)("kept_constants"), type(sys)("kept_constants.inside")
        other.N, other.inside, inside.M = n, inside, m
        sys.modules.update({"kept_constants": other, "kept_constants.inside": inside})
        assert first(load, text, 1)[0] == 1 + n + m
    assert first(load, text, 1) == (4, False)


def test_functions_of_numpy_by_another_name(load):
    text = "@wf.jit\ndef f(x):\n    MARK = x\n    return root(x)\n"
    assert first(load, text, 64.0, root=np.sqrt) == (8, True)
    assert first(load, text, 64.0, root=np.cbrt) == (4, True)
    assert first(load, text, 64.0, root=np.sqrt) == (8, False)


def test_what_cannot_be_written_down_is_read(load):
    class Held:
        N = 1

    text = "@wf.jit\ndef f(x):\n    MARK = x\n    return x + Held.N\n"
    colour = "@wf.jit\ndef f(x):\n    MARK = x\n    return x + Colour.RED.value\n"
    for n in (1, 2, 3):
        Held.N = n
        assert first(load, text, 1, Held=Held) == (1 + n, True)
        assert first(load, colour, 1, Colour=enum.Enum("Colour", {"RED": n}))[0] == 1 + n
    # but it is no obstacle where it is not used
    assert first(load, TOTAL, np.arange(5.0), Held=Held, x=[1, 2]) == (30, True)
    assert first(load, TOTAL, np.arange(5.0), Held=Held)[0] == 30


@pytest.mark.parametrize("options, wanted", [("", IndexError), ("error_model='numpy'", IndexError), ("boundscheck=False", None)])
def test_options(load, options, wanted):
    text = "@wf.jit(OPTIONS)\ndef f(x, i, d):\n    MARK = d\n    return x[i] / d\n"
    x = np.arange(1.0, 4.0)
    for _ in range(2):
        f = load(text.replace("OPTIONS", options)).f
        assert f(x, 1, 2.0) == 1
        if wanted:
            with pytest.raises(wanted):
                f(x, 3, 1.0)
        if "numpy" in options:
            assert f(x, 0, 0.0) == np.inf
        else:
            with pytest.raises(ZeroDivisionError):
                f(x, 0, 0.0)


def test_options_have_keys_of_their_own(load):
    f = load(TOTAL).f.py_func
    for options in ({}, {"fastmath": True}, {"parallel": True}, {"error_model": "numpy"}, {"boundscheck": False}):
        made = wf.jit(**options)(f)
        assert made(np.arange(5.0)) == 30 and was_read(made)
        made = wf.jit(**options)(f)
        assert made(np.arange(5.0)) == 30 and not was_read(made)


def test_another_version_of_wefts_own_python(load, monkeypatch):
    assert first(load, TOTAL, np.arange(5.0)) == (30, True)
    with monkeypatch.context() as other:
        other.setattr(_pysnapshot, "_library", [_pysnapshot._library[0] + (("new.py", 1, 1),)])
        assert first(load, TOTAL, np.arange(5.0)) == (30, True)
        other.setattr(np, "__version__", "9.0")
        assert first(load, TOTAL, np.arange(5.0)) == (30, True)
    assert first(load, TOTAL, np.arange(5.0)) == (30, False)


def test_rules_of_the_programs_own(load, monkeypatch):
    text = "def g(x):\n    return x\n@wf.jit\ndef f(x):\n    MARK = x\n    return g(x)\n"
    assert first(load, text, 1) == (1, True)
    monkeypatch.setitem(_pyoverloads.OVERLOADS, test_options, [])
    assert first(load, text, 1) == (1, True)


RULED = """
from weft._extending import overload
def g(x):
    return -1.0
def h(x):
    return x + 1.0
@wf.jit
def f(x):
    MARK = x
    return CALLED(x)
"""


def test_rules_for_what_the_function_does_not_call(load):
    def other(x):
        return x

    _pyoverloads.OVERLOADS[other] = [_pyoverloads.Rule(lambda x: other)]
    assert first(load, RULED, 1.5, CALLED=math.sqrt) == (math.sqrt(1.5), True)
    assert first(load, RULED, 1.5, CALLED=math.sqrt) == (math.sqrt(1.5), False)
    del _pyoverloads.OVERLOADS[other]
    assert first(load, RULED, 1.5, CALLED=math.sqrt) == (math.sqrt(1.5), True)  # with other rules it is another entry


def test_rules_for_what_the_function_calls(load):
    for turn in range(3):
        module = load(RULED)
        module.CALLED = module.g
        assert module.f(1.5) == -1.0 and was_read(module.f) == (turn == 0)
    for turn in range(3):
        module = load(RULED)
        module.CALLED = module.g
        _pyoverloads.OVERLOADS[module.g] = [_pyoverloads.Rule(lambda x: module.h)]
        _pyresolve.forget()
        assert module.f(1.5) == 2.5 and was_read(module.f)  # a rule may answer anything, each time
        _pyoverloads.OVERLOADS.clear()
        _pyresolve.forget()


def test_rules_for_methods(load):
    text = "def first(x):\n    return 77.0\ndef other(x):\n    return 78.0\n@wf.jit\ndef f(x):\n    MARK = x\n    return x.own_sum(), x.sum()\n"
    for result in (77.0, 77.0, 78.0):
        module = load(text)
        _pyoverloads.OVERLOADS[Array, "own_sum"] = [_pyoverloads.Rule(lambda a: module.first if result == 77.0 else module.other)]
        _pyresolve.forget()
        assert module.f(np.arange(4.0)) == (result, 6.0) and was_read(module.f)
    plain = "@wf.jit\ndef f(x):\n    MARK = x\n    return x.sum()\n"
    assert [first(load, plain, np.arange(4.0)) for _ in range(2)] == [(6.0, True), (6.0, False)]
    _pyresolve.forget()


LEVEL = """
class Level(enum.IntEnum):
    LOW = 1
    HIGH = N
@wf.jit
def f(x):
    MARK = x
    return x + Level.HIGH
"""


def test_enums_of_integers(load):
    text = "import enum\nN = 7" + LEVEL
    assert first(load, text, 1) == (8, True)
    assert first(load, text, 1) == (8, False)
    assert first(load, text.replace("N = 7", "N = 9"), 1) == (10, True)
    assert first(load, text, 1) == (8, False)


def test_enums_of_integers_that_change(load):
    """The class's text is not the function's: what its members are is in the key."""
    for n in (7, 9, 7):
        level = enum.IntEnum("Level", {"HIGH": n})
        module = load("@wf.jit\ndef f(x):\n    MARK = x\n    return x + Level.HIGH\n", Level=level)
        assert module.f(1) == 1 + n


def test_what_an_enums_class_has_besides(load):
    """It is not in the key, so it is looked up each time."""
    for n in (2, 3, 2):
        level = enum.IntEnum("Level", {"HIGH": 7})
        level.EXTRA = n
        assert first(load, "@wf.jit\ndef f(x):\n    MARK = x\n    return x + Level.EXTRA\n", 1, Level=level) == (1 + n, True)


# ---- after a hit: the function is read late, from what it was found for ----

GLOBAL = "@wf.jit\ndef f(x):\n    MARK = x\n    return x + A\n"


def test_other_types_see_the_same_globals(load):
    load(GLOBAL, A=2).f(1)
    module = load(GLOBAL, A=2)
    assert module.f(1) == 3 and not was_read(module.f)
    module.A = 50
    assert module.f(1.5) == 3.5  # as if it had been read at the first call
    assert "+ 50" not in "".join(module.f.inspect_cuda_c().values())
    module.f.recompile()
    assert module.f(1) == 51 and module.f(1.5) == 51.5


def test_arrays_that_are_changed_in_place(load):
    text = "@wf.jit\ndef f(x):\n    MARK = x\n    return x + A[0]\n"
    array = np.arange(1.0, 4.0)
    load(text, A=array).f(1)
    f = load(text, A=array).f
    assert f(1) == 2 and not was_read(f)
    array[0] = 10
    assert f(1.5) == 2.5 and f(1) == 2
    assert first(load, text, 1, A=array) == (11, True)


def test_a_file_that_is_edited_meanwhile(load):
    load(TOTAL).f(np.arange(5.0))
    f = load(TOTAL).f
    assert f(np.arange(5.0)) == 30 and not was_read(f)
    load("# a line\n# and one more\n" + TOTAL.replace("v * v", "v * v * v"))
    assert f(np.arange(5)) == 30  # other types: read now
    assert len(f.signatures) == 2


def test_the_tree_is_there_when_it_is_asked_for(load):
    load(TOTAL).f(np.arange(5.0))
    f = load(TOTAL).f
    f(np.arange(5.0))
    fresh = CPUDispatcher(f.py_func, "host", parallel=False, trap_divide=True, check_bounds=True, fastmath=False)
    fresh._snapshot = lambda: None
    fresh(np.arange(5.0))
    assert f.inspect_cuda_c() == fresh.inspect_cuda_c()
    assert list(f.inspect_llvm().values())[0] and list(f.inspect_asm().values())[0]


def test_loops_that_were_left_out(load):
    """Of arrays that overlap; the code for that is not in the cache."""
    text = "@wf.jit\ndef f(a, b, c):\n    MARK = 0\n    for i in range(len(a)):\n        a[i] = b[i] * 2 + c[i]\n"
    load(text).f(*np.zeros((3, 40)))
    f = load(text).f
    f(*np.zeros((3, 40)))
    assert not was_read(f)
    x, y = np.arange(50.0), np.arange(50.0)
    f(x[1:], x[:-1], np.ones(49))
    f.py_func(y[1:], y[:-1], np.ones(49))
    assert np.array_equal(x, y)


def test_parallel_loops(load):
    text = "@wf.jit(parallel=True)\ndef f(x):\n    MARK = s = 0.0\n    for i in wf.prange(len(x)):\n        s += x[i] * K\n    return s\n"
    x = np.arange(100000.0)
    for k in (1.0, 2.0):
        assert first(load, text, x, K=k) == (k * x.sum(), True)
        assert first(load, text, x, K=k) == (k * x.sum(), False)


def test_calls_of_python(load, capsys):
    text = "@wf.jit\ndef f(d, k):\n    MARK = k\n    print('looking for', k, 1.5)\n    e = {1: 2.0, 3: 4.0}\n    return e[k] + d\n"
    for read in (True, False):
        f = load(text).f
        assert f(1, 3) == 5 and was_read(f) is read
        with pytest.raises(KeyError, match="7"):
            f(1, 7)
        assert capsys.readouterr().out == "looking for 3 1.5\nlooking for 7 1.5\n"


def test_a_class_of_errors_of_the_programs(load):
    text = "class Own(Exception):\n    pass\n@wf.jit\ndef f(x):\n    MARK = x\n    if x > 1:\n        raise Own(x)\n    return x\n"
    for _ in range(2):
        module = load(text)
        assert module.f(1) == 1
        with pytest.raises(module.Own, match="2"):
            module.f(2)


def test_generators_and_functions_inside(load):
    text = "def upto(n):\n    for i in range(n):\n        yield i * K\n" \
        "@wf.jit\ndef f(n):\n    MARK = n\n    def twice(x):\n        return x * L\n    s = 0\n    for v in upto(n):\n        s += twice(v)\n    return s\n"
    for k, l in ((1, 2), (3, 2), (1, 5), (3, 2)):
        assert first(load, text, 4, K=k, L=l)[0] == 6 * k * l
    assert first(load, text.replace("yield i", "yield 1 + i"), 4, K=1, L=2)[0] == 20


def test_signatures(load):
    text = "@wf.jit('f8(f8)')\ndef f(x):\n    MARK = x\n    return x + A\n"
    assert load("A = 1\n" + text).f(2) == 3
    assert load("A = 2\n" + text).f(2) == 4
    f = load("A = 1\n" + text).f
    assert f(2) == 3


def test_threads_that_find_it_at_once(load):
    load(TOTAL).f(np.arange(5.0))
    f, found = load(TOTAL).f, []
    threads = [threading.Thread(target=lambda: found.append((f(np.arange(5.0)), f(np.arange(5)), len(f.inspect_cuda_c())))) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert [row[:2] for row in found] == [(30, 30)] * 8


PROGRAM = """
import numba
import numpy as np
@numba.njit
def f(x):
    seen = {}
    for v in x:
        seen[int(v)] = seen.get(int(v), 0) + 1
    return sorted(seen.items())[-1], np.median(x)
print(f(np.array([1.0, 2.0, 2.0])), f._function_source is None)
"""


def test_the_next_process(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    said = [subprocess.run([sys.executable, "-m", "weft", str(program)], capture_output=True, text=True, check=True, cwd=tmp_path,
                           env={**os.environ, "WEFT_CACHE_DIR": str(tmp_path / "cache"), "PYTHONHASHSEED": seed}).stdout for seed in "12"]
    assert said == ["((2, 2), 2.0) False\n".replace("((2, 2), 2.0)", repr(((2, 2), 2.0))), "((2, 2), 2.0) True\n"]


def test_lambdas_of_one_line_are_apart(tmp_path, monkeypatch):
    """Their trees stand at different columns; one was taken for the other, until a report or an address asked for its tree."""
    monkeypatch.setenv("WEFT_CACHE_DIR", str(tmp_path))
    for _ in "12":
        first, second = wf.cfunc("float32(float64)")(lambda x: x), wf.cfunc("int32(float64)")(lambda x: x)
        assert first.ctypes(0.5) == 0.5 and second.ctypes(-2.9) == -2


DEFAULTS = """
def g(x, k=K, *, unit=UNIT, scale=SCALE):
    return (x + k) * scale

@wf.jit
def f(x):
    return g(x)
"""


class Unit(enum.Enum):
    METRE = 1


@pytest.mark.parametrize("unit", [Unit.METRE, [1.0, 2.0], {"a": 1}, Unit, (2, Unit.METRE), object()])
def test_defaults_of_called_functions_beside_one_that_cannot_be_written_down(load, unit):
    assert first(load, DEFAULTS, 1, K=3, UNIT=unit, SCALE=10)[0] == 40
    assert first(load, DEFAULTS, 1, K=4, UNIT=unit, SCALE=10)[0] == 50
    assert first(load, DEFAULTS, 1, K=4, UNIT=unit, SCALE=100)[0] == 500
    positional = DEFAULTS.replace("*, ", "")
    assert first(load, positional, 1, K=3, UNIT=unit, SCALE=10)[0] == 40
    assert first(load, positional, 1, K=4, UNIT=unit, SCALE=10)[0] == 50


def test_plain_defaults_of_called_functions_are_kept(load):
    assert first(load, DEFAULTS, 1, K=3, UNIT="m", SCALE=10) == (40, True)
    assert first(load, DEFAULTS, 1, K=3, UNIT="m", SCALE=10) == (40, False)
    assert first(load, DEFAULTS, 1, K=4, UNIT="m", SCALE=10) == (50, True)


ARRAYS = """
def g(x, own=OWN):
    return own[0] + PAIR[0][0] + x

@wf.jit
def f(x):
    return g(x)
"""


def test_arrays_in_tuples_and_defaults_that_change_before_the_function_is_read(load):
    def names():
        return {"OWN": np.array([100.0]), "PAIR": (np.array([1.0]), 2)}

    assert load(ARRAYS, **names()).f(1) == 102.0
    changed = names()
    f = load(ARRAYS, **changed).f
    f(1)  # from the cache
    changed["PAIR"][0][0], changed["OWN"][0] = 5.0, 500.0
    f(1.0)  # read now
    assert load(ARRAYS, **names()).f(1.0) == 102.0


@pytest.mark.parametrize("found", ['getattr(MODULE, "size")', 'getattr(MODULE, "size", 7)', 'getattr(PAIR[0], "size")', 'hasattr(MODULE, "other")',
                                   'getattr(helper, "size")'])
def test_what_is_asked_for_by_a_name_that_is_text(load, found):
    text = f"def helper(): return 1\nhelper.size = SIZE\n@wf.jit\ndef f(x):\n    return {found} + x\n@wf.jit\ndef g(x):\n    return {found} - x\n"

    def results(size):
        module = types.ModuleType("kept_settings")
        module.size = size
        if size == 2:
            module.other = 1
        sys.modules["kept_settings"] = module
        try:
            loaded = load(text, MODULE=module, PAIR=(module, 1), SIZE=size)
            return loaded.f(10), loaded.g(10)  # the second asks what was asked before
        finally:
            del sys.modules["kept_settings"]

    sizes = (0, 1) if "hasattr" in found else (1, 2)
    assert results(1) == (10 + sizes[0], sizes[0] - 10)
    assert results(2) == (10 + sizes[1], sizes[1] - 10)
    assert results(1) == (10 + sizes[0], sizes[0] - 10)


SORTED = """
@wf.jit
def f(a, i):
    b = np.sort(a)
    return b[i]
"""


def test_the_order_in_which_types_came_does_not_count(load):
    """A function of the library is read for lists, another for arrays: the same tree has the same files in the next process."""
    f = load(SORTED).f
    assert [f([3, 1], 0), f((1, 2), 1), f(np.ones((3, 4)), 0)[0], f(np.arange(5.0), 1)] == [1, 2, 1, 1]
    f = load(SORTED).f
    with pytest.raises(IndexError) as raised:
        f(np.arange(5.0), 7)
    assert "kept_program.py" in str(raised.value.__notes__ if sys.version_info >= (3, 11) else raised.value)
    assert f(np.arange(5.0), 2) == 2
