/* runtime/ipc.c: memory for several processes: the table of what was exported and of what was opened.
 *
 * An allocation is exported once and keeps its handle until it is freed. A handle is the driver's, or a token
 * of ours: process and number of a shared file (base/shared.h), a random number that its record repeats, and
 * the distance from where the mapped memory begins. So a token that is stale in any way (freed memory, an
 * ended process, numbers that came again) is found out before anything is mapped. */
#include "runtime/ipc.h"
#include "base/memory.h"
#include "base/shared.h"
#include "base/system.h"
#include "runtime/inner.h"
#include <string.h>

static const char MAGIC[8] = {'w', 'e', 'f', 't', '-', 'i', 'p', 'c'};

typedef struct token {
    char magic[8];
    uint32_t process;
    int32_t file;
    unsigned char nonce[16];
    uint64_t distance;
    unsigned char zero[24];
} token;
_Static_assert(sizeof(token) == 64 && sizeof(wf_ipc_handle) == 64, "as CUDA's");

typedef struct imported {
    wf_context *context; /* retained */
    uint64_t base, bytes;
    uint64_t opened;            /* how often: >= 1 */
    unsigned char identity[64]; /* the driver's handle, or the nonce and zeros */
} imported;

static struct {
    pthread_mutex_t lock;
    wf_ipc_piece *pieces;
    size_t piece_capacity;
    _Atomic size_t piece_count; /* changes under the lock */
    imported *imports;
    size_t import_count, import_capacity;
} state = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- tokens and records ---- */

void wf__ipc_record_new(wf_ipc_record *record, uint32_t what, const wf_device *device) {
    memset(record, 0, sizeof *record);
    memcpy(record->magic, MAGIC, sizeof MAGIC);
    wf_random_bytes(record->nonce, sizeof record->nonce);
    record->what = what;
    record->kind = device->kind;
    record->ordinal = device->ordinal;
}

void wf__ipc_token(unsigned char handle[64], const unsigned char nonce[16], int file, uint64_t distance) {
    token t = {.process = (uint32_t)wf_process_id(), .file = file, .distance = distance};
    memcpy(t.magic, MAGIC, sizeof MAGIC);
    memcpy(t.nonce, nonce, sizeof t.nonce);
    memcpy(handle, &t, sizeof t);
}

static int is_token(const unsigned char handle[64]) { return !memcmp(handle, MAGIC, sizeof MAGIC); }

static wf_status not_ours(wf_error *err) {
    return wf_fail(
        err, WF_INVALID,
        "a handle opens in other processes only: this process made it and has the memory or event itself");
}

wf_status wf__ipc_find(const unsigned char handle[64], uint32_t what, const wf_context *context,
                       wf_ipc_record *record, uint64_t *bytes, uint64_t *distance, int *file, wf_error *err) {
    token t;
    memcpy(&t, handle, sizeof t);
    if (!is_token(handle))
        return wf_fail(err, WF_INVALID,
                       "these 64 bytes are no handle for %s: was it made on a GPU, or is it something else?",
                       context->device->label);
    if (t.process == wf_process_id()) return not_ours(err);
    wf_status status = wf_shared_open(t.process, t.file, record, bytes, file, err);
    if (status) return status;
    if (memcmp(record->magic, MAGIC, sizeof MAGIC) || memcmp(record->nonce, t.nonce, sizeof t.nonce))
        status = wf_fail(err, WF_INVALID, "process %u has freed what this handle stands for, or has ended",
                         t.process);
    else if (record->what != what)
        status = wf_fail(err, WF_INVALID, "a handle of %s was expected, this is one of %s",
                         what == WF_IPC_EVENT ? "an event" : "memory",
                         what == WF_IPC_EVENT ? "memory" : "an event");
    else if (record->kind != (uint32_t)context->device->kind)
        status =
            wf_fail(err, WF_INVALID, "the handle was made on %s:%u and cannot be opened on %s",
                    record->kind == WF_DEVICE_CPU ? "cpu" : "cuda", record->ordinal, context->device->label);
    if (status) wf_shared_close(*file);
    record->bytes = *bytes;
    *distance = t.distance;
    return status;
}

