/* tests/interp/builtin.c: the built-ins. */
#include "inner.h"
#include "lang/index_rule.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static value of_int(uint64_t i) { return (value){.i = i}; }

/* --- where the thread is --- */

static value three(thread *t, const uint32_t v[3]) {
    value out = {.bytes = temporary(t, 12)};
    memcpy(out.bytes, v, 12);
    return out;
}

static uint64_t thread_in_grid(const thread *t) { /* x fastest, over all three axes of the grid */
    const run *r = t->run;
    uint64_t at[3], extent[3];
    for (int i = 0; i < 3; i++) {
        at[i] = (uint64_t)t->block->id[i] * r->size[i] + t->id[i];
        extent[i] = (uint64_t)r->grid[i] * r->size[i];
    }
    return (at[2] * extent[1] + at[1]) * extent[0] + at[0];
}

/* --- waiting for others --- */

/* A barrier with a number: who makes the count complete lets the others go. */
static void wait_for_number(thread *t, const wf_expr *e, const value *args) {
    uint32_t number = (uint32_t)args[0].i & 15, count = (uint32_t)args[1].i;
    if (++t->block->arrived[number] >= (count ? count : t->run->threads)) {
        t->block->arrived[number] = 0;
        for (uint32_t i = 0; i < t->run->threads; i++) {
            thread *other = &t->block->threads[i];
            if (other->state == AT_NAMED_BARRIER && ((uint32_t)other->operands[0].i & 15) == number)
                other->state = READY;
        }
    } else if (e->u.call.builtin == WF_BI_BARRIER) {
        t->wait_at = e;
        t->operands[0] = args[0];
        wait_in(t, AT_NAMED_BARRIER);
    }
}

static value wait_at_barrier(thread *t, const wf_expr *e, value predicate) {
    t->wait_at = e;
    t->wait_id = e->u.call.builtin;
    t->operands[0] = predicate;
    wait_in(t, e->u.call.builtin == WF_BI_GRID_SYNC ? AT_GRID_BARRIER : AT_BARRIER);
    return t->answer;
}

static value wait_in_warp(thread *t, const wf_expr *e, const value *args) {
    t->wait_at = e;
    t->wait_id = e->u.call.builtin;
    t->mask = t->wait_id == WF_BI_ACTIVEMASK ? 0 : (uint32_t)args[0].i;
    for (uint32_t i = 1; i < e->u.call.count && i < 4; i++) t->operands[i] = args[i];
    wait_in(t, t->wait_id == WF_BI_ACTIVEMASK ? AT_CONVERGENCE : AT_WARP);
    return t->answer;
}

static int in_group(uint32_t group, uint32_t lane) { return group >> lane & 1; }

/* The lane whose value a shuffle gives; lanes out of the segment of `width` give their own. */
static uint32_t shuffle_source(const thread *t, uint32_t lane) {
    uint32_t width = (uint32_t)t->operands[3].i, by = (uint32_t)t->operands[2].i & 31,
             first = lane & ~(width - 1);
    uint32_t last = first | (width - 1);
    switch (t->wait_id) {
    case WF_BI_SHFL: return first | (by & (width - 1));
    case WF_BI_SHFL_UP: return lane >= first + by ? lane - by : lane;
    case WF_BI_SHFL_DOWN: return lane + by <= last ? lane + by : lane;
    default: return (lane ^ by) <= last ? lane ^ by : lane;
    }
}

static value reduce(const thread *lanes, uint32_t count, uint32_t group, uint32_t id, const wf_type *type) {
    value out = {0};
    int first = 1;
    for (uint32_t lane = 0; lane < count; lane++) {
        if (!in_group(group, lane)) continue;
        value v = lanes[lane].operands[1];
        if (first) out = v;
        else if (id == WF_BI_REDUCE_ADD) out = binary(WF_OP_ADD, type, out, v);
        else if (id == WF_BI_REDUCE_AND) out.i &= v.i;
        else if (id == WF_BI_REDUCE_OR) out.i |= v.i;
        else if (id == WF_BI_REDUCE_XOR) out.i ^= v.i;
        else if (compare(id == WF_BI_REDUCE_MIN ? WF_OP_LT : WF_OP_GT, type, v, out)) out = v;
        first = 0;
    }
    return out;
}

