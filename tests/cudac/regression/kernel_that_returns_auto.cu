__global__ auto k() { return 1; }
__device__ auto f0() { return 1; return; 1; }
template <class T> __global__ float add(const T *a) { }
template __global__ float add<float>(const float *a);
