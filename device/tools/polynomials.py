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

# sinh(r) = r + r^3 P(z) and cosh(r) = 1 + z P(z), z = r^2: double on the same interval, float on that of "expm1"; sinh up to 1
for _name, _odd, _end, _terms in ("sinh", 1, 0.1205, ((), range(6))), ("cosh", 0, 0.1205, ((), range(6))), ("sinh_float", 1, 0.1655, (range(3), ())), (
        "cosh_float", 0, 0.1655, (range(3), ())), ("sinh_near", 1, 1.0001, (range(4), ())):
    poly(_name, (0, _end), *_terms, weight=lambda z: z + mp.mpf(10) ** -6)(
        guarded(lambda z, o=_odd: (mp.sinh(mp.sqrt(z)) / mp.sqrt(z) - 1) / z if o else (mp.cosh(mp.sqrt(z)) - 1) / z,
                lambda k, o=_odd: 1 / mp.factorial(2 * k + 2 + o))
    )

# 2^r = 1 + r P(r) on |r| <= 1/2, 10^r on |r| <= log10(2) / 2, and exp(r), whose first two terms are exact
for _name, _log, _limit in ("exp2_short", mp.log(2), 0.5001), ("exp10_short", mp.log(10), 0.15055):
    poly(_name, (-_limit, _limit), range(6), (), weight=lambda x: abs(x) + mp.mpf(10) ** -6)(
        guarded(lambda x, c=_log: mp.expm1(c * x) / x, lambda k, c=_log: c ** (k + 1) / mp.factorial(k + 1))
    )
poly("exp_short", (-0.3467, 0.3467), range(4), (), weight=lambda x: x * x + mp.mpf(10) ** -6)(
    guarded(lambda x: (mp.expm1(x) - x) / x**2, lambda k: 1 / mp.factorial(k + 2))
)
# log(1 + f) = f + f^2 P(f), and over log 2 and log 10, on the same interval as "log"
for _name, _scale in ("log_short", mp.mpf(1)), ("log2_short", 1 / mp.log(2)), ("log10_short", 1 / mp.log(10)):
    poly(_name, (-0.2930, 0.4143), range(9), (), weight=lambda x: abs(x) + mp.mpf(10) ** -6)(
        guarded(lambda x, c=_scale: c * (mp.log1p(x) - x) / x**2, lambda k, c=_scale: c * mp.mpf(-1) ** (k + 1) / (k + 2))
    )
