"""numba.cpython"""
