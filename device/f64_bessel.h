/* device/f64_bessel.h: j0 j1 jn y0 y1 yn and cyl_bessel_i0, cyl_bessel_i1.
 *
 * Below x = 8: j0 and j1 / x are entire functions of z = x^2, and so is what log(x) j(x) and the pole leave
 * of y0 and y1; each is a polynomial in t = z - centre over three pieces of z ("bessel_j0_0" … of
 * tools/polynomials.py, 2^-59 of the amplitude), coefficients selected by piece, the four lowest and their
 * steps of Horner's rule in pairs, since the terms partly cancel. From 8 on Hankel's form,
 *     j = sqrt(2 / (pi x)) (P cos chi - Q sin chi),   y = sqrt(2 / (pi x)) (P sin chi + Q cos chi),
 * chi = x - (2 n + 1) pi / 4, with P and x Q polynomials in 1 / x^2 ("hankel"), chi and the root in pairs. i0
 * and i1 / x are polynomials in z below 8, all terms positive, seven steps in pairs; from there on exp(x) /
 * sqrt(x) P(1 / x). jn goes up by recurrence while n < x and comes down by Miller's method otherwise; yn goes
 * up. Near a zero the error is small beside the amplitude, not beside the value. jn and yn have loops; the
 * others have one branch, at 8, and are vectorised. Odd cases: j of infinity is 0; y of 0 is -infinity, of a
 * negative number NaN. */
#ifndef WF_F64_BESSEL_H
#define WF_F64_BESSEL_H
#include "f64_pow.h"
#include "f64_trig.h"

#define WF_BESSEL_FAR 8.0

WF_INNER int wf_bessel_negative(double x) { return (int)(wf_double_bits(x) >> 63); }

