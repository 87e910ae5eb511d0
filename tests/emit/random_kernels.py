"""Random CUDA C kernels, one element a thread: arithmetic of every type, conversions, branches that lanes take
differently, loops, switches, arrays of a thread's own, built-in functions. Every program is defined (tree.h leaves nothing
open), so all ways of running it must give the same bits.

    python random_kernels.py FIRST COUNT      compares the emitter with the interpreter for many seeds"""

import random

import numpy as np

TYPES = {
    "bool": np.bool_, "signed char": np.int8, "unsigned char": np.uint8, "short": np.int16, "unsigned short": np.uint16,
    "int": np.int32, "unsigned": np.uint32, "long long": np.int64, "unsigned long long": np.uint64, "float": np.float32,
    "double": np.float64, "__half": np.float16,
}
INTEGERS = [t for t, dtype in TYPES.items() if np.dtype(dtype).kind in "biu"]
RANKED = ["int", "unsigned", "long long", "unsigned long long", "__half", "float", "double"]
NUMBERS = {
    "float": ["0.0f", "1.0f", "-1.5f", "0.1f", "3e38f", "1e-40f", "2147483648.0f", "1e19f", "-0.0f"],
    "double": ["0.0", "1.0", "-1.5", "0.1", "1e300", "1e-310", "2147483648.0", "1e19", "-0.0"],
    "__half": ["(__half)0.5f", "(__half)1.0f", "(__half)-3.25f", "(__half)65504.0f"],
}
# name, parameter type, number of parameters, result
FUNCTIONS = [(name, "float", 1, "float") for name in ("sqrtf", "fabsf", "floorf", "ceilf", "truncf", "rintf")] + [
    ("fmaf", "float", 3, "float"), ("fminf", "float", 2, "float"), ("fmaxf", "float", 2, "float"),
    ("copysignf", "float", 2, "float"), ("fma", "double", 3, "double"), ("sqrt", "double", 1, "double"),
    ("__popc", "unsigned", 1, "int"), ("__clz", "int", 1, "int"), ("__clzll", "long long", 1, "int"),
    ("__ffs", "int", 1, "int"), ("__brev", "unsigned", 1, "unsigned"), ("__byte_perm", "unsigned", 3, "unsigned"),
    ("__mulhi", "int", 2, "int"), ("__umulhi", "unsigned", 2, "unsigned"), ("__mul64hi", "long long", 2, "long long"),
    ("__umul64hi", "unsigned long long", 2, "unsigned long long"), ("__funnelshift_l", "unsigned", 3, "unsigned"),
    ("__funnelshift_rc", "unsigned", 3, "unsigned"), ("__sad", "int", 3, "unsigned"), ("__mul24", "int", 2, "int"),
    ("min", "int", 2, "int"), ("max", "unsigned", 2, "unsigned"), ("abs", "int", 1, "int"),
    ("__float_as_int", "float", 1, "int"), ("__double2int_rz", "double", 1, "int"),
]


def common(*types):
    """The usual arithmetic conversions."""
    return max((t if t in RANKED else "int" for t in types), key=RANKED.index)


