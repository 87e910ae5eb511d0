"""Arguments that say which way they go: cuda.In(array), cuda.Out(array), cuda.InOut(array)."""

import numpy as np


class ArgHint:
    def __init__(self, value):
        self.value = value

    @property
    def _wf_host_array(self):
        return self.value


class In(ArgHint):
    """Read only: nothing is copied back."""

    @property
    def _wf_host_array(self):
        if isinstance(self.value, np.ndarray):
            view = self.value.view()
            view.flags.writeable = False
            return view
        return self.value


class Out(ArgHint):
    pass


class InOut(ArgHint):
    pass

