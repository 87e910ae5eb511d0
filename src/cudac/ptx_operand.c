/* cudac/ptx_operand.c: operands of inline PTX: registers, special registers, numbers, addresses, as CUDA C.
 *
 * Registers are unsigned integers, float, double or bool. An instruction reads one as its own type says, so a
 * value is taken over bit by bit where the register is of another class. */
#include "cudac/ptx_inner.h"
#include <stdlib.h>
#include <string.h>

/* --- text --- */

const char *cc_ptx_fail(ptx *x, const char *why) {
    if (!x->failed) x->failed = why;
    return "0";
}

int cc_ptx_is_name_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
}

const char *cc_ptx_trimmed(wf_arena *arena, const char *from, const char *to) {
    while (from < to && strchr(" \t\r\n", *from)) from++;
    while (to > from && strchr(" \t\r\n", to[-1])) to--;
    return wf_arena_strndup(arena, from, (size_t)(to - from));
}

int cc_ptx_has(const ptx *x, const char *part) {
    for (unsigned i = 1; i < x->part_count; i++)
        if (strcmp(x->parts[i], part) == 0) return 1;
    return 0;
}

/* --- types --- */

int cc_ptx_read_type(const char *s, ptx_type *t) {
    if (!strcmp(s, "pred")) return *t = (ptx_type){'p', 1}, 1;
    if (!strchr("usbf", s[0]) || !s[0]) return 0;
    char *end;
    unsigned long bits = strtoul(s + 1, &end, 10);
    if (*end || (bits != 8 && bits != 16 && bits != 32 && bits != 64)) return 0;
    *t = (ptx_type){s[0], (unsigned)bits};
    return 1;
}

const char *cc_ptx_c_type(ptx_type t) {
    static const char *const unsigneds[] = {"unsigned char", "unsigned short", "unsigned int",
                                            "unsigned long long"};
    static const char *const signeds[] = {"signed char", "short", "int", "long long"};
    static const char *const floats[] = {"float", "__half", "float", "double"};
    unsigned i = t.bits == 8 ? 0 : t.bits == 16 ? 1 : t.bits == 32 ? 2 : 3;
    return t.kind == 'p' ? "bool" : t.kind == 'f' ? floats[i] : t.kind == 's' ? signeds[i] : unsigneds[i];
}

char cc_ptx_class_of(ptx_type t) {
    if (t.kind == 'p') return 'p';
    if (t.kind == 'f' && t.bits == 32) return 'f';
    if (t.kind == 'f' && t.bits == 64) return 'd';
    return t.bits == 8 ? 'c' : t.bits == 16 ? 'h' : t.bits == 32 ? 'r' : 'l';
}

const char *cc_ptx_class_type(char class) {
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

const char *cc_ptx_operand_type(char constraint) { return cc_ptx_class_type(constraint); }

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
    return cc_ptx_fail(x, wf_arena_printf(x->arena, "register %%%s", name));
}

