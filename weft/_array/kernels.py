"""Kernels from fragments of CUDA C: ElementwiseKernel and ReductionKernel, in CuPy's form.

    norm = wf.ElementwiseKernel("T x, T y", "T z", "z = sqrt(x * x + y * y)", "norm")

A parameter is `type name`; a type of one letter stands for the dtype of what is passed (the same letter, the same dtype).
`raw` parameters are indexed by the operation itself; `i` is the index. The source is made once for each set of dtypes.
"""

import math

import numpy as np

from .array import ndarray, normalize_axis
from .creation import asarray, empty
from .dtypes import as_dtype, bfloat16

_C_TYPES = {"bool": "bool", "int8": "signed char", "uint8": "unsigned char", "int16": "short", "uint16": "unsigned short", "int32": "int",
            "uint32": "unsigned int", "int64": "long long", "uint64": "unsigned long long", "float16": "__half",
            "bfloat16": "__nv_bfloat16", "float32": "float", "float64": "double"}


def _c_type(dtype):
    name = "bfloat16" if dtype is bfloat16 else np.dtype(dtype).name
    if name not in _C_TYPES:
        raise TypeError(f"kernels from fragments do not take {name} yet")
    return _C_TYPES[name]


class Parameter:
    def __init__(self, text):
        words = text.split()
        self.raw = "raw" in words
        words = [w for w in words if w not in ("raw", "const")]
        if len(words) != 2:
            raise ValueError(f"a parameter is 'type name', got {text!r}")
        self.type, self.name = words
        self.letter = self.type if len(self.type) == 1 and self.type.isupper() else None

    def dtype(self, letters):
        return letters[self.letter] if self.letter else as_dtype(self.type)


def _parameters(text):
    return tuple(Parameter(part) for part in text.split(",") if part.strip())


def _take(parameters, args, letters):
    """The arguments as arrays or numbers; the letters' dtypes are settled by arrays first."""
    arrays = [a if isinstance(a, ndarray) or np.isscalar(a) else asarray(a) for a in args]
    for strong in (True, False):
        for p, a in zip(parameters, arrays):
            if p.letter and p.letter not in letters and isinstance(a, (ndarray, np.generic)) == strong:
                letters[p.letter] = a.dtype if strong else np.asarray(a).dtype
    return arrays


def _kernel(source, name):
    import weft
    return weft.Module(source).kernel(name)


