"""Minimax polynomials for the device library, by the Remez exchange in multiple precision.

    coefficients = fit(f, (a, b), powers, bits=24)

approximates f on [a, b] by sum(c[k] * x**powers[k]) so that the largest |weight(x) * (p(x) - f(x))| is least; the default
weight is 1/f, the relative error. The coefficients come back rounded to `bits` (24: float, 53: double). With refit = n, the
first n are rounded one after the other from the lowest power up, the rest fitted anew each time. Powers listed in `pairs` are rounded to twice the bits (a float-float or double-double constant).

Needs mpmath. Nothing at run or build time depends on this folder: it documents where the numbers in ../ come from.
"""

import mpmath as mp

mp.mp.prec = 220


def round_to(value, bits):
    """value rounded to nearest with so many bits (exponent range unbounded)."""
    with mp.workprec(bits):
        return +mp.mpf(value)


def _extrema(xs, errors, wanted):
    """Indices of `wanted` points of alternating sign, each the largest error of its run of equal sign."""
    runs = []
    for i, error in enumerate(errors):
        if runs and (errors[runs[-1]] > 0) == (error > 0):
            if abs(error) > abs(errors[runs[-1]]):
                runs[-1] = i
        else:
            runs.append(i)
    while len(runs) > wanted:  # drop the weakest end
        if abs(errors[runs[0]]) < abs(errors[runs[-1]]):
            runs.pop(0)
        else:
            runs.pop()
    return runs


def _remez(values, weights, xs, powers, rounds=12):
    """Best coefficients over the grid xs, and the weighted error reached."""
    count = len(powers)
    if count == 0:
        return [], max(abs(v * w) for v, w in zip(values, weights))
    last = len(xs) - 1
    points = [last * i // count for i in range(count + 1)]  # the grid itself is spaced as Chebyshev points
    coefficients, reached = None, None
    for _ in range(rounds):
        matrix = mp.matrix(count + 1, count + 1)
        right = mp.matrix(count + 1, 1)
        for row, i in enumerate(points):
            for column, power in enumerate(powers):
                matrix[row, column] = xs[i] ** power
            matrix[row, count] = (-1) ** row / weights[i]
            right[row] = values[i]
        solution = mp.lu_solve(matrix, right)
        coefficients = [solution[j] for j in range(count)]
        errors = []
        for x, value, weight in zip(xs, values, weights):
            p = mp.mpf(0)
            for c, power in zip(coefficients, powers):
                p += c * x**power
            errors.append((p - value) * weight)
        reached = max(abs(e) for e in errors)
        runs = _extrema(xs, errors, count + 1)
        if len(runs) < count + 1 or reached < abs(solution[count]) * mp.mpf("1.01"):
            break
        points = runs
    return coefficients, reached


def _least_squares(values, weights, xs, powers):
    """Coefficients with the least weighted sum of squares; on a grid spaced as Chebyshev points that is nearly minimax, and
    unlike the exchange it does not mind that all powers may vanish inside the interval."""
    count = len(powers)
    matrix, right = mp.matrix(count, count), mp.matrix(count, 1)
    for x, value, weight in zip(xs, values, weights):
        row = [weight * x**p for p in powers]
        for i in range(count):
            right[i] += row[i] * weight * value
            for j in range(i + 1):
                matrix[i, j] += row[i] * row[j]
    for i in range(count):
        for j in range(i):
            matrix[j, i] = matrix[i, j]
    solution = mp.lu_solve(matrix, right)
    return [solution[j] for j in range(count)]


def fit(f, interval, powers, bits, weight=None, pairs=(), grid=None, exact=None, refit=7):
    """See above. `exact` fixes coefficients: {power: value}. Returns [(power, [hi] or [hi, lo])], reached error."""
    a, b = mp.mpf(interval[0]), mp.mpf(interval[1])
    size = grid or 24 * len(powers) + 60
    xs = [(a + b) / 2 - (b - a) / 2 * mp.cos(mp.pi * (i + mp.mpf(1) / 2) / size) for i in range(size)]
    values = [f(x) for x in xs]
    weights = [(1 / v if weight is None else weight(x)) for x, v in zip(xs, values)]
    weights = [abs(w) for w in weights]
    remaining = [p for p in powers]
    left = list(values)
    out = []
    solved, ideal = None, None
    for step, power in enumerate(powers):
        if exact and power in exact:
            value = mp.mpf(exact[power])
        else:
            free = [p for p in remaining if not (exact and p in exact)]
            if exact:
                base = [v - sum(mp.mpf(exact[p]) * x**p for p in remaining if p in exact) for v, x in zip(left, xs)]
            else:
                base = left
            if solved is None or step < refit:
                if ideal is None:
                    coefficients, ideal = _remez(base, weights, xs, free)
                else:
                    coefficients = _least_squares(base, weights, xs, free)
                solved = dict(zip(free, coefficients))
            value = solved[power]
        high = round_to(value, bits)
        words = [high]
        if power in pairs:
            words.append(round_to(value - high, bits))
        out.append((power, words))
        used = sum(words)
        left = [v - used * x**power for v, x in zip(left, xs)]
        remaining.remove(power)
    reached = max(abs(v * w) for v, w in zip(left, weights))
    return out, ideal, reached


def c_hex(value, suffix=""):
    """An exact C hexadecimal constant."""
    value = mp.mpf(value)
    if value == 0:
        return "0.0" + suffix
    sign = "-" if value < 0 else ""
    mantissa, exponent = mp.frexp(abs(value))
    mantissa, exponent = mantissa * 2, exponent - 1
    digits = ""
    fraction = mantissa - 1
    while fraction:
        fraction *= 16
        digit = int(mp.floor(fraction))
        digits += "%x" % digit
        fraction -= digit
    return f"{sign}0x1{'.' + digits if digits else ''}p{exponent:+d}{suffix}"
