"""Functions inside functions, and other forms that have a plainer one: rewritten in the syntax tree before it is compiled.

A function (or lambda) defined inside becomes a function of its own; what it reads of the outer function's variables is passed
along at each call. The variables of a comprehension get names of their own.
"""

import ast
import copy

from ._pyforms import copied as _copied
from ._pyexcept import HOLD
from ._pysource import Function, TypingError


CLOSURE = "__wf_closure__"  # CLOSURE(function, captured …) makes a closure


class Inner(Function):
    """A function that stands inside another."""

    def __init__(self, outer, node, name, captured):
        self.outer, self.name, self.node = outer, name, node
        self.function, self.fastmath = outer.function, outer.fastmath
        self.trusted, self.cold = outer.trusted, 0
        self.filename, self.text, self.first_line, self.shift = outer.filename, outer.text, outer.first_line, outer.shift
        self.inner, self.signature, self.star, self.local_types, self.host = {}, "", -1, {}, outer.host
        self.captured = captured
        if isinstance(node, ast.Lambda):
            made = ast.FunctionDef(name, node.args, [ast.copy_location(ast.Return(node.body), node.body)], [], None)
            self.node = node = ast.copy_location(made, node)
        for name in captured:
            node.args.args.append(ast.copy_location(ast.arg(name), node))
        self.given = self._constants(node.args)
        self._desugar()
        self._bind()
        self._see_yields()

    def _constants(self, arguments):
        try:
            values = [ast.literal_eval(d) for d in arguments.defaults]
        except ValueError:
            raise TypingError(f"{self.filename}:{self.first_line}: {self.name}() has a default that is not a constant") from None
        return values

    def _bind(self):
        arguments = self.node.args
        if arguments.vararg or arguments.kwarg or arguments.kwonlyargs:
            raise TypingError(f"{self.filename}:{self.first_line}: {self.name}() has *, ** or keyword-only parameters; a function "
                              "inside another cannot")
        names = [a.arg for a in arguments.args]
        self.param_count = len(names)
        self._stores(self.node.body, names)
        self.locals = names
        self.known = self.outer.known if hasattr(self.outer, "known") else []
        plain = self.param_count - len(self.captured)
        self.defaults = tuple([()] * (plain - len(self.given)) + [(v,) for v in self.given] + [()] * len(self.captured))

    def lookup(self, name):
        return self.inner[name] if name in self.inner else self.outer.lookup(name)


def _bound(node):
    """Names that a function binds itself."""
    found = {a.arg for a in ast.walk(node.args) if isinstance(a, ast.arg)}

    def walk(nodes):
        for n in nodes:
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store):
                found.add(n.id)
            if isinstance(n, ast.FunctionDef):
                found.add(n.name)
            if not isinstance(n, (ast.FunctionDef, ast.Lambda)):
                walk(ast.iter_child_nodes(n))

    walk(node.body if isinstance(node.body, list) else [node.body])
    return found


def _free(node):
    """Names that a function reads and does not bind, those of functions inside it included."""
    body = node.body if isinstance(node.body, list) else [node.body]
    used = {n.id for part in body for n in ast.walk(part) if isinstance(n, ast.Name)}
    return used - _bound(node)


class _Calls(ast.NodeTransformer):
    """Adds what an inner function captured to its calls; where it stands as a value, it becomes a closure: it and what it captured."""

    def __init__(self, captured):
        self.captured = captured

    def visit_Name(self, node):
        captured = self.captured.get(node.id, ())
        if not captured or not isinstance(node.ctx, ast.Load):
            return node
        parts = [node, *(ast.copy_location(ast.Name(name, ast.Load()), node) for name in captured)]
        return ast.copy_location(ast.Call(ast.copy_location(ast.Name(CLOSURE, ast.Load()), node), parts, []), node)

    def visit_Call(self, node):
        named = isinstance(node.func, ast.Name) and node.func.id in self.captured
        callee, node.func = node.func, ast.Constant(None) if named else node.func
        self.generic_visit(node)
        if named:
            node.func = callee
        if isinstance(node.func, ast.Name):
            for name in self.captured.get(node.func.id, ()):
                value = ast.copy_location(ast.Name(name, ast.Load()), node)
                node.keywords.append(ast.copy_location(ast.keyword(name, value), node))
        return node


