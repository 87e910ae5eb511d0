/* cudac/preprocess.c: directives, included files, and the stream of expanded tokens.
 *
 * Tokens come from the streams of macro.c first, then from the file. A # that begins a line of the file is a
 * directive and never leaves here, except that `#pragma unroll N` becomes the tokens `__wf_unroll ( N )`,
 * which the parser reads before a loop. A file is read from disk once however often it is included; circles
 * end at a depth of 64. */
#include "base/embed.h"
#include "base/system.h"
#include "cudac/token.h"
#include <stdio.h>
#include <string.h>

typedef struct cc_loaded {
    struct cc_loaded *next;
    const char *name, *folder, *text;
    size_t length;
    uint16_t index;
    uint8_t once;
} cc_loaded;

enum { FILE_BYTES_MAX = 32 << 20 };

/* --- files --- */

static cc_loaded *add_source(cc_reader *r, const char *name, const char *text, size_t length, int built_in) {
    cc_loaded *l = WF_NEW(r->scratch, cc_loaded);
    const char *slash = strrchr(name, '/');
    l->name = name;
    l->folder = slash ? wf_arena_strndup(r->scratch, name, (size_t)(slash - name) + 1) : "";
    l->text = text;
    l->length = length;
    l->index = wf_source_add(r->diags, name, text, length, 1);
    r->diags->sources[l->index].built_in = built_in;
    l->next = r->loaded;
    r->loaded = l;
    return l;
}

static void enter(cc_reader *r, cc_loaded *l) {
    cc_file *f = WF_NEW(r->scratch, cc_file);
    f->below = r->file;
    f->at = f->line_begin = l->text;
    f->end = l->text + l->length;
    f->name = l->name;
    f->folder = l->folder;
    f->loaded = l;
    f->index = l->index;
    f->line = 1;
    f->line_start = 1;
    f->if_depth = r->if_count;
    if (l->length >= 3 && memcmp(l->text, "\xef\xbb\xbf", 3) == 0) f->at += 3;
    r->file = f;
    r->include_depth++;
}

static cc_loaded *find_loaded(cc_reader *r, const char *name) {
    for (cc_loaded *l = r->loaded; l; l = l->next)
        if (strcmp(l->name, name) == 0) return l;
    return NULL;
}

static cc_loaded *load_file(cc_reader *r, const char *path) {
    cc_loaded *l = find_loaded(r, path);
    if (l) return l;
    FILE *file = wf_file_open(path, "rb");
    if (!file) return NULL;
    char *text = NULL;
    long size = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
    size_t length = 0;
    if (size >= 0 && size <= FILE_BYTES_MAX && fseek(file, 0, SEEK_SET) == 0 &&
        r->unit->arena.used + (size_t)size + 4096 < r->unit->arena.limit) {
        text = wf_arena_alloc(&r->unit->arena, (size_t)size + 1);
        length = fread(text, 1, (size_t)size, file);
        if (ferror(file)) text = NULL; /* a folder, say */
    }
    fclose(file);
    return text ? add_source(r, wf_arena_strdup(&r->unit->arena, path), text, length, 0) : NULL;
}

static cc_loaded *load_memory(cc_reader *r, const char *name) {
    const wf_cudac_options *o = r->options;
    for (uint32_t i = 0; i < o->header_count; i++) {
        if (strcmp(o->header_names[i], name) != 0) continue;
        cc_loaded *l = find_loaded(r, name);
        if (l) return l;
        const char *text = wf_arena_strdup(&r->unit->arena, o->header_texts[i]);
        return add_source(r, wf_arena_strdup(&r->unit->arena, name), text, strlen(text), 0);
    }
    return NULL;
}