/* ---- exporting ---- */

static wf_status check_entry(const wf_extent_entry *entry, wf_error *err) {
    const wf_device_ops *ops = entry->context ? entry->context->ops : NULL;
    int pooled = entry->kind == WF_MEMORY_POOLED;
    if (entry->kind != WF_MEMORY_DEVICE && !pooled)
        return wf_fail(err, WF_INVALID, "%s is not shared with other processes: copy it into device memory",
                       entry->kind == WF_MEMORY_FOREIGN   ? "memory of someone else's (or another process's)"
                       : entry->kind == WF_MEMORY_PINNED  ? "pinned host memory"
                       : entry->kind == WF_MEMORY_MANAGED ? "managed memory"
                                                          : "memory of a module");
    if (!ops || !ops->ipc_export)
        return wf_fail(err, WF_UNSUPPORTED, "%s shares no memory with other processes", entry->device->label);
    if (pooled && (entry->flags & WF_BUFFER_OF_POOL))
        return wf_fail(err, WF_INVALID,
                       "this array's memory comes from the driver's pool, which has no handles: hand the "
                       "array itself to "
                       "wf.ipc_handle(x), or run with WEFT_SHAREABLE=1");
    return WF_OK;
}

/* Under the lock. */
static wf_ipc_piece *piece_at(uint64_t lo) {
    for (size_t i = 0; i < state.piece_count; i++)
        if (state.pieces[i].lo == lo) return &state.pieces[i];
    return NULL;
}

/* What is exported when an address in `entry` is: the allocation (0), or the block that it was cut from (1). */
static int block_of(const wf_extent_entry *entry, uint64_t *lo, uint64_t *hi) {
    const wf_device_ops *ops = entry->context->ops;
    uint64_t block = 0;
    if (ops->ipc_by_pages && entry->kind == WF_MEMORY_POOLED) block = entry->flags ? 0 : WF_SLAB_BYTES;
    else if (ops->ipc_by_pages) block = ops->ipc_page(entry->hi - entry->lo);
    *lo = block ? entry->lo & ~(block - 1) : entry->lo;
    *hi = block ? *lo + block : entry->hi;
    return block != 0;
}

/* Under the lock. */
static wf_status piece_new(const wf_extent_entry *entry, wf_ipc_piece **made, wf_error *err) {
    if (state.piece_count == state.piece_capacity) {
        size_t capacity = state.piece_capacity ? state.piece_capacity * 2 : 8;
        wf_ipc_piece *list = wf_realloc(state.pieces, capacity * sizeof *list);
        if (!list) return wf_fail(err, WF_NOMEM, "out of host memory for the table of handles");
        state.pieces = list;
        state.piece_capacity = capacity;
    }
    wf_ipc_record record;
    wf_ipc_piece piece = {.file = -1, .ops = entry->context->ops};
    piece.several = block_of(entry, &piece.lo, &piece.hi);
    piece.base = piece.lo;
    wf__ipc_record_new(&record, WF_IPC_MEMORY, entry->device);
    memcpy(piece.nonce, record.nonce, sizeof piece.nonce);
    wf_status status = piece.ops->ipc_export(entry->context, &piece, &record, err);
    if (status) return status;
    state.pieces[state.piece_count] = piece;
    *made = &state.pieces[state.piece_count];
    atomic_fetch_add(&state.piece_count, 1);
    return WF_OK;
}

/* The driver's handle where it stands for this very address, else a token. Under the lock. */
static wf_status handle_for(wf_ipc_piece *piece, const wf_extent_entry *entry, uint64_t address,
                            wf_ipc_handle *handle, wf_error *err) {
    if (piece->has_driver && address == piece->base) {
        memcpy(handle->bytes, piece->driver, sizeof handle->bytes);
        return WF_OK;
    }
    if (piece->file < 0) {
        wf_ipc_record record;
        wf__ipc_record_new(&record, WF_IPC_MEMORY, entry->device);
        memcpy(record.nonce, piece->nonce, sizeof record.nonce);
        record.has_driver = 1;
        memcpy(record.driver, piece->driver, sizeof record.driver);
        wf_status status = wf_shared_new(0, &record, &piece->file, err);
        if (status) return status;
    }
    wf__ipc_token(handle->bytes, piece->nonce, piece->file, address - piece->base);
    return WF_OK;
}

