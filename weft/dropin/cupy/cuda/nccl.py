"""cupy.cuda.nccl: NCCL is not wrapped; `available` says so."""

import weft as _weft

available = False
(NCCL_INT8, NCCL_UINT8, NCCL_INT32, NCCL_UINT32, NCCL_INT64, NCCL_UINT64, NCCL_FLOAT16, NCCL_FLOAT32, NCCL_FLOAT64, NCCL_BFLOAT16) = range(10)
NCCL_CHAR, NCCL_INT, NCCL_HALF, NCCL_FLOAT, NCCL_DOUBLE = NCCL_INT8, NCCL_INT32, NCCL_FLOAT16, NCCL_FLOAT32, NCCL_FLOAT64
NCCL_SUM, NCCL_PROD, NCCL_MAX, NCCL_MIN, NCCL_AVG = range(5)


class NcclError(RuntimeError):
    """An error of NCCL."""


def _not_there(*args, **kwargs):
    raise _weft.UnsupportedError("[nccl] NCCL is not wrapped yet")


get_build_version = get_version = lambda: 0  # noqa: E731
get_unique_id = groupStart = groupEnd = _not_there


class NcclCommunicator:
    """A communicator among processes."""

    def __init__(self, ndev, commId, rank):
        _not_there()

    initAll = staticmethod(_not_there)
