"""nonlocal: a function inside another that changes the outer one's variables takes them as arguments and gives them back.

    def add(k):               def add(total, k):
        nonlocal total            total += k
        total += k        →       return None, total
    add(3)                    _, total = add(total, 3)
"""

import ast

from ._pyforms import copied
from ._pysource import TypingError

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def _inner(node):
    """The functions that stand directly inside of one."""
    found = []

    def walk(nodes):
        for n in nodes:
            if isinstance(n, ast.FunctionDef):
                found.append(n)
            elif not isinstance(n, (*_FUNCTIONS, ast.ClassDef)):
                walk(ast.iter_child_nodes(n))

    walk(node.body)
    return found


def _own(function, kind):
    """Nodes of a kind in a function, those of functions inside it left out."""
    found = []

    def walk(nodes):
        for n in nodes:
            if isinstance(n, kind):
                found.append(n)
            if not isinstance(n, (*_FUNCTIONS, ast.ClassDef)):
                walk(ast.iter_child_nodes(n))

    walk(function.body)
    return found


def _declared(function):
    return [name for n in _own(function, ast.Nonlocal) for name in n.names]


def _bound(function):
    return {n.id for n in _own(function, ast.Name) if not isinstance(n.ctx, ast.Load)} | {a.arg for a in ast.walk(function.args) if isinstance(a, ast.arg)}


def _changed(function):
    """The outer variables that a function changes, itself or in functions inside of it."""
    names = dict.fromkeys(_declared(function))
    own = _bound(function)
    for inside in _inner(function):
        names.update(dict.fromkeys(n for n in _changed(inside) if n not in own or n in names))
    return list(names)


def _looks_at(body, names):
    return any(isinstance(n, ast.Name) and n.id in names for part in body for n in ast.walk(part))


class _Carry(ast.NodeTransformer):
    """Calls of functions that change variables: they are given these and give them back."""

    def __init__(self, owner, changes):
        self.owner, self.changes, self.count = owner, changes, 0

    def _apart(self, node):
        return node  # is gone over on its own

    visit_FunctionDef = visit_ClassDef = _apart

    def visit_Lambda(self, node):
        for n in ast.walk(node.body):
            if isinstance(n, ast.Name) and n.id in self.changes:
                raise self.owner.error(n, f"{n.id}(), which has nonlocal variables, is called in a lambda; use def")
        return node

    def _is_one(self, node):
        return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in self.changes

    def _named(self, value):
        self.count += 1
        name = f"wf_given_{self.count}"
        return ast.NamedExpr(ast.Name(name, ast.Store()), value), ast.Name(name, ast.Load())

    def _given(self, node):
        """(what is evaluated first, the call with the variables before its own arguments, their names). Arguments that change
        variables themselves come first, as the call reads these after its arguments."""
        names = self.changes[node.func.id]
        parts = [*node.args, *(k.value for k in node.keywords)]
        before = []
        if any(self._is_one(n) for part in parts for n in ast.walk(part)):
            if any(isinstance(part, ast.Starred) for part in parts):
                raise self.owner.error(node, f"{node.func.id}(), which has nonlocal variables, is called with * and with calls of such functions; "
                                       "give these a name before")
            named = [self._named(self.visit(part)) for part in parts]
            before, parts = [first for first, _ in named], [then for _, then in named]
        else:
            parts = [self.visit(part) for part in parts]
        args = [ast.Name(n, ast.Load()) for n in names] + parts[:len(node.args)]
        keywords = [ast.keyword(k.arg, value) for k, value in zip(node.keywords, parts[len(node.args):])]
        return before, ast.copy_location(ast.Call(node.func, args, keywords), node), names

    def visit_Expr(self, node):
        if not self._is_one(node.value):
            return self.generic_visit(node)
        before, call, names = self._given(node.value)
        self.count += 1
        targets = [ast.Name(f"wf_given_{self.count}", ast.Store()), *(ast.Name(n, ast.Store()) for n in names)]
        steps = [ast.Assign([part.target], part.value) for part in before] + [ast.Assign([ast.Tuple(targets, ast.Store())], call)]
        return [ast.copy_location(step, node) for step in steps]

    def visit_Call(self, node):
        if not self._is_one(node):
            return self.generic_visit(node)
        before, call, names = self._given(node)
        self.count += 1
        whole = f"wf_given_{self.count}"

        def item(i):
            return ast.Subscript(ast.Name(whole, ast.Load()), ast.Constant(i), ast.Load())

        parts = [*before, ast.NamedExpr(ast.Name(whole, ast.Store()), call)]
        parts += [ast.NamedExpr(ast.Name(n, ast.Store()), item(i + 1)) for i, n in enumerate(names)]
        made = ast.Subscript(ast.Tuple([*parts, item(0)], ast.Load()), ast.Constant(len(parts)), ast.Load())
        return ast.copy_location(made, node)

    def visit_Try(self, node):
        """A call that raises gives nothing back: it may not stand in a try after which its variables are looked at."""
        for n in (n for part in node.body for n in ast.walk(part) if self._is_one(n)):
            names = {*self.changes[n.func.id], *self.owner.functions}
            if any(_looks_at(h.body, names) or not isinstance(h.body[-1], (ast.Raise, ast.Return)) for h in node.handlers) or _looks_at(node.finalbody, names):
                raise self.owner.error(n, f"{n.func.id}(), which has nonlocal variables, is called in a try: if it raised, what it changed would be "
                                       "lost to what follows; call it outside of the try, or let it return what it changes")
        return self.generic_visit(node)

    def visit_Name(self, node):
        if node.id in self.changes:
            raise self.owner.error(node, f"{node.id}(), which has nonlocal variables, can only be called here, not passed on or kept")
        return node


