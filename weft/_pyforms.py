"""Forms of NumPy programs that have a plainer one, rewritten in the syntax tree before a function is compiled.

A list that only says a shape or axes (np.zeros([n, 3]), axes=([1], [0])) becomes a tuple: a tuple's length is known while
compiling; so does a list that literal_unroll goes over. list(range(n)) becomes a comprehension, reversed(range(n)) a range that goes down.
"""

import ast
import builtins
import collections
import enum
import types

import numpy as np

from ._pytypes import Type

_SHAPE_FIRST = {"zeros", "ones", "empty", "full"}
_SHAPES = {"axis", "axes", "shape", "newshape", "size", "reps", "pad_width"}


def copied(node):
    """A syntax tree anew (copy.deepcopy, which looks for what is shared, takes several times as long)."""
    made = node.__class__.__new__(node.__class__)
    fields = made.__dict__
    for name, value in node.__dict__.items():
        if isinstance(value, ast.AST):
            value = copied(value) if value._fields else value
        elif isinstance(value, list):
            value = [copied(part) if isinstance(part, ast.AST) else part for part in value]
        fields[name] = value
    return made


class CompileTime:
    """An object that is only there while a function is compiled. In the function, obj[constants], obj.attribute and obj(…) (`called()`; the
    arguments are not evaluated) stand for what they give, and a name that such an object is assigned to, once, stands for it."""

    def called(self):
        raise TypeError(f"an object of {type(self).__name__} is not called in compiled functions")


def looked_up(source, node):
    """The object that a name, or an attribute of one, stands for outside of the function; None: nothing."""
    try:
        if isinstance(node, ast.Name):
            return source.lookup(node.id)
        if isinstance(node, ast.Attribute):
            return source.attribute(looked_up(source, node.value), node.attr)
    except (AttributeError, NameError, ValueError):
        pass
    return None


def _as_tuple(node):
    if isinstance(node, (ast.List, ast.Tuple)) and not any(isinstance(e, ast.Starred) for e in node.elts):
        return ast.copy_location(ast.Tuple([_as_tuple(e) for e in node.elts], ast.Load()), node)
    return node


def _is_call(node, *names):
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names and not node.keywords


def _downwards(call):
    """range(…) from its end, or None."""
    if len(call.args) > 2:
        return None
    start, stop = call.args if len(call.args) == 2 else (ast.Constant(0), call.args[0])
    one = ast.Constant(1)
    down = [ast.BinOp(stop, ast.Sub(), one), ast.BinOp(start, ast.Sub(), one), ast.UnaryOp(ast.USub(), one)]
    return ast.copy_location(ast.Call(call.func, down, []), call)


def _has_star(target):
    """Is there a * among the names of an assignment's target?"""
    return isinstance(target, (ast.Tuple, ast.List)) and any(isinstance(e, ast.Starred) or _has_star(e) for e in target.elts)


def _parsed(text, mode="exec"):
    """Statements, or an expression, that stand nowhere yet."""
    tree = ast.parse(text, mode=mode)
    for n in ast.walk(tree):
        if hasattr(n, "lineno"):
            del n.lineno, n.col_offset, n.end_lineno, n.end_col_offset
    return tree.body


def _placed(node, where):
    """What stands nowhere yet in the node stands where `where` does."""
    for n in ast.walk(node):
        if getattr(n, "lineno", None) is None:
            ast.copy_location(n, where)
    return node


_ITERATORS = {"zip", "enumerate", "map", "filter", "reversed"}  # what they give is gone over once


def _compile_time(source, node):
    """The CompileTime object that a name stands for, or an attribute of a module; else None. Nothing else is asked for an attribute."""
    if isinstance(node, ast.Attribute):
        base = _compile_time(source, node.value)
        found = getattr(base, node.attr, None) if isinstance(base, (types.ModuleType, CompileTime)) else None
    else:
        found = looked_up(source, node) if isinstance(node, ast.Name) else None
    return found if isinstance(found, (types.ModuleType, CompileTime)) else None


_COMPUTING = {abs, bool, complex, divmod, float, int, len, max, min, ord, pow, round, slice}


