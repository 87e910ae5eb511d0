"""Objects with destructors, and C++20's shorter ways of writing: auto parameters, named parts, loops with an init."""

import numpy as np
from table import K, f4, i4

LOG = """
struct Log {
    int *o, id;
    __device__ Log(int *o, int id) : o(o), id(id) { put(id); }
    __device__ ~Log() { put(-id); }
    __device__ void put(int v) const { o[1 + o[0]++] = v; }
    __device__ int val() const { return id; }
};
struct Pair { Log a, b; __device__ explicit Pair(int *o) : a(o, 1), b(o, 2) {} __device__ ~Pair() { a.put(99); } };
struct Derived : Log { Log m; __device__ Derived(int *o) : Log(o, 5), m(o, 6) {} };
__device__ Log named(int *o, int id) { Log l(o, id); return l; }
__device__ Log unnamed(int *o, int id) { return Log(o, id); }
__device__ int use(const Log &l) { return l.id; }
__device__ int by_value(Log l) { return l.id; }
template <class T> struct Holder { T v; __device__ Holder(int *o, int i); __device__ ~Holder(); __device__ int id() const; };
template <class T> __device__ Holder<T>::Holder(int *o, int i) : v(o, i) {}
template <class T> __device__ Holder<T>::~Holder() { v.put(77); }
template <class T> __device__ int Holder<T>::id() const { return v.id; }
struct Outside { int *o; __device__ Outside(int *o); __device__ ~Outside(); };
__device__ Outside::Outside(int *o) : o(o) { o[1 + o[0]++] = 300; }
__device__ Outside::~Outside() { o[1 + o[0]++] = 301; }
extern "C" __global__ void NAME(int *o) { BODY }
"""

ENDS = [
    ("members", "Pair t(o);", [1, 2, 99, -2, -1]),
    ("bases", "Derived d(o);", [5, 6, -6, -5]),
    ("returned_name", "Log l = named(o, 7); l.put(50);", [7, 50, -7]),
    ("returned_value", "Log l = unnamed(o, 8); l.put(50);", [8, 50, -8]),
    ("temporaries", "int v = use(Log(o, 9)); Log(o, 10).put(v); named(o, 11); Log(o, 12);", [9, -9, 10, 9, -10, 11, -11, 12, -12]),
    ("member_of_returned", "int v = named(o, 41).id; Log(o, v + 1); v = Pair(o).b.id; Log(o, v + 60);",
     [41, -41, 42, -42, 1, 2, 99, -2, -1, 62, -62]),
    ("arguments", "by_value(Log(o, 13)); by_value(named(o, 14));", [13, -13, 14, -14]),
    ("loops", "for (int i = 20; i < 23; i++) { Log l(o, i); if (i == 21) continue; l.put(60); }", [20, 60, -20, 21, -21, 22, 60, -22]),
    ("arrays", "Log a[2] = {Log(o, 30), Log(o, 31)};", [30, 31, -31, -30]),
    ("conditions", "if (use(Log(o, 32)) > 3) Log(o, 61); while (use(Log(o, 33)) < 3) {} for (int i = 0; i < 2; i += use(Log(o, 1))) ;",
     [32, -32, 61, -61, 33, -33, 1, -1, 1, -1]),
    ("references", "const Log &r = named(o, 40); r.put(62);", [40, 62, -40]),
    ("templates", "Holder<Log> h(o, 41); h.v.put(h.id());", [41, 41, 77, -41]),
    ("defined_outside", "Outside x(o); if (o[0] == 1) { Outside y(o); return; }", [300, 300, 301, 301]),
    ("not_reached", "int v = o[0] > 100 ? use(Log(o, 42)) : 3; Log(o, v); o[0] && use(Log(o, 2)); o[0] < 0 && use(Log(o, 4));", [3, -3, 2, -2]),
    ("in_a_lambda", "auto f = [&](int q) { Log l(o, q); if (q > 3) return 1; return 2; }; int a = f(5) + f(2); Log(o, a);",
     [5, -5, 2, -2, 3, -3]),
    ("nested_jumps", "Log l(o, 43); { Log m(o, 44); for (;;) { Log n(o, 45); if (n.val()) break; } } do { Log q(o, 46); } while (0);",
     [43, 44, 45, -45, -44, 46, -46, -43]),
    ("declared_in_heads", "if (Log l(o, 47); l.val() > 2) { Log m(o, 48); } else l.put(1); for (Log z(o, 49); z.id < 51; z.id++) ;",
     [47, 48, -48, -47, 49, -51]),
    ("by_hand", "Log l(o, 50); l.~Log(); l.put(3);", [50, -50, 3, -50]),
    ("in_place", "alignas(Log) char raw[sizeof(Log)]; Log *l = new (raw) Log(o, 51); l->put(4); l->~Log();", [51, 4, -51]),
    ("in_a_switch", "switch (o[0]) { case 0: { Log a(o, 52); Log b(o, 53); if (b.val() > 3) break; a.put(9); } default: Log(o, 54); }",
     [52, 53, -53, -52]),
]


