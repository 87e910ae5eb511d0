"""Lists and dicts of several types: what Numba calls literal lists and dicts."""

import numpy as np
import pytest

import weft as wf
from weft import TypingError


def literals(n):
    items = ["a", n, n * 1.5, None, np.ones(3)]
    settings = {"name": "run", "count": n, "step": 0.5, "weights": np.arange(3.0)}
    settings["weights"][1] = 7  # its array is the array
    return items[0], items[1] + items[2], items[-1].sum(), len(items), settings["name"], settings["weights"], len(settings)


def loops():
    seen = []
    total = 0.0
    for item in ["x", 1, 2.5, "yz", 3j]:
        if item == "yz":
            break
        seen.append(str(item))
    else:
        seen.append("no break")
    for key, value in {"a": 1, "b": 2.5, "c": "xyz"}.items():
        total += len(value) if key == "c" else value
    for item in [1, "end"]:
        if item == "never":
            break
    else:
        seen.append("ended")
    return seen, total, [key for key in {"p": 1, "q": "r"}]


def operators():
    items = ["a", 1]
    other = {"a": 1, "b": "c"}
    first, second = items
    return (items + ["b", 2.5], items * 2, items == ["a", 1], items != ["a", 2], items == ("a", 1), items[:1], items[::-1], first, second,
            other == {"b": "c", "a": 1}, other == {"b": "c", "a": 2}, other == {"a": 1, "x": "c"}, "a" in other, "z" in other, 1 in items,
            "q" in items, items.count("a"), items.index(1), ("a", 1, 2.5, 1).count(1), (1, "b", 2.5).index("b"), bool(items), tuple(items))


def methods():
    d = {"a": 1, "b": "x", "a": 2}  # noqa: F601
    copied = d.copy()
    return (copied["a"], d.get("b"), d.get("z"), d.get("z", 4), tuple(d.keys()), tuple(d.values()), tuple(d.items()), isinstance(d, dict),
            isinstance(["a", 1], list), isinstance(["a", 1], tuple), isinstance((1, 2), list))


def chosen(flag):
    if flag > 0:
        items = ["a", 1]
        d = {"n": 1.5, "t": "left"}
    else:
        items = ["bc", 2]
        d = {"n": 2.5, "t": "right"}
    return items[0], items[1], d["t"], d["n"]


def returned(n):
    return [n, "t", {"ü(": 1, ")x": "y", "": n * 0.5}, [1, 2], (3, "u")]


def functions():
    table = {"double": [lambda a: 2 * a, "B"], "add": [lambda a: a + 1, "C"]}
    return table["double"][0](5), table["add"][0](5), table["add"][1]


def tuples_of_run_time(n):
    made = (n, "t", n * 1.5)  # a text beside what is computed stays that text
    text = ""
    for item in made:
        text += str(item)
    return made[1], text


@pytest.mark.parametrize("function, args", [(literals, (3,)), (loops, ()), (operators, ()), (methods, ()), (chosen, (1,)), (chosen, (-1,)),
                                            (returned, (4,)), (functions, ()), (tuples_of_run_time, (3,))])
def test_as_python(function, args):
    got, want = wf.jit(function)(*args), function(*args)
    assert repr(got).replace("np.float64(3.0)", "3.0") == repr(want).replace("np.float64(3.0)", "3.0")


@wf.jit
def _scaled(options=None):
    if options is not None:
        options["d"][:] += 10
        return len(options["c"])
    return -1


def test_passed_to_functions():
    @wf.jit
    def call():
        e = {"a": 1, "b": 2j, "c": "text", "d": np.zeros(3)}
        return _scaled(options=e), _scaled(), e["d"]

    n, none, d = call()
    assert (n, none, d.tolist()) == (4, -1, [10, 10, 10])


def test_library_takes_them_as_sequences():
    @wf.jit
    def joined(a):
        return np.concatenate([a, np.arange(3)])

    assert joined(np.ones(2)).tolist() == [1, 1, 0, 1, 2]


def test_printed(capsys):
    @wf.jit
    def show(n):
        print(["a", n, 2.5], {"a": n, "b": "x"}, ("c", n))

    show(1)
    assert capsys.readouterr().out == "['a', 1, 2.5] {'a': 1, 'b': 'x'} ('c', 1)\n"


def append():
    items = ["a", 1]
    items.append(2)


def store():
    items = ["a", 1]
    items[0] = "b"


def delete():
    d = {"a": 1, "b": "c"}
    del d["a"]


def update():
    d = {"a": 1, "b": "c"}
    d.update({"e": 3})


@pytest.mark.parametrize("function", [append, store, delete, update])
def test_they_do_not_change(function):
    with pytest.raises(TypingError, match="Cannot mutate a literal (list|dictionary)"):
        wf.jit(function)()


def test_what_only_the_run_time_knows_chooses_none():
    @wf.jit
    def item(i):
        return ["a", 1][i]

    @wf.jit
    def value(key):
        return {"a": 1, "b": "c"}[key]

    @wf.jit
    def missing():
        return {"alpha": 1, "b": "c"}["alpa"]

    @wf.jit
    def differ(n):
        if n:
            items = ["a", 1, 2j]
        else:
            items = ["b", 2]
        return items[0]

    with pytest.raises(TypingError, match=r"LiteralList\(unicode_type, int64\) needs a constant index"):
        item(0)
    with pytest.raises(TypingError, match="needs a constant key"):
        value("a")
    with pytest.raises(TypingError, match="(?s)Key 'alpa' is not in dict.*did you mean 'alpha'"):
        missing()
    with pytest.raises(TypingError, match="no type holds both"):
        differ(1)


def test_overloads_see_their_types():
    from weft import _pytypes as types
    from weft._extending import overload

    def shown(x):
        raise NotImplementedError

    seen = []

    @overload(shown)
    def typed(x):
        seen.append(x)
        return lambda x: len(x)

    @wf.jit
    def call():
        return shown(["a", 1]), shown({"a": 1, "bü": np.ones(2)})

    assert call() == (2, 2)
    items, named = seen[0], seen[-1]
    assert isinstance(items, types.LiteralList) and items.literal_value == [types.unicode_type, types.int64]
    assert isinstance(named, types.LiteralStrKeyDict) and not isinstance(named, types.Tuple)
    assert [k.literal_value for k in named.literal_value] == ["a", "bü"]
    assert [str(t) for t in named.literal_value.values()] == ["int64", "array(float64, 1d, C)"]


def test_in_place_operators_would_change_what_other_names_stand_for():
    def longer():
        x = [1, "a"]
        y = x
        x += [2, "b"]
        return y

    def twice():
        x = [1, "a"]
        x *= 2
        return x

    for f in (longer, twice):
        with pytest.raises(TypingError, match="Cannot mutate a literal list"):
            wf.jit(f)()
