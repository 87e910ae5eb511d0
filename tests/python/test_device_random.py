"""Random numbers of the device library: known sequences, distributions, and the same numbers from weft's compiler as from C.

device/random_engines.h against NumPy's own bit generators; device/random.h and random_dist.h by Kolmogorov and Smirnov's or the
chi-squared statistic of a fixed stream (so these tests cannot fail by chance), against SciPy's distributions where it is installed.
"""

import ctypes
import pathlib
import shutil
import subprocess

import numpy as np
import pytest

import weft as wf

DEVICE = pathlib.Path(__file__).resolve().parents[2] / "device"
KEY, DRAW, COUNT = 0x123456789ABCDEF, 3, 4000
TYPES = {"float": ctypes.c_float, "double": ctypes.c_double, "long long": ctypes.c_longlong, "unsigned long long": ctypes.c_ulonglong}
NUMPY = {"float": np.float32, "double": np.float64, "long long": np.int64, "unsigned long long": np.uint64}
# name, type of the parameters and of the result, parameters, SciPy's distribution
DRAWS = [
    ("uniform", "double", (), "uniform()"), ("uniformf", "float", (), "uniform()"), ("normal", "double", (), "norm()"),
    ("normalf", "float", (), "norm()"), ("exponential", "double", (), "expon()"), ("exponentialf", "float", (), "expon()"),
    ("gamma", "double", (0.3,), "gamma(0.3)"), ("gamma", "double", (50.0,), "gamma(50)"), ("gammaf", "float", (0.3,), "gamma(0.3)"),
    ("gammaf", "float", (2.5,), "gamma(2.5)"), ("beta", "double", (2.0, 0.5), "beta(2, 0.5)"),
    ("betaf", "float", (1.0, 3.0), "beta(1, 3)"), ("vonmises", "double", (4.0,), "vonmises(4)"),
    ("wald", "double", (3.0, 0.5), "invgauss(6, scale=0.5)"),
    ("poisson", "long long", (3.0,), "poisson(3)"), ("poisson", "long long", (100.0,), "poisson(100)"),
    ("binomial", "long long", (10, 0.9), "binom(10, 0.9)"), ("binomial", "long long", (1000, 0.4), "binom(1000, 0.4)"),
    ("negative_binomial", "long long", (3.0, 0.5), "nbinom(3, 0.5)"), ("geometric", "long long", (0.3,), "geom(0.3)"),
    ("zipf", "long long", (4.0,), "zipf(4)"), ("logseries", "long long", (0.9,), "logser(0.9)"),
    ("hypergeometric", "long long", (20, 10, 25), "hypergeom(30, 20, 25)"),
    ("hypergeometric", "long long", (500, 300, 100), "hypergeom(800, 500, 100)"), ("below", "unsigned long long", (6,), "randint(0, 6)"),
]


@pytest.fixture(scope="module")
def c_library(tmp_path_factory):
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if not compiler:
        pytest.skip("no C compiler on this machine")
    path = tmp_path_factory.mktemp("device") / "libdevice.so"
    subprocess.run([compiler, "-std=gnu11", "-O2", "-ffp-contract=off", "-fno-builtin", "-fPIC", "-shared", f"-I{DEVICE.parent}",
                    "-o", str(path), str(DEVICE / "device.c"), "-lm"], check=True)
    return ctypes.CDLL(str(path))


def c_parameter(value, type_name):
    if isinstance(value, int):
        return TYPES[type_name](value)
    return ctypes.c_float(value) if type_name == "float" else ctypes.c_double(value)


def draws_of_c(library, name, type_name, parameters, count=COUNT):
    function = getattr(library, f"wf_random_{name}")
    function.restype = TYPES[type_name]
    fixed = [c_parameter(p, type_name) for p in parameters] + [ctypes.c_ulonglong(KEY), ctypes.c_uint(DRAW)]
    return np.array([function(*fixed, ctypes.c_ulonglong(i)) for i in range(count)], NUMPY[type_name])


@pytest.mark.parametrize("name,type_name,parameters,distribution", DRAWS, ids=lambda v: v if isinstance(v, str) else None)
def test_distribution(c_library, name, type_name, parameters, distribution):
    stats = pytest.importorskip("scipy.stats")
    draws, law = draws_of_c(c_library, name, type_name, parameters), eval("stats." + distribution, {"stats": stats})
    if "long" not in type_name:
        assert stats.kstest(draws, law.cdf).pvalue > 0.002
        return
    edges = np.unique(law.ppf(np.linspace(0, 1, 30)[1:-1]))
    expected = np.diff(np.concatenate([[0], law.cdf(edges), [1]])) * COUNT
    found = np.diff(np.concatenate([[0], [np.count_nonzero(draws <= e) for e in edges], [COUNT]]))
    kept = expected > 5
    assert stats.chi2.sf(((found - expected)[kept] ** 2 / expected[kept]).sum(), kept.sum() - 1) > 0.002


@pytest.mark.parametrize("name,type_name,parameters", [d[:3] for d in DRAWS], ids=lambda v: v if isinstance(v, str) else None)
def test_same_numbers_from_kernels(c_library, name, type_name, parameters):
    def spelled(p):
        return f"{p}" if isinstance(p, int) else f"{p}f" if type_name == "float" else f"{p}"

    kinds = ["float" if isinstance(p, float) and type_name == "float" else "double" if isinstance(p, float) else type_name
             for p in parameters]
    declared = ", ".join([*kinds, "unsigned long long, unsigned int, unsigned long long"])
    given = "".join(spelled(p) + ", " for p in parameters)
    kernel = wf.Module(f"""extern "C" __device__ {type_name} wf_random_{name}({declared});
        extern "C" __global__ void draw({type_name} *out, int n) {{
            int i = blockIdx.x * blockDim.x + threadIdx.x;
            if (i < n) out[i] = wf_random_{name}({given}{KEY}ull, {DRAW}u, (unsigned long long)i);
        }}""")["draw"]
    out = np.empty(600, NUMPY[type_name])
    kernel(wf.Out(out), np.int32(out.size), grid=(5,), block=(128,))
    assert np.array_equal(out, draws_of_c(c_library, name, type_name, parameters, out.size))


