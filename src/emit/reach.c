/* emit/reach.c: pointers of which the program's text does not say where they came from.
 *
 * One that was loaded from memory, made from an integer or returned by a function that is not in place has no
 * root. On the CPU its reach is looked up where it comes into being: the host knows the launch's arguments,
 * all live allocations, and the worker's own memory (wf_cpu_launch.find). The range found last stays with
 * that place, in two variables that become registers, so that the usual look-up is a subtraction and a
 * comparison
 * -- nodes of one pool, rows of one matrix. From then on the pointer is like any other: tests are taken out
 * of loops, loops become vectors.
 *
 * Such a reach is *loose*: the pointer may be one past the end of its array and have found the next one, or
 * point to no memory at all until something is added to it. So an access that fails the test is not out of
 * bounds yet: the host is asked for the address itself (wf_cpu_launch.admit), and reports what lies in no
 * live memory.
 *
 * A local variable whose address was stored somewhere must be found too. Such variables are put into the
 * worker's scratch memory, where the host knows them, rather than on the machine's stack, in which a wild
 * store might hit a return address. Functions that call themselves keep theirs on the stack: there the host
 * accepts it (WF_FIND_STACK).
 *
 * A kernel that asks the host for things (__wf_host) holds memory that the host made for it and that no table
 * knows; such trees check their own indices, and nothing is looked up. Nor is anything on a GPU. */
#include "emit/inner.h"
#include <string.h>

int is_loose(emitter *e, const val *p) { return e->find && (p->loose || p->root == ROOT_NONE); }

uint32_t find_flags(emitter *e) { return e->fn->recursion ? WF_FIND_STACK : 0; }

/* A variable of the kernel whose address goes where the text no longer shows it. */
void reach_leaks(emitter *e, const val *v) {
    if (e->find && is_pointer(v->type) && v->local) e->leaks = 1;
}

static void function(emitter *e, const char *name, const char *body) {
    if (e->dry) return;
    void **at = map_at_text(e->declared, name);
    if (*at) return;
    *at = e;
    wf_text_puts(&e->declarations, body);
}

/* What these functions do changes nothing that a kernel reads. */
#define APART                                                                                                \
    "noinline cold nounwind willreturn minsize optsize memory(argmem: readwrite, inaccessiblemem: "          \
    "readwrite)"

static const char *lanes_to_64(emitter *e, const char *bits) {
    return e->L < 64 ? text(e, "zext i%d %s to i64", e->L, bits) : "";
}

/* --- looking up --- */

static void need_find(emitter *e) {
    function(e, "wf_find",
             "define internal { i64, i64 } @wf_find(ptr %launch, ptr %worker, i64 %at, i32 %flags) " APART
             " {\n"
             " %box = alloca i64\n %l = alloca i64\n %s = alloca i64\n store i64 %at, ptr %box\n"
             " %p = getelementptr i8, ptr %launch, i64 160\n %f = load ptr, ptr %p\n"
             " call void %f(ptr %launch, ptr %worker, ptr %box, i64 1, ptr %l, ptr %s, i32 %flags)\n"
             " %l1 = load i64, ptr %l\n %s1 = load i64, ptr %s\n"
             " %r = insertvalue { i64, i64 } poison, i64 %l1, 0\n"
             " %r1 = insertvalue { i64, i64 } %r, i64 %s1, 1\n ret { i64, i64 } %r1\n}\n");
}

static void need_find_lanes(emitter *e) {
    const char *v = ir_vector(e, "i64");
    function(
        e, "wf_find_lanes",
        text(e,
             "define internal { %s, %s } @wf_find_lanes(ptr %%launch, ptr %%worker, %s %%at, i%d %%m, %s "
             "%%lo, %s %%size, i32 %%flags) " APART " {\n"
             " %%box = alloca %s\n %%l = alloca %s\n %%s = alloca %s\n store %s %%at, ptr %%box\n"
             " store %s %%lo, ptr %%l\n store %s %%size, ptr %%s\n %%mask = %s\n"
             " %%p = getelementptr i8, ptr %%launch, i64 160\n %%f = load ptr, ptr %%p\n"
             " call void %%f(ptr %%launch, ptr %%worker, ptr %%box, i64 %%mask, ptr %%l, ptr %%s, i32 "
             "%%flags)\n"
             " %%l1 = load %s, ptr %%l\n %%s1 = load %s, ptr %%s\n"
             " %%r = insertvalue { %s, %s } poison, %s %%l1, 0\n"
             " %%r1 = insertvalue { %s, %s } %%r, %s %%s1, 1\n ret { %s, %s } %%r1\n}\n",
             v, v, v, e->L, v, v, v, v, v, v, v, v, lanes_to_64(e, "%m"), v, v, v, v, v, v, v, v, v, v));
}

/* The range that a look-up at this place has found last, one for each lane: nothing at first. */
typedef struct kept {
    const char *lo_at, *size_at; /* allocas */
    const char *lo, *size;
} kept;

