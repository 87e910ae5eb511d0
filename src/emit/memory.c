/* emit/memory.c: loads and stores of scalars, by the kind of the address.
 *
 *   uniform         one scalar access (a store from many lanes: the last active one wins, as it may on a GPU)
 *   linear, dense   one vector access
 *   else            gather, scatter
 *
 * With bounds checks, a uniform or dense access tests the whole group once against the pointer's reach. When
 * that fails -- out of bounds, or only the last, partly active group -- a cold function looks at each lane.
 * When it holds, a load need not even be masked. Gathers and scatters compare all lanes and leave the bad
 * ones out. Where the pointer's reach is loose, a failed test asks the host first (reach.c). */
#include "emit/inner.h"
#include <stdlib.h>
#include <string.h>

/* Known now: offsets below p.top stay inside an object of known size. */
static int in_static_reach(emitter *e, const val *p, uint64_t bytes) {
    if (p->root <= 0 || !p->top || (uint32_t)p->root >= e->fn->root_capacity) return 0;
    const char *size = e->fn->roots[p->root].size;
    return size && size[0] >= '0' && size[0] <= '9' && p->top - 1 + bytes <= strtoull(size, NULL, 10);
}

static int checked(emitter *e, val *p, uint64_t bytes, const wf_expr *site, int flags) {
    if (!e->check || p->root == ROOT_UNSET || (flags & MEM_UNCHECKED)) return 0;
    if (p->root == ROOT_NONE && !e->find) return 0;
    if (site && e->L == 1 && !e->fn->recursion && raises_outside(site)) return 0; /* there it would go on */
    if (e->proven && site && map_get(e->proven, site)) return 0;
    if (e->block_proven && site && map_get(e->block_proven, site)) return 0;
    if (p->root == ROOT_NONE) *p = reach_found(e, *p);
    return !in_static_reach(e, p, bytes);
}

/* The block's test has shown that no lane's index has wrapped: linear without any condition. */
static val unwrapped(emitter *e, val p, const wf_expr *site) {
    if (p.ok && e->block_proven && site && map_get(e->block_proven, site)) p.ok = p.vec = NULL;
    return p;
}

static const char *suffix(emitter *e, const char *type) { /* float → f32, ptr → p0 */
    if (!strcmp(type, "float")) return "f32";
    if (!strcmp(type, "double")) return "f64";
    if (!strcmp(type, "ptr")) return "p0";
    (void)e;
    return type;
}

/* An instruction in the entry block; its operands must be there too. */
const char *ins_entry(emitter *e, const char *body) {
    if (e->dry) return "undef";
    const char *name = text(e, "%%v%u", e->next_value++);
    wf_text_printf(&e->fn->allocas, " %s = %s\n", name, body);
    e->instructions++;
    return name;
}

/* max(size - (bytes - 1), 0): offsets below it are in range for `bytes`. */
static const char *limit_of(emitter *e, val p, const char *size, uint64_t bytes) {
    if (e->dry) return "undef";
    if (bytes == 1) return size;
    if (size[0] >= '0' && size[0] <= '9') {
        uint64_t n = strtoull(size, NULL, 10);
        return text(e, "%llu", (unsigned long long)(n >= bytes ? n - (bytes - 1) : 0));
    }
    declare(e, "llvm.usub.sat.i64", "declare i64 @llvm.usub.sat.i64(i64, i64)");
    const char *call =
        text(e, "call i64 @llvm.usub.sat.i64(i64 %s, i64 %llu)", size, (unsigned long long)(bytes - 1));
    if (p.root > 0) {
        void **known = map_at_text(e->fn->limits, call);
        if (!*known) *known = (void *)ins_entry(e, call);
        return *known;
    }
    return ins(e, "%s", call);
}

/* --- reports --- */

static void helper(emitter *e, const char *name, const char *body) {
    if (e->dry) return;
    void **at = map_at_text(e->declared, name);
    if (*at) return;
    *at = e;
    wf_text_puts(&e->declarations, body);
}

/* On the call of the host's: it changes nothing that a kernel reads. */
#define REPORT_KIND " cold nounwind willreturn memory(argmem: readwrite, inaccessiblemem: readwrite)"

static const char *thread_of_lane(emitter *e, const char *mask) { /* of the first lane of the mask */
    if (e->L == 1) return e->fn->thread_base;
    const char *bits = ins(e, "bitcast <%d x i1> %s to i%d", e->L, mask, e->L);
    declare(e, text(e, "llvm.cttz.i%d", e->L),
            text(e, "declare i%d @llvm.cttz.i%d(i%d, i1)", e->L, e->L, e->L));
    const char *n = ins(e, "call i%d @llvm.cttz.i%d(i%d %s, i1 false)", e->L, e->L, e->L, bits);
    if (e->L < 32) n = ins(e, "zext i%d %s to i32", e->L, n);
    return ins(e, "add i32 %s, %s", e->fn->thread_base, n);
}

