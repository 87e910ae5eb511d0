"""cupyx.profiler: timing of calls."""

import contextlib
import time

import numpy as np
import weft as _weft


class _Times:
    def __init__(self, name, cpu, gpu):
        self.name, self.cpu_times, self.gpu_times = name, cpu, gpu

    def to_str(self, show_gpu=False):
        """A line: mean, deviation, least and most, in microseconds, of the host's times and (show_gpu) of the device's."""
        rows = [("CPU", self.cpu_times), *((f"GPU-{k}", times) for k, times in enumerate(self.gpu_times) if show_gpu)]
        return f"{self.name:<20}:" + "".join(_of_times(*row) for row in rows)

    def __str__(self):
        return self.to_str(show_gpu=True)

    __repr__ = __str__


def _of_times(name, seconds):
    us = seconds * 1e6
    spread = f"   +/- {us.std():6.3f} (min: {us.min():9.3f} / max: {us.max():9.3f}) us" if us.size > 1 else " us"
    return f"    {name}: {us.mean():9.3f}{spread}"


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


def _gpu_timeit(shell, line, cell):
    """What %gpu_timeit and %%gpu_timeit do: benchmark() of a statement, or of a cell, in the notebook's names."""
    import argparse
    import shlex
    parser = argparse.ArgumentParser(prog="%gpu_timeit", add_help=False)
    parser.add_argument("-n", "--n-repeat", type=int, default=10000)
    parser.add_argument("-w", "--n-warmup", type=int, default=10)
    parser.add_argument("--max-duration", type=float, default=10.0)
    parser.add_argument("code", nargs=argparse.REMAINDER)
    words = shlex.split(line, posix=False)
    options = parser.parse_args(words)
    code = line[len(line) - len(line.lstrip()):]
    for word in words[:len(words) - len(options.code)]:  # the statement as it was written, with its spaces
        code = code[code.index(word) + len(word):].lstrip()
    code = "\n".join(part for part in (code, cell) if part)
    if not code.strip():
        raise ValueError("%gpu_timeit: there is no statement to time")
    program, names = compile(shell.transform_cell(code), "<gpu_timeit>", "exec"), dict(shell.user_ns)
    print(benchmark(lambda: exec(program, names), (), n_repeat=options.n_repeat, n_warmup=options.n_warmup, name="run",
                    max_duration=options.max_duration))


def load_ipython_extension(ipython):
    """%load_ext cupyx.profiler: the magics %gpu_timeit and %%gpu_timeit."""
    ipython.register_magic_function(lambda line, cell=None: _gpu_timeit(ipython, line, cell), "line_cell", "gpu_timeit")
