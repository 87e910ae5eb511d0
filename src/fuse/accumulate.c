/* fuse/accumulate.c: what a reduction carries: one value, or parts that belong together.
 *
 * Accumulators begin with an exact identity (taking it in changes no bit): -0.0 for sums, because -0.0 + x is
 * x for every x, also for -0.0; 1 for products; the worst value for minima and maxima, NaN for those that take no NaN. argmin and argmax
 * carry a value and its index. Parts of an earlier level come back as operands.
 *
 * Squared deviations (for variances) carry an origin, the mean's distance from it, the sum of the squares of
 * the deviations from the mean, and the count. A lane's origin is its first element: sums of x - origin and
 * of its square lose at most log2(64) bits then, usually one, and nothing is divided in the loop. Two sets
 * are put together as Chan, Golub and LeVeque do. Differences of origins are exact where data lie close
 * together far from zero, so the result is as good as that of two readings. */
#include "fuse/inner.h"
#include <math.h>

static int is_arg(const fuse_build *b) {
    return b->k->reduction == WF_RED_ARGMIN || b->k->reduction == WF_RED_ARGMAX;
}
static int is_deviations(const fuse_build *b) { return b->k->reduction == WF_RED_DEVIATIONS; }
static wf_dtype acc_type(const fuse_build *b) { return (wf_dtype)b->k->acc; }

/* The most extreme value of t; upward: the largest. */
static wf_expr *extreme(fuse_build *b, int upward) {
    wf_dtype t = acc_type(b);
    const wf_type *type = fuse_register(b, t);
    if (wf_dtype_is_float(t)) return fuse_real(b, type, upward ? INFINITY : -INFINITY);
    int bits = (int)wf_dtype_size(t) * 8;
    uint64_t value;
    if (t == WF_DT_BOOL) value = (uint64_t)upward;
    else if (wf_dtype_kind(t) == 'u') value = upward ? ~(uint64_t)0 >> (64 - bits) : 0;
    else value = upward ? ((uint64_t)1 << (bits - 1)) - 1 : (uint64_t)0 - ((uint64_t)1 << (bits - 1));
    return wf_make_int(b->u, type, value, fuse_nowhere);
}

static wf_expr *identity(fuse_build *b) {
    wf_dtype t = acc_type(b);
    const wf_type *type = fuse_register(b, t);
    int real = wf_dtype_is_float(t) || wf_dtype_is_complex(t);
    wf_number n;
    switch (b->k->reduction) {
    case WF_RED_SUM: return real ? fuse_real(b, type, -0.0) : wf_make_int(b->u, type, 0, fuse_nowhere);
    case WF_RED_PROD:
        if (real) return fuse_real(b, type, 1.0);
        return wf_make_int(b->u, type, 1, fuse_nowhere);
    case WF_RED_DEVIATIONS: return fuse_real(b, type, 0);
    case WF_RED_FMIN:
    case WF_RED_FMAX: return fuse_real(b, type, NAN);
    case WF_RED_MIN:
    case WF_RED_ARGMIN: return extreme(b, 1);
    case WF_RED_MAX:
    case WF_RED_ARGMAX: return extreme(b, 0);
    default:
        wf_reduction_identity((wf_reduction)b->k->reduction, t, &n);
        return wf_make_int(b->u, type, (uint64_t)n.i, fuse_nowhere);
    }
}

static const wf_type *wide(fuse_build *b) { return wf_type_scalar(b->u, WF_TY_LLONG); }

fuse_acc fuse_acc_new(fuse_build *b, wf_expr *first) {
    const wf_type *type = fuse_register(b, acc_type(b));
    fuse_acc a = {.part = {fuse_local(b, "a", type, identity(b))}};
    if (wf_dtype_is_complex(acc_type(b))) a.part[1] = fuse_local(b, "a", type, identity(b));
    if (is_arg(b)) {
        if (b->k->partial)
            a.part[1] = fuse_local(b, "index", wide(b), wf_make_int(b->u, wide(b), INT64_MAX, fuse_nowhere));
        else {
            const wf_type *type = wf_type_scalar(b->u, WF_TY_INT);
            a.at = fuse_local(b, "at", type, fuse_cast(b, type, first));
        }
    }
    if (is_deviations(b)) {
        a.part[1] = fuse_local(b, "sum", type, fuse_real(b, type, 0));
        a.part[2] = fuse_local(b, "squares", type, fuse_real(b, type, 0));
        if (b->k->partial)
            a.part[3] = fuse_local(b, "n", wide(b), wf_make_int(b->u, wide(b), 0, fuse_nowhere));
    }
    return a;
}

