"""numba.misc"""
