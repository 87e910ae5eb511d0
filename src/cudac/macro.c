/* cudac/macro.c: macros: definition, call, substitution.
 *
 * A macro's expansion is pushed as a stream of tokens that is read before the file goes on; the macro is busy
 * until its stream ends, and its name read meanwhile is painted for good (C11 6.10.3.4). Arguments are
 * expanded by themselves behind a floor that reading cannot pass. In a body, the tokens that name parameters
 * carry their index. Tokens of a body get the place of the outermost macro's name: that is the line the user
 * can do something about; tokens of arguments keep theirs. */
#include "cudac/token.h"
#include <stdio.h>
#include <string.h>

typedef struct argument {
    const cc_token *first;
    uint32_t count;
    cc_tokens expanded;
    int is_expanded;
} argument;

int cc_budget(cc_reader *r, uint64_t count) {
    if (r->exhausted) return 0;
    if (r->budget >= count) {
        r->budget -= count;
        return 1;
    }
    r->exhausted = 1;
    wf_report(r->diags, WF_ERROR, r->expansion.file ? r->expansion : (wf_place){0}, NULL,
              "the macros of this source make too many tokens (more than 700000)");
    return 0;
}

/* --- streams --- */

void cc_push(cc_reader *r, const cc_token *first, uint32_t count, cc_macro *macro, int floor) {
    cc_stream *s = r->free_streams;
    if (s) r->free_streams = s->below;
    else s = WF_NEW(r->scratch, cc_stream);
    s->below = r->streams;
    s->at = first;
    s->end = first ? first + count : first;
    s->macro = macro;
    s->floor = (uint8_t)floor;
    if (macro) macro->busy = 1;
    r->streams = s;
}

void cc_drop_stream(cc_reader *r) {
    cc_stream *s = r->streams;
    if (s->macro) s->macro->busy = 0;
    r->streams = s->below;
    s->below = r->free_streams;
    r->free_streams = s;
}

void cc_expand_list(cc_reader *r, const cc_token *first, uint32_t count, cc_tokens *out) {
    cc_push(r, first, count, NULL, 1);
    for (cc_token t; cc_next(r, &t), t.kind != CC_EOF;) cc_tokens_add(out, &t);
    cc_drop_stream(r);
}

/* --- definition --- */

static int same_body(const cc_macro *a, const cc_macro *b) {
    if (a->function_like != b->function_like || a->variadic != b->variadic ||
        a->param_count != b->param_count || a->body_count != b->body_count)
        return 0;
    for (uint32_t i = 0; i < a->body_count; i++) {
        const cc_token *x = &a->body[i], *y = &b->body[i];
        if (x->kind != y->kind || x->length != y->length || x->param != y->param ||
            memcmp(x->text, y->text, x->length))
            return 0;
    }
    return 1;
}

/* The names between the parentheses; 0 after an error. */
static int read_params(cc_reader *r, cc_file *f, cc_macro *m) {
    uint32_t capacity = 0;
    cc_token t;
    cc_lex(r, f, &t);
    if (cc_punct_is(&t, CC_P_RPAREN)) return 1;
    for (;; cc_lex(r, f, &t)) {
        cc_name *name = t.kind == CC_IDENT ? t.name : NULL;
        if (cc_punct_is(&t, CC_P_ELLIPSIS)) name = r->n_va_args, m->variadic = 1;
        if (!name) break;
        if (m->param_count == capacity) {
            cc_name **params = WF_NEW_ARRAY(r->scratch, cc_name *, capacity ? capacity * 2 : 4);
            if (m->param_count) memcpy(params, m->params, m->param_count * sizeof *params);
            m->params = params;
            capacity = capacity ? capacity * 2 : 4;
        }
        m->params[m->param_count++] = name;
        cc_lex(r, f, &t);
        if (cc_punct_is(&t, CC_P_ELLIPSIS) && !m->variadic) m->variadic = 1, cc_lex(r, f, &t); /* args... */
        if (cc_punct_is(&t, CC_P_RPAREN)) return 1;
        if (!cc_punct_is(&t, CC_P_COMMA) || m->variadic) break;
    }
    wf_report(r->diags, WF_ERROR, t.at, NULL, "macro parameters: expected a name, ... or )");
    return 0;
}