/* x is better than a: NaN first, then the value, then the lower index. */
static wf_expr *better(fuse_build *b, const fuse_acc *a, const fuse_acc *x) {
    wf_op op = b->k->reduction == WF_RED_ARGMIN ? WF_OP_LT : WF_OP_GT;
    wf_expr *value = fuse_bin(b, op, fuse_ref(b, x->part[0]), fuse_ref(b, a->part[0]));
    wf_expr *same = fuse_bin(b, WF_OP_EQ, fuse_ref(b, x->part[0]), fuse_ref(b, a->part[0]));
    if (wf_dtype_is_float(acc_type(b))) {
        wf_var *xn = fuse_local(b, "xn", wf_type_scalar(b->u, WF_TY_BOOL),
                                fuse_bin(b, WF_OP_NE, fuse_ref(b, x->part[0]), fuse_ref(b, x->part[0])));
        wf_var *an = fuse_local(b, "an", wf_type_scalar(b->u, WF_TY_BOOL),
                                fuse_bin(b, WF_OP_NE, fuse_ref(b, a->part[0]), fuse_ref(b, a->part[0])));
        wf_expr *only_x = fuse_bin(b, WF_OP_GT, fuse_ref(b, xn), fuse_ref(b, an));
        wf_expr *both = fuse_bin(b, WF_OP_AND, fuse_ref(b, xn), fuse_ref(b, an));
        value = fuse_bin(b, WF_OP_OR, value, only_x);
        same = fuse_bin(b, WF_OP_OR, same, both);
    }
    wf_expr *lower = fuse_bin(b, WF_OP_LT, fuse_ref(b, x->part[1]), fuse_ref(b, a->part[1]));
    return fuse_bin(b, WF_OP_OR, value, fuse_bin(b, WF_OP_AND, same, lower));
}

static void combine_arg(fuse_build *b, const fuse_acc *a, const fuse_acc *x) {
    wf_var *take =
        fuse_local(b, "take", wf_type_scalar(b->u, WF_TY_BOOL), wf_make_bool(b->u, better(b, a, x)));
    wf_expr *value =
        wf_make_cond(b->u, fuse_ref(b, take), fuse_ref(b, x->part[0]), fuse_ref(b, a->part[0]), fuse_nowhere);
    wf_expr *index =
        wf_make_cond(b->u, fuse_ref(b, take), fuse_ref(b, x->part[1]), fuse_ref(b, a->part[1]), fuse_nowhere);
    fuse_set(b, a->part[0], value);
    fuse_set(b, a->part[1], index);
}

static void combine_complex(fuse_build *b, const fuse_acc *a, const fuse_acc *x) { /* sums only */
    fuse_set(b, a->part[0], fuse_bin(b, WF_OP_ADD, fuse_ref(b, a->part[0]), fuse_ref(b, x->part[0])));
    fuse_set(b, a->part[1], fuse_bin(b, WF_OP_ADD, fuse_ref(b, a->part[1]), fuse_ref(b, x->part[1])));
}

static wf_expr *add(fuse_build *b, wf_expr *x, wf_expr *y) { return fuse_bin(b, WF_OP_ADD, x, y); }
static wf_expr *sub(fuse_build *b, wf_expr *x, wf_expr *y) { return fuse_bin(b, WF_OP_SUB, x, y); }
static wf_expr *mul(fuse_build *b, wf_expr *x, wf_expr *y) { return fuse_bin(b, WF_OP_MUL, x, y); }

static wf_expr *is_any(fuse_build *b, wf_var *n) {
    return fuse_bin(b, WF_OP_NE, fuse_ref(b, n), wf_make_int(b->u, wide(b), 0, fuse_nowhere));
}

/* x / n in the accumulator's type; 0 for a set of no elements. */
static wf_expr *shared_by(fuse_build *b, wf_expr *x, wf_var *n) {
    const wf_type *type = fuse_register(b, acc_type(b));
    wf_expr *quotient = fuse_bin(b, WF_OP_DIV, x, fuse_cast(b, type, fuse_ref(b, n)));
    return wf_make_cond(b->u, is_any(b, n), quotient, fuse_real(b, type, 0), fuse_nowhere);
}

/* Two sets of n_a and n_x elements, with w = n_x / (n_a + n_x) and d the difference of their means: the mean
 * is mean_a + d w, the squares are squares_a + squares_x + d² (n_a w). The origin is a's, or x's if a is
 * empty. */
