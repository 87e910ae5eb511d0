// Packs of bases, using Base::f, comparisons that C++20 writes, lambdas outside of functions, case labels in inner blocks.
#include <cooperative_groups.h>
#define T(value) out[__LINE__] = (value)
template <class... F> struct overloaded : F... { using F::operator()...; };
template <class... F> overloaded(F...) -> overloaded<F...>;
struct Base { __device__ int f(int) { return 1; } __device__ int g() const { return 7; } };
struct Derived : Base { using Base::f; using Base::g; __device__ int f(float) { return 2; } __device__ int f(Derived *) { return 3; } };
struct Hides : Base { using Base::f; __device__ int f(int) { return 4; } };
template <int I, class V> struct Leaf { V value; };
template <int... I> struct Numbers {};
template <class N, class... V> struct Tuple;
template <int... I, class... V> struct Tuple<Numbers<I...>, V...> : Leaf<I, V>... {};
template <int I, class V> __device__ V &get(Leaf<I, V> &leaf) { return leaf.value; }
template <class V, int I> __device__ V &by_order(Leaf<I, V> &leaf) { return leaf.value; }
auto twice = [](int x) { return x * 2; };
constexpr auto square = [](auto x) { return x * x; };
__device__ auto sum = [] __device__(int a, int b) { return a + b; };
__global__ void classes(double *out) {
    auto f = overloaded{[](int x) { return x + 10; }, [](float) { return 20; }, [](const char *) { return 30; }};
    T(f(1) + f(1.f) + f("")); // = 61
    Derived d;
    T(d.f(1) * 100 + d.f(1.f) * 10 + d.f(&d) + d.g()); // = 130
    Hides h;
    T(h.f(1)); // = 4
    Tuple<Numbers<0, 1, 2>, int, float, double> t;
    get<0>(t) = 1;
    get<1>(t) = 2.5f;
    get<2>(t) = 4;
    T(get<0>(t) + get<1>(t) * 10 + get<2>(t) * 100); // = 426
    T(by_order<double>(t)); // = 4
    T(twice(4) + square(3) + sum(1, 2)); // = 20
}
struct Point { int x, y; float w[3]; bool operator==(const Point &) const = default; };
struct Version {
    int major, minor;
    __host__ __device__ friend bool operator==(const Version &, const Version &) = default;
    __host__ __device__ auto operator<=>(const Version &) const = default;
};
struct Measured { float at; int n; auto operator<=>(const Measured &) const = default; }; // NaN: unordered
struct Own { int key, rest; auto operator<=>(const Own &) const = default; __device__ bool operator==(const Own &o) const { return key == o.key; } };
template <class V> struct Box { V v; __device__ bool operator==(const Box &) const = default; };
struct Id { int v; __device__ bool operator==(int other) const { return v == other; } };
__global__ void comparisons(double *out) {
    Point a{1, 2, {1, 2, 3}}, b = a, c{1, 2, {1, 2, 4}};
    T((a == b) * 100 + (a == c) * 10 + (a != c)); // = 101
    Version u{1, 2}, v{1, 3}, w{2, 0};
    T((u < v) * 1000 + (v < w) * 100 + (w > u) * 10 + (u >= v)); // = 1110
    T((u <= v) * 100 + (u <= u) * 10 + (u == v) + (u != v)); // = 111
    Measured nan{__int_as_float(0x7fc00000), 1}, m{1, 2};
    T((nan < m) + (nan <= m) + (nan > m) + (nan >= m) + (nan == m) + (m < nan) + (m <= nan) + (nan != m) * 10 + (m <= m) * 100); // = 110
    T((Own{1, 2} == Own{1, 3}) * 100 + (Own{1, 2} < Own{1, 3}) * 10 + (Own{1, 2} != Own{1, 3})); // = 110
    T((Box<Point>{a} == Box<Point>{b}) * 10 + (Box<float>{1} != Box<float>{2})); // = 11
    T((Id{3} != 4) * 100 + (3 == Id{3}) * 10 + (4 != Id{4})); // = 110
}
__device__ void copy(int *to, const int *from, int count) {
    int n = (count + 7) / 8;
    switch (count % 8) {
    case 0: do { *to++ = *from++;
    case 7: *to++ = *from++;
    case 6: *to++ = *from++;
    case 5: *to++ = *from++;
    case 4: *to++ = *from++;
    case 3: *to++ = *from++;
    case 2: *to++ = *from++;
    case 1: *to++ = *from++;
            } while (--n > 0);
    }
}
__device__ int inner(int x) {
    int r = 0;
    switch (x) {
    case 1: r += 1;
        if (x > 5) {
    case 7: r += 10;
        } else {
    default: r += 100;
        }
        r += 1000;
        break;
    case 3: return -1;
    }
    return r;
}
struct Table {
    int v[8];
    constexpr __device__ Table() : v() { for (int i = 0; i < 8; i++) v[i] = i * i; }
    constexpr __device__ Table(int a) : v() { for (int i = 0; i < 8; i++) v[i] = a * i; }
    constexpr __device__ int operator[](int i) const { return v[i]; }
};
__global__ void statements(double *out) {
    int from[20], to[20] = {};
    for (int i = 0; i < 20; i++) from[i] = i + 1;
    copy(to, from, 13);
    T(to[0] + to[12] * 100 + to[13]); // = 1301
    T(inner(1)); // = 1101
    T(inner(7)); // = 1010
    T(inner(9)); // = 1100
    T(inner(3)); // = -1
    constexpr Table table{}, threes(3);
    static_assert(table[3] == 9 && threes[2] == 6);
    int many[table[2]];
    T(sizeof many / sizeof *many + table[(int)out[__LINE__ - 7] & 4]); // = 20
}
__global__ void cluster(double *out) {
    auto c = cooperative_groups::this_cluster();
    __shared__ int s[32];
    s[threadIdx.x] = threadIdx.x + 1;
    c.sync();
    int *other = c.map_shared_rank(s, 0);
    T(other[0] + c.block_rank() + c.num_blocks() * 10 + c.num_threads() * 100); // = 111
    auto token = cooperative_groups::this_thread_block().barrier_arrive();
    cooperative_groups::this_thread_block().barrier_wait(std::move(token));
}
struct Key { int a; float b[2]; auto operator<=>(const Key &) const = default; };
struct Named : Key { char c; auto operator<=>(const Named &) const = default; };
struct Same : Key { int d; bool operator==(const Same &) const = default; };
struct Tenth { int v; __device__ constexpr auto operator<=>(const Tenth &o) const { return v / 10 <=> o.v / 10; } __device__ std::strong_ordering operator<=>(int o) const { return v <=> o; } };
__device__ int sign(std::partial_ordering o) { return o < 0 ? -1 : o > 0 ? 1 : o == 0 ? 0 : 9; }
__global__ void three_ways(double *out) {
    float nan = nanf("");
    T(sign(1 <=> 2) * 1000 + sign(2.f <=> 1.f) * 100 + sign(3u <=> 3u) * 10 + sign(nan <=> 1.0)); // = -891
    T((1 <=> 2) == std::strong_ordering::less); // = 1
    T(std::is_lt('a' <=> 'b') + 2 * ((5 <=> 4) > 0) + 4 * (0 < (5 <=> 4))); // = 7
    Named x{{1, {2, 3}}, 'c'}, y{{1, {2, 4}}, 'a'}, z = x;
    T((x < y) + 2 * (y > x) + 4 * (x <= z) + 8 * (x == z) + 16 * (x != y) + 32 * (sign(y <=> x) == 1)); // = 63
    z.b[1] = nan;
    T((x < z) + 2 * (x > z) + 4 * (x >= z) + 8 * (x == z) + sign(x <=> z)); // = 9
    Same s{{1, {2, 3}}, 4}, t = s;
    t.a = 2;
    T((s == s) + 2 * (s != t) + 4 * (s == t)); // = 3
    T((Tenth{31} < Tenth{45}) + 2 * (Tenth{31} >= Tenth{38}) + 4 * (Tenth{31} < 32) + 8 * (30 < Tenth{31}) + 16 * std::is_gt(40 <=> Tenth{31})); // = 31
    auto c = 1 <=> 1;
    static_assert(std::is_same_v<decltype(c), std::strong_ordering> && std::is_same_v<decltype(x <=> y), std::partial_ordering>);
}
