#define PI 3.14159f
const float M_PI_ = 3.14f; const float M_E = 2.5f; typedef unsigned int uint; typedef unsigned char uint8_t; struct float9 { float v[9]; };
__device__ float clamp(float x, float lo, float hi) { return fminf(fmaxf(x, lo), hi); }
__device__ float lerp(float a, float b, float t) { return a + t * (b - a); }
__device__ float dot(float3 a, float3 b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
__device__ float rsqrtf_(float x) { return rsqrtf(x); }
__device__ int min(int a, int b, int c) { return min(min(a, b), c); }
__device__ float saturate(float x) { return x < 0 ? 0 : x; }
__global__ void k(float *f) { uint u = 3; uint8_t c = 4; f[0] = clamp(f[1], 0, 1) + lerp(1, 2, .5f) + M_E + M_PI + u + c + min(1, 2, 3) + min(1, 2) + saturate(2.f) + PI; int signbit = 1, round = 2; f[1] = signbit + round; }