static kept keep_new(emitter *e, const char *type) {
    kept k = {alloca_new(e, type, ""), alloca_new(e, type, ""), NULL, NULL};
    if (!e->dry)
        wf_text_printf(&e->fn->allocas,
                       " store %s zeroinitializer, ptr %s\n store %s zeroinitializer, ptr %s\n", type,
                       k.lo_at, type, k.size_at);
    k.lo = ins(e, "load %s, ptr %s", type, k.lo_at);
    k.size = ins(e, "load %s, ptr %s", type, k.size_at);
    return k;
}

static void keep(emitter *e, const kept *k, const char *type, const char *lo, const char *size) {
    line(e, "store %s %s, ptr %s", type, lo, k->lo_at);
    line(e, "store %s %s, ptr %s", type, size, k->size_at);
}

static void find_one(emitter *e, val *v) {
    kept k = keep_new(e, "i64");
    label *cold = label_new(e), *on = label_new(e), *ask = label_new(e);
    const char *at = ins(e, "ptrtoint ptr %s to i64", v->op), *from = e->fn->block;
    branch_rare(e, ins(e, "icmp ult i64 %s, %s", ins(e, "sub i64 %s, %s", at, k.lo), k.size), on, cold);
    label_place(e, cold);
    branch_if(e, ins(e, "icmp eq i64 %s, 0", at), on, ask); /* the end of a list, say: what was found stays */
    label_place(e, ask);
    need_find(e);
    const char *r = ins(e, "call { i64, i64 } @wf_find(ptr %s, ptr %s, i64 %s, i32 %u)", e->fn->launch,
                        e->fn->worker, at, find_flags(e));
    const char *lo = ins(e, "extractvalue { i64, i64 } %s, 0", r),
               *size = ins(e, "extractvalue { i64, i64 } %s, 1", r);
    keep(e, &k, "i64", lo, size);
    label_place(e, on);
    v->lo = ins(e, "phi i64 [ %s, %%%s ], [ 0, %%%s ], [ %s, %%%s ]", k.lo, from, cold->name, lo, ask->name);
    v->size =
        ins(e, "phi i64 [ %s, %%%s ], [ 0, %%%s ], [ %s, %%%s ]", k.size, from, cold->name, size, ask->name);
}

static void find_lanes(emitter *e, val *v) {
    const char *v64 = ir_vector(e, "i64"), *m1 = ir_vector(e, "i1"), *bits = text(e, "i%d", e->L);
    kept k = keep_new(e, v64);
    label *cold = label_new(e), *on = label_new(e);
    const char *at = ins(e, "ptrtoint %s %s to %s", ir_vector(e, "ptr"), v->op, v64);
    const char *out = ins(e, "icmp uge %s %s, %s", v64, ins(e, "sub %s %s, %s", v64, at, k.lo), k.size);
    out = ins(e, "and %s %s, %s", m1, out, ins(e, "icmp ne %s %s, zeroinitializer", v64, at));
    if (e->mask.op || e->mask.empty) out = ins(e, "and %s %s, %s", m1, out, mask_vector(e, e->mask));
    const char *asked = ins(e, "bitcast %s %s to %s", m1, out, bits), *from = e->fn->block;
    branch_rare(e, ins(e, "icmp eq %s %s, 0", bits, asked), on, cold);
    label_place(e, cold);
    need_find_lanes(e);
    const char *r =
        ins(e, "call { %s, %s } @wf_find_lanes(ptr %s, ptr %s, %s %s, %s %s, %s %s, %s %s, i32 %u)", v64, v64,
            e->fn->launch, e->fn->worker, v64, at, bits, asked, v64, k.lo, v64, k.size, find_flags(e));
    const char *lo = ins(e, "extractvalue { %s, %s } %s, 0", v64, v64, r),
               *size = ins(e, "extractvalue { %s, %s } %s, 1", v64, v64, r);
    keep(e, &k, v64, lo, size);
    label_place(e, on);
    v->lo = ins(e, "phi %s [ %s, %%%s ], [ %s, %%%s ]", v64, k.lo, from, lo, cold->name);
    v->size = ins(e, "phi %s [ %s, %%%s ], [ %s, %%%s ]", v64, k.size, from, size, cold->name);
}

/* v with a reach, if it is a pointer to data that has none. */
val reach_found(emitter *e, val v) {
    if (!e->find || !is_pointer(v.type) || v.root != ROOT_NONE || v.kind == K_BOTTOM) return v;
    if (v.type->base->kind == WF_TY_FUNCTION) return v; /* a number, not an address */
    e->finds = 1;
    v.root = ROOT_OWN;
    v.loose = 1;
    v.root_varying = v.kind == K_VARYING && e->L > 1;
    v.lo = v.size = "undef";
    if (!writing(e)) return v;
    if (v.root_varying) find_lanes(e, &v);
    else find_one(e, &v);
    return v;
}

