"""cupyx.distributed: not there. Its communicators are NCCL's, which weft does not wrap; what asks is told so by name."""


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    raise AttributeError(f"cupyx.distributed has no {name}: weft does not wrap NCCL; several devices of one process are reached with cupy.cuda.Device")
