"""numba.np.unsafe"""
