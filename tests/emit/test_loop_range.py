"""Nests of loops of one thread whose checks were taken out: the same memory and reports as with every check in place."""

import os
import sys

import numpy as np
import pytest

sys.path.insert(0, os.path.dirname(__file__))
import harness  # noqa: E402

pytestmark = pytest.mark.skipif(not os.path.exists(harness.DUMP), reason="emit_dump is not built")

BODIES = {  # of a nest over x[rows][columns]; the model is the same text in Python, where a bad access is noted
    "rows": ("for (long i = 0; i < n; i++) for (long j = a; j < m + b; j++) x[i * m + j] += 1.0;",
             lambda n, m, a, b: [i * m + j for i in range(n) for j in range(a, m + b)]),
    "down": ("for (long i = n - 1; i > a - 1; i += -1) for (long j = m - 1 + b; j >= 0; j -= 2) x[i * m + j] += 1.0;",
             lambda n, m, a, b: [i * m + j for i in range(n - 1, a - 1, -1) for j in range(m - 1 + b, -1, -2)]),
    "index": ("for (long i = 0; i < n; i++) for (long j = 0; j < m; j++) x[__wf_index(i + a, n, 0) * m + __wf_index(j + b, m, 1)] += 1.0;",
              lambda n, m, a, b: [None if not (-n <= i + a < n and -m <= j + b < m) else (i + a) % n * m + (j + b) % m
                                  for i in range(n) for j in range(m)]),
    "triangle": ("for (long i = 0; i < n; i++) for (long j = 0; j < i; j++) x[(i - j + a) * m + b] += 1.0;",
                 lambda n, m, a, b: [(i - j + a) * m + b for i in range(n) for j in range(i)]),
    "guarded": ("for (long i = 0; i < n; i++) { if (i > -a) x[i * m + a] += 1.0; if (i > 0) x[i - 1] += 1.0; }",
                lambda n, m, a, b: [k for i in range(n) for k in ([i * m + a] if i > -a else []) + ([i - 1] if i > 0 else [])]),
    "row": ("for (long i = 0; i < n; i++) { double *row = x + i * m; for (long j = 0; j < m + b; j++) row[j + a] += 1.0; }",
            lambda n, m, a, b: [i * m + j + a for i in range(n) for j in range(m + b)]),
    "folded": ("for (long i = 0; i < n * m; i++) x[(i + a) % 7 + (i >> 1) / 2 + (i & 3) + (b < 0 ? b : i - i)] += 1.0;",
               lambda n, m, a, b: [((i + a) % 7 if i + a >= 0 else -(-(i + a) % 7)) + (i >> 1) // 2 + (i & 3) + (b if b < 0 else 0)
                                   for i in range(n * m)]),
    "stepped": ("for (long i = 2; i < n; i++) for (long j = i * i; j < n * m + b; j += i + a) x[j] += 1.0;",
                lambda n, m, a, b: [j for i in range(2, n) for j in (range(i * i, n * m + b, i + a) if i + a > 0 else ())]),
    "outlives": ("for (long i = 1; i < n; i++) { long j = i - 1 + a; x[j + 1] += 1.0;"
                 " for (; j >= 0; j -= 2) { if (j == 3) break; x[j + b] += 1.0; } x[j + 2] += 1.0; }",
                 lambda n, m, a, b: [k for i in range(1, n) for k in outlives(i - 1 + a, b)]),
    "edges": ("for (long i = 0; i < n; i++) for (long j = 0; j < m; j++)"
              " x[__wf_min(__wf_max(i + a, 0L), n - 1) * m + __wf_max(__wf_min(j + b, m - 1), b)] += 1.0;",
              lambda n, m, a, b: [min(max(i + a, 0), n - 1) * m + max(min(j + b, m - 1), b) for i in range(n) for j in range(m)]),
    "table": ("long t[3] = {-1, 0, 2}; for (long i = 0; i < n; i++) for (long k = 0; k < 3; k++) x[i * m + t[k] + a - b] += 1.0;",
              lambda n, m, a, b: [i * m + t + a - b for i in range(n) for t in (-1, 0, 2)]),
}


def outlives(j, b):
    yield j + 1
    while j >= 0 and j != 3:
        yield j + b
        j -= 2
    yield j + 2


@pytest.mark.parametrize("name", BODIES)
def test_nest(name):
    text, model = BODIES[name]
    k = harness.Kernel('extern "C" __global__ void k(double *x, long n, long m, long a, long b) {\n' + text + "\n}", "k", (1,), lanes=1)
    for n, m in ((6, 5), (1, 9), (0, 3)):
        for a in (0, 1, -1, 3):
            for b in (0, 1, -1, -7):
                if name == "stepped" and a < 0:
                    continue  # it would not end
                guarded = np.zeros(n * m + 40)
                x = guarded[20:20 + n * m]
                report = k((1,), x, np.int64(n), np.int64(m), np.int64(a), np.int64(b))
                expected, bad = np.zeros(n * m), 0
                for at in model(n, m, a, b):
                    if at is None or not 0 <= at < n * m:
                        bad += 1
                    else:
                        expected[at] += 1
                assert np.array_equal(x, expected), (n, m, a, b)
                assert bool(report.bad) == bool(bad), (n, m, a, b)
                assert not guarded[:20].any() and not guarded[20 + n * m:].any()


def test_an_index_that_wraps_in_its_type_is_not_taken_for_inside():
    source = 'extern "C" __global__ void k(double *x, int n, int by) { for (int i = 0; i < n; i++) x[i * by] += 1.0; }'
    k = harness.Kernel(source, "k", (1,), lanes=1)
    x = np.zeros(64)
    report = k((1,), x, np.int32(5), np.int32(1 << 30))  # 4 << 30 wraps to 0: only i = 0 and 4 are inside
    assert report.bad and x[0] == 2 and x.sum() == 2


def test_a_pointer_that_changes_in_the_loop():
    source = ('extern "C" __global__ void k(double *x, double *y, long n) { double *p = x, *q = y; for (long t = 0; t < 4; t++) {'
              " for (long i = 0; i < n; i++) q[i] = p[i] + 1.0; double *o = p; p = q; q = o; } }")
    k = harness.Kernel(source, "k", (1,), lanes=1)
    x, y = np.zeros(8), np.zeros(8)
    assert not k((1,), x, y, np.int64(8)).bad and (x == 4).all() and (y == 3).all()
    x, y = np.zeros(8), np.zeros(6)
    assert k((1,), x, y, np.int64(8)).bad and (x[:6] == 4).all() and (y == 3).all()
