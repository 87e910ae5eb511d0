// Class template arguments that follow from a constructor's, from written guides, and of the library's classes.
#include <array>
#include <optional>
#include <span>
#include <tuple>
#include <utility>
#define T(value) out[__LINE__] = (value)
template <class A, int N = 2> struct Box {
    A v;
    __device__ Box(A a) : v(a) {}
    __device__ Box(A a, A b) : v(a * b) {}
};
template <class A> struct Ref {
    A *p;
    __device__ explicit Ref(A *q) : p(q) {}
    __device__ Ref(A *q, int i) : p(q + i) {}
};
template <class A, class B> struct Two {
    A a;
    B b;
    template <class C> __device__ Two(A x, C y, B z) : a(x), b(z + y) {}
};
template <class A> struct Pair { A a, b; };
template <class A> Pair(A, A) -> Pair<A>;
template <class F> struct Call {
    F f;
    __device__ Call(F g) : f(g) {}
    __device__ auto operator()(int x) const { return f(x); }
};
template <class A = float> struct Given {
    A x;
    __device__ Given() : x(3) {}
};
template <class... A> struct Pack {
    static constexpr int n = sizeof...(A);
    __device__ Pack(A...) {}
};
template <class A> struct Wrap {
    A a;
    __device__ Wrap(const A &x) : a(x) {}
};
Wrap(char) -> Wrap<double>;
struct Plain { int z; };
__global__ void own(double *out) {
    float values[3] = {1, 2, 3};
    Box b(3);
    Box c{2.5f, 2.f};
    const Box d = 4.0;
    Box e = b;
    T(b.v + e.v); // = 6
    T(sizeof(b.v)); // = 4
    T(c.v); // = 5
    T(d.v + sizeof(d)); // = 12
    Ref r(values), s(values, 2);
    T(*r.p + *s.p); // = 4
    Two t(1, 2.5, 3.0f);
    T(t.a + t.b); // = 6.5
    T(sizeof(t)); // = 8
    Pair g{3, 4};
    T(g.a + g.b); // = 7
    T(Call([](int x) { return x * 1.5; })(3)); // = 4.5
    Given h;
    Given i{};
    T(h.x + sizeof(i)); // = 7
    Pack p(1, 2.f, 'c');
    T(p.n); // = 3
    T(sizeof(Wrap('c'))); // = 8
    T(Wrap{Plain{9}}.a.z); // = 9
}
__global__ void library(double *out) {
    int values[3] = {4, 5, 6};
    std::pair p(1, 2.5f);
    T(p.first + p.second); // = 3.5
    T(sizeof(std::pair('a', 2.0))); // = 16
    std::array a{1, 2, 3, 4};
    T(a.size() + a[3]); // = 8
    std::tuple t(1, 2.0, 'c');
    T(std::get<1>(t) + std::get<2>(t)); // = 101
    std::optional o(5);
    T(*o); // = 5
    std::span s(values), u(values + 1, 2);
    T(s.size() * 10 + u[1]); // = 36
}
