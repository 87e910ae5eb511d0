"""Run by test_cupy_names.py under the drop-in. Names of CuPy's that SciPy has given up or lays elsewhere: wavelets, LAPACK's routines, Cholesky solvers."""
import numpy as np
import pytest


@pytest.fixture(scope="module")
def cp():
    import cupy
    return cupy


def test_linear_equations(cp):
    import cupyx
    from cupyx import lapack
    rng = np.random.default_rng(2)
    m = rng.standard_normal((3, 5, 5))
    positive = m @ m.swapaxes(-1, -2) + 5 * np.eye(5)
    for b in (rng.standard_normal((3, 5)), rng.standard_normal((3, 5, 2))):
        expected = np.linalg.solve(positive, b[..., None] if b.ndim == 2 else b).reshape(b.shape)
        np.testing.assert_allclose(lapack.posv(cp.asarray(positive), cp.asarray(b)).get(), expected, rtol=1e-9)
        lower = np.linalg.cholesky(positive)
        upper = lower.swapaxes(-1, -2).copy()
        lower[:, np.triu_indices(5, 1)[0], np.triu_indices(5, 1)[1]] = np.nan  # never read
        np.testing.assert_allclose(lapack.potrs(cp.asarray(lower), cp.asarray(b), True).get(), expected, rtol=1e-9)
        np.testing.assert_allclose(cupyx.linalg.cho_solve((cp.asarray(upper), False), cp.asarray(b)).get(), expected, rtol=1e-9)
    a, b = cp.asarray(positive[0]), cp.asfortranarray(cp.asarray(rng.standard_normal((5, 2))))
    expected = np.linalg.solve(a.get(), b.get())
    lapack.gesv(a, b)
    np.testing.assert_allclose(b.get(), expected, rtol=1e-9)
    tall = rng.standard_normal((6, 3))
    np.testing.assert_allclose(lapack.gels(cp.asarray(tall), cp.ones(6)).get(), np.linalg.lstsq(tall, np.ones(6), rcond=None)[0], rtol=1e-9)
    np.testing.assert_allclose(cupyx.linalg.sparse.lschol(a, cp.ones(5)).get(), np.linalg.solve(a.get(), np.ones(5)), rtol=1e-9)


def test_equations_that_do_not_fit(cp):
    import cupyx
    from cupyx import lapack
    with pytest.raises(ValueError, match="a has 2 dimensions, got 3"):
        lapack.gesv(cp.ones((1, 2, 2)), cp.ones(2))
    with pytest.raises(TypeError, match="one dtype"):
        lapack.gesv(cp.ones((2, 2), "i"), cp.ones(2))
    with pytest.raises(ValueError, match="Fortran's order"):
        lapack.gesv(cp.eye(2), cp.ones((2, 2)))
    with pytest.raises(np.linalg.LinAlgError):
        lapack.posv(-cp.eye(2), cp.ones(2))
    with pytest.raises(ValueError, match="does not fit matrices of shape"):
        lapack.potrs(cp.eye(2), cp.ones(3), True)
    with pytest.raises(ValueError, match="finite"):
        cupyx.linalg.cho_solve((cp.eye(2), True), cp.asarray([1, np.nan]))


def test_wavelets(cp):
    from cupyx.scipy import signal
    x = (np.arange(9) - 4.0)
    np.testing.assert_allclose(signal.ricker(9, 2.0).get(), 2 / (np.sqrt(6) * np.pi ** 0.25) * (1 - x ** 2 / 4) * np.exp(-x ** 2 / 8), rtol=1e-12)
    np.testing.assert_allclose(signal.morlet2(9, 2.0, w=3).get(), np.sqrt(0.5) * np.exp(1.5j * x) * np.exp(-x ** 2 / 8) * np.pi ** -0.25, rtol=1e-12)
    wave = signal.morlet(101, w=5.0).get()
    assert abs(wave.mean()) < 1e-3 and wave.dtype == np.complex128 and abs(wave[50] - np.pi ** -0.25 * (1 - np.exp(-12.5))) < 1e-12
    assert signal.qmf(cp.asarray([1.0, 2.0, 3.0])).tolist() == [3.0, -2.0, 1.0]
    data = np.sin(np.linspace(0, 20, 200))
    rows = signal.cwt(cp.asarray(data), signal.ricker, cp.asarray([1, 4, 30])).get()
    assert rows.shape == (3, 200)
    for row, width in zip(rows, (1, 4, 30)):
        wave = signal.ricker(min(10 * width, 200), width).get()
        np.testing.assert_allclose(row, np.convolve(data, wave[::-1], "same"), rtol=1e-9, atol=1e-12)


def test_distributions_and_distances(cp):
    import scipy.special
    from cupyx.scipy import special
    from cupyx.scipy.spatial import distance
    x = np.linspace(0.1, 0.9, 5)
    np.testing.assert_allclose(special.btdtr(2.0, 3.0, cp.asarray(x)).get(), scipy.special.betainc(2.0, 3.0, x), rtol=1e-10)
    np.testing.assert_allclose(special.btdtri(2.0, 3.0, cp.asarray(x)).get(), scipy.special.betaincinv(2.0, 3.0, x), rtol=1e-8)
    a, b = np.arange(6.0).reshape(3, 2), np.ones((2, 2))
    np.testing.assert_allclose(distance.distance_matrix(cp.asarray(a), cp.asarray(b)).get(), np.linalg.norm(a[:, None] - b, axis=-1), rtol=1e-12)
    p, q = np.array([0.2, 0.8]), np.array([0.5, 0.5])
    np.testing.assert_allclose(float(distance.kl_divergence(cp.asarray(p), cp.asarray(q))), (p * np.log(p / q)).sum(), rtol=1e-12)
    np.testing.assert_allclose(float(distance.hellinger(cp.asarray(p), cp.asarray(q))), np.sqrt(((p ** 0.5 - q ** 0.5) ** 2).sum() / 2), rtol=1e-12)
