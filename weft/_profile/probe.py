"""What a device can reach: memory bandwidth, arithmetic, and the way from and to the host; measured once, by kernels of our own.

    reach("cuda:0") → {"bytes": B/s, "float32": op/s, "float64": op/s, "in": B/s, "out": B/s}

bytes: z = x * s + y over arrays that no cache holds, each array counted once. float32, float64: chains of fused
multiply-adds, two operations each. in, out: copies of pageable memory. The best of several runs counts. The result is kept in
the cache folder (probe.json) under the device's name, weft's version and the number of threads.
"""

import json
import os
import time

from .. import _core
from .._version import __version__

_SOURCE = r"""
extern "C" __global__ void stream(float *z, const float *x, const float *y, float s, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) z[i] = x[i] * s + y[i];
}
extern "C" __global__ void stream4(float4 *z, const float4 *x, const float4 *y, float s, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        float4 a = x[i], b = y[i];
        z[i] = make_float4(a.x * s + b.x, a.y * s + b.y, a.z * s + b.z, a.w * s + b.w);
    }
}
template<typename T> __device__ void chains(T *out, T s)
{
    T a = s, b = s + 1, c = s + 2, d = s + 3, e = s + 4, f = s + 5, g = s + 6, h = s + 7;
    for (int k = 0; k < 512; k++) {
        a = a * s + s, b = b * s + s, c = c * s + s, d = d * s + s;
        e = e * s + s, f = f * s + s, g = g * s + s, h = h * s + s;
    }
    out[blockIdx.x * blockDim.x + threadIdx.x] = a + b + c + d + e + f + g + h;
}
extern "C" __global__ void chains32(float *out, float s) { chains<float>(out, s); }
extern "C" __global__ void chains64(double *out, double s) { chains<double>(out, s); }
"""
_known = {}
anew = False  # weft profile --measure: what was kept does not count


def _best(run, times=5, launches=1):
    """The shortest time of one of `launches`."""
    import weft as wf

    run()
    wf.synchronize()
    best = float("inf")
    for _ in range(times):
        begin = time.perf_counter()
        for _ in range(launches):
            run()
        wf.synchronize()
        best = min(best, (time.perf_counter() - begin) / launches)
    return best


def measure(device):
    """Measures now; takes about a second."""
    import numpy as np

    import weft as wf

    on_cpu = device.startswith("cpu")
    n, launches = (1 << 23, 1) if on_cpu else (1 << 26, 10)
    with wf.device(device):
        module = wf.Module(_SOURCE, check_bounds=False)
        x, y, z = (_core.Memory(4 * n) for _ in range(3))
        for memory in (x, y, z):
            _core.fill(memory, 0, 4, n)
        # a GPU moves 16 bytes a thread, a CPU's lanes single elements
        stream, count = (module["stream"], n) if on_cpu else (module["stream4"], n // 4)
        found = {"bytes": 12 * n / _best(lambda: stream(z, x, y, np.float32(2), np.int32(count), grid=(count // 256,), block=(256,)), launches=launches)}
        blocks = 64 if on_cpu else 4096
        for name, kernel, scalar in (("float32", "chains32", np.float32), ("float64", "chains64", np.float64)):
            seconds = _best(lambda: module[kernel](z, scalar(0.5), grid=(blocks,), block=(256,)), launches=launches)
            found[name] = 2 * 8 * 512 * 256 * blocks / seconds
        host = np.ones(min(n, 1 << 24), np.float32)
        found["in"] = host.nbytes / _best(lambda: _core.copy_to_device(x, host))
        found["out"] = host.nbytes / _best(lambda: _core.copy_to_host(host, x))
    return found


def _key(device):
    import weft as wf

    info = wf.device(device).info
    return f"{device.partition(':')[0]} {info['name']} {info['multiprocessors']} {__version__}"


def _kept(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return {}


def reach(device):
    """As above; {} when the device could not be measured."""
    import weft as wf

    if device in _known:
        return _known[device]
    folder = _core.cache_folder()
    path, key = os.path.join(folder, "probe.json") if folder else None, _key(device)
    kept = _kept(path) if path else {}
    if key not in kept or anew:
        try:
            kept[key] = measure(device)
        except wf.Error:
            return {}
        if path:
            aside = f"{path}.{os.getpid()}"
            try:
                with open(aside, "w", encoding="utf-8") as file:
                    json.dump(kept, file)
                os.replace(aside, path)
            except OSError:
                pass  # a folder that cannot be written: measured again next time
    _known[device] = kept[key]
    return kept[key]
