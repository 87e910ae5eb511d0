"""Kernels that the emitter must get right, each with the arguments of a launch. KERNELS: name → Case."""

import numpy as np


class Case:
    def __init__(self, source, args, blocks=((32,), (64,), (7,)), n=150, dynamic=0, grid=None, tolerance=0):
        self.source, self.args, self.blocks, self.n = source, args, blocks, n
        self.dynamic, self.grid, self.tolerance = dynamic, grid, tolerance


KERNELS = {}


def case(name, source, args, **more):
    KERNELS[name] = Case(source, args, **more)


def ints(n=150, low=-50, high=50, dtype="i4", seed=1):
    return np.random.default_rng(seed).integers(low, high, n).astype(dtype)


def floats(n=150, dtype="f4", seed=2, scale=10):
    return ((np.random.default_rng(seed).random(n) - 0.5) * scale).astype(dtype)


HEAD = 'extern "C" __global__ void k('
IDX = "int i = blockIdx.x * blockDim.x + threadIdx.x; "

case("if_else", HEAD + """const int *x, int *y, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  int r = 0;
  if (x[i] > 10) r = x[i] * 2; else if (x[i] < -10) { r = -x[i]; if (i & 1) r += 1000; } else r = 7;
  y[i] = r; }""", lambda: [ints(), np.zeros(150, "i4"), np.int32(150)])

case("while_break", HEAD + """const int *x, int *y, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  int v = x[i] < 0 ? -x[i] : x[i], steps = 0;
  while (v != 1) { if (v <= 0) break; if (steps > 60) { steps = -steps; break; } steps++; if (v % 2 == 0) { v /= 2; continue; } v = 3 * v + 1; }
  y[i] = steps * 1000 + v; }""", lambda: [ints(), np.zeros(150, "i4"), np.int32(150)])

case("continue_return", HEAD + """const int *x, int *y, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x;
  int total = 0;
  for (int k = 0; k < 10; k++) {
    if (i < n && ((x[i] + k) & 3) == 0) continue;
    total += k;
    if (total > 20 && (i & 7) == 3) { if (i < n) y[i] = -total; return; }
    total += 100;
  }
  if (i < n) y[i] = total; }""", lambda: [ints(), np.zeros(150, "i4"), np.int32(150)])

case("switches", HEAD + """const int *x, int *y, int n, int mode) { int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  int r = 1;
  switch (x[i] & 7) { case 0: r = 10; break; case 1: r = 20; case 2: r += 5; break; case 3: case 4: if (i & 1) break; r = 99; default: r *= 3; }
  switch (mode) { case 1: r += 1; break; case 2: r += 2; if (i % 3 == 0) break; r *= 2; case 3: r -= 4; break; default: r = -r; }
  for (int k = 0; k < 5; k++) { switch ((x[i] + k) % 3) { case 0: continue; case 1: r += k; break; default: if (k == 4) return; r ^= k; } r++; }
  y[i] = r; }""", lambda: [ints(), np.zeros(150, "i4"), np.int32(150), np.int32(2)])

case("do_nested", HEAD + """const int *x, int *y, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  int s = 0, j = 0;
  do { for (int k = 0; k <= j; k++) { if (k == x[i]) break; s += k * j; } j++; } while (j < (x[i] & 15));
  for (int a = 0; a < 4; a++) for (int b = a; b < 4; b++) { if (((a + b + i) % 5) == 0) goto_like: s += 3; }
  y[i] = s; }""".replace("goto_like: ", ""), lambda: [ints(), np.zeros(150, "i4"), np.int32(150)])

case("grid_stride", HEAD + """const float *x, float *y, int n) {
  int tid = threadIdx.x + blockIdx.x * blockDim.x;
  while (tid < n) { y[tid] = x[tid] * 2.0f + 1.0f; tid += blockDim.x * gridDim.x; }
  for (int j = blockIdx.x * blockDim.x + threadIdx.x; j < n; j += gridDim.x * blockDim.x) y[j] += (float)j; }""",
     lambda: [floats(), np.zeros(150, "f4"), np.int32(150)], grid=2)