static void report(emitter *e, const char *site, const char *off, const char *size, uint64_t bytes,
                   const char *thread) {
    irfn *fn = e->fn;
    const char *f = ins(e, "load ptr, ptr %s", ins(e, "getelementptr i8, ptr %s, i64 56", fn->launch));
    line(e, "call void %s(ptr %s, ptr %s, i32 %s, i64 %s, i64 %s, i64 %llu, i64 %s, i32 %s)" REPORT_KIND, f,
         fn->launch, fn->worker, site, off, size, (unsigned long long)bytes, fn->block_linear, thread);
}

/* wf_report_lanes: the first bad lane's offset and thread. */
static void need_report_lanes(emitter *e) {
    declare(e, text(e, "llvm.cttz.i%d", e->L),
            text(e, "declare i%d @llvm.cttz.i%d(i%d, i1)", e->L, e->L, e->L));
    int L = e->L;
    helper(
        e, "wf_report_lanes",
        text(
            e,
            "define internal void @wf_report_lanes(ptr %%launch, ptr %%worker, i32 %%site, <%d x i64> %%off, "
            "<%d x i1> %%bad,"
            " i64 %%size, i64 %%esz, i64 %%block, i32 %%base) noinline cold nounwind minsize optsize {\n"
            " %%bits = bitcast <%d x i1> %%bad to i%d\n %%n = call i%d @llvm.cttz.i%d(i%d %%bits, i1 false)\n"
            " %%l = zext i%d %%n to i64\n %%l32 = trunc i64 %%l to i32\n %%t = add i32 %%base, %%l32\n"
            " %%o = extractelement <%d x i64> %%off, i64 %%l\n"
            " %%f_at = getelementptr i8, ptr %%launch, i64 56\n %%f = load ptr, ptr %%f_at\n"
            " call void %%f(ptr %%launch, ptr %%worker, i32 %%site, i64 %%o, i64 %%size, i64 %%esz, "
            "i64 %%block, i32 %%t)" REPORT_KIND "\n ret void\n}\n",
            L, L, L, L, L, L, L, L, L));
}

static const char *gather_name(emitter *e, const char *mt, int store) {
    const char *v = ir_vector(e, mt), *p = ir_vector(e, "ptr"), *m = ir_vector(e, "i1");
    const char *name =
        text(e, "llvm.masked.%s.v%d%s.v%dp0", store ? "scatter" : "gather", e->L, suffix(e, mt), e->L);
    if (store) declare(e, name, text(e, "declare void @%s(%s, %s, i32, %s)", name, v, p, m));
    else declare(e, name, text(e, "declare %s @%s(%s, i32, %s, %s)", v, name, p, m, v));
    return name;
}

static const char *masked_name(emitter *e, const char *mt, int store) {
    const char *v = ir_vector(e, mt), *m = ir_vector(e, "i1");
    const char *name = text(e, "llvm.masked.%s.v%d%s.p0", store ? "store" : "load", e->L, suffix(e, mt));
    if (store) declare(e, name, text(e, "declare void @%s(%s, ptr, i32, %s)", name, v, m));
    else declare(e, name, text(e, "declare %s @%s(ptr, i32, %s, %s)", v, name, m, v));
    return name;
}

/* off: a vector of offsets in bytes; bad: the lanes to report; bytes: of an element. */
void report_lanes(emitter *e, uint32_t site, const char *off, const char *bad, const char *size,
                  uint64_t bytes) {
    if (e->L == 1) {
        report(e, text(e, "%u", site), off, size, bytes, e->fn->thread_base);
        return;
    }
    need_report_lanes(e);
    line(e,
         "call void @wf_report_lanes(ptr %s, ptr %s, i32 %u, %s %s, %s %s, i64 %s, i64 %llu, i64 %s, i32 %s)",
         e->fn->launch, e->fn->worker, site, ir_vector(e, "i64"), off, ir_vector(e, "i1"), bad, size,
         (unsigned long long)bytes, e->fn->block_linear, e->fn->thread_base);
}

/* wf_cold_load_T, wf_cold_store_T: a dense access that failed as a whole, lane by lane: those under the mask
 * are done or reported. The host does it (wf_cpu_launch.access): code that hardly ever runs is not worth
 * compiling for each kernel, and this keeps the place where it is called small. With `vector` the lanes'
 * addresses may have wrapped, and are given one by one. */
