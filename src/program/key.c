/* program/key.c: what decides the content of a cache entry, as bytes.
 *
 * The key holds all of it: the tree's print, where in the source each node stands (reports name lines, so
 * they are part of what is stored), the target, the shape, and the versions of everything that had a hand in
 * it. Of the print and the places there are hashes: a program may be found before its tree is made (kept.c), and
 * then its part of the key comes from the disk. That of the print has 256 bits. While weft is being developed its version stays the same for weeks, so the extension's own file (size
 * and time) counts too.
 */
#define _GNU_SOURCE /* dladdr */
#include "program/inner.h"
#include "base/hash.h"
#include <string.h>
#if defined(__unix__) || defined(__APPLE__)
#include <dlfcn.h>
#include <sys/stat.h>
#endif

typedef struct place_walk {
    wf_hash128 hash;
    wf_place pending[256]; /* hashed when full */
    uint32_t count;
} place_walk;

static void flush(place_walk *walk) {
    walk->hash = wf_hash128_of(walk->pending, walk->count * sizeof(wf_place), walk->hash);
    walk->count = 0;
}

static void add_place(place_walk *walk, wf_place at) {
    if (walk->count == sizeof(walk->pending) / sizeof(walk->pending[0])) flush(walk);
    /* Field by field: padding must not count. */
    wf_place *to = &walk->pending[walk->count++];
    memset(to, 0, sizeof(*to));
    to->file = at.file;
    to->length = at.length;
    to->line = at.line;
    to->column = at.column;
}

static void walk_expr(place_walk *walk, const wf_expr *e) {
    if (!e) return;
    add_place(walk, e->at);
    walk_expr(walk, e->a);
    walk_expr(walk, e->b);
    walk_expr(walk, e->c);
    if (e->kind == WF_EX_CALL || e->kind == WF_EX_CALLPTR || e->kind == WF_EX_BUILTIN)
        for (uint32_t i = 0; i < e->u.call.count; i++) walk_expr(walk, e->u.call.args[i]);
    if (e->kind == WF_EX_INIT)
        for (uint32_t i = 0; i < e->u.init.count; i++) walk_expr(walk, e->u.init.items[i]);
}

static void walk_stmts(place_walk *walk, const wf_stmt *s) {
    for (; s; s = s->next) {
        add_place(walk, s->at);
        walk_stmts(walk, s->init);
        walk_expr(walk, s->expr);
        walk_expr(walk, s->step);
        walk_stmts(walk, s->body);
        walk_stmts(walk, s->other);
        if (s->asm_)
            for (uint32_t i = 0; i < s->asm_->outputs + s->asm_->inputs; i++)
                walk_expr(walk, s->asm_->operands[i].value);
    }
}

void wf_key_of_unit(const wf_unit *unit, wf_text *out) {
    place_walk walk = {.count = 0};
    for (const wf_func *f = unit->funcs; f; f = f->next) {
        add_place(&walk, f->at);
        walk_stmts(&walk, f->body);
    }
    flush(&walk);
    char places[33], low[33], high[33];
    wf_text print;
    wf_text_init(&print, NULL);
    wf_print_unit(unit, &print);
    if (print.failed) out->failed = 1;
    wf_hash128_hex(walk.hash, places);
    wf_hash128_hex(wf_hash128_of(print.data, print.length, (wf_hash128){5, 6}), low);
    wf_hash128_hex(wf_hash128_of(print.data, print.length, (wf_hash128){0x5bd1e995, 0x1b873593}), high);
    wf_text_printf(out, "\nplaces %s\ntree %zu %s%s\n", places, print.length, high, low);
    wf_text_free(&print);
}

/* Size and time of the file this code was loaded from; "" where that cannot be asked. */
static void add_build(wf_text *out) {
#if defined(__unix__) || defined(__APPLE__)
#ifdef __APPLE__
#define st_mtim st_mtimespec
#endif
    Dl_info info;
    struct stat stat_of;
    if (dladdr((void *)(uintptr_t)wf_key_of_unit, &info) && info.dli_fname &&
        stat(info.dli_fname, &stat_of) == 0)
        wf_text_printf(out, "build %lld %lld %ld\n", (long long)stat_of.st_size,
                       (long long)stat_of.st_mtim.tv_sec, (long)stat_of.st_mtim.tv_nsec);
#else
    (void)out;
#endif
}

void wf_program_build(wf_text *out) {
    wf_text_printf(out, "weft %s\n", WEFT_VERSION);
    add_build(out);
}

void wf_key_of_target(const wf_target *target, const wf_shape *shape, const char *kernel, int check_bounds,
                      const char *identity, int driver_version, wf_text *out) {
    char described[1400];
    wf_text_printf(out, "weft %s stored 2 abi %d\n", WEFT_VERSION, WF_CPU_ABI);
    add_build(out);
    wf_text_printf(out, "compiler %s\ntarget %s\n", identity,
                   wf_target_describe(target, described, sizeof(described)));
    wf_text_printf(out, "shape %u %u %u %d bounds %d driver %d kernel %s\n", shape->block[0], shape->block[1],
                   shape->block[2], shape->exact, check_bounds, driver_version, kernel ? kernel : "*");
}