case("unsigned_wrap", HEAD + """const int *x, int *y, unsigned n) { unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) { unsigned left = i - 1; y[i] = left < n ? x[left] : -1; if (i + 1 < n) y[i] += 10 * x[i + 1];
    size_t w = i; if (w > 2) y[i] += x[w - 3]; unsigned long long b = (unsigned long long)(i - 5u); if (b < n) y[i] += 7 * x[b]; } }""",
     lambda: [ints(), np.zeros(150, "i4"), np.uint32(150)])

case("integers", HEAD + """const int *x, const int *z, int *y, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  int a = x[i], b = z[i]; unsigned ua = a, ub = b; long long la = a, lb = b; short sa = a; unsigned char cb = b;
  y[i * 12] = a / b; y[i * 12 + 1] = a % b; y[i * 12 + 2] = ua / ub; y[i * 12 + 3] = ua % ub; y[i * 12 + 4] = a << b; y[i * 12 + 5] = a >> b;
  y[i * 12 + 6] = ua >> ub; y[i * 12 + 7] = (int)(la * lb >> 3) + (int)(la / (lb | 1)); y[i * 12 + 8] = sa * cb + (sa >> 3);
  y[i * 12 + 9] = (a ^ b) + (a & ~b) - (a | 5); y[i * 12 + 10] = -a * 3 + !b; y[i * 12 + 11] = a / 7 + a % 7 + (int)(ua / 10u); }""",
     lambda: [np.concatenate([ints(140, -2**31, 2**31), np.array([-2**31, -2**31, 0, 5, -5, 2**31 - 1, -2**31, 1, 2, 3], "i4")]),
              np.concatenate([ints(140, -40, 40), np.array([-1, 0, 0, 0, 0, -1, 1, 32, 33, -1], "i4")]), np.zeros(1800, "i4"), np.int32(150)])

case("long_division", HEAD + """const long long *x, const long long *z, long long *y, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return; y[i] = x[i] / z[i] + 3 * (x[i] % z[i]) + (long long)((unsigned long long)x[i] / (unsigned long long)z[i]); }""",
     lambda: [np.append(ints(149, -2**62, 2**62, "i8"), np.int64(-2**63)), np.append(ints(149, -9, 9, "i8", 3), np.int64(-1)), np.zeros(150, "i8"), np.int32(150)])

case("conversions", HEAD + """const float *x, const double *d, int *y, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  float f = x[i]; double g = d[i]; int *o = y + i * 10;
  o[0] = (int)f; o[1] = (unsigned)f; o[2] = (int)(long long)f; o[3] = (signed char)f; o[4] = (unsigned short)f; o[5] = (int)g;
  o[6] = (int)((unsigned long long)g >> 3); o[7] = __float_as_int((float)g); o[8] = __float_as_int((float)(int)g); o[9] = (bool)f + 2 * (f != f); }""",
     lambda: [np.concatenate([floats(143, scale=1e6), np.array([np.nan, np.inf, -np.inf, 3e9, -3e9, 1e20, -0.0], "f4")]),
              np.concatenate([floats(143, "f8", scale=1e12), np.array([np.nan, np.inf, -np.inf, 1e300, 4e9, 1.5, -0.0])]), np.zeros(1500, "i4"), np.int32(150)])

case("floats", HEAD + """const float *x, const float *z, float *y, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  float a = x[i], b = z[i]; float *o = y + i * 10;
  o[0] = a * b + 1.0f; o[1] = 1.0f - a * b; o[2] = (a * b) + 1.0f; o[3] = a / b; o[4] = a < b ? a : b; o[5] = fminf(a, b); o[6] = fmaxf(a, b);
  o[7] = sqrtf(fabsf(a)); o[8] = floorf(a) + ceilf(b) + truncf(a) + rintf(b); o[9] = copysignf(a, b) + (float)isnan(a) + fmaf(a, b, a) - (signbit(b) ? 2.f : 0.f); }""",
     lambda: [np.concatenate([floats(144), np.array([np.nan, 1, 0.0, -0.0, np.inf, 2], "f4")]),
              np.concatenate([floats(144, seed=5), np.array([1, np.nan, -0.0, 0.0, -np.inf, 0], "f4")]), np.zeros(1500, "f4"), np.int32(150)])

