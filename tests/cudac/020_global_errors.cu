int host_counter = 3;
__device__ int bad = host_counter; // error: host_counter belongs to the host
__constant__ float c[2] = {1, 2, 3}; // error: too many values
__device__ int d;
__device__ float d; // error: d is declared twice
int f(int x) { return x; }
__device__ void v; // error: variable v has type void
__global__ void k(int *p) {
    p[0] = host_counter; // error: host_counter belongs to the host
    p[1] = f(3); // error: host function f is called from device code
    __shared__ int s = 3; // error: cannot have an initial value
    int n = p[0];
    int a[n]; // error: the number of elements must be a constant
    int b[-1]; // error: an array of -1 elements
    const int c; // error: const c needs an initial value
    c = 3; // error: it is const
    int &r; // error: reference r needs an initial value
    auto z; // error: auto z needs an initial value
    void q; // error: variable q has type void
    int x[]; // error: the size of x is not given
}
