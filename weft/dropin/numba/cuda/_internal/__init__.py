"""numba.cuda._internal"""
