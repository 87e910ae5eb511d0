/* python/held_table.c: a dict of compiled functions, searched and changed from outside.
 *
 * The same table as that of weft/_pylib/dicts.py, rule by rule: what is written there in Python, and compiled
 * for each type of key, is here in C, with the type read from its code. A key that Python looks up so costs no
 * compilation. The hashes must be the same (tests/python/test_typed_kept.py compares them for each type). */
#include "python/held_table.h"

/* ---- keys by their code ---- */

typedef struct cursor { /* over the parts of a value, laid out as C does */
    const char *code;
    const unsigned char *data;
    uint64_t at;
} cursor;

static const unsigned char *part(cursor *c, uint32_t bytes) {
    c->at = (c->at + bytes - 1) / bytes * bytes;
    const unsigned char *data = c->data + c->at;
    c->at += bytes;
    return data;
}

/* The first item of a tuple: "(…" or, of a named one, "T7;…". */
static const char *items_of(const char *tuple) { return (*tuple == 'T' ? strchr(tuple, ';') : tuple) + 1; }

/* What follows a key's type: those alone that wf_py_table_hashes() lets through. */
static const char *past(const char *code) {
    if (*code == '(' || *code == 'T') {
        for (code = items_of(code); *code != ')';) code = past(code);
        return code + 1;
    }
    return (*code == 'W' || *code == 'w' ? strchr(code, ';') : code) + 1;
}

int wf_py_table_hashes(const char *key) {
    if (*key == '(' || *key == 'T') {
        for (const char *item = items_of(key); *item && *item != ')'; item = wf_pf_code_skip(item))
            if (!wf_py_table_hashes(item)) return 0;
        return 1;
    }
    return strchr("?bhilBHILefdFDUNWw", *key) != NULL;
}

static int64_t mix(uint64_t x) {
    x = (x ^ (uint64_t)((int64_t)x >> 31)) * 0x7FB5D329728EA185u;
    x = (x ^ (uint64_t)((int64_t)x >> 27)) * (uint64_t)-0x7E25210B43D22BB3;
    return (int64_t)((x ^ (uint64_t)((int64_t)x >> 33)) & 0x7FFFFFFFFFFFFFFFu);
}

static double real_part(cursor *c, char code) {
    double d;
    float f;
    switch (code) {
    case 'e': return PyFloat_Unpack2((const char *)part(c, 2), 1);
    case 'f':
    case 'F': memcpy(&f, part(c, 4), 4); return (double)f;
    default: memcpy(&d, part(c, 8), 8); return d;
    }
}

static uint64_t whole(cursor *c, char code) {
    uint64_t word;
    uint32_t half;
    uint16_t quarter;
    switch (code) {
    case '?':
    case 'B': return *part(c, 1);
    case 'b': return (uint64_t)(int64_t)(signed char)*part(c, 1);
    case 'h':
    case 'H':
        memcpy(&quarter, part(c, 2), 2);
        return code == 'H' ? quarter : (uint64_t)(int64_t)(int16_t)quarter;
    case 'i':
    case 'I': memcpy(&half, part(c, 4), 4); return code == 'I' ? half : (uint64_t)(int64_t)(int32_t)half;
    default: memcpy(&word, part(c, 8), 8); return word;
    }
}

static int64_t hash_real(double x) {
    uint64_t bits;
    x += 0.0; /* one zero */
    memcpy(&bits, &x, 8);
    return mix(bits);
}

static int64_t hash_text(cursor *c, char code) {
    uint64_t data = whole(c, 'L'), length = whole(c, 'L'), h = 5381;
    const void *at = (const void *)(uintptr_t)data;
    for (uint64_t i = 0; i < length; i++)
        h = h * 1000003 + (code == 'V' ? ((const uint8_t *)at)[i] : ((const uint32_t *)at)[i]);
    return mix(h);
}

static int64_t hash_next(cursor *c);

/* Of t[0], t[1], …: the first with the hash of the rest; an empty tuple has that of None. */
static int64_t hash_items(cursor *c) {
    if (*c->code == ')') return 1;
    uint64_t first = (uint64_t)hash_next(c), rest = (uint64_t)hash_items(c);
    return mix(first + 1000003 * (rest + 1));
}

