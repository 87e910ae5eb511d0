"""NumPy's functions of elements that kernels get from Python: compiled into the kernel that calls them. (Most are the compiler's own,
src/pyfunc/call_rules.c; functions outside of kernels have all of NumPy's.)"""

import numpy as np


def square(x):
    return x * x


def positive(x):
    return +x


def reciprocal(x):
    return np.float32(1) / x


def real(z):
    return z.real


def imag(z):
    return z.imag


def conjugate(z):
    return z.conjugate()


def angle(z):
    return np.arctan2(z.imag, z.real)


def logaddexp(x, y):
    apart = np.fmax(np.abs(x - y), np.float32(0))  # of two that are infinite alike, 0
    return np.maximum(x, y) + np.log1p(np.exp(-apart))


OF_NUMPY = {f"numpy.{function.__name__}": function for function in (square, positive, reciprocal, real, imag, conjugate, angle, logaddexp)}