void exchange(thread *lanes, uint32_t count, uint32_t group) {
    uint32_t ballot = 0, same;
    for (uint32_t lane = 0; lane < count; lane++)
        if (in_group(group, lane) && lanes[lane].operands[1].i) ballot |= 1u << lane;
    for (uint32_t lane = 0; lane < count; lane++) {
        thread *t = &lanes[lane];
        if (!in_group(group, lane)) continue;
        switch (t->wait_id) {
        case WF_BI_SHFL:
        case WF_BI_SHFL_UP:
        case WF_BI_SHFL_DOWN:
        case WF_BI_SHFL_XOR: {
            uint32_t source = shuffle_source(t, lane);
            t->answer = lanes[source < count && in_group(group, source) ? source : lane].operands[1];
            break;
        }
        case WF_BI_BALLOT: t->answer = of_int(ballot); break;
        case WF_BI_ALL: t->answer = of_int(ballot == group); break;
        case WF_BI_ANY: t->answer = of_int(ballot != 0); break;
        case WF_BI_MATCH_ANY:
        case WF_BI_MATCH_ALL:
            same = 0;
            for (uint32_t other = 0; other < count; other++)
                if (in_group(group, other) && lanes[other].operands[1].i == t->operands[1].i &&
                    !memcmp(&lanes[other].operands[1].f, &t->operands[1].f, sizeof(double)))
                    same |= 1u << other;
            t->answer = of_int(t->wait_id == WF_BI_MATCH_ANY || same == group ? same : 0);
            break;
        case WF_BI_REDUCE_ADD:
        case WF_BI_REDUCE_MIN:
        case WF_BI_REDUCE_MAX:
        case WF_BI_REDUCE_AND:
        case WF_BI_REDUCE_OR:
        case WF_BI_REDUCE_XOR: t->answer = reduce(lanes, count, group, t->wait_id, t->wait_at->type); break;
        case WF_BI_ACTIVEMASK: t->answer = of_int(group); break;
        default: break; /* __syncwarp */
        }
    }
}

/* --- atomics --- */

static value atomic_new(uint32_t operation, const wf_type *type, value old, const value *args) {
    switch (operation) {
    case 0: return binary(WF_OP_ADD, type, old, args[1]);
    case 1: return binary(WF_OP_SUB, type, old, args[1]);
    case 2: return args[1];
    case 3:
        if (wf_type_is_float(type)) return (value){.f = float_min(old.f, args[1].f)};
        return compare(WF_OP_LT, type, args[1], old) ? args[1] : old;
    case 4:
        if (wf_type_is_float(type)) return (value){.f = float_max(old.f, args[1].f)};
        return compare(WF_OP_GT, type, args[1], old) ? args[1] : old;
    case 5: return of_int(old.i >= args[1].i ? 0 : old.i + 1);
    case 6: return of_int(!old.i || old.i > args[1].i ? args[1].i : old.i - 1);
    case 7: return old.i == args[1].i ? args[2] : old;
    case 8: return of_int(old.i & args[1].i);
    case 9: return of_int(old.i | args[1].i);
    default: return of_int(old.i ^ args[1].i);
    }
}

static value atomic(thread *t, const wf_expr *e, const value *args) {
    const wf_type *type = e->type;
    place p = {.address = (char *)(uintptr_t)args[0].i, .checked = 1};
    uint64_t before = t->run->options->out_of_bounds;
    value old = load(t, &p, type, e);
    if (t->run->options->out_of_bounds != before) return old; /* reported; nothing is stored */
    store(t, &p, type, atomic_new((e->u.call.builtin - WF_BI_ATOMIC_ADD) / 3, type, old, args), e);
    return old;
}

/* --- bits --- */

static uint64_t reverse(uint64_t x, int bits) {
    uint64_t y = 0;
    for (int i = 0; i < bits; i++) y |= (x >> i & 1) << (bits - 1 - i);
    return y;
}

static int leading_zeros(uint64_t x, int bits) {
    int count = 0;
    while (count < bits && !(x >> (bits - 1 - count) & 1)) count++;
    return count;
}

static int first_set(uint64_t x) {
    for (int i = 0; i < 64; i++)
        if (x >> i & 1) return i + 1;
    return 0;
}

static int ones(uint64_t x) {
    int count = 0;
    for (; x; x &= x - 1) count++;
    return count;
}