class _Comprehensions(ast.NodeTransformer):
    """Each comprehension's variables get names that nothing else has."""

    def __init__(self, source):
        self.source, self.count = source, 0

    def _rename(self, node):
        self.generic_visit(node)
        self.count += 1
        names = {n.id: f"{n.id}_in{self.count}" for g in node.generators for n in ast.walk(g.target) if isinstance(n, ast.Name)}
        first = node.generators[0].iter
        for n in ast.walk(node):
            if isinstance(n, ast.Name) and n.id in names:
                n.id = names[n.id]
        for n in ast.walk(first):  # the first source is the outer function's
            for old, new in names.items():
                if isinstance(n, ast.Name) and n.id == new:
                    n.id = old
        return node

    visit_ListComp = visit_GeneratorExp = visit_SetComp = visit_DictComp = _rename

    def visit_Delete(self, node):
        if all(isinstance(t, ast.Name) for t in node.targets):
            return ast.copy_location(ast.Pass(), node)
        made = []
        for target in node.targets:
            if not isinstance(target, ast.Subscript):
                return node
            cut = isinstance(target.slice, ast.Slice)
            method = ast.Attribute(target.value, "delitem_s" if cut else "__delitem__", ast.Load())
            given = [part or ast.Constant(None) for part in (target.slice.lower, target.slice.upper, target.slice.step)] if cut else [
                target.slice]
            made.append(ast.fix_missing_locations(ast.copy_location(ast.Expr(ast.Call(method, given, [])), node)))
        return made

    def visit_Expr(self, node):
        """yield from x: for each of x, yield it."""
        self.generic_visit(node)
        if not isinstance(node.value, ast.YieldFrom):
            return node
        self.count += 1
        name = f"yielded_{self.count}"
        give = ast.Expr(ast.Yield(ast.Name(name, ast.Load())))
        loop = ast.For(ast.Name(name, ast.Store()), node.value.value, [give], [])
        return ast.fix_missing_locations(ast.copy_location(loop, node))

    def visit_Assert(self, node):
        """assert with words that are computed: a raise."""
        self.generic_visit(node)
        if not self.source.host or node.msg is None or isinstance(node.msg, ast.Constant):
            return node
        words = ast.Raise(ast.Call(ast.Name("AssertionError", ast.Load()), [node.msg], []), None)
        return ast.fix_missing_locations(ast.copy_location(ast.If(ast.UnaryOp(ast.Not(), node.test), [words], []), node))

    def visit_Try(self, node):
        """finally is taken apart: it stands after the try, in a handler of its own, and before each way out."""
        self.generic_visit(node)
        if not node.finalbody:
            return node
        final, inner = node.finalbody, node.body
        node.finalbody = []
        if node.handlers:
            inner = [node]
        inner = [made for part in inner for made in _as_list(_BeforeLeaving(final).visit(part))]
        hold = [ast.Expr(ast.Call(ast.Name(HOLD, ast.Load()), [], []))] if self.source.host else []
        again = ast.ExceptHandler(None, None, [*hold, *copy.deepcopy(final), ast.Raise(None, None)])
        outer = ast.Try(inner, [again], [], [])
        return [ast.fix_missing_locations(ast.copy_location(m, node)) for m in (outer, *final)]

    def visit_Match(self, node):
        """match over constants: a chain of ifs."""
        self.generic_visit(node)
        chain = None
        name = f"subject_{node.lineno}"
        for case in reversed(node.cases):
            test = _case_test(case.pattern, name)
            if test is None:
                return node
            if case.guard is not None:
                test = ast.BoolOp(ast.And(), [test, case.guard])
            chain = [ast.If(test, case.body, chain or [])]
        made = [ast.Assign([ast.Name(name, ast.Store())], node.subject), *(chain or [])]
        return [ast.fix_missing_locations(ast.copy_location(m, node)) for m in made]