# the same for log1p, whose f lies between -1/4 and 1/2
poly("log1p_short", (-0.2501, 0.5001), range(9), (), weight=lambda x: abs(x) + mp.mpf(10) ** -6)(
    guarded(lambda x: (mp.log1p(x) - x) / x**2, lambda k: mp.mpf(-1) ** (k + 1) / (k + 2))
)
# exp(r) - 1 = r + r^2 P(r), and for sinh and cosh on the same interval as below, in wf_expf_reduce_skew's interval
poly("expm1", (-0.288, 0.4056), range(6), (), weight=lambda x: abs(x) + mp.mpf(10) ** -6)(
    guarded(lambda x: (mp.expm1(x) - x) / x**2, lambda k: 1 / mp.factorial(k + 2))
)
# tanh(x) = x + x z P(z), z = x^2, up to 1; atanh(s) = s + s z P(z), s <= 0.2037; atan(t) up to 1, with P(z - 1/2)
_tanh = mp.taylor(mp.tanh, 0, 80)
poly("tanh", (0, 1.0), range(7), (), weight=lambda z: z * mp.sqrt(z) / mp.tanh(mp.sqrt(z) + mp.mpf(10) ** -6) + mp.mpf(10) ** -6)(
    guarded(lambda z: (mp.tanh(mp.sqrt(z)) / mp.sqrt(z) - 1) / z, lambda k: _tanh[2 * k + 3] if 2 * k + 3 <= 80 else mp.mpf(0))
)
poly("atanh", (0, 0.0415), range(4), (), weight=lambda z: z + mp.mpf(10) ** -6)(
    guarded(lambda z: (mp.atanh(mp.sqrt(z)) / mp.sqrt(z) - 1) / z, lambda k: mp.mpf(1) / (2 * k + 3), near=0.001)
)
_atan = guarded(lambda z: (mp.atan(mp.sqrt(z)) / mp.sqrt(z) - 1) / z, lambda k: mp.mpf(-1) ** (k + 1) / (2 * k + 3), near=0.001)
poly("atan_wide", (-0.5, 0.5001), range(9), (), weight=lambda w: (w + 0.5) ** 1.5 / mp.atan(mp.sqrt(w + 0.5) + 1e-6) + 1e-6)(lambda w: _atan(w + 0.5))
# sin(r) = r + r z P(z) on |r| <= pi/2, for the fast form
poly("sin_fast", (0.0001, 2.4675), range(4), (), weight=lambda z: z)(lambda z: (mp.sin(mp.sqrt(z)) / mp.sqrt(z) - 1) / z)
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
# tan(r) = r + r z P(z), z = r^2, |r| <= pi/4; sin(pi r) = r (pi + z P(z)), cos(pi r) = 1 + z P(z), |r| <= 1/4
_tan = mp.taylor(mp.tan, 0, 120)
poly("tan", (0, 0.6170), range(7), (), weight=lambda z: z * mp.sqrt(z) / mp.tan(mp.sqrt(z) + mp.mpf(10) ** -6) + mp.mpf(10) ** -6)(
    guarded(lambda z: (mp.tan(mp.sqrt(z)) / mp.sqrt(z) - 1) / z, lambda k: _tan[2 * k + 3] if 2 * k + 3 <= 120 else mp.mpf(0))
)
poly("sinpi", (0, 0.06251), range(4), (), weight=lambda z: z + mp.mpf(10) ** -6)(
    guarded(lambda z: (mp.sin(mp.pi * mp.sqrt(z)) / mp.sqrt(z) - mp.pi) / z, lambda k: mp.mpf(-1) ** (k + 1) * mp.pi ** (2 * k + 3) / mp.factorial(2 * k + 3))
)
poly("cospi", (0, 0.06251), range(4), (), weight=lambda z: z + mp.mpf(10) ** -6)(
    guarded(lambda z: (mp.cos(mp.pi * mp.sqrt(z)) - 1) / z, lambda k: mp.mpf(-1) ** (k + 1) * mp.pi ** (2 * k + 2) / mp.factorial(2 * k + 2))
)
# atanh(s) = s + s z P(z), z = s^2, |s| <= 0.2005
poly("atanh", (0, 0.0402), (), range(8), weight=lambda z: z + mp.mpf(10) ** -9)(
    guarded(lambda z: (mp.atanh(mp.sqrt(z)) / mp.sqrt(z) - 1) / z, lambda k: mp.mpf(1) / (2 * k + 3), near=0.0001)
)
# sin(r) = r + r z P(z), cos(r) = 1 - z/2 + z^2 P(z), z = r^2, |r| <= pi/4
poly("sin", (0, 0.6169), range(4), range(7), weight=lambda z: z + mp.mpf(10) ** -6)(
    guarded(lambda z: (mp.sin(mp.sqrt(z)) / mp.sqrt(z) - 1) / z, lambda k: mp.mpf(-1) ** (k + 1) / mp.factorial(2 * k + 3))
)
poly("cos", (0, 0.6169), range(3), range(6), weight=lambda z: z * z + mp.mpf(10) ** -6)(
    guarded(lambda z: (mp.cos(mp.sqrt(z)) - 1 + z / 2) / z**2, lambda k: mp.mpf(-1) ** k / mp.factorial(2 * k + 4))
)

