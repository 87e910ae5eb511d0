/* base/text.h: a growing string in an arena (compiler), and one on the heap (everything else). */
#ifndef WF_BASE_TEXT_H
#define WF_BASE_TEXT_H
#include "base/arena.h"

typedef struct wf_text {
    wf_arena *arena; /* NULL: on the heap, freed with wf_text_free */
    char *data;      /* NUL-terminated once anything was added; NULL before */
    size_t length, capacity;
    int failed; /* heap only: an allocation failed; later additions do nothing */
} wf_text;

void wf_text_init(wf_text *text, wf_arena *arena);
void wf_text_free(wf_text *text);
void wf_text_add(wf_text *text, const char *data, size_t length);
void wf_text_puts(wf_text *text, const char *data);
void wf_text_putc(wf_text *text, char c);
void wf_text_printf(wf_text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
#endif
