// Two classes, each made from the other: one conversion by a class is all that is made, so nothing goes on without end.
struct B;
struct A { int v; __device__ A(const B &b); };
struct B { int v; __device__ B(const A &a) : v(a.v) {} };
__device__ void take(A a);
__global__ void k(int n) {
    take(n); // error: no function take fits
}
