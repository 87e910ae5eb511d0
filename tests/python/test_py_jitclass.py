"""jitclass: fields, methods, properties, static methods; in compiled code and from Python; who keeps the memory."""

import gc

import numpy as np
import pytest

import weft as wf
from weft._jitclass import deferred_type, jitclass
from weft._pytypes import float64, int64
from weft._typed import DictType, ListType, optional


@jitclass([("x", float64), ("path", float64[:]), ("__steps", int64)])
class Particle:
    """A particle."""

    def __init__(self, x, room=3):
        self.x = x
        self.path = np.zeros(room)
        self.__steps = 0

    def move(self, d):
        self.x += d
        self.path[self.__steps % len(self.path)] = self.x
        self.__steps += 1
        return self.x

    @property
    def twice(self):
        return self.x * 2

    @twice.setter
    def twice(self, value):
        self.x = value / 2

    @staticmethod
    def add(a, b):
        return a + b

    def renew(self, n):
        self.path = np.full(n, self.x)
        return self.path

    def __len__(self):
        return len(self.path)

    def __add__(self, other):
        return Particle(self.x + other.x)

    def __eq__(self, other):
        return self.x == other.x


def test_from_python():
    p = Particle(1.5)
    assert p.x == 1.5 and p.path.tolist() == [0, 0, 0] and p.move(2) == 3.5 and p.move(d=1) == 4.5
    assert p.path.tolist() == [3.5, 4.5, 0] and p.twice == 9 and len(p) == 3
    p.twice = 10
    p.x += 1
    assert p.x == 6 and Particle.add(1, 2) == 3 and p.add(1, 2) == 3
    assert (p + Particle(2.0)).x == 8 and p == Particle(6.0, room=1)
    assert isinstance(p, Particle) and Particle.__doc__ == "A particle."
    with pytest.raises(AttributeError):
        p.nothing = 1


def test_in_compiled_code():
    @wf.jit
    def f(p, n):
        for i in range(n):
            p.move(1.0)
        q = Particle(p.x, 2)
        q.twice = 8
        return q, p, len(q), p.twice, Particle.add(2.5, 1), q == p, (q + p).x

    p = Particle(0.0)
    q, again, *rest = f(p, 10)
    assert again is p and q.x == 4 and rest == [2, 20.0, 3.5, False, 14.0]


def test_memory_lives_as_long_as_it_is_seen():
    p = Particle(1.0)
    seen = [p.renew(100 + k) for k in range(300)]  # arrays that the instance had
    gc.collect()
    assert all((a == 1).all() and len(a) == 100 + k for k, a in enumerate(seen))
    path = p.path
    del p
    gc.collect()
    assert path.sum() == 399
    given = np.arange(5.0)
    q = Particle(2.0)
    q.path = given
    del given
    gc.collect()
    assert q.path.tolist() == [0, 1, 2, 3, 4]
    other = Particle(3.0)
    other.path = q.path
    del q
    gc.collect()
    assert other.path.tolist() == [0, 1, 2, 3, 4]


node = deferred_type()


@jitclass([("value", int64), ("next", optional(node))])
class Node:
    def __init__(self, value, next):
        self.value = value
        self.next = next


node.define(Node.class_type.instance_type)


def test_a_linked_list():
    @wf.jit
    def chain(n):
        head = Node(0, None)
        for i in range(1, n):
            head = Node(i, head)
        return head

    @wf.jit
    def total(head):
        t = 0
        while head is not None:
            t += head.value
            head = head.next
        return t

    head = chain(500)
    gc.collect()
    assert total(head) == 124750 and head.next.next.value == 497
    first = Node(7, None)
    second = Node(8, first)
    del first
    gc.collect()
    assert second.next.value == 7 and second.next.next is None


@jitclass
class Counted:
    names: ListType(float64)
    seen: DictType(int64, float64)
    n: int

    def __init__(self):
        self.names = [1.0]
        self.seen = {1: 2.0}
        self.n = 0

    def put(self, k):
        self.names.append(float(k))
        self.seen[k] = k / 2
        self.n += 1
        return self.seen[k]


def test_containers_as_fields():
    c = Counted()
    assert [c.put(k) for k in range(100)] == [k / 2 for k in range(100)]
    gc.collect()
    assert len(c.names) == 101 and c.seen[99] == 49.5 and c.n == 100 and len(c.seen) == 100


def test_what_is_wrong_is_said():
    with pytest.raises(TypeError, match="spec values should be"):
        jitclass([("x", 3)])(type("A", (), {}))
    with pytest.raises(NameError, match="shadowing: x"):
        jitclass([("x", int64)])(type("A", (), {"x": 3}))
    with pytest.raises(TypeError, match="room"):
        Particle(1.0, 2, room=3)
    with pytest.raises(wf.TypingError, match="has no field 'nothing'"):
        @wf.jit
        def f(p):
            p.nothing = 1

        f(Particle(1.0))


@jitclass([("x", float64), ("kind", int64)])
class Named:
    def __init__(self, x, *rest, kind=3, scale=1.0):
        """Says what it is made of."""
        self.x, self.kind = x * scale + len(rest), kind

    @classmethod
    def default(cls, x):
        return cls(x, kind=9)

    def both(self, a=1, b=2, c=3):
        return self.x * a + 10 * b + 100 * c


def test_arguments_by_name():
    assert (Named(1.5).x, Named(1.5).kind) == (1.5, 3)
    assert (Named(1.5, 0, 0, scale=2.0).x, Named(1.0, kind=7).kind) == (5.0, 7)
    assert Named.default(2.0).kind == 9 and Named.__init__.__doc__ == "Says what it is made of."

    def inside(x):
        made = Named(x, kind=4)
        other = Named(x, 1, scale=3.0)
        return made.kind, other.x, made.both(c=7), made.both(2, c=0), made.both(b=5)

    one = Named(2.0)
    assert wf.jit(inside)(2.0) == (4, 7.0, 2 + 20 + 700, 4 + 20, 2 + 50 + 300)
    assert (one.both(c=7), one.both(2, c=0)) == (722, 24)


def test_an_instance_keeps_several_arrays():
    @jitclass([("a", float64[:]), ("b", float64[:])])
    class Two:
        def __init__(self, a, b):
            self.a, self.b = a, b

    two = Two(np.arange(3.0), np.ones(4))
    gc.collect()
    assert wf.jit(lambda t: t.a.sum() + t.b.sum())(two) == 7