/* Where x^2 lies: t is its distance from the centre of its piece. */
typedef struct wf_bessel_place {
    wf_dd t;
    int first, second; /* second: the first or the second piece */
} wf_bessel_place;
WF_INNER wf_bessel_place wf_bessel_find(double x) {
    wf_bessel_place at;
    wf_dd z = wf_dd_prod(x, x);
    at.first = z.h < 12.0;
    at.second = z.h < 34.0;
    at.t = wf_dd_fast(at.first ? -6.0 : at.second ? -23.0 : -49.0, z.h); /* exact where |z| > |centre| too */
    at.t.l = at.t.l + z.l;
    return at;
}
WF_INNER double wf_bessel_pick(wf_bessel_place at, double first, double second, double third) {
    return at.first ? first : at.second ? second : third;
}
/* s t + (h + l), a step of Horner's rule; not normalised. */
WF_INNER wf_dd wf_bessel_step(wf_dd s, wf_dd t, double h, double l) {
    wf_dd p = wf_dd_prod(s.h, t.h), sum = wf_dd_sum(h, p.h);
    p.l = wf_fma(s.h, t.l, wf_fma(s.l, t.h, p.l));
    return wf_dd_make(sum.h, sum.l + (p.l + l));
}
/* clang-format off */
/* j0(x), x < 8. */
WF_INNER wf_dd wf_bessel_j0_near(wf_bessel_place at) {
    wf_dd s;
    double p;
    p = wf_bessel_pick(at, -0x1.b4bc038ec68dep-92, -0x1.41654b4bf07b4p-92, -0x1.8ba0b25660083p-93);
    p = wf_fma(p, at.t.h, wf_bessel_pick(at, 0x1.1e8a47b2cd12fp-82, 0x1.9aa0b2df7e372p-83, 0x1.e50e9214e493fp-84));
    p = wf_fma(p, at.t.h, wf_bessel_pick(at, -0x1.3f15fb09f6436p-73, -0x1.bbfbd8afa8535p-74, -0x1.f2acf2d430447p-75));
    p = wf_fma(p, at.t.h, wf_bessel_pick(at, 0x1.2a2ca75b263a1p-64, 0x1.90b259d3f108ep-65, 0x1.a79d05679257ap-66));
    p = wf_fma(p, at.t.h, wf_bessel_pick(at, -0x1.cb78802e3f16cp-56, -0x1.27e791f0e2a57p-56, -0x1.21ef651987462p-57));
    p = wf_fma(p, at.t.h, wf_bessel_pick(at, 0x1.1dd854b193346p-47, 0x1.5d310f8c813d9p-48, 0x1.35f0258552cf3p-49));
    p = wf_fma(p, at.t.h, wf_bessel_pick(at, -0x1.17c99e00ccc15p-39, -0x1.3f4887aa1bc5bp-40, -0x1.ef02f19d5924dp-42));
    p = wf_fma(p, at.t.h, wf_bessel_pick(at, 0x1.a0b35a77f2912p-32, 0x1.b200190afd606p-33, 0x1.132d10717277cp-34));
    p = wf_fma(p, at.t.h, wf_bessel_pick(at, -0x1.c3931e4e644ffp-25, -0x1.9cf3612d9f8b7p-26, -0x1.726e8a59aa6aep-28));
    p = wf_fma(p, at.t.h, wf_bessel_pick(at, 0x1.4e7b0df378f56p-18, 0x1.f303bf67552cdp-20, 0x1.6f8b0e225b3ebp-23));
    s = wf_dd_make(p, 0.0);
    s = wf_bessel_step(s, at.t, wf_bessel_pick(at, -0x1.34056f2ce114bp-12, -0x1.39826abfd680cp-14, 0x1.557c86ad45217p-17), wf_bessel_pick(at, -0x1.00100f91eed7fp-69, 0x1.f6d1914e9b354p-69, -0x1.772c4786163bdp-76));
    s = wf_bessel_step(s, at.t, wf_bessel_pick(at, 0x1.2b7ccf1c4034cp-7, 0x1.4ecacba8759bbp-11, -0x1.9322e4df31284p-11), wf_bessel_pick(at, 0x1.47a17859f8afdp-61, -0x1.d540ea7fcf8ffp-67, -0x1.effa2580f2cebp-67));
    s = wf_bessel_step(s, at.t, wf_bessel_pick(at, -0x1.a9b68faf41cdep-4, 0x1.fc9bd0596bb7cp-6, 0x1.5ebc46867876ep-12), wf_bessel_pick(at, -0x1.bd45333cac7eap-58, -0x1.2fa6033b5a4c7p-61, -0x1.de58ae4195d38p-67));
    s = wf_bessel_step(s, at.t, wf_bessel_pick(at, -0x1.784a6fb1e8141p-6, -0x1.eeefaa8dca63cp-3, 0x1.3347faf45b2a3p-2), wf_bessel_pick(at, 0x1.1d065cd204922p-60, -0x1.53fa8459d64a9p-57, 0x1.aa591561e5e0ap-56));
    return s;
}
/* j1(x) / x. */
WF_INNER wf_dd wf_bessel_j1_near(wf_bessel_place at) {
    wf_dd s;
    double p;
    p = wf_bessel_pick(at, -0x1.0b09ce1e45b04p-96, -0x1.79e8ddd56c50ap-97, -0x1.e1bf588136e42p-98);
    p = wf_fma(p, at.t.h, wf_bessel_pick(at, 0x1.5e5405a0f805dp-87, 0x1.052a0f07323a2p-87, 0x1.417aa805a1eb3p-88));
    p = wf_fma(p, at.t.h, wf_bessel_pick(at, -0x1.ad9b626627cf3p-78, -0x1.33b653a9e76fap-78, -0x1.6b2c2aa866713p-79));
    p = wf_fma(p, at.t.h, wf_bessel_pick(at, 0x1.b6beae983b8b6p-69, 0x1.313d227e75bf1p-69, 0x1.56d6e20a411fdp-70));
    p = wf_fma(p, at.t.h, wf_bessel_pick(at, -0x1.74b7d44eed65cp-60, -0x1.f4df01fc1c4abp-61, -0x1.08c24b5824f3fp-61));
    p = wf_fma(p, at.t.h, wf_bessel_pick(at, 0x1.0273c815b5f2ap-51, 0x1.4ce4842f92dd6p-52, 0x1.462d51beef5afp-53));
    p = wf_fma(p, at.t.h, wf_bessel_pick(at, -0x1.1dd854b16afd5p-43, -0x1.5d310f8a40635p-44, -0x1.35f025722a761p-45));
    p = wf_fma(p, at.t.h, wf_bessel_pick(at, 0x1.e9a0d48166db3p-36, 0x1.175f76b4d82ecp-36, 0x1.b1229369ac2b4p-38));
    p = wf_fma(p, at.t.h, wf_bessel_pick(at, -0x1.388683d9f5f05p-28, -0x1.458012c83e962p-29, -0x1.9cc398aa3d612p-31));
    p = wf_fma(p, at.t.h, wf_bessel_pick(at, 0x1.1a3bf2f0feb1fp-21, 0x1.02181cbc83b73p-22, 0x1.cf0a2cf015085p-25));
    s = wf_dd_make(p, 0.0);
    s = wf_bessel_step(s, at.t, wf_bessel_pick(at, -0x1.4e7b0df378f56p-15, -0x1.f303bf67552c6p-17, -0x1.6f8b0e225b077p-20), wf_bessel_pick(at, 0x1.9cc86eaefe687p-73, 0x1.e9a88ea10b3bap-71, -0x1.4808e1e0a91c9p-75));
    s = wf_bessel_step(s, at.t, wf_bessel_pick(at, 0x1.ce0826c3519f1p-10, 0x1.d643a01fc1c12p-12, -0x1.001d6501f3d92p-14), wf_bessel_pick(at, -0x1.cffd306aa9bd7p-64, -0x1.7c90eaa5ff964p-66, 0x1.91cc0107ed979p-68));
    s = wf_bessel_step(s, at.t, wf_bessel_pick(at, -0x1.2b7ccf1c4034cp-5, -0x1.4ecacba8759bbp-9, 0x1.9322e4df31281p-9), wf_bessel_pick(at, -0x1.47a336ef46f68p-59, -0x1.3e2a4524d287dp-72, 0x1.611f86291c7c8p-65));
    s = wf_bessel_step(s, at.t, wf_bessel_pick(at, 0x1.a9b68faf41cdep-3, -0x1.fc9bd0596bb7cp-5, -0x1.5ebc46867876ep-11), wf_bessel_pick(at, 0x1.bd4533689b1ffp-57, 0x1.2fb9de9f81f2cp-60, 0x1.6c81ed7c02abcp-65));
    return s;
}
/* y0(x) - 2 / pi log(x) j0(x). */
WF_INNER wf_dd wf_bessel_y0_rest(wf_bessel_place at) {
    wf_dd s;
    double p;
    p = wf_bessel_pick(at, 0x1.ce7ff7dc5ba0cp-91, 0x1.4e2096ad6bcb4p-91, 0x1.96781938c6166p-92);
    p = wf_fma(p, at.t.h, wf_bessel_pick(at, -0x1.2473fb72eae3bp-81, -0x1.a01feeeb2d5f3p-82, -0x1.e499f5d0adbd5p-83));
    p = wf_fma(p, at.t.h, wf_bessel_pick(at, 0x1.3d6c96e8d5136p-72, 0x1.b531c1e37c917p-73, 0x1.e2674f5b6273p-74));
    p = wf_fma(p, at.t.h, wf_bessel_pick(at, -0x1.1fccfb3d68582p-63, -0x1.7de1618200949p-64, -0x1.8aa3abf4caacbp-65));
    p = wf_fma(p, at.t.h, wf_bessel_pick(at, 0x1.ac770c1027bc7p-55, 0x1.0f807ff45c4c7p-55, 0x1.021a63cad5e1fp-56));
    p = wf_fma(p, at.t.h, wf_bessel_pick(at, -0x1.001c9a366522p-46, -0x1.3240170df04e7p-47, -0x1.049264d263758p-48));
    p = wf_fma(p, at.t.h, wf_bessel_pick(at, 0x1.de2de0e3fb494p-39, 0x1.08ea23df60b9dp-39, 0x1.8152ea590b5c8p-41));
    p = wf_fma(p, at.t.h, wf_bessel_pick(at, -0x1.501ea3e6bef24p-31, -0x1.4f449cc19fc78p-32, -0x1.7cff2311a9403p-34));
    p = wf_fma(p, at.t.h, wf_bessel_pick(at, 0x1.528e17c15df43p-24, 0x1.20cbee91cd6b3p-25, 0x1.9457f7b8a9b3ep-28));
    p = wf_fma(p, at.t.h, wf_bessel_pick(at, -0x1.c6881279d54a3p-18, -0x1.293612ea61ebbp-19, -0x1.64e80e96895bdp-27));
    s = wf_dd_make(p, 0.0);
    s = wf_bessel_step(s, at.t, wf_bessel_pick(at, 0x1.699f73a1bd5f2p-12, 0x1.ff127c004b4d3p-15, -0x1.951076dba6bc2p-16), wf_bessel_pick(at, -0x1.fff828f242bb6p-66, 0x1.67413a2ef283ep-71, 0x1.36dc117ba3449p-70));
    s = wf_bessel_step(s, at.t, wf_bessel_pick(at, -0x1.0d5f60922f7e5p-7, 0x1.af30bf1c301ccp-11, 0x1.abbe8b3d2a2a2p-11), wf_bessel_pick(at, 0x1.d0b6984d8bf52p-62, -0x1.00c58161efb6fp-66, 0x1.f7e83bb7ed425p-68));
    s = wf_bessel_step(s, at.t, wf_bessel_pick(at, 0x1.21585dc4505e4p-5, -0x1.99f07b1f8bbe6p-5, 0x1.3b7ae31146cacp-6), wf_bessel_pick(at, 0x1.94c7c4fc167a8p-59, 0x1.8f6e1a022ada3p-59, 0x1.5395f28942d87p-62));
    s = wf_bessel_step(s, at.t, wf_bessel_pick(at, 0x1.0933ab03d1247p-1, -0x1.eefdbbfa3382ap-6, -0x1.973be45cf923ep-2), wf_bessel_pick(at, 0x1.0c7831b1a49d3p-60, -0x1.2da4b035a0de9p-60, -0x1.e197ca1681159p-58));
    return s;
}
/* (y1(x) - 2 / pi (log(x) j1(x) - 1 / x)) / x. */
WF_INNER wf_dd wf_bessel_y1_rest(wf_bessel_place at) {
    wf_dd s;
    double p;
    p = wf_bessel_pick(at, 0x1.0abca22c1db16p-95, 0x1.8d8c633816a7bp-96, 0x1.f58fbd2a57b91p-97);
    p = wf_fma(p, at.t.h, wf_bessel_pick(at, -0x1.7047218751845p-86, -0x1.0c2ba1107610dp-86, -0x1.4614191af64cap-87));
    p = wf_fma(p, at.t.h, wf_bessel_pick(at, 0x1.b13d6ba603b1dp-77, 0x1.3394d8a1ab6fcp-77, 0x1.65941410081f9p-78));
    p = wf_fma(p, at.t.h, wf_bessel_pick(at, -0x1.ae0b3ca06d3a9p-68, -0x1.27f6fb0bdc6f1p-68, -0x1.463142ec2e234p-69));
    p = wf_fma(p, at.t.h, wf_bessel_pick(at, 0x1.61be5c2dc0001p-59, 0x1.d4f72001da9fp-60, 0x1.e3d3ee70846b9p-61));
    p = wf_fma(p, at.t.h, wf_bessel_pick(at, -0x1.d8bdd1e001d44p-51, -0x1.2b2d198f93962p-51, -0x1.1bb0fb71ee0a4p-52));
    p = wf_fma(p, at.t.h, wf_bessel_pick(at, 0x1.f4a1ebcb6dc9p-43, 0x1.2abd9c49c718dp-43, 0x1.fa41ab6ca4f61p-45));
    p = wf_fma(p, at.t.h, wf_bessel_pick(at, -0x1.9700b487ef9a6p-35, -0x1.c18c1b430d92cp-36, -0x1.447601a5b041dp-37));
    p = wf_fma(p, at.t.h, wf_bessel_pick(at, 0x1.e710a25d00208p-28, 0x1.e31bc6b499a0ep-29, 0x1.0df0156735273p-30));
    p = wf_fma(p, at.t.h, wf_bessel_pick(at, -0x1.946c8a1608eeap-21, -0x1.550221a6d6357p-22, -0x1.c3be343e89132p-25));
    s = wf_dd_make(p, 0.0);
    s = wf_bessel_step(s, at.t, wf_bessel_pick(at, 0x1.aa279c9b85a9bp-15, 0x1.0e2c4ef76fb6dp-16, -0x1.649899ebad01ap-22), wf_bessel_pick(at, 0x1.62057736ff073p-69, 0x1.7c6a859a63b9ap-73, 0x1.d71ebfae16a2p-76));
    s = wf_bessel_step(s, at.t, wf_bessel_pick(at, -0x1.e8172d672ac1bp-10, -0x1.268a4d3bf918ap-12, 0x1.4ce0a70e7ce6ep-13), wf_bessel_pick(at, -0x1.e2dde9b9b4dap-64, 0x1.095d626ea2938p-67, -0x1.5c00db190925fp-67));
    s = wf_bessel_step(s, at.t, wf_bessel_pick(at, 0x1.a7095084765bcp-6, -0x1.71d5d2b88a49cp-8, -0x1.c4a379a96b50fp-9), wf_bessel_pick(at, 0x1.01eba8aa6a4c5p-60, -0x1.9cec64f7ee0c4p-64, -0x1.4195b9d23aa52p-64));
    s = wf_bessel_step(s, at.t, wf_bessel_pick(at, 0x1.36787e741f9b1p-5, 0x1.135b1e05a4136p-3, -0x1.e1f8b5c2cb2a4p-6), wf_bessel_pick(at, 0x1.9bfb51fdd1c3p-60, -0x1.3eab29eadd1bdp-57, -0x1.637418f73e255p-60));
    return s;
}
/* clang-format on */
WF_INNER wf_dd wf_bessel_j_near(wf_bessel_place at, int order) {
    return order ? wf_bessel_j1_near(at) : wf_bessel_j0_near(at);
}

