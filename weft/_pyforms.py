"""Forms of NumPy programs that have a plainer one, rewritten in the syntax tree before a function is compiled.

A list that only says a shape or axes (np.zeros([n, 3]), axes=([1], [0])) becomes a tuple: a tuple's length is known while
compiling. list(range(n)) becomes a comprehension, reversed(range(n)) a range that goes down.
"""

import ast
import copy

_SHAPE_FIRST = {"zeros", "ones", "empty", "full"}
_SHAPES = {"axis", "axes", "shape", "newshape", "size", "reps", "pad_width"}


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


class _Forms(ast.NodeTransformer):
    def __init__(self):
        self.count = 0

    def visit_Call(self, node):
        self.generic_visit(node)
        if isinstance(node.func, ast.Attribute):
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


def plain_forms(node):
    """The function's node, rewritten; the same one when there is nothing to do."""
    if not any(isinstance(n, ast.Call) for n in ast.walk(node)):
        return node
    return ast.fix_missing_locations(_Forms().visit(copy.deepcopy(node)))