static uint32_t param_index(const cc_macro *m, const cc_name *name) {
    for (uint32_t i = 0; i < m->param_count; i++)
        if (m->params[i] == name) return i + 1;
    return 0;
}

void cc_define(cc_reader *r, cc_file *f) {
    cc_token t;
    cc_lex(r, f, &t);
    if (t.kind != CC_IDENT || t.name == r->n_defined) {
        wf_report(r->diags, WF_ERROR, t.at, NULL, "#define: expected a macro's name");
        return;
    }
    cc_macro *m = WF_NEW(r->scratch, cc_macro);
    m->name = t.name;
    m->at = t.at;
    m->built_in = f->index == 0;
    if (f->at < f->end && *f->at == '(') {
        m->function_like = 1;
        cc_lex(r, f, &t);
        if (!read_params(r, f, m)) return;
    }
    cc_tokens body = {.arena = r->scratch};
    for (cc_lex(r, f, &t); t.kind != CC_EOF; cc_lex(r, f, &t)) {
        t.flags &= (uint8_t)~CC_LINE_START;
        if (t.kind == CC_IDENT) t.param = param_index(m, t.name);
        cc_tokens_add(&body, &t);
    }
    m->body = body.data;
    m->body_count = body.count;
    if (m->body_count && (cc_punct_is(&m->body[0], CC_P_HASH_HASH) ||
                          cc_punct_is(&m->body[m->body_count - 1], CC_P_HASH_HASH))) {
        wf_report(r->diags, WF_ERROR, m->at, NULL, "## cannot stand at the edge of the body of macro %s",
                  m->name->text);
        return;
    }
    cc_macro *old = m->name->macro;
    if (old && !old->built_in && !same_body(old, m))
        wf_report(r->diags, WF_WARNING, m->at, "#undef it first if that is meant",
                  "macro %s is defined again, differently", m->name->text);
    if (old && old->busy) return; /* cannot happen in one line; a directive inside its own call */
    m->name->macro = m;
}

/* --- substitution --- */

static void add(cc_reader *r, cc_tokens *out, const cc_token *t) {
    if (cc_budget(r, 1)) cc_tokens_add(out, t);
}

static void stringify(cc_reader *r, const argument *arg, const cc_token *hash, cc_tokens *out) {
    wf_text text;
    wf_text_init(&text, r->scratch);
    wf_text_putc(&text, '"');
    for (uint32_t i = 0; i < arg->count; i++) {
        const cc_token *t = &arg->first[i];
        if (i && (t->flags & (CC_SPACE | CC_LINE_START))) wf_text_putc(&text, ' ');
        for (uint32_t k = 0; k < t->length; k++) {
            char c = t->text[k];
            if ((t->kind == CC_STRING || t->kind == CC_CHAR) && (c == '"' || c == '\\'))
                wf_text_putc(&text, '\\');
            if (c == '\n') wf_text_puts(&text, "\\n");
            else wf_text_putc(&text, c);
        }
    }
    wf_text_putc(&text, '"');
    cc_token t = {.kind = CC_STRING,
                  .flags = hash->flags,
                  .at = r->expansion,
                  .text = text.data,
                  .length = (uint32_t)text.length};
    if (cc_budget(r, 1 + t.length / 32)) cc_tokens_add(out, &t);
}

static void paste(cc_reader *r, cc_token *left, const cc_token *right) {
    char *text = wf_arena_alloc(r->scratch, (size_t)left->length + right->length + 1);
    memcpy(text, left->text, left->length);
    memcpy(text + left->length, right->text, right->length);
    cc_token made[2];
    uint32_t count = cc_lex_text(r, text, (size_t)left->length + right->length, made, 2);
    if (count != 1 || !cc_budget(r, 1 + made[0].length / 32)) {
        if (!r->exhausted)
            wf_report(r->diags, WF_ERROR, r->expansion, NULL, "## of \"%.*s\" and \"%.*s\" makes no token",
                      (int)(left->length > 60 ? 60 : left->length), left->text,
                      (int)(right->length > 60 ? 60 : right->length), right->text);
        return;
    }
    made[0].flags = left->flags & (uint8_t)~CC_PAINTED;
    made[0].at = left->at;
    *left = made[0];
}

