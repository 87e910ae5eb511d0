"""Random Python functions, run by CPython and compiled: the results must agree.

    python tests/fuzz/pyfunc.py --seconds 30            # new programs each time
    python tests/fuzz/pyfunc.py --seed 1234 --count 1   # one of them again, with its text

A program is made type by type (Maker): it keeps integers small, so that Python's unbounded ones and the compiler's of 64 bits
agree, and ends by itself. Every second one is then damaged (damaged()): nodes of its tree are exchanged for others, which
mostly gives what nobody would write; of those only a crash, a hang or an exception that is none of the compiler's counts,
or another result than Python's. What the compiler refuses (TypingError) is counted by its words, not an error.

Each batch runs in a process of its own, whose end by a signal, or silence for a minute, names the program.
"""

import argparse
import ast
import collections.abc
import math
import os
import random
import re
import signal
import subprocess
import sys
import time
import warnings

SECONDS_EACH = 20

# ---- making a program ----

INT, FLOAT, BOOL, LIST, TEXT, ARRAY, DICT, SET, PAIR, FLOATS, MATRIX, WORDS, COUNTS, ROWS, MIXED = "ifbltadspFMWCRX"
NAMES = {MATRIX: ["mat", "mut"], WORDS: ["words"], COUNTS: ["counts"], ROWS: ["rows"], MIXED: ["mixed"],
         INT: "ijk", FLOAT: "xyz", BOOL: "pq", LIST: "mn", TEXT: "st", ARRAY: "vw", DICT: "d", SET: "u", PAIR: "ab", FLOATS: "gh"}


