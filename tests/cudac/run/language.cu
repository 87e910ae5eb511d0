// block: 4
// C++ in the styles of public kernels: classes, inheritance, unions, bit-fields, lambdas, templates of every kind.
#define T(...) do { double got_ = (__VA_ARGS__); if (threadIdx.x == 0) out[__LINE__] = got_; } while (0)
struct vec3 {
    float x, y, z;
    __device__ vec3(float a = 0, float b = 0, float c = 0) : x(a), y(b), z(c) {}
    __device__ vec3 operator+(const vec3 &o) const { return vec3(x + o.x, y + o.y, z + o.z); }
    __device__ vec3 &operator*=(float s) { x *= s, y *= s, z *= s; return *this; }
    __device__ float &operator[](int i) { return (&x)[i]; }
    __device__ friend float dot(const vec3 &a, const vec3 &b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
};
struct shape { int id; __device__ shape(int i) : id(i) {} __device__ int twice() const { return 2 * id; } };
struct square : public shape {
    float side;
    __device__ square(int i, float s) : shape(i), side(s) {}
    __device__ float area() const { return side * side + twice(); }
};
union bits { float f; unsigned u; struct { unsigned mantissa : 23, exponent : 8, sign : 1; } part; };
struct flags { unsigned a : 3; unsigned b : 5; int c : 4; };
template <class D> struct crtp { __device__ int value() const { return static_cast<const D *>(this)->compute() + 1; } };
struct leaf : crtp<leaf> { __device__ int compute() const { return 41; } };
template <class A, class B> struct same { static constexpr bool value = false; };
template <class A> struct same<A, A> { static constexpr bool value = true; };
template <class A> struct same<A *, A> { static constexpr int value = 7; };
template <int N> __device__ int unrolled(const int *p) {
    if constexpr (N == 0) return 0;
    else return p[0] + unrolled<N - 1>(p + 1);
}
template <class... A> __device__ int count(A... a) { return sizeof...(a) + (0 + ... + a); }
template <class H, class... R> __device__ float largest(H h, R... r) {
    if constexpr (sizeof...(r) == 0) return h;
    else { float rest = largest(r...); return h > rest ? h : rest; }
}
template <int N, class V = int> struct stack {
    V items[N]; int n = 0;
    __device__ void push(V v) { items[n++] = v; }
    __device__ V pop() { return items[--n]; }
};
template <class F> __device__ int apply(int n, F f) { int sum = 0; for (int i = 0; i < n; i++) sum += f(i); return sum; }
template <class V, int N> __device__ V *shared_array() { __shared__ V data[N]; return data; }
enum class color : unsigned char { red = 1, green, blue };
namespace outer { namespace inner { constexpr int answer = 42; } inline namespace v1 { __device__ int f() { return 3; } } }
constexpr int power(int b, int e) { return e ? b * power(b, e - 1) : 1; }
using pair_t = struct { int first, second; };
__global__ void classes(double *out) {
    vec3 a(1, 2, 3), b = a + vec3(1);
    b *= 2;
    b[1] += 5;
    T(dot(a, b)); // = 40
    T(square(3, 2.0f).area()); // = 10
    T(leaf().value()); // = 42
    stack<8> s;
    for (int i = 0; i < 5; i++) s.push(i * i);
    T(s.pop() + s.pop() + s.n); // = 28
    stack<2, float> t;
    t.push(1.5f);
    T(t.pop()); // = 1.5
}
__global__ void layouts(double *out) {
    bits b;
    b.f = -6.5f;
    T(b.part.sign * 1000 + b.part.exponent); // = 1129
    b.u ^= 0x80000000u;
    T(b.f); // = 6.5
    flags f = {5, 17, -3};
    f.b += 20;
    T(f.a * 100 + f.b * 10 + f.c); // = 547
    T(sizeof(flags) + sizeof(bits)); // = 8
    pair_t p = {3, 4};
    auto [first, second] = p;
    T(first * 10 + second); // = 34
    T((int)color::blue + (color::red < color::green)); // = 4
}
__global__ void templates(double *out) {
    int v[5] = {1, 2, 3, 4, 5};
    T(unrolled<5>(v)); // = 15
    T(count(1, 2, 3) + count()); // = 9
    T(largest(1.0f, 7, 3.5)); // = 7
    T(same<int, int>::value + same<float *, float>::value + same<int, float>::value); // = 8
    int k = 3;
    T(apply(4, [=](int i) { return i * k; })); // = 18
    int total = 0;
    auto add = [&total](int i) mutable { total += i; return i; };
    T(apply(4, add) + total); // = 12
    int *s = shared_array<int, 4>();
    s[threadIdx.x] = threadIdx.x;
    __syncthreads();
    T(s[3]); // = 3
    static_assert(power(3, 4) == 81, "");
    T(power(2, 10) + outer::inner::answer + outer::f()); // = 1069
    T([] { int n = 0; for (int i : {3, 1, 2}) n = n * 10 + i; return n; }()); // = 312
    int i = 0;
again:
    if (++i < 5) goto again;
    T(i); // = 5
    switch (i) { case 4: i = 1; case 5: i += 10; default: i++; break; case 6: i = 0; }
    T(i); // = 16
}
