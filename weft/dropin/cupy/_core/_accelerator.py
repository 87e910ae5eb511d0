"""cupy._core._accelerator: which libraries speed reductions up. Accepted and remembered; weft has its own kernels."""

ACCELERATOR_CUB, ACCELERATOR_CUTENSOR = 1, 2
_names = {"cub": ACCELERATOR_CUB, "cutensor": ACCELERATOR_CUTENSOR}
_state = {"reduction": [], "routine": []}


def _numbers(accelerators):
    found = []
    for name in accelerators:
        number = _names.get(name, name) if isinstance(name, str) else name
        if number not in (1, 2):
            raise ValueError(f"unknown accelerator: {name}")
        found.append(number)
    return found


def set_reduction_accelerators(accelerators):
    _state["reduction"] = _numbers(accelerators)


def get_reduction_accelerators():
    return list(_state["reduction"])


def set_routine_accelerators(accelerators):
    _state["routine"] = _numbers(accelerators)


def get_routine_accelerators():
    return list(_state["routine"])
