/* bulk/quick_type.h: sorting unsigned keys in vector registers, for one width of keys and one instruction
 * set; quick.c includes this text once for each.
 *
 * Before: E the key, V a vector of L keys, FN attributes of every function, NAME(x) the names' suffix,
 * BLOCK_KEYS keys that the network sorts, and
 *   LOAD(p), STORE(p, v)             L keys at any address
 *   LOAD_PART(p, n), STORE_PART(p, n, v)   the first n < L; lanes beyond are loaded as the largest key
 *   SPLAT(e), MIN(x, y), MAX(x, y), BELOW(v, w): a bit for each lane of v that is below w's
 *   PUT(v, below, left, right)       lanes that are below to left, the others so that they end at right; may
 *                                    write L keys on either side
 *   PUT_EXACTLY(v, below, valid, left, right)   the same of valid lanes, writing nothing else
 * Behind it what differs between widths is undefined again, with LANES, COMPRESS and SORTED, which PUT is
 * made of.
 *
 * A range is split in place around a pivot (the idea of Bramas, A Novel Hybrid Quicksort Algorithm Vectorized
 * using AVX-512, 2017: keys are read from the side that has less room, so what is written never meets what is
 * unread) until BLOCK_KEYS are left, which a network sorts: registers column by column, transposed, merged
 * bitonically. Equal keys: a range whose pivot is the lower bound of its keys drops all keys that equal it.
 */

/* ---- the network ---- */

/* Two lanes whose numbers differ by `partner`: the smaller key to the one that `pick` takes from MIN. */
#define EXCHANGE(v, partner, pick)                                                                           \
    do {                                                                                                     \
        V p_ = SHUFFLE(v, v, LANES(partner)), lo_ = MIN(v, p_), hi_ = MAX(v, p_);                            \
        v = SHUFFLE(lo_, hi_, LANES(pick));                                                                  \
    } while (0)
#define COMPARE(i, j)                                                                                        \
    do {                                                                                                     \
        V lo_ = MIN(r[i], r[j]);                                                                             \
        r[j] = MAX(r[i], r[j]), r[i] = lo_;                                                                  \
    } while (0);

/* A bitonic register sorted. */
FN static inline __attribute__((always_inline)) V NAME(settle)(V v) {
#if L == 16
    EXCHANGE(v, AWAY8, PICK8);
#endif
#if L >= 8
    EXCHANGE(v, AWAY4, PICK4);
#endif
    EXCHANGE(v, AWAY2, PICK2);
    EXCHANGE(v, AWAY1, PICK1);
    return v;
}

FN static inline __attribute__((always_inline)) V NAME(sort_lanes)(V v) {
    EXCHANGE(v, AWAY1, PICK1);
    EXCHANGE(v, AWAY3, PICK2);
    EXCHANGE(v, AWAY1, PICK1);
#if L >= 8
    EXCHANGE(v, AWAY7, PICK4);
    EXCHANGE(v, AWAY2, PICK2);
    EXCHANGE(v, AWAY1, PICK1);
#endif
#if L == 16
    EXCHANGE(v, AWAY15, PICK8);
    EXCHANGE(v, AWAY4, PICK4);
    EXCHANGE(v, AWAY2, PICK2);
    EXCHANGE(v, AWAY1, PICK1);
#endif
    return v;
}

/* Rows i and i + d of L registers exchange their blocks of d lanes that lie across the diagonal. */
#define TURN(d, upper, lower)                                                                                \
    _Pragma("GCC unroll 16") for (int i = 0; i < L; i++) if (!(i & d)) {                                     \
        V x_ = r[i], y_ = r[i + d];                                                                          \
        r[i] = SHUFFLE(x_, y_, LANES(upper)), r[i + d] = SHUFFLE(x_, y_, LANES(lower));                      \
    }

/* L registers, each sorted. */
FN static inline __attribute__((always_inline)) void NAME(sort_square)(V *r) {
#define X COMPARE
#if L == 16
    NETWORK16(X)
#elif L == 8
    NETWORK8(X)
#else
    NETWORK4(X)
#endif
#undef X
    TURN(1, UPPER1, LOWER1)
    TURN(2, UPPER2, LOWER2)
#if L >= 8
    TURN(4, UPPER4, LOWER4)
#endif
#if L == 16
    TURN(8, UPPER8, LOWER8)
#endif
}

