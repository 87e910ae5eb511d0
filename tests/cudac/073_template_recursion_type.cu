template <typename T> struct G { G<T *> *next; T v; };
template <typename T> __device__ int grow(T x) { return grow(&x); } // error: no function grow fits
__global__ void k(int *p) { G<int> g; g.v = 3; p[0] = grow(1); }