# atan(t) = t + t z P(z), z = t^2, |t| <= tan(pi/8)
poly("atan", (0, 0.1716), (), range(12), weight=lambda z: z + mp.mpf(10) ** -6)(
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


# --- the error function ---------------------------------------------------------------------------------------------------
def erfcx(x):
    if x < 60:
        return mp.exp(x * x) * mp.erfc(x)
    return sum((-1) ** k * mp.fac2(2 * k - 1) / (2 * x * x) ** k for k in range(25)) / (x * mp.sqrt(mp.pi))


def complement(y):
    """c = erfc(y) as a function of s = sqrt(-log(c (2 - c))): solved for y by Newton's method on log erfc."""

    def solve_for(s):
        e = mp.exp(-s * s)
        c = e / (1 + mp.sqrt(1 - e))
        x = mp.sqrt(max(s * s - mp.log(s * mp.sqrt(mp.pi)), 1))
        for _ in range(30):
            step = mp.erfc(x) * mp.exp(x * x) * mp.sqrt(mp.pi) / 2 * mp.log(mp.erfc(x) / c)
            x += step
            if abs(step) < mp.mpf(2) ** -150:
                break
        return x

    return solve_for(y)


# erf(x) = x + x P(x^2), |x| <= 1.02
poly("erf", (0, 1.05), range(7), range(13), weight=lambda z: mp.mpf(1))(
    guarded(
        lambda z: mp.erf(mp.sqrt(z)) / mp.sqrt(z) - 1,
        lambda k: 2 / mp.sqrt(mp.pi) * mp.mpf(-1) ** k / (mp.factorial(k) * (2 * k + 1)) - (1 if k == 0 else 0),
        near=0.01,
    )
)
# erfc(x) = exp(P(x)): float for 0.79 <= x <= 4, double for 0.79 <= x <= 6
poly("log_erfc32", (0.79, 4), range(8), (), weight=lambda x: mp.erfc(x))(lambda x: mp.log(mp.erfc(x)))
poly("log_erfc64", (0.79, 6), (), range(20), weight=lambda x: mp.erfc(x))(lambda x: mp.log(mp.erfc(x)))
# erfc(x) exp(x^2) (1 + 2x) = P(t), t = (x - 3) / (x + 3), 0.45 <= x
poly("erfcx", (-0.7392, 0.99999), range(12), range(24), pairs=[0])(lambda t: (1 + 6 * (1 + t) / (1 - t)) * erfcx(3 * (1 + t) / (1 - t)))
# erfinv(a) / a = P(w), w = -log(1 - a^2) < 5; a start for the iteration
poly("erfinv", (1e-9, 5), range(5), range(9))(lambda w: mp.erfinv(mp.sqrt(1 - mp.exp(-w))) / mp.sqrt(1 - mp.exp(-w)))
# erfcinv(c) = P(s), s = sqrt(-log(c (2 - c))); a start for the iteration
poly("erfcinv32", (2.23, 10.3), range(5), ())(complement)
poly("erfcinv64_near", (2.23, 6), (), range(10))(complement)
poly("erfcinv64_far", (6, 27.5), (), range(10))(complement)

# random numbers: the quantile of the normal distribution over 1 - 2 p, as P(w - 3) and Q(w - 14), w = -log(4 p (1 - p)), and log(1 + f) for w
def normal_over(w):
    root = mp.sqrt(1 - mp.exp(-w))
    return mp.sqrt(2) * mp.erfinv(root) / root


poly("normal_near", (-3 + 1e-9, 3), range(10), ())(lambda t: normal_over(t + 3))
poly("normal_far", (-8, 8.6), range(11), ())(lambda t: normal_over(t + 14))
poly("normal_log", (-0.2930, 0.4143), range(7), (), weight=lambda x: x * x + mp.mpf(10) ** -6)(
    guarded(lambda x: (mp.log1p(x) - x) / x**2, lambda k: mp.mpf(-1) ** (k + 1) / (k + 2))
)


# --- the gamma function ---------------------------------------------------------------------------------------------------
def stirling(w):
    """The rest of Stirling's formula, z (log gamma(z) - (z - 1/2) log z + z - log(2 pi) / 2), as a function of w = 1 / z^2."""
    if w < mp.mpf(10) ** -6:
        return sum(mp.bernoulli(2 * k) / (2 * k * (2 * k - 1)) * w ** (k - 1) for k in range(1, 12))
    z = 1 / mp.sqrt(w)
    return z * (mp.loggamma(z) - (z - mp.mpf(1) / 2) * mp.log(z) + z - mp.log(2 * mp.pi) / 2)


poly("stirling32", (0, 1 / 15.9), range(4), ())(stirling)
poly("stirling64", (0, 1 / 63.9), (), range(8))(stirling)
# log gamma(1 + d) = d P(d), |d| <= 1/4
poly("lgamma1", (-0.2501, 0.2501), range(10), range(20), pairs=[0], weight=lambda d: mp.mpf(1))(
    guarded(lambda d: mp.loggamma(1 + d) / d, lambda k: -mp.euler if k == 0 else (-1) ** (k + 1) * mp.zeta(k + 1) / (k + 1), near=0.001)
)
# log gamma(2 + d) = d P(d), |d| <= 1/4
poly("lgamma2", (-0.2501, 0.2501), range(8), range(15), pairs=[0], weight=lambda d: mp.mpf(1))(
    guarded(
        lambda d: mp.loggamma(2 + d) / d,
        lambda k: 1 - mp.euler if k == 0 else (-1) ** (k + 1) * (mp.zeta(k + 1) - 1) / (k + 1),
        near=0.001,
    )
)


# --- Bessel functions -------------------------------------------------------------------------------------------------------
def hankel(order, which):
    """P or Q of Hankel's asymptotic form (Q times x), as functions of w = 1 / x^2."""

    def function(w):
        if w < mp.mpf(1) / 1600:
            mu = 4 * order * order
            total, term, k = mp.mpf(0), mp.mpf(1), 0
            while k < 80:
                if k % 2 == (0 if which == "P" else 1):
                    total += (-1) ** (k // 2) * term
                k += 1
                term = term * (mu - (2 * k - 1) ** 2) / (8 * k) * mp.sqrt(w)
                if abs(term) < mp.mpf(2) ** -230:
                    break
            return total if which == "P" else total / mp.sqrt(w)
        x = 1 / mp.sqrt(w)
        chi = x - (2 * order + 1) * mp.pi / 4
        scale, j, y = mp.sqrt(mp.pi * x / 2), mp.besselj(order, x), mp.bessely(order, x)
        if which == "P":
            return scale * (j * mp.cos(chi) + y * mp.sin(chi))
        return x * scale * (y * mp.cos(chi) - j * mp.sin(chi))

    return function


for order in (0, 1):
    for bits, start in ((32, 7.99), (64, 7.99)):
        powers = (range(4), ()) if bits == 32 else ((), range(13))
        # P(w) = 1 + w P'(w); the weight of P' is w
        poly(f"hankel_p{order}_{bits}", (mp.mpf(10) ** -9, 1 / mp.mpf(start) ** 2), *powers, weight=lambda w: w)(
            lambda w, order=order: (hankel(order, "P")(w) - 1) / w
        )
        poly(f"hankel_q{order}_{bits}", (mp.mpf(10) ** -9, 1 / mp.mpf(start) ** 2), *powers, weight=lambda w: mp.sqrt(w))(
            lambda w, order=order: hankel(order, "Q")(w)
        )
    # I(x) exp(-x) sqrt(2 pi x) = 1 + u P(u), u = 1 / x
    poly(f"bessel_i{order}_32", (mp.mpf(10) ** -7, 1 / mp.mpf(11.99)), range(5), (), weight=lambda u: u)(
        lambda u, order=order: (mp.besseli(order, 1 / u) * mp.exp(-1 / u) * mp.sqrt(2 * mp.pi / u) - 1) / u
    )


def over_power(function, order):
    """function(order, x) / x^order as a function of z = x^2, where it has no odd powers."""
    return lambda z: function(order, mp.sqrt(z)) / mp.sqrt(z) ** order


def bessel_rest(order, z):
    """What log(x) j(x) and -1 / x (of order 1), both times 2 / pi, leave of y(x); over x^order."""
    x = mp.sqrt(z)
    pole = 1 / x if order else 0
    return (mp.bessely(order, x) - 2 / mp.pi * (mp.log(x) * mp.besselj(order, x) - pole)) / x**order


# j(x), over x for order 1, and the rest of y(x), as P(x^2 - centre) for 0 <= x^2 <= 64 in three pieces
for order in (0, 1):
    for piece, (centre, half) in enumerate(((6, 6), (23, 11), (49, 15))):
        options = {"weight": lambda t: mp.mpf(1), "pairs": [0, 1, 2, 3]}
        poly(f"bessel_j{order}_{piece}", (mp.mpf(10) ** -20 - half, half), (), range(14), **options)(
            lambda t, order=order, centre=centre: over_power(mp.besselj, order)(centre + t)
        )
        poly(f"bessel_y{order}_{piece}", (mp.mpf(10) ** -20 - half, half), (), range(14), **options)(
            lambda t, order=order, centre=centre: bessel_rest(order, centre + t)
        )
    # i(x), over x for order 1, as P(x^2) for x <= 8; i(x) exp(-x) sqrt(x) as P(1 / x - centre) from there on
    poly(f"bessel_i{order}_near", (mp.mpf(10) ** -20, 64), (), range(17), pairs=range(7))(over_power(mp.besseli, order))
    for piece, centre in enumerate((3 / 32, 1 / 32)):
        poly(f"bessel_i{order}_{piece}", (mp.mpf(10) ** -7 - 1 / 32, 1 / 32), (), range(15), pairs=[0])(
            lambda t, order=order, centre=centre: mp.besseli(order, 1 / (centre + t)) * mp.exp(-1 / (centre + t)) / mp.sqrt(centre + t)
        )


# --- the fast intrinsics: __expf, __logf ------------------------------------------------------------------------------------
poly("fast_exp", (-0.3467, 0.3467), range(7), (), exact={0: 1, 1: 1}, weight=lambda x: mp.mpf(1))(mp.exp)
poly("fast_log", (-0.2931, 0.4144), range(8), (), weight=lambda x: abs(x) + mp.mpf(10) ** -6)(
    guarded(lambda x: (mp.log1p(x) - x) / x**2, lambda k: mp.mpf(-1) ** (k + 1) / (k + 2))
)


@functools.lru_cache(None)
def solve(name, bits):
    function, interval, powers, weight, options = TABLE[name]
    return fit(function, interval, list(powers[bits == 53]), bits, weight=weight, **options)


def coefficients(name, bits):
    """C constants, lowest power first."""
    suffix = "f" if bits == 24 else ""
    return [c_hex(words[0], suffix) for _, words in solve(name, bits)[0]]


def low(name, bits, power):
    """The second word of a coefficient that is a pair."""
    return c_hex(dict(solve(name, bits)[0])[power][1], "f" if bits == 24 else "")


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