wf_status wf_ipc_export(wf_address address, wf_ipc_handle *handle, uint64_t *size, wf_error *err) {
    wf_extent_entry entry;
    wf_ipc_piece *piece;
    uint64_t lo, hi;
    if (!address || !wf__extents_find(address, &entry) || (address == entry.hi && address != entry.lo))
        return wf_fail(err, WF_INVALID, "no live allocation at 0x%llx (was it freed?)",
                       (unsigned long long)address);
    wf_status status = check_entry(&entry, err);
    if (!status) status = entry.context->ops->context_synchronize(entry.context, err);
    if (status) return status;
    block_of(&entry, &lo, &hi);
    pthread_mutex_lock(&state.lock);
    if (!(piece = piece_at(lo))) status = piece_new(&entry, &piece, err);
    if (!status) status = handle_for(piece, &entry, address, handle, err);
    pthread_mutex_unlock(&state.lock);
    if (!status) *size = entry.hi - address;
    return status;
}

/* Under the lock. */
static void piece_drop(wf_ipc_piece *piece) {
    if (piece->file >= 0) wf_shared_close(piece->file);
    atomic_fetch_sub(&state.piece_count, 1);
    *piece = state.pieces[state.piece_count];
}

static void forget(uint64_t lo, int several) {
    if (!atomic_load_explicit(&state.piece_count, memory_order_relaxed)) return;
    pthread_mutex_lock(&state.lock);
    wf_ipc_piece *piece = piece_at(lo);
    if (piece && piece->several == several) {
        if (piece->ops->ipc_unexport) piece->ops->ipc_unexport(piece);
        piece_drop(piece);
    }
    pthread_mutex_unlock(&state.lock);
}

void wf__ipc_forget(uint64_t lo) { forget(lo, 0); }
void wf__ipc_forget_block(uint64_t lo) { forget(lo, 1); }

/* ---- fork ---- */

/* A block of several allocations has room for more: parent and child would both give out the same room, were
 * the block one memory for the two. So the child gets a copy, of the moment of the fork as of all else. */
void wf__ipc_lock(void) { pthread_mutex_lock(&state.lock); }

void wf__ipc_before_fork(void) {
    for (size_t i = 0; i < state.piece_count; i++) {
        wf_ipc_piece *p = &state.pieces[i];
        p->copy = p->several ? wf_shared_copy((void *)(uintptr_t)p->lo, p->bytes) : NULL;
    }
}

void wf__ipc_unlock(int in_child) {
    for (size_t i = state.piece_count; i-- > 0;) {
        wf_ipc_piece *p = &state.pieces[i];
        if (!p->copy) continue;
        if (!in_child) wf_shared_unmap(p->copy, p->bytes);
        else if (wf_shared_replace((void *)(uintptr_t)p->lo, p->bytes, p->copy)) piece_drop(p);
    }
    pthread_mutex_unlock(&state.lock);
}

/* ---- opening ---- */

/* Under the lock: what was opened before. */
static imported *import_like(const wf_context *context, const unsigned char identity[64]) {
    for (size_t i = 0; i < state.import_count; i++)
        if (state.imports[i].context == context && !memcmp(state.imports[i].identity, identity, 64))
            return &state.imports[i];
    return NULL;
}

