#include <cuda_fp16.h>
#include <cuda_bf16.h>
__global__ void k(__half *h, float *f, __nv_bfloat16 *b) {
    half x = h[0], y = __float2half(1.5f); h[1] = x * y + x; f[0] = __half2float(x); h[2] = f[1]; f[2] = (float)h[3] + (x > y); h[4] = __ushort_as_half(0x3c00);
    b[0] = __float2bfloat16(f[0]); f[3] = __bfloat162float(b[1]); h[5] += y; unsigned short u = __half_as_ushort(x); f[4] = u; h[6] = (half)2; h[7] = -x;
}
