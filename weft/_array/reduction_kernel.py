"""ReductionKernel: a reduction written in CUDA C, in CuPy's form.

    norm = wf.ReductionKernel("T x", "T y", "x * x", "a + b", "y = sqrt(a)", "0", "norm")

map_expr is made of the inputs, reduce_expr of `a` and `b`, post_map_expr puts `a` into the output. One block of 256 threads
reduces a row: thread t takes elements t, t + 256 …, then the block a tree. Long rows are cut into pieces of 65536 elements, and
the pieces' results reduced likewise. The order depends on the length alone.
"""

import math
import re

import numpy as np

from .array import ndarray
from .axes import common_shape, normalize_axis
from .creation import empty
from .dtypes import as_dtype
from .fragments import as_argument, c_type, check_name, compile_kernel, number, parameters, prologue, require, settle

_THREADS, _PIECE = 256, 65536


class ReductionKernel:
    """kernel(*inputs, [output], out=None, axis=None, keepdims=False)

        >>> norm = wf.ReductionKernel("T x", "T y", "x * x", "a + b", "y = sqrt(a)", "0", "norm")
        >>> norm(wf.array([[3.0, 4.0], [6.0, 8.0]]), axis=1)
        array([ 5., 10.])
    """

    def __init__(self, in_params, out_params, map_expr, reduce_expr, post_map_expr, identity, name="reduce_kernel", reduce_type=None,
                 reduce_dims=True, preamble="", options=(), **unused):
        check_name(name)
        self.in_params, self.out_params = parameters(in_params), parameters(out_params)
        if len(self.out_params) != 1:
            raise ValueError("a ReductionKernel has one output")
        self.map_expr, self.reduce_expr, self.post_map_expr = map_expr, reduce_expr, post_map_expr
        self.identity, self.name, self.reduce_type, self.preamble = identity, name, reduce_type, preamble
        self.options, self.reduce_dims = tuple(options), reduce_dims
        self.nin, self.nout = len(self.in_params), 1
        self.nargs = self.nin + 1
        self._cached_codes, self._kernels = {}, {}

    def __repr__(self):
        return f"<ReductionKernel {self.name}>"

    cached_codes = property(lambda self: dict(self._cached_codes))

    @property
    def cached_code(self):
        codes = list(self._cached_codes.values())
        return codes[0] if len(codes) == 1 else None

    @property
    def _asks_sizes(self):
        """Whether the text names what CuPy's kernels have: _in_ind.size(), _out_ind.size(), and _raw_x of an input x."""
        return re.search(r"\b(_in_ind|_out_ind|_raw_\w+)\b", f"{self.map_expr} {self.post_map_expr}") is not None

    # ---- the source

    def _source(self, letters, values):
        out = self.out_params[0]
        out_type = out.letter or c_type(out.dtype_in(letters))
        texts = (self.map_expr, self.reduce_expr, self.post_map_expr, self.preamble, str(self.reduce_type))
        lines = [prologue([p.dtype_in(letters) for p in (*self.in_params, out)], texts)]
        lines += [f"typedef {c_type(t)} {letter};" for letter, t in letters.items()]
        lines += [f"typedef {p.letter or c_type(p.dtype_in(letters))} type_{p.name}_raw;" for p in (*self.in_params, out)]
        identity = "" if self.identity in (None, "") else str(self.identity)
        args, reads, lines_of = [], [], []
        for p, v in zip(self.in_params, values):
            c = p.letter or c_type(p.dtype_in(letters))
            if not isinstance(v, ndarray):
                args.append(f"{c} {p.name}")
            elif p.raw:
                args.append(f"const {c} *{p.name}")
            else:
                args.append(f"const {c} *_all_{p.name}")
                reads.append(f"            const {c} &{p.name} = _all_{p.name}[_row_ * _length_ + _j];")
                if self._asks_sizes:  # of a window of generic_filter the window alone
                    lines_of.append(f"    const {c} *_raw_{p.name} = _all_{p.name} + (_in_size_ == _length_ ? _row_ * _length_ : 0); (void)_raw_{p.name};")
        begin = f"_type_ _sum_ = _type_({identity});" if identity else "_type_ _sum_; bool _first_ = true;"
        add = "_sum_ = _take_(_sum_, _v_);" if identity else "if (_first_) { _sum_ = _v_; _first_ = false; } else _sum_ = _take_(_sum_, _v_);"
        body = f"""    const ptrdiff_t _row_ = blockIdx.x / _pieces_, _from_ = blockIdx.x % _pieces_ * _piece_;
    const ptrdiff_t _to_ = _from_ + _piece_ < _length_ ? _from_ + _piece_ : _length_;
@SIZES@
    __shared__ _type_ _lanes_[{_THREADS}];
    {begin}
    for (ptrdiff_t _j = _from_ + threadIdx.x; _j < _to_; _j += {_THREADS}) {{
@READ@
        {add}
    }}
    const int _count_ = _to_ - _from_ < {_THREADS} ? (int)(_to_ - _from_) : {_THREADS};
    _lanes_[threadIdx.x] = _sum_;
    __syncthreads();
    for (int _half_ = {_THREADS // 2}; _half_ > 0; _half_ /= 2) {{
        if (threadIdx.x < _half_ && threadIdx.x + _half_ < _count_)
            _lanes_[threadIdx.x] = _take_(_lanes_[threadIdx.x], _lanes_[threadIdx.x + _half_]);
        __syncthreads();
    }}"""
        mapped = "\n".join(["        _type_ _v_; {", *reads, "            const ptrdiff_t i = _row_ * _length_ + _j, _J = _j; (void)i; (void)_J;",
                            f"            _v_ = _type_({self.map_expr});", "        }"])
        again = "        _type_ _v_ = _parts_[_row_ * _length_ + _j];"
        finish = f"""    if (threadIdx.x == 0) {{
        _type_ a = _lanes_[0];
        {out_type} &{out.name} = _out_[_row_];
        {self.post_map_expr};
    }}"""
        sizes = "long long _length_, long long _piece_, long long _pieces_"
        if self._asks_sizes:
            sizes += ", long long _in_size_, long long _out_size_"
            lines.append("struct _Count_ { ptrdiff_t n; __device__ ptrdiff_t size() const { return n; } };")
            lines_of.append("    const _Count_ _in_ind = {_in_size_}, _out_ind = {_out_size_}; (void)_in_ind; (void)_out_ind;")
        body = body.replace("@SIZES@\n", "".join(line + "\n" for line in lines_of))
        inputs = "".join(a + ", " for a in args)
        lines += [self.preamble, f"typedef {self.reduce_type or out_type} _type_;", "typedef _type_ _type_reduce;",
                  f"__device__ _type_ _take_(_type_ a, _type_ b) {{ return ({self.reduce_expr}); }}",
                  f'extern "C" __global__ void {self.name}({inputs}{out_type} *_out_, {sizes}) {{', body.replace("@READ@", mapped), finish, "}",
                  f'extern "C" __global__ void {self.name}__pieces({inputs}_type_ *_out_, {sizes}) {{', body.replace("@READ@", mapped),
                  "    if (threadIdx.x == 0) _out_[blockIdx.x] = _lanes_[0];", "}",
                  f'extern "C" __global__ void {self.name}__rest(const _type_ *_parts_, {inputs}{out_type} *_out_, {sizes}) {{', body.replace("@READ@", again),
                  finish, "}"]
        return "\n".join(line for line in lines if line)

    # ---- a call

    def _arranged(self, values, shape, order):
        """Inputs with the reduced axes last, in C order."""
        return [v if not isinstance(v, ndarray) or p.raw else v._broadcast_to(shape)._transpose(order)._contiguous()
                for p, v in zip(self.in_params, values)]

    def _part_size(self, letters):
        """Bytes of an intermediate result, or None where its type is the fragment's own."""
        name = self.reduce_type
        if name is None:
            return self.out_params[0].dtype_in(letters).itemsize
        if name in letters:
            return letters[name].itemsize
        return {"float": 4, "double": 8, "int": 4, "long long": 8, "bool": 1, "float16": 2, "complex<float>": 8, "complex<double>": 16}.get(name)

    def __call__(self, *args, out=None, axis=None, keepdims=False, stream=None, _windows=False):
        if len(args) not in (self.nin, self.nargs) or (out is not None and len(args) == self.nargs):
            raise TypeError(f"Wrong number of arguments for {self.name!r}: got {len(args)}, expected {self.nin} or {self.nargs} (with the output)")
        given = out if out is not None else args[self.nin] if len(args) == self.nargs else None
        values, letters = [as_argument(a) for a in args[:self.nin]], {}
        settle(self.in_params, values, letters)
        target = self.out_params[0]
        if given is not None:
            settle([target], [given], letters)
        require((*self.in_params, target), letters)
        values = [v if isinstance(v, ndarray) else number(v, p.dtype_in(letters)) for p, v in zip(self.in_params, values)]
        shapes = [v.shape for p, v in zip(self.in_params, values) if isinstance(v, ndarray) and not p.raw]
        if not shapes:
            raise ValueError("a reduction needs an array that is not raw")
        shape = common_shape(*shapes)
        ndim = len(shape)
        axes = list(range(ndim)) if axis is None else sorted(normalize_axis(k, ndim) for k in (axis if isinstance(axis, tuple) else (axis,)))
        if len(set(axes)) != len(axes):
            raise ValueError("duplicate value in 'axis'")
        kept = [k for k in range(ndim) if k not in axes]
        rows, length = math.prod(shape[k] for k in kept), math.prod(shape[k] for k in axes)
        if length == 0 and self.identity in (None, ""):
            raise ValueError(f"zero-size array to reduction operation {self.name} which has no identity")
        result = empty((rows,), target.dtype_in(letters))
        if rows:
            sizes = (np.int64(length if _windows else rows * length), np.int64(rows)) if self._asks_sizes else ()
            self._launch(self._arranged(values, shape, kept + axes), result, rows, length, sizes, letters, getattr(stream, "_weft", stream))
        result = result._reshape([1 if k in axes else shape[k] for k in range(ndim)] if keepdims else [shape[k] for k in kept])
        if given is None:
            return result
        if given.shape != result.shape:
            raise ValueError(f"output of shape {given.shape} for a result of shape {result.shape}")
        given[...] = result
        return given

    def _launch(self, ready, result, rows, length, sizes, letters, stream):
        key = (tuple((letter, str(t)) for letter, t in letters.items()), tuple(isinstance(v, ndarray) for v in ready))
        if key not in self._kernels:
            source = self._source(letters, ready)
            self._cached_codes[key] = source
            whole = compile_kernel(source, self.name, self.options)
            self._kernels[key] = whole, source
        kernel, source = self._kernels[key]
        size = self._part_size(letters)
        pieces = -(-length // _PIECE)
        if pieces <= 1 or size is None:
            kernel(*ready, result, np.int64(length), np.int64(max(length, 1)), np.int64(1), *sizes, grid=(rows,), block=(_THREADS,), stream=stream)
            return
        parts = empty((rows * pieces * size,), np.uint8)
        first = self._other(key, source, "__pieces")
        first(*ready, parts, np.int64(length), np.int64(_PIECE), np.int64(pieces), *sizes, grid=(rows * pieces,), block=(_THREADS,),
              stream=stream)
        rest = self._other(key, source, "__rest")
        rest(parts, *ready, result, np.int64(pieces), np.int64(pieces), np.int64(1), *sizes, grid=(rows,), block=(_THREADS,), stream=stream)

    def _other(self, key, source, suffix):
        if (key, suffix) not in self._kernels:
            import weft
            from .fragments import INCLUDE
            module = weft.Module(source, [f"-I{INCLUDE}", *self.options], name=f"{self.name}.cu")
            for other in ("__pieces", "__rest"):
                self._kernels[key, other] = module.kernel(self.name + other)
        return self._kernels[key, suffix]


class FragmentUfunc:
    """A function of elements with a loop for each of several types, from CUDA C.

    ops: "ff->f", or ("ff->f", "out0 = …"); routine: the text of those without one of their own. The text has in0, in1 …,
    out0 …, and the types in0_type … out0_type.
    """

    def __init__(self, name, ops, routine=None, preamble="", doc=None, loop_prep=""):
        self.name = self.__name__ = name
        self.__doc__ = doc
        self._preamble, self._loop_prep, self._kernels = preamble, loop_prep, {}
        self._ops = []
        for op in ops:
            types, text = (op, routine) if isinstance(op, str) else (op[0], op[1] if op[1] is not None else routine)
            inputs, _, outputs = types.partition("->")
            self._ops.append((tuple(as_dtype(c) for c in inputs), tuple(as_dtype(c) for c in outputs or inputs), text))
        self.nin, self.nout = len(self._ops[0][0]), len(self._ops[0][1])
        self.nargs = self.nin + self.nout
        self.types = [op if isinstance(op, str) else op[0] for op in ops]

    def __repr__(self):
        return f"<ufunc '{self.name}'>"

    def _loop(self, values):
        """The first loop that the arguments fit in; Python's numbers only need the kind."""
        for number_, (inputs, outputs, text) in enumerate(self._ops):
            for v, t in zip(values, inputs):
                if isinstance(v, (ndarray, np.generic)):
                    fits = np.can_cast(v.dtype, t)
                else:
                    fits = "biufc".index(np.asarray(v).dtype.kind) <= "biufc".index("i" if t.kind == "u" else t.kind)
                if not fits:
                    break
            else:
                return number_, inputs, outputs, text
        raise TypeError(f"Wrong type ({', '.join(str(getattr(v, 'dtype', type(v).__name__)) for v in values)}) of arguments for {self.name}")

    def __call__(self, *args, out=None, dtype=None):
        from .kernels import ElementwiseKernel
        if len(args) not in (self.nin, self.nargs):
            raise TypeError(f"Wrong number of arguments for {self.name}: got {len(args)}, expected {self.nin} or {self.nargs}")
        values = [as_argument(a) for a in args]
        which, inputs, outputs, text = self._loop(values[:self.nin])
        if which not in self._kernels:
            names = [f"{t} in{k}" for k, t in enumerate(inputs)], [f"{t} out{k}" for k, t in enumerate(outputs)]
            typedefs = "\n".join([f"typedef {c_type(t)} in{k}_type;" for k, t in enumerate(inputs)] +
                                 [f"typedef {c_type(t)} out{k}_type;" for k, t in enumerate(outputs)])
            self._kernels[which] = ElementwiseKernel(", ".join(names[0]), ", ".join(names[1]), text, self.name,
                                                     preamble=typedefs + "\n" + self._preamble, loop_prep=self._loop_prep)
        ready = [v._cast(t) if isinstance(v, ndarray) and v.dtype != t else v for v, t in zip(values, inputs)]
        given = values[self.nin:] or ([] if out is None else list(out) if isinstance(out, tuple) else [out])
        if not any(isinstance(v, ndarray) for v in ready):
            from .creation import asarray
            ready[0] = asarray(ready[0], dtype=inputs[0])
        if all(g.dtype == t for g, t in zip(given, outputs)):
            return self._kernels[which](*ready, *given)
        results = self._kernels[which](*ready)
        for target, result in zip(given, results if isinstance(results, tuple) else (results,)):
            target[...] = result
        return given[0] if len(given) == 1 else tuple(given)


class FragmentReduction:
    """A reduction with a loop for each of several types, from CUDA C: (map, reduce, post, type of the sum or None) of in0, a, b, out0."""

    def __init__(self, name, ops, routine=None, identity=None, preamble=""):
        self.name = self.__name__ = name
        self.identity, self._preamble = identity, preamble
        self._ops, self._kernels, self._cached_codes = [], {}, {}
        for op in ops:
            types, texts = (op, routine) if isinstance(op, str) else (op[0], op[1] or routine)
            inputs, _, output = types.partition("->")
            self._ops.append((as_dtype(inputs), as_dtype(output or inputs), texts))

    def __repr__(self):
        return f"<reduction '{self.name}'>"

    def __call__(self, a, axis=None, dtype=None, out=None, keepdims=False):
        try:
            a = as_argument(a)
        except TypeError:
            a = None
        if not isinstance(a, ndarray):
            raise TypeError(f"Argument 'a' has incorrect type (expected cupy.ndarray, got {type(a).__name__})")
        for which, (source, target, texts) in enumerate(self._ops):
            if np.can_cast(a.dtype, source) if dtype is None else target == np.dtype(dtype):
                break
        else:
            raise TypeError(f"Wrong type {a.dtype} of arguments for {self.name}")
        if which not in self._kernels:
            identity = "" if self.identity is None else str(self.identity)
            self._kernels[which] = ReductionKernel(f"{source} in0", f"{target} out0", *texts[:3], identity, self.name, reduce_type=texts[3],
                                                   preamble=self._preamble)
        a = a if a.dtype == source else a._cast(source)
        if out is not None and out.dtype != target:
            out[...] = self._kernels[which](a, axis=axis, keepdims=keepdims)
            return out
        result = self._kernels[which](a, out=out, axis=axis, keepdims=keepdims)
        self._cached_codes.update({(which, key): code for key, code in self._kernels[which]._cached_codes.items()})
        return result
