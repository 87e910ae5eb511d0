/* lang/diag.c: collecting what is wrong with the user's source, and showing it.
 *
 * The picture is the one that C programmers know:
 *
 *     kernel.cu:3:9: error: 'foo' is not declared
 *         x = foo + 1;
 *             ^~~
 *       hint: did you mean 'fool'?
 *
 * Tabs stay tabs in the line and below it, so that the caret stands right whatever a tab's width is; a UTF-8
 * character counts as one. Of a very long line only the part round the caret is shown. */
#include "base/format.h"
#include "lang/diag.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SHOWN_COLUMNS = 160, LONGEST_NAME = 64 };

void wf_diags_init(wf_diags *diags, wf_arena *arena) {
    memset(diags, 0, sizeof *diags);
    diags->arena = arena;
}

uint16_t wf_source_add(wf_diags *diags, const char *name, const char *text, size_t length,
                       uint32_t first_line) {
    if (!diags->source_count) diags->source_count = 1;
    if (diags->source_count == UINT16_MAX) return 0;
    if (diags->source_count >= diags->source_capacity) {
        uint32_t capacity = diags->source_capacity ? diags->source_capacity * 2 : 4;
        wf_source *sources = WF_NEW_ARRAY(diags->arena, wf_source, capacity);
        if (!sources) return 0;
        if (diags->sources) memcpy(sources, diags->sources, diags->source_count * sizeof *sources);
        diags->sources = sources;
        diags->source_capacity = capacity;
    }
    wf_source *source = &diags->sources[diags->source_count];
    source->name = name;
    source->text = text;
    source->length = length;
    source->first_line = first_line ? first_line : 1;
    return (uint16_t)diags->source_count++;
}

static const char *format_message(wf_arena *arena, const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    int length = wf_format(NULL, 0, format, args);
    char *text = length < 0 ? NULL : wf_arena_alloc(arena, (size_t)length + 1);
    if (text) wf_format(text, (size_t)length + 1, format, again);
    va_end(again);
    return text ? text : format;
}

void wf_report(wf_diags *diags, wf_severity severity, wf_place at, const char *hint, const char *format,
               ...) {
    int full = diags->errors >= WF_DIAG_MAX || diags->warnings >= WF_DIAG_MAX;
    if (severity == WF_ERROR) diags->errors++;
    if (severity == WF_WARNING) diags->warnings++;
    if (full && (severity != WF_ERROR || diags->errors > WF_DIAG_MAX)) {
        if (severity != WF_NOTE) diags->dropped++;
        return;
    }
    wf_diag *diag = WF_NEW(diags->arena, wf_diag);
    if (!diag) return;
    va_list args;
    va_start(args, format);
    diag->message = format_message(diags->arena, format, args);
    va_end(args);
    diag->severity = severity;
    diag->at = at;
    diag->hint = hint;
    if (diags->last) diags->last->next = diag;
    else diags->first = diag;
    diags->last = diag;
}

/* --- rendering --- */

static const char *find_line(const wf_source *source, uint32_t line, size_t *length) {
    const char *at = source->text, *end = source->text + source->length;
    for (uint32_t n = 1; n < line; n++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        if (!newline) return NULL;
        at = newline + 1;
    }
    const char *newline = memchr(at, '\n', (size_t)(end - at));
    *length = (size_t)((newline ? newline : end) - at);
    if (*length && at[*length - 1] == '\r') --*length;
    return at;
}

static int starts_character(char c) { return ((unsigned char)c & 0xc0) != 0x80; }

/* What must not reach a terminal as it is. */
static char shown_char(char c) { return ((unsigned char)c < 0x20 && c != '\t') || c == 0x7f ? ' ' : c; }

static void render_line(const wf_source *source, const wf_place *at, wf_text *out) {
    size_t length = 0;
    const char *line = find_line(source, at->line, &length);
    if (!line) return;
    size_t column = at->column ? at->column - 1 : 0;
    if (column > length) column = length;
    size_t first = 0, last = length;
    if (length > SHOWN_COLUMNS) {
        first = column > SHOWN_COLUMNS / 2 ? column - SHOWN_COLUMNS / 2 : 0;
        while (first && !starts_character(line[first])) first--;
        if (last - first > SHOWN_COLUMNS) last = first + SHOWN_COLUMNS;
        while (last < length && !starts_character(line[last])) last++;
    }
    wf_text_puts(out, first ? "  ..." : "    ");
    for (size_t i = first; i < last; i++) wf_text_putc(out, shown_char(line[i]));
    wf_text_puts(out, last < length ? "...\n" : "\n");
    wf_text_puts(out, first ? "     " : "    ");
    for (size_t i = first; i < column; i++)
        if (starts_character(line[i])) wf_text_putc(out, line[i] == '\t' ? '\t' : ' ');
    wf_text_putc(out, '^');
    for (size_t i = column + 1; i < column + at->length && i < last; i++)
        if (starts_character(line[i])) wf_text_putc(out, line[i] == '\t' ? '\t' : '~');
    wf_text_putc(out, '\n');
}

