__global__ void k(float4 *v, float *o, uchar4 *c, int2 *i2, double2 *d) {
    float4 a = v[threadIdx.x], b = make_float4(1, 2, 3, 4);
    float3 n = {1, 2, 3};
    float2 m = float2{1.f, 2.f};
    a.x += b.w * n.y; a.y = m.x;
    v[threadIdx.x] = a;
    c[0] = make_uchar4(1, 2, 3, 255);
    i2[0].x = c[0].w; i2[0].y = (*c).z;
    d[0] = make_double2(a.x, b.y);
    dim3 g(4, 2), one;
    o[0] = g.x + g.z + one.x + blockDim.y + gridDim.z + sizeof(float3) + sizeof(float4) + alignof(float4);
    uint3 t = threadIdx;
    o[1] = t.x; longlong2 q = make_longlong2(1, 2); o[2] = q.y; short2 s2 = make_short2(1, 2); o[3] = s2.x; ulonglong4 u4 = {}; o[4] = u4.w;
}
__device__ float4 operator+(float4 a, float4 b) { return make_float4(a.x + b.x, a.y + b.y, a.z + b.z, a.w + b.w); }
__device__ float4 operator*(float s, const float4 &a) { return make_float4(s * a.x, s * a.y, s * a.z, s * a.w); }
__device__ float4 &operator+=(float4 &a, const float4 &b) { a = a + b; return a; }
__device__ bool operator==(float4 a, float4 b) { return a.x == b.x && a.y == b.y; }
__global__ void k2(float4 *v) { v[0] = v[1] + 2.0f * v[2]; v[3] += v[0]; if (v[0] == v[1]) v[2] += v[3] += v[4]; }
