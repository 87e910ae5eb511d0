"""Whole small programs that use several features of C++ and CUDA together: classes with lifetimes in shared memory, packed records,
function objects, compile-time tables, cooperative groups."""

import numpy as np
from table import K, f4, f8, i4, u1, u4


def records(n, dtype):
    def make(r):
        a = np.zeros(n, dtype)
        for name in dtype.names:
            a[name] = r.integers(0, 100, n)
        return a
    return make


PACKED = np.dtype([("kind", "u1"), ("price", "<f4"), ("size", "<u2"), ("time", "<i8")])  # 15 bytes
HALVES = np.dtype({"names": ["a", "b"], "formats": ["u1", "<f8"], "offsets": [0, 4], "itemsize": 12})  # pack(4)

CASES = [
    K("packed_ticks", """
#pragma pack(push, 1)
struct Tick { unsigned char kind; float price; unsigned short size; long long time; };
#pragma pack(pop)
static_assert(sizeof(Tick) == 15 && alignof(Tick) == 1, "as the file has it");
struct Plain { char a; double b; };
static_assert(sizeof(Plain) == 16, "the pragma has ended");
__device__ float value(const Tick &t) { return t.price * t.size; }
extern "C" __global__ void packed_ticks(unsigned char *out, const unsigned char *in, int n) {
    Tick *o = (Tick *)out;
    const Tick *t = (const Tick *)in;
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    Tick mine = t[i];
    mine.price += 1;
    mine.time = t[i].time * 2 + mine.kind;
    mine.size += (unsigned short)value(t[i]);
    o[i] = mine;
    o[i].kind ^= 1;
}""", lambda r: [np.zeros(200 * 15, u1), records(200, PACKED)(r).view(u1), 200],
      lambda out, x, n: tick_wanted(x), grid=4),
    K("packed_in_shared", """
#pragma pack(4)
struct Pair { unsigned char a; double b; };
#pragma pack()
static_assert(sizeof(Pair) == 12, "");
struct __attribute__((packed)) Line { char tag; Pair pairs[3]; int sum; };
static_assert(sizeof(Line) == 41, "");
extern "C" __global__ void packed_in_shared(double *out, const unsigned char *in) {
    __shared__ Line lines[32];
    const Pair *p = (const Pair *)in;
    Line &l = lines[threadIdx.x];
    l.tag = (char)threadIdx.x;
    l.sum = 0;
    for (int k = 0; k < 3; k++) { l.pairs[k] = p[threadIdx.x * 3 + k]; l.sum += l.pairs[k].a; }
    __syncthreads();
    Line other = lines[31 - threadIdx.x];
    double total = other.sum * 1000.0 + other.tag;
    for (const Pair &pair : other.pairs) total += fmax(pair.b, -1.0);
    out[threadIdx.x] = total;
}""", lambda r: [np.zeros(32, f8), records(96, HALVES)(r).view(u1)],
      lambda out, x: lines_wanted(x), block=32),
    K("aligned_members", """
struct Mixed { char a; alignas(16) float v[3]; char b; alignas(8) short s; };
static_assert(sizeof(Mixed) == 48, "");
extern "C" __global__ void aligned_members(int *out) {
    Mixed m{};
    out[0] = (int)((char *)m.v - &m.a); out[1] = (int)(&m.b - &m.a); out[2] = (int)((char *)&m.s - &m.a); out[3] = alignof(Mixed);
}""", lambda r: [np.zeros(4, i4)], lambda out: np.array([16, 28, 32, 16]), block=1),
    K("dual_numbers", """
template <class T> struct dual {
    T x, d;
    __device__ constexpr dual(T x = T(), T d = T()) : x(x), d(d) {}
    friend __device__ dual operator+(const dual &a, const dual &b) { return {a.x + b.x, a.d + b.d}; }
    friend __device__ dual operator*(const dual &a, const dual &b) { return {a.x * b.x, a.x * b.d + a.d * b.x}; }
    friend __device__ dual operator-(const dual &a) { return {-a.x, -a.d}; }
    __device__ explicit operator T() const { return x; }
};
__device__ auto power(auto base, int n) { auto r = decltype(base)(1); while (n--) r = r * base; return r; }
template <class F> __device__ auto derivative(F f, double at) { return f(dual<double>(at, 1)).d; }
extern "C" __global__ void dual_numbers(double *out, const double *x) {
    int i = threadIdx.x;
    auto f = [=](auto v) { return power(v, 3) + -(v * v) + dual<double>(2.0) * v; };
    out[i] = derivative(f, x[i]) + double(f(dual<double>(x[i])));
}""", lambda r: [np.zeros(64, f8), r.integers(-20, 20, 64) / 4.0],
      lambda out, x: 3 * x * x - 2 * x + 2 + (x * x * x - x * x + 2 * x)),
    K("compile_time_crc", """
struct crc_table {
    unsigned entries[256];
    constexpr crc_table() : entries() {
        for (unsigned i = 0; i < 256; i++) {
            unsigned c = i;
            for (int k = 0; k < 8; k++) c = c & 1 ? 0xedb88320u ^ (c >> 1) : c >> 1;
            entries[i] = c;
        }
    }
    constexpr unsigned operator[](unsigned i) const { return entries[i]; }
};
__constant__ constexpr crc_table table;
constexpr unsigned crc_of(const char *s) {
    unsigned c = ~0u;
    crc_table t;
    for (; *s; s++) c = t[(c ^ (unsigned char)*s) & 255] ^ (c >> 8);
    return ~c;
}
static_assert(crc_of("123456789") == 0xcbf43926u, "the usual check");
extern "C" __global__ void compile_time_crc(unsigned *out, const unsigned char *text, int n) {
    unsigned c = ~0u;
    for (int i = threadIdx.x * n; i < (int)(threadIdx.x + 1) * n; i++) c = table[(c ^ text[i]) & 255] ^ (c >> 8);
    out[threadIdx.x] = ~c;
}""", lambda r: [np.zeros(32, u4), r.integers(0, 256, 32 * 20).astype(u1), 20],
      lambda out, text, n: np.array([__import__("zlib").crc32(text[i * n:(i + 1) * n].tobytes()) for i in range(32)], u4), block=32),
    K("scoped_shared_stack", """
template <int Bytes> class arena {
    char *base; int used = 0;
public:
    __device__ explicit arena(char *base) : base(base) {}
    class frame {
        arena &a; int mark;
    public:
        __device__ explicit frame(arena &a) : a(a), mark(a.used) {}
        __device__ ~frame() { a.used = mark; }
        frame(const frame &) = delete;
        template <class T> __device__ T *take(int n) {
            a.used = (a.used + alignof(T) - 1) / alignof(T) * alignof(T);
            T *p = reinterpret_cast<T *>(a.base + a.used);
            a.used += n * sizeof(T);
            return p;
        }
    };
    __device__ int in_use() const { return used; }
};
extern "C" __global__ void scoped_shared_stack(int *out, const float *x) {
    __shared__ alignas(16) char bytes[4096];
    arena<4096> memory(bytes);
    const int t = threadIdx.x;
    float total = 0;
    {
        arena<4096>::frame f(memory);
        float *values = f.take<float>(64);
        values[t] = x[t];
        for (int round = 0; round < 3; round++) {
            typename arena<4096>::frame inner(memory);
            double *sums = inner.take<double>(64);
            __syncthreads();
            sums[t] = values[(t + round) % 64] * 2.0;
            __syncthreads();
            total += (float)sums[63 - t];
            if (memory.in_use() != 256 + 512) total += 1e6f;
            if (round == 1) continue;
        }
    }
    out[t] = (int)total + memory.in_use();
}""", lambda r: [np.zeros(64, i4), r.integers(-50, 50, 64).astype(f4)],
      lambda out, x: sum(2 * x[(63 - np.arange(64) + k) % 64] for k in range(3)).astype(i4)),
    K("visitor_of_shapes", """
enum class Kind : int { circle, box, line };
struct circle { float r; __device__ float area() const { return 3 * r * r; } };
struct box { float w, h; __device__ float area() const { return w * h; } };
struct line { __device__ float area() const { return 0; } };
struct shape {
    Kind kind;
    union { circle c; box b; line l; };
    template <class F> __device__ auto visit(F &&f) const {
        using enum Kind;
        switch (kind) {
        case circle: return f(c);
        case box: return f(b);
        default: return f(l);
        }
    }
};
struct second {
    __device__ float operator()(const circle &) const { return 1; }
    __device__ float operator()(const box &b) const { return b.h; }
    __device__ float operator()(const auto &) const { return 5; }
};
extern "C" __global__ void visitor_of_shapes(float *out, const int *kinds, const float *a) {
    int i = threadIdx.x;
    shape s{.kind = static_cast<Kind>(kinds[i])};
    if (s.kind == Kind::circle) s.c = {a[i]};
    else if (s.kind == Kind::box) s.b = {a[i], 2};
    out[i] = s.visit([](const auto &v) { return v.area(); }) + 100 * s.visit(second{});
}""", lambda r: [np.zeros(64, f4), r.integers(0, 3, 64).astype(i4), r.integers(0, 40, 64).astype(f4) / 4],
      lambda out, k, a: np.where(k == 0, 3 * a * a + 100, np.where(k == 1, 2 * a + 200, 500))),
    K("function_values", """
typedef float (*unary)(float);
__device__ float half_of(float x) { return x / 2; }
__device__ unary operations[] = {half_of, fabsf, floorf, sqrtf};
template <class F> __device__ float twice(F f, float x) { return f(f(x)); }
template <unary f> __device__ float fixed(float x) { return f(x) + 1; }
extern "C" __global__ void function_values(float *out, const float *x, const int *which) {
    int i = threadIdx.x;
    unary f = operations[which[i]];
    out[i] = f(x[i]) + twice(ceilf, x[i]) + twice([](float v) { return v + 1; }, x[i]) + fixed<half_of>(x[i]);
}""", lambda r: [np.zeros(64, f4), r.integers(0, 40, 64).astype(f4) ** 2 / 4, r.integers(0, 4, 64).astype(i4)],
      lambda out, x, w: np.choose(w, [x / 2, np.abs(x), np.floor(x), np.sqrt(x)]) + np.ceil(x) + x + 2 + x / 2 + 1),
    K("half_odds", """
#include <cuda_fp16.h>
#include <cuda_bf16.h>
extern "C" __global__ void half_odds(int *out) {
    __half2 a = __floats2half2_rn(1.0f, -3.0f), b = __floats2half2_rn(2.0f, -3.0f);
    out[0] = (int)__hlt2_mask(a, b);
    out[1] = (int)__heq2_mask(a, b);
    out[2] = __half_as_ushort(__int2half_rd(2049)); // 2048
    out[3] = __half_as_ushort(__int2half_ru(2049)); // 2050
    out[4] = __half_as_ushort(__ll2half_rz(-1000000000000LL)); // -65504
    out[5] = __half_as_ushort(__ull2half_ru(70000ull)); // infinity
    out[6] = __half2short_rd(__float2half(-2.5f)) * 100 + __half2short_ru(__float2half(2.5f));
    out[7] = __half2uchar_rz(__float2half(300.0f)) + __half2char_rz(__float2half(-300.0f));
    out[8] = __bfloat16_as_ushort(__ull2bfloat16_rn((1ull << 40) + (1ull << 32) + 1)); // just above a tie
    out[9] = __bfloat16_as_ushort(__ll2bfloat16_rn(-(1ll << 40) - (1ll << 32))); // a tie: to even
    out[10] = __bfloat16_as_ushort(__float2bfloat16_ru(1.0001f)) * 10 - __bfloat16_as_ushort(__float2bfloat16_rd(-1.0001f));
    out[11] = (int)__bfloat162ll_rd(__float2bfloat16(-2.5f)) * 10 + (int)__bfloat162uint_rn(__float2bfloat16(3.5f));
    __half2 c = __hcmadd(__floats2half2_rn(1, 2), __floats2half2_rn(3, 4), __floats2half2_rn(10, 20));
    out[12] = (int)__low2float(c) * 100 + (int)__high2float(c);
    out[13] = __half2short_rn(__float2half(65504.0f));
}""", lambda r: [np.zeros(14, i4)],
      lambda out: np.array([0x0000FFFF, np.int32(np.uint32(0xFFFF0000).view(i4)), 0x6800, 0x6801, 0xFBFF, 0x7C00, -297, 127,
                            0x5381, 0xD380, 0x3F81 * 10 - 0xBF81, -30 + 4, 530, 32767], i4), block=1),
    K("utility_unasked", """
struct handle { int *n; __device__ explicit handle(int *n) : n(n) { ++*n; } __device__ handle(handle &&o) : n(std::exchange(o.n, nullptr)) {}
    __device__ ~handle() { if (n) --*n; } handle(const handle &) = delete; };
__device__ handle pass(handle h) { return h; }
template <class F, class... A> __device__ auto call(F &&f, A &&...a) { return std::forward<F>(f)(std::forward<A>(a)...); }
template <int... I> __device__ int digits(std::integer_sequence<int, I...>) { int r = 0; ((r = r * 10 + I), ...); return r; }
__device__ int kind(int c) { switch (c) { case '0' ... '9': return 1; case 'a' ... 'f': case 'A' ... 'F': return 2; default: return 0; } }
extern "C" __global__ void utility_unasked(int *out) {
    int n = 0;
    {
        handle a(&n), b(std::move(a));
        handle c = pass(std::move(b));
        out[0] = n * 10 + !a.n + !b.n;
    }
    out[1] = n;
    out[2] = call([](int a, int b) { return a * b; }, 6, 7);
    out[3] = digits(std::make_integer_sequence<int, 5>{});
    out[4] = kind('5') * 1000 + kind('b') * 100 + kind('F') * 10 + kind('g');
}""", lambda r: [np.zeros(5, i4)], lambda out: np.array([12, 0, 42, 1234, 1220]), block=1),
    K("ranks_in_groups", """
#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>
#include <cooperative_groups/scan.h>
namespace cg = cooperative_groups;
extern "C" __global__ void ranks_in_groups(int *out, const int *x) {
    auto block = cg::this_thread_block();
    auto warp = cg::tiled_partition<32>(block);
    int v = x[block.thread_rank()];
    auto side = cg::binary_partition(warp, v > 50);
    auto label = cg::labeled_partition(warp, v % 3);
    auto quad = cg::tiled_partition<4>(warp);
    int best = cg::reduce(quad, v, cg::greater<int>());
    out[block.thread_rank()] = (int)side.size() * 1000000 + (int)label.thread_rank() * 10000 + best + cg::inclusive_scan(quad, 1);
}""", lambda r: [np.zeros(64, i4), r.integers(0, 100, 64).astype(i4)], lambda out, x: ranks_wanted(x)),
]


def tick_wanted(x):
    t = x.view(PACKED).copy()
    o = t.copy()
    o["price"] += 1
    o["time"] = t["time"] * 2 + t["kind"]
    o["size"] += (t["price"] * t["size"]).astype(np.uint16)
    o["kind"] ^= 1
    return o.view(u1)


def lines_wanted(x):
    p = x.view(HALVES).reshape(32, 3)
    t = p["a"].astype(f8).sum(1) * 1000 + np.arange(32) + p["b"].sum(1)
    return t[::-1]


def ranks_wanted(x):
    out = np.zeros(64, i4)
    for i in range(64):
        warp = x[i // 32 * 32:i // 32 * 32 + 32]
        lane, quad = i % 32, x[i // 4 * 4:i // 4 * 4 + 4]
        side = np.sum((warp > 50) == (x[i] > 50))
        label = np.sum(warp[:lane] % 3 == x[i] % 3)
        out[i] = side * 1000000 + label * 10000 + quad.max() + i % 4 + 1
    return out
