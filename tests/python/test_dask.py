"""Dask's arrays of chunks that are weft's: dask.array's own functions, which come back as weft's arrays."""

import numpy as np
import pytest

import weft as wf

da = pytest.importorskip("dask.array")
HOST = np.random.default_rng(3).random((60, 40))


@pytest.fixture
def x():
    return da.from_array(wf.asarray(HOST), chunks=(20, 15), asarray=False)


CASES = {
    "a sum of both ways": lambda x: (x[:40] + x[:40].T).sum(axis=0) if x.shape[0] == 40 else (x + 1).sum(axis=0),
    "mean of a function": lambda x: da.sin(x).mean(), "std": lambda x: x.std(axis=1), "product": lambda x: x.T @ x, "tensordot": lambda x: da.tensordot(x, x, axes=(0, 0)),
    "mask": lambda x: x[x[:, 0] > 0.5], "where": lambda x: da.where(x > 0.5, x, 0), "joined": lambda x: da.concatenate([x, x]), "stacked": lambda x: da.stack([x, x]).max(axis=0),
    "scan": lambda x: x.rechunk(30).cumsum(axis=0), "argmax": lambda x: x.argmax(axis=0), "blocks": lambda x: x.map_blocks(lambda block: block * 2),
    "overlap": lambda x: x.map_overlap(lambda block: block * 2, depth=1), "norm": lambda x: da.linalg.norm(x), "norms": lambda x: da.linalg.norm(x, axis=1),
    "taken": lambda x: da.take(x, [3, 1, 50], axis=0), "reshaped": lambda x: x.reshape(-1)[::7], "einsum": lambda x: da.einsum("ij,ij->i", x, x),
}


@pytest.mark.parametrize("name", CASES)
def test_what_dask_makes_of_them(x, name):
    got = CASES[name](x).compute()
    want = CASES[name](da.from_array(HOST, chunks=(20, 15))).compute()
    assert isinstance(got, wf.ndarray), type(got)
    np.testing.assert_allclose(got.get(), want, rtol=1e-12)


def test_percentiles_and_empty_chunks(x):
    """Of a distributed array they are about; in one chunk they are the percentiles."""
    one = da.from_array(wf.asarray(HOST[0]), chunks=-1, asarray=False)
    np.testing.assert_allclose(np.asarray(da.percentile(one, [0, 50, 100]).compute()), np.percentile(HOST[0], [0, 50, 100]), rtol=1e-12)
    assert x[x[:, 0] > 2].compute().shape == (0, 40)


def test_the_way_there_and_back():
    y = da.from_array(HOST, chunks=20).map_blocks(wf.asarray)
    assert isinstance(y.compute(), wf.ndarray)
    dispatch = pytest.importorskip("dask.array.dispatch")
    assert isinstance(dispatch.to_numpy_dispatch(wf.ones(3)), np.ndarray) and isinstance(dispatch.empty_lookup.dispatch(wf.ndarray)((2,), dtype="f4"), wf.ndarray)


def test_equal_values_are_one_task():
    base = pytest.importorskip("dask.base")
    assert base.tokenize(wf.arange(5)) == base.tokenize(wf.arange(5)) != base.tokenize(wf.arange(1, 6))
