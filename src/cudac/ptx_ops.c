/* cudac/ptx_ops.c: the instructions of PTX that are known, each as CUDA C; the table at the end lists them.
 *
 * A function here gets the instruction at hand (its opcode's parts, its operands, its type) and writes
 * statements. */
#include "cudac/ptx_inner.h"
#include <stdlib.h>
#include <string.h>

static void binary(ptx *x, const char *format) { /* A and B: the operands */
    wf_text text;
    wf_text_init(&text, x->arena);
    for (const char *s = format; *s; s++) {
        if (*s >= 'A' && *s <= 'D' && !cc_ptx_is_name_char(s[1]) &&
            (s == format || !cc_ptx_is_name_char(s[-1])))
            wf_text_puts(&text, cc_ptx_arg(x, (unsigned)(*s - 'A') + 1, x->type));
        else wf_text_putc(&text, *s);
    }
    cc_ptx_put(x, x->args[0], x->type, text.data);
}

static int rounds_oddly(ptx *x) {
    if (!cc_ptx_has(x, "rz") && !cc_ptx_has(x, "rm") && !cc_ptx_has(x, "rp")) return 0;
    cc_ptx_fail(x, wf_arena_printf(x->arena, "instruction %s with this rounding", x->parts[0]));
    return 1;
}

static ptx_type wider(ptx_type t) { return (ptx_type){t.kind, t.bits * 2}; }

/* add sub addc subc mad.lo.cc …: x->type 32 or 64 bits */
static void with_carry(ptx *x, const char *a, const char *b, int subtracts) {
    const char *t = cc_ptx_c_type((ptx_type){'u', x->type.bits});
    int takes = !strncmp(x->parts[0], "addc", 4) || !strncmp(x->parts[0], "subc", 4) ||
                !strncmp(x->parts[0], "madc", 4);
    x->takes_carry |= takes && !x->sets_carry;
    wf_text_printf(&x->out, "{ %s a_ = (%s)%s, b_ = (%s)%s, c_ = %s, r_;", t, t, a, t, b,
                   takes ? "__ptx_carry" : "0");
    if (subtracts)
        wf_text_printf(&x->out, " r_ = a_ - b_ - c_;%s",
                       cc_ptx_has(x, "cc") ? " __ptx_carry = a_ < b_ || (a_ == b_ && c_);" : "");
    else
        wf_text_printf(&x->out, " r_ = a_ + b_ + c_;%s",
                       cc_ptx_has(x, "cc") ? " __ptx_carry = r_ < a_ || (r_ == a_ && c_);" : "");
    x->sets_carry |= cc_ptx_has(x, "cc");
    cc_ptx_put(x, x->args[0], (ptx_type){'u', x->type.bits}, "r_");
    wf_text_puts(&x->out, "}");
}

static int float_op(ptx *x, const char *name) { /* add sub mul div fma of floats, never contracted */
    if (x->type.kind != 'f') return 0;
    if (rounds_oddly(x)) return 1;
    if (x->type.bits == 16) {
        const char *op = name[0] == 'a' ? "+" : name[0] == 's' ? "-" : name[0] == 'm' ? "*" : "";
        if (*op) binary(x, wf_arena_printf(x->arena, "A %s B", op));
        else cc_ptx_fail(x, wf_arena_printf(x->arena, "instruction %s.f16", name));
        return 1;
    }
    const char *prefix = x->type.bits == 32 ? "f" : "d";
    if (!strcmp(name, "fma")) binary(x, x->type.bits == 32 ? "__fmaf_rn(A, B, C)" : "__fma_rn(A, B, C)");
    else binary(x, wf_arena_printf(x->arena, "__%s%s_rn(A, B)", prefix, name));
    return 1;
}

static void add_sub(ptx *x) {
    int sub = x->parts[0][0] == 's';
    if (float_op(x, sub ? "sub" : "add")) return;
    if (cc_ptx_has(x, "sat")) {
        cc_ptx_fail(x, "saturating addition");
        return;
    }
    if (cc_ptx_has(x, "cc") || x->parts[0][3] == 'c')
        return with_carry(x, cc_ptx_arg(x, 1, x->type), cc_ptx_arg(x, 2, x->type), sub);
    x->type.kind = x->type.kind == 's' ? 'u' : x->type.kind; /* wraps */
    binary(x, sub ? "A - B" : "A + B");
}

