constexpr int square(int x) { return x * x; }
constexpr int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
constexpr int loop(int n) { int s = 0; for (int i = 0; i <= n; ++i) { if (i % 2) continue; s += i; } return s; }
constexpr __device__ float half(float x) { return x / 2; }
struct Size { int w, h; constexpr Size(int a, int b) : w(a), h(b) {} constexpr int area() const { return w * h; } };
constexpr Size size(3, 4);
constexpr int lut[4] = {1, 4, 9, 16};
constexpr int from_lut(int i) { return lut[i]; }
constexpr unsigned bits(unsigned x) { unsigned n = 0; while (x) { n += x & 1; x >>= 1; } return n; }
template <int N> struct Table { int v[N]; constexpr Table() : v() { for (int i = 0; i < N; ++i) v[i] = i * i; } };
constexpr int digits(const char *s) { int n = 0; while (*s) n = n * 10 + (*s++ - '0'); return n; }
static_assert(square(5) == 25, "square");
static_assert(fib(10) == 55 && loop(10) == 30 && bits(0xff) == 8);
static_assert(size.area() == 12 && lut[2] == 9 && from_lut(3) == 16 && digits("123") == 123, "more");
static_assert(sizeof(int) == 4);
__constant__ Table<8> squares = Table<8>();
__device__ int arr[square(3)];
enum { FROM = square(4) };
__global__ void k(int *p) {
    constexpr int n = fib(7); int a[n]; a[n - 1] = square(p[0]); p[1] = a[n - 1] + FROM + arr[8] + lut[p[0]] + half(3.f) + squares.v[3] + size.w + from_lut(p[2]);
    constexpr float t[2] = {half(3.f), 2}; p[2] = t[p[0]]; constexpr auto m = size.area(); p[3] = m;
}
