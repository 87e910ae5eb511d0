"""Arrays on the CPU beside NumPy (and SciPy): every figure of the goals for two cores, goal and measured.

    python bench/cpu_arrays.py [name …]     two threads; WEFT_THREADS changes that
Rounds alternate between the two, results are compared; the best round counts. A goal is the
stated figure or NumPy's in the same run, whichever is less. Beside the times on the clock stand those of the processors, all
threads together: on a machine that others use they still say who does less work.
"""
import os
import subprocess
import sys
import time

import numpy as np

os.environ.setdefault("WEFT_DEVICE", "cpu")
import weft as wf  # noqa: E402

RNG = np.random.default_rng(1)
MIB4, MIB16 = 1 << 22, 1 << 24


def forced(result):
    for array in result if isinstance(result, tuple) else (result,):
        array.block_until_ready()
    return result


def chain(m, x):
    return m.sin(x) ** 2 + 0.5 * m.cos(x) ** 2 - x / 3


def gaussian(m, x):
    if m is wf:
        return wf.ndimage.gaussian_filter(x, 3)
    from scipy.ndimage import gaussian_filter
    return gaussian_filter(x, 3)


def product(m, x):
    if m is np:
        return x @ x
    wf.config.reproducible = True
    try:
        return forced(x @ x)
    finally:
        wf.config.reproducible = False


def floats(*shape, dtype=np.float32):
    return RNG.standard_normal(shape).astype(dtype)


# name: (input, function of the module and the input, goal in ms or None, what NumPy's time is multiplied with to be a goal)
CASES = {
    "chain 2^24 float32": (lambda: floats(MIB16), chain, 7.5, 0.1),
    "chain 2^22 float64": (lambda: floats(MIB4, dtype=np.float64), chain, 4.5, 1),
    "sum 2^24": (lambda: floats(MIB16), lambda m, x: x.sum(), 2.3, 1),
    "var 2^24": (lambda: floats(MIB16), lambda m, x: x.var(), 3, 1),
    "argmax 2^24": (lambda: floats(MIB16), lambda m, x: x.argmax(), 3, 1),
    "sum axis 0 4096^2": (lambda: floats(4096, 4096), lambda m, x: x.sum(0), 2.6, 1),
    "sum axis 1 4096^2": (lambda: floats(4096, 4096), lambda m, x: x.sum(1), 2.6, 1),
    "cumsum 2^24": (lambda: floats(MIB16), lambda m, x: x.cumsum(), 8, 1),
    "sort 2^22": (lambda: floats(MIB4), lambda m, x: m.sort(x), 12, 1),
    "argsort 2^22": (lambda: floats(MIB4), lambda m, x: m.argsort(x, kind="stable"), None, 1),
    "median 2^22": (lambda: floats(MIB4), lambda m, x: m.median(x), None, 1),
    "percentile 2^22": (lambda: floats(MIB4), lambda m, x: m.percentile(x, [10, 90]), None, 1),
    "unique 2^22 int32": (lambda: RNG.integers(0, 1000, MIB4, np.int32), lambda m, x: m.unique(x), None, 1),
    "searchsorted 2^20 in 2^20": (lambda: np.sort(floats(1 << 20)), lambda m, x: m.searchsorted(x, x[::-1]), None, 1),
    "roll 2^24": (lambda: floats(MIB16), lambda m, x: m.roll(x, 1000), None, 1),
    "roll of int8 4096^2, four times": (lambda: RNG.integers(0, 2, (4096, 4096), np.int8), lambda m, x: m.roll(x, 1, 0) + m.roll(x, -1, 0) + m.roll(x, 1, 1) + m.roll(x, -1, 1), None, 1),
    "a[a > 0.5] 2^24": (lambda: floats(MIB16), lambda m, x: x[x > 0.5], None, 1),
    "transposed copy 4096^2": (lambda: floats(4096, 4096), lambda m, x: m.ascontiguousarray(x.T), None, 1),
    "histogram 2^22": (lambda: floats(MIB4), lambda m, x: m.histogram(x, bins=100)[0], None, 1),
    "gaussian_filter 2048^2": (lambda: floats(2048, 2048), gaussian, 4.5, 1),
    "our own matmul 2048 float32": (lambda: floats(2048, 2048), product, None, 1.25),
}