static cc_loaded *find_header(cc_reader *r, const char *name, int quoted) {
    cc_loaded *l = NULL;
    if (name[0] == '/') return load_file(r, name);
    if (quoted && r->file->index && r->file->folder) {
        const char *path = wf_arena_printf(r->scratch, "%s%s", r->file->folder, name);
        if (r->file->folder[0]) l = load_file(r, path); /* never the current folder by accident */
    }
    if (!l) l = load_memory(r, name);
    const wf_device_file *own = !l && r->options->device_library ? wf_device_file_find(name) : NULL;
    if (own && !(l = find_loaded(r, own->name))) l = add_source(r, own->name, own->text, own->length, 0);
    for (uint32_t i = 0; !l && i < r->options->include_dir_count; i++)
        l = load_file(r, wf_arena_printf(r->scratch, "%s/%s", r->options->include_dirs[i], name));
    const char *text;
    if (!l && (text = cc_built_in_header(name))) {
        for (l = r->loaded; l && l->text != text;) l = l->next; /* one text may have several names */
        if (!l) l = add_source(r, wf_arena_strdup(&r->unit->arena, name), text, strlen(text), 1);
        if (!strncmp(name, "cuda/", 5)) r->uses_cuda_std = 1;
    }
    return l;
}

/* Enters a file, and before it what it needs without including it. */
static void enter_with_implied(cc_reader *r, cc_loaded *l) {
    const char *names[CC_IMPLIED_MAX];
    int none = r->diags->sources[l->index].built_in || r->text_only || r->options->device_library;
    unsigned count = none ? 0 : cc_implied_headers(l->text, l->length, names);
    enter(r, l);
    for (unsigned i = 0; i < count; i++) {
        cc_loaded *header = find_header(r, names[i], 0);
        if (header && !header->once) enter(r, header);
    }
}

/* --- directives --- */

static uint32_t read_line(cc_reader *r, cc_file *f, cc_tokens *line) {
    line->arena = r->scratch;
    for (cc_token t; cc_lex(r, f, &t), t.kind != CC_EOF;) cc_tokens_add(line, &t);
    return line->count;
}

/* The name in "…" or <…>; NULL after an error. */
static const char *header_name(cc_reader *r, cc_file *f, const cc_token *hash, int *quoted) {
    const char *s = f->at;
    while (s < f->end && (*s == ' ' || *s == '\t')) s++;
    if (s < f->end && (*s == '"' || *s == '<')) {
        char close = *s == '<' ? '>' : '"';
        const char *begin = ++s;
        while (s < f->end && *s != close && *s != '\n') s++;
        *quoted = close == '"';
        f->at = s < f->end && *s == close ? s + 1 : s;
        if (s < f->end && *s == close) return wf_arena_strndup(r->scratch, begin, (size_t)(s - begin));
    } else {
        cc_tokens line = {0}, expanded = {.arena = r->scratch};
        read_line(r, f, &line);
        cc_expand_list(r, line.data, line.count, &expanded);
        if (expanded.count == 1 && expanded.data[0].kind == CC_STRING && expanded.data[0].length >= 2) {
            *quoted = 1;
            return wf_arena_strndup(r->scratch, expanded.data[0].text + 1, expanded.data[0].length - 2);
        }
        if (expanded.count > 2 && cc_punct_is(&expanded.data[0], CC_P_LT)) {
            wf_text text;
            wf_text_init(&text, r->scratch);
            for (uint32_t i = 1; i < expanded.count && !cc_punct_is(&expanded.data[i], CC_P_GT); i++)
                wf_text_add(&text, expanded.data[i].text, expanded.data[i].length);
            *quoted = 0;
            return text.data;
        }
    }
    wf_report(r->diags, WF_ERROR, hash->at, NULL, "#include: expected \"file\" or <file>");
    return NULL;
}

static void do_include(cc_reader *r, cc_file *f, const cc_token *hash) {
    int quoted = 0;
    const char *name = header_name(r, f, hash, &quoted);
    cc_skip_line(r, f);
    if (!name || !name[0]) return;
    cc_loaded *l = find_header(r, name, quoted);
    const char *why = l ? NULL : cc_unsupported_header(name);
    if (why) {
        wf_report(r->diags, WF_ERROR, hash->at, NULL, "not supported: %s (header %s)", why, name);
    } else if (!l) {
        wf_report(r->diags, WF_ERROR, hash->at,
                  "give its folder as an include folder, or its text as a header", "header %s was not found",
                  name);
    } else if (r->include_depth >= CC_INCLUDE_DEPTH_MAX) {
        wf_report(r->diags, WF_ERROR, hash->at, "add #pragma once to the headers",
                  "#include goes more than %d files deep", CC_INCLUDE_DEPTH_MAX);
        r->exhausted = 1;
    } else if (!l->once && cc_budget(r, 8)) {
        enter_with_implied(r, l);
    }
}

