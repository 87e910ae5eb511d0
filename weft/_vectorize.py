"""vectorize: a function of numbers applied along whole arrays. (Of small arrays: weft._guvectorize.)

The loop around the function is written here as Python text and compiled like any other function: on the CPU as a host
function, for target="cuda" as a kernel with one thread for each element. Shapes broadcast as in NumPy.
"""

import functools
import warnings

import numpy as np

from . import _core, _exec_sources
from . import _pytypes as types
from ._jit import njit
from ._pydispatch import Dispatcher
from ._pysource import source_of
from ._pytypes import code_of_dtype, dtype_of_code, signature_of
from ._small_ufunc import small_ufunc
from ._vectorize_folds import Folds, is_device as _is_device

_made = [0]


def _compile_text(text, name, **scope):
    """The function `name` of some Python text that can show its source."""
    _made[0] += 1
    file = f"<weft {name} {_made[0]}>"
    _exec_sources.write(file, text)
    exec(compile(text, file, "exec"), scope)
    return scope[name]


_APART = "raise ValueError('operands could not be broadcast together')"


_WEAK = {int: 1, float: 2, complex: 3}
_RANKS = {"b": 0, "u": 1, "i": 1, "f": 2, "c": 3}


def _numbers_are_weak(values, found):
    """Whether Python's numbers take the others' types, as in NumPy 2: none of them is of a greater kind than all those, where a complex
    number counts as a float."""
    weak = [_WEAK[type(v)] for v in values if type(v) in _WEAK]
    others = [_RANKS.get(f.kind, -1) for v, f in zip(values, found) if type(v) not in _WEAK]
    return bool(weak and others) and max(others) >= min(max(weak), _RANKS["f"])


def _fits(value, found, dtype):
    return np.can_cast(found, dtype)


def _fits_weakly(value, found, dtype):
    return _RANKS.get(dtype.kind, -1) >= _WEAK[type(value)] if type(value) in _WEAK else np.can_cast(found, dtype)


def _is_ours(value):
    """An array of weft's, which is taken for its values."""
    return (type(value).__module__ or "").partition(".")[0] in ("weft", "cupy")


