// block: 4
// Lambdas with auto parameters and with template parameters of their own; functions found through their arguments.
#define T(...) do { double got_ = (__VA_ARGS__); if (threadIdx.x == 0) out[__LINE__] = got_; } while (0)
template <class F, class... A> __device__ auto apply(F f, A... a) { return f(a...); }
template <class F> __device__ void each(int n, F &&f) { for (int i = 0; i < n; i++) f(i); }
namespace geometry {
struct point { double x, y; };
__device__ double norm2(const point &p) { return p.x * p.x + p.y * p.y; }
__device__ double sqrt(const point &p) { return 1000 + p.x; } // hides CUDA's own for points only
template <class S> __device__ point scaled(point p, S s) { return point{p.x * s, p.y * s}; }
struct line : point { double length; };
}
__global__ void lambdas(double *out) {
    int a = 3;
    float b = 0.5f;
    auto plus = [](auto x, auto y) { return x + y; };
    T(plus(1, 2));                                                                 // = 3
    T(plus(1.5, 2));                                                               // = 3.5
    auto both = [&](auto x) { a += x; return a * b; };
    T(both(2));                                                                    // = 2.5
    T(both(1.0) + a);                                                              // = 9
    auto sum = [](auto... v) { return (v + ... + 0); };
    T(sum(1, 2, 3) + sum(1.5, 2.25));                                              // = 9.75
    auto own = [=]<class V>(V x, V y) -> V { return x * y + a; };
    T(own(2, 3) + own(0.5f, 3.0f));                                                // = 19.5
    double squares = 0;
    each(4, [&](auto i) { squares += i * i; });
    T(squares);                                                                    // = 14
    T(apply([](const auto &x, auto &&y) { return x - y; }, 5, 2));                 // = 3
    auto counter = [c = 0](auto step) mutable { c += step; return c; };
    counter(2);
    T(counter(5));                                                                 // = 7
    auto outer = [&](auto x) { auto inner = [&](auto y) { return x * y + b; }; return inner(x) + inner(2); };
    T(outer(3) + outer(1.5));                                                      // = 22.25
    auto wide = [](auto x) { if constexpr (sizeof(x) == 8) return 8; else return 4; };
    T(wide(1.0) * 10 + wide(1));                                                   // = 84
}
__global__ void through_arguments(double *out) {
    geometry::point p = {3, 4};
    geometry::line l;
    l.x = 1, l.y = 2, l.length = 5;
    T(norm2(p));                                                                   // = 25
    T(sqrt(p));                                                                    // = 1003
    T(sqrt(16.0));                                                                 // = 4
    T(norm2(scaled(p, 2)));                                                        // = 100
    T(norm2(l));                                                                   // = 5
}
