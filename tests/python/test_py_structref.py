"""numba.experimental.structref: constructors, fields, methods and attributes, in compiled code and from Python; types that name themselves."""

import gc

import numpy as np
import pytest

import weft as wf
from weft import _structref as structref
from weft._extending import overload_attribute, overload_method
from weft._pysource import TypingError
from weft._pytypes import float64, int64, typeof, unliteral
from weft._typed import Optional


@structref.register
class TrackType(structref.StructRef):
    def preprocess_fields(self, fields):
        return tuple((name, unliteral(type_)) for name, type_ in fields)


class Track(structref.StructRefProxy):
    def __new__(cls, points, steps=0):
        return structref.StructRefProxy.__new__(cls, points, steps)

    @property
    def points(self):
        return points_of(self)

    @property
    def steps(self):
        return steps_of(self)

    @steps.setter
    def steps(self, value):
        set_steps(self, value)


structref.define_proxy(Track, TrackType, ["points", "steps"])


@overload_method(TrackType, "mean")
def track_mean(self, scale=1.0):
    def mean(self, scale=1.0):
        return self.points.mean() * scale

    return mean


@overload_attribute(TrackType, "size")
def track_size(self):
    return lambda self: len(self.points)


@wf.jit
def points_of(track):
    return track.points


@wf.jit
def steps_of(track):
    return track.steps


@wf.jit
def set_steps(track, value):
    track.steps = value


def test_made_by_python_and_by_compiled_code():
    @wf.jit
    def make(points):
        return Track(steps=3, points=points)

    points = np.arange(4.0)
    for track in (Track(points, 3), make(points)):
        assert type(track) is Track and track.steps == 3
        np.testing.assert_array_equal(track.points, points)
        track.steps += 2
        assert track.steps == 5
    points[0] = 8  # the same memory
    assert track.points[0] == 8


def test_fields_types_follow_the_values():
    @wf.jit
    def two():
        return Track(np.ones(3), 1), Track(2.5, (1, 2j))

    a, b = two()
    assert typeof(a) != typeof(b) and isinstance(typeof(a), TrackType)
    assert (b.points, b.steps) == (2.5, (1, 2j))
    assert typeof(a) == typeof(Track(np.zeros(5), 7))
    assert dict(typeof(b).field_dict)["points"] == float64


def test_methods_attributes_and_identity():
    @wf.jit
    def use(track, other):
        return track.mean(), track.mean(2.0), track.size, track is track, track is other

    a, b = Track(np.array([1.0, 3.0])), Track(np.array([1.0, 3.0]))
    assert use(a, b) == (2.0, 4.0, 2, True, False)


def test_new_is_empty_and_boxed_without_a_constructor():
    class PlainType(structref.StructRef):
        pass

    structref.define_boxing(PlainType, structref.StructRefProxy)
    type_ = PlainType([("values", int64[:]), ("count", int64)])

    @wf.jit
    def make(values):
        made = structref.new(type_)
        was = made.count
        made.values = values
        made.count = was + 7
        return made

    made = make(np.arange(3))
    assert type(made) is structref.StructRefProxy and typeof(made) == type_
    assert steps_and(made) == (3, 7)
    with pytest.raises(AttributeError):
        made.values


@wf.jit
def steps_and(made):
    return len(made.values), made.count


def test_type_within_itself():
    class LinkType(structref.StructRef):
        def preprocess_fields(self, fields):
            return (("value", Optional(int64)), ("next", Optional(self)))

    class Link(structref.StructRefProxy):
        pass

    structref.define_proxy(Link, LinkType, ["value", "next"])

    @wf.jit
    def chain(n):
        head = Link(0, None)
        for i in range(1, n):
            head = Link(i, head)
        return head

    @wf.jit
    def total(link):
        found, at = 0, link
        while at is not None:
            found += at.value
            at = at.next
        return found

    head = chain(10)
    gc.collect()
    assert type(head) is Link and total(head) == 45


def test_kept_memory_outlives_the_call():
    tracks = [Track(np.full(100, float(i)), i) for i in range(50)]
    gc.collect()
    assert [t.points[99] for t in tracks] == [float(i) for i in range(50)]


def test_refused():
    with pytest.raises(ValueError, match="cannot register"):
        structref.register(structref.StructRef)
    with pytest.raises(ValueError, match="expecting a str for field name"):
        structref.StructRef([(1, int64)])
    with pytest.raises(ValueError, match="expecting a Numba Type"):
        structref.StructRef([("a", 1)])
    with pytest.raises(TypeError, match="derived from StructRefProxy"):
        structref.define_boxing(TrackType, dict)

    class HiddenType(structref.StructRef):
        pass

    type_ = HiddenType([("a", int64)])
    with pytest.raises(TypeError, match="cannot be handed to Python"):
        wf.jit(lambda: structref.new(type_))()
    with pytest.raises(TypingError, match="structref.new"):
        wf.jit(lambda n: structref.new(n))(1)
    with pytest.raises(TypingError, match="steeps"):
        wf.jit(lambda t: t.steeps)(Track(np.ones(1)))
