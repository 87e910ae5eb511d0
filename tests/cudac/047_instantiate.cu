// options: -i scale<float> -i scale<int,4> -i ns::twice<double> -i plain
template <typename T, int N = 2> __global__ void scale(T *p) { p[threadIdx.x] *= N; }
namespace ns { template <typename T> __global__ void twice(T *p) { p[0] += p[0]; } }
__global__ void plain(int *p) { p[0] = 1; }
