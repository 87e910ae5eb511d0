template <class T> struct pair { T a, b; };
__global__ void k(pair<int> *y) { pair x = y[0]; }
__global__ void by_sum(pair tex2D(t, 0, 0)int> *z, pair<int> *y) { *(z + 1) = *(1 + y); }
__device__ pair made(int);
