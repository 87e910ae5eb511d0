struct X { int a; __device__ explicit X(int q) : a(q) {} };
__device__ int f(X x) { return x.a; }
__global__ void k(int *p, float *q, void *v) {
    X x = 3; // error: X
    f(3); // error: argument 1 of f: got int, expected X
    p = q; // error: float *
    p = v; // error: void *
    q = (float *)p; p = static_cast<int *>(v);
    p = 5; // error: int
    unsigned long long a = static_cast<unsigned long long>(p); // error: use reinterpret_cast
    float g = p; // error: int *
    X y = {1, 2}; // error: X has no constructor for (int, int)
}