static void push_if(cc_reader *r, wf_place at, int taken) {
    if (r->if_count == r->if_capacity) {
        uint32_t capacity = r->if_capacity ? r->if_capacity * 2 : 16;
        cc_if *ifs = WF_NEW_ARRAY(r->scratch, cc_if, capacity);
        if (r->if_count) memcpy(ifs, r->ifs, r->if_count * sizeof *ifs);
        r->ifs = ifs;
        r->if_capacity = capacity;
    }
    r->ifs[r->if_count++] = (cc_if){at, (uint8_t)taken, 0};
}

static int read_condition(cc_reader *r, cc_file *f, wf_place at) {
    cc_tokens line = {0};
    read_line(r, f, &line);
    return cc_condition(r, line.data, line.count, at);
}

static int read_ifdef(cc_reader *r, cc_file *f, wf_place at) {
    cc_token t;
    cc_lex(r, f, &t);
    if (t.kind != CC_IDENT) {
        wf_report(r->diags, WF_ERROR, at, NULL, "#ifdef: expected a macro's name");
        return 0;
    }
    return t.name->macro || t.name->predefined;
}

static int is_word(const cc_token *t, const char *word) {
    return t->kind == CC_IDENT && strcmp(t->name->text, word) == 0;
}

/* Behind a false condition: goes on to the line after the #else or #elif that holds, or the #endif. */
static void skip_group(cc_reader *r, cc_file *f) {
    uint32_t depth = 0;
    r->in_directive = 0;
    for (int found; (found = cc_skip_to_hash(r, f)) >= 0; r->in_directive = 0) {
        if (!found) continue;
        cc_token t;
        r->in_directive = 1;
        cc_lex(r, f, &t);
        cc_if *top = &r->ifs[r->if_count - 1];
        if (is_word(&t, "if") || is_word(&t, "ifdef") || is_word(&t, "ifndef")) depth++;
        else if (is_word(&t, "endif") && depth-- == 0) {
            r->if_count--;
            cc_skip_line(r, f);
            break;
        } else if (is_word(&t, "else") && depth == 0) {
            if (top->seen_else) wf_report(r->diags, WF_ERROR, t.at, NULL, "a second #else");
            top->seen_else = 1;
            if (!top->taken) {
                top->taken = 1;
                cc_skip_line(r, f);
                break;
            }
        } else if (is_word(&t, "elif") && depth == 0 && !top->taken && read_condition(r, f, t.at)) {
            r->ifs[r->if_count - 1].taken = 1;
            cc_skip_line(r, f);
            break;
        }
        cc_skip_line(r, f);
    }
    r->in_directive = 0;
}

static void do_if(cc_reader *r, cc_file *f, wf_place at, int taken) {
    push_if(r, at, taken);
    cc_skip_line(r, f);
    if (!taken) skip_group(r, f);
}

/* #else or #elif met while a group was read: the rest is left out. */
static void do_else(cc_reader *r, cc_file *f, const cc_token *t) {
    if (r->if_count <= f->if_depth) {
        wf_report(r->diags, WF_ERROR, t->at, NULL, "#%s without #if", t->name->text);
        cc_skip_line(r, f);
        return;
    }
    cc_if *top = &r->ifs[r->if_count - 1];
    if (top->seen_else) wf_report(r->diags, WF_ERROR, t->at, NULL, "#%s after #else", t->name->text);
    if (is_word(t, "else")) top->seen_else = 1;
    cc_skip_line(r, f);
    skip_group(r, f);
}

