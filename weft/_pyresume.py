"""A generator as a function that is called for each item: its body cut at the yields, its variables kept in between.

The body becomes blocks, numbered; `while True` goes from one to the next by a variable `state`. A yield keeps what later blocks
read in the fields of an object, with the number of the block that goes on, and returns. Statements without a yield stay as they
are: a loop inside of which nothing is yielded is the loop that it was.

    def count(n):                          def step(it):
        for i in range(n):                     state, n, next = it._state, it.n, it.next …
            yield i                            while True:
                                                   if state == 0: next, stop = 0, n; state = 1; continue
                                                   if state == 1: if not next < stop: state = 3; continue
                                                                  i = next; next += 1
                                                                  it._state = 1; it.next = next …; return i
                                                   it._state = -1; raise StopIteration
"""

import ast
import builtins
import copy

from ._pygenerators import _own, _yields

IT = "it__"
_STATE = "state__"


class NotResumable(Exception):
    """What stands in the way, and the line."""


def _load(name):
    return ast.Name(name, ast.Load())


def _set(name, value):
    return ast.Assign([ast.Name(name, ast.Store())], value)


def _field(name, load=True):
    return ast.Attribute(_load(IT), name, ast.Load() if load else ast.Store())


class _Keep:
    """Stands in a block where the variables are kept; what they are is known when all blocks are there."""


class _Leaves(ast.NodeTransformer):
    """Statements without a yield: their returns end the generator, their breaks and continues may leave a loop that was cut."""

    def __init__(self, flat):
        self.flat, self.loops = flat, 0

    def visit_Return(self, node):
        return self.flat.finish()

    def visit_Break(self, node):
        return node if self.loops else self.flat.go(self.flat.loops[-1][1])

    def visit_Continue(self, node):
        return node if self.loops else self.flat.go(self.flat.loops[-1][0])

    def visit_For(self, node):
        self.loops += 1
        node.body = [made for part in node.body for made in _many(self.visit(part))]
        self.loops -= 1
        node.orelse = [made for part in node.orelse for made in _many(self.visit(part))]
        return node

    visit_While = visit_For

    def visit_FunctionDef(self, node):
        return node

    visit_Lambda = visit_FunctionDef


def _many(made):
    return made if isinstance(made, list) else [made]