class Maker:
    """One program's text. Each method gives an expression of its type, at most `deep` levels high."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines, self.indent, self.loops, self.vars, self.helpers, self.fresh = [], 1, 0, {}, 0, 0
        self.fixed = set()  # names that a loop around goes over: not to be changed in length
        self.generators = self.inner = 0

    def pick(self, *choices):
        return self.random.choice(choices)

    def chance(self, p):
        return self.random.random() < p

    def var(self, kind):
        known = sorted(n for n, k in self.vars.items() if k == kind)
        return self.random.choice(known) if known else None

    # -- expressions

    def of(self, kind, deep):
        return {INT: self.int_, FLOAT: self.float_, BOOL: self.bool_, LIST: self.list_, TEXT: self.text, ARRAY: self.array, DICT: self.dict_,
                SET: self.set_, PAIR: self.pair, FLOATS: self.floats, MATRIX: self.matrix, WORDS: self.words, COUNTS: self.counts,
                ROWS: self.rows, MIXED: self.mixed}[kind](deep)

    def int_(self, deep):
        r, name = self.random, self.var(INT)
        if deep <= 0:
            return name if name and self.chance(0.7) else str(r.randint(-9, 9))
        a, b = self.int_(deep - 1), self.int_(deep - 1)
        way = r.randrange(32)
        if way < 6:
            return f"(({a}) {self.pick('+', '-', '*', '&', '|', '^')} ({b})) % {r.randint(2, 999)}"
        if way == 6:
            return f"(({a}) {self.pick('//', '%')} (({b}) {self.pick('| 1', '% 7', '& 3')}))"
        if way == 7:
            return f"(({a}) << (({b}) & 3)) % 1000"
        if way == 8:
            return f"({self.pick('abs', '-', '~', '+', 'int')}({a}))"
        if way == 9:
            return f"{self.pick('min', 'max')}({a}, {b})"
        if way == 10:
            return f"({a} if {self.bool_(deep - 1)} else {b})"
        if way == 11 and self.var(LIST):
            m = self.var(LIST)
            return self.pick(f"len({m})", f"sum({m}) % 999", f"({m}[({a}) % len({m})] if len({m}) else {b})", f"{m}.count({a})",
                             f"({m}[-1] if {m} else 1)", f"{m}[{a}]")
        if way == 12 and self.var(TEXT):
            return self.pick(f"len({self.var(TEXT)})", f"{self.text(0)}.find({self.text(deep - 1)})", f"ord(({self.text(deep - 1)} + 'z')[0])",
                             f"{self.text(deep - 1)}.count('a')")
        if way == 13 and self.var(DICT):
            d = self.var(DICT)
            return self.pick(f"{d}.get({a}, {b})", f"len({d})", f"({d}[{a}] if {a} in {d} else {b})", f"sum({d}.values()) % 999", f"{d}[{a}]")
        if way == 14:
            return f"{self.pair(deep - 1)}[0]"
        if way == 15 and self.var(SET):
            return self.pick(f"len({self.var(SET)})", f"sum(sorted({self.var(SET)})) % 99", f"len({self.set_(deep - 1)})")
        if way == 16 and self.var(ARRAY):
            v = self.var(ARRAY)
            return self.pick(f"len({v})", f"{v}.size", f"int({v}[({a}) % len({v})])", f"int({v}.sum()) % 999", f"int({v}[{a}])", f"{v}.shape[0]")
        if way == 17 and self.helpers:
            return f"helper{r.randrange(self.helpers)}({a}, {b})"
        if way == 18:
            return f"int({self.float_(deep - 1)} * 3) % 1000"
        if way == 19:
            return self.pick(f"(({a}) and ({b}))", f"(({a}) or ({b}))", f"divmod({a}, 7)[{r.randint(0, 1)}]", f"(({a}) % 9) ** {r.randint(0, 3)}",
                             f"({a}) % 8 >> {r.randint(0, 3)}")
        if way == 20:
            return f"sum([{self.comprehension(deep)}]) % 99"
        if way == 21 and self.chance(0.5):
            self.fresh += 1
            name = f"got{self.fresh}"
            return f"(({name} := {a}) + {name}) % 50"
        if way == 22:
            return f"int({self.bool_(deep - 1)})"
        if way == 26 and self.inner:
            return self.pick(f"inner{r.randrange(self.inner)}({a})", f"inner{r.randrange(self.inner)}({a}, j={b})", f"(lambda i: {self.int_(0)} - i)({a})")
        if way == 27 and self.var(MATRIX):
            m = self.var(MATRIX)
            return self.pick(f"{m}.shape[{r.randint(0, 1)}]", f"int({m}[({a}) % len({m}), -1])", f"int(abs({m}).sum()) % 99", f"{m}.size", f"len({m}.T)")
        if way == 28 and self.var(WORDS):
            w = self.var(WORDS)
            return self.pick(f"len({w})", f"len({w}[-1] if {w} else '')", f"len('-'.join({w}))", f"{w}.count({self.text(0)})", f"sum([len(z0) for z0 in {w}])")
        if way == 29 and self.var(COUNTS):
            c = self.var(COUNTS)
            return self.pick(f"{c}.get({self.text(1)}, {a})", f"len({c})", f"sum([{c}[z1] for z1 in {c}]) % 99", f"{c}[{self.text(0)}]")
        if way == 30 and self.var(ROWS):
            rows = self.var(ROWS)
            return self.pick(f"len({rows})", f"sum([len(z2) for z2 in {rows}])", f"({rows}[0][-1] if {rows} and {rows}[0] else {a})", f"sum([z3 for z2 in {rows} for z3 in z2]) % 99")
        if way == 31:
            return self.pick(f"({a}, {b}, {self.int_(0)})[({a}) % 3]", f"len(({a}, {b})[{r.randint(-2, 2)}:{self.pick('', '1', '2')}])", f"sum(({a}, {b})) % 77",
                             f"min([{a}, {b}])")
        if way == 23:
            return f"round({self.float_(deep - 1)} % 100)"
        return self.int_(deep - 1)

    def comprehension(self, deep):
        name = f"c{self.random.randrange(3)}"
        shown = self.vars.get(name)
        self.vars[name] = INT
        item = f"{self.int_(deep - 1)}"
        test = f" if {self.bool_(deep - 1)}" if self.chance(0.3) else ""
        if shown is None:
            del self.vars[name]
        source = self.pick(f"range({self.random.randint(0, 6)})", f"range(abs({self.int_(0)}) % 7)", self.list_(0) if self.var(LIST) else "range(3)")
        return f"{item} for {name} in {source}{test}"

    def float_(self, deep):
        r, name = self.random, self.var(FLOAT)
        if deep <= 0:
            return name if name and self.chance(0.7) else self.pick("0.5", "1.25", "-2.0", "3.75", "0.1", "1e3")
        a, b = self.float_(deep - 1), self.float_(deep - 1)
        way = r.randrange(17)
        if way == 14 and self.var(MATRIX):
            m = self.var(MATRIX)
            return self.pick(f"{m}[({self.int_(0)}) % len({m})].sum()", f"{m}[:, -1].max()", f"{m}.mean()", f"{m}.T[0].sum()", f"{m}[::2, ::-1].sum()",
                             f"({m} @ {m}.T)[0, 0]", f"{m}[({self.int_(0)}) % len({m}), 0]", f"{m}.sum(axis=0)[0]", f"{m}[{self.int_(0)}, {self.int_(0)}]",
                             f"{m}[1:, :2].sum()", f"{m}.ravel()[-1]", f"{m}.max(axis=1).sum()")
        if way == 15 and self.var(MIXED):
            return self.pick(f"{self.var(MIXED)}[-1]", f"sum({self.var(MIXED)})", f"max({self.var(MIXED)})", f"{self.var(MIXED)}[{self.int_(0)}]")
        if way < 4:
            return f"({a} {self.pick('+', '-', '*')} {self.pick(b, self.int_(deep - 1))})"
        if way == 4:
            return f"({a} / {self.pick('(abs(' + b + ') + 1)', b, self.int_(deep - 1))})"
        if way == 5:
            return f"({a} {self.pick('//', '%')} {self.pick('2.5', '-0.75', b, str(r.randint(1, 5)))})"
        if way == 6:
            return f"math.{self.pick('sqrt', 'log1p')}(abs({a}))"
        if way == 7:
            return f"math.{self.pick('sin', 'cos', 'atan', 'tanh', 'fabs')}({a})"
        if way == 8:
            return f"float({self.int_(deep - 1)})"
        if way == 9:
            return f"({a} if {self.bool_(deep - 1)} else {b})"
        if way == 10:
            return f"{self.pick('min', 'max')}({a}, {b})"
        if way == 11:
            return f"{self.pair(deep - 1)}[1]"
        if way == 12 and self.var(FLOATS):
            g = self.var(FLOATS)
            return self.pick(f"{g}[({self.int_(deep - 1)}) % len({g})]", f"{g}.sum()", f"{g}.max()", f"np.abs({g}).mean()", f"{g}[-1]", f"({g} * 2 + 1).sum()",
                             f"{g}[{self.int_(deep - 1)}]", f"(({g} > {a}) | ({g} < {b})).sum() * 0.5")
        return f"(-{a})"

    def bool_(self, deep):
        name = self.var(BOOL)
        if deep <= 0:
            return name if name and self.chance(0.6) else self.pick("True", "False")
        a, b = self.int_(deep - 1), self.int_(deep - 1)
        compare = self.pick("<", "<=", "==", "!=", ">", ">=")
        way = self.random.randrange(11)
        if way < 3:
            return f"(({a}) {compare} ({b}))"
        if way == 3:
            return f"({self.float_(deep - 1)} {self.pick('<', '>', '<=', '>=')} {self.float_(deep - 1)})"
        if way == 4:
            return f"(not {self.bool_(deep - 1)})"
        if way == 5:
            return f"({self.bool_(deep - 1)} {self.pick('and', 'or', '==', '!=', '^', '&')} {self.bool_(deep - 1)})"
        if way == 6:
            return f"(({a}) {self.pick('<', '<=')} ({b}) {self.pick('<', '!=', '==')} ({self.int_(0)}))"
        if way == 7:
            return self.pick(f"(({a}) in {self.list_(deep - 1)})", f"(({a}) not in {self.set_(deep - 1)})", f"(({a}) in {self.dict_(deep - 1)})",
                             f"({self.text(0)} in {self.text(deep - 1)})", f"(({a}) in ({b}, 1, 2))")
        if way == 8:
            return f"({self.text(deep - 1)} {compare} {self.text(deep - 1)})"
        if way == 9:
            return f"({self.list_(deep - 1)} {self.pick('==', '!=', '<')} {self.list_(deep - 1)})"
        return f"({self.pair(deep - 1)} {compare} {self.pair(deep - 1)})"

    def list_(self, deep):
        name = self.var(LIST)
        if deep <= 0:
            return name if name and self.chance(0.8) else f"[{self.random.randint(-5, 5)}, {self.random.randint(-5, 5)}]"
        way = self.random.randrange(8)
        if way == 0:
            return f"[{self.comprehension(deep)}]"
        if way == 1:
            return f"({self.list_(deep - 1)} + {self.list_(deep - 1)})"
        if way == 2:
            low, high = self.pick("", str(self.random.randint(-3, 3))), self.pick("", self.int_(0))
            return f"{self.list_(deep - 1)}[{low}:{high}{self.pick('', ':-1', ':2')}]"
        if way == 3:
            return f"sorted({self.pick(self.list_(deep - 1), self.set_(deep - 1))}{self.pick('', ', reverse=True')})"
        if way == 4:
            return f"[{', '.join(self.int_(deep - 1) for _ in range(self.random.randint(1, 4)))}]"
        if way == 5:
            return f"({self.list_(deep - 1)} * {self.random.randint(0, 2)})"
        if way == 6 and self.var(DICT):
            return f"list({self.var(DICT)}{self.pick('', '.keys()', '.values()')})"
        return f"{self.list_(deep - 1)}.copy()"

    def text(self, deep):
        name = self.var(TEXT)
        if deep <= 0:
            return name if name and self.chance(0.6) else self.pick("'a'", "'abc'", "''", "'b\\xe9'", "'xyz 1'")
        way = self.random.randrange(9)
        if way == 7:
            return self.pick(f"'-'.join([{self.text(deep - 1)}, {self.text(0)}])", f"{self.text(deep - 1)}.title()", f"{self.text(deep - 1)}.lstrip('a')",
                             f"(({self.text(deep - 1)}, 'w')[{self.random.randint(0, 1)}])", f"{self.text(deep - 1)}.rjust(6)")
        if way == 8 and self.var(WORDS):
            return self.pick(f"({self.var(WORDS)}[0] if {self.var(WORDS)} else 'none')", f"''.join({self.var(WORDS)})[:9]", f"sorted({self.var(WORDS)} + ['m'])[0]")
        if way == 0:
            return f"({self.text(deep - 1)} + {self.text(deep - 1)})"
        if way == 1:
            return f"{self.text(deep - 1)}[{self.pick('', '1', '-2')}:{self.pick('', self.int_(0))}{self.pick('', ':-1', ':2', ':-2')}]"
        if way == 2:
            return f"f'{{{self.var(INT) or 1}}}-{{{self.var(TEXT) or 2}}}'"
        if way == 3:
            return f"str({self.int_(deep - 1)})"
        if way == 4:
            return f"{self.text(deep - 1)}.{self.pick('upper()', 'strip()', 'replace(' + chr(39) + 'a' + chr(39) + ', ' + chr(39) + 'bb' + chr(39) + ')', 'lower()')}"
        if way == 5:
            return f"({self.text(deep - 1)} if {self.bool_(deep - 1)} else {self.text(deep - 1)})"
        return f"({self.text(0)} * {self.random.randint(0, 2)})"

    def array(self, deep):
        name = self.var(ARRAY)
        if deep <= 0:
            return name if name else "np.arange(5)"
        way = self.random.randrange(7)
        a = self.array(deep - 1)
        if way == 0:
            return f"np.arange({self.random.randint(1, 6)})"
        if way == 1:
            return f"(({a} {self.pick('+', '-', '*')} {self.int_(0)}) % 100)"
        if way == 2:
            return f"{a}[{self.pick('::-1', '::2', '1:', ':3')}]"
        if way == 3:
            return f"np.where({a} > {self.int_(0)}, {a}, {self.int_(0)})"
        if way == 4:
            return f"(np.{self.pick('sort', 'cumsum', 'abs', 'flip')}({a}) % 1000)"
        if way == 5:
            return f"{a}[{a} {self.pick('>', '!=', '<')} {self.int_(0)}]"
        return f"{a}.copy()"

    def floats(self, deep):
        name = self.var(FLOATS)
        if deep <= 0:
            return name if name else "np.linspace(0.0, 1.0, 4)"
        g = self.floats(deep - 1)
        return self.pick(f"({g} {self.pick('+', '-', '*')} {self.float_(0)})", f"np.{self.pick('sin', 'abs', 'floor')}({g})", f"{g}[::-1]", f"({g} * {g} - {g})",
                         f"np.where({g} > 0.5, {g}, {self.float_(0)})", f"np.zeros({self.random.randint(1, 5)})", f"np.minimum({g}, {self.float_(0)})")

    def matrix(self, deep):
        name = self.var(MATRIX)
        if deep <= 0:
            return name if name else "np.arange(6.0).reshape(2, 3)"
        m = self.matrix(deep - 1)
        return self.pick(f"({m} {self.pick('+', '-', '*')} {self.float_(0)})", f"{m}.T", f"{m}[::-1]", f"{m}[:, ::-1]", f"{m}[::2, 1:]", f"({m} - {m}.mean())",
                         f"np.where({m} > 0.5, {m}, {self.float_(0)})", f"({m} @ {m}.T)", f"np.zeros(({self.random.randint(1, 3)}, {self.random.randint(1, 3)}))",
                         f"{m}.copy()", f"np.abs({m})", f"({m} + {m}[0])", f"{m}.reshape(-1, 1)", f"np.vstack(({m}, {m}))")

    def words(self, deep):
        name = self.var(WORDS)
        if name and (deep <= 0 or self.chance(0.4)):
            return name
        return self.pick(f"[{self.text(0)}, {self.text(max(deep - 1, 0))}]", f"{self.text(0)}.split()", f"'a b c'.split({self.pick('', chr(39) + ' ' + chr(39))})",
                         f"[str(z4) for z4 in range({self.random.randint(1, 4)})]", f"sorted([{self.text(0)}, 'q', {self.text(0)}])")

    def counts(self, deep):
        return f"{{{self.pick(chr(39) + 'a' + chr(39), self.text(0))}: {self.int_(0)}, 'k': {self.int_(0)}}}"

    def rows(self, deep):
        return self.pick(f"[{self.list_(0)}, [{self.int_(0)}]]", f"[[z5, {self.int_(0)}] for z5 in range({self.random.randint(1, 4)})]", f"[{self.list_(0)}.copy()] * 2")

    def mixed(self, deep):
        return self.pick(f"[{self.int_(0)}, {self.float_(0)}]", f"[{self.float_(0)} for _ in range({self.random.randint(1, 3)})]", "[1, 2]", "[0.5] + [1.5]")

    def dict_(self, deep):
        name = self.var(DICT)
        if name and (deep <= 0 or self.chance(0.6)):
            return name
        way = self.random.randrange(2)
        if way == 0 or deep <= 0:
            return f"{{{self.random.randint(0, 3)}: {self.int_(0)}, {self.random.randint(4, 9)}: {self.int_(0)}}}"
        return f"{{e0: e0 * 2 for e0 in range({self.random.randint(1, 5)})}}"

    def set_(self, deep):
        name = self.var(SET)
        if name and (deep <= 0 or self.chance(0.5)):
            return name
        if deep > 0 and self.chance(0.5):
            return self.pick(f"set({self.list_(deep - 1)})", f"({self.set_(deep - 1)} {self.pick('|', '&', '-', '^')} {self.set_(deep - 1)})")
        return f"{{{self.random.randint(0, 5)}, {self.random.randint(0, 5)}}}"

    def pair(self, deep):
        name = self.var(PAIR)
        if name and (deep <= 0 or self.chance(0.4)):
            return name
        if deep > 0 and self.chance(0.2):
            return f"({self.pair(deep - 1)} if {self.bool_(deep - 1)} else {self.pair(deep - 1)})"
        return f"({self.int_(deep - 1)}, {self.float_(deep - 1)})"

    # -- statements

    def add(self, line):
        self.lines.append("    " * self.indent + line)

    def body(self, count):
        """Statements one level in; what is assigned there first is unknown afterwards."""
        before = dict(self.vars)
        self.indent += 1
        for _ in range(max(1, count)):
            self.statement(count - 1)
        self.indent -= 1
        self.vars = before

    def assign(self):
        kind = self.pick(INT, INT, INT, FLOAT, FLOAT, BOOL, LIST, LIST, TEXT, ARRAY, FLOATS, DICT, SET, PAIR, MATRIX, MATRIX, WORDS, COUNTS, ROWS, MIXED)
        if kind in (LIST, DICT, SET, ARRAY, FLOATS, MATRIX, WORDS, COUNTS, ROWS, MIXED) and self.loops:
            return self.change()  # what grows does so a little at a time
        name = self.random.choice(NAMES[kind])
        if name in self.fixed:
            return self.add("pass")
        self.add(f"{name} = {self.of(kind, self.random.randint(0, 3) - self.loops)}")
        if kind == TEXT:
            self.add(f"{name} = {name}[:12]")
        self.vars[name] = kind

    def change(self):
        """In place."""
        kinds = [k for k in (LIST, DICT, SET, ARRAY, FLOATS, INT, FLOAT, MATRIX, WORDS, COUNTS, ROWS, MIXED) if self.var(k)]
        kind = self.random.choice(kinds)
        name, i = self.var(kind), self.int_(1)
        if name in self.fixed and kind != INT:
            return self.add("pass")
        steps = self.var(ARRAY)  # what a call inside of an update changes
        if kind in (LIST, ARRAY, FLOATS, MIXED, DICT, MATRIX) and steps and steps not in self.fixed and self.chance(0.15):
            turned = f"turned({steps})"
            self.add(self.pick(f"{name}[{turned}] += {turned}", f"{name}[{steps}[0] % 2] -= {turned} + {i}", f"{name}[0] += {turned} * {steps}[0]",
                               *([f"{name}[{turned} % 2:] += {turned}", f"{name}[{steps}[-1] % 3:] -= {turned}"] if kind in (ARRAY, FLOATS, MATRIX) else [])))
            if kind == MATRIX:
                self.add(f"if not np.abs({name}).max() < 1e6: {name}[:] = 0.5")
        elif kind == LIST:
            self.add(self.pick(f"{name}.append({i})", f"{name}[{self.int_(0)}] = {i}", f"{name}.insert({self.int_(0)}, {i})", f"{name}.sort()",
                               f"if len({name}) > 2: {name}.pop({self.pick('', '0', '-1')})", f"{name}.reverse()", f"{name}.extend([{i}, 1])",
                               f"{name} += [{i}]", f"del {name}[:1]"))
            self.add(f"if len({name}) > 40: {name}.clear()")
        elif kind == DICT:
            self.add(self.pick(f"{name}[{i}] = {self.int_(1)}", f"{name}.pop({i}, 0)", f"{name}[1] = {name}.get(1, 0) + 1", f"{name}.setdefault({i}, 5)"))
        elif kind == SET:
            self.add(self.pick(f"{name}.add({i})", f"{name}.discard({i})", f"{name} |= {{{i}, 2}}"))
        elif kind == ARRAY:
            self.add(self.pick(f"{name}[{self.int_(0)}] = {i}", f"{name}[:2] = {i}", f"{name} += {self.int_(0)}", f"{name}[{name} > 3] = {self.int_(0)}",
                               f"{name}[1:] = {name}[:-1]", f"{name}[0] += {i}") if self.chance(0.9) else f"{name}[::-1] = {name}")
        elif kind == FLOATS:
            self.add(self.pick(f"{name}[{self.int_(0)}] = {self.float_(1)}", f"{name}[:] = {self.float_(1)}", f"{name} *= 0.5", f"{name}[0] -= {self.float_(1)}"))
        elif kind == MATRIX:
            self.add(self.pick(f"{name}[{self.int_(0)} % len({name})] = {self.float_(1)}", f"{name}[:, 0] += {self.float_(0)}", f"{name}[::2, ::-1] *= 0.5",
                               f"{name}[0, -1] -= {self.float_(0)}", f"{name}[0] = {name}[-1]", f"{name} += {name}[0]", f"{name}[{name} > 1] = {self.float_(0)}",
                               f"{name}[{self.int_(0)}, 0] = {self.float_(0)}", f"for row in {name}: row[0] = {self.float_(0)}"))
            self.add(f"if not np.abs({name}).max() < 1e6: {name}[:] = 0.5")
        elif kind == WORDS:
            self.add(self.pick(f"{name}.append({self.text(1)}[:9])", f"{name}[0] = {self.text(0)}", f"{name}.sort()", f"{name}.insert(0, {self.text(0)})", f"{name} += ['n']",
                               f"{name}.reverse()"))
            self.add(f"if len({name}) > 9: {name}.clear()")
        elif kind == COUNTS:
            self.add(self.pick(f"{name}[{self.text(1)}[:5]] = {i}", f"{name}.pop({self.text(0)}, 1)", f"{name}['a'] = {name}.get('a', 0) + 1", f"{name}.setdefault({self.text(0)}, 2)"))
        elif kind == ROWS:
            self.add(self.pick(f"{name}.append([{i}])", f"{name}[0].append({i})", f"{name}[-1] = {self.list_(0)}", f"for z6 in {name}: z6.reverse()", f"{name}.append({self.list_(0)})"))
            self.add(f"if len({name}) > 9: {name} = {name}[:2]")
        elif kind == MIXED:
            self.add(self.pick(f"{name}.append({self.float_(1)})", f"{name}.append({i})", f"{name}[0] = {self.float_(0)}", f"{name}.insert(0, {self.float_(0)})", f"{name}.sort()"))
            self.add(f"if len({name}) > 9: {name} = [2.5]")
        elif kind == INT:
            self.add(f"{name} {self.pick('+=', '-=', '^=', '|=', '%=', '//=')} {self.random.randint(1, 9)}")
        else:
            self.add(f"{name} {self.pick('+=', '-=', '*=')} {self.float_(0)}")
            self.add(f"if not abs({name}) < 1e6: {name} = 1.5")

    def loop(self, size):
        if self.loops >= 2:
            return self.assign()
        name = self.pick("i", "j", "k")
        held = []
        way = self.random.randrange(9)
        if way == 7 and self.generators:
            source = f"gen{self.random.randrange(self.generators)}({self.int_(1)}, {self.random.randint(1, 6)})"
            head, new = self.pick((f"for {name} in {source}:", {name: INT}), (f"for i, j in enumerate({source}):", {"i": INT, "j": INT}))
        elif way == 8 and self.var(MATRIX):
            m = self.var(MATRIX)
            held = [m]
            head, new = self.pick((f"for g in {m}:", {"g": FLOATS}), (f"for (i, j), x in np.ndenumerate({m}):", {"i": INT, "j": INT, "x": FLOAT}),
                                  (f"for x in {m}.flat:", {"x": FLOAT}), (f"for i in range({m}.shape[0]):", {"i": INT}))
        elif way < 3:
            head = f"for {name} in range({self.pick(str(self.random.randint(0, 6)), f'abs({self.int_(1)}) % 6', f'{self.random.randint(-3, 3)}, {self.random.randint(-3, 8)}', f'{self.int_(0)}, -3, -2')}):"
            new = {name: INT}
        elif way == 3 and self.var(LIST):
            held = [self.var(LIST)]
            head, new = self.pick((f"for {name} in {held[0]}:", {name: INT}), (f"for i, j in enumerate({held[0]}):", {"i": INT, "j": INT}),
                                  (f"for i, j in zip({held[0]}, range(9)):", {"i": INT, "j": INT}))
        elif way == 4 and self.var(FLOATS):
            held = [self.var(FLOATS)]
            head, new = self.pick((f"for x in {held[0]}:", {"x": FLOAT}), (f"for i in range(len({held[0]})):", {"i": INT}))
        elif way == 5:
            self.fresh += 1
            turn = f"turn{self.fresh}"
            self.add(f"{turn} = 0")
            self.add(f"while {turn} < {self.random.randint(1, 7)} and {self.bool_(1)}:" if self.chance(0.5) else f"while {turn} < {self.random.randint(1, 7)}:")
            self.add(f"    {turn} += 1")
            head, new = None, {}
        elif way == 6 and self.var(DICT):
            held = [self.var(DICT)]
            head, new = f"for i, j in sorted({held[0]}.items()):", {"i": INT, "j": INT}
        else:
            head, new = f"for {name} in ({self.int_(0)}, 3, {self.int_(1)}):", {name: INT}
        if head:
            self.add(head)
        before, fixed = dict(self.vars), set(self.fixed)
        self.vars.update(new)
        self.fixed.update(held)
        self.loops += 1
        self.body(size)
        if self.chance(0.3):
            self.add(f"    if {self.bool_(1)}: {self.pick('break', 'continue')}")
        self.loops -= 1
        self.vars, self.fixed = before, fixed
        if self.chance(0.15):
            self.add("else:")
            self.body(1)

    def statement(self, size):
        way = self.random.randrange(20)
        if size > 0 and way < 3:
            self.add(f"if {self.bool_(2)}:")
            self.body(size)
            if self.chance(0.5):
                self.add(self.pick("else:", f"elif {self.bool_(1)}:"))
                self.body(size)
        elif size > 0 and way < 6:
            self.loop(size)
        elif way == 6 and self.var(INT):
            i, j = self.var(INT), self.var(INT)
            self.add(f"{i}, {j} = {self.int_(1)}, {self.int_(1)}")
        elif way == 7 and size > 0:
            self.add("try:")
            self.body(1)
            self.add(f"    if {self.bool_(1)}: raise ValueError('no')")
            self.add(self.pick("except ValueError:", "except Exception:", "except:"))
            self.body(1)
            if self.chance(0.3):
                self.add("finally:")
                self.body(1)
        elif way < 12:
            self.change()
        else:
            self.assign()

    def function(self):
        text = ["import math", "import numpy as np", "", "def turned(v):", "    v[0] = (v[0] + 1) % 5", "    return int(v[0])", ""]
        for n in range(self.random.randint(0, 2)):
            self.vars = {"i": INT, "j": INT}
            inner = self.int_(3)
            text += [f"def helper{n}(i, j):", f"    if i > 5: return {self.int_(2)}", f"    return ({inner}) % 1000", ""]
            self.helpers = n + 1
        for n in range(self.random.randint(0, 2)):
            self.vars = {"i": INT, "j": INT}
            shape = self.pick(["    for k in range(j):", f"        if {self.bool_(1)}: continue", "        yield (k + i) % 100"],
                              ["    k = 0", "    while True:", "        k += 1", f"        if k > j{self.pick('', ' or ' + self.bool_(1))}: return", f"        yield ({self.int_(1)}) % 100"],
                              ["    for k in range(j):", "        for q in range(k):", f"            if q == 2: {self.pick('break', 'return', 'continue')}",
                               f"            yield ({self.int_(1)} + q) % 100", "        yield k"])
            text += [f"def gen{n}(i, j):", *shape, ""]
            self.generators = n + 1
        self.vars = {"i": INT, "x": FLOAT, "p": BOOL, "v": ARRAY, "g": FLOATS}
        if self.chance(0.5):
            self.lines += [f"    top = {self.int_(1)}"]
            known, self.vars = self.vars, {"i": INT, "j": INT, "top": INT}
            self.lines += ["    def inner0(i, j=2):", f"        if i > j: return ({self.int_(1)}) % 100", f"        return ({self.int_(2)}) % 100"]
            self.vars, self.inner = {**known, "top": INT}, 1
        for kind in (INT, LIST, TEXT, DICT, SET, PAIR):
            name = NAMES[kind][-1]
            self.lines.append(f"    {name} = {self.of(kind, 1)}")
            self.vars[name] = kind
        for kind in (MATRIX, WORDS, COUNTS, ROWS, MIXED):
            if self.chance(0.4):
                self.lines.append(f"    {NAMES[kind][-1]} = {self.of(kind, 1)}")
                self.vars[NAMES[kind][-1]] = kind
        for _ in range(self.random.randint(3, 9)):
            self.statement(self.random.randint(0, 3))
        shown = sorted(self.vars)
        scalars = [n for n in shown if self.vars[n] not in (SET,)] + [f"len({n})" for n in shown if self.vars[n] == SET]
        return "\n".join(text + ["def program(i, x, p, v, g):"] + self.lines + [f"    return {', '.join(scalars)},", ""])


# ---- damage ----

def damaged(text, seed):
    """The program with some of its expressions, names and operators exchanged."""
    chance = random.Random(seed)
    tree = ast.parse(text)
    program = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "program")
    expressions = [n for n in ast.walk(program) if isinstance(n, ast.expr) and not isinstance(getattr(n, "ctx", ast.Load()), (ast.Store, ast.Del))]

    class Exchange(ast.NodeTransformer):
        left = chance.randint(1, 4)

        def generic_visit(self, node):
            super().generic_visit(node)
            if isinstance(node, ast.arguments) or not self.left or chance.random() > 0.03:
                return node
            if isinstance(node, ast.expr) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
                self.left -= 1
                return ast.copy_location(chance.choice(expressions), node)
            if isinstance(node, ast.operator):
                self.left -= 1
                return chance.choice([ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.BitOr, ast.MatMult])()
            return node

    try:
        program.body = [Exchange().visit(s) for s in program.body]
        made = ast.unparse(ast.fix_missing_locations(tree))
        compile(made, "damaged", "exec")
        return made
    except (RecursionError, SyntaxError, ValueError):
        return None


# ---- running one ----

def same(a, b, loose):
    if isinstance(a, (tuple, list)):
        return isinstance(b, (tuple, list)) and len(a) == len(b) and all(same(x, y, loose) for x, y in zip(a, b))
    if isinstance(a, dict):  # compiled, a typed.Dict, as in Numba
        return isinstance(b, collections.abc.Mapping) and list(a) == list(b) and all(same(a[k], b[k], loose) for k in a)
    if hasattr(a, "dtype") and getattr(a, "ndim", 0):
        return getattr(b, "shape", None) == a.shape and same(a.tolist(), b.tolist(), loose)
    if isinstance(a, str) or isinstance(b, str) or a is None or b is None:
        return a == b
    if a == b or a != a and b != b:
        return True
    if abs(a) > 2**62 or loose and abs(a) > 2**31:
        return True  # integers that are wider than the compiler's
    return abs(a - b) <= 1e-9 * max(abs(a), abs(b), 1)


def outcome(function, given):
    import numpy as np

    given = [a.copy() if isinstance(a, np.ndarray) else a for a in given]
    try:
        return "value", function(*given), given
    except MemoryError:
        return "raised", "MemoryError", given
    except Exception as error:
        return "raised", type(error).__name__, error


ARGUMENTS = ((3, 1.5, True, range(6), (0.5, -1.25, 3.0)), (-7, -0.25, False, (5, -2, 5), (1.0,)))


def program_of(seed):
    text = Maker(seed).function()
    if seed % 2:
        text = damaged(text, seed) or text
    return text


class Late(BaseException):
    pass


def late(*ignored):
    raise Late


def check(seed, refused):
    """None, or what went wrong."""
    import linecache

    import numpy as np

    from weft._jit import njit
    from weft._pysource import TypingError

    text = program_of(seed)
    file = f"<program {seed}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    names = {}
    exec(compile(text, file, "exec"), names)
    signal.setitimer(signal.ITIMER_PROF, SECONDS_EACH)  # of the processor: machines are busy
    try:
        for i, x, p, v, g in ARGUMENTS:
            given = (i, x, p, np.array(list(v)), np.array(g))
            with np.errstate(all="ignore"):
                want = outcome(names["program"], given)
            compiled = njit(names["program"])
            got = outcome(compiled, given)
            if got[0] == "raised" and isinstance(got[2], TypingError):
                refused[re.sub(r"'[^']*'|\d+", "_", str(got[2]).split("error: ", 1)[-1].split("\n")[0])[:90]] += 1
                return None
            if want[0] == "raised" and (want[1] in ("OverflowError", "MemoryError", "RecursionError") or seed % 2):
                continue  # a damaged program that Python refuses may do anything but crash
            if got[0] == "raised" and (got[1] == "MemoryError" or seed % 2 and got[1] in ("TypeError", "OverflowError", "ValueError", "UnboundLocalError")):
                continue
            if want[0] != got[0] or want[0] == "raised" and want[1] != got[1]:
                return f"arguments {given}:\nPython   {want[:2]}\ncompiled {got}\n{got[2] if got[0] == 'raised' else ''}"
            if want[0] == "value" and not same(want[1], got[1], seed % 2):
                return f"arguments {given}:\nPython   {want[1]}\ncompiled {got[1]}"
    except Late:
        return "still running"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return None


def child(first, count, until):
    signal.signal(signal.SIGPROF, late)
    refused, done = collections.Counter(), 0
    for seed in range(first, first + count):
        if time.time() > until:
            break
        print(f"at {seed}", flush=True)
        try:
            problem = check(seed, refused)
        except Late:
            problem = "still running"
        done += 1
        if problem:
            print(f"WRONG {seed}\n{problem}\n--- {seed}", flush=True)
    print("done", done, repr(dict(refused)), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--count", type=int)
    parser.add_argument("--batch", type=int, default=40)
    parser.add_argument("--child", nargs=3, metavar=("FIRST", "COUNT", "UNTIL"))
    parser.add_argument("--log", help="where programs that fail are kept")
    options = parser.parse_args()
    warnings.simplefilter("ignore")  # of calls of numbers, in damaged programs
    if options.child:
        return child(int(options.child[0]), int(options.child[1]), float(options.child[2]))
    first = options.seed if options.seed is not None else random.SystemRandom().randrange(1 << 40)
    until = time.time() + (options.seconds if not options.count else 1e6)
    if options.count == 1:
        print(program_of(first))
    total, wrong, refused = 0, [], collections.Counter()
    while time.time() < until and (options.count is None or total < options.count):
        count = min(options.batch, (options.count or 1 << 30) - total)
        command = [sys.executable, "-P", os.path.abspath(__file__), "--child", str(first), str(count), str(until)]
        environment = {**os.environ, "WEFT_CACHE_DIR": "off"}
        try:
            ran = subprocess.run(command, capture_output=True, text=True, timeout=120 + count * SECONDS_EACH, env=environment)
            said, ended = ran.stdout, ran.returncode
        except subprocess.TimeoutExpired as error:
            said, ended = (error.stdout or b"").decode(), "never"
        found = re.findall(r"WRONG (\d+)\n(.*?)\n--- \1\n", said, re.S)
        reached = [int(n) for n in re.findall(r"^at (\d+)$", said, re.M)]
        if ended != 0 and reached:
            found.append((str(reached[-1]), f"the process ended with {ended}: {'' if ended == 'never' else ran.stderr[-2000:]}"))
        done = re.search(r"^done (\d+) (\{.*\})$", said, re.M)
        if done:
            refused.update(ast.literal_eval(done[2]))
        elif not reached:
            found.append((str(first), f"nothing ran: {'' if ended == 'never' else ran.stderr[-2000:]}"))
        for seed, problem in found:
            wrong.append(int(seed))
            text = f"==== seed {seed}\n{program_of(int(seed))}\n{problem}\n"
            print(text, flush=True)
            if options.log:
                with open(options.log, "a") as log:
                    log.write(text)
        total += len(reached)
        first = reached[-1] + 1 if reached else first + count
        if not done and not reached:
            break
    print(f"{total} programs, {sum(refused.values())} refused, {len(wrong)} wrong {wrong or ''}")
    for words, times in refused.most_common(12):
        print(f"    {times} refused: {words}")
    return bool(wrong) or not total


if __name__ == "__main__":
    sys.exit(main())
