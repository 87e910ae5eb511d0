"""Pearson's test of counts."""

import numpy as np


def chi_square_test(observed, expected, alpha=0.05, df=None):
    """True unless the counts speak, at level alpha, against the expectation."""
    from scipy import stats
    observed, expected = np.asarray(observed, float), np.asarray(expected, float)
    if observed.shape != expected.shape:
        raise ValueError("observed and expected counts differ in number")
    df = observed.size - 1 if df is None else df
    return bool(((observed - expected) ** 2 / expected).sum() < stats.chi2.isf(alpha, df))
