/* runtime/scalar_math.h: the device library's functions of single numbers, for emitted code to call. */
#ifndef WF_RUNTIME_SCALAR_MATH_H
#define WF_RUNTIME_SCALAR_MATH_H

/* wf_cpu_launch.math; its order is WF_CPU_MATH's (emit/cpu_abi.h). NULL on an x86 without FMA. */
const void *const *wf__scalar_math(void);
#endif