static const char *cold_function(emitter *e, const char *mt, uint64_t bytes, int store, int vector,
                                 uint32_t find) {
    const char *v = ir_vector(e, mt), *p = ir_vector(e, "ptr");
    const char *name = text(e, "wf_cold_%s%s%s%s_%s", store ? "store" : "load", vector ? "_lanes" : "",
                            find ? "_any" : "", find & WF_FIND_STACK ? "_here" : "", suffix(e, mt));
    wf_text t;
    wf_text_init(&t, e->arena);
    wf_text_printf(&t,
                   "define internal %s @%s(ptr %%launch, ptr %%worker, i32 %%site, %s %%at, i64 %%lo, i64 "
                   "%%size, i%d %%m, i64 %%block, i32 %%thread%s%s%s) noinline cold nounwind optnone {\n"
                   " %%box = alloca %s\n store %s %s, ptr %%box\n",
                   store ? "void" : v, name, vector ? p : "i64", e->L, store ? ", " : "", store ? v : "",
                   store ? " %v" : "", v, v, store ? "%v" : "zeroinitializer");
    if (vector) wf_text_printf(&t, " %%each = alloca %s\n store %s %%at, ptr %%each\n", p, p);
    wf_text_printf(
        &t,
        " %%f_at = getelementptr i8, ptr %%launch, i64 152\n %%f = load ptr, ptr %%f_at\n"
        " %%mask = zext i%d %%m to i64\n"
        " call void %%f(ptr %%launch, ptr %%worker, i32 %%site, i32 %llu, i64 %s, ptr %s, i64 %%lo, "
        "i64 %%size, i64 %%mask, i64 %%block, i32 %%thread, ptr %%box)\n",
        e->L, (unsigned long long)(bytes | (store ? WF_FIND_STORE : 0) | find), vector ? "0" : "%at",
        vector ? "%each" : "null");
    if (store) wf_text_puts(&t, " ret void\n}\n");
    else wf_text_printf(&t, " %%r = load %s, ptr %%box\n ret %s %%r\n}\n", v, v);
    helper(e, name, t.data);
    return name;
}

/* The arguments of a cold function from the fourth on; *name: which one. */
static const char *cold_arguments(emitter *e, val p, const char *mt, uint64_t bytes, int store,
                                  const char *lo, const char *size, const char **name) {
    *name =
        cold_function(e, mt, bytes, store, p.ok != NULL, is_loose(e, &p) ? WF_FIND_ANY | find_flags(e) : 0);
    const char *at = p.ok ? text(e, "%s %s", ir_vector(e, "ptr"), as_vector(e, p))
                          : text(e, "i64 %s", ins(e, "ptrtoint ptr %s to i64", p.op));
    const char *bits = ins(e, "bitcast %s %s to i%d", ir_vector(e, "i1"), mask_vector(e, e->mask), e->L);
    return text(e, "%s, i64 %s, i64 %s, i%d %s, i64 %s, i32 %s", at, lo, size, e->L, bits,
                e->fn->block_linear, e->fn->thread_base);
}

/* --- the tests --- */

/* Uniform address, or the base of a dense one: i1, bytes from p on are in reach. *off: bytes from the start.
 */
static const char *in_reach(emitter *e, val p, uint64_t bytes, const char **off, const char **lo,
                            const char **size) {
    root_of(e, p, lo, size);
    const char *a = ins(e, "ptrtoint ptr %s to i64", p.op);
    *off = ins(e, "sub i64 %s, %s", a, *lo);
    return ins(e, "icmp ult i64 %s, %s", *off, limit_of(e, p, *size, bytes));
}

/* In the cold block after the test of a uniform access: may it be done all the same? An i1; NULL: no.
 * Reported when not. */
static const char *admitted(emitter *e, val p, uint64_t bytes, const char *off, const char *lo,
                            const char *size, uint32_t site, int store) {
    const char *thread = thread_of_lane(e, mask_vector(e, e->mask));
    asked a = {NULL, lo, size, text(e, "%llu", (unsigned long long)bytes), bytes, site, store};
    if (is_loose(e, &p)) {
        a.at = ins(e, "ptrtoint ptr %s to i64", p.op);
        return reach_admits(e, &a, thread);
    }
    report(e, text(e, "%u", site), off, size, bytes, thread);
    return NULL;
}

/* Tests a uniform access: goes on at `hot` when it may be done, else, reported, at `join`; *cold is where the
 * latter comes from. */
static void test_uniform(emitter *e, val p, uint64_t bytes, uint32_t site, int store, label *hot, label *join,
                         const char **from) {
    const char *off, *lo, *size;
    label *cold = label_new(e);
    branch_rare(e, in_reach(e, p, bytes, &off, &lo, &size), hot, cold);
    label_place(e, cold);
    const char *good = admitted(e, p, bytes, off, lo, size, site, store);
    if (good) branch_if(e, good, hot, join);
    else branch(e, join);
    *from = cold->name;
    label_place(e, hot);
}

/* The same as an i1. */
static const char *tested_uniform(emitter *e, val p, uint64_t bytes, uint32_t site, int store) {
    const char *off, *lo, *size, *from = e->fn->block;
    label *cold = label_new(e), *join = label_new(e);
    const char *in = in_reach(e, p, bytes, &off, &lo, &size);
    branch_rare(e, in, join, cold);
    label_place(e, cold);
    const char *good = admitted(e, p, bytes, off, lo, size, site, store);
    label_place(e, join);
    return good ? ins(e, "phi i1 [ true, %%%s ], [ %s, %%%s ]", from, good, cold->name) : in;
}

