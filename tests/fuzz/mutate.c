/* mutate.c: changes to source text, word by word.
 *
 * Bytes changed at random give text that the lexer or the first rule of the parser refuses. Here a text is
 * cut into words, and what is changed is whole words or *groups*: a bracket with all up to the one that
 * closes it, or the words up to the next comma or semicolon. So most changes are deep in the front-end: a
 * type where a value was, an argument too many, a loop in its own condition. The text inside string literals
 * is cut as well (inline PTX).
 *
 * Order: random numbers, cutting, pieces, changes, the count. */
#include "mutate.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { MOST_WORDS = 1 << 15 };

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);

typedef struct words { /* word i is data[at[i]] … data[at[i + 1]], blanks before it included */
    const uint8_t *data;
    uint32_t count, *at;
} words;
typedef struct piece {
    const uint8_t *data;
    size_t size;
} piece;

static uint32_t next(uint32_t *state) { /* xorshift */
    *state ^= *state << 13;
    *state ^= *state >> 17;
    return *state ^= *state << 5;
}

static uint32_t below(uint32_t *state, uint32_t n) { return n ? next(state) % n : 0; }

/* ---- cutting ---- */

static int is_name(uint8_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c >= 0x80;
}

static size_t operator_length(const uint8_t *d, size_t size) {
    if (size >= 2 && d[1] == '=' && strchr("<>=!+-*/|", d[0])) return 2;
    if (size < 2 || d[0] != d[1]) return size >= 2 && d[0] == '-' && d[1] == '>' ? 2 : 1;
    if (d[0] == '<' || d[0] == '>') return size >= 3 && d[2] == '=' ? 3 : 2;
    if (d[0] == '.') return size >= 3 && d[2] == '.' ? 3 : 1;
    return strchr(":+-&|#", d[0]) ? 2 : 1;
}

static size_t word_end(const uint8_t *d, size_t i, size_t size) {
    while (i < size && (d[i] == ' ' || d[i] == '\t' || d[i] == '\n')) i++;
    if (i == size) return i;
    if (is_name(d[i])) {
        while (i < size && (is_name(d[i]) || (d[i] == '.' && i && d[i - 1] >= '0' && d[i - 1] <= '9'))) i++;
        return i;
    }
    return i + operator_length(d + i, size - i);
}

static words cut(const uint8_t *data, size_t size) {
    static uint32_t places[2][MOST_WORDS + 1];
    static int which;
    words w = {data, 0, places[which ^= 1]};
    w.at[0] = 0;
    for (size_t i = 0; i < size && w.count < MOST_WORDS;)
        w.at[++w.count] = (uint32_t)(i = word_end(data, i, size));
    return w;
}

static uint8_t sign_of(const words *w, uint32_t i) { return w->data[w->at[i + 1] - 1]; }

/* ---- pieces ---- */

/* One word past the group that word i begins. */
static uint32_t group_end(const words *w, uint32_t i) {
    uint8_t first = sign_of(w, i);
    if (first == '(' || first == '[' || first == '{') {
        for (int deep = 0; i < w->count; i++) {
            uint8_t c = sign_of(w, i);
            if (c == '(' || c == '[' || c == '{') deep++;
            if ((c == ')' || c == ']' || c == '}') && --deep == 0) return i + 1;
        }
        return w->count;
    }
    for (int deep = 0; i < w->count; i++) {
        uint8_t c = sign_of(w, i);
        if (c == '(' || c == '[' || c == '{') deep++;
        if ((c == ')' || c == ']' || c == '}') && --deep < 0) return i;
        if (!deep && (c == ';' || c == ',')) return i + (c == ';');
        if (!deep && c == '}') return i + 1;
    }
    return w->count;
}

static piece words_piece(const words *w, uint32_t from, uint32_t to) {
    return (piece){w->data + w->at[from], w->at[to] - w->at[from]};
}