/* The product that .lo .hi .wide mean, and its type. */
static const char *product(ptx *x, ptx_type *t) {
    ptx_type wide = wider(x->type);
    *t = x->type;
    if (cc_ptx_has(x, "wide")) {
        *t = wide;
        return wf_arena_printf(x->arena, "((%s)%s * (%s)%s)", cc_ptx_c_type(wide), cc_ptx_arg(x, 1, x->type),
                               cc_ptx_c_type(wide), cc_ptx_arg(x, 2, x->type));
    }
    if (cc_ptx_has(x, "hi")) {
        int is_signed = x->type.kind == 's';
        const char *name = x->type.bits == 64 ? (is_signed ? "__mul64hi" : "__umul64hi")
                                              : (is_signed ? "__mulhi" : "__umulhi");
        if (x->type.bits < 32) return cc_ptx_fail(x, "mul.hi of 16 bits");
        return wf_arena_printf(x->arena, "%s(%s, %s)", name, cc_ptx_arg(x, 1, x->type),
                               cc_ptx_arg(x, 2, x->type));
    }
    ptx_type u = {'u', x->type.bits};
    return wf_arena_printf(x->arena, "(%s * %s)", cc_ptx_arg(x, 1, u), cc_ptx_arg(x, 2, u));
}

static void multiply(ptx *x) {
    ptx_type t;
    if (float_op(x, "mul")) return;
    const char *value = product(x, &t);
    cc_ptx_put(x, x->args[0], t, value);
}

static void multiply_add(ptx *x) {
    ptx_type t;
    if (float_op(x, "fma")) return;
    const char *value = product(x, &t);
    ptx_type u = {'u', t.bits};
    if (cc_ptx_has(x, "cc") || x->parts[0][3] == 'c') return with_carry(x, value, cc_ptx_arg(x, 3, u), 0);
    cc_ptx_put(x, x->args[0], u,
               wf_arena_printf(x->arena, "(%s)%s + %s", cc_ptx_c_type(u), value, cc_ptx_arg(x, 3, u)));
}

static void divide(ptx *x) {
    if (!float_op(x, "div")) binary(x, "A / B");
}

static void min_max(ptx *x) {
    int is_min = x->parts[0][1] == 'i';
    if (x->type.kind == 'f') binary(x, is_min ? "fmin(A, B)" : "fmax(A, B)");
    else binary(x, is_min ? "(A < B ? A : B)" : "(A > B ? A : B)");
}

static void shift(ptx *x) {
    const char *a = cc_ptx_arg(x, 1, x->type), *n = cc_ptx_arg(x, 2, (ptx_type){'u', 32});
    int left = x->parts[0][2] == 'l', is_signed = x->type.kind == 's';
    const char *beyond = is_signed && !left ? wf_arena_printf(x->arena, "(%s < 0 ? -1 : 0)", a) : "0";
    cc_ptx_put(x, x->args[0], x->type,
               wf_arena_printf(x->arena, "(%s >= %uu ? (%s)%s : (%s)(%s %s (%s & %uu)))", n, x->type.bits,
                               cc_ptx_c_type(x->type), beyond, cc_ptx_c_type(x->type), a, left ? "<<" : ">>",
                               n, x->type.bits - 1));
}

static void funnel(ptx *x) {
    ptx_type u = {'u', 32};
    const char *c = cc_ptx_has(x, "clamp") ? "c" : "";
    cc_ptx_put(x, x->args[0], u,
               wf_arena_printf(x->arena, "__funnelshift_%s%s(%s, %s, %s)", cc_ptx_has(x, "l") ? "l" : "r", c,
                               cc_ptx_arg(x, 1, u), cc_ptx_arg(x, 2, u), cc_ptx_arg(x, 3, u)));
}

