"""numba.cpython.unsafe"""
