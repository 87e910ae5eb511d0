"""pycuda.tools: default devices, caches that belong to a context, memory pools, occupancy, C names of dtypes."""

import functools
import os
import sys

import numpy as np

import pycuda.driver as cuda
from weft import _core

from .compyte.dtypes import dtype_to_ctype as _base_dtype_to_ctype
from .compyte.dtypes import get_or_register_dtype, parse_c_arg_backend, register_dtype  # noqa: F401

# --- contexts ---------------------------------------------------------------------------------------------------------


def _chosen_device():
    """CUDA_DEVICE, else the first line of ~/.cuda_device, else None."""
    chosen = os.environ.get("CUDA_DEVICE")
    if chosen is None:
        try:
            with open(os.path.join(os.path.expanduser("~"), ".cuda_device"), encoding="utf-8") as file:
                chosen = file.read().strip()
        except OSError:
            return None
    try:
        return int(chosen)
    except ValueError:
        raise ValueError(f"CUDA_DEVICE (or ~/.cuda_device) should be a device's number, got {chosen!r}") from None


def get_default_device(default=0):
    chosen = _chosen_device()
    return cuda.Device(default if chosen is None else chosen)


def make_default_context(ctx_maker=None):
    """A context on the device that CUDA_DEVICE or ~/.cuda_device names, else on the default device."""
    make = ctx_maker or (lambda device: device.make_context())
    if cuda.Device.count() == 0:
        raise cuda.RuntimeError("no CUDA enabled device was found")
    chosen = _chosen_device()
    return make(cuda.Device(_core.Device().ordinal if chosen is None else chosen))


context_dependent_memoized_functions = []


def context_dependent_memoize(function):
    """Keeps results per context and arguments, until clear_context_caches()."""
    cache = {}

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        key = (cuda.Context.get_current(), args, tuple(sorted(kwargs.items())))
        if key not in cache:
            cache[key] = function(*args, **kwargs)
        return cache[key]

    wrapper._weft_cache = cache
    context_dependent_memoized_functions.append(wrapper)
    return wrapper


def clear_context_caches():
    for function in context_dependent_memoized_functions:
        function._weft_cache.clear()


def mark_cuda_test(inner):
    """A test that runs in a context of its own."""

    @functools.wraps(inner)
    def test(*args, **kwargs):
        cuda.init()
        context = make_default_context()
        try:
            return inner(*args, **kwargs)
        finally:
            context.pop()
            clear_context_caches()
            context.detach()

    try:
        import pytest
    except ImportError:
        return test
    return pytest.mark.cuda(test)


def init_cuda_context_fixture():
    """The body of a pytest fixture: a context around the test."""
    cuda.init()
    context = make_default_context()
    try:
        yield context
    finally:
        context.pop()
        clear_context_caches()
        context.detach()


def bitlog2(n):
    return int(n).bit_length() - 1 if n else 0


# --- pools ------------------------------------------------------------------------------------------------------------


def _shifted(number, left):
    return number << left if left >= 0 else number >> -left


class _Pool:
    """Freed pieces are kept by size class and given out again. A class holds sizes with the same two leading bits."""

    def __init__(self):
        self._held, self.held_blocks, self.active_blocks, self.managed_bytes, self.active_bytes = {}, 0, 0, 0, 0
        self._holding = True

    @staticmethod
    def bin_number(size):
        """The class of a size: its exponent and the two bits below its highest one."""
        exponent = bitlog2(size)
        return 4 * exponent + (_shifted(size, 2 - exponent) & 3)

    @staticmethod
    def alloc_size(bin_number):
        """The most bytes of a class."""
        exponent, mantissa = divmod(bin_number, 4)
        return _shifted(4 + mantissa, exponent - 2) | max(0, _shifted(1, exponent - 2) - 1)

    def _take(self, size):
        number = self.bin_number(size)
        self.active_blocks += 1
        self.active_bytes += size
        if self._held.get(number):
            self.held_blocks -= 1
            return self._held[number].pop()
        room = max(self.alloc_size(number), size)
        try:
            block = self._new(room)
        except (cuda.MemoryError, MemoryError):
            self.free_held()
            block = self._new(room)
        self.managed_bytes += room
        return block

    def _give(self, block, size):
        self.active_blocks -= 1
        self.active_bytes -= size
        if self._holding:
            self._held.setdefault(self.bin_number(size), []).append(block)
            self.held_blocks += 1
        else:
            self.managed_bytes -= max(self.alloc_size(self.bin_number(size)), size)

    def free_held(self):
        """Gives everything that is not in use back to the device."""
        for number, blocks in self._held.items():
            self.managed_bytes -= self.alloc_size(number) * len(blocks)
        self._held.clear()
        self.held_blocks = 0

    def stop_holding(self):
        self._holding = False
        self.free_held()

    def __call__(self, *args, **kwargs):
        return self.allocate(*args, **kwargs)


