/* emit/host_math.c: functions of the device library that the host has for single numbers.
 *
 * A loop that takes several turns at once has the library's text in it, and so has one that LLVM might make
 * vectors of. Everywhere else in a host function one number after another is computed: there the text would be
 * some hundred lines to compile, and the host's form of the function (runtime/scalar_math.c) answers sooner,
 * with the same bits. */
#include "emit/inner.h"
#include "emit/cpu_abi.h"
#include <string.h>

static const char *const names[] = {
#define ENTRY(name) "wf_" #name "f", "wf_" #name,
    WF_CPU_MATH(ENTRY, ENTRY)
#undef ENTRY
};

/* Its place in the launch's table, or -1. */
static int place_of(const wf_func *f) {
    if (strncmp(f->name, "wf_", 3)) return -1;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(f->name, names[i])) return (int)i;
    return -1;
}

int has_host_math(emitter *e, const wf_func *f, const wf_unit *unit) {
    if (e->gpu || e->L != 1 || !e->options->late || !e->target->has_fma || unit == e->unit) return 0;
    if (!writing(e)) return 0; /* a dry run knows nothing of plain loops */
    return (!e->in_plain_loop || e->library_apart) && place_of(f) >= 0;
}

val call_host_math(emitter *e, const wf_func *f, const val *args) {
    const wf_type *t = f->type->base->unqual;
    const char *type = ir_type(e, t);
    wf_text list;
    wf_text_init(&list, e->arena);
    for (uint32_t i = 0; i < f->param_count; i++) {
        if (args[i].kind == K_BOTTOM) return val_bottom(t);
        wf_text_printf(&list, "%s%s %s", i ? ", " : "", type, as_scalar(e, args[i]));
    }
    const char *table = ins(e, "load ptr, ptr %s, !invariant.load !1",
                            ins(e, "getelementptr i8, ptr %s, i64 %d", e->fn->launch,
                                (int)offsetof(wf_cpu_launch, math))),
               *at = ins(e, "load ptr, ptr %s, !invariant.load !1",
                         ins(e, "getelementptr ptr, ptr %s, i64 %d", table, place_of(f)));
    return val_of(t, K_GROUP, ins(e, "call %s %s(%s) nounwind willreturn memory(none)", type, at, list.data));
}
