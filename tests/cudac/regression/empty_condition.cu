#define F(x) x
#define BAD( // error: macro parameters: expected a name
#define HASH(x) ## x // error: ## cannot stand at the edge
__device__ int a = F(1, 2); // error: macro F got 2 arguments, expected 1
#define REDEF 1
#define REDEF 2 // warning: macro REDEF is defined again
#define SAME 1 + 2
#define SAME 1 + 2
#if (1 // error: expected )
#endif
#if 
struct ALIGN A { float x, y; }; struct __align__(16) B { int v[3]; }; typedef struct __align__(8) { int a; } C; struct alignas(32) D { char c; };
struct P { char c; int i; } __attribute__((aligned(16)));
static_assert(sizeof(A) == 8 && alignof(B) == 16 && sizeof(B) == 16 && sizeof(C) == 8 && alignof(D) == 32 && sizeof(P) == 16, "");
__global__ void of(B) == 16 && sizeof(B) == 16 && sizeof(C) == 8 && alignof(D) == 32 && sizeof(P) == 16, "");
__global__ void __launch_bounds__(256, 2) k1(float *__restrict__ p) { p[0] = 1; }
__launch_bounds__(128) __global__ void k2(float *p);
__global__ void k2(float *p) { __shared__ __align__(16) float s[4]; s[0] = 1; p[0] = s[0]; }
__device__ __forceinline__ int inl(int x) { return x; }
__device__ __noinline__ int noinl(in1 2 // error: unexpected tokens
#endif
#if 1.5 // error: expected an integer
#endif
#else // error: #else without #if
#include // error: #include: expected
#define // error: #define: expected a macro's name
__device__ char c = 'abcde'; // error: a character constant holds one character
__device__ int o = 089; // error: is no number
__device__ long long big = 99999999999999999999; // error: does not fit in 64 bits
__device__ int s = "unterminated; // error: missing closing; no implicit conversion; got
