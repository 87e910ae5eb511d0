"""What kernels made of CUDA C fragments share: parameters, the types of their letters, the classes their text may use.

A parameter is `[raw] type name`. A type of one letter stands for the dtype of what is passed (the same letter, the same dtype).
`raw` parameters are indexed by the fragment itself: x[i] by C order, x[index_array] by indices; they have size(), shape() and
strides().
"""

import os
import re

import numpy as np

from . import fragment_structs
from .array import ndarray
from .creation import asarray
from .dtypes import as_dtype, bfloat16

INCLUDE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "include")

_C_TYPES = {"bool": "bool", "int8": "signed char", "uint8": "unsigned char", "int16": "short", "uint16": "unsigned short", "int32": "int",
            "uint32": "unsigned int", "int64": "long long", "uint64": "unsigned long long", "float16": "float16",
            "bfloat16": "__nv_bfloat16", "float32": "float", "float64": "double", "complex64": "complex<float>",
            "complex128": "complex<double>"}


def c_type(dtype):
    """CUDA C's name of a dtype."""
    if fragment_structs.is_struct(dtype):
        return fragment_structs.name_of(dtype)
    name = "bfloat16" if dtype is bfloat16 else np.dtype(dtype).name
    if name not in _C_TYPES:
        raise TypeError(f"kernels of fragments do not take elements of {dtype}; a RawKernel takes a pointer to such a struct")
    return _C_TYPES[name]


class Parameter:
    """One parameter: `name`, `raw`, and `letter` or `dtype`."""

    def __init__(self, text):
        words = text.split()
        self.raw = "raw" in words[:-1]
        self.is_const = "const" in words[:-1]
        words = [word for word in words if word not in ("raw", "const", "_non_const")]
        if len(words) != 2:
            raise ValueError(f"a parameter is 'type name', got {text!r}")
        self.type, self.name = words
        if not re.fullmatch(r"[A-Za-z_]\w*", self.name):
            raise ValueError(f"Invalid parameter name: {self.name!r}")
        if self.name in ("n", "i") or self.name.startswith("_"):
            raise ValueError(f"Invalid parameter name: {self.name!r} (n, i and names with a leading underscore are the kernel's own)")
        self.letter = self.type if len(self.type) == 1 else None
        self.dtype = None if self.letter else as_dtype(self.type)

    def dtype_in(self, letters):
        return letters[self.letter] if self.letter else self.dtype

    def __repr__(self):
        return f"<ParameterInfo({'raw ' if self.raw else ''}{self.type} {self.name})>"


def parameters(text):
    return tuple(Parameter(part.strip()) for part in text.split(",") if part.strip())


def check_name(name):
    if not re.fullmatch(r"[A-Za-z_]\w*", name):
        raise ValueError(f'Invalid kernel name: "{name}"')


def as_argument(thing):
    """An array of ours or a number, of whatever was passed."""
    if isinstance(thing, ndarray) or isinstance(thing, (bool, int, float, complex, np.generic)):
        return thing
    if hasattr(thing, "__cupy_get_ndarray__"):
        return thing.__cupy_get_ndarray__()
    if hasattr(thing, "__cuda_array_interface__"):
        return asarray(thing)
    raise TypeError(f"Unsupported type {type(thing)}")


def _mismatch(p, got, wanted):
    raise TypeError(f"Type is mismatched. {p.name} {got} {wanted}")


def settle(params, values, letters):
    """The letters' dtypes: from arrays, which must agree, then from NumPy's scalars, then from Python's."""
    for p, v in zip(params, values):
        if isinstance(v, ndarray):
            wanted = letters.setdefault(p.letter, v.dtype) if p.letter else p.dtype
            if v.dtype != wanted:
                _mismatch(p, v.dtype, wanted)
    for kind in (np.generic, (bool, int, float, complex)):
        for p, v in zip(params, values):
            if p.letter and p.letter not in letters and isinstance(v, kind):
                letters[p.letter] = as_dtype(v.dtype) if isinstance(v, np.generic) else _dtype_of_number(v)


