"""ElementwiseKernel: an operation on elements, written in CUDA C, in CuPy's form.

    norm = wf.ElementwiseKernel("T x, T y", "T z", "z = sqrt(x * x + y * y)", "norm")

`i` is the index of the element, `n` the number of elements, `_ind` knows the shape (size(), shape(), get()). Arguments broadcast;
operands that do not lie in C order are copied. The source is made once for each set of dtypes.
"""

import math
import re

import numpy as np

from .array import ndarray
from .axes import common_shape
from .creation import empty
from .fragments import (INDEXER_CLASS, RAW_CLASS, RawArgument, as_argument, c_type, check_name, compile_kernel, number, parameters, prologue,
                        require, settle)


class ElementwiseKernel:
    """kernel(*inputs, [*outputs], size=None, block_size=128)

        >>> norm = wf.ElementwiseKernel("T x, T y", "T z", "z = sqrt(x * x + y * y)", "norm")
        >>> norm(wf.array([3.0, 5.0]), wf.array([4.0, 12.0]))
        array([ 5., 13.])

    in_params, out_params: parameters as `type name, raw type name`. size: the number of elements, where all arrays are raw.
    """

    def __init__(self, in_params, out_params, operation, name="kernel", reduce_dims=True, preamble="", no_return=False,
                 return_tuple=False, *, loop_prep="", after_loop="", options=(), **unused):
        check_name(name)
        self.in_params, self.out_params = parameters(in_params), parameters(out_params)
        self.operation, self.name, self.preamble = operation, name, preamble
        self.loop_prep, self.after_loop, self.options = loop_prep, after_loop, tuple(options)
        self.no_return, self.return_tuple, self.reduce_dims = no_return, return_tuple, reduce_dims
        self.nin, self.nout = len(self.in_params), len(self.out_params)
        self.nargs = self.nin + self.nout
        self.params = self.in_params + self.out_params
        self.kwargs = dict(unused)
        self._cached_codes, self._kernels = {}, {}

    def __repr__(self):
        return f"<ElementwiseKernel {self.name}>"

    @property
    def cached_codes(self):
        """{types: source} of what has been made so far."""
        return dict(self._cached_codes)

    @property
    def cached_code(self):
        codes = list(self._cached_codes.values())
        return codes[0] if len(codes) == 1 else None

    # ---- the source

    def _source(self, letters, values, rank):
        texts = (self.operation, self.preamble, self.loop_prep, self.after_loop)
        used = "\n".join(texts)
        indexed = re.search(r"\b_ind\b", used) is not None
        whole = set(re.findall(r"\b_raw_(\w+)\s*\.", used))  # parameters that are asked as arrays too, by _raw_x.shape() and its like
        lines = [prologue([p.dtype_in(letters) for p in self.params], texts)]
        lines += [f"typedef {c_type(t)} {letter};" for letter, t in letters.items()]
        args, before, element, shaped = [], [], [], False
        for k, (p, v) in enumerate(zip(self.params, values)):
            c, output = p.letter or c_type(p.dtype_in(letters)), k >= self.nin
            if not isinstance(v, ndarray):
                args.append(f"{c} {p.name}")
            elif p.raw:
                raw = RawArgument(p, v, texts)
                const = "" if output or raw.with_shape else "const "
                if not raw.with_shape:
                    args.append(f"{const}{c} *{p.name}")
                    continue
                shaped = True
                args.append(f"{c} *_raw_{p.name}")
                args += [f"long long _{p.name}_{word}_{d}" for word in ("extent", "step") for d in range(raw.ndim)]
                before.append(f"    _Array<{c}, {raw.ndim}> {p.name}; {p.name}.data = _raw_{p.name};")
                before += [f"    {p.name}.{word}s[{d}] = _{p.name}_{word}_{d};" for word in ("extent", "step") for d in range(raw.ndim)]
            elif p.name in whole:  # it has the loop's shape, in C order
                shaped = True
                args.append(f"{c} *_all_{p.name}")
                before.append(f"    _Array<{c}, {rank}> _raw_{p.name}; _raw_{p.name}.data = _all_{p.name};")
                before += [f"    _raw_{p.name}.extents[{d}] = _extent_{d}; _raw_{p.name}.steps[{d}] = "
                           f"{f'_raw_{p.name}.steps[{d + 1}] * _extent_{d + 1}' if d < rank - 1 else f'sizeof({c})'};" for d in reversed(range(rank))]
                element.append(f"        {'' if output else 'const '}{c} &{p.name} = _all_{p.name}[i];")
            else:
                args.append(f"{'' if output else 'const '}{c} *_raw_{p.name}")
                element.append(f"        {'' if output else 'const '}{c} &{p.name} = _raw_{p.name}[i];")
        if indexed or whole:
            args += [f"long long _extent_{d}" for d in range(rank)]
        if indexed:
            before.append(f"    _Indexer<{rank}> _ind;" + "".join(f" _ind.extents[{d}] = _extent_{d};" for d in range(rank)))
            element.insert(0, "        _ind.set(i);")
        args.append("long long n")
        lines += [RAW_CLASS if shaped else "", INDEXER_CLASS if indexed else "", self.preamble]
        lines += [f'extern "C" __global__ void {self.name}({", ".join(args)}) {{', *before, f"    {self.loop_prep};",
                  "    for (ptrdiff_t i = (ptrdiff_t)blockIdx.x * blockDim.x + threadIdx.x; i < n; i += (ptrdiff_t)gridDim.x * blockDim.x) {",
                  *element, f"        {self.operation};", "    }", f"    {self.after_loop};", "}"]
        return "\n".join(line for line in lines if line), indexed or bool(whole)

    # ---- a call

    def _shape(self, values, size):
        shaped = [v.shape for p, v in zip(self.params, values) if isinstance(v, ndarray) and not p.raw]
        if size is None:
            if not shaped:
                raise ValueError("Loop size is undecided.")
            return common_shape(*shaped)
        if shaped:
            raise ValueError("Specified 'size' can be used only if all of the ndarray are 'raw'.")
        return (size,) if not isinstance(size, (tuple, list)) else tuple(size)

    def _outputs(self, given, shape, letters):
        if not given:
            return [empty(shape, p.dtype_in(letters)) for p in self.out_params]
        for p, out in zip(self.out_params, given):
            if not isinstance(out, ndarray):
                raise TypeError(f"Output arguments type must be cupy.ndarray, got {type(out)}")
            if not p.raw and out.shape != shape:
                raise ValueError(f"Out shape is mismatched: got {out.shape}, expected {shape}")
        return list(given)

    def _prepared(self, p, v, k, shape, letters):
        """An argument as the kernel takes it, or a copy in C order of one that lies otherwise."""
        dtype = p.dtype_in(letters)
        if not isinstance(v, ndarray):
            return number(v, dtype)
        if k >= self.nin:
            return v if v._c_contiguous and v._aligned else v._copy()
        if p.raw:
            return v._contiguous()
        return (v if v.shape == shape else v._broadcast_to(shape))._contiguous()

    def __call__(self, *args, size=None, stream=None, block_size=128, **kwargs):
        if block_size <= 0:
            raise ValueError("block_size must be greater than zero")
        out = kwargs.pop("out", None)
        if kwargs:
            raise TypeError(f"Wrong arguments {kwargs}")
        if out is not None:
            args = (*args, *(out if isinstance(out, tuple) else (out,)))
        if len(args) not in (self.nin, self.nargs):
            raise TypeError(f"Wrong number of arguments for {self.name!r}. It must be either {self.nin} or {self.nargs} (with outputs), "
                            f"but given {len(args)}.")
        values, letters = [as_argument(a) for a in args], {}
        settle(self.params, values, letters)
        require(self.params, letters)
        shape = self._shape(values, size)
        outs = self._outputs(values[self.nin:], shape, letters)
        ready = [self._prepared(p, v, k, shape, letters) for k, (p, v) in enumerate(zip(self.params, values[:self.nin] + outs))]
        count = math.prod(shape)
        if count:
            self._launch(ready, letters, shape, count, block_size, stream)
        for target, used in zip(outs, ready[self.nin:]):
            if used is not target:
                target[...] = used
        if self.no_return:
            return None
        return tuple(outs) if self.return_tuple or len(outs) > 1 else outs[0]

    def _launch(self, ready, letters, shape, count, block_size, stream):
        rank = max(1, len(shape))
        key = (tuple((letter, str(t)) for letter, t in letters.items()),
               tuple((type(v) is ndarray, v.ndim if p.raw else 0) if isinstance(v, ndarray) else None for p, v in zip(self.params, ready)))
        if (key, rank) not in self._kernels:
            source, indexed = self._source(letters, ready, rank)
            self._cached_codes[(key, rank if indexed else 0)] = source
            self._kernels[key, rank] = compile_kernel(source, self.name, self.options), indexed
        kernel, indexed = self._kernels[key, rank]
        words = []
        texts = (self.operation, self.preamble, self.loop_prep, self.after_loop)
        for p, v in zip(self.params, ready):
            words.append(v)
            if isinstance(v, ndarray) and p.raw:
                raw = RawArgument(p, v, texts)
                if raw.with_shape:
                    words += [np.int64(x) for x in (*(v.shape or (1,)), *(v.strides or (v.itemsize,)))]
        if indexed:
            words += [np.int64(x) for x in (shape or (1,))]
        kernel(*words, np.int64(count), grid=(min(-(-count // block_size), 1 << 20),), block=(block_size,), stream=getattr(stream, "_weft", stream))


from .reduction_kernel import ReductionKernel  # noqa: E402,F401  (the other form, under the same roof)
