"""Running sums and products: NumPy's results, the documented order, the same bits from every implementation."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import weft as wf
from weft._array import bulk

pytestmark = pytest.mark.filterwarnings("error::weft.FallbackWarning")
quick = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(params=[False, True], ids=["ready-made", "kernels"])
def kernels(request):
    bulk.kernels_everywhere = request.param
    yield request.param
    bulk.kernels_everywhere = False


def chained(parts):
    """Running sums in order: what stands before each part."""
    before, sums = [], None
    for part in parts:
        before.append(sums)
        sums = part if sums is None else sums + part
    return before, sums


def documented(x):
    """docs/orders.md, word for word."""
    groups = [[x[g:g + 16] for g in range(b, min(b + 256, len(x)), 16)] for b in range(0, len(x), 256)]
    totals, shown = [], []
    for tile in range(0, len(groups), 16):
        blocks = groups[tile:tile + 16]
        before_groups, block_totals = zip(*(chained([chained(g)[1] for g in block]) for block in blocks))
        before_blocks, total = chained(block_totals)
        shown.append((blocks, before_groups, before_blocks))
        totals.append(total)
    ends = documented(np.array(totals, x.dtype)) if len(totals) > 1 else []
    result = []
    for t, (blocks, before_groups, before_blocks) in enumerate(shown):
        for block, in_block, in_tile in zip(blocks, before_groups, before_blocks):
            for group, in_group in zip(block, in_block):
                chain = None
                for value in group:
                    chain = value if chain is None else chain + value
                    before = chained([p for p in (ends[t - 1] if t else None, in_tile, in_group) if p is not None])[1]
                    result.append(chain if before is None else before + chain)
    return np.array(result, x.dtype)


@pytest.mark.parametrize("n", [1, 15, 16, 17, 255, 257, 4096, 4097, 70000])
def test_cumsum_has_the_documented_order(kernels, n):
    x = np.random.default_rng(n).standard_normal(n).astype("float32")
    expected = documented(x)
    np.testing.assert_array_equal(wf.cumsum(wf.asarray(x)).get(), expected)
    np.testing.assert_array_equal(wf.cumsum(wf.asarray(np.stack([x, x], 1)), 0).get()[:, 1], expected)


def test_long_rows_on_several_threads():
    x = np.random.default_rng(0).standard_normal(1 << 20)
    whole = wf.cumsum(wf.asarray(x)).get()
    np.testing.assert_array_equal(whole[:300000], wf.cumsum(wf.asarray(x[:300000])).get())
    rows = wf.cumsum(wf.asarray(np.stack([x[:200000]] * 8)), 1).get()
    np.testing.assert_array_equal(rows[5], whole[:200000])
    np.testing.assert_allclose(whole, np.cumsum(x), atol=1e-9)


@pytest.mark.parametrize("shape", [(70000,), (3, 70000), (3, 70001), (2, 1100000)])
@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64", "complex128", "int32"])
def test_kernels_have_the_ready_made_bits(shape, dtype):
    """Rows of whole 16 bytes are read once, others twice; 1100000 elements are more than 256 tiles."""
    x = np.random.default_rng(7).standard_normal(shape) * 50
    x = wf.asarray(x.astype(dtype) if np.dtype(dtype).kind != "c" else (x + 1j * x[..., ::-1]).astype(dtype))
    expected = wf.cumsum(x, -1).get()
    bulk.kernels_everywhere = True
    try:
        np.testing.assert_array_equal(wf.cumsum(x, -1).get(), expected)
        if dtype == "int32":
            np.testing.assert_array_equal(wf.cumprod(x[..., :9000], -1).get(), np.cumprod(x.get()[..., :9000], -1))
    finally:
        bulk.kernels_everywhere = False


@quick
@given(shape=st.sampled_from([(), (0,), (7,), (3, 20), (2, 0, 3), (4, 3, 40)]), axis=st.sampled_from([None, 0, 1, -1]),
       dtype=st.sampled_from(["bool", "int8", "uint8", "int32", "uint64", "float16", "float32", "float64", "complex64"]),
       name=st.sampled_from(["cumsum", "cumprod", "nancumsum"]), turned=st.booleans())
def test_as_numpy(kernels, shape, axis, dtype, name, turned):
    x = np.random.default_rng(1).integers(-2, 3, shape).astype(dtype)
    if axis is not None and not -x.ndim <= axis < max(x.ndim, 1):
        axis = None
    if turned:
        x = x.T
    expected = getattr(np, name)(x, axis)
    got = getattr(wf, name)(wf.asarray(x), axis)
    assert got.dtype == expected.dtype and got.shape == expected.shape
    np.testing.assert_array_equal(got.get(), expected)


def test_accumulate_and_friends(kernels):
    x = np.random.default_rng(2).standard_normal((5, 300))
    x[2, 7] = np.nan
    for name in ("maximum", "minimum", "add", "multiply"):
        np.testing.assert_allclose(getattr(wf, name).accumulate(wf.asarray(x), 1).get(), getattr(np, name).accumulate(x, 1), rtol=1e-12)
    y = np.arange(6.0)
    np.testing.assert_array_equal(wf.cumulative_sum(wf.asarray(y), include_initial=True).get(), np.cumulative_sum(y, include_initial=True))
    np.testing.assert_array_equal(wf.diff(wf.cumsum(wf.asarray(y))).get(), y[1:])
    with pytest.raises(np.exceptions.AxisError):
        wf.cumsum(wf.asarray(y), 1)


@pytest.mark.parametrize("offset", [0, 1], ids=["aligned", "not aligned"])
def test_a_sum_too_large_for_caches_begins_as_a_smaller_one(offset):
    """Results of 16 MiB and more go past the cache (src/bulk/scan_wide.c); an element depends on those before it only."""
    x = wf.asarray(np.random.default_rng(7).standard_normal((1 << 22) + 5000).astype(np.float32))
    small = x[:400_000].cumsum().get()
    large = x.cumsum() if not offset else wf.cumsum(x, out=wf.empty(x.size + 1, np.float32)[1:])
    np.testing.assert_array_equal(large[:400_000].get(), small)
    np.testing.assert_allclose(large[-1:].get(), x.get().sum(dtype=np.float64), rtol=1e-4)
