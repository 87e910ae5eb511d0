/* cudac/parse.c: the parser's hands: looking at tokens, taking them, telling errors, going on after one; and
 * the door of the room, wf_cudac_compile.
 *
 * Recovery is plain: after an error in a statement or declaration the tokens up to its ; or its } are passed
 * over. The depth of nesting is bounded by a count and by the stack really used, so that hostile source ends
 * in an error on small stacks and in sanitizer builds too. */
#include "base/format.h"
#include "cudac/parse.h"
#include "base/memory.h"
#include "base/system.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { NESTING_MAX = 300, STEPS_MAX = 4 << 20 };

/* --- tokens --- */

int cc_accept(cc *p, unsigned punct) {
    if (!cc_is(p, punct)) return 0;
    cc_next_token(p);
    return 1;
}

int cc_accept_kw(cc *p, unsigned kw) {
    if (!cc_is_kw(p, kw)) return 0;
    cc_next_token(p);
    return 1;
}

wf_place cc_place(const cc *p) { return cc_peek(p)->at; }

wf_place cc_until(const cc *p, wf_place from) {
    if (!p->at) return from;
    wf_place last = p->tokens[p->at - 1].at;
    if (last.file != from.file || last.line != from.line || last.column < from.column) return from;
    uint32_t length = last.column - from.column + last.length;
    from.length = (uint16_t)(length > 0xffff ? 0xffff : length);
    return from;
}

/* Where something is missing: right behind the token before, when that is on another line than the next
 * token. */
static wf_place missing_place(const cc *p) {
    const cc_token *now = cc_peek(p), *before = p->at ? &p->tokens[p->at - 1] : now;
    if (before->at.file && (before->at.file != now->at.file || before->at.line != now->at.line)) {
        wf_place at = before->at;
        at.column += at.length;
        at.length = 1;
        return at;
    }
    return now->at;
}

const char *cc_token_text(cc *p, const cc_token *t) {
    if (t->kind == CC_EOF) return "the end of the source";
    return wf_arena_printf(p->arena, "\"%.*s\"", (int)(t->length > 40 ? 40 : t->length), t->text);
}

int cc_expect(cc *p, unsigned punct, const char *where) {
    if (cc_accept(p, punct)) return 1;
    const char *got = cc_token_text(p, cc_peek(p));
    cc_error(p, punct == CC_P_SEMI ? missing_place(p) : cc_place(p), NULL, "got %s, expected %s%s%s", got,
             cc_punct_text(punct), where ? " " : "", where ? where : "");
    return 0;
}

int cc_accept_gt(cc *p) {
    const cc_token *t = cc_peek(p);
    if (cc_punct_is(t, CC_P_GT)) return cc_next_token(p), 1;
    if (!cc_punct_is(t, CC_P_SHR)) return 0;
    if (p->half == p->at + 1) {
        p->half = 0;
        cc_next_token(p);
    } else {
        p->half = p->at + 1;
    }
    return 1;
}

cc_name *cc_expect_name(cc *p, const char *what) {
    const cc_token *t = cc_peek(p);
    if (t->kind == CC_IDENT && !t->op) {
        cc_next_token(p);
        return t->name;
    }
    cc_error(p, t->at, NULL, "got %s, expected %s", cc_token_text(p, t), what);
    return NULL;
}

/* --- errors --- */

void cc_error(cc *p, wf_place at, const char *hint, const char *format, ...) {
    char message[1000];
    va_list args;
    va_start(args, format);
    wf_format(message, sizeof message, format, args);
    va_end(args);
    wf_report(p->r.diags, WF_ERROR, at, hint, "%s", message);
}

void cc_warn(cc *p, wf_place at, const char *format, ...) {
    char message[1000];
    va_list args;
    va_start(args, format);
    wf_format(message, sizeof message, format, args);
    va_end(args);
    wf_report(p->r.diags, WF_WARNING, at, NULL, "%s", message);
}

void cc_unsupported(cc *p, wf_place at, const char *what) {
    cc_error(p, at, NULL, "not supported: %s", what);
}

int cc_told(cc *p, cc_name *name) {
    const void *here = p->body ? (const void *)p->body->func : NULL;
    if (!here || p->quiet) return 0;
    if (name->told == here) return 1;
    name->told = here;
    return 0;
}

void cc_told_names(cc *p) {
    for (uint32_t i = p->at; i + 1 < p->count; i++) {
        const cc_token *t = &p->tokens[i];
        if (cc_punct_is(t, CC_P_SEMI) || cc_punct_is(t, CC_P_LBRACE) || cc_punct_is(t, CC_P_RBRACE)) return;
        if (t->kind == CC_IDENT && !t->op && t->name && !cc_find(p, p->scope, t->name)) cc_told(p, t->name);
    }
}

