"""The polynomials of the device library: what each approximates, where, and with how many terms.

    python polynomials.py [NAME...]     prints coefficients as C constants, with the error reached (as a power of two)

A polynomial is named as in the comments of the sources. Entries: function, interval, powers for float, powers for double,
weight (None: relative error). Needs mpmath.
"""

import functools
import sys

import mpmath as mp

from minimax import c_hex, fit, round_to

TABLE = {}


def poly(name, interval, powers32, powers64, weight=None, **options):
    def register(function):
        TABLE[name] = (function, interval, (powers32, powers64), weight, options)
        return function

    return register


def guarded(closed, term, near=0.05):
    """closed(x), but where it cancels, near 0, the sum of term(k) x^k."""

    def function(x):
        if abs(x) > near:
            return closed(x)
        total, power, k = mp.mpf(0), mp.mpf(1), 0
        while k < 200 and (k < 3 or abs(power) > mp.mpf(2) ** -230):
            total += term(k) * power
            power *= x
            k += 1
        return total

    return function


# exp(r) = 1 + r + r^2/2 + r^3 P(r) on |r| <= ln2/2
poly("exp", (-0.3467, 0.3467), range(5), range(10), weight=lambda x: abs(x) ** 3 + mp.mpf(10) ** -6)(
    guarded(lambda x: (mp.exp(x) - 1 - x - x * x / 2) / x**3, lambda k: 1 / mp.factorial(k + 3))
)

# log(1 + f) = f - f^2/2 + f^3 P(f) on sqrt(1/2) <= 1 + f <= sqrt(2)
poly("log", (-0.2931, 0.4144), range(9), None, weight=lambda x: abs(x) ** 2 + mp.mpf(10) ** -6)(
    guarded(lambda x: (mp.log1p(x) - x + x * x / 2) / x**3, lambda k: mp.mpf(-1) ** k / (k + 3))
)
# log((1 + s) / (1 - s)) = 2 s + s z P(z), z = s^2, |s| <= 0.1716
poly("log_s", (0, 0.02945), range(4), range(7), weight=lambda z: z + mp.mpf(10) ** -9)(
    guarded(lambda z: (2 * mp.atanh(mp.sqrt(z)) / mp.sqrt(z) - 2) / z, lambda k: mp.mpf(2) / (2 * k + 3), near=0.0001)
)
# the same with the first two terms apart: 2 s + s z (2/3 + z P(z)), to more than the working precision
poly("log_t", (0, 0.02945), range(4), range(8), weight=lambda z: z**2 + mp.mpf(10) ** -12)(
    guarded(
        lambda z: ((2 * mp.atanh(mp.sqrt(z)) / mp.sqrt(z) - 2) / z - mp.mpf(2) / 3) / z,
        lambda k: mp.mpf(2) / (2 * k + 5),
        near=0.001,
    )
)
# sin(r) = r + r z P(z), cos(r) = 1 - z/2 + z^2 P(z), z = r^2, |r| <= pi/4
poly("sin", (0, 0.6169), range(4), range(7), weight=lambda z: z + mp.mpf(10) ** -6)(
    guarded(lambda z: (mp.sin(mp.sqrt(z)) / mp.sqrt(z) - 1) / z, lambda k: mp.mpf(-1) ** (k + 1) / mp.factorial(2 * k + 3))
)
poly("cos", (0, 0.6169), range(3), range(7), weight=lambda z: z * z + mp.mpf(10) ** -6)(
    guarded(lambda z: (mp.cos(mp.sqrt(z)) - 1 + z / 2) / z**2, lambda k: mp.mpf(-1) ** k / mp.factorial(2 * k + 4))
)

# atan(t) = t + t z P(z), z = t^2, |t| <= tan(pi/8)
poly("atan", (0, 0.1716), range(6), range(12), weight=lambda z: z + mp.mpf(10) ** -6)(
    guarded(lambda z: (mp.atan(mp.sqrt(z)) / mp.sqrt(z) - 1) / z, lambda k: mp.mpf(-1) ** (k + 1) / (2 * k + 3), near=0.001)
)
# asin(x) = x + x z P(z), z = x^2, |x| <= 1/2
poly("asin", (0, 0.2501), range(6), range(13), weight=lambda z: z + mp.mpf(10) ** -6)(
    guarded(
        lambda z: (mp.asin(mp.sqrt(z)) / mp.sqrt(z) - 1) / z,
        lambda k: mp.factorial(2 * k + 2) / (mp.mpf(4) ** (k + 1) * mp.factorial(k + 1) ** 2 * (2 * k + 3)),
        near=0.001,
    )
)


@functools.lru_cache(None)
def solve(name, bits):
    function, interval, powers, weight, options = TABLE[name]
    return fit(function, interval, list(powers[bits == 53]), bits, weight=weight, **options)


def coefficients(name, bits):
    """C constants, lowest power first."""
    suffix = "f" if bits == 24 else ""
    return [c_hex(words[0], suffix) for _, words in solve(name, bits)[0]]


def constant(expression, bits, word):
    """The word-th part (0: highest) of an mpmath expression such as 'pi/2', as a C constant."""
    value = eval(expression, {name: getattr(mp, name) for name in ("pi", "log", "sqrt", "exp", "e", "euler", "mpf")})
    for _ in range(word):
        value -= round_to(value, bits)
    return c_hex(round_to(value, bits), "f" if bits == 24 else "")


def main(names):
    for name in names or TABLE:
        for bits in (24, 53):
            if not TABLE[name][2][bits == 53]:
                continue
            result, ideal, reached = solve(name, bits)
            print(f"{name}, {bits} bits: 2^{float(mp.log(reached, 2)):.1f} (best 2^{float(mp.log(ideal, 2)):.1f})")
            for (power, words) in result:
                print("   ", power, ", ".join(c_hex(w, "f" if bits == 24 else "") for w in words))


if __name__ == "__main__":
    main(sys.argv[1:])
