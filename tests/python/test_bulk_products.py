"""Matrix products: NumPy's results; with config.reproducible one documented order, from C and from CUDA C."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import weft as wf
from weft._array import bulk, products

pytestmark = pytest.mark.filterwarnings("error::weft.FallbackWarning", "ignore::RuntimeWarning")
quick = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
DTYPES = ["bool", "int8", "uint8", "int32", "int64", "float16", "float32", "float64", "complex64", "complex128"]


@pytest.fixture(params=["default", "reproducible", "kernels"])
def engine(request):
    bulk.kernels_everywhere = request.param == "kernels"
    wf.config.reproducible = request.param != "default"
    yield request.param
    bulk.kernels_everywhere = False
    wf.config.reproducible = None


def values(shape, dtype, seed=0):
    x = np.random.default_rng(seed).integers(-3, 4, shape)
    return (x + 1j * x[..., ::-1] if np.dtype(dtype).kind == "c" else x).astype(dtype)


def same(got, expected):
    assert got.dtype == expected.dtype and got.shape == expected.shape
    np.testing.assert_allclose(got.get(), expected, rtol=1e-3 if expected.dtype == np.float16 else 1e-5)


@quick
@given(shapes=st.sampled_from([((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 4)), ((5, 7), (7, 2)), ((1, 300), (300, 1)), ((70, 20), (20, 90)), ((136, 68), (68, 132)),
                               ((4, 2, 3), (3, 5)), ((2, 1, 2, 3), (4, 3, 2)), ((2, 0), (0, 3)), ((0, 2), (2, 3)), ((2, 3), (4, 3, 1))]),
       dtype=st.sampled_from(DTYPES), turned=st.booleans())
def test_matmul(engine, shapes, dtype, turned):
    a, b = values(shapes[0], dtype), values(shapes[1], dtype, 1)
    p, q = wf.asarray(a), wf.asarray(b)
    if turned and a.ndim == b.ndim == 2:
        p, q = wf.asarray(np.ascontiguousarray(a.T)).T, wf.asarray(np.ascontiguousarray(b[:, ::-1]))[:, ::-1]
    same(p @ q, a @ b)


@pytest.mark.parametrize("shape", [(3, 4), (130, 70)])
@pytest.mark.parametrize("k", [5, 8])
@pytest.mark.parametrize("dtype", ["float32", "complex64"])
def test_a_zero_is_positive(dtype, k, shape):
    """A product too small for its type leaves a chain at -0; its result is +0 wherever k ends."""
    a, b = np.zeros((shape[0], k), dtype), np.zeros((k, shape[1]), dtype)
    a[:, -1], b[-1] = -1e-30, 1e-30
    try:
        for kernels in False, True:
            bulk.kernels_everywhere, wf.config.reproducible = kernels, True
            got = (wf.asarray(a) @ wf.asarray(b)).get()
            assert not got.any() and not np.signbit(got.real).any()
    finally:
        bulk.kernels_everywhere, wf.config.reproducible = False, None


@pytest.mark.parametrize("dtype, k", [("float32", 5), ("float32", 1024), ("float32", 1025), ("float32", 66000), ("float64", 2600),
                                      ("complex64", 2600)])
def test_one_order_on_every_device(dtype, k):
    """Blocks of 1024 along k, each one chain of fused multiply-adds; the blocks in order."""
    rng = np.random.default_rng(k)
    a, b = (rng.standard_normal(shape).astype(dtype) for shape in ((3, k), (k, 2)))
    if dtype == "complex64":
        a, b = (x + 1j * rng.standard_normal(x.shape).astype("float32") for x in (a, b))
    wf.config.reproducible = True
    got = (wf.asarray(a) @ wf.asarray(b)).get()
    padded = (wf.asarray(np.pad(a, ((0, 200), (0, 0)))) @ wf.asarray(np.pad(b, ((0, 0), (0, 300))))).get()
    bulk.kernels_everywhere = True
    kernel = (wf.asarray(a) @ wf.asarray(b)).get()
    bulk.kernels_everywhere, wf.config.reproducible = False, None
    np.testing.assert_array_equal(got, kernel)
    np.testing.assert_array_equal(got, padded[:3, :2])
    if dtype == "float32":  # float64 holds a product of float32 and rounds the sum so rarely wrongly that these values have none
        blocks = []
        for at in range(0, k, 1024):
            chain = np.float32(0)
            for x, y in zip(a[1, at:at + 1024], b[at:at + 1024, 1]):
                chain = np.float32(np.float64(x) * np.float64(y) + np.float64(chain))
            blocks.append(chain)
        while len(blocks) > 1:
            blocks = [np.add.accumulate(np.array(blocks[r:r + 64]))[-1] for r in range(0, len(blocks), 64)]
        assert got[1, 1] == blocks[0]


def test_the_family(engine):
    rng = np.random.default_rng(2)
    a, b, c = rng.random((3, 4, 5)), rng.random((4, 3, 2)), rng.random(5)
    p, q, r = map(wf.asarray, (a, b, c))
    same(wf.dot(p, r), np.dot(a, c))
    same(wf.dot(p, wf.asarray(rng.random((2, 5, 3))) * 0 + 1), np.dot(a, np.ones((2, 5, 3))))
    same(wf.inner(p, r), np.inner(a, c))
    same(wf.tensordot(p, q, ([1, 0], [0, 1])), np.tensordot(a, b, ([1, 0], [0, 1])))
    same(wf.tensordot(p, r, 1), np.tensordot(a, c, 1))
    same(wf.tensordot(r, r, 0), np.tensordot(c, c, 0))
    same(wf.kron(p[0], q[0]), np.kron(a[0], b[0]))
    same(wf.kron(r, q), np.kron(c, b))
    same(wf.vdot(r * 1j, r), np.vdot(c * 1j, c))
    same(wf.vecdot(p * 1j, r), np.vecdot(a * 1j, c))
    same(wf.matmul(p[0], p[0].T, out=wf.empty((4, 4))), a[0] @ a[0].T)
    for options in ({}, {"rowvar": False}, {"bias": True}, {"fweights": [1, 2, 1, 3, 1]}, {"aweights": c}):
        if options.get("rowvar", True):
            same(wf.cov(p[0], **options), np.cov(a[0], **options))
        else:
            same(wf.cov(p[0], **options), np.cov(a[0], **options))
    same(wf.cov(r, r[::-1]), np.cov(c, c[::-1]))
    same(wf.corrcoef(p[0]), np.corrcoef(a[0]))


@pytest.mark.parametrize("text, shapes", [
    ("ij,jk->ik", [(3, 4), (4, 5)]), ("ij,kj", [(3, 4), (5, 4)]), ("ii", [(4, 4)]), ("ii->i", [(4, 4)]), ("ij->ji", [(3, 4)]), ("ijk->j", [(2, 3, 4)]),
    ("i,i", [(5,), (5,)]), ("i,j->ij", [(3,), (4,)]), ("bij,bjk->bik", [(2, 3, 4), (2, 4, 5)]), ("...ij,...jk->...ik", [(2, 1, 3, 4), (6, 4, 5)]),
    ("ij,jk,kl->il", [(3, 4), (4, 5), (5, 2)]), ("ab,b,ac->c", [(3, 4), (4,), (3, 2)]), ("i...->...", [(3, 2, 2)]), ("ij,ij->ij", [(3, 4), (3, 4)]),
    ("ijij->ij", [(2, 3, 2, 3)]), ("abc,cd,def->abef", [(2, 3, 4), (4, 5), (5, 2, 3)]), ("ij,j->i", [(3, 1), (4,)]), ("i,ij,j", [(3,), (3, 4), (4,)])])
def test_einsum(engine, text, shapes):
    for dtype in ("int64", "float32", "complex128"):
        host = [values(shape, dtype, k) for k, shape in enumerate(shapes)]
        for optimize in (False, True):
            same(wf.einsum(text, *map(wf.asarray, host), optimize=optimize), np.einsum(text, *host))


@pytest.mark.parametrize("text, shapes", [
    ("ij,ij->i", [(3, 4), (3, 4)]), ("ij,ij->j", [(3, 4), (3, 4)]), ("ij,ji->", [(3, 4), (4, 3)]), ("ijk,k->ki", [(2, 3, 4), (4,)]),
    ("j,ij->ji", [(4,), (3, 4)]), ("i,jk->kij", [(2,), (3, 4)]), ("ji,ijk->ik", [(3, 2), (2, 3, 4)]), (",ij->ji", [(), (3, 4)]),
    ("ij,ij->ij", [(3, 1), (3, 4)]), ("iij->j", [(3, 3, 4)]), ("ii->", [(3, 3)]), ("i,ij->", [(0,), (0, 4)])])
def test_einsum_as_one_product_of_elements(engine, text, shapes):
    """Plain cases are done at once; so are they from views, and 16-bit sums still are made in float32."""
    for dtype in ("float32", "complex128", "float16"):
        host = [values(shape or (1,), dtype, k).reshape(shape) for k, shape in enumerate(shapes)]
        for ours in (list(map(wf.asarray, host)), [wf.asarray(np.array(a, order="F")) for a in host]):
            result = wf.einsum(text, *ours)
            assert result.dtype == host[0].dtype
            np.testing.assert_allclose(result.get(), np.einsum(text, *host), rtol=4e-3 if dtype == "float16" else 1e-5, atol=1e-5)


def test_einsum_takes_numbers_and_lists():
    x = values((3,), "float64")
    for text, args in ((",i->", (3, x)), ("i,->i", (x, 2.5)), ("i,i", ([1, 2, 3], x))):
        same(wf.einsum(text, *(wf.asarray(a) if a is x else a for a in args)), np.einsum(text, *args))
    with pytest.raises(ValueError, match="subscripts"):
        wf.einsum("i,i", 1, wf.asarray(x))


def test_matmul_casts_its_output_as_it_is_told():
    a, out = wf.ones((2, 2)) * 1.5, wf.zeros((2, 2), int)
    assert wf.matmul(a, a, out=out, casting="unsafe") is out and out.tolist() == [[4, 4], [4, 4]]
    with pytest.raises(TypeError, match="same_kind"):
        wf.matmul(a, a, out=out)


def test_einsum_lists_and_errors():
    a, b = values((2, 3), "float64"), values((3, 4), "float64")
    same(wf.einsum(wf.asarray(a), [0, 1], wf.asarray(b), [1, 2], [0, 2]), a @ b)
    for text, args in (("ij,jk", (a, a)), ("ij", (a, b)), ("i", (a,)), ("ij->ik", (a,)), ("ij->ii", (a,)), ("i$", (a,))):
        with pytest.raises(ValueError):
            wf.einsum(text, *map(wf.asarray, args))
    for run in (lambda: wf.asarray(a) @ wf.asarray(a), lambda: wf.dot(wf.asarray(a), wf.asarray(a)), lambda: wf.matmul(wf.asarray(a), 3.0),
                lambda: wf.tensordot(wf.asarray(a), wf.asarray(b), 2)):
        with pytest.raises(ValueError):
            run()


def test_runs_of_blocks_on_a_device():
    """More than 65536 along k: launches of their own, whose results are added in runs of 64."""
    assert products.RUN_K == 64 * 1024
    a = np.random.default_rng(9).standard_normal((2, 140000)).astype("float32")
    wf.config.reproducible = True
    host = (wf.asarray(a) @ wf.asarray(a).T).get()
    bulk.kernels_everywhere = True
    kernel = (wf.asarray(a) @ wf.asarray(a).T).get()
    bulk.kernels_everywhere, wf.config.reproducible = False, None
    np.testing.assert_array_equal(host, kernel)
