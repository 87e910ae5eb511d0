"""for x in generator(…): the generator's body goes where the loop stands, with the loop's body in the place of each yield.

So a generator may change things, loop for ever and hold any variables; nothing is put into a list first. Its variables get names
of their own; a break of the loop, and a return of the generator, leave all of the generator's loops by a flag. What is not taken
apart here (a generator that is passed on, next(), a try around a yield) stays what it was.
"""

import ast
import copy
import inspect
import threading

from ._pyforms import copied
from ._pysource import TypingError, source_of

_MOST_YIELDS = 8
_reading = threading.local()
_SCOPES = (ast.FunctionDef, ast.Lambda, ast.ClassDef, ast.AsyncFunctionDef)
_LOOPS = (ast.For, ast.While)


def _own(nodes):
    """All nodes of these statements but those of functions inside."""
    for node in nodes:
        yield node
        if not isinstance(node, _SCOPES):
            yield from _own(ast.iter_child_nodes(node))


def _yields(nodes):
    return [n for n in _own(nodes) if isinstance(n, (ast.Yield, ast.YieldFrom))]


def _name(text, load=True):
    return ast.Name(text, ast.Load() if load else ast.Store())


def _set(name, value):
    return ast.Assign([_name(name, False)], value)


class _Renamed(ast.NodeTransformer):
    def __init__(self, names):
        self.names = names

    def visit_Name(self, node):
        return ast.copy_location(ast.Name(self.names.get(node.id, node.id), node.ctx), node)


class _Leaving(ast.NodeTransformer):
    """A loop's body, moved into other loops: break sets the flag first, continue ends the body alone (a loop of one turn)."""

    def __init__(self, flags):
        self.flags, self.breaks, self.continues = flags, 0, 0

    def visit_Break(self, node):
        self.breaks += 1
        return [*(_set(flag, ast.Constant(True)) for flag in self.flags), node]

    def visit_Continue(self, node):
        self.continues += 1
        return ast.Break()

    def visit_For(self, node):
        node.orelse = [made for part in node.orelse for made in _as_list(self.visit(part))]
        return node  # what stands inside leaves the inner loop

    visit_While = visit_For

    def visit_FunctionDef(self, node):
        return node

    visit_Lambda = visit_FunctionDef


def _as_list(made):
    return made if isinstance(made, list) else [made]


def _being_read():
    """Generators whose source this thread is rewriting: one that goes over itself has no end here."""
    if not hasattr(_reading, "functions"):
        _reading.functions = []
    return _reading.functions


class _NotTaken(Exception):
    """This generator does not go into the loop."""


class _Body(ast.NodeTransformer):
    """The generator's statements, with `give(value)` in the place of each yield, and ways out of its loops."""

    def __init__(self, give, flag):
        self.give, self.flag = give, flag

    def block(self, statements):
        made = []
        for part in statements:
            may_leave = isinstance(part, _LOOPS) and any(isinstance(n, (ast.Yield, ast.Return)) for n in _own([part]))
            made.extend(_as_list(self.visit(part)))
            if may_leave:
                made.append(ast.If(_name(self.flag), [ast.Break()], []))
        return made

    def visit_Expr(self, node):
        return self.give(node.value.value or ast.Constant(None)) if isinstance(node.value, ast.Yield) else node

    def visit_Return(self, node):
        return [_set(self.flag, ast.Constant(True)), ast.Break()]

    def visit_If(self, node):
        node.body, node.orelse = self.block(node.body), self.block(node.orelse)
        return node

    def visit_For(self, node):
        if node.orelse:
            raise _NotTaken
        node.body = self.block(node.body)
        return node

    visit_While = visit_For

    def visit_FunctionDef(self, node):
        return node

    def generic_visit(self, node):
        if isinstance(node, ast.stmt) and _yields([node]):
            raise _NotTaken  # x = yield, with, try
        return node


