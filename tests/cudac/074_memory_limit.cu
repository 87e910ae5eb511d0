// options: --limit=4
#define A(...) __VA_ARGS__ __VA_ARGS__ __VA_ARGS__ __VA_ARGS__ __VA_ARGS__ __VA_ARGS__ __VA_ARGS__ __VA_ARGS__
#define B(...) A(A(A(A(A(__VA_ARGS__)))))
__device__ int a[] = {B(1,)}; // error: the source needs more than 4 MiB