def _only_computes(function):
    """Does a call of it nothing but give a value that follows from its arguments?"""
    if isinstance(function, (np.ufunc, Type)) or isinstance(function, type) and issubclass(function, np.generic):
        return True
    try:
        return function in _COMPUTING or getattr(function, "__module__", "") in ("math", "cmath", "_operator")
    except TypeError:  # it cannot be hashed
        return False


class _Forms(ast.NodeTransformer):
    def __init__(self, source, node):
        self.count, self.source = 0, source
        stores = collections.Counter(n.id for n in ast.walk(node) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load))
        self.once = {name for name, count in stores.items() if count == 1}

    def _is_builtin(self, node, *names):
        return _is_call(node, *names) and looked_up(self.source, node.func) is getattr(builtins, node.func.id)

    def _iterator(self, node):
        """An iterator over what this expression gives."""
        if self._is_builtin(node, "range", "zip", "enumerate") and node.args and not any(isinstance(a, ast.Starred) for a in node.args):
            from . import _pyiterators

            name = node.func.id
            self.source.inner[f"{name}__over"] = getattr(_pyiterators, name.upper())
            args = {"range": node.args, "zip": [self._iterator(a) for a in node.args],
                    "enumerate": [self._iterator(node.args[0]), *node.args[1:]]}[name]
            return ast.copy_location(ast.Call(ast.Name(f"{name}__over", ast.Load()), args, []), node)
        self.source.inner["iter__over"] = iter
        return ast.copy_location(ast.Call(ast.Name("iter__over", ast.Load()), [node], []), node)

    def _gone_over_once(self, node):
        return isinstance(node, ast.GeneratorExp) or self._is_builtin(node, *_ITERATORS)

    # ---- a, *b = values ----

    def visit_AugAssign(self, node):
        """Its target is evaluated before its value, and once: the parts of the target get names where they may do something, where
        what they read may change in the value, and where := sets what the other side reads."""
        self.generic_visit(node)
        target = node.target
        bound = {n.target.id for n in ast.walk(node) if isinstance(n, ast.NamedExpr)}
        changing = self._may_change(node.value)
        steps = []

        def moves(part):
            return any(isinstance(n, ast.Name) and n.id in bound or changing and isinstance(n, (ast.Subscript, ast.Attribute))
                       for n in ast.walk(part)) or self._may_change(part)

        def first(part):
            if isinstance(part, ast.Tuple):
                return ast.Tuple([first(one) for one in part.elts], ast.Load())
            if isinstance(part, ast.Slice):
                return ast.Slice(*(edge and first(edge) for edge in (part.lower, part.upper, part.step)))
            if isinstance(part, ast.Constant) or not moves(part):
                return part
            name = self._fresh("wf_before")
            steps.append(ast.copy_location(ast.Assign([ast.Name(name, ast.Store())], part), node))
            return ast.Name(name, ast.Load())

        if isinstance(target, ast.Subscript):
            if bound or self._may_change(target.value):
                target.value = first(target.value)
            target.slice = first(target.slice)
        elif isinstance(target, ast.Attribute) and self._may_change(target.value):
            target.value = first(target.value)
        elif isinstance(target, ast.Name) and target.id in bound:
            value = ast.BinOp(first(ast.Name(target.id, ast.Load())), node.op, node.value)
            return [*steps, ast.copy_location(ast.Assign([target], value), node)]
        return [*steps, node] if steps else node

    def _may_change(self, node):
        """Is there a call in it that may do something, or give something else the next time?"""
        return any(isinstance(n, ast.Call) and not _only_computes(looked_up(self.source, n.func)) for n in ast.walk(node))

    def _fresh(self, what):
        self.count += 1
        return f"{what}_{self.count}"

    def _taken_apart(self, target, name):
        """Statements that store the items of the sequence `name` into a target with a star in it: by their places, those between in a list."""
        if not any(isinstance(e, ast.Starred) for e in target.elts):
            later = {}
            for i, inner in enumerate(target.elts):
                if _has_star(inner):
                    later[self._fresh("inner")] = (i, inner)
            names = {i: ast.Name(own, ast.Store()) for own, (i, _) in later.items()}
            whole = ast.Tuple([names.get(i, e) for i, e in enumerate(target.elts)], ast.Store())
            made = [ast.Assign([whole], ast.Name(name, ast.Load()))]
            return made + [ast.Assign([inner], ast.Name(own, ast.Load())) for own, (_, inner) in later.items()]
        at = next(i for i, e in enumerate(target.elts) if isinstance(e, ast.Starred))
        after, least = len(target.elts) - at - 1, len(target.elts) - 1
        self.source.inner["list__of"] = list
        words = f"not enough values to unpack (expected at least {least}, got {{len({name})}})"
        made = _parsed(f"if len({name}) < {least}:\n    raise ValueError(f'{words}')")
        stores = []  # behind all readings, where a store may change the sequence: l[0], *rest = l
        changing = any(isinstance(n, (ast.Subscript, ast.Attribute)) for e in target.elts for n in ast.walk(e))
        for i, e in enumerate(target.elts):
            place = f"{i}" if i < at else f"{i - len(target.elts)}" if i > at else f"{at}:{-after if after else ''}"
            text = f"list__of({name}[{place}])" if i == at else f"{name}[{place}]"
            item = e.value if i == at else e
            if changing:
                own = self._fresh("item")
                stores.append(ast.Assign([item], ast.Name(own, ast.Load())))
                item = ast.Name(own, ast.Store())
            made.append(ast.Assign([item], _parsed(text, "eval")))
        return made + stores

    def _spread(self, node):
        name, value = self._fresh("spread"), node.value
        if self._gone_over_once(value) or self._is_builtin(value, "range"):
            self.source.inner["list__of"] = list
            value = ast.Call(ast.Name("list__of", ast.Load()), [value], [])
        made = [ast.Assign([ast.Name(name, ast.Store())], value)]
        for target in node.targets:
            made += self._taken_apart(target, name) if _has_star(target) else [ast.Assign([target], ast.Name(name, ast.Load()))]
        return self._visited(made, node)

    def _visited(self, made, node):
        found = []
        for part in made:
            part = self.visit(_placed(part, node))
            found += part if isinstance(part, list) else [part]
        return found

    def visit_For(self, node):
        if not _has_star(node.target):
            return self.generic_visit(node)
        name = self._fresh("spread")
        apart = self._visited(self._taken_apart(node.target, name), node)
        node.target = ast.copy_location(ast.Name(name, ast.Store()), node.target)
        self.generic_visit(node)
        node.body = apart + node.body
        return node

    def visit_Assign(self, node):
        if any(map(_has_star, node.targets)):
            return self._spread(node)
        both = isinstance(node.targets[0], ast.Tuple) and isinstance(node.value, ast.Tuple)
        values = node.value.elts if both else [node.value]
        named = both or isinstance(node.targets[0], ast.Name)
        once = [named and self._gone_over_once(v) for v in values]
        self.generic_visit(node)
        values = [self._iterator(v) if o else v for v, o in zip(node.value.elts if both else [node.value], once)]
        if both:
            node.value.elts = values
        else:
            node.value = values[0]
        return ast.copy_location(ast.Pass(), node) if self._known_from_now_on(node) else node

    def visit_Subscript(self, node):
        """Color["red"] of an enum is Color.red."""
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
            try:
                found = self.source.lookup(node.value.id)
            except (AttributeError, ValueError, NameError):
                return node
            if isinstance(found, enum.EnumMeta) and node.slice.value in found.__members__:
                return ast.copy_location(ast.Attribute(node.value, node.slice.value, ast.Load()), node)
        if isinstance(node.value, ast.Attribute) and node.value.attr in ("r_", "c_", "s_", "index_exp"):
            from ._pytricks import index_trick

            trick = index_trick(self.source, node, looked_up(self.source, node.value))
            if trick is not None:
                return trick
        return self._compile_time_item(node) or self._array_type(node) or node

    def visit_Attribute(self, node):
        self.generic_visit(node)
        base = _compile_time(self.source, node.value) if isinstance(node.ctx, ast.Load) else None
        return self._standing_for(getattr(base, node.attr), node) if isinstance(base, CompileTime) else node

    def _compile_time_item(self, node):
        base = _compile_time(self.source, node.value) if isinstance(node.ctx, ast.Load) else None
        if not isinstance(base, CompileTime):
            return None
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        found = [p.value if isinstance(p, ast.Constant) else looked_up(self.source, p) for p in parts]
        return self._standing_for(base[tuple(found) if isinstance(node.slice, ast.Tuple) else found[0]], node)

    def _standing_for(self, value, node):
        """A name for an object that there is while compiling."""
        self.count += 1
        name = f"known_{self.count}"
        self.source.inner[name] = value
        return ast.copy_location(ast.Name(name, ast.Load()), node)

    def _known_from_now_on(self, node):
        """name = an object of compile time, the only assignment of the name: no statement, but what the name stands for."""
        target = node.targets[0]
        if len(node.targets) != 1 or not isinstance(target, ast.Name) or target.id not in self.once:
            return False
        value = _compile_time(self.source, node.value)
        if isinstance(value, CompileTime):
            self.source.inner[target.id] = value
        return isinstance(value, CompileTime)

    def _array_type(self, node):
        """types.float64[:, ::1]: the type of an array, known while compiling."""
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if not isinstance(node.ctx, ast.Load) or not all(isinstance(p, ast.Slice) for p in parts):
            return None
        base = looked_up(self.source, node.value)
        if not isinstance(base, Type):
            return None
        self.count += 1
        name = f"type_{self.count}"
        self.source.inner[name] = eval(compile(ast.Expression(ast.Subscript(ast.Name("base", ast.Load(), lineno=1, col_offset=0),
            node.slice, ast.Load(), lineno=1, col_offset=0)), "type", "eval"), {"base": base})
        return ast.copy_location(ast.Name(name, ast.Load()), node)

    def visit_Call(self, node):
        if self._is_builtin(node, "iter") and len(node.args) == 1:
            self.generic_visit(node.args[0])
            return self._iterator(node.args[0])
        if self._is_builtin(node, "next") and node.args and self._gone_over_once(node.args[0]):
            self.generic_visit(node)
            node.args[0] = self._iterator(node.args[0])
            return node
        self.generic_visit(node)
        callee = _compile_time(self.source, node.func)
        if isinstance(callee, CompileTime):
            return self._standing_for(callee.called(), node)
        if isinstance(node.func, ast.Attribute):
            if node.func.attr == "range":  # cupyx.jit.range(n, unroll=True): LLVM decides
                node.keywords = [keyword for keyword in node.keywords if keyword.arg != "unroll"]
            if node.func.attr in _SHAPE_FIRST and node.args:
                node.args[0] = _as_tuple(node.args[0])
            for keyword in node.keywords:
                if keyword.arg in _SHAPES:
                    keyword.value = _as_tuple(keyword.value)
        elif _is_call(node, "list") and len(node.args) == 1 and _is_call(node.args[0], "range", "zip", "enumerate"):
            self.count += 1
            name = f"item_{self.count}"
            loop = ast.comprehension(ast.Name(name, ast.Store()), node.args[0], [], 0)
            return ast.copy_location(ast.ListComp(ast.Name(name, ast.Load()), [loop]), node)
        elif _is_call(node, "reversed") and len(node.args) == 1 and _is_call(node.args[0], "range"):
            return _downwards(node.args[0]) or node
        return node


