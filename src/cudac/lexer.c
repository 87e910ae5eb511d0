/* cudac/lexer.c: source text → tokens; literals → values.
 *
 * The lexer runs over the text once. A backslash at the end of a line is white space between tokens; inside a
 * token (rare) the token is read again, slowly, into a copy without the splice. Raw strings keep theirs.
 * Numbers stay text until the parser asks for their value, as the preprocessor must be able to paste them. */
#include "cudac/token.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    C_IDENT = 1,
    C_DIGIT = 2,
    C_SPACE = 4,
    C_MARK = 8,   /* begins a token, and never a comment or a splice */
    C_QUOTE = 16, /* may begin a string or a character */
    C_PREFIX = C_IDENT | C_QUOTE,
};

/* clang-format off */
static unsigned char_class(unsigned char c) {
    static const unsigned char table[256] = {
        ['\t'] = C_SPACE, ['\v'] = C_SPACE, ['\f'] = C_SPACE, ['\r'] = C_SPACE, [' '] = C_SPACE,
        ['0' ... '9'] = C_DIGIT, ['_'] = C_IDENT, ['$'] = C_IDENT,
        ['a' ... 't'] = C_IDENT, ['u'] = C_PREFIX, ['v' ... 'z'] = C_IDENT,
        ['A' ... 'K'] = C_IDENT, ['L'] = C_PREFIX, ['M' ... 'Q'] = C_IDENT, ['R'] = C_PREFIX,
        ['S' ... 'T'] = C_IDENT, ['U'] = C_PREFIX, ['V' ... 'Z'] = C_IDENT,
        ['"'] = C_MARK | C_QUOTE, ['\''] = C_MARK | C_QUOTE,
        ['('] = C_MARK, [')'] = C_MARK, ['['] = C_MARK, [']'] = C_MARK, ['{'] = C_MARK, ['}'] = C_MARK,
        [';'] = C_MARK, [','] = C_MARK, ['.'] = C_MARK, ['<'] = C_MARK, ['>'] = C_MARK, ['='] = C_MARK,
        ['+'] = C_MARK, ['-'] = C_MARK, ['*'] = C_MARK, ['%'] = C_MARK, ['&'] = C_MARK, ['|'] = C_MARK,
        ['^'] = C_MARK, ['!'] = C_MARK, ['~'] = C_MARK, ['?'] = C_MARK, [':'] = C_MARK, ['#'] = C_MARK,
        [0x80 ... 0xff] = C_IDENT, /* UTF-8 letters are taken as they are */
    };
    return table[c];
}
/* clang-format on */

/* --- names --- */

static uint32_t hash_name(const char *text, size_t length) {
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < length; i++) h = (h ^ (unsigned char)text[i]) * 16777619u;
    return h;
}

static cc_name **name_bucket(const cc_reader *r, uint32_t hash) {
    return &r->buckets[(hash ^ hash >> 16) & (r->bucket_count - 1)];
}

static void more_buckets(cc_reader *r) {
    cc_name **before = r->buckets;
    const uint32_t count = r->bucket_count;
    r->bucket_count = count ? count * 4 : 1024;
    r->buckets = WF_NEW_ARRAY(r->scratch, cc_name *, r->bucket_count);
    for (uint32_t i = 0; i < count; i++)
        for (cc_name *n = before[i], *next; n; n = next) {
            cc_name **bucket = name_bucket(r, n->hash);
            next = n->next;
            n->next = *bucket;
            *bucket = n;
        }
}

static cc_name *intern_hashed(cc_reader *r, const char *text, size_t length, uint32_t hash) {
    if (r->name_count >= r->bucket_count) more_buckets(r);
    cc_name **bucket = name_bucket(r, hash);
    for (cc_name *n = *bucket; n; n = n->next)
        if (n->hash == hash && n->length == length && memcmp(n->text, text, length) == 0) return n;
    cc_name *n = WF_NEW(r->scratch, cc_name);
    n->text = wf_arena_strndup(&r->unit->arena, text, length);
    n->length = (uint32_t)length;
    n->hash = hash;
    n->next = *bucket;
    *bucket = n;
    r->name_count++;
    return n;
}

