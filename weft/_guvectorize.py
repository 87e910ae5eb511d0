"""guvectorize: a function of whole rows applied along the axes before them, by a layout of named axes such as "(n),()->(n)".

The loops around the function are Python text, compiled like any other function: one loop for each leading axis that cannot be
merged with the next. What is passed is used where it lies when its dtype fits, so a function may update its arguments; else a copy in
the declared dtype is. Inside compiled functions a call with all its outputs is compiled along; other calls run as they are here.
Shapes, `axis`, `axes`, `keepdims` and the texts of errors follow NumPy's generalized universal functions.
"""

import functools
import re

import numpy as np

from . import _core
from . import _pytypes as types
from ._jit import njit, prange
from ._pysource import TypingError, source_of
from ._pytypes import signature_of
from ._small_ufunc import small_ufunc
from ._vectorize import _compile_text, _is_device, _Vectorized


_APART = "raise ValueError('Loop and array shapes are incompatible')"


def _element(type_):
    return type_.element.dtype if isinstance(type_, types.Array) else type_.dtype


def _axes_of(side):
    return [tuple(n.strip() for n in part.split(",") if n.strip()) for part in re.findall(r"\(([^)]*)\)", side)]


def _holds(dtype, value):
    """Does a loop of this dtype take the value without losing any of it? Python's numbers take the dtype of what is beside them."""
    if isinstance(value, (int, float, complex)) and not isinstance(value, (bool, np.generic)):
        return dtype.kind in {int: "iufc", float: "fc", complex: "c"}[type(value)]
    return np.can_cast(value.dtype if hasattr(value, "dtype") else np.asarray(value).dtype, dtype)