class _Flat:
    """The blocks of a generator's body."""

    def __init__(self, node, lookup):
        self.blocks, self.order, self.open = [[]], [0], 0
        self.loops, self.count, self.lookup = [], 0, lookup  # loops: (block of the next turn, block after it)
        self.body(node.body)
        self.add(*self.finish())

    def add(self, *statements):
        self.blocks[self.open].extend(statements)

    def new(self):
        """A number for a block that is begun later."""
        self.blocks.append([])
        return len(self.blocks) - 1

    def begin(self, number):
        self.order.append(number)
        self.open = number

    def go(self, number):
        return [_set(_STATE, ast.Constant(number)), ast.Continue()]

    def finish(self):
        return [ast.Assign([_field("_state", False)], ast.Constant(-1)), ast.Raise(_load("StopIteration"), None)]

    def body(self, statements):
        for part in statements:
            if _yields([part]):
                self.cut(part)
            else:
                self.add(*_many(_Leaves(self).visit(copy.deepcopy(part))))

    def cut(self, node):
        what = getattr(self, "cut_" + type(node).__name__, None)
        if what is None:
            raise NotResumable(f"a yield stands inside of {_WORDS.get(type(node), 'an expression')}", node)
        what(node)

    def cut_Expr(self, node):
        if not isinstance(node.value, ast.Yield):
            raise NotResumable("a yield stands inside of an expression", node)
        after = self.new()
        value = node.value.value or ast.Constant(None)
        result = self.name("given")
        self.add(_set(result, value), _Keep(), ast.Assign([_field("_state", False)], ast.Constant(after)), ast.Return(_load(result)))
        self.begin(after)

    def cut_If(self, node):
        yes, no, after = self.new(), self.new(), self.new()
        self.add(ast.If(node.test, self.go(yes), []), *self.go(no))
        self.begin(yes)
        self.body(node.body)
        self.add(*self.go(after))
        self.begin(no)
        self.body(node.orelse)
        self.add(*self.go(after))
        self.begin(after)

    def cut_While(self, node):
        forever = isinstance(node.test, ast.Constant) and node.test.value
        self.loop(node, lambda leave: [] if forever else [ast.If(ast.UnaryOp(ast.Not(), node.test), leave, [])])

    def cut_For(self, node):
        call = node.iter
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "range" and (
                self.lookup("range") is builtins.range) and 0 < len(call.args) <= 3 and not call.keywords:
            return self.over_range(node, call.args)
        over, item = self.name("over"), self.name("item")
        self.add(_set(over, ast.Call(_load("iter"), [call], [])))

        def head(leave):
            asked = _set(item, ast.Call(_load("next"), [_load(over)], []))
            ended = ast.ExceptHandler(_load("StopIteration"), None, leave)
            return [ast.Try([asked], [ended], [], []), ast.Assign([node.target], _load(item))]

        self.loop(node, head)

    def over_range(self, node, args):
        at, stop, step = self.name("next"), self.name("stop"), self.name("step")
        start = args[0] if len(args) > 1 else ast.Constant(0)
        by = args[2] if len(args) > 2 else ast.Constant(1)
        known = by.value if isinstance(by, ast.Constant) else -by.operand.value if isinstance(by, ast.UnaryOp) and isinstance(
            by.op, ast.USub) and isinstance(by.operand, ast.Constant) else None
        self.add(_set(at, start), _set(stop, args[min(len(args), 2) - 1]))
        if known is None:
            self.add(_set(step, by))

        def compare(op):
            return ast.Compare(_load(at), [op], [_load(stop)])

        more = compare(ast.Lt()) if known is not None and known > 0 else compare(ast.Gt()) if known is not None else ast.IfExp(
            ast.Compare(_load(step), [ast.Gt()], [ast.Constant(0)]), compare(ast.Lt()), compare(ast.Gt()))

        def head(leave):
            return [ast.If(ast.UnaryOp(ast.Not(), more), leave, []), ast.Assign([node.target], _load(at)),
                    ast.AugAssign(ast.Name(at, ast.Store()), ast.Add(), by if known is not None else _load(step))]

        self.loop(node, head)

    def loop(self, node, head):
        """head(leave): what stands before each turn; the statements `leave` end the loop."""
        again, other, after = self.new(), self.new(), self.new()
        self.add(*self.go(again))
        self.begin(again)
        self.add(*head(self.go(other)))
        self.loops.append((again, after))
        self.body(node.body)
        self.loops.pop()
        self.add(*self.go(again))
        self.begin(other)
        self.body(node.orelse)
        self.add(*self.go(after))
        self.begin(after)

    def name(self, word):
        self.count += 1
        return f"{word}__{self.count}"


_WORDS = {ast.Try: "a try", ast.With: "a with", ast.Match: "a match"}


# ---- which variables are kept ----

def _stored(nodes):
    return {n.id for n in _own(nodes) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _read_first(block):
    """Names that a block may read before it has set them."""
    found, known = set(), set()
    for part in block:
        if isinstance(part, _Keep):
            continue
        read = {n.id for n in _own([part]) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
        if isinstance(part, ast.AugAssign) and isinstance(part.target, ast.Name):
            read.add(part.target.id)
        found |= read - known
        if isinstance(part, (ast.Assign, ast.AugAssign)):
            known |= _stored([part])
    return found


def resumable(node, lookup, locals_, constants):
    """(the function of one step, the names that are kept). locals_: what the generator binds; constants: parameters that are known."""
    made = _Flat(copy.deepcopy(node), lookup)
    blocks = [(number, made.blocks[number]) for number in made.order]
    own = set(locals_).union(*(_stored([p for p in block if not isinstance(p, _Keep)]) for _, block in blocks))
    kept = sorted(set().union(*(_read_first(block) for _, block in blocks)) & own - set(constants) - {_STATE})
    turns = []
    for number, block in blocks:
        body = []
        for part in block:
            if isinstance(part, _Keep):
                body.extend(ast.Assign([_field(name, False)], _load(name)) for name in kept)
            else:
                body.append(part)
        turns.append(ast.If(ast.Compare(_load(_STATE), [ast.Eq()], [ast.Constant(number)]), body, []))
    begin = [_set(_STATE, _field("_state")), *(_set(name, _field(name)) for name in kept)]
    loop = ast.While(ast.Constant(True), [*turns, *made.finish()], [])
    arguments = ast.arguments([], [ast.arg(IT)], None, [], [], None, [])
    step = ast.FunctionDef(node.name, arguments, [*begin, loop], [], None)
    ast.copy_location(step, node)
    for part in ast.walk(step):
        if "lineno" in getattr(part, "_attributes", ()) and not hasattr(part, "lineno"):
            ast.copy_location(part, node)
    return ast.fix_missing_locations(step), kept