case("local_arrays", HEAD + """const int *x, int *y, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  int a[8], b[3][4]; for (int k = 0; k < 8; k++) a[k] = x[i] * k;
  for (int r = 0; r < 3; r++) for (int c = 0; c < 4; c++) b[r][c] = r * 10 + c + (i & 1);
  int j = x[i] & 7; a[j] += 1000; if (i % 3 == 0) a[(j + 1) & 7] = 5; int s = 0; for (int k = 0; k < 8; k++) s = s * 3 + a[k];
  int c4[4] = {1, 2, 3}; y[i] = s + b[j % 3][j & 3] + c4[2] + c4[3] + a[2]; }""", lambda: [ints(), np.zeros(150, "i4"), np.int32(150)])

case("pointers", """__device__ void bump(int *p, int by) { if (by > 3) { *p += by; return; } *p -= 1; }
__device__ int total(const int *p, int n) { int s = 0; while (n-- > 0) s += *p++; return s; }
""" + HEAD + """const int *x, int *y, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  int v = x[i], w[4] = {1, 2, 3, 4}; bump(&v, x[i]); bump(&w[2], i & 7); int *p = i & 1 ? w : w + 1; *p = 50; p += 1; p[1] = v;
  const int *q = x + i; if (i > 10) q -= 10; y[i] = v + total(w, 4) * 100 + *q + (int)(q - x); }""", lambda: [ints(), np.zeros(150, "i4"), np.int32(150)])

case("structs", """struct P { float x, y; int n; }; struct Q { P p[2]; double d; char c; };
__device__ P make(float a, int n) { P p; p.x = a; p.y = a * 2; p.n = n; if (n > 5) { p.n = -n; return p; } p.x += 1; return p; }
__device__ float sum(Q q) { return q.p[0].x + q.p[1].y + (float)q.d + q.c; }
""" + HEAD + """const P *in, P *out, P by, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  P p = in[i]; P q = make(p.x, p.n); if (i & 1) q = by; Q z; z.p[0] = p; z.p[1] = q; z.d = 2.5 * i; z.c = (char)i; p.y += sum(z); p.n += q.n; out[i] = p; out[i].x = q.x; }""",
     lambda: [np.array([(a, b, c) for a, b, c in zip(floats(), floats(seed=9), ints(150, -9, 9))], [("x", "f4"), ("y", "f4"), ("n", "i4")]),
              np.zeros(150, [("x", "f4"), ("y", "f4"), ("n", "i4")]), np.float32(1.5).tobytes() + np.float32(2.5).tobytes() + np.int32(4).tobytes(), np.int32(150)])

case("vectors", HEAD + """const float4 *x, float4 *y, float2 *z, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  float4 v = x[i]; v.x += 1.0f; v.w *= v.y; y[i] = make_float4(v.w, v.z, v.y, v.x); z[i].y = v.x; float2 t; t.x = v.y; t.y = 3.0f; if (i & 1) z[i] = t; }""",
     lambda: [floats(160).reshape(40, 4), np.zeros((40, 4), "f4"), np.zeros((40, 2), "f4"), np.int32(40)], n=40)

case("unions_bits", """union U { int i; float f; unsigned char b[4]; }; struct B { unsigned a : 3; int b : 5; unsigned c : 24; };
""" + HEAD + """const float *x, int *y, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  U u; u.f = x[i]; int r = u.i ^ u.b[1]; B b; b.a = i; b.b = i * 3; b.c = 0; if (i & 2) b.c = r; y[i] = r + b.a * 100 + b.b * 10000 + (int)b.c; }""",
     lambda: [floats(), np.zeros(150, "i4"), np.int32(150)])

