"""Mathematical functions beside their peers: nanoseconds for an element and the largest error, in one run, on one core or a GPU.

    python bench/math_functions.py [--type float32|float64] [--counts 16384,4194304] [--rounds N] [--results FILE] [NAME...]
    python bench/math_functions.py --device cuda:0 [--results FILE]

On the CPU the process keeps to one core. Candidates of a function take turns in each round and the best of the rounds counts:
weft's arrays (ready-made loops), a CUDA C kernel of weft's, NumPy, SciPy, Numba (without SVML unless icc_rt is installed), Intel's
OpenCL; torch and JAX where they are installed. Each result is judged by the references of tests/accuracy/truth.h. At the end the
geometric mean of each peer's time over weft's, and the functions for which a peer of equal or smaller error (within 0.01 of a
unit) is more than 1.1 times as fast, or any peer twice.
On a GPU every float32 function of one argument runs over 2^26 elements beside a copy, the exact form too.
"""
import argparse
import math
import os
import re
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "accuracy"))
os.environ.setdefault("WEFT_FALLBACK", "error")

# name, NumPy's, SciPy's (special), Numba's (math), OpenCL's; None: it has none
FUNCTIONS = {name: (np_name, sp_name, nb_name, cl_name) for name, np_name, sp_name, nb_name, cl_name in [
    ("exp", "exp", None, "exp", "exp"), ("exp2", "exp2", None, "exp2", "exp2"), ("exp10", None, "exp10", None, "exp10"),
    ("expm1", "expm1", None, "expm1", "expm1"), ("log", "log", None, "log", "log"), ("log2", "log2", None, "log2", "log2"),
    ("log10", "log10", None, "log10", "log10"), ("log1p", "log1p", None, "log1p", "log1p"), ("sin", "sin", None, "sin", "sin"),
    ("cos", "cos", None, "cos", "cos"), ("tan", "tan", None, "tan", "tan"), ("sinpi", None, "sinpi", None, "sinpi"),
    ("cospi", None, "cospi", None, "cospi"), ("tanpi", None, None, None, "tanpi"), ("asin", "arcsin", None, "asin", "asin"),
    ("acos", "arccos", None, "acos", "acos"), ("atan", "arctan", None, "atan", "atan"), ("sinh", "sinh", None, "sinh", "sinh"),
    ("cosh", "cosh", None, "cosh", "cosh"), ("tanh", "tanh", None, "tanh", "tanh"), ("asinh", "arcsinh", None, "asinh", "asinh"),
    ("acosh", "arccosh", None, "acosh", "acosh"), ("atanh", "arctanh", None, "atanh", "atanh"), ("cbrt", "cbrt", None, None, "cbrt"),
    ("rsqrt", None, None, None, "rsqrt"), ("erf", None, "erf", "erf", "erf"), ("erfc", None, "erfc", "erfc", "erfc"),
    ("erfcx", None, "erfcx", None, None), ("erfinv", None, "erfinv", None, None), ("erfcinv", None, "erfcinv", None, None),
    ("normcdf", None, "ndtr", None, None), ("normcdfinv", None, "ndtri", None, None), ("tgamma", None, "gamma", "gamma", "tgamma"),
    ("lgamma", None, "gammaln", "lgamma", "lgamma"), ("digamma", None, "psi", None, None), ("j0", None, "j0", None, None),
    ("j1", None, "j1", None, None), ("y0", None, "y0", None, None), ("y1", None, "y1", None, None), ("i0", None, "i0", None, None),
    ("i1", None, "i1", None, None), ("atan2", "arctan2", None, "atan2", "atan2"), ("pow", "power", None, "pow", "pow"),
    ("hypot", "hypot", None, "hypot", "hypot"), ("fmod", "fmod", None, "fmod", "fmod"),
    ("remainder", None, None, "remainder", "remainder")]}
ARRAYS = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh", "atan2": "arctan2",
          "pow": "power", "tgamma": "gamma", "lgamma": "gammaln", "normcdfinv": "ndtri"}
