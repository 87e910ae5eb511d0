/* cudac/pp_expr.c: the condition of #if: `defined`, `__has_include`, then integer arithmetic in 64 bits.
 *
 * Names that are no macros are 0, true is 1, except the limits that our headers would define as macros
 * (INT_MAX). */
#include "cudac/token.h"
#include "cudac/known.h"
#include <string.h>

typedef struct value {
    uint64_t v;
    int is_unsigned;
} value;

typedef struct evaluator {
    cc_reader *r;
    const cc_token *at, *end;
    wf_place place;
    int failed, unevaluated; /* unevaluated: the side of && || ?: that does not count */
    unsigned depth;
} evaluator;

static value expression(evaluator *e, int least);

static value fail(evaluator *e, const char *message) {
    if (!e->failed) wf_report(e->r->diags, WF_ERROR, e->place, NULL, "#if: %s", message);
    e->failed = 1;
    e->at = e->end;
    return (value){0, 0};
}

static int accept(evaluator *e, unsigned punct) {
    if (e->at < e->end && cc_punct_is(e->at, punct)) return e->at++, 1;
    return 0;
}

static value primary(evaluator *e) {
    if (e->at >= e->end) return fail(e, "expected a value at the end of the line");
    const cc_token *t = e->at++;
    if (t->kind == CC_NUMBER) {
        cc_number n;
        cc_read_number(t->text, t->length, &n);
        if (n.bad || n.is_float) return fail(e, "expected an integer");
        return (value){n.i, n.is_unsigned || n.i >> 63};
    }
    if (t->kind == CC_CHAR) {
        uint64_t length;
        char *text = cc_read_string(e->r, t, e->r->scratch, &length, 1);
        return (value){length ? (uint64_t)(int64_t)text[0] : 0, 0};
    }
    if (t->kind == CC_IDENT) {
        int64_t known;
        if (strcmp(t->name->text, "true") == 0) return (value){1, 0};
        if (cc_known_integer(t->name->text, &known)) return (value){(uint64_t)known, 0};
        if (accept(e, CC_P_LPAREN)) { /* __has_builtin(x) and the like: 0 */
            for (int depth = 1; e->at < e->end && depth; e->at++)
                depth += cc_punct_is(e->at, CC_P_LPAREN) - cc_punct_is(e->at, CC_P_RPAREN);
        }
        return (value){0, 0};
    }
    if (cc_punct_is(t, CC_P_LPAREN)) {
        value v = expression(e, 0);
        if (!accept(e, CC_P_RPAREN)) return fail(e, "expected )");
        return v;
    }
    return fail(e, "expected a value");
}

static value unary(evaluator *e) {
    if (++e->depth > 200) return fail(e, "the condition is nested too deep");
    value v;
    if (accept(e, CC_P_NOT)) v = unary(e), v = (value){!v.v, 0};
    else if (accept(e, CC_P_SUB)) v = unary(e), v.v = 0 - v.v;
    else if (accept(e, CC_P_ADD)) v = unary(e);
    else if (accept(e, CC_P_TILDE)) v = unary(e), v.v = ~v.v;
    else v = primary(e);
    e->depth--;
    return v;
}

static int precedence(const evaluator *e) {
    if (e->at >= e->end || e->at->kind != CC_PUNCT) return -1;
    switch (e->at->op) {
    case CC_P_COMMA: return 0;
    case CC_P_QUESTION: return 1;
    case CC_P_LOR: return 2;
    case CC_P_LAND: return 3;
    case CC_P_OR: return 4;
    case CC_P_XOR: return 5;
    case CC_P_AND: return 6;
    case CC_P_EQ:
    case CC_P_NE: return 7;
    case CC_P_LT:
    case CC_P_GT:
    case CC_P_LE:
    case CC_P_GE: return 8;
    case CC_P_SHL:
    case CC_P_SHR: return 9;
    case CC_P_ADD:
    case CC_P_SUB: return 10;
    case CC_P_MUL:
    case CC_P_DIV:
    case CC_P_REM: return 11;
    default: return -1;
    }
}

static value divide(evaluator *e, unsigned op, value a, value b, int is_unsigned) {
    if (b.v == 0) return e->unevaluated ? (value){0, 0} : fail(e, "division by zero");
    if (is_unsigned) return (value){op == CC_P_DIV ? a.v / b.v : a.v % b.v, 1};
    if (b.v == UINT64_MAX) return (value){op == CC_P_DIV ? 0 - a.v : 0, 0};
    int64_t x = (int64_t)a.v, y = (int64_t)b.v;
    return (value){(uint64_t)(op == CC_P_DIV ? x / y : x % y), 0};
}