static void add_argument(cc_reader *r, argument *arg, const cc_token *in_body, int raw, cc_tokens *out) {
    if (!raw && !arg->is_expanded) {
        arg->expanded.arena = r->scratch;
        cc_expand_list(r, arg->first, arg->count, &arg->expanded);
        arg->is_expanded = 1;
    }
    const cc_token *first = raw ? arg->first : arg->expanded.data;
    uint32_t count = raw ? arg->count : arg->expanded.count;
    for (uint32_t i = 0; i < count; i++) {
        cc_token t = first[i];
        if (i == 0) t.flags = (uint8_t)((t.flags & ~CC_SPACE) | (in_body->flags & CC_SPACE));
        t.flags &= (uint8_t)~CC_LINE_START;
        add(r, out, &t);
    }
}

static uint32_t closing_paren(const cc_token *body, uint32_t i, uint32_t count) {
    uint32_t depth = 0;
    for (; i < count; i++) {
        if (cc_punct_is(&body[i], CC_P_LPAREN)) depth++;
        else if (cc_punct_is(&body[i], CC_P_RPAREN) && --depth == 0) return i;
    }
    return count;
}

/* The body's tokens from..to with arguments in place of parameters. */
static void substitute(cc_reader *r, const cc_macro *m, argument *args, uint32_t from, uint32_t to,
                       cc_tokens *out) {
    const cc_token *body = m->body;
    int left_empty = 0; /* the operand left of a ## was an empty argument */
    uint32_t start = out->count;
    for (uint32_t i = from; i < to && !r->exhausted; i++) {
        const cc_token *t = &body[i];
        if (args && cc_punct_is(t, CC_P_HASH) && i + 1 < to && body[i + 1].param) {
            stringify(r, &args[body[++i].param - 1], t, out);
            continue;
        }
        if (args && m->variadic && t->kind == CC_IDENT && t->name == r->n_va_opt && i + 1 < to &&
            cc_punct_is(&body[i + 1], CC_P_LPAREN)) {
            uint32_t end = closing_paren(body, i + 1, to);
            if (args[m->param_count - 1].count) substitute(r, m, args, i + 2, end, out);
            i = end;
            continue;
        }
        int pasted = cc_punct_is(t, CC_P_HASH_HASH) && i > from && i + 1 < to;
        if (pasted) t = &body[++i];
        int more = i + 1 < to && cc_punct_is(&body[i + 1], CC_P_HASH_HASH);
        argument *arg = args && t->param ? &args[t->param - 1] : NULL;
        int joins = pasted && !left_empty && out->count > start;
        if (joins && arg && m->variadic && t->param == m->param_count &&
            cc_punct_is(&out->data[out->count - 1], CC_P_COMMA)) {
            if (arg->count)
                add_argument(r, arg, t, 0, out); /* `, ## __VA_ARGS__`: the comma goes with an empty list */
            else out->count--;
            continue;
        }
        if (arg && arg->count == 0 && (pasted || more)) {
            left_empty = joins ? 0 : 1;
            continue;
        }
        left_empty = 0;
        if (joins && arg) {
            paste(r, &out->data[out->count - 1], &arg->first[0]);
            argument rest = {.first = arg->first + 1, .count = arg->count - 1};
            add_argument(r, &rest, &arg->first[rest.count ? 1 : 0], 1, out);
        } else if (joins) {
            paste(r, &out->data[out->count - 1], t);
        } else if (arg) {
            add_argument(r, arg, t, pasted || more, out);
        } else {
            cc_token copy = *t;
            copy.at = r->expansion;
            copy.param = 0;
            add(r, out, &copy);
        }
    }
}

/* --- calls --- */