/* The pointer as a vector, compared lane by lane; bad lanes are reported and taken off. */
static mask check_lanes(emitter *e, val p, const char *vec, uint64_t bytes, uint32_t site, int store) {
    const char *lo, *size, *v64 = ir_vector(e, "i64"), *m1 = ir_vector(e, "i1");
    root_of(e, p, &lo, &size);
    int own = p.root == ROOT_OWN && p.root_varying;
    const char *a = ins(e, "ptrtoint %s %s to %s", ir_vector(e, "ptr"), vec, v64);
    const char *off = ins(e, "sub %s %s, %s", v64, a, own ? lo : splat(e, "i64", lo));
    const char *in;
    if (own) {
        const char *name = text(e, "llvm.usub.sat.v%di64", e->L);
        declare(e, name, text(e, "declare %s @%s(%s, %s)", v64, name, v64, v64));
        const char *lim = bytes == 1 ? size
                                     : ins(e, "call %s @%s(%s %s, %s splat (i64 %llu))", v64, name, v64, size,
                                           v64, (unsigned long long)(bytes - 1));
        in = ins(e, "icmp ult %s %s, %s", v64, off, lim);
    } else {
        in = ins(e, "icmp ult %s %s, %s", v64, off, splat(e, "i64", limit_of(e, p, size, bytes)));
    }
    const char *m = mask_vector(e, e->mask);
    const char *good = e->mask.op ? ins(e, "and %s %s, %s", m1, m, in) : in;
    const char *bad = ins(e, "xor %s %s, %s", m1, good, m);
    label *cold = label_new(e), *join = label_new(e);
    const char *none = ins(e, "icmp eq i%d %s, 0", e->L, ins(e, "bitcast %s %s to i%d", m1, bad, e->L));
    const char *from = e->fn->block;
    branch_rare(e, none, join, cold);
    label_place(e, cold);
    if (is_loose(e, &p)) {
        asked ask = {a,
                     own ? lo : splat(e, "i64", lo),
                     own ? size : splat(e, "i64", size),
                     text(e, "%llu", (unsigned long long)bytes),
                     bytes,
                     site,
                     store};
        const char *more = ins(e, "or %s %s, %s", m1, good, reach_admits_lanes(e, &ask, bad));
        label_place(e, join);
        return (mask){ins(e, "phi %s [ %s, %%%s ], [ %s, %%%s ]", m1, good, from, more, cold->name), 0};
    }
    if (own) size = ins(e, "extractelement %s %s, i64 0", v64, size);
    report_lanes(e, site, off, bad, size, bytes);
    label_place(e, join);
    return (mask){good, 0};
}

/* --- scalars in registers and in memory --- */

static const char *from_memory(emitter *e, const wf_type *t, const char *op, int vector) {
    if (t->kind != WF_TY_BOOL) return op;
    const char *m = vector ? ir_vector(e, "i8") : "i8";
    return ins(e, "icmp ne %s %s, %s", m, op, vector && e->L > 1 ? "zeroinitializer" : "0");
}

static const char *to_memory(emitter *e, const wf_type *t, const char *op, int vector) {
    if (t->kind != WF_TY_BOOL) return op;
    return ins(e, "zext %s %s to %s", vector ? ir_vector(e, "i1") : "i1", op,
               vector ? ir_vector(e, "i8") : "i8");
}

static const char *group_attribute(emitter *e, int flags) {
    if (!e->access_group || flags & MEM_VOLATILE) return "";
    return text(e, ", !llvm.access.group !%u", e->access_group);
}

static const char *load_attributes(emitter *e, int flags) {
    return (flags & MEM_CONSTANT) && e->gpu ? ", !invariant.load !1" : group_attribute(e, flags);
}

static val loaded(emitter *e, const wf_type *t, kind k, const char *op) {
    return reach_found(e, val_of(t, k, op)); /* a pointer from memory: unknown reach */
}

static uint32_t align_of(const emitter *e, const wf_type *t) { return e->unaligned ? 1 : wf_type_align(t); }

/* --- loads --- */

static val load_uniform(emitter *e, val p, const wf_type *t, uint32_t site, int check, int flags) {
    const char *mt = ir_memory(e, t), *v = flags & MEM_VOLATILE ? "volatile " : "";
    uint64_t size = wf_type_size(t);
    kind k = p.kind <= K_BLOCK ? K_BLOCK : K_GROUP;
    const char *op;
    if (!check) {
        op = ins(e, "load %s%s, ptr %s, align %u%s", v, mt, p.op, align_of(e, t), load_attributes(e, flags));
        return loaded(e, t, k, from_memory(e, t, op, 0));
    }
    label *hot = label_new(e), *join = label_new(e);
    const char *cold;
    test_uniform(e, p, size, site, 0, hot, join, &cold);
    op = ins(e, "load %s%s, ptr %s, align %u", v, mt, p.op, align_of(e, t));
    label_place(e, join);
    const char *zero = !strcmp(mt, "ptr") ? "null" : mt[0] == 'i' ? "0" : "0.0";
    op = ins(e, "phi %s [ %s, %%%s ], [ %s, %%%s ]", mt, op, hot->name, zero, cold);
    return loaded(e, t, k, from_memory(e, t, op, 0));
}

