"""Common NumPy calls on the CPU, weft's beside NumPy's, at three sizes: where is weft slower?

    python bench/numpy_calls.py [part of a name …] [--size 100] [--size 100000]     slowest first

Every result is forced and compared with NumPy's. Calls of microseconds are timed in batches that are shorter than a turn of
the scheduler, on the clock; longer ones by processor time of all threads, so other jobs on the machine hardly matter. The best round counts.
"""
import argparse
import os
import time
import warnings

import numpy as np

os.environ.setdefault("WEFT_DEVICE", "cpu")
import weft as wf  # noqa: E402

SIZES = (100, 100_000, 10_000_000)
SLOW = 1.2  # what is told as slower

# Names in the expressions: m the module; x, y float64; f, g float32; i int64; j int32; u uint8; b, c bool; z complex128;
# s sorted float64; M a square matrix of about that many elements; k places in x.
CALLS = """
x+y | x-y | x*y | x/y | x**2 | x**0.5 | x**3 | -x | x+1 | 2*x | x//0.3 | x%0.3 | f+g | f*2 | i+i | i*3 | i//7 | i%7 | j+j | j*j | u+u
x<y | x==y | f>0 | i>=3 | b&c | b|c | ~b | i&15 | i<<2 | i^i
m.sin(x) | m.cos(x) | m.exp(x) | m.log(m.abs(x)) | m.sqrt(m.abs(x)) | m.tanh(x) | m.arctan2(x,y) | m.hypot(x,y) | m.power(m.abs(x),y)
m.sin(f) | m.exp(f) | m.log(m.abs(f)) | m.sqrt(m.abs(f)) | m.tanh(f) | m.floor(x) | m.rint(x) | m.sign(x) | m.abs(x) | m.abs(z) | z*z | z+z | m.conj(z)
m.maximum(x,y) | m.minimum(f,g) | m.clip(x,-1,1) | m.where(b,x,y) | m.where(x>0,x,0) | m.isnan(x) | m.isfinite(f) | m.nan_to_num(x) | m.logical_and(b,c)
x.sum() | f.sum() | i.sum() | u.sum() | b.sum() | x.mean() | f.mean() | x.std() | f.var() | x.min() | f.max() | i.max() | u.max() | x.argmax() | f.argmin() | i.argmax()
x.prod() | b.any() | b.all() | m.count_nonzero(b) | m.count_nonzero(i) | m.ptp(x) | m.nansum(x) | m.nanmax(f) | m.nanmean(x) | m.average(x,weights=m.abs(y))
M.sum(0) | M.sum(1) | M.mean(0) | M.max(0) | M.max(1) | M.argmax(0) | M.argmax(1) | M.std(1) | M.T.copy() | M+M[0] | M+M[:,:1] | M-M.mean(0) | M[::2,::2].copy() | M.ravel() | M.reshape(-1)+1
m.cumsum(x) | m.cumsum(f) | m.cumsum(i) | m.cumprod(x*0+1) | m.cumsum(M,0) | m.cumsum(M,1) | m.diff(x) | m.diff(M,axis=0) | m.gradient(x) | m.maximum.accumulate(x) | m.trapezoid(x)
m.sort(x) | m.sort(f) | m.sort(i) | m.sort(j) | m.sort(u) | m.argsort(x) | m.argsort(f,kind="stable") | m.argsort(j) | m.sort(M,axis=1) | m.sort(M,axis=0) | m.partition(x,5)[5] | m.median(x) | m.percentile(f,[25,75]) | m.median(M,axis=1)
m.unique(i) | m.unique(x) | m.unique(u) | m.isin(i,m.arange(5)) | m.searchsorted(s,x) | m.digitize(x,m.linspace(-2,2,9)) | m.bincount(m.abs(i)) | m.histogram(x,20)[0] | m.nonzero(b)[0] | m.flatnonzero(x>1) | m.argwhere(b)
x[k] | m.take(x,k) | x[b] | x[x>0] | x[::2]+1 | x[::-1].copy() | M[k%M.shape[0]] | M[:,1]+0 | m.take(M,k[:9]%M.shape[0],axis=1) | m.compress(b,x) | m.extract(b,x) | m.choose(b.astype(int),[x,y])
m.concatenate([x,y]) | m.stack([x,y]) | m.vstack([x,y]) | m.hstack([x,y]) | m.tile(x,3) | m.repeat(x,3) | m.roll(x,7) | m.flip(x).copy() | m.split(x,2)[0]+1 | m.pad(x,3) | m.broadcast_to(x,(2,x.size)).copy() | m.rot90(M).copy()
m.zeros(x.size) | m.ones(x.size) | m.full(x.size,3.5) | m.arange(x.size) | m.linspace(0,1,x.size) | m.zeros_like(x) | m.eye(M.shape[0]) | x.copy() | x.astype(m.float32) | f.astype(m.float64) | i.astype(m.float64) | x.astype(m.int64) | m.asarray(x) | m.meshgrid(s[:300],s[:300])[0]+0
m.dot(x,y) | m.dot(f,g) | m.vdot(x,y) | m.inner(x,y) | m.outer(x[:900],y[:900]) | M[:300,:300]@M[:300,:300] | M@M[0] | m.einsum("i,i->",x,y) | m.einsum("ij,j->i",M,M[0]) | m.einsum("ij->j",M) | m.tensordot(M[:200,:200],M[:200,:200],1) | m.trace(M) | m.diag(M)+0 | m.tril(M) | m.kron(M[:9,:9],M[:9,:9]) | m.cross(M[:,:3],M[:,1:4])
m.array_equal(x,y) | m.allclose(x,y) | m.interp(x,s,s) | m.polyval([1,2,3],x) | m.convolve(x[:9999],y[:31]) | m.cov(M[:20]) | m.corrcoef(x,y) | m.round(x,2) | m.floor_divide(x,0.3) | m.unravel_index(k,(x.size,1))[0] | m.logaddexp(x,y) | m.packbits(b)
"""