static void three_inputs(ptx *x) { /* lop3 */
    ptx_type u = {'u', 32};
    unsigned long table = strtoul(x->arg_count > 4 ? x->args[4] : "", NULL, 0);
    wf_text text;
    wf_text_init(&text, x->arena);
    wf_text_puts(&text, "0u");
    for (unsigned i = 0; i < 8; i++)
        if (table >> i & 1)
            wf_text_printf(&text, " | (%s%s & %s%s & %s%s)", i & 4 ? "" : "~", cc_ptx_arg(x, 1, u),
                           i & 2 ? "" : "~", cc_ptx_arg(x, 2, u), i & 1 ? "" : "~", cc_ptx_arg(x, 3, u));
    if (x->arg_count < 5 || (x->args[4][0] == '%')) cc_ptx_fail(x, "lop3 with a table that is no number");
    cc_ptx_put(x, x->args[0], u, text.data);
}

static void extract_field(ptx *x) { /* bfe: position and length have 8 bits */
    ptx_type u = {'u', 32};
    unsigned bits = x->type.bits;
    const char *t = cc_ptx_c_type(x->type);
    wf_text_printf(&x->out, "{ %s a_ = %s, r_; unsigned p_ = %s & 255u, n_ = %s & 255u;", t,
                   cc_ptx_arg(x, 1, x->type), cc_ptx_arg(x, 2, u), cc_ptx_arg(x, 3, u));
    ptx_type w = {'u', bits};
    if (x->type.kind == 's')
        wf_text_printf(
            &x->out,
            " unsigned e_ = p_ + n_ > %uu ? %uu : p_ + n_; %s s_ = (a_ >> (p_ + n_ > %uu ? %uu : p_ + n_ - "
            "(n_ > 0u ? 1u : 0u))) & 1; r_ = n_ == 0u ? 0 : p_ >= %uu ? (%s)-s_ : "
            "(%s)((%s)((%s)a_ << (%uu - e_)) >> (%uu - e_ + p_));",
            bits, bits, t, bits - 1, bits - 1, bits, t, t, t, cc_ptx_c_type(w), bits, bits);
    else
        wf_text_printf(
            &x->out,
            " r_ = p_ >= %uu || n_ == 0u ? 0 : (a_ >> p_) & (n_ >= %uu ? ~(%s)0 : ((%s)1 << n_) - 1);", bits,
            bits, t, t);
    cc_ptx_put(x, x->args[0], x->type, "r_");
    wf_text_puts(&x->out, "}");
}

static void insert_field(ptx *x) { /* bfi d, a, b, position, length */
    ptx_type u = {'u', 32}, w = {'u', x->type.bits};
    const char *t = cc_ptx_c_type(w);
    wf_text_printf(
        &x->out,
        "{ %s a_ = %s, b_ = %s, m_; unsigned p_ = %s & 255u, n_ = %s & 255u; m_ = p_ >= %uu || n_ == 0u ? "
        "0 : (n_ >= %uu ? ~(%s)0 : ((%s)1 << n_) - 1) << p_; b_ = (b_ & ~m_) | (p_ >= %uu ? 0 : (a_ << p_) & "
        "m_);",
        t, cc_ptx_arg(x, 1, w), cc_ptx_arg(x, 2, w), cc_ptx_arg(x, 3, u), cc_ptx_arg(x, 4, u), w.bits, w.bits,
        t, t, w.bits);
    cc_ptx_put(x, x->args[0], w, "b_");
    wf_text_puts(&x->out, "}");
}

static void bits(ptx *x) { /* popc clz brev bfind */
    int wide = x->type.bits == 64;
    const char *name = x->parts[0];
    ptx_type w = {'u', x->type.bits}, result = {'u', name[0] == 'b' && name[1] == 'r' ? x->type.bits : 32};
    const char *a = cc_ptx_arg(x, 1, w);
    const char *value = !strcmp(name, "popc")  ? (wide ? "__popcll" : "__popc")
                        : !strcmp(name, "clz") ? (wide ? "__clzll" : "__clz")
                                               : (wide ? "__brevll" : "__brev");
    if (!strcmp(name, "bfind")) {
        if (x->type.kind == 's') a = wf_arena_printf(x->arena, "(%s ^ -(%s >> %u))", a, a, x->type.bits - 1);
        value = cc_ptx_has(x, "shiftamt")
                    ? wf_arena_printf(x->arena, "(%s == 0 ? ~0u : (unsigned)%s(%s))", a,
                                      wide ? "__clzll" : "__clz", a)
                    : wf_arena_printf(x->arena, "(%s == 0 ? ~0u : %uu - (unsigned)%s(%s))", a,
                                      x->type.bits - 1, wide ? "__clzll" : "__clz", a);
    } else {
        value = wf_arena_printf(x->arena, "%s(%s)", value, a);
    }
    cc_ptx_put(x, x->args[0], result, value);
}

