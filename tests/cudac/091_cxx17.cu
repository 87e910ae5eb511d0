// Names behind decltype, literal operators, lambdas as functions, specialisations that enable_if takes out, tuples.
#include <tuple>
#include <type_traits>
template <class T, class = void> struct kind { static constexpr int value = 0; };
template <class T> struct kind<T, std::enable_if_t<std::is_integral<T>::value>> { static constexpr int value = 1; };
template <class T> struct kind<T, typename std::enable_if<std::is_floating_point<T>::value>::type> { static constexpr int value = 2; };
static_assert(kind<int>::value == 1 && kind<float>::value == 2 && kind<int *>::value == 0, "enable_if");
template <class T, class = void> struct sized : std::false_type {};
template <class T> struct sized<T, std::void_t<decltype(&T::size)>> : std::true_type {};
struct A { __device__ int size() const { return 1; } };
struct B { using type = int; };
static_assert(sized<A>::value && !sized<B>::value, "void_t");
static_assert(kind<decltype(A{}.size())>::value == 1, "decltype");
constexpr __device__ int operator""_k(unsigned long long v) { return (int)v * 1024; }
constexpr __device__ float operator"" _pct(long double v) { return (float)v / 100; }
template <class... T> struct held { int n; __device__ held(T &...v) : n((int)sizeof...(v)) {} };
template <class... T> __device__ held<T...> hold(T &...v) { return held<T...>(v...); }
template <size_t... I> __device__ int total(std::index_sequence<I...>) { return (int)((I + 0) + ...); }
__device__ int apply(int (*f)(int, int), int a, int b) { return f(a, b); }
template <class C> __device__ auto first_of(C c) -> typename C::type { return typename C::type(); }
template <class... T> struct bytes;
template <class T> struct bytes<T> { static constexpr int value = sizeof(T); };
template <class T, class... R> struct bytes<T, R...> { static constexpr int value = sizeof(T) + bytes<R...>::value; };
static_assert(bytes<char, int, double>::value == 13, "the shorter list is more special");
struct Counted { int v; mutable int reads; __device__ int get() const { reads++; return v; } };
__device__ int falls(int n) { switch (n) { case 0: n = 5; [[fallthrough]]; default: return n; } }
extern "C" __global__ void k(float *out, int *x) {
    B b;
    decltype(b)::type n = 2_k;
    out[0] = 2.5_pct + n;
    out[1] = apply([](int a, int b) { return a - b; }, 5, 3);
    int (*f)(int, int) = [](int a, int b) { return a * b; };
    auto g = +[](int a, int b) { return a / b; };
    auto [p, q] = std::make_tuple(1, 2.5f);
    int r;
    float s;
    std::tie(r, s) = std::make_tuple(3, 4.5f);
    out[2] = f(2, 3) + g(8, 2) + p + q + r + s + std::get<int>(std::make_tuple(1.f, 7));
    out[3] = hold().n + hold(r, s).n + total(std::make_index_sequence<4>{}) + first_of(b);
    const Counted counted{3, 0};
    out[4] = counted.get() + counted.reads + falls(0);
    auto late = 2 _k; // error: got "_k"
}
