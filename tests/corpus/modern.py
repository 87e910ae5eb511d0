"""C++14 and C++17 as template-heavy kernels write it, and the words of <cuda/std/...>."""

import numpy as np
from table import K, f4, f8, i4, i8, u1, u4


def out_in(n, dtype=i4, top=100, out=None):
    return lambda r: [np.zeros(out or n, dtype), r.integers(0, top, n).astype(dtype)]


def floats(n, out=None):
    return lambda r: [np.zeros(out or n, f4), r.integers(-50, 50, n).astype(f4) / 4]


CASES = [
    K("crtp_shapes", """
template <class D> struct Shape {
    __device__ float twice_area() const { return 2 * static_cast<const D *>(this)->area(); }
};
struct Square : Shape<Square> { float a; __device__ explicit Square(float a) : a(a) {} __device__ float area() const { return a * a; } };
struct Strip : Shape<Strip> { float w, h; __device__ Strip(float w, float h) : w{w}, h{h} {} __device__ float area() const { return w * h; } };
template <class S> __device__ float measure(const Shape<S> &s) { return s.twice_area(); }
extern "C" __global__ void crtp_shapes(float *out, const float *x) {
    int i = threadIdx.x;
    out[i] = i % 2 ? measure(Square(x[i])) : measure(Strip{x[i], 3.f});
}""", floats(64), lambda out, x: np.where(np.arange(64) % 2, 2 * x * x, 6 * x)),
    K("sfinae_pick", """
#include <type_traits>
template <class T, std::enable_if_t<std::is_floating_point<T>::value, int> = 0> __device__ int kind(T) { return 1; }
template <class T, std::enable_if_t<std::is_integral<T>::value && std::is_signed<T>::value, int> = 0> __device__ int kind(T) { return 2; }
template <class T, typename = typename std::enable_if<std::is_unsigned<T>::value && std::is_integral<T>::value>::type, typename = void>
__device__ int kind(T) { return 3; }
template <class T> struct has_size { template <class U> static std::true_type test(decltype(&U::size)); template <class U> static std::false_type test(...);
    static constexpr bool value = decltype(test<T>(nullptr))::value; };
struct A { __device__ int size() const { return 1; } };
struct B {};
template <class T, class = void> struct has_type : std::false_type {};
template <class T> struct has_type<T, std::void_t<typename T::type>> : std::true_type {};
struct C { using type = int; };
extern "C" __global__ void sfinae_pick(int *out) {
    out[0] = kind(1.f); out[1] = kind(1); out[2] = kind(1u); out[3] = kind(1.0); out[4] = kind((unsigned char)1);
    out[5] = has_size<A>::value; out[6] = has_size<B>::value; out[7] = has_type<C>::value; out[8] = has_type<B>::value;
}""", lambda r: [np.zeros(9, i4)], lambda out: np.array([1, 2, 3, 1, 3, 1, 0, 1, 0]), block=1),
    K("variadic_folds", """
template <class... T> __device__ auto sum(T... v) { return (v + ...); }
template <class... T> __device__ auto sum_from(int start, T... v) { return (start + ... + v); }
template <class... T> __device__ bool all(T... v) { return (... && v); }
template <class F, class... T> __device__ void each(F f, T &&...v) { (f(v), ...); }
template <int... I> struct list { static constexpr int size = sizeof...(I); static constexpr int total = (I + ... + 0); };
template <class T, class... R> __device__ T largest(T first, R... rest) {
    if constexpr (sizeof...(rest) == 0) return first;
    else { T other = largest(rest...); return other > first ? other : first; }
}
extern "C" __global__ void variadic_folds(int *out, const int *x) {
    int i = threadIdx.x, seen = 0;
    each([&](int v) { seen = seen * 3 + v; }, x[i], 1, i);
    out[i] = sum(x[i], 2, i) + sum_from(7, x[i], i) + all(x[i] > 10, i > 3) + seen + list<1, 2, 3>::total * list<4, 5>::size + largest(x[i], i, 20);
}""", out_in(64), lambda out, x: x + 2 + np.arange(64) + 7 + x + np.arange(64) + ((x > 10) & (np.arange(64) > 3)) + (x * 9 + 3 + np.arange(64)) + 12
        + np.maximum(np.maximum(x, np.arange(64)), 20)),
    K("constexpr_tables", """
struct Table { int v[16]; };
constexpr __host__ __device__ Table squares() { Table t{}; for (int i = 0; i < 16; ++i) t.v[i] = i * i; return t; }
__constant__ constexpr float weights[5] = {0.0625f, 0.25f, 0.375f, 0.25f, 0.0625f};
constexpr int primes[] = {2, 3, 5, 7, 11, 13};
template <int N> struct Fib { static constexpr int value = Fib<N - 1>::value + Fib<N - 2>::value; };
template <> struct Fib<0> { static constexpr int value = 0; };
template <> struct Fib<1> { static constexpr int value = 1; };
constexpr int gcd(int a, int b) { return b == 0 ? a : gcd(b, a % b); }
extern "C" __global__ void constexpr_tables(float *out) {
    constexpr Table t = squares();
    static_assert(gcd(12, 18) == 6, "gcd");
    static_assert(sizeof(primes) / sizeof(primes[0]) == 6);
    int i = threadIdx.x;
    float s = 0;
#pragma unroll
    for (int k = 0; k < 5; k++) s += weights[k] * t.v[(i + k) % 16];
    out[i] = s + primes[i % 6] + Fib<12>::value + gcd(48, 36);
}""", lambda r: [np.zeros(64, f4)], lambda out: np.array(
        [sum(w * (((i + k) % 16) ** 2) for k, w in enumerate((0.0625, 0.25, 0.375, 0.25, 0.0625))) + (2, 3, 5, 7, 11, 13)[i % 6] + 144 + 12 for i in range(64)])),
    K("structured_bindings", """
struct Split { int quotient, remainder; };
__device__ Split divide(int a, int b) { return {a / b, a % b}; }
extern "C" __global__ void structured_bindings(int *out, const int *x) {
    int i = threadIdx.x;
    auto [q, r] = divide(x[i], 7);
    int pair[2] = {i, 2};
    auto &[a, b] = pair;
    b += a;
    const auto [bx, by] = make_int2(3, 4);
    out[i] = q * 100 + r + pair[1] * 1000 + bx * by;
}""", out_in(64), lambda out, x: x // 7 * 100 + x % 7 + (np.arange(64) + 2) * 1000 + 12),
    K("range_for", """
#include <cuda/std/array>
struct Range { int first, last; struct It { int v; __device__ int operator*() const { return v; } __device__ It &operator++() { ++v; return *this; }
        __device__ bool operator!=(const It &o) const { return v != o.v; } };
    __device__ It begin() const { return {first}; } __device__ It end() const { return {last}; } };
__device__ Range grid_stride(int n) { return Range{0, n}; }
extern "C" __global__ void range_for(int *out, const int *x) {
    int i = threadIdx.x, s = 0;
    for (auto k : grid_stride(i % 5)) s += k;
    cuda::std::array<int, 3> a{{x[i], 2, 3}};
    for (auto &v : a) v *= 2;
    for (const int v : a) s += v;
    int plain[] = {1, 2, 3};
    for (int v : plain) s += v * 100;
    for (int v : {4, 5}) s += v * 1000;
    out[i] = s + (int)a.size() + a.front() + a.back();
}""", out_in(64), lambda out, x: np.array([sum(range(i % 5)) for i in range(64)]) + 2 * x + 10 + 600 + 9000 + 3 + 2 * x + 6),
    K("enum_class", """
enum class Op : unsigned char { add, sub = 4, mul };
enum Mode { fast, slow = 10 };
namespace config { enum class Color { red = 1, green = 2 }; }
template <Op op> __device__ int apply(int a, int b);
template <> __device__ int apply<Op::add>(int a, int b) { return a + b; }
template <> __device__ int apply<Op::mul>(int a, int b) { return a * b; }
__device__ int run(Op op, int a, int b) {
    switch (op) {
    case Op::add: return apply<Op::add>(a, b);
    case Op::mul: return apply<Op::mul>(a, b);
    default: return a - b;
    }
}
extern "C" __global__ void enum_class(int *out, const int *x) {
    using config::Color;
    int i = threadIdx.x;
    Op op = i % 3 == 0 ? Op::add : i % 3 == 1 ? Op::sub : Op::mul;
    out[i] = run(op, x[i], i) + static_cast<int>(op) + (int)Color::green + slow + (op == Op::sub) + sizeof(Op);
}""", out_in(64), lambda out, x: np.select([np.arange(64) % 3 == 0, np.arange(64) % 3 == 1], [x + np.arange(64), x - np.arange(64) + 5], x * np.arange(64) + 5) + 13),
    K("literals", """
struct Meters { float v; };
constexpr __device__ Meters operator""_m(long double v) { return Meters{(float)v}; }
constexpr __device__ Meters operator"" _km(unsigned long long v) { return Meters{v * 1000.f}; }
__device__ Meters operator+(Meters a, Meters b) { return {a.v + b.v}; }
extern "C" __global__ void literals(float *out) {
    out[threadIdx.x] = (1.5_m + 2_km).v + 1'000 + 0b1011 + 0x1p4f + 'a' + 017;
}""", lambda r: [np.zeros(4, f4)], lambda out: np.full(4, 2001.5 + 1000 + 11 + 16 + 97 + 15), block=4),
    K("designated", """
struct Config { int width = 3; float scale = 2.f; struct { int x, y; } at; };
struct Pixel { unsigned char r, g, b, a; };
extern "C" __global__ void designated(float *out, const float *x) {
    Config c{.width = 4, .scale = 0.5f, .at = {.x = 1, .y = 2}};
    Config d{.scale = 8.f};
    Pixel p = {.r = 1, .b = 3};
    int i = threadIdx.x;
    out[i] = x[i] * c.scale + c.width + c.at.y + d.width * d.scale + p.r + p.g + p.b;
}""", floats(64), lambda out, x: x * 0.5 + 4 + 2 + 24 + 4),
    K("operation_table", """
typedef float (*unary)(float);
__device__ float twice(float x) { return x + x; }
__device__ float square(float x) { return x * x; }
__device__ float half_of(float x) { return x / 2; }
__constant__ unary table[3] = {twice, square, &half_of};
using binary = int (*)(int, int);
template <class T> __device__ T add(T a, T b) { return a + b; }
__device__ binary chosen = add<int>;
template <unary F> __device__ float through(float x) { return F(x); }
extern "C" __global__ void operation_table(float *out, const float *x) {
    int i = threadIdx.x;
    unary f = table[i % 3];
    auto lambda = [](float v) { return v - 1; };
    unary g = lambda;
    out[i] = f(x[i]) + (*g)(x[i]) + chosen(i, 2) + through<square>(x[i]);
}""", floats(64), lambda out, x: np.select([np.arange(64) % 3 == 0, np.arange(64) % 3 == 1], [x + x, x * x], x / 2) + x - 1 + np.arange(64) + 2 + x * x),
    K("tuple_and_optional", """
#include <cuda/std/tuple>
#include <cuda/std/optional>
#include <cuda/std/utility>
__device__ cuda::std::optional<int> find(const int *x, int n, int v) {
    for (int i = 0; i < n; i++) if (x[i] == v) return i;
    return cuda::std::nullopt;
}
__device__ cuda::std::tuple<int, float> both(int v) { return cuda::std::make_tuple(v + 1, v * 0.5f); }
extern "C" __global__ void tuple_and_optional(float *out, const int *x) {
    int i = threadIdx.x;
    auto [a, b] = both(i);
    int c; float d;
    cuda::std::tie(c, d) = both(2 * i);
    auto t = cuda::std::make_tuple(1, 2.5f, 'c');
    static_assert(cuda::std::tuple_size<decltype(t)>::value == 3, "");
    auto at = find(x, 64, x[i]);
    auto none = find(x, 64, -1);
    cuda::std::pair<int, float> p{i, 1.f};
    auto q = cuda::std::make_pair(2, 3.f);
    out[i] = a + b + c + d + cuda::std::get<0>(t) + cuda::std::get<1>(t) + cuda::std::get<int>(t) + (at ? x[*at] : -100) + none.value_or(7) + at.has_value() + p.first + q.second;
}""", lambda r: [np.zeros(64, f4), r.integers(0, 30, 64).astype(i4)],
        lambda out, x: (np.arange(64) + 1) + np.arange(64) * 0.5 + 2 * np.arange(64) + 1 + np.arange(64) + 1 + 2.5 + 1 + x + 7 + 1 + np.arange(64) + 3),
    K("cuda_std_words", """
#include <cuda/std/cstdint>
#include <cuda/std/limits>
#include <cuda/std/type_traits>
#include <cuda/std/bit>
#include <cuda/std/span>
#include <cuda/std/algorithm>
#include <cuda/std/numeric>
#include <cuda/cmath>
namespace std_ = cuda::std;
extern "C" __global__ void cuda_std_words(int *out, int *x) {
    int i = threadIdx.x;
    cuda::std::uint32_t u = x[i];
    cuda::std::span<int> all(x, 64), part = all.subspan(4, 8);
    int s = 0;
    for (int v : part) s += v;
    out[i] = cuda::std::popcount(u) + cuda::std::countl_zero(u) + (int)cuda::std::bit_ceil(u + 1) + cuda::std::has_single_bit(u) + s + (int)part.size()
           + (int)cuda::std::bit_cast<float>(0x40400000u) + std_::max(i, 9) + std_::min(std_::numeric_limits<int>::max(), 5) + cuda::ceil_div(i, 4)
           + cuda::std::gcd(i + 1, 12) + cuda::std::accumulate(x, x + 3, 0) + cuda::std::is_same_v<cuda::std::size_t, unsigned long>;
}""", out_in(64), lambda out, x: np.array(
        [int(v).bit_count() + 32 - int(v).bit_length() + (1 << int(v).bit_length()) + (int(v).bit_count() == 1) + x[4:12].sum() + 8 + 3 + max(i, 9) + 5 + -(-i // 4)
         + np.gcd(i + 1, 12) + x[:3].sum() + 1 for i, v in enumerate(x)])),
    K("atomics_of_libcu", """
#include <cuda/atomic>
#include <cuda/std/atomic>
__device__ cuda::atomic<int, cuda::thread_scope_device> total{5};
extern "C" __global__ void atomics_of_libcu(int *out, const int *x) {
    __shared__ cuda::atomic<unsigned, cuda::thread_scope_block> count;
    if (threadIdx.x == 0) count.store(0);
    __syncthreads();
    count.fetch_add(1, cuda::memory_order_relaxed);
    ++count;
    cuda::atomic_ref<int, cuda::thread_scope_device> sum(out[0]);
    sum.fetch_add(x[threadIdx.x], cuda::std::memory_order_relaxed);
    cuda::atomic_ref<int> best{out[1]};
    best.fetch_max(x[threadIdx.x]);
    total.fetch_add(2);
    int seen = best.load(cuda::memory_order_acquire);
    while (seen < 1000 && !best.compare_exchange_weak(seen, seen + 1)) {}
    __syncthreads();
    if (threadIdx.x == 0) { out[2] = count.load(); out[3] = total.exchange(5); }
    cuda::std::atomic_thread_fence(cuda::std::memory_order_seq_cst);
    cuda::atomic_thread_fence(cuda::memory_order_release, cuda::thread_scope_device);
}""", lambda r: [np.zeros(4, i4), np.full(64, 3, i4)], lambda out, x: np.array([192, 67, 128, 133])),
    K("barrier_of_libcu", """
#include <cuda/barrier>
#include <cooperative_groups.h>
namespace cg = cooperative_groups;
extern "C" __global__ void barrier_of_libcu(int *out, const int *x) {
    __shared__ cuda::barrier<cuda::thread_scope_block> bar;
    __shared__ int s[64];
    auto block = cg::this_thread_block();
    if (block.thread_rank() == 0) init(&bar, block.size());
    block.sync();
    s[threadIdx.x] = x[threadIdx.x];
    cuda::barrier<cuda::thread_scope_block>::arrival_token token = bar.arrive();
    int local = threadIdx.x * 2;
    bar.wait(std::move(token));
    int v = s[63 - threadIdx.x];
    bar.arrive_and_wait();
    cuda::memcpy_async(block, s, x, cuda::aligned_size_t<4>(64 * sizeof(int)), bar);
    bar.arrive_and_wait();
    out[threadIdx.x] = v + local + s[threadIdx.x];
}""", out_in(64), lambda out, x: x[::-1] + 2 * np.arange(64) + x),
    K("pipeline_of_libcu", """
#include <cuda/pipeline>
#include <cooperative_groups.h>
extern "C" __global__ void pipeline_of_libcu(int *out, const int *x, int batches) {
    constexpr int stages = 2;
    __shared__ int buffer[stages][32];
    auto block = cooperative_groups::this_thread_block();
    __shared__ cuda::pipeline_shared_state<cuda::thread_scope_block, stages> state;
    auto pipe = cuda::make_pipeline(block, &state);
    int sum = 0;
    for (int compute = 0, fetch = 0; compute < batches; ++compute) {
        for (; fetch < batches && fetch < compute + stages; ++fetch) {
            pipe.producer_acquire();
            cuda::memcpy_async(block, buffer[fetch % stages], x + fetch * 32, sizeof(int) * 32, pipe);
            pipe.producer_commit();
        }
        pipe.consumer_wait();
        sum += buffer[compute % stages][31 - threadIdx.x];
        pipe.consumer_release();
    }
    out[threadIdx.x] = sum;
}""", lambda r: [np.zeros(32, i4), r.integers(0, 99, 128).astype(i4), 4], lambda out, x, n: x.reshape(4, 32).sum(0)[::-1], block=32),
    K("algorithms_in_kernels", """
#include <algorithm>
#include <numeric>
#include <utility>
#include <functional>
extern "C" __global__ void algorithms_in_kernels(int *out, const int *x) {
    int v[8], i = threadIdx.x;
    for (int k = 0; k < 8; k++) v[k] = x[8 * i + k];
    std::sort(v, v + 8);
    out[8 * i] = v[0];
    out[8 * i + 1] = std::accumulate(v, v + 8, 0);
    std::reverse(v, v + 8);
    out[8 * i + 2] = v[0];
    out[8 * i + 3] = (int)std::count_if(v, v + 8, [](int a) { return a % 2 == 0; });
    out[8 * i + 4] = std::any_of(v, v + 8, [](int a) { return a > 90; }) * 2 + std::is_sorted(v, v + 8, std::greater<int>());
    out[8 * i + 5] = std::inner_product(v, v + 8, v, 0);
    std::transform(v, v + 8, v, [](int a) { return a * 3; });
    out[8 * i + 6] = *std::max_element(v, v + 8);
    int old = std::exchange(v[0], 4);
    std::swap(v[0], v[1]);
    out[8 * i + 7] = old + v[1] + (int)std::distance(v, v + 3);
}""", lambda r: [np.zeros(64, i4), r.integers(0, 99, 64).astype(i4)], lambda out, x: np.array(
        [[w.min(), w.sum(), w.max(), (w % 2 == 0).sum(), 2 * (w > 90).any() + 1, (w * w).sum(), 3 * w.max(), 3 * w.max() + 4 + 3] for w in x.reshape(8, 8)]).ravel(),
        block=8),
    K("thrust_helpers", """
#include <thrust/pair.h>
#include <thrust/tuple.h>
#include <thrust/functional.h>
#include <thrust/swap.h>
#include <thrust/complex.h>
#include <thrust/execution_policy.h>
#include <thrust/sort.h>
#include <thrust/binary_search.h>
__device__ thrust::pair<int, int> order(int a, int b) { return a < b ? thrust::make_pair(a, b) : thrust::make_pair(b, a); }
struct saxpy { float a; __host__ __device__ float operator()(const thrust::tuple<float, float> &t) const { return a * thrust::get<0>(t) + thrust::get<1>(t); } };
extern "C" __global__ void thrust_helpers(float *out, const float *x) {
    int i = threadIdx.x;
    auto p = order(i, 30);
    thrust::plus<float> add;
    thrust::maximum<float> larger;
    float mine[4] = {x[i], 3.f, -1.f, 8.f};
    thrust::sort(thrust::seq, mine, mine + 4);
    thrust::complex<float> z(x[i], 1.f);
    float s = thrust::norm(z);
    out[i] = p.first * 100 + p.second + add(x[i], 2.f) + larger(x[i], 0.f) + saxpy{2.f}(thrust::make_tuple(x[i], 5.f)) + mine[0] * 7 + s
           + (thrust::lower_bound(thrust::seq, mine, mine + 4, 4.f) - mine);
}""", floats(64), lambda out, x: np.minimum(np.arange(64), 30) * 100 + np.maximum(np.arange(64), 30) + x + 2 + np.maximum(x, 0) + 2 * x + 5
        + np.minimum(x, -1) * 7 + x * x + 1 + 2 + (x < 4)),
    K("inheritance_and_operators", """
struct Vec3 {
    float x, y, z;
    __host__ __device__ constexpr Vec3(float x = 0, float y = 0, float z = 0) noexcept : x(x), y(y), z(z) {}
    __device__ Vec3 operator-() const { return {-x, -y, -z}; }
    __device__ float operator[](int i) const { return (&x)[i]; }
    __device__ Vec3 &operator+=(const Vec3 &o) { x += o.x; y += o.y; z += o.z; return *this; }
    __device__ friend Vec3 operator*(float s, const Vec3 &v) { return Vec3(s * v.x, s * v.y, s * v.z); }
    __device__ bool operator==(const Vec3 &o) const { return x == o.x && y == o.y && z == o.z; }
    __device__ explicit operator bool() const { return x != 0; }
    static __device__ Vec3 ones() { return Vec3(1, 1, 1); }
};
__device__ inline Vec3 operator+(Vec3 a, const Vec3 &b) { return a += b; }
__device__ inline float dot(const Vec3 &a, const Vec3 &b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
class Ray : public Vec3 { protected: float t; public: using Vec3::Vec3; __device__ Ray(const Vec3 &v, float t) : Vec3(v), t(t) {} __device__ Vec3 at() const { return t * *this; } };
template <class T, int N> class Stack { T data[N]; int top = 0; public: __device__ void push(T v) { data[top++] = v; } __device__ T pop() { return data[--top]; }
    __device__ bool empty() const { return top == 0; } };
extern "C" __global__ void inheritance_and_operators(float *out, const float *x) {
    int i = threadIdx.x;
    Ray ray(Vec3(x[i], 2, 3), 2.f);
    Vec3 v = ray.at() + -Vec3::ones();
    Stack<Vec3, 4> stack;
    stack.push(v); stack.push(Vec3::ones());
    float s = 0;
    while (!stack.empty()) s += dot(stack.pop(), Vec3(1, 2, 4));
    out[i] = s + v[1] + (v == Vec3::ones()) + (ray ? 10 : 20);
}""", floats(64), lambda out, x: (2 * x - 1) + 6 + 20 + 7 + 3 + np.where(x != 0, 10, 20)),
    K("policies_and_traits", """
#include <type_traits>
template <class T> struct Acc { using type = T; };
template <> struct Acc<float> { using type = double; };
template <> struct Acc<unsigned char> { using type = int; };
template <class T> using acc_t = typename Acc<T>::type;
struct SumOp { template <class T> static __device__ T identity() { return T(0); } template <class T> __device__ T operator()(T a, T b) const { return a + b; } };
struct MaxOp { template <class T> static __device__ T identity() { return T(-1000); } template <class T> __device__ T operator()(T a, T b) const { return a > b ? a : b; } };
template <int Block, int Items> struct Policy { enum { BLOCK = Block, ITEMS = Items, TILE = Block * Items }; };
template <class P, class T, class Op> __device__ acc_t<T> thread_reduce(const T *x, int t, Op op) {
    acc_t<T> v = Op::template identity<acc_t<T>>();
#pragma unroll
    for (int i = 0; i < P::ITEMS; i++) v = op(v, static_cast<acc_t<T>>(x[t + i * P::BLOCK]));
    return v;
}
extern "C" __global__ void policies_and_traits(double *out, const float *x, const unsigned char *b) {
    using P = Policy<16, 4>;
    static_assert(P::TILE == 64, "tile");
    static_assert(std::is_same<acc_t<float>, double>::value && !std::is_same_v<acc_t<int>, double>);
    int t = threadIdx.x;
    out[t] = thread_reduce<P>(x, t, SumOp{}) * 1000 + thread_reduce<P>(b, t, MaxOp());
}""", lambda r: [np.zeros(16, f8), r.integers(0, 9, 64).astype(f4), r.integers(0, 200, 64).astype(u1)],
        lambda out, x, b: x.reshape(4, 16).sum(0) * 1000.0 + b.reshape(4, 16).max(0), block=16),
    K("unrolled_loop", """
#include <utility>
template <int I> using int_c = std::integral_constant<int, I>;
template <class F, int... I> __device__ void unrolled(F &&f, std::integer_sequence<int, I...>) { (f(int_c<I>{}), ...); }
template <int N, class F> __device__ void static_for(F &&f) { unrolled(std::forward<F>(f), std::make_integer_sequence<int, N>{}); }
template <class T, size_t... I> __device__ T pick(const T *x, std::index_sequence<I...>) { return ((x[I] * T(I + 1)) + ...); }
extern "C" __global__ void unrolled_loop(int *out, const int *x) {
    int r[4], i = threadIdx.x;
    static_for<4>([&](auto k) { r[k] = x[(i + k) % 64] << decltype(k)::value; });
    out[i] = r[0] + r[1] + r[2] + r[3] + pick(r, std::make_index_sequence<3>{});
}""", out_in(64), lambda out, x: sum(np.roll(x, -k) << k for k in range(4)) + sum((np.roll(x, -k) << k) * (k + 1) for k in range(3))),
]