static const char *comparison(ptx *x, const char *op) {
    static const char *const names[] = {"eq", "==", "ne", "!=", "lt", "<",  "le", "<=", "gt", ">",
                                        "ge", ">=", "lo", "<",  "ls", "<=", "hi", ">",  "hs", ">="};
    for (size_t i = 0; i < sizeof names / sizeof *names; i += 2)
        if (!strcmp(names[i], op)) return names[i + 1];
    return cc_ptx_fail(x, wf_arena_printf(x->arena, "comparison %s", op));
}

static void set_predicate(ptx *x) { /* setp.lt.and.s32 p|q, a, b, r */
    const char *op = comparison(x, x->part_count > 1 ? x->parts[1] : "");
    if (x->type.kind == 'b') x->type.kind = 'u';
    const char *a = cc_ptx_arg(x, 1, x->type), *b = cc_ptx_arg(x, 2, x->type), *and_ = "", *r = "";
    if (x->arg_count > 3) {
        and_ = cc_ptx_has(x, "and") ? " && " : cc_ptx_has(x, "or") ? " || " : " != ";
        r = cc_ptx_get(x, x->args[3], (ptx_type){'p', 1});
    }
    char *bar = strchr(x->args[0], '|');
    const char *q = bar ? cc_ptx_trimmed(x->arena, bar + 1, bar + strlen(bar)) : NULL;
    if (bar) x->args[0] = (char *)cc_ptx_trimmed(x->arena, x->args[0], bar);
    wf_text_printf(&x->out, "{ bool p_ = %s %s %s;", a, op, b);
    cc_ptx_put(x, x->args[0], (ptx_type){'p', 1}, wf_arena_printf(x->arena, "p_%s%s", and_, r));
    if (q) cc_ptx_put(x, q, (ptx_type){'p', 1}, wf_arena_printf(x->arena, "(!p_)%s%s", and_, r));
    wf_text_puts(&x->out, "}");
}

static void select_(ptx *x) {
    cc_ptx_put(x, x->args[0], x->type,
               wf_arena_printf(x->arena, "(%s ? %s : %s)", cc_ptx_arg(x, 3, (ptx_type){'p', 1}),
                               cc_ptx_arg(x, 1, x->type), cc_ptx_arg(x, 2, x->type)));
}

static void move(ptx *x) { /* also {a, b} in and out */
    char *list[8];
    unsigned n;
    if (x->arg_count < 2) {
        cc_ptx_fail(x, "mov without operands");
    } else if (x->args[1][0] == '{') {
        n = cc_ptx_vector_of(x, x->args[1], list);
        ptx_type w = {'u', x->type.bits}, part = {'u', n ? x->type.bits / n : 8};
        wf_text text;
        wf_text_init(&text, x->arena);
        for (unsigned i = 0; i < n; i++)
            wf_text_printf(&text, "%s(%s)%s << %u", i ? " | " : "", cc_ptx_c_type(w),
                           cc_ptx_get(x, list[i], part), i * part.bits);
        cc_ptx_put(x, x->args[0], w, text.data);
    } else if (x->args[0][0] == '{') {
        n = cc_ptx_vector_of(x, x->args[0], list);
        ptx_type w = {'u', x->type.bits}, part = {'u', n ? x->type.bits / n : 8};
        wf_text_printf(&x->out, "{ %s a_ = %s;", cc_ptx_c_type(w), cc_ptx_arg(x, 1, w));
        for (unsigned i = 0; i < n; i++)
            cc_ptx_put(x, list[i], part,
                       wf_arena_printf(x->arena, "(%s)(a_ >> %u)", cc_ptx_c_type(part), i * part.bits));
        wf_text_puts(&x->out, "}");
    } else {
        cc_ptx_put(x, x->args[0], x->type, cc_ptx_arg(x, 1, x->type));
    }
}

