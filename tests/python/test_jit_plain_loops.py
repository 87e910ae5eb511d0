"""Which functions have the whole pipeline of LLVM's passes, whose vectoriser takes plain loops, and which have each function
simplified once: the emitter says it in the first line (src/emit/plain_loop.c)."""

import numpy as np
import pytest

import weft as wf
from weft import _compile

pytest.importorskip("llvmlite.binding")


def fill(a):
    for i in range(len(a)):
        a[i] = 3.0


def copy(a):
    b = np.empty(len(a))
    for i in range(len(a)):
        b[i] = a[i]
    return b


def scaled(a):
    b = a.reshape(2, len(a) // 2)
    for i in range(2):
        top = b[i, 0]
        for j in range(1, b.shape[1]):
            top = max(top, b[i, j])
        for j in range(b.shape[1]):
            b[i, j] /= top


def count(a):
    n = 0
    for i in range(len(a)):
        if a[i] > 2.0:
            n += 1
    return n


def swaps(a):  # two variables that change places, not carried by way of each other
    b = np.empty(len(a))
    for i in range(len(a)):
        x = a[i]
        y = x * 2.0
        x = y + 1.0
        b[i] = x
    return b


def inner(a):
    b = a.reshape(2, len(a) // 2)
    for i in range(2):
        for j in range(b.shape[1]):
            b[i, j] += 1.0


def blurred(a):  # the loops of three turns are written out first, with a chain of additions in each turn of x
    img = a.reshape(8, len(a) // 8)
    out = np.zeros(img.shape)
    for y in range(1, img.shape[0] - 1):
        for x in range(1, img.shape[1] - 1):
            s = 0.0
            for dy in range(-1, 2):
                for dx in range(-1, 2):
                    s += img[y + dy, x + dx]
            out[y, x] = s / 9.0
    return out


def add_up(a):
    s = 0.0
    for i in range(len(a)):
        s += a[i]
    return s


def fibonacci(a):
    x, y = 0.0, 1.0
    for i in range(len(a)):
        x, y = y, x + y
    return x


def hashed(a):
    h = 17
    for i in range(len(a)):
        h = (h ^ int(a[i])) * 31 & 1048575
    return h


def find(a):
    for i in range(len(a)):
        if a[i] > 4.0:
            return i
    return -1


def halves(a):
    n, x = 0, a[0]
    while x > 1.0:
        x *= 0.5
        n += 1
    return n


def text_of(function):
    """What LLVM is given, after a call that is right."""
    given = np.linspace(1.0, 6.0, 64)
    expected, f = function(given.copy()), wf.njit(function)
    got = f(given.copy())
    if expected is not None:
        np.testing.assert_allclose(got, expected)
    (text,) = f.inspect_llvm().values()
    return text


def vectors_made(text):
    """Does LLVM's vectoriser take a loop of it?"""
    triple = "x86_64-unknown-linux-gnu"
    llvm = _compile._llvm(triple)
    machine = llvm.Target.from_triple(triple).create_target_machine(cpu="x86-64-v4", opt=2)
    module = llvm.parse_assembly(text)
    builder = llvm.create_pass_builder(machine, _compile._tuning(llvm, 2, True))
    builder.getModulePassManager().run(module, builder)
    return "llvm.loop.isvectorized" in str(module)


@pytest.mark.parametrize("function", [fill, copy, scaled, count, swaps, inner, blurred])
def test_loops_that_become_vectors(function):
    text = text_of(function)
    assert text.startswith("; one lane, plain loops\n")
    assert vectors_made(text)


@pytest.mark.parametrize("function", [add_up, fibonacci, hashed, find, halves])
def test_loops_that_do_not(function):
    text = text_of(function)
    assert text.startswith("; one lane\n")
    assert not vectors_made(text)