class PooledDeviceAllocation(cuda.PointerHolderBase):
    """A piece of a DeviceMemoryPool; goes back there."""

    def __init__(self, pool, size):
        self._pool, self._size = pool, size
        self._block = pool._take(size)

    def get_pointer(self):
        if self._block is None:
            raise cuda.LogicError("use after free: this piece was given back to its pool")
        return self._block.address

    @property
    def gpudata(self):
        self.get_pointer()
        return self._block

    def free(self):
        if self._block is None:
            raise cuda.LogicError("double free: this piece was given back to its pool before")
        block, self._block = self._block, None
        self._pool._give(block, self._size)

    def __len__(self):
        return self._size

    def __del__(self):
        if getattr(self, "_block", None) is not None:
            self.free()


class DeviceMemoryPool(_Pool):
    def _new(self, size):
        return cuda.mem_alloc(size)

    def allocate(self, size):
        return PooledDeviceAllocation(self, int(size))


class DebugMemoryPool(DeviceMemoryPool):
    """Writes a line for each piece that is newly taken from the device: its size, who asked, and what is held then."""

    def __init__(self, interactive=True, logfile=None):
        super().__init__()
        self.interactive, self.logfile = interactive, logfile or sys.stderr
        self.blocks, self.stacktrace_mnemonics = {}, {}

    def describe(self, stack, size):
        """A short name for the place of a request; the same for the same place."""
        return self.stacktrace_mnemonics.setdefault((stack, size), f"place {len(self.stacktrace_mnemonics) + 1} ({stack})")

    def allocate(self, size):
        before = self.managed_bytes
        piece = super().allocate(size)
        frame = sys._getframe(1)
        where = self.describe(f"{frame.f_code.co_filename}:{frame.f_lineno}", size)
        if self.managed_bytes != before:
            self.logfile.write(f"[pool] {size} bytes from the device for {where}; {self.managed_bytes} bytes in all, "
                               f"{self.active_blocks} pieces in use, {self.held_blocks} held\n")
        self.blocks[where] = self.blocks.get(where, 0) + 1
        return piece


class PooledHostAllocation:
    """What keeps an array of a PageLockedMemoryPool alive; goes back there with it."""

    def __init__(self, pool, size):
        self._pool, self._size = pool, size
        self._block = pool._take(size)

    def __buffer__(self, flags):
        return memoryview(self._block)

    @property
    def __array_interface__(self):
        return {"shape": (self._size,), "typestr": "|u1", "data": (self._block.address, False), "version": 3}

    def free(self):
        if self._block is not None:
            block, self._block = self._block, None
            self._pool._give(block, self._size)

    def __len__(self):
        return self._size

    def __del__(self):
        if getattr(self, "_block", None) is not None:
            self.free()


class PageLockedAllocator:
    def __init__(self, flags=0):
        self.flags = flags


class PageLockedMemoryPool(_Pool):
    def __init__(self, allocator=None):
        super().__init__()
        self._flags = allocator.flags if allocator else 0

    def _new(self, size):
        return _core.PinnedMemory(size, self._flags)

    def allocate(self, shape, dtype, order="C"):
        size = int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
        flat = np.asarray(PooledHostAllocation(self, max(size, 1)))
        return flat[:size].view(dtype).reshape(shape, order=order)


# --- occupancy --------------------------------------------------------------------------------------------------------


