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
    exec(compile("def made(x):\n    x[0] = 1\n", "/nowhere/made.py", "exec"), scope)
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


def barrier_without_call(x):
    cuda.syncthreads  # error: stands here without being called  # noqa: B018
    x[0] = 1


def grid_without_dimensions(x):
    i = cuda.grid()  # error: x, y = cuda.grid(2)
    x[i] = 1


def grid_of_one(x):
    i, j = cuda.grid(1)  # error: cuda.grid(2) gives 2
    x[i, j] = 1


def local_without_type(x):
    t = cuda.local.array(4)  # error: cuda.local.array(shape, dtype)
    x[0] = t[0]


def atomic_of_an_element(x):
    cuda.atomic.add(x[0], 1)  # error: cuda.atomic.add(array, index, value)


def misspelt_index(x):
    x[cuda.treadIdx.x] = 1  # error: did you mean 'threadIdx'


def misspelt_barrier(x):
    cuda.synchthreads()  # error: did you mean 'syncthreads'
    x[0] = 1


def index_of_three(x):
    x[cuda.threadIdx] = 1  # error: cuda.threadIdx.x is a number


def array_of_the_host(x):
    y = cuda.device_array(4)  # error: of Python's side of a launch
    x[0] = y[0]


def formatted(x):
    print(f"x is {x[0]}")  # error: print("x is", x)


def launches(x):
    launched[1, 1](x)  # error: a kernel launches no kernels


def row_into_element(x):
    y = cuda.local.array((2, 2), np.float64)
    x[0] = y[0]  # error: an array with fewer indices than dimensions is a part


@cuda.jit
def launched(x):
    x[0] = 1


BEGINNERS = [barrier_without_call, grid_without_dimensions, grid_of_one, local_without_type, atomic_of_an_element, misspelt_index,
             misspelt_barrier, index_of_three, array_of_the_host, formatted, launches, row_into_element]


@pytest.mark.parametrize("function", BEGINNERS, ids=lambda f: f.__name__)
def test_a_beginners_mistake_is_told_once_with_what_to_write(function):
    test_error_names_the_line(function)
    with pytest.raises(TypingError) as caught:
        cuda.jit(function)[1, 1](np.ones(4))
    assert len(re.findall(r"^\S+:\d+:\d+: error:", str(caught.value), re.M)) == 1, str(caught.value)


def test_launches_that_cannot_be():
    def add(x):
        x[0] += 1

    one = np.ones(4)
    with pytest.raises(TypeError, match=r"n / m gives a float, \(n \+ m - 1\) // m"):
        cuda.jit(add)[4 / 2, 1]
    with pytest.raises(wf.LaunchError, match="is there nothing to do"):
        cuda.jit(add)[0, 1]
    with pytest.raises(TypeError, match="device function"):
        cuda.jit(device=True)(add)[1, 1]
    with pytest.raises(TypeError, match="@cuda.jit's"):
        jit(add)[1, 1]
    with pytest.raises(TypeError, match=r"x is array\(float64, 1d, C\), and add was compiled for array\(float32, 1d, A\) alone"):
        cuda.jit("void(float32[:])")(add)[1, 1](one)
    with pytest.raises(NotImplementedError, match="threadIdx.x is a number inside of kernels alone"):
        cuda.threadIdx.x + cuda.blockIdx.x


def test_dynamic_shared_memory_that_the_launch_lacks_is_named():
    @cuda.jit
    def kernel(x):
        s = cuda.shared.array(0, np.float64)
        s[cuda.threadIdx.x] = x[cuda.threadIdx.x]
        x[cuda.threadIdx.x] = s[cuda.threadIdx.x] + 1

    x = np.ones(4)
    with pytest.warns(wf.KernelWarning, match=r"kernel\[grid, block, stream, bytes\]"):
        kernel[1, 4](x)
    x[:] = 1
    kernel[1, 4, 0, 32](x)
    assert (x == 2).all()


def test_a_class_that_describes_device_arrays_is_no_array():
    class Described:
        @property
        def __cuda_array_interface__(self):
            raise AssertionError("asked of the class")

    def kernel(x):
        x[0] = isinstance(x, Described)

    with pytest.raises(TypingError):
        cuda.jit(kernel)[1, 1](np.ones(4))


def test_lambdas_of_one_line_are_told_apart_also_in_a_loops_head():
    for f, expected in ((lambda x: x * x, 9), (lambda x: x + 1, 4)):
        assert jit(f)(3) == expected
    for é, f in (("ä", lambda x: x - 1), ("ö", lambda x: x - 2)):
        assert jit(f)(3) == {"ä": 2, "ö": 1}[é]
    for f, name in ((lambda x: x.first, "first"), (lambda x: x.second, "second")):
        line = inspect.currentframe().f_lineno - 1
        with pytest.raises(TypingError, match=rf"test_cuda_jit_errors.py:{line}:\d+: error: .*'{name}'"):
            jit(f)(3)


def test_a_function_whose_source_is_missing_is_named_where_it_is_called():
    scope = {}
    exec(compile("def made(x):\n    return x + 1\n", "nowhere.py", "exec"), scope)
    made = cuda.jit(scope["made"], device=True)

    def kernel_of(x):
        x[0] = made(x[0])

    with pytest.raises(TypingError, match="source of made"):
        cuda.jit(kernel_of)[1, 1](np.ones(1))


def test_what_kernels_have_instead_is_said():
    def host_random(x):
        x[0] = np.random.rand()

    def group(x):
        x[0] = cuda.cg.coalesced_group().size

    for kernel, told in ((host_random, r"numpy.random.rand is not supported(.|\n)*hint: .*xoroshiro128p_uniform_float32\(states, thread\)"),
                         (group, r"cuda.cg.coalesced_group is not supported")):
        line = inspect.getsourcelines(kernel)[1] + 1
        with pytest.raises(TypingError, match=rf"test_cuda_jit_errors.py:{line}:\d+: error: {told}"):
            cuda.jit(kernel)[1, 1](np.ones(1))
