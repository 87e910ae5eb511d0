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
struct Managed { // what the host allocates by it is no concern of a kernel's
    void *operator new(size_t bytes);
    void *operator new[](size_t bytes);
    void operator delete(void *p);
};
struct Rgb {
    constexpr __device__ Rgb(unsigned char r, unsigned char g) : red{r}, green{g} {}
    const unsigned char red, green;
};
struct Argb final : Rgb {
    constexpr __device__ Argb(unsigned char a, unsigned char r, unsigned char g) : Rgb{r, g}, alpha{a} {}
    const unsigned char alpha;
};
enum class State { idle, busy = 7 };
template <class A> __device__ void store(A *p, A v) { *p = v; }
__device__ int which(int) { return 1; }
__device__ int which(State) { return 2; }
struct Inherits : Managed {
    int a = 4;
};
__global__ void more(double *out) {
    Argb c(1, 2, 3);
    T(c.red + c.green * 10 + c.alpha * 100); // = 132
    State s[2] = {State::idle, State::idle};
    store(s, State::busy);
    T((int)s[0]); // = 7
    T(which((int)State::busy)); // = 1
    T(which(State::busy)); // = 2
    Inherits i;
    T(i.a); // = 4
}
struct Any {
    float v;
    template <class A> __device__ operator A() const { return A(v * 2); }
};
struct Guarded {
    int v;
    template <class A = int, bool Is = (sizeof(A) == 4)> __device__ explicit operator A() const { return Is ? v : -v; }
    template <class A> __device__ operator A *() const { return (A *)(long)v; }
};
__device__ float half_of(float x) { return x / 2; }
__global__ void conversions(double *out) {
    Any a{1.5f};
    float f = a;
    int i = a;
    Guarded g{4};
    char *p = g;
    T(f + i + (double)a); // = 9
    T(half_of(a)); // = 1.5
    T(static_cast<int>(g)); // = 4
    T((long long)(g)); // = -4
    T((long)p); // = 4
}