/* `#pragma unroll`, `unroll 4`, `unroll(4)`, nounroll: the tokens for the parser. */
static void do_unroll(cc_reader *r, const cc_token *pragma, const cc_token *value, uint32_t count, int none) {
    cc_tokens out = {.arena = r->scratch};
    cc_token t = *pragma;
    t.kind = CC_IDENT;
    t.name = r->n_unroll;
    t.text = t.name->text;
    t.length = t.name->length;
    t.op = t.name->keyword;
    t.flags = CC_SPACE;
    cc_tokens_add(&out, &t);
    t.kind = CC_PUNCT;
    t.op = CC_P_LPAREN, t.text = "(", t.length = 1;
    cc_tokens_add(&out, &t);
    if (none) {
        cc_token one = t;
        one.kind = CC_NUMBER, one.text = "1", one.op = 0;
        cc_tokens_add(&out, &one);
    }
    for (uint32_t i = 0; i < count; i++) cc_tokens_add(&out, &value[i]);
    t.op = CC_P_RPAREN, t.text = ")";
    cc_tokens_add(&out, &t);
    cc_push(r, out.data, out.count, NULL, 0);
}

/* `#pragma pack(1)`, `pack(push, 1)`, `pack(pop)`, `pack()`: the parser is told what holds from here on, as
 * __wf_packing ( n ). */
static void do_pack(cc_reader *r, const cc_token *line, uint32_t count) {
    static const char *const texts[] = {"0", "1", "2", "4", "8", "16"};
    cc_token t = line[0];
    int told = 0;
    for (uint32_t i = 1; i < count; i++) {
        cc_number n = {.bad = 1};
        if (line[i].kind == CC_NUMBER) cc_read_number(line[i].text, line[i].length, &n);
        if (is_word(&line[i], "push") && r->pack_depth < sizeof r->pack_stack)
            r->pack_stack[r->pack_depth++] = r->pack, told = 1;
        else if (is_word(&line[i], "pop") && r->pack_depth)
            r->pack = r->pack_stack[--r->pack_depth], told = 1;
        else if (!n.bad && n.i && n.i <= 16 && !(n.i & (n.i - 1))) r->pack = (uint8_t)n.i, told = 1;
    }
    if (!told) r->pack = 0;
    unsigned which = 0;
    while (which < 5 && r->pack && (1u << which) != r->pack) which++;
    cc_tokens out = {.arena = r->scratch};
    t.kind = CC_IDENT, t.name = cc_intern(r, "__wf_packing", 12), t.text = t.name->text,
    t.length = t.name->length;
    t.op = t.name->keyword, t.flags = CC_SPACE;
    cc_tokens_add(&out, &t);
    t.kind = CC_PUNCT, t.op = CC_P_LPAREN, t.text = "(", t.length = 1;
    cc_tokens_add(&out, &t);
    t.kind = CC_NUMBER, t.op = 0, t.text = texts[r->pack ? which + 1 : 0];
    t.length = (uint32_t)strlen(t.text);
    cc_tokens_add(&out, &t);
    t.kind = CC_PUNCT, t.op = CC_P_RPAREN, t.text = ")", t.length = 1;
    cc_tokens_add(&out, &t);
    cc_push(r, out.data, out.count, NULL, 0);
}

static void do_pragma(cc_reader *r, cc_file *f, const cc_token *line, uint32_t count) {
    if (count && is_word(&line[0], "once") && f && f->loaded) f->loaded->once = 1;
    else if (count && is_word(&line[0], "unroll")) do_unroll(r, &line[0], line + 1, count - 1, 0);
    else if (count && is_word(&line[0], "nounroll")) do_unroll(r, &line[0], NULL, 0, 1);
    else if (count && is_word(&line[0], "pack")) do_pack(r, line, count);
}

static void do_message(cc_reader *r, cc_file *f, const cc_token *t) {
    const char *begin = f->at;
    cc_skip_line(r, f);
    while (begin < f->at && (*begin == ' ' || *begin == '\t')) begin++;
    size_t length = (size_t)(f->at - begin);
    while (length && (begin[length - 1] == '\r' || begin[length - 1] == ' ')) length--;
    wf_report(r->diags, is_word(t, "error") ? WF_ERROR : WF_WARNING, t->at, NULL, "#%s %.*s", t->name->text,
              (int)(length > 500 ? 500 : length), begin);
}