cc_name *cc_intern(cc_reader *r, const char *text, size_t length) {
    return intern_hashed(r, text, length, hash_name(text, length));
}

cc_token *cc_tokens_room(cc_tokens *list) {
    if (list->count == list->capacity) {
        uint32_t capacity = list->capacity ? list->capacity * 2 : 16;
        cc_token *data = wf_arena_alloc_raw(list->arena, sizeof *data * (size_t)capacity);
        if (list->count) memcpy(data, list->data, list->count * sizeof *data);
        list->data = data;
        list->capacity = capacity;
    }
    return &list->data[list->count];
}

void cc_tokens_add(cc_tokens *list, const cc_token *token) {
    *cc_tokens_room(list) = *token;
    list->count++;
}

/* --- tokens --- */

static const char *const punct_texts[CC_P_COUNT] = {"",
#define X(name, text) text,
                                                    CC_PUNCTS(X)
#undef X
};

const char *cc_punct_text(unsigned punct) { return punct < CC_P_COUNT ? punct_texts[punct] : ""; }

/* The longest punctuator at s. */
static unsigned read_punct(const char *s, const char *end, uint32_t *length) {
    const char b = s + 1 < end ? s[1] : 0, c = s + 2 < end ? s[2] : 0;
    *length = 1;
#define TWO(second, punct)                                                                                   \
    if (b == (second)) return *length = 2, CC_P_##punct
#define THREE(second, third, punct)                                                                          \
    if (b == (second) && c == (third)) return *length = 3, CC_P_##punct
    switch (*s) {
    case '(': return CC_P_LPAREN;
    case ')': return CC_P_RPAREN;
    case '[': return CC_P_LBRACKET;
    case ']': return CC_P_RBRACKET;
    case '{': return CC_P_LBRACE;
    case '}': return CC_P_RBRACE;
    case ';': return CC_P_SEMI;
    case ',': return CC_P_COMMA;
    case '?': return CC_P_QUESTION;
    case '~': return CC_P_TILDE;
    case '#': TWO('#', HASH_HASH); return CC_P_HASH;
    case ':': TWO(':', SCOPE); return CC_P_COLON;
    case '=': TWO('=', EQ); return CC_P_ASSIGN;
    case '!': TWO('=', NE); return CC_P_NOT;
    case '*': TWO('=', MUL_EQ); return CC_P_MUL;
    case '/': TWO('=', DIV_EQ); return CC_P_DIV;
    case '%': TWO('=', REM_EQ); return CC_P_REM;
    case '^': TWO('=', XOR_EQ); return CC_P_XOR;
    case '+':
        TWO('+', INC);
        TWO('=', ADD_EQ);
        return CC_P_ADD;
    case '&':
        TWO('&', LAND);
        TWO('=', AND_EQ);
        return CC_P_AND;
    case '|':
        TWO('|', LOR);
        TWO('=', OR_EQ);
        return CC_P_OR;
    case '.':
        THREE('.', '.', ELLIPSIS);
        TWO('*', DOT_STAR);
        return CC_P_DOT;
    case '-':
        THREE('>', '*', ARROW_STAR);
        TWO('>', ARROW);
        TWO('-', DEC);
        TWO('=', SUB_EQ);
        return CC_P_SUB;
    case '<':
        THREE('<', '=', SHL_EQ);
        THREE('<', '<', LAUNCH);
        TWO('<', SHL);
        TWO('=', LE);
        return CC_P_LT;
    case '>':
        THREE('>', '=', SHR_EQ);
        TWO('>', SHR);
        TWO('=', GE);
        return CC_P_GT;
    default: return CC_P_NONE;
    }
#undef TWO
#undef THREE
}

static int splice_at(const char *s, const char *end) {
    if (s >= end || *s != '\\') return 0;
    if (s + 1 < end && s[1] == '\n') return 2;
    return s + 2 < end && s[1] == '\r' && s[2] == '\n' ? 3 : 0;
}

static void next_line(cc_file *f) {
    f->line++;
    f->line_begin = f->at;
}

static wf_place place_of(const cc_file *f, const char *at, size_t length) {
    wf_place place = {f->index, (uint16_t)(length > 0xffff ? 0xffff : length), f->line,
                      (uint32_t)(at - f->line_begin) + 1};
    return place;
}

