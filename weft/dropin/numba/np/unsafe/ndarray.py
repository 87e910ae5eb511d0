"""numba.np.unsafe.ndarray"""

from weft._fixed_tuples import to_fixed_tuple  # noqa: F401


def __getattr__(name):
    if name != "empty_inferred":  # it has no type before something is stored in it
        raise AttributeError(name)
    from weft.dropin._internals import declined

    return declined("numba.np.unsafe.ndarray.empty_inferred")
