"""The exact functions of device/f32_exact.h anew, from what `exhaustive --patches` has printed.

    python patches.py LOG...     rewrites the list of functions in ../../device/f32_exact.h

Patches that are in the file already stay: the log of a run with them does not show them again.
"""
import pathlib
import re
import sys

FILE = pathlib.Path(__file__).resolve().parents[2] / "device" / "f32_exact.h"
ODD = "sin tan sinpi tanpi asin atan sinh tanh asinh atanh erf cbrt rcbrt erfinv".split()
EVEN = "cos cospi cosh".split()
FUNCTION = re.compile(r"WF_DEVICE float wf_cr_(\w+)f\(float x\) \{.*?\n?\}\n", re.S)
PATCH = re.compile(r"x, 0x(\w+)u, 0x(\w+)u\)")


def function(name, patches):
    if not patches:
        return f"WF_DEVICE float wf_cr_{name}f(float x) {{ return (float)wf_{name}((double)x); }}\n"
    kind = "odd" if name in ODD else "even" if name in EVEN else "at"
    lines = [f"wf_exact_{kind}(y, x, 0x{at:08x}u, 0x{value:08x}u);\n" for at, value in sorted(patches)]
    body = "".join(f"    y = {line}" for line in lines[:-1]) + f"    return {lines[-1]}"
    return f"WF_DEVICE float wf_cr_{name}f(float x) {{\n    float y = (float)wf_{name}((double)x);\n{body}}}\n"


def main(logs):
    found = {}
    for log in logs:
        for name, at, value in re.findall(r"^(\w+): x == 0x(\w+)u \? 0x(\w+)u", open(log).read(), re.M):
            at, value = int(at, 16), int(value, 16)
            if name in ODD:  # the value at |x|
                value ^= at & 0x80000000
            if name in ODD + EVEN:
                at &= 0x7FFFFFFF
            found.setdefault(name, set()).add((at, value))

    def anew(match):
        old = {(int(at, 16), int(value, 16)) for at, value in PATCH.findall(match[0])}
        return function(match[1], old | found.get(match[1], set()))

    FILE.write_text(FUNCTION.sub(anew, FILE.read_text()))


if __name__ == "__main__":
    main(sys.argv[1:])
