"""cuFFT's callbacks: a function of the user's, in CUDA C, through which a transform reads its input or writes its result.

A kernel calls the load function for each element before the transform, another the store function after it, in the order
of memory that a transform along the last axes has. So any function that CUDA C can say works, on every device; it saves no
pass over the memory, as it does in cuFFT.
"""

import functools
import math
import os
import re
import threading
import warnings

import weft as _weft

_PRELUDE = """#include <cuComplex.h>
typedef cuFloatComplex cufftComplex;
typedef cuDoubleComplex cufftDoubleComplex;
typedef float cufftReal;
typedef double cufftDoubleReal;
""" + "".join(f"""typedef {t} (*cufftCallbackLoad{c})(void *, size_t, void *, void *);
typedef {t} (*cufftJITCallbackLoad{c})(void *, unsigned long long, void *, void *);
typedef void (*cufftCallbackStore{c})(void *, size_t, {t}, void *, void *);
typedef void (*cufftJITCallbackStore{c})(void *, unsigned long long, {t}, void *, void *);
""" for c, t in (("C", "cufftComplex"), ("Z", "cufftDoubleComplex"), ("R", "cufftReal"), ("D", "cufftDoubleReal")))
_TYPES = {"complex64": "cufftComplex", "complex128": "cufftDoubleComplex", "float32": "cufftReal", "float64": "cufftDoubleReal"}
_INDEX = "unsigned long long i = blockIdx.x * (unsigned long long)blockDim.x + threadIdx.x;"
_KERNELS = {"load": 'extern "C" __global__ void weft_callback(void *in, {t} *out, unsigned long long n, void *info)\n'
                    "{{ {index} if (i < n) out[i] = {name}(in, i, info, 0); }}\n",
            "store": 'extern "C" __global__ void weft_callback({t} *in, void *out, unsigned long long n, void *info)\n'
                     "{{ {index} if (i < n) {name}(out, i, in[i], info, 0); }}\n"}
_local = threading.local()


def get_cache_dir():
    """Where CuPy keeps what it builds for callbacks; here they are kernels like any other."""
    return os.environ.get("CUPY_CACHE_DIR", os.path.expanduser("~/.cupy/callback_cache"))


def current():
    """The callbacks of the innermost `with set_cufft_callbacks(...):`, or None."""
    return (getattr(_local, "stack", None) or [None])[-1]


@functools.lru_cache(64)
def _kernel(kind, code, name, ctype):
    source = _PRELUDE + re.sub(r"(?m)^[ \t]*#[ \t]*include[ \t]*[<\"]cufft(Xt)?\.h[>\"]", "", code)
    return _weft.Module(source + _KERNELS[kind].format(t=ctype, name=name, index=_INDEX)).get_function("weft_callback")


def _name_of(kind, code):
    """The callback in its source: what d_loadCallbackPtr is set to, else the only function of such a signature."""
    found = re.search(rf"d_{kind}CallbackPtr\s*=\s*&?\s*(\w+)", code) or re.search(r"(\w+)\s*\(\s*void\s*\*", code)
    if not found:
        raise ValueError(f"[set_cufft_callbacks] the name of the {kind} callback cannot be read from its source: give cb_{kind}_name")
    return found.group(1)