def _is_unroll(node, source):
    """Is this literal_unroll(…)?"""
    if not isinstance(node, ast.Call) or len(node.args) != 1 or node.keywords:
        return False
    return getattr(looked_up(source, node.func), "_wf_name", "") == "numba.literal_unroll"


def _unrolled_lists(node, source):
    """A list that is only unrolled, measured and indexed is a tuple: its items may have several types."""
    unrolled = [n for n in ast.walk(node) if _is_unroll(n, source)]
    for call in unrolled:
        call.args[0] = _outer_tuple(call.args[0])
    for name in {call.args[0].id for call in unrolled if isinstance(call.args[0], ast.Name)}:
        _list_as_tuple(node, name)


def _outer_tuple(node):
    if isinstance(node, ast.List) and not any(isinstance(e, ast.Starred) for e in node.elts):
        return ast.copy_location(ast.Tuple(node.elts, ast.Load()), node)
    return node


def _list_as_tuple(node, name):
    stores = [n for n in ast.walk(node) if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Store)]
    changed = [n for n in ast.walk(node) if isinstance(n, (ast.Attribute, ast.Subscript)) and isinstance(n.value, ast.Name)
               and n.value.id == name and (isinstance(n, ast.Attribute) or not isinstance(n.ctx, ast.Load))]
    for n in ast.walk(node) if len(stores) == 1 and not changed else ():
        if isinstance(n, ast.Assign) and n.targets == stores:
            n.value = _outer_tuple(n.value)
        elif isinstance(n, ast.Assign) and isinstance(n.value, ast.Tuple) and isinstance(n.targets[0], ast.Tuple):
            if stores[0] in n.targets[0].elts and len(n.value.elts) == len(n.targets[0].elts):
                at = n.targets[0].elts.index(stores[0])
                n.value.elts[at] = _outer_tuple(n.value.elts[at])