def test_bad_parameters(c_library):
    assert np.isnan(draws_of_c(c_library, "gamma", "double", (-1.0,), 2)).all()
    assert (draws_of_c(c_library, "gamma", "double", (0.0,), 2) == 0).all()
    for name, parameters in [("poisson", (-1.0,)), ("poisson", (float("nan"),)), ("binomial", (-1, 0.5)), ("binomial", (5, 1.5)),
                             ("geometric", (0.0,)), ("zipf", (1.0,)), ("logseries", (1.0,)), ("hypergeometric", (2, 3, 6))]:
        assert (draws_of_c(c_library, name, "long long", parameters, 2) == -1).all(), name


@pytest.mark.parametrize("seed", [0, 5, [1, 2, 3]])
def test_mt19937_is_numpys(c_library, seed):
    state = (ctypes.c_uint * 625)()
    if isinstance(seed, int):
        c_library.wf_mt19937_seed(state, seed)
    else:
        c_library.wf_mt19937_seed_by_array(state, (ctypes.c_uint * len(seed))(*seed), len(seed))
    c_library.wf_mt19937_uniform.restype = ctypes.c_double
    assert [c_library.wf_mt19937_uniform(state) for _ in range(1000)] == np.random.RandomState(seed).random_sample(1000).tolist()


@pytest.mark.parametrize("name,generator", [("pcg64", np.random.PCG64), ("pcg64dxsm", np.random.PCG64DXSM)])
def test_pcg64_is_numpys(c_library, name, generator):
    word = ctypes.c_ulonglong
    state = (word * 4)()
    c_library.wf_pcg64_seed(state, *map(word, np.random.SeedSequence(42).generate_state(4, np.uint64).tolist()))
    following, want = getattr(c_library, f"wf_{name}_next"), generator(42)
    following.restype = word
    assert [following(state) for _ in range(50)] == want.random_raw(50).tolist()
    getattr(c_library, f"wf_{name}_advance")(state, word(12345678901))
    assert following(state) == want.advance(12345678901).random_raw()


def test_xorwow_jumps(c_library):
    """A jump is that many steps; 2^67 steps, sixteen times 2^63, are the next subsequence."""
    word = ctypes.c_ulonglong

    def state(subsequence=0, offset=0):
        made = (ctypes.c_uint * 6)()
        c_library.wf_xorwow_init(made, word(7), word(subsequence), word(offset))
        return made

    stepped, jumped = state(), state()
    for _ in range(5000):
        c_library.wf_xorwow_next(stepped)
    assert list(stepped) == list(state(0, 5000))
    for _ in range(16):
        c_library.wf_xorwow_skip(jumped, word(2 ** 63))
    assert list(jumped) == list(state(1))
    jumped = state(5)
    for _ in range(2):
        c_library.wf_xorwow_skip_subsequences(jumped, word(2 ** 32))
    assert list(jumped) == list(state(5 + 2 ** 33))


def test_xorwow_is_marsaglias(c_library):
    """The generator of Marsaglia's paper from the paper's own state (Xorshift RNGs, 2003)."""
    state = (ctypes.c_uint * 6)(6615241, 123456789, 362436069, 521288629, 88675123, 5783321)
    c_library.wf_xorwow_next.restype = ctypes.c_uint
    assert [c_library.wf_xorwow_next(state) for _ in range(6)] == [246875399, 3690007200, 1264581005, 3906711041, 1866187943, 2481925219]


def test_mrg32k3a_is_lecuyers():
    """From six times 12345, as L'Ecuyer's RngStreams begins; jumps of 2^76 and more are steps of the same recurrence."""
    kernel = wf.Module("""#include <curand_kernel.h>
        extern "C" __global__ void draw(double *out, unsigned *words, int n) {
            curandStateMRG32k3a s, far;
            curand_init(0, 0, 0, &s);
            for (int i = 0; i < 3; i++) s.s1[i] = s.s2[i] = 12345;
            far = s;
            for (int i = 0; i < n; i++) out[i] = curand_uniform_double(&s);
            skipahead(n - 1, &far);
            words[0] = (unsigned)(curand_uniform_double(&far) == out[n - 1]);
        }""")["draw"]
    out, same = np.empty(5), np.zeros(1, np.uint32)
    kernel(wf.Out(out), wf.InOut(same), np.int32(5), grid=(1,), block=(1,))
    want = [0.12701112204657714, 0.3185275653967945, 0.3091860155832701, 0.8258468629271136, 0.2216299157820229]
    np.testing.assert_allclose(out, want, rtol=1e-9)
    assert same[0] == 1


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_million_draws(dtype):
    """Kolmogorov and Smirnov's distance at 10^6 draws of the array functions, which come from a fixed seed."""
    stats = pytest.importorskip("scipy.stats")
    rng = wf.random.default_rng(20240607)
    for name, law in (("random", "uniform"), ("standard_normal", "norm"), ("standard_exponential", "expon")):
        draws = wf.asnumpy(getattr(rng, name)(1_000_000, dtype=dtype)).astype(np.float64)
        result = stats.kstest(draws, law)
        assert result.statistic < 0.002 and result.pvalue > 0.001, (name, result)
