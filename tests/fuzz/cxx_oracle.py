"""Random functions in what CUDA C and C++ share, compiled by weft for the CPU and by the system's C++ compiler: the same values.

    python tests/fuzz/cxx_oracle.py [SECONDS [SEED]]

Expressions of all arithmetic types with the usual conversions, casts, shifts, comparisons, ?:, assignments and steps; loops, switch with
falling through, structs with bit-fields, arrays, references, templates and lambdas. What C++ leaves undefined is kept out (divisors, counts of
shifts and floats that become integers are guarded; signed overflow wraps on both sides)."""

import ctypes
import random
import subprocess
import sys
import tempfile
import time

import numpy as np

import weft as wf

INTEGERS = ["bool", "char", "signed char", "unsigned char", "short", "unsigned short", "int", "unsigned", "long", "unsigned long", "long long",
            "unsigned long long"]
FLOATS = ["float", "double"]
BREAKS = ["break;", ""]
PRELUDE = """
template <class T> HD int whole(T v) { return v > (T)-1e9 && v < (T)1e9 ? (int)v : 7; }
template <class T> HD T divisor(T v) { return v == 0 || v == (T)-1 ? (T)3 : v; }
template <class T> HD T pick(int i, T a, T b) { return i % 2 ? a : b; }
HD void bump(int &v, int by) { v += by; }
struct Bits { unsigned a : 5; int b : 7; unsigned c : 20; short d; };
struct Pair { int first; double second; HD int sum() const { return first + whole(second); } };
"""