static void convert(ptx *x) { /* cvt.rounding.to.from */
    ptx_type to = {0, 0}, from = x->type;
    const char *rounding = "";
    for (unsigned i = 1; i + 1 < x->part_count; i++) {
        ptx_type t;
        if (cc_ptx_read_type(x->parts[i], &t)) to = t;
        else if (x->parts[i][0] == 'r') rounding = x->parts[i];
    }
    const char *a = cc_ptx_arg(x, 1, from);
    if (!to.bits) {
        cc_ptx_fail(x, "cvt of these types");
        return;
    }
    if (from.kind == 'f' && rounding[0] && rounding[strlen(rounding) - 1] == 'i') {
        const char *f = rounding[1] == 'n'   ? "rint"
                        : rounding[1] == 'z' ? "trunc"
                        : rounding[1] == 'm' ? "floor"
                                             : "ceil";
        if (from.bits == 16) a = wf_arena_printf(x->arena, "(float)%s", a);
        a = wf_arena_printf(x->arena, "%s(%s)", f, a);
    } else if (rounding[0] && strcmp(rounding, "rn")) {
        cc_ptx_fail(x, "cvt with this rounding");
    }
    if (cc_ptx_has(x, "sat") && to.kind == 'f')
        a = wf_arena_printf(x->arena, "fmin(fmax(%s, (%s)0), (%s)1)", a, cc_ptx_c_type(to),
                            cc_ptx_c_type(to));
    else if (cc_ptx_has(x, "sat")) cc_ptx_fail(x, "cvt.sat");
    cc_ptx_put(x, x->args[0], to, wf_arena_printf(x->arena, "(%s)(%s)", cc_ptx_c_type(to), a));
}

static int is_hint_only(const ptx *x) {
    return !cc_ptx_has(x, "mbarrier") && !cc_ptx_has(x, "async") && !cc_ptx_has(x, "shared::cluster") &&
           !cc_ptx_has(x, "param");
}

static void load(ptx *x) {
    char *list[8];
    unsigned n = cc_ptx_vector_of(x, x->args[0], list);
    if (!is_hint_only(x)) {
        cc_ptx_fail(x, "this kind of ld");
        return;
    }
    if (x->type.kind == 'b') x->type.kind = 'u';
    const char *p = cc_ptx_address(x, x->arg_count > 1 ? x->args[1] : "", x->type);
    const char *quals = cc_ptx_has(x, "volatile") ? "volatile " : "";
    for (unsigned i = 0; i < n; i++)
        cc_ptx_put(x, list[i], x->type,
                   wf_arena_printf(x->arena, "((const %s%s *)%s)[%u]", quals, cc_ptx_c_type(x->type), p, i));
}

static void store(ptx *x) {
    char *list[8];
    unsigned n = x->arg_count > 1 ? cc_ptx_vector_of(x, x->args[1], list) : 0;
    if (!is_hint_only(x)) {
        cc_ptx_fail(x, "this kind of st");
        return;
    }
    if (x->type.kind == 'b') x->type.kind = 'u';
    const char *p = cc_ptx_address(x, x->args[0], x->type);
    for (unsigned i = 0; i < n; i++)
        wf_text_printf(&x->out, "((%s%s *)%s)[%u] = %s;", cc_ptx_has(x, "volatile") ? "volatile " : "",
                       cc_ptx_c_type(x->type), p, i, cc_ptx_get(x, list[i], x->type));
}

