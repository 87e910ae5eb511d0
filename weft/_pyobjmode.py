"""with objmode(y="float64[:]"): a block of a compiled function that the interpreter runs.

The block becomes a Python function of its own: what it reads of the function's variables are its parameters, what the with
names are its results, in the types that stand there. The compiled function calls it at run time, holding the interpreter's lock.
"""

import ast
import copy
import types

from ._pyforms import looked_up
from ._pysource import TypingError
from ._pytypes import Type, as_type


class ObjMode:
    """numba.objmode: `with objmode(name="type", …):` in a compiled function. In the interpreter the block is a plain one."""

    _wf_objmode = True

    def __call__(self, *types_, **named):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        return False


objmode = ObjMode()


class Block:
    """The function that a block became, and the code of what it returns."""

    def __init__(self, function, result):
        self.function, self.result = function, result

    def _wf_answer(self, args):
        from ._pyresolve import at_run_time

        return at_run_time(self.function, args, quiet=True, result=self.result)


def _names(nodes, kind):
    """Names that are read (ast.Load) or bound (ast.Store) in these statements, in the order of the text."""
    found = {}
    for node in nodes:
        for n in ast.walk(node):
            if isinstance(n, ast.Name) and isinstance(n.ctx, kind):
                found.setdefault(n.id)
            if kind is ast.Store and isinstance(n, (ast.FunctionDef, ast.ClassDef)):
                found.setdefault(n.name)
            if kind is ast.Store and isinstance(n, (ast.Import, ast.ImportFrom)):
                found.update(dict.fromkeys((a.asname or a.name).split(".")[0] for a in n.names))
            if kind is ast.Load and isinstance(n, ast.AugAssign) and isinstance(n.target, ast.Name):
                found.setdefault(n.target.id)
    return list(found)


def _leaves(nodes):
    """Does a return, a yield, or a break or continue of an outer loop stand here?"""
    def walk(node, loops):
        if isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef)):
            return False
        if isinstance(node, (ast.Return, ast.Yield, ast.YieldFrom)) or (isinstance(node, (ast.Break, ast.Continue)) and not loops):
            return True
        return any(walk(n, loops or isinstance(node, (ast.For, ast.While))) for n in ast.iter_child_nodes(node))

    return any(walk(node, False) for node in nodes)


class Blocks(ast.NodeTransformer):
    """Takes the blocks of one function out."""

    def __init__(self, source, node):
        self.source, self.node, self.found = source, node, {}
        self.params = [a.arg for a in ast.walk(node.args) if isinstance(a, ast.arg)]

    def visit_With(self, node):
        self.generic_visit(node)
        call = node.items[0].context_expr
        if len(node.items) != 1 or not isinstance(call, ast.Call) or not getattr(looked_up(self.source, call.func), "_wf_objmode", False):
            return node
        if _leaves(node.body):
            raise self._error(node, "a block of objmode cannot be left by return, yield, break or continue")
        results = {k.arg: self._type(k.value, node) for k in call.keywords}
        if call.args or None in results:
            raise self._error(node, 'objmode takes names and their types: with objmode(y="float64[:]")')
        read, bound = _names(node.body, ast.Load), _names(node.body, ast.Store)
        missing = [name for name in results if name not in bound]
        if missing:
            raise self._error(node, f"the block of objmode does not assign '{missing[0]}', which it is to give back")
        inside = {id(n) for part in node.body for n in ast.walk(part)}
        outside = set(self.params) | {n.id for n in ast.walk(self.node) if isinstance(n, ast.Name) and id(n) not in inside
                                      and isinstance(n.ctx, ast.Store)}
        taken = [name for name in read if name in outside]
        name = f"objmode_{len(self.found) + 1}"
        self.found[name] = Block(self._function(name, taken, list(results), node), self._code(results))
        made = ast.Call(ast.Name(name, ast.Load()), [ast.Name(n, ast.Load()) for n in taken], [])
        targets = [ast.Name(n, ast.Store()) for n in results]
        if not targets:
            return ast.copy_location(ast.Expr(made), node)
        return ast.copy_location(ast.Assign([targets[0] if len(targets) == 1 else ast.Tuple(targets, ast.Store())], made), node)

    def _error(self, node, words):
        line = node.lineno - self.source.shift + self.source.first_line - 1
        return TypingError(f"{self.source.filename}:{line}: {words}")

    def _type(self, node, at):
        """The type that stands in the with: as text, or as an expression of the function's outer names."""
        given = node.value if isinstance(node, ast.Constant) else looked_up(self.source, node)
        if given is None:
            names = {n.id: looked_up(self.source, n) for n in ast.walk(node) if isinstance(n, ast.Name)}
            try:
                given = eval(compile(ast.fix_missing_locations(ast.Expression(node)), "objmode", "eval"), names)
            except Exception as error:
                raise self._error(at, f"the type {ast.unparse(node)} is not known: {error}") from None
        try:
            return given if isinstance(given, Type) else as_type(given)
        except Exception:
            raise self._error(at, f"{ast.unparse(node)} is no type that compiled functions know") from None

    def _code(self, results):
        codes = [type_.code for type_ in results.values()]
        return "N" if not codes else codes[0] if len(codes) == 1 else f"({''.join(codes)})"

    def _function(self, name, taken, given, node):
        """The block as a Python function with the outer function's globals and closure; its lines are the user's."""
        function, body = self.source.function, [copy.deepcopy(part) for part in node.body]
        if given:
            values = [ast.Name(n, ast.Load()) for n in given]
            body.append(ast.Return(values[0] if len(values) == 1 else ast.Tuple(values, ast.Load())))
        free = function.__code__.co_freevars
        inner = ast.FunctionDef(name, _arguments(taken), body, [], None)
        outer = ast.FunctionDef("around", _arguments(free), [inner, ast.Return(ast.Name(name, ast.Load()))], [], None)
        tree = ast.fix_missing_locations(ast.Module([ast.copy_location(outer, node)], []))
        ast.increment_lineno(tree, self.source.first_line - 1 - self.source.shift)
        made = {}
        exec(compile(tree, self.source.filename, "exec"), function.__globals__, made)
        cells = dict(zip(free, function.__closure__ or ()))
        return _with_cells(made["around"](*[None] * len(free)), cells)


def _arguments(names):
    return ast.arguments(posonlyargs=[], args=[ast.arg(n) for n in names], vararg=None, kwonlyargs=[], kw_defaults=[], kwarg=None,
                         defaults=[])


def _with_cells(function, cells):
    """The function with the outer function's own cells, so that it sees their values of the moment."""
    code = function.__code__
    if not code.co_freevars:
        return function
    return types.FunctionType(code, function.__globals__, function.__name__, None, tuple(cells[name] for name in code.co_freevars))


def take_out(source, node):
    """(the function's node without its blocks, {name: Block})"""
    if not isinstance(node, ast.FunctionDef) or not any(isinstance(n, ast.With) for n in ast.walk(node)):
        return node, {}
    node = copy.deepcopy(node)
    blocks = Blocks(source, node)
    node.body = [blocks.visit(part) for part in node.body]
    return ast.fix_missing_locations(node), blocks.found
