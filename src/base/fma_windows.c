/* base/fma_windows.c: fma and fmaf of the C library, in the place of MinGW's, which goes through x87's long double
 * and so rounds twice: one result in some hundred was another than everywhere else. */
#if defined(_WIN32) && defined(__x86_64__)
#include "base/soft_fma.h"

__attribute__((target("fma"))) static double quick(double x, double y, double z) {
    return __builtin_fma(x, y, z);
}
__attribute__((target("fma"))) static float quickf(float x, float y, float z) {
    return __builtin_fmaf(x, y, z);
}

double fma(double x, double y, double z);
float fmaf(float x, float y, float z);

double fma(double x, double y, double z) {
    return __builtin_cpu_supports("fma") ? quick(x, y, z) : wf_soft_fma(x, y, z);
}
float fmaf(float x, float y, float z) {
    return __builtin_cpu_supports("fma") ? quickf(x, y, z) : wf_soft_fmaf(x, y, z);
}
#else
typedef int wf_nothing_here; /* a file without a declaration is no C */
#endif