static int64_t hash_next(cursor *c) {
    char code = *c->code;
    const char *rest = past(c->code);
    int64_t h = 1;
    uint64_t sum;
    if (code == '(' || code == 'T') {
        c->code = items_of(c->code);
        h = hash_items(c);
    } else if (code == 'U' || code == 'V') h = hash_text(c, code);
    else if (code == 'F' || code == 'D') {
        sum = (uint64_t)hash_real(real_part(c, code));
        h = mix(sum + 31 * (uint64_t)hash_real(real_part(c, code)));
    } else if (strchr("efd", code)) h = hash_real(real_part(c, code));
    else if (code != 'N') h = mix(whole(c, code));
    c->code = rest;
    return h;
}

static int64_t hash_of(const wf_py_table *t, const unsigned char *key) {
    cursor c = {t->key, key, 0};
    return hash_next(&c);
}

static int equal_texts(cursor *a, cursor *b, size_t bytes) {
    uint64_t one = whole(a, 'L'), n = whole(a, 'L'), other = whole(b, 'L'), m = whole(b, 'L');
    return n == m && (!n || !memcmp((const void *)(uintptr_t)one, (const void *)(uintptr_t)other, n * bytes));
}

/* Both cursors end at the same place whether the two are equal or not. */
static int equal_next(cursor *a, cursor *b) {
    char code = *a->code;
    const char *rest = past(a->code);
    int same = 1;
    if (code == '(' || code == 'T') {
        a->code = items_of(a->code);
        while (*a->code != ')') same &= equal_next(a, b);
    } else if (code == 'U' || code == 'V') same = equal_texts(a, b, code == 'V' ? 1 : 4);
    else if (strchr("efdFD", code)) {
        same = real_part(a, code) == real_part(b, code);
        if (code == 'F' || code == 'D') same &= real_part(a, code) == real_part(b, code);
    } else if (code != 'N') same = whole(a, code) == whole(b, code);
    a->code = rest;
    return same;
}

static const unsigned char *key_at(const wf_py_table *t, int64_t entry) {
    return (const unsigned char *)(uintptr_t)t->dict->keys->data + (uint64_t)entry * t->key_stride;
}

static int is_key(const wf_py_table *t, int64_t entry, const unsigned char *key) {
    cursor a = {t->key, key_at(t, entry), 0}, b = {t->key, key, 0};
    return equal_next(&a, &b);
}

/* ---- lists ---- */

static int64_t *numbers(const wf_pf_list *list) { return (int64_t *)(uintptr_t)list->data; }

static int append(wf_pf_heap *heap, wf_pf_list *list, const void *item, uint32_t bytes, int traced) {
    if (list->length == list->capacity && !wf_pf_list_grow(heap, list, bytes, traced)) return 0;
    memcpy((char *)(uintptr_t)list->data + (uint64_t)list->length * bytes, item, bytes);
    list->length++;
    return 1;
}

/* ---- the table ---- */

/* Makes the index anew, with room for `size` entries; entries that were deleted go. 0: no memory. */
static int new_index(wf_py_table *t, uint64_t size) {
    wf_py_dict *d = t->dict;
    uint64_t room = 8;
    while (room * 2 < size * 3 + 3) room *= 2;
    if ((uint64_t)d->index->capacity < room) {
        void *data = wf_pf_heap_alloc(t->heap, room * 8, 0);
        if (!data) return 0;
        d->index->data = (uintptr_t)data;
        d->index->capacity = (int64_t)room;
    }
    d->index->length = (int64_t)room;
    int64_t *index = numbers(d->index), *hashes = numbers(d->hashes);
    memset(index, 0xff, room * 8);
    for (int64_t i = 0; i < d->keys->length; i++) {
        if (hashes[i] < 0) continue;
        uint64_t at = (uint64_t)hashes[i] & (room - 1);
        while (index[at] >= 0) at = (at + 1) & (room - 1);
        index[at] = i;
    }
    return 1;
}

static int hash_all(wf_py_table *t) {
    wf_py_dict *d = t->dict;
    while (d->hashes->length < d->keys->length) {
        int64_t h = hash_of(t, key_at(t, d->hashes->length));
        if (!append(t->heap, d->hashes, &h, 8, 0)) return 0;
    }
    return new_index(t, (uint64_t)d->keys->length);
}

