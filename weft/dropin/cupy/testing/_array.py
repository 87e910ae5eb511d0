"""Checks of values: numpy.testing's, with the arrays of either side brought to the host first."""

import functools

import numpy as np

from weft import asnumpy


def _on_host(name, count=2):
    """numpy.testing's check of that name, for arrays anywhere."""
    function = getattr(np.testing, name)

    @functools.wraps(function)
    def check(*args, **kwargs):
        return function(*(asnumpy(a) for a in args[:count]), *args[count:], **kwargs)
    check.__module__ = "cupy.testing"
    return check


assert_almost_equal = _on_host("assert_almost_equal")
assert_array_almost_equal = _on_host("assert_array_almost_equal")
assert_array_almost_equal_nulp = _on_host("assert_array_almost_equal_nulp")
assert_array_max_ulp = _on_host("assert_array_max_ulp")
assert_array_less = _on_host("assert_array_less")


def assert_allclose(actual, desired, rtol=1e-7, atol=0, equal_nan=True, err_msg="", verbose=True, *, strict=False):
    """|actual - desired| <= atol + rtol |desired| everywhere; AssertionError otherwise."""
    np.testing.assert_allclose(asnumpy(actual), asnumpy(desired), rtol=rtol, atol=atol, equal_nan=equal_nan, err_msg=err_msg,
                               verbose=verbose, strict=strict)


def assert_array_equal(actual, desired, err_msg="", verbose=True, *, strict=False, strides_check=False):
    """Equal shapes and values, with strides_check equal strides too; AssertionError otherwise."""
    np.testing.assert_array_equal(asnumpy(actual), asnumpy(desired), err_msg=err_msg, verbose=verbose, strict=strict)
    if strides_check and actual.strides != desired.strides:
        raise AssertionError("\n".join(["Strides are not equal:", *([err_msg] if err_msg else []), f" x: {actual.strides}",
                                        f" y: {desired.strides}"]))


def assert_array_list_equal(xlist, ylist, err_msg="", verbose=True):
    """Two lists or tuples of arrays, equal one by one."""
    if type(xlist) is not type(ylist):
        raise AssertionError(f"\nMatching types of list or tuple are expected, but were different types (xlist:{type(xlist)} ylist:{type(ylist)})")
    if not isinstance(xlist, (list, tuple)):
        raise AssertionError(f"\nList or tuple is expected, but was {type(xlist)}")
    if len(xlist) != len(ylist):
        raise AssertionError(f"\nList size is different: {len(xlist)} and {len(ylist)}")
    for x, y in zip(xlist, ylist):
        assert_array_equal(x, y, err_msg, verbose)
