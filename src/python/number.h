/* python/number.h: a number read out of a Python or NumPy object. */
#ifndef WF_PYTHON_NUMBER_H
#define WF_PYTHON_NUMBER_H
#include "python/arg.h"

typedef struct wf_py_number {
    char kind;     /* i u f c b, as NumPy's dtype.kind */
    uint32_t size; /* bytes of the NumPy scalar; 0: a Python number, which has none */
    union {
        int64_t i;
        uint64_t u;
        double f[2];
    } value;
    unsigned char raw[16]; /* the NumPy scalar's bytes */
} wf_py_number;

/* 1 a number, 0 something else (no exception), -1 exception (an int beyond 64 bits). */
int wf_py_number_of(PyObject *object, wf_py_number *number);
#endif