static const char *load_dense(emitter *e, val p, const char *mt, uint32_t align, int flags) {
    const char *v = ir_vector(e, mt);
    const char *vol = flags & MEM_VOLATILE ? "volatile " : "";
    if (!e->mask.op || e->unmasked) return ins(e, "load %s%s, ptr %s, align %u", vol, v, p.op, align);
    return ins(e, "call %s @%s(ptr %s, i32 %u, %s %s, %s zeroinitializer)", v, masked_name(e, mt, 0), p.op,
               align, ir_vector(e, "i1"), e->mask.op, v);
}

static const char *cold_load(emitter *e, val p, const char *mt, uint64_t size, uint32_t site, const char *lo,
                             const char *bytes) {
    const char *name, *args = cold_arguments(e, p, mt, size, 0, lo, bytes, &name);
    return ins(e, "call %s @%s(ptr %s, ptr %s, i32 %u, %s)", ir_vector(e, mt), name, e->fn->launch,
               e->fn->worker, site, args);
}

const char *masked_gather(emitter *e, const char *vec, const char *mt, uint32_t align, mask m) {
    const char *v = ir_vector(e, mt);
    return ins(e, "call %s @%s(%s %s, i32 %u, %s %s, %s zeroinitializer)", v, gather_name(e, mt, 0),
               ir_vector(e, "ptr"), vec, align, ir_vector(e, "i1"), mask_vector(e, m), v);
}

static val load_linear(emitter *e, val p, const wf_type *t, uint32_t site, int check, int flags) {
    const char *mt = ir_memory(e, t), *v = ir_vector(e, mt), *op;
    uint64_t size = wf_type_size(t);
    if (!check && !p.ok) {
        op = load_dense(e, p, mt, align_of(e, t), flags);
        return loaded(e, t, K_VARYING, from_memory(e, t, op, 1));
    }
    label *hot = label_new(e), *cold = label_new(e), *join = label_new(e);
    const char *test = p.ok, *off, *lo = "0", *bytes = "-1";
    if (check) {
        test = in_reach(e, p, size * (uint64_t)e->L, &off, &lo, &bytes);
        if (p.ok) test = ins(e, "and i1 %s, %s", test, p.ok);
    }
    branch_rare(e, test, hot, cold);
    label_place(e, cold);
    const char *c = check ? cold_load(e, p, mt, size, site, lo, bytes)
                          : masked_gather(e, as_vector(e, p), mt, align_of(e, t), e->mask);
    branch(e, join);
    label_place(e, hot);
    e->unmasked = check; /* the whole group is in reach: no need to mask a load */
    op = load_dense(e, p, mt, align_of(e, t), flags);
    e->unmasked = 0;
    label_place(e, join);
    op = ins(e, "phi %s [ %s, %%%s ], [ %s, %%%s ]", v, op, hot->name, c, cold->name);
    return loaded(e, t, K_VARYING, from_memory(e, t, op, 1));
}

static void compiler_fence(emitter *e, int flags) {
    if (flags & MEM_VOLATILE) line(e, "fence syncscope(\"singlethread\") seq_cst");
}

static val load_scalar(emitter *e, val p, const wf_type *t, const wf_expr *site_expr, int flags) {
    if (p.kind == K_BOTTOM) return val_bottom(t);
    uint64_t size = wf_type_size(t);
    int check = checked(e, &p, size, site_expr, flags),
        proven = e->proven && site_expr && map_get(e->proven, site_expr);
    uint32_t site = check ? site_of(e, site_expr, 0, NULL, (uint32_t)size, 0) : 0;
    val r;
    p = unwrapped(e, p, site_expr);
    if (p.kind <= K_GROUP) {
        r = load_uniform(e, p, t, site, check, flags);
    } else if (p.kind == K_LINEAR && p.stride == (int64_t)size) {
        compiler_fence(e, flags);
        e->unmasked = proven && !e->part;
        r = load_linear(e, p, t, site, check, flags);
        e->unmasked = 0;
    } else {
        const char *vec = as_vector(e, p);
        compiler_fence(e, flags);
        mask m = check ? check_lanes(e, p, vec, size, site, 0) : e->mask;
        r = loaded(e, t, K_VARYING,
                   from_memory(e, t, masked_gather(e, vec, ir_memory(e, t), align_of(e, t), m), 1));
    }
    return r;
}

/* --- stores --- */

/* The element of the last active lane. */
static const char *last_lane(emitter *e, val v, mask m) {
    if (v.kind <= K_GROUP) return v.op;
    const char *vec = as_vector(e, v), *vt = ir_vector(e, ir_type(e, v.type));
    if (!m.op) return ins(e, "extractelement %s %s, i64 %d", vt, vec, e->L - 1);
    const char *bits = ins(e, "bitcast <%d x i1> %s to i%d", e->L, m.op, e->L);
    declare(e, text(e, "llvm.ctlz.i%d", e->L),
            text(e, "declare i%d @llvm.ctlz.i%d(i%d, i1)", e->L, e->L, e->L));
    const char *n = ins(e, "call i%d @llvm.ctlz.i%d(i%d %s, i1 false)", e->L, e->L, e->L, bits);
    const char *i = ins(e, "xor i%d %s, %d", e->L, n, e->L - 1);
    return ins(e, "extractelement %s %s, i64 %s", vt, vec, ins(e, "zext i%d %s to i64", e->L, i));
}

