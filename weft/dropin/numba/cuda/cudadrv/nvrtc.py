"""numba.cuda.cudadrv.nvrtc: which devices code can be made for; CUDA C is compiled by weft itself (weft.Module)."""

from weft._extending import decline

from .nvvm import find_closest_arch, get_supported_ccs  # noqa: F401


def get_arch_option(major, minor):
    return "compute_%d%d" % find_closest_arch((major, minor))


def get_lowest_supported_cc():
    return get_supported_ccs()[0]


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return decline(f"numba.cuda.cudadrv.nvrtc.{name}")