class _Returns(ast.NodeTransformer):
    def __init__(self, names):
        self.names = names

    def _apart(self, node):
        return node

    visit_FunctionDef = visit_Lambda = visit_ClassDef = _apart

    def visit_Nonlocal(self, node):
        return ast.copy_location(ast.Pass(), node)

    def visit_Return(self, node):
        value = node.value or ast.Constant(None)
        node.value = ast.Tuple([value, *(ast.Name(n, ast.Load()) for n in self.names)], ast.Load())
        return node


class _Owner:
    def __init__(self, source, node):
        self.source, self.node = source, node
        self.functions = {f.name: f for f in _inner(node)}
        own = _bound(node)
        self.changes = {name: [n for n in _changed(f) if n in own] for name, f in self.functions.items()}
        self._through_calls()
        self.changes = {name: names for name, names in self.changes.items() if names}

    def error(self, node, words):
        line = node.lineno - self.source.shift + self.source.first_line - 1
        return TypingError(f"{self.source.filename}:{line}: {words}")

    def _through_calls(self):
        """What a function changes, those change that call it."""
        again = True
        while again:
            again = False
            for name, f in self.functions.items():
                called = {n.func.id for n in _own(f, ast.Call) if isinstance(n.func, ast.Name)} & set(self.functions)
                more = [n for other in sorted(called) for n in self.changes[other] if n not in self.changes[name]]
                if more:
                    self.changes[name] += dict.fromkeys(more)
                    again = True

    def rewrite(self):
        for name, names in self.changes.items():
            self._give_back(self.functions[name], names)
        for f in (self.node, *self.functions.values()):
            carry = _Carry(self, self.changes)
            f.body = carry.visit(ast.Module(f.body, [])).body
        return ast.fix_missing_locations(self.node)

    def _give_back(self, f, names):
        if _own(f, (ast.Yield, ast.YieldFrom)):
            raise self.error(f, f"{f.name}() is a generator with nonlocal variables")
        f.args.args[:0] = [ast.arg(n) for n in names]
        returns = _Returns(names)
        f.body = [returns.visit(part) for part in f.body] + [returns.visit(ast.Return(None))]
        if isinstance(f.body[-2], ast.Return):
            f.body.pop()


def carried(source, node):
    """The function's node without nonlocal; the same one when there is none."""
    if not isinstance(node, ast.FunctionDef) or not any(isinstance(n, ast.Nonlocal) for n in ast.walk(node)):
        return node
    return _Owner(source, copied(node)).rewrite()