/* Three bits choose a byte of y:x; the fourth, which PTX's prmt takes as "its sign", is ignored as in CUDA C.
 */
static uint64_t byte_perm(uint64_t x, uint64_t y, uint64_t selector) {
    uint64_t all = (uint32_t)x | y << 32, out = 0;
    for (int i = 0; i < 4; i++) out |= (all >> (8 * (selector >> (4 * i) & 7)) & 255) << (8 * i);
    return out;
}

static uint64_t dot4(uint64_t a, uint64_t b, uint64_t c, int is_signed) {
    for (int i = 0; i < 4; i++) {
        uint64_t x = a >> (8 * i) & 255, y = b >> (8 * i) & 255;
        c += is_signed ? (uint64_t)((int64_t)(int8_t)x * (int8_t)y) : x * y;
    }
    return c;
}

static int64_t low24(uint64_t x) { return (int64_t)(x << 40) >> 40; }

/* Returns 0 when the built-in is not one of these. */
static int bit_operation(uint32_t id, const value *a, value *out) {
    uint64_t x = a[0].i, y = a[1].i, z = a[2].i, pair = (y << 32) | (uint32_t)x;
    uint64_t capped = z > 32 ? 32 : z;
    switch (id) {
    case WF_BI_POPC: out->i = (uint64_t)ones((uint32_t)x); return 1;
    case WF_BI_POPCLL: out->i = (uint64_t)ones(x); return 1;
    case WF_BI_CLZ: out->i = (uint64_t)leading_zeros((uint32_t)x, 32); return 1;
    case WF_BI_CLZLL: out->i = (uint64_t)leading_zeros(x, 64); return 1;
    case WF_BI_FFS: out->i = (uint64_t)first_set((uint32_t)x); return 1;
    case WF_BI_FFSLL: out->i = (uint64_t)first_set(x); return 1;
    case WF_BI_BREV: out->i = reverse(x, 32); return 1;
    case WF_BI_BREVLL: out->i = reverse(x, 64); return 1;
    case WF_BI_BYTE_PERM: out->i = byte_perm(x, y, z); return 1;
    case WF_BI_MULHI: out->i = (uint64_t)((int64_t)x * (int64_t)y >> 32); return 1;
    case WF_BI_UMULHI: out->i = x * y >> 32; return 1;
    case WF_BI_MUL64HI: out->i = (uint64_t)((__int128)(int64_t)x * (int64_t)y >> 64); return 1;
    case WF_BI_UMUL64HI: out->i = (uint64_t)((unsigned __int128)x * y >> 64); return 1;
    case WF_BI_MUL24: out->i = (uint64_t)(low24(x) * low24(y)); return 1;
    case WF_BI_UMUL24: out->i = (x & 0xffffff) * (y & 0xffffff); return 1;
    case WF_BI_FUNNEL_L: out->i = pair << (z & 31) >> 32; return 1;
    case WF_BI_FUNNEL_R: out->i = pair >> (z & 31); return 1;
    case WF_BI_FUNNEL_LC: out->i = pair << capped >> 32; return 1;
    case WF_BI_FUNNEL_RC: out->i = pair >> capped; return 1;
    case WF_BI_SAD: out->i = ((int64_t)x > (int64_t)y ? x - y : y - x) + z; return 1;
    case WF_BI_USAD: out->i = (x > y ? x - y : y - x) + z; return 1;
    case WF_BI_DP4A_S: out->i = dot4(x, y, z, 1); return 1;
    case WF_BI_DP4A_U: out->i = dot4(x, y, z, 0); return 1;
    default: return 0;
    }
}

/* --- bits of floats: through memory, as the pun that they are --- */

static value pun(thread *t, const wf_type *from, const wf_type *to, value v) {
    uint64_t bits = 0;
    store_plain((char *)&bits, from, v);
    return load_plain(t, (char *)&bits, to);
}

/* --- arithmetic --- */

