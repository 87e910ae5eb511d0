struct S { static const int A = 3; static constexpr float B = 2.5f; static constexpr int T[3] = {1, 2, 3}; enum { E = A * 2 }; __device__ static int f(int x) { return x + A; } static const int C; };
const int S::C = 7;
template <int BLOCK> struct Config { static constexpr int threads = BLOCK; static constexpr int warps = threads / 32; using index = unsigned; static_assert(BLOCK % 32 == 0, "warps"); };
__global__ void k(int *p) { __shared__ int s[Config<64>::warps]; s[0] = S::f(1); Config<128>::index i = 1; p[i] = S::A + (int)S::B + S::T[p[0]] + S::E + s[0] + Config<128>::threads + S::C; const int *q = &S::T[1]; p[2] = *q; }