static void atomic(ptx *x) { /* atom, red: the operation is a part */
    static const char *const ops[] = {
        "add", "atomicAdd", "exch", "atomicExch", "min", "atomicMin", "max", "atomicMax", "and", "atomicAnd",
        "or",  "atomicOr",  "xor",  "atomicXor",  "inc", "atomicInc", "dec", "atomicDec", "cas", "atomicCAS"};
    unsigned first = x->parts[0][0] == 'a';
    const char *name = NULL;
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i += 2)
        if (cc_ptx_has(x, ops[i])) name = ops[i + 1];
    if (!name || x->arg_count < first + 2) {
        cc_ptx_fail(x, "this atomic operation");
        return;
    }
    if (x->type.kind == 'b' || (x->type.kind == 's' && x->type.bits == 64)) x->type.kind = 'u';
    const char *more =
        strcmp(name, "atomicCAS") ? "" : wf_arena_printf(x->arena, ", %s", cc_ptx_arg(x, first + 2, x->type));
    const char *call =
        wf_arena_printf(x->arena, "%s(%s, %s%s)", name, cc_ptx_address(x, x->args[first], x->type),
                        cc_ptx_arg(x, first + 1, x->type), more);
    if (first) cc_ptx_put(x, x->args[0], x->type, call);
    else wf_text_printf(&x->out, "%s;", call);
}

static void shuffle(ptx *x) { /* shfl.sync.mode.b32 d|p, a, b, c, mask */
    static const char *const modes[] = {"up", "_up", "down", "_down", "bfly", "_xor", "idx", ""};
    const char *mode = NULL;
    ptx_type u = {'u', 32};
    for (size_t i = 0; i < 8; i += 2)
        if (cc_ptx_has(x, modes[i])) mode = modes[i + 1];
    if (!mode || !cc_ptx_has(x, "sync") || strchr(x->args[0], '|') || x->arg_count < 5) {
        cc_ptx_fail(x, "this form of shfl");
        return;
    }
    cc_ptx_put(x, x->args[0], u,
               wf_arena_printf(x->arena, "__shfl%s_sync(%s, %s, %s, (int)(32u - (%s >> 8 & 31u)))", mode,
                               cc_ptx_arg(x, 4, u), cc_ptx_arg(x, 1, u), cc_ptx_arg(x, 2, u),
                               cc_ptx_arg(x, 3, u)));
}

static void vote(ptx *x) {
    ptx_type u = {'u', 32}, p = {'p', 1};
    const char *mask = cc_ptx_arg(x, 2, u), *a = cc_ptx_arg(x, 1, p);
    if (cc_ptx_has(x, "ballot"))
        cc_ptx_put(x, x->args[0], u, wf_arena_printf(x->arena, "__ballot_sync(%s, %s)", mask, a));
    else if (cc_ptx_has(x, "any"))
        cc_ptx_put(x, x->args[0], p, wf_arena_printf(x->arena, "__any_sync(%s, %s)", mask, a));
    else if (cc_ptx_has(x, "all"))
        cc_ptx_put(x, x->args[0], p, wf_arena_printf(x->arena, "__all_sync(%s, %s)", mask, a));
    else cc_ptx_fail(x, "this form of vote");
}

static void reduce_warp(ptx *x) {
    static const char *const ops[] = {"add", "min", "max", "and", "or", "xor"};
    for (size_t i = 0; i < 6; i++)
        if (cc_ptx_has(x, ops[i])) {
            if (x->type.kind == 'b') x->type.kind = 'u';
            cc_ptx_put(x, x->args[0], x->type,
                       wf_arena_printf(x->arena, "__reduce_%s_sync(%s, %s)", ops[i],
                                       cc_ptx_arg(x, 2, (ptx_type){'u', 32}), cc_ptx_arg(x, 1, x->type)));
            return;
        }
    cc_ptx_fail(x, "this form of redux");
}

static void barrier(ptx *x) {
    if (cc_ptx_has(x, "warp"))
        wf_text_printf(&x->out, "__syncwarp(%s);", cc_ptx_arg(x, 0, (ptx_type){'u', 32}));
    else if (cc_ptx_has(x, "sync") && x->arg_count == 1 && !strcmp(x->args[0], "0"))
        wf_text_puts(&x->out, "__syncthreads();");
    else if ((cc_ptx_has(x, "sync") || cc_ptx_has(x, "arrive")) && x->arg_count >= 1 && x->arg_count <= 2 &&
             !cc_ptx_has(x, "cluster"))
        wf_text_printf(&x->out, "__wf_barrier%s(%s, %s);", cc_ptx_has(x, "arrive") ? "_arrive" : "",
                       cc_ptx_arg(x, 0, (ptx_type){'u', 32}),
                       x->arg_count > 1 ? cc_ptx_arg(x, 1, (ptx_type){'u', 32}) : "0");
    else cc_ptx_fail(x, "this form of bar");
}

