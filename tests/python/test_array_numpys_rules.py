"""What NumPy's own tests found when they were run with weft in NumPy's place: expressions that say the same in both, errors included."""

import warnings

import numpy as np
import pytest

import weft as wf
from weft._array.gufunc import GeneralizedUFunc

SAME = """
np.nanpercentile(np.zeros((0, 3)), 40)
np.nanpercentile(np.zeros((0, 3)), 40, axis=0)
np.nanquantile(np.zeros((0, 3), 'f'), 0.4, axis=1, keepdims=True)
np.bincount(np.array([1, 3, 3], 'u8'))
np.add(np.arange(3.), 1, signature='dd->d')
np.add(np.arange(3.), 1, sig='ff->f')
np.add(np.arange(3.), 1, signature=(None, None, 'f4'))
np.add(np.arange(3.), 1, signature=('f4', 'f4', 'f4'), casting='safe')
np.add(np.arange(3.), 1, signature='foo')
np.add(np.arange(3), 1, signature='dd->d', dtype='f4')
np.sqrt(np.arange(3), signature='f->f', casting='unsafe')
np.less(np.arange(3.), 2, signature='dd->?')
np.multiply(np.array([1, 2], 'i1'), 300, signature='hh->h')
np.add(np.arange(2), 1, signature='ll->l', where=np.array([True, False]), out=np.zeros(2, 'i8'))
np.reciprocal(np.array(4.), out=...)
np.add.reduce(np.ones(3), out=...)
np.clip(np.ones(3), 0, 2, min=1)
np.nanvar(np.ones(3), ddof=1, correction=1)
np.std(np.ones(3), ddof=1, correction=1)
np.linalg.outer(np.arange(2), np.ones(2))
np.linalg.outer(np.ones((2, 2)), np.ones(2))
np.linalg.cross(np.ones((2, 2)), np.ones((2, 2)))
np.linalg.cross(np.arange(6).reshape(2, 3), np.ones((2, 3)))
np.nanvar(np.array([[1., 2], [np.nan, 3]]), axis=0, ddof=2)
np.nanvar(np.array([[1., 2], [np.nan, 3], [1, 7]]), axis=1, keepdims=True, ddof=1)
np.unique(np.array([1, np.nan, 0, np.nan]), axis=0)
np.unique(np.array([1, 2, 1, 0]), axis=-1)
np.ediff1d(np.array([1, 2, 4], np.int16), to_begin=65536)
np.ediff1d(np.array([1, 2, 4], np.float32), to_begin=5.0)
np.ediff1d(np.array([1, 2, 4], np.int32), [0, 3], 0)
np.ediff1d(np.array([1, 2, 4]), to_end=np.nan)
np.ravel_multi_index(np.array([[1.], [2.]]), (10, 3))
np.piecewise(np.array(3), np.array(3) > 4, [4, 0])
np.piecewise(np.array(3), np.array(3) > 2, [4, 0])
np.average(np.ones((2, 2)), weights=np.ones((3,)), axis=0)
np.average(np.arange(24.).reshape(2, 3, 4), weights=np.arange(1, 7.).reshape(3, 2), axis=(1, 0))
np.ones((2, 3)).transpose(np.array([1, 0]))
np.ones((2, 3)).transpose(host.array([1, 0]))
np.zeros(np.array([2, 3]))
np.zeros(host.array([2, 3]))
np.ones(host.array(4))
np.vecdot(np.arange(27.).reshape(3, 3, 3), np.arange(1, 28.).reshape(3, 3, 3), axes=[0, 0])
np.vecdot(np.arange(27.).reshape(3, 3, 3), np.arange(1, 28.).reshape(3, 3, 3), axes=[0, 2])
np.vecdot(np.arange(27.).reshape(3, 3, 3), np.arange(1, 28.).reshape(3, 3, 3), axis=1, keepdims=True)
np.vecdot(np.arange(3.), np.ones((2, 3)), out=np.zeros((2, 2)))
np.matvec(np.arange(6.).reshape(3, 2), np.arange(3), axes=[(1, 0), 0, 0])
np.matvec(np.arange(6.).reshape(3, 2), np.arange(2.), out=np.zeros(3))
np.vecmat(np.arange(2) + 1j, np.ones((2, 3)), axes=[0, (0, 1), 0])
np.isin(np.arange(3), np.array([1]), kind='bogus')
np.linalg.matrix_transpose(np.ones(3))
np.choose(np.array([0, 1]), [np.ones(2, np.float32), 1.0])
np.isclose(np.ones(1, np.float32), 0.9999999999999998, atol=0, rtol=0)
np.isclose(np.ones(2, np.int8), 1.0)
np.arange(0, 1, np.inf)
np.arange(0, 10, -np.inf)
np.array(np.size(np.ones((2, 3)), (0, 1)))
np.array(np.ones((2, 3)).T.flags.fortran)
np.einsum('i->', np.arange(5.), out=np.zeros((), np.int32), casting='unsafe', dtype=np.float64)
np.percentile(np.array([0.] * 40000 + [1.] * 25521, np.float16), 99)
np.percentile(np.arange(1, 6, dtype=np.float32), np.float64(50))
np.percentile(np.arange(1, 6, dtype=np.float32), 50)
np.quantile(np.arange(40, dtype=np.float32), np.float32(0.4), method='inverted_cdf')
np.nanquantile(np.arange(40, dtype=np.float32), host.array([0.1, 0.9], np.float32), method='averaged_inverted_cdf')
np.quantile(np.arange(3.), 0.5, method='inverted_cdf', weights=np.zeros(3))
np.quantile(np.arange(3.), 0.5, method='inverted_cdf', weights=np.array([1, np.inf, 1]))
np.quantile(np.arange(3.), 0.5, method='inverted_cdf', weights=np.array([1, 3, 1]))
np.partition(np.zeros((0,)), 0)
np.argpartition(np.zeros((2, 0)), 0)
np.putmask(np.arange(6), np.array([True]), 1)
np.putmask(np.arange(6).reshape(2, 3), np.array([True] * 3), 1)
np.arange(stop=3)
np.arange(1, np.inf)
np.arange(np.nan)
np.ones(3).conj(np.zeros(3))
np.ones(3).dot(b=np.ones(3))
"""


