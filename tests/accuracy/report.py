"""docs/accuracy.md from what tests/accuracy/measure.py, exhaustive, accuracy and complex have written down.

    python report.py RESULTS... >docs/accuracy.md

Of several measurements of a function, the one of its newest bits with the most inputs counts.
"""
import struct
import sys

HEAD = """# Accuracy of the device library
Made by `make accuracy` (tests/accuracy): do not edit. Errors are in units in the last place of the exact result; "not nearest" is
how often the result was not the nearest number.

float32 functions of one argument run over all 2^32 inputs (4.29e+09 in the table); less is a sample of every so manyeth. The
reference is the library's float64 function, whose own error the table gives; on the CPU (`exhaustive.c`) it is checked at every
64th input against the C library too. "exact" is the correctly rounded form (`cr_expf` or `expf_cr` in CUDA C,
`weft.config.exact = True` for everything): "proven" means that all 2^32 inputs gave the nearest float; where the reference lies
within 2^-16 of a unit of the middle between two floats, 104 bits (truth.h) or `__float128` decide.

float64, and functions of two arguments, run over random samples, half uniform over bit patterns, half over the range of interest,
and the hard cases of tests/accuracy/hard.h, against functions in pairs of doubles (truth.h: about 2^-90, Bessel functions 2^-70),
which `accuracy.c` compares with libquadmath's. `measure.py` runs all of this on a GPU or the CPU. Errors of Bessel functions, lgamma
and digamma are taken beside the amplitude (sqrt(2 / (pi x)), 1) where the value is smaller. Special values are checked by
tests/c/test_device_math.c; the same bits on every device by tests/identity/functions.py.

"CUDA" is what NVIDIA documents for its own functions (CUDA Programming Guide, mathematical functions: units between the result and
the nearest number, so half a unit may be added); "SLEEF" the bound in the name of its most accurate vector function.
NumPy's, SciPy's and Numba's errors and everybody's speeds stand in the second table, measured by bench/math_functions.py.

| function | type | inputs | largest error | at | not nearest, % | exact | CUDA | SLEEF |
|---|---|---|---|---|---|---|---|---|
"""

# NVIDIA's documented maxima, float32 then float64.
CUDA = {
    "exp": (2, 1), "exp2": (2, 1), "exp10": (2, 1), "expm1": (1, 1), "log": (1, 1), "log2": (1, 1), "log10": (2, 1), "log1p": (1, 1),
    "sin": (2, 2), "cos": (2, 2), "tan": (4, 2), "sinpi": (2, 2), "cospi": (2, 2), "asin": (4, 2), "acos": (3, 2), "atan": (2, 2),
    "sinh": (3, 2), "cosh": (2, 1), "tanh": (2, 1), "asinh": (3, 2), "acosh": (4, 2), "atanh": (3, 2), "cbrt": (1, 1), "rcbrt": (1, 1),
    "rsqrt": (2, 1), "erf": (2, 2), "erfc": (4, 5), "erfcx": (4, 4), "erfinv": (2, 5), "erfcinv": (2, 6), "normcdf": (5, 5),
    "normcdfinv": (5, 7), "tgamma": (11, 8), "lgamma": (6, 4), "j0": (9, 7), "j1": (9, 7), "y0": (9, 7), "y1": (9, 7), "i0": (6, 6),
    "i1": (6, 6), "atan2": (3, 2), "pow": (9, 2), "hypot": (3, 2), "rhypot": (2, 1), "fmod": (0, 0), "remainder": (0, 0), "fdim": (0, 0)}
SLEEF = dict.fromkeys("exp exp2 exp10 expm1 log log2 log10 log1p sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh cbrt erf "
                      "tgamma lgamma atan2 pow".split(), "1.0")
SLEEF |= {"sinpi": "0.506", "cospi": "0.506", "erfc": "1.5", "hypot": "0.5", "fmod": "0", "remainder": "0", "fdim": "0.5"}
ALIASES = {"cyl_bessel_i0": "i0", "cyl_bessel_i1": "i1"}


def float_of(bits):
    return struct.unpack("<f", struct.pack("<I", bits))[0]


def read(lines):
    """{name: {digest: {(chunk, step): fields}}} of exhaustive, newest digest last; {(name, type): fields} of what was sampled; the
    float32 functions that measure.py ran over all inputs; lines of the benchmark."""
    exhaustive, sampled, every, speeds = {}, {}, {}, []
    for line in lines:
        f = line.split()
        if len(f) == 9 and f[0] == "sampled":
            if int(f[3]) >= int(sampled.get((f[1], f[2]), [0] * 4)[3]):
                sampled[f[1], f[2]] = f
        elif len(f) == 11 and f[0] == "every":
            if int(f[2]) >= int(every.get(f[1], [0] * 3)[2]):
                every[f[1]] = f
        elif f and f[0] == "speed":
            speeds.append(f)
        elif len(f) == 16:
            digests = exhaustive.setdefault(ALIASES.get(f[0], f[0]), {})
            chunks = digests.pop(f[1], {})
            chunks[f[2], int(f[3])] = f
            digests[f[1]] = chunks
    return exhaustive, sampled, every, speeds