static void fence(ptx *x) {
    int block = cc_ptx_has(x, "cta"), system = cc_ptx_has(x, "sys");
    wf_text_printf(&x->out, "__threadfence%s();", block ? "_block" : system ? "_system" : "");
}

static void unary_float(ptx *x) {
    static const char *const names[] = {"sqrt",    "sqrt(A)",  "rsqrt",   "rsqrt(A)", "sin",
                                        "sinf(A)", "cos",      "cosf(A)", "ex2",      "exp2f(A)",
                                        "lg2",     "log2f(A)", "tanh",    "tanhf(A)"};
    if (rounds_oddly(x)) return;
    if (!strcmp(x->parts[0], "rcp")) return binary(x, x->type.bits == 32 ? "__frcp_rn(A)" : "__drcp_rn(A)");
    for (size_t i = 0; i < sizeof names / sizeof *names; i += 2)
        if (!strcmp(names[i], x->parts[0])) return binary(x, names[i + 1]);
}

static void copy_async(ptx *x) { /* cp.async: copies at once; the groups are always complete */
    if (!cc_ptx_has(x, "async") || cc_ptx_has(x, "bulk") || cc_ptx_has(x, "mbarrier")) {
        cc_ptx_fail(x, "this form of cp");
        return;
    }
    if (cc_ptx_has(x, "commit_group") || cc_ptx_has(x, "wait_group") || cc_ptx_has(x, "wait_all")) return;
    ptx_type c = {'u', 8};
    const char *size = x->arg_count > 2 ? x->args[2] : "16";
    const char *from = x->arg_count > 1 ? x->args[1] : "";
    /* the destination is shared, the source global memory */
    const char *to = cc_ptx_address(x, x->args[0], c);
    char *shared = x->parts[1];
    x->parts[1] = (char *)"global";
    char *kept[PARTS_MOST];
    memcpy(kept, x->parts, sizeof kept);
    for (unsigned i = 1; i < x->part_count; i++)
        if (!strcmp(x->parts[i], "shared")) x->parts[i] = (char *)"global";
    const char *source = cc_ptx_address(x, from, c);
    memcpy(x->parts, kept, sizeof kept);
    x->parts[1] = shared;
    const char *count =
        x->arg_count > 3 ? cc_ptx_arg(x, 3, (ptx_type){'u', 32}) : NULL; /* the rest becomes 0 */
    size = cc_ptx_get(x, size, (ptx_type){'u', 32});
    wf_text_printf(&x->out, "for (unsigned i_ = 0; i_ < %s; ++i_) %s[i_] = ", size, to);
    if (count) wf_text_printf(&x->out, "i_ >= %s ? (unsigned char)0 : ", count);
    wf_text_printf(&x->out, "%s[i_];", source);
}