static void combine_deviations(fuse_build *b, const fuse_acc *a, const fuse_acc *x) {
    const wf_type *type = fuse_register(b, acc_type(b));
    fuse_set(b, a->part[0],
             wf_make_cond(b->u, is_any(b, a->part[3]), fuse_ref(b, a->part[0]), fuse_ref(b, x->part[0]),
                          fuse_nowhere));
    wf_var *before = fuse_local(b, "before", type, fuse_cast(b, type, fuse_ref(b, a->part[3])));
    fuse_set(b, a->part[3], add(b, fuse_ref(b, a->part[3]), fuse_ref(b, x->part[3])));
    wf_var *w =
        fuse_local(b, "w", type, shared_by(b, fuse_cast(b, type, fuse_ref(b, x->part[3])), a->part[3]));
    wf_expr *origins = sub(b, fuse_ref(b, x->part[0]), fuse_ref(b, a->part[0]));
    wf_var *d =
        fuse_local(b, "d", type, add(b, origins, sub(b, fuse_ref(b, x->part[1]), fuse_ref(b, a->part[1]))));
    fuse_set(b, a->part[1], add(b, fuse_ref(b, a->part[1]), mul(b, fuse_ref(b, d), fuse_ref(b, w))));
    wf_expr *apart =
        mul(b, mul(b, fuse_ref(b, d), fuse_ref(b, d)), mul(b, fuse_ref(b, before), fuse_ref(b, w)));
    fuse_set(b, a->part[2], add(b, add(b, fuse_ref(b, a->part[2]), fuse_ref(b, x->part[2])), apart));
}

/* A NaN is not taken, so that the identity's bits are what is left when there is nothing else. */
static void combine_numbers(fuse_build *b, const fuse_acc *a, const fuse_acc *x) {
    wf_expr *number = fuse_bin(b, WF_OP_EQ, fuse_ref(b, x->part[0]), fuse_ref(b, x->part[0]));
    wf_expr *extreme =
        fuse_min_max(b, b->k->reduction == WF_RED_FMAX, acc_type(b), a->part[0], x->part[0], 0);
    fuse_set(b, a->part[0], wf_make_cond(b->u, number, extreme, fuse_ref(b, a->part[0]), fuse_nowhere));
}

void fuse_acc_combine(fuse_build *b, const fuse_acc *a, const fuse_acc *x) {
    static const uint8_t ops[WF_RED_COUNT] = {
        [WF_RED_SUM] = WF_OP_ADD, [WF_RED_PROD] = WF_OP_MUL, [WF_RED_ANY] = WF_OP_OR,
        [WF_RED_ALL] = WF_OP_AND, [WF_RED_AND] = WF_OP_AND,  [WF_RED_OR] = WF_OP_OR,
        [WF_RED_XOR] = WF_OP_XOR};
    if (is_arg(b)) combine_arg(b, a, x);
    else if (is_deviations(b)) combine_deviations(b, a, x);
    else if (wf_dtype_is_complex(acc_type(b))) combine_complex(b, a, x);
    else if (b->k->reduction == WF_RED_FMIN || b->k->reduction == WF_RED_FMAX) combine_numbers(b, a, x);
    else if (b->k->reduction == WF_RED_MIN || b->k->reduction == WF_RED_MAX)
        fuse_set(b, a->part[0],
                 fuse_min_max(b, b->k->reduction == WF_RED_MAX, acc_type(b), a->part[0], x->part[0], 1));
    else
        fuse_set(b, a->part[0],
                 fuse_bin(b, (wf_op)ops[b->k->reduction], fuse_ref(b, a->part[0]), fuse_ref(b, x->part[0])));
}

/* Elements come in the order of their positions: one as good as an earlier one is not taken. `at` stands at
 * the first that could come, so that all elements may be as bad as the identity. */
static void take_arg(fuse_build *b, const fuse_acc *a, wf_var *x, wf_var *position) {
    wf_op no_better = b->k->reduction == WF_RED_ARGMIN ? WF_OP_GE : WF_OP_LE;
    wf_expr *worse = fuse_bin(b, no_better, fuse_ref(b, x), fuse_ref(b, a->part[0]));
    wf_expr *take = wf_make_unary(b->u, WF_OP_LNOT, worse, fuse_nowhere);
    if (wf_dtype_is_float(acc_type(b))) /* x may be NaN; the first NaN stays */
        take = fuse_bin(b, WF_OP_AND, take,
                        fuse_bin(b, WF_OP_EQ, fuse_ref(b, a->part[0]), fuse_ref(b, a->part[0])));
    wf_var *better = fuse_local(b, "take", wf_type_scalar(b->u, WF_TY_BOOL), wf_make_bool(b->u, take));
    fuse_set(b, a->part[0],
             wf_make_cond(b->u, fuse_ref(b, better), fuse_ref(b, x), fuse_ref(b, a->part[0]), fuse_nowhere));
    wf_expr *at = fuse_cast(b, wf_type_scalar(b->u, WF_TY_INT), fuse_ref(b, position));
    fuse_set(b, a->at, wf_make_cond(b->u, fuse_ref(b, better), at, fuse_ref(b, a->at), fuse_nowhere));
}

