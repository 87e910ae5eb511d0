// A class template's specialisation is made when a pointer to it is used, in whatever way.
template <class T> struct pair {
    T a, b;
    pair(T x) : a(x), b(x) {}
};
__global__ void by_index(pair<char> *z, pair<char> *y) { z[1] = y[0]; }
__global__ void by_star(pair<short> *z, pair<short> *y) { *z = *y; }
__global__ void by_sum(pair<int> *z, pair<int> *y) { *(z + 1) = *(1 + y); }
__global__ void by_step(pair<float> *z, float *y) { z++; ++z; z -= 1; *y = (float)(unsigned long long)z; }
__global__ void by_update(pair<double> *z, double *y) { z += 2; *y = (double)(unsigned long long)z; }
__device__ long long by_reference(const pair<long long> &z) { return z.a; }
__device__ unsigned by_arrow(pair<unsigned> *z) { return z->b; }