/* 1 / sqrt(x) as a pair, x not near the ends of the exponents. */
WF_INNER wf_dd wf_bessel_root(double x) {
    double s = wf_sqrt(x), r = 1.0 / s;
    double rest = wf_fma(-s, s, x), quotient = wf_fma(-s, r, 1.0); /* exact */
    return wf_dd_make(r, r * wf_fma(rest * -0.5, r * r, quotient));
}
/* a b + c, the sum not normalised; for factors and sums that do not cancel much. */
WF_INNER wf_dd wf_bessel_fma(wf_dd a, wf_dd b, wf_dd c) {
    wf_dd p = wf_dd_prod(a.h, b.h), s = wf_dd_sum(p.h, c.h);
    p.l = wf_fma(a.h, b.l, wf_fma(a.l, b.h, p.l));
    return wf_dd_make(s.h, s.l + (p.l + c.l));
}

/* j (second = 0) or y (second = 1) of order 0 or 1 for finite x >= WF_BESSEL_FAR. */
WF_INNER wf_dd wf_bessel_hankel(double x, int order, int second) {
    wf_trig_reduced e = wf_trig_reduce(x);
    int up = e.r.h >= 0.0, q = up ? e.q : e.q - 1, huge = x > 0x1p60, swap;
    double low = up ? -0x1.1a62633145c07p-55 : 0x1.1a62633145c07p-55, u, w, p, r;
    /* x - pi/4 = q pi/2 + angle */
    wf_dd angle = wf_dd_fast(up ? -0x1.921fb54442d18p-1 : 0x1.921fb54442d18p-1, e.r.h), s, c, main;
    wf_dd scale = wf_bessel_root(huge ? x * 0x1p-600 : x);
    angle = wf_dd_fast(angle.h, angle.l + (e.r.l + low));
    s = wf_sin_small(angle);
    c = wf_cos_small(angle);
    u = huge ? 0.0 : scale.h * scale.h; /* 1 / x */
    w = u * u;
    if (order) {
        p = 0x1.cc11ef705e8b5p+44;
        p = wf_fma(p, w, -0x1.c63de42cc2919p+41);
        p = wf_fma(p, w, 0x1.a416623fbb4d2p+37);
        p = wf_fma(p, w, -0x1.edd6d662d54cbp+32);
        p = wf_fma(p, w, 0x1.aed66e7adbc83p+27);
        p = wf_fma(p, w, -0x1.3f7424cf8dd4cp+22);
        p = wf_fma(p, w, 0x1.d6de04b602ab5p+16);
        p = wf_fma(p, w, -0x1.997de16d86b24p+11);
        p = wf_fma(p, w, 0x1.e61dcda24b1f6p+6);
        p = wf_fma(p, w, -0x1.b8901cb0eafbep+2);
        p = wf_fma(p, w, 0x1.5a6a53ea14aacp-1);
        p = wf_fma(p, w, -0x1.274ffffdd40f5p-3);
        p = wf_fma(p, w, 0x1.dfffffffffcd5p-4);
        r = 0x1.082cca200bc39p+42;
        r = wf_fma(r, w, -0x1.ff0995e120e9ap+38);
        r = wf_fma(r, w, 0x1.d0873ba9cf45ep+34);
        r = wf_fma(r, w, -0x1.0e98ced9c8f68p+30);
        r = wf_fma(r, w, 0x1.dc5463763396bp+24);
        r = wf_fma(r, w, -0x1.7072c8a265f68p+19);
        r = wf_fma(r, w, 0x1.29fffbcb072c6p+14);
        r = wf_fma(r, w, -0x1.2ccdb7a7edfd1p+9);
        r = wf_fma(r, w, 0x1.b3e56c3d23123p+4);
        r = wf_fma(r, w, -0x1.fe57912f56ca1p+0);
        r = wf_fma(r, w, 0x1.1c3cff87f1378p-2);
        r = wf_fma(r, w, -0x1.a3ffffffce3d4p-4);
        r = wf_fma(r, w, 0x1.7fffffffffffap-2);
    } else {
        p = -0x1.b2af75bba453dp+44;
        p = wf_fma(p, w, 0x1.acf1b1c31f5e8p+41);
        p = wf_fma(p, w, -0x1.8c5cbd431d96bp+37);
        p = wf_fma(p, w, 0x1.d1533034d0903p+32);
        p = wf_fma(p, w, -0x1.95094d3f0bff2p+27);
        p = wf_fma(p, w, 0x1.2b1f62c032822p+22);
        p = wf_fma(p, w, -0x1.b5dfe5c9c9f69p+16);
        p = wf_fma(p, w, 0x1.78a2e01ce1a6ep+11);
        p = wf_fma(p, w, -0x1.b7ceb7d2333dbp+6);
        p = wf_fma(p, w, 0x1.84bb43bd323dap+2);
        p = wf_fma(p, w, -0x1.251ee42012f4fp-1);
        p = wf_fma(p, w, 0x1.cb5ffffbe1a71p-4);
        p = wf_fma(p, w, -0x1.1fffffffffcffp-4);
        r = -0x1.f440a27ff713dp+41;
        r = wf_fma(r, w, 0x1.e345bc40a5382p+38);
        r = wf_fma(r, w, -0x1.b693da3a79b27p+34);
        r = wf_fma(r, w, 0x1.fdc96c39d9d64p+29);
        r = wf_fma(r, w, -0x1.bf20e4db03653p+24);
        r = wf_fma(r, w, 0x1.57f37ce1e1722p+19);
        r = wf_fma(r, w, -0x1.13be36758923p+14);
        r = wf_fma(r, w, 0x1.129d7e77f1fa8p+9);
        r = wf_fma(r, w, -0x1.86023b8b5950fp+4);
        r = wf_fma(r, w, 0x1.ba4bdb4a98fb8p+0);
        r = wf_fma(r, w, -0x1.d11dff21ea88cp-3);
        r = wf_fma(r, w, 0x1.2bffffffd2b03p-4);
        r = wf_fma(r, w, -0x1.fffffffffffebp-4);
    }
    p = p * w;
    r = r * u;
    /* with S, C = sin, cos of x - pi/4: order 0: j = P C - Q S, y = P S + Q C; order 1: j = P S + Q C,
     * -y = P C - Q S */
    swap = (q & 1) != (order == second);
    main = wf_dd_pick(swap, c, s);
    s = wf_dd_pick(swap, s, c);
    swap = order == second ? q + 1 : q;
    main = wf_dd_flip(swap & 2, main); /* C or S */
    u = s.h + s.l;
    swap = order == second ? q + 2 : q + 1;
    u = swap & 2 ? -u : u; /* -S or C */
    main = wf_dd_sum(main.h, main.l + wf_fma(main.h + main.l, p, u * r));
    main = wf_dd_flip(order && second, main);
    scale = wf_dd_mul(scale, wf_dd_make(0x1.9884533d43651p-1, -0x1.cbc0d30ebfd15p-55));
    return wf_dd_mul(main, wf_dd_times(scale, huge ? 0x1p-300 : 1.0));
}
/* For finite x >= 0. */
WF_INNER wf_dd wf_bessel_j(double x, int order) {
    wf_dd s, far;
    double h, l; /* words apart: see wf_trig_reduce */
    if (x < WF_BESSEL_FAR) {
        s = wf_bessel_j_near(wf_bessel_find(wf_unless_tiny(x)), order);
        s = order ? wf_dd_mul1(s, x) : s;
        h = s.h;
        l = s.l;
    } else {
        far = wf_bessel_hankel(x, order, 0);
        h = far.h;
        l = far.l;
    }
    return wf_dd_make(h, l);
}
/* For x > 0, x < WF_BESSEL_FAR. Of order 1 the high word may overflow. */
WF_INNER wf_dd wf_bessel_y_near(double x, int order) {
    int tiny = x < 0x1p-80;
    double power = x < 0x1p-1000 ? 0x1p100 : 1.0, c = x * power, r;
    wf_bessel_place at = wf_bessel_find(wf_unless_tiny(x));
    wf_dd two_over_pi = wf_dd_make(0x1.45f306dc9c883p-1, -0x1.6b01ec5417056p-55), s, pole;
    s = wf_dd_mul(wf_log_extended(order && tiny ? 1.0 : x), two_over_pi);
    s = wf_bessel_fma(wf_bessel_j_near(at, order), s, order ? wf_bessel_y1_rest(at) : wf_bessel_y0_rest(at));
    if (!order) return s;
    r = 1.0 / c;
    pole = wf_dd_mul(wf_dd_make(r, r * wf_fma(-c, r, 1.0)), two_over_pi);
    pole = wf_dd_neg(pole);
    s = wf_bessel_fma(s, wf_dd_make(tiny ? 0.0 : x, 0.0), pole);
    return wf_dd_times(s, power);
}
/* For finite x > 0. */
WF_INNER wf_dd wf_bessel_y(double x, int order) {
    wf_dd s, far;
    double h, l;
    if (x < WF_BESSEL_FAR) {
        s = wf_bessel_y_near(x, order);
        h = s.h;
        l = s.l;
    } else {
        far = wf_bessel_hankel(x, order, 1);
        h = far.h;
        l = far.l;
    }
    return wf_dd_make(h, l);
}