# Where float32 would only overflow over the table's range for float64.
RANGES32 = {"exp": (-87, 88), "exp2": (-126, 127), "exp10": (-37, 38), "tgamma": (-30, 34), "erfc": (-4, 10), "normcdf": (-14, 4),
            "lgamma": (0.1, 10), "digamma": (0.1, 10)}


def inputs(name, dtype, count, two):
    from measure import rows

    table = rows("entry2" if two else "entry")
    numbers = table.get(name) or [-4, 4]
    rng = np.random.default_rng(3)
    low, high = RANGES32.get(name, numbers[:2]) if dtype == np.float32 else numbers[:2]
    x = [rng.uniform(low, high, count).astype(dtype)]
    if two:
        x.append(rng.uniform(*numbers[2:4], count).astype(dtype))
    return x


def call(name, dtype, arguments):
    from measure import CALLS

    f = "f" if dtype == np.float32 else ""
    return CALLS.get(name, f"{name}{{f}}({arguments})").format(f=f)


def judge_of(name, dtype, two):
    """A function of (inputs, results) that gives the largest error."""
    import weft as wf
    from measure import HERE, PRELUDE, STARTED, rows

    numbers = [0, 0, 0] if two else rows("entry")[name]
    kind, T = ("24, -126", "float") if dtype == np.float32 else ("53, -1022", "double")
    truth = f"truth_{name}({'x, y' if two else 'x, got' if name in STARTED else 'x'})"
    source = PRELUDE + f"""extern "C" __global__ void run(const {T} *a, const {T} *b, const {T} *g, double *e, int n) {{
        int i = blockIdx.x * blockDim.x + threadIdx.x;
        if (i < n) {{
            double x = a[i], y = b[i], got = g[i];
            e[i] = error_of(got, {truth}, amplitude_of({float(numbers[2])}, x), {kind});
        }}
    }}"""
    kernel = wf.Module(source, include_dirs=[str(HERE)], check_bounds=False)["run"]

    def judge(x, got):
        errors, count = np.empty(len(got)), min(len(got), 1 << 14)
        errors = errors[:count]
        kernel(wf.In(x[0][:count]), wf.In(x[-1][:count]), wf.In(np.ascontiguousarray(got[:count])), wf.Out(errors), np.int32(count),
               grid=(-(-count // 128),), block=(128,))
        return float("inf") if (errors < 0).any() else errors.max()

    return judge


def weft_candidates(name, dtype, x, out):
    import weft as wf

    T = "float" if dtype == np.float32 else "double"
    parameters = "".join(f"const {T} *{a}, " for a in "xy"[:len(x)])
    body = call(name, dtype, ", ".join("xy"[:len(x)])).replace("(x", "(x[i]").replace(" x)", " x[i])").replace("y)", "y[i])")
    kernel = wf.Module(f"""extern "C" __global__ void run({parameters}{T} *out, int n) {{
        int i = blockIdx.x * blockDim.x + threadIdx.x;
        if (i < n) out[i] = {body};
    }}""")["run"]
    on_device = [wf.asarray(a) for a in x]
    memory = [wf.Memory(a.nbytes) for a in x] + [wf.Memory(out.nbytes)]
    for m, a in zip(memory, x):
        wf.copy_to_device(m, a)

    def run_kernel():
        kernel(*memory, np.int32(out.size), grid=(-(-out.size // 256),), block=(256,))
        wf.synchronize()

    def kernel_result():
        wf.copy_to_host(out, memory[-1])
        return out.copy()

    found = {"weft kernel": (run_kernel, kernel_result)}
    function = getattr(wf, ARRAYS.get(name, name), None) or getattr(getattr(wf, "special", None), ARRAYS.get(name, name), None)
    if function:
        target = wf.empty(out.shape, out.dtype)

        def run_array():
            function(*on_device, out=target).block_until_ready()

        try:
            run_array()
            found["weft"] = run_array, lambda: wf.asnumpy(target).copy()
        except (TypeError, RuntimeError, NotImplementedError):
            pass  # it has no such argument, or no kernel (WEFT_FALLBACK=error)
    return found


def peers(name, dtype, x, out):
    np_name, sp_name, nb_name, cl_name = FUNCTIONS[name]
    found, result = {}, out.copy
    if np_name:
        function = getattr(np, np_name)
        found["NumPy"] = (lambda: function(*x, out=out)), result
    try:
        import scipy.special

        if sp_name and hasattr(scipy.special, sp_name):
            special = getattr(scipy.special, sp_name)
            found["SciPy"] = (lambda: special(*x, out=out)), result
    except ImportError:
        pass
    try:
        import numba

        if nb_name and hasattr(math, nb_name):
            scope = {"math": math}
            exec(f"def run({', '.join('xy'[:len(x)])}, out):\n    for i in range(len(out)):\n        out[i] = math.{nb_name}"
                 f"({', '.join(a + '[i]' for a in 'xy'[:len(x)])})", scope)
            compiled = numba.njit(scope["run"])
            try:
                compiled(*x, out)
                found["Numba"] = (lambda: compiled(*x, out)), result
            except numba.errors.NumbaError:
                pass
    except ImportError:
        pass
    if cl_name:
        found.update(opencl(cl_name, dtype, x, out))
    for module in ("torch", "jax"):
        try:
            __import__(module)
        except ImportError:
            continue
        if module == "torch":
            import torch

            function, tensors, target = getattr(torch, np_name or name, None), [torch.from_numpy(a) for a in x], torch.from_numpy(out)
            if function:
                torch.set_num_threads(1)
                found["torch"] = (lambda: function(*tensors, out=target)), result
        elif np_name:
            import jax

            jax.config.update("jax_enable_x64", True)
            function, arrays, kept = jax.jit(getattr(jax.numpy, np_name)), [jax.numpy.asarray(a) for a in x], []
            found["JAX"] = (lambda: kept.__setitem__(slice(None), [function(*arrays).block_until_ready()])), lambda: np.asarray(kept[0])
    return found


def opencl(cl_name, dtype, x, out):
    try:
        import pyopencl as cl

        context = cl.Context([cl.get_platforms()[0].get_devices()[0]])
    except Exception:  # no pyopencl, or no platform
        return {}
    T = "float" if dtype == np.float32 else "double"
    queue = cl.CommandQueue(context)
    parameters = "".join(f"__global const {T} *{a}, " for a in "xy"[:len(x)])
    source = (f"__kernel void run({parameters}__global {T} *out) {{ int i = get_global_id(0); out[i] = "
              f"{cl_name}({', '.join(a + '[i]' for a in 'xy'[:len(x)])}); }}")
    kernel, flags = cl.Kernel(cl.Program(context, source).build(), "run"), cl.mem_flags.READ_WRITE | cl.mem_flags.COPY_HOST_PTR
    buffers = [cl.Buffer(context, flags, hostbuf=a) for a in (*x, out)]
    kernel.set_args(*buffers)

    def run():
        cl.enqueue_nd_range_kernel(queue, kernel, (out.size,), None)
        queue.finish()

    def result():
        cl.enqueue_copy(queue, out, buffers[-1])
        queue.finish()
        return out.copy()

    return {"OpenCL": (run, result)}


def measure(name, dtype, count, rounds):
    two = name in ("atan2", "pow", "hypot", "fmod", "remainder")
    x, judge = inputs(name, dtype, count, two), judge_of(name, dtype, two)
    out = np.empty(count, dtype)
    candidates = {**weft_candidates(name, dtype, x, out), **peers(name, dtype, x, np.empty(count, dtype))}
    best, errors = dict.fromkeys(candidates, float("inf")), {}
    with np.errstate(all="ignore"):
        for peer, (run, result) in candidates.items():
            run()
            errors[peer] = judge(x, result())
        for _ in range(rounds):
            for peer, (run, _) in candidates.items():
                start = time.perf_counter()
                run()
                best[peer] = min(best[peer], time.perf_counter() - start)
    return {peer: (best[peer] / count * 1e9, errors[peer]) for peer in candidates}


def short(table):
    """Where weft loses by the issue's measure; and the geometric means."""
    ratios, losses = {}, []
    for (name, kind, count), row in table.items():
        ours = min(row[p][0] for p in row if p.startswith("weft"))
        error = min(row[p][1] for p in row if p.startswith("weft"))
        for peer, (time_, its_error) in row.items():
            if peer.startswith("weft"):
                continue
            ratios.setdefault(peer, []).append(time_ / ours)
            if ours > 2 * time_ or (ours > 1.1 * time_ and its_error <= error + 0.01):
                losses.append((ours / time_, f"{name} {kind} {count}: {ours:.3f} ns, {peer} {time_:.3f} (errors {error:.2f}, {its_error:.2f})"))
    for peer, values in ratios.items():
        print(f"{peer}: {math.exp(sum(map(math.log, values)) / len(values)):.2f} of weft's time in the geometric mean of {len(values)}")
    print("slower than it should be:" if losses else "slower than it should be: none")
    for ratio, line in sorted(losses, reverse=True):
        print(f"  {ratio:5.2f}  {line}")


def on_gpu(device, names, results):
    import weft as wf

    count, launches = 1 << 26, 20
    with wf.device(device):
        source, target = wf.Memory(4 * count), wf.Memory(4 * count)
        from measure import EXACT, rows

        def seconds(expression):
            kernel = wf.Module(f"""extern "C" __global__ void run(const float4 *in, float4 *out) {{
                int i = blockIdx.x * blockDim.x + threadIdx.x;
                float4 v = in[i];
                float x;
                x = v.x; v.x = {expression}; x = v.y; v.y = {expression}; x = v.z; v.z = {expression}; x = v.w; v.w = {expression};
                out[i] = v;
            }}""", check_bounds=False)["run"]
            best = float("inf")
            for _ in range(4):
                wf.synchronize()
                start = time.perf_counter()
                for _ in range(launches):
                    kernel(source, target, grid=(count // 1024,), block=(256,))
                wf.synchronize()
                best = min(best, (time.perf_counter() - start) / launches)
            return best

        copy = seconds("x")
        print(f"copy: {8e-9 * count / copy:.0f} GB/s")
        for name in names:
            if name in ("atan2", "pow", "hypot", "fmod", "remainder"):
                continue
            low, high = RANGES32.get(name, rows("entry").get(name, [-4, 4])[:2])
            wf.copy_to_device(source, np.random.default_rng(3).uniform(low, high, count).astype(np.float32))
            time_, line = seconds(call(name, np.float32, "x")), ""
            if name in EXACT:
                line = f"   exact form {copy / seconds(f'cr_{name}f(x)'):.2f}"
            print(f"{name:12s} {8e-9 * count / time_:6.0f} GB/s, {copy / time_:.2f} of a copy's speed{line}", flush=True)
            if results:
                results.write(f"gpu {name} {copy / time_:.3f}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--type", choices=("float32", "float64"))
    parser.add_argument("--counts", default="16384,4194304")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--results")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    names, table = args.names or list(FUNCTIONS), {}
    results = open(args.results, "a") if args.results else None
    if args.device != "cpu":
        return on_gpu(args.device, names, results)
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    for kind in [args.type] if args.type else ["float32", "float64"]:
        for count in map(int, args.counts.split(",")):
            for name in names:
                row = measure(name, np.dtype(kind).type, count, args.rounds * (1 if count > 1 << 20 else 20))
                table[name, kind, count] = row
                print(f"{name:10s} {kind} {count:8d}  " + "  ".join(f"{p} {t:.3f} ({e:.2f})" for p, (t, e) in row.items()), flush=True)
                for peer, (time_, error) in row.items():
                    if results:
                        results.write(f"speed {name} {kind} {count} {re.sub(' ', '_', peer)} {time_:.4f} {error:.4f}\n")
                if results:
                    results.flush()
    short(table)


if __name__ == "__main__":
    main()