@pytest.mark.parametrize("expression", SAME.strip().splitlines())
def test_as_numpy(expression):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = np.asarray(eval(expression, {"np": np, "host": np}))
    except Exception as error:
        with pytest.raises(ValueError if isinstance(error, ValueError) else type(error)):
            eval(expression, {"np": wf, "host": np})
        return
    result = eval(expression, {"np": wf, "host": np})
    assert result.dtype == expected.dtype and result.shape == expected.shape
    np.testing.assert_allclose(result.get(), expected, rtol=1e-6)


def test_memory_is_not_looked_at_in_another_byte_order():
    with pytest.raises(ValueError, match="byte order"):
        wf.arange(4.).view(np.dtype(">f8"))
    assert wf.arange(4.).view("<f8").sum() == 6


def test_sizes_of_draws_by_arrays():
    assert wf.random.default_rng(0).random(np.array([2, 3])).shape == (2, 3)
    assert wf.random.default_rng(0).random(wf.array([2, 3])).shape == (2, 3)


def test_a_polynomial_as_an_array():
    np.testing.assert_array_equal(wf.asarray(wf.poly1d([1, 2, 3])).get(), [1, 2, 3])


def test_generalized_ufuncs_are_called_with_arrays_of_the_device():
    norm = GeneralizedUFunc(lambda x: wf.sqrt((x * x).sum()), "(i)->()")
    x = wf.arange(24, dtype="f8").reshape(2, 3, 4)
    expected = wf.linalg.norm(x, axis=1)
    assert abs(norm(x, axis=1) - expected).max() < 1e-12
    assert norm(x, axis=1, keepdims=True).shape == (2, 1, 4)
    product = GeneralizedUFunc(lambda a, b: a @ b, "(i,j),(j,k)->(i,k)", supports_batched=True)
    assert (product(x, x.transpose(0, 2, 1)) == x @ x.transpose(0, 2, 1)).all()
    out = wf.empty((2, 3, 3))
    assert product(x, x.transpose(0, 2, 1), out=out) is out and (out == x @ x.transpose(0, 2, 1)).all()
    with pytest.raises(ValueError, match="elements along j"):
        product(x, x)
    doubles = GeneralizedUFunc(lambda a: a, "(i)->(i)", signatures=(("f->f", lambda a: a * 2),))
    assert doubles(wf.ones(2, "f")).tolist() == [2, 2] and doubles(wf.ones(2, "f"), casting="no").dtype == "f"


def test_arguments_that_exclude_each_other():
    x = wf.asarray([[1.0, 2, 4], [3, 3, 9]])
    for f in (wf.var, wf.std, wf.nanvar, wf.nanstd):
        with pytest.raises(ValueError, match="simultaneously"):
            f(x, ddof=1, correction=1)
        assert float(f(x, correction=1)) == float(f(x, ddof=1)) == float(f(x, ddof=0, correction=1))
    with pytest.raises(ValueError, match="forbidden"):
        wf.clip(x, 0, 2, min=1)
    with pytest.raises(ValueError, match="integer"):
        wf.random.choice(5.5, 3)
