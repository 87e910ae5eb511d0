"""cupyx.profiler: timing of calls."""

import contextlib

from . import _time
from ._time import benchmark


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
