/* base/format.c: see format.h.
 *
 * The compiler writes its text in small pieces, several hundred for a function, and vsnprintf() takes longer
 * to begin than to write one. So what nearly all formats are made of is written here; a format with anything
 * else in it (a width, a float) goes to vsnprintf() as a whole. */
#include "base/format.h"
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef struct piece {
    const char *data; /* NULL: not one of the simple ones */
    size_t length;
} piece;

typedef struct arguments { /* a va_list that may be passed on */
    va_list list;
} arguments;

/* The digits end at `end`. */
static piece decimal(char *end, uint64_t value, int negative) {
    char *at = end;
    do *--at = (char)('0' + value % 10);
    while (value /= 10);
    if (negative) *--at = '-';
    return (piece){at, (size_t)(end - at)};
}

static piece signed_decimal(char *end, int64_t value) {
    return decimal(end, value < 0 ? -(uint64_t)value : (uint64_t)value, value < 0);
}

/* d, i, u with `longs` times l before them. */
static piece integer(char *end, char kind, int longs, arguments *args) {
    if (kind == 'u')
        return decimal(end,
                       longs == 2   ? va_arg(args->list, unsigned long long)
                       : longs == 1 ? va_arg(args->list, unsigned long)
                                    : va_arg(args->list, unsigned),
                       0);
    return signed_decimal(end, longs == 2   ? va_arg(args->list, long long)
                               : longs == 1 ? va_arg(args->list, long)
                                            : va_arg(args->list, int));
}

/* The conversion at *format, which is set behind it. `room` holds what is made here, before `end`. */
static piece conversion(const char **format, char *room, char *end, arguments *args) {
    const char *f = *format + 1;
    int longs = 0;
    if (f[0] == '.' && f[1] == '*' && f[2] == 's') {
        int most = va_arg(args->list, int);
        const char *text = va_arg(args->list, const char *);
        *format = f + 3;
        return text && most >= 0 ? (piece){text, strnlen(text, (size_t)most)} : (piece){NULL, 0};
    }
    for (; *f == 'l' && longs < 2; longs++) f++;
    if (f[0] == 'z' && f[1] == 'u') {
        *format = f + 2;
        return decimal(end, va_arg(args->list, size_t), 0);
    }
    *format = f + 1;
    if (*f == 'd' || *f == 'i' || *f == 'u') return integer(end, *f, longs, args);
    if (longs) return (piece){NULL, 0};
    if (*f == 's') {
        const char *text = va_arg(args->list, const char *);
        return (piece){text, text ? strlen(text) : 0};
    }
    if (*f != 'c' && *f != '%') return (piece){NULL, 0};
    *room = *f == 'c' ? (char)va_arg(args->list, int) : '%';
    return (piece){room, 1};
}

int wf_format(char *out, size_t room, const char *format, va_list given) {
    char small[32];
    size_t length = 0;
    arguments args;
    va_copy(args.list, given);
    for (const char *f = format; *f;) {
        piece p = {f, 0};
        if (*f == '%') p = conversion(&f, small, small + sizeof small, &args);
        else
            while (*f && *f != '%') f++, p.length++;
        if (!p.data) {
            va_end(args.list);
            return vsnprintf(out, room, format, given);
        }
        if (length < room) memcpy(out + length, p.data, p.length < room - length ? p.length : room - length);
        length += p.length;
    }
    va_end(args.list);
    if (room) out[length < room ? length : room - 1] = 0;
    return (int)length;
}
