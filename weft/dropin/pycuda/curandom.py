"""pycuda.curandom: arrays of random numbers.

rand() is weft's own generator (Philox). The generator classes keep one state of curand_kernel.h for each of a fixed number of
threads, so that the same seeds give the same numbers on every device. Sobol sequences need tables of direction vectors, which
weft does not carry.
"""

import enum
import random as _random

import numpy as np

import pycuda.driver as drv
import pycuda.gpuarray as gpuarray
from pycuda.tools import context_dependent_memoize
from weft._array import random as _weft_random

_BLOCKS, _THREADS = 64, 64  # generators: enough for a large GPU, few enough to set up quickly


def get_curand_version():
    """The version of cuRAND whose names and sequences are offered."""
    return (10, 3, 0)


@context_dependent_memoize
def _own_generator():
    return _weft_random.default_rng()


def rand(shape, dtype=np.float32, stream=None):
    """Uniform numbers in [0, 1); of 32-bit integer dtypes all values. TypeError: another dtype."""
    dtype = np.dtype(dtype)
    shape = gpuarray._shape_of(shape)
    generator = _own_generator()
    if dtype.kind == "f" and dtype.itemsize >= 4:
        values = generator.random(shape, dtype=dtype)
    elif dtype.kind in "iu" and dtype.itemsize == 4:
        info = np.iinfo(dtype)
        values = generator.integers(info.min, info.max, shape, dtype=dtype, endpoint=True)
    elif dtype.kind == "c":
        real = rand(shape, dtype=f"f{dtype.itemsize // 2}")
        return real.astype(dtype) + 1j * rand(shape, dtype=f"f{dtype.itemsize // 2}").astype(dtype)
    else:
        raise TypeError(f"rand makes float32, float64, complex64, complex128, int32 and uint32, not {dtype}")
    result = gpuarray.GPUArray(shape, dtype)
    return result._result(values, dtype, result) if result.size else result


def seed_getter_uniform(n):
    """n times the same seed; the generators differ by their subsequences."""
    return gpuarray.empty([n], np.int32).fill(_random.randint(0, 2**31 - 1))


def seed_getter_unique(n):
    return gpuarray.to_gpu(np.random.randint(0, 2**31 - 1, n).astype(np.int32))


_SOURCE = """
#include <curand_kernel.h>
typedef {state} weft_state;
extern "C" __global__ void prepare(weft_state *s, size_t n, const int *seeds, unsigned long long offset)
{{
    size_t id = blockIdx.x * blockDim.x + threadIdx.x;
    if (id < n) curand_init(seeds[id], id, offset, &s[id]);
}}
#define WEFT_FILL(name, type, parameters, value) \\
extern "C" __global__ void name(weft_state *s, type *out parameters, size_t n) \\
{{ \\
    size_t id = blockIdx.x * blockDim.x + threadIdx.x; \\
    weft_state state = s[id]; \\
    for (size_t i = id; i < n; i += blockDim.x * gridDim.x) out[i] = value; \\
    s[id] = state; \\
}}
#define WEFT_NONE
#define WEFT_LOG(type) , type mean, type stddev
#define WEFT_MEAN , double lambda_
WEFT_FILL(uniform_int, unsigned int, WEFT_NONE, curand(&state))
WEFT_FILL(uniform_float, float, WEFT_NONE, curand_uniform(&state))
WEFT_FILL(uniform_double, double, WEFT_NONE, curand_uniform_double(&state))
WEFT_FILL(normal_float, float, WEFT_NONE, curand_normal(&state))
WEFT_FILL(normal_double, double, WEFT_NONE, curand_normal_double(&state))
WEFT_FILL(log_normal_float, float, WEFT_LOG(float), curand_log_normal(&state, mean, stddev))
WEFT_FILL(log_normal_double, double, WEFT_LOG(double), curand_log_normal_double(&state, mean, stddev))
WEFT_FILL(poisson_int, unsigned int, WEFT_MEAN, curand_poisson(&state, lambda_))
WEFT_FILL(poisson_float, float, WEFT_MEAN, curand_poisson(&state, lambda_))
WEFT_FILL(poisson_double, double, WEFT_MEAN, curand_poisson(&state, lambda_))
WEFT_FILL(poisson_inout_int, unsigned int, WEFT_NONE, curand_poisson(&state, (double)out[i]))
WEFT_FILL(poisson_inout_float, float, WEFT_NONE, curand_poisson(&state, (double)out[i]))
WEFT_FILL(poisson_inout_double, double, WEFT_NONE, curand_poisson(&state, out[i]))
#define WEFT_SKIP(name, call) \\
extern "C" __global__ void name(weft_state *s, unsigned long long skip, const unsigned long long *skips, size_t n) \\
{{ \\
    size_t id = blockIdx.x * blockDim.x + threadIdx.x; \\
    if (id < n) call(skips ? skips[id] : skip, &s[id]); \\
}}
{skips}
"""


