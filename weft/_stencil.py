"""wf.stencil: a function of an element's neighbours, applied to all of an array.

`a[-1, 0]` in the decorated function means the element one row up. The function becomes loops in Python text: its indices get
the loop's counters added, and the elements whose neighbours would lie outside keep `cval`. How far the neighbours reach is read from
the indices, which are constants for that (names bound once to a number count as such), or said by `neighborhood`. A stencil that is made
inside a compiled function, of a lambda or a function that stands there, is made while that function is compiled.
"""

import ast
import copy
import functools
import operator

import numpy as np

from ._jit import njit
from ._pysource import TypingError, source_of
from ._pytypes import dtype_of_code
from ._vectorize import _compile_text


class StencilError(TypingError, ValueError):
    """A function that is no stencil, or options or arrays that do not fit it."""


_FOLDED = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.FloorDiv: operator.floordiv}


def _constants(body):
    """{name: number} of the names that are bound once, to a number."""
    found, bound = {}, [n.id for s in body for n in ast.walk(s) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    for statement in body:
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1 and isinstance(statement.targets[0], ast.Name):
            name, value = statement.targets[0].id, _folded(statement.value, found)
            if value is not None and bound.count(name) == 1:
                found[name] = value
    return found


def _folded(node, names):
    """The integer that an expression of constants is, or None."""
    if isinstance(node, ast.Constant):
        return node.value if type(node.value) is int else None
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        value = _folded(node.operand, names)
        return value if value is None or isinstance(node.op, ast.UAdd) else -value
    if isinstance(node, ast.BinOp) and type(node.op) in _FOLDED:
        x, y = _folded(node.left, names), _folded(node.right, names)
        return None if x is None or y is None or y == 0 and isinstance(node.op, ast.FloorDiv) else _FOLDED[type(node.op)](x, y)
    return None


class _Shift(ast.NodeTransformer):
    """Adds the counters to the relative indices of the arrays named."""

    def __init__(self, arrays, ndim, where, constants, reach_is_given):
        self.arrays, self.ndim, self.where, self.constants, self.given = arrays, ndim, where, constants, reach_is_given
        self.low, self.high = [0] * ndim, [0] * ndim
        self.used = set()

    def visit_Subscript(self, node):
        self.generic_visit(node)
        if not isinstance(node.value, ast.Name) or node.value.id not in self.arrays:
            return node
        if not isinstance(node.ctx, ast.Load):
            raise StencilError(f"{self.where}: Assignments to arrays passed to stencil kernels is not allowed: "
                               f"'{node.value.id}' is an input of the stencil")
        self.used.add(node.value.id)
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if len(parts) != self.ndim:
            raise StencilError(f"{self.where}: Stencil index does not match array dimensionality: a stencil over {self.ndim} axes is "
                               f"indexed by {len(parts)}")
        shifted = [self._shifted(part, k) for k, part in enumerate(parts)]
        node.slice = shifted[0] if self.ndim == 1 else ast.Tuple(shifted, ast.Load())
        return node

    def _shifted(self, part, axis):
        if isinstance(part, ast.Slice):
            if part.step is not None or part.lower is None or part.upper is None or not self.given:
                raise StencilError(f"{self.where}: a slice in a stencil has a start, a stop and no step, and the 'neighborhood' option "
                                   "says how far it reaches")
            return ast.Slice(self._shifted(part.lower, axis), self._shifted(part.upper, axis), None)
        offset = _folded(part, self.constants)
        if offset is None and not self.given:
            raise StencilError(f"{self.where}: stencil kernel index is not constant, 'neighborhood' option required")
        if offset is not None and not self.given:
            self.low[axis], self.high[axis] = min(self.low[axis], offset), max(self.high[axis], offset)
        return ast.BinOp(ast.Name(f"i_{axis}", ast.Load()), ast.Add(), part)


class StencilFunc:
    """Call it with arrays; inside compiled functions too."""

    def __init__(self, function, cval=None, neighborhood=None, standard_indexing=(), mode="constant"):
        if mode != "constant":
            raise StencilError(f"Unsupported mode style {mode}")
        self.py_func, self.cval, self.neighborhood = function, cval, neighborhood
        self.standard = (standard_indexing,) if isinstance(standard_indexing, str) else tuple(standard_indexing)
        functools.update_wrapper(self, function)
        self._made = {}
        names = self._names()
        if "out" in names:
            raise StencilError(f"{self._where()}: Cannot use the reserved word 'out' in stencil kernels: it is where a call says where the "
                               "result goes")
        if names and names[0] in self.standard:
            raise StencilError(f"{self._where()}: The first argument to a stencil kernel must use relative indexing, not standard "
                               "indexing.")
        for name in self.standard:
            if name not in names:
                raise StencilError(f"{self._where()}: Standard indexing requested for an array name not present in the stencil kernel "
                                   f"definition: '{name}'")

    def _where(self):
        return f"{self.py_func.__code__.co_filename}:{self.py_func.__code__.co_firstlineno}"

    def _names(self):
        return list(self.py_func.__code__.co_varnames[:self.py_func.__code__.co_argcount])

    def _kernel(self, ndim, arrays):
        """(the function of an element, the loops' function of out and the arguments)"""
        source = source_of(self.py_func)
        node = copy.deepcopy(source.node)
        names = self._names()
        if self.neighborhood is not None and len(self.neighborhood) != ndim:
            raise StencilError(f"{self._where()}: {len(self.neighborhood)} dimensional neighborhood specified for {ndim} dimensional input "
                               "array")
        relative = {n for n, is_array in zip(names, arrays) if is_array and n not in self.standard}
        body = node.body if isinstance(node.body, list) else [ast.Return(node.body)]
        shift = _Shift(relative, ndim, f"{source.filename}:{source.first_line}", _constants(body), self.neighborhood is not None)
        body = [shift.visit(s) for s in body]
        if not shift.used:
            raise StencilError(f"{self._where()}: Stencil kernel with no accesses to relatively indexed arrays.")
        low, high = shift.low, shift.high
        if self.neighborhood is not None:
            low, high = [n[0] for n in self.neighborhood], [n[1] for n in self.neighborhood]
        counters = [f"i_{k}" for k in range(ndim)]
        element = ast.FunctionDef(
            "element", ast.arguments([], [ast.arg(n) for n in names + counters], None, [], [], None, []), body, [])
        first = next(n for n, is_array in zip(names, arrays) if is_array)
        loops = [f"def stencil_loops(out, {', '.join(names)}):"]
        for other in [n for n in names if n in relative and n != first]:
            smaller = " or ".join(f"{other}.shape[{k}] < {first}.shape[{k}]" for k in range(ndim))
            loops += [f"    if {smaller}:", "        raise ValueError('Secondary stencil array has some dimension smaller the same "
                      "dimension in the first stencil input.')"]
        for k in range(ndim):
            loops.append("    " * (k + 1) + f"for i_{k} in range({max(0, -low[k])}, {first}.shape[{k}] - {max(0, high[k])}):")
        loops.append("    " * (ndim + 1) + f"out[{', '.join(counters)}] = element({', '.join(names + counters)})")
        scope = dict(self.py_func.__globals__)
        for name, cell in zip(self.py_func.__code__.co_freevars, self.py_func.__closure__ or ()):
            scope[name] = cell.cell_contents
        tree = ast.fix_missing_locations(ast.Module([element], []))
        core = _compile_text(ast.unparse(tree) + "\n", "element", **scope)
        return core, _compile_text("\n".join(loops) + "\n", "stencil_loops", element=core)

    def _for(self, codes):
        key = tuple(codes)
        if key not in self._made:
            arrays = [c.lstrip("R")[:1] == "A" for c in codes]
            if not arrays or not arrays[0]:
                raise StencilError(f"{self._where()}: The first argument to a stencil kernel must be the primary input array.")
            ndim = int(codes[0].lstrip("R")[2])
            for name, code, is_array in zip(self._names(), codes, arrays):
                if is_array and name not in self.standard and int(code.lstrip("R")[2]) != ndim:
                    raise StencilError(f"{self._where()}: Secondary stencil array does not have same number of dimensions as the first "
                                       "stencil input.")
            core, loops = self._kernel(ndim, arrays)
            returns = njit(core)._returns("".join(codes) + "l" * ndim)
            if returns.lstrip("R")[:1] == "A":
                raise StencilError(f"{self._where()}: Stencil kernel must return a scalar and not a numpy array.")
            dtype = dtype_of_code(returns)
            if isinstance(self.cval, (complex, np.complexfloating)) and dtype.kind != "c":
                raise StencilError("cval type does not match stencil return type.")
            self._made[key] = loops, njit(loops), dtype
        return self._made[key]

    def __call__(self, *args, out=None):
        if len(args) != len(self._names()):
            raise TypeError(f"{self.__name__}() takes {len(self._names())} arguments, got {len(args)}")
        core, loops, dtype = self._for([njit(self.py_func)._codes(a) for a in args])
        made = np.full(np.shape(args[0]), self.cval or 0, dtype) if out is None else out
        if out is not None and self.cval is not None:
            made[...] = self.cval
        loops(made, *args)
        return made

    def _wf_implement(self, args):
        """Inside a compiled function: an implementation for these arguments (weft._pyresolve.Arg)."""
        names = self._names()
        given = [a.keyword or names[i] for i, a in enumerate(args) if a.keyword or i < len(names)]
        if sorted(given) != sorted(names + ["out"] * ("out" in given)) or len(given) != len(args):
            raise StencilError(f"{self.__name__}() takes {', '.join(names)} and out=, got {', '.join(given)}")
        codes = {name: a.code for name, a in zip(given, args)}
        loops, _, dtype = self._for([codes[n] for n in names])
        lines = [f"def stencil_call({', '.join(given)}):"]
        if "out" not in given:
            lines.append(f"    out = np.full({names[0]}.shape, cval, dtype)")
        elif self.cval is not None:
            lines.append("    out[...] = cval")
        lines += [f"    loops(out, {', '.join(names)})", "    return out"]
        return _compile_text("\n".join(lines) + "\n", "stencil_call", np=np, cval=dtype.type(self.cval or 0).item(), dtype=dtype, loops=loops)


_OPTIONS = {"cval", "neighborhood", "standard_indexing", "mode"}


def stencil(func_or_mode="constant", **options):
    """@stencil or @stencil(cval=0, neighborhood=((-1, 1), (-1, 1)), standard_indexing=("b",)): an expression over an element's
    neighbours, by indices relative to it; where one of them is outside, the result is cval.

    A slice in the expression (`a[-1:2]`) needs `neighborhood`. Raises StencilError (a TypingError and a ValueError) for functions and
    options that make no stencil.

        >>> @wf.stencil
        ... def middle(a):
        ...     return (a[-1] + a[1]) / 2
        >>> import numpy as np
        >>> middle(np.array([1.0, 2.0, 9.0, 4.0]))
        array([0., 5., 3., 0.])
    """
    for option in options:
        if option not in _OPTIONS and option != "func_or_mode":
            raise StencilError(f"Unknown stencil option {option}")
    if callable(func_or_mode):
        return StencilFunc(getattr(func_or_mode, "py_func", func_or_mode), **options)
    return lambda function: StencilFunc(getattr(function, "py_func", function), mode=func_or_mode, **options)


# ---- stencils that are made inside a compiled function ----

class _Inside(ast.NodeTransformer):
    """stencil(lambda a: …) and @stencil def f(a): become names of stencils that are made now."""

    def __init__(self, source, is_stencil, node):
        self.source, self.is_stencil = source, is_stencil
        self.functions = {n.name: n for n in ast.walk(node) if isinstance(n, ast.FunctionDef) and n is not node}

    def _options(self, call):
        try:
            return {k.arg: ast.literal_eval(k.value) for k in call.keywords}
        except (ValueError, SyntaxError):
            raise StencilError(f"{self.source.filename}:{self.source.first_line + call.lineno - 1}: the options of a stencil inside a "
                               "compiled function are constants") from None

    def _named(self, name, node, options):
        source = self.source
        scope = dict(source.function.__globals__)
        for free, cell in zip(source.function.__code__.co_freevars, source.function.__closure__ or ()):
            scope[free] = cell.cell_contents
        body = node.body if isinstance(node.body, list) else [ast.Return(node.body)]
        tree = ast.fix_missing_locations(ast.Module([ast.FunctionDef(name, node.args, body, [])], []))
        source.inner[name] = StencilFunc(_compile_text(ast.unparse(tree) + "\n", name, **scope), **options)
        return name

    def visit_Call(self, node):
        self.generic_visit(node)
        if not self.is_stencil(self.source, node.func) or len(node.args) != 1:
            return node
        kernel = node.args[0]
        if isinstance(kernel, ast.Name) and kernel.id in self.functions:
            kernel = self.functions[kernel.id]
        if not isinstance(kernel, (ast.Lambda, ast.FunctionDef)):
            return node
        name = self._named(f"stencil_{len(self.source.inner)}", kernel, self._options(node))
        return ast.copy_location(ast.Name(name, ast.Load()), node)

    def visit_FunctionDef(self, node):
        self.generic_visit(node)
        if len(node.decorator_list) != 1:
            return node
        decorator = node.decorator_list[0]
        options = {}
        if isinstance(decorator, ast.Call) and not decorator.args:
            options, decorator = self._options(decorator), decorator.func
        if not self.is_stencil(self.source, decorator):
            return node
        self._named(node.name, node, options)
        return ast.copy_location(ast.Pass(), node)


def made_inside(node, source, is_stencil):
    """The function's node, with the stencils that it makes as names."""
    inside = _Inside(source, is_stencil, node)
    node.body = [inside.visit(s) for s in node.body] if isinstance(node.body, list) else inside.visit(node.body)
    return node
