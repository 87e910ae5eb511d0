"""Kernels: cuda.jit, what a kernel offers beside being launched, and compiling without launching."""

import contextlib
import itertools
import math
import os
import pickle
import re
import types as _types

import numpy as np

from .. import _core
from .. import _pytypes as types
from .._pydispatch import Dispatcher
from . import _settings, _warnings
from ._compiled import CompiledKernel
from ._settings import search_paths


class CUDADispatcher(Dispatcher):
    """kernel[grid, block, stream, shared](*args)"""

    py_func = None  # the function that was given, set with the others of Dispatcher's

    def __init__(self, function, mode, **options):
        super().__init__(function, mode, **options)
        self._mode, self._given, self._bound_to = mode, options, ()
        _warnings.kernels.add(self)
        if _warnings._always("CUDA_WARN_ON_IMPLICIT_COPY"):
            self._binds = 1

    def _exception_of(self, kind, found, error):
        """With the place, the thread and its block in the text, as Numba words them."""
        said = f": {found['text']}" if found["text"] else ""
        return kind(f"In function {found['kernel']!r}, file {found['file']}, line {found['line']}\n"
                    f"tid=[{found['thread']}] ctaid=[{found['block']}]{said}")

    def _resolve(self, callee, name, rows):
        """Overloads that are there for kernels."""
        from .. import _pyresolve

        return _pyresolve.resolve(callee, name, rows, "cuda")

    def _link_with(self, sources):
        """Remembers the CUDA C that the kernel calls: what link= names, and what the declared functions it sees bring along."""
        found, declared = dict.fromkeys(sources), _declared(self.py_func)
        for one in declared:
            found.update(dict.fromkeys(_text_of_link(item) for item in one.link))
        if found or declared:
            self._link_texts = list(found)
            self._link()

    def _linked(self, text):
        from .._module import compile_source

        texts = [one for one in self._link_texts if isinstance(one, str)]
        folders = dict.fromkeys(_folder_of[one] for one in texts if one in _folder_of)
        made = compile_source("\n".join([*texts, text]), (), include_dirs=(*folders, *search_paths()), arch=None, name=self.__name__, link_names=True)
        for image in self._link_texts:
            if not isinstance(image, str):
                made._link(*image)
        return made

    def _bind_to(self, signatures):
        """Compiles for these signatures and takes nothing else."""
        self._bound_to = tuple(types.signature_of(one) for one in signatures)
        self._use_only([args if returns is None else types.Signature(returns, args) for returns, args in self._bound_to])
        self.__dict__["_specialized"] = len(signatures) == 1
        self._binds |= int(any(isinstance(a, types.CPointer) for _, args in self._bound_to for a in args))

    def _codes_of_signature(self, signature):
        return "".join(_code_in_kernels(a) for a in types.signature_of(signature)[1])

    def _bind(self, args, kwargs):
        """Also what the extensions make of the arguments, and addresses where the signature says pointer."""
        args = super()._bind(args, kwargs)
        _warnings.of_host_arrays(args)
        for extension in reversed(self.__dict__.get("_extensions", ())):
            args = [extension.prepare_args(_type_or_none(value), value, stream=0, retr=[])[1] for value in args]
        wanted = self._bound_to[0][1] if len(self._bound_to) == 1 else ()
        return tuple(_at_address(value, kind) if isinstance(kind, types.CPointer) else value
                     for value, kind in itertools.zip_longest(args, wanted))[:len(args)]

    # Pickled by its name where a module has it, else by value (weft._pypickle).

    def _by_value(self):
        from .. import _pypickle

        state = {"function": _pypickle.state_of(self.py_func), "mode": self._mode, "options": self._given,
                 "signatures": [types.Signature(returns or types.void, args) for returns, args in self._bound_to],
                 "links": self.__dict__.get("_link_texts", ())}
        return _unfilled, (self._mode, self._given), state

    def __setstate__(self, state):
        from .. import _pypickle

        self.__init__(_pypickle.function_of(state["function"]), state["mode"], **state["options"])
        self._link_with(state["links"])
        if state["signatures"]:
            self._bind_to(state["signatures"])

    def _not_pickled(self):
        raise pickle.PicklingError("Cannot pickle configured launches with pre-launch callbacks")

    # Asked by the C side when a launch has compiled the kernel for new types, and before each launch that has callbacks.

    def _compiled(self, configured, codes):
        _warnings.of_first_launch(configured)
        for record in self.__dict__.get("_captures", ()):
            record["config"] = configured

    def _before_launch(self, configured, codes):
        kernel = CompiledKernel(self, codes, types.Signature(types.void, types.split_codes(codes)))
        for callback in list(configured.pre_launch_callbacks):
            callback(kernel, configured)

    def configure(self, griddim, blockdim, stream=None, sharedmem=0):
        return self[griddim, blockdim, stream, sharedmem]

    def _not_called(self):
        if self.targetoptions.get("device"):
            raise TypeError(f"{self.__name__} is a device function: it can only be called from a kernel")
        raise ValueError(f"Kernel launch configuration was not specified: write {self.__name__}[grid, block](...)")

    def compile(self, sig):
        codes = self._codes_of_signature(sig)
        self._program(codes)
        if self.targetoptions.get("device"):
            return None
        return self._kernel(codes)

    def specialize(self, *args):
        """The kernel for the types of these arguments alone: it is compiled now, and refuses others."""
        if self.specialized:
            raise RuntimeError("Dispatcher already specialized")
        codes = "".join(types.code_for(a, False) if isinstance(a, types.Type) else self._codes(a) for a in args)
        made = self.specializations.get(codes)
        if made is None:
            made = self.specializations[codes] = CUDADispatcher(self.py_func, "kernel", **self._given)
            made.__dict__["_specialized"] = True
            made.compile(tuple(types.split_codes(codes)))
        return made

    @property
    def specializations(self):
        return self.__dict__.setdefault("_specializations", {})

    @property
    def specialized(self):
        return self.__dict__.get("_specialized", False)

    def mark_launch_config_sensitive(self):
        """Numba then compiles for each launch configuration."""
        raise NotImplementedError("mark_launch_config_sensitive(): weft compiles a kernel once for its arguments' types and runs that at any grid "
                                  "and block; make a kernel for each configuration (a function that returns it) and let its code depend "
                                  "on a constant from there")

    def forall(self, ntasks, tpb=0, stream=None, sharedmem=0):
        return ForAll(self, ntasks, tpb, stream, sharedmem)

    def _attribute(self, name, signature):
        def one(codes):
            return self._kernel(codes).attributes()[name]

        if signature is None and len(self._variants()) == 1 and self.__dict__.get("_specialized"):
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

    def compile_device(self, args, return_type=None):
        """Compiles the function for these types, as a kernel would that calls it."""
        return self._program("".join(types.code_for(types.as_type(a), False) for a in args))

    def inspect_asm(self, signature=None):
        """PTX, for the current GPU or, on the CPU, for a usual one."""
        return self._each(signature, lambda codes: self._program(codes).show("ptx"))

    @property
    def ptx(self):
        return self.inspect_asm()

    def inspect_sass(self, signature=None):
        if self.targetoptions.get("device"):
            raise RuntimeError("Cannot inspect SASS of a device function")
        raise NotImplementedError("inspect_sass: a disassembler of NVIDIA's is needed; inspect_asm() gives the PTX")

    inspect_sass_cfg = inspect_sass
    inspect_lto_ptx = inspect_asm  # nothing is left to do at link time

    @property
    def overloads(self):
        """{types: CompiledKernel}; of a device function {types: program}."""
        if self.targetoptions.get("device"):
            return super().overloads
        return {types.split_codes(codes): CompiledKernel(self, codes, types.Signature(types.void, types.split_codes(codes)))
                for codes in self._shown()}

    @property
    def extensions(self):
        """Objects whose prepare_args(type, value, stream=, retr=) may replace each argument of a launch, the last one first."""
        self._binds = 1
        return self.__dict__.setdefault("_extensions", [])

    @property
    def definition(self):
        return self


