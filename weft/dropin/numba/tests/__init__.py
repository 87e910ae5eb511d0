"""numba.tests: helpers for tests of Numba programs."""