class _GUVectorized(_core.UfuncCalls):
    def __init__(self, function, signatures, layout, target, identity=None, writable=(), **options):
        self.py_func, self.target, self.identity, self.options = function, target, identity, options
        functools.update_wrapper(self, function)
        left, _, right = layout.partition("->")
        self.layout, self.inputs, self.outputs = layout, _axes_of(left), _axes_of(right)
        self.nin, self.nout = len(self.inputs), len(self.outputs)
        self.nargs, self.cores = self.nin + self.nout, self.inputs + self.outputs
        names = function.__code__.co_varnames[:function.__code__.co_argcount]
        if len(names) != self.nargs:
            raise ValueError(f"{self.__name__}: the layout {layout} has {self.nargs} operands, the function {len(names)} parameters")
        self.writable = _writable(writable, names, self.nin)
        self._signatures = [signature_of(s) for s in signatures]
        for returns, args in self._signatures:
            self._check_signature(returns, args)
        self._loops, self._seen, self._function = {}, [], None

    def _check_signature(self, returns, args):
        if returns not in (None, types.void):
            raise TypeError(f"guvectorized functions cannot return values: the signature of {self.__name__} specifies {returns} "
                            "return type")
        for k, (type_, core) in enumerate(zip(args, self.cores), 1):
            ndim = type_.ndim if isinstance(type_, types.Array) else 0
            if core and not ndim:
                raise TypeError(f"scalar type {type_} given for non scalar argument #{k}")
            if ndim != len(core) and (core or ndim > 1):
                raise TypeError(f"type and shape signature mismatch for arg #{k}")

    # ---- what it is ----

    @property
    def signature(self):
        """The layout; None for one of single elements with one result, which is a plain universal function."""
        return None if self._is_plain() else self.layout

    def _is_plain(self):
        return self.nout == 1 and not any(self.cores)

    @property
    def is_dynamic(self):
        """Without declared types: they are those of the arguments, and outputs have to be given."""
        return not self._signatures

    @property
    def types(self):
        """The loops, as NumPy's ufuncs list them: 'dd->d'. Without declared types: those that were asked for so far."""
        listed = [[_element(t).char for t in args] for _, args in self._signatures] or self._seen
        return ["".join(chars[:self.nin]) + "->" + "".join(chars[self.nin:]) for chars in listed]

    @property
    def ntypes(self):
        return len(self.types)

    # ---- the loops ----

    def _wants_array(self, i):
        """A scalar operand is a number unless it is an output or the types say array."""
        return i >= self.nin or bool(self._signatures) and isinstance(self._signatures[0][1][i], types.Array)

    def _loop(self, ndim, parallel=None):
        parallel = self.target == "parallel" if parallel is None else parallel
        key = ndim, parallel
        if key not in self._loops:
            names = [f"a{i}" for i in range(self.nargs)]
            index = ", ".join(f"i{k}" for k in range(ndim))
            call = f"f({', '.join(f'{n}[{index}]' for n in names)})"
            if self.target == "cuda":
                from . import cuda

                text = f"def loop({', '.join(names)}):\n    i0 = grid(1)\n    if i0 < a0.shape[0]:\n        {call}\n"
                f = cuda.jit(device=True)(self.py_func)
                self._loops[key] = cuda.jit(_compile_text(text, "loop", f=f, grid=cuda.grid))
            else:
                lines = [f"def loop({', '.join(names)}):"]
                for k in range(ndim):
                    over = "prange" if k == 0 and parallel else "range"
                    lines.append("    " * (k + 1) + f"for i{k} in {over}(a0.shape[{k}]):")
                lines.append("    " * (ndim + 1) + call)
                self._loops[key] = njit(_compile_text("\n".join(lines) + "\n", "loop", f=self._compiled(), prange=prange),
                                         error_model="numpy", parallel=parallel, **self.options)
        return self._loops[key]

    def _compiled(self):
        if self._function is None:
            self._function = njit(self.py_func, error_model="numpy", **self.options)
        return self._function

    # ---- calls ----

    def _split(self, args, out):
        """(inputs, outputs or None)"""
        if out is not None and len(args) > self.nin:
            raise ValueError("cannot specify argument 'out' as both positional and keyword")
        if len(args) == self.nargs and self.nout:
            args, out = args[:self.nin], args[self.nin:]
        if out is not None and not isinstance(out, tuple):
            out = (out,)
        if len(args) != self.nin or out is not None and len(out) != self.nout:
            raise TypeError(
                f"{self._too_few()}{self.__name__}: gufunc accepts {self.nin} positional arguments (or {self.nargs} positional "
                f"arguments, when its outputs are given). Got {len(args)} positional argument{'s'[len(args) == 1:]}.")
        if self.is_dynamic and self.nout and (out is None or any(o is None for o in out)):
            raise TypeError(f"{self._too_few()}Its types were not declared, so the types of its results are not known: give arrays "
                            "for them, as further arguments or as out=.")
        return list(args), list(out) if out is not None else [None] * self.nout

    def _too_few(self):
        return "" if self.target == "cuda" else f"Too few arguments for function '{self.__name__}'. "

    def _dtypes(self, args, out):
        """The types of all operands: the first declared signature that holds the inputs exactly, else safely."""
        found = [a.dtype if hasattr(a, "dtype") else np.asarray(a).dtype for a in args]
        declared = [[_element(t) for t in signature] for _, signature in self._signatures]
        for dtypes in declared:
            if all(f == d for f, d in zip(found, dtypes)):
                return dtypes
        for dtypes in declared:
            if all(_holds(d, a) for d, a in zip(dtypes, args)):
                return dtypes
        if self.target == "cuda":  # Numba's kernels take numbers and arrays of the host of other sizes
            for dtypes in declared:
                if all(np.can_cast(f, d, "same_kind") and not _is_device(a) or f == d for f, d, a in zip(found, dtypes, args)):
                    return dtypes
        if declared:
            raise TypeError(f"ufunc '{self.__name__}' did not contain a loop with signature matching types "
                            f"{', '.join(map(str, found))}; there are {', '.join(self.types)}")
        dtypes = found + [o.dtype for o in out]
        if [d.char for d in dtypes] not in self._seen:
            self._seen.append([d.char for d in dtypes])
        return dtypes

    def _operand(self, k):
        return f"{'Input' if k < self.nin else 'Output'} operand {k if k < self.nin else k - self.nin}"

    def _shapes(self, operands):
        """{axis name: extent}, and the leading shape of each operand that is there."""
        sizes, leading = {}, []
        for k, (array, core) in enumerate(zip(operands, self.cores)):
            if array is None:
                continue
            if array.ndim < len(core):
                raise ValueError(f"{self.__name__}: {self._operand(k)} does not have enough dimensions (has {array.ndim}, gufunc core "
                                 f"with signature {self.layout} requires {len(core)})")
            split = array.ndim - len(core)
            leading.append(array.shape[:split])
            for at, (name, n) in enumerate(zip(core, array.shape[split:])):
                known = int(name) if name.isdigit() else sizes.setdefault(name, n)
                if known != n:
                    raise ValueError(f"{self.__name__}: {self._operand(k)} has a mismatch in its core dimension {at}, with gufunc "
                                     f"signature {self.layout} (size {n} is different from {known})")
        return sizes, leading

    def _small(self, args):
        """For a call with numbers and small arrays of these types: NumPy's ufunc around the loop; None: it goes through _call."""
        if self.target == "cuda" or self.writable or not self.nin or not self.nout or "?" in self.layout:
            return None
        inputs, outputs = self._split(args, None)
        dtypes = self._dtypes(inputs, outputs)
        if any(o is not None and getattr(o, "dtype", None) != d for o, d in zip(outputs, dtypes[self.nin:])):
            return None
        rows = [k for k, core in enumerate(self.cores) if not core and self._wants_array(k)]
        try:
            return small_ufunc(self._loop(1, parallel=False), self.__name__, self.nin, dtypes, layout=self.layout, cores=self.cores,
                               rows=rows, readonly=range(self.nin))
        except TypingError:  # it writes to what it is given
            return None

    def _call(self, *args, out=None, axis=None, axes=None, keepdims=False, stream=0):
        """Applies the function along the leading axes of its operands, which broadcast.

        axes: for each operand the axes that its core is made of (the last ones otherwise); axis: the one of all operands, for a core of
        one axis; keepdims: reduced axes stay, with extent 1. Raises TypeError for types or numbers of operands that do not fit,
        ValueError for shapes.
        """
        from . import cuda

        inputs, outputs = self._split(args, out)
        inputs, outputs = ([cuda.as_cuda_array(a) if _is_device(a) and not hasattr(a, "dtype") else a for a in some]
                           for some in (inputs, outputs))  # what only has the interface
        device = any(_is_device(a) for a in inputs)
        if device and self.target == "cuda" and axis is None and axes is None and not keepdims:
            from ._vectorize_cuda import call_gufunc

            answer = call_gufunc(self, inputs, outputs, self._dtypes(inputs, outputs), stream)
            if answer is not NotImplemented:
                return answer
        targets = [cuda.as_cuda_array(o) if _is_device(o) else o for o in outputs]
        inputs = [cuda.as_cuda_array(a).copy_to_host() if _is_device(a) else a for a in inputs]
        dtypes = self._dtypes(inputs, targets)
        # of Python's numbers NumPy tells those that the type does not hold
        given = [np.asarray(a, d) if type(a) in (int, float, complex) else np.asarray(a) for a, d in zip(inputs, dtypes)]
        hosted = given + [o.copy_to_host() if _is_device(o) else o for o in targets]
        places = self._places(axis, axes, keepdims, max((a.ndim for a in hosted if a is not None), default=0))
        if keepdims:  # an output has the reduced axes too, where the first input has them
            places[self.nin:] = [places[0] or tuple(range(-len(self.inputs[0]), 0))] * self.nout
        operands = [a if a is None or p is None else np.moveaxis(a, p, range(-len(p), 0)) for a, p in zip(hosted, places)]
        if keepdims:
            operands[self.nin:] = [a if a is None else a[(..., *[0] * len(self.inputs[0]))] for a in operands[self.nin:]]
        sizes, leading = self._shapes(operands)
        try:
            shape = np.broadcast_shapes(*leading)
        except ValueError:
            shape = None
        if shape is None or any(o is not None and o.shape[:o.ndim - len(c)] != shape for o, c in zip(operands[self.nin:], self.outputs)):
            raise ValueError(self._not_together(operands))
        results = []
        if any(isinstance(o, np.ndarray) and not o.flags.writeable for o in operands[self.nin:]):
            raise ValueError("output array is read-only")
        for k, core in enumerate(self.outputs):
            if operands[self.nin + k] is None:
                operands[self.nin + k] = np.empty(shape + self._core_shape(core, sizes), dtypes[self.nin + k])
            results.append(operands[self.nin + k])
        self._run(operands, dtypes, shape)
        return self._finished(results, targets, places, keepdims, device)

    def _core_shape(self, core, sizes):
        missing = [d for d in core if d not in sizes and not d.isdigit()]
        if missing:
            raise ValueError(f"{self.__name__}: the size of {missing[0]} is not known; pass out=")
        return tuple(int(d) if d.isdigit() else sizes[d] for d in core)

    def _places(self, axis, axes, keepdims, ndim):
        """For each operand the axes of its core, or None: the last ones."""
        if axis is not None and axes is not None:
            raise TypeError("cannot specify both 'axis' and 'axes'")
        if keepdims and (any(self.outputs) or len({len(c) for c in self.inputs}) != 1):
            raise TypeError(f"{self.__name__} does not support keepdims: its signature {self.layout} has outputs with core dimensions, "
                            "or inputs with different numbers of them")
        if axis is not None:
            if len({d for core in self.cores for d in core}) != 1 or any(len(core) > 1 for core in self.cores):
                raise TypeError(f"{self.__name__}: axis can only be used with a single shared core dimension, not with the "
                                f"signature {self.layout}")
            return [(axis,) if core else None for core in self.cores]
        if axes is None:
            return [None] * self.nargs
        axes = list(axes)
        if len(axes) == self.nin and not any(self.outputs):
            axes += [axes[0] if keepdims else ()] * self.nout
        if len(axes) != self.nargs:
            raise ValueError(f"axes should be a list with an entry for all {self.nargs} inputs and outputs; entries for outputs can only "
                             "be omitted if none of them has core axes.")
        axes = [(a,) if isinstance(a, (int, np.integer)) else tuple(a) for a in axes]
        for k, (entry, core) in enumerate(zip(axes, self.cores)):
            if len(entry) != len(core) and not (keepdims and k >= self.nin):
                raise np.exceptions.AxisError(f"{self.__name__}: operand {k} has {len(core)} core dimensions, but {len(entry)} "
                                              "dimensions are specified by axes tuple.")
        return [entry if core else None for entry, core in zip(axes, self.cores)]

    def _not_together(self, operands):
        """NumPy's words: each operand's shape, and where its leading axes come to stand."""
        present = [(a, c) for a, c in zip(operands, self.cores) if a is not None]
        most = max(a.ndim - len(c) for a, c in present)
        cores = max((len(c) for _, c in present[self.nin:]), default=0)
        words = []
        for k, (a, core) in enumerate(present):
            lead = [str(n) for n in a.shape[:a.ndim - len(core)]]
            if k >= self.nin:
                lead = lead + [str(n) for n in a.shape[a.ndim - len(core):]] + ["newaxis"] * (cores - len(core))
            elif lead or most == 0:
                lead = lead + ["newaxis"] * cores
            words.append(f"{_spelt(a.shape)}->({','.join(lead)})")
        extents = {name: n for a, core in present for name, n in zip(core, a.shape[a.ndim - len(core):])}
        asked = [str(extents[d]) for core in self.outputs for d in core if d in extents]
        return ("operands could not be broadcast together with remapped shapes [original->remapped]: " + " ".join(words)
                + f"  and requested shape ({','.join(asked)})")

    def _run(self, operands, dtypes, shape):
        """Views of all operands over the leading shape, then the loop; what had to be converted is written back."""
        shape = shape or (1,)
        if 0 in shape:
            return
        views, back = [], []
        for k, (array, dtype, core) in enumerate(zip(operands, dtypes, self.cores)):
            used = array if array.dtype == dtype else array.astype(dtype)
            view = _spread(used, shape, len(core))
            if not core and self._wants_array(k):
                view = view[..., None]
            if used is not array and (k >= self.nin or k in self.writable):
                back.append((array, used))
            views.append(view)
        views, ndim = _merged(views, len(shape), self.target == "cuda")
        if self.target == "cuda":
            self._run_cuda(views)
        else:
            self._loop(ndim)(*views)
        for array, used in back:
            array[...] = used

    def _run_cuda(self, views):
        given = [np.ascontiguousarray(v) for v in views]
        self._loop(1).forall(len(given[0]))(*given)
        for k, (view, made) in enumerate(zip(views, given)):
            if made is not view and k >= self.nin:
                view[...] = made

    def _finished(self, results, targets, places, keepdims, device):
        from . import cuda

        found = []
        for k, (made, target) in enumerate(zip(results, targets)):
            if keepdims:
                made = made.reshape(made.shape + (1,) * len(self.inputs[0]))
            place = places[self.nin + k]
            if place is not None:
                made = np.moveaxis(made, range(-len(place), 0), place)
            if _is_device(target):
                target.copy_to_device(np.ascontiguousarray(made))
            elif target is None and device:
                made = cuda.to_device(np.ascontiguousarray(made))
            made = target if target is not None else made
            found.append(made[()] if isinstance(made, np.ndarray) and not made.shape and target is None else made)
        return None if not found else found[0] if len(found) == 1 else tuple(found)

    # ---- the methods of a universal function ----

    def _plain(self, method, *args, **named):
        """Of one whose operands are all single elements; others have no reduction, as in NumPy."""
        if not self._is_plain():
            if method in ("outer", "at"):
                raise TypeError(f"method {method} is not allowed in ufunc with non-trivial signature")
            raise RuntimeError("Reduction not defined on ufunc with signature")
        dtype = np.asarray(args[0]).dtype if self.is_dynamic else _element(self._signatures[0][1][-1])
        if ("plain", dtype) not in self._loops:
            names = ", ".join(f"a{i}" for i in range(self.nin))
            text = f"def plain({names}):\n    out = empty(1, dtype)\n    f({names}, out)\n    return out[0]\n"
            one = _compile_text(text, "plain", empty=np.empty, dtype=dtype, f=self._compiled())
            self._loops["plain", dtype] = _Vectorized(one, [], "cpu", self.identity)
        return getattr(self._loops["plain", dtype], method)(*args, **named)

    def reduce(self, array, *args, **named):
        """As of a universal function, where the layout has no axes."""
        return self._plain("reduce", array, *args, **named)

    def accumulate(self, array, *args, **named):
        """As of a universal function, where the layout has no axes."""
        return self._plain("accumulate", array, *args, **named)

    def reduceat(self, array, *args, **named):
        """As of a universal function, where the layout has no axes."""
        return self._plain("reduceat", array, *args, **named)

    def outer(self, *args, **named):
        """As of a universal function, where the layout has no axes."""
        return self._plain("outer", *args, **named)

    def at(self, array, *args, **named):
        """As of a universal function, where the layout has no axes."""
        return self._plain("at", array, *args, **named)

    # ---- inside compiled functions ----

    def _wf_answer(self, args):
        """A call inside of a compiled function (weft._pyresolve): compiled along where it gives all outputs, else called as it is."""
        from ._pyresolve import at_run_time

        made = self._compiled_call(args)
        return ("function", source_of(made), tuple(range(len(args)))) if made else at_run_time(self, args, quiet=True)

    def _compiled_call(self, args):
        """An implementation for a call that gives all outputs, of these arguments (weft._pyresolve.Arg), or None."""
        if len(args) != self.nargs or any(a.keyword for a in args) or not all(a.is_array or a.is_number for a in args):
            return None
        for k, (arg, core) in enumerate(zip(args, self.cores)):
            if arg.ndim < len(core) or k >= self.nin and not arg.is_array:
                raise TypingError(f"{self.__name__}: {self._operand(k)} does not have enough dimensions (has {arg.ndim}, gufunc core with "
                                  f"signature {self.layout} requires {len(core)})")
        dtypes = [types.from_code(a.element).dtype for a in args]
        if self._signatures and not any(all(_element(t) == d or not a.is_array and np.can_cast(d, _element(t)) for t, d, a in zip(
                signature, dtypes, args)) for _, signature in self._signatures[:1]):
            return None
        return self._call_text(args)

    def _call_text(self, args):
        """Loops over the leading axes of the last output; an operand's axis of extent 1 stays where it is."""
        leading = [a.ndim - len(core) for a, core in zip(args, self.cores)]
        depth = leading[-1]
        lines = [f"def gufunc({', '.join(f'a{k}' for k in range(self.nargs))}):", *self._core_tests(leading)]
        if any(own > depth for own in leading) or any(own != depth for own in leading[self.nin:]):
            lines += [f"    if a{self.nargs - 1}.size >= 0:", f"        {_APART}"]  # at run time, as other mismatches
        else:
            for k, own in enumerate(leading[:-1]):
                lines += self._leading_tests(k, own, depth)
            lines += ["    " * (at + 1) + f"for i{at} in range(a{self.nargs - 1}.shape[{at}]):" for at in range(depth)]
            parts = [self._part(k, arg, own, depth - own) for k, (arg, own) in enumerate(zip(args, leading))]
            lines.append("    " * (depth + 1) + f"f({', '.join(parts)})")
        return _text_function("\n".join(lines) + "\n", self._compiled())

    def _core_tests(self, leading):
        lines, seen = [], {}
        for k, core in enumerate(self.cores):
            for at, name in enumerate(core):
                extent = f"a{k}.shape[{leading[k] + at}]"
                if name in seen or name.isdigit():
                    lines += [f"    if {extent} != {seen.get(name, name)}:",
                              "        raise ValueError('Operand has a mismatch in one of its core dimensions')"]
                seen.setdefault(name, extent)
        return lines

    def _leading_tests(self, k, own, depth):
        """m{k}_{axis}: 0 where the operand's axis is repeated."""
        lines = []
        for at in range(own):
            extent, whole = f"a{k}.shape[{at}]", f"a{self.nargs - 1}.shape[{depth - own + at}]"
            repeated = f"    m{k}_{at} = 0 if {extent} == 1 else 1" if k < self.nin else f"    m{k}_{at} = 1"
            lines += [repeated, f"    if m{k}_{at} and {extent} != {whole}:", f"        {_APART}"]
        return lines

    def _part(self, k, arg, own, first):
        """What the function is given of operand k, whose own leading axes begin with the loop `first`."""
        index = [f"i{first + at} * m{k}_{at}" if k < self.nargs - 1 else f"i{at}" for at in range(own)]
        one_element = not self.cores[k] and self._wants_array(k)
        if index and one_element:
            index[-1] += f":{index[-1]} + 1"
        if index:
            return f"a{k}[{', '.join(index)}]"
        if one_element:
            return f"a{k}.reshape(1)" if arg.is_array else f"array((a{k},))"
        return f"a{k}[()]" if arg.is_array and not self.cores[k] else f"a{k}"

    def __repr__(self):
        return f"<weft.guvectorize {self.__name__} {self.layout}>"

    def __reduce__(self):
        from . import _pypickle

        signatures = [a if r is None else types.Signature(r, a) for r, a in self._signatures]
        return _revived, (_pypickle.state_of(self.py_func), signatures, self.layout, self.target, self.identity, self.writable,
                          self.options)