static value binary(evaluator *e, unsigned op, value a, value b) {
    int u = a.is_unsigned || b.is_unsigned;
    int64_t x = (int64_t)a.v, y = (int64_t)b.v;
    switch (op) {
    case CC_P_COMMA: return b;
    case CC_P_LOR: return (value){a.v || b.v, 0};
    case CC_P_LAND: return (value){a.v && b.v, 0};
    case CC_P_OR: return (value){a.v | b.v, u};
    case CC_P_XOR: return (value){a.v ^ b.v, u};
    case CC_P_AND: return (value){a.v & b.v, u};
    case CC_P_EQ: return (value){a.v == b.v, 0};
    case CC_P_NE: return (value){a.v != b.v, 0};
    case CC_P_LT: return (value){u ? a.v < b.v : x < y, 0};
    case CC_P_GT: return (value){u ? a.v > b.v : x > y, 0};
    case CC_P_LE: return (value){u ? a.v <= b.v : x <= y, 0};
    case CC_P_GE: return (value){u ? a.v >= b.v : x >= y, 0};
    case CC_P_SHL: return (value){a.v << (b.v & 63), a.is_unsigned};
    case CC_P_SHR:
        return (value){a.is_unsigned ? a.v >> (b.v & 63) : (uint64_t)(x >> (b.v & 63)), a.is_unsigned};
    case CC_P_ADD: return (value){a.v + b.v, u};
    case CC_P_SUB: return (value){a.v - b.v, u};
    case CC_P_MUL: return (value){a.v * b.v, u};
    default: return divide(e, op, a, b, u);
    }
}

static value expression(evaluator *e, int least) {
    if (++e->depth > 200) return fail(e, "the condition is nested too deep");
    value a = unary(e);
    for (int p; (p = precedence(e)) >= least && !e->failed;) {
        unsigned op = e->at++->op;
        if (op == CC_P_QUESTION) {
            e->unevaluated += !a.v;
            value b = expression(e, 0);
            e->unevaluated += a.v ? 1 : -1;
            if (!accept(e, CC_P_COLON)) return fail(e, "expected : of ? :");
            value c = expression(e, 1);
            e->unevaluated -= a.v != 0;
            a = (value){a.v ? b.v : c.v, b.is_unsigned || c.is_unsigned};
            continue;
        }
        int skip = (op == CC_P_LOR && a.v) || (op == CC_P_LAND && !a.v);
        e->unevaluated += skip;
        value b = expression(e, p + 1);
        e->unevaluated -= skip;
        a = binary(e, op, a, b);
    }
    e->depth--;
    return a;
}

/* `defined X`, `defined(X)`, `__has_include(<x>)` before anything is expanded. */
static uint32_t replace_defined(cc_reader *r, cc_token *t, uint32_t count) {
    uint32_t out = 0;
    for (uint32_t i = 0; i < count; i++) {
        t[out] = t[i];
        if (t[i].kind == CC_IDENT && t[i].name == r->n_defined) {
            int paren = i + 2 < count && cc_punct_is(&t[i + 1], CC_P_LPAREN);
            uint32_t k = i + 1 + (uint32_t)paren;
            if (k < count && t[k].kind == CC_IDENT) {
                int is = t[k].name->macro || t[k].name->predefined || t[k].name == r->n_has_include;
                t[out].kind = CC_NUMBER;
                t[out].text = is ? "1" : "0";
                t[out].length = 1;
                i = k + (uint32_t)(paren && k + 1 < count && cc_punct_is(&t[k + 1], CC_P_RPAREN));
            }
        } else if (t[i].kind == CC_IDENT && t[i].name == r->n_has_include && i + 1 < count) {
            wf_text name;
            wf_text_init(&name, r->scratch);
            for (i += 2; i < count && !cc_punct_is(&t[i], CC_P_RPAREN); i++)
                if (!cc_punct_is(&t[i], CC_P_LT) && !cc_punct_is(&t[i], CC_P_GT))
                    wf_text_add(&name, t[i].text, t[i].length);
            char *text = name.data ? name.data : NULL;
            if (text && text[0] == '"') {
                text++;
                text[strlen(text) - (strlen(text) > 0)] = 0;
            }
            t[out].kind = CC_NUMBER;
            t[out].text = text && cc_built_in_header(text) ? "1" : "0";
            t[out].length = 1;
        }
        out++;
    }
    return out;
}

int cc_condition(cc_reader *r, cc_token *tokens, uint32_t count, wf_place at) {
    cc_tokens expanded = {.arena = r->scratch};
    count = replace_defined(r, tokens, count);
    cc_expand_list(r, tokens, count, &expanded);
    evaluator e = {.r = r, .place = at};
    if (!expanded.count) {
        fail(&e, "expected a condition");
        return 0;
    }
    e.at = expanded.data;
    e.end = expanded.data + expanded.count;
    value v = expression(&e, 0);
    if (!e.failed && e.at < e.end) {
        e.place = e.at->at.file ? e.at->at : at;
        fail(&e, "unexpected tokens behind the condition");
    }
    return !e.failed && v.v != 0;
}
