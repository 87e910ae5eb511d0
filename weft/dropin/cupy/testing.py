"""cupy.testing: NumPy's checks, on the host."""

import numpy as _numpy

from weft import asnumpy as _asnumpy


def _check(name):
    function = getattr(_numpy.testing, name)

    def check(actual, desired, *args, **kwargs):
        return function(_asnumpy(actual), _asnumpy(desired), *args, **kwargs)
    check.__name__ = name
    return check


assert_allclose = _check("assert_allclose")
assert_array_equal = _check("assert_array_equal")
assert_array_almost_equal = _check("assert_array_almost_equal")
assert_array_almost_equal_nulp = _check("assert_array_almost_equal_nulp")
assert_array_max_ulp = _check("assert_array_max_ulp")
assert_array_less = _check("assert_array_less")
