"""wf.stencil: a function of an element's neighbours, applied to all of an array.

`a[-1, 0]` in the decorated function means the element one row up. The function becomes loops in Python text: its indices get
the loop's counters added, and the elements whose neighbours would lie outside keep `cval`.
"""

import ast
import copy
import functools

import numpy as np

from ._jit import njit
from ._pysource import TypingError, source_of
from ._pytypes import dtype_of_code
from ._vectorize import _compile_text


class _Shift(ast.NodeTransformer):
    """Adds the counters to the relative indices of the arrays named."""

    def __init__(self, arrays, ndim, where):
        self.arrays, self.ndim, self.where = arrays, ndim, where
        self.low, self.high = [0] * ndim, [0] * ndim

    def visit_Subscript(self, node):
        self.generic_visit(node)
        if not isinstance(node.value, ast.Name) or node.value.id not in self.arrays:
            return node
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if len(parts) != self.ndim:
            raise TypingError(f"{self.where}: a stencil over {self.ndim} axes is indexed by {len(parts)}")
        for k, part in enumerate(parts):
            try:
                offset = ast.literal_eval(part)
            except ValueError:
                continue
            self.low[k], self.high[k] = min(self.low[k], offset), max(self.high[k], offset)
        shifted = [ast.BinOp(ast.Name(f"i_{k}", ast.Load()), ast.Add(), part) for k, part in enumerate(parts)]
        node.slice = shifted[0] if self.ndim == 1 else ast.Tuple(shifted, ast.Load())
        return node


class StencilFunc:
    """Call it with arrays; inside compiled functions too."""

    def __init__(self, function, cval=0, neighborhood=None, standard_indexing=(), mode="constant"):
        if mode != "constant":
            raise ValueError(f"Unsupported mode style {mode}")
        self.py_func, self.cval, self.neighborhood, self.standard = function, cval, neighborhood, tuple(standard_indexing)
        functools.update_wrapper(self, function)
        self._made = {}

    def _names(self):
        return list(self.py_func.__code__.co_varnames[:self.py_func.__code__.co_argcount])

    def _kernel(self, ndim, arrays):
        """(the loops' function of out and the arguments, the bounds)"""
        source = source_of(self.py_func)
        node = copy.deepcopy(source.node)
        names = self._names()
        relative = {n for n, is_array in zip(names, arrays) if is_array and n not in self.standard}
        shift = _Shift(relative, ndim, f"{source.filename}:{source.first_line}")
        body = node.body if isinstance(node.body, list) else [ast.Return(node.body)]
        body = [shift.visit(s) for s in body]
        low, high = shift.low, shift.high
        if self.neighborhood is not None:
            low, high = [n[0] for n in self.neighborhood], [n[1] for n in self.neighborhood]
        counters = [f"i_{k}" for k in range(ndim)]
        element = ast.FunctionDef(
            "element", ast.arguments([], [ast.arg(n) for n in names + counters], None, [], [], None, []), body, [])
        loops = [f"def stencil_loops(out, {', '.join(names)}):"]
        first = next(n for n, is_array in zip(names, arrays) if is_array)
        for k in range(ndim):
            loops.append("    " * (k + 1) + f"for i_{k} in range({max(0, -low[k])}, {first}.shape[{k}] - {max(0, high[k])}):")
        loops.append("    " * (ndim + 1) + f"out[{', '.join(counters)}] = element({', '.join(names + counters)})")
        scope = dict(self.py_func.__globals__)
        for name, cell in zip(self.py_func.__code__.co_freevars, self.py_func.__closure__ or ()):
            scope[name] = cell.cell_contents
        tree = ast.fix_missing_locations(ast.Module([element], []))
        core = _compile_text(ast.unparse(tree) + "\n", "element", **scope)
        return core, _compile_text("\n".join(loops) + "\n", "stencil_loops", element=core)

    def _for(self, codes, values):
        key = tuple(codes)
        if key not in self._made:
            arrays = [c.lstrip("R")[:1] == "A" for c in codes]
            if not any(arrays):
                raise ValueError("a stencil needs an array as its first argument")
            ndim = int(next(c for c, a in zip(codes, arrays) if a).lstrip("R")[2])
            core, loops = self._kernel(ndim, arrays)
            returns = njit(core)._returns("".join(codes) + "l" * ndim)
            dtype = dtype_of_code(returns)
            if not np.can_cast(np.result_type(self.cval), dtype, "same_kind"):
                raise ValueError("cval type does not match stencil return type.")
            self._made[key] = loops, njit(loops), dtype
        return self._made[key]

    def __call__(self, *args, out=None):
        core, loops, dtype = self._for([njit(self.py_func)._codes(a) for a in args], args)
        first = next(a for a in args if isinstance(a, np.ndarray))
        made = np.full(first.shape, self.cval, dtype) if out is None else out
        if out is not None and self.cval is not None:
            made[...] = self.cval
        loops(made, *args)
        return made

    def _wf_implement(self, args):
        """Inside a compiled function: an implementation for these arguments (weft._pyresolve.Arg)."""
        loops, _, dtype = self._for([a.code for a in args], None)
        names = self._names()
        first = next(n for n, a in zip(names, args) if a.is_array)
        text = (f"def stencil_call({', '.join(names)}):\n    out = np.full({first}.shape, cval, dtype)\n"
                f"    loops(out, {', '.join(names)})\n    return out\n")
        return _compile_text(text, "stencil_call", np=np, cval=dtype.type(self.cval).item(), dtype=dtype, loops=loops)


def stencil(func_or_mode="constant", **options):
    """@stencil or @stencil(cval=0, neighborhood=((-1, 1), (-1, 1)), standard_indexing=("b",)): an expression over an element's
    neighbours, by indices relative to it; where one of them is outside, the result is cval.

        >>> @wf.stencil
        ... def middle(a):
        ...     return (a[-1] + a[1]) / 2
        >>> import numpy as np
        >>> middle(np.array([1.0, 2.0, 9.0, 4.0]))
        array([0., 5., 3., 0.])
    """
    if callable(func_or_mode):
        return StencilFunc(func_or_mode, **options)
    return lambda function: StencilFunc(function, mode=func_or_mode, **options)