WF_DEVICE double wf_j0(double x) {
    double a = wf_fabs(x);
    wf_dd r = wf_bessel_j(a < WF_INF ? a : 0.0, 0);
    return a < WF_INF ? r.h + r.l : wf_isnan(x) ? x : 0.0;
}
WF_DEVICE double wf_j1(double x) {
    double a = wf_fabs(x), y;
    wf_dd r = wf_bessel_j(a < WF_INF ? wf_unless_tiny(a) : 0.0, 1);
    y = a < 0x1p-80 ? a * 0.5 : r.h + r.l;
    y = a < WF_INF ? y : wf_isnan(x) ? x : 0.0;
    return wf_bessel_negative(x) ? -y : y;
}
WF_INNER double wf_bessel_outside(double x, double y) {
    y = x == 0.0 ? -WF_INF : y;
    y = x < 0.0 ? WF_NAN : y;
    return x < WF_INF ? y : wf_isnan(x) ? x : 0.0;
}
WF_DEVICE double wf_y0(double x) {
    wf_dd r = wf_bessel_y(((x > 0.0) & (x < WF_INF)) ? x : 1.0, 0);
    return wf_bessel_outside(x, r.h + r.l);
}
WF_DEVICE double wf_y1(double x) {
    wf_dd r = wf_bessel_y(((x > 0.0) & (x < WF_INF)) ? x : 1.0, 1);
    return wf_bessel_outside(x, r.h + r.l);
}