static void block_comment(cc_reader *r, cc_file *f) {
    wf_place at = place_of(f, f->at, 2);
    f->at += 2;
    while (f->at < f->end) {
        if (f->at[0] == '*' && f->at + 1 < f->end && f->at[1] == '/') {
            f->at += 2;
            return;
        }
        if (*f->at++ == '\n') {
            next_line(f);
            f->line_start = 1;
        }
    }
    wf_report(r->diags, WF_ERROR, at, NULL, "the comment that begins here has no end (*/)");
}

/* Skips white space and comments. Returns 0 at the end of a line while a directive is read. */
static int skip_all(cc_reader *r, cc_file *f, int *space) {
    for (;;) {
        const char *s = f->at, *end = f->end;
        if (s >= end) return 1;
        if (char_class((unsigned char)*s) == C_SPACE) {
            f->at++;
        } else if (*s == '\n') {
            if (r->in_directive) return 0;
            f->at++;
            next_line(f);
            f->line_start = 1;
        } else if (*s == '/' && s + 1 < f->end && s[1] == '/') {
            while (f->at < f->end && *f->at != '\n') {
                int n = splice_at(f->at, f->end);
                f->at += n ? n : 1;
                if (n) next_line(f);
            }
        } else if (*s == '/' && s + 1 < f->end && s[1] == '*') {
            int before = f->line_start;
            block_comment(r, f);
            if (r->in_directive) f->line_start = (uint8_t)before;
        } else {
            int n = splice_at(s, f->end);
            if (!n && *s == '\\' && s + 1 == f->end) n = 1; /* a backslash at the very end */
            if (!n) return 1;
            f->at += n;
            next_line(f);
        }
        *space = 1;
    }
}

/* The same, quickly where what comes is blanks and then a token. */
static inline int skip_space(cc_reader *r, cc_file *f, int *space) {
    const char *s = f->at, *end = f->end;
    while (s < end && char_class((unsigned char)*s) == C_SPACE) s++;
    if (s != f->at) *space = 1;
    f->at = s;
    return s < end && char_class((unsigned char)*s) ? 1 : skip_all(r, f, space);
}

void cc_skip_line(cc_reader *r, cc_file *f) {
    int in_directive = r->in_directive, space = 0;
    r->in_directive = 1;
    while (skip_space(r, f, &space) && f->at < f->end) {
        if (*f->at == '"' || *f->at == '\'') { /* so that a // inside is no comment */
            char quote = *f->at++;
            while (f->at < f->end && *f->at != quote && *f->at != '\n')
                f->at += *f->at == '\\' ? 1 + (f->at[1] != '\n') : 1;
            if (f->at < f->end && *f->at == quote) f->at++;
            if (f->at > f->end) f->at = f->end;
        } else {
            f->at++;
        }
    }
    r->in_directive = (uint8_t)in_directive;
}

int cc_skip_to_hash(cc_reader *r, cc_file *f) {
    int space = 0;
    skip_space(r, f, &space);
    if (f->at >= f->end) return -1;
    if (f->line_start && *f->at == '#') {
        f->at++;
        f->line_start = 0;
        return 1;
    }
    cc_skip_line(r, f);
    return 0;
}

/* Reads a token's characters as long as `more` says; splices are dropped into a copy. */
typedef int (*more_fn)(const char *begin, const char *s, int *state);

static void read_spliced(cc_reader *r, cc_file *f, cc_token *t, const char *begin, more_fn more) {
    wf_text copy;
    wf_text_init(&copy, r->scratch);
    int state = 0;
    const char *s = begin;
    while (s < f->end) {
        int n = splice_at(s, f->end);
        if (n) {
            s += n;
            f->at = s;
            next_line(f);
            continue;
        }
        char c = *s;
        wf_text_putc(&copy, c);
        if (!more(copy.data, copy.data + copy.length - 1, &state)) {
            copy.length--;
            break;
        }
        s++;
    }
    f->at = s;
    t->text = copy.data ? copy.data : "";
    t->length = (uint32_t)copy.length;
}

static int ident_more(const char *begin, const char *s, int *state) {
    (void)begin, (void)state;
    return char_class((unsigned char)*s) & (C_IDENT | C_DIGIT);
}