/* Sorted runs of `run` registers, two by two, to runs of twice that. */
FN static inline __attribute__((always_inline)) void NAME(merge)(V *r, int count, int run) {
    _Pragma("GCC unroll 16") for (int at = 0; at < count; at += 2 * run) {
        V back[8];
        _Pragma("GCC unroll 16") for (int i = 0; i < run; i++) {
            V v = r[at + 2 * run - 1 - i];
            back[i] = SHUFFLE(v, v, LANES(AWAY_ALL));
        }
        _Pragma("GCC unroll 16") for (int i = 0; i < run; i++) {
            V v = r[at + i];
            r[at + i] = MIN(v, back[i]), r[at + run + i] = MAX(v, back[i]);
        }
        _Pragma("GCC unroll 4") for (int d = run / 2; d; d /= 2) {
            _Pragma("GCC unroll 16") for (int i = 0; i < 2 * run; i++) {
                if (!(i & d)) { COMPARE(at + i, at + i + d) }
            }
        }
        _Pragma("GCC unroll 16") for (int i = 0; i < 2 * run; i++) r[at + i] = NAME(settle)(r[at + i]);
    }
}

/* n keys, more than half and at most all of `count` registers. */
FN static inline __attribute__((always_inline)) void NAME(network)(E *a, int64_t n, const int count) {
    V r[16];
    _Pragma("GCC unroll 16") for (int i = 0; i < count; i++) {
        int64_t left = n - i * L;
        r[i] = left >= L ? LOAD(a + i * L) : left > 0 ? LOAD_PART(a + i * L, left) : SPLAT((E) ~(E)0);
    }
    if (count >= L) {
        _Pragma("GCC unroll 16") for (int i = 0; i < count; i += L) NAME(sort_square)(r + i);
    } else {
        _Pragma("GCC unroll 16") for (int i = 0; i < count; i++) r[i] = NAME(sort_lanes)(r[i]);
    }
    if (count > 1) NAME(merge)(r, count, 1);
    if (count > 2) NAME(merge)(r, count, 2);
    if (count > 4) NAME(merge)(r, count, 4);
    if (count > 8) NAME(merge)(r, count, 8);
    _Pragma("GCC unroll 16") for (int i = 0; i < count; i++) {
        int64_t left = n - i * L;
        if (left >= L) STORE(a + i * L, r[i]);
        else if (left > 0) STORE_PART(a + i * L, left, r[i]);
    }
}

FN static __attribute__((noinline)) void NAME(sort_block)(E *a, int64_t n) {
    if (n <= L) NAME(network)(a, n, 1);
    else if (n <= 2 * L) NAME(network)(a, n, 2);
    else if (n <= 4 * L) NAME(network)(a, n, 4);
    else if (n <= 8 * L) NAME(network)(a, n, 8);
#if BLOCK_KEYS > 8 * L
    else NAME(network)(a, n, 16);
#endif
}

/* ---- splitting ---- */

/* The middle one of keys from all over a range, more of them where the range is large; where one place is
 * wanted, the key a little beyond it, so that it is in the smaller part (Floyd and Rivest, Expected Time Bounds
 * for Selection, 1975). */
FN static E NAME(pivot)(const E *a, int64_t n, int64_t place) {
    E sample[8 * L];
    int count = n < 1024 ? L : n < 1 << 14 ? 4 * L : 8 * L;
    int64_t step = n / count;
    for (int i = 0; i < count; i++) sample[i] = a[i * step + step / 2];
    NAME(sort_block)(sample, count);
    if (place < 0) return sample[count / 2];
    int beyond = count < 32 ? 2 : count < 64 ? 4 : 6;
    int64_t near = place < n / 2 ? place * count / n + beyond : place * count / n - beyond;
    return sample[near < 1 ? 1 : near > count - 1 ? count - 1 : near];
}

/* Keys below the pivot first; how many they are. */
FN static __attribute__((noinline)) int64_t NAME(split)(E *a, int64_t n, E pivot) {
    enum { UNROLL = 4, STEP = UNROLL * L };
    E aside[3 * STEP];
    const V p = SPLAT(pivot);
    int64_t head = n < 2 * STEP ? n : STEP, tail = n < 2 * STEP ? 0 : STEP + n % STEP, kept = head + tail;
    __builtin_memcpy(aside, a, (size_t)head * sizeof(E));
    __builtin_memcpy(aside + head, a + n - tail, (size_t)tail * sizeof(E));
    E *left = a, *right = a + n, *first = a + head, *last = a + n - tail;
    while (first < last) {
        const E *from;
        if (first - left <= right - last) from = first, first += STEP;
        else from = last -= STEP;
        V v[UNROLL];
        _Pragma("GCC unroll 8") for (int i = 0; i < UNROLL; i++) v[i] = LOAD(from + i * L);
        _Pragma("GCC unroll 8") for (int i = 0; i < UNROLL; i++) {
            unsigned below = BELOW(v[i], p);
            int count = __builtin_popcount(below);
            PUT(v[i], below, left, right);
            left += count, right -= L - count;
        }
    }
    for (int64_t i = 0; i < kept; i += L) {
        int64_t rest = kept - i;
        V v = rest < L ? LOAD_PART(aside + i, rest) : LOAD(aside + i);
        unsigned valid = (1u << (rest < L ? rest : L)) - 1, below = BELOW(v, p) & valid;
        PUT_EXACTLY(v, below, valid, left, right);
        left += __builtin_popcount(below), right -= __builtin_popcount(valid & ~below);
    }
    return left - a;
}