class ElementwiseKernel:
    """A kernel for each element; see the module's text."""

    def __init__(self, in_params, out_params, operation, name="kernel", reduce_dims=True, preamble="", no_return=False,
                 return_tuple=False, loop_prep="", after_loop="", **unused):
        self.in_params, self.out_params = _parameters(in_params), _parameters(out_params)
        self.operation, self.name, self.preamble = operation, name, preamble
        self.loop_prep, self.after_loop = loop_prep, after_loop
        self.no_return, self.return_tuple, self.reduce_dims = no_return, return_tuple, reduce_dims
        self.nin, self.nout = len(self.in_params), len(self.out_params)
        self.nargs = self.nin + self.nout
        self.params = self.in_params + self.out_params
        self.kwargs = {}
        self._made = {}

    def _source(self, letters, scalars):
        lines = [f"typedef {_c_type(t)} {letter};" for letter, t in letters.items()]
        lines += [self.preamble, f'extern "C" __global__ void {self.name}(']
        args, body = [], []
        for k, p in enumerate(self.params):
            c = p.letter or _c_type(p.dtype(letters))
            output = k >= self.nin
            if p.raw:
                args.append(f"{'' if output else 'const '}{c} *{p.name}")
            elif k in scalars:
                args.append(f"{c} {p.name}")
            else:
                args.append(f"{'' if output else 'const '}{c} *_{p.name}_")
                body.append(f"        {'' if output else 'const '}{c} &{p.name} = _{p.name}_[i];")
        args.append("long long _size_")
        lines.append(", ".join(args) + ") {")
        lines.append(f"    {self.loop_prep};")
        lines.append("    for (long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x; i < _size_; "
                     "i += (long long)gridDim.x * blockDim.x) {")
        lines += body + [f"        {self.operation};", "    }", f"    {self.after_loop};", "}"]
        return "\n".join(lines)

    def __call__(self, *args, size=None, stream=None, block_size=128, **kwargs):
        if len(args) not in (self.nin, self.nargs):
            raise TypeError(f"Wrong number of arguments for {self.name}: got {len(args)}, expected {self.nin} or {self.nargs}")
        letters = {}
        values = _take(self.params, args, letters)
        shaped = [v for p, v in zip(self.params, values) if isinstance(v, ndarray) and not p.raw]
        if size is None:
            if not shaped:
                raise ValueError("Loop size is undecided.")
            shape = np.broadcast_shapes(*(v.shape for v in shaped))
        else:
            shape = (size,) if isinstance(size, int) else tuple(size)
        given = values[self.nin:]
        outs = list(given) or [empty(shape, p.dtype(letters)) for p in self.out_params]
        scalars = {k for k, (p, v) in enumerate(zip(self.in_params, values)) if not isinstance(v, ndarray)}
        ready = []
        for k, (p, v) in enumerate(zip(self.params, values[:self.nin] + outs)):
            if k in scalars:
                ready.append(p.dtype(letters).type(v))
            elif p.raw:
                ready.append(v if k >= self.nin else v._contiguous())
            elif k < self.nin:
                v = v if v.dtype == p.dtype(letters) else v._cast(p.dtype(letters))
                ready.append((v if v.shape == shape else v._broadcast_to(shape))._contiguous())
            else:
                ready.append(v if v._c_contiguous else v._copy())
        key = (tuple((letter, str(t)) for letter, t in letters.items()), frozenset(scalars))
        if key not in self._made:
            self._made[key] = _kernel(self._source(letters, scalars), self.name)
        count = math.prod(shape)
        if count:
            self._made[key](*ready, np.int64(count), grid=(min(-(-count // block_size), 1 << 20),), block=(block_size,), stream=stream)
        for out, used in zip(outs, ready[self.nin:]):
            if used is not out:
                out[...] = used
        if self.no_return:
            return None
        return tuple(outs) if self.return_tuple or len(outs) > 1 else outs[0]


class ReductionKernel:
    """map_expr of the inputs, reduce_expr of `a` and `b`, post_map_expr of `a` into the output; in a fixed order."""

    def __init__(self, in_params, out_params, map_expr, reduce_expr, post_map_expr, identity, name="reduce", reduce_type=None,
                 reduce_dims=True, preamble="", options=(), **unused):
        self.in_params, self.out_params = _parameters(in_params), _parameters(out_params)
        self.map_expr, self.reduce_expr, self.post_map_expr = map_expr, reduce_expr, post_map_expr
        self.identity, self.name, self.reduce_type, self.preamble = identity, name, reduce_type, preamble
        self.nin, self.nout = len(self.in_params), len(self.out_params)
        self.nargs = self.nin + self.nout
        self._made = {}

    def _source(self, letters):
        threads = 256
        out = self.out_params[0]
        out_type = out.letter or _c_type(out.dtype(letters))
        kind = self.reduce_type or out_type
        lines = [f"typedef {_c_type(t)} {letter};" for letter, t in letters.items()]
        inputs = ", ".join(f"const {p.letter or _c_type(p.dtype(letters))} *_{p.name}_" for p in self.in_params)
        reads = "\n".join(f"        const {p.letter or _c_type(p.dtype(letters))} &{p.name} = _{p.name}_[_at_ + i];" for p in self.in_params)
        identity = "0" if self.identity in (None, "") else self.identity
        lines.append(f"""{self.preamble}
typedef {kind} _type_;
__device__ _type_ _take_(_type_ a, _type_ b) {{ return ({self.reduce_expr}); }}
extern "C" __global__ void {self.name}({inputs}, {out_type} *_out_, long long _length_) {{
    __shared__ _type_ _lanes_[{threads}];
    const long long _at_ = (long long)blockIdx.x * _length_;
    _type_ _sum_ = _type_({identity});
    for (long long i = threadIdx.x; i < _length_; i += {threads}) {{
{reads}
        _sum_ = _take_(_sum_, _type_({self.map_expr}));
    }}
    _lanes_[threadIdx.x] = _sum_;
    __syncthreads();
    for (int _half_ = {threads // 2}; _half_ > 0; _half_ /= 2) {{
        if (threadIdx.x < _half_) _lanes_[threadIdx.x] = _take_(_lanes_[threadIdx.x], _lanes_[threadIdx.x + _half_]);
        __syncthreads();
    }}
    if (threadIdx.x == 0) {{
        _type_ a = _lanes_[0];
        {out_type} &{out.name} = _out_[blockIdx.x];
        {self.post_map_expr};
    }}
}}""")
        return "\n".join(lines)

    def __call__(self, *args, out=None, axis=None, keepdims=False, stream=None):
        if len(args) not in (self.nin, self.nargs):
            raise TypeError(f"Wrong number of arguments for {self.name}: got {len(args)}, expected {self.nin} or {self.nargs}")
        letters = {}
        values = _take(self.in_params, args, letters)
        shape = np.broadcast_shapes(*(np.shape(v) for v in values))
        n = len(shape)
        axes = range(n) if axis is None else sorted(normalize_axis(k, n) for k in (axis if isinstance(axis, tuple) else (axis,)))
        kept = [k for k in range(n) if k not in axes]
        order = kept + list(axes)
        rows, length = math.prod(shape[k] for k in kept), math.prod(shape[k] for k in axes)
        ready = []
        for p, v in zip(self.in_params, values):
            v = asarray(v)
            v = v if v.dtype == p.dtype(letters) else v._cast(p.dtype(letters))
            ready.append(v._broadcast_to(shape)._transpose(order)._contiguous())
        for p in self.out_params:
            if p.letter and p.letter not in letters:
                letters[p.letter] = ready[0].dtype
        result = empty((rows,), self.out_params[0].dtype(letters))
        key = tuple((letter, str(t)) for letter, t in letters.items())
        if key not in self._made:
            self._made[key] = _kernel(self._source(letters), self.name)
        if rows:
            self._made[key](*ready, result, np.int64(length), grid=(rows,), block=(256,), stream=stream)
        result = result._reshape([1 if k in axes else shape[k] for k in range(n)] if keepdims else [shape[k] for k in kept])
        given = out if out is not None else args[self.nin] if len(args) == self.nargs else None
        if given is None:
            return result
        given[...] = result
        return given
