__device__ void bump(int &x) { x++; }
__device__ int f(const int *p) { return *p; }
__global__ void k(const int *p, float *q) {
    bump(3); // error: argument 1 of bump: got int, expected int &
    bump(q[0]); // error: got float, expected int &
    bump(p[0]); // error: got const int, expected int &
    bump(); // error: bump got 0 arguments, expected 1
    bump(q, 1); // error: bump got 2 arguments
    int *w = p; // error: drop const
    p[0] = 1; // error: it is const
    int x = q; // error: float *
    q = 3; // error: int
    f(q); // error: argument 1 of f: got float *, expected const int *
    int &r = 5; // error: cannot stand for a value
}
__global__ void bad(int &x) {} // error: a parameter of a kernel cannot be a reference
__global__ int bad2() { return 1; } // error: kernel bad2 returns int, expected void
