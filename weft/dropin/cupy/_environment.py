"""cupy._environment: where CUDA's toolkit lies, which other packages ask for. weft needs none."""

import os


def get_cuda_path():
    """The toolkit's folder as the environment names it, or None."""
    return os.environ.get("CUDA_PATH") or os.environ.get("CUDA_HOME") or None


def get_nvcc_path():
    """The nvcc that the environment names, or None."""
    return os.environ.get("NVCC") or None


def get_cub_path():
    return None


def get_hipcc_path():
    return None


def get_rocm_path():
    return None