_warnings.watch(CUDADispatcher)


def _unfilled(mode, options):
    return CUDADispatcher.__new__(CUDADispatcher, None, mode, **options)


def _code_in_kernels(type_):
    """A pointer is an array of one axis that begins there: its extent is what is left of the allocation."""
    return f"AC1{type_.pointee.code}" if isinstance(type_, types.CPointer) else types.code_for(type_, False)


def _at_address(value, pointer):
    """What lies at an address that was passed for CPointer(T)."""
    if not isinstance(value, (int, np.integer)) and not hasattr(value, "value"):
        return value  # an array: its data
    from ._arrays import DeviceNDArray, _Part

    address, dtype = int(getattr(value, "value", value)), pointer.pointee.dtype
    start, size = _core.memory_range(address)
    return DeviceNDArray((start + size - address) // dtype.itemsize, None, dtype, 0, _Part(None, address))


def _type_or_none(value):
    with contextlib.suppress(ValueError, TypeError):
        return types.typeof(value)
    return None


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


def _declared(function, seen=None):
    """The ExternFunctions that a function and those it calls refer to."""
    seen = set() if seen is None else seen
    found, code = [], function.__code__
    if code in seen:
        return found
    seen.add(code)
    values = [function.__globals__.get(name) for name in code.co_names]
    for cell in function.__closure__ or ():
        with contextlib.suppress(ValueError):  # not bound yet
            values.append(cell.cell_contents)
    for value in values:
        if isinstance(value, ExternFunction):
            found.append(value)
        elif isinstance(getattr(value, "py_func", None), _types.FunctionType):
            found += _declared(value.py_func, seen)
    return found


def _looks_like_signature(value):
    return isinstance(value, (str, types.Signature, types.Type, tuple, list))


def jit(func_or_sig=None, device=False, inline=False, link=(), debug=None, opt=None, lineinfo=False, cache=False,
        fastmath=False, max_registers=None, launch_bounds=None, boundscheck=None, func=None, argtypes=None, bind=True,
        signature=None, cooperative=None, restype=None, lto=None, forceinline=False, shared_memory_carveout=None, **unknown):
    """Makes a kernel (or, with device=True, a function that kernels call) of a Python function.

    With signatures it is compiled at once. fastmath allows approximate division and square root. link, lineinfo, opt,
    cache and inline are accepted; kernels are always cached, optimised and carry their lines.
    """
    if unknown:
        raise TypeError(f"cuda.jit has no option {', '.join(sorted(unknown))}")
    sources = [_text_of_link(item) for item in ([link] if isinstance(link, (str, LinkableCode)) else link)]
    options = {"device": device, "debug": debug, "lineinfo": lineinfo, "opt": opt, "cache": cache, "inline": inline,
               "fastmath": fastmath, "max_registers": max_registers}
    bounds = _most_threads(launch_bounds)
    if isinstance(shared_memory_carveout, int) and not -1 <= shared_memory_carveout <= 100:
        raise ValueError("shared_memory_carveout must be between -1 and 100")
    if isinstance(shared_memory_carveout, str) and shared_memory_carveout.lower() not in ("default", "maxl1", "maxshared"):
        raise ValueError(f"Invalid carveout value: {shared_memory_carveout!r}")

    def make(function, signatures=()):
        if isinstance(function, Dispatcher):
            function = function.py_func
        made = CUDADispatcher(function, "device" if device else "kernel", max_threads=bounds,
                              trap_divide=bool(debug), **options)
        made._link_with(sources)
        if signatures:
            made._bind_to(signatures)
        return made

    if func_or_sig is None:
        func_or_sig = signature if signature is not None else func
    if func_or_sig is None:
        return make
    if _looks_like_signature(func_or_sig):
        signatures = func_or_sig if isinstance(func_or_sig, list) else [func_or_sig]
        return lambda function: make(function, signatures)
    return make(func_or_sig)


class ExternFunction:
    """A device function in CUDA C, by name and signature, for kernels to call."""

    def __init__(self, name, sig, link, abi):
        returns, args = types.signature_of(sig)
        if returns is None:
            raise TypeError("Return type must be provided for device declarations")
        self.name, self.link = name, [link] if isinstance(link, (str, bytes, LinkableCode)) else list(link or ())
        self.sig = types.Signature(returns, args)
        elements = [getattr(a, "element", getattr(a, "pointee", None)) for a in args]  # of arrays and pointers
        pointers = "".join(a.code if element is None else f"*{element.code}" for a, element in zip(args, elements))
        self._wf_name = f"extern:{abi}:{name}:{pointers}>{returns.code}"

    def __call__(self, *args):
        raise NotImplementedError(f"{self.name} can only be called from a kernel")


def declare_device(name, sig, link=None, use_cooperative=False, abi="numba"):
    """A function that kernels may call, defined in the CUDA C of link= (here or of the kernel).

    abi="numba": extern "C" __device__ int name(result *out, …); "c": the function returns its result.
    """
    if abi not in ("numba", "c"):
        raise NotImplementedError(f"Unsupported ABI: {abi}")
    return ExternFunction(name, sig, link, abi)


_folder_of = {}  # a linked file's text → where it lies: #include "…" looks there first


def _text_of_link(item):
    """One item of link=, a file or LinkableCode: CUDA C as text, else (kind, bytes, name) of code for GPUs."""
    if isinstance(item, CUSource):
        return item.data.decode() if isinstance(item.data, bytes) else item.data
    if isinstance(item, LinkableCode):
        kind, data = item._kind, item.data() if callable(item.data) else item.data
        name = item.name or f"<{type(item).__name__}>"
    elif isinstance(item, (str, os.PathLike)):
        name = os.fspath(item)
        if name.endswith((".cu", ".cuh")):
            with open(name, encoding="utf-8") as file:
                text = file.read()
            _folder_of[text] = os.path.dirname(os.path.abspath(name))
            return text
        kind = _IMAGES.get(os.path.splitext(name)[1])
        data = _read(name) if kind is not None else b""
    else:
        raise TypeError(f"link= takes files and LinkableCode (CUSource, PTXSource …), not {type(item).__name__}")
    if kind is None:
        raise NotImplementedError(f"link= takes CUDA C ({', '.join(('.cu', *_IMAGES))} files, CUSource, PTXSource, Cubin, Fatbin, Object, "
                                  f"Archive); {name} is none of these" + (": LTO-IR is NVIDIA's" if isinstance(item, LTOIR) else ""))
    return kind, data.encode() if isinstance(data, str) else bytes(data), name


_IMAGES = {".cubin": 0, ".ptx": 1, ".fatbin": 2, ".o": 3, ".a": 4}  # the driver's numbers


def _read(name):
    with open(name, "rb") as file:
        return file.read()


def compile(pyfunc, sig, debug=None, lineinfo=False, device=True, fastmath=False, cc=None, opt=None, abi="c", abi_info=None,
            output="ptx", forceinline=False, launch_bounds=None):
    """(PTX, return type) of a function for a signature, also where there is no GPU. cc: (major, minor), e.g. (9, 0).

    What the function returns is converted to the signature's return type. abi_info={"abi_name": …} names it in the PTX.
    """
    if abi not in ("c", "numba"):
        raise NotImplementedError(f"Unsupported ABI: {abi}")
    if output not in ("ptx", "ltoir"):
        raise NotImplementedError(f"Unsupported output type: {output}; PTX is what weft makes")
    if output == "ltoir":
        raise NotImplementedError("output='ltoir': PTX is what weft makes; LTO-IR is NVIDIA's")
    returns, args = types.signature_of(sig)
    if not device and returns not in (None, types.void):
        raise TypeError(f"CUDA kernel must have void return type: got {returns}")
    codes = "".join(a.code for a in args)
    options = {"fastmath": fastmath, "max_threads": _most_threads(launch_bounds), "trap_divide": bool(debug) and not device}
    made = CUDADispatcher(pyfunc, "device" if device else "kernel", **options)
    found = types.from_code(made._returns(codes)) if device else types.void
    if device and returns not in (None, types.void, found):
        made = CUDADispatcher(_returning(pyfunc, returns, options, len(args)), "device", **options)
        found = types.from_code(made._returns(codes))
    text = made._program(codes).show(_ptx(cc))
    name = (abi_info or {}).get("abi_name", getattr(pyfunc, "__name__", made.__name__))
    return re.sub(rf"(?<![\w$]){re.escape(made.__name__)}(?=[\s(;,]|_param_)", name, text), found


def _returning(pyfunc, type_, options, count):
    """The function, of so many arguments, with its result converted."""
    from .._pylib import written

    names = ", ".join(f"a{i}" for i in range(count))
    return written.function(f"def converted({names}):\n    return type_(inner({names}))\n", type_=type_,
                            inner=CUDADispatcher(pyfunc, "device", **options))


def _most_threads(launch_bounds):
    """The first of the launch bounds; 0: none are given."""
    if isinstance(launch_bounds, (tuple, list)):
        if len(launch_bounds) > 3:
            raise ValueError(f"Got {len(launch_bounds)} launch bounds: {launch_bounds}; at most three are known")
        launch_bounds = launch_bounds[0] if launch_bounds else None
    return launch_bounds or 0


def _ptx(cc):
    return "ptx" if cc is None else f"ptx{cc[0]}{cc[1]}"


def compile_ptx(pyfunc, sig, debug=None, lineinfo=False, device=False, fastmath=False, cc=None, opt=None, abi="numba",
                abi_info=None, forceinline=False, launch_bounds=None):
    """As compile, for a kernel unless device=True."""
    return compile(pyfunc, sig, debug=debug, lineinfo=lineinfo, device=device, fastmath=fastmath, cc=cc, opt=opt, abi=abi,
                   abi_info=abi_info, forceinline=forceinline, launch_bounds=launch_bounds)


def _for_current(function):
    def compiled(pyfunc, sig, **options):
        from ._device import get_current_device

        return function(pyfunc, sig, **{"cc": get_current_device().compute_capability, **options})

    compiled.__doc__ = f"{function.__name__} for the current device."
    return compiled


compile_for_current_device, compile_ptx_for_current_device = _for_current(compile), _for_current(compile_ptx)


def compile_all(pyfunc, sig, **options):
    """([PTX], return type)"""
    text, returns = compile(pyfunc, sig, **options)
    return [text], returns


# ---- code in other languages ----

class LinkableCode:
    """Code for link=. CUDA C runs on every device; PTX and machine code are linked to the kernel by a GPU's driver."""

    _kind = None

    def __init__(self, data, name=None, setup_callback=None, teardown_callback=None, nrt=None):
        if setup_callback is not None or teardown_callback is not None:
            raise NotImplementedError("setup_callback and teardown_callback: weft loads a module when a kernel needs it and hands "
                                      "out no handle of it; do what they do before the first launch, in the kernel or on the host")
        self.data, self.name = data, name
        self.setup_callback = self.teardown_callback = None


class CUSource(LinkableCode):
    pass


class PTXSource(LinkableCode):
    _kind = 1


class Fatbin(LinkableCode):
    _kind = 2


class Cubin(LinkableCode):
    _kind = 0


class Archive(LinkableCode):
    _kind = 4


class Object(LinkableCode):
    _kind = 3


class LTOIR(LinkableCode):
    pass