static int64_t find(wf_py_table *t, const unsigned char *key, int64_t h) {
    wf_py_dict *d = t->dict;
    if (!d->index->length) {
        if (!d->keys->length) return -1;
        if (!hash_all(t)) return -2;
    }
    uint64_t mask = (uint64_t)d->index->length - 1;
    for (uint64_t at = (uint64_t)h & mask;; at = (at + 1) & mask) {
        int64_t i = numbers(d->index)[at];
        if (i == -1) return -1;
        if (i >= 0 && numbers(d->hashes)[i] == h && is_key(t, i, key)) return i;
    }
}

int64_t wf_py_table_find(wf_py_table *t, const unsigned char *key) { return find(t, key, hash_of(t, key)); }

/* Entries that were deleted make room. */
static int pack(wf_py_table *t) {
    wf_py_dict *d = t->dict;
    int64_t n = 0, *hashes = numbers(d->hashes);
    char *keys = (char *)(uintptr_t)d->keys->data, *values = (char *)(uintptr_t)d->values->data;
    for (int64_t i = 0; i < d->keys->length; i++) {
        if (hashes[i] < 0) continue;
        if (n != i) {
            memcpy(keys + (uint64_t)n * t->key_stride, keys + (uint64_t)i * t->key_stride, t->key_stride);
            memcpy(values + (uint64_t)n * t->value_stride, values + (uint64_t)i * t->value_stride,
                   t->value_stride);
            hashes[n] = hashes[i];
        }
        n++;
    }
    d->keys->length = d->values->length = d->hashes->length = n;
    return new_index(t, (uint64_t)n);
}

/* Puts the last entry into the index. */
static int enter(wf_py_table *t, int64_t h) {
    wf_py_dict *d = t->dict;
    uint64_t count = (uint64_t)d->keys->length, mask = (uint64_t)d->index->length - 1;
    if (!d->index->length || (count + 1) * 3 > (uint64_t)d->index->length * 2) return new_index(t, count * 2);
    uint64_t at = (uint64_t)h & mask;
    while (numbers(d->index)[at] >= 0) at = (at + 1) & mask;
    numbers(d->index)[at] = (int64_t)count - 1;
    return 1;
}

int wf_py_table_set(wf_py_table *t, const unsigned char *key, const unsigned char *value) {
    wf_py_dict *d = t->dict;
    int64_t h = hash_of(t, key), i = find(t, key, h);
    if (i == -2) return 0;
    d->version++;
    if (i >= 0) {
        memcpy((char *)(uintptr_t)d->values->data + (uint64_t)i * t->value_stride, value, t->value_stride);
        return 1;
    }
    if (d->keys->length > 32 && d->keys->length > 2 * d->used && !pack(t)) return 0;
    if (!append(t->heap, d->keys, key, t->key_stride, t->key_traced)) return 0;
    if (!append(t->heap, d->values, value, t->value_stride, t->value_traced) ||
        !append(t->heap, d->hashes, &h, 8, 0)) { /* the three are of one length */
        d->keys->length--;
        d->values->length = d->keys->length;
        return 0;
    }
    d->used++;
    return enter(t, h);
}

void wf_py_table_delete(wf_py_table *t, int64_t entry) {
    wf_py_dict *d = t->dict;
    uint64_t mask = (uint64_t)d->index->length - 1, at = (uint64_t)numbers(d->hashes)[entry] & mask;
    while (numbers(d->index)[at] != entry) at = (at + 1) & mask;
    numbers(d->index)[at] = -2;
    numbers(d->hashes)[entry] = -1;
    d->used--;
    d->version++;
}

int64_t wf_py_table_last(wf_py_table *t) {
    wf_py_dict *d = t->dict;
    if (!d->used) return -1;
    if (!d->index->length && !hash_all(t)) return -2;
    int64_t i = d->keys->length - 1;
    while (numbers(d->hashes)[i] < 0) i--;
    return i;
}

void wf_py_table_clear(wf_py_table *t) {
    wf_py_dict *d = t->dict;
    d->keys->length = d->values->length = d->hashes->length = d->index->length = 0;
    d->used = 0;
    d->version++;
}