static int float_operation(uint32_t id, const wf_type *type, const value *a, value *out) {
    double x = a[0].f, y = a[1].f;
    wf_type_kind kind = type->kind;
    switch (id) {
    case WF_BI_FMA: out->f = fused(kind, x, y, a[2].f); return 1;
    case WF_BI_SQRT:
        out->f = round_to(kind, kind == WF_TY_DOUBLE ? sqrt(x) : (double)sqrtf((float)x));
        return 1;
    case WF_BI_FABS: out->f = fabs(x); return 1;
    case WF_BI_FLOOR: out->f = floor(x); return 1;
    case WF_BI_CEIL: out->f = ceil(x); return 1;
    case WF_BI_TRUNC: out->f = trunc(x); return 1;
    case WF_BI_RINT: out->f = rint(x); return 1;
    case WF_BI_COPYSIGN: out->f = copysign(x, y); return 1;
    case WF_BI_FMIN: out->f = float_min(x, y); return 1;
    case WF_BI_FMAX: out->f = float_max(x, y); return 1;
    case WF_BI_ADD_RN: *out = binary(WF_OP_ADD, type, a[0], a[1]); return 1;
    case WF_BI_SUB_RN: *out = binary(WF_OP_SUB, type, a[0], a[1]); return 1;
    case WF_BI_MUL_RN: *out = binary(WF_OP_MUL, type, a[0], a[1]); return 1;
    case WF_BI_DIV_RN: *out = binary(WF_OP_DIV, type, a[0], a[1]); return 1;
    case WF_BI_ISNAN: out->i = isnan(x) != 0; return 1;
    case WF_BI_ISINF: out->i = isinf(x) != 0; return 1;
    case WF_BI_ISFINITE: out->i = isfinite(x) != 0; return 1;
    case WF_BI_SIGNBIT: out->i = signbit(x) != 0; return 1;
    default: return 0;
    }
}

static value least_or_most(uint32_t id, const wf_type *type, value a, value b) {
    if (wf_type_is_float(type))
        return (value){.f = id == WF_BI_MIN ? float_min(a.f, b.f) : float_max(a.f, b.f)};
    return compare(id == WF_BI_MIN ? WF_OP_LT : WF_OP_GT, type, b, a) ? b : a;
}

/* --- the host's services --- */

static void print_one(wf_text *out, const char *spec, size_t length, const wf_type *type, value v) {
    char format[40], conversion = spec[length - 1];
    size_t n = 0;
    if (length > 24) return;
    for (size_t i = 0; i + 1 < length; i++)
        if (!strchr("hljztL", spec[i])) format[n++] = spec[i];
    if (conversion == 's') {
        format[n++] = 's', format[n] = 0;
        wf_text_printf(out, format, (const char *)(uintptr_t)v.i);
    } else if (strchr("feEgGaAF", conversion)) {
        format[n++] = conversion, format[n] = 0;
        wf_text_printf(out, format, v.f);
    } else if (conversion == 'c') {
        wf_text_putc(out, (char)v.i);
    } else if (conversion == 'p') {
        wf_text_printf(out, "0x%llx", (unsigned long long)v.i);
    } else {
        int wide = memchr(spec, 'l', length) || memchr(spec, 'z', length) || memchr(spec, 'j', length);
        int is_signed = conversion == 'd' || conversion == 'i';
        uint64_t i = wide ? v.i : is_signed ? (uint64_t)(int64_t)(int32_t)v.i : (uint32_t)v.i;
        (void)type;
        format[n++] = 'l', format[n++] = 'l', format[n++] = conversion, format[n] = 0;
        wf_text_printf(out, format, (unsigned long long)i);
    }
}

static value print(thread *t, const wf_expr *e, const value *args) {
    wf_text *out = t->run->options->output;
    uint32_t next = 1;
    for (const char *c = (const char *)(uintptr_t)args[0].i; out && c && *c;) {
        if (*c != '%') {
            wf_text_putc(out, *c++);
            continue;
        }
        size_t length = 1 + strcspn(c + 1, "%diouxXfFeEgGaAcspn") + 1;
        if (c[1] == '%') wf_text_putc(out, '%');
        else if (strlen(c) >= length && next < e->u.call.count) {
            print_one(out, c, length, e->u.call.args[next]->type, args[next]);
            next++;
        }
        if (strlen(c) < length) break;
        c += length;
    }
    return of_int(e->u.call.count - 1);
}

static value allocate(thread *t, uint64_t size) {
    char *data = interp_alloc(size ? size : 1);
    ranges_add(&t->run->memory, data, size, NULL, 1);
    return of_int((uintptr_t)data);
}