case("globals", """__device__ int counter[4] = {1, 2, 3, 4}; __constant__ float table[8] = {0.5f, 1.5f, 2.5f, 3.5f}; __device__ float scale = 2.0f;
""" + HEAD + """const int *x, float *y, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return; y[i] = table[x[i] & 7] * scale + counter[i & 3]; }""", lambda: [ints(), np.zeros(150, "f4"), np.int32(150)])

case("two_d", HEAD + """const float *x, float *y, int w, int h) { int c = blockIdx.x * blockDim.x + threadIdx.x, r = blockIdx.y * blockDim.y + threadIdx.y;
  if (r < h && c < w) { float s = 0; for (int a = -1; a <= 1; a++) for (int b = -1; b <= 1; b++) { int rr = r + a, cc = c + b; if (rr >= 0 && rr < h && cc >= 0 && cc < w) s += x[rr * w + cc] * (a * 3 + b + 5); } y[r * w + c] = s; } }""",
     lambda: [floats(23 * 17), np.zeros(23 * 17, "f4"), np.int32(23), np.int32(17)], blocks=((16, 16), (32, 4), (8, 8), (5, 3), (4, 4, 2), (1, 40)), grid=(24, 24))

case("shared_scan", HEAD + """const int *x, int *y, int n) { __shared__ int a[2][64]; int t = threadIdx.x, p = 0; int i = blockIdx.x * blockDim.x + t;
  a[0][t] = i < n ? x[i] : 0; __syncthreads();
  for (int d = 1; d < blockDim.x; d *= 2) { p = 1 - p; if (t >= d) a[p][t] = a[1 - p][t] + a[1 - p][t - d]; else a[p][t] = a[1 - p][t]; __syncthreads(); }
  if (i < n) y[i] = a[p][t]; }""", lambda: [ints(), np.zeros(150, "i4"), np.int32(150)])

case("computed_again", HEAD + """const int *x, int *y, int n, int half) { __shared__ int s[256]; int t = threadIdx.x + threadIdx.y * blockDim.x;
  const int row = threadIdx.y, col = threadIdx.x, i = blockIdx.x * (blockDim.x * blockDim.y) + t; unsigned turned = 3u - t; int pick = row > 1 ? col / 3 : col % 5;
  const int *from = x + row; float scale = (float)col * 0.5f; int moved = half + col; half += 1;
  s[t] = i < n ? from[i % 40] : 0; __syncthreads();
  for (int k = 0; k < 3; k++) { int next = (t + 1) % 64, base = k * 2, mine = base + row; int v = s[next % (blockDim.x * blockDim.y)] + mine; __syncthreads(); s[t] += v + mine; half += k; __syncthreads(); }
  if (row < 64 && __syncthreads_or(s[t] > 3)) s[t] += 2;
  __syncthreads();
  if (i < n) y[i] = s[t] + pick * 7 + (int)turned + (int)scale * 11 + moved * 13 + half + row * 1000; }""",
     lambda: [ints(), np.zeros(150, "i4"), np.int32(150), np.int32(5)], blocks=((16, 4), (8, 8), (64,), (7, 3)), grid=3)

case("active_groups", HEAD + """const int *x, int *y, int n, int low, unsigned big, long long wide) { __shared__ int s[256]; int t = threadIdx.x, i = blockIdx.x * blockDim.x + t;
  unsigned u = t; s[t] = x[i % 150]; __syncthreads();
  for (int half = 64; half > 0; half >>= 1) { if (t < half && t + half < blockDim.x) s[t] += s[t + half]; __syncthreads(); }
  if (t <= 3) s[t] += 1; __syncthreads(); if (20 > threadIdx.x) s[t] += 2; __syncthreads(); if (t == 17) { int q = s[t] * 2; s[t] = q + n; } __syncthreads();
  if (33 == t && x[0] < 1000) s[t] -= 4; __syncthreads(); if (t < low) s[t] += 1000; __syncthreads(); if (t <= low) s[t] += 2000; __syncthreads(); if (t == low) s[t] += 4000; __syncthreads();
  if (u < big) s[t] ^= 8; __syncthreads(); if (u == big) s[t] ^= 16; __syncthreads(); if (u <= (unsigned)low) s[t] ^= 32; __syncthreads(); if (t < wide) s[t] += 64; __syncthreads();
  if (wide >= t && u < 40) s[t] += 128; __syncthreads(); if (t < blockDim.x / 2) { if (s[t] & 1) s[t] += s[t + blockDim.x / 2]; } __syncthreads();
  if (i < n) y[i] = s[t]; }""",
     lambda: [ints(), np.zeros(150, "i4"), np.int32(150), np.int32(-3), np.uint32(0x80000000), np.int64(30)], blocks=((64,), (100,), (128,), (33,)), grid=2)

