"""Random programs over arrays of all dtypes and shapes, beside NumPy: views of views, overlapping writes in place, out= and
where=, promotion, indexing with arrays, reductions over any axes, sorting, scans, and foreign code that writes in between.

A step is drawn with NumPy's arrays at hand, so that it nearly always means something, and becomes a function of a module and a
list of arrays that is run on both sides. Exact results join the list; others are compared at once. What NumPy refuses weft
refuses, and all ways of computing give the same bits. tests/python/test_array_found.py keeps what was found this way.

Where the default device is a GPU (WEFT_DEVICE=cuda), programs run there and on the CPU device, with the same bits; foreign code is CuPy
then, where it is installed, and NumPy's memory is not lent.
"""

import contextlib
import itertools
import operator

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import weft as wf
from weft import _core

GPU = wf.zeros(1).device.kind != "cpu"
try:
    import cupy
except ImportError:
    cupy = None
WAYS = {"automatic": (0, False), "loops": (2, False), "eager": (2, True)}
DTYPES = ["bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float16", "float32", "float64", "complex64",
          "complex128"]
NUMBERS = [0, 1, 2, -1, 3, 0.5, -1.25, True, 1 + 2j, 300, 2 ** 40, np.float32(1.5), np.int8(3), np.uint8(200), np.float64(0.1)]
REFUSALS = (TypeError, ValueError, IndexError, OverflowError)


# ---- what is drawn

