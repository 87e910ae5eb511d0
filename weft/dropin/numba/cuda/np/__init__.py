"""numba.cuda.np"""