/* Reads the arguments behind the opening parenthesis. 0: an error was told. */
static int read_arguments(cc_reader *r, const cc_macro *m, const cc_token *name, argument *args) {
    cc_tokens all = {.arena = r->scratch};
    uint32_t *starts = WF_NEW_ARRAY(r->scratch, uint32_t, m->param_count + 2);
    uint32_t count = 0, depth = 0;
    for (;;) {
        cc_token t;
        cc_next_raw(r, &t);
        if (t.kind == CC_EOF || r->exhausted) {
            if (!r->exhausted)
                wf_report(r->diags, WF_ERROR, name->at, NULL, "the call of macro %s has no closing )",
                          m->name->text);
            return 0;
        }
        if (cc_punct_is(&t, CC_P_LPAREN)) depth++;
        if (cc_punct_is(&t, CC_P_RPAREN) && depth-- == 0) break;
        int last = m->variadic && count + 1 >= m->param_count;
        if (cc_punct_is(&t, CC_P_COMMA) && depth == 0 && !last) {
            if (++count <= m->param_count) starts[count] = all.count;
            continue;
        }
        if (!cc_budget(r, 1)) return 0;
        cc_tokens_add(&all, &t);
    }
    uint32_t given = count + 1;
    if (m->param_count == 0 && all.count == 0 && count == 0) given = 0;
    if (given != m->param_count && !(m->variadic && given + 1 == m->param_count)) {
        wf_report(r->diags, WF_ERROR, name->at, NULL, "macro %s got %u argument%s, expected %s%u",
                  m->name->text, given, given == 1 ? "" : "s", m->variadic ? "at least " : "",
                  m->param_count - m->variadic);
        return 0;
    }
    for (uint32_t i = 0; i < m->param_count; i++) {
        uint32_t end = i + 1 < given ? starts[i + 1] : all.count;
        args[i].first = i < given && all.data ? all.data + starts[i] : NULL;
        args[i].count = i < given ? end - starts[i] : 0;
    }
    return 1;
}

static int push_special(cc_reader *r, const cc_token *t) {
    cc_token *made = WF_NEW(r->scratch, cc_token);
    wf_place at = r->expansion.file ? r->expansion : t->at;
    const cc_file *f = r->file;
    *made = *t;
    made->kind = CC_NUMBER;
    made->op = 0;
    if (t->name->predefined == 1) {
        made->text = wf_arena_printf(r->scratch, "%u", at.line + (f ? (uint32_t)f->line_shift : 0));
    } else if (t->name->predefined == 3) {
        made->text = wf_arena_printf(r->scratch, "%u", r->counter++);
    } else {
        const char *name = f ? f->name : "";
        if (t->name->predefined == 4)
            name = "Jan  1 1970"; /* the same source makes the same code on every day */
        if (t->name->predefined == 5) name = "00:00:00";
        made->kind = CC_STRING;
        made->text = wf_arena_printf(r->scratch, "\"%s\"", name);
    }
    made->length = (uint32_t)strlen(made->text);
    cc_push(r, made, 1, NULL, 0);
    return 1;
}

int cc_expand(cc_reader *r, const cc_token *name) {
    cc_macro *m = name->name->macro;
    if (name->flags & CC_PAINTED) return 0;
    if (name->name->predefined) return push_special(r, name);
    if (!m || r->exhausted) return 0;
    if (!r->streams) r->expansion = name->at;
    argument *args = NULL;
    if (m->function_like) {
        cc_token next;
        cc_next_raw(r, &next);
        if (!cc_punct_is(&next, CC_P_LPAREN)) {
            if (next.kind != CC_EOF) {
                cc_token *back = WF_NEW(r->scratch, cc_token);
                *back = next;
                cc_push(r, back, 1, NULL, 0);
            }
            return 0;
        }
        if (r->macro_depth >= CC_MACRO_DEPTH_MAX) {
            wf_report(r->diags, WF_ERROR, name->at, NULL, "macro calls are nested more than %d deep",
                      CC_MACRO_DEPTH_MAX);
            r->exhausted = 1;
            return 0;
        }
        args = WF_NEW_ARRAY(r->scratch, argument, m->param_count + 1);
        if (!read_arguments(r, m, name,
                            args)) { /* something in its place, so that one mistake is one error */
            static const cc_token zero = {.kind = CC_NUMBER, .text = "0", .length = 1};
            cc_token *made = WF_NEW(r->scratch, cc_token);
            *made = zero;
            made->at = name->at;
            cc_push(r, made, 1, NULL, 0);
            return 1;
        }
    }
    r->macro_depth++;
    cc_tokens out = {.arena = r->scratch};
    substitute(r, m, args, 0, m->body_count, &out);
    r->macro_depth--;
    if (out.count) {
        out.data[0].flags = (uint8_t)((out.data[0].flags & CC_PAINTED) | (name->flags & ~CC_PAINTED));
        cc_push(r, out.data, out.count, m, 0);
    }
    return 1;
}