static wf_status enter_import(imported *made, wf_error *err) {
    wf_extent_entry entry = {made->base,    made->base + made->bytes, made->context->device,
                             made->context, WF_MEMORY_FOREIGN,        WF_FOREIGN_WHOLE};
    if (state.import_count == state.import_capacity) {
        size_t capacity = state.import_capacity ? state.import_capacity * 2 : 8;
        imported *list = wf_realloc(state.imports, capacity * sizeof *list);
        if (!list) return wf_fail(err, WF_NOMEM, "out of host memory for the table of handles");
        state.imports = list;
        state.import_capacity = capacity;
    }
    wf_status status = wf__extents_add_foreign(&entry, err);
    if (status) return status;
    wf_context_retain(made->context);
    state.imports[state.import_count++] = *made;
    return WF_OK;
}

/* Under the lock. file: -1 for a handle of the driver's. */
static wf_status open_new(wf_context *context, const wf_ipc_record *record, int file,
                          const unsigned char identity[64], imported **found, wf_error *err) {
    imported made = {.context = context};
    memcpy(made.identity, identity, 64);
    wf_status status = context->ops->ipc_open(context, record, file, &made.base, &made.bytes, err);
    if (status) return status;
    status = enter_import(&made, err);
    if (status) context->ops->ipc_close(context, made.base, made.bytes, NULL);
    else *found = &state.imports[state.import_count - 1];
    return status;
}

/* Under the lock: a process has to open a handle of the driver's that it did not make. */
static int is_own(const unsigned char driver[64]) {
    for (size_t i = 0; i < state.piece_count; i++)
        if (state.pieces[i].has_driver && !memcmp(state.pieces[i].driver, driver, 64)) return 1;
    return 0;
}

wf_status wf_ipc_open(wf_context *context, const wf_ipc_handle *handle, wf_address *address, size_t *size,
                      wf_error *err) {
    wf_ipc_record record;
    unsigned char identity[64] = {0};
    uint64_t distance = 0, bytes = 0;
    int file = -1;
    wf_status status = WF_OK;
    if (!context->ops->ipc_open)
        return wf_fail(err, WF_UNSUPPORTED, "%s shares no memory with other processes",
                       context->device->label);
    memset(&record, 0, sizeof record);
    if (is_token(handle->bytes) || context->ops->ipc_by_pages) {
        status = wf__ipc_find(handle->bytes, WF_IPC_MEMORY, context, &record, &bytes, &distance, &file, err);
        if (status) return status;
    } else {
        record.has_driver = 1;
        memcpy(record.driver, handle->bytes, sizeof record.driver);
    }
    memcpy(identity, record.has_driver ? record.driver : record.nonce, record.has_driver ? 64 : 16);
    pthread_mutex_lock(&state.lock);
    imported *found = import_like(context, identity);
    if (!found && record.has_driver && is_own(record.driver)) status = not_ours(err);
    else if (!found) status = open_new(context, &record, file, identity, &found, err);
    if (!status && distance > found->bytes)
        status = wf_fail(err, WF_INVALID, "the handle is damaged: it points past the memory that it opens");
    if (!status) {
        found->opened++;
        *address = found->base + distance;
        *size = found->bytes - distance;
    }
    pthread_mutex_unlock(&state.lock);
    if (file >= 0) wf_shared_close(file);
    return status;
}

wf_status wf_ipc_close(wf_address address, wf_error *err) {
    imported gone = {0};
    int found = 0;
    pthread_mutex_lock(&state.lock);
    for (size_t i = 0; i < state.import_count && !found; i++) {
        imported *one = &state.imports[i];
        if (address < one->base || address >= one->base + one->bytes) continue;
        found = 1;
        if (--one->opened) continue;
        gone = *one;
        *one = state.imports[--state.import_count];
    }
    pthread_mutex_unlock(&state.lock);
    if (!found)
        return wf_fail(err, WF_INVALID,
                       "no memory of another process is open at 0x%llx (was it closed before?)",
                       (unsigned long long)address);
    if (!gone.context) return WF_OK;
    const wf_device_ops *ops = gone.context->ops;
    ops->context_synchronize(gone.context, NULL); /* queued work may still use it */
    wf__extents_remove_foreign(gone.base, gone.base + gone.bytes);
    wf_status status = ops->ipc_close(gone.context, gone.base, gone.bytes, err);
    wf_context_release(gone.context);
    return status;
}