static void release(thread *t, const wf_expr *e, uint64_t address) {
    if (!address) return;
    for (uint32_t i = 0; i < t->run->memory.count; i++) {
        range *r = &t->run->memory.items[i];
        if (!r->owned || (uintptr_t)r->data != address) continue;
        free(r->data);
        *r = t->run->memory.items[--t->run->memory.count];
        return;
    }
    stop_run(t, WF_TRAP, e->at, "free of an address that malloc did not give");
}

static value move_memory(thread *t, const wf_expr *e, const value *a) {
    uint64_t size = a[2].i;
    int is_set = e->u.call.builtin == WF_BI_MEMSET;
    if (!size || !may_touch(t, a[0].i, size, 1, e->at) || (!is_set && !may_touch(t, a[1].i, size, 0, e->at)))
        return a[0];
    if (is_set) memset((void *)(uintptr_t)a[0].i, (int)a[1].i, size);
    else memmove((void *)(uintptr_t)a[0].i, (const void *)(uintptr_t)a[1].i, size);
    return a[0];
}

static const char *text_of(const wf_expr *e) { /* a literal, decayed */
    return e->kind == WF_EX_CAST && e->a->kind == WF_EX_STRING ? e->a->u.string.data : "?";
}

/* --- what the other front-ends need --- */

static value python_index(thread *t, const wf_expr *e, const value *a) {
    int64_t i = (int64_t)a[0].i, n = (int64_t)a[1].i;
    if (e->u.call.builtin == WF_BI_INDEX && i < 0) i += n;
    if (i >= 0 && i < n) return of_int((uint64_t)i);
    if (a[2].i & WF_INDEX_RAISES) {
        stop_run(t, WF_TRAP, e->at, "IndexError: index is out of bounds for axis %lld",
                 (long long)(a[2].i % WF_INDEX_RAISES));
        return of_int(0);
    }
    if (e->u.call.builtin == WF_BI_CHECKED) {
        stop_run(t, WF_TRAP, e->at, "index %lld is out of bounds for axis %lld with size %lld",
                 (long long)(int64_t)a[0].i, (long long)(int64_t)a[2].i, (long long)n);
        return of_int(0);
    }
    if (!t->run->options->out_of_bounds++)
        t->run->options->first = (wf_interp_report){e->at, t->block->index, t->index, 0, 0, 0};
    t->bad_index = 1;
    return of_int((uint64_t)i);
}

static value extent(thread *t, const wf_expr *e, uint64_t address) {
    uint64_t size = wf_type_size(e->u.call.args[0]->type->base);
    const range *r = find_range(t, address);
    if (!size) size = 1;
    return of_int(r ? (r->size - (address - (uintptr_t)r->data)) / size : (uint64_t)INT64_MAX / size);
}

static value other(thread *t, const wf_expr *e, const value *a) {
    const wf_type *from = e->u.call.count ? e->u.call.args[0]->type : NULL;
    switch (e->u.call.builtin) {
    case WF_BI_ABS:
        return (int64_t)a[0].i < 0 && wf_type_is_signed(e->type) ? of_int(wrap(e->type, 0 - a[0].i)) : a[0];
    case WF_BI_MIN:
    case WF_BI_MAX: return least_or_most(e->u.call.builtin, e->type, a[0], a[1]);
    case WF_BI_FLOAT_AS_INT:
    case WF_BI_FLOAT_AS_UINT:
    case WF_BI_INT_AS_FLOAT:
    case WF_BI_UINT_AS_FLOAT:
    case WF_BI_DOUBLE_AS_LL:
    case WF_BI_LL_AS_DOUBLE:
    case WF_BI_HALF_AS_USHORT:
    case WF_BI_USHORT_AS_HALF:
    case WF_BI_BFLOAT_AS_USHORT:
    case WF_BI_USHORT_AS_BFLOAT: return pun(t, from->unqual, e->type, a[0]);
    case WF_BI_PRINTF: return print(t, e, a);
    case WF_BI_ASSERT_FAIL:
        stop_run(t, WF_TRAP, e->at, "assertion failed: %s", text_of(e->u.call.args[0]));
        break;
    case WF_BI_RAISE: stop_run(t, WF_TRAP, e->at, "%s", text_of(e->u.call.args[0])); break;
    case WF_BI_TRAP:
    case WF_BI_BRKPT: stop_run(t, WF_TRAP, e->at, "trap"); break;
    case WF_BI_ASSUME:
        if (!a[0].i) stop_run(t, WF_TRAP, e->at, "an assumption is false");
        break;
    case WF_BI_CLOCK:
    case WF_BI_CLOCK64:
    case WF_BI_GLOBALTIMER: return of_int(t->run->steps);
    case WF_BI_MALLOC: return allocate(t, a[0].i);
    case WF_BI_FREE: release(t, e, a[0].i); break;
    case WF_BI_MEMCPY:
    case WF_BI_MEMSET: return move_memory(t, e, a);
    case WF_BI_EXTENT: return extent(t, e, a[0].i);
    case WF_BI_INDEX:
    case WF_BI_CHECKED: return python_index(t, e, a);
    case WF_BI_EXPECT:
    case WF_BI_ALIGNED: return a[0];
    case WF_BI_ISSHARED: return of_int((uint64_t)is_shared(t, a[0].i));
    case WF_BI_ISGLOBAL: return of_int(!is_shared(t, a[0].i) && find_range(t, a[0].i));
    case WF_BI_CVTA_SHARED: return of_int(a[0].i - (uintptr_t)t->block->dynamic);
    case WF_BI_SHARED_AT: return of_int(shared_at(t, a[0].i));
    default: break; /* fences, __nanosleep */
    }
    return of_int(0);
}

