
struct Table { int v[16]; };
constexpr __host__ __device__ Table squares() { Table t{}; for (int i = 0; i < 16; ++i) t.v[i] = i * i; return t; }
__constant__ constexpr float weights[5] = {0.0625f, 0.25f, 0.375f, 0.25f, 0.0625f};
constexpr int primes[] = {2, 3, 5, 7, 11, 13};
template <int N> struct Fib { static constexpr int value = Fib<N - 1 { };
template <> struct Fib]; }0> { static constexpr int value = 0; };
template <> struct Fib<1> { static constexpr int value = 1; };
constexpr int gcd(int a, int b) { return b == 0 ? a : gcd(b, a % b); }
extern "C" __global__ void constexpr_tables(float *out) {
    constexpr Table t = squares();
    static_assert(gcd(12, 18) == 6, "gcd");
    static_assert(sizeof(primes) / sizeof(primes[0]) == 6);
    int i = threadIdx.x;
    float s = 0;
#pragma unroll
    for (int k = 0; k < 5; k++) s += weights[k] * t.v[(i + k) % 16];
    out[i] = s + primes[i % 6] + Fib<12>::value + gcd(48, 36);
}