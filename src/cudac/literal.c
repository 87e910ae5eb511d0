/* cudac/literal.c: the values of number, character and string tokens.
 *
 * Integers are read with overflow told; decimal floats go through strtod (which rounds correctly),
 * hexadecimal ones too. The text is copied first: digit separators (') are dropped, and the source is not
 * NUL-terminated at the token's end. */
#include "cudac/parse.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static int digit_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'z') return c - 'a' + 10;
    if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
    return 99;
}

static void read_float(char *text, cc_number *out, int hex) {
    char *end;
    out->is_float = 1;
    out->f = strtod(text, &end);
    for (; *end && !out->bad; end++) {
        if ((*end == 'f' || *end == 'F') && !out->suffix_f) out->suffix_f = 1;
        else if ((*end == 'l' || *end == 'L') && !out->longs) out->longs = 1; /* long double is double */
        else if ((*end == 'h' || *end == 'H') && !hex) out->suffix_h = 1;
        else out->bad = 1;
    }
}

static void read_suffix(const char *s, cc_number *out) {
    for (; *s; s++) {
        if ((*s == 'u' || *s == 'U') && !out->is_unsigned) out->is_unsigned = 1;
        else if ((*s == 'l' || *s == 'L') && !out->longs) {
            out->longs = 1;
            if (s[1] == *s) out->longs = 2, s++;
        } else out->bad = 1;
    }
}

void cc_read_number(const char *text, uint32_t length, cc_number *out) {
    char small[128], *copy = small;
    uint32_t n = 0;
    memset(out, 0, sizeof *out);
    if (length >= sizeof small) {
        out->bad = 1;
        return;
    }
    for (uint32_t i = 0; i < length; i++)
        if (text[i] != '\'') copy[n++] = text[i];
    copy[n] = 0;
    unsigned base = 10;
    if (copy[0] == '0' && (copy[1] == 'x' || copy[1] == 'X')) base = 16;
    else if (copy[0] == '0' && (copy[1] == 'b' || copy[1] == 'B')) base = 2;
    else if (copy[0] == '0') base = 8;
    int is_float = strchr(copy, '.') != NULL;
    if (base == 16) is_float |= strpbrk(copy, "pP") != NULL;
    else if (base != 2) is_float |= strpbrk(copy, "eE") != NULL;
    if (is_float || (base != 16 && base != 2 && strpbrk(copy, "fF"))) {
        read_float(copy, out, base == 16);
        return;
    }
    const char *s = copy + (base == 16 || base == 2 ? 2 : 0);
    const char *first = s;
    for (; digit_value(*s) < (int)(base == 8 ? 10 : base); s++) {
        if (digit_value(*s) >= (int)base) out->bad = 1; /* 089 */
        uint64_t next = out->i * base + (uint64_t)digit_value(*s);
        if (out->i > (UINT64_MAX - (uint64_t)digit_value(*s)) / base) out->overflow = 1;
        out->i = next;
    }
    if (s == first) out->bad = 1;
    out->decimal = base == 10;
    read_suffix(s, out);
}

/* One escape after the backslash; *s is moved behind it. */
static uint32_t read_escape(cc_reader *r, const cc_token *t, const char **s, const char *end, int report) {
    char c = *(*s)++;
    uint32_t value = 0;
    switch (c) {
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    case 'a': return '\a';
    case 'b': return '\b';
    case 'f': return '\f';
    case 'v': return '\v';
    case 'e': return 27;
    case 'x':
        while (*s < end && isxdigit((unsigned char)**s)) value = value * 16 + (uint32_t)digit_value(*(*s)++);
        return value & 255;
    case 'u':
    case 'U':
        for (int i = 0; i < (c == 'u' ? 4 : 8) && *s < end && isxdigit((unsigned char)**s); i++)
            value = value * 16 + (uint32_t)digit_value(*(*s)++);
        return value | (value >= 0x80 ? 0x80000000u : 0);
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
        value = (uint32_t)(c - '0');
        for (int i = 0; i < 2 && *s < end && **s >= '0' && **s <= '7'; i++)
            value = value * 8 + (uint32_t)(*(*s)++ - '0');
        return value & 255;
    case '\\':
    case '\'':
    case '"':
    case '?': return (unsigned char)c;
    default:
        if (report) wf_report(r->diags, WF_WARNING, t->at, NULL, "unknown escape \\%c: taken as %c", c, c);
        return (unsigned char)c;
    }
}

static uint64_t put_utf8(char *out, uint64_t n, uint32_t c) {
    if (c < 0x800) {
        out[n++] = (char)(0xc0 | c >> 6);
    } else {
        if (c >= 0x10000) out[n++] = (char)(0xf0 | (c >> 18 & 7)), out[n++] = (char)(0x80 | (c >> 12 & 63));
        else out[n++] = (char)(0xe0 | c >> 12);
        out[n++] = (char)(0x80 | (c >> 6 & 63));
    }
    out[n++] = (char)(0x80 | (c & 63));
    return n;
}

char *cc_read_string(cc_reader *r, const cc_token *t, wf_arena *arena, uint64_t *length, int report) {
    const char *s = t->text, *end = t->text + t->length;
    char *out = wf_arena_alloc(arena, t->length + 1);
    uint64_t n = 0;
    int raw = 0;
    while (s < end && *s != '"' && *s != '\'') raw |= *s++ == 'R';
    s++;
    if (raw) {
        const char *open = memchr(s, '(', (size_t)(end - s));
        if (open) {
            size_t tag = (size_t)(open - s);
            if ((size_t)(end - open) >= tag + 3) n = (uint64_t)(end - open) - tag - 3;
            memcpy(out, open + 1, n);
        }
    } else {
        if (end > s) end--;
        while (s < end) {
            if (*s != '\\' || s + 1 >= end) {
                out[n++] = *s++;
                continue;
            }
            s++;
            uint32_t c = read_escape(r, t, &s, end, report);
            if (c & 0x80000000u) n = put_utf8(out, n, c & 0x1fffff);
            else out[n++] = (char)c;
        }
    }
    out[n] = 0;
    *length = n;
    return out;
}

/* A decimal float rounded once to float (through double it would be rounded twice). */
float cc_strtof(const char *text, uint32_t length) {
    char copy[128];
    uint32_t n = 0;
    for (uint32_t i = 0; i < length && n + 1 < sizeof copy; i++)
        if (text[i] != '\'') copy[n++] = text[i];
    copy[n] = 0;
    return strtof(copy, NULL);
}
