/* cudac/ptx.c: what inline PTX means, in CUDA C: for the CPU, where no PTX runs.
 *
 * The text of an asm statement is translated instruction by instruction into statements on variables: __ptx_0
 * and so on are the operands, registers that the text declares keep their names behind __ptx_. Registers are
 * unsigned integers, float, double or bool; an instruction reads them as its type says. An instruction that
 * is not known here (tensor cores, asynchronous copies by mbarrier, textures …) has no translation, and the
 * asm statement none then. Approximations (ex2.approx …) become the device library's functions, so their last
 * bits differ from a GPU's; .ftz is not carried out. The table at the end says what is known. */
#include "cudac/ptx.h"
#include <stdlib.h>
#include <string.h>

enum { PARTS_MOST = 10, ARGS_MOST = 12 };

typedef struct ptx_type {
    char kind; /* u s b f p */
    unsigned bits;
} ptx_type;

typedef struct ptx_register {
    struct ptx_register *next;
    const char *name; /* as the text writes it */
    char class;       /* as constraints: c 8 bits, h r l, f d, p */
} ptx_register;

typedef struct ptx {
    wf_arena *arena;
    wf_text out;
    const char *classes;
    uint32_t operand_count, number;
    ptx_register *registers;
    const char *failed; /* why there is no translation */
    int sets_carry, takes_carry;
    /* the instruction at hand */
    char *parts[PARTS_MOST]; /* add cc u32 */
    unsigned part_count;
    char *args[ARGS_MOST];
    unsigned arg_count;
    ptx_type type; /* the last of its types */
} ptx;

/* --- text --- */

static const char *fail(ptx *x, const char *why) {
    if (!x->failed) x->failed = why;
    return "0";
}

static int is_name_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
}

static const char *trimmed(wf_arena *arena, const char *from, const char *to) {
    while (from < to && strchr(" \t\r\n", *from)) from++;
    while (to > from && strchr(" \t\r\n", to[-1])) to--;
    return wf_arena_strndup(arena, from, (size_t)(to - from));
}

/* Without comments, lines joined. */
static char *without_comments(wf_arena *arena, const char *s) {
    char *copy = wf_arena_alloc(arena, strlen(s) + 1), *to = copy;
    while (*s) {
        if (s[0] == '/' && s[1] == '/') {
            while (*s && *s != '\n') s++;
        } else if (s[0] == '/' && s[1] == '*') {
            const char *end = strstr(s + 2, "*/");
            s = end ? end + 2 : s + strlen(s);
        } else {
            *to++ = *s++;
        }
    }
    *to = 0;
    return copy;
}

static int has(const ptx *x, const char *part) {
    for (unsigned i = 1; i < x->part_count; i++)
        if (strcmp(x->parts[i], part) == 0) return 1;
    return 0;
}

/* --- types --- */

static int read_type(const char *s, ptx_type *t) {
    if (!strcmp(s, "pred")) return *t = (ptx_type){'p', 1}, 1;
    if (!strchr("usbf", s[0]) || !s[0]) return 0;
    char *end;
    unsigned long bits = strtoul(s + 1, &end, 10);
    if (*end || (bits != 8 && bits != 16 && bits != 32 && bits != 64)) return 0;
    *t = (ptx_type){s[0], (unsigned)bits};
    return 1;
}

static const char *c_type(ptx_type t) {
    static const char *const unsigneds[] = {"unsigned char", "unsigned short", "unsigned int",
                                            "unsigned long long"};
    static const char *const signeds[] = {"signed char", "short", "int", "long long"};
    static const char *const floats[] = {"float", "__half", "float", "double"};
    unsigned i = t.bits == 8 ? 0 : t.bits == 16 ? 1 : t.bits == 32 ? 2 : 3;
    return t.kind == 'p' ? "bool" : t.kind == 'f' ? floats[i] : t.kind == 's' ? signeds[i] : unsigneds[i];
}

static char class_of(ptx_type t) {
    if (t.kind == 'p') return 'p';
    if (t.kind == 'f' && t.bits == 32) return 'f';
    if (t.kind == 'f' && t.bits == 64) return 'd';
    return t.bits == 8 ? 'c' : t.bits == 16 ? 'h' : t.bits == 32 ? 'r' : 'l';
}

static const char *class_type(char class) {
    switch (class) {
    case 'c': return "unsigned char";
    case 'h': return "unsigned short";
    case 'l': return "unsigned long long";
    case 'f': return "float";
    case 'd': return "double";
    case 'p': return "bool";
    default: return "unsigned int";
    }
}

const char *cc_ptx_operand_type(char constraint) { return class_type(constraint); }

/* --- operands --- */

