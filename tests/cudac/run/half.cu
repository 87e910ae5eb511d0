// half, half2, bfloat16 and their intrinsics: values that the formats hold exactly, and the rounding directions.
#include <cuda_fp16.h>
#include <cuda_bf16.h>
#define T(value) out[__LINE__] = (double)(float)(value)
__global__ void halves(double *out) {
    half a = __float2half(1.5f), b = 2.25f, c = 3;
    T(__hadd(a, b)); // = 3.75
    T(__hsub(a, b)); // = -0.75
    T(__hmul(a, b)); // = 3.375
    T(__hdiv(c, a)); // = 2
    T(__hfma(a, b, c)); // = 6.375
    T(__hneg(a) + __habs(__float2half(-4.0f))); // = 2.5
    T(__hgt(b, a) + 2 * __hlt(b, a) + 4 * __hne(a, b) + 8 * __heq(a, a)); // = 13
    T(__hmax(a, b)); // = 2.25
    T(__hadd_sat(a, b)); // = 1
    T(hsqrt(__float2half(6.25f))); // = 2.5
    T(hrcp(__float2half(4.0f))); // = 0.25
    T(hexp2(c)); // = 8
    T(hfloor(b)); // = 2
    T(__half2int_rn(__float2half(2.5f)) * 10 + __half2int_rz(b)); // = 22
    T(__half_as_ushort(a)); // = 15872
    T(__ushort_as_half(0x3c00)); // = 1
    T(__hisnan(CUDART_NAN_FP16) + 2 * __hisinf(CUDART_INF_FP16)); // = 3
    T(__half_as_ushort(__float2half_rz(1.0009f)) - 0x3c00); // = 0
    T(__half_as_ushort(__float2half_ru(1.0001f)) - 0x3c00); // = 1
    T(__half_as_ushort(__float2half_rd(-1.0001f)) - 0xbc00); // = 1
    T(__float2half_rz(70000.0f)); // = 65504
    a += b;
    a *= c;
    T(a); // = 11.25
    T((float)a > 3 ? -a : a); // = -11.25
}
__global__ void half_pairs(double *out) {
    half2 a = __floats2half2_rn(1.0f, 2.0f), b = make_half2(__float2half(3.0f), __float2half(0.5f)), c(b.y, b.x);
    T(__low2float(__hadd2(a, b)) + 100 * __high2float(__hadd2(a, b))); // = 254
    half2 m = __hfma2(a, b, c);
    T(__low2float(m) + 100 * __high2float(m)); // = 403.5
    T(__hbge2(a, c)); // = 0
    T(__high2float(__hgt2(b, a)) + __low2float(__hgt2(b, a))); // = 1
    T(__low2float(__lowhigh2highlow(a))); // = 2
    float2 f = __half22float2(h2sqrt(__float2half2_rn(9.0f)));
    T(f.x + f.y); // = 6
    uint2 raw;
    *(half2 *)&raw.x = a;
    *reinterpret_cast<half2 *>(&raw.y) = b;
    T(((half *)&raw)[2]); // = 3
    T(sizeof(half2) + 10 * alignof(half2)); // = 44
    a = a * b + c;
    T(__high2half(a)); // = 4
    half2 sum = __float2half2_rn(1.0f);
    atomicAdd(&sum, a);
    T(__low2float(sum)); // = 4.5
}
__global__ void bfloats(double *out) {
    __nv_bfloat16 a = __float2bfloat16(1.5f), b = __float2bfloat16(-2.0f);
    T(__hmul(a, b)); // = -3
    T(__hfma(a, a, b)); // = 0.25
    T(__bfloat162float(__float2bfloat16(1.01f))); // = 1.0078125
    T(__bfloat162float(__float2bfloat16_rz(1.0155f))); // = 1.0078125
    __nv_bfloat162 p = __floats2bfloat162_rn(1.0f, 4.0f), q = __bfloat162bfloat162(a);
    T(__low2float(__hmul2(p, q)) + 10 * __high2float(p * q)); // = 61.5
    T(__bfloat1622float2(h2sqrt(p)).y); // = 2
}
