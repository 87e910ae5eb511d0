"""cupyx.profiler: timing of calls."""

import contextlib
import time

import numpy as np
import weft as _weft


class _Times:
    def __init__(self, name, cpu, gpu):
        self.name, self.cpu_times, self.gpu_times = name, cpu, gpu

    def __repr__(self):
        return f"{self.name}: CPU: {self.cpu_times.mean() * 1e6:.3f} us, GPU-0: {self.gpu_times.mean() * 1e6:.3f} us"


def benchmark(func, args=(), kwargs={}, n_repeat=10000, *, name=None, n_warmup=10, max_duration=10.0, devices=None):
    cpu, gpu, begun = [], [], time.perf_counter()
    for k in range(n_warmup + n_repeat):
        start = time.perf_counter()
        result = func(*args, **kwargs)
        middle = time.perf_counter()
        _weft.eval(*[x for x in (result if isinstance(result, (tuple, list)) else (result,)) if isinstance(x, _weft.ndarray)])
        _weft.synchronize()
        if k >= n_warmup:
            cpu.append(middle - start)
            gpu.append(time.perf_counter() - start)
        if time.perf_counter() - begun > max_duration and cpu:
            break
    return _Times(name or getattr(func, "__name__", "call"), np.array(cpu), np.array([gpu]))


@contextlib.contextmanager
def time_range(message=None, color_id=None, argb_color=None, sync=False):
    yield


@contextlib.contextmanager
def profile():
    yield
