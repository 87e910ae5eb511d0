"""Comparisons of integers whose types have no common one that holds both: exact, as NumPy's since 2.0."""

import operator

import numpy as np
import pytest

import weft as wf
from weft import _core

COMPARISONS = [operator.lt, operator.le, operator.eq, operator.ne, operator.gt, operator.ge]
SIGNED = np.array([2**53 + 1, 2**63 - 1, -1, 0, -2**63, 5, 2**53])
UNSIGNED = np.array([2**53, 2**63 - 1, 2**63, 2**64 - 1, 0, 5, 2**53 + 1], np.uint64)


@pytest.fixture(params=[0, 1, 2], ids=["automatic", "compiled", "loops"])
def policy(request):
    _core.array_set_policy(request.param)
    yield
    _core.array_set_policy(0)


@pytest.mark.parametrize("dtype", ["int64", "int8"])
def test_signed_beside_unsigned(policy, dtype):
    signed = SIGNED.astype(dtype)
    for compare in COMPARISONS:
        for a, b in ((signed[:, None], UNSIGNED), (UNSIGNED[:, None], signed)):
            np.testing.assert_array_equal(compare(wf.asarray(a), wf.asarray(b)).get(), compare(a, b))


def test_numbers_beyond_the_type():
    numbers = [np.uint64(2**63), np.uint64(3), np.int64(-1), -1, 0, 2**63, 2**64, 2**70, -2**70, 2**2000, -2**2000, 2**53 + 1, 300]
    for compare in COMPARISONS:
        for host in (SIGNED, UNSIGNED, SIGNED.astype("i1"), UNSIGNED.astype("u1")):
            for number in numbers:
                expected = np.array([compare(int(x), int(number)) for x in host])
                np.testing.assert_array_equal(compare(wf.asarray(host), number).get(), expected)
                expected = np.array([compare(int(number), int(x)) for x in host])
                np.testing.assert_array_equal(compare(number, wf.asarray(host)).get(), expected)


def test_out_and_where():
    out, mask = wf.zeros(7, bool), np.arange(7) % 2 == 0
    wf.less(wf.asarray(SIGNED), wf.asarray(UNSIGNED), out=out, where=wf.asarray(mask))
    expected = np.zeros(7, bool)
    np.less(SIGNED, UNSIGNED, out=expected, where=mask)
    np.testing.assert_array_equal(out.get(), expected)


def test_membership():
    expected = [int(x) in map(int, UNSIGNED) for x in SIGNED]
    for times in (1, 9):
        np.testing.assert_array_equal(wf.isin(wf.asarray(SIGNED), wf.asarray(np.tile(UNSIGNED, times))).get(), expected)
    expected = [int(x) not in map(int, SIGNED) for x in UNSIGNED]
    np.testing.assert_array_equal(wf.isin(wf.asarray(UNSIGNED), wf.asarray(SIGNED), invert=True).get(), expected)


def test_large_numbers_beside_floats():
    a = wf.asarray([1.5])
    assert float((a + 2**70)[0]) == 1.5 + 2**70
    a[0] = 2**70
    assert float(a[0]) == 2.0**70
    with pytest.raises(OverflowError, match="too large to convert to C long"):
        wf.asarray([1]) + 2**70
    with pytest.raises(OverflowError, match="too large to convert to float"):
        a + 2**2000
    with pytest.raises(OverflowError):
        wf.asarray([1])[0:1] = 2**70