def _is_stencil(source, node):
    """Does the name stand for wf.stencil?"""
    found = looked_up(source, node) if isinstance(node, (ast.Name, ast.Attribute)) and _last(node) == "stencil" else None
    return getattr(found, "__module__", "") == "weft._stencil" and getattr(found, "__name__", "") == "stencil"


def _last(node):
    return node.id if isinstance(node, ast.Name) else node.attr


def plain_forms(node, source):
    """The function's node, rewritten; the same one when there is nothing to do."""
    if not any(isinstance(n, (ast.Call, ast.Subscript, ast.GeneratorExp, ast.Starred, ast.NamedExpr)) for n in ast.walk(node)):
        return node
    node = copied(node)
    if any(_is_stencil(source, getattr(n, "func", n)) for n in ast.walk(node) if isinstance(n, (ast.Call, ast.Name, ast.Attribute))):
        from ._stencil import made_inside

        made_inside(node, source, _is_stencil)
    _unrolled_lists(node, source)
    return ast.fix_missing_locations(_Forms(source, node).visit(node))


# ---- jit(locals={name: type}) ----

class _Kept(ast.NodeTransformer):
    """After each statement that binds one of the names, its value is converted."""

    def __init__(self, names):
        self.names = names

    def convert(self, names, node):
        made = []
        for name in sorted(names & self.names):
            call = ast.Call(ast.Name(KEPT + name, ast.Load()), [ast.Name(name, ast.Load())], [])
            made.append(ast.copy_location(ast.Assign([ast.Name(name, ast.Store())], call), node))
        return made

    def _binds(self, *targets):
        return {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}

    def visit_Assign(self, node):
        return [node, *self.convert(self._binds(*node.targets), node)]

    def visit_AugAssign(self, node):
        return [node, *self.convert(self._binds(node.target), node)]

    def visit_AnnAssign(self, node):
        return [node, *self.convert(self._binds(node.target), node)] if node.value is not None else node

    def visit_For(self, node):
        self.generic_visit(node)
        node.body = self.convert(self._binds(node.target), node) + node.body
        return node

    def visit_FunctionDef(self, node):
        return node


KEPT = "__wf_kept_"


def kept_in(node, types):
    """The function's node, with its variables of these names in these types, and {name in the node: type}. Types of single values only."""
    types = {name: type_ for name, type_ in types.items() if getattr(type_, "code", "") in list("?bhilBHILefdFD")}
    if not types or not isinstance(node, ast.FunctionDef):
        return node, {}
    kept, node = _Kept(set(types)), copied(node)
    arguments = node.args
    given = {a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
    body = [made for part in node.body for made in (lambda m: m if isinstance(m, list) else [m])(kept.visit(part))]
    node.body = kept.convert(given, node.body[0]) + body
    return ast.fix_missing_locations(node), {KEPT + name: type_ for name, type_ in types.items()}
