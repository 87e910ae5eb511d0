"""Long integers, fields and hashes as public code computes them (carry chains in PTX, 128-bit products), graphs, transforms and forces in fixed
point: what each gives is computed with Python's integers or NumPy."""

import hashlib

import numpy as np
from table import K, f4, f8, i4, u1, u4

u8 = np.uint64
SECP = 2 ** 256 - 2 ** 32 - 977
M31 = 2 ** 61 - 1


def words(*counts, out):
    return lambda r: [np.zeros(out, u8)] + [r.integers(0, 2 ** 64, n, dtype=u8) for n in counts]


def number(a):
    return sum(int(w) << 64 * i for i, w in enumerate(a))


def limbs(v, n=4):
    return [v >> 64 * i & 2 ** 64 - 1 for i in range(n)]


def secp(a, b):
    return np.array([limbs(number(x) * number(y) % SECP) for x, y in zip(a.reshape(-1, 4), b.reshape(-1, 4))], u8).ravel()


def roots(n, k):
    """The first 64 bits behind the point of the k-th roots of the first primes: what SHA-512's tables are."""
    primes = [p for p in range(2, 500) if all(p % d for d in range(2, p))][:n]
    words = []
    for p in primes:
        low, high = 0, p << 64
        while high - low > 1:
            mid = (low + high) // 2
            low, high = (mid, high) if mid ** k <= p << 64 * k else (low, mid)
        words.append(f"0x{low & 2 ** 64 - 1:x}ull")
    return ", ".join(words)


def messages(n, size):
    return lambda r: r.integers(0, 256, (n, size)).astype(u1)


def csr(r, n, degree):
    lists = [sorted(set(r.integers(0, n, degree).tolist()) - {i}) for i in range(n)]
    for i, row in enumerate(list(map(list, lists))):
        for j in row:
            if i not in lists[j]:
                lists[j] = sorted(lists[j] + [i])
    return np.cumsum([0] + [len(x) for x in lists]).astype(i4), np.array(sum(lists, []), i4)


def triangles(offsets, edges):
    sets = [set(edges[offsets[i]:offsets[i + 1]].tolist()) for i in range(len(offsets) - 1)]
    return np.array([sum(len(sets[i] & sets[j]) for j in sets[i] if j > i) for i in range(len(sets))])


def colours(offsets, edges, priority):
    n, color = len(offsets) - 1, np.full(len(offsets) - 1, -1)
    for c in range(n):
        chosen = [i for i in range(n) if color[i] < 0 and all(color[j] >= 0 or (priority[j], j) < (priority[i], i) for j in edges[offsets[i]:offsets[i + 1]])]
        for i in chosen:
            color[i] = c
    return color


def stockham(x):
    return np.fft.fft(x.astype(np.complex128), axis=1)


def life(board, steps):
    b = board.copy()
    for _ in range(steps):
        n = sum(np.roll(b, (i, j), (0, 1)) for i in (-1, 0, 1) for j in (-1, 0, 1)) - b
        b = ((n == 3) | (b & (n == 2))).astype(board.dtype)
    return b


