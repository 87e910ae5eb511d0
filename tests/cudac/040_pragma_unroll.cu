#define U 4
template <int N> __device__ void t(float *p) {
#pragma unroll N
    for (int i = 0; i < 8; i++) p[i] = i;
}
__global__ void k(float *p, int n) {
#pragma unroll
    for (int i = 0; i < 8; i++) p[i] = i;
#pragma unroll 4
    for (int i = 0; i < n; i++) p[i] = i;
#pragma unroll(U * 2)
    for (int i = 0; i < n; i++) p[i] = i;
#pragma unroll 1
    while (n--) p[n] = 0;
#pragma nounroll
    for (int i = 0; i < n; i++) p[i] = i;
    _Pragma("unroll 2") for (int i = 0; i < n; i++) p[i] = i;
#pragma GCC something
#pragma unroll
    p[0] = 1; // warning: #pragma unroll must stand before a loop
    t<3>(p);
}
