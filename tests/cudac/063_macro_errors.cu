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
#if 1 2 // error: unexpected tokens
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
