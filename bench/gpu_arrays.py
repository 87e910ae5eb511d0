"""Arrays on a GPU beside CuPy and PyTorch: large ones by bandwidth, tiny ones by the call.   needs a GPU

    python bench/gpu_arrays.py
Every call is forced (the result's last element is waited for); an input changes each round; results are compared.
"""
import os
import time

import numpy as np

os.environ["WEFT_FALLBACK"] = "error"
import weft as wf  # noqa: E402

N = 1 << 28


def best(call, rounds=8):
    low = 1e9
    for _ in range(rounds):
        start = time.perf_counter()
        call()
        low = min(low, time.perf_counter() - start)
    return low


def libraries():
    found = {"weft": (wf, lambda v: wf.asarray(v), wf.synchronize, lambda *r: wf.eval(*r))}
    try:
        import cupy as cp

        found["CuPy"] = (cp, cp.asarray, cp.cuda.Device().synchronize, lambda *r: None)
    except ImportError:
        pass
    try:
        import torch

        found["PyTorch"] = (torch, lambda v: torch.from_numpy(np.array(v)).cuda(), torch.cuda.synchronize, lambda *r: None)
    except ImportError:
        pass
    return found


def large(found, host):
    cases = {
        "(a*b + c).sum()": lambda m, a, b, c: (a * b + c).sum(),
        "a.sum()": lambda m, a, b, c: a.sum(),
        "a + b": lambda m, a, b, c: a + b,
        "sin(a)**2 + 0.5*cos(a)**2 - a/3": lambda m, a, b, c: m.sin(a) ** 2 + 0.5 * m.cos(a) ** 2 - a / 3,
        "a.reshape(2^14, 2^14).sum(0)": lambda m, a, b, c: a.reshape(1 << 14, 1 << 14).sum(0),
        "a.reshape(2^14, 2^14).sum(1)": lambda m, a, b, c: a.reshape(1 << 14, 1 << 14).sum(1),
        "a.var()": lambda m, a, b, c: a.var(),
        "a.argmax()": lambda m, a, b, c: a.argmax(),
        "(a*b).sum()": lambda m, a, b, c: (a * b).sum(),
        "dot(a, b)": lambda m, a, b, c: m.dot(a, b),
        "a.cumsum(0)": lambda m, a, b, c: a.cumsum(0),
        "transposed copy (2^14, 2^14)": lambda m, a, b, c: a.reshape(1 << 14, 1 << 14).T.contiguous() if m.__name__ == "torch" else m.ascontiguousarray(a.reshape(1 << 14, 1 << 14).T),
        "a[a > 0.5]": lambda m, a, b, c: a[a > 0.5],
        "sort(a[:2^26])": lambda m, a, b, c: m.sort(a[: 1 << 26])[0] if m.__name__ == "torch" else m.sort(a[: 1 << 26]),
        "argsort(a[:2^26])": lambda m, a, b, c: m.argsort(a[: 1 << 26]),
        "random.random(2^28)": lambda m, a, b, c: m.rand(N, device="cuda") if m.__name__ == "torch" else m.random.rand(N).astype("float32") if m.__name__ == "cupy" else m.random.default_rng(1).random(N, dtype="float32"),
        "random.standard_normal(2^28)": lambda m, a, b, c: m.randn(N, device="cuda") if m.__name__ == "torch" else m.random.default_rng(1).standard_normal(N, dtype="float32"),
        "matmul 8192": lambda m, a, b, c: m.matmul(a[: 1 << 26].reshape(8192, 8192), b[: 1 << 26].reshape(8192, 8192)),
    }
    times, values = {case: {} for case in cases}, {case: {} for case in cases}
    for name, (module, put, wait, force) in found.items():
        a, b, c = (put(v) for v in host)
        for case, expression in cases.items():

            def call():
                result = expression(module, a, b, c)
                force(result)
                wait()
                return result

            try:
                values[case][name] = float(np.float64(call().sum()) if name != "PyTorch" else call().double().sum())
                times[case][name] = best(call)
            except Exception as error:  # a function that weft has no kernel for, or a peer's memory
                print(f"  {case}: {name}: {type(error).__name__}: {str(error)[:100]}")
        del a, b, c
    print(f"{N} float32, ms a call")
    for case, row in times.items():
        print(f"  {case:34s}", *[f"{name} {seconds * 1e3:8.3f}  " for name, seconds in row.items()])
        numbers = list(values[case].values())
        if not np.allclose(numbers, numbers[0], rtol=1e-3):
            print("  results differ:", case, values[case])


def tiny(found):
    print("16 float32, us a call (1000 calls, then the wait)")
    for name, (module, put, wait, force) in found.items():
        a, b = put(np.arange(16, dtype=np.float32)), put(np.ones(16, np.float32))
        row = []
        for expression in (lambda: a + b, lambda: ((a + b) * a - b) / a, lambda: a.sum()):

            def burst():
                for _ in range(1000):
                    force(expression())
                wait()

            row.append(best(burst, 5) * 1e3)
        print(f"  {name:8s} a+b {row[0]:7.2f}   chain of 4 {row[1]:7.2f}   sum {row[2]:7.2f}")


def main():
    found = libraries()
    rng = np.random.default_rng(5)
    large(found, [rng.random(N, np.float32) for _ in range(3)])
    tiny(found)


if __name__ == "__main__":
    main()