static void store_uniform(emitter *e, val p, const wf_type *t, val v, uint32_t site, int check, int flags) {
    const char *mt = ir_memory(e, t), *vol = flags & MEM_VOLATILE ? "volatile " : "";
    const char *op = to_memory(e, t, last_lane(e, v, e->mask), 0);
    if (!check) {
        line(e, "store %s%s %s, ptr %s, align %u%s", vol, mt, op, p.op, align_of(e, t),
             group_attribute(e, flags));
        return;
    }
    label *hot = label_new(e), *join = label_new(e);
    const char *cold;
    test_uniform(e, p, wf_type_size(t), site, 1, hot, join, &cold);
    line(e, "store %s%s %s, ptr %s, align %u", vol, mt, op, p.op, align_of(e, t));
    label_place(e, join);
}

void masked_scatter(emitter *e, const char *vec, const char *mt, const char *op, uint32_t align, mask m) {
    line(e, "call void @%s(%s %s, %s %s, i32 %u, %s %s)", gather_name(e, mt, 1), ir_vector(e, mt), op,
         ir_vector(e, "ptr"), vec, align, ir_vector(e, "i1"), mask_vector(e, m));
}

/* A whole vector at a multiple of its size goes past the caches: what is to be overwritten is not read first,
 * and what lies there stays. Others of the vector's threads may only look after a locked instruction of this
 * one, which empties its buffers of such stores; whoever hands results on executes one. Returns where the
 * usual store is to go on to after it. */
static label *store_past(emitter *e, val p, const char *vt, const char *op, uint64_t bytes) {
    label *past = label_new(e), *usual = label_new(e), *join = label_new(e);
    uint64_t align = bytes < 64 ? bytes : 64;
    const char *at = ins(e, "ptrtoint ptr %s to i64", p.op);
    const char *test =
        ins(e, "icmp eq i64 %s, 0", ins(e, "and i64 %s, %llu", at, (unsigned long long)align - 1));
    if (e->mask.op) {
        const char *bits = ins(e, "bitcast <%d x i1> %s to i%d", e->L, e->mask.op, e->L);
        test = ins(e, "and i1 %s, %s", test, ins(e, "icmp eq i%d %s, -1", e->L, bits));
    }
    branch_rare(e, test, past, usual);
    label_place(e, past);
    line(e, "store %s %s, ptr %s, align %llu, !nontemporal !2", vt, op, p.op, (unsigned long long)align);
    branch(e, join);
    label_place(e, usual);
    return join;
}

static void store_linear(emitter *e, val p, const wf_type *t, val v, uint32_t site, int check, int flags) {
    const char *mt = ir_memory(e, t), *vt = ir_vector(e, mt);
    const char *op = to_memory(e, t, as_vector(e, v), 1), *vol = flags & MEM_VOLATILE ? "volatile " : "";
    uint64_t size = wf_type_size(t);
    label *join = NULL;
    if (check || p.ok) {
        label *hot = label_new(e), *cold = label_new(e);
        join = label_new(e);
        const char *test = p.ok, *off, *lo = "0", *bytes = "-1";
        if (check) {
            test = in_reach(e, p, size * (uint64_t)e->L, &off, &lo, &bytes);
            if (p.ok) test = ins(e, "and i1 %s, %s", test, p.ok);
        }
        branch_rare(e, test, hot, cold);
        label_place(e, cold);
        const char *name, *args = check ? cold_arguments(e, p, mt, size, 1, lo, bytes, &name) : NULL;
        if (check)
            line(e, "call void @%s(ptr %s, ptr %s, i32 %u, %s, %s %s)", name, e->fn->launch, e->fn->worker,
                 site, args, vt, op);
        else masked_scatter(e, as_vector(e, p), mt, op, align_of(e, t), e->mask);
        branch(e, join);
        label_place(e, hot);
    }
    label *stored = flags & MEM_PAST ? store_past(e, p, vt, op, size * (uint64_t)e->L) : NULL;
    if (!e->mask.op) line(e, "store %s%s %s, ptr %s, align %u", vol, vt, op, p.op, align_of(e, t));
    else
        line(e, "call void @%s(%s %s, ptr %s, i32 %u, %s %s)", masked_name(e, mt, 1), vt, op, p.op,
             align_of(e, t), ir_vector(e, "i1"), e->mask.op);
    if (stored) label_place(e, stored);
    if (join) label_place(e, join);
}