class Loops(ast.NodeTransformer):
    """Rewrites the loops of one function."""

    def __init__(self, source, node):
        self.source, self.count, self.open, self.outer = source, 0, [], {}
        self.inside = {n.name: n for n in ast.walk(node) if isinstance(n, ast.FunctionDef) and n is not node and _yields(n.body)}

    def visit_FunctionDef(self, node):
        return node

    visit_Lambda = visit_FunctionDef

    def visit_For(self, node):
        self.generic_visit(node)
        call, counted = node.iter, None
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "enumerate" and len(call.args) == 1 and (
                not call.keywords and isinstance(node.target, ast.Tuple) and len(node.target.elts) == 2):
            call, counted = call.args[0], node.target.elts[0]
        found = self._generator(call) if isinstance(call, ast.Call) else None
        if found is None or found[0] in self.open:
            return node
        self.open.append(found[0])
        try:
            return self._instead(node, call, counted, *found)
        except _NotTaken:
            return node
        finally:
            self.open.pop()

    def _generator(self, call):
        """(its node, the Function it belongs to; None: it stands inside this one) of a call of a generator."""
        if not isinstance(call.func, ast.Name):
            return None
        if call.func.id in self.inside:
            return self.inside[call.func.id], None
        try:
            found = self.outer.get(call.func.id) or self.source.lookup(call.func.id)
        except (AttributeError, NameError, ValueError):
            return None
        found = getattr(found, "py_func", found)
        if not inspect.isgeneratorfunction(found) or found in _being_read():
            return None
        try:
            source = source_of(found)
        except (TypingError, TypeError):
            return None
        return source.node, source

    def _instead(self, loop, call, counted, node, origin):
        self.count += 1
        mark = f"_of{self.count}"
        flag, counter, broke = f"left{mark}", f"count{mark}", f"broke{mark}"
        flags = [flag, broke] if loop.orelse else [flag]  # a return of the generator is no break of the loop
        body = copy.deepcopy(node.body)
        if any(isinstance(n, (ast.Try, ast.With, ast.Global, ast.Nonlocal)) for n in _own(body)):
            raise _NotTaken
        before, names = self._given(call, node, mark)
        names.update({n.id: n.id + mark for n in _own(body) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)})
        if origin is not None:
            self._outer_names(body, origin, names, mark)
        body = [_Renamed(names).visit(part) for part in body]
        for part in body:
            for n in ast.walk(part):
                ast.copy_location(n, loop)
        body = [made for part in body for made in _as_list(self.visit(part))]  # a generator that goes over another
        if not 0 < len(_yields(body)) <= _MOST_YIELDS:
            raise _NotTaken

        def give(value):
            made = [ast.Assign([copy.deepcopy(loop.target if counted is None else loop.target.elts[1])], value)]
            if counted is not None:
                made += [ast.Assign([copy.deepcopy(counted)], _name(counter)),
                         ast.AugAssign(_name(counter, False), ast.Add(), ast.Constant(1))]
            return made + self._turn(loop.body, flags)

        once = ast.While(ast.Constant(True), [*_Body(give, flag).block(body), ast.Break()], [])
        first = [*before, *(_set(f, ast.Constant(False)) for f in flags)] + ([_set(counter, ast.Constant(0))] if counted is not None else [])
        last = [ast.If(ast.UnaryOp(ast.Not(), _name(broke)), loop.orelse, [])] if loop.orelse else []
        return [ast.copy_location(part, loop) for part in (*first, once, *last)]

    def _turn(self, statements, flags):
        leaving = _Leaving(flags)
        body = [made for part in copy.deepcopy(statements) for made in _as_list(leaving.visit(part))]
        if leaving.continues:
            body = [ast.While(ast.Constant(True), [*body, ast.Break()], [])]
        if leaving.continues and leaving.breaks:
            body.append(ast.If(_name(flags[0]), [ast.Break()], []))
        return body

    def _given(self, call, node, mark):
        """Assignments of the arguments to the generator's parameters, and the parameters' new names."""
        arguments = node.args
        if arguments.vararg or arguments.kwarg or any(isinstance(a, ast.Starred) for a in call.args) or any(k.arg is None for k in call.keywords):
            raise _NotTaken
        plain = [a.arg for a in arguments.posonlyargs + arguments.args]
        every = plain + [a.arg for a in arguments.kwonlyargs]
        defaults = dict(zip(plain[len(plain) - len(arguments.defaults):], arguments.defaults))
        defaults.update({a.arg: d for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults) if d is not None})
        given = dict(zip(plain, call.args))
        given.update({k.arg: k.value for k in call.keywords})
        if len(call.args) > len(plain) or set(given) - set(every):
            raise _NotTaken
        before = []
        for name in every:
            value = given.get(name)
            if value is None:
                value = defaults.get(name)
                if not isinstance(value, ast.Constant):
                    raise _NotTaken
            before.append(_set(name + mark, copy.deepcopy(value)))
        return before, {name: name + mark for name in every}

    def _outer_names(self, body, origin, names, mark):
        """What the generator's own outer names stand for."""
        for name in {n.id for n in _own(body) if isinstance(n, ast.Name)} - set(names):
            try:
                value = origin.lookup(name)
            except (AttributeError, NameError, ValueError):
                raise _NotTaken from None
            names[name] = name + mark
            self.outer[name + mark] = value
        if any(isinstance(n, _SCOPES) for n in _own(body)):
            raise _NotTaken


def into_loops(source, node):
    """(the function's node with its loops over generators rewritten, {outer name: object})"""
    if not isinstance(node, ast.FunctionDef) or not any(isinstance(n, ast.For) for n in ast.walk(node)):
        return node, {}
    loops = Loops(source, node)
    made = copied(node)
    _being_read().append(source.function)
    try:
        made.body = [part for old in made.body for part in _as_list(loops.visit(old))]
    finally:
        _being_read().pop()
    if not loops.count:
        return node, {}
    return ast.fix_missing_locations(made), loops.outer