/* A word, a group, a few words or a line. */
static piece some_piece(const words *w, uint32_t *r) {
    if (!w->count) return (piece){(const uint8_t *)"x", 1};
    uint32_t i = below(r, w->count), end;
    switch (below(r, 4)) {
    case 0: return words_piece(w, i, i + 1);
    case 1: end = i + 1 + below(r, 6); return words_piece(w, i, end < w->count ? end : w->count);
    default: end = group_end(w, i); return words_piece(w, i, end > i ? end : i + 1);
    }
}

static piece dictionary_piece(uint32_t *r) {
    static const char *const list[] = {
        " int",
        " float",
        " double",
        " void",
        " char",
        " unsigned",
        " long long",
        " auto",
        " const",
        " static",
        " __shared__",
        " __device__",
        " __global__",
        " __constant__",
        " constexpr",
        " struct A",
        " union",
        " enum",
        " class",
        " template <class T>",
        " template <int N>",
        " template <class... T>",
        " template <>",
        " typename",
        " T",
        " T...",
        " ...",
        " sizeof...(a)",
        " sizeof",
        " decltype",
        " using U =",
        " typedef",
        " operator",
        " operator()",
        " [=]",
        " [&]",
        " []",
        " ()",
        "(",
        ")",
        "{",
        "}",
        "[",
        "]",
        "<",
        ">",
        " {}",
        " 0",
        " 1",
        " -1",
        " 2147483647",
        " 0x8000000000000000",
        " 1e400",
        " 1.0f",
        " 0.5",
        " 'a'",
        " \"a\"",
        "\"%n %s\"",
        " nullptr",
        " true",
        " this",
        " return",
        " if (1)",
        " if constexpr (1)",
        " else",
        " for (;;)",
        " for (auto v : x)",
        " while (0)",
        " do",
        " switch (1)",
        " case 1:",
        " default:",
        " break;",
        " continue;",
        " goto l;",
        " l:",
        ";",
        ",",
        "::",
        "->",
        ".",
        "*",
        "&",
        "&&",
        "~",
        "!",
        "?",
        ":",
        "=",
        "+=",
        "<<",
        ">>",
        "<=>",
        "%",
        "##",
        "\n#define M(a, ...) a##__VA_ARGS__ M\n",
        "\n#if 0\n",
        "\n#endif\n",
        "\n#include \"x.cu\"\n",
        "\n#undef M\n",
        "\n#pragma unroll 4\n",
        "\n#include <cuda_fp16.h>\n",
        "\n#include <cooperative_groups.h>\n",
        "\n#include <type_traits>\n",
        "\n#include <cub/cub.cuh>\n",
        " M(1, 2)",
        " int A::*m = &A::x;",
        "->*m",
        ".*m",
        " __int128",
        " unsigned __int128",
        " B(a)...",
        " __VA_OPT__(,)",
        " asm volatile(\"add.u32 %0, %1, %2;\" : \"=r\"(x) : \"r\"(y), \"n\"(1));",
        " __syncthreads();",
        " __shfl_sync(~0u, x, 1)",
        " atomicAdd(&x, 1)",
        " threadIdx.x",
        " blockDim",
        " texture<float, 2> t;",
        " tex2D(t, 0, 0)",
        " static_assert(1, \"\");",
        " friend",
        " public:",
        " : B",
        " virtual",
        " new int",
        " delete p;",
        " throw 1;",
        " namespace n {",
        " extern \"C\"",
        " __half",
        " half2",
        " float4",
        " dim3",
        " size_t",
        " requires",
        " concept C =",
        " alignas(16)",
        " [[nodiscard]]",
        " explicit",
        " mutable",
        " noexcept",
        " = default;",
        " = delete;",
        " static_cast<int>",
        " reinterpret_cast<char *>",
        " (int)",
        " (T)",
        " A<A<int>>",
        " std::tuple<int, int>",
        " std::is_same<T, int>::value",
        "\\\n",
        "/*",
        "*/",
        "//",
        "R\"x(",
        ")x\"",
        "\"",
        "'",
        "#",
        "@",
        "$",
        "`",
        "\xff",
        " 1'000",
        " 0b101",
        " 08",
        " 1uz",
        " u8\"a\""};
    const char *text = list[below(r, sizeof list / sizeof *list)];
    return (piece){(const uint8_t *)text, strlen(text)};
}