class Kernel:
    """source, and the types of its input and output arrays: k(inputs…, outputs…, n)."""

    def __init__(self, seed):
        self.random, self.names = random.Random(seed), 0
        self.inputs = self.random.sample(list(TYPES), 5)
        self.outputs = [self.random.choice(list(TYPES)) for _ in range(4)]
        params = [f"const {t} *in{k}" for k, t in enumerate(self.inputs)] + [f"{t} *out{k}" for k, t in enumerate(self.outputs)]
        known = [(f"in{k}[i]", t) for k, t in enumerate(self.inputs)] + [("i", "int"), ("n", "int")]
        lines = ['extern "C" __global__ void k(' + ", ".join(params) + ", int n) {",
                 "  int i = blockIdx.x * blockDim.x + threadIdx.x;", "  if (i >= n) return;"]
        results = []
        for t in self.outputs:
            results.append((self.name("v"), t))
            lines.append(f"  {t} {results[-1][0]} = {self.expression(known, 3)[0]};")
        lines += self.block(known + results, 2, "  ")
        self.source = "\n".join(lines + [f"  out{k}[i] = {name};" for k, (name, _) in enumerate(results)] + ["}"])

    def name(self, letter):
        self.names += 1
        return f"{letter}{self.names}"

    def leaf(self, known):
        if self.random.random() < 0.75:
            return self.random.choice(known)
        t = self.random.choice(list(TYPES))
        if t in NUMBERS:
            return self.random.choice(NUMBERS[t]), t
        return f"({t}){self.random.choice([0, 1, 2, 3, 5, 7, 31, 32, 63, 100, 255, 1000, 65535, 2147483647])}", t

    def expression(self, known, depth):
        """Text and type."""
        if depth <= 0:
            return self.leaf(known)
        pick = self.random.choice
        (a, ta), (b, tb), (c, tc) = (self.expression(known, depth - d) for d in (1, 1, 2))
        integers = ta in INTEGERS and tb in INTEGERS
        kind = pick(["arithmetic", "arithmetic", "bits", "shift", "compare", "cast", "choose", "logical", "sign", "call", "call", "multiply-add"])
        if kind == "bits" and integers:
            return f"({a} {pick('%&|^')} {b})", common(ta, tb)
        if kind == "shift" and integers:
            return f"({a} {pick(['<<', '>>'])} {b})", common(ta)
        if kind == "compare":
            return f"({a} {pick(['<', '<=', '>', '>=', '==', '!='])} {b})", "bool"
        if kind == "cast":
            t = pick(list(TYPES))
            return f"(({t})({a}))", t
        if kind == "choose":
            return f"({c} ? {a} : {b})", ta if ta == tb else common(ta, tb)
        if kind == "logical":
            return f"({a} {pick(['&&', '||'])} {b})", "bool"
        if kind == "sign":
            sign = pick("-~!" if ta in INTEGERS else "-!")
            return f"({sign}({a}))", "bool" if sign == "!" else common(ta)
        if kind == "call":
            name, t, count, result = pick(FUNCTIONS)
            return f"{name}({', '.join(f'({t})({arg})' for arg in (a, b, c)[:count])})", result
        if kind == "multiply-add": # contracted where the types are float or double
            return f"({pick([f'{a} + {b} * {c}', f'{a} * {b} - {c}', f'{a} * {b} + {c} * {a}'])})", common(ta, tb, tc)
        return f"({a} {pick('+-*/')} {b})", common(ta, tb)

    def block(self, known, depth, indent):
        known, lines, inner = list(known), [], indent + "  "
        for _ in range(self.random.randrange(1, 5)):
            lines += self.statement(known, depth, indent, inner)
        return lines

    def statement(self, known, depth, indent, inner):
        pick = self.random.choice
        variables = [(name, t) for name, t in known if name[0] == "v"]
        text, t = self.expression(known, self.random.randrange(1, 4))
        kind = pick(["declare", "declare", "declare", "assign", "update", "update", "if", "for", "switch", "step", "array"])
        if kind == "if" and depth:
            other = [f"{indent}}} else {{"] + self.block(known, depth - 1, inner) if pick([0, 1]) else []
            return [f"{indent}if ({text}) {{"] + self.block(known, depth - 1, inner) + other + [indent + "}"]
        if kind == "for" and depth:
            count = self.name("c")
            leave = pick(["", f"{inner}if ({count} == 2) break;", f"{inner}if (({count} ^ i) & 1) continue;"])
            limit = pick(["3", "5", "(i & 7)", "(int)(i % 5)"])
            body = self.block(known + [(count, "int")], depth - 1, inner)
            return [f"{indent}for (int {count} = 0; {count} < {limit}; {count}++) {{", leave] + body + [indent + "}"]
        if kind == "switch" and depth and t in INTEGERS:
            lines = [f"{indent}switch ((int)({text}) & 3) {{"]
            for label in ("case 0:", "case 1:", "default:"):
                lines += [f"{indent}{label} {{"] + self.block(known, 0, inner) + [indent + "}"]
                lines += [f"{indent}break;"] if pick([0, 1, 1]) else []
            return lines + [indent + "}"]
        if kind == "array":
            name = self.name("a")
            known.append((f"{name}[{pick(['i & 3', '0', '3 - (i & 3)'])}]", "float"))
            return [f"{indent}float {name}[4] = {{1, 2}};", f"{indent}{name}[{pick(['i & 3', '1', '(i >> 1) & 3'])}] = {text};"]
        if kind in ("assign", "update", "step"):
            name, own = pick(variables)
            if kind == "step" and own != "bool":
                return [f"{indent}{name}{pick(['++', '--'])};"]
            integers = own in INTEGERS and t in INTEGERS
            op = pick(["+", "-", "*", "/"] + (["%", "&", "|", "^", "<<", ">>"] if integers else [])) if kind == "update" else ""
            return [f"{indent}{name} {op}= {text};"]
        t = pick(list(TYPES))
        known.append((self.name("v"), t))
        return [f"{indent}{t} {known[-1][0]} = {text};"]


