"""The exact form of the float32 functions: by name, by option, by setting; in kernels, fused arrays and ready-made loops.

That it is the correctly rounded result is tests/accuracy/exhaustive.c's to prove. Here: inputs whose true value lies so close to the
middle between two floats that the double function, rounded once, is wrong; and samples.
"""

import numpy as np
import pytest

import weft as wf
from weft import _core

# function, bits of the argument, bits of the nearest float
HARD = [("exp2", 0x3B429D37, 0x3F804385), ("exp2", 0xBCF3A937, 0x3F7AC6B1), ("log", 0x6F31A8EC, 0x42845A89),
        ("log", 0x3C413D3A, 0xC08E158F), ("sinh", 0xBA1285FF, 0xBA1285FF), ("arctan", 0xBD8D6B23, 0xBD8D31C3),
        ("arcsinh", 0xEEB1A8EC, 0xC2845A89), ("sin", 0x46199998, 0xBEB1FA5D), ("sin", 0xC6199998, 0x3EB1FA5D),
        ("cos", 0xDF18B878, 0x3F7F14BB)]
# the same, for what arrays do not have under such a name
HARD_IN_CUDA = [("erfc", 0xB76C9F62, 0x3F800085), ("erfcx", 0x4A4ECF8B, 0x3432C90D), ("erfcinv", 0x34247C90, 0x406D873F),
                ("normcdf", 0x33A06C99, 0x3F000001), ("normcdf", 0xB3206C99, 0x3EFFFFFF), ("tgamma", 0x27DE86A9, 0x57134133)]
IN_CUDA = {"arctan": "atan", "arcsinh": "asinh"}


@pytest.fixture
def exact():
    wf.config.exact = True
    yield
    wf.config.exact = None


def bits(a):
    return [hex(b) for b in wf.asnumpy(a).view(np.uint32).tolist()]


def of_kernel(function, argument, **options):
    out = np.empty(1, np.float32)
    source = f'extern "C" __global__ void apply(const float *x, float *y) {{ y[0] = {function}(x[0]); }}'
    wf.Module(source, **options)["apply"](wf.In(argument), wf.Out(out), grid=(1,), block=(1,))
    return out


@pytest.mark.parametrize("name,at,value", HARD)
def test_hard_inputs(name, at, value, exact):
    x, want = np.array([at], np.uint32).view(np.float32), [hex(value)]
    in_cuda = IN_CUDA.get(name, name)
    assert bits(of_kernel(f"cr_{in_cuda}f", x)) == bits(of_kernel(f"{in_cuda}f_cr", x)) == bits(of_kernel(f"{in_cuda}f", x)) == want
    array = wf.asarray(np.repeat(x, 100))
    assert set(bits(getattr(wf, name)(array))) == set(bits(getattr(wf, name)(array) * 1)) == set(want)


@pytest.mark.parametrize("name,at,value", HARD_IN_CUDA)
def test_hard_inputs_in_cuda(name, at, value, exact):
    x = np.array([at], np.uint32).view(np.float32)
    assert bits(of_kernel(f"cr_{name}f", x)) == bits(of_kernel(f"{name}f", x)) == [hex(value)]


def test_option_is_stronger_than_the_setting(exact):
    wf.config.exact = False
    x = np.linspace(-5, 5, 4096, dtype=np.float32)
    nearest = np.exp(x.astype(np.float64)).astype(np.float32)
    x = x[wf.asnumpy(wf.exp(wf.asarray(x))) != nearest][:1]
    default, right = bits(of_kernel("expf", x)), bits(np.exp(x.astype(np.float64)).astype(np.float32))
    assert default != right and bits(of_kernel("expf", x, options=["--exact"])) == right
    wf.config.exact = True
    assert bits(of_kernel("expf", x, options=["--exact=false"])) == default


def test_setting_changes_what_was_compiled_before(exact):
    """Both forms of one expression live side by side."""
    x = np.linspace(-5, 5, 4096, dtype=np.float32)
    nearest = np.exp(x.astype(np.float64)).astype(np.float32)
    for setting, right in (True, True), (False, False), (True, True):
        wf.config.exact = setting
        a = wf.asarray(x)
        for result in wf.exp(a), wf.exp(a) * 1 + 0:
            assert np.array_equal(wf.asnumpy(result), nearest) == right
            assert np.all(np.abs(wf.asnumpy(result) / nearest - 1) < 2.0 ** -22)


def test_sine_and_cosine_of_one_array(exact):
    """In one kernel they come from one function, which has no exact form."""
    x = wf.asarray(np.random.default_rng(5).uniform(-1e4, 1e4, 20000).astype("f4"))
    wf.eval(x)
    apart = [bits(wf.sin(x).get()), bits(wf.cos(x).get())]
    _core.array_set_policy(1)
    try:
        sine, cosine = wf.sin(x), wf.cos(x)
        wf.eval(sine, cosine)
        assert [bits(sine.get()), bits(cosine.get())] == apart
        assert bits((wf.sin(x) + wf.cos(x)).get()) == bits((wf.asarray(sine) + cosine).get())
    finally:
        _core.array_set_policy(0)
