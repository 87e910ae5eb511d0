template <typename V> struct Vec { V v[4]; };
typedef int F(float, int *);
F declared;
__global__ void k(float *out) {
    using V4 = Vec<float>();
    V4 mine = out[threadIdx.x], t;
    for (auto v : mine.v) out[0] += v;
    out[1] = declared(2.f, nullptr);
}