@functools.lru_cache(maxsize=512)
def _text_function(text, f):
    return _compile_text(text, "gufunc", f=f, array=np.array)


def _revived(function, signatures, layout, target, identity, writable, options):
    from . import _pypickle

    return _GUVectorized(_pypickle.function_of(function), signatures, layout, target, identity, writable, **options)


def _spelt(shape):
    return f"({','.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def _writable(given, names, nin):
    """The inputs that the function changes, by number or by name, as numbers."""
    if len(given) > nin:
        raise ValueError(f"writable_args names {len(given)} arguments of {nin} inputs")
    found = []
    for which in given:
        if isinstance(which, str):
            if which not in names:
                raise RuntimeError(f"writable_args: '{which}' is not one of the arguments {', '.join(names)}")
            which = names.index(which)
        if not 0 <= which < nin:
            raise ValueError(f"writable_args: {which} is not the number of an input; there are {nin}")
        found.append(which)
    return tuple(found)


def _spread(array, shape, core):
    """The array over the leading shape, where it lies."""
    own = array.ndim - core
    missing = len(shape) - own
    steps = [0] * missing + [0 if n == 1 and m != 1 else s for n, m, s in zip(array.shape[:own], shape[missing:], array.strides[:own])]
    return np.lib.stride_tricks.as_strided(array, shape + array.shape[own:], (*steps, *array.strides[own:]), writeable=array.flags.writeable)


