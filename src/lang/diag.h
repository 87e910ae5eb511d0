/* lang/diag.h: places in the user's source and what there is to say about them.
 *
 * Diagnostics are collected, not thrown: a front-end reports and goes on, so that the user sees all errors at
 * once (at most WF_DIAG_MAX). wf_diag_render makes the text with file, line, source line, caret and hint. */
#ifndef WF_LANG_DIAG_H
#define WF_LANG_DIAG_H
#include "base/arena.h"
#include "base/text.h"

/* A stretch of the user's source. file: index into the unit's sources, 0 = no place (made by us). line and
 * column start at 1; column and length count bytes. */
typedef struct wf_place {
    uint16_t file, length;
    uint32_t line;
    uint32_t column;
} wf_place;

typedef struct wf_source {
    const char *name; /* as the user knows it: a path, "kernel.cu", "<string>" */
    const char *text; /* NUL-terminated; NULL when not at hand (then no source line is shown) */
    size_t length;
    uint32_t first_line; /* the number that line 1 of text has in the file `name` (Python kernels start in
                            mid-file) */
    int built_in;        /* our own header: errors inside are told at the place of use */
} wf_source;

typedef enum wf_severity { WF_NOTE, WF_WARNING, WF_ERROR } wf_severity;
typedef struct wf_diag {
    struct wf_diag *next;
    wf_severity severity;
    wf_place at;
    const char *message; /* what was wrong: "got …, expected …" where that fits */
    const char *hint;    /* what to do, or NULL */
} wf_diag;

enum { WF_DIAG_MAX = 20 };
typedef struct wf_diags {
    wf_arena *arena;
    wf_source *sources; /* [0] is unused */
    uint32_t source_count, source_capacity;
    wf_diag *first, *last;
    uint32_t errors, warnings, dropped;
} wf_diags;

void wf_diags_init(wf_diags *diags, wf_arena *arena);
/* Copies nothing: name and text must live as long as the arena. Returns the file index. */
uint16_t wf_source_add(wf_diags *diags, const char *name, const char *text, size_t length,
                       uint32_t first_line);
void wf_report(wf_diags *diags, wf_severity severity, wf_place at, const char *hint, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* All diagnostics as text for a person: `name:line:column: error: message`, the source line, a caret, `hint:
 * …`. */
void wf_diags_render(const wf_diags *diags, wf_text *out);
/* The best match for a misspelt name among those considered, or NULL: at most a third of the letters differ. */
typedef struct wf_spelling {
    const char *name, *best;
    size_t length;
    uint64_t letters;  /* a bit for each in the name */
    unsigned distance; /* of the best: edits */
} wf_spelling;
void wf_spelling_begin(wf_spelling *s, const char *name);
void wf_spelling_consider(wf_spelling *s, const char *candidate);
const char *wf_spelling_nearest(const char *name, const char *const *candidates, size_t count);
#endif
