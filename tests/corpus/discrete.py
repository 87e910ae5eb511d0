"""Hashes and ciphers, strings, bits, graphs, sparse matrices, C++ styles, warps."""

import hashlib
import math
import struct
import zlib

import numpy as np
from table import NUMBERS, K, expand, f4, f8, i4, u1, u4

BITS = {  # (expression of unsigned x, Python)
    "popcount": ("__popc(x)", lambda x: x.bit_count()),
    "kernighan": ("([](unsigned v) { unsigned n = 0; for (; v; v &= v - 1) n++; return n; })(x)", lambda x: x.bit_count()),
    "reverse": ("__brev(x)", lambda x: int(f"{x:032b}"[::-1], 2)),
    "leading_zeros": ("__clz(x)", lambda x: 32 - x.bit_length()),
    "lowest_set": ("__ffs(x)", lambda x: (x & -x).bit_length()),
    "rotate": ("x << 7 | x >> 25", lambda x: (x << 7 | x >> 25) & 0xffffffff),
    "funnel": ("__funnelshift_l(x, x, 7)", lambda x: (x << 7 | x >> 25) & 0xffffffff),
    "byte_swap": ("__byte_perm(x, 0, 0x0123)", lambda x: int.from_bytes(x.to_bytes(4, "little"), "big")),
    "gray_code": ("x ^ (x >> 1)", lambda x: x ^ x >> 1),
    "parity": ("__popc(x) & 1", lambda x: x.bit_count() & 1),
    "next_power": ("x <= 1 ? 1u : 1u << (32 - __clz((x - 1) & 0x7fffffff))", lambda x: 1 if x <= 1 else 1 << (x - 1 & 0x7fffffff).bit_length()),
    "morton": ("([](unsigned v) { v &= 0xffff; v = (v | v << 8) & 0x00ff00ff; v = (v | v << 4) & 0x0f0f0f0f; v = (v | v << 2) & 0x33333333; "
               "return (v | v << 1) & 0x55555555; })(x)", lambda x: sum((x >> i & 1) << 2 * i for i in range(16))),
    "murmur_finalizer": ("([](unsigned h) { h ^= h >> 16; h *= 0x85ebca6bu; h ^= h >> 13; h *= 0xc2b2ae35u; return h ^ h >> 16; })(x)", lambda x: murmur(x)),
    "wang_hash": ("([](unsigned s) { s = (s ^ 61) ^ (s >> 16); s *= 9; s = s ^ (s >> 4); s *= 0x27d4eb2d; return s ^ (s >> 15); })(x)", lambda x: wang(x)),
    "xorshift": ("([](unsigned s) { s ^= s << 13; s ^= s >> 17; s ^= s << 5; return s; })(x)", lambda x: xorshift(x)),
    "multiply_high": ("__umulhi(x, 0xdeadbeefu)", lambda x: x * 0xdeadbeef >> 32),
    "divide_by_seven": ("x / 7 * 10 + x % 7", lambda x: (x // 7 * 10 + x % 7) & 0xffffffff),
    "signed_shift": ("(unsigned)((int)x >> 5)", lambda x: ((x - (x >> 31 << 32)) >> 5) & 0xffffffff),
    "saturate_bytes": ("min(x >> 4, 255u)", lambda x: min(x >> 4, 255)),
    "float_bits": ("__float_as_uint((float)(x & 0xffff)) >> 23", lambda x: struct.unpack("I", struct.pack("f", x & 0xffff))[0] >> 23),
    "bcd": ("x % 10 | x / 10 % 10 << 4 | x / 100 % 10 << 8", lambda x: x % 10 | x // 10 % 10 << 4 | x // 100 % 10 << 8),
    "absolute_difference": ("__usad(x, 1000u, 5u)", lambda x: abs(x - 1000) + 5 & 0xffffffff),
    "field_extract": ("([](unsigned v) { struct { unsigned a : 5, b : 11, c : 16; } f; f.a = v; f.b = v >> 5; f.c = v >> 16; return f.a + f.b + f.c; })(x)",
                      lambda x: (x & 31) + (x >> 5 & 2047) + (x >> 16)),
    "digit_sum": ("([](unsigned v) { unsigned s = 0; do s += v % 10; while (v /= 10); return s; })(x)", lambda x: sum(map(int, str(x)))),
    "square_root": ("([](unsigned v) { unsigned r = 0; for (unsigned b = 1u << 15; b; b >>= 1) if ((r | b) * (r | b) <= v) r |= b; return r; })(x)",
                    lambda x: int(x**0.5)),
    "gcd": ("([](unsigned a, unsigned b) { while (b) { unsigned t = a % b; a = b; b = t; } return a; })(x, 5040u)", lambda x: math.gcd(x, 5040)),
    "is_power": ("x && !(x & (x - 1))", lambda x: x.bit_count() == 1),
    "crc_step": ("([](unsigned c) { for (int k = 0; k < 8; k++) c = (c & 1) * 0xedb88320u ^ c >> 1; return c; })(x)", lambda x: crc_step(x)),
    "triangle": ("(x % 65536) * ((x % 65536) + 1) / 2", lambda x: word(x % 65536 * (x % 65536 + 1)) // 2),
    "luhn": ("([](unsigned v) { unsigned s = 0; for (int i = 0; v; v /= 10, i++) { unsigned d = v % 10; s += i & 1 ? d * 2 / 10 + d * 2 % 10 : d; } return s % 10; })(x)",
             lambda x: sum(int(d) if i % 2 == 0 else int(d) * 2 // 10 + int(d) * 2 % 10 for i, d in enumerate(str(x)[::-1])) % 10),
    "swap_pairs": ("(x & 0x55555555u) << 1 | (x & 0xaaaaaaaau) >> 1", lambda x: (x & 0x55555555) << 1 | (x & 0xaaaaaaaa) >> 1),
    "high_bit": ("x ? 31 - __clz(x) : 99", lambda x: x.bit_length() - 1 if x else 99),
    "dot_bytes": ("__dp4a(x, 0x01020304u, 7u)", lambda x: 7 + sum((x >> 8 * i & 255) * (4 - i) for i in range(4))),
    "inline_ptx": ("([](unsigned v) { unsigned r; asm(\"bfe.u32 %0, %1, 4, 12;\" : \"=r\"(r) : \"r\"(v)); return r; })(x)", lambda x: x >> 4 & 4095),
}


def word(x):
    return x & 0xffffffff


def crc_step(c):
    for _ in range(8):
        c = (c & 1) * 0xedb88320 ^ c >> 1
    return c


def murmur(h):
    h = word((h ^ h >> 16) * 0x85ebca6b)
    h = word((h ^ h >> 13) * 0xc2b2ae35)
    return h ^ h >> 16


def wang(s):
    s = word((s ^ 61 ^ s >> 16) * 9)
    s = word((s ^ s >> 4) * 0x27d4eb2d)
    return s ^ s >> 15


def xorshift(s):
    s = word(s ^ s << 13)
    s ^= s >> 17
    return word(s ^ s << 5)


CASES = [K(f"bits_{name}", f"""
extern "C" __global__ void bits_{name}(unsigned *out, const unsigned *in, int n) {{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {{ unsigned x = in[i]; out[i] = {text}; }}
}}""", lambda r: [np.zeros(100, u4), np.r_[[0, 1, 2, 0x7fffffff, 0x80000000], r.integers(0, 2**32, 95)].astype(u4) >> (name == "next_power"), 100],
           lambda o, x, n, want=want: np.array([word(want(int(v))) for v in x], u4), grid=2) for name, (text, want) in BITS.items()]

WARPS = {  # (int from lane value v and lane, NumPy of the 32 values)
    "sum": ("for (int d = 16; d; d /= 2) v += __shfl_down_sync(~0u, v, d); v = __shfl_sync(~0u, v, 0);", lambda x: np.full(32, x.sum())),
    "butterfly_max": ("for (int d = 1; d < 32; d *= 2) v = max(v, __shfl_xor_sync(~0u, v, d));", lambda x: np.full(32, x.max())),
    "rotate": ("v = __shfl_sync(~0u, v, (lane + 5) % 32);", lambda x: np.roll(x, -5)),
    "broadcast_half": ("v = __shfl_sync(~0u, v, 3, 16);", lambda x: np.repeat(x[[3, 19]], 16)),
    "ballot": ("v = __ballot_sync(~0u, v & 1);", lambda x: np.full(32, sum(1 << i for i in range(32) if x[i] & 1)).astype(u4).view(i4)),
    "any_all": ("v = __any_sync(~0u, v == 7) * 2 + __all_sync(~0u, v < 1000);", lambda x: np.full(32, 2 * (x == 7).any() + 1)),
    "match": ("v = __popc(__match_any_sync(~0u, v % 4));", lambda x: np.array([(x % 4 == y % 4).sum() for y in x])),
    "reduce_add": ("v = __reduce_add_sync(~0u, v);", lambda x: np.full(32, x.sum())),
    "segmented_halves": ("for (int d = 8; d; d /= 2) v += __shfl_down_sync(~0u, v, d, 16); v = __shfl_sync(~0u, v, 0, 16);",
                         lambda x: np.repeat(x.reshape(2, 16).sum(1), 16)),
    "leader": ("unsigned m = __ballot_sync(~0u, v > 40); int leader = __ffs(m) - 1; v = leader < 0 ? -1 : __shfl_sync(~0u, v, leader);",
               lambda x: np.full(32, x[x > 40][0] if (x > 40).any() else -1)),
    "prefix_count": ("v = __popc(__ballot_sync(~0u, v & 1) & ((1u << lane) - 1));", lambda x: np.cumsum(x & 1) - (x & 1)),
    "bitonic": ("for (int k = 2; k <= 32; k *= 2) for (int j = k / 2; j; j /= 2) { int o = __shfl_xor_sync(~0u, v, j); "
                "bool up = (lane & k) == 0, low = (lane & j) == 0; v = up == low ? min(v, o) : max(v, o); }", np.sort),
    "neighbours": ("int l = __shfl_up_sync(~0u, v, 1), r = __shfl_down_sync(~0u, v, 1); v = (lane ? l : 0) + (lane < 31 ? r : 0);",
                   lambda x: np.r_[0, x[:-1]] + np.r_[x[1:], 0]),
}
CASES += [K(f"warp_{name}", f"""
extern "C" __global__ void warp_{name}(int *out, const int *in) {{
    int i = blockIdx.x * blockDim.x + threadIdx.x, v = in[i];
    const int lane = threadIdx.x & 31; (void)lane;
    {text}
    out[i] = v;
}}""", lambda r: [np.zeros(96, i4), r.integers(0, 60, 96).astype(i4)], lambda o, x, want=want: np.concatenate([want(p) for p in x.reshape(3, 32)]),
            grid=3, block=32) for name, (text, want) in WARPS.items()]

TEXT = b"the quick brown fox jumps over the lazy dog; the end of the story. " * 3
CASES += expand("gather", "extern \"C\" __global__ void NAME(TYPE *out, const TYPE *in, const int *index, int n) {\n"
                "    const int i = blockDim.x * blockIdx.x + threadIdx.x;\n    if (i >= n) return;\n    out[i] = __ldg(&in[index[i]]);\n}",
                NUMBERS, lambda name, source, dtype: K(
                    name, source, lambda r: [np.zeros(90, dtype), np.arange(50).astype(dtype), r.integers(0, 50, 90).astype(i4), 90],
                    lambda o, x, i, n: x[i], grid=2))
CASES += [
    K("crc32", """
extern "C" __global__ void crc32(unsigned *out, const unsigned char *data, int each, int n) {
    __shared__ unsigned table[256];
    for (unsigned i = threadIdx.x; i < 256; i += blockDim.x) {
        unsigned c = i;
        for (int k = 0; k < 8; k++) c = c & 1 ? 0xedb88320u ^ c >> 1 : c >> 1;
        table[i] = c;
    }
    __syncthreads();
    int t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t >= n) return;
    unsigned c = 0xffffffffu;
    for (int i = 0; i < each; i++) c = table[(c ^ data[t * each + i]) & 255] ^ c >> 8;
    out[t] = ~c;
}""", lambda r: [np.zeros(20, u4), r.integers(0, 256, (20, 11)).astype(u1), 11, 20], lambda o, d, e, n: [zlib.crc32(row.tobytes()) for row in d]),
    K("adler32", """
extern "C" __global__ void adler32(unsigned *out, const unsigned char *data, int each) {
    unsigned a = 1, b = 0;
    for (int i = 0; i < each; i++) { a = (a + data[threadIdx.x * each + i]) % 65521; b = (b + a) % 65521; }
    out[threadIdx.x] = b << 16 | a;
}""", lambda r: [np.zeros(8, u4), r.integers(0, 256, (8, 30)).astype(u1), 30], lambda o, d, e: [zlib.adler32(row.tobytes()) for row in d], block=8),
    K("fnv1a", """
typedef unsigned long long u64;
extern "C" __global__ void fnv1a(u64 *out, const char *s, const int *begin, int n) {
    int i = threadIdx.x;
    if (i >= n) return;
    u64 h = 14695981039346656037ull;
    for (const char *p = s + begin[i], *end = s + begin[i + 1]; p != end; ++p) h = (h ^ (unsigned char)*p) * 1099511628211ull;
    out[i] = h;
}""", lambda r: [np.zeros(4, np.uint64), np.frombuffer(TEXT, np.int8).copy(), np.array([0, 3, 9, 9, 20], i4), 4],
      lambda o, s, b, n: np.array([fnv(s.tobytes()[b[i]:b[i + 1]]) for i in range(n)], np.uint64)),
    K("sha256", """
#define ROR(x, n) __funnelshift_r(x, x, n)
__constant__ unsigned k[64] = {CONSTANTS};
extern "C" __global__ void sha256(unsigned *out, const unsigned *message) { // one block of 64 bytes, big endian words
    unsigned w[64], h[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}, s[8];
    for (int i = 0; i < 16; i++) w[i] = message[threadIdx.x * 16 + i];
    for (int i = 16; i < 64; i++) {
        unsigned a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + (ROR(a, 7) ^ ROR(a, 18) ^ a >> 3) + w[i - 7] + (ROR(b, 17) ^ ROR(b, 19) ^ b >> 10);
    }
    for (int i = 0; i < 8; i++) s[i] = h[i];
    for (int i = 0; i < 64; i++) {
        unsigned t1 = s[7] + (ROR(s[4], 6) ^ ROR(s[4], 11) ^ ROR(s[4], 25)) + (s[4] & s[5] ^ ~s[4] & s[6]) + k[i] + w[i];
        unsigned t2 = (ROR(s[0], 2) ^ ROR(s[0], 13) ^ ROR(s[0], 22)) + (s[0] & s[1] ^ s[0] & s[2] ^ s[1] & s[2]);
        for (int j = 7; j > 0; j--) s[j] = s[j - 1];
        s[4] += t1;
        s[0] = t1 + t2;
    }
    for (int i = 0; i < 8; i++) out[threadIdx.x * 8 + i] = h[i] + s[i];
}""".replace("CONSTANTS", ", ".join(f"{int(np.floor((np.longdouble(p) ** (np.longdouble(1) / 3) % 1) * 2**32)):#x}"
                                    for p in [p for p in range(2, 312) if all(p % d for d in range(2, p))][:64])),
      lambda r: [np.zeros((3, 8), u4), np.frombuffer(b"".join(sha_block(m) for m in (b"", b"abc", b"weft" * 13)), ">u4").astype(u4)],
      lambda o, m: np.stack([np.frombuffer(hashlib.sha256(x).digest(), ">u4") for x in (b"", b"abc", b"weft" * 13)]), block=3),
    K("xtea", """
extern "C" __global__ void xtea(uint2 *v, const uint4 *key, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    unsigned k[4] = {key->x, key->y, key->z, key->w}, a = v[i].x, b = v[i].y, sum = 0;
    for (int r = 0; r < 32; r++) {
        a += ((b << 4 ^ b >> 5) + b) ^ (sum + k[sum & 3]);
        sum += 0x9e3779b9u;
        b += ((a << 4 ^ a >> 5) + a) ^ (sum + k[sum >> 11 & 3]);
    }
    v[i] = make_uint2(a, b);
}""", lambda r: [r.integers(0, 2**32, (30, 2)).astype(u4), r.integers(0, 2**32, 4).astype(u4), 30],
      lambda v, k, n: [xtea(int(a), int(b), [int(x) for x in k]) for a, b in v]),
    K("rc4_stream", """
extern "C" __global__ void rc4_stream(unsigned char *out, const unsigned char *key, int length, int n) {
    unsigned char s[256], i = 0, j = 0;
    for (int x = 0; x < 256; x++) s[x] = x;
    for (int x = 0; x < 256; x++) { j += s[x] + key[x % length]; unsigned char t = s[x]; s[x] = s[j]; s[j] = t; }
    j = 0;
    for (int x = 0; x < n; x++) { j += s[++i]; unsigned char t = s[i]; s[i] = s[j]; s[j] = t; out[x] = s[(unsigned char)(s[i] + s[j])]; }
}""", lambda r: [np.zeros(20, u1), np.frombuffer(b"secret", u1).copy(), 6, 20], lambda o, k, l, n: rc4(bytes(k), n), block=1),
    K("find_substring", """
__device__ bool same(const char *a, const char *b, int n) { while (n-- > 0) if (*a++ != *b++) return false; return true; }
extern "C" __global__ void find_substring(int *hit, const char *text, const char *word, int n, int m) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i <= n - m && same(text + i, word, m)) hit[i] = 1;
}""", lambda r: [np.zeros(len(TEXT), i4), np.frombuffer(TEXT, np.int8).copy(), np.frombuffer(b"the", np.int8).copy(), len(TEXT), 3],
      lambda h, t, w, n, m: [TEXT[i:i + 3] == b"the" for i in range(n)], grid=4),
    K("upper_case", """
extern "C" __global__ void upper_case(char *s, int n) {
    for (int i = threadIdx.x; i < n; i += blockDim.x) switch (s[i]) { case 'a': case 'e': case 'i': case 'o': case 'u': s[i] ^= ' '; break; case ' ': s[i] = '_'; default: ; }
}""", lambda r: [np.frombuffer(TEXT, np.int8).copy(), len(TEXT)],
      lambda s, n: np.frombuffer(TEXT.translate(bytes.maketrans(b"aeiou ", b"AEIOU_")), np.int8)),
    K("levenshtein", """
extern "C" __global__ void levenshtein(int *out, const char *a, const char *b, int n, int m) {
    __shared__ int d[3][32]; // anti-diagonals
    int j = threadIdx.x;
    for (int k = 0; k <= n + m; k++) {
        int i = k - j, *now = d[k % 3], *one = d[(k + 2) % 3], *two = d[(k + 1) % 3];
        if (i >= 0 && i <= n && j <= m)
            now[j] = i == 0 ? j : j == 0 ? i : min(min(one[j], one[j - 1]) + 1, two[j - 1] + (a[i - 1] != b[j - 1]));
        __syncthreads();
    }
    if (j == m) *out = d[(n + m) % 3][m];
}""", lambda r: [np.zeros(1, i4), np.frombuffer(b"kitten sitting", np.int8).copy(), np.frombuffer(b"sitting kitten on", np.int8).copy(), 14, 17],
      lambda o, a, b, n, m: [edit(bytes(a), bytes(b))], block=32),
    K("bfs_level", """
extern "C" __global__ void bfs_level(int *level, const int *row, const int *col, int n) {
    __shared__ bool more;
    for (int depth = 0;; depth++) {
        __syncthreads();
        if (threadIdx.x == 0) more = false;
        __syncthreads();
        for (int v = threadIdx.x; v < n; v += blockDim.x)
            if (level[v] == depth) for (int e = row[v]; e < row[v + 1]; e++) if (level[col[e]] < 0) { level[col[e]] = depth + 1; more = true; }
        __syncthreads();
        if (!more) break;
    }
}""", lambda r: (lambda g: [np.r_[0, np.full(39, -1)].astype(i4), *g, 40])(graph(r, 40)), lambda l, row, col, n: levels(row, col, n)),
    K("relax_edges", """
extern "C" __global__ void relax_edges(int *dist, const int3 *edge, int edges, int n) {
    for (int round = 0; round < n; round++) {
        for (int e = threadIdx.x; e < edges; e += blockDim.x) if (dist[edge[e].x] < 1000000) atomicMin(&dist[edge[e].y], dist[edge[e].x] + edge[e].z);
        __syncthreads();
    }
}""", lambda r: [np.r_[0, np.full(19, 1000000)].astype(i4), np.c_[r.integers(0, 20, (60, 2)), r.integers(1, 9, 60)].astype(i4), 60, 20],
      lambda d, e, m, n: shortest(e, n)),
    K("floyd_warshall", """
extern "C" __global__ void floyd_warshall(int *d, int n) {
    for (int k = 0; k < n; k++) {
        int i = threadIdx.y, j = threadIdx.x, through = d[i * n + k] + d[k * n + j];
        __syncthreads();
        if (through < d[i * n + j]) d[i * n + j] = through;
        __syncthreads();
    }
}""", lambda r: [(lambda a: np.where(np.eye(10, dtype=bool), 0, a).astype(i4))(r.integers(1, 50, (10, 10))), 10], lambda d, n: floyd(d), block=(10, 10)),
    K("label_components", """
extern "C" __global__ void label_components(int *label, const int2 *edge, int edges) {
    __shared__ int changed;
    do {
        __syncthreads();
        if (threadIdx.x == 0) changed = 0;
        __syncthreads();
        for (int e = threadIdx.x; e < edges; e += blockDim.x) {
            int a = label[edge[e].x], b = label[edge[e].y];
            if (a != b) { atomicMin(&label[edge[e].x], b); atomicMin(&label[edge[e].y], a); changed = 1; }
        }
        __syncthreads();
    } while (changed);
}""", lambda r: [np.arange(30, dtype=i4), r.integers(0, 30, (18, 2)).astype(i4), 18], lambda l, e, m: components(e, 30)),
    K("page_rank_step", """
extern "C" __global__ void page_rank_step(double *next, const double *rank, const int *row, const int *col, const int *degree, int n) {
    int v = blockIdx.x * blockDim.x + threadIdx.x;
    if (v >= n) return;
    double s = 0;
    for (int e = row[v]; e < row[v + 1]; e++) s += rank[col[e]] / max(degree[col[e]], 1);
    next[v] = 0.15 / n + 0.85 * s;
}""", lambda r: (lambda g: [np.zeros(40), r.random(40), *g, r.integers(1, 5, 40).astype(i4), 40])(graph(r, 40)),
      lambda o, x, row, col, d, n: [0.15 / n + 0.85 * sum(x[c] / d[c] for c in col[row[v]:row[v + 1]]) for v in range(n)], tol=1e-12),
    K("spmv_csr", """
template <class T, class I> __device__ void spmv(T *y, const I *row, const I *col, const T *val, const T *x, I n) {
    for (I r = blockIdx.x * blockDim.x + threadIdx.x; r < n; r += gridDim.x * blockDim.x) {
        T sum{};
        for (I e = row[r]; e != row[r + 1]; ++e) sum += val[e] * x[col[e]];
        y[r] = sum;
    }
}
extern "C" __global__ void spmv_csr(double *y, const int *row, const int *col, const double *val, const double *x, int n) { spmv(y, row, col, val, x, n); }""",
      lambda r: (lambda g: [np.zeros(40), *g, r.random(len(g[1])), r.random(40), 40])(graph(r, 40)),
      lambda y, row, col, v, x, n: [v[row[i]:row[i + 1]] @ x[col[row[i]:row[i + 1]]] for i in range(n)], tol=1e-12),
    K("spmv_coo", """
extern "C" __global__ void spmv_coo(int *y, const int *row, const int *col, const int *val, const int *x, int n) {
    int e = blockIdx.x * blockDim.x + threadIdx.x;
    if (e < n) atomicAdd(y + row[e], val[e] * x[col[e]]);
}""", lambda r: [np.zeros(12, i4), *(r.integers(0, 12, 100).astype(i4) for _ in range(2)), r.integers(0, 9, 100).astype(i4), r.integers(0, 9, 12).astype(i4), 100],
      lambda y, a, b, v, x, n: np.bincount(a, v * x[b], 12), grid=2),
    K("spmv_ell", """
extern "C" __global__ void spmv_ell(float *y, const int *col, const float *val, const float *x, int n, int width) {
    int r = threadIdx.x;
    if (r >= n) return;
    float s = 0;
    for (int k = 0; k < width; k++) { int c = col[k * n + r]; if (c >= 0) s = fmaf(val[k * n + r], x[c], s); }
    y[r] = s;
}""", lambda r: [np.zeros(20, f4), r.integers(-1, 20, (4, 20)).astype(i4), r.integers(0, 9, (4, 20)).astype(f4), r.integers(0, 9, 20).astype(f4), 20, 4],
      lambda y, c, v, x, n, w: (np.where(c >= 0, v * x[c], 0)).sum(0)),
    K("hash_insert", """
extern "C" __global__ void hash_insert(int *found, unsigned *table, const unsigned *keys, int n, unsigned mask) {
    int i = threadIdx.x;
    if (i < n)
        for (unsigned slot = keys[i] * 2654435761u & mask;; slot = (slot + 1) & mask) {
            unsigned old = atomicCAS(&table[slot], 0u, keys[i]);
            if (old == 0 || old == keys[i]) break;
        }
    __syncthreads();
    if (i < n) {
        unsigned slot = keys[i] * 2654435761u & mask;
        while (table[slot] != keys[i]) slot = (slot + 1) & mask;
        found[i] = 1;
    }
}""", lambda r: [np.zeros(50, i4), np.zeros(128, u4), r.integers(1, 40, 50).astype(u4), 50, 127], lambda f, *a: np.ones(50)),
    K("knapsack", """
extern "C" __global__ void knapsack(int *best, const int *weight, const int *value, int items) {
    extern __shared__ int row[];
    int c = threadIdx.x;
    row[c] = 0;
    for (int i = 0; i < items; i++) {
        __syncthreads();
        int with = c >= weight[i] ? row[c - weight[i]] + value[i] : 0;
        __syncthreads();
        row[c] = max(row[c], with);
    }
    best[c] = row[c];
}""", lambda r: [np.zeros(64, i4), r.integers(3, 20, 9).astype(i4), r.integers(1, 30, 9).astype(i4), 9], lambda b, w, v, n: sack(w, v, 64), shared=256),
    K("n_queens", """
__device__ int place(int row, unsigned cols, unsigned left, unsigned right, int n) {
    if (row == n) return 1;
    int count = 0;
    for (unsigned free = ~(cols | left | right) & ((1u << n) - 1); free; free &= free - 1) {
        unsigned bit = free & (0u - free);
        count += place(row + 1, cols | bit, (left | bit) << 1, (right | bit) >> 1, n);
    }
    return count;
}
extern "C" __global__ void n_queens(int *total, int n) {
    unsigned bit = 1u << threadIdx.x;
    atomicAdd(total, place(1, bit, bit << 1, bit >> 1, n));
}""", lambda r: [np.zeros(1, i4), 6], lambda t, n: [4], block=6),
    K("collatz", """
extern "C" __global__ void collatz(int *steps, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    unsigned long long v = i + 1;
    int s = 0;
    while (v != 1) { v = v & 1 ? 3 * v + 1 : v >> 1; ++s; }
    steps[i] = s;
}""", lambda r: [np.zeros(100, i4), 100], lambda s, n: [hail(i + 1) for i in range(n)], grid=2),
    K("sieve", """
extern "C" __global__ void sieve(unsigned char *composite, int n) {
    for (int p = 2; p * p < n; p++) {
        if (!composite[p]) for (int m = p * p + threadIdx.x * p; m < n; m += blockDim.x * p) composite[m] = 1;
        __syncthreads();
    }
}""", lambda r: [np.zeros(200, u1), 200], lambda c, n: [i > 1 and any(i % d == 0 for d in range(2, i)) for i in range(n)]),
    K("modular_power", """
__device__ unsigned long long power(unsigned long long b, unsigned e, unsigned m) { return e == 0 ? 1 : power(b * b % m, e / 2, m) * (e & 1 ? b : 1) % m; }
extern "C" __global__ void modular_power(unsigned *out, const unsigned *b, const unsigned *e, unsigned m) { out[threadIdx.x] = power(b[threadIdx.x] % m, e[threadIdx.x], m); }""",
      lambda r: [np.zeros(20, u4), r.integers(0, 2**31, 20).astype(u4), r.integers(0, 1000, 20).astype(u4), 1000003],
      lambda o, b, e, m: [pow(int(x), int(y), m) for x, y in zip(b, e)], block=20),
    K("big_add", """
extern "C" __global__ void big_add(unsigned *r, const unsigned *a, const unsigned *b) { // 128 bits by a carry chain
    const unsigned *x = a + 4 * threadIdx.x, *y = b + 4 * threadIdx.x;
    unsigned z[4];
    asm("add.cc.u32 %0, %4, %8; addc.cc.u32 %1, %5, %9; addc.cc.u32 %2, %6, %10; addc.u32 %3, %7, %11;"
        : "=r"(z[0]), "=r"(z[1]), "=r"(z[2]), "=r"(z[3])
        : "r"(x[0]), "r"(x[1]), "r"(x[2]), "r"(x[3]), "r"(y[0]), "r"(y[1]), "r"(y[2]), "r"(y[3]));
    for (int i = 0; i < 4; i++) r[4 * threadIdx.x + i] = z[i];
}""", lambda r: [np.zeros((20, 4), u4), *(r.integers(0, 2**32, (20, 4)).astype(u4) | u4(0xfffffff0) for _ in range(2))],
      lambda o, a, b: [list(struct.unpack("4I", ((num(x) + num(y)) % 2**128).to_bytes(16, "little"))) for x, y in zip(a, b)], block=20),
    K("virtual_free_shapes", """
template <class Derived> struct shape { __device__ float twice() const { return 2 * static_cast<const Derived *>(this)->area(); } };
struct disc : shape<disc> { float r; __device__ explicit disc(float r) : r(r) {} __device__ float area() const { return 3.0f * r * r; } };
struct box : shape<box> { float w, h; __device__ box(float w, float h) : w(w), h(h) {} __device__ float area() const { return w * h; } };
template <class... S> __device__ float total(const S &...s) { return (s.twice() + ...); }
extern "C" __global__ void virtual_free_shapes(float *out) { float t = threadIdx.x; out[threadIdx.x] = total(disc(t), box(t, 2), box(1, 1)); }""",
      lambda r: [np.zeros(16, f4)], lambda o: 6 * np.arange(16) ** 2 + 4 * np.arange(16) + 2, block=16),
    K("expression_template", """
template <class L, class R> struct sum { const L &l; const R &r; __device__ float operator[](int i) const { return l[i] + r[i]; } };
template <class L> struct times { const L &l; float f; __device__ float operator[](int i) const { return l[i] * f; } };
struct vec {
    float *p;
    __device__ float operator[](int i) const { return p[i]; }
    template <class E> __device__ void assign(const E &e, int i) { p[i] = e[i]; }
};
template <class L, class R> __device__ sum<L, R> operator+(const L &l, const R &r) { return {l, r}; }
template <class L> __device__ times<L> operator*(const L &l, float f) { return {l, f}; }
extern "C" __global__ void expression_template(float *a, float *b, float *c) { vec x{a}, y{b}, z{c}; x.assign(x + y * 2.0f + z, threadIdx.x); }""",
      lambda r: [*(r.integers(0, 9, 64).astype(f4) for _ in range(3))], lambda a, b, c: a + 2 * b + c),
    K("small_matrix_class", """
template <typename T, int R, int C> struct mat {
    T m[R][C];
    template <int K> __device__ mat<T, R, K> operator*(const mat<T, C, K> &o) const {
        mat<T, R, K> r = {};
        for (int i = 0; i < R; i++) for (int j = 0; j < K; j++) for (int k = 0; k < C; k++) r.m[i][j] += m[i][k] * o.m[k][j];
        return r;
    }
    __device__ mat<T, C, R> transposed() const { mat<T, C, R> r; for (int i = 0; i < R; i++) for (int j = 0; j < C; j++) r.m[j][i] = m[i][j]; return r; }
};
extern "C" __global__ void small_matrix_class(mat<int, 2, 2> *out, const mat<int, 2, 3> *in) { out[threadIdx.x] = in[threadIdx.x] * in[threadIdx.x].transposed(); }""",
      lambda r: [np.zeros((10, 2, 2), i4), r.integers(0, 9, (10, 2, 3)).astype(i4)], lambda o, a: a @ a.transpose(0, 2, 1), block=10),
    K("state_machine", """
enum class state : unsigned char { idle, word, number };
extern "C" __global__ void state_machine(int *counts, const char *s, int n) {
    state now = state::idle;
    for (int i = 0; i <= n; i++) {
        char c = i < n ? s[i] : ' ';
        state next = c >= '0' && c <= '9' ? (now == state::word ? state::word : state::number) : (c >= 'a' && c <= 'z') ? state::word : state::idle;
        if (next == state::idle && now != state::idle) counts[static_cast<int>(now) - 1]++;
        now = next;
    }
}""", lambda r: [np.zeros(2, i4), np.frombuffer(b"ab 12 c3 77 x", np.int8).copy(), 13], lambda c, s, n: [3, 2], block=1),
    K("function_table", """
typedef float (*fn)(float);
__device__ float twice(float x) { return 2 * x; }
__device__ float square(float x) { return x * x; }
__device__ float negate(float x) { return -x; }
__device__ fn table[] = {twice, square, negate};
extern "C" __global__ void function_table(float *out, const int *which) { out[threadIdx.x] = table[which[threadIdx.x]](threadIdx.x); }""",
      lambda r: [np.zeros(32, f4), r.integers(0, 3, 32).astype(i4)],
      lambda o, w: np.choose(w, [2.0 * np.arange(32), np.arange(32.0) ** 2, -np.arange(32.0)]), block=32),
    K("union_punning", """
union word { float f; unsigned u; unsigned char b[4]; };
extern "C" __global__ void union_punning(unsigned *out, const float *in) { word w; w.f = in[threadIdx.x]; out[threadIdx.x] = w.u + w.b[3]; }""",
      lambda r: [np.zeros(32, u4), r.standard_normal(32).astype(f4)], lambda o, x: x.view(u4) + (x.view(u4) >> 24), block=32),
    K("half_dot", """
#include <cuda_fp16.h>
extern "C" __global__ void half_dot(float *out, const __half2 *a, const __half2 *b, int n) {
    float s = 0;
    for (int i = threadIdx.x; i < n; i += 32) { float2 x = __half22float2(a[i]), y = __half22float2(b[i]); s += x.x * y.x + x.y * y.y; }
    for (int d = 16; d; d /= 2) s += __shfl_xor_sync(~0u, s, d);
    if (threadIdx.x == 0) *out = s;
}""", lambda r: [np.zeros(1, f4), *(r.integers(0, 5, 100).astype(np.float16) for _ in range(2)), 50], lambda o, a, b, n: [a.astype(f4) @ b.astype(f4)], block=32),
    K("group_reduce", """
#include <cooperative_groups.h>
namespace cg = cooperative_groups;
template <unsigned N> __device__ int tile_sum(cg::thread_block_tile<N> g, int v) { for (int d = g.size() / 2; d; d /= 2) v += g.shfl_down(v, d); return g.shfl(v, 0); }
extern "C" __global__ void group_reduce(int *out, const int *in) {
    auto tile = cg::tiled_partition<8>(cg::this_thread_block());
    out[threadIdx.x] = tile_sum(tile, in[threadIdx.x]);
}""", lambda r: [np.zeros(64, i4), r.integers(0, 9, 64).astype(i4)], lambda o, x: np.repeat(x.reshape(8, 8).sum(1), 8)),
    K("double_atomic_cas", """
__device__ double atomic_add(double *p, double v) {
    unsigned long long *at = (unsigned long long *)p, old = *at, assumed;
    do { assumed = old; old = atomicCAS(at, assumed, __double_as_longlong(v + __longlong_as_double(assumed))); } while (assumed != old);
    return __longlong_as_double(old);
}
extern "C" __global__ void double_atomic_cas(double *sum, const double *x, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x; if (i < n) atomic_add(sum, x[i]); }""",
      lambda r: [np.zeros(1), r.integers(0, 99, 150).astype(f8), 150], lambda s, x, n: [x.sum()], grid=3),
    K("goto_cleanup", """
extern "C" __global__ void goto_cleanup(int *out, const int *in) {
    int v = in[threadIdx.x], r = -1;
    if (v < 0) goto done;
    for (r = 0; v > 1; v /= 2) if (++r > 10) goto done;
done:
    out[threadIdx.x] = r;
}""", lambda r: [np.zeros(32, i4), r.integers(-50, 5000, 32).astype(i4)],
      lambda o, x: [-1 if v < 0 else min(max(int(v).bit_length() - 1, 0), 11) for v in x], block=32),
]


def fnv(data):
    h = 14695981039346656037
    for b in data:
        h = (h ^ b) * 1099511628211 % 2**64
    return h


def sha_block(message):
    return message + b"\x80" + bytes(55 - len(message)) + struct.pack(">Q", 8 * len(message))


def xtea(a, b, k):
    s = 0
    for _ in range(32):
        a = word(a + ((word(b << 4) ^ b >> 5) + b ^ word(s + k[s & 3])))
        s = word(s + 0x9e3779b9)
        b = word(b + ((word(a << 4) ^ a >> 5) + a ^ word(s + k[s >> 11 & 3])))
    return a, b


def rc4(key, n):
    s, j, out = list(range(256)), 0, []
    for i in range(256):
        j = (j + s[i] + key[i % len(key)]) % 256
        s[i], s[j] = s[j], s[i]
    i = j = 0
    for _ in range(n):
        i = (i + 1) % 256
        j = (j + s[i]) % 256
        s[i], s[j] = s[j], s[i]
        out.append(s[(s[i] + s[j]) % 256])
    return out


def edit(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row, before = [i], row
        for j, y in enumerate(b, 1):
            row.append(min(row[-1] + 1, before[j] + 1, before[j - 1] + (x != y)))
    return row[-1]


def graph(r, n):
    counts = r.integers(0, 5, n)
    row = np.r_[0, np.cumsum(counts)].astype(i4)
    return row, r.integers(0, n, row[-1]).astype(i4)


def levels(row, col, n):
    level, queue = [0] + [-1] * (n - 1), [0]
    for v in queue:
        for c in col[row[v]:row[v + 1]]:
            if level[c] < 0:
                level[c] = level[v] + 1
                queue.append(c)
    return level


def shortest(edges, n):
    d = [0] + [1000000] * (n - 1)
    for _ in range(n):
        for a, b, w in edges.tolist():
            if d[a] < 1000000:
                d[b] = min(d[b], d[a] + w)
    return d


def floyd(d):
    d = d.copy()
    for k in range(len(d)):
        d = np.minimum(d, d[:, k:k + 1] + d[k])
    return d


def components(edges, n):
    label, changed = np.arange(n), True
    while changed:
        before = label.copy()
        for a, b in edges:
            label[a] = label[b] = min(label[a], label[b])
        changed = (label != before).any()
    return label


def sack(w, v, n):
    row = np.zeros(n, int)
    for x, y in zip(w, v):
        row = np.maximum(row, np.r_[np.zeros(x, int), row[:n - x] + y])
    return row


def hail(v):
    s = 0
    while v != 1:
        v, s = (3 * v + 1 if v & 1 else v // 2), s + 1
    return s


def num(words):
    return int.from_bytes(np.asarray(words, u4).tobytes(), "little")