static void do_line(cc_reader *r, cc_file *f, const cc_token *hash) {
    cc_tokens line = {0}, out = {.arena = r->scratch};
    read_line(r, f, &line);
    cc_expand_list(r, line.data, line.count, &out);
    cc_number n = {.bad = 1};
    if (out.count && out.data[0].kind == CC_NUMBER) cc_read_number(out.data[0].text, out.data[0].length, &n);
    if (n.bad || n.is_float) wf_report(r->diags, WF_ERROR, hash->at, NULL, "#line: expected a line number");
    else f->line_shift = (int32_t)((uint32_t)n.i - hash->at.line - 1);
}

static void directive(cc_reader *r, cc_file *f, const cc_token *hash) {
    cc_token t;
    r->in_directive = 1;
    cc_lex(r, f, &t);
    if (t.kind == CC_EOF || t.kind == CC_NUMBER) { /* an empty directive, or a line marker */
        cc_skip_line(r, f);
    } else if (is_word(&t, "define")) {
        cc_define(r, f);
        cc_skip_line(r, f);
    } else if (is_word(&t, "undef")) {
        cc_lex(r, f, &t);
        if (t.kind == CC_IDENT && !(t.name->macro && t.name->macro->busy)) t.name->macro = NULL;
        cc_skip_line(r, f);
    } else if (is_word(&t, "include")) {
        do_include(r, f, hash);
    } else if (is_word(&t, "if")) {
        do_if(r, f, t.at, read_condition(r, f, t.at));
    } else if (is_word(&t, "ifdef")) {
        do_if(r, f, t.at, read_ifdef(r, f, t.at));
    } else if (is_word(&t, "ifndef")) {
        do_if(r, f, t.at, !read_ifdef(r, f, t.at));
    } else if (is_word(&t, "else") || is_word(&t, "elif")) {
        do_else(r, f, &t);
    } else if (is_word(&t, "endif")) {
        if (r->if_count <= f->if_depth) wf_report(r->diags, WF_ERROR, t.at, NULL, "#endif without #if");
        else r->if_count--;
        cc_skip_line(r, f);
    } else if (is_word(&t, "pragma")) {
        cc_tokens line = {0};
        read_line(r, f, &line);
        do_pragma(r, f, line.data, line.count);
    } else if (is_word(&t, "error") || is_word(&t, "warning")) {
        do_message(r, f, &t);
    } else if (is_word(&t, "line")) {
        do_line(r, f, hash);
    } else {
        if (!is_word(&t, "ident"))
            wf_report(r->diags, WF_ERROR, t.at, NULL, "unknown directive #%.*s",
                      (int)(t.length > 40 ? 40 : t.length), t.text);
        cc_skip_line(r, f);
    }
    r->in_directive = 0;
}

/* --- the stream --- */

static int leave_file(cc_reader *r) {
    cc_file *f = r->file;
    while (r->if_count > f->if_depth) {
        if (!r->exhausted)
            wf_report(r->diags, WF_ERROR, r->ifs[r->if_count - 1].at, NULL, "this conditional has no #endif");
        r->if_count--;
    }
    if (!f->below) return 0;
    r->file = f->below;
    r->include_depth--;
    return 1;
}

void cc_next_raw(cc_reader *r, cc_token *out) {
    while (r->streams && !r->exhausted) {
        cc_stream *s = r->streams;
        if (s->at < s->end) {
            *out = *s->at++;
            if (out->kind == CC_IDENT && out->name->macro && out->name->macro->busy) out->flags |= CC_PAINTED;
            return;
        }
        if (s->floor) {
            *out = (cc_token){.kind = CC_EOF, .text = "", .at = r->expansion};
            return;
        }
        cc_drop_stream(r);
    }
    for (;;) {
        if (r->exhausted) {
            *out = (cc_token){.kind = CC_EOF, .text = ""};
            return;
        }
        cc_lex(r, r->file, out);
        if (out->kind == CC_EOF && !r->in_directive && leave_file(r)) continue;
        if (!(cc_punct_is(out, CC_P_HASH) && (out->flags & CC_LINE_START))) return;
        cc_token hash = *out;
        directive(r, r->file, &hash);
        if (r->streams) {
            cc_next_raw(r, out);
            return;
        }
    }
}

