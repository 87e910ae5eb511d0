__global__ void k(int *i, unsigned *u, unsigned long long *ull, float *f, double *d) {
    i[0] = __popc(u[0]) + __clz(i[1]) + __ffs(i[2]) + __popcll(ull[0]) + __clzll(ull[0]) + __ffsll(ull[1]);
    u[1] = __brev(u[0]) + __byte_perm(u[0], u[1], 0x3210) + __funnelshift_l(u[0], u[1], 3) + __umul24(3, 4) + __sad(1, 2, 3u);
    i[3] = __mulhi(i[0], i[1]) + __mul24(i[0], i[1]) + __float_as_int(f[0]) + __dp4a(i[0], i[1], i[2]); ull[2] = __umul64hi(ull[0], ull[1]) + __brevll(ull[0]);
    f[0] = __int_as_float(i[0]) + __uint_as_float(0x7f800000u); d[0] = __longlong_as_double(__double_as_longlong(d[1])) + __hiloint2double(1, 2);
    i[4] = __double2hiint(d[0]) + __double2loint(d[0]) + __rhadd(i[0], i[1]) + __hadd(i[0], i[1]); u[5] = __dp4a(u[0], u[1], u[2]);
}
