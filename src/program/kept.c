/* program/kept.c: a program without its tree: what launches need to know of it, as bytes for the disk cache.
 *
 * A front-end that knows what its tree will be before it makes it (a Python function whose source, globals and
 * types are those of an entry) need not make it: the entry has the kernels' names and how their arguments lie,
 * and the tree's part of the key under which the code is found. The tree is made (wf_program_remake) when it is
 * asked for: the code is not in the cache, a loop that was left out is to be compiled, a report wants the
 * source's line. It must be the tree that the entry was made of: the keys are compared.
 *
 * The bytes: numbers of 4 bytes, little-endian, and texts, each as its length, its bytes and a NUL. The cache
 * has checked their sum; the reader trusts nothing all the same. */
#include "program/inner.h"
#include <string.h>

enum { FORMAT = 0x316b7466, MOST_KERNELS = 1 << 12, MOST_PARAMS = 1 << 12, MOST_SIZE = 1 << 16 };

/* ---- writing --------------------------------------------------------------------------------------------
 */

static void put_number(wf_text *out, uint32_t value) {
    char bytes[4] = {(char)value, (char)(value >> 8), (char)(value >> 16), (char)(value >> 24)};
    wf_text_add(out, bytes, 4);
}

static void put_text(wf_text *out, const char *text, size_t length) {
    put_number(out, (uint32_t)length);
    wf_text_add(out, text, length);
    wf_text_putc(out, 0);
}

static void put_words(wf_text *out, const char *text) {
    put_text(out, text ? text : "", text ? strlen(text) : 0);
}

static void put_kernel(wf_text *out, const wf_kernel *kernel) {
    const wf_signature *s = kernel->signature;
    put_words(out, kernel->func->name);
    put_words(out, kernel->func->shown);
    put_number(out, kernel->func->flags);
    put_number(out, kernel->func->max_threads);
    put_number(out, kernel->func->min_blocks);
    put_number(out, s->size);
    put_number(out, s->param_count);
    for (uint32_t i = 0; i < s->param_count; i++) {
        put_number(out, s->params[i].offset);
        put_number(out, s->params[i].size);
        put_number(out, s->params[i].align);
    }
    put_number(out, s->leaf_count);
    for (uint32_t i = 0; i < s->leaf_count; i++) put_number(out, s->leaves[i].offset);
}

wf_status wf_program_keep(wf_program *program, const char *const *notes, uint32_t note_count, wf_text *out,
                          wf_error *err) {
    wf_status status = wf_program_unit_key(program, err);
    if (status != WF_OK) return status;
    put_number(out, FORMAT);
    put_number(out, note_count);
    for (uint32_t i = 0; i < note_count; i++) put_words(out, notes[i]);
    put_words(out, program->unit->name);
    put_text(out, program->unit_key, program->unit_key_size);
    put_number(out, program->kernel_count);
    for (uint32_t i = 0; i < program->kernel_count; i++) put_kernel(out, &program->kernels[i]);
    return out->failed ? wf_fail(err, WF_NOMEM, "out of memory for a cache entry") : WF_OK;
}

/* ---- reading --------------------------------------------------------------------------------------------
 */

typedef struct reader {
    const unsigned char *at, *end;
    int bad;
} reader;

static uint32_t get_number(reader *r) {
    if (r->end - r->at < 4) {
        r->bad = 1;
        return 0;
    }
    uint32_t value =
        (uint32_t)r->at[0] | (uint32_t)r->at[1] << 8 | (uint32_t)r->at[2] << 16 | (uint32_t)r->at[3] << 24;
    r->at += 4;
    return value;
}

/* A number that is at most `most`. */
static uint32_t get_count(reader *r, uint32_t most) {
    uint32_t value = get_number(r);
    if (value > most) r->bad = 1;
    return r->bad ? 0 : value;
}

/* A text without a NUL in it; "" when there is none. */
static const char *get_text(reader *r, size_t *length) {
    uint32_t size = get_number(r);
    if (r->bad || (size_t)(r->end - r->at) <= size || r->at[size] || memchr(r->at, 0, size)) {
        r->bad = 1;
        size = 0;
        if (length) *length = 0;
        return "";
    }
    const char *text = (const char *)r->at;
    r->at += (size_t)size + 1;
    if (length) *length = size;
    return text;
}

static void get_signature(reader *r, wf_unit *unit, wf_signature *s) {
    s->size = get_count(r, MOST_SIZE);
    s->param_count = get_count(r, MOST_PARAMS);
    s->params = WF_NEW_ARRAY(&unit->arena, wf_param_layout, s->param_count + 1);
    for (uint32_t i = 0; i < s->param_count && !r->bad; i++) {
        wf_param_layout *p = &s->params[i];
        p->offset = get_count(r, s->size);
        p->size = get_count(r, s->size - p->offset);
        p->align = get_count(r, MOST_SIZE);
        p->name = "";
    }
    s->leaf_count = get_count(r, MOST_SIZE / 8);
    s->leaves = WF_NEW_ARRAY(&unit->arena, wf_leaf, s->leaf_count + 1);
    for (uint32_t i = 0; i < s->leaf_count && !r->bad; i++) {
        s->leaves[i].offset = get_number(r);
        if (s->size < 8 || s->leaves[i].offset > s->size - 8) r->bad = 1;
    }
}