class set_cufft_callbacks:
    """Transforms inside of the `with` read their input by cb_load and write their results by cb_store, CUDA C of the user's."""

    def __init__(self, cb_load="", cb_store="", *, cb_load_name=None, cb_store_name=None, cb_load_aux_arr=None, cb_store_aux_arr=None,
                 cb_load_data=None, cb_store_data=None, cb_ver="legacy"):
        if not cb_load and not cb_store:
            raise ValueError("need to specify either cb_load or cb_store, or both")
        if cb_ver not in ("legacy", "jit"):
            raise ValueError(f'cb_ver is "legacy" or "jit", got {cb_ver!r}')
        if cb_load_aux_arr is not None or cb_store_aux_arr is not None:
            warnings.warn("cb_load_aux_arr or cb_store_aux_arr is deprecated, use cb_load_data and cb_store_data", DeprecationWarning, stacklevel=2)
        if cb_ver == "legacy":
            warnings.warn('the legacy callback is considered deprecated, use cb_ver="jit"', DeprecationWarning, stacklevel=2)
        for kind, code, data in (("load", cb_load, (cb_load_data, cb_load_aux_arr)), ("store", cb_store, (cb_store_data, cb_store_aux_arr))):
            if not code and any(x is not None for x in data):
                raise ValueError(f"cb_{kind} is needed where it has data")
        self._load = (cb_load, cb_load_name or _name_of("load", cb_load)) if cb_load else None
        self._store = (cb_store, cb_store_name or _name_of("store", cb_store)) if cb_store else None
        self._info = {"load": cb_load_data if cb_load_data is not None else cb_load_aux_arr,
                      "store": cb_store_data if cb_store_data is not None else cb_store_aux_arr}

    def __enter__(self):
        if not hasattr(_local, "stack"):
            _local.stack = []
        _local.stack.append(self)
        return self

    def __exit__(self, *error):
        _local.stack.pop()

    def apply(self, kind, x):
        """A new array of the elements as the callback makes them, or x where there is none."""
        given = getattr(self, "_" + kind)
        if given is None or not x.size:
            return x
        result, info = _weft.empty_like(x), self._info[kind]
        kernel = _kernel(kind, *given, _TYPES[x.dtype.name])
        info = _weft.empty(1, "u1", device=x.device) if info is None else info
        kernel(x, result, _weft.uint64(x.size), info, grid=-(-x.size // 256), block=256)
        return result


def _input(a, real):
    """The operand in the type that cuFFT takes."""
    single = a.dtype.name in ("float16", "float32", "complex64", "bfloat16")
    kind = ("float32" if single else "float64") if real else ("complex64" if single else "complex128")
    return a if a.dtype.name == kind else a.astype(kind)


def _resized(x, sizes):
    """Cut or filled with zeros at the end of the last axes."""
    x = x[(..., *(slice(0, n) for n in sizes))]
    lacking = [n - m for n, m in zip(sizes, x.shape[x.ndim - len(sizes):])]
    return _weft.pad(x, [(0, 0)] * (x.ndim - len(sizes)) + [(0, n) for n in lacking]) if any(lacking) else x


def transform(callbacks, name, a, sizes=None, axes=None, norm=None, *unused, **also):
    """The transform of that name (rfftn …) with callbacks. sizes and axes as the transform's own n or s, axis or axes."""
    inverse, real = name.startswith("i"), name.startswith(("rfft", "irfft"))
    several = name.rstrip("2n") != name
    if not several:
        axes = (-1 if axes is None else axes,)
        sizes = None if sizes is None else (sizes,)
    elif axes is None:
        axes = (-2, -1) if name.endswith("2") else range(-(a.ndim if sizes is None else len(sizes)), 0)
    axes = tuple(axes)
    x = _weft.moveaxis(_input(a, real and not inverse), axes, range(-len(axes), 0))
    given = list(x.shape[x.ndim - len(axes):])
    if sizes is None:
        sizes = given[:-1] + [2 * (given[-1] - 1)] if real and inverse else given
    sizes = [int(n) for n in sizes]
    read = sizes[:-1] + [sizes[-1] // 2 + 1] if real and inverse else sizes
    x = callbacks.apply("load", _weft.ascontiguousarray(_resized(x, read)))
    last = tuple(range(-len(axes), 0))
    base = name.rstrip("2n")
    function = getattr(_weft.fft, base + "n" if several else base)
    unscaled = "forward" if inverse else "backward"
    y = function(x, sizes, last, unscaled) if several else function(x, sizes[0], -1, unscaled)
    y = callbacks.apply("store", _weft.ascontiguousarray(y))
    count = math.prod(sizes)
    scale = {"ortho": 1 / math.sqrt(count)}.get(norm, 1 / count if (norm or "backward") == ("backward" if inverse else "forward") else 1)
    return _weft.moveaxis(y * scale if scale != 1 else y, last, axes)
