// helper_math.h: operators and functions of vector types; the host's headers and functions beside kernels.
#include <iostream>
#include <vector>
#include <helper_math.h>
#define T(...) out[__LINE__] = (__VA_ARGS__)
int main() {
    std::cout << 1;
    return 0;
}
__global__ void vectors(double *out) {
    float3 a = make_float3(1, 2, 3), b = make_float3(2.f);
    float3 c = cross(a, b) + 2.0f * a - b / 2.f;
    T(c.x * 100 + c.y * 10 + c.z); // = -27
    c *= 2;
    c -= a;
    float4 d = -clamp(make_float4(c, 1.f), 0.f, 5.f);
    T(d.x * 1000 + d.y * 100 + d.z * 10 + d.w); // = -531
    int2 e = make_int2(1, 2) * 3 + make_int2(1);
    uint3 u = make_uint3(1, 2, 3);
    u += make_uint3(1);
    T(e.x * 1000 + e.y * 100 + u.z * 10 + make_float2(e).y); // = 4747
    T(dot(a, b) + dot(make_int3(1, 2, 3), make_int3(2))); // = 24
    T(length(normalize(a)) + lerp(1.f, 3.f, 0.5f)); // = 3 ~ 1e-6
    float3 r = reflect(a, make_float3(0, 1, 0)), m = fminf(a, b), f = fracf(make_float3(1.25f, 2.5f, -0.25f));
    T(r.y * 1000 + m.z * 100 + f.x * 8 + f.z * 4); // = -1795
    T(max(make_int3(1, 2, 3), make_int3(2)).x + abs(make_int2(-3, 2)).x + (float)(make_double2(1, 2) * 2.0).y); // = 9
    T(smoothstep(0.f, 2.f, 1.f) + smoothstep(make_float2(0.f), make_float2(2.f), make_float2(1.f)).y); // = 1
}