static int number_more(const char *begin, const char *s, int *state) {
    (void)state;
    char c = *s;
    if (c == '.' || (char_class((unsigned char)c) & (C_IDENT | C_DIGIT))) return 1;
    if ((c == '+' || c == '-') && s > begin) {
        char e = s[-1];
        int hex = begin[0] == '0' && (begin[1] == 'x' || begin[1] == 'X');
        return e == 'p' || e == 'P' || (!hex && (e == 'e' || e == 'E'));
    }
    return c == '\'' && s > begin && (char_class((unsigned char)s[-1]) & (C_IDENT | C_DIGIT)) && s[1] &&
           (char_class((unsigned char)s[1]) & (C_IDENT | C_DIGIT));
}

static void read_ident(cc_reader *r, cc_file *f, cc_token *t) {
    const char *s = f->at;
    uint32_t h = 2166136261u;
    while (s < f->end && (char_class((unsigned char)*s) & (C_IDENT | C_DIGIT)))
        h = (h ^ (unsigned char)*s++) * 16777619u;
    t->kind = CC_IDENT;
    if (splice_at(s, f->end)) {
        read_spliced(r, f, t, f->at, ident_more);
        t->name = cc_intern(r, t->text, t->length);
    } else {
        t->length = (uint32_t)(s - f->at);
        t->name = intern_hashed(r, f->at, t->length, h);
        f->at = s;
    }
    t->text = t->name->text;
    t->op = t->name->keyword;
}

static void read_number(cc_reader *r, cc_file *f, cc_token *t) {
    const char *begin = f->at, *s = begin;
    int state = 0;
    t->kind = CC_NUMBER;
    while (s < f->end && number_more(begin, s, &state)) s++;
    if (splice_at(s, f->end)) {
        read_spliced(r, f, t, begin, number_more);
        return;
    }
    t->text = begin;
    t->length = (uint32_t)(s - begin);
    f->at = s;
}

/* R"tag( … )tag": nothing inside has a meaning. */
static void read_raw_string(cc_reader *r, cc_file *f, cc_token *t, const char *begin, const char *quote) {
    const char *open = quote + 1;
    while (open < f->end && *open != '(' && *open != '\n' && open - quote <= 17) open++;
    size_t tag = (size_t)(open - quote - 1);
    t->kind = CC_STRING;
    t->text = begin;
    if (open >= f->end || *open != '(') {
        wf_report(r->diags, WF_ERROR, t->at, NULL,
                  "a raw string begins with R\"tag( and has at most 16 letters of tag");
        f->at = open;
        t->length = (uint32_t)(f->at - begin);
        return;
    }
    const char *s = open + 1;
    for (; s < f->end; s++)
        if (*s == ')' && (size_t)(f->end - s) >= tag + 2 && memcmp(s + 1, quote + 1, tag) == 0 &&
            s[1 + tag] == '"') {
            t->length = (uint32_t)(s + tag + 2 - begin);
            for (; f->at < s + tag + 2; f->at++)
                if (*f->at == '\n') {
                    f->line++;
                    f->line_begin = f->at + 1;
                }
            return;
        }
    wf_report(r->diags, WF_ERROR, t->at, NULL, "the raw string that begins here has no end");
    f->at = f->end;
    t->length = (uint32_t)(f->end - begin);
}

static void read_quoted(cc_reader *r, cc_file *f, cc_token *t, const char *begin, const char *quote) {
    char q = *quote;
    t->kind = q == '"' ? CC_STRING : CC_CHAR;
    wf_text copy;
    int copied = 0;
    const char *s = quote + 1, *from = begin;
    while (s < f->end && *s != q && *s != '\n') {
        int n = splice_at(s, f->end);
        if (n) {
            if (!copied) wf_text_init(&copy, r->scratch);
            copied = 1;
            wf_text_add(&copy, from, (size_t)(s - from));
            s += n;
            from = f->at = s;
            next_line(f);
        } else {
            s += *s == '\\' && s + 1 < f->end ? 2 : 1;
        }
    }
    int closed = s < f->end && *s == q;
    if (!closed && !r->in_directive) wf_report(r->diags, WF_ERROR, t->at, NULL, "missing closing %c", q);
    const char *stop = closed ? s + 1 : s;
    if (stop > f->end) stop = f->end;
    f->at = stop;
    if (copied) {
        wf_text_add(&copy, from, (size_t)(stop - from));
        if (!closed) wf_text_putc(&copy, q);
        t->text = copy.data;
        t->length = (uint32_t)copy.length;
        return;
    }
    t->text = begin;
    t->length = (uint32_t)(stop - begin);
    if (!closed) { /* close it, so that whoever reads the token finds what it expects */
        char *text = wf_arena_alloc(r->scratch, t->length + 2);
        memcpy(text, begin, t->length);
        text[t->length++] = q;
        t->text = text;
    }
}