def _merged(views, leading, always):
    """The views with their leading axes as one, where that needs no copy (always: also where it does), and the number of those left."""
    if leading == 1:
        return views, 1
    n = views[0].shape[:leading]
    count = int(np.prod(n))
    made = []
    for view in views:
        flat = view.reshape((count, *view.shape[leading:]))
        if not always and flat.__array_interface__["data"] != view.__array_interface__["data"]:
            return views, leading
        made.append(flat)
    return made, 1


def guvectorize(ftylist_or_signature, signature=None, target="cpu", nopython=True, cache=False, fastmath=False, identity=None,
                writable_args=(), **options):
    """Makes a function of whole rows work along the axes before them: types, and a layout of names for the axes.

    target: "cpu", "parallel" or "cuda". writable_args: the inputs (by number or name) that the function changes, which are converted
    back when they had to be converted. A layout without "->" has no outputs: the function updates its arguments. Raises TypeError for
    types that do not fit the layout.

        >>> @wf.guvectorize(["void(float64[:], float64, float64[:])"], "(n),()->(n)")
        ... def shift(x, by, out):
        ...     for i in range(len(x)):
        ...         out[i] = x[i] + by
        >>> import numpy as np
        >>> shift(np.zeros((2, 3)), np.array([1.0, 2.0]))
        array([[1., 1., 1.],
               [2., 2., 2.]])
    """
    if target not in ("cpu", "parallel", "cuda"):
        raise ValueError(f"Unsupported target: {target}")
    if target == "cuda":
        if not nopython:
            raise TypeError("nopython flag must be True")
        if options or writable_args:
            unknown = sorted(options) + ["writable_args"] * bool(writable_args)
            raise TypeError(f"The following target options are not supported: {', '.join(map(repr, unknown))}")
    layout = signature if signature is not None else ftylist_or_signature
    signatures = [] if signature is None else ftylist_or_signature
    if not isinstance(signatures, list):
        signatures = [signatures]
    return lambda function: _GUVectorized(getattr(function, "py_func", function), signatures, layout, target, identity, writable_args,
                                          fastmath=fastmath)