static void store_scalar(emitter *e, val p, const wf_type *t, val v, const wf_expr *site_expr, int flags) {
    if (p.kind == K_BOTTOM || v.kind == K_BOTTOM) return;
    uint64_t size = wf_type_size(t);
    int check = checked(e, &p, size, site_expr, flags);
    uint32_t site = check ? site_of(e, site_expr, 0, NULL, (uint32_t)size, 1) : 0;
    p = unwrapped(e, p, site_expr);
    reach_leaks(e, &v);
    if (p.kind <= K_GROUP) {
        store_uniform(e, p, t, v, site, check, flags);
    } else if (p.kind == K_LINEAR && p.stride == (int64_t)size) {
        store_linear(e, p, t, v, site, check, flags);
        compiler_fence(e, flags);
    } else {
        const char *vec = as_vector(e, p);
        mask m = check ? check_lanes(e, p, vec, size, site, 1) : e->mask;
        masked_scatter(e, vec, ir_memory(e, t), to_memory(e, t, as_vector(e, v), 1), align_of(e, t), m);
        compiler_fence(e, flags);
    }
}

/* --- records --- */

static val record_of(emitter *e, const wf_type *t, uint32_t count) {
    val r = val_of(t, K_BLOCK, "undef");
    r.is_record = 1;
    r.leaf_count = count;
    r.leaves = WF_NEW_ARRAY(e->arena, val, count ? count : 1);
    return r;
}

/* float2, float4 and their kin, whole: one access. */
static int as_one_vector(emitter *e, const leaves *l, const wf_type *t) {
    if (!l->plain || (l->count != 2 && l->count != 4) || align_of(e, t) != wf_type_size(t)) return 0;
    for (uint32_t i = 0; i < l->count; i++)
        if (l->at[i].type != l->at[0].type || l->at[i].type->kind == WF_TY_BOOL) return 0;
    return 1;
}

/* Lanes that may access a whole record; reports the others. */
mask access_mask(emitter *e, val p, uint64_t bytes, const wf_expr *site_expr, int flags) {
    if (!checked(e, &p, bytes, site_expr, flags) || p.kind == K_BOTTOM) return e->mask;
    uint32_t site = site_of(e, site_expr, 0, NULL, (uint32_t)bytes, (flags & MEM_STORE) != 0);
    int store = (flags & MEM_STORE) != 0;
    if (p.kind >= K_LINEAR && e->L > 1) return check_lanes(e, p, as_vector(e, p), bytes, site, store);
    /* a uniform access: all lanes or none */
    return mask_and(e, e->mask, splat(e, "i1", tested_uniform(e, p, bytes, site, store)));
}

const char *bytes_in_reach(emitter *e, val p, const char *lane, const char *count, const wf_expr *site_expr,
                           int store) {
    if (!e->check || (p.root == ROOT_NONE && !e->find) || p.root == ROOT_UNSET) return NULL;
    const char *lo, *size, *at = lane_of(e, p, lane), *thread = e->fn->thread_base;
    root_of(e, p, &lo, &size);
    if (p.root == ROOT_OWN && p.root_varying && e->L > 1) {
        lo = ins(e, "extractelement %s %s, i64 %s", ir_vector(e, "i64"), lo, lane);
        size = ins(e, "extractelement %s %s, i64 %s", ir_vector(e, "i64"), size, lane);
    }
    const char *off = ins(e, "sub i64 %s, %s", ins(e, "ptrtoint ptr %s to i64", at), lo);
    declare(e, "llvm.usub.sat.i64", "declare i64 @llvm.usub.sat.i64(i64, i64)");
    const char *left = ins(e, "call i64 @llvm.usub.sat.i64(i64 %s, i64 %s)", size, off);
    const char *in = ins(e, "icmp ule i64 %s, %s", count, left), *from = e->fn->block;
    uint32_t site = site_of(e, site_expr, 0, NULL, 1, store);
    label *cold = label_new(e), *join = label_new(e);
    branch_rare(e, in, join, cold);
    label_place(e, cold);
    if (e->L > 1) thread = ins(e, "add i32 %s, %s", thread, ins(e, "trunc i64 %s to i32", lane));
    if (is_loose(e, &p)) {
        asked a = {ins(e, "ptrtoint ptr %s to i64", at), lo, size, count, 1, site, store};
        const char *good = reach_admits(e, &a, thread);
        label_place(e, join);
        return ins(e, "phi i1 [ true, %%%s ], [ %s, %%%s ]", from, good, cold->name);
    }
    report(e, text(e, "%u", site), off, size, 1, thread);
    label_place(e, join);
    return in;
}

static val load_record_uniform(emitter *e, val p, const wf_type *t, leaves *l, int flags) {
    val r = record_of(e, t, l->count);
    kind k = p.kind <= K_BLOCK ? K_BLOCK : K_GROUP;
    if (as_one_vector(e, l, t)) {
        const char *mt = ir_memory(e, l->at[0].type);
        const char *whole =
            ins(e, "load %s<%u x %s>, ptr %s, align %u%s", flags & MEM_VOLATILE ? "volatile " : "", l->count,
                mt, p.op, align_of(e, t), load_attributes(e, flags));
        for (uint32_t i = 0; i < l->count; i++)
            r.leaves[i] = loaded(e, l->at[i].type, k,
                                 ins(e, "extractelement <%u x %s> %s, i64 %u", l->count, mt, whole, i));
        return r;
    }
    for (uint32_t i = 0; i < l->count; i++)
        r.leaves[i] = load_scalar(e, pointer_offset(e, p, (int64_t)l->at[i].offset), l->at[i].type, NULL,
                                  flags | MEM_UNCHECKED);
    return r;
}

