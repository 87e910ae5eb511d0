"""Mistakes in compiled functions: each line that is wrong says so in a comment `# error: words`, and the error must name
that line with those words."""

import inspect
import linecache
import math
import re

import numpy as np
import pytest

import weft as wf
from weft import cuda
from weft._jit import jit
from weft._pysource import TypingError

SIZE = 4


def unknown_name(x):
    x[0] = witdh  # error: name 'witdh' is not defined  # noqa: F821


def misspelt(x):
    value = 1.0
    x[0] = valeu  # error: did you mean 'value'  # noqa: F821


def misspelt_function(x):
    x[0] = math.sqr(x[0])  # error: has no method 'sqr'


def too_many_indices(x):
    x[0, 1] = 2  # error: 2 indices for an array of 1 dimension


def float_index(x):
    x[x[0]] = 2  # error: got float64, expected an integer


def with_block(x):
    with open("f"):  # error: with is not supported
        pass


def returns_something(x):
    return x[0]  # error: a kernel cannot return a value


def shape_at_run_time(x):
    n = len(x)
    t = cuda.shared.array(n, np.float32)  # error: the shape must be known
    x[0] = t[0]


def a_list(x):
    y = [1, 2, 3]  # error: lists are not supported
    x[0] = y[0]


def text_to_array(x):
    x[0] = "text"  # error: cannot be stored as float64


def wrong_attribute(x):
    x[0] = x.sise  # error: did you mean 'size'


def two_types(x):
    y = 1
    if x[0] > 1:
        y = x  # error: no type holds both
    x[0] = y


def read_before(x):
    x[0] = late  # error: read before anything is assigned
    late = 2  # noqa: F841


def outer_object(x):
    x[0] = THING  # error: cannot be used in a compiled function


def complex_to_real(x):
    x[0] = 1j  # error: cannot be stored as float64


def unpacking(x):
    a, b = 1, 2, 3  # error: 2 names on the left, but 3 values on the right
    x[0] = a + b


def new_array(x):
    y = np.zeros(3)  # error: a kernel cannot make a new array
    x[0] = y[0]


def wrong_count(x):
    x[0] = helper(1)  # error: without its argument 'b'


def helper(a, b):
    return a + b


def step_zero(x):
    for i in range(0, 3, 0):  # error: step of zero
        x[i] = 1


THING = object()
CASES = [f for f in list(globals().values()) if inspect.isfunction(f) and "# error" in inspect.getsource(f)]


@pytest.mark.parametrize("function", CASES, ids=lambda f: f.__name__)
def test_error_names_the_line(function):
    lines, first = inspect.getsourcelines(function)
    expected = [(first + i, re.search(r"# error: (.*?)(?:  #|$)", line).group(1).strip())
                for i, line in enumerate(lines) if "# error:" in line]
    with pytest.raises(TypingError) as caught:
        cuda.jit(function)[1, 1](np.ones(4))
    text = str(caught.value)
    for line, words in expected:
        assert re.search(rf"test_cuda_jit_errors.py:{line}:\d+: error:", text), text
        assert words in text, text
    assert "^" in text


def test_no_more_errors_than_mistakes():
    with pytest.raises(TypingError) as caught:
        cuda.jit(unknown_name)[1, 1](np.ones(4))
    assert len(re.findall(r"^\S+:\d+:\d+: error:", str(caught.value), re.M)) == 1


@pytest.fixture(autouse=True)
def device():
    with wf.device("cpu"):
        yield


def test_several_mistakes_are_told_at_once():
    def kernel(x):
        x[0] = first  # noqa: F821
        x[1] = second  # noqa: F821

    with pytest.raises(TypingError) as caught:
        cuda.jit(kernel)[1, 1](np.ones(4))
    assert "'first'" in str(caught.value) and "'second'" in str(caught.value)


@pytest.mark.parametrize("bad", ["text", [1, 2], {}, object(), np.array([object()])], ids=lambda b: type(b).__name__)
def test_arguments_that_cannot_be_passed(bad):
    @cuda.jit
    def kernel(x):
        pass

    with pytest.raises(TypeError):
        kernel[1, 1](bad)


def test_wrong_number_of_arguments():
    @cuda.jit
    def kernel(x, y):
        pass

    with pytest.raises(TypeError):
        kernel[1, 1](np.ones(1))
    with pytest.raises(TypeError):
        kernel[1, 1](np.ones(1), 2, 3)


def test_kernel_needs_a_configuration():
    @cuda.jit
    def kernel(x):
        x[0] = 1

    with pytest.raises(ValueError, match="launch configuration"):
        kernel(np.ones(1))
    with pytest.raises(ValueError):
        kernel[1]
    with pytest.raises(wf.LaunchError):
        kernel[0, 1]


def test_no_source():
    scope = {"cuda": cuda}
    exec("def made(x):\n    x[0] = 1\n", scope)
    with pytest.raises(TypingError, match="source of made"):
        cuda.jit(scope["made"])[1, 1](np.ones(1))


def test_deep_and_long_functions_end():
    deep = "lambda x: " + "(" * 150 + "x" + "+1)" * 150
    scope = {}
    linecache.cache["<deep>"] = (len(deep), None, [deep + "\n"], "<deep>")
    function = eval(compile(deep, "<deep>", "eval"), scope)
    assert jit(function)(1) == 151
    deeper = "lambda x: " + "-" * 3000 + "x"
    linecache.cache["<deeper>"] = (len(deeper), None, [deeper + "\n"], "<deeper>")
    try:
        function = eval(compile(deeper, "<deeper>", "eval"), scope)
    except (RecursionError, MemoryError):
        return
    with pytest.raises((TypingError, RecursionError, MemoryError)):
        jit(function)(1)
