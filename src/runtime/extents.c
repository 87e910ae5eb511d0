/* runtime/extents.c: every live allocation of every device, by address.
 *
 * Bounds checks of CPU kernels, checks of copies, double frees and use after free all ask this table, so a
 * look-up must cost little beside a launch, and so must adding and removing with a hundred thousand entries.
 * It is a B-tree of two levels: sorted leaves of at most LEAF entries, and a sorted array of leaves. Live
 * allocations never overlap. Memory wrapped from others may (two views of one array): it is kept in a list of
 * its own, asked after the table. One lock, held for some tens of nanoseconds. */
#include "base/memory.h"
#include "runtime/inner.h"
#include <string.h>

enum { LEAF = 128, GONE = 512 };
typedef struct leaf {
    uint32_t count; /* >= 1 for a leaf in the tree */
    wf_extent_entry entries[LEAF];
} leaf;

static struct {
    pthread_mutex_t lock;
    leaf **leaves;
    size_t count, capacity;
    wf_extent_entry *foreign;
    size_t foreign_count, foreign_capacity;
    _Atomic uint64_t removals;
    wf_extent_entry gone[GONE]; /* a ring: number n stands at n % GONE */
} table = {.lock = PTHREAD_MUTEX_INITIALIZER};

void wf__extents_lock(void) { pthread_mutex_lock(&table.lock); }
void wf__extents_unlock(void) { pthread_mutex_unlock(&table.lock); }

/* The last leaf that begins at or before `address`; the first leaf if none does. */
static size_t leaf_of(uint64_t address) {
    size_t lo = 0, hi = table.count;
    while (lo + 1 < hi) {
        size_t middle = (lo + hi) / 2;
        if (table.leaves[middle]->entries[0].lo <= address) lo = middle;
        else hi = middle;
    }
    return lo;
}

/* How many entries of the leaf begin at or before `address`. */
static uint32_t upper(const leaf *l, uint64_t address) {
    uint32_t lo = 0, hi = l->count;
    while (lo < hi) {
        uint32_t middle = (lo + hi) / 2;
        if (l->entries[middle].lo <= address) lo = middle + 1;
        else hi = middle;
    }
    return lo;
}

/* Memory that holds the address; else memory that ends there (an empty slice at the end of an array). */
static const wf_extent_entry *search(uint64_t address) {
    const wf_extent_entry *before = NULL, *whole = NULL;
    if (table.count) {
        const leaf *l = table.leaves[leaf_of(address)];
        uint32_t at = upper(l, address);
        if (at && address <= l->entries[at - 1].hi) before = &l->entries[at - 1];
        if (before && (address < before->hi || address == before->lo)) return before;
    }
    for (size_t i = 0; i < table.foreign_count; i++) {
        const wf_extent_entry *e = &table.foreign[i];
        if (address >= e->lo && address < e->hi && !(e->flags & WF_FOREIGN_WHOLE)) return e;
        if (address >= e->lo && address < e->hi) whole = e;
        if (address == e->hi && !before) before = e;
    }
    return whole ? whole : before;
}

/* ---- changing ---- */

static int insert_leaf(size_t at, leaf *l) {
    if (table.count == table.capacity) {
        size_t capacity = table.capacity ? table.capacity * 2 : 16;
        leaf **leaves = wf_realloc(table.leaves, capacity * sizeof *leaves);
        if (!leaves) return 0;
        table.leaves = leaves;
        table.capacity = capacity;
    }
    memmove(table.leaves + at + 1, table.leaves + at, (table.count - at) * sizeof *table.leaves);
    table.leaves[at] = l;
    table.count++;
    return 1;
}

/* A leaf with room, in which `address` belongs; NULL: no memory. */
static leaf *leaf_with_room(uint64_t address) {
    size_t at = leaf_of(address);
    leaf *l = table.count ? table.leaves[at] : NULL;
    if (l && l->count < LEAF) return l;
    leaf *right = wf_malloc(sizeof *right);
    if (!right) return NULL;
    right->count = 0;
    if (!insert_leaf(l ? at + 1 : 0, right)) {
        wf_free(right);
        return NULL;
    }
    if (!l) return right;
    if (address > l->entries[LEAF - 1].lo)
        return right; /* growing at the end is the common case: leave l full */
    right->count = LEAF / 2;
    l->count = LEAF - LEAF / 2;
    memcpy(right->entries, l->entries + l->count, right->count * sizeof *right->entries);
    return address >= right->entries[0].lo ? right : l;
}