class Function:
    def __init__(self, r, number):
        self.r, self.names, self.depth, self.lines = r, {}, 0, []
        self.names = {"a": "int", "b": "unsigned", "c": "long long", "d": "float", "e": "double", "f": "signed char"}
        self.count = 0
        self.fixed = set()
        body = self.block(3)
        result = " ^ ".join(f"(unsigned long long)whole({n})" if t in FLOATS else f"((unsigned long long){n} * {2 * i + 3}u)"
                            for i, (n, t) in enumerate(self.names.items()))
        self.text = (f"HD unsigned long long f{number}(int a, unsigned b, long long c, float d, double e, signed char f) {{\n" + body
                     + f"return {result};\n}}\n")

    def literal(self):
        r = self.r
        return r.choice([str(r.randint(0, 9)), str(r.choice([255, 65535, 2147483647, 1000003])), f"{r.randint(0, 2 ** 32 - 1)}u", f"{r.randint(0, 2 ** 62)}ll",
                         f"{r.randint(0, 999) / 8}f", f"{r.randint(0, 9999) / 16}", "'x'", "true", f"0x{r.randint(0, 2 ** 16):x}", "1e3f"])

    def value(self, kind=None):
        """A name or a number. kind: 'i', an integer."""
        fit = [n for n, t in self.names.items() if kind != "i" or t in INTEGERS]
        if self.r.random() < 0.75:
            return self.r.choice(fit)
        text = self.literal()
        return f"(int){text}" if kind == "i" and (text[-1] == "f" and "x" not in text or "." in text) else text

    def integer(self, depth):
        r = self.r
        if depth <= 0 or r.random() < 0.15:
            return self.value("i")
        op = r.choice(["+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", "?", "cast", "cmp", "!", "~", "-u", "whole", "&&", "pick", "bits", "lambda"])
        x, y = self.integer(depth - 1), self.integer(depth - 1)
        if op in "/%":
            return f"(({x}) {op} divisor({y}))"
        if op in ("<<", ">>"):
            return f"(({x}) {op} (({y}) & 7))"
        if op == "?":
            return f"({self.integer(depth - 1)} ? {x} : {y})"
        if op == "cast":
            return f"(({r.choice(INTEGERS)})({x}))"
        if op == "cmp":
            return f"({self.any(depth - 1)} {r.choice(['<', '>', '<=', '>=', '==', '!='])} {self.any(depth - 1)})"
        if op in ("!", "~"):
            return f"({op}({x}))" if op == "!" else f"(~(+({x})))"
        if op == "-u":
            return f"(-({x}))"
        if op == "whole":
            return f"whole({self.floating(depth - 1)})"
        if op == "&&":
            return f"({x} {r.choice(['&&', '||'])} {y})"
        if op == "pick":
            return f"pick<{r.choice(INTEGERS)}>({self.value('i')} & 3, {x}, {y})"
        if op == "bits":
            return f"Pair{{(int)({x}), (double)({self.value()})}}.sum()"
        if op == "lambda":
            return f"[&](int p) {{ return p {r.choice('+-*^')} ({y}); }}((int)({x}))"
        return f"(({x}) {op} ({y}))"

    def floating(self, depth):
        r = self.r
        if depth <= 0 or r.random() < 0.2:
            return self.value()
        x, y = self.any(depth - 1), self.floating(depth - 1)
        op = r.choice(["+", "-", "*", "/", "?", "cast", "-u"])
        if op == "/":
            return f"(({r.choice(FLOATS)})({x}) / ({y}))"
        if op == "?":
            return f"({self.integer(depth - 1)} ? ({x}) : ({y}))"
        if op == "cast":
            return f"(({r.choice(FLOATS)})({x}))"
        return f"(-({x}))" if op == "-u" else f"(({x}) {op} ({y}))"

    def any(self, depth):
        return self.integer(depth) if self.r.random() < 0.65 else self.floating(depth)

    def assigned(self):
        return self.r.choice([n for n in self.names if n not in self.fixed])

    def to(self, name, text, op=""):
        """An assignment that is defined: floats that become integers are guarded."""
        if self.names[name] in INTEGERS:
            text = self.integer(3) if text is None else text
        return f"{name} {op}= {text};\n"

    def statement(self, depth):
        r = self.r
        kind = r.choice(["new", "set", "set", "set", "op", "step", "if", "for", "switch", "array", "bits", "ref", "while"])
        if depth <= 0 and kind in ("if", "for", "switch", "while"):
            kind = "set"
        if kind == "new":
            t = r.choice(INTEGERS + FLOATS)
            text = f"{t} v{self.count} = ({t})({self.integer(3) if t in INTEGERS else self.floating(3)});\n"
            self.names[f"v{self.count}"] = t
            self.count += 1
            return text
        name = self.assigned()
        is_int = self.names[name] in INTEGERS
        if kind == "set":
            return f"{name} = ({self.names[name]})({self.integer(4) if is_int else self.floating(4)});\n"
        if kind == "op":
            if is_int and self.names[name] != "bool":
                op = r.choice(["+", "-", "*", "&", "|", "^", "<<", ">>", "/", "%"])
                right = self.integer(2)
                right = f"(({right}) & 7)" if op in ("<<", ">>") else f"divisor({right})" if op in "/%" else right
                return f"{name} {op}= {right};\n"
            return f"{name} = ({self.names[name]})({self.integer(2) if is_int else self.floating(2)});\n"
        if kind == "step":
            return f"{name} = ({self.names[name]})({name} + 1);\n" if self.names[name] == "bool" else f"{r.choice([name + '++', '--' + name])};\n"
        if kind == "if":
            other = f"else {{\n{self.block(depth - 1)}}}\n" if r.random() < 0.5 else ""
            return f"if ({self.any(2)}) {{\n{self.block(depth - 1)}}}\n{other}"
        if kind in ("for", "while"):
            i = f"i{self.count}"
            self.count += 1
            self.names[i] = "int"
            self.fixed.add(i)
            body = self.block(depth - 1)
            del self.names[i]
            leave = r.choice(["", f"if (({self.integer(2)}) == 5) break;\n", f"if (({self.integer(2)}) & 1) continue;\n"])
            if kind == "for":
                return f"for (int {i} = 0; {i} < {r.randint(1, 6)}; {i}++) {{\n{leave}{body}}}\n"
            return f"int {i} = {r.randint(1, 5)};\nwhile ({i}-- > 0) {{\n{leave}{body}}}\n"
        if kind == "switch":
            cases = "".join(f"case {v}: {{ {self.block(0, 1)}}} {r.choice(BREAKS)}\n" for v in r.sample(range(-2, 9), 4))
            return f"switch ((int)({self.integer(2)}) % 8) {{\n{cases}default: {{ {self.block(0, 1)}}}}}\n"
        if kind == "array":
            n = f"t{self.count}"
            self.count += 1
            t = r.choice(INTEGERS)
            return (f"{t} {n}[4] = {{({t})({self.value('i')}), ({t})({self.value('i')})}};\n{n}[({self.value('i')}) & 3] = ({t})({self.integer(2)});\n"
                    f"" + self.assign_from(name, f"{n}[({self.integer(1)}) & 3]"))
        if kind == "bits":
            n = f"s{self.count}"
            self.count += 1
            field = r.choice("abcd")
            return (f"Bits {n} = {{(unsigned)({self.integer(1)}) & 31u, 3, 5u, (short)4}};\n{n}.b = (int)(({self.integer(2)}) & 63);\n"
                    f"{n}.c += (unsigned)({self.integer(1)}) & 1023u;\n" + self.assign_from(name, f"{n}.{field} + {n}.c"))
        n = f"r{self.count}"
        self.count += 1
        return f"int {n} = (int)({self.integer(2)});\nbump({n}, (int)({self.integer(1)}));\n" + self.assign_from(name, n)

    def assign_from(self, name, text):
        return f"{name} = ({self.names[name]})({text});\n"

    def block(self, depth, most=4):
        before = dict(self.names)
        text = "".join(self.statement(depth) for _ in range(self.r.randint(1, most)))
        if depth < 3:
            self.names = before
        return text