class _Vectorized(Folds, _core.UfuncCalls):
    def __init__(self, function, signatures, target, identity=None, **options):
        self.py_func = function.py_func if isinstance(function, Dispatcher) else function
        self.target, self.identity, self.options = target, identity, options
        self.nin = self.py_func.__code__.co_argcount
        self.nout, self.nargs = 1, self.nin + 1
        functools.update_wrapper(self, self.py_func)
        self._loops, self._inside = {}, {}
        self._signatures = [signature_of(s) for s in signatures]
        self._frozen = bool(signatures)  # there are no loops but those
        self._core = njit(self.py_func, error_model="numpy", **options)

    @property
    def _frozen(self):
        return self._is_frozen

    @_frozen.setter
    def _frozen(self, frozen):
        self._is_frozen = frozen
        self._forget()

    def add(self, sig):
        """Adds a loop of these types: what fits it safely is converted to it."""
        returns, args = signature_of(sig)
        self._compile_for_argtys(args, returns)

    def _compile_for_argtys(self, argtys, return_type=None):
        """add(), of the types alone, as Numba's DUFunc has it."""
        if self._frozen:
            raise RuntimeError(f"compilation disabled for {self.__name__}(): its signatures were given")
        args = tuple(map(types.as_type, argtys))
        returns = return_type or types.from_code(self._core._returns("".join(a.code for a in args)))
        if (returns, args) not in self._signatures:
            self._signatures.append((returns, args))
            self._forget()

    @property
    def types(self):
        """The loops, as NumPy's ufuncs list them: 'dd->d'."""
        return ["".join(a.dtype.char for a in args) + "->" + returns.dtype.char for returns, args in self._signatures if returns]

    @property
    def ntypes(self):
        return len(self.types)

    def _dtypes(self, arrays):
        """The types that the arguments are converted to, and the result's if a signature says it: the first signature that takes them,
        as NumPy looks through the loops of a ufunc; for "cuda" the one of just these types first, as with numba.cuda. Without signatures of the
        user's their own types, unless one that was added takes them."""
        found = [np.result_type(a if isinstance(a, (np.ndarray, np.generic, int, float, complex)) else np.asarray(a)) for a in arrays]
        if not self._frozen or self.target == "cuda":
            for returns, args in self._signatures:
                if all(f == a.dtype for f, a in zip(found, args)):
                    return found, returns.dtype if returns else None
        fits = _fits_weakly if self._frozen and _numbers_are_weak(arrays, found) else _fits
        for returns, args in self._signatures:
            if all(map(fits, arrays, found, (a.dtype for a in args))):
                return [a.dtype for a in args], returns.dtype if returns else None
        if self._frozen:
            raise TypeError(f"ufunc '{self.__name__}' not supported for the input types: there is no signature for "
                            f"{', '.join(map(str, found))}; there are {', '.join(str(s[1]) for s in self._signatures)}")
        if any(f.hasobject for f in found):
            raise TypeError(f"ufunc '{self.__name__}' not supported for the input types {', '.join(map(str, found))}: give numbers or arrays of them")
        return found, None

    def _result_dtype(self, dtypes):
        codes = "".join(code_of_dtype(d) for d in dtypes)
        return types.from_code(self._core._returns(codes)).dtype

    def _loop(self, ndim, parallel=None):
        """out[i, …] = f(a[i, …], …), one loop for each axis."""
        parallel = self.target == "parallel" if parallel is None else parallel
        key = ndim, parallel
        if key not in self._loops:
            names = [f"a{i}" for i in range(self.nin)]
            index = ", ".join(f"i{k}" for k in range(ndim))
            call = f"out[{index}] = f({', '.join(f'{n}[{index}]' for n in names)})"
            lines = [f"def loop(out, {', '.join(names)}):"]
            for k in range(ndim):
                over = "prange" if k == 0 and parallel else "range"
                lines.append("    " * (k + 1) + f"for i{k} in {over}(out.shape[{k}]):")
            lines.append("    " * (ndim + 1) + call)
            from ._jit import prange

            self._loops[key] = njit(_compile_text("\n".join(lines) + "\n", "loop", f=self._core, prange=prange),
                                    error_model="numpy", parallel=parallel, **self.options)
        return self._loops[key]

    def _small(self, args):
        """For a call with numbers and small arrays of these types: NumPy's ufunc around the loop; None: it goes through _call."""
        if self.target == "cuda" or len(args) not in (self.nin, self.nin + 1):
            return None
        dtypes, result = self._dtypes(args[:self.nin])
        result = result or self._result_dtype(dtypes)
        if len(args) > self.nin and getattr(args[-1], "dtype", None) != result:
            return None
        return small_ufunc(self._loop(1, parallel=False), self.__name__, self.nin, [*dtypes, result], order=(self.nin, *range(self.nin)))

    def _call(self, *args, out=None, where=True, casting="same_kind", order="K", dtype=None, subok=True, signature=None, stream=0):
        """NumPy's ufuncs' arguments; an object with __array_ufunc__ of its own (a pandas Series …) answers itself, as with them."""
        if len(args) == self.nin + 1 and out is None:
            *args, out = args
        if len(args) != self.nin:
            raise TypeError(f"{self.__name__} takes {self.nin} arguments, got {len(args)}")
        if isinstance(out, tuple):
            out = out[0]
        if self.target == "cuda":
            from ._vectorize_cuda import call_ufunc

            return call_ufunc(self, args, out, stream)
        told = {k: v for k, v, usual in (("where", where, True), ("casting", casting, "same_kind"), ("order", order, "K"), ("dtype", dtype, None),
                                         ("signature", signature, None)) if v is not usual and (k == "where" or v != usual)}
        if subok and any(type(a) is not np.ndarray and hasattr(a, "__array_ufunc__") for a in (*args, out)):
            answer = self._answered(args, out, told)
            if answer is not NotImplemented:
                return answer
        if told:
            return self._call_as_told(args, out, **told)
        return self._apply(args, out, *self._dtypes(args))

    def _apply(self, args, out, dtypes, result):
        """The loop over these arguments, converted to its types."""
        arrays = [np.asarray(a) for a in args]
        shape = np.broadcast_shapes(*(a.shape for a in arrays), *(() if out is None else (out.shape,)))
        made = np.empty(shape, result or self._result_dtype(dtypes)) if out is None else out
        if out is not None:
            arrays = self._beside(out, arrays, shape, result or self._result_dtype(dtypes))
        flat = not shape or all(a.shape == shape and a.flags["C_CONTIGUOUS"] for a in (*arrays, made))
        # A number of Python's that its type cannot hold is an OverflowError, not another number.
        given = [np.asarray(number, d) if type(number) in _WEAK else a.astype(d, copy=False) for number, a, d in zip(args, arrays, dtypes)]
        if flat:
            given, target = [a.reshape(-1) for a in given], made.reshape(-1)
        else:
            given, target = [np.broadcast_to(a, shape) for a in given], made
        self._loop(target.ndim)(target, *given)
        return made if out is not None or shape else made[()]

    def _beside(self, out, arrays, shape, result):
        """The inputs, those copied that are written over while they are still read; refuses an `out` that cannot take the result."""
        if out.shape != shape:
            raise ValueError(f"non-broadcastable output operand with shape {out.shape} doesn't match the broadcast shape {shape}")
        if not np.can_cast(result, out.dtype, "same_kind"):
            raise TypeError(f"Cannot cast {self.__name__} output from {np.dtype(result)} to {out.dtype} with casting rule 'same_kind'")
        if not isinstance(out, np.ndarray):
            return arrays
        if not out.flags.writeable:
            raise ValueError("output array is read-only")
        place = (out.ctypes.data, out.shape, out.strides)
        return [a.copy() if np.may_share_memory(a, out) and (a.ctypes.data, a.shape, a.strides) != place else a for a in arrays]

    def _answered(self, args, out, told):
        """What the arguments' own __array_ufunc__ gives; NotImplemented when they have NumPy's."""
        own = [a for a in (*args, out) if not isinstance(a, np.generic)
               and getattr(type(a), "__array_ufunc__", np.ndarray.__array_ufunc__) is not np.ndarray.__array_ufunc__]
        if own:
            given = told if out is None else {"out": (out,), **told}
            answers = (type(a).__array_ufunc__(a, self, "__call__", *args, **given) for a in own if not _is_ours(a))
            return next((answer for answer in answers if answer is not NotImplemented), NotImplemented)
        kept = next((a for a in args if isinstance(a, np.ndarray) and type(a) is not np.ndarray), None)
        if kept is None or out is not None:
            return NotImplemented
        made = self(*(a.view(np.ndarray) if isinstance(a, np.ndarray) else a for a in args), **told)
        return kept.__array_wrap__(np.asarray(made), (self, tuple(args), 0), not np.ndim(made))

    def _call_as_told(self, args, out, where=True, casting="same_kind", order="K", dtype=None, signature=None):
        kinds, result = self._told_types(dtype, signature) if signature is not None or dtype is not None else self._dtypes(args)
        if signature is not None or dtype is not None:
            for a, kind in zip(args, kinds):
                if not np.can_cast(np.asarray(a).dtype, kind, casting):
                    raise TypeError(f"Cannot cast {self.__name__} input from {np.asarray(a).dtype} to {kind} with casting rule {casting!r}")
            args = [np.asarray(a).astype(kind) for a, kind in zip(args, kinds)]
        made = self._apply(args, None, kinds, result)
        if out is None:
            if where is True:
                return made
            out = np.empty(np.broadcast_shapes(np.shape(made), np.shape(where)), made.dtype)
        np.copyto(out, made, casting, where)
        return out

    def _told_types(self, dtype, signature):
        """The types of the loop that dtype= (the result's) or signature= ("dd->d", or a tuple) asks for: the inputs', the result's."""
        for returns, args in self._signatures:
            names = "".join(a.dtype.char for a in args) + "->" + (returns.dtype.char if returns else "")
            if (signature is not None and signature in (names, tuple(names.replace("->", "")))) or (returns and dtype is not None and
                                                                                                    returns.dtype == np.dtype(dtype)):
                return [a.dtype for a in args], returns.dtype if returns else None
        if self._signatures or signature is not None:
            raise TypeError(f"No loop matching the specified signature and casting was found for ufunc {self.__name__}")
        return [np.dtype(dtype)] * self.nin, None

    def _wf_answer(self, args):
        """A call inside of a compiled function: of numbers the function itself, of arrays loops around it."""
        if len(args) not in (self.nin, self.nin + 1):
            return ("error", f"{self.__name__}() takes {self.nin} arguments, or {self.nin + 1} with its output, got {len(args)}")
        if not any(a.is_array for a in args):
            return ("function", self._number_inside(args[:self.nin]), tuple(range(self.nin)))
        if not all(a.is_array or a.is_number for a in args) or any(a.keyword for a in args) or not all(a.is_array for a in args[self.nin:]):
            return None
        key = tuple((a.ndim, a.element) for a in args)
        if key not in self._inside:
            self._inside[key] = self._loops_inside(args)
        return ("function", source_of(self._inside[key]), tuple(range(len(args))))

    def _number_inside(self, args):
        """The function for numbers: with the types of the signature that takes them, if there is one."""
        source = self._core._source()
        if not self._frozen or not all(a.is_number for a in args):
            return source
        try:
            dtypes, result = self._dtypes([np.empty((), dtype_of_code(a.element)) for a in args])
        except TypeError:
            return source  # as they are
        if all(d == dtype_of_code(a.element) for d, a in zip(dtypes, args)):
            return source
        key = tuple(dtypes)
        if key not in self._inside:
            names = [f"a{i}" for i in range(self.nin)]
            text = f"def number({', '.join(names)}):\n    return r(f({', '.join(f't{i}({n})' for i, n in enumerate(names))}))\n"
            kinds = {f"t{i}": d.type for i, d in enumerate(dtypes)}
            self._inside[key] = _compile_text(text, "number", f=self._core, r=(result or self._result_dtype(dtypes)).type, **kinds)
        return source_of(self._inside[key])

    def _loops_inside(self, args):
        dtypes, result = self._dtypes([np.empty((), dtype_of_code(a.element)) for a in args[:self.nin]])
        result = result or self._result_dtype(dtypes)
        names = [f"a{i}" for i in range(self.nin)]
        arrays, ndim = [(n, a.ndim) for n, a in zip(names, args) if a.ndim], max(a.ndim for a in args)
        given = len(args) > self.nin
        lines = [f"def loops({', '.join(names)}{', out' if given else ''}):"]
        for k in range(ndim):  # the extents, as they broadcast
            lines.append(f"    n{k} = {f'out.shape[{k}]' if given else 1}")
            for name, axes in arrays:
                if (own := k - ndim + axes) >= 0:
                    lines += [f"    if n{k} != {name}.shape[{own}]:", f"        if n{k} != 1 and {name}.shape[{own}] != 1:", f"            {_APART}",
                              *([] if given else [f"        if n{k} == 1:", f"            n{k} = {name}.shape[{own}]"])]
        if not given:
            lines.append(f"    out = empty(({''.join(f'n{k}, ' for k in range(ndim))}), result)")
        for name, axes in arrays:
            lines += [f"    {name}s{k} = 0 if {name}.shape[{k}] == 1 else 1" for k in range(axes)]
        for k in range(ndim):
            lines.append("    " * (k + 1) + f"for i{k} in range(n{k}):")
        terms = [f"t{i}({n}[{', '.join(f'i{ndim - a.ndim + k} * {n}s{k}' for k in range(a.ndim))}])" if a.ndim else f"t{i}({n})"
                 for i, (n, a) in enumerate(zip(names, args))]
        lines += ["    " * (ndim + 1) + f"out[{', '.join(f'i{k}' for k in range(ndim))}] = f({', '.join(terms)})", "    return out"]
        kinds = {f"t{i}": d.type for i, d in enumerate(dtypes)}
        return _compile_text("\n".join(lines) + "\n", "loops", f=self._core, empty=np.empty, result=result, **kinds)

    def __repr__(self):
        return f"<weft.vectorize {self.__name__}>"

    def __reduce__(self):
        from . import _pypickle

        signatures = [a if r is None else types.Signature(r, a) for r, a in self._signatures]
        return _revived, (_pypickle.state_of(self.py_func), signatures, self.target, self.identity, self.options, self._frozen)


