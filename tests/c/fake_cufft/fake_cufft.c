/* A stand-in for cuFFT over the stand-in driver, whose device memory is host memory: transforms are sums, axis by
 * axis, over the layouts that a plan was given, so that those can be checked where there is no GPU. */
#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#ifndef CREATE_STATUS /* what cufftCreate answers: 5 is CUFFT_INTERNAL_ERROR */
#define CREATE_STATUS 0
#endif
enum { MOST = 64, INVALID_PLAN = 1, INVALID_VALUE = 4, NO_WORKSPACE = 14, WORK = 4096 };
static struct plan {
    int live, rank, type, has_stream;
    long long n[3], embed_in[3], embed_out[3], stride[2], apart[2], count;
    char *work;
} plans[MOST];

static struct plan *plan_at(int h) { return h >= 0 && h < MOST && plans[h].live ? &plans[h] : NULL; }

int cufftCreate(int *h) {
    for (*h = 0; *h < MOST && plans[*h].live;) ++*h;
    if (CREATE_STATUS || *h == MOST) return CREATE_STATUS ? CREATE_STATUS : 2;
    memset(&plans[*h], 0, sizeof plans[*h]);
    plans[*h].live = 1;
    return 0;
}
int cufftSetAutoAllocation(int h, int own) { return plan_at(h) && !own ? 0 : INVALID_PLAN; }
int cufftSetStream(int h, void *stream) {
    if (!plan_at(h)) return INVALID_PLAN;
    plans[h].has_stream = stream != NULL;
    return 0;
}
int cufftSetWorkArea(int h, void *work) { return plan_at(h) ? (plans[h].work = work, 0) : INVALID_PLAN; }
int cufftDestroy(int h) { return plan_at(h) ? (plans[h].live = 0) : INVALID_PLAN; }

int cufftMakePlanMany64(int h, int rank, long long *n, long long *embed_in, long long stride_in,
                        long long apart_in, long long *embed_out, long long stride_out, long long apart_out,
                        int type, long long count, size_t *work) {
    struct plan *p = plan_at(h);
    if (!p || rank < 1 || rank > 3 || count < 1) return INVALID_VALUE;
    p->rank = rank, p->type = type, p->count = count;
    p->stride[0] = stride_in, p->stride[1] = stride_out, p->apart[0] = apart_in, p->apart[1] = apart_out;
    for (int i = 0; i < rank; i++)
        p->n[i] = n[i], p->embed_in[i] = embed_in[i], p->embed_out[i] = embed_out[i];
    *work = WORK;
    return 0;
}

/* Where number `at` (an index into the extents `size`) of a transform lies. */
static long long place(const struct plan *p, const long long *size, const long long *embed, int side,
                       long long i, long long at) {
    long long found = 0, step = 1;
    for (int k = p->rank - 1; k >= 0; k--) {
        found += at % size[k] * step;
        at /= size[k];
        step *= embed[k];
    }
    return i * p->apart[side] + found * p->stride[side];
}

/* The sum along one axis, in place. */
static void along(double complex *x, const long long *n, int rank, int axis, int sign) {
    long long length = n[axis], inner = 1, total = 1;
    for (int k = 0; k < rank; k++) total *= n[k], inner *= k > axis ? n[k] : 1;
    double complex *line = malloc((size_t)length * sizeof *line);
    for (long long start = 0; start < total; start++) {
        if (start / inner % length) continue;
        for (long long k = 0; k < length; k++) line[k] = x[start + k * inner];
        for (long long k = 0; k < length; k++) {
            double complex sum = 0;
            for (long long j = 0; j < length; j++)
                sum += line[j] * cexp(sign * 2 * acos(-1.0) * I * (double)(j * k % length) / (double)length);
            x[start + k * inner] = sum;
        }
    }
    free(line);
}

static double complex number(const void *from, int is_double, int is_real, long long at) {
    if (is_real) return is_double ? ((const double *)from)[at] : ((const float *)from)[at];
    return is_double ? ((const double complex *)from)[at] : ((const float complex *)from)[at];
}
static void put(void *to, int is_double, int is_real, long long at, double complex value) {
    if (is_real && is_double) ((double *)to)[at] = creal(value);
    else if (is_real) ((float *)to)[at] = (float)creal(value);
    else if (is_double) ((double complex *)to)[at] = value;
    else ((float complex *)to)[at] = (float complex)value;
}

static int transform(int h, void *in, void *out, int type, int sign) {
    struct plan *p = plan_at(h);
    if (!p || p->type != type) return INVALID_PLAN;
    if (!p->work) return NO_WORKSPACE;
    memset(p->work, 0xff, WORK);
    int is_double = type & 0x40, kind = type & 0x3f, rank = p->rank, last = rank - 1;
    long long halved[3] = {p->n[0], p->n[1], p->n[2]}, total = 1;
    halved[last] = p->n[last] / 2 + 1;
    for (int k = 0; k < rank; k++) total *= p->n[k];
    double complex *x = malloc((size_t)total * sizeof *x);
    for (long long i = 0; i < p->count; i++) {
        for (long long at = 0; at < total; at++) {
            long long from = at, mirrored = at % p->n[last] >= halved[last] && kind == 0x2c;
            if (kind == 0x2c) { /* only the last axis is halved: the rest comes from its mirror, one axis */
                if (rank > 1) return INVALID_VALUE;
                from = mirrored ? p->n[last] - at : at;
            }
            x[at] = number(in, is_double, kind == 0x2a,
                           place(p, kind == 0x2c ? halved : p->n, p->embed_in, 0, i, from));
            if (mirrored) x[at] = conj(x[at]);
        }
        for (int k = 0; k < rank; k++) along(x, p->n, rank, k, sign);
        const long long *size = kind == 0x2a ? halved : p->n;
        long long results = total / p->n[last] * size[last];
        for (long long at = 0; at < results; at++)
            put(out, is_double, kind == 0x2c, place(p, size, p->embed_out, 1, i, at),
                x[at / size[last] * p->n[last] + at % size[last]]);
    }
    for (long long i = 0; kind == 0x2c && i < p->count; i++) /* as cuFFT may */
        for (long long at = 0; at < halved[last]; at++)
            put(in, is_double, 0, place(p, halved, p->embed_in, 0, i, at), 99);
    free(x);
    return 0;
}
int cufftExecC2C(int h, void *in, void *out, int sign) { return transform(h, in, out, 0x29, sign); }
int cufftExecZ2Z(int h, void *in, void *out, int sign) { return transform(h, in, out, 0x69, sign); }
int cufftExecR2C(int h, void *in, void *out) { return transform(h, in, out, 0x2a, -1); }
int cufftExecD2Z(int h, void *in, void *out) { return transform(h, in, out, 0x6a, -1); }
int cufftExecC2R(int h, void *in, void *out) { return transform(h, in, out, 0x2c, 1); }
int cufftExecZ2D(int h, void *in, void *out) { return transform(h, in, out, 0x6c, 1); }