/* part[1] is the sum of the distances from the origin yet, part[2] that of their squares. */
static void take_deviation(fuse_build *b, const fuse_acc *a, wf_var *x, wf_var *first) {
    fuse_set(b, a->part[0],
             wf_make_cond(b->u, fuse_ref(b, first), fuse_ref(b, x), fuse_ref(b, a->part[0]), fuse_nowhere));
    wf_var *d = fuse_local(b, "d", x->type, sub(b, fuse_ref(b, x), fuse_ref(b, a->part[0])));
    fuse_set(b, a->part[1], add(b, fuse_ref(b, a->part[1]), fuse_ref(b, d)));
    fuse_set(b, a->part[2], add(b, fuse_ref(b, a->part[2]), mul(b, fuse_ref(b, d), fuse_ref(b, d))));
}

/* The sums of a lane become a mean and the squares of the deviations from it. */
static void close_deviations(fuse_build *b, fuse_acc *a, wf_expr *count) {
    const wf_type *type = fuse_register(b, acc_type(b));
    a->part[3] = fuse_local(b, "n", wide(b), fuse_cast(b, wide(b), count));
    wf_var *mean = fuse_local(b, "mean", type, shared_by(b, fuse_ref(b, a->part[1]), a->part[3]));
    wf_var *squares = fuse_local(
        b, "left", type, sub(b, fuse_ref(b, a->part[2]), mul(b, fuse_ref(b, a->part[1]), fuse_ref(b, mean))));
    wf_expr *below = fuse_bin(b, WF_OP_LT, fuse_ref(b, squares), fuse_real(b, type, 0));
    fuse_set(b, a->part[2],
             wf_make_cond(b->u, below, fuse_real(b, type, 0), fuse_ref(b, squares), fuse_nowhere));
    fuse_set(b, a->part[1], fuse_ref(b, mean));
}

wf_var *fuse_acc_first(fuse_build *b, wf_var *s, uint32_t step) {
    if (!is_deviations(b) || b->k->partial) return NULL;
    wf_expr *first = wf_make_bool(b->u, fuse_bin(b, WF_OP_LT, fuse_ref(b, s), fuse_int(b, step)));
    return fuse_local(b, "first", wf_type_scalar(b->u, WF_TY_BOOL), first);
}

void fuse_acc_take(fuse_build *b, const fuse_acc *a, const fuse_value *values, wf_var *position,
                   wf_var *first) {
    const wf_fuse_kernel *k = b->k;
    fuse_value v = values[k->taken];
    fuse_acc x = {.part = {v.re, v.im}};
    const wf_type *type = fuse_register(b, acc_type(b));
    if (type != v.re->type) x.part[0] = fuse_local(b, "x", type, fuse_ref(b, v.re));
    if (k->partial) {
        uint32_t parts = wf_reduction_parts((wf_reduction)k->reduction);
        for (uint32_t p = 1; p < parts; p++) x.part[p] = values[k->value_count - parts + p].re;
        fuse_acc_combine(b, a, &x);
    } else if (is_arg(b)) take_arg(b, a, x.part[0], position);
    else if (is_deviations(b)) take_deviation(b, a, x.part[0], first);
    else fuse_acc_combine(b, a, &x);
}

void fuse_acc_close(fuse_build *b, fuse_acc *a, wf_var *base, wf_expr *count) {
    if (a->at) {
        wf_expr *first = fuse_cast(b, wide(b), fuse_ref(b, base));
        a->part[1] = fuse_local(b, "index", wide(b), fuse_bin(b, WF_OP_ADD, first, fuse_ref(b, a->at)));
        a->at = NULL;
    }
    if (is_deviations(b) && !b->k->partial) close_deviations(b, a, count);
}

int wf_fuse_supports_reduction(wf_reduction op, wf_dtype acc) {
    /* a complex product has no exact identity (0 · inf) */
    return !wf_dtype_is_complex(acc) || op == WF_RED_SUM;
}
