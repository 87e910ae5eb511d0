"""cupy.cuda.nvtx: marks for NVIDIA's profilers, accepted and dropped."""


def RangePush(message, id_color=-1):
    return 0


def RangePop():
    return 0


def Mark(message, id_color=-1):
    return None


RangePushC = MarkC = RangePush
available = True
