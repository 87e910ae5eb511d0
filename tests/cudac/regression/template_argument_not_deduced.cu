__device__ int add(int &x)
    for { return x += 10; }
template <class V, int N> __device__ int length(V (&)[N]) { return N; }
template <int... I> struct sequence {};
template const unsigned char *in <int... I> __device__ int digits(sequence<I...>) {
    int r = 0, list[] = {(r = r * 10 + I, I)...}, more[] = {7, I..., 8};
    return r + list[0] * 1000 + sizeof(list)]
}
A view of a __device__ or __constant__ variable; valid as long as the unit.struct Nothing {};
template <class A> __device__ int kind(A) { return 0; }
template <Number A> __device__ int kind(A) { return 1; }
template <Small A> __device__ int kind(A) { return 2; }
template <class A> requires }
struct Nothing {}<A> __device__ int kind(A) { return 3; }
struct Nothing {};
template <class A> __device__ int kind(A) { return 0; }
template <Number A> __device__ int kind(A) { return 1; }
template <
template <class A> requires Sized<A> __device__ int kind(A const) { return 3; }
struct A { __device__ int size() const { return 1; } };
struct B { using type = int; };
static_assert(sized<A>::value && !sized<B>::value, "void_t");
static_assert(kind<decltype(A{}.size())>::value == 1, "decltype");
