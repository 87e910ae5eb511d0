/* bulk/radix.h: a radix sort for one kind of element; sort.c includes this text once for each.
 *
 * Before: E the element, NAME(x) the names' suffix, KEY(e) its key as uint64_t, KEY_LOW the first bit of the
 * key that counts. The sort is stable. Elements go from one buffer to the other and back: large ranges are
 * split by the highest eight bits in which they differ, ranges that fit the second cache are sorted digit by
 * digit from the lowest, and a few elements by insertion. */

static void NAME(insertion)(E *a, int64_t n) {
    for (int64_t i = 1; i < n; i++) {
        E e = a[i];
        int64_t j = i;
        for (; j > 0 && KEY(a[j - 1]) > KEY(e); j--) a[j] = a[j - 1];
        a[j] = e;
    }
}

/* Bits in which keys differ from the first one's. */
static uint64_t NAME(varying)(const E *a, int64_t n) {
    uint64_t bits = 0, first = KEY(a[0]);
    for (int64_t i = 1; i < n; i++) bits |= KEY(a[i]) ^ first;
    return bits >> KEY_LOW << KEY_LOW;
}

static void NAME(scatter)(const E *from, int64_t n, E *to, uint32_t *at, int shift, uint32_t mask) {
    for (int64_t i = 0; i < n; i++) {
        E e = from[i];
        to[at[KEY(e) >> shift & mask]++] = e;
    }
}

/* Counts of the digits from `shift` on, `width` bits each; two at a time, to read the elements half as often.
 */
static void NAME(count_digits)(const E *a, int64_t n, uint32_t (*counts)[DIGITS], int digits, int shift,
                               int width) {
    uint64_t mask = ((uint64_t)1 << width) - 1;
    int d = 0;
    for (; d + 1 < digits; d += 2) {
        int s = shift + d * width;
        for (int64_t i = 0; i < n; i++) {
            uint64_t key = KEY(a[i]) >> s;
            counts[d][key & mask]++;
            counts[d + 1][key >> width & mask]++;
        }
    }
    for (int64_t i = 0; d < digits && i < n; i++) counts[d][KEY(a[i]) >> (shift + d * width) & mask]++;
}

/* Digit by digit from the lowest; returns the buffer that has the result. */
static E *NAME(by_digits)(E *a, E *other, int64_t n, uint64_t bits) {
    uint32_t counts[8][DIGITS];
    int low = __builtin_ctzll(bits), span = 64 - __builtin_clzll(bits) - low;
    int most = n < 3000 ? 8 : DIGIT_BITS, digits = (span + most - 1) / most,
        width = (span + digits - 1) / digits;
    uint32_t size = (uint32_t)1 << width;
    for (int d = 0; d < digits; d++) memset(counts[d], 0, sizeof **counts * size);
    NAME(count_digits)(a, n, counts, digits, low, width);
    for (int d = 0; d < digits; d++) {
        if (!(bits >> (low + d * width) & (size - 1))) continue;
        uint32_t sum = 0;
        for (uint32_t k = 0; k < size; k++) {
            uint32_t c = counts[d][k];
            counts[d][k] = sum, sum += c;
        }
        NAME(scatter)(a, n, other, counts[d], low + d * width, size - 1);
        E *swap = a;
        a = other, other = swap;
    }
    return a;
}

/* Sorts a range on one thread; returns the buffer (a or other) that has the result. */
static E *NAME(serial)(E *a, E *other, int64_t n) {
    if (n <= 32) {
        NAME(insertion)(a, n);
        return a;
    }
    uint64_t bits = NAME(varying)(a, n);
    if (!bits) return a;
    if (n * (int64_t)sizeof(E) <= IN_CACHE) return NAME(by_digits)(a, other, n, bits);
    int shift = 64 - BUCKET_BITS - __builtin_clzll(bits);
    if (shift < KEY_LOW) shift = KEY_LOW;
    uint32_t at[BUCKETS] = {0}, begin = 0;
    for (int64_t i = 0; i < n; i++) at[KEY(a[i]) >> shift & (BUCKETS - 1)]++;
    for (int k = 0; k < BUCKETS; k++) {
        uint32_t c = at[k];
        at[k] = begin, begin += c;
    }
    NAME(scatter)(a, n, other, at, shift, BUCKETS - 1);
    for (int k = 0; k < BUCKETS; k++) {
        int64_t first = k ? at[k - 1] : 0, count = at[k] - first;
        if (!count) continue;
        E *result = NAME(serial)(other + first, a + first, count);
        if (result != a + first) memcpy(a + first, result, (size_t)count * sizeof(E));
    }
    return a;
}

