"""numba.cuda.misc"""