/* The variable that an operand is; its class. NULL: it is none. */
static const char *variable(ptx *x, const char *arg, char *class) {
    if (arg[0] == '%' && arg[1] >= '0' && arg[1] <= '9') {
        unsigned long n = strtoul(arg + 1, NULL, 10);
        if (n >= x->operand_count) return cc_ptx_fail(x, wf_arena_printf(x->arena, "operand %s", arg));
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
    return wf_arena_printf(x->arena, "(%s)(%s)", cc_ptx_c_type(t), arg);
}

/* An operand's value as type t. */
const char *cc_ptx_get(ptx *x, const char *arg, ptx_type t) {
    char class = 0;
    const char *negate = "";
    if (arg[0] == '!' && t.kind == 'p') negate = "!", arg++;
    const char *v = variable(x, arg, &class);
    if (!v && arg[0] == '%' && arg[1] == '%')
        return wf_arena_printf(x->arena, "(%s)(%s)", cc_ptx_c_type(t), special(x, arg + 2));
    if (!v && (strchr("0123456789-+.(", arg[0]))) return immediate(x, arg, t);
    if (!v) return cc_ptx_fail(x, wf_arena_printf(x->arena, "operand %s", arg));
    if (t.kind == 'p' || class == 'p') return wf_arena_printf(x->arena, "(%s%s)", negate, v);
    if (class == 'f' && t.kind == 'f' && t.bits == 32) return v;
    if (class == 'd' && t.kind == 'f' && t.bits == 64) return v;
    if (class == 'f') v = wf_arena_printf(x->arena, "__float_as_uint(%s)", v);
    if (class == 'd') v = wf_arena_printf(x->arena, "__double_as_longlong(%s)", v);
    if (t.kind != 'f') return wf_arena_printf(x->arena, "((%s)%s)", cc_ptx_c_type(t), v);
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
void cc_ptx_put(ptx *x, const char *arg, ptx_type t, const char *value) {
    char class = 0;
    if (!strcmp(arg, "_")) return wf_text_printf(&x->out, "(void)(%s);", value);
    const char *v = variable(x, arg, &class);
    if (!v) {
        cc_ptx_fail(x, wf_arena_printf(x->arena, "result %s", arg));
        return;
    }
    if (t.kind == 'f' && (t.bits == 16 || cc_ptx_class_of(t) != class))
        value = wf_arena_printf(x->arena, "%s(%s)",
                                t.bits == 32   ? "__float_as_uint"
                                : t.bits == 64 ? "__double_as_longlong"
                                               : "__half_as_ushort",
                                value);
    else if (t.kind != 'f' && class == 'f')
        value = wf_arena_printf(x->arena, "__uint_as_float((unsigned int)(%s))", value);
    else if (t.kind != 'f' && class == 'd')
        value = wf_arena_printf(x->arena, "__longlong_as_double((long long)(%s))", value);
    wf_text_printf(&x->out, "%s = (%s)(%s);", v, cc_ptx_class_type(class), value);
}

const char *cc_ptx_arg(ptx *x, unsigned i, ptx_type t) {
    return i < x->arg_count ? cc_ptx_get(x, x->args[i], t) : cc_ptx_fail(x, "an operand is missing");
}

/* {a, b} into the array; 0: no list. */
unsigned cc_ptx_split_list(ptx *x, const char *s, char **out, unsigned most) {
    unsigned n = 0, depth = 0;
    const char *begin = s;
    for (;; s++) {
        if (*s == '{' || *s == '[' || *s == '(') depth++;
        if (*s == '}' || *s == ']' || *s == ')') depth--;
        if ((*s == ',' && !depth) || !*s) {
            if (n < most) out[n++] = (char *)cc_ptx_trimmed(x->arena, begin, s);
            begin = s + 1;
        }
        if (!*s) return n;
    }
}

unsigned cc_ptx_vector_of(ptx *x, const char *s, char **out) {
    if (s[0] != '{') return out[0] = (char *)s, 1;
    const char *end = strrchr(s, '}');
    return cc_ptx_split_list(x, cc_ptx_trimmed(x->arena, s + 1, end ? end : s + strlen(s)), out, 8);
}

/* [a + 4] as a pointer to t. */
const char *cc_ptx_address(ptx *x, const char *s, ptx_type t) {
    const char *end = strchr(s, ']'), *plus;
    if (s[0] != '[' || !end) return cc_ptx_fail(x, "an address is missing");
    const char *inner = cc_ptx_trimmed(x->arena, s + 1, end), *base = inner;
    long long offset = 0;
    plus = strpbrk(inner + 1, "+-");
    if (plus) {
        base = cc_ptx_trimmed(x->arena, inner, plus);
        offset = strtoll(plus + 1, NULL, 0);
        if (*plus == '-') offset = -offset;
        if (plus[1] == '-') offset = strtoll(plus + 1, NULL, 0);
    }
    const char *a = cc_ptx_get(x, base, (ptx_type){'u', 64});
    const char *where =
        cc_ptx_has(x, "shared") || !strncmp(x->parts[1], "shared", 6) ? "__cvta_shared_to_generic" : "";
    return wf_arena_printf(x->arena, "((%s *)%s(%s + (unsigned long long)%lldll))", cc_ptx_c_type(t), where,
                           a, offset);
}
