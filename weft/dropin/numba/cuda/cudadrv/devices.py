"""numba.cuda.cudadrv.devices"""

from weft.cuda._device import current_context, gpus, require_context, reset


def get_context(devnum=None):
    return current_context(devnum)
