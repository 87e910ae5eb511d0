"""The public names explain themselves: every one has a docstring, and the examples in them do what they say."""

import doctest
import inspect
import re

import pytest

import weft as wf
from weft._array import docs
from weft._profile import probe

EXAMPLES = ("errstate seterr device devices In Module ElementwiseKernel ReductionKernel eval explain get_array_module memory_info jit vectorize guvectorize stencil "
            "cfunc asarray profile capture ndarray.scatter_add ndarray.mdspan").split()


def _named(name):
    value = wf
    for part in name.split("."):
        value = getattr(value, part)
    return value


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_do_what_they_say(name, monkeypatch):
    monkeypatch.setattr(probe, "reach", lambda device: {})
    text = inspect.getdoc(_named(name))
    test = doctest.DocTestParser().get_doctest(text, {"wf": wf}, name, None, 0)
    said = []
    assert test.examples
    result = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test, out=said.append)
    assert result.attempted and not result.failed, "".join(said)


OWN = re.compile(r">>> .*\bwf\.")  # NumPy's own docstrings, which functions that go through it have, say np


def test_every_example_of_ours_is_run():
    named = {name: getattr(wf, name) for name in dir(wf) if not name.startswith("_")}
    named.update({f"ndarray.{name}": value for name, value in vars(wf.ndarray).items()})
    found = {name for name, value in named.items() if OWN.search(getattr(value, "__doc__", None) or "")}
    assert {name for name in found if not any(named[name] is _named(other) for other in EXAMPLES)} == set()


def test_every_public_name_has_a_docstring():
    silent = [name for name in dir(wf) if not name.startswith("_") and callable(getattr(wf, name)) and not inspect.getdoc(getattr(wf, name))]
    silent += [f"ndarray.{name}" for name in dir(wf.ndarray) if not name.startswith("_") and not inspect.getdoc(getattr(wf.ndarray, name))]
    assert [name for name in silent if name not in ("literal_unroll",)] == []


@pytest.mark.parametrize("name", wf.ndimage.NATIVE)
def test_the_filters_explain_themselves(name):
    test = doctest.DocTestParser().get_doctest(inspect.getdoc(getattr(wf.ndimage, name)), {"wf": wf}, name, None, 0)
    assert test.examples and not doctest.DocTestRunner().run(test).failed


@pytest.mark.parametrize("space", ["", "random", "random.Generator", "ndimage", "linalg", "fft", "lib.stride_tricks"])
def test_every_name_has_a_line_that_says_what_it_is(space):
    place = _named(space) if space else wf
    silent = []
    for name in dir(place):
        value = getattr(place, name) if not name.startswith("_") else None
        if not callable(value) or isinstance(value, type) and value.__module__.startswith("numpy"):
            continue
        said = (inspect.getdoc(value) or "").strip().split("\n")[0]
        if len(said) < 10:
            silent.append(name)
    assert [name for name in silent if name not in ("literal_unroll",)] == []


def test_docstrings_that_are_numpys_in_short():
    assert docs.summary("sin(x, /, out=None, *)\n\nTrigonometric sine, element-wise.\n\nParameters\n---") == "Trigonometric sine, element-wise."
    assert docs.summary("a.sum(axis=None)\n\nReturn the sum\n   over the axis.") == "Return the sum over the axis."
    assert docs.summary("Return it (at once).") == "Return it (at once)." and docs.summary(None) == docs.summary("") == ""
    assert "As numpy.linspace" in wf.linspace.__doc__ and wf.ndarray.searchsorted.__doc__