case("parallel_loops", """struct P { float a; int b; };
__device__ int fact(int n) { return n < 2 ? 1 : n * fact(n - 1); }
__device__ void inner(int *y, int n, int by) { int stop = n; __wf_for_parallel for (int i = 0; i < stop; i += 1) y[i] += by; }
""" + HEAD + """const int *x, int *y, int n, unsigned u, long long w) {
  int table[9], big[600]; for (int k = 0; k < 9; k++) table[k] = k * k; for (int k = 0; k < 600; k++) big[k] = k;
  P p; p.a = 2.5f; p.b = x[3]; const int *from = x + 5; bool flip = n > 3; int stop = n - 10; int seven = 7; int *q = &table[2]; *q += 5;
  __wf_for_parallel for (int i = 2; i < stop; i += 3) { int s = 0; for (int k = 0; k < (from[i] & 7); k++) { if (k == 5) break; s += k * table[i % 9]; } if (i % 4 == 0) continue; y[i] = s + p.b * seven + (int)p.a + flip + big[i]; stop -= 0; }
  __wf_for_parallel for (int i = 2; i < stop; i += 3) { int s = 0; for (int k = 0; k < (from[i] & 7); k++) { if (k == 5) break; s += k * table[i % 9]; } if (i % 4 == 0) continue; y[i] += s + p.b * seven + (int)p.a + flip + big[i]; }
  __wf_for_parallel for (unsigned i = u; i < 150u; i++) { int mine[3]; for (int k = 0; k < 3; k++) mine[k] = k + (int)i; y[i] += fact((int)(i % 5u)) + mine[i % 3u]; big[i] = (int)i * 2; }
  __wf_for_parallel for (long long i = w; i < 150; i += 2) { __wf_for_parallel for (int j = 0; j < 3; j += 1) y[i] += j * big[i + 1]; }
  __wf_for_parallel for (int i = 9; i < 3; i += 1) y[i] = 1000000;
  int last = 0; __wf_for_parallel for (int i = 0; i < n; i += 1) { last = i; if (x[i] > 48) break; }
  inner(y, n, last); inner(y + 100, 50, seven + fact(4)); }""",
     lambda: [ints(), ints(seed=9), np.int32(150), np.uint32(60), np.int64(-0 + 1)], blocks=((1,),), grid=1)

case("barrier_in_function", """__device__ int rotate(int *s, int t, int n, int v) { s[t] = v; __syncthreads(); int r = s[(t + 1) % n]; __syncthreads(); return r; }
""" + HEAD + """const int *x, int *y, int n) { __shared__ int s[64]; int t = threadIdx.x, i = blockIdx.x * blockDim.x + t;
  int v = i < n ? x[i] : 0; for (int k = 0; k < 3; k++) v = rotate(s, t, blockDim.x, v + k); if (i < n) y[i] = v; }""",
     lambda: [ints(), np.zeros(150, "i4"), np.int32(150)])

