static_assert(1 == 2, "one is not two"); // error: static_assert failed: one is not two
constexpr int forever(int n) { while (true) n++; return n; }
static_assert(forever(1) == 2); // error: must be a constant
constexpr int deep(int n) { return n == 0 ? 0 : 1 + deep(n - 1); }
static_assert(deep(100000) == 1); // error: must be a constant
__device__ int runtime;
constexpr int bad = runtime; // error: must be a constant
constexpr int out_of(int i) { int a[2] = {1, 2}; return a[i]; }
static_assert(out_of(1) == 2);
static_assert(out_of(5) == 2); // error: must be a constant
__global__ void k(int *p) {
    int a[p[0]]; // error: must be a constant
    switch (p[0]) { case p[1]: break; } // error: a case value must be a constant
    static_assert(sizeof(p) == 4, "pointer"); // error: static_assert failed: pointer
}