static void render(const wf_diags *diags, const wf_diag *diag, wf_text *out) {
    static const char *const severities[] = {"note", "warning", "error"};
    const wf_source *source =
        diag->at.file && diag->at.file < diags->source_count ? &diags->sources[diag->at.file] : NULL;
    if (source) {
        wf_text_printf(out, "%s:", source->name ? source->name : "?");
        if (diag->at.line) wf_text_printf(out, "%u:", diag->at.line + source->first_line - 1);
        if (diag->at.line && diag->at.column) wf_text_printf(out, "%u:", diag->at.column);
        wf_text_putc(out, ' ');
    }
    wf_text_printf(out, "%s: %s\n", severities[diag->severity], diag->message);
    if (source && source->text && diag->at.line) render_line(source, &diag->at, out);
    if (diag->hint) wf_text_printf(out, "  hint: %s\n", diag->hint);
}

void wf_diags_render(const wf_diags *diags, wf_text *out) {
    for (const wf_diag *diag = diags->first; diag; diag = diag->next) render(diags, diag, out);
    if (diags->dropped) wf_text_printf(out, "%u more not shown\n", diags->dropped);
}

/* --- misspelt names --- */

static int lower(char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }

static int equal_but_for_case(const char *a, const char *b) {
    while (*a && lower(*a) == lower(*b)) a++, b++;
    return lower(*a) == lower(*b);
}

static unsigned least(unsigned a, unsigned b) { return a < b ? a : b; }

/* Damerau and Levenshtein's distance in the form where no letter is moved twice, or anything above `limit`.
 * Lengths < LONGEST_NAME. */
static unsigned edit_distance(const char *a, unsigned na, const char *b, unsigned nb, unsigned limit) {
    unsigned rows[3][LONGEST_NAME];
    unsigned *before = rows[0], *above = rows[1], *row = rows[2], smallest_above = 0;
    for (unsigned j = 0; j <= nb; j++) above[j] = j;
    for (unsigned i = 1; i <= na; i++) {
        unsigned smallest = row[0] = i;
        for (unsigned j = 1; j <= nb; j++) {
            unsigned same = a[i - 1] == b[j - 1];
            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + !same);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
            smallest = least(smallest, row[j]);
        }
        if (smallest > limit && smallest_above > limit) return smallest; /* a row comes of the two above it */
        smallest_above = smallest;
        unsigned *spare = before;
        before = above;
        above = row;
        row = spare;
    }
    return above[nb];
}

/* A bit for each letter: a letter of one name that the other has not is an edit, at least. */
static uint64_t letters_of(const char *name) {
    uint64_t set = 0;
    for (; *name; name++) set |= (uint64_t)1 << (*name & 63);
    return set;
}

void wf_spelling_begin(wf_spelling *s, const char *name) {
    s->name = name;
    s->length = name ? strlen(name) : 0;
    s->letters = name ? letters_of(name) : 0;
    s->best = NULL;
    s->distance = LONGEST_NAME;
}

/* Most of thousands of names are told apart by their length, most of the rest by their letters. */
void wf_spelling_consider(wf_spelling *s, const char *candidate) {
    size_t other = candidate ? strlen(candidate) : 0;
    size_t longer = s->length > other ? s->length : other, shorter = s->length < other ? s->length : other;
    unsigned limit = least((unsigned)longer / 3, s->distance - 1), distance;
    if (longer - shorter > limit || s->length < 2 || longer >= LONGEST_NAME) return;
    if (longer == shorter && equal_but_for_case(s->name, candidate)) distance = limit = 1;
    else if ((unsigned)__builtin_popcountll(s->letters & ~letters_of(candidate)) > limit) return;
    else distance = edit_distance(s->name, (unsigned)s->length, candidate, (unsigned)other, limit);
    if (distance > limit || distance >= s->distance || !strcmp(s->name, candidate)) return;
    s->best = candidate;
    s->distance = distance;
}

const char *wf_spelling_nearest(const char *name, const char *const *candidates, size_t count) {
    wf_spelling s;
    wf_spelling_begin(&s, name);
    for (size_t i = 0; i < count; i++) wf_spelling_consider(&s, candidates[i]);
    return s.best;
}
