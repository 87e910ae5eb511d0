/* device/wf_device_c.h: the device library's functions as the C core calls them: wf_ and C's name, float and
 * double.
 *
 * Not together with wf_device_all.h in one file (device.c excepted): that one defines them inline. */
#ifndef WF_DEVICE_C_H
#define WF_DEVICE_C_H

/* Functions of one argument, X(name): float wf_<name>f(float), double wf_<name>(double). */
#define WF_DEVICE_UNARY(X)                                                                                   \
    X(exp)                                                                                                   \
    X(exp2)                                                                                                  \
    X(exp10) X(expm1) X(log) X(log2) X(log10) X(log1p) X(sin) X(cos) X(tan) X(sinpi) X(cospi) X(tanpi)       \
        X(asin) X(acos) X(atan) X(sinh) X(cosh) X(tanh) X(asinh) X(acosh) X(atanh)

/* Of two arguments. */
#define WF_DEVICE_BINARY(X) X(atan2)

#define WF_DECLARE(name)                                                                                     \
    float wf_##name##f(float);                                                                               \
    double wf_##name(double);
WF_DEVICE_UNARY(WF_DECLARE)
#undef WF_DECLARE
#define WF_DECLARE(name)                                                                                     \
    float wf_##name##f(float, float);                                                                        \
    double wf_##name(double, double);
WF_DEVICE_BINARY(WF_DECLARE)
#undef WF_DECLARE

void wf_sincosf(float x, float *sine, float *cosine);
void wf_sincos(double x, double *sine, double *cosine);
void wf_sincospif(float x, float *sine, float *cosine);
void wf_sincospi(double x, double *sine, double *cosine);
#endif