/* _Pragma("unroll 4") */
static void pragma_operator(cc_reader *r, const cc_token *at) {
    cc_token open, text, close;
    cc_next_raw(r, &open);
    cc_next_raw(r, &text);
    cc_next_raw(r, &close);
    if (!cc_punct_is(&open, CC_P_LPAREN) || text.kind != CC_STRING || !cc_punct_is(&close, CC_P_RPAREN)) {
        wf_report(r->diags, WF_ERROR, at->at, NULL, "_Pragma: expected (\"text\")");
        return;
    }
    uint64_t length;
    char *line = cc_read_string(r, &text, r->scratch, &length, 0);
    cc_token tokens[16];
    uint32_t count = cc_lex_text(r, line, length, tokens, 16);
    cc_token *copy = WF_NEW_ARRAY(r->scratch, cc_token, 16);
    for (uint32_t i = 0; i < count && i < 16; i++) copy[i] = tokens[i], copy[i].at = at->at;
    do_pragma(r, NULL, copy, count > 16 ? 16 : count);
}

void cc_next(cc_reader *r, cc_token *out) {
    for (;;) {
        cc_next_raw(r, out);
        if (out->kind != CC_IDENT) return;
        if (out->name == r->n_pragma) {
            pragma_operator(r, out);
            continue;
        }
        if (!out->name->macro && !out->name->predefined) return;
        if (!cc_expand(r, out)) return;
        if (!cc_budget(r, 1)) { /* macros that expand to nothing count too */
            *out = (cc_token){.kind = CC_EOF, .text = ""};
            return;
        }
    }
}

/* The predefined macros and those of the command line, read as a file before the user's. */
static const char *first_lines(cc_reader *r) {
    static const char *const special[] = {"__LINE__", "__FILE__", "__COUNTER__", "__DATE__", "__TIME__"};
    const wf_cudac_options *o = r->options;
    wf_text text;
    for (unsigned i = 0; i < 5; i++)
        cc_intern(r, special[i], strlen(special[i]))->predefined = (uint16_t)(i + 1);
    wf_text_init(&text, r->scratch);
    wf_text_puts(&text, cc_prelude);
    wf_text_printf(&text, "#define __CUDA_ARCH__ %d\n", o->arch ? o->arch : 900);
    if (o->fast_math) wf_text_puts(&text, "#define __USE_FAST_MATH__ 1\n");
    for (uint32_t i = 0; i < o->define_count; i++) {
        const char *define = o->defines[i], *equals = strchr(define, '=');
        if (equals) wf_text_printf(&text, "#define %.*s %s\n", (int)(equals - define), define, equals + 1);
        else wf_text_printf(&text, "#define %s 1\n", define);
    }
    return text.data;
}

void cc_preprocess_all(cc_reader *r, const char *source, size_t length, cc_tokens *out) {
    const char *name = r->options->file_name ? r->options->file_name : "kernel.cu";
    char *copy = wf_arena_strndup(&r->unit->arena, source, length);
    cc_token t;
    cc_loaded *user = add_source(r, wf_arena_strdup(&r->unit->arena, name), copy, length, 0);
    const char *first = first_lines(r);
    cc_file prelude = {.at = first,
                       .end = first + strlen(first),
                       .line_begin = first,
                       .line = 1,
                       .line_start = 1,
                       .name = "<built-in>",
                       .folder = ""};
    r->file = &prelude;
    do cc_next_raw(r, &t);
    while (t.kind != CC_EOF);
    r->file = NULL;
    enter_with_implied(r, user);
    out->arena = r->scratch;
    out->capacity = (uint32_t)(length / 3 + 64); /* dense code has a token for 3.5 bytes */
    out->data = wf_arena_alloc_raw(r->scratch, sizeof *out->data * (size_t)out->capacity);
    for (int more = 1; more;) {
        cc_token *next = cc_tokens_room(out); /* where it is made, so that it need not be moved */
        cc_next(r, next);
        more = next->kind != CC_EOF;
        if (more && !cc_budget(r, 1)) continue;
        if (!r->streams) r->expansion = (wf_place){0};
        out->count++;
    }
    cc_token *end = &out->data[out->count - 1];
    if (!end->at.file && out->count > 1) end->at = out->data[out->count - 2].at;
}