CASES = [
    K("secp_field_multiply", """
#define UADDO(c, a, b) asm volatile ("add.cc.u64 %0, %1, %2;" : "=l"(c) : "l"(a), "l"(b) : "memory");
#define UADDC(c, a, b) asm volatile ("addc.cc.u64 %0, %1, %2;" : "=l"(c) : "l"(a), "l"(b) : "memory");
#define UADD(c, a, b) asm volatile ("addc.u64 %0, %1, %2;" : "=l"(c) : "l"(a), "l"(b));
#define UADDO1(c, a) asm volatile ("add.cc.u64 %0, %0, %1;" : "+l"(c) : "l"(a) : "memory");
#define UADDC1(c, a) asm volatile ("addc.cc.u64 %0, %0, %1;" : "+l"(c) : "l"(a) : "memory");
#define UADD1(c, a) asm volatile ("addc.u64 %0, %0, %1;" : "+l"(c) : "l"(a));
#define USUBO(c, a, b) asm volatile ("sub.cc.u64 %0, %1, %2;" : "=l"(c) : "l"(a), "l"(b) : "memory");
#define USUBC(c, a, b) asm volatile ("subc.cc.u64 %0, %1, %2;" : "=l"(c) : "l"(a), "l"(b) : "memory");
#define USUB(c, a, b) asm volatile ("subc.u64 %0, %1, %2;" : "=l"(c) : "l"(a), "l"(b));
#define UMULLO(lo, a, b) asm volatile ("mul.lo.u64 %0, %1, %2;" : "=l"(lo) : "l"(a), "l"(b));
#define UMULHI(hi, a, b) asm volatile ("mul.hi.u64 %0, %1, %2;" : "=l"(hi) : "l"(a), "l"(b));
#define UMult(r, a, b) { UMULLO(r[0], a[0], b); UMULLO(r[1], a[1], b); UMULHI(t, a[0], b); UADDO1(r[1], t); UMULLO(r[2], a[2], b); UMULHI(t, a[1], b); UADDC1(r[2], t); \\
    UMULLO(r[3], a[3], b); UMULHI(t, a[2], b); UADDC1(r[3], t); UMULHI(t, a[3], b); UADD(r[4], t, 0ULL); }
__device__ void ModMult(uint64_t *r, const uint64_t *a, const uint64_t *b) {
    uint64_t r512[8] = {0}, t[1], t2[5], ah, al;
    {
        uint64_t t;
        UMult(r512, a, b[0]);
        for (int i = 1; i < 4; i++) {
            UMult(t2, a, b[i]);
            UADDO1(r512[i], t2[0]); UADDC1(r512[i + 1], t2[1]); UADDC1(r512[i + 2], t2[2]); UADDC1(r512[i + 3], t2[3]);
            UADD1(r512[i + 4], t2[4]);
        }
        UMult(t2, (r512 + 4), 0x1000003D1ULL);
        UADDO1(r512[0], t2[0]); UADDC1(r512[1], t2[1]); UADDC1(r512[2], t2[2]); UADDC1(r512[3], t2[3]);
        UADD1(t2[4], 0ULL);
        UMULLO(al, t2[4], 0x1000003D1ULL); UMULHI(ah, t2[4], 0x1000003D1ULL);
        UADDO(r[0], r512[0], al); UADDC(r[1], r512[1], ah); UADDC(r[2], r512[2], 0ULL); UADDC(r[3], r512[3], 0ULL);
        UADD(t, 0ULL, 0ULL);
        if (t) { UADDO1(r[0], 0x1000003D1ULL); UADDC1(r[1], 0ULL); UADDC1(r[2], 0ULL); UADD1(r[3], 0ULL); }
    }
    const uint64_t P[4] = {0xFFFFFFFEFFFFFC2FULL, ~0ULL, ~0ULL, ~0ULL};
    uint64_t s[4];
    USUBO(s[0], r[0], P[0]); USUBC(s[1], r[1], P[1]); USUBC(s[2], r[2], P[2]); USUBC(s[3], r[3], P[3]);
    USUB(t[0], 0ULL, 0ULL);
    if (!t[0]) for (int i = 0; i < 4; i++) r[i] = s[i];
}
extern "C" __global__ void secp_field_multiply(uint64_t *out, const uint64_t *a, const uint64_t *b) {
    int i = threadIdx.x;
    uint64_t r[4];
    ModMult(r, a + 4 * i, b + 4 * i);
    for (int k = 0; k < 4; k++) out[4 * i + k] = r[k];
}""", words(128, 128, out=128), lambda out, a, b: secp(a, b), block=32),
    K("field_51_bit_limbs", """
typedef uint64_t fe[5];
typedef unsigned __int128 uint128_t;
#define MASK51 0x7ffffffffffffULL
__device__ static void fe_mul(fe h, const fe f, const fe g) {
    uint128_t h0, h1, h2, h3, h4;
    const uint64_t f1_19 = 19 * f[1], f2_19 = 19 * f[2], f3_19 = 19 * f[3], f4_19 = 19 * f[4];
    h0 = (uint128_t)f[0] * g[0] + (uint128_t)f1_19 * g[4] + (uint128_t)f2_19 * g[3] + (uint128_t)f3_19 * g[2] + (uint128_t)f4_19 * g[1];
    h1 = (uint128_t)f[0] * g[1] + (uint128_t)f[1] * g[0] + (uint128_t)f2_19 * g[4] + (uint128_t)f3_19 * g[3] + (uint128_t)f4_19 * g[2];
    h2 = (uint128_t)f[0] * g[2] + (uint128_t)f[1] * g[1] + (uint128_t)f[2] * g[0] + (uint128_t)f3_19 * g[4] + (uint128_t)f4_19 * g[3];
    h3 = (uint128_t)f[0] * g[3] + (uint128_t)f[1] * g[2] + (uint128_t)f[2] * g[1] + (uint128_t)f[3] * g[0] + (uint128_t)f4_19 * g[4];
    h4 = (uint128_t)f[0] * g[4] + (uint128_t)f[1] * g[3] + (uint128_t)f[2] * g[2] + (uint128_t)f[3] * g[1] + (uint128_t)f[4] * g[0];
    uint64_t c = (uint64_t)(h0 >> 51); h1 += c; h[0] = (uint64_t)h0 & MASK51;
    c = (uint64_t)(h1 >> 51); h2 += c; h[1] = (uint64_t)h1 & MASK51;
    c = (uint64_t)(h2 >> 51); h3 += c; h[2] = (uint64_t)h2 & MASK51;
    c = (uint64_t)(h3 >> 51); h4 += c; h[3] = (uint64_t)h3 & MASK51;
    c = (uint64_t)(h4 >> 51); h[4] = (uint64_t)h4 & MASK51;
    h[0] += c * 19; c = h[0] >> 51; h[0] &= MASK51; h[1] += c;
}
extern "C" __global__ void field_51_bit_limbs(uint64_t *out, const uint64_t *a, const uint64_t *b) {
    fe x, y, z;
    for (int i = 0; i < 5; i++) { x[i] = a[threadIdx.x * 5 + i] & MASK51; y[i] = b[threadIdx.x * 5 + i] & MASK51; }
    fe_mul(z, x, y);
    fe_mul(z, z, x);
    uint64_t q = (z[0] + 19) >> 51;
    for (int i = 1; i < 5; i++) q = (z[i] + q) >> 51;
    z[0] += 19 * q;
    for (int i = 0; i < 4; i++) { z[i + 1] += z[i] >> 51; z[i] &= MASK51; }
    z[4] &= MASK51;
    for (int i = 0; i < 5; i++) out[threadIdx.x * 5 + i] = z[i];
}""", words(100, 100, out=100), lambda out, a, b: ed25519(out, a, b), block=20),
    K("montgomery_int128", """
struct Montgomery {
    uint64_t n, inv, r2;
    __device__ explicit Montgomery(uint64_t n) : n(n), inv(n), r2(-n % n) {
        for (int i = 0; i < 5; ++i) inv *= 2 - n * inv;
        for (int i = 0; i < 4; ++i) if ((r2 <<= 1) >= n) r2 -= n;
        for (int i = 0; i < 4; ++i) r2 = mul(r2, r2);
    }
    __device__ uint64_t reduce(__uint128_t x) const {
        uint64_t y = uint64_t(x >> 64) - uint64_t((__uint128_t(uint64_t(x) * inv) * n) >> 64);
        return int64_t(y) < 0 ? y + n : y;
    }
    __device__ uint64_t mul(uint64_t a, uint64_t b) const { return reduce(__uint128_t(a) * b); }
    __device__ uint64_t into(uint64_t x) const { return mul(x, r2); }
    __device__ uint64_t power(uint64_t a, uint64_t e) const {
        uint64_t r = into(1);
        for (a = into(a); e; e >>= 1, a = mul(a, a)) if (e & 1) r = mul(r, a);
        r = reduce(r);
        return r >= n ? r - n : r;
    }
};
extern "C" __global__ void montgomery_int128(uint64_t *out, const uint64_t *a, const uint64_t *e) {
    Montgomery m((1ull << 61) - 1);
    out[threadIdx.x] = m.power(a[threadIdx.x] % m.n, e[threadIdx.x]);
}""", words(40, 40, out=40), lambda out, a, e: np.array([pow(int(x) % M31, int(y), M31) for x, y in zip(a, e)], u8), block=40),
    K("goldilocks_dot", """
class gl64_t {
    uint64_t val;
public:
    static const uint64_t MOD = 0xffffffff00000001ULL;
    static const uint32_t W = 0xffffffffU;
    __device__ gl64_t() {}
    __device__ gl64_t(uint64_t a) : val(a) {}
    __device__ operator uint64_t() const { return val >= MOD ? val - MOD : val; }
    __device__ gl64_t &operator+=(const gl64_t &b) {
        uint32_t carry;
        asm("add.cc.u64 %0, %0, %2; addc.u32 %1, 0, 0;" : "+l"(val), "=r"(carry) : "l"(b.val));
        if (carry) val += W;
        if (val >= MOD) val -= MOD;
        return *this;
    }
    __device__ gl64_t &operator*=(const gl64_t &b) {
        uint64_t lo, hi;
        asm("mul.lo.u64 %0, %2, %3; mul.hi.u64 %1, %2, %3;" : "=&l"(lo), "=l"(hi) : "l"(val), "l"(b.val));
        const uint64_t hh = hi >> 32, hl = hi & W;
        uint64_t t = lo - hh;
        if (lo < hh) t -= W;
        const uint64_t u = hl * W;
        val = t + u;
        if (val < t) val += W;
        if (val >= MOD) val -= MOD;
        return *this;
    }
    friend __device__ gl64_t operator*(gl64_t a, const gl64_t &b) { return a *= b; }
    friend __device__ gl64_t operator+(gl64_t a, const gl64_t &b) { return a += b; }
};
template <class fr_t> __device__ fr_t shfl_down(const fr_t &v, unsigned offset) {
    uint64_t x = v;
    uint32_t lo = __shfl_down_sync(0xffffffff, (uint32_t)x, offset), hi = __shfl_down_sync(0xffffffff, (uint32_t)(x >> 32), offset);
    return fr_t((uint64_t)hi << 32 | lo);
}
extern "C" __global__ void goldilocks_dot(uint64_t *out, const uint64_t *a, const uint64_t *b) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    gl64_t s = gl64_t(a[i]) * gl64_t(b[i]);
    for (unsigned o = 16; o; o >>= 1) s = s + shfl_down(s, o);
    if (threadIdx.x == 0) out[blockIdx.x] = s;
}""", words(96, 96, out=3), lambda out, a, b: np.array([sum(int(x) * int(y) for x, y in zip(a[i:i + 32], b[i:i + 32])) % 0xffffffff00000001 for i in (0, 32, 64)], u8),
      grid=3, block=32),
    K("sha512_single", """
#define ROTR64(x, n) (((x) >> (n)) | ((x) << (64 - (n))))
#define Ch(x, y, z) (((x) & (y)) ^ (~(x) & (z)))
#define Maj(x, y, z) (((x) & (y)) ^ ((x) & (z)) ^ ((y) & (z)))
#define S0(x) (ROTR64(x, 28) ^ ROTR64(x, 34) ^ ROTR64(x, 39))
#define S1(x) (ROTR64(x, 14) ^ ROTR64(x, 18) ^ ROTR64(x, 41))
#define s0(x) (ROTR64(x, 1) ^ ROTR64(x, 8) ^ ((x) >> 7))
#define s1(x) (ROTR64(x, 19) ^ ROTR64(x, 61) ^ ((x) >> 6))
__constant__ uint64_t K512[80] = {KTABLE};
extern "C" __global__ void sha512_single(unsigned char *out, const unsigned char *in, int size) {
    const unsigned char *m = in + threadIdx.x * size;
    uint64_t w[80], h[8] = {HTABLE}, v[8];
    for (int i = 0; i < 16; i++) {
        uint64_t t = 0;
#pragma unroll
        for (int k = 0; k < 8; k++) { int at = i * 8 + k; t = t << 8 | (at < size ? m[at] : at == size ? 0x80 : 0); }
        w[i] = i == 15 ? (uint64_t)size * 8 : t;
    }
    for (int i = 16; i < 80; i++) w[i] = s1(w[i - 2]) + w[i - 7] + s0(w[i - 15]) + w[i - 16];
    for (int i = 0; i < 8; i++) v[i] = h[i];
    for (int i = 0; i < 80; i++) {
        uint64_t t1 = v[7] + S1(v[4]) + Ch(v[4], v[5], v[6]) + K512[i] + w[i], t2 = S0(v[0]) + Maj(v[0], v[1], v[2]);
        for (int k = 7; k > 0; k--) v[k] = v[k - 1];
        v[4] += t1; v[0] = t1 + t2;
    }
    for (int i = 0; i < 8; i++)
        for (int k = 0; k < 8; k++) out[threadIdx.x * 64 + i * 8 + k] = (unsigned char)((h[i] + v[i]) >> (56 - 8 * k));
}""".replace("KTABLE", roots(80, 3)).replace("HTABLE", roots(8, 2)), lambda r: [np.zeros((8, 64), u1), messages(8, 61)(r), 61],
      lambda out, m, size: np.array([list(hashlib.sha512(bytes(x)).digest()) for x in m], u1), block=8),
    K("triangle_count", """
template <typename vertex_t> __device__ __forceinline__ int intersect(const vertex_t *a, int na, const vertex_t *b, int nb) {
    int count = 0;
    for (int i = threadIdx.x % 32; i < na; i += 32) {
        const vertex_t v = a[i];
        int lo = 0, hi = nb;
        while (lo < hi) { const int mid = (lo + hi) >> 1; if (b[mid] < v) lo = mid + 1; else hi = mid; }
        count += lo < nb && b[lo] == v;
    }
    return __reduce_add_sync(0xffffffffu, count);
}
extern "C" __global__ void triangle_count(int *out, const int *__restrict__ offsets, const int *__restrict__ edges, int n) {
    for (int u = (blockIdx.x * blockDim.x + threadIdx.x) / 32; u < n; u += gridDim.x * blockDim.x / 32) {
        int total = 0;
        for (int e = offsets[u]; e < offsets[u + 1]; e++) {
            const int v = __ldg(&edges[e]);
            if (v > u) total += intersect(edges + offsets[u], offsets[u + 1] - offsets[u], edges + offsets[v], offsets[v + 1] - offsets[v]);
        }
        if (threadIdx.x % 32 == 0) out[u] = total;
    }
}""", lambda r: [np.zeros(50, i4), *csr(r, 50, 8), 50], lambda out, offsets, edges, n: triangles(offsets, edges), grid=2, block=128),
    K("jones_plassmann", """
#include <cooperative_groups.h>
namespace cg = cooperative_groups;
__device__ int left;
extern "C" __global__ void jones_plassmann(int *color, const int *offsets, const int *edges, const int *priority, int n) {
    cg::grid_group grid = cg::this_grid();
    const int i = grid.thread_rank();
    if (i == 0) left = n;
    if (i < n) color[i] = -1;
    grid.sync();
    for (int c = 0; c < n && left > 0; c++) {
        bool best = false;
        if (i < n && color[i] < 0) {
            best = true;
            for (int e = offsets[i]; e < offsets[i + 1] && best; e++) {
                const int j = edges[e];
                if (color[j] >= 0) continue;
                if (priority[j] > priority[i] || (priority[j] == priority[i] && j > i)) best = false;
            }
        }
        grid.sync();
        if (best) { color[i] = c; atomicSub(&left, 1); }
        grid.sync();
    }
}""", lambda r: [np.zeros(60, i4), *csr(r, 60, 4), r.integers(0, 9, 60).astype(i4), 60], lambda color, o, e, p, n: colours(o, e, p), grid=2, block=32),
    K("stockham_radix_4", """
template <class T> struct cplx { T x, y; };
template <class T> __device__ cplx<T> operator+(cplx<T> a, cplx<T> b) { return {a.x + b.x, a.y + b.y}; }
template <class T> __device__ cplx<T> operator-(cplx<T> a, cplx<T> b) { return {a.x - b.x, a.y - b.y}; }
template <class T> __device__ cplx<T> operator*(cplx<T> a, cplx<T> b) { return {a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x}; }
template <class T> __device__ cplx<T> mul_i(cplx<T> a) { return {a.y, -a.x}; }
template <int R> struct butterfly;
template <> struct butterfly<2> { template <class T> static __device__ void apply(cplx<T> (&v)[2]) { auto a = v[0]; v[0] = a + v[1]; v[1] = a - v[1]; } };
template <> struct butterfly<4> {
    template <class T> static __device__ void apply(cplx<T> (&v)[4]) {
        cplx<T> e[2] = {v[0], v[2]}, o[2] = {v[1], v[3]};
        butterfly<2>::apply(e); butterfly<2>::apply(o);
        o[1] = mul_i(o[1]);
        v[0] = e[0] + o[0]; v[1] = e[1] + o[1]; v[2] = e[0] - o[0]; v[3] = e[1] - o[1];
    }
};
template <int N, int R, class T> struct fft {
    static constexpr int threads = N / R;
    template <int Ns> static __device__ void pass(cplx<T> *a, cplx<T> *b) {
        const int j = threadIdx.x;
        cplx<T> v[R];
#pragma unroll
        for (int r = 0; r < R; r++) {
            T s, c;
            sincospi(T(-2) * (j % Ns) * r / T(Ns * R), &s, &c);
            v[r] = a[j + r * threads] * cplx<T>{c, s};
        }
        butterfly<R>::apply(v);
        const int d = (j / Ns) * Ns * R + j % Ns;
#pragma unroll
        for (int r = 0; r < R; r++) b[d + r * Ns] = v[r];
        __syncthreads();
        if constexpr (Ns * R < N) pass<Ns * R>(b, a);
    }
};
extern "C" __global__ void stockham_radix_4(float2 *out, const float2 *in) {
    constexpr int N = 64;
    __shared__ cplx<float> x[N], y[N];
    for (int i = threadIdx.x; i < N; i += blockDim.x) x[i] = {in[blockIdx.x * N + i].x, in[blockIdx.x * N + i].y};
    __syncthreads();
    fft<N, 4, float>::pass<1>(x, y);
    for (int i = threadIdx.x; i < N; i += blockDim.x) out[blockIdx.x * N + i] = make_float2(y[i].x, y[i].y);
}""", lambda r: [np.zeros((3, 64), np.complex64), (r.standard_normal((3, 64)) + 1j * r.standard_normal((3, 64))).astype(np.complex64)],
      lambda out, x: stockham(x), grid=3, block=16, tol=1e-3),
    K("fixed_point_forces", """
typedef unsigned long long mm_ulong;
typedef long long mm_long;
typedef float real; typedef float4 real4; typedef float3 real3;
#define PADDED_NUM_ATOMS 32
inline __device__ mm_long realToFixedPoint(real x) { return static_cast<mm_long>(x * 0x100000); }
#define ATOMIC_ADD(p, v) atomicAdd((mm_ulong *)(p), static_cast<mm_ulong>(v))
#define APPLY(axis, index) ATOMIC_ADD(&forceBuffers[atom1 + index * PADDED_NUM_ATOMS], realToFixedPoint(delta.axis * scale)); \\
                           ATOMIC_ADD(&forceBuffers[atom2 + index * PADDED_NUM_ATOMS], realToFixedPoint(-delta.axis * scale));
extern "C" __global__ void fixed_point_forces(long long *__restrict__ forceBuffers, const real4 *__restrict__ posq, int n) {
    for (int pair = blockIdx.x * blockDim.x + threadIdx.x; pair < n * (n - 1) / 2; pair += blockDim.x * gridDim.x) {
        int atom1 = (int)floor(0.5 + sqrt(0.25 + 2.0 * pair)), atom2;
        atom2 = pair - atom1 * (atom1 - 1) / 2;
        real4 p = posq[atom1], q = posq[atom2];
        real3 delta = make_float3(p.x - q.x, p.y - q.y, p.z - q.z);
        real scale = 4;
        APPLY(x, 0) APPLY(y, 1) APPLY(z, 2)
    }
}""", lambda r: [np.zeros((3, 32), np.int64), (r.integers(-64, 64, (32, 4)) / 8).astype(f4), 32],
      lambda out, p, n: np.stack([((p[:, None, k] - p[None, :, k]).astype(f8) * 4 * 2 ** 20).astype(np.int64).sum(1) for k in range(3)]), grid=2, block=64),
    K("life_in_bits", """
// 32 cells in a word: sums of three rows by full adders.
__device__ __forceinline__ void add(uint32_t a, uint32_t b, uint32_t c, uint32_t &sum, uint32_t &carry) { sum = a ^ b ^ c; carry = (a & b) | (c & (a ^ b)); }
struct Rows { uint32_t left, mid, right; };
__device__ Rows around(const uint32_t *row, int w, int words) {
    const uint32_t m = row[w], l = row[(w + words - 1) % words], r = row[(w + 1) % words];
    return {__funnelshift_l(l, m, 1), m, __funnelshift_r(m, r, 1)};
}
extern "C" __global__ void life_in_bits(uint32_t *out, const uint32_t *in, int words, int rows) {
    const int w = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y;
    if (w >= words) return;
    auto [al, am, ar] = around(in + (y + rows - 1) % rows * words, w, words);
    auto [bl, bm, br] = around(in + y * words, w, words);
    auto [cl, cm, cr] = around(in + (y + 1) % rows * words, w, words);
    uint32_t s0, c0, s1, c1, s2, c2, s3, c3, ones, t, twos, u;
    add(al, am, ar, s0, c0);
    add(cl, cm, cr, s1, c1);
    s2 = bl ^ br, c2 = bl & br;
    add(s0, s1, s2, ones, t);
    add(c0, c1, c2, s3, c3);
    twos = s3 ^ t, u = s3 & t;
    const uint32_t fours = c3 | u;
    out[y * words + w] = twos & ~fours & (ones | bm);
}""", lambda r: (lambda b: [np.zeros((20, 3), u4), np.packbits(b, axis=1, bitorder="little").view(u4)])(r.integers(0, 2, (20, 96)).astype(u1)) + [3, 20],
      lambda out, a, w, n: np.packbits(life(np.unpackbits(a.view(u1), axis=1, bitorder="little"), 1), axis=1, bitorder="little").view(u4), grid=(1, 20), block=4),
    K("fields_by_pointer", """
#include <type_traits>
// A structure of arrays whose loops name a member: pointers to members as template arguments, packs of them.
struct Particle { float x, y, z; int id; };
template <class M> struct member_traits;
template <class C, class T> struct member_traits<T C::*> { using type = T; };
template <auto... M> struct Fields {
    template <class F> static __device__ void each(Particle &p, F f) { (f(p.*M), ...); }
    static __device__ float sum(const Particle &p) { return ((float)(p.*M) + ... + 0.f); }
};
template <float Particle::*M> __device__ void scale(Particle *p, int n, float by) {
    for (int i = threadIdx.x; i < n; i += blockDim.x) p[i].*M *= by;
}
struct Op { float Particle::*field; float (*f)(float); };
__device__ float twice(float v) { return v + v; }
__device__ float negated(float v) { return -v; }
extern "C" __global__ void fields_by_pointer(float *out, Particle *p, int n) {
    scale<&Particle::y>(p, n, 3.f);
    __syncthreads();
    const Op ops[] = {{&Particle::x, twice}, {&Particle::z, negated}};
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
        for (const Op &op : ops) p[i].*op.field = op.f(p[i].*op.field);
        Fields<&Particle::x, &Particle::z>::each(p[i], [](float &v) { v += 1; });
        out[i] = Fields<&Particle::x, &Particle::y, &Particle::z, &Particle::id>::sum(p[i]);
    }
    static_assert(std::is_same<member_traits<decltype(&Particle::id)>::type, int>::value, "");
}""", lambda r: [np.zeros(70, f4), particles(r), 70], lambda out, p, n: particle_sums(p), block=32),
]


def ed25519(out, a, b):
    p, mask = 2 ** 255 - 19, 2 ** 51 - 1
    value = lambda x: sum((int(w) & mask) << 51 * i for i, w in enumerate(x))
    want = []
    for got, x, y in zip(out.reshape(-1, 5), a.reshape(-1, 5), b.reshape(-1, 5)):
        v = value(x) * value(y) % p * value(x) % p
        want.append([v >> 51 * i & mask for i in range(5)])
    return np.array(want, u8).ravel()


def particles(r):
    a = np.zeros(70, [("x", "f4"), ("y", "f4"), ("z", "f4"), ("id", "i4")])
    for name in a.dtype.names:
        a[name] = r.integers(-50, 50, 70)
    return a.view(u1)


def particle_sums(p):
    p = p.view([("x", "f4"), ("y", "f4"), ("z", "f4"), ("id", "i4")])
    return (2 * p["x"] + 1) + 3 * p["y"] + (1 - p["z"]) + p["id"]