case("barrier_numbered", HEAD + """const int *x, int *y, int n) { __shared__ int s[96]; int t = threadIdx.x, i = blockIdx.x * blockDim.x + t;
  s[t] = i < n ? x[i] : 0;
  if (t < 32) { for (int k = 0; k < 3; k++) { __wf_barrier(1, 32); int v = s[(t + 5) & 31]; __wf_barrier(1, 32); s[t] += v; }
    __wf_barrier_arrive(3, blockDim.x); }
  else { __wf_barrier(2, blockDim.x - 32); int v = s[blockDim.x - 1 - (t - 32)]; __wf_barrier(3, blockDim.x); s[t] = v + s[t - 32]; }
  __wf_barrier(4, 0);
  if (i < n) y[i] = s[(t + 1) % blockDim.x]; }""",
     lambda: [ints(), np.zeros(150, "i4"), np.int32(150)], blocks=((64,), (96,)))

case("barrier_divergent", HEAD + """const int *x, int *y, int n) { __shared__ int s[64]; int t = threadIdx.x, i = blockIdx.x * blockDim.x + t;
  s[t] = i < n ? x[i] : 0; int half = blockDim.x / 2;
  if (t < half) { __syncthreads(); s[t] += s[t + half]; __syncthreads(); } else { __syncthreads(); __syncthreads(); }
  int c = __syncthreads_count(s[t] > 0), o = __syncthreads_or(s[t] > 40), a = __syncthreads_and(s[t] < 1000);
  if (i < n) y[i] = s[t] + s[(t + 1) % blockDim.x] + 1000 * c + 100000 * o + 1000000 * a; }""",
     lambda: [ints(), np.zeros(150, "i4"), np.int32(150)])

case("live_across", HEAD + """const float *x, float *y, int n, int rounds) { __shared__ float s[64]; int t = threadIdx.x, i = blockIdx.x * blockDim.x + t;
  if (i >= n) return;
  float acc[3] = {0, 0, 0}, keep = x[i]; const float *p = x; bool odd = i & 1; int k = 0, m = rounds;
  while (k < rounds) { s[t] = keep + k; __syncthreads(); acc[k % 3] += t ? s[t - 1] : 0.5f; if (odd) keep += acc[0]; __syncthreads(); k++; m -= 1; p += 1; if (m == 1) break; }
  y[i] = acc[0] + 2 * acc[1] + 3 * acc[2] + keep + (p - x); }""", lambda: [floats(), np.zeros(150, "f4"), np.int32(150), np.int32(5)])

case("warp", HEAD + """const int *x, int *y, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x, lane = threadIdx.x & 31, w = threadIdx.x >> 5;
  int v = i < n ? x[i] : 0; int s = v;
  for (int o = 16; o > 0; o >>= 1) s += __shfl_down_sync(0xffffffff, s, o);
  int all = __shfl_sync(0xffffffff, s, 0), up = __shfl_up_sync(0xffffffff, v, 3), x2 = __shfl_xor_sync(0xffffffff, v, 5, 8);
  int any = __shfl_sync(0xffffffff, v, (lane * 7) & 31), dn = __shfl_down_sync(0xffffffff, v, 2, 16);
  unsigned b = __ballot_sync(0xffffffff, v > 0); int a1 = __any_sync(0xffffffff, v > 45), a2 = __all_sync(0xffffffff, v < 1000);
  unsigned m = __match_any_sync(0xffffffff, v & 3); int r = __reduce_add_sync(0xffffffff, v), mx = __reduce_max_sync(0xffffffff, v);
  if (i < n) y[i] = all + up * 3 + x2 * 5 + any * 7 + dn * 11 + (int)b + a1 * 13 + a2 * 17 + (int)m + r + mx * 3 + __popc(b & ((1u << lane) - 1)) + w; }""",
     lambda: [ints(160), np.zeros(160, "i4"), np.int32(160)], blocks=((32,), (64,), (160,)), n=160)

case("warp_sync_old", HEAD + """const int *x, int *y, int n) { __shared__ volatile int s[64]; int t = threadIdx.x; s[t] = x[blockIdx.x * 64 + t]; __syncthreads();
  if (t < 32) { s[t] += s[t + 32]; s[t] += s[t + 16]; s[t] += s[t + 8]; s[t] += s[t + 4]; s[t] += s[t + 2]; s[t] += s[t + 1]; }
  if (t == 0) y[blockIdx.x] = s[0]; }""", lambda: [ints(128), np.zeros(2, "i4"), np.int32(128)], blocks=((64,),), n=128)