static val load_record(emitter *e, val p, const wf_type *t, const wf_expr *site, int flags) {
    leaves *l = leaves_of(e, t);
    val r = record_of(e, t, l->count);
    if (p.kind == K_BOTTOM) {
        for (uint32_t i = 0; i < l->count; i++) r.leaves[i] = val_bottom(l->at[i].type);
        return r;
    }
    mask before = e->mask;
    if (p.kind <= K_GROUP) {
        if (!checked(e, &p, wf_type_size(t), site, flags)) return load_record_uniform(e, p, t, l, flags);
        /* an unreachable address becomes one that holds zeros */
        uint32_t site_id = site_of(e, site, 0, NULL, (uint32_t)wf_type_size(t), 0);
        const char *in = tested_uniform(e, p, wf_type_size(t), site_id, 0);
        if (!e->dry) {
            void **zeros = map_at_text(e->declared, "wf_zeros");
            if (!*zeros)
                wf_text_puts(&e->declarations,
                             "@wf_zeros = internal constant [16384 x i8] zeroinitializer, align 64\n");
            *zeros = e;
        }
        p.op = ins(e, "select i1 %s, ptr %s, ptr @wf_zeros", in, p.op);
        return load_record_uniform(e, p, t, l, flags);
    }
    e->mask = access_mask(e, p, wf_type_size(t), site, flags);
    for (uint32_t i = 0; i < l->count; i++)
        r.leaves[i] = load_scalar(e, pointer_offset(e, p, (int64_t)l->at[i].offset), l->at[i].type, site,
                                  flags | MEM_UNCHECKED);
    e->mask = before;
    return r;
}

static void store_record_leaves(emitter *e, val p, const wf_type *t, val v, leaves *l, int flags) {
    if (p.kind <= K_GROUP && as_one_vector(e, l, t)) {
        const char *mt = ir_memory(e, l->at[0].type), *whole = "poison";
        for (uint32_t i = 0; i < l->count; i++)
            whole = ins(e, "insertelement <%u x %s> %s, %s %s, i64 %u", l->count, mt, whole, mt,
                        last_lane(e, v.leaves[i], e->mask), i);
        line(e, "store %s<%u x %s> %s, ptr %s, align %u", flags & MEM_VOLATILE ? "volatile " : "", l->count,
             mt, whole, p.op, align_of(e, t));
        return;
    }
    for (uint32_t i = 0; i < l->count; i++)
        store_scalar(e, pointer_offset(e, p, (int64_t)l->at[i].offset), l->at[i].type, v.leaves[i], NULL,
                     flags | MEM_UNCHECKED);
}

static void store_record(emitter *e, val p, const wf_type *t, val v, const wf_expr *site, int flags) {
    leaves *l = leaves_of(e, t);
    if (p.kind == K_BOTTOM || !v.leaves) return;
    if (p.kind <= K_GROUP && checked(e, &p, wf_type_size(t), site, flags)) {
        const char *cold;
        label *hot = label_new(e), *join = label_new(e);
        uint32_t site_id = site_of(e, site, 0, NULL, (uint32_t)wf_type_size(t), 1);
        test_uniform(e, p, wf_type_size(t), site_id, 1, hot, join, &cold);
        store_record_leaves(e, p, t, v, l, flags);
        label_place(e, join);
        return;
    }
    mask before = e->mask;
    e->mask = access_mask(e, p, wf_type_size(t), site, flags | MEM_STORE);
    store_record_leaves(e, p, t, v, l, flags);
    e->mask = before;
}

/* A packed record, or one that holds one. */
int type_is_packed(const wf_type *t) {
    while (t->kind == WF_TY_ARRAY) t = t->base;
    if (t->kind != WF_TY_RECORD) return 0;
    if (t->record->pack) return 1;
    for (uint32_t i = 0; i < t->record->field_count && wf_type_align(t) < 16; i++)
        if (type_is_packed(t->record->fields[i].type)) return 1;
    return 0;
}

val memory_load(emitter *e, val p, const wf_type *t, const wf_expr *site, int flags) {
    int before = e->unaligned;
    e->unaligned = flags & MEM_UNALIGNED || type_is_packed(t);
    val v = t->kind == WF_TY_RECORD || t->kind == WF_TY_ARRAY ? load_record(e, p, t, site, flags)
                                                              : load_scalar(e, p, t->unqual, site, flags);
    e->unaligned = before;
    return v;
}

void memory_store(emitter *e, val p, const wf_type *t, val v, const wf_expr *site, int flags) {
    int before = e->unaligned;
    e->unaligned = flags & MEM_UNALIGNED || type_is_packed(t);
    if (t->kind == WF_TY_RECORD || t->kind == WF_TY_ARRAY) store_record(e, p, t, v, site, flags);
    else store_scalar(e, p, t->unqual, v, site, flags);
    e->unaligned = before;
}