/* j of order n >= 2 for finite x >= 0. */
WF_INNER double wf_bessel_jn(int n, double x) {
    wf_dd j0, j1, next, two_over_x;
    int k;
    if (x == 0.0) return 0.0;
    if (x < 0x1p-40) { /* the first term, (x / 2)^n / n! */
        j0 = wf_dd_make(1.0, 0.0);
        for (k = 1; k <= n && j0.h > 0.0; k++)
            j0 = wf_dd_div(wf_dd_mul1(j0, x * 0.5), wf_dd_make((double)k, 0.0));
        return j0.h + j0.l;
    }
    two_over_x = wf_dd_div(wf_dd_make(2.0, 0.0), wf_dd_make(x, 0.0));
    if ((double)n < x) {
        j0 = wf_bessel_j(x, 0);
        j1 = wf_bessel_j(x, 1);
        for (k = 1; k < n; k++) {
            next = wf_dd_sub(wf_dd_mul(wf_dd_mul1(two_over_x, (double)k), j1), j0);
            j0 = j1;
            j1 = next;
        }
        return j1.h + j1.l;
    } else {
        /* |j| <= (x/2)^n / n! underflows? (log n! >= n log n - n) */
        double size = (double)n * (wf_log(x * 0.5) - wf_log((double)n) + 1.0), scale = 1.0, y;
        wf_dd at_n = wf_dd_make(0.0, 0.0), norm = at_n;
        int start = n + 20 + (int)wf_sqrt(160.0 * (double)n);
        if (size < -750.0) return 0.0;
        start = start + (start & 1);
        j0 = wf_dd_make(0.0, 0.0);      /* order k + 1 */
        j1 = wf_dd_make(0x1p-300, 0.0); /* order k */
        for (k = start; k > 0; k--) {
            next = wf_dd_sub(wf_dd_mul(wf_dd_mul1(two_over_x, (double)k), j1), j0);
            if (!(k & 1)) norm = wf_dd_add(norm, wf_dd_times(j1, 2.0));
            if (k == n) at_n = wf_dd_make(j1.h, j1.l);
            j0 = j1;
            j1 = next;
            if (wf_fabs(j1.h) > 0x1p500) { /* everything down, the value at n in two parts */
                j0 = wf_dd_times(j0, 0x1p-600);
                j1 = wf_dd_times(j1, 0x1p-600);
                norm = wf_dd_times(norm, 0x1p-600);
                scale = k <= n ? scale * 0x1p-600 : scale;
            }
        }
        norm = wf_dd_add(norm, j1); /* j0 + 2 j2 + 2 j4 + … = 1 */
        at_n = wf_dd_div(at_n, norm);
        y = (at_n.h + at_n.l) * scale;
        return y;
    }
}
WF_DEVICE double wf_jn(int n, double x) {
    double a = wf_fabs(x), y;
    int m = n < 0 ? -n : n, flip = (m & 1) && (n < 0) != wf_bessel_negative(x);
    if (wf_isnan(x)) return x;
    if (!(a < WF_INF)) return 0.0;
    y = m == 0 ? wf_j0(a) : m == 1 ? wf_j1(a) : 0.0;
    if (m > 1) y = wf_bessel_jn(m, a);
    return flip ? -y : y;
}
WF_DEVICE double wf_yn(int n, double x) {
    int m = n < 0 ? -n : n, k;
    double y;
    wf_dd y0, y1, next, two_over_x;
    if (!(x > 0.0) || !(x < WF_INF)) return wf_bessel_outside(x, 0.0);
    if (m == 0) return wf_y0(x);
    y = wf_y1(x);
    if (m > 1 && y > -WF_INF) {
        y0 = wf_bessel_y(x, 0);
        y1 = wf_bessel_y(x, 1);
        two_over_x = wf_dd_div(wf_dd_make(2.0, 0.0), wf_dd_make(x, 0.0));
        for (k = 1; k < m; k++) {
            /* times 1/16, so that only the last step can overflow; from there on the values only grow */
            double size = wf_fabs(y1.h) * 0.0625 * two_over_x.h * (double)k;
            if (!(size < 0x1p1022)) return n < 0 && (m & 1) ? WF_INF : -WF_INF;
            next = wf_dd_mul(wf_dd_mul1(two_over_x, (double)k), wf_dd_times(y1, 0.0625));
            next = wf_dd_sub(next, wf_dd_times(y0, 0.0625));
            y = (next.h + next.l) * 16.0;
            y0 = y1;
            y1 = wf_dd_times(next, 16.0);
        }
    }
    return n < 0 && (m & 1) ? -y : y;
}