case("atomics", HEAD + """const int *x, int *h, unsigned *u, float *f, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  atomicAdd(&h[x[i] & 7], 1); atomicMax(&h[8], x[i]); atomicMin(&h[9], x[i]); atomicAdd(&h[10], x[i]); atomicSub(&h[11], 2); atomicOr((unsigned *)&h[12], 1u << (i & 31));
  atomicXor(&u[0], (unsigned)x[i]); atomicInc(&u[1], 6); atomicDec(&u[2], 9); atomicAnd(&u[3], ~(1u << (x[i] & 31)));
  if (x[i] > 40) atomicExch(&u[4], 5); atomicCAS(&u[5], 0u, 77u); atomicAdd(&f[0], 1.0f); int old = atomicAdd(&h[13], 1); atomicAdd(&h[14], old); }""",
     lambda: [ints(), np.array([0] * 8 + [-1000, 1000] + [0] * 6, "i4"), np.array([0, 0, 0, 2**32 - 1, 0, 0], "u4"), np.zeros(1, "f4"), np.int32(150)])

case("halves", """#include <cuda_fp16.h>
""" + HEAD + """const __half *x, __half *y, float *z, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return; __half a = x[i]; __half b = __float2half(1.5f); y[i] = a * b + b; z[i] = __half2float(a) + (float)(y[i] > b); }""",
     lambda: [floats(dtype="f2", scale=100), np.zeros(150, "f2"), np.zeros(150, "f4"), np.int32(150)])

case("mathematics", HEAD + """const float *x, float *y, double *d, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return; float a = x[i]; y[i * 4] = sinf(a) + cosf(a); y[i * 4 + 1] = expf(a * 0.1f); y[i * 4 + 2] = logf(fabsf(a) + 1.0f); y[i * 4 + 3] = powf(fabsf(a), 1.3f); d[i] = exp(sin((double)a)); }""",
     lambda: [floats(), np.zeros(600, "f4"), np.zeros(150, "f8"), np.int32(150)], blocks=((64,),))

case("templates", """template <typename T, int N> __device__ T power(T x) { T r = 1; for (int k = 0; k < N; k++) r *= x; return r; }
struct Acc { float s; __device__ Acc(float a) : s(a) {} __device__ void add(float v) { s += v; } __device__ float get() const { return s; } };
__device__ float &pick(float &a, float &b, bool first) { return first ? a : b; }
""" + HEAD + """const float *x, float *y, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return; Acc acc(1.0f); for (int k = 0; k < 4; k++) if ((i + k) & 1) acc.add(x[i] * k); float a = 1, b = 2; pick(a, b, i & 1) = acc.get(); y[i] = a + 10 * b + power<float, 3>(x[i]) + power<int, 2>(i); }""",
     lambda: [floats(), np.zeros(150, "f4"), np.int32(150)])

case("goto", HEAD + """const int *x, int *y, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x; int r = 0, v;
  if (i >= n) goto end; v = x[i]; again: r += v; v -= 13; if (v > 0) goto again; y[i] = r; end: ; }""", lambda: [ints(), np.zeros(150, "i4"), np.int32(150)])

case("bits", HEAD + """const unsigned *x, unsigned *y, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return; unsigned a = x[i], b = x[(i + 1) % n]; unsigned *o = y + i * 8;
  o[0] = __popc(a) + 100 * __clz(a) + 10000 * __ffs(a); o[1] = __brev(a); o[2] = __byte_perm(a, b, 0x5410 + (i & 7)); o[3] = __umulhi(a, b); o[4] = __mulhi((int)a, (int)b);
  o[5] = __funnelshift_l(a, b, i) ^ __funnelshift_r(a, b, i); o[6] = (unsigned)__popcll(((unsigned long long)a << 32) | b) + __clzll((long long)b) + (unsigned)__umul64hi(((unsigned long long)a << 32) | b, b); o[7] = min((int)a, (int)b) + max(a, b) + abs((int)a); }""",
     lambda: [np.append(ints(148, 0, 2**32, "u4"), np.array([0, 2**32 - 1], "u4")), np.zeros(1200, "u4"), np.int32(150)])

