"""Logistic regression by gradient descent, the same program with NumPy and with weft

    python examples/logistic.py

What is not a matrix product is fused: the probabilities and the loss are one kernel each step.
"""

import time

import numpy as np

import weft as wf

ROWS, COLUMNS, STEPS, RATE = 200_000, 20, 60, 1.0

rng = np.random.default_rng(11)
data = rng.standard_normal((ROWS, COLUMNS))
truth = rng.standard_normal(COLUMNS)
answer = (rng.uniform(size=ROWS) < 1 / (1 + np.exp(-data @ truth))).astype(float)


def fit(m):
    begun = time.perf_counter()
    x, y, w = m.asarray(data), m.asarray(answer), m.zeros(COLUMNS)
    for _ in range(STEPS):
        probability = 1 / (1 + m.exp(-(x @ w)))
        w = w - RATE * (x.T @ (probability - y)) / ROWS
    score = x @ w
    loss = float((m.maximum(score, 0) - score * y + m.log1p(m.exp(-m.abs(score)))).mean())
    right = float(((score > 0) == (y > 0.5)).mean())
    return w, loss, right, time.perf_counter() - begun


fit(wf)  # compiles
w, loss, right, ours = fit(wf)
check, loss_too, _, theirs = fit(np)
print(f"loss {loss:.6f}, with NumPy {loss_too:.6f}; {100 * right:.1f} % right; {ours:.3f} s, NumPy {theirs:.3f} s")
assert abs(loss - loss_too) < 1e-9 and np.allclose(w.get(), check)
