"""A device as the programs of the identity test see it: arrays, kernels of one file, launches.

WeftSession runs on a weft device. CupySession runs the same program through CuPy and NVRTC: it shows that the programs
themselves are right CUDA C (needs a GPU with CuPy; its bits may differ where NVRTC contracts or approximates otherwise).
"""
import re
from pathlib import Path

import numpy as np

KERNELS = Path(__file__).parent / "kernels"


def source_of(program):
    return (KERNELS / f"{program}.cu").read_text()


def instances(program):
    """The template instances a program asks for."""
    return {"reduce_warp_synchronous": [f"reduce<{n}>" for n in (64, 128, 512)]}.get(program, [])


class WeftSession:
    def __init__(self, program, device):
        import weft as wf

        self.wf, self.device = wf, wf.Device(device)
        self.held = {}  # what an allocation holds: by id, with the allocation itself so that ids stay its own
        if (KERNELS / f"{program}.cu").exists():  # else its kernels are in Python
            self.module = wf.Module(source_of(program), name=f"{program}.cu", instantiate=instances(program))

    def __enter__(self):
        self.device.__enter__()
        return self

    def __exit__(self, *error):
        return self.device.__exit__(*error)

    def array(self, values):
        memory = self.wf.Memory(max(values.nbytes, 1), device=self.device)
        self.wf.copy_to_device(memory, np.ascontiguousarray(values))
        self.held[id(memory)] = (memory, values.dtype, values.size)
        return memory

    def empty(self, count, dtype):
        return self.array(np.zeros(count, dtype))

    def get(self, memory):
        _, dtype, count = self.held[id(memory)]
        out = np.empty(count, dtype)
        self.wf.copy_to_host(out, memory)
        return out

    def kernel(self, name):
        kernel = self.module.get_function(name)
        return lambda grid, block, *args, shared=0: kernel(*args, grid=grid, block=block, shared=shared)

    def set_global(self, name, values):
        variable = self.module.get_global(name)
        assert variable.size == values.nbytes
        self.wf.copy_to_device(variable, np.ascontiguousarray(values))


class CupySession:
    def __init__(self, program, device=None):
        import cupy as cp

        self.cp, source, names = cp, source_of(program), instances(program)
        if names:
            self.module = cp.RawModule(code=source, options=("--std=c++17",), name_expressions=names)
        else:
            if "template" in source:
                source = re.sub(r"^__global__", 'extern "C" __global__', source, flags=re.M)
            else:
                source = 'extern "C" {' + source + "}"
            self.module = cp.RawModule(code=source, options=("--std=c++17",))

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def array(self, values):
        return self.cp.asarray(values)

    def empty(self, count, dtype):
        return self.cp.zeros(count, dtype)

    def get(self, array):
        return self.cp.asnumpy(array).reshape(-1)

    def kernel(self, name):
        kernel = self.module.get_function(name)
        return lambda grid, block, *args, shared=0: kernel(grid, block, args, shared_mem=shared)

    def set_global(self, name, values):
        pointer = self.module.get_global(name)
        self.cp.ndarray(values.shape, values.dtype, pointer)[...] = self.cp.asarray(values)
