// Concepts, requires clauses and expressions; overloads and specialisations that they choose among.
#include <concepts>
#include <type_traits>
#define T(...) out[__LINE__] = (__VA_ARGS__)
template <class A> concept Number = std::is_arithmetic_v<A>;
template <class A> concept Small = Number<A> && sizeof(A) <= 4;
template <class A> concept Sized = requires(const A &a) { a.size(); };
template <class A> concept Vector = requires(A a, int i) {
    typename A::value_type;
    { a[i] } -> std::convertible_to<float>;
    requires sizeof(A) >= 4;
};
template <class A, class B> concept Fits = requires(A a, B b) { a + b; };
struct List {
    using value_type = float;
    float at[3];
    __device__ float &operator[](int i) { return at[i]; }
    __device__ int size() const { return 3; }
};
struct Nothing {};
template <class A> __device__ int kind(A) { return 0; }
template <Number A> __device__ int kind(A) { return 1; }
template <Small A> __device__ int kind(A) { return 2; }
template <class A> requires Sized<A> __device__ int kind(A) { return 3; }
template <class A> __device__ int trailing(A a) requires std::integral<A> { return 10; }
template <class A> __device__ int trailing(A a) requires std::floating_point<A> || Sized<A> { return 20; }
template <std::same_as<int>... A> __device__ int ints(A... a) { return (a + ... + 0); }
template <class A> struct Width { static constexpr int n = 0; };
template <class A> requires std::integral<A> struct Width<A> { static constexpr int n = sizeof(A); };
template <Number A, int N = 2> struct Block {
    A v;
    __device__ int get() const requires (N > 1) { return 1; }
    __device__ int get() const requires (N <= 1) { return 2; }
};
template <class A> __device__ int branch(A a) {
    if constexpr (requires { a.size(); }) return a.size();
    else return -1;
}
__global__ void overloads(double *out) {
    T(kind(1.0) * 1000 + kind(1.f) * 100 + kind(List{}) * 10 + kind(Nothing{})); // = 1230
    T(trailing(1) + trailing(1.f) * 10 + trailing(List{}) * 100); // = 2210
    T(ints(1, 2, 3) * 10 + ints()); // = 60
    T(Width<short>::n * 10 + Width<float>::n); // = 20
    T(Block<float>{1}.get() * 10 + Block<int, 1>{1}.get()); // = 12
    T(branch(List{}) * 10 + branch(5)); // = 29
}
__global__ void values(double *out) {
    T(Vector<List> * 100 + Vector<Nothing> * 10 + Number<int>); // = 101
    T(Fits<int, float> * 10 + Fits<Nothing, int>); // = 10
    static_assert(std::signed_integral<int> && !std::unsigned_integral<int> && std::floating_point<double>);
    static_assert(!(Number<Nothing> || Small<double>));
    T(std::is_convertible_v<int, float> * 10 + std::is_convertible_v<Nothing, float>); // = 10
    struct Base {};
    struct Derived : Base {};
    T(std::is_base_of_v<Base, Derived> * 10 + std::is_base_of_v<Derived, Base>); // = 10
    auto f = [](int a) { return a * 0.5f; };
    T(std::is_invocable_v<decltype(f), int> * 10 + std::is_invocable_v<decltype(f), Nothing>); // = 10
    static_assert(std::is_same_v<std::invoke_result_t<decltype(f), int>, float>);
    T(std::is_constructible_v<float, int> * 10 + std::is_constructible_v<float, Nothing>); // = 10
}
