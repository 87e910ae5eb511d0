"""Arguments that say which way they go: cuda.In(array), cuda.Out(array), cuda.InOut(array)."""

import numpy as np


class ArgHint:
    def __init__(self, value):
        self.value = value

    @property
    def _wf_host_array(self):
        return self.value


class In(ArgHint):
    """Nothing is copied back: the kernel gets a copy, which it may write to."""

    @property
    def _wf_host_array(self):
        from ._memory import to_device

        return to_device(self.value) if isinstance(self.value, np.ndarray) else self.value


class Out(ArgHint):
    pass


class InOut(ArgHint):
    pass


def wrap_arg(value, default=InOut):
    """The value with a hint: its own, or the default."""
    return value if isinstance(value, ArgHint) else default(value)

