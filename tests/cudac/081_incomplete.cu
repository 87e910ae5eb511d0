struct S;
struct N { S *p; };
__global__ void k(S *s, N n, int *p) {
    S x; // error: is not complete
    p[0] = s->a; // error: S
    p[1] = sizeof(S); // error: is not known
    S *q = n.p; p[2] = q == s;
    S arr[2]; // error: which is not complete
}
