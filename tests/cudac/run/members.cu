// Corners of C++ that a random program generator and a comparison with g++ found: bit-fields as values, mutable and default
// members, what binds to which reference, packs in braces and in decltype, characters that make an int.
#define T(...) out[__LINE__] = (double)(__VA_ARGS__)
struct bits { unsigned a : 7; unsigned b : 9; unsigned : 0; unsigned char c : 3; signed char d : 2; long long e : 33; bool f : 1; };
struct counter { int n; mutable int asked = 1; __device__ int ask() const { return ++asked; } };
struct chain { int x = 3, y = x * 2; float z = y + x; int w[2] = {x, y}; };
__device__ int ref(int &) { return 1; }
__device__ int ref(const int &) { return 2; }
__device__ int ref(int &&) { return 3; }
__device__ int add(int &x) { return x += 10; }
template <class V, int N> __device__ int length(V (&)[N]) { return N; }
template <int... I> struct sequence {};
template <int... I> __device__ int digits(sequence<I...>) {
    int r = 0, list[] = {(r = r * 10 + I, I)...}, more[] = {7, I..., 8};
    return r + list[0] * 1000 + sizeof(list) / sizeof(int) * 10000 + sizeof(more) / sizeof(int) * 100000;
}
template <class... A> __device__ int total(A... a) { int all[] = {a...}, n = 0; for (int v : all) n += v; return n; }
template <class F, class... A> __device__ auto invoke(F &&f, A &&...a) -> decltype(f(a...)) { return f(static_cast<A &&>(a)...); }
struct triple { int a, b, c; };
template <class... A> __device__ int third(A... a) { triple t = {a...}; return t.c; }
__global__ void bit_fields(double *out) {
    bits b = {};
    T((b.c = 9)); // = 1
    T(-b.c < 0); // = 1
    T((b.a = 255) + (b.a += 100)); // = 226
    T(++b.d); // = 1
    T(++b.d); // = -2
    T((b.e = 0x1FFFFFFFFll)); // = -1
    T((b.f = 5)); // = 1
    int k = b.c = b.a = 1000;
    T(k * 1000 + b.a); // = 104
}
__global__ void members(double *out) {
    const counter c{3};
    T(c.ask() + c.asked); // = 4
    c.asked = 9;
    T(c.asked); // = 9
    chain first, second{10}, third{1, 2}, both[2] = {{2}, {}};
    T(first.y * 100 + first.z); // = 609
    T(second.y * 100 + second.z + second.w[1]); // = 2050
    T(third.z * 10 + third.w[0]); // = 31
    T(both[0].y * 10 + both[1].y); // = 46
    int n = 0;
    chain fourth{++n};
    T(fourth.y * 10 + n); // = 21
}
__global__ void references(double *out) {
    int i = 0, j = 5;
    const int c = 0;
    T(ref(i) * 100 + ref(c) * 10 + ref(1)); // = 123
    T(ref((short)1) * 100 + ref(i++) * 10 + ref(++i)); // = 331
    T(ref(i = 2) * 100 + ref(c ? i : j) * 10 + ref((j, i))); // = 111
    T(add(c ? i : j) + j); // = 30
    T(add(++i) * 100 + add(i += 2)); // = 1325
    T(length("abc")); // = 4
    T(noexcept(add(i)) + i); // = 26
}
__global__ void packs(double *out) {
    T(digits(sequence<3, 4, 5>())); // = 533345
    T(total(1, 2, 3) + total(4)); // = 10
    T(third(1, 2, 3)); // = 3
    int a = 3;
    T(invoke([](int &x, int y) { return x += y; }, a, 4) + a); // = 14
    T(invoke([] { return 5; })); // = 5
    T('RIFF'); // = 1380533830
    T('ab'); // = 24930
    T('a'); // = 97
}