/* When pivots were bad for too long. */
FN static void NAME(sift)(E *a, int64_t n, int64_t i) {
    E e = a[i];
    for (int64_t child; (child = 2 * i + 1) < n; i = child) {
        if (child + 1 < n && a[child + 1] > a[child]) child++;
        if (a[child] <= e) break;
        a[i] = a[child];
    }
    a[i] = e;
}
FN static void NAME(heap)(E *a, int64_t n) {
    for (int64_t i = n / 2; i-- > 0;) NAME(sift)(a, n, i);
    while (n-- > 1) {
        E e = a[0];
        a[0] = a[n], a[n] = e;
        NAME(sift)(a, n, 0);
    }
}

/* Sorts a range whose keys are at least `low`; with `wanted` (`count` places in ascending order, counted from
 * the place of a[0] on) only so far that those have their keys. */
FN static void NAME(quick)(E *a, int64_t n, E low, int depth, const int64_t *wanted, int64_t count,
                           int64_t at) {
    while (n > BLOCK_KEYS) {
        if (wanted) {
            while (count && *wanted < at) wanted++, count--;
            while (count && wanted[count - 1] >= at + n) count--;
            if (!count) return;
        }
        if (!depth--) {
            NAME(heap)(a, n);
            return;
        }
        E pivot = NAME(pivot)(a, n, wanted && count == 1 ? *wanted - at : -1);
        int64_t below;
        if (pivot == low) {
            if (pivot == (E) ~(E)0) return;
            below = NAME(split)(a, n, low = pivot + 1);
            a += below, n -= below, at += below;
            continue;
        }
        below = NAME(split)(a, n, pivot);
        if (below <= n / 2) {
            NAME(quick)(a, below, low, depth, wanted, count, at);
            a += below, n -= below, at += below, low = pivot;
        } else {
            NAME(quick)(a + below, n - below, pivot, depth, wanted, count, at + below);
            n = below;
        }
    }
    if (n > 1) NAME(sort_block)(a, n);
}

FN static void NAME(sort)(void *keys, int64_t n, uint64_t low, const int64_t *wanted, int64_t count,
                          int64_t at) {
    int depth = 16;
    for (int64_t m = n; m; m /= 2) depth += 2;
    NAME(quick)(keys, n, (E)low, depth, wanted, count, at);
}

/* ---- shares of a long row ---- */

/* Adds to counts[k] how many keys are at least splitters[k]. */
FN static void NAME(tally)(const void *keys, int64_t n, const void *splitters, int count, int64_t *counts) {
    const E *a = keys;
    for (int k = 0; k < count; k++) {
        E s = ((const E *)splitters)[k], sum = 0;
        for (int64_t i = 0; i < n; i++) sum += a[i] >= s;
        counts[k] += (int64_t)sum;
    }
}

/* Keys ordered by the splitters they are at least as large as; ends[k]: of those below splitters[k]. */
FN static void NAME(deal)(void *keys, int64_t n, const void *splitters, int count, int64_t at,
                          int64_t *ends) {
    if (!count) return;
    int middle = count / 2;
    const E *s = splitters;
    int64_t below = n ? NAME(split)(keys, n, s[middle]) : 0;
    ends[middle] = at + below;
    NAME(deal)(keys, below, s, middle, at, ends);
    NAME(deal)
    ((E *)keys + below, n - below, s + middle + 1, count - middle - 1, at + below, ends + middle + 1);
}

#undef EXCHANGE
#undef COMPARE
#undef TURN
#undef E
#undef V
#undef L
#undef LANES
#undef NAME
#undef SPLAT
#undef MIN
#undef MAX
#undef BELOW
#undef COMPRESS
#undef SORTED
#undef LOAD_PART
#undef STORE_PART