def by_turns(ours, theirs, check, rounds):
    """Best seconds on the clock, and of the processors, of both."""
    low, work = [float("inf")] * 2, [float("inf")] * 2
    for round_ in range(rounds):
        results = []
        for which, call in enumerate((ours, theirs)):
            start, used = time.perf_counter(), time.process_time()
            results.append(call(round_))
            low[which] = min(low[which], time.perf_counter() - start)
            work[which] = min(work[which], time.process_time() - used)
        if round_ == 0:
            check(*results)
    return low, work


def large(names, rounds=7):
    print(f"{'ms':34s} {'weft':>9s} {'NumPy':>9s} {'goal':>9s}   (processors: weft, NumPy)")
    for name, (make, function, goal, share) in CASES.items():
        if names and not any(n in name for n in names):
            continue
        host = make()
        ours = wf.asarray(host)

        def check(mine, theirs):
            mine, theirs = np.asarray(mine.get(), np.float64), np.asarray(theirs, np.float64)
            np.testing.assert_allclose(mine, theirs, rtol=1e-3, atol=1e-3 * max(1.0, float(np.abs(theirs).max(initial=0))))

        forced(function(wf, ours))
        (a, b), (used, theirs) = by_turns(lambda round_: forced(function(wf, ours)), lambda round_: function(np, host), check, rounds)
        limit = min(goal or 1e9, share * b * 1e3)
        print(f"{name:34s} {a * 1e3:9.2f} {b * 1e3:9.2f} {limit:9.2f}   {'met' if a * 1e3 <= limit else f'short ({a * 1e3 / limit:.2f})':14s}"
              f"{used * 1e3:9.2f} {theirs * 1e3:9.2f}", flush=True)
        del ours, host


def small():
    """Calls on 16 elements; µs."""
    host = [floats(16) for _ in range(2)]
    arrays = [wf.asarray(h) for h in host]
    cases = {"a + b, 16 elements": (lambda a, b: a + b, 0.28), "chain of 4, 16 elements": (lambda a, b: (a + b) * a - b / a, 0.9),
             "a + b, 16 elements, computed": (None, None)}
    print(f"{'µs':34s} {'weft':>9s} {'NumPy':>9s} {'goal':>9s}")
    for name, (call, goal) in cases.items():
        forces = call is None
        call = call or (lambda a, b: a + b)
        low = [float("inf")] * 2
        for _ in range(30):
            for which, (a, b) in enumerate((arrays, host)):
                start = time.perf_counter()
                if forces and which == 0:
                    for _ in range(300):
                        wf.eval(call(a, b))
                else:
                    for _ in range(300):
                        call(a, b)
                low[which] = min(low[which], (time.perf_counter() - start) / 300)
        a, b = (x * 1e6 for x in low)
        limit = b if goal is None else min(goal, b)
        print(f"{name:34s} {a:9.3f} {b:9.3f} {limit:9.3f}   {'met' if a <= limit else f'short ({a / limit:.2f})'}", flush=True)


def start():
    low = {}
    for _ in range(7):
        for module in ("numpy", "weft"):
            begun = time.perf_counter()
            subprocess.run([sys.executable, "-c", f"import {module}"], check=True)
            low[module] = min(low.get(module, 1e9), time.perf_counter() - begun)
    a, b = low["weft"] * 1e3, low["numpy"] * 1e3
    print(f"{'import, whole process, ms':34s} {a:9.1f} {b:9.1f} {b + 40:9.1f}   {'met' if a <= b + 40 else 'short'}")


if __name__ == "__main__":
    names = sys.argv[1:]
    if not names or "small" in names:
        small()
    if not names or "import" in names:
        start()
    if not names or set(names) - {"small", "import"}:
        large([n for n in names if n not in ("small", "import")])
