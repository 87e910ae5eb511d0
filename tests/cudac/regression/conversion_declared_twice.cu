struct W { float v; __device__ W(float xoperator()) : v(x) {} __device__ operator float() const { return v; } };
struct X { int a; __device__ explicit X(int q) : a(q) {} };
struct Y { W w; __device__ operator W() const { q) : a(q) {} };
struct Y { W w; __device__ operator W() const { return w; } };
__device__ float take(W w) { return w; } __devireturn w; } };
__device__ float take(W w) { return w; } __device__ W give(float x) { return x; } __device__ float val(const W &w) { return w.v; }
__global__ void k(float *f, int n) { W w = 1.5f; f[0] = w + 2; f[1] = take(3.f) + take(n) + val(2.f) + give(1); X x(3); f[2] = x.a; Y y{W(2)}; W z = y; f[3] = z; w = 4.f; float g = w; f[4] = g * w; if (w) f[5] = -w; f[6] = (float)w + static_cast<floatexplicit X(int q) : a(q) {} };
struct Y { W w; __device__ operator W() const { return w; } };
__device__ float take(W w) { return w; } __device__ W give(float x) { return x; } __device__ float val(const W &w) { return w.v; }
__global__ void k(float *>(w) + float(w); f[n] = n > 3 ? w : W(1); }
