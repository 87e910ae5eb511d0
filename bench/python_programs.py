"""The programs of programs.py and programs_{more,wide,classic,tutorial}.py, compiled by weft and by Numba in one process, by turns: milliseconds of the processor, the least.

    python bench/python_programs.py [--budget SECONDS] [--cycles] [NAME…]     where both are installed; else weft alone

`first` is the first call, compiling and all. Both get the same arrays, copied anew for each call outside of the time; the sums of the
results are compared (chance apart, whose streams differ).
"""

import argparse
import math
import os
import sys
import time
import warnings

os.environ.setdefault("WEFT_CACHE_DIR", "off")
os.environ.setdefault("WEFT_THREADS", "2")
os.environ.setdefault("NUMBA_NUM_THREADS", "2")
warnings.simplefilter("ignore")

import numpy as np  # noqa: E402
import cycles  # noqa: E402
import programs  # noqa: E402
import programs_classic  # noqa: E402
import programs_more  # noqa: E402
import programs_tutorial  # noqa: E402
import programs_wide  # noqa: E402

import weft  # noqa: E402

try:
    import numba
except ImportError:
    numba = None

CALLS = 3  # in a row, before it is the other's turn


def fresh(x):
    return x.copy() if isinstance(x, np.ndarray) and x.flags.forc else x


def size_of(x):
    """One number that two results share."""
    if isinstance(x, tuple):
        return sum(map(size_of, x))
    return float(np.abs(np.asarray(x)).sum())


HELPERS = [(module, name, getattr(module, name)) for module in (programs_more, programs_wide, programs_classic) for name in module.HELPERS]


def options_of(function, library):
    """What the function is compiled with; the library's own prange and helpers are where it looks for them."""
    programs.prange = programs_more.prange = programs_wide.prange = programs_classic.prange = library.prange
    for module, name, helper in HELPERS:
        setattr(module, name, library.njit(helper))
    if function.__name__ in programs.PARALLEL + programs_wide.PARALLEL:
        return {"parallel": True}
    return programs_more.OPTIONS.get(function.__name__, {})


class Candidate:
    """One compiler's form of a function, with the best time so far."""

    def __init__(self, library, function, given):
        options = options_of(function, library)
        make = library.njit(**options) if options else library.njit
        self.run, self.best, self.given = make(function), math.inf, given
        begin = time.process_time()
        self.result = self.call()
        self.first = time.process_time() - begin

    def call(self):
        return self.run(*map(fresh, self.given))

    def turn(self):
        for _ in range(CALLS):
            given = tuple(map(fresh, self.given))
            begin = now()
            self.run(*given)
            self.best = min(self.best, now() - begin)


now = time.process_time  # seconds; with --cycles, millions of cycles


def measure(function, given, budget):
    candidates = [Candidate(library, function, given) for library in (weft, numba) if library]
    end, rounds = time.perf_counter() + budget, 0
    while rounds < 4 or time.perf_counter() < end:
        rounds += 1
        for one in candidates:
            one.turn()
    return candidates


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--budget", type=float, default=0.5, help="seconds for each program")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--cycles", action="store_true", help="thousands of cycles outside of the kernel, for milliseconds")
    options = parser.parse_args()
    unit = "ms"
    if options.cycles:
        global now
        count, unit = cycles.counter(), "kcyc"
        now = lambda: count() / 1e6  # noqa: E731
    print(f"{'':16}{'first ms':>10}{unit:>11}{'Numba: first ms':>18}{unit:>11}{'ratio':>8}")
    for function, given in sum((module.cases() for module in (programs, programs_more, programs_wide, programs_classic, programs_tutorial)), []):
        if options.names and function.__name__ not in options.names:
            continue
        mine, *others = measure(function, given, options.budget)
        row = f"{function.__name__:16}{mine.first * 1e3:10.0f}{mine.best * 1e3:11.3f}"
        for their in others:
            row += f"{their.first * 1e3:18.0f}{their.best * 1e3:11.3f}{mine.best / max(their.best, 1e-9):8.2f}"
            if not math.isclose(size_of(mine.result), size_of(their.result), rel_tol=1e-9, abs_tol=1e-9):
                row += "   the results differ"
        print(row, flush=True)


if __name__ == "__main__":
    sys.exit(main())
