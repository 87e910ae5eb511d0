/* table.h: the functions that are measured. */
static const entry table[] = {
    {"exp", wf_expf, exp, wf_exp, expq, -746, 710, 0},
    {"exp2", wf_exp2f, exp2, wf_exp2, exp2_q, -1075, 1024, 0},
    {"exp10", wf_exp10f, exp10, wf_exp10, exp10_q, -324, 308.3, 0},
    {"expm1", wf_expm1f, expm1, wf_expm1, expm1q, -40, 3, 0},
    {"log", wf_logf, log, wf_log, logq, 0, 4, 0},
    {"log2", wf_log2f, log2, wf_log2, log2q, 0, 4, 0},
    {"log10", wf_log10f, log10, wf_log10, log10q, 0, 4, 0},
    {"log1p", wf_log1pf, log1p, wf_log1p, log1pq, -1, 3, 0},
    {"sin", wf_sinf, sin, wf_sin, sinq, -100, 100, 0},
    {"cos", wf_cosf, cos, wf_cos, cosq, -100, 100, 0},
    {"tan", wf_tanf, tan, wf_tan, tanq, -100, 100, 0},
    {"sinpi", wf_sinpif, sinpi_d, wf_sinpi, sinpi_q, -4, 4, 0},
    {"cospi", wf_cospif, cospi_d, wf_cospi, cospi_q, -4, 4, 0},
    {"tanpi", wf_tanpif, tanpi_d, wf_tanpi, tanpi_q, -4, 4, 0},
    {"asin", wf_asinf, asin, wf_asin, asinq, -1, 1, 0},
    {"acos", wf_acosf, acos, wf_acos, acosq, -1, 1, 0},
    {"atan", wf_atanf, atan, wf_atan, atanq, -4, 4, 0},
    {"sinh", wf_sinhf, sinh, wf_sinh, sinhq, -3, 3, 0},
    {"cosh", wf_coshf, cosh, wf_cosh, coshq, -3, 3, 0},
    {"tanh", wf_tanhf, tanh, wf_tanh, tanhq, -3, 3, 0},
    {"asinh", wf_asinhf, asinh, wf_asinh, asinhq, -4, 4, 0},
    {"acosh", wf_acoshf, acosh, wf_acosh, acoshq, 1, 4, 0},
    {"atanh", wf_atanhf, atanh, wf_atanh, atanhq, -1, 1, 0},
};
static const entry2 table2[] = {
    {"atan2", wf_atan2f, wf_atan2, atan2q, -1, 1, -1, 1},
};
