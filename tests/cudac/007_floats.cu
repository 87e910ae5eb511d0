__global__ void k(double *d, float *f) {
    d[0] = 1.0; d[1] = .5; d[2] = 1.e3; d[3] = 1e-3; d[4] = 0x1.8p1; d[5] = 1'0.5; d[6] = 1e400;
    f[0] = 1.0f; f[1] = .5F; f[2] = 1e10f; f[3] = 0x1p-3f; f[4] = 3; f[5] = 0.1f + 0.2; f[6] = 16777217.0f; f[7] = 1.f;
    f[8] = 3.4028236e38f; f[9] = -0.0f; f[10] = INFINITY; f[11] = NAN; d[7] = FLT_MAX; d[8] = DBL_EPSILON; d[9] = M_PI;
    f[12] = CUDART_PI_F; f[13] = CUDART_INF_F; d[10] = HUGE_VAL;
}
