"""Sums of floats and products of vectors: in lanes, in an order that depends on the shape alone."""

import math

import numpy as np
import pytest

import weft as wf


@wf.njit
def total(a):
    return a.sum()


@wf.njit
def dot(a, b):
    return np.dot(a, b)


@wf.njit
def spread(a, b):
    return ((a - 0.5) * (a + b)).sum()


def in_lanes(rows):
    """The order that is promised: lane i mod 32 of whole groups, the halves added; then what is left."""
    lanes, rest = [rows.dtype.type(0)] * 32, rows.dtype.type(0)
    for row in rows:
        whole = len(row) // 32 * 32
        for i in range(whole):
            lanes[i % 32] += row[i]
        for x in row[whole:]:
            rest += x
    half = 16
    while half:
        lanes = [lanes[k] + lanes[k + half] for k in range(half)]
        half //= 2
    return lanes[0] + rest


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_order_is_the_promised_one(dtype):
    rng = np.random.default_rng(5)
    for shape in [(0,), (1,), (31,), (32,), (33,), (100,), (1000,), (3, 70), (70, 3), (2, 2, 33)]:
        a = (rng.standard_normal(shape) * 10.0 ** rng.integers(-3, 4, shape)).astype(dtype)
        expected = in_lanes(a.reshape(math.prod(shape[:-1]), shape[-1]))
        assert total(a) == expected and total(np.asfortranarray(a)) == expected
        wide = np.zeros((*shape[:-1], shape[-1] * 2), dtype)
        wide[..., ::2] = a
        assert total(wide[..., ::2]) == expected
        if len(shape) == 1:
            b = rng.standard_normal(shape).astype(dtype)
            assert dot(a, b) == in_lanes((a * b)[None])
            assert spread(a, b) == in_lanes(((a - dtype(0.5)) * (a + b))[None])


def test_special_values_and_errors():
    a = np.ones(100)
    for at in (0, 31, 32, 95, 96, 99):
        b = a.copy()
        b[at] = np.inf
        assert total(b) == np.inf
        b[at - 1] = np.nan
        assert math.isnan(total(b))
    with pytest.raises(ValueError):
        dot(np.ones(1), np.ones(5))  # no broadcasting
    assert dot(np.arange(5), np.arange(5)) == 30
    assert dot(np.arange(5), np.arange(5.0)) == 30.0
    assert dot(np.arange(5, dtype=np.float32) * 1, np.arange(5.0)) == 30.0


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (1, 1), (5, 4), (4, 5), (7, 17), (50, 10), (9, 64), (13, 65), (6, 300)])
def test_products_with_a_matrix_go_along_its_rows(dtype, shape):
    rng = np.random.default_rng(6)
    a, left, right = (rng.standard_normal(s).astype(dtype) for s in (shape, shape[:1], shape[1:]))
    rows, columns = np.zeros(shape[0], dtype), np.zeros(shape[1], dtype)
    for j in range(shape[1]):
        rows += a[:, j] * right[j]
    for i in range(shape[0]):
        columns += left[i] * a[i]
    assert dot(a, right).tobytes() == rows.tobytes() and dot(left, a).tobytes() == columns.tobytes()
    for one, other in ((a, np.append(right, dtype(1))), (np.append(left, dtype(1)), a)):
        with pytest.raises(ValueError, match="shapes do not fit"):
            dot(one, other)
