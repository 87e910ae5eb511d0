__global__ void k(float *f, double *d, int *i, long long *l) {
    float x = f[0], y = f[1]; double u = d[0], v = d[1];
    f[0] = sinf(x) + cosf(x) + tanf(x) + expf(x) + logf(x) + powf(x, y) + sqrtf(x) + fabsf(x) + floorf(x) + ceilf(x);
    f[1] = sin(x) + cos(x) + sqrt(x) + fabs(x) + abs(x) + pow(x, y) + exp(x) + max(x, y) + min(x, 2.0f) + fmaxf(x, y) + fminf(x, y);
    d[0] = sin(u) + sqrt(u) + fabs(u) + abs(u) + pow(u, 2) + exp(u) + fmax(u, v) + max(u, v) + hypot(u, v) + atan2(u, v) + fma(u, v, u);
    f[2] = rsqrtf(x) + __fdividef(x, y) + __expf(x) + __logf(x) + __sinf(x) + __powf(x, y) + fmaf(x, y, x) + __fmaf_rn(x, y, x) + truncf(x) + roundf(x) + rintf(x);
    f[3] = fmodf(x, y) + copysignf(x, y) + erff(x) + tanhf(x) + cbrtf(x) + __saturatef(x) + __fsqrt_rn(x) + __fadd_rn(x, y) + __frcp_rn(x) + exp2f(x) + log2f(x) + fdimf(x, y);
    i[0] = abs(i[1]) + max(i[0], i[1]) + min(i[0], 3) + max((short)1, (char)2) + isnan(x) + isinf(u) + isfinite(x) + signbit(u) + labs(3l) + llabs(-3ll);
    i[1] = __float2int_rn(x) + __float2int_rz(x) + __double2int_rd(u) + lrintf(x) + lroundf(x) + ilogbf(x);
    l[0] = max(l[0], l[1]) + __float2ll_rn(x) + llrint(u);
    float s, c; sincosf(x, &s, &c); int e; f[4] = s + c + frexpf(x, &e) + ldexpf(x, 3); double ip; d[2] = modf(u, &ip) + sin(3) + sqrt(2);
    f[5] = std::sqrt(x) + std::max(x, y) + ::sinf(x) + __int2float_rn(3) + __uint2float_rn(3u) + pow(x, y);
    unsigned uu = umax(1, 2) + max(3u, 4u) + __umulhi(3, 4); i[3] = uu;
}
