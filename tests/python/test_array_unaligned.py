"""Arrays whose elements lie at no multiple of their size: as NumPy's, and no trouble for others (src/array/unaligned.c)."""

import numpy as np
import pytest

import weft as wf


def same(ours, theirs):
    ours, theirs = (ours.get() if isinstance(ours, wf.ndarray) else np.asarray(ours)), np.asarray(theirs)
    np.testing.assert_array_equal(ours, theirs)
    assert ours.dtype == theirs.dtype


def views(n):
    """(the host's array, the part that is seen, as what): n elements, and a few more."""
    for unit, kind, first in (("f8", "c16", 1), ("f4", "c8", 3), ("u1", "i4", 1), ("u1", "f8", 3), ("u2", "u8", 1)):
        per = np.dtype(kind).itemsize // np.dtype(unit).itemsize
        yield (np.arange(per * n + 8) % 37).astype(unit), slice(first, first + per * n), kind


@pytest.mark.parametrize("n", [6, 3000])
def test_reads(n):
    for host, part, kind in views(n):
        a, b = wf.asarray(host)[part].view(kind), host[part].view(kind)
        same(a.copy(), b)
        same(a + a, b + b)
        same(a[::-2], b[::-2])
        same(a[wf.asarray([4, 0, 4])], b[[4, 0, 4]])
        same(a[a == a[3]], b[b == b[3]])
        same(wf.concatenate([a, a]), np.concatenate([b, b]))
        if kind == "i4":
            same(a.sum(), b.sum())
            same(a.cumsum(), b.cumsum())
            same(wf.sort(a), np.sort(b))
        if kind == "c16":
            x, y = a[:n // 3 * 3].reshape(-1, 3), b[:n // 3 * 3].reshape(-1, 3)
            same(x @ x[:2].T, y @ y[:2].T)
            same(a.sum(), b.sum())


@pytest.mark.parametrize("n", [6, 3000])
def test_writes(n):
    for host, part, kind in views(n):
        base, expected = wf.asarray(host), host.copy()
        with np.errstate(all="ignore"):
            for whole, m in ((base, wf), (expected, np)):
                a = whole[part].view(kind)
                a[...] = 3
                a[1::2] = a[::2]
                a *= 2
                a[m.asarray([0, 2, 0])] = m.asarray([5, 6, 7])
                a[a == 6] = 1
                m.add.at(a, m.asarray([3, 3]), 4)
        same(base, expected)


def test_flags_say_it():
    a = wf.arange(9.0)
    assert a.flags.aligned and not a[1:].view(complex).flags.aligned and a[:8].view(complex).flags.aligned


def test_others_are_not_told():
    """A sum that waits to be computed is nothing to calls on other arrays, or to a write into its own."""
    a = wf.arange(9.0)
    total, x = a[1:].view(complex).sum(), wf.zeros(3)
    wf.add.at(x, [0], 1.0)
    a[1] = 100.0
    same(x, [1.0, 0, 0])
    assert complex(total) == 1 + 3 + 5 + 7 + 1j * (2 + 4 + 6 + 8)


def test_what_has_no_room_is_told_to_those_who_look():
    huge, a, x = wf.ones(1 << 50), wf.arange(8.0), wf.zeros(3)
    wide = a[:1] + huge  # reads a: a write into a has to compute it first
    wf.add.at(x, [0], 1.0)
    x[1] = 5
    same(x, [1.0, 5, 0])
    with pytest.raises(MemoryError):
        a[3] = 2
    del wide
    a[3] = 2
    with pytest.raises(MemoryError):
        wf.eval(huge)


def test_foreign_memory():
    packed = np.zeros(2000, [("n", "i1"), ("x", "f8")])
    packed["x"] = np.arange(2000)
    bytes_of = packed.view(np.uint8)
    shared = wf.asarray(bytes_of, copy=False)
    ours = shared[1:9 * 1999 + 9].view(np.uint8)[:8 * 1500].view(np.float64)
    same(ours * 2, bytes_of[1:][:8 * 1500].view(np.float64) * 2)
