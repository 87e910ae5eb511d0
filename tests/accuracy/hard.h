/* hard.h: inputs that are known to be hard: where argument reduction cancels most, where the result lies
 * nearest to the middle of two numbers or to one (Lefevre and Muller's tables; Muller, Elementary Functions),
 * and where formulas change. Of one argument: y is 0. */
/* clang-format off */
static const struct {
    const char *name;
    double x, y;
} hard[] = {
    /* 6381956970095103 2^797, the double nearest to a multiple of pi/2 (relative), and near small ones */
    {"sin", 0x1.6ac5b262ca1ffp+849, 0}, {"cos", 0x1.6ac5b262ca1ffp+849, 0}, {"tan", 0x1.6ac5b262ca1ffp+849, 0},
    {"sin", 0x1.921fb54442d18p+0, 0}, {"cos", 0x1.921fb54442d18p+0, 0}, {"tan", 0x1.921fb54442d18p+0, 0},
    {"sin", 0x1.921fb54442d18p+1, 0}, {"cos", 0x1.2d97c7f3321d2p+2, 0}, {"tan", 0x1.921fb54442d18p-1, 0},
    {"sin", 1e22, 0}, {"cos", 1e22, 0}, {"tan", 1e22, 0}, {"sin", 0x1.fffffffffffffp+1023, 0},
    {"cos", 0x1.fffffffffffffp+1023, 0}, {"tan", 0x1.fffffffffffffp+1023, 0}, {"sin", 0x1p-26, 0},
    {"exp", 7.5417527749959590085206221e-10, 0}, {"exp", 0x1.62e42fefa39efp+9, 0}, {"exp", -0x1.74910d52d3051p+9, 0},
    {"exp", -0x1.6232bdd7abcd2p+9, 0}, {"exp", 0x1p-53, 0}, {"exp", -0x1p-54, 0}, {"exp2", 0x1.fffffffffffffp+9, 0},
    {"exp2", -1074.5, 0}, {"exp10", 308.25471555991669, 0}, {"expm1", 0x1p-53, 0}, {"expm1", -0x1.2b708872320e2p+5, 0},
    {"log", 0x1.62a88613629b5p+678, 0}, {"log", 0x1.fffffffffffffp-1, 0}, {"log", 0x1.0000000000001p+0, 0},
    {"log2", 0x1.fffffffffffffp-1, 0}, {"log2", 0x1.0000000000001p+0, 0}, {"log10", 0x1.0000000000001p+0, 0},
    {"log10", 1e22, 0}, {"log1p", -0x1.fffffffffffffp-1, 0}, {"log1p", 0x1p-53, 0},
    {"asin", 0x1.fffffffffffffp-1, 0}, {"asin", 0x1p-1, 0}, {"acos", 0x1.fffffffffffffp-1, 0}, {"acos", 0x1p-54, 0},
    {"acos", -0x1.fffffffffffffp-1, 0}, {"atan", 0x1.a827999fcef32p-2, 0}, {"atan", 0x1.0000000000001p+0, 0},
    {"sinh", 0x1.633ce8fb9f87dp+9, 0}, {"cosh", 0x1.633ce8fb9f87dp+9, 0}, {"tanh", 0x1.30fc1931f09cap+4, 0},
    {"asinh", 0x1p-27, 0}, {"acosh", 0x1.0000000000001p+0, 0}, {"atanh", 0x1.fffffffffffffp-1, 0},
    {"cbrt", 0x1.fffffffffffffp-1, 0}, {"cbrt", 27, 0}, {"erf", 0x1.bp+2, 0}, {"erfc", 26.543, 0},
    {"tgamma", 171.62437695630271, 0}, {"tgamma", -0.5, 0}, {"lgamma", 0x1.0000000000001p+0, 0},
    {"lgamma", 0x1.fffffffffffffp+0, 0}, {"pow", 0x1.fffffffffffffp-1, 0x1p+52}, {"pow", 0x1.0000000000001p+0, 0x1p+58},
    {"pow", 2, 0.5}, {"pow", 10, -323.3}, {"pow", 1.5, 1749.2}, {"atan2", 0x1p-1022, 1}, {"atan2", 1, 0x1p+60},
    {"hypot", 0x1p-1074, 0x1p-1074}, {"hypot", 0x1.fffffffffffffp+1022, 0x1.fffffffffffffp+1022}, {"hypot", 3, 4},
    {"fmod", 0x1.fffffffffffffp+1023, 0x1p-1074}, {"remainder", 0x1.fffffffffffffp+1023, 3},
    {"j0", 0x1.fffffffffffffp+2, 0}, {"j0", 8, 0}, {"y0", 0x1.c982eb8d417eap-1, 0}, {"y1", 0x1.19b7921f03c8ep+1, 0},
    {"j1", 0x1.751c45ec5ac8bp+2, 0}, {"y1", 0x1p-81, 0}, {"y0", 0x1p-1074, 0}, {"i0", 8, 0}, {"i1", 0x1.fffffffffffffp+2, 0},
    {"lgamma", 0x1.754d9278b51a7p+1014, 0}, {"lgamma", 2.559e305, 0},
};
/* clang-format on */