class DeviceData:
    """A device's limits, as occupancy calculations want them."""

    def __init__(self, dev=None):
        dev = dev or cuda.Context.get_device()
        get = dev.get_attribute
        attribute = cuda.device_attribute
        self.max_threads = get(attribute.MAX_THREADS_PER_BLOCK)
        self.warp_size = get(attribute.WARP_SIZE)
        self.warps_per_mp = get(attribute.MAX_THREADS_PER_MULTIPROCESSOR) // self.warp_size
        self.thread_blocks_per_mp = get(attribute.MAX_BLOCKS_PER_MULTIPROCESSOR) or 16
        self.registers = get(attribute.MAX_REGISTERS_PER_BLOCK)
        self.shared_memory = get(attribute.MAX_SHARED_MEMORY_PER_BLOCK)
        self.smem_alloc_granularity = 256
        self.smem_granularity = 32
        self.register_allocation_unit = "warp"

    def align_bytes(self, word_size=4):
        return {4: 64, 8: 128, 16: 128}[word_size]

    def align_words(self, word_size):
        return self.align_bytes(word_size) // word_size

    def align_dtype(self, dtype_size):
        return max(1, self.align_words(4) // dtype_size) if dtype_size < 4 else self.align_words(min(dtype_size, 16))

    def align(self, bytes, word_size=4):
        step = self.align_bytes(word_size)
        return (bytes + step - 1) // step * step

    def coalesce(self, thread_count):
        return (thread_count + 15) // 16 * 16

    @staticmethod
    def make_valid_tex_channel_count(size):
        return {1: 1, 2: 2, 3: 4, 4: 4}[size]


class OccupancyRecord:
    """How many blocks of a kernel a multiprocessor holds at a time, and what limits it."""

    def __init__(self, devdata, threads, shared_mem=0, registers=0):
        if threads > devdata.max_threads:
            raise ValueError("too many threads")
        warps = -(-threads // devdata.warp_size)
        limits = [(devdata.thread_blocks_per_mp, "device"), (devdata.warps_per_mp // warps, "warps")]
        if registers:
            limits.append((devdata.registers // (registers * warps * devdata.warp_size), "regs"))
        if shared_mem:
            granule = devdata.smem_alloc_granularity
            limits.append((devdata.shared_memory // (-(-shared_mem // granule) * granule), "smem"))
        self.tb_per_mp_limits = limits
        self.tb_per_mp, self.limited_by = min(limits)
        self.warps_per_mp = self.tb_per_mp * warps
        self.occupancy = self.warps_per_mp / devdata.warps_per_mp


# --- C names of dtypes ------------------------------------------------------------------------------------------------

def base_dtype_to_ctype(dtype):
    return _base_dtype_to_ctype(dtype)


def dtype_to_ctype(dtype, with_fp_tex_hack=False):
    """The C name of a dtype. with_fp_tex_hack: double and complex types by the names of pycuda-helpers.hpp."""
    if dtype is None:
        raise ValueError("dtype may not be None")
    hacked = {"float32": "fp_tex_float", "float64": "fp_tex_double", "complex64": "fp_tex_cfloat", "complex128": "fp_tex_cdouble"}
    name = np.dtype(dtype).name
    return hacked[name] if with_fp_tex_hack and name in hacked else _base_dtype_to_ctype(dtype)


class Argument:
    def __init__(self, dtype, name):
        self.dtype, self.name = np.dtype(dtype), name

    def __repr__(self):
        return f"{type(self).__name__}({self.name!r}, {self.dtype})"


class VectorArg(Argument):
    struct_char = "P"

    def declarator(self):
        return f"{dtype_to_ctype(self.dtype)} *{self.name}"


class ScalarArg(Argument):
    @property
    def struct_char(self):
        return f"{self.dtype.itemsize}s" if self.dtype.kind == "V" else self.dtype.char

    def declarator(self):
        return f"{dtype_to_ctype(self.dtype)} {self.name}"


def parse_c_arg(c_arg):
    """"const float *x" → VectorArg(float32, "x")."""
    return parse_c_arg_backend(c_arg, ScalarArg, VectorArg)


def get_arg_type(c_arg):
    return parse_c_arg(c_arg).struct_char
