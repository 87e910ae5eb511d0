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
static quad rhypot_q(quad x, quad y) { return 1 / hypotq(x, y); }
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
static quad erfcx_q(quad x) {
    if (x < 20) return expq(x * x) * erfcq(x);
    quad sum = 1, term = 1, z = 2 * x * x;
    for (int k = 1; k < 40; k++) {
        quad next = -term * (2 * k - 1) / z;
        if (fabsq(next) >= fabsq(term)) break;
        sum += term = next;
    }
    return sum / (x * sqrtq(M_PIq));
}
static double erfcx_d(double x) { return (double)erfcx_q(x); }
/* Inverses by Newton's method in __float128 on erf or log erfc. */
static quad erfcinv_q(quad c);
static quad erfinv_q(quad a) {
    if (!(fabsq(a) <= 1)) return NAN;
    if (a == 0) return a;
    if (fabsq(a) == 1) return a * (quad)INFINITY;
    if (fabsq(a) > 0.5Q) return a > 0 ? erfcinv_q(1 - a) : -erfcinv_q(1 + a);
    quad y = a * 0.886Q;
    for (int i = 0; i < 60; i++) {
        quad step = (a - erfq(y)) * sqrtq(M_PIq) / 2 * expq(y * y);
        y += step;
        if (fabsq(step) <= fabsq(y) * 1e-32Q) break;
    }
    return y;
}
static quad erfcinv_q(quad c) {
    if (!(c >= 0 && c <= 2)) return NAN;
    if (c == 0 || c == 2) return c == 0 ? (quad)INFINITY : -(quad)INFINITY;
    if (c > 1) return -erfcinv_q(2 - c);
    if (c > 0.5Q) return erfinv_q(1 - c);
    quad y = sqrtq(-logq(c)) * 0.9Q;
    for (int i = 0; i < 60; i++) {
        quad e = erfcq(y), step = e * expq(y * y) * sqrtq(M_PIq) / 2 * logq(e / c);
        y += step;
        if (fabsq(step) <= fabsq(y) * 1e-32Q) break;
    }
    return y;
}
static quad normcdfinv_q(quad p) { return -M_SQRT2q * erfcinv_q(2 * p); }
static double erfinv_d(double x) { return (double)erfinv_q(x); }
static double erfcinv_d(double x) { return (double)erfcinv_q(x); }
static double normcdfinv_d(double x) { return (double)normcdfinv_q(x); }
static quad tgamma_q(quad x) {
    if (x < 0 && x == floorq(x)) return NAN;
    return tgammaq(x);
}
static double tgamma_d(double x) { return x < 0 && x == floor(x) ? NAN : tgamma(x); }
static quad lgamma_q(quad x) { return lgammaq(x); }
static double lgamma_d(double x) { return lgamma(x); }
/* The asymptotic series beyond 40, the recurrence below, reflection. */
static quad digamma_q(quad x) {
    static const quad terms[] = {1 / 12.0Q,        -1 / 120.0Q,       1 / 252.0Q,     -1 / 240.0Q,
                                 1 / 132.0Q,       -691 / 32760.0Q,   1 / 12.0Q,      -3617 / 8160.0Q,
                                 43867 / 14364.0Q, -174611 / 6600.0Q, 77683 / 276.0Q, -236364091 / 65520.0Q,
                                 657931 / 12.0Q};
    if (isnanq(x) || (x < 0 && x == floorq(x))) return NAN;
    if (x == 0) return -1 / x;
    if (x < 0) {
        quad r = x - rintq(x); /* pi cot(pi x) */
        return digamma_q(1 - x) - M_PIq * cosq(M_PIq * r) / sinq(M_PIq * r);
    }
    if (isinfq(x)) return x;
    quad sum = 0, w, s = 0;
    for (; x < 40; x += 1) sum -= 1 / x;
    w = 1 / (x * x);
    for (int k = sizeof terms / sizeof *terms - 1; k >= 0; k--) s = (s + terms[k]) * w;
    return logq(x) - 0.5Q / x - s + sum;
}
static double digamma_d(double x) { return (double)digamma_q(x); }
static double bessel_i(double x, int order) { /* the series: all terms positive */
    double z = x * x / 4, term = order ? x / 2 : 1, sum = term;
    for (int k = 1; k < 600 && fabs(term) > 1e-17 * fabs(sum); k++)
        sum += term *= z / ((double)k * (k + order));
    return sum;
}
static double bessel_i0_d(double x) {
    return isinf(x) ? INFINITY : fabs(x) > 720 ? INFINITY : bessel_i(x, 0);
}
static double bessel_i1_d(double x) { return isinf(x) ? x : fabs(x) > 720 ? x * INFINITY : bessel_i(x, 1); }
static quad bessel_i_q(quad x, int order) {
    if (isnanq(x) || fabsq(x) > 720) return order ? x * (quad)INFINITY : fabsq(x) * (quad)INFINITY;
    quad z = x * x / 4, term = order ? x / 2 : 1, sum = term;
    for (int k = 1; k < 2000 && fabsq(term) > 1e-35Q * fabsq(sum); k++)
        sum += term *= z / ((quad)k * (k + order));
    return sum;
}
static quad bessel_i0_q(quad x) { return bessel_i_q(x, 0); }
static quad bessel_i1_q(quad x) { return bessel_i_q(x, 1); }
static float wf_j5f(float x) { return wf_jnf(5, x); }
static double wf_j5(double x) { return wf_jn(5, x); }
static double j5_d(double x) { return jn(5, x); }
static quad j5_q(quad x) { return jnq(5, x); }
static float wf_y5f(float x) { return wf_ynf(5, x); }
static double wf_y5(double x) { return wf_yn(5, x); }
static double y5_d(double x) { return x < 0 ? NAN : yn(5, x); }
static quad y5_q(quad x) { return x < 0 ? (quad)NAN : ynq(5, x); }
static double y0_d(double x) { return x < 0 ? NAN : y0(x); }
static double y1_d(double x) { return x < 0 ? NAN : y1(x); }
static quad y0_q(quad x) { return x < 0 ? (quad)NAN : y0q(x); }
static quad y1_q(quad x) { return x < 0 ? (quad)NAN : y1q(x); }
