/* base/text.c: see text.h. */
#include "base/text.h"
#include "base/format.h"
#include "base/memory.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void wf_text_init(wf_text *text, wf_arena *arena) {
    memset(text, 0, sizeof *text);
    text->arena = arena;
}

void wf_text_free(wf_text *text) {
    if (!text->arena) wf_free(text->data);
    memset(text, 0, sizeof *text);
}

/* Room for `more` bytes and a NUL. */
static int reserve(wf_text *text, size_t more) {
    if (text->failed) return 0;
    size_t need = text->length + more + 1;
    if (need <= text->capacity) return 1;
    size_t capacity = text->capacity ? text->capacity * 2 : 256;
    while (capacity < need) capacity *= 2;
    char *data;
    if (text->arena) {
        data = wf_arena_alloc(text->arena, capacity);
        if (data && text->length) memcpy(data, text->data, text->length);
    } else {
        data = wf_realloc(text->data, capacity);
    }
    if (!data) {
        text->failed = 1;
        return 0;
    }
    text->data = data;
    text->capacity = capacity;
    return 1;
}

void wf_text_add(wf_text *text, const char *data, size_t length) {
    if (!reserve(text, length)) return;
    if (length) memcpy(text->data + text->length, data, length);
    text->length += length;
    text->data[text->length] = 0;
}

void wf_text_puts(wf_text *text, const char *data) { wf_text_add(text, data, strlen(data)); }
void wf_text_putc(wf_text *text, char c) { wf_text_add(text, &c, 1); }

void wf_text_printf(wf_text *text, const char *format, ...) {
    char small[256];
    va_list args;
    va_start(args, format);
    int length = wf_format(small, sizeof small, format, args);
    va_end(args);
    if (length < 0) return;
    if ((size_t)length < sizeof small) {
        wf_text_add(text, small, (size_t)length);
        return;
    }
    if (!reserve(text, (size_t)length)) return;
    va_start(args, format);
    wf_format(text->data + text->length, (size_t)length + 1, format, args);
    va_end(args);
    text->length += (size_t)length;
}
