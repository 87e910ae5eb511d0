"""The price of an option by a million random paths

    python examples/option_price.py

A European call under Black and Scholes: the mean of a million simulated pay-offs beside the formula. Random numbers are the same on every
device, so the printed price is too.
"""

import math
import time

import numpy as np

import weft as wf

SPOT, STRIKE, RATE, VOLATILITY, YEARS, PATHS = 100.0, 105.0, 0.03, 0.2, 1.0, 1_000_000


def simulate(m):
    begun = time.perf_counter()
    m.random.seed(7)
    z = m.random.standard_normal(PATHS)
    final = SPOT * m.exp((RATE - VOLATILITY**2 / 2) * YEARS + VOLATILITY * math.sqrt(YEARS) * z)
    payoff = m.maximum(final - STRIKE, 0)
    price = math.exp(-RATE * YEARS) * payoff.mean().item()
    error = math.exp(-RATE * YEARS) * payoff.std().item() / math.sqrt(PATHS)
    return price, error, time.perf_counter() - begun


simulate(wf)  # compiles
price, error, ours = simulate(wf)
other, _, theirs = simulate(np)


def below(x):
    """The normal distribution function."""
    return 0.5 * math.erfc(-x / math.sqrt(2))


d1 = (math.log(SPOT / STRIKE) + (RATE + VOLATILITY**2 / 2) * YEARS) / (VOLATILITY * math.sqrt(YEARS))
formula = SPOT * below(d1) - STRIKE * math.exp(-RATE * YEARS) * below(d1 - VOLATILITY * math.sqrt(YEARS))
print(f"simulated {price:.4f} (standard error {error:.4f}), formula {formula:.4f}, NumPy's paths {other:.4f}; {ours:.3f} s, NumPy {theirs:.3f} s")
assert abs(price - formula) < 4 * error and abs(other - formula) < 4 * error
