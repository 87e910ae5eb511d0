__constant__ float coef[5] = {1, 2, 3, 4, 5};
__constant__ int table[2][3] = {{1, 2, 3}, 4, 5, 6};
__device__ int counter = 3;
__device__ float buffer[256];
static __device__ double value;
extern __device__ int later;
__device__ int later = 2;
const int N = 16;
constexpr float scale = 2.5f;
static const int M = N * 2 + 1;
const float weights[3] = {0.25f, 0.5f, 0.25f};
__constant__ struct { int a; float b; } params;
__device__ int *pointer = &counter;
namespace ns { __device__ int inside = 7; const int K = 3; }
__global__ void k(float *o) {
    static const int local_table[4] = {1, 2, 3, 4};
    static int calls;
    __shared__ float s[N], t[M][ns::K];
    s[threadIdx.x % N] = coef[1] * scale; t[0][0] = 1;
    o[0] = s[0] + table[1][2] + counter + buffer[3] + value + later + M + weights[1] + params.a + params.b + *pointer + ns::inside + local_table[threadIdx.x & 3] + t[0][0];
    calls++; counter = calls;
    const int n = 3; int arr[n + 1] = {}; o[1] = arr[n];
    const float &ref = scale; o[2] = ref + N;
}