/* ---- changes ---- */

/* In place: bytes from … to give way to the piece (which lies elsewhere). */
static size_t replace(uint8_t *data, size_t size, size_t most, size_t from, size_t to, piece p) {
    if (size - (to - from) + p.size > most) return size;
    memmove(data + from + p.size, data + to, size - to);
    memcpy(data + from, p.data, p.size);
    return size - (to - from) + p.size;
}

static size_t change(uint8_t *data, size_t size, size_t most, uint32_t *r) {
    static uint8_t copy[1 << 16];
    if (size > sizeof copy) return size;
    memcpy(copy, data, size);
    words w = cut(copy, size);
    if (!w.count) return replace(data, size, most, 0, 0, dictionary_piece(r));
    uint32_t i = below(r, w.count), end = i + 1, way = below(r, 10);
    if (way < 4 && (end = group_end(&w, i)) <= i) end = i + 1;
    size_t from = w.at[i], to = w.at[end];
    switch (way) {
    case 0: return replace(data, size, most, from, to, (piece){data, 0});
    case 1:
    case 4:
    case 5: return replace(data, size, most, from, to, some_piece(&w, r));
    case 2: return replace(data, size, most, from, from, words_piece(&w, i, end)); /* twice */
    case 6: return replace(data, size, most, from, from, some_piece(&w, r));
    case 7: return replace(data, size, most, from, to, dictionary_piece(r));
    case 8: return replace(data, size, most, from, from, dictionary_piece(r));
    case 9: /* the same word everywhere: a name becomes another's */
    default: {
        piece p = some_piece(&w, r), old = words_piece(&w, i, i + 1);
        if (p.size > 40) return replace(data, size, most, from, to, p);
        for (uint32_t k = w.count; k-- > 0;)
            if (w.at[k + 1] - w.at[k] == old.size && !memcmp(copy + w.at[k], old.data, old.size))
                size = replace(data, size, most, w.at[k], w.at[k + 1], p);
        return size;
    }
    }
}

size_t fuzz_mutate_words(uint8_t *data, size_t size, size_t most, unsigned seed) {
    uint32_t r = seed * 2654435761u | 1;
    if (!below(&r, 12)) return LLVMFuzzerMutate(data, size, most);
    for (uint32_t n = 1 + below(&r, 3); n--;) size = change(data, size, most, &r);
    return size;
}

size_t fuzz_cross_words(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size, uint8_t *out,
                        size_t most, unsigned seed) {
    uint32_t r = seed * 2246822519u | 1;
    size_t size = a_size < most ? a_size : most;
    memcpy(out, a, size);
    words v = cut(b, b_size);
    if (!below(&r, 4)) return replace(out, size, most, size, size, (piece){b, b_size}); /* both */
    for (uint32_t n = 1 + below(&r, 3); n--;) {
        words w = cut(out, size);
        uint32_t i = below(&r, w.count);
        uint32_t end = w.count && below(&r, 2) ? group_end(&w, i) : i;
        piece p = some_piece(&v, &r);
        size = replace(out, size, most, w.at[i], w.at[end < i ? i : end], p);
        v = cut(b, b_size); /* cut() keeps two at a time */
    }
    return size;
}

/* ---- the count ---- */

static uint64_t pending;

static void write_count(void) {
    const char *path = getenv("WEFT_FUZZ_TOTAL");
    int file = path && pending ? open(path, O_RDWR | O_CREAT, 0644) : -1;
    if (file < 0) return;
    char text[32] = "";
    flock(file, LOCK_EX);
    ssize_t got = pread(file, text, sizeof text - 1, 0);
    uint64_t total = got > 0 ? strtoull(text, NULL, 10) : 0;
    int length = snprintf(text, sizeof text, "%llu\n", (unsigned long long)(total + pending));
    if (pwrite(file, text, (size_t)length, 0) == length) pending = 0;
    close(file);
}

void fuzz_count(void) {
    static int once;
    if (!once) once = !atexit(write_count);
    if (++pending % 4096 == 0) write_count();
}
