"""Pageable copies of 1 GiB between host and GPU: weft beside CuPy and PyTorch, and pinned as the link's limit. needs a GPU

    python bench/gpu_copies.py
Each round changes the data; what came back is compared.
"""
import time

import numpy as np

import weft.dropin

weft.dropin.install("pycuda")
import pycuda.autoinit  # noqa: E402,F401
import pycuda.driver as cuda  # noqa: E402

BYTES = 1 << 30


def rates(to_gpu, back, host, out, rounds=4):
    """Best GB/s to the GPU, back into used pages, back into fresh pages."""
    best = [0.0, 0.0, 0.0]
    for round_ in range(rounds):
        host[:: 1 << 16] += 1
        for slot, work in enumerate((to_gpu, lambda: back(out), lambda: back(np.empty_like(out)))):
            start = time.perf_counter()
            work()
            best[slot] = max(best[slot], BYTES / (time.perf_counter() - start) / 1e9)
        assert (out[:: 1 << 12] == host[:: 1 << 12]).all()
    return best


def main():
    host, out = np.arange(BYTES // 4, dtype=np.int32), np.zeros(BYTES // 4, np.int32)
    device = cuda.mem_alloc(BYTES)
    rows = {"weft": rates(lambda: cuda.memcpy_htod(device, host), lambda o: cuda.memcpy_dtoh(o, device), host, out)}
    pinned = cuda.pagelocked_empty(BYTES // 4, np.int32)
    pinned[:] = host
    rows["pinned, weft"] = rates(lambda: cuda.memcpy_htod(device, pinned), lambda o: cuda.memcpy_dtoh(pinned, device), pinned, pinned)
    device.free()
    try:
        import cupy as cp

        d = cp.empty(BYTES // 4, cp.int32)
        rows["CuPy"] = rates(lambda: (d.set(host), cp.cuda.Device().synchronize()), lambda o: d.get(out=o), host, out)
        del d
    except ImportError:
        pass
    try:
        import torch

        t = torch.empty(BYTES // 4, dtype=torch.int32, device="cuda")
        rows["PyTorch"] = rates(lambda: (t.copy_(torch.from_numpy(host)), torch.cuda.synchronize()), lambda o: torch.from_numpy(o).copy_(t), host, out)
    except ImportError:
        pass
    print("GB/s of 1 GiB: to the GPU | back, used pages | back, fresh pages")
    for name, row in rows.items():
        print(f"  {name:16s}", *[f"{v:8.1f}" for v in row])


if __name__ == "__main__":
    main()