def _dtype_of_number(value):
    """A handle that is an int of another class (a texture object) is a word."""
    return as_dtype(type(value)) if type(value) in (bool, int, float, complex) else np.dtype(np.uint64)


def require(params, letters):
    for p in params:
        if p.letter and p.letter not in letters:
            raise TypeError(f"the type {p.letter} of {p.name} is not known from the arguments")


def number(value, dtype):
    """A scalar argument in its parameter's type; integers wrap as in C."""
    if dtype is bfloat16:
        return float(value)
    return np.asarray(value).astype(dtype)[()]


RAW_CLASS = r"""
template <class T, int N> struct _Array {
    T *data;
    long long extents[N], steps[N];
    __device__ T &operator[](ptrdiff_t i) const {
        char *p = (char *)data;
        for (int d = N - 1; d >= 0; d--) {
            p += i % extents[d] * steps[d];
            i /= extents[d];
        }
        return *(T *)p;
    }
    /* A template, so that a literal 0 is a number. */
    template <class I> __device__ T &operator[](const I *at) const {
        char *p = (char *)data;
        for (int d = 0; d < N; d++) p += at[d] * steps[d];
        return *(T *)p;
    }
    __device__ ptrdiff_t size() const {
        ptrdiff_t n = 1;
        for (int d = 0; d < N; d++) n *= extents[d];
        return n;
    }
    __device__ const long long *shape() const { return extents; }
    __device__ const long long *strides() const { return steps; }
};
"""

INDEXER_CLASS = r"""
template <int N> struct _Indexer {
    long long extents[N];
    ptrdiff_t index[N];
    static const int ndim = N;
    __device__ ptrdiff_t size() const {
        ptrdiff_t n = 1;
        for (int d = 0; d < N; d++) n *= extents[d];
        return n;
    }
    __device__ const long long *shape() const { return extents; }
    __device__ const ptrdiff_t *get() const { return index; }
    __device__ void set(ptrdiff_t i) {
        for (int d = N - 1; d >= 0; d--) {
            index[d] = i % extents[d];
            i /= extents[d];
        }
    }
};
"""


def prologue(dtypes, texts):
    """The includes, and CuPy's macros where a fragment uses them."""
    names = {name for d in dtypes for name in fragment_structs.names_in(d)}
    lines = []
    if names & {"complex64", "complex128"} or any(re.search(r"\bcomplex<", t) for t in texts):
        lines.append('#include <cupy/complex.cuh>')
    if "float16" in names or any(re.search(r"\bfloat16\b", t) for t in texts):
        lines.append('#include <cupy/float16.cuh>')
    if any(re.search(r"\b(cupy::|CArray\b|CIndexer\b)", t) for t in texts):
        lines.append('#include <cupy/carray.cuh>')
    if any(re.search(r"\b(tex[123]D|texCubemap|surf[123]D)", t) for t in texts):
        lines.append("#include <texture_types.h>")
    known = set()
    lines += [fragment_structs.definition(d, c_type, known) for d in dtypes if fragment_structs.is_struct(d)]
    return "\n".join(lines)


class RawArgument:
    """How a raw array goes into the kernel: as a pointer, or, where the fragment asks it more than x[i], with its shape."""

    def __init__(self, p, array, texts):
        used = "\n".join(texts)
        name = re.escape(p.name)
        self.with_shape = re.search(rf"\b{name}\s*\.", used) is not None or \
            any(not re.fullmatch(r"\s*[\w\s+*/%()-]+\s*", found) or found.strip() in self._arrays(used)
                for found in re.findall(rf"\b{name}\s*\[([^\[\]]*)\]", used))
        self.ndim = max(1, array.ndim) if self.with_shape else 0

    @staticmethod
    def _arrays(text):
        """Names that the fragment declares as arrays or pointers: an index of that name is a list of indices."""
        return set(re.findall(r"\b(\w+)\s*\[[^\]]*\]\s*=", text)) | set(re.findall(r"\*\s*(\w+)\s*=", text))


def compile_kernel(source, name, options=()):
    import weft
    return weft.Module(source, [f"-I{INCLUDE}", *options], name=f"{name}.cu").kernel(name)
