"""np.r_[…], np.c_[…], np.s_[…] and np.index_exp[…] in compiled functions: rewritten into the functions that they stand for."""

import ast

import numpy as np

from ._pysource import TypingError


def _column(x):
    """An array of at least two axes: one of one axis is a column."""
    x = np.atleast_1d(x)
    if x.ndim == 1:
        return x.reshape((-1, 1))
    return x


def _count(step):
    return int(abs(step))


_LINE = {"np_line__of": np.linspace, "np_steps__of": np.arange, "np_some__of": np.atleast_1d, "np_joined__of": np.concatenate,
         "np_column__of": _column, "np_count__of": _count, "np_slice__of": slice}


class _Tricks:
    def __init__(self, source, node):
        self.source, self.node = source, node

    def call(self, name, *args):
        self.source.inner[name] = _LINE[name]
        return ast.Call(ast.Name(name, ast.Load()), list(args), [])

    def parts(self):
        index = self.node.slice
        return index.elts if isinstance(index, ast.Tuple) else [index]

    def error(self, words):
        line = self.node.lineno - self.source.shift + self.source.first_line - 1
        return TypingError(f"{self.source.filename}:{line}: {words}")

    def line(self, part):
        """The numbers of a slice: from its start by its step up to its stop, or, with a step of 4j (n * 1j, -4j), four from start to stop."""
        if part.upper is None:
            raise self.error("a slice in np.r_ and np.c_ needs its end")
        start = part.lower or ast.Constant(0)
        if part.step and any(isinstance(n, ast.Constant) and isinstance(n.value, complex) for n in ast.walk(part.step)):
            return self.call("np_line__of", start, part.upper, self.call("np_count__of", part.step))
        return self.call("np_steps__of", start, part.upper, part.step or ast.Constant(1))

    def items(self):
        if any(isinstance(part, ast.Constant) and isinstance(part.value, str) for part in self.parts()):
            raise self.error("np.r_ and np.c_ with directions in words are not supported in compiled functions; call np.concatenate()")
        return [self.line(p) if isinstance(p, ast.Slice) else self.call("np_some__of", p) for p in self.parts()]

    def joined(self):
        items = self.items()
        return items[0] if len(items) == 1 else self.call("np_joined__of", ast.Tuple(items, ast.Load()))

    def columns(self):
        """They are joined along the last axis."""
        columns = [self.call("np_column__of", item) for item in self.items()]
        return self.call("np_joined__of", ast.Tuple(columns, ast.Load()), ast.Constant(-1))

    def slices(self):
        made = [self.call("np_slice__of", *(p or ast.Constant(None) for p in (part.lower, part.upper, part.step))) if isinstance(part, ast.Slice)
                else part for part in self.parts()]
        return ast.Tuple(made, ast.Load()) if isinstance(self.node.slice, ast.Tuple) else made[0]

    def expression(self):
        made = self.slices()
        return made if isinstance(made, ast.Tuple) else ast.Tuple([made], ast.Load())


_MEANINGS = ((np.r_, _Tricks.joined), (np.c_, _Tricks.columns), (np.s_, _Tricks.slices), (np.index_exp, _Tricks.expression))


def index_trick(source, node, found):
    """What the subscript of one of these objects stands for; None: it is none of them."""
    if not isinstance(node.ctx, ast.Load):
        return None
    meaning = next((meaning for trick, meaning in _MEANINGS if found is trick), None)
    return meaning and ast.fix_missing_locations(ast.copy_location(meaning(_Tricks(source, node)), node))