static int overlaps(const wf_extent_entry *entry) {
    if (!table.count) return 0;
    size_t where = leaf_of(entry->lo);
    const leaf *l = table.leaves[where];
    uint32_t at = upper(l, entry->lo);
    if (at && (l->entries[at - 1].hi > entry->lo || l->entries[at - 1].lo == entry->lo)) return 1;
    const wf_extent_entry *after = at < l->count             ? &l->entries[at]
                                   : where + 1 < table.count ? &table.leaves[where + 1]->entries[0]
                                                             : NULL;
    return after && after->lo < entry->hi;
}

wf_status wf__extents_add(const wf_extent_entry *entry, wf_error *err) {
    wf_status status = WF_OK;
    pthread_mutex_lock(&table.lock);
    leaf *l = NULL;
    if (overlaps(entry))
        status = wf_fail(err, WF_INTERNAL, "memory at 0x%llx is in the allocation table already",
                         (unsigned long long)entry->lo);
    else if (!(l = leaf_with_room(entry->lo)))
        status = wf_fail(err, WF_NOMEM, "out of host memory for the allocation table");
    else {
        uint32_t at = upper(l, entry->lo);
        memmove(l->entries + at + 1, l->entries + at, (l->count - at) * sizeof *l->entries);
        l->entries[at] = *entry;
        l->count++;
    }
    pthread_mutex_unlock(&table.lock);
    return status;
}

static void remove_at(size_t where, uint32_t at) {
    leaf *l = table.leaves[where];
    l->count--;
    memmove(l->entries + at, l->entries + at + 1, (l->count - at) * sizeof *l->entries);
    if (l->count) return;
    wf_free(l);
    table.count--;
    memmove(table.leaves + where, table.leaves + where + 1, (table.count - where) * sizeof *table.leaves);
}

/* A kernel that was queued before may still find the memory: it is not given back before that kernel ends.
 * (What a kernel itself gives back is gone.) */
static void remember(const wf_extent_entry *entry) {
    if (entry->device->kind != WF_DEVICE_CPU || entry->kind == WF_MEMORY_KERNEL) return;
    uint64_t n = atomic_load_explicit(&table.removals, memory_order_relaxed);
    table.gone[n % GONE] = *entry;
    atomic_store_explicit(&table.removals, n + 1, memory_order_release);
}

uint64_t wf__extents_now(void) { return atomic_load_explicit(&table.removals, memory_order_acquire); }

int wf__extents_remove(uint64_t address, uint32_t kinds, wf_extent_entry *entry) {
    int found = 0;
    pthread_mutex_lock(&table.lock);
    if (table.count) {
        size_t where = leaf_of(address);
        leaf *l = table.leaves[where];
        uint32_t at = upper(l, address);
        if (at && l->entries[at - 1].lo == address && (kinds >> l->entries[at - 1].kind & 1)) {
            if (entry) *entry = l->entries[at - 1];
            remember(&l->entries[at - 1]);
            remove_at(where, at - 1);
            found = 1;
        }
    }
    pthread_mutex_unlock(&table.lock);
    return found;
}

int wf__extents_remove_one(wf_context *context, uint32_t kinds, wf_extent_entry *entry) {
    int found = 0;
    pthread_mutex_lock(&table.lock);
    for (size_t where = 0; where < table.count && !found; where++)
        for (uint32_t at = 0; at < table.leaves[where]->count && !found; at++) {
            const wf_extent_entry *e = &table.leaves[where]->entries[at];
            if (e->context != context || !(kinds >> e->kind & 1)) continue;
            *entry = *e;
            remove_at(where, at);
            found = 1;
            break; /* the leaf may be gone */
        }
    pthread_mutex_unlock(&table.lock);
    return found;
}

