// __int128: two words with C++'s operators; what it gives is what the C compiler gives for the same lines.
#define T(...) out[__LINE__] = (__VA_ARGS__)
typedef unsigned __int128 u128;
typedef __int128 i128;
__device__ uint64_t mulmod(uint64_t a, uint64_t b, uint64_t m) { return (u128)a * b % m; }
__device__ int which(unsigned __int128) { return 1; }
__device__ int which(__int128) { return 2; }
__device__ int which(unsigned long long) { return 3; }
__global__ void wide(double *out) {
    u128 x = ((u128)0x0123456789abcdefULL << 64) | 0xfedcba9876543210ULL;
    T((uint64_t)(x >> 4) == 0xffedcba987654321ULL); // = 1
    u128 q = x / 1000000007u, r = x % 1000000007u;
    T(q * 1000000007u + r == x && r < 1000000007u); // = 1
    u128 big = ((u128)3 << 64) + 5, huge = (x << 3) + 77;
    T(huge / big * big + huge % big == huge && huge % big < big); // = 1
    T((double)(huge / big)); // = 218628077910631712
    i128 n = -5;
    T((int)(n / 2) * 10 + (int)(n % 2)); // = -21
    T((int)(n >> 1)); // = -3
    T(n < 3 && n > -6 && n <= -5 && n >= -5 && n != 5); // = 1
    T((double)n + (float)n); // = -10
    n += 7;
    n++;
    T((long long)n); // = 3
    T((double)x); // = 1512366075204170947414340898899623936
    T((u128)1e30 == (u128)1000000000000000ull * 1000000000000000ull + 19884624838656ull); // = 1
    uint64_t a[3] = {~0ull, ~0ull, 1}, carry = 0;
    for (int i = 0; i < 3; i++) {
        u128 s = (u128)a[i] * 3 + carry;
        a[i] = (uint64_t)s, carry = s >> 64;
    }
    T(a[0] == 0xfffffffffffffffdull && a[1] == ~0ull && a[2] == 5 && carry == 0); // = 1
    constexpr u128 C = (u128)1 << 100;
    static_assert(C > 5 && (uint64_t)(C >> 90) == 1024, "");
    T(sizeof(x) + alignof(u128)); // = 32
    T((x ? 1 : 0) + 2 * !x); // = 1
    const u128 mask = (((u128)1) << 51) - 1;
    T((double)(uint64_t)(x & mask)); // = 1331063889867280
    T(-(i128)5 == n - 8 && 5u + (u128)3 == 8 && 10 - (i128)12 < 0); // = 1
    T((u128)-1 > (u128)1 && (i128)-1 < (i128)1 && ~(u128)0 == (u128)-1); // = 1
    T(mulmod(1ull << 63, 0xfffffffffffffull, 0x1fffffffffffffffull) == 0x3ffffffffffffcull); // = 1
    T(which((u128)1) * 100 + which((i128)1) * 10 + which(1ull)); // = 123
    u128 m = n > 0 ? (u128)7 : x;
    T((int)m); // = 7
    m ^= m, m |= 12, m &= 10, m <<= 70, m >>= 68, m *= 3, m -= 1, m /= 5, m %= 7;
    T((int)m); // = 5
    T(0.5 + (i128)3); // = 3.5
    unsigned __int128 w[2] = {1, 2};
    T((int)(w[0] + w[1]--) * 10 + (int)w[1]); // = 31
    T((double)(((u128)1 << 127) + ((u128)1 << 74)) == 170141183460469231731687303715884105728.0); // = 1
    T((double)(((u128)1 << 127) + ((u128)1 << 74) + 1) > 170141183460469231731687303715884105728.0); // = 1
}
