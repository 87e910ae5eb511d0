struct A { char a[0]; };
__global__ void k(A a, int *p) { A b; p[0] = a.a[3] + b.a[1]; b.a[2] = 3; p[1] = b.a[2]; }