/* A function with a name and nothing else, and its signature. */
static void get_kernel(reader *r, wf_unit *unit, wf_func **func, wf_signature **signature) {
    *func = wf_func_new(unit, get_text(r, NULL), NULL, (wf_place){0});
    (*func)->shown = wf_arena_strdup(&unit->arena, get_text(r, NULL));
    (*func)->flags = get_number(r);
    (*func)->max_threads = get_number(r);
    (*func)->min_blocks = get_number(r);
    *signature = WF_NEW(&unit->arena, wf_signature);
    get_signature(r, unit, *signature);
}

typedef struct kept { /* what was read; all in the unit's arena but the arrays */
    const char **notes;
    uint32_t note_count, kernel_count;
    const char *key;
    size_t key_size;
    wf_func **funcs;
    wf_signature **signatures;
    wf_unit *unit;
} kept;

static void get_notes(reader *r, kept *k) {
    k->note_count = get_count(r, MOST_KERNELS);
    k->notes = wf_calloc((size_t)k->note_count + 1, sizeof *k->notes);
    if (!k->notes) r->bad = 1;
    for (uint32_t i = 0; i < k->note_count && !r->bad; i++) k->notes[i] = get_text(r, NULL);
}

/* The arena's own way of failing ends here. */
static void get_kernels(reader *r, kept *k) {
    jmp_buf failure;
    k->unit->arena.on_failure = &failure;
    if (setjmp(failure) == 0) {
        for (uint32_t i = 0; i < k->kernel_count && !r->bad; i++)
            get_kernel(r, k->unit, &k->funcs[i], &k->signatures[i]);
    } else r->bad = 1;
    k->unit->arena.on_failure = NULL;
}

static void read_kept(reader *r, kept *k) {
    if (get_number(r) != FORMAT) r->bad = 1;
    get_notes(r, k);
    const char *name = get_text(r, NULL);
    k->key = get_text(r, &k->key_size);
    k->kernel_count = get_count(r, MOST_KERNELS);
    if (r->bad) return;
    k->funcs = wf_calloc((size_t)k->kernel_count + 1, sizeof *k->funcs);
    k->signatures = wf_calloc((size_t)k->kernel_count + 1, sizeof(wf_signature *));
    k->unit = wf_unit_new(name, 0);
    if (!k->funcs || !k->signatures || !k->unit) r->bad = 1;
    else get_kernels(r, k);
    if (r->at != r->end) r->bad = 1;
}

int wf_program_find(const void *bytes, size_t size, const wf_program_options *options,
                    const wf_program_remake *remake, wf_program **out, const char *const **notes,
                    uint32_t *note_count) {
    reader r = {bytes, (const unsigned char *)bytes + size, 0};
    kept k = {0};
    wf_program *program = NULL;
    read_kept(&r, &k);
    if (!r.bad) {
        program = wf__program_of(k.unit, options, k.funcs, k.signatures, k.kernel_count, k.key, k.key_size);
        k.unit = NULL;
    }
    wf_free(k.funcs);
    wf_free(k.signatures);
    wf_unit_free(k.unit);
    if (!program) {
        wf_free(k.notes);
        return 0;
    }
    program->remake = *remake;
    atomic_store(&program->is_kept, 1);
    *out = program;
    *notes = k.notes;
    *note_count = k.note_count;
    return 1;
}

/* ---- the tree again --------------------------------------------------------------------------------------
 */

static const wf_func *same_kernel(const wf_unit *unit, const wf_func *func) {
    for (const wf_func *f = unit->funcs; f; f = f->next)
        if ((f->flags & WF_FN_KERNEL) && f->body && !strcmp(f->name, func->name)) return f;
    return NULL;
}

static int is_same_tree(const wf_program *program, const wf_unit *unit) {
    wf_text key;
    wf_text_init(&key, NULL);
    wf_key_of_unit(unit, &key);
    int same = !key.failed && key.length == program->unit_key_size &&
               !memcmp(key.data, program->unit_key, key.length);
    for (uint32_t i = 0; same && i < program->kernel_count; i++)
        same = same_kernel(unit, program->kernels[i].func) != NULL;
    wf_text_free(&key);
    return same;
}

/* With the program's lock held. The unit that stood for it stays: others may be reading names there. */
static void take_tree(wf_program *program, wf_unit *unit) {
    program->stand_in = program->unit;
    for (uint32_t i = 0; i < program->kernel_count; i++)
        program->kernels[i].func = same_kernel(unit, program->kernels[i].func);
    program->unit = unit;
    atomic_store(&program->is_kept, 0);
}

wf_status wf_program_whole(wf_program *program, wf_error *err) {
    wf_unit *unit = NULL;
    if (!atomic_load(&program->is_kept)) return WF_OK;
    wf_status status = program->remake.make(program->remake.user, &unit, err);
    if (status != WF_OK) { /* a unit may be there, for its diagnostics */
        wf_unit_free(unit);
        return status;
    }
    if (!is_same_tree(program, unit)) {
        wf_unit_free(unit);
        return wf_fail(err, WF_COMPILE,
                       "%s was changed while it was in use: what it was compiled from is not there any more; "
                       "start the program again, or call recompile()",
                       program->unit->name);
    }
    pthread_mutex_lock(&program->lock);
    int wanted = atomic_load(&program->is_kept); /* another thread may have been here */
    if (wanted) take_tree(program, unit);
    pthread_mutex_unlock(&program->lock);
    if (!wanted) wf_unit_free(unit);
    return WF_OK;
}

void wf__program_drop_kept(wf_program *program) {
    wf_unit_free(program->stand_in);
    if (program->remake.drop) program->remake.drop(program->remake.user);
}
