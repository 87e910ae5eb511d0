/* runtime/print.c: printf of kernels on the CPU, as CUDA defines it.
 *
 * Arguments are 8-byte slots. Conversions d i u x X o c s p e E f F g G a A %, flags, width, precision (also
 * *), lengths hh h l ll z t j. A missing argument prints nothing. Strings are printed only from memory that a
 * kernel may hold a string in: a wild pointer prints "(bad string)" and does not fault. */
#include "base/system.h"
#include "base/text.h"
#include "runtime/inner.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

static wf_hook hook;

void wf_set_print_hook(void (*print)(void *, const char *, size_t), void *user) {
    wf__hook_set(&hook, (void (*)(void))print, user);
}

void wf__print(const char *text, size_t length) {
    void *user;
    void (*print)(void *, const char *, size_t) =
        (void (*)(void *, const char *, size_t))wf__hook_get(&hook, &user);
    if (print) {
        print(user, text, length);
        return;
    }
    wf_stdout_write(text, length);
}

typedef struct arguments {
    const unsigned char *at;
    uint32_t left;
} arguments;

static int next(arguments *args, uint64_t *slot) {
    *slot = 0;
    if (!args->left) return 0;
    memcpy(slot, args->at, 8);
    args->at += 8;
    args->left--;
    return 1;
}

typedef struct conversion {
    char flags[8];        /* for the C library's printf */
    int width, precision; /* -1: none */
    int length;           /* bytes of an integer: 1, 2, 4, 8 */
    char letter;
} conversion;

static int number(const char **at, arguments *args) {
    uint64_t slot;
    if (**at == '*') {
        ++*at;
        next(args, &slot);
        int value = (int32_t)slot;
        return value > 4096 ? 4096 : value < -4096 ? -4096 : value;
    }
    int value = 0;
    while (isdigit((unsigned char)**at)) {
        value = value * 10 + (*(*at)++ - '0');
        if (value > 4096) value = 4096; /* nobody reads more, and a kernel's text is bounded */
    }
    return value;
}

static const char *parse(const char *at, arguments *args, conversion *c) {
    size_t flags = 0;
    *c = (conversion){.width = -1, .precision = -1, .length = 4};
    for (; *at && strchr("-+ #0", *at); at++)
        if (flags < sizeof c->flags - 1 && !strchr(c->flags, *at)) c->flags[flags++] = *at;
    if (*at == '*' || isdigit((unsigned char)*at)) c->width = number(&at, args);
    if (c->width < -1) { /* a negative * is a flag and a width */
        c->width = -c->width;
        if (!strchr(c->flags, '-')) c->flags[flags++] = '-';
    }
    if (*at == '.') {
        at++;
        c->precision = number(&at, args);
        if (c->precision < 0) c->precision = -1;
    }
    for (; *at && strchr("hlzjtqL", *at); at++) c->length = *at != 'h' ? 8 : c->length == 2 ? 1 : 2;
    c->letter = *at;
    return *at ? at + 1 : at;
}

/* "%", flags, width, precision, the given length and letter. */
static void pattern(const conversion *c, const char *length, char letter, char out[64]) {
    int at = snprintf(out, 64, "%%%s", c->flags);
    if (c->width >= 0) at += snprintf(out + at, 64 - (size_t)at, "%d", c->width);
    if (c->precision >= 0) at += snprintf(out + at, 64 - (size_t)at, ".%d", c->precision);
    snprintf(out + at, 64 - (size_t)at, "%s%c", length, letter);
}

static void add_string(wf_text *text, const conversion *c, const char *string,
                       int (*readable)(void *, const char *), void *user) {
    char format[64];
    size_t length = 0, most = c->precision >= 0 ? (size_t)c->precision : 65536;
    if (!string) string = "(null)";
    else {
        while (length < most && readable(user, string + length) && string[length]) length++;
        if (length < most && !readable(user, string + length)) string = "(bad string)";
        else most = length;
    }
    conversion plain = *c;
    plain.precision = (int)(most < 65536 ? most : 65536);
    pattern(&plain, "", 's', format);
    wf_text_printf(text, format, string);
}

static int64_t signed_of(uint64_t slot, int length) {
    return length == 1   ? (int8_t)slot
           : length == 2 ? (int16_t)slot
           : length == 4 ? (int32_t)slot
                         : (int64_t)slot;
}

static uint64_t unsigned_of(uint64_t slot, int length) {
    return length == 1 ? (uint8_t)slot : length == 2 ? (uint16_t)slot : length == 4 ? (uint32_t)slot : slot;
}

static void add(wf_text *text, const conversion *c, uint64_t slot, int (*readable)(void *, const char *),
                void *user) {
    char format[64];
    double real;
    switch (c->letter) {
    case 'd':
    case 'i':
        pattern(c, "ll", c->letter, format);
        wf_text_printf(text, format, (long long)signed_of(slot, c->length));
        break;
    case 'u':
    case 'x':
    case 'X':
    case 'o':
        pattern(c, "ll", c->letter, format);
        wf_text_printf(text, format, (unsigned long long)unsigned_of(slot, c->length));
        break;
    case 'c':
        pattern(c, "", 'c', format);
        wf_text_printf(text, format, (int)(unsigned char)slot);
        break;
    case 'p':
        pattern(c, "", 'p', format);
        wf_text_printf(text, format, (void *)(uintptr_t)slot);
        break;
    case 's': add_string(text, c, (const char *)(uintptr_t)slot, readable, user); break;
    default:
        memcpy(&real, &slot, 8);
        pattern(c, "", c->letter, format);
        wf_text_printf(text, format, real);
    }
}

int wf__format(wf_text *text, const char *format, const void *slots, uint32_t count,
               int (*readable)(void *, const char *), void *user) {
    arguments args = {slots, count};
    int done = 0;
    while (*format && readable(user, format)) {
        size_t plain = 0;
        while (readable(user, format + plain) && format[plain] && format[plain] != '%') plain++;
        wf_text_add(text, format, plain);
        format += plain;
        if (!readable(user, format) || *format != '%') continue;
        conversion c;
        uint64_t slot;
        const char *after = parse(format + 1, &args, &c);
        if (c.letter == '%') {
            wf_text_putc(text, '%');
        } else if (!c.letter || !strchr("diuxXocspeEfFgGaA", c.letter)) {
            wf_text_add(text, format, (size_t)(after - format)); /* unknown: as it stands */
        } else if (next(&args, &slot)) {
            add(text, &c, slot, readable, user);
            done++;
        }
        format = after;
    }
    return done;
}