cc_trial cc_trial_begin(cc *p) {
    wf_diags *d = p->r.diags;
    cc_trial trial = {d->last, d->errors, d->warnings, d->dropped, p->depth};
    p->quiet++;
    return trial;
}

int cc_trial_end(cc *p, cc_trial trial) {
    wf_diags *d = p->r.diags;
    int failed = d->errors != trial.errors || d->dropped != trial.dropped;
    d->last = trial.last;
    if (d->last) d->last->next = NULL;
    else d->first = NULL;
    d->errors = trial.errors;
    d->warnings = trial.warnings;
    d->dropped = trial.dropped;
    p->depth = trial.depth;
    p->quiet--;
    return failed;
}

/* What is read twice to see what it is, inside of what is read twice, doubles the work with each level: then
 * the way out is the one of memory that ran out. */
static void steps_left(cc *p) {
    if (p->steps > STEPS_MAX) longjmp(*p->scratch->on_failure, 1);
}

/* Of a block only braces count, so that a ( without a ) inside does not swallow what follows; what began with
 * another bracket ends at a } that closes more than was opened. */
void cc_skip_balanced(cc *p) {
    uint32_t depth = 0, braces = 0, from = p->at;
    int block = cc_is(p, CC_P_LBRACE);
    for (; cc_peek(p)->kind != CC_EOF; cc_next_token(p)) {
        if (cc_is(p, CC_P_LBRACE)) braces++;
        else if (cc_is(p, CC_P_RBRACE)) {
            if (!braces) return;
            if (--braces == 0 && block) break;
        } else if (block) continue;
        else if (cc_is(p, CC_P_LPAREN) || cc_is(p, CC_P_LBRACKET)) depth++;
        else if ((cc_is(p, CC_P_RPAREN) || cc_is(p, CC_P_RBRACKET)) && --depth == 0) break;
    }
    p->steps += (p->at - from) / 8; /* so many take as long as one step of the parser */
    steps_left(p);
    cc_next_token(p);
}

void cc_skip_to_semi(cc *p) {
    while (cc_peek(p)->kind != CC_EOF) {
        if (cc_is(p, CC_P_RBRACE)) return;
        if (cc_accept(p, CC_P_SEMI)) return;
        if (cc_is(p, CC_P_LBRACE)) {
            cc_skip_balanced(p);
            cc_accept(p, CC_P_SEMI);
            return;
        }
        if (cc_is(p, CC_P_LPAREN) || cc_is(p, CC_P_LBRACKET)) cc_skip_balanced(p);
        else cc_next_token(p);
    }
}

int cc_deeper(cc *p) {
    p->steps++;
    steps_left(p);
    int levels_left = ++p->depth <= NESTING_MAX;
    if (levels_left && (uintptr_t)__builtin_frame_address(0) > p->stack_floor) return 1;
    if (p->too_deep_told) return p->at = p->count - 1, 0;
    if (levels_left) cc_error(p, cc_place(p), NULL, "this is nested too deep for this thread's stack");
    else cc_error(p, cc_place(p), NULL, "this is nested too deep (more than %d levels)", NESTING_MAX);
    p->too_deep_told = 1;
    p->at = p->count - 1; /* nothing behind it can be read in its right place */
    return 0;
}

/* --- the door --- */

static void init_keywords(cc *p) {
    static const char *const texts[] = {NULL,
#define X(name, text) text,
                                        CC_KEYWORDS(X)
#undef X
    };
    for (unsigned i = 1; i < CC_KW_COUNT; i++) {
        cc_name *n = cc_intern(&p->r, texts[i], strlen(texts[i]));
        unsigned keyword = i;
        switch (i) { /* other spellings of the same */
        case CC_KW_BOOL_: keyword = CC_KW_BOOL; break;
        case CC_KW_SIGNED_: keyword = CC_KW_SIGNED; break;
        case CC_KW_CONST_: keyword = CC_KW_CONST; break;
        case CC_KW_VOLATILE_: keyword = CC_KW_VOLATILE; break;
        case CC_KW_RESTRICT_: keyword = CC_KW_RESTRICT; break;
        case CC_KW_INLINE_:
        case CC_KW_INLINE__: keyword = CC_KW_INLINE; break;
        case CC_KW_CONSTEVAL: keyword = CC_KW_CONSTEXPR; break;
        case CC_KW_ALIGNAS_: keyword = CC_KW_ALIGNAS; break;
        case CC_KW_ASM_:
        case CC_KW_ASM__: keyword = CC_KW_ASM; break;
        case CC_KW_ALIGNOF_:
        case CC_KW_ALIGNOF__:
        case CC_KW_ALIGNOF___: keyword = CC_KW_ALIGNOF; break;
        case CC_KW_STATIC_ASSERT_: keyword = CC_KW_STATIC_ASSERT; break;
        case CC_KW_FUNCTION:
        case CC_KW_PRETTY: keyword = CC_KW_FUNC; break;
        default: break;
        }
        n->keyword = (uint16_t)keyword;
    }
}

