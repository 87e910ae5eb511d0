struct S { int a; };
__global__ void k(const S s, int *p) {
    p = new int[3]{1, 2, 3}; // error: not supported: new of an array with initial values
    delete s; // error: delete needs a pointer, got const S
    try { p[0] = 1; } catch (...) { } // error: not supported: exceptions
    throw 3; // error: not supported: exceptions
    p[0] = typeid(p); // error: not supported: typeid
    k<<<1, 2>>>(s, p); // error: not supported: kernel launches in source
    cudaMalloc(&p, 4); // error: not supported: cudaMalloc in device code
}
struct Base { int x; };
struct Derived : virtual Base {}; // error: not supported: virtual base classes
#include <vector>
__device__ std::vector<int> numbers; // error: not supported: std::vector
#include <cub/device/device_reduce.cuh> // error: not supported: this part of CUB
#include <thrust/device_vector.h> // error: not supported: Thrust
__managed__ int m;
__global__ void __cluster_dims__(2, 1, 1) clustered() {} // error: not supported: clusters of several thread blocks
__global__ void __cluster_dims__(2, 0x8000000000000000, 1) clustered_widely() {} // error: not supported: clusters of several thread blocks
__device__ int operator"" x(unsigned long long v) { return v; } // error: not supported: literal operators whose suffix has no _ in front