wf_status wf__extents_add_foreign(const wf_extent_entry *entry, wf_error *err) {
    pthread_mutex_lock(&table.lock);
    wf_status status = WF_OK;
    if (table.foreign_count == table.foreign_capacity) {
        size_t capacity = table.foreign_capacity ? table.foreign_capacity * 2 : 16;
        wf_extent_entry *list = wf_realloc(table.foreign, capacity * sizeof *list);
        if (list) {
            table.foreign = list;
            table.foreign_capacity = capacity;
        } else {
            status = wf_fail(err, WF_NOMEM, "out of host memory for the allocation table");
        }
    }
    if (!status) table.foreign[table.foreign_count++] = *entry;
    pthread_mutex_unlock(&table.lock);
    return status;
}

void wf__extents_remove_foreign(uint64_t lo, uint64_t hi) {
    pthread_mutex_lock(&table.lock);
    for (size_t i = 0; i < table.foreign_count; i++)
        if (table.foreign[i].lo == lo && table.foreign[i].hi == hi) {
            table.foreign[i] = table.foreign[--table.foreign_count];
            break;
        }
    pthread_mutex_unlock(&table.lock);
}

/* ---- asking ---- */

int wf__extents_find(uint64_t address, wf_extent_entry *entry) {
    pthread_mutex_lock(&table.lock);
    const wf_extent_entry *found = search(address);
    if (found) *entry = *found;
    pthread_mutex_unlock(&table.lock);
    return found != NULL;
}

static int reachable(const wf_extent_entry *entry, const wf_device *device, uint64_t peers) {
    if (entry->device == device) return 1;
    if (entry->kind == WF_MEMORY_PINNED || entry->kind == WF_MEMORY_MANAGED) return 1;
    if (entry->device->kind != device->kind) return 0;
    return entry->device->ordinal < 64 && (peers >> entry->device->ordinal & 1);
}

static wf_extent extent_of(const wf_device *device, uint64_t peers, uint64_t address) {
    const wf_extent_entry *found = address ? search(address) : NULL;
    wf_extent extent = {address, address};
    if (found && reachable(found, device, peers)) {
        extent.lo = found->lo;
        extent.hi = found->hi;
    }
    return extent;
}

void wf__extents_of(const wf_context *context, const uint64_t *addresses, uint32_t count,
                    wf_extent *extents) {
    pthread_mutex_lock(&table.lock);
    for (uint32_t i = 0; i < count; i++)
        extents[i] = extent_of(context->device, context->peers, addresses[i]);
    pthread_mutex_unlock(&table.lock);
}

static const wf_extent_entry *search_gone(uint64_t address, uint64_t born) {
    uint64_t n = atomic_load_explicit(&table.removals, memory_order_relaxed);
    for (uint64_t least = n > GONE ? n - GONE : 0; n > born && n > least; n--) {
        const wf_extent_entry *e = &table.gone[(n - 1) % GONE];
        if (address >= e->lo && address < e->hi) return e;
    }
    return NULL;
}

int wf__extents_live(const wf_context *context, uint64_t address, uint64_t born, wf_extent *extent) {
    pthread_mutex_lock(&table.lock);
    const wf_extent_entry *found = search(address);
    if (!found || address >= found->hi || !reachable(found, context->device, context->peers)) {
        const wf_extent_entry *gone = search_gone(address, born);
        if (gone) found = gone;
    }
    int live = found && reachable(found, context->device, context->peers);
    if (live) *extent = (wf_extent){found->lo, found->hi};
    pthread_mutex_unlock(&table.lock);
    return live;
}

wf_extent wf_memory_extent(wf_device *device, wf_address address) {
    pthread_mutex_lock(&table.lock);
    wf_extent extent = extent_of(device, device->primary ? device->primary->peers : 0, address);
    pthread_mutex_unlock(&table.lock);
    return extent;
}

int wf_memory_find(wf_address address, wf_memory_info *info) {
    wf_extent_entry entry;
    if (!address || !wf__extents_find(address, &entry)) return 0;
    if (info) { *info = (wf_memory_info){{entry.lo, entry.hi}, entry.kind, entry.device, entry.context}; }
    return 1;
}
