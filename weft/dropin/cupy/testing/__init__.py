"""cupy.testing: checks of arrays wherever they are, and decorators that run a test with NumPy and with CuPy and compare.

    class TestAdd:
        @testing.for_all_dtypes()
        @testing.numpy_cupy_allclose(rtol=1e-6)
        def test_add(self, xp, dtype):
            a = testing.shaped_arange((2, 3), xp, dtype)
            return a + a

Written to the documented interface of CuPy's module; pytest is needed only by the decorators that mark or parameterize.
"""

from ._array import (assert_allclose, assert_almost_equal, assert_array_almost_equal, assert_array_almost_equal_nulp, assert_array_equal,
                     assert_array_less, assert_array_list_equal, assert_array_max_ulp)
from . import _attr
from ._attr import multi_gpu
from ._helper import (AssertFunctionIsCalled, NumpyAliasBasicTestBase, NumpyAliasTestBase, NumpyAliasValuesTestBase, assert_function_is_called,
                      assert_warns, generate_matrix, installed, numpy_satisfies, shaped_arange, shaped_linspace, shaped_random,
                      shaped_reverse_arange, shaped_sparse_random, with_requires)
from ._loops import (for_all_dtypes, for_all_dtypes_combination, for_CF_orders, for_complex_dtypes, for_contiguous_axes, for_dtypes,
                     for_dtypes_combination, for_float_dtypes, for_int_dtypes, for_int_dtypes_combination, for_orders, for_signed_dtypes,
                     for_signed_dtypes_combination, for_unsigned_dtypes, for_unsigned_dtypes_combination, numpy_cupy_allclose,
                     numpy_cupy_array_almost_equal, numpy_cupy_array_almost_equal_nulp, numpy_cupy_array_equal, numpy_cupy_array_less,
                     numpy_cupy_array_list_equal, numpy_cupy_array_max_ulp, numpy_cupy_equal, numpy_cupy_raises)
from ._parameterized import parameterize, product, product_dict
from ._random import fix_random, generate_seed


def __getattr__(name):
    if name == "slow":
        return _attr.slow
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