/* clang-format off */
/* i0(x) for x < 8, z = x^2. */
WF_INNER wf_dd wf_bessel_i0_near(wf_dd z) {
    wf_dd s;
    double p;
    p = 0x1.15e418d7eaaf4p-120;
    p = wf_fma(p, z.h, 0x1.3c4dca5ec0245p-111);
    p = wf_fma(p, z.h, 0x1.445da7a51b23cp-101);
    p = wf_fma(p, z.h, 0x1.e60694ea71a8ep-92);
    p = wf_fma(p, z.h, 0x1.41a9b5c7441b5p-82);
    p = wf_fma(p, z.h, 0x1.69c8f87d45c8cp-73);
    p = wf_fma(p, z.h, 0x1.5601a46b52f14p-64);
    p = wf_fma(p, z.h, 0x1.0b31312923958p-55);
    p = wf_fma(p, z.h, 0x1.522a440fad32cp-47);
    p = wf_fma(p, z.h, 0x1.522a43f504054p-39);
    s = wf_dd_make(p, 0.0);
    s = wf_bessel_step(s, z, 0x1.02e85c08a4ffbp-31, -0x1.d6729362e8b69p-85);
    s = wf_bessel_step(s, z, 0x1.23456789ab326p-24, -0x1.d5b357ac1b924p-78);
    s = wf_bessel_step(s, z, 0x1.c71c71c71c7bap-18, 0x1.171f09f5ed0d6p-73);
    s = wf_bessel_step(s, z, 0x1.c71c71c71c717p-12, -0x1.a05ea1db21997p-66);
    s = wf_bessel_step(s, z, 0x1p-6, 0x1.c0d105fec2c05p-62);
    s = wf_bessel_step(s, z, 0x1p-2, -0x1.950440fad1d06p-63);
    s = wf_bessel_step(s, z, 0x1p+0, 0x1.cb8570d3b7f85p-67);
    return s;
}
/* i1(x) / x. */
WF_INNER wf_dd wf_bessel_i1_near(wf_dd z) {
    wf_dd s;
    double p;
    p = 0x1.0184646e426efp-125;
    p = wf_fma(p, z.h, 0x1.4016262100a58p-116);
    p = wf_fma(p, z.h, 0x1.5930459c1f095p-106);
    p = wf_fma(p, z.h, 0x1.15d491aa99bc1p-96);
    p = wf_fma(p, z.h, 0x1.8be034297c5bbp-87);
    p = wf_fma(p, z.h, 0x1.e261ceebba1bcp-78);
    p = wf_fma(p, z.h, 0x1.f176b57019bedp-69);
    p = wf_fma(p, z.h, 0x1.ab81e8f2d8988p-60);
    p = wf_fma(p, z.h, 0x1.2c9758e97e552p-51);
    p = wf_fma(p, z.h, 0x1.522a43f589d92p-43);
    s = wf_dd_make(p, 0.0);
    s = wf_bessel_step(s, z, 0x1.27e4fb7791c8ep-35, -0x1.238d0d6d89b5fp-89);
    s = wf_bessel_step(s, z, 0x1.845c8a0ce4a8ep-28, 0x1.a29a8843661d1p-82);
    s = wf_bessel_step(s, z, 0x1.6c16c16c16c5p-21, 0x1.c189569c6aaabp-75);
    s = wf_bessel_step(s, z, 0x1.c71c71c71c71ap-15, 0x1.c3bfb835456a4p-71);
    s = wf_bessel_step(s, z, 0x1.5555555555555p-9, 0x1.86ea8973258f2p-63);
    s = wf_bessel_step(s, z, 0x1p-4, -0x1.9471d011efcfbp-67);
    s = wf_bessel_step(s, z, 0x1p-1, 0x1.09de2a111d95ep-70);
    return s;
}
/* i0(x) exp(-x) sqrt(x) for x >= 8, u = 1 / x, in two pieces. */
WF_INNER wf_dd wf_bessel_i0_far(double u) {
    int middle = u > 0.0625;
    wf_dd s;
    double t = u - (middle ? 0.09375 : 0.03125), p;
    p = middle ? 0x1.1d50b054ea26p+28 : 0x1.203ad29bd1861p+22;
    p = wf_fma(p, t, middle ? -0x1.62afc59b0b797p+23 : 0x1.34e5bbccc60c9p+19);
    p = wf_fma(p, t, middle ? -0x1.d397966228b11p+21 : 0x1.3e4055e27e152p+15);
    p = wf_fma(p, t, middle ? 0x1.80f88b7d9774p+17 : 0x1.7cd681d052f82p+11);
    p = wf_fma(p, t, middle ? 0x1.4074b978de5ccp+15 : 0x1.758840d6f5e35p+8);
    p = wf_fma(p, t, middle ? -0x1.7df20296fea8p+10 : 0x1.b48e24ccef829p+5);
    p = wf_fma(p, t, middle ? -0x1.fe37e30693a4fp+8 : 0x1.29aecbb0e01cap+3);
    p = wf_fma(p, t, middle ? -0x1.31b5b2935d15ap+4 : 0x1.ea5294984fbeep+0);
    p = wf_fma(p, t, middle ? 0x1.e253a034f8acdp+1 : 0x1.ef67aee566bbfp-2);
    p = wf_fma(p, t, middle ? 0x1.c6382e2024964p-1 : 0x1.3a08c9be2eb04p-3);
    p = wf_fma(p, t, middle ? 0x1.782a347e99defp-3 : 0x1.02d40e68e99b5p-4);
    p = wf_fma(p, t, middle ? 0x1.fddc93921bf48p-5 : 0x1.25cd11bbe42bfp-5);
    p = wf_fma(p, t, middle ? 0x1.4669d4382c0e9p-5 : 0x1.fd45ca44d62f4p-6);
    p = wf_fma(p, t, middle ? 0x1.cb893ff82f005p-5 : 0x1.a7a0f52d8b308p-5);
    s = wf_bessel_step(wf_dd_make(p, 0.0), wf_dd_make(t, 0.0), middle ? 0x1.9d95f3db6c2d7p-2 : 0x1.9a2444cad63c4p-2, middle ? 0x1.70078296d6ca4p-57 : 0x1.86f29aa3d58b6p-56);
    return s;
}
/* i1(x) exp(-x) sqrt(x). */
WF_INNER wf_dd wf_bessel_i1_far(double u) {
    int middle = u > 0.0625;
    wf_dd s;
    double t = u - (middle ? 0.09375 : 0.03125), p;
    p = middle ? -0x1.253b8c7cad227p+28 : -0x1.369a319eba29fp+22;
    p = wf_fma(p, t, middle ? 0x1.9b589a0d4d821p+23 : -0x1.46d832e172402p+19);
    p = wf_fma(p, t, middle ? 0x1.dded82df8dfc9p+21 : -0x1.4ef439deeaf49p+15);
    p = wf_fma(p, t, middle ? -0x1.b7bc6e3293237p+17 : -0x1.97fee4e4e11cdp+11);
    p = wf_fma(p, t, middle ? -0x1.49cd7ded71768p+15 : -0x1.953be05db9346p+8);
    p = wf_fma(p, t, middle ? 0x1.cbf02f7b7cc4bp+10 : -0x1.de8de3f898047p+5);
    p = wf_fma(p, t, middle ? 0x1.0f8b99d325bc3p+9 : -0x1.4b10a99f065ddp+3);
    p = wf_fma(p, t, middle ? 0x1.240d2b0a8f41cp+4 : -0x1.15be3899b0fdp+1);
    p = wf_fma(p, t, middle ? -0x1.167da7a47df45p+2 : -0x1.1f8e52db9c71cp-1);
    p = wf_fma(p, t, middle ? -0x1.02ea2f18837e5p+0 : -0x1.792d70198b08fp-3);
    p = wf_fma(p, t, middle ? -0x1.c1904f1a005d6p-3 : -0x1.47243a83c85fdp-4);
    p = wf_fma(p, t, middle ? -0x1.4ee22c1f37ce9p-4 : -0x1.947d7ad12e238p-5);
    p = wf_fma(p, t, middle ? -0x1.01052113efcd7p-4 : -0x1.a179cca808f54p-5);
    p = wf_fma(p, t, middle ? -0x1.470fe5abaa641p-3 : -0x1.38a200a5fb757p-3);
    s = wf_bessel_step(wf_dd_make(p, 0.0), wf_dd_make(t, 0.0), middle ? 0x1.89b1add3254e2p-2 : 0x1.93ae76b00177p-2, middle ? -0x1.cb5dcb00bb784p-56 : -0x1.24c31b82a8ce2p-56);
    return s;
}
/* clang-format on */
/* i of order 0 or 1, x >= 0. */
WF_INNER double wf_bessel_i(double x, int order) {
    wf_dd s, root;
    wf_exp_scaled e;
    double y, c;
    if (x < WF_BESSEL_FAR) {
        s = wf_dd_prod(x, x);
        s = order ? wf_dd_mul1(wf_bessel_i1_near(s), x) : wf_bessel_i0_near(s);
        y = s.h + s.l;
    } else {
        c = x < 720.0 ? x : 720.0;
        root = wf_bessel_root(c);
        e = wf_exp_of_pair(wf_dd_make(c, 0.0));
        s = order ? wf_bessel_i1_far(root.h * root.h) : wf_bessel_i0_far(root.h * root.h);
        s = wf_dd_mul(wf_dd_mul(root, e.h), s);
        y = wf_scale(s.h + s.l, e.n);
    }
    return y;
}
WF_DEVICE double wf_cyl_bessel_i0(double x) {
    double y = wf_bessel_i(wf_unless_tiny(wf_fabs(x)), 0);
    return wf_isnan(x) ? x : y;
}
WF_DEVICE double wf_cyl_bessel_i1(double x) {
    double a = wf_fabs(x), y = wf_bessel_i(wf_unless_tiny(a), 1);
    y = a < 0x1p-80 ? a * 0.5 : y;
    return wf_isnan(x) ? x : wf_copysign(y, x);
}
#endif