ODD_FLOATS = [0, -0.0, 1, -1, 0.5, 1.5, 2.5, -2.5, np.inf, -np.inf, np.nan, 1e-8, 65504, 3e4, 2147483647, -2147483648, 1e30, 255.9, 256, 1e-42, 127.5]


def values(type_name, count, rng):
    """Odd values and plain ones."""
    dtype = np.dtype(TYPES[type_name])
    if dtype.kind == "b":
        return rng.integers(0, 2, count).astype(bool)
    odd = rng.random(count) < 0.5
    if dtype.kind == "f":
        with np.errstate(all="ignore"):
            return np.where(odd, rng.choice(ODD_FLOATS, count), rng.standard_normal(count) * 100).astype(dtype)
    info = np.iinfo(dtype)
    plain = rng.integers(max(info.min, -1000), min(info.max, 1000), count).astype(dtype)
    return np.where(odd, rng.choice(np.array([0, 1, 2, 3, 7, 31, 33, info.max, info.min, info.max - 1], dtype), count), plain)


def same(a, b):
    """Equal bits, element by element; any NaN equals any NaN."""
    if a.dtype.kind != "f":
        return a == b
    return (np.isnan(a) & np.isnan(b)) | (a.view(f"u{a.itemsize}") == b.view(f"u{b.itemsize}"))


def difference(seed, count=96, threads=32, used=91):
    """None, or where the emitter's code and the interpreter part; the unit goes through its own text for odd seeds."""
    import harness
    import interp

    kernel, rng = Kernel(seed), np.random.default_rng(seed)
    arrays = [values(t, count, rng) for t in kernel.inputs]
    expected = [np.zeros(count, TYPES[t]) for t in kernel.outputs]
    unit = interp.Unit(kernel.source, through_text=seed % 2 == 1)
    report = unit.run("k", count // threads, threads, *arrays, *expected, np.int32(used), max_steps=10**7)
    if report.status != "ok":
        return f"the interpreter: {report.message}"
    for lanes, exact in ((1, True), (0, True), (8, False)):
        got = [np.zeros(count, TYPES[t]) for t in kernel.outputs]
        code = harness.Kernel(kernel.source, "k", block=(threads, 1, 1), lanes=lanes, exact=exact)
        code((count // threads,), *arrays, *got, np.int32(used))
        for k, (a, b) in enumerate(zip(expected, got)):
            wrong = np.flatnonzero(~same(a, b))
            if wrong.size:
                at = wrong[0]
                return f"lanes={lanes}: out{k}[{at}] ({kernel.outputs[k]}): expected {a[at]!r}, got {b[at]!r}"
    return None


if __name__ == "__main__":
    import os
    import sys

    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "interp"))
    first, total, bad = int(sys.argv[1]), int(sys.argv[2]), 0
    for number in range(first, first + total):
        try:
            told = difference(number)
        except Exception as error:  # the front-end or LLVM said no: as bad as a wrong bit
            told = f"{type(error).__name__}: {error}"
        if told:
            bad += 1
            print(f"seed {number}: {told}\n{Kernel(number).source}\n")
    print(f"{total} kernels, {bad} differ")
    sys.exit(bad != 0)
