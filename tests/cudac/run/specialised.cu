// Specialisations whose arguments only the result says; class templates behind __device__.
#define T(...) out[__LINE__] = (__VA_ARGS__)
template <class Acc, class A, class B> __device__ Acc mul(A a, B b);
template <> inline __device__ float mul<float, float>(float a, float b) { return a * b; }
template <> inline __device__ float2 mul(float2 a, float2 b) { return make_float2(a.x * b.x, a.y * b.y); }
template <> inline __device__ float2 mul(float a, float2 b) { return make_float2(a * b.x, a * b.y); }
template <class To, class From> __device__ To cast(From v) { return To(v); }
template <> __device__ int cast(float v) { return (int)v + 100; }
template <> __device__ short cast(float v) { return (short)v + 200; }
template <class Packed = float4, bool More = false>
__device__ struct __attribute__((aligned(32))) Flags {
    explicit __device__ Flags(Packed p) : v(p) {}
    Packed v;
    __device__ float first() const { return v.x + More; }
};
template <class A> __host__ __device__ class Hidden {
public:
    A a = 3;
};
template <class A> __device__ struct Hidden<A> made(A a) {
    Hidden<A> h;
    h.a = a;
    return h;
}
__global__ void k(double *out) {
    T(mul<float>(2.0f, 3.0f)); // = 6
    T(mul<float2>(make_float2(1, 2), make_float2(3, 4)).y); // = 8
    T(mul<float2>(2.0f, make_float2(3, 4)).x); // = 6
    T(cast<int>(1.5f)); // = 101
    T(cast<short>(1.5f)); // = 201
    T(cast<float>(3)); // = 3
    Flags<float2, true> flags(make_float2(4, 5));
    T(flags.first()); // = 5
    T(alignof(Flags<float2>)); // = 32
    T(Hidden<int>().a + made(4).a); // = 7
    T(std::numeric_limits<float>::max() > 1e38f); // = 1
}