static const char *special(ptx *x, const char *name) {
    static const struct {
        const char *name, *text;
    } table[] = {
        {"tid.x", "threadIdx.x"},
        {"tid.y", "threadIdx.y"},
        {"tid.z", "threadIdx.z"},
        {"ntid.x", "blockDim.x"},
        {"ntid.y", "blockDim.y"},
        {"ntid.z", "blockDim.z"},
        {"ctaid.x", "blockIdx.x"},
        {"ctaid.y", "blockIdx.y"},
        {"ctaid.z", "blockIdx.z"},
        {"nctaid.x", "gridDim.x"},
        {"nctaid.y", "gridDim.y"},
        {"nctaid.z", "gridDim.z"},
        {"laneid", "__wf_lane_id()"},
        {"warpid", "((threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z)) / 32u)"},
        {"nwarpid", "((blockDim.x * blockDim.y * blockDim.z + 31u) / 32u)"},
        {"smid", "0u"},
        {"nsmid", "1u"},
        {"gridid", "0u"},
        {"lanemask_eq", "(1u << __wf_lane_id())"},
        {"lanemask_lt", "((1u << __wf_lane_id()) - 1u)"},
        {"lanemask_le", "(~0u >> (31u - __wf_lane_id()))"},
        {"lanemask_gt", "(~(~0u >> (31u - __wf_lane_id())))"},
        {"lanemask_ge", "(~((1u << __wf_lane_id()) - 1u))"},
        {"clock", "((unsigned int)clock64())"},
        {"clock64", "((unsigned long long)clock64())"},
        {"globaltimer", "__wf_globaltimer()"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (!strcmp(table[i].name, name)) return table[i].text;
    return fail(x, wf_arena_printf(x->arena, "register %%%s", name));
}

/* The variable that an operand is; its class. NULL: it is none. */
static const char *variable(ptx *x, const char *arg, char *class) {
    if (arg[0] == '%' && arg[1] >= '0' && arg[1] <= '9') {
        unsigned long n = strtoul(arg + 1, NULL, 10);
        if (n >= x->operand_count) return fail(x, wf_arena_printf(x->arena, "operand %s", arg));
        *class = x->classes[n];
        return wf_arena_printf(x->arena, "__ptx_%lu", n);
    }
    for (ptx_register *r = x->registers; r; r = r->next)
        if (!strcmp(r->name, arg)) {
            *class = r->class;
            return wf_arena_printf(x->arena, "__ptx_%s_%u", arg + 2 * (arg[0] == '%'), x->number);
        }
    return NULL;
}

static const char *immediate(ptx *x, const char *arg, ptx_type t) {
    if (arg[0] == '0' && (arg[1] == 'f' || arg[1] == 'F') && t.kind == 'f')
        return wf_arena_printf(x->arena, "__uint_as_float(0x%su)", arg + 2);
    if (arg[0] == '0' && (arg[1] == 'd' || arg[1] == 'D') && t.kind == 'f')
        return wf_arena_printf(x->arena, "__longlong_as_double(0x%sll)", arg + 2);
    return wf_arena_printf(x->arena, "(%s)(%s)", c_type(t), arg);
}

/* An operand's value as type t. */
static const char *get(ptx *x, const char *arg, ptx_type t) {
    char class = 0;
    const char *negate = "";
    if (arg[0] == '!' && t.kind == 'p') negate = "!", arg++;
    const char *v = variable(x, arg, &class);
    if (!v && arg[0] == '%' && arg[1] == '%')
        return wf_arena_printf(x->arena, "(%s)(%s)", c_type(t), special(x, arg + 2));
    if (!v && (strchr("0123456789-+.(", arg[0]))) return immediate(x, arg, t);
    if (!v) return fail(x, wf_arena_printf(x->arena, "operand %s", arg));
    if (t.kind == 'p' || class == 'p') return wf_arena_printf(x->arena, "(%s%s)", negate, v);
    if (class == 'f' && t.kind == 'f' && t.bits == 32) return v;
    if (class == 'd' && t.kind == 'f' && t.bits == 64) return v;
    if (class == 'f') v = wf_arena_printf(x->arena, "__float_as_uint(%s)", v);
    if (class == 'd') v = wf_arena_printf(x->arena, "__double_as_longlong(%s)", v);
    if (t.kind != 'f') return wf_arena_printf(x->arena, "((%s)%s)", c_type(t), v);
    const char *as = t.bits == 32   ? "__uint_as_float((unsigned int)%s)"
                     : t.bits == 64 ? "__longlong_as_double((long long)%s)"
                                    : "__ushort_as_half((unsigned short)%s)";
    wf_text text;
    wf_text_init(&text, x->arena);
    const char *at = strstr(as, "%s");
    wf_text_add(&text, as, (size_t)(at - as));
    wf_text_printf(&text, "%s%s", v, at + 2);
    return text.data;
}

/* operand = value, which has type t. */
static void put(ptx *x, const char *arg, ptx_type t, const char *value) {
    char class = 0;
    if (!strcmp(arg, "_")) return wf_text_printf(&x->out, "(void)(%s);", value);
    const char *v = variable(x, arg, &class);
    if (!v) {
        fail(x, wf_arena_printf(x->arena, "result %s", arg));
        return;
    }
    if (t.kind == 'f' && (t.bits == 16 || class_of(t) != class))
        value = wf_arena_printf(x->arena, "%s(%s)",
                                t.bits == 32   ? "__float_as_uint"
                                : t.bits == 64 ? "__double_as_longlong"
                                               : "__half_as_ushort",
                                value);
    else if (t.kind != 'f' && class == 'f')
        value = wf_arena_printf(x->arena, "__uint_as_float((unsigned int)(%s))", value);
    else if (t.kind != 'f' && class == 'd')
        value = wf_arena_printf(x->arena, "__longlong_as_double((long long)(%s))", value);
    wf_text_printf(&x->out, "%s = (%s)(%s);", v, class_type(class), value);
}

static const char *arg(ptx *x, unsigned i, ptx_type t) {
    return i < x->arg_count ? get(x, x->args[i], t) : fail(x, "an operand is missing");
}

/* {a, b} into the array; 0: no list. */
static unsigned split_list(ptx *x, const char *s, char **out, unsigned most) {
    unsigned n = 0, depth = 0;
    const char *begin = s;
    for (;; s++) {
        if (*s == '{' || *s == '[' || *s == '(') depth++;
        if (*s == '}' || *s == ']' || *s == ')') depth--;
        if ((*s == ',' && !depth) || !*s) {
            if (n < most) out[n++] = (char *)trimmed(x->arena, begin, s);
            begin = s + 1;
        }
        if (!*s) return n;
    }
}

static unsigned vector_of(ptx *x, const char *s, char **out) {
    if (s[0] != '{') return out[0] = (char *)s, 1;
    const char *end = strrchr(s, '}');
    return split_list(x, trimmed(x->arena, s + 1, end ? end : s + strlen(s)), out, 8);
}

/* [a + 4] as a pointer to t. */
static const char *address(ptx *x, const char *s, ptx_type t) {
    const char *end = strchr(s, ']'), *plus;
    if (s[0] != '[' || !end) return fail(x, "an address is missing");
    const char *inner = trimmed(x->arena, s + 1, end), *base = inner;
    long long offset = 0;
    plus = strpbrk(inner + 1, "+-");
    if (plus) {
        base = trimmed(x->arena, inner, plus);
        offset = strtoll(plus + 1, NULL, 0);
        if (*plus == '-') offset = -offset;
        if (plus[1] == '-') offset = strtoll(plus + 1, NULL, 0);
    }
    const char *a = get(x, base, (ptx_type){'u', 64});
    const char *where =
        has(x, "shared") || !strncmp(x->parts[1], "shared", 6) ? "__cvta_shared_to_generic" : "";
    return wf_arena_printf(x->arena, "((%s *)%s(%s + (unsigned long long)%lldll))", c_type(t), where, a,
                           offset);
}

/* --- instructions: each gets the instruction at hand --- */

static void binary(ptx *x, const char *format) { /* A and B: the operands */
    wf_text text;
    wf_text_init(&text, x->arena);
    for (const char *s = format; *s; s++) {
        if (*s >= 'A' && *s <= 'D' && !is_name_char(s[1]) && (s == format || !is_name_char(s[-1])))
            wf_text_puts(&text, arg(x, (unsigned)(*s - 'A') + 1, x->type));
        else wf_text_putc(&text, *s);
    }
    put(x, x->args[0], x->type, text.data);
}

static int rounds_oddly(ptx *x) {
    if (!has(x, "rz") && !has(x, "rm") && !has(x, "rp")) return 0;
    fail(x, wf_arena_printf(x->arena, "instruction %s with this rounding", x->parts[0]));
    return 1;
}

static ptx_type wider(ptx_type t) { return (ptx_type){t.kind, t.bits * 2}; }

/* add sub addc subc mad.lo.cc …: x->type 32 or 64 bits */
static void with_carry(ptx *x, const char *a, const char *b, int subtracts) {
    const char *t = c_type((ptx_type){'u', x->type.bits});
    int takes = !strncmp(x->parts[0], "addc", 4) || !strncmp(x->parts[0], "subc", 4) ||
                !strncmp(x->parts[0], "madc", 4);
    x->takes_carry |= takes && !x->sets_carry;
    wf_text_printf(&x->out, "{ %s a_ = (%s)%s, b_ = (%s)%s, c_ = %s, r_;", t, t, a, t, b,
                   takes ? "__ptx_carry" : "0");
    if (subtracts)
        wf_text_printf(&x->out, " r_ = a_ - b_ - c_;%s",
                       has(x, "cc") ? " __ptx_carry = a_ < b_ || (a_ == b_ && c_);" : "");
    else
        wf_text_printf(&x->out, " r_ = a_ + b_ + c_;%s",
                       has(x, "cc") ? " __ptx_carry = r_ < a_ || (r_ == a_ && c_);" : "");
    x->sets_carry |= has(x, "cc");
    put(x, x->args[0], (ptx_type){'u', x->type.bits}, "r_");
    wf_text_puts(&x->out, "}");
}

static int float_op(ptx *x, const char *name) { /* add sub mul div fma of floats, never contracted */
    if (x->type.kind != 'f') return 0;
    if (rounds_oddly(x)) return 1;
    if (x->type.bits == 16) {
        const char *op = name[0] == 'a' ? "+" : name[0] == 's' ? "-" : name[0] == 'm' ? "*" : "";
        if (*op) binary(x, wf_arena_printf(x->arena, "A %s B", op));
        else fail(x, wf_arena_printf(x->arena, "instruction %s.f16", name));
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
    if (has(x, "sat")) {
        fail(x, "saturating addition");
        return;
    }
    if (has(x, "cc") || x->parts[0][3] == 'c')
        return with_carry(x, arg(x, 1, x->type), arg(x, 2, x->type), sub);
    x->type.kind = x->type.kind == 's' ? 'u' : x->type.kind; /* wraps */
    binary(x, sub ? "A - B" : "A + B");
}

/* The product that .lo .hi .wide mean, and its type. */
static const char *product(ptx *x, ptx_type *t) {
    ptx_type wide = wider(x->type);
    *t = x->type;
    if (has(x, "wide")) {
        *t = wide;
        return wf_arena_printf(x->arena, "((%s)%s * (%s)%s)", c_type(wide), arg(x, 1, x->type), c_type(wide),
                               arg(x, 2, x->type));
    }
    if (has(x, "hi")) {
        int is_signed = x->type.kind == 's';
        const char *name = x->type.bits == 64 ? (is_signed ? "__mul64hi" : "__umul64hi")
                                              : (is_signed ? "__mulhi" : "__umulhi");
        if (x->type.bits < 32) return fail(x, "mul.hi of 16 bits");
        return wf_arena_printf(x->arena, "%s(%s, %s)", name, arg(x, 1, x->type), arg(x, 2, x->type));
    }
    ptx_type u = {'u', x->type.bits};
    return wf_arena_printf(x->arena, "(%s * %s)", arg(x, 1, u), arg(x, 2, u));
}

static void multiply(ptx *x) {
    ptx_type t;
    if (float_op(x, "mul")) return;
    const char *value = product(x, &t);
    put(x, x->args[0], t, value);
}

static void multiply_add(ptx *x) {
    ptx_type t;
    if (float_op(x, "fma")) return;
    const char *value = product(x, &t);
    ptx_type u = {'u', t.bits};
    if (has(x, "cc") || x->parts[0][3] == 'c') return with_carry(x, value, arg(x, 3, u), 0);
    put(x, x->args[0], u, wf_arena_printf(x->arena, "(%s)%s + %s", c_type(u), value, arg(x, 3, u)));
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
    const char *a = arg(x, 1, x->type), *n = arg(x, 2, (ptx_type){'u', 32});
    int left = x->parts[0][2] == 'l', is_signed = x->type.kind == 's';
    const char *beyond = is_signed && !left ? wf_arena_printf(x->arena, "(%s < 0 ? -1 : 0)", a) : "0";
    put(x, x->args[0], x->type,
        wf_arena_printf(x->arena, "(%s >= %uu ? (%s)%s : (%s)(%s %s (%s & %uu)))", n, x->type.bits,
                        c_type(x->type), beyond, c_type(x->type), a, left ? "<<" : ">>", n,
                        x->type.bits - 1));
}

static void funnel(ptx *x) {
    ptx_type u = {'u', 32};
    const char *c = has(x, "clamp") ? "c" : "";
    put(x, x->args[0], u,
        wf_arena_printf(x->arena, "__funnelshift_%s%s(%s, %s, %s)", has(x, "l") ? "l" : "r", c, arg(x, 1, u),
                        arg(x, 2, u), arg(x, 3, u)));
}

static void three_inputs(ptx *x) { /* lop3 */
    ptx_type u = {'u', 32};
    unsigned long table = strtoul(x->arg_count > 4 ? x->args[4] : "", NULL, 0);
    wf_text text;
    wf_text_init(&text, x->arena);
    wf_text_puts(&text, "0u");
    for (unsigned i = 0; i < 8; i++)
        if (table >> i & 1)
            wf_text_printf(&text, " | (%s%s & %s%s & %s%s)", i & 4 ? "" : "~", arg(x, 1, u), i & 2 ? "" : "~",
                           arg(x, 2, u), i & 1 ? "" : "~", arg(x, 3, u));
    if (x->arg_count < 5 || (x->args[4][0] == '%')) fail(x, "lop3 with a table that is no number");
    put(x, x->args[0], u, text.data);
}

static void extract_field(ptx *x) { /* bfe: position and length have 8 bits */
    ptx_type u = {'u', 32};
    unsigned bits = x->type.bits;
    const char *t = c_type(x->type);
    wf_text_printf(&x->out, "{ %s a_ = %s, r_; unsigned p_ = %s & 255u, n_ = %s & 255u;", t,
                   arg(x, 1, x->type), arg(x, 2, u), arg(x, 3, u));
    ptx_type w = {'u', bits};
    if (x->type.kind == 's')
        wf_text_printf(
            &x->out,
            " unsigned e_ = p_ + n_ > %uu ? %uu : p_ + n_; %s s_ = (a_ >> (p_ + n_ > %uu ? %uu : p_ + n_ - "
            "(n_ > 0u ? 1u : 0u))) & 1; r_ = n_ == 0u ? 0 : p_ >= %uu ? (%s)-s_ : "
            "(%s)((%s)((%s)a_ << (%uu - e_)) >> (%uu - e_ + p_));",
            bits, bits, t, bits - 1, bits - 1, bits, t, t, t, c_type(w), bits, bits);
    else
        wf_text_printf(
            &x->out,
            " r_ = p_ >= %uu || n_ == 0u ? 0 : (a_ >> p_) & (n_ >= %uu ? ~(%s)0 : ((%s)1 << n_) - 1);", bits,
            bits, t, t);
    put(x, x->args[0], x->type, "r_");
    wf_text_puts(&x->out, "}");
}

static void insert_field(ptx *x) { /* bfi d, a, b, position, length */
    ptx_type u = {'u', 32}, w = {'u', x->type.bits};
    const char *t = c_type(w);
    wf_text_printf(
        &x->out,
        "{ %s a_ = %s, b_ = %s, m_; unsigned p_ = %s & 255u, n_ = %s & 255u; m_ = p_ >= %uu || n_ == 0u ? "
        "0 : (n_ >= %uu ? ~(%s)0 : ((%s)1 << n_) - 1) << p_; b_ = (b_ & ~m_) | (p_ >= %uu ? 0 : (a_ << p_) & "
        "m_);",
        t, arg(x, 1, w), arg(x, 2, w), arg(x, 3, u), arg(x, 4, u), w.bits, w.bits, t, t, w.bits);
    put(x, x->args[0], w, "b_");
    wf_text_puts(&x->out, "}");
}

static void bits(ptx *x) { /* popc clz brev bfind */
    int wide = x->type.bits == 64;
    const char *name = x->parts[0];
    ptx_type w = {'u', x->type.bits}, result = {'u', name[0] == 'b' && name[1] == 'r' ? x->type.bits : 32};
    const char *a = arg(x, 1, w);
    const char *value = !strcmp(name, "popc")  ? (wide ? "__popcll" : "__popc")
                        : !strcmp(name, "clz") ? (wide ? "__clzll" : "__clz")
                                               : (wide ? "__brevll" : "__brev");
    if (!strcmp(name, "bfind")) {
        if (x->type.kind == 's') a = wf_arena_printf(x->arena, "(%s ^ -(%s >> %u))", a, a, x->type.bits - 1);
        value = has(x, "shiftamt") ? wf_arena_printf(x->arena, "(%s == 0 ? ~0u : (unsigned)%s(%s))", a,
                                                     wide ? "__clzll" : "__clz", a)
                                   : wf_arena_printf(x->arena, "(%s == 0 ? ~0u : %uu - (unsigned)%s(%s))", a,
                                                     x->type.bits - 1, wide ? "__clzll" : "__clz", a);
    } else {
        value = wf_arena_printf(x->arena, "%s(%s)", value, a);
    }
    put(x, x->args[0], result, value);
}

static const char *comparison(ptx *x, const char *op) {
    static const char *const names[] = {"eq", "==", "ne", "!=", "lt", "<",  "le", "<=", "gt", ">",
                                        "ge", ">=", "lo", "<",  "ls", "<=", "hi", ">",  "hs", ">="};
    for (size_t i = 0; i < sizeof names / sizeof *names; i += 2)
        if (!strcmp(names[i], op)) return names[i + 1];
    return fail(x, wf_arena_printf(x->arena, "comparison %s", op));
}

static void set_predicate(ptx *x) { /* setp.lt.and.s32 p|q, a, b, r */
    const char *op = comparison(x, x->part_count > 1 ? x->parts[1] : "");
    if (x->type.kind == 'b') x->type.kind = 'u';
    const char *a = arg(x, 1, x->type), *b = arg(x, 2, x->type), *and_ = "", *r = "";
    if (x->arg_count > 3) {
        and_ = has(x, "and") ? " && " : has(x, "or") ? " || " : " != ";
        r = get(x, x->args[3], (ptx_type){'p', 1});
    }
    char *bar = strchr(x->args[0], '|');
    const char *q = bar ? trimmed(x->arena, bar + 1, bar + strlen(bar)) : NULL;
    if (bar) x->args[0] = (char *)trimmed(x->arena, x->args[0], bar);
    wf_text_printf(&x->out, "{ bool p_ = %s %s %s;", a, op, b);
    put(x, x->args[0], (ptx_type){'p', 1}, wf_arena_printf(x->arena, "p_%s%s", and_, r));
    if (q) put(x, q, (ptx_type){'p', 1}, wf_arena_printf(x->arena, "(!p_)%s%s", and_, r));
    wf_text_puts(&x->out, "}");
}

static void select_(ptx *x) {
    put(x, x->args[0], x->type,
        wf_arena_printf(x->arena, "(%s ? %s : %s)", arg(x, 3, (ptx_type){'p', 1}), arg(x, 1, x->type),
                        arg(x, 2, x->type)));
}

static void move(ptx *x) { /* also {a, b} in and out */
    char *list[8];
    unsigned n;
    if (x->arg_count < 2) {
        fail(x, "mov without operands");
    } else if (x->args[1][0] == '{') {
        n = vector_of(x, x->args[1], list);
        ptx_type w = {'u', x->type.bits}, part = {'u', n ? x->type.bits / n : 8};
        wf_text text;
        wf_text_init(&text, x->arena);
        for (unsigned i = 0; i < n; i++)
            wf_text_printf(&text, "%s(%s)%s << %u", i ? " | " : "", c_type(w), get(x, list[i], part),
                           i * part.bits);
        put(x, x->args[0], w, text.data);
    } else if (x->args[0][0] == '{') {
        n = vector_of(x, x->args[0], list);
        ptx_type w = {'u', x->type.bits}, part = {'u', n ? x->type.bits / n : 8};
        wf_text_printf(&x->out, "{ %s a_ = %s;", c_type(w), arg(x, 1, w));
        for (unsigned i = 0; i < n; i++)
            put(x, list[i], part, wf_arena_printf(x->arena, "(%s)(a_ >> %u)", c_type(part), i * part.bits));
        wf_text_puts(&x->out, "}");
    } else {
        put(x, x->args[0], x->type, arg(x, 1, x->type));
    }
}

static void convert(ptx *x) { /* cvt.rounding.to.from */
    ptx_type to = {0, 0}, from = x->type;
    const char *rounding = "";
    for (unsigned i = 1; i + 1 < x->part_count; i++) {
        ptx_type t;
        if (read_type(x->parts[i], &t)) to = t;
        else if (x->parts[i][0] == 'r') rounding = x->parts[i];
    }
    const char *a = arg(x, 1, from);
    if (!to.bits) {
        fail(x, "cvt of these types");
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
        fail(x, "cvt with this rounding");
    }
    if (has(x, "sat") && to.kind == 'f')
        a = wf_arena_printf(x->arena, "fmin(fmax(%s, (%s)0), (%s)1)", a, c_type(to), c_type(to));
    else if (has(x, "sat")) fail(x, "cvt.sat");
    put(x, x->args[0], to, wf_arena_printf(x->arena, "(%s)(%s)", c_type(to), a));
}

static int is_hint_only(const ptx *x) {
    return !has(x, "mbarrier") && !has(x, "async") && !has(x, "shared::cluster") && !has(x, "param");
}

static void load(ptx *x) {
    char *list[8];
    unsigned n = vector_of(x, x->args[0], list);
    if (!is_hint_only(x)) {
        fail(x, "this kind of ld");
        return;
    }
    if (x->type.kind == 'b') x->type.kind = 'u';
    const char *p = address(x, x->arg_count > 1 ? x->args[1] : "", x->type);
    const char *quals = has(x, "volatile") ? "volatile " : "";
    for (unsigned i = 0; i < n; i++)
        put(x, list[i], x->type,
            wf_arena_printf(x->arena, "((const %s%s *)%s)[%u]", quals, c_type(x->type), p, i));
}

static void store(ptx *x) {
    char *list[8];
    unsigned n = x->arg_count > 1 ? vector_of(x, x->args[1], list) : 0;
    if (!is_hint_only(x)) {
        fail(x, "this kind of st");
        return;
    }
    if (x->type.kind == 'b') x->type.kind = 'u';
    const char *p = address(x, x->args[0], x->type);
    for (unsigned i = 0; i < n; i++)
        wf_text_printf(&x->out, "((%s%s *)%s)[%u] = %s;", has(x, "volatile") ? "volatile " : "",
                       c_type(x->type), p, i, get(x, list[i], x->type));
}

static void atomic(ptx *x) { /* atom, red: the operation is a part */
    static const char *const ops[] = {
        "add", "atomicAdd", "exch", "atomicExch", "min", "atomicMin", "max", "atomicMax", "and", "atomicAnd",
        "or",  "atomicOr",  "xor",  "atomicXor",  "inc", "atomicInc", "dec", "atomicDec", "cas", "atomicCAS"};
    unsigned first = x->parts[0][0] == 'a';
    const char *name = NULL;
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i += 2)
        if (has(x, ops[i])) name = ops[i + 1];
    if (!name || x->arg_count < first + 2) {
        fail(x, "this atomic operation");
        return;
    }
    if (x->type.kind == 'b' || (x->type.kind == 's' && x->type.bits == 64)) x->type.kind = 'u';
    const char *more =
        strcmp(name, "atomicCAS") ? "" : wf_arena_printf(x->arena, ", %s", arg(x, first + 2, x->type));
    const char *call = wf_arena_printf(x->arena, "%s(%s, %s%s)", name, address(x, x->args[first], x->type),
                                       arg(x, first + 1, x->type), more);
    if (first) put(x, x->args[0], x->type, call);
    else wf_text_printf(&x->out, "%s;", call);
}

static void shuffle(ptx *x) { /* shfl.sync.mode.b32 d|p, a, b, c, mask */
    static const char *const modes[] = {"up", "_up", "down", "_down", "bfly", "_xor", "idx", ""};
    const char *mode = NULL;
    ptx_type u = {'u', 32};
    for (size_t i = 0; i < 8; i += 2)
        if (has(x, modes[i])) mode = modes[i + 1];
    if (!mode || !has(x, "sync") || strchr(x->args[0], '|') || x->arg_count < 5) {
        fail(x, "this form of shfl");
        return;
    }
    put(x, x->args[0], u,
        wf_arena_printf(x->arena, "__shfl%s_sync(%s, %s, %s, (int)(32u - (%s >> 8 & 31u)))", mode,
                        arg(x, 4, u), arg(x, 1, u), arg(x, 2, u), arg(x, 3, u)));
}

static void vote(ptx *x) {
    ptx_type u = {'u', 32}, p = {'p', 1};
    const char *mask = arg(x, 2, u), *a = arg(x, 1, p);
    if (has(x, "ballot")) put(x, x->args[0], u, wf_arena_printf(x->arena, "__ballot_sync(%s, %s)", mask, a));
    else if (has(x, "any")) put(x, x->args[0], p, wf_arena_printf(x->arena, "__any_sync(%s, %s)", mask, a));
    else if (has(x, "all")) put(x, x->args[0], p, wf_arena_printf(x->arena, "__all_sync(%s, %s)", mask, a));
    else fail(x, "this form of vote");
}

static void reduce_warp(ptx *x) {
    static const char *const ops[] = {"add", "min", "max", "and", "or", "xor"};
    for (size_t i = 0; i < 6; i++)
        if (has(x, ops[i])) {
            if (x->type.kind == 'b') x->type.kind = 'u';
            put(x, x->args[0], x->type,
                wf_arena_printf(x->arena, "__reduce_%s_sync(%s, %s)", ops[i], arg(x, 2, (ptx_type){'u', 32}),
                                arg(x, 1, x->type)));
            return;
        }
    fail(x, "this form of redux");
}

static void barrier(ptx *x) {
    if (has(x, "warp")) wf_text_printf(&x->out, "__syncwarp(%s);", arg(x, 0, (ptx_type){'u', 32}));
    else if (has(x, "sync") && x->arg_count == 1 && !strcmp(x->args[0], "0"))
        wf_text_puts(&x->out, "__syncthreads();");
    else fail(x, "this form of bar");
}

static void fence(ptx *x) {
    int block = has(x, "cta"), system = has(x, "sys");
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
    if (!has(x, "async") || has(x, "bulk") || has(x, "mbarrier")) {
        fail(x, "this form of cp");
        return;
    }
    if (has(x, "commit_group") || has(x, "wait_group") || has(x, "wait_all")) return;
    ptx_type c = {'u', 8};
    const char *size = x->arg_count > 2 ? x->args[2] : "16";
    const char *from = x->arg_count > 1 ? x->args[1] : "";
    /* the destination is shared, the source global memory */
    const char *to = address(x, x->args[0], c);
    char *shared = x->parts[1];
    x->parts[1] = (char *)"global";
    char *kept[PARTS_MOST];
    memcpy(kept, x->parts, sizeof kept);
    for (unsigned i = 1; i < x->part_count; i++)
        if (!strcmp(x->parts[i], "shared")) x->parts[i] = (char *)"global";
    const char *source = address(x, from, c);
    memcpy(x->parts, kept, sizeof kept);
    x->parts[1] = shared;
    const char *count = x->arg_count > 3 ? arg(x, 3, (ptx_type){'u', 32}) : NULL; /* the rest becomes 0 */
    size = get(x, size, (ptx_type){'u', 32});
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
    if (x->part_count > 2) fail(x, "prmt with a mode");
    binary(x, "__byte_perm(A, B, C)");
}
static void sad(ptx *x) {
    if (x->type.bits != 32) fail(x, "sad of 16 or 64 bits");
    binary(x, x->type.kind == 's' ? "__sad(A, B, (unsigned)C)" : "__usad(A, B, C)");
}
static void dot4(ptx *x) { binary(x, "__dp4a(A, B, C)"); }
static void active(ptx *x) { put(x, x->args[0], (ptx_type){'u', 32}, "__activemask()"); }
static void nothing(ptx *x) { (void)x; }
static void sleep_(ptx *x) { wf_text_printf(&x->out, "__nanosleep(%s);", arg(x, 0, (ptx_type){'u', 32})); }
static void trap(ptx *x) { wf_text_puts(&x->out, "__trap();"); }
static void branch(ptx *x) {
    wf_text_printf(&x->out, "goto __ptx_%s_%u;", x->arg_count ? x->args[0] : "", x->number);
}
static void to_space(ptx *x) { /* cvta */
    ptx_type u = {'u', x->type.bits};
    int shared = has(x, "shared"), to = has(x, "to");
    const char *f = !shared ? ""
                    : to    ? "__cvta_generic_to_shared((const void *)"
                            : "(unsigned long long)__cvta_shared_to_generic(";
    put(x, x->args[0], u,
        wf_arena_printf(x->arena, "%s%s%s", f, arg(x, 1, (ptx_type){'u', 64}), *f ? ")" : ""));
}
static void copysign_(ptx *x) { /* PTX: the sign of the first */
    put(x, x->args[0], x->type,
        wf_arena_printf(x->arena, "copysign(%s, %s)", arg(x, 2, x->type), arg(x, 1, x->type)));
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

/* --- statements --- */

static void declare_registers(ptx *x, const char *s) { /* .reg .u32 a, b<3> */
    ptx_type t = {'u', 32};
    while (*s == ' ' || *s == '\t' || *s == '\n') s++;
    const char *end = s + (*s == '.');
    while (is_name_char(*end)) end++;
    const char *name = wf_arena_strndup(x->arena, s + (*s == '.'), (size_t)(end - s - (*s == '.')));
    if (!read_type(name, &t)) {
        fail(x, wf_arena_printf(x->arena, "registers of type %s", name));
        return;
    }
    char *list[32];
    unsigned n = split_list(x, trimmed(x->arena, end, end + strlen(end)), list, 32);
    for (unsigned i = 0; i < n; i++) {
        char *angle = strchr(list[i], '<');
        unsigned long count = angle ? strtoul(angle + 1, NULL, 10) : 1;
        if (angle) *angle = 0;
        for (unsigned long k = 0; k < count && k < 256; k++) {
            ptx_register *r = WF_NEW(x->arena, ptx_register);
            r->name = angle ? wf_arena_printf(x->arena, "%s%lu", list[i], k) : list[i];
            r->class = class_of(t);
            r->next = x->registers;
            x->registers = r;
            wf_text_printf(&x->out, "%s __ptx_%s_%u = 0;", class_type(r->class),
                           r->name + 2 * (r->name[0] == '%'), x->number);
        }
    }
}

static void instruction(ptx *x, const char *s) {
    const char *guard = NULL;
    if (*s == '@') {
        const char *end = s + 1;
        while (*end && !strchr(" \t\r\n", *end)) end++;
        guard = get(x, wf_arena_strndup(x->arena, s + 1, (size_t)(end - s - 1)), (ptx_type){'p', 1});
        s = trimmed(x->arena, end, end + strlen(end));
    }
    const char *end = s;
    while (*end && !strchr(" \t\r\n", *end)) end++;
    char *opcode = wf_arena_strndup(x->arena, s, (size_t)(end - s));
    x->part_count = x->arg_count = 0;
    x->parts[1] = (char *)"";
    for (char *at = opcode; at && x->part_count < PARTS_MOST;) {
        char *dot = strchr(at, '.');
        x->parts[x->part_count++] = at;
        if (dot) *dot++ = 0;
        at = dot;
    }
    x->type = (ptx_type){'u', 32};
    for (unsigned i = 1; i < x->part_count; i++) read_type(x->parts[i], &x->type);
    const char *operands = trimmed(x->arena, end, end + strlen(end));
    if (*operands) x->arg_count = split_list(x, operands, x->args, ARGS_MOST);
    if (!x->arg_count) x->args[0] = (char *)"";
    if (guard) wf_text_printf(&x->out, "if (%s) {", guard);
    size_t i = 0, count = sizeof instructions / sizeof *instructions;
    while (i < count && strcmp(instructions[i].name, x->parts[0])) i++;
    if (i < count) instructions[i].translate(x);
    else
        fail(x,
             wf_arena_printf(x->arena, "instruction %s", wf_arena_strndup(x->arena, s, (size_t)(end - s))));
    if (guard) wf_text_puts(&x->out, "}");
    wf_text_putc(&x->out, '\n');
}

static void statement(ptx *x, const char *s) {
    const char *colon = s;
    while (is_name_char(*colon)) colon++;
    const char *rest = colon;
    while (*rest == ' ' || *rest == '\t') rest++;
    if (colon > s && *rest == ':' && rest[1] != ':') {
        wf_text_printf(&x->out, "__ptx_%s_%u: ;", wf_arena_strndup(x->arena, s, (size_t)(colon - s)),
                       x->number);
        s = trimmed(x->arena, rest + 1, rest + strlen(rest));
    }
    if (!*s) return;
    if (!strncmp(s, ".reg", 4)) declare_registers(x, s + 4);
    else if (*s == '.') fail(x, wf_arena_printf(x->arena, "directive %.12s", s));
    else instruction(x, s);
}

cc_ptx_result cc_ptx_to_c(wf_arena *arena, const char *source, const char *classes, uint32_t count,
                          uint32_t number, int carry_known) {
    ptx x = {.arena = arena,
             .classes = classes,
             .operand_count = count,
             .number = number,
             .sets_carry = carry_known};
    char *s = without_comments(arena, source);
    wf_text_init(&x.out, arena);
    wf_text_puts(&x.out, "");
    unsigned depth = 0; /* of { } that hold operands */
    for (char *begin = s;; s++) {
        int opens = *s == '{' && !*trimmed(arena, begin, s), closes = *s == '}' && !depth;
        if (*s == '{' && !opens) depth++;
        if (*s == '}' && depth) depth--;
        if (!*s || *s == ';' || opens || closes) {
            statement(&x, trimmed(arena, begin, s));
            if (opens || closes) wf_text_putc(&x.out, *s);
            begin = s + 1;
        }
        if (!*s || x.failed) break;
    }
    if (x.takes_carry) fail(&x, "a carry that an asm statement of another function has set");
    return (cc_ptx_result){.text = x.failed ? NULL : x.out.data, .why = x.failed, .sets_carry = x.sets_carry};
}