@context_dependent_memoize
def _module(state, skips):
    from pycuda.compiler import SourceModule

    text = "\n".join(f"WEFT_SKIP(move_{name}, {name})" for name in skips)
    return SourceModule(_SOURCE.format(state=state, skips=text), no_extern_c=True)


class _Generators:
    """What the pseudo-random generators share. seed_getter: given a number, a GPUArray of that many int32 seeds."""

    has_box_muller = True
    generators_per_block = _THREADS
    _state = None    # the C type
    _skips = ()

    def __init__(self, seed_getter=None, offset=0):
        self.block_count = _BLOCKS
        count = _BLOCKS * _THREADS
        seeds = (seed_getter or seed_getter_unique)(count)
        if not (isinstance(seeds, gpuarray.GPUArray) and seeds.dtype == np.int32 and seeds.shape == (count,)):
            raise TypeError("seed_getter: a GPUArray of the given number of int32 was expected")
        self._module = _module(self._state, self._skips)
        from pycuda.characterize import sizeof

        self.state = drv.mem_alloc(count * sizeof(self._state, "#include <curand_kernel.h>"))
        self._launch("prepare", count, seeds, offset)

    def _launch(self, name, count, *args, stream=None):
        kernel = self._module.get_function(name)._loose
        kernel.launch((_BLOCKS, 1), (_THREADS, 1, 1), (self.state, count, *args), 0, stream)

    def _fill(self, name, data, *args, stream=None):
        if not data.flags.forc:
            raise RuntimeError("only contiguous arrays may be filled")
        kernel = self._module.get_function(name)._loose
        if data.size:
            kernel.launch((_BLOCKS, 1), (_THREADS, 1, 1), (self.state, data.view(np.uint32) if data.dtype == np.int32 else data, *args, data.size),
                          0, stream)

    @staticmethod
    def _suffix(what, dtype, integers):
        names = {np.dtype(np.float32): "float", np.dtype(np.float64): "double"}
        if integers:
            names.update({np.dtype(np.int32): "int", np.dtype(np.uint32): "int"})
        if dtype not in names:
            raise NotImplementedError(f"{what} of dtype {dtype}: there are {', '.join(map(str, names))}")
        return f"{what}_{names[dtype]}"

    def fill_uniform(self, data, stream=None):
        """Uniform in (0, 1]; of 32-bit integers all values."""
        self._fill(self._suffix("uniform", data.dtype, True), data, stream=stream)

    def gen_uniform(self, shape, dtype, stream=None):
        result = gpuarray.empty(shape, dtype)
        self.fill_uniform(result, stream)
        return result

    def fill_normal(self, data, stream=None):
        """Normal with mean 0 and standard deviation 1."""
        self._fill(self._suffix("normal", data.dtype, False), data, stream=stream)

    def gen_normal(self, shape, dtype, stream=None):
        result = gpuarray.empty(shape, dtype)
        self.fill_normal(result, stream)
        return result

    def fill_log_normal(self, data, mean, stddev, stream=None):
        """exp of normal numbers with that mean and standard deviation."""
        self._fill(self._suffix("log_normal", data.dtype, False), data, mean, stddev, stream=stream)

    def gen_log_normal(self, shape, dtype, mean, stddev, stream=None):
        result = gpuarray.empty(shape, dtype)
        self.fill_log_normal(result, mean, stddev, stream)
        return result

    def fill_poisson(self, data, lambda_value=None, stream=None):
        """Poisson with mean lambda_value; None: with the mean that each element holds."""
        if lambda_value is None:
            self._fill(self._suffix("poisson_inout", data.dtype, True), data, stream=stream)
        else:
            self._fill(self._suffix("poisson", data.dtype, True), data, float(lambda_value), stream=stream)

    def gen_poisson(self, shape, dtype, lambda_value, stream=None):
        result = gpuarray.empty(shape, dtype)
        self.fill_poisson(result, lambda_value, stream)
        return result


