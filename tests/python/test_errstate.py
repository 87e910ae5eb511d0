"""errstate and seterr: the operation that makes NaN or infinity of finite numbers raises or warns, at its line."""

import contextvars
import gc
import threading
import warnings

import numpy as np
import pytest

import weft as wf

a, zeros = [1.0, 2.0, 3.0], [1.0, 0.0, 2.0]


def x(values, dtype="float64"):
    return wf.asarray(np.asarray(values, dtype))


@pytest.mark.parametrize("call, said", [
    (lambda: x(a) / x(zeros), r"divide by zero encountered in divide at \[1\]: inf of 2.0 and 0.0, dtype float64"),
    (lambda: x(a) / 0, "divide by zero encountered in divide"),
    (lambda: wf.log(x(zeros)), r"divide by zero encountered in log at \[1\]: -inf of 0.0"),
    (lambda: wf.sqrt(x([4.0, -1.0])), r"invalid value encountered in sqrt at \[1\]: nan of -1.0"),
    (lambda: wf.exp(x([1.0, 1000.0])), r"overflow encountered in exp at \[1\]"),
    (lambda: x([[3e38], [1.0]], "float32") * x([1.0, 2.0], "float32"), r"overflow encountered in multiply at \[0, 1\]: inf of 3\S* and 2.0"),
    (lambda: x([1.0]) / x([0.0]) - 1, "divide by zero"),
    (lambda: x([3e38, 3e38], "float32").sum(), "overflow encountered in sum: inf, dtype float32"),
    (lambda: x([[3e38, 3e38], [1, 1]], "float32").sum(1), r"overflow encountered in sum at \[0\]"),
    (lambda: x([3e38, 3e38], "float32") @ x([3e38, 1.0], "float32"), "overflow encountered in multiply"),
    (lambda: x([[1e200]]) @ x([[1e200]]), "overflow encountered in matmul"),
    (lambda: x([1e300 + 1e300j], "complex128") * x([1e10], "complex128"), "encountered in multiply"),
    (lambda: wf.exp(wf.asarray([100.0], dtype=wf.bfloat16)), "overflow encountered in exp"),
])
def test_raises(call, said):
    with wf.errstate(check=True), pytest.raises(FloatingPointError, match=said):
        call()


def test_operands_in_place_are_left_alone():
    y = x(a)
    with wf.errstate(check=True):
        with pytest.raises(FloatingPointError):
            y /= x(zeros)
        with pytest.raises(FloatingPointError):
            wf.log(x(zeros), out=y)
        assert y.tolist() == a
        y += 1
        wf.add(y, 1, out=y)
        assert y.tolist() == [3.0, 4.0, 5.0]