/* --- asking for an access --- */

static uint32_t admit_flags(emitter *e, uint64_t unit, int store) {
    return find_flags(e) | (store ? WF_FIND_STORE : 0) | (unit < 256 ? (uint32_t)unit : 0);
}

static void need_admit(emitter *e) {
    function(
        e, "wf_admit",
        "define internal i1 @wf_admit(ptr %launch, ptr %worker, i32 %site, i32 %flags, i64 %at, i64 %lo, i64 "
        "%size, i64 %bytes, i64 %block, i32 %thread) " APART " {\n"
        " %a = alloca i64\n store i64 %at, ptr %a\n %l = alloca i64\n store i64 %lo, ptr %l\n"
        " %s = alloca i64\n store i64 %size, ptr %s\n"
        " %p = getelementptr i8, ptr %launch, i64 168\n %f = load ptr, ptr %p\n"
        " %r = call i64 %f(ptr %launch, ptr %worker, i32 %site, i32 %flags, ptr %a, ptr %l, ptr %s, i64 1, "
        "i64 %bytes, i64 %block, i32 %thread)\n %y = icmp ne i64 %r, 0\n ret i1 %y\n}\n");
}

/* An i1: may the bytes be accessed? Reported when not. */
const char *reach_admits(emitter *e, const asked *a, const char *thread) {
    need_admit(e);
    return ins(
        e,
        "call i1 @wf_admit(ptr %s, ptr %s, i32 %u, i32 %u, i64 %s, i64 %s, i64 %s, i64 %s, i64 %s, i32 %s)",
        e->fn->launch, e->fn->worker, a->site, admit_flags(e, a->unit, a->store), a->at, a->lo, a->size,
        a->bytes, e->fn->block_linear, thread);
}

static void need_admit_lanes(emitter *e) {
    const char *v = ir_vector(e, "i64");
    function(
        e, "wf_admit_lanes",
        text(e,
             "define internal i%d @wf_admit_lanes(ptr %%launch, ptr %%worker, i32 %%site, i32 %%flags, %s "
             "%%at, %s %%lo, %s %%size, i%d %%m, i64 %%bytes, i64 %%block, i32 %%thread) " APART " {\n"
             " %%a = alloca %s\n store %s %%at, ptr %%a\n %%l = alloca %s\n store %s %%lo, ptr %%l\n"
             " %%s = alloca %s\n store %s %%size, ptr %%s\n %%mask = %s\n"
             " %%p = getelementptr i8, ptr %%launch, i64 168\n %%f = load ptr, ptr %%p\n"
             " %%r = call i64 %%f(ptr %%launch, ptr %%worker, i32 %%site, i32 %%flags, ptr %%a, ptr %%l, "
             "ptr %%s, i64 %%mask, i64 %%bytes, i64 %%block, i32 %%thread)\n"
             " %%y = trunc i64 %%r to i%d\n ret i%d %%y\n}\n",
             e->L, v, v, v, e->L, v, v, v, v, v, v, lanes_to_64(e, "%m"), e->L, e->L));
}

/* Of the lanes `bad` (<L x i1>), those that may after all: at, lo and size are vectors. */
const char *reach_admits_lanes(emitter *e, const asked *a, const char *bad) {
    need_admit_lanes(e);
    const char *m1 = ir_vector(e, "i1"), *v = ir_vector(e, "i64");
    const char *r =
        ins(e,
            "call i%d @wf_admit_lanes(ptr %s, ptr %s, i32 %u, i32 %u, %s %s, %s %s, %s %s, i%d %s, "
            "i64 %s, i64 %s, i32 %s)",
            e->L, e->fn->launch, e->fn->worker, a->site, admit_flags(e, a->unit, a->store), v, a->at, v,
            a->lo, v, a->size, e->L, ins(e, "bitcast %s %s to i%d", m1, bad, e->L), a->bytes,
            e->fn->block_linear, e->fn->thread_base);
    return ins(e, "bitcast i%d %s to %s", e->L, r, m1);
}

/* --- integers --- */

/* a and b are what an integer `r` was computed from. If one of them was a pointer, r still reaches where it
 * did; loosely, since nobody knows what the other was. */
val reach_of_sum(emitter *e, val r, const val *a, const val *b) {
    const val *from = a->root != ROOT_NONE && b->root == ROOT_NONE   ? a
                      : b->root != ROOT_NONE && a->root == ROOT_NONE ? b
                                                                     : NULL;
    if (!e->find || !from || r.kind == K_BOTTOM || r.kind == K_CONST || !is_int(r.type) ||
        bits_of(r.type) != 64)
        return r;
    r.root = from->root;
    r.root_varying = from->root_varying;
    r.lo = from->lo, r.size = from->size;
    r.loose = 1;
    r.local = from->local;
    return r;
}
