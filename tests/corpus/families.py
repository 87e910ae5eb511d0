"""Families: one form of reduction for each of CUDA's classic steps, functions of the mathematics library, vector types."""

import numpy as np
from table import K, expand, f4, f8, i4

TYPES = [("int", i4), ("float", f4), ("double", f8)]
REDUCTIONS = {
    "interleaved": "for (unsigned s = 1; s < blockDim.x; s *= 2) { if (t % (2 * s) == 0) sh[t] += sh[t + s]; __syncthreads(); }",
    "strided_index": "for (unsigned s = 1; s < blockDim.x; s *= 2) { unsigned i = 2 * s * t; if (i < blockDim.x) sh[i] += sh[i + s]; __syncthreads(); }",
    "sequential": "for (unsigned s = blockDim.x / 2; s > 0; s >>= 1) { if (t < s) sh[t] += sh[t + s]; __syncthreads(); }",
    "volatile_warp": "for (unsigned s = blockDim.x / 2; s > 32; s >>= 1) { if (t < s) sh[t] += sh[t + s]; __syncthreads(); }\n"
                     "    if (t < 32) { volatile T *v = sh; v[t] += v[t + 32]; v[t] += v[t + 16]; v[t] += v[t + 8]; v[t] += v[t + 4]; v[t] += v[t + 2]; v[t] += v[t + 1]; }",
    "shuffle_tail": "for (unsigned s = blockDim.x / 2; s >= 32; s >>= 1) { if (t < s) sh[t] += sh[t + s]; __syncthreads(); }\n"
                    "    if (t < 32) { T v = sh[t]; for (int d = 16; d; d >>= 1) v += __shfl_down_sync(~0u, v, d); if (t == 0) sh[0] = v; }",
    "one_thread": "if (t == 0) for (unsigned i = 1; i < blockDim.x; i++) sh[0] += sh[i];",
    "halving_odd": "for (unsigned n = blockDim.x; n > 1; n = (n + 1) / 2) { unsigned h = (n + 1) / 2; if (t + h < n) sh[t] += sh[t + h]; __syncthreads(); }",
}
CASES = []
for _form, _code in REDUCTIONS.items():
    CASES += expand(f"reduce_{_form}", """
template <class T> __device__ void reduce(T *out, const T *in, int n) {
    __shared__ T sh[128];
    unsigned t = threadIdx.x, i = blockIdx.x * blockDim.x * 2 + t;
    sh[t] = (i < n ? in[i] : T(0)) + (i + blockDim.x < n ? in[i + blockDim.x] : T(0));
    __syncthreads();
    CODE
    if (t == 0) out[blockIdx.x] = sh[0];
}
extern "C" __global__ void NAME(TYPE *out, const TYPE *in, int n) { reduce(out, in, n); }""".replace("CODE", _code), TYPES,
                    lambda name, source, dtype: K(name, source, lambda r: [np.zeros(2, dtype), r.integers(0, 9, 400).astype(dtype), 400],
                                                  lambda o, x, n: [x[:256].sum(), x[256:].sum()], grid=2, block=128))

FUNCTIONS = {"sin": np.sin, "cos": np.cos, "tan": np.tan, "exp": np.exp, "exp2": np.exp2, "expm1": np.expm1, "log": np.log, "log2": np.log2,
             "log10": np.log10, "log1p": np.log1p, "sqrt": np.sqrt, "cbrt": np.cbrt, "sinh": np.sinh, "asinh": np.arcsinh, "atan": np.arctan,
             "cosh": np.cosh, "tanh": np.tanh, "floor": np.floor, "ceil": np.ceil, "trunc": np.trunc, "rint": np.rint, "fabs": np.abs}
for _f, _want in FUNCTIONS.items():
    CASES += expand(f"math_{_f}", "extern \"C\" __global__ void NAME(TYPE *y, const TYPE *x, int n) "
                    f"{{ int i = blockIdx.x * blockDim.x + threadIdx.x; if (i < n) y[i] = {_f}(x[i]); }}", TYPES[1:],
                    lambda name, source, dtype, want=_want: K(
                        name, source, lambda r: [np.zeros(100, dtype), (r.random(100) * 5 + 0.01).astype(dtype), 100],
                        lambda y, x, n: want(x.astype(f8)), grid=2, tol=1e-6 if dtype == f4 else 1e-14))

VECTORS = {"float2": (2, f4), "float4": (4, f4), "int2": (2, i4), "int4": (4, i4), "double2": (2, f8), "uchar4": (4, np.uint8), "short2": (2, np.int16), "float3": (3, f4), "int3": (3, i4),
           "uint4": (4, np.uint32), "longlong2": (2, np.int64), "char4": (4, np.int8)}
for _v, (_n, _d) in VECTORS.items():
    CASES.append(K(f"vector_{_v}", f"""
extern "C" __global__ void vector_{_v}({_v} *out, const {_v} *a, const {_v} *b, int n) {{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    {_v} x = a[i], y = b[i], r;
    {" ".join(f"r.{c} = x.{c} + y.{'xyzw'[_n - 1 - k]};" for k, c in enumerate("xyzw"[:_n]))}
    out[i] = r;
}}""", lambda r, n=_n, d=_d: [np.zeros((70, n), d), *(r.integers(0, 60, (70, n)).astype(d) for _ in range(2)), 70],
                   lambda o, a, b, n: a + b[:, ::-1], grid=2))
