// A complex number as a struct with operators; a templated iteration.
template <typename T> struct Complex {
    T r, i;
    __device__ Complex(T a, T b) : r(a), i(b) {}
    __device__ T norm() const { return r * r + i * i; }
    __device__ Complex operator*(const Complex &o) const { return Complex(r * o.r - i * o.i, i * o.r + r * o.i); }
    __device__ Complex operator+(const Complex &o) const { return Complex(r + o.r, i + o.i); }
};
template <typename T> __device__ int julia(T x, T y, T scale)
{
    Complex<T> c(T(-0.8), T(0.156)), a(scale * x, scale * y);
    for (int n = 0; n < 200; n++) {
        a = a * a + c;
        if (a.norm() > T(1000)) return n;
    }
    return 200;
}
extern "C" __global__ void julia_set(unsigned char *out, int size)
{
    int x = blockIdx.x, y = blockIdx.y * blockDim.x + threadIdx.x;
    if (y >= size) return;
    float jx = (float)(size / 2 - x) / (size / 2), jy = (float)(size / 2 - y) / (size / 2);
    out[x + y * size] = (unsigned char)julia<float>(jx, jy, 1.5f);
}
