// cuda_fp8.h: the nearest number, ties to even; what is too large; the pairs and fours.
#include <cuda_fp8.h>
#define T(value) out[__LINE__] = (value)
__global__ void one(double *out) {
    T((float)__nv_fp8_e4m3(448.f)); // = 448
    T((float)__nv_fp8_e4m3(-1e9f)); // = -448
    T((float)__nv_fp8_e5m2(0.3f)); // = 0.3125
    T((float)__nv_fp8_e4m3(17.0)); // = 16
    T((float)__nv_fp8_e4m3(19.0)); // = 20
    T((float)__nv_fp8_e4m3(17.0000001)); // = 18
    T((float)__nv_fp8_e4m3(0.001f)); // = 0.001953125
    T((float)__nv_fp8_e5m2(1e-5f)); // = 1.52587890625e-05
    T(__nv_cvt_float_to_fp8(1000.f, __NV_NOSAT, __NV_E4M3)); // = 127
    T(__nv_cvt_float_to_fp8(-1e6f, __NV_NOSAT, __NV_E5M2)); // = 252
    T(__nv_cvt_double_to_fp8(464.0, __NV_NOSAT, __NV_E4M3)); // = 126
    T((float)__nv_fp8_e4m3(nanf(""))); // = nan
    __nv_fp8_e4m3 a(1.5f), b(2.f);
    T(a * b + (a < b)); // = 4
    T((float)__nv_fp8_e4m3(half(2.0f)) + (float)__nv_fp8_e5m2(__nv_bfloat16(3.0f))); // = 5
    half h = __nv_cvt_fp8_to_halfraw(0xb8, __NV_E4M3);
    T((float)h); // = -1
}
__global__ void several(double *out) {
    float4 f = __nv_fp8x4_e4m3(make_float4(1.f, -2.f, 0.1f, 500.f));
    T(f.x + f.y * 10 + f.w); // = 429
    float2 g = __nv_fp8x2_e5m2(make_float2(3.f, 0.25f));
    T(g.x + g.y); // = 3.25
    T(__nv_cvt_float2_to_fp8x2(make_float2(1.f, 2.f), __NV_SATFINITE, __NV_E4M3)); // = 16440
    __half2 h = __nv_cvt_fp8x2_to_halfraw2(0x4038, __NV_E4M3);
    T((float)h.x * 10 + (float)h.y); // = 12
}
