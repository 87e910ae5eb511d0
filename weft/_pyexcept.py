"""except … as e, and classes of the program's own in an except.

The compiled code knows an exception by a number. Where a handler looks at the exception itself, the host keeps the object
(src/python/pyfunc_errors.c), and what is asked of it (str(e), e.args[0], isinstance(e, …)) is a short function of Python that is called at
run time. A try with a class that the compiler does not know has one handler, which asks Python which of the handlers is meant.
"""

import ast
import builtins

from . import _core
from ._pyforms import copied, looked_up
from ._pyobjmode import Block
from ._pysource import Stub, TypingError

# Those that src/pyfunc/exceptions.c knows.
_KNOWN = frozenset(getattr(builtins, name) for name in (
    "BaseException", "Exception", "ArithmeticError", "ZeroDivisionError", "OverflowError", "FloatingPointError", "LookupError", "IndexError",
    "KeyError", "ValueError", "UnicodeError", "TypeError", "RuntimeError", "NotImplementedError", "RecursionError", "AssertionError",
    "MemoryError", "StopIteration", "AttributeError", "NameError", "OSError"))
_ERROR = _core._caught_error


def _argument(number, i):
    value = _ERROR(number).args[i]
    if not isinstance(value, str):
        raise TypeError(f"e.args[{i}] is of type {type(value).__name__}; compiled functions know texts there alone")
    return value


def _raise(number):
    raise _ERROR(number)


# What a function may ask of an exception: the name that stands in the tree, the function of Python, the code of its result.
_ASKED = {
    "__wf_error_text": Block(lambda number: str(_ERROR(number)), "U"),
    "__wf_error_repr": Block(lambda number: repr(_ERROR(number)), "U"),
    "__wf_error_class": Block(lambda number: type(_ERROR(number)).__name__, "U"),
    "__wf_error_count": Block(lambda number: len(_ERROR(number).args), "l"),
    "__wf_error_argument": Block(_argument, "U"),
    "__wf_error_raise": Block(_raise, "l"),
}
HOLD = "__wf_error_hold"
_KEEP = "__wf_error_keep"
NAMES = {HOLD: Stub("weft.error.hold"), _KEEP: Stub("weft.error.keep"), **_ASKED}


def _call(name, *args):
    return ast.Call(ast.Name(name, ast.Load()), list(args), [])


def _raises_again(body):
    """Whether `raise` alone stands in these statements, for the exception of the handler that they are."""
    for node in body:
        if isinstance(node, ast.Raise) and node.exc is None:
            return True
        if isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef)):
            continue
        if isinstance(node, ast.Try):  # its handlers' are their own
            inside = [*node.body, *node.orelse, *node.finalbody]
        else:
            inside = [n for n in ast.iter_child_nodes(node) if isinstance(n, ast.stmt)]
        if _raises_again(inside):
            return True
    return False


def _is_name(node, name):
    return isinstance(node, ast.Name) and node.id == name


class _Uses(ast.NodeTransformer):
    """What is asked of the exception `name` in a handler, in the words of _ASKED."""

    def __init__(self, owner, name, kept):
        self.owner, self.name, self.kept, self.inside = owner, name, kept, 0

    def _ask(self, what, node, *more):
        self.owner.uses = True
        return ast.copy_location(_call("__wf_error_" + what, ast.Name(self.kept, ast.Load()), *more), node)

    def visit_FunctionDef(self, node):
        return node

    visit_Lambda = visit_ClassDef = visit_FunctionDef

    def visit_Try(self, node):
        """A try in the handler: in its handlers and its finally, `raise` alone would raise what it caught itself."""
        def visited(parts, deeper):
            self.inside += deeper
            for part in parts:
                self.generic_visit(part)
            self.inside -= deeper
            return parts

        node.body, node.orelse, node.finalbody = (
            visited([ast.Module(part, [])], deeper)[0].body for part, deeper in ((node.body, 0), (node.orelse, 0), (node.finalbody, 1)))
        node.handlers = visited(node.handlers, 1)
        return node

    def visit_Raise(self, node):
        if _is_name(node.cause, self.name):
            node.cause = None
        if _is_name(node.exc, self.name):
            if self.inside:
                end = ast.Raise(ast.Name("RuntimeError", ast.Load()), None)  # is not come to
                return [ast.copy_location(ast.Expr(self._ask("raise", node)), node), ast.copy_location(end, node)]
            self.owner.uses = True
            node.exc = None
        self.generic_visit(node)
        return node

    def visit_Call(self, node):
        named = isinstance(node.func, ast.Name) and not node.keywords
        if named and len(node.args) == 1 and _is_name(node.args[0], self.name) and node.func.id in ("str", "repr"):
            return self._ask("text" if node.func.id == "str" else "repr", node)
        if named and node.func.id == "len" and len(node.args) == 1 and self._is_args(node.args[0]):
            return self._ask("count", node)
        if named and node.func.id == "isinstance" and len(node.args) == 2 and _is_name(node.args[0], self.name):
            return self.owner.is_one(node.args[1], self.kept, node)
        if isinstance(node.func, ast.Name) and node.func.id == "print":
            node.args = [self._ask("text", a) if _is_name(a, self.name) else a for a in node.args]
        self.generic_visit(node)
        return node

    def visit_FormattedValue(self, node):
        if _is_name(node.value, self.name):
            node.value = self._ask("repr" if node.conversion == ord("r") else "text", node)
            node.conversion = -1
            return node
        self.generic_visit(node)
        return node

    def visit_Subscript(self, node):
        if self._is_args(node.value) and isinstance(node.ctx, ast.Load):
            return self._ask("argument", node, self.visit(node.slice))
        self.generic_visit(node)
        return node

    def visit_Attribute(self, node):
        of = node.value
        if node.attr == "__name__" and (isinstance(of, ast.Call) and _is_name(of.func, "type") and len(of.args) == 1 and _is_name(of.args[0], self.name)
                                        or isinstance(of, ast.Attribute) and of.attr == "__class__" and _is_name(of.value, self.name)):
            return self._ask("class", node)
        self.generic_visit(node)
        return node

    def visit_Name(self, node):
        if node.id == self.name:
            raise self.owner.error(node, f"of an exception ('except … as {self.name}') compiled functions know str({self.name}), {self.name}.args[i] (texts), "
                                   f"type({self.name}).__name__, isinstance() and raise; keep what is asked of it instead")
        return node

    def _is_args(self, node):
        return isinstance(node, ast.Attribute) and node.attr == "args" and _is_name(node.value, self.name)