def published(name, kind):
    cuda = CUDA.get(name, ("", ""))[kind == "float64"]
    return f"| {cuda} | {SLEEF.get(name, '')} |"


def verdict(has_exact, wrong, whole):
    return "" if not has_exact else f"{wrong} wrong" if wrong else "proven" if whole else "none wrong so far"


def exhaustive_row(name, digests):
    chunks = list(digests.values())[-1]
    step = min(s for _, s in chunks)
    rows = [f for (_, s), f in chunks.items() if s == step]
    count, not_nearest = (sum(int(f[i]) for f in rows) for i in (4, 7))
    wrong, cr_wrong, doubts = (sum(int(f[i]) for f in rows) for i in (8, 12, 14))
    worst = max(rows, key=lambda f: float.fromhex(f[5]))
    exact = verdict(rows[0][10] != "0", cr_wrong, step == 1 and len(rows) == 64)
    note = f" **{wrong} wrong**" if wrong else ""
    note += f" **reference in doubt {doubts} times**" if doubts else ""
    return (f"| {name} | float32 | {count:.3g} | {float.fromhex(worst[5]):.4f}{note} | {float_of(int(worst[6], 16)):.9g} "
            f"| {100 * not_nearest / count:.2g} | {exact} {published(name, 'float32')}")


def every_row(f):
    _, name, count, step, worst, at, percent, wrong, has_exact, exact_wrong, _ = f
    note = f" **{wrong} wrong**" if wrong != "0" else ""
    exact = verdict(has_exact == "1", int(exact_wrong), step == "1")
    return (f"| {name} | float32 | {float(count):.3g} | {worst}{note} | {float(at):.9g} | {float(percent):.2g} | {exact} "
            f"{published(name, 'float32')}")


def sampled_row(f):
    _, name, kind, count, worst, at, at2, percent, wrong = f
    two = name in ("atan2", "pow", "hypot", "rhypot", "fmod", "remainder", "fdim")
    place = f"({float(at):.9g}, {float(at2):.9g})" if two else f"{float(at):.9g}"
    note = f" **{wrong} wrong**" if wrong != "0" else ""
    return f"| {name} | {kind} | {float(count):.3g} | {worst}{note} | {place} | {float(percent):.2g} | {published(name, kind)}"


def complex_table(complexes):
    print("\n## Complex functions\nMeasured by `complex.c` against libquadmath's. The error is the distance to the exact result in units in the last place of its "
          "modulus; a part that is much\nsmaller than the other may be off by more of its own units where they come from a difference (the last column). "
          "`exp2` for imaginary parts up to 1000,\nbeyond which its error grows with them; `pow` is exp(w log z) but for small whole powers, with an error that grows with |w log z|.\n")
    print("| function | type | inputs | largest error | at | of a part, in its units |\n|---|---|---|---|---|---|")
    for _, name, kind, count, worst, x, y, real, imag in complexes.values():
        print(f"| {name} | {kind} | {float(count):.3g} | {float(worst):.2f} | ({float(x):.9g}, {float(y):.9g}) | {float(real):.3g}, {float(imag):.3g} |")


def speed_table(speeds):
    """Lines `speed FUNCTION TYPE COUNT PEER NANOSECONDS ERROR` of bench/math_functions.py: a row for each function and type."""
    peers = list(dict.fromkeys(f[4] for f in speeds))
    table = {}
    for _, name, kind, count, peer, time, error in speeds:
        table.setdefault((name, kind, int(count)), {})[peer] = f"{float(time):.2f} ({float(error):.2f})"
    print("\n## Speed beside the peers\nNanoseconds for an element on one core and, in brackets, the largest error found in the same run (units "
          "in the last place, on the inputs of the benchmark).\n")
    print("| function | type | elements |" + "".join(f" {p} |" for p in peers) + "\n|---|---|---|" + "---|" * len(peers))
    for (name, kind, count), times in table.items():
        print(f"| {name} | {kind} | {count} |" + "".join(f" {times.get(p, '')} |" for p in peers))


def main(paths):
    lines = [line for path in paths for line in open(path)]
    exhaustive, sampled, every, speeds = read(lines)
    complexes = {tuple(line.split()[1:3]): line.split() for line in lines if line.startswith("complex ") and len(line.split()) == 9}
    names = list(every) + list(exhaustive) + [name for name, _ in sampled]
    print(HEAD, end="")
    for name in dict.fromkeys(names):
        if name in every:
            print(every_row(every[name]))
        elif name in exhaustive:
            print(exhaustive_row(name, exhaustive[name]))
        for kind in ("float32", "float64"):
            if (name, kind) in sampled:
                print(sampled_row(sampled[name, kind]))
    if complexes:
        complex_table(complexes)
    if speeds:
        speed_table(speeds)


if __name__ == "__main__":
    main(sys.argv[1:])
