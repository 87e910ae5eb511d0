"""numba.np"""