class _Handlers(ast.NodeTransformer):
    def __init__(self, source):
        self.source, self.found, self.count, self.uses = source, {}, 0, False

    def error(self, node, words):
        line = node.lineno - self.source.shift + self.source.first_line - 1
        return TypingError(f"{self.source.filename}:{line}: {words}")

    def _classes(self, node):
        """The classes that stand in an except; None: not all are known here."""
        if isinstance(node, ast.Tuple):
            parts = [self._classes(part) for part in node.elts]
            return None if None in parts else [one for part in parts for one in part]
        found = looked_up(self.source, node)
        if isinstance(found, tuple):
            return list(found) if all(isinstance(one, type) and issubclass(one, BaseException) for one in found) else None
        return [found] if isinstance(found, type) and issubclass(found, BaseException) else None

    def is_one(self, node, kept, at):
        classes = self._classes(node)
        if classes is None:
            raise self.error(node, "isinstance() of an exception needs classes of exceptions")
        self.uses = True
        classes = tuple(classes)
        return ast.copy_location(_call(self._block(lambda number: isinstance(_ERROR(number), classes), "?"), ast.Name(kept, ast.Load())), at)

    def _block(self, function, result):
        name = f"__wf_error_asked_{len(self.found) + 1}"
        self.found[name] = Block(function, result)
        return name

    def visit_Try(self, node):
        self.generic_visit(node)
        self.count += 1
        kept = f"wf_caught_{self.count}"
        named = [None if h.type is None else self._classes(h.type) for h in node.handlers]
        if any(classes is not None and not set(classes) <= _KNOWN for classes in named) and not any(
                h.type is not None and classes is None for h, classes in zip(node.handlers, named)):
            node.handlers = [self._chosen(node.handlers, named, kept)]
        else:
            node.handlers = [self._handler(h, kept) for h in node.handlers]
        return ast.fix_missing_locations(node)

    def _body(self, handler, kept):
        """(the handler's statements, whether they look at the exception)"""
        if handler.name is None:
            return handler.body, False
        self.uses = False
        uses = _Uses(self, handler.name, kept)
        return [uses.visit(part) for part in handler.body], self.uses

    def _handler(self, handler, kept):
        body, looks = self._body(handler, kept)
        if looks:
            body = [self._assign(kept, _call(_KEEP), handler), *body]
        elif _raises_again(body):
            body = [ast.copy_location(ast.Expr(_call(HOLD)), handler), *body]
        return ast.copy_location(ast.ExceptHandler(handler.type, None, body), handler)

    def _assign(self, name, value, at):
        return ast.copy_location(ast.Assign([ast.Name(name, ast.Store())], value), at)

    def _chosen(self, handlers, named, kept):
        """One handler in the place of all, with a chain of ifs."""
        tests = [None if classes is None else tuple(classes) for classes in named]

        def which(number):
            error = _ERROR(number)
            return next((i for i, classes in enumerate(tests) if classes is None or isinstance(error, classes)), -1)

        chain, chosen = [ast.Raise(None, None)], kept + "_which"
        for i in reversed(range(len(handlers))):
            test = ast.Compare(ast.Name(chosen, ast.Load()), [ast.Eq()], [ast.Constant(i)])
            chain = [ast.copy_location(ast.If(test, self._body(handlers[i], kept)[0], chain), handlers[i])]
        first = handlers[0]
        body = [self._assign(kept, _call(_KEEP), first),
                self._assign(chosen, _call(self._block(which, "l"), ast.Name(kept, ast.Load())), first), *chain]
        return ast.copy_location(ast.ExceptHandler(None, None, body), first)


def plain_handlers(source, node):
    """(the function's node with handlers that the compiler knows, {name: Block})"""
    if not source.host or not any(isinstance(n, ast.Try) for n in ast.walk(node)):
        return node, {}
    node = copied(node)
    handlers = _Handlers(source)
    node.body = [handlers.visit(part) for part in node.body]
    return ast.fix_missing_locations(node), handlers.found