/* ---- one long row on all threads ---- */

typedef struct NAME(split) {
    const E *a;
    E *other;
    int64_t n, chunk;
    uint64_t low; /* a key's bucket: how many steps of 1 << shift it is above `low`, at most BUCKETS - 1 */
    int shift;
    int64_t (*counts)[BUCKETS]; /* of each chunk, then where its elements go */
} NAME(split);

static inline uint64_t NAME(bucket_of)(const NAME(split) * s, E e) {
    uint64_t key = KEY(e), steps = key < s->low ? 0 : (key - s->low) >> s->shift;
    return steps < BUCKETS - 1 ? steps : BUCKETS - 1;
}

static int NAME(count_piece)(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    const NAME(split) s = *(const NAME(split) *)user;
    (void)worker;
    for (uint64_t c = first; c < last; c++) {
        int64_t at = (int64_t)c * s.chunk, end = at + s.chunk < s.n ? at + s.chunk : s.n,
                counts[BUCKETS] = {0};
        for (int64_t i = at; i < end; i++) counts[NAME(bucket_of)(&s, s.a[i])]++;
        memcpy(s.counts[c], counts, sizeof counts);
    }
    return 0;
}

static int NAME(scatter_piece)(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    const NAME(split) s = *(const NAME(split) *)user;
    (void)worker;
    for (uint64_t c = first; c < last; c++) {
        int64_t i = (int64_t)c * s.chunk, end = i + s.chunk < s.n ? i + s.chunk : s.n, at[BUCKETS];
        memcpy(at, s.counts[c], sizeof at);
        for (; i < end; i++) {
            E e = s.a[i];
            s.other[at[NAME(bucket_of)(&s, e)]++] = e;
        }
    }
    return 0;
}

/* Buckets of equal width between the keys that a sample has near its ends. 0: all keys of the sample are
 * alike. */
static int NAME(choose)(NAME(split) * s) {
    E sample[SAMPLE], other[SAMPLE];
    for (int64_t i = 0; i < SAMPLE; i++) sample[i] = s->a[s->n / SAMPLE * i];
    E *sorted = NAME(serial)(sample, other, SAMPLE);
    uint64_t low = KEY(sorted[SAMPLE / 128]) >> KEY_LOW << KEY_LOW,
             high = KEY(sorted[SAMPLE - 1 - SAMPLE / 128]);
    if (high >> KEY_LOW <= low >> KEY_LOW)
        low = KEY(sorted[0]) >> KEY_LOW << KEY_LOW, high = KEY(sorted[SAMPLE - 1]);
    if (high >> KEY_LOW <= low >> KEY_LOW) return 0;
    int bits = 64 - __builtin_clzll(high - low);
    s->low = low, s->shift = bits - BUCKET_BITS > KEY_LOW ? bits - BUCKET_BITS : KEY_LOW;
    return 1;
}

/* Cuts a range into buckets that go to `list`; one that is still a large part of the whole is cut again.
 * Where a bucket's elements lie is told by `in_other`. */
static int NAME(cut)(const wf_bulk_call *call, bucket_list *list, E *base, E *base_other, int64_t at,
                     int64_t n, int in_other, int64_t large) {
    int chunks = (int)wf_pool_threads(call->pool);
    if (chunks > MAX_CHUNKS) chunks = MAX_CHUNKS;
    int64_t counts[MAX_CHUNKS][BUCKETS], sum = 0, starts[BUCKETS + 1];
    E *a = in_other ? base_other : base, *other = in_other ? base : base_other;
    NAME(split) s = {a + at, other + at, n, (n + chunks - 1) / chunks, 0, 0, counts};
    if (!NAME(choose)(&s)) return bucket_add(list, at, n, in_other);
    bulk_each(call, chunks, 1, NAME(count_piece), &s);
    for (int k = 0; k < BUCKETS; k++) {
        starts[k] = sum;
        for (int c = 0; c < chunks; c++) {
            int64_t count = counts[c][k];
            counts[c][k] = sum, sum += count;
        }
    }
    starts[BUCKETS] = sum;
    bulk_each(call, chunks, 1, NAME(scatter_piece), &s);
    for (int k = 0; k < BUCKETS; k++) {
        int64_t count = starts[k + 1] - starts[k];
        if (!count) continue;
        if (count > large && count < n) {
            if (!NAME(cut)(call, list, base, base_other, at + starts[k], count, !in_other, large)) return 0;
        } else if (!bucket_add(list, at + starts[k], count, !in_other)) return 0;
    }
    return 1;
}
