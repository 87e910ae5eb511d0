"""except … as e and classes of the program's own in an except: what the interpreter gives, compiled code gives."""

import types

import numpy as np
import pytest

import weft as wf
from weft import njit


class Refused(Exception):
    def __init__(self, code, words):
        super().__init__(words)
        self.code = code


class Softly(Refused):
    pass


@njit
def fails(how, x):
    if how == 0:
        raise ValueError("negative")
    if how == 1:
        raise ValueError(f"bad value {x}", "more")
    if how == 2:
        raise Refused(7, "refused")
    if how == 3:
        raise Softly(8, "softly")
    if how == 4:
        raise KeyError("k")
    if how == 5:
        np.linalg.inv(np.zeros((3, 3)))
        np.linalg.cholesky(-np.ones((2, 2)))
    if how == 6:
        return [1, 2][x]
    if how == 7:
        raise Refused(9, "constant")
    return x


def words(how, x):
    try:
        return str(fails(how, x))
    except Exception as e:
        return "caught " + str(e)


def formed(how, x):
    try:
        return str(fails(how, x))
    except (ValueError, KeyError) as e:
        return f"<{e}|{e!r}|{type(e).__name__}|{len(e.args)}|{e.args[0]}>"
    except Exception as other:
        return f"{type(other).__name__}: {other}"


def own(how, x):
    try:
        return str(fails(how, x))
    except Softly:
        return "softly"
    except (Refused, KeyError) as e:
        return f"refused {e} {isinstance(e, Refused)}"
    except ValueError:
        return "value"


def linear(how, x):
    try:
        return str(fails(how, x))
    except np.linalg.LinAlgError as e:
        return "singular " + str(e)
    except IndexError:
        return "index"
    finally:
        x += 1


def again(how, x):
    try:
        fails(how, x)
    except Exception as e:
        if how % 2:
            raise
        raise e


def bare(how, x):
    try:
        fails(how, x)
    except Exception:
        try:
            fails(4, x)
        except KeyError:
            pass
        raise


def another(how, x):
    try:
        fails(how, x)
    except Exception as e:
        raise RuntimeError("again: " + str(e)) from e


def at_last(how, x, a):
    try:
        fails(how, x)
    finally:
        a[0] += 1


def outcome(f, *args):
    try:
        return f(*args)
    except Exception as e:
        return type(e), e.args, getattr(e, "code", None)


@pytest.mark.parametrize("f", [words, formed, own, linear, again, bare, another])
def test_caught(f):
    compiled = njit(f)
    for how in range(9):
        if how == 6 and f in (words, formed, another, again, bare):
            continue  # the words of an index outside are Python's in a list, and weft's own here
        want = outcome(lambda how, x: f(how, x), how, 5)
        assert outcome(compiled, how, 5) == want, how
    assert outcome(compiled, 8, 1) == outcome(f, 8, 1)


def test_finally_keeps_the_exception():
    a = np.zeros(1)
    compiled = njit(at_last)
    for how in (0, 1, 2, 3):
        assert outcome(compiled, how, 5, a) == outcome(at_last, how, 5, np.zeros(1))
    assert a[0] == 4


def test_many_in_a_loop():
    """What handlers keep does not pile up, and each turn sees its own."""
    @njit
    def f(n):
        total = 0
        for i in range(n):
            try:
                raise ValueError(str(i), "x")
            except ValueError as e:
                total += int(e.args[0])
        return total

    assert f(1000) == 499500


def test_what_an_exception_is_not_asked():
    @njit
    def f():
        try:
            fails(0, 1)
        except Exception as e:
            return e.args
        return ()

    with pytest.raises(wf.CompileError, match="of an exception .* compiled functions know"):
        f()

    @njit
    def number():
        try:
            raise ValueError(3)
        except Exception as e:
            return e.args[0]
        return ""

    with pytest.raises(TypeError, match="of type int"):
        number()


def _raised_in_another_handler(how, x):
    try:
        return fails(how, x)
    except Exception as e:
        try:
            fails(1, 5)
        except ValueError:
            raise e


def _raised_in_another_finally(how, x):
    try:
        return fails(how, x)
    except Exception as e:
        for i in range(3):
            try:
                if i == 1:
                    fails(4, 0)
            finally:
                if i == 1:
                    raise e


def _raised_two_handlers_deep(how, x):
    try:
        return fails(how, x)
    except Exception as e:
        try:
            fails(1, 5)
        except ValueError as f:
            try:
                fails(2, 0)
            except Refused:
                if x > 10:
                    raise f from e
                raise e


@pytest.mark.parametrize("function", [_raised_in_another_handler, _raised_in_another_finally, _raised_two_handlers_deep])
@pytest.mark.parametrize("how, x", [(0, 1), (2, 1), (3, 20), (4, 0), (6, 30), (9, 1)])
def test_an_exception_raised_in_another_ones_handler(function, how, x):
    def outcome(f):
        try:
            return f(how, x)
        except Exception as e:
            return type(e).__name__, str(e)

    plain, compiled = outcome(lambda *a: _interpreted(function, *a)), outcome(njit(function))
    assert compiled == plain


def _interpreted(function, *args):
    """Without compiled functions: fails() too."""
    names = {**function.__globals__, "fails": fails.py_func}
    return types.FunctionType(function.__code__, names)(*args)