case("side_effects", HEAD + """const int *x, int *y, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x; int a = 0, b = 0, c = 0;
  if (i < n && x[i] > 0 && (a++, x[i] & 1) && x[(i + 1) % n] > -20) b++;
  (i & 1) ? (c = 5) : (b += 7); int d = (x[i % n] > 0 || ++a > 100) ? a++ : --b; y[i % 200] = 0; if (i < n) y[i] = a + 10 * b + 100 * c + 1000 * d; }""",
     lambda: [ints(), np.zeros(200, "i4"), np.int32(150)], blocks=((32,), (30,)), grid=5)

case("early_loop", HEAD + """const float *x, int *y, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x; if (i >= n) return;
  float cx = x[i] * 0.3f, cy = x[(i * 7) % n] * 0.3f, zx = 0, zy = 0; int k; for (k = 0; k < 50 && zx * zx + zy * zy < 4.0f; k++) { float t = zx * zx - zy * zy + cx; zy = 2 * zx * zy + cy; zx = t; } y[i] = k; }""",
     lambda: [floats(), np.zeros(150, "i4"), np.int32(150)])

case("recursion", """__device__ int fib(int n) { if (n < 2) return n; return fib(n - 1) + fib(n - 2); }
__device__ int odd(int n); __device__ int even(int n) { return n == 0 ? 1 : odd(n - 1); } __device__ int odd(int n) { return n == 0 ? 0 : even(n - 1); }
__device__ void quick(int *a, int lo, int hi) { if (lo >= hi) return; int p = a[hi], i = lo; for (int j = lo; j < hi; j++) if (a[j] < p) { int t = a[i]; a[i] = a[j]; a[j] = t; i++; }
  int t = a[i]; a[i] = a[hi]; a[hi] = t; quick(a, lo, i - 1); quick(a, i + 1, hi); }
""" + HEAD + """const int *x, int *y, int *z, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return; y[i] = fib(i % 9) * 10 + even(x[i] & 15); if (i % 10 == 0 && i + 10 <= n) quick(z + i, 0, 9); }""",
     lambda: [ints(), np.zeros(150, "i4"), ints(seed=7), np.int32(150)])

case("fan_out", "__device__ float f0(float a) { for (int i = 0; i < 3; i++) a = a * 1.5f + i; return a; }\n"
     + "".join(f"__device__ float f{i}(float a) {{ return f{i - 1}(a + 1.0f) + f{i - 1}(a * 0.5f); }}\n" for i in range(1, 26))
     + HEAD + "const float *x, float *y, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x; if (i < n) y[i] = x[i] > 1000 ? f25(x[i]) : f7(x[i]); }",
     lambda: [floats(), np.zeros(150, "f4"), np.int32(150)], blocks=((64,),))

case("many_loops", HEAD + "const int *x, int *y, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x; if (i >= n) return; int s = x[i];\n"
     + "".join(f"for (int k{j} = 0; k{j} < {2 + j % 3}; k{j}++) s = s * 3 + k{j};\n" for j in range(120)) + "y[i] = s; }",
     lambda: [ints(), np.zeros(150, "i4"), np.int32(150)], blocks=((64,),))

case("written_through", HEAD + """const int *x, int *y, double *z, signed char *w, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) { __stwt(&y[i], x[i] * 3); __stwt(&z[i], x[i] * 0.5); __stwt(&w[i + 1], (signed char)x[i]); if (x[i] > 0) __stwt(&y[i + 160], x[i]); } }""",
     lambda: [ints(), np.zeros(320, "i4"), np.zeros(150), np.zeros(160, "i1"), np.int32(150)])