uint32_t cc_append_tokens(cc *p, const cc_tokens *more) {
    uint32_t begin = p->count, count = begin + more->count + 1;
    if (count > p->token_room) { /* the old ones stay where they are: somebody may be looking at one */
        p->token_room = count + count / 2;
        cc_token *all = WF_NEW_ARRAY(p->scratch, cc_token, p->token_room);
        memcpy(all, p->tokens, begin * sizeof *all);
        p->tokens = all;
    }
    memcpy(p->tokens + begin, more->data, more->count * sizeof *p->tokens);
    p->tokens[count - 1] = p->tokens[begin - 1]; /* the end */
    p->count = count;
    return begin;
}

/* namespace std, and cuda::std as another name of it where a header cuda/… was read. */
static void declare_std(cc *p) {
    cc_symbol *std = cc_symbol_add(p, p->global, p->r.n_std, CC_SYM_NAMESPACE, (wf_place){0});
    std->space = p->std = cc_scope_new(p, CC_SCOPE_NAMESPACE, p->global);
    p->std->name = p->r.n_std;
    if (!p->r.uses_cuda_std) return;
    cc_name *name = cc_intern(&p->r, "cuda", 4);
    cc_symbol *cuda = cc_symbol_add(p, p->global, name, CC_SYM_NAMESPACE, (wf_place){0});
    cuda->space = cc_scope_new(p, CC_SCOPE_NAMESPACE, p->global);
    cuda->space->name = name;
    cc_symbol_add(p, cuda->space, p->r.n_std, CC_SYM_NAMESPACE, (wf_place){0})->space = p->std;
}

static void compile(cc *p, const char *source, size_t length) {
    cc_tokens tokens = {0};
    cc_reader_init(&p->r, p->u, p->scratch, p->options);
    init_keywords(p);
    cc_preprocess_all(&p->r, source, length, &tokens);
    p->tokens = tokens.data;
    p->count = tokens.count;
    p->known_slots = WF_NEW_ARRAY(p->scratch, uint16_t, CC_KNOWN_SLOTS);
    cc_known_index(p->known_slots);
    p->global = p->scope = cc_scope_new(p, CC_SCOPE_NAMESPACE, NULL);
    p->extern_c = p->options->extern_c != 0;
    p->asserts_off = cc_intern(&p->r, "NDEBUG", 6)->macro != NULL;
    declare_std(p);
    if (p->r.exhausted) return;
    while (cc_peek(p)->kind != CC_EOF) {
        if (cc_is(p, CC_P_RBRACE)) {
            cc_error(p, cc_place(p), NULL, "a } without a {");
            cc_next_token(p);
            continue;
        }
        cc_declaration(p);
        cc_run_pending(p);
        p->depth = 0;
    }
    for (uint32_t i = 0; i < p->options->instantiate_count; i++)
        cc_instantiate_named(p, p->options->instantiate[i]);
    cc_run_pending(p);
    cc_finish_virtual(p);
    cc_finish_functions(p);
    cc_write_out_methods(p->u);
}

static int told_before(const wf_diags *diags, const wf_diag *diag) {
    if (diag->severity != WF_ERROR || !diag->at.line) return 0;
    for (const wf_diag *d = diags->first; d != diag; d = d->next)
        if (d->severity == WF_ERROR && d->at.file == diag->at.file && d->at.line == diag->at.line &&
            d->at.column == diag->at.column)
            return 1;
    return 0;
}

/* One mistake, one error: what else goes wrong at a place, or there again in another instance of a template,
 * follows from the first. A note belongs to what is before it. */
static void drop_repeated(wf_diags *diags) {
    wf_diag *last = NULL;
    int repeated = 0;
    for (wf_diag *d = diags->first, *next; d; d = next) {
        next = d->next;
        if (d->severity != WF_NOTE) repeated = told_before(diags, d);
        if (!repeated) last = d;
        else if (last) last->next = next;
    }
    diags->last = last;
}

static wf_status finish(wf_unit *u, wf_error *err) {
    if (!u->diags.errors) return WF_OK;
    wf_text text;
    drop_repeated(&u->diags);
    wf_text_init(&text, NULL);
    wf_diags_render(&u->diags, &text);
    wf_status status = wf_fail(err, WF_COMPILE, "%s", text.data ? text.data : "compile error");
    wf_text_free(&text);
    return status;
}

static const wf_cudac_options no_options;