def test_what_is_not_finite_already_passes():
    y = x([np.nan, np.inf, 1.0])
    with wf.errstate(check=True):
        assert wf.isnan(y * 2 + 1)[0] and wf.exp(y)[1] == np.inf
        assert np.isnan(float(y.sum())) and (y @ y).shape == ()
        assert (wf.arange(5) // 2).tolist() == [0, 0, 1, 1, 2]
        assert wf.log(x(zeros), where=x(zeros) > 0, out=wf.zeros(3)).tolist() == [0.0, 0.0, np.log(2.0)]


def test_the_line_and_the_end():
    y = x([0.0])
    with wf.errstate(check=True):
        with wf.errstate(check=True):
            pass
        with pytest.raises(FloatingPointError) as caught:
            1 / y  # noqa: B018
    assert caught.traceback[0].path.name == "test_errstate.py"
    assert (1 / y).tolist() == [np.inf]
    with wf.errstate():
        assert (1 / y).tolist() == [np.inf]


IGNORED = {"divide": "ignore", "over": "ignore", "under": "ignore", "invalid": "ignore"}


@pytest.fixture
def as_before():
    yield
    wf.seterr(all="ignore")
    wf.seterrcall(None)


def test_raise_means_what_it_says():
    with wf.errstate(all="raise"):
        assert wf.geterr() == {"divide": "raise", "over": "raise", "under": "ignore", "invalid": "raise"}
        with pytest.raises(FloatingPointError, match="divide by zero encountered in log"):
            wf.log(x([0.0]))
        with wf.errstate(divide="ignore"):
            assert wf.log(x([0.0])).tolist() == [-np.inf]
            with pytest.raises(FloatingPointError, match="invalid value encountered in divide"):  # not hidden by the first
                x([1.0, 0.0]) / x([0.0, 0.0])  # noqa: B018
        with pytest.raises(FloatingPointError, match="divide by zero encountered in floor_divide"):
            wf.arange(3) // 0  # noqa: B018
    assert wf.geterr() == IGNORED and wf.log(x([0.0])).tolist() == [-np.inf]


def test_seterr_stays_and_gives_what_was(as_before):
    assert wf.seterr(all="raise") == IGNORED
    assert wf.geterr()["over"] == "raise"
    with pytest.raises(FloatingPointError):
        wf.exp(x([1000.0]))
    found = []
    thread = threading.Thread(target=lambda: found.extend([wf.geterr(), wf.exp(x([1000.0])).tolist()]))
    thread.start()
    thread.join()
    assert found == [IGNORED, [np.inf]]  # the ways are a thread's own
    wf.seterr(over="ignore")
    assert wf.exp(x([1000.0])).tolist() == [np.inf]
    wf.seterr(**IGNORED)
    assert wf.log(x([0.0])).tolist() == [-np.inf]


def test_warn_call_and_log(as_before, capsys):
    with wf.errstate(divide="warn"), pytest.warns(RuntimeWarning, match="divide by zero encountered in divide") as told:
        x([1.0]) / 0  # noqa: B018
    assert told[0].filename == __file__
    said = []
    with wf.errstate(over="call", call=lambda *what: said.append(what)):
        wf.exp(x([1000.0]))
    assert said == [("overflow", 2)] and wf.geterrcall() is None

    class Log:
        write = said.append
    wf.seterrcall(Log)
    with wf.errstate(invalid="log"):
        wf.sqrt(x([-1.0]))
    assert said[1].startswith("Warning: invalid value encountered in sqrt")
    with wf.errstate(invalid="print"):
        wf.sqrt(x([-1.0]))
    assert "invalid value encountered in sqrt" in capsys.readouterr().err
    wf.seterrcall(None)
    with wf.errstate(invalid="call"), pytest.raises(NameError):
        wf.sqrt(x([-1.0]))


def test_what_there_is_not():
    with pytest.raises(TypeError, match="alll"):
        wf.errstate(alll="raise")
    for call in (lambda: wf.errstate(all="rise"), lambda: wf.seterr(divide=1)):
        with pytest.raises(ValueError, match="invalid error mode"):
            call()
    with pytest.raises(TypeError):
        wf.seterrcall(3)
    with pytest.warns(RuntimeWarning, match="does not look for underflow"), wf.errstate(under="raise"):
        assert wf.geterr() == IGNORED
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with wf.errstate(all="ignore"), wf.errstate(all="raise", under="ignore"):
            pass


def test_a_function_may_be_decorated():
    @wf.errstate(check=True)
    def inverse(values, depth=0):
        return 1 / values if depth == 2 else inverse(values, depth + 1)
    with pytest.raises(FloatingPointError):
        inverse(x([0.0]))
    assert inverse(x([2.0])).tolist() == [0.5] and wf.geterr() == IGNORED


def test_a_task_that_looks_away_does_not_turn_others_off():
    """Its context is its own; whether operations are looked at belongs to the process."""
    def away():
        wf.seterr(all="ignore")
    with wf.errstate(divide="raise"):
        for _ in range(2):
            contextvars.copy_context().run(away)
        with pytest.raises(FloatingPointError):
            wf.log(wf.zeros(1))
    with wf.errstate(all="raise"), pytest.raises(FloatingPointError):
        wf.log(wf.zeros(1))
    thread = threading.Thread(target=wf.seterr, kwargs={"all": "raise"})
    thread.start()
    thread.join()
    gc.collect()
    assert wf.add(wf.arange(2000.0), 1)._pending  # that thread has ended, so nothing is looked at


def test_where_and_initial_are_no_errors():
    i = wf.asarray([4, 0])
    with wf.errstate(all="raise"):
        assert wf.floor_divide(i, i, where=i != 0)[0] == 1
        assert wf.asarray([1.0]).max(initial=-np.inf) == 1
    said = []
    with wf.errstate(all="call", call=lambda kind, bits: said.append(kind)):
        s = wf.zeros(1).sum()
        s /= 0
    assert len(said) == 1
