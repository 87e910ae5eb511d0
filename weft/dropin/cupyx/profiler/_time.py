"""Timing of calls: the host's clock around each, and events on each device."""

import math
import time

import numpy as np
import weft as _weft


def _of_times(name, seconds):
    us = seconds * 1e6
    spread = f"   +/- {us.std():6.3f} (min: {us.min():9.3f} / max: {us.max():9.3f}) us" if us.size > 1 else ""
    return f"    {name}: {us.mean():9.3f} us{spread}"


class _PerfCaseResult:
    """The times of calls in seconds: those of the host in the first row of ts, those of each device in the next ones."""

    def __init__(self, name, ts, devices):
        if ts.ndim != 2 or ts.shape[0] != len(devices) + 1:
            raise ValueError(f"a row of times for the host and one for each of {len(devices)} devices is needed, got shape {ts.shape}")
        self.name, self._ts, self._devices = name, ts, devices

    cpu_times = property(lambda self: self._ts[0])
    gpu_times = property(lambda self: self._ts[1:])

    def to_str(self, show_gpu=False):
        """A line: mean, deviation, least and most, in microseconds, of the host's times and (show_gpu) of the devices'."""
        rows = [("CPU", self.cpu_times), *((f"GPU-{k}", times) for k, times in zip(self._devices, self.gpu_times) if show_gpu)]
        return f"{self.name:<20}:" + " ".join(_of_times(*row) for row in rows)

    def __str__(self):
        return self.to_str(show_gpu=True)

    __repr__ = __str__


def _called(func, args, kwargs):
    """The call with its result's arrays launched: those that nobody looks at would not be computed."""
    result = func(*args, **kwargs)
    arrays = [x for x in (result if isinstance(result, (tuple, list)) else (result,)) if isinstance(x, _weft.ndarray)]
    if arrays:
        _weft.eval(*arrays)


def benchmark(func, args=(), kwargs={}, n_repeat=10000, *, name=None, n_warmup=10, max_duration=math.inf, devices=None):
    """The times of n_repeat calls, at most for max_duration seconds: the host's until the call returns, each device's until its
    work is done."""
    from cupy import cuda
    devices = (cuda.Device().id,) if devices is None else tuple(devices)
    if not callable(func):
        raise ValueError("`func` should be a callable object.")
    if not isinstance(args, tuple) or not isinstance(kwargs, dict):
        raise ValueError("`args` should be a tuple, `kwargs` a dictionary.")
    if not isinstance(n_repeat, int) or not isinstance(n_warmup, int):
        raise ValueError("`n_repeat` and `n_warmup` should be integers.")
    name = func.__name__ if name is None else name
    if not isinstance(name, str):
        raise ValueError("`name` should be a string.")
    starts, ends = [], []
    for device in devices:
        with cuda.Device(device):
            starts.append(cuda.Event())
            ends.append(cuda.Event())
    for _ in range(n_warmup):
        _called(func, args, kwargs)
    for device, event in zip(devices, ends):
        with cuda.Device(device):
            event.record()
            event.synchronize()
    times, duration = [], 0
    for _ in range(n_repeat):
        for device, event in zip(devices, starts):
            with cuda.Device(device):
                event.record()
        begun = time.perf_counter()
        _called(func, args, kwargs)
        row = [time.perf_counter() - begun]
        for device, event in zip(devices, ends):
            with cuda.Device(device):
                event.record()
        for device, start, end in zip(devices, starts, ends):
            with cuda.Device(device):
                end.synchronize()
                row.append(cuda.get_elapsed_time(start, end) * 1e-3)
        times.append(row)
        duration += time.perf_counter() - begun
        if duration > max_duration:
            break
    return _PerfCaseResult(name, np.array(times, dtype=np.float64).T.reshape(len(devices) + 1, -1), devices)
