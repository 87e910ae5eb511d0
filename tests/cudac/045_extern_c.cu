// options: --extern-c -DSCALE=3 -DNAME
#ifdef NAME
__global__ void plain(float *p) { p[0] = SCALE; }
#endif
__device__ int helper(int x) { return x; }
template <typename T> __device__ T t(T x) { return x; }
__global__ void other(int *p) { p[0] = helper(t(2)); }
