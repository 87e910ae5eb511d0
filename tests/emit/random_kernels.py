"""Random kernels in CUDA C: nested control flow over integers and floats, arrays, helper functions and barriers, with no
races and no endless loops. `source(seed)`; the parameters are (const int *x, const float *f, int *y, float *g, int n)."""

import random

HELPERS = """
__device__ int h1(int a, int b) { if (a > b) return a - b; if ((a & 3) == 1) { a += 7; return a * b; } for (int q = 0; q < (b & 7); q++) { if (a > 100) return q; a += q; } return a ^ b; }
__device__ void h2(int *p, float *q, int a) { if (a & 1) { *p += a; return; } *q = *q * 0.5f + a; if (a > 3) *p ^= 5; }
__device__ float h3(float a) { return a < 0.0f ? -a : a * 1.25f; }
"""


class Maker:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.names, self.loops, self.depth = 0, 0, 0
        self.ints, self.floats, self.locked = ["n"], [], {"n"}
        self.barriers = seed % 3 == 0

    def pick(self, *options):
        return self.r.choice(options)

    def int_expr(self, d=0):
        r = self.r.random()
        if d > 3 or r < 0.25:
            return self.pick(str(self.r.randint(-9, 40)), self.r.choice(self.ints), self.r.choice(self.ints), "i", "(int)threadIdx.x")
        a, b = self.int_expr(d + 1), self.int_expr(d + 1)
        if r < 0.6:
            return f"({a} {self.pick('+', '-', '*', '&', '|', '^', '/', '%', '<<', '>>')} {b})"
        if r < 0.66:
            return f"({self.cond(d + 1)} ? {a} : {b})"
        if r < 0.72:
            return f"h1({a}, {b})"
        if r < 0.8:
            return f"x[({a}) & 127]"
        if r < 0.85:
            return f"(int)({self.float_expr(d + 1)})"
        if r < 0.9:
            return f"min({a}, {b})"
        if r < 0.95:
            return f"arr[({a}) & 7]"
        return f"(int)(unsigned char)({a})"

    def float_expr(self, d=0):
        r = self.r.random()
        if d > 3 or r < 0.3 or not self.floats:
            return self.pick(f"{self.r.randint(-8, 8)}.5f", "f[i & 127]", *(self.floats or ["1.0f"]))
        a, b = self.float_expr(d + 1), self.float_expr(d + 1)
        if r < 0.7:
            return f"({a} {self.pick('+', '-', '*', '/')} {b})"
        if r < 0.8:
            return f"({self.cond(d + 1)} ? {a} : {b})"
        if r < 0.9:
            return f"h3({a})"
        return f"(float)({self.int_expr(d + 1)})"

    def cond(self, d=0):
        r = self.r.random()
        if r < 0.6 or d > 2:
            return f"({self.int_expr(d + 1)} {self.pick('<', '>', '==', '!=', '<=', '>=')} {self.int_expr(d + 1)})"
        if r < 0.7:
            return f"({self.float_expr(d + 1)} < {self.float_expr(d + 1)})"
        return f"({self.cond(d + 1)} {self.pick('&&', '||')} {self.cond(d + 1)})"

    def target(self):
        free = [v for v in self.ints if v not in self.locked]
        return self.r.choice(free) if free else None

    def statement(self, indent):
        r, pad = self.r.random(), "  " * indent
        if r < 0.2:
            self.names += 1
            name = f"v{self.names}"
            line = f"{pad}int {name} = {self.int_expr()};\n"
            self.ints.append(name)
            return line
        if r < 0.25:
            self.names += 1
            name = f"w{self.names}"
            line = f"{pad}float {name} = {self.float_expr()};\n"
            self.floats.append(name)
            return line
        if r < 0.45 and self.target():
            return f"{pad}{self.target()} {self.pick('=', '+=', '-=', '^=', '*=')} {self.int_expr()};\n"
        if r < 0.5 and self.floats:
            return f"{pad}{self.r.choice(self.floats)} {self.pick('=', '+=', '*=', '-=')} {self.float_expr()};\n"
        if r < 0.55:
            return f"{pad}arr[({self.int_expr()}) & 7] {self.pick('=', '+=')} {self.int_expr()};\n"
        if r < 0.58 and self.floats and self.target():
            return f"{pad}h2(&{self.target()}, &{self.r.choice(self.floats)}, {self.int_expr()});\n"
        if self.depth > 3:
            return f"{pad}arr[{self.r.randint(0, 7)}] += {self.int_expr()};\n"
        if r < 0.74:
            other = f" else {{\n{self.block(indent + 1)}{pad}}}" if self.r.random() < 0.5 else ""
            return f"{pad}if ({self.cond()}) {{\n{self.block(indent + 1)}{pad}}}{other}\n"
        if r < 0.86:
            return self.loop(indent)
        if r < 0.9:
            cases = "".join(f"{pad}case {c}:\n{self.block(indent + 1)}" + (f"{pad}  break;\n" if self.r.random() < 0.6 else "") for c in self.r.sample(range(6), 3))
            default = f"{pad}default:\n{self.block(indent + 1)}" if self.r.random() < 0.5 else ""
            return f"{pad}switch (({self.int_expr()}) & 7) {{\n{cases}{default}{pad}}}\n"
        if r < 0.95 and self.loops:
            return f"{pad}if ({self.cond()}) {self.pick('break', 'continue')};\n"
        if r < 0.97 and not self.barriers:
            return f"{pad}if ({self.cond()}) {{ y[i] = {self.int_expr()}; return; }}\n"
        return f"{pad};\n"

    def loop(self, indent):
        pad = "  " * indent
        self.names += 1
        k = f"k{self.names}"
        limit = self.pick(str(self.r.randint(1, 6)), f"(({self.int_expr()}) & 7)")
        self.loops += 1
        self.ints.append(k)
        self.locked.add(k)
        kind = self.r.random()
        if kind < 0.6:
            text = f"{pad}for (int {k} = 0; {k} < {limit}; {k}++) {{\n{self.block(indent + 1)}{pad}}}\n"
        elif kind < 0.8:
            text = f"{pad}{{ int {k} = 0; while ({k} < {limit}) {{ {k}++;\n{self.block(indent + 1)}{pad}}} }}\n"
        else:
            text = f"{pad}{{ int {k} = 0; do {{ {k}++;\n{self.block(indent + 1)}{pad}}} while ({k} < {limit}); }}\n"
        self.loops -= 1
        self.ints.remove(k)
        return text

    def block(self, indent):
        ints, floats = list(self.ints), list(self.floats)
        self.depth += 1
        text = "".join(self.statement(indent) for _ in range(self.r.randint(1, 4)))
        self.depth -= 1
        self.ints, self.floats = ints, floats
        return "{0}{{\n{1}{0}}}\n".format("  " * indent, text)

    def exchange(self, indent):
        """Values through shared memory, with barriers on both sides."""
        pad = "  " * indent
        return f"{pad}s[threadIdx.x] = {self.int_expr()};\n{pad}__syncthreads();\n{pad}a0 += s[(threadIdx.x + {self.r.randint(1, 9)}) % blockDim.x];\n{pad}__syncthreads();\n"

    def kernel(self):
        body = "  int i = blockIdx.x * blockDim.x + threadIdx.x;\n  int arr[8] = {1, 2, 3};\n  int a0 = x[i & 127], b0 = i * 3;\n  float c0 = f[i & 127];\n"
        self.ints += ["a0", "b0"]
        self.floats.append("c0")
        if self.barriers:
            body = "  __shared__ int s[256];\n" + body
        else:
            body += "  if (i >= n) return;\n"
        for _ in range(self.r.randint(3, 7)):
            body += self.statement(1)
            if self.barriers and self.r.random() < 0.6:
                if self.r.random() < 0.4:
                    body += f"  for (int t = 0; t < {self.pick('3', '(n & 3)')}; t++) {{\n{self.exchange(2)}{self.block(2)}  }}\n"
                else:
                    body += self.exchange(1)
        names = [v for v in self.ints if v != "n"]
        body += "  int sum = 0; for (int q = 0; q < 8; q++) sum = sum * 31 + arr[q];\n"
        body += f"  if (i < n) {{ y[i] = sum + {' + 3 * '.join(names)}; g[i] = {' + '.join(self.floats)}; }}\n"
        return HELPERS + 'extern "C" __global__ void k(const int *x, const float *f, int *y, float *g, int n) {\n' + body + "}\n"


def source(seed):
    return Maker(seed).kernel()
