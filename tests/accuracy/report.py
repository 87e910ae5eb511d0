"""docs/accuracy.md from what tests/accuracy/exhaustive and accuracy have written down.

    python report.py RESULTS... >docs/accuracy.md

Of several measurements of a function, the one of its newest bits with the most inputs counts.
"""
import struct
import sys

HEAD = """# Accuracy of the device library
Made by `make accuracy` (tests/accuracy): do not edit. Errors are in units in the last place of the exact result; "not nearest" is
how often the result was not the nearest number.

float32 functions of one argument run over all 2^32 inputs (4.29e+09 in the table); less is a sample of every so manyeth (2.68e+08:
every 16th; 1.18e+06: every 4001st). The reference is the library's float64 function, trusted to 2^-40 and checked to that against
the C library or libquadmath at every 64th input (every 2048th where that is slow); where it lies within 2^-16 of a unit of the middle
between two floats, `__float128` decides. "exact" is the correctly rounded form (`cr_expf` or `expf_cr` in CUDA C,
`weft.config.exact = True` for everything): "proven" means that all 2^32 inputs gave the nearest float, so judged.

float64, and functions of two arguments, run over random samples, half uniform over bit patterns, half over the range of interest,
and the hard cases of tests/accuracy/hard.h, against the C library's long double functions (checked against libquadmath's) or
libquadmath's. Errors of Bessel functions and of lgamma are taken beside the amplitude (sqrt(2 / (pi x)), 1) where the value is
smaller. Special values are checked by tests/c/test_device_math.c; the same bits from weft's compiler by
tests/python/test_device_library.py. The largest errors of sinpi, tanpi and erfinv of float32 are subnormal results, which are rounded a
second time.

| function | type | inputs | largest error | at | not nearest, % | exact |
|---|---|---|---|---|---|---|
"""


def float_of(bits):
    return struct.unpack("<f", struct.pack("<I", bits))[0]


def read(lines):
    """{name: {digest: {(chunk, step): fields}}} of exhaustive, newest digest last; {(name, type): fields} of accuracy."""
    exhaustive, sampled = {}, {}
    for line in lines:
        f = line.split()
        if len(f) == 9 and f[0] == "sampled":
            if int(f[3]) >= int(sampled.get((f[1], f[2]), [0] * 4)[3]):
                sampled[f[1], f[2]] = f
        elif len(f) == 16:
            digests = exhaustive.setdefault(f[0], {})
            chunks = digests.pop(f[1], {})
            chunks[f[2], int(f[3])] = f
            digests[f[1]] = chunks
    return exhaustive, sampled


def exhaustive_row(name, digests):
    chunks = list(digests.values())[-1]
    step = min(s for _, s in chunks)
    rows = [f for (_, s), f in chunks.items() if s == step]
    count, not_nearest = (sum(int(f[i]) for f in rows) for i in (4, 7))
    wrong, cr_wrong, doubts = (sum(int(f[i]) for f in rows) for i in (8, 12, 14))
    worst = max(rows, key=lambda f: float.fromhex(f[5]))
    whole = step == 1 and len(rows) == 64
    exact = "" if rows[0][10] == "0" else f"{cr_wrong} wrong" if cr_wrong else "proven" if whole else "none wrong so far"
    note = f" **{wrong} wrong**" if wrong else ""
    note += f" **reference in doubt {doubts} times**" if doubts else ""
    return (f"| {name} | float32 | {count:.3g} | {float.fromhex(worst[5]):.4f}{note} | {float_of(int(worst[6], 16)):.9g} "
            f"| {100 * not_nearest / count:.2g} | {exact} |")


def sampled_row(f):
    _, name, kind, count, worst, at, at2, percent, wrong = f
    two = name in ("atan2", "pow", "hypot", "fmod", "remainder", "fdim")
    place = f"({float(at):.9g}, {float(at2):.9g})" if two else f"{float(at):.9g}"
    note = f" **{wrong} wrong**" if wrong != "0" else ""
    return f"| {name} | {kind} | {float(count):.3g} | {worst}{note} | {place} | {float(percent):.2g} | |"


def main(paths):
    lines = [line for path in paths for line in open(path)]
    exhaustive, sampled = read(lines)
    names = list(exhaustive) + [name for name, _ in sampled if name not in exhaustive]
    print(HEAD, end="")
    for name in dict.fromkeys(names):
        if name in exhaustive:
            print(exhaustive_row(name, exhaustive[name]))
        for kind in ("float32", "float64"):
            if (name, kind) in sampled:
                print(sampled_row(sampled[name, kind]))


if __name__ == "__main__":
    main(sys.argv[1:])
