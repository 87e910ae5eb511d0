// What std::move and casts to T && give: T && binds to it and T & does not; and types of functions taken apart.
#include <type_traits>
#include <utility>
#define T(value) out[__LINE__] = (value)
struct Counted {
    int v;
    __device__ Counted(int a) : v(a) {}
    __device__ Counted(const Counted &o) : v(o.v + 100) {}
    __device__ Counted(Counted &&o) : v(o.v + 1000) { o.v = -1; }
    __device__ Counted &operator=(const Counted &o) { v = o.v + 10; return *this; }
    __device__ Counted &operator=(Counted &&o) { v = o.v + 20; return *this; }
};
struct Holder { Counted c; };
__device__ int which(int &) { return 1; }
__device__ int which(const int &) { return 2; }
__device__ int which(int &&) { return 3; }
template <class A> __device__ int deduced(A &&) { return std::is_lvalue_reference<A>::value ? 1 : 2; }
template <class A> __device__ int passed(A &&a) { return which(std::forward<A>(a)); }
__global__ void references(double *out) {
    int x = 5;
    const int c = 2;
    T(which(x) * 1000 + which(static_cast<int &&>(x)) * 100 + which(std::move(x)) * 10 + which((int &&)x)); // = 1333
    T(which(c) * 10 + which(7)); // = 23
    T(deduced(x) * 100 + deduced(std::move(x)) * 10 + deduced(3)); // = 122
    T(passed(x) * 1000 + passed(std::move(x)) * 100 + passed(3) * 10 + passed(c)); // = 1332
    auto &&y = std::move(x);
    y = 9;
    T(x + which(y)); // = 10
    static_assert(std::is_same<decltype(std::move(x)), int &&>::value && std::is_same<decltype((x)), int &>::value);
}
__global__ void objects(double *out) {
    Counted a(1), b(a), d(std::move(a)), e(0);
    T(b.v * 10000 + d.v); // = 1011001
    T(a.v); // = -1
    e = d;
    T(e.v); // = 1011
    e = std::move(d);
    T(e.v); // = 1021
    e = Counted(3);
    T(e.v); // = 23
    Holder h{Counted(4)};
    Counted q(std::move(h).c);
    T(q.v); // = 1004
}
template <class F> struct Sig;
template <class R, class... A> struct Sig<R(A...)> {
    static constexpr int n = sizeof...(A);
    using result = R;
};
template <class R, class... A> struct Sig<R (*)(A...)> { static constexpr int n = 10 + sizeof...(A); };
template <class F> struct First;
template <class R, class A, class... B> struct First<R(A, B...)> { using type = A; };
template <class R, class... A> __device__ R call(R (*f)(A...), A... a) { return f(a...); }
__device__ int add(int a, float b, double c) { return a + b + c; }
__global__ void signatures(double *out) {
    T(Sig<float(int, int, int)>::n * 10 + Sig<void()>::n); // = 30
    T(Sig<int (*)(char, char)>::n * 10 + Sig<decltype(add)>::n); // = 123
    T(sizeof(First<void(double, int)>::type)); // = 8
    T(call(add, 1, 2.f, 3.0)); // = 6
    static_assert(std::is_same<Sig<float(int)>::result, float>::value);
}