def _revived(function, signatures, target, identity, options, frozen):
    from . import _pypickle

    made = _Vectorized(_pypickle.function_of(function), signatures, target, identity, **options)
    made._frozen = frozen
    return made


def _signatures_and_function(first):
    if first is None:
        return [], None
    if callable(first) and not isinstance(first, (types.Type, types.Signature)):
        return [], first
    return (list(first) if isinstance(first, (list, tuple)) else [first]), None


def vectorize(ftylist_or_function=(), target="cpu", identity=None, nopython=None, cache=False, fastmath=False, **options):
    """Makes a function of numbers work along arrays: @vectorize, @vectorize(["float64(float64)"], target="cpu", "parallel" or
    "cuda").

        >>> @wf.vectorize(["float64(float64, float64)"])
        ... def larger(a, b):
        ...     return a if a > b else b
        >>> import numpy as np
        >>> larger(np.array([1.0, 5.0]), 2.0)
        array([2., 5.])
    """
    if target not in ("cpu", "parallel", "cuda"):
        raise ValueError(f"Unsupported target: {target}")
    if target == "cuda" and options:
        raise KeyError(f"Unrecognized options: {', '.join(sorted(options))}")
    if target == "cuda" and nopython is not None:
        warnings.warn("nopython kwarg for cuda target is redundant", RuntimeWarning, stacklevel=2)
    signatures, function = _signatures_and_function(ftylist_or_function)

    def make(function):
        return _Vectorized(function, signatures, target, identity, fastmath=fastmath)

    return make(function) if function else make
