"""Random programs of operations, views, in-place writes and looks in between: weft does what NumPy does, in every way of
computing, and with the same bits in all of them."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import weft as wf
from weft import _core

WAYS = {"loops": (2, False), "compiled": (1, False), "eager": (2, True)}

steps = st.lists(st.tuples(st.sampled_from(["add", "mul", "sub", "max", "cast", "slice", "turn", "row", "reduce", "write", "inplace",
                                            "whole", "look", "copy", "where", "reshape", "scalar"]),
                           st.integers(0, 10 ** 6), st.integers(0, 10 ** 6)), min_size=1, max_size=14)


def pick(items, number):
    return items[number % len(items)]


def fits(a, b):
    try:
        np.broadcast_shapes(a.shape, b.shape)
        return True
    except ValueError:
        return False


def run(xp, program, start):
    """Runs the program over xp's arrays; returns all arrays that are left."""
    arrays = [xp.asarray(a.copy()) for a in start]
    for what, p, q in program:
        a, b = pick(arrays, p), pick(arrays, q)
        kind = a.dtype.kind
        if what in ("add", "mul", "sub", "max"):
            if fits(a, b) and (kind != "b" or what == "max"):
                function = {"add": xp.add, "mul": xp.multiply, "sub": xp.subtract, "max": xp.maximum}[what]
                arrays.append(function(a, b))
        elif what == "scalar" and kind == "f":
            arrays.append(a * pick([2, 0.5, -1.25, 3], q) + pick([1, 0.1], p))
        elif what == "cast":
            arrays.append(a.astype(pick(["float32", "float64", "int32"], q)) if kind != "f" else a.astype(pick(["float32", "float64"], q)))
        elif what == "slice" and a.ndim:
            arrays.append(a[pick([slice(1, None), slice(None, None, -1), slice(None, -1, 2), slice(2, 3), slice(5, None)], q)])
        elif what == "turn":
            arrays.append(a.T if q % 2 else a[..., None])
        elif what == "row" and a.ndim and a.shape[0]:
            arrays.append(a[q % a.shape[0], ...])
        elif what == "reduce" and a.size:
            function = pick([xp.min, xp.max], q)
            arrays.append(function(a, axis=None if not a.ndim or q % 3 == 0 else q % a.ndim))
        elif what == "write" and a.ndim and a.shape[0]:
            target = a[pick([slice(1, None), slice(None, None, 2), slice(0, 1)], q)]
            source = b
            if np.broadcast_shapes(target.shape, target.shape) == target.shape and source.ndim <= target.ndim and \
                    all(m in (1, n) for m, n in zip(source.shape[::-1], target.shape[::-1])) and (kind == "f" or source.dtype.kind == kind):
                target[...] = source
        elif what == "inplace" and kind == "f" and b.dtype.kind != "c" and b.ndim <= a.ndim and \
                all(m in (1, n) for m, n in zip(b.shape[::-1], a.shape[::-1])):
            a *= b.astype(a.dtype)
        elif what == "whole":
            a[...] = pick([0, 1, 2], q)
        elif what == "look":
            float(a.sum()) if a.size and kind != "b" and a.dtype != np.float32 and kind != "f" else None
        elif what == "copy":
            arrays.append(a.copy())
        elif what == "where" and fits(a, b):
            arrays.append(xp.where(a > 1, a, b))
        elif what == "reshape":
            arrays.append(a.reshape(-1))
        arrays = [xp.asarray(x) for x in arrays]  # NumPy's operations on 0-d arrays give scalars
        arrays = [x for x in arrays if x.size < 5000 and x.ndim < 6][-12:]
    return arrays


START = [np.arange(24, dtype=np.float64).reshape(4, 6) / 7, np.linspace(-2, 3, 6, dtype=np.float32),
         np.arange(-3, 3, dtype=np.int64), np.array([[1.5], [2.5], [-1.0], [0.25]])]


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(steps)
def test_random_programs(program):
    with np.errstate(all="ignore"):
        expected = run(np, program, START)
    for way in ("loops", "eager"):
        check(way, program, expected)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(steps)
def test_random_programs_compiled(program):
    with np.errstate(all="ignore"):
        expected = run(np, program, START)
    check("compiled", program, expected)


def check(way, program, expected):
    policy, eager = WAYS[way]
    _core.array_set_policy(policy)
    _core.array_set_eager(eager)
    try:
        results = [r.get() for r in run(wf, program, START)]
    finally:
        _core.array_set_policy(0)
        _core.array_set_eager(False)
    assert len(results) == len(expected)
    for result, wanted in zip(results, expected):
        assert result.dtype == wanted.dtype and result.shape == wanted.shape
        # operations here are all exact in IEEE arithmetic, so values are equal, not close
        np.testing.assert_array_equal(result, wanted, err_msg=f"{way}: {program}")