def operands(size):
    rng = np.random.default_rng(1)
    side = max(8, int(size ** 0.5))
    x = rng.standard_normal(size)
    return {"x": x, "y": rng.standard_normal(size), "f": x.astype(np.float32), "g": rng.standard_normal(size).astype(np.float32),
            "i": rng.integers(-50, 50, size), "j": rng.integers(-1 << 30, 1 << 30, size, np.int32), "u": rng.integers(0, 255, size, np.uint8),
            "b": rng.random(size) < 0.5, "c": rng.random(size) < 0.5, "z": x + 1j * rng.standard_normal(size), "s": np.sort(x),
            "M": rng.standard_normal((side, side)), "k": rng.integers(0, size, size)}


def forced(value):
    if isinstance(value, wf.ndarray):
        value.block_until_ready()
    return value


def seconds(call, budget):
    """The best of several rounds; a round of a short call is a batch of about a fifth of a millisecond."""
    once = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        call()
        once = min(once, time.perf_counter() - start)
    if once > 1e-3:
        best, until = float("inf"), time.perf_counter() + budget
        for _ in range(25):
            begun = time.process_time()
            call()
            best = min(best, time.process_time() - begun)
            if time.perf_counter() > until:
                break
        return best
    count = max(1, int(2e-4 / max(once, 2e-7)))
    best, until = float("inf"), time.perf_counter() + budget
    for _ in range(300):
        begun = time.perf_counter()
        for _ in range(count):
            call()
        best = min(best, (time.perf_counter() - begun) / count)
        if time.perf_counter() > until:
            break
    return best


def difference(got, expected):
    got, expected = np.asarray(got.get() if hasattr(got, "get") else got), np.asarray(expected)
    if got.shape != expected.shape:
        return f"shape {got.shape} against {expected.shape}"
    scale = float(np.nanmax(np.abs(expected.astype(np.complex128)), initial=1.0))
    return "" if np.allclose(got, expected, rtol=1e-4, atol=1e-4 * scale, equal_nan=True) else "other values"


def measure(names, size, budget):
    host = operands(size)
    ours, theirs = {"m": wf, **{k: wf.asarray(v) for k, v in host.items()}}, {"m": np, **host}
    rows = []
    for text in (call for line in CALLS.strip().splitlines() for call in line.split(" | ")):
        if names and not any(n in text for n in names):
            continue
        code = compile(text, text, "eval")
        try:
            told = difference(forced(eval(code, ours)), eval(code, theirs))
            a, b = seconds(lambda: forced(eval(code, ours)), budget), seconds(lambda: eval(code, theirs), budget)
        except Exception as error:
            print(f"{text}: {type(error).__name__}: {error}", flush=True)
            continue
        rows.append((a / b, text, a * 1e6, b * 1e6, told))
    rows.sort(reverse=True)
    slower = sum(r[0] > SLOW for r in rows)
    print(f"\n{size} elements: {len(rows)} calls, {slower} slower than {SLOW} of NumPy's time, geometric mean "
          f"{np.exp(np.mean([np.log(r[0]) for r in rows])):.2f}\n{'ratio':>7s} {'weft µs':>11s} {'NumPy µs':>11s}")
    for ratio, text, a, b, told in rows:
        print(f"{ratio:7.2f} {a:11.2f} {b:11.2f}  {text}{'   ' + told if told else ''}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*")
    parser.add_argument("--size", type=int, action="append")
    parser.add_argument("--budget", type=float, default=0.05, help="seconds for a call, at each size and side")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    for size in given.size or SIZES:
        measure(given.names, size, given.budget)
