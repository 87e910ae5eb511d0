"""Fourier transforms on a GPU beside CuPy and PyTorch (all of them cuFFT's).   needs a GPU and cuFFT

    python bench/gpu_fft.py
Every call is forced and waited for, an input changes each round, one number of each result is compared.
"""
import os
import sys

import numpy as np

os.environ["WEFT_FALLBACK"] = "error"
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from gpu_arrays import libraries  # noqa: E402
from timing import best_of, table  # noqa: E402

CASES = {
    "fft of 2^24 complex64": ((1 << 24,), "complex64", lambda m, x: m.fft.fft(x)),
    "fft of 2^24 complex128": ((1 << 24,), "complex128", lambda m, x: m.fft.fft(x)),
    "fft along rows of 4096 x 4096 complex64": ((4096, 4096), "complex64", lambda m, x: m.fft.fft(x)),
    "fft along columns of 4096 x 4096 complex64": ((4096, 4096), "complex64", lambda m, x: m.fft.fft(x, None, 0)),
    "fft2 of 4096 x 4096 complex64": ((4096, 4096), "complex64", lambda m, x: m.fft.fft2(x)),
    "rfft2 of 4096 x 4096 float32": ((4096, 4096), "float32", lambda m, x: m.fft.rfft2(x)),
    "ifft(fft(x)) of 2^24 complex64": ((1 << 24,), "complex64", lambda m, x: m.fft.ifft(m.fft.fft(x))),
    "irfft(rfft(x)) of 2^24 float32": ((1 << 24,), "float32", lambda m, x: m.fft.irfft(m.fft.rfft(x))),
    "fftn of 256^3 complex64": ((256, 256, 256), "complex64", lambda m, x: m.fft.fftn(x)),
    "fft of 1024 complex64": ((1024,), "complex64", lambda m, x: m.fft.fft(x)),
}


def candidate(module, put, wait, force, transform, host):
    """(run, check) of one library: the input's first number changes each round."""
    x, kept = put(host), {}

    def run(round_):
        x[(0,) * x.ndim] = round_
        kept["result"] = transform(module, x)
        force(kept["result"])
        wait()

    def check(round_):
        found = kept["result"]
        assert np.isfinite(complex(found[(1,) * len(found.shape)].item())), "not a number"
    return run, check


def main():
    rng = np.random.default_rng(1)
    for title, (shape, dtype, transform) in CASES.items():
        host = rng.random(shape).astype(dtype)
        found = {name: candidate(*library, transform, host) for name, library in libraries().items()}
        small = host.size < 1 << 20
        table(title, best_of(found, rounds=50 if small else 10), unit=1e6 if small else 1e3, unit_name="us" if small else "ms")


if __name__ == "__main__":
    main()