def log(values):
    out = np.zeros(40, i4)
    out[0], out[1:1 + len(values)] = len(values), values
    return out


CASES = [
    K(f"ends_{name}", LOG.replace("NAME", f"ends_{name}").replace("BODY", body), lambda r: [np.zeros(40, i4)],
      lambda out, values=values: log(values), block=1)
    for name, body, values in ENDS
] + [
    K("guarded_counter", """
struct Lock {
    int *word;
    __device__ void lock() { while (atomicCAS(word, 0, 1)) {} __threadfence(); }
    __device__ void unlock() { __threadfence(); atomicExch(word, 0); }
};
template <class L> struct lock_guard {
    L &l;
    __device__ explicit lock_guard(L &l) : l(l) { l.lock(); }
    __device__ ~lock_guard() { l.unlock(); }
    lock_guard(const lock_guard &) = delete;
};
extern "C" __global__ void guarded_counter(int *out, const int *x, int *word) {
    Lock l{word};
    if (threadIdx.x == 0) {
        lock_guard<Lock> guard(l);
        if (x[blockIdx.x] < 0) return;
        out[0] += x[blockIdx.x];
    }
}""", lambda r: [np.zeros(1, i4), r.integers(-50, 50, 40).astype(i4), np.zeros(1, i4)],
      lambda out, x, word: np.array([x[x > 0].sum()], i4), grid=40, block=32),
    K("counted_pointers", """
template <class T> class counted {
    T *p; int *n;
    __device__ void drop() { if (n && --*n == 0) *p = -1; }
public:
    __device__ counted() : p(nullptr), n(nullptr) {}
    __device__ counted(T *p, int *n) : p(p), n(n) { *n = 1; }
    __device__ counted(const counted &o) : p(o.p), n(o.n) { if (n) ++*n; }
    __device__ counted &operator=(const counted &o) { if (this != &o) { drop(); p = o.p; n = o.n; if (n) ++*n; } return *this; }
    __device__ ~counted() { drop(); }
    __device__ T &operator*() const { return *p; }
    __device__ int count() const { return n ? *n : 0; }
};
__device__ int pass(counted<int> c) { return c.count(); }
__device__ int look(const counted<int> &c) { return c.count(); }
extern "C" __global__ void counted_pointers(int *out) {
    int a = 5, b = 6, na = 0, nb = 0;
    {
        counted<int> p(&a, &na), q = p;
        out[0] = p.count();
        out[1] = pass(p) * 10 + look(p);
        { counted<int> r; r = q; out[2] = r.count() + *r; }
        counted<int> s(&b, &nb);
        q = s;
        out[3] = na * 10 + nb;
        s = counted<int>();
        out[4] = nb;
    }
    out[5] = a; out[6] = b; out[7] = na + nb;
}""", lambda r: [np.zeros(8, i4)], lambda out: np.array([2, 32, 8, 12, 1, -1, -1, 0]), block=1),
    K("auto_parameters", """
#include <concepts>
__device__ auto add(auto a, auto b) { return a + b; }
__device__ void increment(auto &x) { ++x; }
__device__ auto apply(auto f, auto... xs) { return f(xs...); }
__device__ auto square(std::integral auto x) { return x * x; }
__device__ auto square(std::floating_point auto x) { return x * x + 0.5f; }
template <class T> concept small = sizeof(T) < 4;
struct Scale {
    float by;
    __device__ float operator()(auto x) const { return by * x; }
    template <class T> __device__ T as(auto x) const { return T(by * x); }
    __device__ static int bytes(const small auto &x) { return int(sizeof(x)); }
    __device__ static int bytes(const auto &x) { return 100 * int(sizeof(x)); }
};
extern "C" __global__ void auto_parameters(float *o, const float *x) {
    int i = threadIdx.x;
    float v = x[i];
    increment(v);
    o[i] = add(v, 1) + apply([](auto a, auto b) { return a * b; }, v, 2) + square(3) + square(2.0f) + Scale{2}(v) + Scale{3}.as<int>(v)
        + Scale::bytes('c') + Scale::bytes(1.0);
}""", lambda r: [np.zeros(64, f4), r.integers(-40, 40, 64).astype(f4) / 4],
      lambda out, x: (x + 2) + (x + 1) * 2 + 9 + 4.5 + (x + 1) * 2 + np.trunc(3 * (x + 1)) + 1 + 800),
    K("named_parts", """
struct S { int a; float b; };
__device__ S make(int a) { return {a, a * 2.f}; }
template <class T> struct Span { T *p; int n; __device__ Span(T *p, int n) : p(p), n(n) {} __device__ T *begin() const { return p; } __device__ T *end() const { return p + n; } };
enum class Op : unsigned char { Add, Sub = 5, Mul };
__device__ int pick(Op op) { using enum Op; switch (op) { case Add: return 1; case Sub: return 2; default: return static_cast<int>(Mul); } }
constexpr long long operator""_K(unsigned long long v) { return v * 1024; }
__device__ constexpr float operator""_half(long double d) { return d / 2; }
constexpr int operator""_length(const char *, size_t n) { return n; }
template <class T, int N> __device__ T buffer[N];
template <class T> constexpr T three = T(3);
__managed__ int shared_count = 7;
extern "C" __global__ void named_parts(float *o, const float *x) {
    int i = threadIdx.x;
    auto [a, b] = make(i);
    int arr[3] = {1, 2, 3};
    auto &[p, q, r] = arr;
    p = 5;
    float total = a + b + arr[0] + q + r;
    for (auto [n, f] : {S{1, 2.f}, S{3, 4.f}}) total += n * f;
    S pairs[2] = {{i, 1.f}, {2, 2.f}};
    for (auto &[n, f] : pairs) f += n;
    total += pairs[0].b + pairs[1].b;
    for (int k = 1; float v : Span(x, 4)) total += v * k++;
    union { float f; unsigned bits; };
    f = x[i];
    bits &= 0x7fffffff;
    total += f + pick(Op::Sub) + pick(Op::Mul) + 4_K + 3.0_half + "hello"_length + three<float> + shared_count;
    buffer<float, 64>[i] = total;
    o[i] = buffer<float, 64>[i];
}""", lambda r: [np.zeros(64, f4), r.integers(-40, 40, 64).astype(f4) / 4],
      lambda out, x: np.arange(64) * 3 + 5 + 2 + 3 + 14 + (1 + np.arange(64)) + 4 + x[:4] @ np.arange(1, 5) + np.abs(x) + 2 + 6 + 4096 + 1.5 + 5 + 3 + 7),
    K("copies_by_members", """
struct C {
    int n;
    __device__ C(int n = 0) : n(n) {}
    __device__ C(const C &o) : n(o.n + 100) {}
    __device__ C &operator=(const C &o) { n = n * 10 + o.n; return *this; }
};
struct W { C c; int y; };
struct D : W { float z; C more[2][2]; };
struct Defaulted { C c; Defaulted() = default; Defaulted(const Defaulted &) = default; Defaulted &operator=(const Defaulted &) = default; };
template <class T> struct Box { T value; int tag; };
__device__ int by_value(W w) { return w.c.n; }
__device__ W back(const W &w) { return w; }
extern "C" __global__ void copies_by_members(int *out) {
    W a{C(1), 2}, b = a, c{C(3), 4};
    out[0] = b.c.n; out[1] = b.y;
    c = a;
    out[2] = c.c.n; out[3] = c.y;
    D d;
    d.c.n = 5; d.more[1][0].n = 6; d.z = 7;
    D e(d);
    out[4] = e.c.n; out[5] = e.more[1][0].n; out[6] = (int)e.z;
    e = d;
    out[7] = e.c.n; out[8] = e.more[1][0].n; out[9] = e.more[0][1].n;
    out[10] = by_value(a); out[11] = back(a).c.n;
    Defaulted m, n = m;
    m = n;
    out[12] = n.c.n; out[13] = m.c.n;
    auto by = [a] { return a.c.n; };
    auto again = by;
    out[14] = by(); out[15] = again();
    W two[2] = {a, a};
    out[16] = two[1].c.n;
    Box<W> box{a, 9}, other = box;
    out[17] = box.value.c.n; out[18] = other.value.c.n; out[19] = other.tag;
    auto [first, second] = a;
    out[20] = first.n;
}""", lambda r: [np.zeros(21, i4)],
      lambda out: np.array([101, 2, 31, 2, 105, 106, 7, 1055, 1066, 1000, 101, 101, 100, 100, 101, 201, 101, 101, 201, 9, 101]), block=1),
    K("captures_end", """
struct Held {
    int *count;
    __device__ Held(int *p) : count(p) { ++*count; }
    __device__ Held(const Held &o) : count(o.count) { ++*count; }
    __device__ ~Held() { --*count; }
};
template <class F> __device__ int call(F f) { return f(); }
extern "C" __global__ void captures_end(int *out) {
    int n = 0;
    {
        Held h(&n);
        auto f = [h] { return *h.count; };
        out[0] = f(); out[1] = n;
        out[2] = call(f); out[3] = n;
        out[4] = call([h] { return *h.count; }); out[5] = n;
        auto g = [=, mine = h](auto) { return *mine.count; };
        out[6] = g(1); out[7] = n;
    }
    out[8] = n;
}""", lambda r: [np.full(9, 77, i4)], lambda out: np.array([2, 2, 3, 2, 3, 2, 3, 3, 0]), block=1),
]