class _BeforeLeaving(ast.NodeTransformer):
    """Puts statements before each return, and before each break and continue that leaves the block."""

    def __init__(self, final):
        self.final, self.loops = final, 0

    def _before(self, node, *first):
        return [*first, *copy.deepcopy(self.final), node]

    def visit_Return(self, node):
        if node.value is None or isinstance(node.value, ast.Constant):
            return self._before(node)
        name = f"returned_{node.lineno}"
        kept = ast.copy_location(ast.Assign([ast.Name(name, ast.Store())], node.value), node)
        return self._before(ast.copy_location(ast.Return(ast.Name(name, ast.Load())), node), kept)

    def visit_Break(self, node):
        return node if self.loops else self._before(node)

    visit_Continue = visit_Break

    def visit_For(self, node):
        self.loops += 1
        self.generic_visit(node)
        self.loops -= 1
        return node

    visit_While = visit_For

    def visit_FunctionDef(self, node):
        return node

    visit_Lambda = visit_FunctionDef


def _case_test(pattern, name):
    if isinstance(pattern, ast.MatchValue):
        return ast.Compare(ast.Name(name, ast.Load()), [ast.Eq()], [pattern.value])
    if isinstance(pattern, ast.MatchAs) and pattern.pattern is None and pattern.name is None:
        return ast.Constant(True)
    if isinstance(pattern, ast.MatchOr):
        tests = [_case_test(p, name) for p in pattern.patterns]
        return None if None in tests else ast.BoolOp(ast.Or(), tests)
    return None


class _TakeOut(ast.NodeTransformer):
    """Removes the definitions of inner functions, and remembers them."""

    def __init__(self):
        self.found = {}
        self.again = set()

    def _keep(self, name, node):
        if name in self.found:
            self.again.add(name)
        self.found[name] = node

    def visit_FunctionDef(self, node):
        self._keep(node.name, node)
        return ast.copy_location(ast.Pass(), node)

    def visit_Assign(self, node):
        if len(node.targets) == 1 and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Lambda):
            self._keep(node.targets[0].id, node.value)
            return ast.copy_location(ast.Pass(), node)
        return self.generic_visit(node)

    def visit_Lambda(self, node):
        name = f"lambda_{node.lineno}_{node.col_offset}"
        self._keep(name, node)
        return ast.copy_location(ast.Name(name, ast.Load()), node)


def _closed(found, own):
    """What each inner function captures, with what those that it calls capture."""
    captured = {name: sorted(_free(node) & own - set(found)) for name, node in found.items()}
    for _ in found:
        for name, node in found.items():
            more = {c for other in _free(node) & set(found) for c in captured[other]}
            captured[name] = sorted(set(captured[name]) | more)
    return captured


def desugar(source, node):
    """(the node rewritten, {name: Inner})"""
    if not any(isinstance(n, (ast.FunctionDef, ast.Lambda, ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp, ast.Delete, ast.Match, ast.Try, ast.YieldFrom, ast.Assert))
               for n in ast.walk(node) if n is not node):
        return node, source.inner
    node = _copied(node)
    body = node.body if isinstance(node.body, list) else [node.body]
    rename = _Comprehensions(source)
    body = [made for part in body for made in _as_list(rename.visit(part))]
    taken = _TakeOut()
    body = [taken.visit(part) for part in body]
    if taken.again:
        name = sorted(taken.again)[0]
        raise TypingError(f"{source.filename}:{source.first_line}: '{name}' is defined twice inside {source.name}()")
    node.body = body if isinstance(node.body, list) else body[0]
    own = _bound(node) - set(taken.found)
    captured = _closed(taken.found, own)
    calls = _Calls(captured)
    body = [calls.visit(part) for part in body]
    node.body = body if isinstance(node.body, list) else body[0]
    inner = source.inner
    for name, found in taken.found.items():
        copied = _copied(found)
        if isinstance(copied.body, list):
            copied.body = [calls.visit(part) for part in copied.body]
        else:
            copied.body = calls.visit(copied.body)
        inner[name] = Inner(source, copied, name, captured[name])
    return node, inner


def _as_list(made):
    return made if isinstance(made, list) else [made]