def _skipping(kernel):
    def one(self, i, stream=None):
        """Every generator goes i further."""
        self._skip(kernel, int(i), None, stream)

    def each(self, i, stream=None):
        """Generator k goes i[k] further; i is a GPUArray of 64-bit integers, or a sequence."""
        if not isinstance(i, gpuarray.GPUArray):
            i = gpuarray.to_gpu(np.asarray(i, np.uint64))
        self._skip(kernel, 0, i, stream)

    return one, each


def _skip(self, kernel, skip, skips, stream):
    function = self._module.get_function(f"move_{kernel}")._loose
    function.launch((_BLOCKS, 1), (_THREADS, 1, 1), (self.state, skip, skips, _BLOCKS * _THREADS), 0, stream)


_Generators._skip = _skip
_Generators.call_skip_ahead, _Generators.call_skip_ahead_array = _skipping("skipahead")


class XORWOWRandomNumberGenerator(_Generators):
    """Marsaglia's XORWOW, as in cuRAND."""

    _state, _skips = "curandStateXORWOW", ("skipahead", "skipahead_sequence")
    call_skip_ahead_sequence, call_skip_ahead_sequence_array = _skipping("skipahead_sequence")


class MRG32k3aRandomNumberGenerator(_Generators):
    """L'Ecuyer's combined multiple recursive generator, as in cuRAND."""

    _state, _skips = "curandStateMRG32k3a", ("skipahead", "skipahead_sequence", "skipahead_subsequence")
    call_skip_ahead_sequence, call_skip_ahead_sequence_array = _skipping("skipahead_sequence")
    call_skip_ahead_subsequence, call_skip_ahead_subsequence_array = _skipping("skipahead_subsequence")
    skip_ahead_subsequence, skip_ahead_subsequence_array = call_skip_ahead_subsequence, call_skip_ahead_subsequence_array


class direction_vector_set(enum.IntEnum):
    VECTOR_32 = 101
    SCRAMBLED_VECTOR_32 = 102
    VECTOR_64 = 103
    SCRAMBLED_VECTOR_64 = 104


_NO_SOBOL = ("Sobol sequences need cuRAND's tables of direction vectors, which weft does not carry; scipy.stats.qmc.Sobol makes them "
             "on the host")


def generate_direction_vectors(count, direction=direction_vector_set.VECTOR_32):
    raise NotImplementedError(_NO_SOBOL)


generate_scramble_constants32 = generate_scramble_constants64 = generate_direction_vectors


def _refuse(self, *args, **kwargs):
    raise NotImplementedError(_NO_SOBOL)


class _Sobol:
    __init__ = _refuse
    fill_uniform = fill_normal = fill_log_normal = fill_poisson = _refuse
    gen_uniform = gen_normal = gen_log_normal = gen_poisson = _refuse
    call_skip_ahead = call_skip_ahead_array = _refuse


class Sobol32RandomNumberGenerator(_Sobol):
    pass


class Sobol64RandomNumberGenerator(_Sobol):
    pass


class ScrambledSobol32RandomNumberGenerator(_Sobol):
    pass


class ScrambledSobol64RandomNumberGenerator(_Sobol):
    pass