/* The quote after an encoding prefix (L u U u8) and R, or NULL. */
static const char *string_start(const cc_file *f, int *raw) {
    const char *s = f->at;
    if (*s == 'u' && s + 1 < f->end && s[1] == '8') s += 2;
    else if (*s == 'L' || *s == 'u' || *s == 'U') s++;
    if (s < f->end && *s == 'R' && s + 1 < f->end && s[1] == '"') {
        *raw = 1;
        return s + 1;
    }
    return s < f->end && (*s == '"' || *s == '\'') ? s : NULL;
}

void cc_lex(cc_reader *r, cc_file *f, cc_token *t) {
    int space = 0;
    int go_on = skip_space(r, f, &space);
    const char *begin = f->at;
    *t = (cc_token){.flags =
                        (uint8_t)((space ? CC_SPACE : 0) | (f->line_start ? CC_LINE_START | CC_SPACE : 0)),
                    .at = place_of(f, begin, 1),
                    .text = begin};
    if (!go_on || begin >= f->end) {
        t->kind = CC_EOF;
        t->at.length = 0;
        t->text = "";
        return;
    }
    f->line_start = 0;
    unsigned char c = (unsigned char)*begin;
    unsigned class = char_class(c);
    const char *quote = NULL;
    int raw = 0;
    if (class & C_QUOTE) quote = string_start(f, &raw);
    if (quote && raw) read_raw_string(r, f, t, begin, quote);
    else if (quote) read_quoted(r, f, t, begin, quote);
    else if (class & C_IDENT) read_ident(r, f, t);
    else if (class == C_DIGIT ||
             (c == '.' && begin + 1 < f->end && char_class((unsigned char)begin[1]) == C_DIGIT))
        read_number(r, f, t);
    else {
        t->op = (uint16_t)read_punct(begin, f->end, &t->length);
        t->kind = t->op ? CC_PUNCT : CC_OTHER;
        if (!t->op) t->length = 1;
        f->at = begin + t->length;
    }
    t->at.length = (uint16_t)(t->length > 0xffff ? 0xffff : t->length);
}

uint32_t cc_lex_text(cc_reader *r, const char *text, size_t length, cc_token *out, uint32_t max) {
    cc_file file = {.at = text, .end = text + length, .line_begin = text, .line = 1};
    int in_directive = r->in_directive;
    uint32_t count = 0;
    r->in_directive = 1;
    for (; count < max; count++) {
        cc_lex(r, &file, &out[count]);
        if (out[count].kind == CC_EOF) break;
    }
    if (count == max && file.at < file.end) count++; /* more than max */
    r->in_directive = (uint8_t)in_directive;
    return count;
}

void cc_reader_init(cc_reader *r, wf_unit *unit, wf_arena *scratch, const wf_cudac_options *options) {
    memset(r, 0, sizeof *r);
    r->unit = unit;
    r->diags = &unit->diags;
    r->scratch = scratch;
    r->options = options;
    r->budget = 700000;
    r->n_va_args = cc_intern(r, "__VA_ARGS__", 11);
    r->n_va_opt = cc_intern(r, "__VA_OPT__", 10);
    r->n_defined = cc_intern(r, "defined", 7);
    r->n_has_include = cc_intern(r, "__has_include", 13);
    r->n_pragma = cc_intern(r, "_Pragma", 7);
    r->n_unroll = cc_intern(r, "__wf_unroll", 11);
    r->n_std = cc_intern(r, "std", 3);
}
