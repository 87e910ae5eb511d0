"""numba.cuda.cudadrv.nvvm: what programs ask of it; compiling LLVM IR by hand is declined by name. weft needs no NVVM."""

from weft._extending import decline

from .error import NvvmError, NvvmSupportError  # noqa: F401


def is_available():
    return True


def get_supported_ccs():
    """The compute capabilities that PTX is made for."""
    return ((5, 0), (5, 2), (5, 3), (6, 0), (6, 1), (6, 2), (7, 0), (7, 2), (7, 5), (8, 0), (8, 6), (8, 7), (8, 9), (9, 0), (10, 0),
            (12, 0))


def find_closest_arch(mycc):
    """The highest of them that code for `mycc` may use."""
    found = [cc for cc in get_supported_ccs() if cc <= tuple(mycc)]
    if not found:
        raise NvvmSupportError(f"GPU compute capability {mycc[0]}.{mycc[1]} is not supported (requires >= 5.0)")
    return found[-1]


def get_arch_option(major, minor):
    return "compute_%d%d" % find_closest_arch((major, minor))


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return decline(f"numba.cuda.cudadrv.nvvm.{name}")