def program(seed, functions=12):
    r = random.Random(seed)
    return PRELUDE + "".join(Function(r, i).text for i in range(functions))


def call_all(functions):
    return "".join(f"out[i * {functions} + {n}] = f{n}(a[i], b[i], c[i], d[i], e[i], f[i]);\n" for n in range(functions))


SIGNATURE = "unsigned long long *out, const int *a, const unsigned *b, const long long *c, const float *d, const double *e, const signed char *f"


def inputs(seed, n):
    r = np.random.default_rng(seed)
    edge = np.array([0, 1, -1, 2, 127, -128, 2 ** 31 - 1, -2 ** 31], np.int64)
    mix = lambda lo, hi: np.where(r.random(n) < 0.3, r.choice(edge, n), r.integers(lo, hi, n))
    return [mix(-2 ** 31, 2 ** 31).astype(np.int32), mix(0, 2 ** 32).astype(np.uint32), mix(-2 ** 62, 2 ** 62).astype(np.int64),
            (r.standard_normal(n) * 10.0 ** r.integers(-3, 6, n)).astype(np.float32), r.standard_normal(n) * 10.0 ** r.integers(-3, 9, n), mix(-128, 128).astype(np.int8)]


def by_compiler(text, functions, args, folder):
    source, library = f"{folder}/oracle.cpp", f"{folder}/oracle{time.monotonic_ns()}.so"
    with open(source, "w") as file:
        file.write(f"#define HD static inline\n{text.replace('HD int sum', 'int sum')}\nextern \"C\" void run(int n, {SIGNATURE}) {{ for (int i = 0; i < n; i++) {{\n{call_all(functions)}}} }}\n")
    subprocess.run(["g++", "-std=c++17", "-O1", "-w", "-fwrapv", "-ffp-contract=off", "-fno-strict-aliasing", "-shared", "-fPIC", source, "-o", library], check=True)
    out = np.zeros((len(args[0]), functions), np.uint64)
    ctypes.CDLL(library).run(len(args[0]), *[ctypes.c_void_p(x.ctypes.data) for x in [out] + args])
    return out


def by_weft(text, functions, args):
    n = len(args[0])
    source = f"#define HD __device__\n{text}\nextern \"C\" __global__ void run({SIGNATURE}, int n) {{ int i = blockIdx.x * blockDim.x + threadIdx.x; if (i >= n) return;\n{call_all(functions)}}}\n"
    out = np.zeros((n, functions), np.uint64)
    with wf.device("cpu"):
        wf.Module(source, ["--fmad=false"])["run"](wf.InOut(out), *[wf.In(x) for x in args], n, grid=(n + 63) // 64, block=64)
        wf.synchronize()
    return out


def check(seed, functions=12, n=200):
    """'' if both agree, else what differs."""
    text, args = program(seed, functions), inputs(seed, n)
    with tempfile.TemporaryDirectory() as folder:
        want = by_compiler(text, functions, args, folder)
    got = by_weft(text, functions, args)
    if (got == want).all():
        return ""
    i, k = np.argwhere(got != want)[0]
    return f"seed {seed}: f{k}({', '.join(repr(x[i]) for x in args)}) is {got[i, k]}, expected {want[i, k]}; {(got != want).sum()} differ"


def main(seconds="60", seed="0"):
    stop, number, bad = time.monotonic() + float(seconds), int(seed), 0
    while time.monotonic() < stop:
        try:
            what = check(number)
        except Exception as error:  # noqa: BLE001 - what it refuses is a find as well
            what = f"seed {number}: {type(error).__name__}: {str(error)[:600]}"
        if what:
            bad += 1
            print(what, flush=True)
        number += 1
    print(f"{number - int(seed)} programs, {bad} differ")


if __name__ == "__main__":
    main(*sys.argv[1:])
