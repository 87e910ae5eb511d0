__device__ void bump(int &x, const int &by = 1) { x += by; }
__device__ int &pick(int *p, int i) { return p[i]; }
__device__ const float &larger(const float &a, const float &b) { return a < b ? b : a; }
__device__ void swap_ints(int &a, int &b) { int t = a; a = b; b = t; }
__device__ float sum3(const float (&v)[3]) { return v[0] + v[1] + v[2]; }
__device__ int take(int &&x) { return x + 1; }
struct S { int &r; int v; };
__global__ void k(int *p, float *f) {
    int a = 1, b = 2; bump(a); bump(a, b); bump(p[0], 3 + a); bump(b, 4);
    pick(p, 2) = 5; pick(p, 3)++; pick(p, 1) += a; swap_ints(p[0], p[1]);
    f[0] = larger(f[1], 2.0f) + larger(f[2] + 1, f[3] * 2);
    float v[3] = {1, 2, 3}; f[4] = sum3(v) + take(3);
    const int &c = a + b; int &r = p[5]; r = c; int *const &pp = p; pp[6] = 1;
    S s = {a, 3}; s.r = 7; (a > b ? a : b) = 9; (a = b) = 3; ++(++a); int &q = (a += 2); q = 1; (a, b) = 4;
    for (int i = 0; i < 3; i++) f[i] = larger(i, 1.5f);
}
