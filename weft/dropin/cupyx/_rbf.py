"""Radial basis functions: the kernels and matrices of cupyx.scipy.interpolate's private module, on the device."""

import itertools

import numpy as np
import weft as _weft


def _thin_plate_spline(r):
    return _weft.where(r == 0, 0, r * r * _weft.log(_weft.where(r == 0, 1, r)))


NAME_TO_FUNC = {
    "linear": lambda r: -r,
    "thin_plate_spline": _thin_plate_spline,
    "cubic": lambda r: r ** 3,
    "quintic": lambda r: -r ** 5,
    "multiquadric": lambda r: -_weft.sqrt(r * r + 1),
    "inverse_multiquadric": lambda r: 1 / _weft.sqrt(r * r + 1),
    "inverse_quadratic": lambda r: 1 / (r * r + 1),
    "gaussian": lambda r: _weft.exp(-r * r),
}


def kernel_matrix(x, kernel_func, out):
    """The function of each two points' distance, into out."""
    between = x[:, None, :] - x[None, :, :]
    out[...] = kernel_func(_weft.sqrt((between * between).sum(-1)))


def polynomial_matrix(x, powers, out):
    """The monomials with these exponents at each point, into out."""
    out[...] = (x[:, None, :] ** _weft.asarray(powers)[None, :, :]).prod(-1)


def _monomial_powers(ndim, degree):
    """The exponents of all monomials up to that degree, one row each, by degree."""
    rows = [[chosen.count(k) for k in range(ndim)]
            for d in range(degree + 1) for chosen in itertools.combinations_with_replacement(range(ndim), d)]
    return _weft.asarray(np.array(rows, np.int64).reshape(-1, ndim))


RBF = {"NAME_TO_FUNC": NAME_TO_FUNC, "kernel_matrix": kernel_matrix, "polynomial_matrix": polynomial_matrix, "_monomial_powers": _monomial_powers}