def some_array(r, dtype=None, ndim=None):
    shape = [r.choice([0, 1, 1, 2, 3, 4, 5, 7]) for _ in range(r.randint(0, 4) if ndim is None else ndim)]
    kind = np.dtype(dtype or r.choice(DTYPES))
    values = np.random.RandomState(r.randint(0, 10 ** 6)).randint(-40, 40, shape)
    if kind.kind in "iub":
        return np.asarray(values // 8 if kind.kind != "u" else abs(values // 4)).astype(kind)
    values = np.asarray(values / 8)
    if values.size and r.random() < 0.4:
        values.flat[r.randrange(values.size)] = r.choice([np.nan, np.inf, -np.inf, -0.0])
    return np.asarray(values + (1j * values[::-1] if kind.kind == "c" and values.ndim else 0)).astype(kind)


def some_slice(r, n):
    return slice(r.choice([None, r.randint(-n - 1, n + 1)]), r.choice([None, r.randint(-n - 1, n + 1)]), r.choice([None, 1, -1, 2, -2, 3, -3]))


def some_key(r, a):
    """A basic index."""
    key, axis = [], 0
    while axis < a.ndim and r.random() < 0.85:
        what, n = r.random(), a.shape[axis]
        if what < 0.2 and n:
            key.append(r.randint(-n, n - 1))
        elif what < 0.3:
            key.append(None)
            continue
        else:
            key.append(some_slice(r, n))
        axis += 1
    return tuple(key)


def some_array_key(r, a):
    """An index with arrays in it: a mask of the first dimensions, or integers that broadcast among slices."""
    if a.ndim and r.random() < 0.2:
        k = r.randint(1, a.ndim)
        return (np.random.RandomState(r.randint(0, 999)).rand(*a.shape[:k]) > 0.5,)
    shape, key = r.choice([(), (2,), (3,), (2, 3), (1,), (0,)]), []
    for n in a.shape:
        if n and r.random() < 0.5:
            item = np.random.RandomState(r.randint(0, 999)).randint(-n, n, [1 if r.random() < 0.2 else m for m in shape])
            key.append(item if r.random() < 0.6 else item.tolist())
        else:
            key.append(some_slice(r, n))
    return tuple(key)


def for_module(m, key):
    """Index arrays as the module's own, but not always."""
    return tuple(m.asarray(k) if isinstance(k, np.ndarray) and k.size % 2 else k for k in key)


def some_mask(r, a):
    return np.random.RandomState(r.randint(0, 999)).rand(*a.shape) > 0.4


def some_axis(r, a):
    return r.choice([None, tuple(k for k in range(a.ndim) if r.random() < 0.5), r.randrange(a.ndim) if a.ndim else None])


# ---- steps: each takes (r, a, b), NumPy's arrays, and gives f(m, a, b) → results; approximate ones are marked

STEPS, APPROXIMATE = {}, set()


def step(function):
    STEPS[function.__name__] = function
    return function


def approximate(function):
    APPROXIMATE.add(function.__name__)
    return step(function)


@step
def one(r, a, b):
    name = r.choice(["negative", "absolute", "floor", "rint", "sign", "logical_not", "invert", "isnan", "signbit", "conjugate"])
    return None if a.dtype.kind == "c" and name in ("absolute", "sign") else lambda m, a, b: [getattr(m, name)(a)]


@step
def two(r, a, b):
    name = r.choice(["add", "subtract", "multiply", "divide", "floor_divide", "remainder", "maximum", "fmin", "greater", "equal", "less_equal",
                     "logical_and", "bitwise_or", "bitwise_xor", "copysign"])
    inexact = name in ("multiply", "divide") and "c" in (a.dtype.kind, b.dtype.kind)
    return None if inexact else lambda m, a, b: [getattr(m, name)(a, b)]


@step
def number(r, a, b):
    apply, value, turned = r.choice([operator.add, operator.sub, operator.mul, operator.floordiv, operator.lt, operator.ne, operator.and_]), \
        r.choice(NUMBERS), r.random() < 0.3
    if apply is operator.mul and (a.dtype.kind == "c" or isinstance(value, complex)):
        return None
    return lambda m, a, b: [apply(value, a) if turned else apply(a, value)]


@step
def view(r, a, b):
    key = some_key(r, a)
    return lambda m, a, b: [a[key]]


@step
def turn(r, a, b):
    axes, wide = list(range(a.ndim)), (r.randint(1, 3), *a.shape)
    r.shuffle(axes)
    return r.choice([lambda m, a, b: [a.transpose(axes)], lambda m, a, b: [m.broadcast_to(a, wide)], lambda m, a, b: [a.squeeze()],
                     lambda m, a, b: [a[..., None].T]])


@step
def reshape(r, a, b):
    order, first = r.choice("CF"), r.choice([d for d in range(1, a.size + 1) if a.size % d == 0] or [0])
    return lambda m, a, b: [a.reshape((first, -1) if first else a.shape, order=order)]


@step
def cast(r, a, b):
    dtype = r.choice(DTYPES)
    if a.dtype.kind in "fc" and np.dtype(dtype).kind in "iu":
        return None  # out of range nothing is promised
    return lambda m, a, b: [a.astype(dtype)]


@step
def write(r, a, b):
    key, other = some_key(r, a), some_key(r, a)
    if r.random() < 0.5:
        return lambda m, a, b: a.__setitem__(key, a[other])
    if a.dtype.kind in "iub" and b.dtype.kind in "fc" or b.dtype.kind == "c" != a.dtype.kind:
        return None
    return lambda m, a, b: a.__setitem__(key, b)


@step
def in_place(r, a, b):
    apply, key, other = r.choice([operator.iadd, operator.isub, operator.ifloordiv, operator.ixor]), some_key(r, a), some_key(r, a)
    if not a[key].ndim:
        return None
    return lambda m, a, b: [apply(a[key], a[other])][:0]


@step
def into_out(r, a, b):
    name, mask, key, other = r.choice(["add", "maximum", "subtract"]), some_mask(r, a), some_key(r, a), some_key(r, a)
    if r.random() < 0.5:
        return lambda m, a, b: [getattr(m, name)(a, b, out=a, where=m.asarray(mask))][:0]
    return None if not a[key].ndim else lambda m, a, b: [getattr(m, name)(a[other], a[key], out=a[key])][:0]


@step
def choose(r, a, b):
    return lambda m, a, b: [m.where(a > 0, a, b)] if a.dtype.kind != "c" else [m.where(b != 0, a, b)]


@step
def pick(r, a, b):
    key = some_array_key(r, a)
    return lambda m, a, b: [a[for_module(m, key)]]


@step
def put(r, a, b):
    key, one_value = some_array_key(r, a), r.random() < 0.3
    try:
        values = (np.arange(a[key].size) % 7).reshape(a[key].shape).astype(a.dtype)
    except IndexError:
        return None
    values = values[:1] if one_value and values.ndim else values
    return lambda m, a, b: a.__setitem__(for_module(m, key), m.asarray(values))


@step
def reduce(r, a, b):
    name, axis, mask = r.choice(["sum", "prod", "min", "max", "any", "all", "count_nonzero"]), some_axis(r, a), some_mask(r, a)
    keywords = {"axis": axis, "keepdims": r.random() < 0.3}
    if a.dtype.kind in "fc" and name in ("sum", "prod"):
        return None
    if name in ("sum", "min", "max") and r.random() < 0.3:
        keywords["initial"] = 3
    masked = name in ("sum", "any", "min") and ("initial" in keywords or name != "min") and r.random() < 0.4
    return lambda m, a, b: [getattr(m, name)(a, **keywords, **({"where": m.asarray(mask)} if masked else {}))]


@approximate
def sum_of_floats(r, a, b):
    name, axis = r.choice(["sum", "mean", "var", "nansum", "nanmax", "median"]), some_axis(r, a)
    if a.dtype.kind == "c" or (name == "median" and not a.size):  # NumPy's reshapes for axis=() and fails
        return None
    return lambda m, a, b: [getattr(m, name)(a, axis=axis)]


@approximate
def smooth(r, a, b):
    name = r.choice(["sin", "exp", "tanh", "sqrt", "log1p"])
    return lambda m, a, b: [getattr(m, name)(a)]


@approximate
def product(r, a, b):
    name = r.choice(["matmul", "dot", "inner", "outer"])
    return lambda m, a, b: [getattr(m, name)(a, a.T if name != "outer" else b)]


@step
def scan(r, a, b):
    axis = r.randrange(a.ndim) if a.ndim else None
    if a.dtype.kind in "fc":
        return lambda m, a, b: [m.diff(a, axis=-1)]
    return lambda m, a, b: [m.cumsum(a, axis=axis)]


@step
def sort(r, a, b):
    axis = r.randrange(a.ndim) if a.ndim else None
    return r.choice([lambda m, a, b: [m.sort(a, axis=axis)], lambda m, a, b: [m.argsort(a, axis=axis, kind="stable")],
                     lambda m, a, b: [m.unique(a)], lambda m, a, b: list(m.nonzero(a)), lambda m, a, b: [m.flip(a, axis)]])


@step
def join(r, a, b):
    axis, n = r.randrange(max(a.ndim, 1)), r.randint(-3, 5)
    return r.choice([lambda m, a, b: [m.concatenate([a, b], axis)], lambda m, a, b: [m.stack([a, a], axis)], lambda m, a, b: [m.roll(a, n, axis)],
                     lambda m, a, b: [m.repeat(a, abs(n))], lambda m, a, b: [m.tile(a, 2)], lambda m, a, b: [m.pad(a, abs(n))]])


class Interface:
    """Nothing but an array's __array_interface__."""

    def __init__(self, a):
        self.__array_interface__, self._keep = a.__array_interface__, a


LOOKS = {"asarray": np.asarray, "buffer": lambda a: np.asarray(memoryview(a)), "dlpack": np.from_dlpack, "interface": lambda a: np.asarray(Interface(a))}


@step
def foreign(r, a, b):
    """Foreign code reads and writes the array's memory while work that reads and writes it is recorded."""
    look, value, part = r.choice(list(LOOKS)), r.choice([3, 0, 1]), some_key(r, a)
    if GPU and cupy is None:
        return None

    def run(m, a, b):
        if not a.size or not a.flags.writeable or a.dtype.kind == "b":
            return []
        before, view = a + a, a[part] if a[part].ndim else a  # an element is a number there, a view here
        theirs = m is not np and a.device.kind != "cpu"
        seen = cupy.asarray(a) if theirs else LOOKS[look](a)
        read = m.asarray(np.array(seen.get() if theirs else seen))
        if theirs:
            seen[...] = seen[::-1].copy() if seen.ndim else seen
            seen[(0,) * seen.ndim] = value
            cupy.cuda.Device().synchronize()
        elif seen.flags.writeable:
            seen[...] = seen[::-1] if seen.ndim else seen
            seen.flat[0] = value
        after, twice = a - a, view + view
        a += a
        return [before, read, after, twice, m.asarray(np.array(seen.get() if theirs else seen)), view]
    return run


@step
def lend(r, a, b):
    """NumPy's memory taken over without a copy: both sides write it from then on."""
    values, key = np.array(b), some_key(r, b)
    if GPU:
        return None

    def run(m, a, b):
        host = values.copy()
        if not host.size or host.dtype.kind == "b":
            return []
        ours = host if m is np else m.asarray(host, copy=False)
        before = ours + ours
        host[...] = host[::-1] if host.ndim else host
        if host[key].ndim:
            ours[key] = ours[key] + ours[key]
        between = ours - m.asarray(np.array(host))
        host.flat[-1] = 1
        return [before, between, ours, m.asarray(host.copy())]
    return run


KERNEL = wf.Module("""
template <class T> __device__ void turn(T *p, long long n) {
    long long i = blockIdx.x * 64ll + threadIdx.x;
    if (i < n / 2) { T t = p[i]; p[i] = p[n - 1 - i]; p[n - 1 - i] = t; }
}
extern "C" __global__ void turn1(char *p, long long n) { turn(p, n); }
extern "C" __global__ void turn2(short *p, long long n) { turn(p, n); }
extern "C" __global__ void turn4(int *p, long long n) { turn(p, n); }
extern "C" __global__ void turn8(long long *p, long long n) { turn(p, n); }
extern "C" __global__ void turn16(longlong2 *p, long long n) { turn(p, n); }
""")


@step
def kernel(r, a, b):
    """A CUDA C kernel turns the elements round, in the array's own memory, in the midst of recorded work."""
    if not a.flags.c_contiguous or not a.flags.writeable or not a.size:
        return None

    def run(m, a, b):
        before = a == a
        if m is np or not a.flags.c_contiguous:  # not every result lies as NumPy's does
            a[...] = a.reshape(-1)[::-1].copy().reshape(a.shape)
        else:
            words = a.view({1: "i1", 2: "i2", 4: "i4", 8: "i8"}[a.itemsize]) if a.itemsize < 16 and a.ndim else a
            KERNEL[f"turn{a.itemsize}"](words, np.int64(a.size), grid=((a.size + 63) // 64,), block=(64,))
        return [before, a == b if a.shape == b.shape else a != a]
    return run


@step
def copy(r, a, b):
    order = r.choice("CFKA")
    return r.choice([lambda m, a, b: [a.copy(order)], lambda m, a, b: [m.array(a, order=order)], lambda m, a, b: [m.array(m.ascontiguousarray(a))]])  # which of them copies depends on how results lie


# ---- running them

def draw(r):
    """(the arrays to begin with, the steps, NumPy's arrays at the end). A step: name, function, two places, refused, results, a place that
    is given up."""
    arrays = [some_array(r) for _ in range(3)]
    dtype = r.choice(DTYPES)
    arrays += [some_array(r, dtype, 2) for _ in range(2)]
    start, program = [a.copy() for a in arrays], []
    for _ in range(r.randint(1, 12)):
        name = r.choice(list(STEPS))
        i, j = r.randrange(len(arrays)), r.randrange(len(arrays))
        function = STEPS[name](r, arrays[i], arrays[j])
        if function is None:
            continue
        try:
            results, refused = function(np, arrays[i], arrays[j]) or [], None
        except REFUSALS as error:
            results, refused = [], error
            if "array element with a sequence" in str(error) or "only 0-dimensional" in str(error):
                continue  # x[0] = [v], where weft writes the one element
        kept = name not in APPROXIMATE
        fresh = [isinstance(x, np.generic) for x in results]  # a number, which the next step may want to write to
        results = [np.asarray(x) for x in results]
        joined = [kept and x.size < 2000 and x.ndim < 12 for x in results]
        arrays += [x for x, join in zip(results, joined) if join]
        gone = r.randrange(len(arrays)) if len(arrays) > 9 else None
        if gone is not None:
            del arrays[gone]
        program.append((name, function, i, j, refused, [x.copy() for x in results], joined, fresh, gone))
    return start, program, arrays


def bits(x):
    x = np.ascontiguousarray(x)
    parts = x.view(x.real.dtype) if x.dtype.kind == "c" else x
    return (np.where(np.isnan(parts), parts.dtype.type(np.nan), parts) if parts.dtype.kind == "f" else parts).tobytes()


def replay(start, program):
    """weft's arrays after the program, and the bits of all results on the way."""
    arrays, seen = [wf.asarray(a) for a in start], []
    for name, function, i, j, refused, expected, joined, fresh, gone in program:
        if refused is not None:
            with pytest.raises(REFUSALS):
                function(wf, arrays[i], arrays[j])
            results = []
        else:
            results = function(wf, arrays[i], arrays[j]) or []
        for x, wanted in zip(results, expected, strict=True):
            assert (x.shape, x.dtype) == (wanted.shape, wanted.dtype), name
            if name in APPROXIMATE:
                seen.append(bits(x.get()))
                size = float(np.abs(wanted[np.isfinite(wanted)]).max(initial=1.0)) if wanted.dtype.kind == "f" else 0
                tolerance = {2: 2e-2, 4: 1e-4}.get(wanted.dtype.itemsize, 1e-4 if wanted.dtype.kind == "c" else 1e-9)
                if wanted.dtype.kind != "c":
                    np.testing.assert_allclose(x.get().astype(float), wanted.astype(float), tolerance, tolerance * size, err_msg=name)
        arrays += [wf.array(x) if f or x._is_value else x for x, join, f in zip(results, joined, fresh) if join]
        if gone is not None:
            del arrays[gone]
    return arrays, seen


@contextlib.contextmanager
def on_both_devices():
    """The devices to run on; matrix products are weft's own on a GPU, since cuBLAS has bits of its own."""
    before = wf.config.reproducible
    wf.config.reproducible = before or GPU
    try:
        yield [wf.zeros(1).device, wf.device("cpu")] if GPU else [wf.device("cpu")]
    finally:
        wf.config.reproducible = before


def check(program, ways):
    with on_both_devices() as devices:
        check_on(devices, program, ways)


def check_on(devices, program, ways):
    start, steps, expected = program
    known = None
    for device, (way, (policy, eager)) in itertools.product(devices, ways.items()):
        _core.array_set_policy(policy)
        _core.array_set_eager(eager)
        try:
            with device:
                arrays, seen = replay(start, steps)
                results = [a.get() for a in arrays]
        finally:
            _core.array_set_policy(0)
            _core.array_set_eager(False)
        for result, wanted in zip(results, expected, strict=True):
            np.testing.assert_array_equal(result, wanted, err_msg=f"{device} {way}: {[s[0] for s in steps]}")
        seen += [bits(result) for result in results]
        assert known in (None, seen), f"{device} {way} has other bits: {[s[0] for s in steps]}"
        known = seen


SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.large_base_example, HealthCheck.data_too_large]


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=150, deadline=None, report_multiple_bugs=False, suppress_health_check=SLOW)
@given(st.randoms(use_true_random=False))
def test_random_programs(r):
    with np.errstate(all="ignore"):
        program = draw(r)
    check(program, WAYS)


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=8, deadline=None, suppress_health_check=SLOW)
@given(st.randoms(use_true_random=False))
def test_random_programs_compiled(r):
    with np.errstate(all="ignore"):
        program = draw(r)
    check(program, {"loops": WAYS["loops"], "compiled": (1, False)})