static value evaluate_warp(thread *t, const wf_expr *e, const value *args) {
    value answer = wait_in_warp(t, e, args);
    if (e->u.call.builtin == WF_BI_MATCH_ALL) {
        place p = {.address = (char *)(uintptr_t)args[2].i, .checked = 1};
        store(t, &p, e->u.call.args[2]->type->base, of_int(answer.i != 0), e);
    }
    return answer;
}

value evaluate_builtin(thread *t, const wf_expr *e) {
    uint32_t id = e->u.call.builtin;
    value *args = interp_alloc((e->u.call.count + 4) * sizeof *args), out = {0};
    for (uint32_t i = 0; i < e->u.call.count; i++) args[i] = evaluate(t, e->u.call.args[i]);
    const wf_type *first = e->u.call.count ? e->u.call.args[0]->type->unqual : NULL;
    place p = {.address = (char *)(uintptr_t)args[0].i, .checked = 1};
    unsigned flags = wf_builtins[id].flags;
    if (t->run->stop && id > WF_BI_WARP_SIZE) id = WF_BI_COUNT;
    if (id == WF_BI_THREAD_IDX) out = three(t, t->id);
    else if (id == WF_BI_BLOCK_IDX) out = three(t, t->block->id);
    else if (id == WF_BI_BLOCK_DIM) out = three(t, t->run->size);
    else if (id == WF_BI_GRID_DIM) out = three(t, t->run->grid);
    else if (id == WF_BI_WARP_SIZE) out.i = 32;
    else if (id == WF_BI_LANE_ID) out.i = t->index & 31;
    else if (id == WF_BI_ON_GPU) out.i = 0;
    else if (id == WF_BI_TID) out.i = thread_in_grid(t);
    else if (id == WF_BI_THREADS) {
        out.i = 1;
        for (int i = 0; i < 3; i++) out.i *= (uint64_t)t->run->grid[i] * t->run->size[i];
    } else if (id == WF_BI_COUNT) out = (value){0};
    else if (e->u.call.builtin == WF_BI_BARRIER || e->u.call.builtin == WF_BI_BARRIER_ARRIVE)
        wait_for_number(t, e, args);
    else if (e->u.call.builtin == WF_BI_YIELD) wait_in(t, READY);
    else if (flags & WF_BIF_BARRIER) out = wait_at_barrier(t, e, args[0]);
    else if (flags & WF_BIF_WARP) out = evaluate_warp(t, e, args);
    else if (flags & WF_BIF_ATOMIC) out = atomic(t, e, args);
    else if (id >= WF_BI_LDG && id <= WF_BI_LDCV) out = load(t, &p, e->type, e);
    else if (id >= WF_BI_STCG && id <= WF_BI_STWT) store(t, &p, first->base->unqual, args[1], e);
    else if (bit_operation(id, args, &out)) out.i = wrap(e->type, out.i);
    else if (!first || !float_operation(id, first, args, &out)) out = other(t, e, args);
    free(args);
    return out;
}
