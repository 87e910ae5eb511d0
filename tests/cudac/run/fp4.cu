// E2M1 and E8M0: every way of rounding, and the way back. The values are those of NVIDIA's headers.
#include <cuda_fp4.h>
#define T(...) out[__LINE__] = (__VA_ARGS__)
__device__ int e2m1(float x, cudaRoundMode mode = cudaRoundNearest) { return __nv_cvt_float_to_fp4(x, __NV_E2M1, mode); }
__device__ int e8m0(float x, cudaRoundMode mode, __nv_saturation_t saturate = __NV_SATFINITE) {
    return __nv_cvt_float_to_e8m0(x, saturate, mode);
}
__global__ void k(double *out) {
    T(e2m1(0.25f)); // = 0
    T(e2m1(0.2501f)); // = 1
    T(e2m1(0.75f)); // = 2
    T(e2m1(1.25f)); // = 2
    T(e2m1(1.75f)); // = 4
    T(e2m1(2.5f)); // = 4
    T(e2m1(3.5f)); // = 6
    T(e2m1(5.0f)); // = 6
    T(e2m1(5.01f)); // = 7
    T(e2m1(-0.1f)); // = 8
    T(e2m1(-1e30f)); // = 15
    T(e2m1(nanf(""))); // = 7
    T(e2m1(5.99f, cudaRoundZero)); // = 6
    T(e2m1(-1.49f, cudaRoundZero)); // = 10
    T(__nv_cvt_double_to_fp4(0.25 + 1e-15, __NV_E2M1, cudaRoundNearest)); // = 1
    T(__nv_cvt_float2_to_fp4x2(make_float2(1, -6), __NV_E2M1, cudaRoundNearest)); // = 242
    T((float)__nv_fp4_e2m1(0.6f)); // = 0.5
    T((float)__nv_fp4_e2m1(-3)); // = -3
    T((int)__nv_fp4_e2m1((half)4.0f)); // = 4
    T(((float2)__nv_fp4x2_e2m1(make_float2(1.4f, 3.2f))).y); // = 3
    T(((float4)__nv_fp4x4_e2m1(make_float4(1, 2, 3, -4))).w); // = -4
    T(sizeof(__nv_fp4x4_e2m1)); // = 2
    T(__half2float(__half(__nv_cvt_fp4_to_halfraw(15, __NV_E2M1)))); // = -6
    T(e8m0(1.0f, cudaRoundZero)); // = 127
    T(e8m0(1.5f, cudaRoundZero)); // = 127
    T(e8m0(-1.5f, cudaRoundPosInf)); // = 128
    T(e8m0(0.0f, cudaRoundPosInf)); // = 0
    T(e8m0(1.0f / 0.0f, cudaRoundZero, __NV_NOSAT)); // = 255
    T(e8m0(3.4e38f, cudaRoundPosInf)); // = 254
    T((float)__nv_fp8_e8m0(3.0f)); // = 4
    T((float)__ushort_as_bfloat16(__nv_cvt_e8m0_to_bf16raw(120).x)); // = 0.0078125
    cudaTriggerProgrammaticLaunchCompletion();
    cudaGridDependencySynchronize();
    static_assert(sizeof(float) == 4, "a message "
                                      "in two parts");
    cudaStream_t none = nullptr;
    T(none == nullptr); // = 1
}
