template <typename T> __device__ T twice(T x) { return x + x; }
template <int N> __device__ int rec(int x) { return rec<N + 1>(x); } // error: instances are nested more than; no function rec fits
template <typename T> __device__ T same(T a, T b) { return a; }
template <typename T> struct Box { T v; __device__ T get() { return v.missing; } }; // error: has no members
__global__ void k(int *p) {
    p[0] = same(1, 2.5f); // error: no function same fits the arguments (int, float)
    p[1] = twice<int, int>(3); // error: no function twice fits
    Box<int, int> b; // error: template Box got 2 arguments, expected 1
    Box c; // error: template Box needs its arguments in <>
    Box<3> d; // error: expected a type as a template's argument
    Box<int> e; p[2] = e.get();
    p[3] = rec<0>(1);
}
