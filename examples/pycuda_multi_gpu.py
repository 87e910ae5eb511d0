"""Several devices, a context on each: every device gets a part of the data, and the parts are gathered.

    python -m weft examples/pycuda_multi_gpu.py
    WEFT_DEVICE=cpu WEFT_CPU_DEVICES=4 python -m weft examples/pycuda_multi_gpu.py     # without any GPU
"""

import numpy as np
import pycuda.driver as cuda
from pycuda.compiler import SourceModule

SOURCE = """
__global__ void saxpy(float a, const float *x, const float *y, float *z, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n)
        z[i] = a * x[i] + y[i];
}
"""
THREADS = 256

cuda.init()
count = cuda.Device.count()
n = 1_000_003
rng = np.random.default_rng(2)
x, y = rng.random(n, np.float32), rng.random(n, np.float32)
z = np.zeros(n, np.float32)
bounds = np.linspace(0, n, count + 1).astype(int)


class Part:
    """What one device works on: its context, its piece of the data, its stream."""

    def __init__(self, number):
        self.slice = slice(bounds[number], bounds[number + 1])
        self.device = cuda.Device(number)
        self.context = self.device.make_context()  # now on top of this thread's stack
        self.stream = cuda.Stream()
        self.saxpy = SourceModule(SOURCE).get_function("saxpy")
        self.x, self.y = cuda.to_device(x[self.slice]), cuda.to_device(y[self.slice])
        self.z = cuda.mem_alloc(z[self.slice].nbytes)
        self.context.pop()

    def start(self):
        self.context.push()
        size = self.slice.stop - self.slice.start
        self.saxpy(np.float32(3), self.x, self.y, self.z, np.int32(size), block=(THREADS, 1, 1),
                   grid=(-(-size // THREADS), 1), stream=self.stream)
        self.context.pop()

    def gather(self):
        self.context.push()
        self.stream.synchronize()
        cuda.memcpy_dtoh(z[self.slice], self.z)
        self.context.pop()

    def close(self):
        self.context.push()
        for memory in (self.x, self.y, self.z):
            memory.free()
        self.context.pop()
        self.context.detach()


parts = [Part(number) for number in range(count)]
for part in parts:  # all devices work at the same time
    part.start()
for part in parts:
    part.gather()
for part in parts:
    print(f"device {part.device.pci_bus_id()} ({part.device.name()}): elements {part.slice.start} to {part.slice.stop}")
    part.close()

assert np.allclose(z, 3 * x + y), "the gathered result is wrong"
print(f"{n} elements on {count} device{'s' * (count > 1)}: right")
