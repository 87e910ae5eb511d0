"""Which names of the peers a source uses, found in its syntax tree; nothing of it runs.

A local name stands for a dotted path of a peer when an import says so (`import cupy as cp`), or a simple assignment from such a
path (`xp = cp`, `xp = cp.get_array_module(x)`). It stands for an object when it is assigned from a call of one of the peer's
classes or array makers (`mod = SourceModule(…)`, `a = cp.zeros(n)`): then its attributes are asked of the class. Parameters
of functions hide outer names. What no assignment in sight explains is left alone.
"""

import ast
from dataclasses import dataclass

from . import coverage

# Functions that give arrays, so that methods of their results can be looked up; and what a call of get_array_module gives.
_MAKERS = {"cupy": ("cupy.ndarray", "array asarray ascontiguousarray asanyarray zeros ones empty full arange linspace zeros_like ones_like "
                                    "empty_like full_like eye identity"),
           "pycuda.gpuarray": ("pycuda.gpuarray.GPUArray", "to_gpu to_gpu_async zeros empty zeros_like empty_like arange ones_like")}
_ARRAYS = {f"{module}.{name}": kind for module, (kind, names) in _MAKERS.items() for name in names.split()}
_MODULES = {"cupy.get_array_module": "cupy", "cupyx.scipy.get_array_module": "cupyx.scipy"}
# Other packages for GPUs: weft has no drop-in for them, they run (or not) as installed.
OTHERS = ("torch", "jax", "tensorflow", "cudf", "cuml", "skcuda", "pyopencl", "reikna", "pyculib", "cuda", "warp", "taichi")


@dataclass(frozen=True)
class Use:
    line: int
    name: str  # dotted, as the peer calls it; an attribute of an object follows the name of its class
    source: str | None = None  # a piece of CUDA C instead


class _Scope:
    def __init__(self, outer=None):
        self.outer, self.names = outer, {}

    def find(self, name):
        scope = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outer
        return None


class _Scan(ast.NodeVisitor):
    def __init__(self):
        self.scope, self.found, self.seen = _Scope(), [], set()

    def use(self, line, name, **more):
        if (line, name) not in self.seen:
            self.seen.add((line, name))
            self.found.append(Use(line, name, **more))

    # --- what names stand for: ("path", dotted) or ("object", class) ---

    def meaning(self, node):
        """Of an expression: as above, or None."""
        if isinstance(node, ast.Name):
            return self.scope.find(node.id)
        if isinstance(node, ast.Attribute):
            below = self.meaning(node.value)
            return ("path", f"{below[1]}.{node.attr}") if below and below[0] == "path" else None
        if isinstance(node, ast.Call):
            callee = self.meaning(node.func)
            if callee and callee[0] == "path":
                return self.result_of(callee[1])
        return None

    def result_of(self, path):
        if path in _MODULES:
            return ("path", _MODULES[path])
        if path in _ARRAYS:
            return ("object", _ARRAYS[path])
        value, left, error = coverage.resolve(path)
        return ("object", path) if error is None and isinstance(value, type) else None

    def bind(self, target, meaning):
        if isinstance(target, ast.Name):
            if meaning is None and (self.scope.names.get(target.id) or ("",))[0] == "path":
                return  # `np = cupy` in one branch, something else in another: the peer counts
            self.scope.names[target.id] = meaning
        elif isinstance(target, (ast.Tuple, ast.List)):
            for one in target.elts:
                self.bind(one, None)

    # --- statements ---

    def visit_Import(self, node):
        for alias in node.names:
            top = alias.name.partition(".")[0]
            if top in coverage.PEERS:
                self.use(node.lineno, alias.name)
                self.scope.names[alias.asname or top] = ("path", alias.name if alias.asname else top)
            elif top in OTHERS:
                self.use(node.lineno, top)

    def visit_ImportFrom(self, node):
        top = (node.module or "").partition(".")[0]
        if node.level or top not in (*coverage.PEERS, *OTHERS):
            return
        if top in OTHERS:
            self.use(node.lineno, top)
            return
        for alias in node.names:
            if alias.name == "*":
                self.use(node.lineno, node.module)
                value = coverage.resolve(node.module)[0]
                self.scope.names.update({name: ("path", f"{node.module}.{name}") for name in getattr(value, "__all__", dir(value))
                                         if not name.startswith("_")})
                continue
            path = f"{node.module}.{alias.name}"
            self.use(node.lineno, path)
            self.scope.names[alias.asname or alias.name] = ("path", path)

    def visit_Assign(self, node):
        self.visit(node.value)
        meaning = self.meaning(node.value)
        for target in node.targets:
            self.visit(target)
            self.bind(target, meaning)

    def visit_With(self, node):
        for item in node.items:
            self.visit(item.context_expr)
            if item.optional_vars is not None:
                self.bind(item.optional_vars, self.meaning(item.context_expr))
        for one in node.body:
            self.visit(one)

    def visit_FunctionDef(self, node):
        for one in (*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)):
            self.visit(one)
        self.inside(node.args, node.body)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node):
        self.inside(node.args, [node.body])

    def inside(self, arguments, body):
        self.scope = _Scope(self.scope)
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        self.scope.names.update({one.arg: None for one in every if one is not None})
        for one in body:
            self.visit(one)
        self.scope = self.scope.outer

    # --- expressions ---

    def visit_Attribute(self, node):
        chain, at = [node.attr], node.value
        while isinstance(at, ast.Attribute):
            chain.append(at.attr)
            at = at.value
        base = self.meaning(at)
        if base is None:
            self.visit(at)
        elif base[0] == "path":
            self.use(node.lineno, ".".join([base[1], *reversed(chain)]))
        else:
            self.use(node.lineno, f"{base[1]}.{chain[-1]}")
            self.visit(at)

    def visit_Constant(self, node):
        if isinstance(node.value, str) and "__global__" in node.value and not _is_template(node.value):
            self.use(node.lineno, "CUDA C", source=node.value)

    def visit_JoinedStr(self, node):
        """An f-string's source is known when it runs."""


def _is_template(text):
    return any(mark in text for mark in ("%(", "{{", "${", "%d", "%s", "{}")) and "printf" not in text


def uses(source):
    """All uses in a source (text or bytes), by line. SyntaxError when Python does not parse it."""
    scan = _Scan()
    scan.visit(ast.parse(source))
    return sorted(scan.found, key=lambda one: one.line)