static void bits_and(ptx *x) {
    if (x->type.kind == 'p') binary(x, "(A && B)");
    else binary(x, "A & B");
}
static void bits_or(ptx *x) {
    if (x->type.kind == 'p') binary(x, "(A || B)");
    else binary(x, "A | B");
}
static void bits_xor(ptx *x) {
    if (x->type.kind == 'p') binary(x, "(A != B)");
    else binary(x, "A ^ B");
}
static void bits_not(ptx *x) {
    if (x->type.kind == 'p') binary(x, "(!A)");
    else binary(x, "~A");
}
static void absolute(ptx *x) {
    if (x->type.kind == 'f') binary(x, "fabs(A)");
    else binary(x, "(A < 0 ? 0 - A : A)");
}
static void negate(ptx *x) {
    if (x->type.kind == 'f') binary(x, "(-A)");
    else binary(x, "(0 - A)");
}
static void remainder_(ptx *x) { binary(x, "A % B"); }
static void permute(ptx *x) {
    x->type.kind = 'u';
    if (x->part_count > 2) cc_ptx_fail(x, "prmt with a mode");
    binary(x, "__byte_perm(A, B, C)");
}
static void sad(ptx *x) {
    if (x->type.bits != 32) cc_ptx_fail(x, "sad of 16 or 64 bits");
    binary(x, x->type.kind == 's' ? "__sad(A, B, (unsigned)C)" : "__usad(A, B, C)");
}
static void dot4(ptx *x) { binary(x, "__dp4a(A, B, C)"); }
static void active(ptx *x) { cc_ptx_put(x, x->args[0], (ptx_type){'u', 32}, "__activemask()"); }
static void nothing(ptx *x) { (void)x; }
static void sleep_(ptx *x) {
    wf_text_printf(&x->out, "__nanosleep(%s);", cc_ptx_arg(x, 0, (ptx_type){'u', 32}));
}
static void trap(ptx *x) { wf_text_puts(&x->out, "__trap();"); }
static void branch(ptx *x) {
    wf_text_printf(&x->out, "goto __ptx_%s_%u;", x->arg_count ? x->args[0] : "", x->number);
}
static void to_space(ptx *x) { /* cvta */
    ptx_type u = {'u', x->type.bits};
    int shared = cc_ptx_has(x, "shared"), to = cc_ptx_has(x, "to");
    const char *f = !shared ? ""
                    : to    ? "__cvta_generic_to_shared((const void *)"
                            : "(unsigned long long)__cvta_shared_to_generic(";
    cc_ptx_put(x, x->args[0], u,
               wf_arena_printf(x->arena, "%s%s%s", f, cc_ptx_arg(x, 1, (ptx_type){'u', 64}), *f ? ")" : ""));
}
static void copysign_(ptx *x) { /* PTX: the sign of the first */
    cc_ptx_put(
        x, x->args[0], x->type,
        wf_arena_printf(x->arena, "copysign(%s, %s)", cc_ptx_arg(x, 2, x->type), cc_ptx_arg(x, 1, x->type)));
}

static const struct {
    const char *name;
    void (*translate)(ptx *);
} instructions[] = {
    {"mov", move},
    {"add", add_sub},
    {"sub", add_sub},
    {"addc", add_sub},
    {"subc", add_sub},
    {"mul", multiply},
    {"mad", multiply_add},
    {"madc", multiply_add},
    {"fma", multiply_add},
    {"div", divide},
    {"rem", remainder_},
    {"abs", absolute},
    {"neg", negate},
    {"min", min_max},
    {"max", min_max},
    {"and", bits_and},
    {"or", bits_or},
    {"xor", bits_xor},
    {"not", bits_not},
    {"shl", shift},
    {"shr", shift},
    {"shf", funnel},
    {"lop3", three_inputs},
    {"bfe", extract_field},
    {"bfi", insert_field},
    {"popc", bits},
    {"clz", bits},
    {"brev", bits},
    {"bfind", bits},
    {"prmt", permute},
    {"sad", sad},
    {"dp4a", dot4},
    {"setp", set_predicate},
    {"selp", select_},
    {"cvt", convert},
    {"cvta", to_space},
    {"ld", load},
    {"ldu", load},
    {"st", store},
    {"atom", atomic},
    {"red", atomic},
    {"shfl", shuffle},
    {"vote", vote},
    {"redux", reduce_warp},
    {"activemask", active},
    {"bar", barrier},
    {"barrier", barrier},
    {"membar", fence},
    {"fence", fence},
    {"rcp", unary_float},
    {"sqrt", unary_float},
    {"rsqrt", unary_float},
    {"sin", unary_float},
    {"cos", unary_float},
    {"ex2", unary_float},
    {"lg2", unary_float},
    {"tanh", unary_float},
    {"copysign", copysign_},
    {"cp", copy_async},
    {"prefetch", nothing},
    {"prefetchu", nothing},
    {"discard", nothing},
    {"applypriority", nothing},
    {"griddepcontrol", nothing},
    {"nanosleep", sleep_},
    {"trap", trap},
    {"brkpt", nothing},
    {"bra", branch},
    {"pmevent", nothing},
};

int cc_ptx_instruction(ptx *x) {
    size_t i = 0, count = sizeof instructions / sizeof *instructions;
    while (i < count && strcmp(instructions[i].name, x->parts[0])) i++;
    if (i == count) return 0;
    instructions[i].translate(x);
    return 1;
}
