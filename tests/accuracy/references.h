/* references.h: functions that libquadmath or the C library lack, composed in __float128 or double. */
static quad exp10_q(quad x) { return powq(10.0Q, x); }
static quad exp2_q(quad x) { return exp2q(x); }
/* sin(pi x) by exact reduction to |r| <= 1/4. */
static quad sinpi_q(quad x) {
    if (isnanq(x) || isinfq(x)) return x - x;
    if (x == 0 || x == truncq(x)) return copysignq(0.0Q, x);
    quad n = rintq(2 * x), r = x - n / 2, m = fmodq(n, 4.0Q);
    int k = (int)m & 3;
    quad s = sinq(M_PIq * r), c = cosq(M_PIq * r);
    return k == 0 ? s : k == 1 ? c : k == 2 ? -s : -c;
}
static quad cospi_q(quad x) {
    if (isnanq(x) || isinfq(x)) return x - x;
    quad n = rintq(2 * x), r = x - n / 2, m = fmodq(n, 4.0Q);
    int k = (int)m & 3;
    quad s = sinq(M_PIq * r), c = cosq(M_PIq * r);
    if (r == 0 && (k & 1)) return 0;
    return k == 0 ? c : k == 1 ? -s : k == 2 ? -c : s;
}
static double sinpi_d(double x) { /* for float32: the reduction is exact in double */
    if (!(fabs(x) < INFINITY)) return x - x;
    if (x == trunc(x)) return copysign(0.0, x);
    double n = rint(2 * x), r = x - n / 2;
    int k = (int)fmod(n, 4.0) & 3;
    double s = sin(M_PI * r), c = cos(M_PI * r);
    return k == 0 ? s : k == 1 ? c : k == 2 ? -s : -c;
}
static double cospi_d(double x) {
    if (!(fabs(x) < INFINITY)) return x - x;
    double n = rint(2 * x), r = x - n / 2;
    int k = (int)fmod(n, 4.0) & 3;
    double s = sin(M_PI * r), c = cos(M_PI * r);
    if (r == 0 && (k & 1)) return 0;
    return k == 0 ? c : k == 1 ? -s : k == 2 ? -c : s;
}
static double rsqrt_d(double x) { return 1 / sqrt(x); }
static quad rsqrt_q(quad x) { return 1 / sqrtq(x); }
static double rcbrt_d(double x) { return 1 / cbrt(x); }
static quad rcbrt_q(quad x) { return 1 / cbrtq(x); }
static double normcdf_d(double x) { return 0.5 * erfc(-x * M_SQRT1_2); }
static quad normcdf_q(quad x) { return 0.5Q * erfcq(-x * M_SQRT1_2q); }
static quad tanpi_q(quad x) {
    if (isnanq(x) || isinfq(x)) return x - x;
    quad n = rintq(2 * x), r = x - n / 2;
    int k = (int)fmodq(n, 4.0Q) & 3;
    if (r == 0) return k == 0 ? 0 * x : k == 2 ? -0.0Q * x : k == 1 ? (quad)INFINITY : -(quad)INFINITY;
    quad t = tanq(M_PIq * r);
    return k & 1 ? -1 / t : t;
}
static double tanpi_d(double x) { return (double)tanpi_q(x); }
