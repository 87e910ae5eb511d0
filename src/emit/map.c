/* emit/map.c: pointers, or texts, to pointers: open addressing in the arena, grows by doubling, never
 * shrinks. */
#include "base/hash.h"
#include "emit/inner.h"
#include <string.h>

typedef struct entry {
    const void *key;
    uint64_t hash;
    void *value;
} entry;
struct map {
    wf_arena *arena;
    entry *at;
    uint32_t count, capacity;
};

map *map_new(wf_arena *arena) {
    map *m = WF_NEW(arena, map);
    m->arena = arena;
    return m;
}

static entry *find(map *m, const void *key, uint64_t hash, int is_text) {
    uint32_t i = (uint32_t)hash & (m->capacity - 1);
    for (;; i = (i + 1) & (m->capacity - 1)) {
        entry *x = &m->at[i];
        if (!x->key) return x;
        if (x->hash == hash && (x->key == key || (is_text && !strcmp(x->key, key)))) return x;
    }
}

static void grow(map *m) {
    entry *old = m->at;
    uint32_t n = m->capacity;
    m->capacity = n ? n * 2 : 16;
    m->at = WF_NEW_ARRAY(m->arena, entry, m->capacity);
    for (uint32_t k = 0; k < n; k++) {
        if (!old[k].key) continue;
        uint32_t i = (uint32_t)old[k].hash & (m->capacity - 1);
        while (m->at[i].key) i = (i + 1) & (m->capacity - 1);
        m->at[i] = old[k];
    }
}

static void **place(map *m, const void *key, uint64_t hash, int is_text) {
    if (m->count * 3 >= m->capacity * 2) grow(m);
    entry *x = find(m, key, hash, is_text);
    if (!x->key) {
        x->key = is_text ? wf_arena_strdup(m->arena, key) : key;
        x->hash = hash;
        m->count++;
    }
    return &x->value;
}

static uint64_t pointer_hash(const void *key) {
    uint64_t x = (uint64_t)(uintptr_t)key;
    x ^= x >> 31;
    x *= 0x9E3779B97F4A7C15u;
    return x ^ x >> 29;
}

void **map_at(map *m, const void *key) { return place(m, key, pointer_hash(key), 0); }
void *map_get(map *m, const void *key) {
    if (!m->capacity) return NULL;
    entry *x = find(m, key, pointer_hash(key), 0);
    return x->key ? x->value : NULL;
}
void **map_at_text(map *m, const char *key) { return place(m, key, wf_hash64(key, strlen(key), 1), 1); }