/* 0: an arena was full or memory ran out. */
__attribute__((noinline)) static int compile_guarded(cc *p, const char *source, size_t length) {
    jmp_buf failure;
    p->arena->on_failure = p->scratch->on_failure = &failure;
    if (setjmp(failure)) return 0;
    compile(p, source, length);
    /* Every reason for giving an expression up is told; should one not be, then here. */
    wf_error why;
    wf_place at = p->unknown.line ? p->unknown : p->u->given_up;
    if (at.line && !p->r.diags->errors && wf_unit_verify(p->u, &why) != WF_OK)
        cc_error(p, at, NULL, "this is declared in a way that gives it no value");
    p->arena->on_failure = NULL;
    return 1;
}

static wf_status failed(cc *p, size_t limit, wf_error *err) {
    if (p->steps > STEPS_MAX)
        return wf_fail(
            err, WF_COMPILE,
            "%s:%u: error: around here the source takes more than %d million steps to read; nest less",
            p->options->file_name ? p->options->file_name : "kernel.cu", cc_place(p).line, STEPS_MAX >> 20);
    const size_t some = limit / 16; /* what is asked for at last, when a text doubles, may be much of it */
    if (p->scratch->used < some && p->arena->used < some) return wf_fail(err, WF_NOMEM, "out of memory");
    return wf_fail(err, WF_COMPILE, "%s: error: the source needs more than %zu MiB to compile",
                   p->options->file_name ? p->options->file_name : "kernel.cu", limit >> 20);
}

enum { SCRATCH_KEPT = 4 << 20 }; /* what 2,000 lines need */

wf_status wf_cudac_compile(const char *source, size_t length, const wf_cudac_options *given, wf_unit **unit,
                           wf_error *err) {
    const wf_cudac_options *options = given ? given : &no_options;
    /* Three eighths for the tree, the rest for what is needed only now. */
    const size_t limit = options->byte_limit ? options->byte_limit : WF_ARENA_DEFAULT_LIMIT,
                 tree_limit = limit / 8 * 3, scratch_limit = limit / 8 * 5;
    wf_arena own, *scratch = options->scratch ? options->scratch : &own;
    cc *p = wf_calloc(1, sizeof *p);
    *unit = p ? wf_unit_new(options->file_name ? options->file_name : "kernel.cu", tree_limit) : NULL;
    if (!*unit) {
        wf_free(p);
        return wf_fail(err, WF_NOMEM, "out of memory");
    }
    if (options->scratch) scratch->limit = scratch_limit;
    else wf_arena_init(scratch, scratch_limit);
    p->u = *unit;
    p->arena = &(*unit)->arena;
    p->scratch = scratch;
    p->options = options;
    /* A quarter of what is free: walks over trees begin at the deepest point too, and take more for a level.
     */
    p->stack_floor = (uintptr_t)__builtin_frame_address(0) - wf_stack_left() / 4;
    wf_status status;
    if (compile_guarded(p, source, length)) {
        (*unit)->arena.limit = limit; /* emit works in it */
        status = finish(*unit, err);
    } else {
        status = failed(p, limit, err);
        wf_unit_free(*unit);
        *unit = NULL;
    }
    scratch->on_failure = NULL;
    wf_arena_reset(scratch, options->scratch ? SCRATCH_KEPT : 0);
    wf_free(p);
    return status;
}

/* Preprocesses and writes the tokens out; 0 as above. */
__attribute__((noinline)) static int preprocess_guarded(cc_reader *r, wf_unit *unit, wf_arena *scratch,
                                                        const char *source, size_t length,
                                                        const wf_cudac_options *options, wf_text *out) {
    jmp_buf failure;
    unit->arena.on_failure = scratch->on_failure = &failure;
    if (setjmp(failure)) return 0;
    cc_tokens tokens = {0};
    cc_reader_init(r, unit, scratch, options);
    r->text_only = 1;
    cc_preprocess_all(r, source, length, &tokens);
    for (uint32_t i = 0; i + 1 < tokens.count; i++) {
        const cc_token *t = &tokens.data[i];
        if (i && (t->flags & CC_LINE_START)) wf_text_putc(out, '\n');
        else if (i && (t->flags & CC_SPACE)) wf_text_putc(out, ' ');
        wf_text_add(out, t->text, t->length);
    }
    wf_text_putc(out, '\n');
    return 1;
}

wf_status wf_cudac_preprocess(const char *source, size_t length, const wf_cudac_options *options,
                              wf_text *out, wf_error *err) {
    wf_arena scratch;
    wf_unit *unit = wf_unit_new("preprocess", 0);
    cc_reader *r = wf_calloc(1, sizeof *r);
    wf_arena_init(&scratch, 0);
    wf_status status = WF_NOMEM;
    if (unit && r &&
        preprocess_guarded(r, unit, &scratch, source, length, options ? options : &no_options, out))
        status = finish(unit, err);
    else wf_fail(err, WF_NOMEM, "out of memory");
    wf_arena_free(&scratch);
    wf_free(r);
    if (unit) wf_unit_free(unit);
    return status;
}
