__device__ int x = 1;
__device__ int f(int x) { { int x = 2; { float x = 3; (void)x; } x++; } return x + ::x; }
struct x_t { int x; };
__global__ void k(int *p) {
    int p2 = p[0]; for (int i = 0; i < 3; i++) { int i = 5; p[i] = p2; } for (int i = 0; i < 2; i++) p[i] += f(i);
    { int t = 1; p[0] = t; } { float t = 2; p[1] = t; } struct local { int v; __device__ int get() { return v; } } l = {3}; p[2] = l.get(); enum { LOCAL = 4 }; p[3] = LOCAL;
    typedef int mine; mine m = 3; using other = float; other o = m; p[4] = o; struct x_t s; s.x = 2; p[5] = s.x; int float_ = 1; p[6] = float_;
}
