"""What can go wrong, and what one sees: every error of the driver is a pycuda.driver.Error.

    python -m weft examples/pycuda_errors.py
"""

import warnings

import numpy as np
import pycuda.autoinit  # noqa: F401
import pycuda.driver as cuda
from pycuda.compiler import SourceModule

SOURCE = """
__global__ void scale(float *x, float factor, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n)
        x[i] *= factor;
}
"""


def expect(what, kind, call):
    """Runs `call`, which must fail with an error of that kind, and shows its words."""
    try:
        call()
    except cuda.Error as error:
        assert isinstance(error, kind), f"{what}: {type(error).__name__}"
        print(f"{what}: {type(error).__name__}: {str(error).strip().splitlines()[0]}")
    except TypeError as error:
        assert kind is TypeError, f"{what}: TypeError"
        print(f"{what}: TypeError: {error}")
    else:
        raise AssertionError(f"{what}: nothing was said")


scale = SourceModule(SOURCE).get_function("scale")
x = np.ones(100, np.float32)
x_gpu = cuda.to_device(x)
fitting = dict(block=(128, 1, 1), grid=(1, 1))

expect("too much memory", cuda.MemoryError, lambda: cuda.mem_alloc(1 << 60))
expect("a mistake in the source", cuda.CompileError, lambda: SourceModule(SOURCE.replace("factor;", "facto;")))
expect("no such kernel", cuda.LogicError, lambda: SourceModule(SOURCE).get_function("scal"))
expect("a block that is too large", cuda.Error, lambda: scale(x_gpu, np.float32(2), np.int32(100), block=(2048, 1, 1)))
expect("a number without a size", TypeError, lambda: scale(x_gpu, 2.0, np.int32(100), **fitting))
expect("one argument too few", TypeError, lambda: scale(x_gpu, np.float32(2), **fitting))
expect("a host array", TypeError, lambda: scale(x, np.float32(2), np.int32(100), **fitting))
expect("a copy that does not fit", cuda.LogicError, lambda: cuda.memcpy_htod(x_gpu, np.ones(101, np.float32)))

x_gpu.free()
expect("free twice", cuda.LogicError, x_gpu.free)
expect("use after free", cuda.LogicError, lambda: scale(x_gpu, np.float32(2), np.int32(100), **fitting))

# After all that, things still work.
x_gpu = cuda.to_device(x)
with warnings.catch_warnings():
    warnings.simplefilter("error")
    scale(x_gpu, np.float32(2), np.int32(100), **fitting)
assert (cuda.from_device_like(x_gpu, x) == 2).all()
print("and the kernel runs")
