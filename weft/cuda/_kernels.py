"""Kernels: cuda.jit, what a kernel offers beside being launched, and compiling without launching."""

import math

from .. import _pytypes as types
from .._pydispatch import Dispatcher


class CUDADispatcher(Dispatcher):
    """kernel[grid, block, stream, shared](*args)"""

    def configure(self, griddim, blockdim, stream=None, sharedmem=0):
        return self[griddim, blockdim, stream, sharedmem]

    def _not_called(self):
        if self.targetoptions.get("device"):
            raise TypeError(f"{self.__name__} is a device function: it can only be called from a kernel")
        raise ValueError(f"a kernel needs a launch configuration: {self.__name__}[grid, block](...)")

    def compile(self, sig):
        codes = self._codes_of_signature(sig)
        self._program(codes)
        return self._kernel(codes)

    def specialize(self, *args):
        self._program(self._codes(*args))
        return self

    @property
    def specialized(self):
        return len(self._variants()) == 1

    def forall(self, ntasks, tpb=0, stream=None, sharedmem=0):
        return ForAll(self, ntasks, tpb, stream, sharedmem)

    def _attribute(self, name, signature):
        def one(codes):
            return self._kernel(codes).attributes()[name]

        if signature is None and self.specialized:
            return one(self._variants()[0])
        return self._each(signature, one)

    def get_regs_per_thread(self, signature=None):
        return self._attribute("num_regs", signature)

    def get_const_mem_size(self, signature=None):
        return self._attribute("const_size_bytes", signature)

    def get_shared_mem_per_block(self, signature=None):
        return self._attribute("shared_size_bytes", signature)

    def get_max_threads_per_block(self, signature=None):
        return self._attribute("max_threads_per_block", signature)

    def get_local_mem_per_thread(self, signature=None):
        return self._attribute("local_size_bytes", signature)

    @property
    def ptx(self):
        return self.inspect_asm()

    @property
    def definition(self):
        return self

    extensions = ()


class ForAll:
    """kernel.forall(n)(*args): one thread or more for each of n tasks; the kernel checks its bounds."""

    def __init__(self, dispatcher, ntasks, tpb, stream, sharedmem):
        if ntasks < 0:
            raise ValueError(f"Can't create ForAll with negative task count: {ntasks}")
        self.dispatcher, self.ntasks, self.thread_per_block = dispatcher, ntasks, tpb
        self.stream, self.sharedmem = stream, sharedmem

    def __call__(self, *args):
        if not self.ntasks:
            return None
        threads = self.thread_per_block or min(128, max(self.ntasks, 1))
        return self.dispatcher[math.ceil(self.ntasks / threads), threads, self.stream, self.sharedmem](*args)


def _looks_like_signature(value):
    return isinstance(value, (str, types.Signature, types.Type, tuple, list))


def jit(func_or_sig=None, device=False, inline=False, link=(), debug=None, opt=None, lineinfo=False, cache=False,
        fastmath=False, max_registers=None, launch_bounds=None, boundscheck=None, func=None, argtypes=None, bind=True,
        signature=None, cooperative=None, restype=None, **unknown):
    """Makes a kernel (or, with device=True, a function that kernels call) of a Python function.

    With signatures it is compiled at once. fastmath allows approximate division and square root. link, lineinfo, opt,
    cache and inline are accepted; kernels are always cached, optimised and carry their lines.
    """
    if unknown:
        raise TypeError(f"cuda.jit has no option {', '.join(sorted(unknown))}")
    if link:
        raise NotImplementedError("link= is not supported: external CUDA C or PTX cannot be linked to a Python kernel")
    options = {"device": device, "debug": debug, "lineinfo": lineinfo, "opt": opt, "cache": cache, "inline": inline,
               "fastmath": fastmath, "max_registers": max_registers}
    bounds = launch_bounds[0] if isinstance(launch_bounds, (tuple, list)) else launch_bounds

    def make(function, signatures=()):
        if isinstance(function, Dispatcher):
            function = function.py_func
        made = CUDADispatcher(function, "device" if device else "kernel", max_threads=bounds or 0, **options)
        for one in signatures:
            made.compile(one)
        return made

    if func_or_sig is None:
        func_or_sig = signature if signature is not None else func
    if func_or_sig is None:
        return make
    if _looks_like_signature(func_or_sig):
        signatures = func_or_sig if isinstance(func_or_sig, list) else [func_or_sig]
        return lambda function: make(function, signatures)
    return make(func_or_sig)


def declare_device(name, sig):
    raise NotImplementedError("declare_device: functions in other languages cannot be linked to a Python kernel")


def compile(pyfunc, sig, debug=None, lineinfo=False, device=True, fastmath=False, cc=None, opt=None, output="ptx", **options):
    """(PTX or assembly, return type) of a function for a signature, on the current device."""
    made = CUDADispatcher(pyfunc, "device" if device else "kernel", fastmath=fastmath)
    codes = made._codes_of_signature(sig)
    return made._program(codes).show("asm"), types.from_code(made._returns(codes))


def compile_ptx(pyfunc, sig, **options):
    options.setdefault("device", False)
    return compile(pyfunc, sig, **options)


compile_for_current_device, compile_ptx_for_current_device = compile, compile_ptx

