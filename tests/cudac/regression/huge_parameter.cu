// A kernel whose parameter is larger than any launch can take.
struct A { char a[1 << 30]; };
__global__ void k(A a, int *p) { p[0] = a.a[3]; }
