"""Kernels as engines and simulations have them: games' physics, databases, codecs, inference, solvers, in the C++ of such programs."""

import numpy as np
from table import K, f4, f8, i4, i8, u1, u4


def rodinia_srad(out, image, n, q0):
    p = image.reshape(n, n).astype(f8)
    up, down = np.vstack([p[:1], p[:-1]]), np.vstack([p[1:], p[-1:]])
    left, right = np.hstack([p[:, :1], p[:, :-1]]), np.hstack([p[:, 1:], p[:, -1:]])
    g2 = ((up - p) ** 2 + (down - p) ** 2 + (left - p) ** 2 + (right - p) ** 2) / p**2
    lap = (up + down + left + right - 4 * p) / p
    num = 0.5 * g2 - (1 / 16) * lap**2
    den = (num / (1 + 0.25 * lap) ** 2 - q0) / (q0 * (1 + q0))
    return np.clip(1 / (1 + den), 0, 1).ravel()


def sell_wanted(out, slices, columns, values, x, rows):
    y = np.zeros(rows)
    for s in range(rows // 32):
        width = (slices[s + 1] - slices[s]) // 32
        for k in range(width):
            for lane in range(32):
                at = slices[s] + k * 32 + lane
                if columns[at] >= 0:
                    y[s * 32 + lane] += values[at] * x[columns[at]]
    return y


def sell_args(r, rows=128):
    widths = r.integers(0, 7, rows // 32)
    slices = np.concatenate([[0], np.cumsum(widths * 32)]).astype(i4)
    columns = r.integers(-2, 100, slices[-1]).astype(i4)
    return [np.zeros(rows, f8), slices, columns, r.integers(-8, 9, slices[-1]).astype(f8), r.integers(-8, 9, 100).astype(f8), rows]


def merge_spmv_wanted(out, offsets, columns, values, x, rows, nnz):
    return np.array([sum(values[k] * x[columns[k]] for k in range(offsets[i], offsets[i + 1])) for i in range(rows)])


def merge_spmv_args(r, rows=97):
    lengths = r.integers(0, 12, rows)
    lengths[5] = 90
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(i4)
    nnz = int(offsets[-1])
    return [np.zeros(rows, f8), offsets, r.integers(0, 64, nnz).astype(i4), r.integers(-9, 9, nnz).astype(f8),
            r.integers(-9, 9, 64).astype(f8), rows, nnz]


def lz4_blocks(r, count=8):
    """Blocks in LZ4's format, written by a simple encoder, and what they hold."""
    packed, plain, places = bytearray(), bytearray(), [(0, 0)]
    for b in range(count):
        text = bytes(r.integers(97, 100, 40)) * int(r.integers(2, 12)) + bytes(r.integers(0, 256, 30, dtype=u1))
        at, anchor, seen = 0, 0, {}
        while at + 12 < len(text):
            key = text[at:at + 4]
            match = seen.get(key, -1)
            seen[key] = at
            if match < 0 or at - match > 65535:
                at += 1
                continue
            length = 4
            while at + length < len(text) - 5 and text[match + length] == text[at + length]:
                length += 1
            literals, extra = at - anchor, length - 4
            packed.append(min(literals, 15) << 4 | min(extra, 15))
            rest = literals - 15
            while rest >= 0:
                packed.append(min(rest, 255))
                rest -= 255 if rest >= 255 else rest + 1
            packed += text[anchor:at] + int(at - match).to_bytes(2, "little")
            rest = extra - 15
            while rest >= 0:
                packed.append(min(rest, 255))
                rest -= 255 if rest >= 255 else rest + 1
            at += length
            anchor = at
        literals = len(text) - anchor
        packed.append(min(literals, 15) << 4)
        rest = literals - 15
        while rest >= 0:
            packed.append(min(rest, 255))
            rest -= 255 if rest >= 255 else rest + 1
        packed += text[anchor:]
        plain += text
        places.append((len(packed), len(plain)))
    return np.frombuffer(bytes(packed), u1), np.frombuffer(bytes(plain), u1), np.array(places, i4)


def lz4_args(r):
    packed, plain, places = lz4_blocks(r)
    return [np.zeros(len(plain), u1), packed, places.ravel(), len(places) - 1]


def lz4_wanted(out, packed, places, count):
    text, places = bytearray(), places.reshape(-1, 2)
    for b in range(count):
        p, end, base = int(places[b, 0]), int(places[b + 1, 0]), len(text)
        while p < end:
            token = int(packed[p]); p += 1
            n = token >> 4
            if n == 15:
                while True:
                    more = int(packed[p]); p += 1; n += more
                    if more != 255: break
            text += bytes(packed[p:p + n]); p += n
            if p >= end: break
            offset = int(packed[p]) | int(packed[p + 1]) << 8; p += 2
            m = token & 15
            if m == 15:
                while True:
                    more = int(packed[p]); p += 1; m += more
                    if more != 255: break
            for _ in range(m + 4): text.append(text[-offset])
    return np.frombuffer(bytes(text), u1)


def ising_wanted(out, spins, random, n, beta):
    s = spins.reshape(n, n).copy()
    for colour in (0, 1):
        around = np.roll(s, 1, 0) + np.roll(s, -1, 0) + np.roll(s, 1, 1) + np.roll(s, -1, 1)
        flip = random.reshape(2, n, n)[colour] < np.exp(-2 * beta * (s * around).astype(f4)).astype(f4)
        where = (np.add.outer(np.arange(n), np.arange(n)) & 1) == colour
        s = np.where(where & flip, -s, s)
    return s.ravel()


def scan_mamba(out, x, delta, a, b, c, steps, states):
    y = np.zeros_like(x, dtype=f8).reshape(-1, steps)
    for d in range(y.shape[0]):
        h = np.zeros(states)
        for t in range(steps):
            dt = np.log1p(np.exp(f8(delta.reshape(-1, steps)[d, t])))
            h = np.exp(dt * a.reshape(-1, states)[d]) * h + dt * b.reshape(steps, states)[t] * x.reshape(-1, steps)[d, t]
            y[d, t] = h @ c.reshape(steps, states)[t]
    return y.ravel()


def paged_wanted(out, q, k_cache, v_cache, table, lengths, heads, blocks, scale):
    dim, size = 32, 16
    q, kc, vc = q.reshape(-1, heads, dim), k_cache.reshape(-1, heads, size, dim), v_cache.reshape(-1, heads, size, dim)
    table, y = table.reshape(len(lengths), blocks), np.zeros((len(lengths), heads, dim))
    for s, n in enumerate(lengths):
        for h in range(heads):
            k = np.array([kc[table[s, t // size], h, t % size] for t in range(n)], f8)
            v = np.array([vc[table[s, t // size], h, t % size] for t in range(n)], f8)
            p = k @ q[s, h] * scale
            p = np.exp(p - p.max())
            y[s, h] = p @ v / p.sum()
    return y.ravel()


def kd_tree(points):
    """The points in the order of a left-balanced tree: the node's, then its halves'."""
    nodes = np.full((len(points) * 4, 3), np.inf, f4)
    def build(at, which, axis):
        if not len(which): return
        which = which[np.argsort(points[which, axis], kind="stable")]
        m = len(which) // 2
        nodes[at] = points[which[m]]
        build(2 * at + 1, which[:m], (axis + 1) % 3)
        build(2 * at + 2, which[m + 1:], (axis + 1) % 3)
    build(0, np.arange(len(points)), 0)
    return nodes


def kd_args(r):
    points = r.random((60, 3)).astype(f4)
    return [np.zeros(64, f4), kd_tree(points).ravel(), r.random((64, 3)).astype(f4).ravel(), 240]


def kd_wanted(out, nodes, queries, n):
    points = nodes.reshape(-1, 3)
    points = points[np.isfinite(points[:, 0])].astype(f8)
    return np.sort(((queries.reshape(-1, 1, 3) - points) ** 2).sum(2), 1)[:, 2]


def tinymt(seed, n):
    M = 0xffffffff
    s = [seed, 0x8f7011ee, 0xfc78ff1f, 0x3793fdff]
    for i in range(1, 8):
        s[i & 3] ^= (i + 1812433253 * (s[(i - 1) & 3] ^ s[(i - 1) & 3] >> 30)) & M
    def step():
        y, x = s[3], (s[0] & 0x7fffffff) ^ s[1] ^ s[2]
        x ^= x << 1 & M
        y ^= y >> 1 ^ x
        s[0], s[1], s[2], s[3] = s[1], s[2], x ^ (y << 10 & M), y
        if y & 1: s[1] ^= 0x8f7011ee; s[2] ^= 0xfc78ff1f
    for _ in range(8): step()
    got = []
    for _ in range(n):
        step()
        t0, t1 = s[3], (s[0] + (s[2] >> 8)) & M
        t0 ^= t1
        got.append(t0 ^ 0x3793fdff if t1 & 1 else t0)
    return got


def ripemd_of(data):
    """RIPEMD-160, by the description of its two lines of rounds."""
    M = 0xffffffff
    rol = lambda x, n: (x << n | x >> (32 - n)) & M
    rho = [7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8]
    left, pi = [list(range(16))], [(9 * i + 5) % 16 for i in range(16)]
    right = [pi]
    for _ in range(4):
        left.append([rho[i] for i in left[-1]])
        right.append([rho[i] for i in right[-1]])
    shifts = [[11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8], [12, 13, 11, 15, 6, 9, 9, 7, 12, 15, 11, 13, 7, 8, 7, 7],
              [13, 15, 14, 11, 7, 7, 6, 8, 13, 14, 13, 12, 5, 5, 6, 9], [14, 11, 12, 14, 8, 6, 5, 5, 15, 12, 15, 14, 9, 9, 8, 6],
              [15, 12, 13, 13, 9, 5, 8, 6, 14, 11, 12, 11, 8, 6, 5, 5]]
    k, kk = [0, 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xa953fd4e], [0x50a28be6, 0x5c4dd124, 0x6d703ef3, 0x7a6d76e9, 0]
    f = [lambda x, y, z: x ^ y ^ z, lambda x, y, z: x & y | ~x & M & z, lambda x, y, z: (x | ~y & M) ^ z, lambda x, y, z: x & z | y & ~z & M,
         lambda x, y, z: x ^ (y | ~z & M)]
    h = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]
    x = [int.from_bytes(data[4 * i:4 * i + 4], "little") for i in range(16)]
    lines = []
    for line, (order, add, g) in enumerate([(left, k, f), (right, kk, f[::-1])]):
        a, b, c, d, e = h
        for rnd in range(5):
            for j in range(16):
                w = order[rnd][j]
                t = (rol((a + g[rnd](b, c, d) + x[w] + add[rnd]) & M, shifts[rnd][w]) + e) & M
                a, b, c, d, e = e, t, b, rol(c, 10), d
        lines.append((a, b, c, d, e))
    p, q = lines
    return [(h[(i + 1) % 5] + p[(i + 2) % 5] + q[(i + 3) % 5]) & M for i in range(5)]


def voxel_wanted(out, grid, from_, to, n):
    g, hits = grid.reshape(n, n, n), []
    for a, b in zip(from_.reshape(-1, 3).astype(f8), to.reshape(-1, 3).astype(f8)):
        d = b - a
        cell, end = np.floor(a).astype(int), np.floor(b).astype(int)
        step = np.where(d > 0, 1, -1)
        with np.errstate(divide="ignore"):
            delta = np.abs(1 / d)
            t = np.where(d > 0, cell + 1 - a, a - cell) * delta
        total = 0
        for _ in range(3 * n):
            total += int(g[tuple(cell)])
            if (cell == end).all(): break
            k = int(np.argmin(t))
            cell[k] += step[k]
            t[k] += delta[k]
            if not ((cell >= 0) & (cell < n)).all(): break
        hits.append(total)
    return np.array(hits)


def dfa_wanted(out, text, table, n, length):
    table, text = table.reshape(-1, 256), text.reshape(n, length)
    got = []
    for line in text:
        s = hits = 0
        for c in line:
            s = table[s, c]
            hits += s == 3
        got.append(hits)
    return np.array(got)


def dfa_args(r):
    table = np.zeros((4, 256), i4)  # finds "aba"
    table[0, 97] = table[1, 97] = 1
    table[1, 98] = 2
    table[2, 97] = 3
    table[3, 98], table[3, 97] = 2, 1
    return [np.zeros(64, i4), r.integers(97, 99, 64 * 50).astype(u1), table.ravel(), 64, 50]


def nf4_wanted(out, packed, absmax, code, block):
    q = np.stack([packed >> 4, packed & 15], 1).ravel()
    return code[q] * np.repeat(absmax, block)


def bilinear(image, y, x):
    h, w = image.shape
    y0, x0 = np.floor(y).astype(int), np.floor(x).astype(int)
    total = 0
    for dy in (0, 1):
        for dx in (0, 1):
            yy, xx = y0 + dy, x0 + dx
            weight = (1 - np.abs(y - yy)) * (1 - np.abs(x - xx))
            inside = (yy >= 0) & (yy < h) & (xx >= 0) & (xx < w)
            total = total + np.where(inside, image[yy.clip(0, h - 1), xx.clip(0, w - 1)] * weight, 0)
    return total


def viterbi(out, emit, trans, start, n, steps):
    t, best = trans.reshape(n, n), start.copy()
    back = []
    for k in range(steps):
        score = best[:, None] + t
        back.append(score.argmax(0))
        best = score.max(0) + emit.reshape(steps, n)[k]
    path = [int(best.argmax())]
    for b in back[::-1]: path.append(int(b[path[-1]]))
    return np.array(path[::-1])


def sgm_wanted(out, left, right, h, w, most):
    def census(im):
        p = np.pad(im.reshape(h, w).astype(int), 2, mode="edge")
        bits = np.zeros((h, w), u4)
        for dy in range(5):
            for dx in range(5):
                if (dy, dx) != (2, 2): bits = bits << u4(1) | (p[dy:dy + h, dx:dx + w] < p[2:2 + h, 2:2 + w]).astype(u4)
        return bits
    a, b = census(left), census(right)
    cost = np.full((most, h, w), 99)
    for d in range(most):
        cost[d, :, d:] = np.vectorize(lambda v: bin(v).count("1"))(a[:, d:] ^ b[:, :w - d])
    return cost.argmin(0).ravel()


def cloth_wanted(out, now, before, n, rest, rounds):
    p, q = now.reshape(n, n, 3).astype(f8), before.reshape(n, n, 3).astype(f8)
    v = 2 * p - q
    v[..., 1] -= 0.01
    for _ in range(rounds):
        moved = np.zeros_like(v)
        for axis in (0, 1):
            for sign in (1, -1):
                other = np.roll(v, -sign, axis)
                d = other - v
                length = np.sqrt((d**2).sum(-1, keepdims=True))
                push = d * (1 - rest / length) * 0.25
                edge = [slice(None)] * 2
                edge[axis] = -1 if sign == 1 else 0
                push[tuple(edge)] = 0
                moved += push
        moved[0] = 0
        v = v + moved
    return v.ravel()


CASES = [
    K("rodinia_srad", """
#define BLOCK_SIZE 16
extern "C" __global__ void rodinia_srad(float *C, const float *J, int cols, float q0sqr) {
    __shared__ float temp[BLOCK_SIZE][BLOCK_SIZE], result[BLOCK_SIZE][BLOCK_SIZE];
    int bx = blockIdx.x, by = blockIdx.y, tx = threadIdx.x, ty = threadIdx.y;
    int x = bx * BLOCK_SIZE + tx, y = by * BLOCK_SIZE + ty, index = y * cols + x;
    temp[ty][tx] = J[index];
    __syncthreads();
    float jc = temp[ty][tx];
    float n = ty > 0 ? temp[ty - 1][tx] : J[y > 0 ? index - cols : index];
    float s = ty < BLOCK_SIZE - 1 ? temp[ty + 1][tx] : J[y < cols - 1 ? index + cols : index];
    float w = tx > 0 ? temp[ty][tx - 1] : J[x > 0 ? index - 1 : index];
    float e = tx < BLOCK_SIZE - 1 ? temp[ty][tx + 1] : J[x < cols - 1 ? index + 1 : index];
    n -= jc; s -= jc; w -= jc; e -= jc;
    float g2 = (n * n + s * s + w * w + e * e) / (jc * jc), l = (n + s + w + e) / jc;
    float num = (0.5 * g2) - ((1.0 / 16.0) * (l * l)), den = 1 + (.25 * l), qsqr = num / (den * den);
    den = (qsqr - q0sqr) / (q0sqr * (1 + q0sqr));
    float c = 1.0 / (1.0 + den);
    result[ty][tx] = c < 0 ? 0 : c > 1 ? 1 : c;
    __syncthreads();
    C[index] = result[ty][tx];
}""", lambda r: [np.zeros(32 * 32, f4), (r.random(32 * 32) + 1).astype(f4), 32, 0.05], rodinia_srad, grid=(2, 2), block=(16, 16), tol=1e-4),
    K("rodinia_backprop", """
#define ETA 0.3
#define MOMENTUM 0.3
#define HEIGHT 16
#define WIDTH 16
extern "C" __global__ void rodinia_backprop(float *partial, const float *input, const float *weights, int in, int hid) {
    int by = blockIdx.y, tx = threadIdx.x, ty = threadIdx.y;
    int index = (hid + 1) * HEIGHT * by + (hid + 1) * ty + tx + 1 + (hid + 1);
    int index_in = HEIGHT * by + ty + 1;
    __shared__ float input_node[HEIGHT];
    __shared__ float weight_matrix[HEIGHT][WIDTH];
    if (tx == 0) input_node[ty] = input[index_in];
    __syncthreads();
    weight_matrix[ty][tx] = weights[index];
    __syncthreads();
    weight_matrix[ty][tx] = weight_matrix[ty][tx] * input_node[ty];
    __syncthreads();
    for (int i = 1; i <= __log2f(HEIGHT); i++) {
        int power_two = __powf(2, i);
        if (ty % power_two == 0) weight_matrix[ty][tx] = weight_matrix[ty][tx] + weight_matrix[ty + power_two / 2][tx];
        __syncthreads();
    }
    if (tx == 0) partial[by * hid + ty] = weight_matrix[tx][ty];
}""", lambda r: [np.zeros(4 * 16, f4), r.integers(0, 9, 65).astype(f4), r.integers(-9, 9, 65 * 17).astype(f4), 64, 16],
      lambda out, x, w, n, h: np.einsum("bi,bij->bj", x[1:].reshape(4, 16), w.reshape(65, 17)[1:, 1:].reshape(4, 16, 16)).ravel(),
      grid=(1, 4), block=(16, 16)),
    K("rodinia_gaussian", """
extern "C" __global__ void rodinia_gaussian(float *a, float *m, float *b, int size) {
    for (int t = 0; t < size - 1; t++) {
        if (threadIdx.y == 0 && threadIdx.x < size - 1 - t)
            m[size * (threadIdx.x + t + 1) + t] = a[size * (threadIdx.x + t + 1) + t] / a[size * t + t];
        __syncthreads();
        int xidx = threadIdx.x, yidx = threadIdx.y;
        if (xidx < size - 1 - t && yidx < size - t) {
            a[size * (xidx + 1 + t) + (yidx + t)] -= m[size * (xidx + 1 + t) + t] * a[size * t + (yidx + t)];
            if (yidx == 0) b[xidx + 1 + t] -= m[size * (xidx + 1 + t) + (yidx + t)] * b[t];
        }
        __syncthreads();
    }
}""", lambda r: [(r.random((12, 12)) + 12 * np.eye(12)).astype(f4).ravel(), np.zeros(144, f4), np.zeros(12, f4), 12],
      lambda a, m, b, n: upper(a, n), block=(16, 16), tol=1e-4),
    K("rodinia_lavamd", """
#define NUMBER_PAR_PER_BOX 32
typedef struct THREE_VECTOR { double x, y, z; } THREE_VECTOR;
typedef struct FOUR_VECTOR { double v, x, y, z; } FOUR_VECTOR;
typedef struct nei_str { int number; long offset; } nei_str;
typedef struct box_str { int number; long offset; int nn; nei_str nei[2]; } box_str;
#define DOT(A, B) ((A.x) * (B.x) + (A.y) * (B.y) + (A.z) * (B.z))
extern "C" __global__ void rodinia_lavamd(FOUR_VECTOR *d_fv, const FOUR_VECTOR *d_rv, const double *d_qv, double a2) {
    int bx = blockIdx.x, tx = threadIdx.x;
    box_str boxes[4];
    for (int i = 0; i < 4; i++) {
        boxes[i].offset = i * NUMBER_PAR_PER_BOX;
        boxes[i].nn = 0;
        if (i > 0) { boxes[i].nei[boxes[i].nn].number = i - 1; boxes[i].nei[boxes[i].nn].offset = boxes[i - 1].offset; boxes[i].nn++; }
        if (i < 3) { boxes[i].nei[boxes[i].nn].number = i + 1; boxes[i].nei[boxes[i].nn++].offset = (long)(i + 1) * NUMBER_PAR_PER_BOX; }
    }
    __shared__ FOUR_VECTOR rA_shared[NUMBER_PAR_PER_BOX], rB_shared[NUMBER_PAR_PER_BOX];
    __shared__ double qB_shared[NUMBER_PAR_PER_BOX];
    const FOUR_VECTOR *rA = &d_rv[boxes[bx].offset];
    FOUR_VECTOR *fA = &d_fv[boxes[bx].offset];
    rA_shared[tx] = rA[tx];
    __syncthreads();
    for (int k = 0; k < (1 + boxes[bx].nn); k++) {
        int pointer = k == 0 ? bx : boxes[bx].nei[k - 1].number;
        rB_shared[tx] = d_rv[boxes[pointer].offset + tx];
        qB_shared[tx] = d_qv[boxes[pointer].offset + tx];
        __syncthreads();
        for (int j = 0; j < NUMBER_PAR_PER_BOX; j++) {
            double r2 = rA_shared[tx].v + rB_shared[j].v - DOT(rA_shared[tx], rB_shared[j]);
            double vij = exp(-a2 * r2), fs = 2 * vij;
            THREE_VECTOR d = {rA_shared[tx].x - rB_shared[j].x, rA_shared[tx].y - rB_shared[j].y, rA_shared[tx].z - rB_shared[j].z};
            fA[tx].v += qB_shared[j] * vij;
            fA[tx].x += qB_shared[j] * (fs * d.x);
            fA[tx].y += qB_shared[j] * (fs * d.y);
            fA[tx].z += qB_shared[j] * (fs * d.z);
        }
        __syncthreads();
    }
}""", lambda r: [np.zeros(128 * 4, f8), r.random(128 * 4), r.random(128), 0.5], lambda out, p, q, a2: lava(p, q, a2),
      grid=4, block=32, tol=1e-12),
    K("rodinia_dwt53", """
namespace dwt_cuda {
template <class T, int SIZE_X, int SIZE_Y, int BOUNDARY> class TransformBuffer {
protected:
    enum { VERTICAL_STRIDE = BOUNDARY + (SIZE_X / 2) };
private:
    static const int SHM_BANKS = 16;
    static const int BUFFER_SIZE = VERTICAL_STRIDE * SIZE_Y;
    static const int PADDING = SHM_BANKS - ((BUFFER_SIZE + SHM_BANKS / 2) % SHM_BANKS);
    static const int ODD_OFFSET = BUFFER_SIZE + PADDING;
    T data[2 * BUFFER_SIZE + PADDING];
public:
    __device__ TransformBuffer() {}
    static __device__ int getColumnOffset(int columnIndex) {
        columnIndex += BOUNDARY;
        return columnIndex / 2 + (columnIndex & 1) * ODD_OFFSET;
    }
    __device__ T &operator[](const int index) { return data[index]; }
    template <typename FUNC> __device__ void forEachHorizontal(bool even, const FUNC &func) {
        int base = threadIdx.x + (even ? 0 : ODD_OFFSET), other = threadIdx.x + (even ? ODD_OFFSET : 0);
        func(data[other + (even ? 0 : 0)], data[base], data[other + (even ? 1 : 1)]);
    }
};
}
using namespace dwt_cuda;
struct Forward53Predict { __device__ void operator()(const int p, int &c, const int n) const { c -= (p + n) / 2; } };
extern "C" __global__ void rodinia_dwt53(int *out, const int *in, int n) {
    __shared__ int even[65], odd[65];
    typedef TransformBuffer<int, 64, 1, 2> Buffer;
    __shared__ Buffer buffer;
    int i = threadIdx.x, half = n / 2;
    buffer[Buffer::getColumnOffset(2 * i)] = in[2 * i];
    buffer[Buffer::getColumnOffset(2 * i + 1)] = in[2 * i + 1];
    __syncthreads();
    even[i] = buffer[Buffer::getColumnOffset(2 * i)];
    if (i == half - 1) even[half] = even[i];
    __syncthreads();
    odd[i] = buffer[Buffer::getColumnOffset(2 * i + 1)];
    Forward53Predict()(even[i], odd[i], even[i + 1]);
    __syncthreads();
    out[i] = even[i] + ((i ? odd[i - 1] : odd[0]) + odd[i] + 2) / 4;
    out[half + i] = odd[i];
}""", lambda r: [np.zeros(64, i4), r.integers(0, 256, 64).astype(i4), 64], lambda out, x, n: dwt53(x), block=32),
    K("sample_reduce7", """
template <class T> struct SharedMemory {
    __device__ inline operator T *() { extern __shared__ int __smem[]; return (T *)__smem; }
    __device__ inline operator const T *() const { extern __shared__ int __smem[]; return (T *)__smem; }
};
template <> struct SharedMemory<double> {
    __device__ inline operator double *() { extern __shared__ double __smem_d[]; return (double *)__smem_d; }
    __device__ inline operator const double *() const { extern __shared__ double __smem_d[]; return (double *)__smem_d; }
};
template <class T> __device__ __forceinline__ T warpReduceSum(unsigned int mask, T mySum) {
    for (int offset = warpSize / 2; offset > 0; offset /= 2) mySum += __shfl_down_sync(mask, mySum, offset);
    return mySum;
}
#if __CUDA_ARCH__ >= 800
template <> __device__ __forceinline__ int warpReduceSum<int>(unsigned int mask, int mySum) { return __reduce_add_sync(mask, mySum); }
#endif
template <typename T, unsigned int blockSize, bool nIsPow2>
__device__ void reduce7(const T *__restrict__ g_idata, T *__restrict__ g_odata, unsigned int n) {
    T *sdata = SharedMemory<T>();
    unsigned int tid = threadIdx.x, gridSize = blockSize * gridDim.x;
    unsigned int maskLength = (blockSize & 31);
    maskLength = (maskLength > 0) ? (32 - maskLength) : maskLength;
    const unsigned int mask = (0xffffffff) >> maskLength;
    T mySum = 0;
    if (nIsPow2) {
        unsigned int i = blockIdx.x * blockSize * 2 + threadIdx.x;
        gridSize = gridSize << 1;
        while (i < n) { mySum += g_idata[i]; if ((i + blockSize) < n) mySum += g_idata[i + blockSize]; i += gridSize; }
    } else {
        unsigned int i = blockIdx.x * blockSize + threadIdx.x;
        while (i < n) { mySum += g_idata[i]; i += gridSize; }
    }
    mySum = warpReduceSum<T>(mask, mySum);
    if ((tid % warpSize) == 0) sdata[tid / warpSize] = mySum;
    __syncthreads();
    const unsigned int shmem_extent = (blockSize / warpSize) > 0 ? (blockSize / warpSize) : 1;
    const unsigned int ballot_result = __ballot_sync(mask, tid < shmem_extent);
    if (tid < shmem_extent) { mySum = sdata[tid]; mySum = warpReduceSum<T>(ballot_result, mySum); }
    if (tid == 0) g_odata[blockIdx.x] = mySum;
}
extern "C" __global__ void sample_reduce7(double *out, const double *x, int *whole, const int *y, unsigned n) {
    reduce7<double, 128, false>(x, out, n);
    __syncthreads();
    reduce7<int, 128, true>(y, whole, n);
    if (threadIdx.x == 0) out[blockIdx.x] += whole[blockIdx.x];
}""", lambda r: [np.zeros(4, f8), r.integers(-99, 99, 3001).astype(f8), np.zeros(4, i4), r.integers(-99, 99, 3001).astype(i4), 3001],
      lambda out, x, w, y, n: reduce7(x, y), grid=4, block=128, shared=1024),
    K("sample_merge_ranks", """
template <unsigned sortDir> static inline __device__ unsigned int binarySearchInclusive(unsigned val, unsigned *data, unsigned L, unsigned stride) {
    if (L == 0) return 0;
    unsigned pos = 0;
    for (; stride > 0; stride >>= 1) {
        unsigned newPos = umin(pos + stride, L);
        if ((sortDir && (data[newPos - 1] <= val)) || (!sortDir && (data[newPos - 1] >= val))) pos = newPos;
    }
    return pos;
}
template <unsigned sortDir> static inline __device__ unsigned int binarySearchExclusive(unsigned val, unsigned *data, unsigned L, unsigned stride) {
    if (L == 0) return 0;
    unsigned pos = 0;
    for (; stride > 0; stride >>= 1) {
        unsigned newPos = umin(pos + stride, L);
        if ((sortDir && (data[newPos - 1] < val)) || (!sortDir && (data[newPos - 1] > val))) pos = newPos;
    }
    return pos;
}
template <unsigned sortDir> __device__ void mergeSortShared(unsigned *d_DstKey, unsigned *d_SrcKey, unsigned arrayLength) {
    __shared__ unsigned s_key[256];
    d_SrcKey += blockIdx.x * 256 + threadIdx.x;
    d_DstKey += blockIdx.x * 256 + threadIdx.x;
    s_key[threadIdx.x + 0] = d_SrcKey[0];
    s_key[threadIdx.x + 128] = d_SrcKey[128];
    for (unsigned stride = 1; stride < arrayLength; stride <<= 1) {
        unsigned lPos = threadIdx.x & (stride - 1);
        unsigned *baseKey = s_key + 2 * (threadIdx.x - lPos);
        __syncthreads();
        unsigned keyA = baseKey[lPos + 0], keyB = baseKey[lPos + stride];
        unsigned posA = binarySearchExclusive<sortDir>(keyA, baseKey + stride, stride, stride) + lPos;
        unsigned posB = binarySearchInclusive<sortDir>(keyB, baseKey + 0, stride, stride) + lPos;
        __syncthreads();
        baseKey[posA] = keyA;
        baseKey[posB] = keyB;
    }
    __syncthreads();
    d_DstKey[0] = s_key[threadIdx.x + 0];
    d_DstKey[128] = s_key[threadIdx.x + 128];
}
extern "C" __global__ void sample_merge_ranks(unsigned *out, unsigned *in) { mergeSortShared<1U>(out, in, 256); }
""", lambda r: [np.zeros(768, u4), r.integers(0, 1000, 768).astype(u4)], lambda out, x: np.sort(x.reshape(3, 256), 1).ravel(), grid=3, block=128),
    K("sample_shfl_integral", """
extern "C" __global__ void sample_shfl_integral(uint4 *integral_image, const uint4 *img) {
    __shared__ int sums[8];
    const int id = threadIdx.x, lane_id = id & 31, warp_id = id >> 5;
    uint4 data = img[(blockIdx.x * blockDim.x) + id];
    int result[16];
    #pragma unroll
    for (int k = 0; k < 4; k++) {
        unsigned w = reinterpret_cast<const unsigned *>(&data)[k];
        for (int b = 0; b < 4; b++) result[4 * k + b] = (w >> (8 * b)) & 0xff;
    }
    #pragma unroll
    for (int i = 1; i < 16; i++) result[i] += result[i - 1];
    int sum = result[15];
    #pragma unroll
    for (int i = 1; i < 32; i *= 2) {
        int n = __shfl_up_sync(0xffffffffu, sum, i, 32);
        if (lane_id >= i) {
            #pragma unroll
            for (int k = 0; k < 16; k++) result[k] += n;
            sum += n;
        }
    }
    if (lane_id == 31) sums[warp_id] = result[15];
    __syncthreads();
    int before = 0;
    for (int w = 0; w < warp_id; w++) before += sums[w];
    uint4 *o = integral_image + (blockIdx.x * blockDim.x + id) * 4;
    for (int k = 0; k < 4; k++) o[k] = make_uint4(result[4 * k] + before, result[4 * k + 1] + before, result[4 * k + 2] + before, result[4 * k + 3] + before);
}""", lambda r: [np.zeros(4 * 120 * 16, u4), r.integers(0, 256, 4 * 120 * 16).astype(u1)],
      lambda out, x: np.cumsum(x.reshape(4, -1), 1).ravel(), grid=4, block=120),
    K("sample_dxt1_bounds", """
inline __device__ __host__ float3 operator+(float3 a, float3 b) { return make_float3(a.x + b.x, a.y + b.y, a.z + b.z); }
inline __device__ __host__ float3 operator*(float s, float3 a) { return make_float3(a.x * s, a.y * s, a.z * s); }
inline __device__ void operator+=(float3 &a, const float3 &b) { a.x += b.x; a.y += b.y; a.z += b.z; }
inline __device__ float dot(float3 a, float3 b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
__device__ unsigned short to565(const float3 &v) {
    return (unsigned short)((__float2uint_rn(__saturatef(v.x) * 31) << 11) | (__float2uint_rn(__saturatef(v.y) * 63) << 5) | __float2uint_rn(__saturatef(v.z) * 31));
}
extern "C" __global__ void sample_dxt1_bounds(uint2 *out, const uchar4 *pixels) {
    __shared__ float3 colors[16];
    __shared__ float sums[2][3];
    const int t = threadIdx.x;
    uchar4 c = pixels[blockIdx.x * 16 + t];
    colors[t] = (1.0f / 255.0f) * make_float3(c.x, c.y, c.z);
    __syncwarp(0xffff);
    float3 low = colors[0], high = colors[0];
    for (const float3 &p : colors) {
        low = make_float3(fminf(low.x, p.x), fminf(low.y, p.y), fminf(low.z, p.z));
        high = make_float3(fmaxf(high.x, p.x), fmaxf(high.y, p.y), fmaxf(high.z, p.z));
    }
    unsigned a = to565(high), b = to565(low);
    float3 axis = high + (-1.0f * low);
    float length = dot(axis, axis), at = length > 0 ? dot(colors[t] + (-1.0f * low), axis) / length : 0;
    unsigned step = __float2uint_rn(at * 3);
    unsigned code = (unsigned)(0x2d >> (2 * (3 - step)) & 3) << (2 * t);
    for (int m = 1; m < 16; m <<= 1) code |= __shfl_xor_sync(0xffff, code, m, 16);
    if (t == 0) out[blockIdx.x] = make_uint2(a | b << 16, code);
}""", lambda r: [np.zeros(2 * 20, u4), r.integers(0, 256, 20 * 64).astype(u1)], lambda out, p: dxt1(p), grid=20, block=16),
    K("csr_merge_path", """
struct CoordinateT { int x, y; };
template <class A, class B> __device__ void MergePathSearch(int diagonal, A a, B b, int a_len, int b_len, CoordinateT &at) {
    int lo = max(diagonal - b_len, 0), hi = min(diagonal, a_len);
    while (lo < hi) {
        int pivot = (lo + hi) >> 1;
        if (a[pivot] <= b[diagonal - pivot - 1]) lo = pivot + 1;
        else hi = pivot;
    }
    at.x = min(lo, a_len);
    at.y = diagonal - lo;
}
struct CountingIterator { int base; __device__ int operator[](int i) const { return base + i; } };
extern "C" __global__ void csr_merge_path(double *y, const int *offsets, const int *columns, const double *values, const double *x, int rows, int nnz) {
    const int *row_end = offsets + 1;
    CountingIterator nz{0};
    int items = rows + nnz, threads = gridDim.x * blockDim.x, per = (items + threads - 1) / threads;
    int t = blockIdx.x * blockDim.x + threadIdx.x;
    CoordinateT from, to;
    MergePathSearch(min(per * t, items), row_end, nz, rows, nnz, from);
    MergePathSearch(min(per * t + per, items), row_end, nz, rows, nnz, to);
    double total = 0;
    for (; from.x < to.x; ++from.x) {
        for (; from.y < row_end[from.x]; ++from.y) total += values[from.y] * x[columns[from.y]];
        atomicAdd(&y[from.x], total);
        total = 0;
    }
    for (; from.y < to.y; ++from.y) total += values[from.y] * x[columns[from.y]];
    if (to.x < rows && total != 0) atomicAdd(&y[to.x], total);
}""", merge_spmv_args, merge_spmv_wanted, grid=2, block=32),
    K("sell_c_sigma", """
template <typename V, int C> __device__ __forceinline__ V slice_row(const int *__restrict__ slices, const int *__restrict__ col, const V *__restrict__ val, const V *__restrict__ x, int row) {
    const int s = row / C, lane = row % C, begin = __ldg(slices + s), width = (__ldg(slices + s + 1) - begin) / C;
    V acc{};
#pragma unroll 2
    for (int k = 0, at = begin + lane; k < width; ++k, at += C)
        if (const int c = __ldg(col + at); c >= 0) acc += __ldg(val + at) * __ldg(x + c);
    return acc;
}
extern "C" __global__ void __launch_bounds__(64) sell_c_sigma(double *y, const int *slices, const int *col, const double *val, const double *x, int rows) {
    for (int row = blockIdx.x * blockDim.x + threadIdx.x; row < rows; row += gridDim.x * blockDim.x) y[row] = slice_row<double, 32>(slices, col, val, x, row);
}""", sell_args, sell_wanted, grid=1),
    K("lz4_decode", """
struct Reader {
    const unsigned char *at, *end;
    __device__ bool more() const { return at < end; }
    __device__ unsigned byte() { return *at++; }
    __device__ unsigned length(unsigned n) {
        if (n == 15) { unsigned c; do { c = byte(); n += c; } while (c == 255); }
        return n;
    }
};
__device__ void copy_warp(unsigned char *to, const unsigned char *from, unsigned n, unsigned offset = ~0u) {
    unsigned lane = threadIdx.x & 31;
    for (unsigned i = lane; i < n; i += 32) to[i] = from[offset < n ? i % offset : i];
    __syncwarp();
}
extern "C" __global__ void lz4_decode(unsigned char *out, const unsigned char *in, const int2 *places, int blocks) {
    int b = blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32;
    if (b >= blocks) return;
    Reader r{in + places[b].x, in + places[b + 1].x};
    unsigned char *to = out + places[b].y;
    while (r.more()) {
        unsigned token = r.byte(), literals = r.length(token >> 4);
        copy_warp(to, r.at, literals);
        to += literals; r.at += literals;
        if (!r.more()) break;
        unsigned offset = r.byte(); offset |= r.byte() << 8;
        unsigned match = r.length(token & 15) + 4;
        copy_warp(to, to - offset, match, offset);
        to += match;
    }
}""", lz4_args, lz4_wanted, grid=4, block=64),
    K("ising_checkerboard", """
template <bool is_black> __device__ void update_lattice(signed char *lattice, const float *__restrict__ randvals, const float inv_temp, const int nx) {
    const int tid = blockDim.x * blockIdx.x + threadIdx.x;
    for (int at = tid; at < nx * nx; at += blockDim.x) {
        const int i = at / nx, j = at % nx;
        if (((i + j) & 1) != !is_black) continue;
        int ipp = i + 1 < nx ? i + 1 : 0, inn = i - 1 >= 0 ? i - 1 : nx - 1, jpp = j + 1 < nx ? j + 1 : 0, jnn = j - 1 >= 0 ? j - 1 : nx - 1;
        signed char nn_sum = lattice[inn * nx + j] + lattice[i * nx + jnn] + lattice[ipp * nx + j] + lattice[i * nx + jpp];
        signed char lij = lattice[i * nx + j];
        float acceptance_ratio = exp(-2.0f * inv_temp * nn_sum * lij);
        if (randvals[i * nx + j] < acceptance_ratio) lattice[i * nx + j] = -lij;
    }
}
extern "C" __global__ void ising_checkerboard(signed char *lattice, const signed char *start, const float *r, int nx, float inv_temp) {
    for (int i = threadIdx.x; i < nx * nx; i += blockDim.x) lattice[i] = start[i];
    __syncthreads();
    update_lattice<true>(lattice, r, inv_temp, nx);
    __syncthreads();
    update_lattice<false>(lattice, r + nx * nx, inv_temp, nx);
}""", lambda r: [np.zeros(1024, np.int8), (r.integers(0, 2, 1024) * 2 - 1).astype(np.int8), r.random(2048).astype(f4), 32, 0.44], ising_wanted, block=128),
    K("mamba_selective_scan", """
template <int N, bool kSoftplus> struct Traits { static constexpr int kStates = N; static constexpr bool kDeltaSoftplus = kSoftplus; using weight_t = float; };
struct SSMScanOp {
    __device__ __forceinline__ float2 operator()(const float2 &ab0, const float2 &ab1) const { return make_float2(ab1.x * ab0.x, ab1.x * ab0.y + ab1.y); }
};
template <typename Ktraits> __device__ void scan(float *y, const float *u, const float *delta, const float *A, const float *B, const float *C, int steps) {
    using weight_t = typename Ktraits::weight_t;
    constexpr int N = Ktraits::kStates;
    constexpr float kLog2e = M_LOG2E;
    const int d = blockIdx.x, t = threadIdx.x;
    float dt = delta[d * steps + t];
    if constexpr (Ktraits::kDeltaSoftplus) dt = dt <= 20.f ? log1pf(expf(dt)) : dt;
    float total = 0;
    __shared__ float2 warp_totals[8];
    #pragma unroll
    for (int state = 0; state < N; ++state) {
        weight_t a = A[d * N + state] * kLog2e;
        float2 x = make_float2(exp2f(dt * a), dt * u[d * steps + t] * B[t * N + state]);
        for (int offset = 1; offset < 32; offset *= 2) {
            float2 before = {__shfl_up_sync(~0u, x.x, offset), __shfl_up_sync(~0u, x.y, offset)};
            if ((t & 31) >= offset) x = SSMScanOp()(before, x);
        }
        if ((t & 31) == 31) warp_totals[t / 32] = x;
        __syncthreads();
        float2 prefix = make_float2(1.f, 0.f);
        for (int w = 0; w < t / 32; w++) prefix = SSMScanOp()(prefix, warp_totals[w]);
        total += SSMScanOp{}(prefix, x).y * C[t * N + state];
        __syncthreads();
    }
    y[d * steps + t] = total;
}
extern "C" __global__ void mamba_selective_scan(float *y, const float *u, const float *delta, const float *A, const float *B, const float *C, int steps, int states) {
    scan<Traits<4, true>>(y, u, delta, A, B, C, steps);
}""", lambda r: [np.zeros(3 * 96, f4), r.standard_normal(288).astype(f4), r.standard_normal(288).astype(f4), -r.random(12).astype(f4),
                 r.standard_normal(96 * 4).astype(f4), r.standard_normal(96 * 4).astype(f4), 96, 4], scan_mamba, grid=3, block=96, tol=2e-4),
    K("paged_attention_blocks", """
namespace vllm {
template <typename T, int N> struct Vec {};
template <> struct Vec<float, 4> { using Type = float4; };
inline __device__ float dot4(float4 a, float4 b) { return fmaf(a.x, b.x, fmaf(a.y, b.y, fmaf(a.z, b.z, a.w * b.w))); }
template <int NUM_WARPS> inline __device__ float block_sum(float *red_smem, float sum) {
    int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
#pragma unroll
    for (int mask = 16; mask >= 1; mask /= 2) sum += __shfl_xor_sync(uint32_t(-1), sum, mask);
    if (lane == 0) red_smem[warp] = sum;
    __syncthreads();
    if (lane < NUM_WARPS) sum = red_smem[lane];
#pragma unroll
    for (int mask = NUM_WARPS / 2; mask >= 1; mask /= 2) sum += __shfl_xor_sync(uint32_t(-1), sum, mask);
    return __shfl_sync(uint32_t(-1), sum, 0);
}
template <typename scalar_t, int HEAD_SIZE, int BLOCK_SIZE, int NUM_THREADS>
__device__ void paged_attention_kernel(scalar_t *__restrict__ out, const scalar_t *__restrict__ q, const scalar_t *__restrict__ k_cache, const scalar_t *__restrict__ v_cache,
                                       const int *__restrict__ block_tables, const int *__restrict__ seq_lens, int max_blocks, float scale) {
    constexpr int NUM_WARPS = NUM_THREADS / 32;
    using K_vec = typename Vec<scalar_t, 4>::Type;
    const int head = blockIdx.x, num_heads = gridDim.x, seq = blockIdx.y, seq_len = seq_lens[seq];
    const int *block_table = block_tables + seq * max_blocks;
    __shared__ __align__(16) scalar_t q_s[HEAD_SIZE];
    __shared__ float red_smem[2 * NUM_WARPS];
    extern __shared__ char shared_mem[];
    float *logits = reinterpret_cast<float *>(shared_mem);
    if (threadIdx.x < HEAD_SIZE) q_s[threadIdx.x] = q[(seq * num_heads + head) * HEAD_SIZE + threadIdx.x];
    __syncthreads();
    float qk_max = -FLT_MAX;
    for (int t = threadIdx.x; t < seq_len; t += NUM_THREADS) {
        const int64_t physical = static_cast<int64_t>(block_table[t / BLOCK_SIZE]);
        const scalar_t *k_ptr = k_cache + ((physical * num_heads + head) * BLOCK_SIZE + t % BLOCK_SIZE) * HEAD_SIZE;
        float qk = 0;
#pragma unroll
        for (int j = 0; j < HEAD_SIZE / 4; j++) qk += dot4(reinterpret_cast<const K_vec *>(q_s)[j], *reinterpret_cast<const K_vec *>(k_ptr + 4 * j));
        logits[t] = qk *= scale;
        qk_max = fmaxf(qk_max, qk);
    }
    for (int mask = 16; mask >= 1; mask /= 2) qk_max = fmaxf(qk_max, __shfl_xor_sync(uint32_t(-1), qk_max, mask));
    if (threadIdx.x % 32 == 0) red_smem[threadIdx.x / 32] = qk_max;
    __syncthreads();
    for (int w = 0; w < NUM_WARPS; w++) qk_max = fmaxf(qk_max, red_smem[w]);
    float exp_sum = 0.f;
    for (int i = threadIdx.x; i < seq_len; i += NUM_THREADS) { float val = __expf(logits[i] - qk_max); logits[i] = val; exp_sum += val; }
    exp_sum = block_sum<NUM_WARPS>(&red_smem[NUM_WARPS], exp_sum);
    const float inv_sum = __fdividef(1.f, exp_sum + 1e-6f);
    __syncthreads();
    if (threadIdx.x < HEAD_SIZE) {
        float acc = 0;
        for (int t = 0; t < seq_len; t++) {
            const scalar_t *v = v_cache + ((int64_t(block_table[t / BLOCK_SIZE]) * num_heads + head) * BLOCK_SIZE + t % BLOCK_SIZE) * HEAD_SIZE;
            acc += logits[t] * inv_sum * v[threadIdx.x];
        }
        out[(seq * num_heads + head) * HEAD_SIZE + threadIdx.x] = acc;
    }
}
}
extern "C" __global__ void paged_attention_blocks(float *out, const float *q, const float *k, const float *v, const int *tables, const int *lens, int heads, int max_blocks, float scale) {
    vllm::paged_attention_kernel<float, 32, 16, 64>(out, q, k, v, tables, lens, max_blocks, scale);
}""", lambda r: [np.zeros(3 * 2 * 32, f4), r.standard_normal(192).astype(f4), r.standard_normal(12 * 2 * 16 * 32).astype(f4),
                 r.standard_normal(12 * 2 * 16 * 32).astype(f4), r.permutation(12).astype(i4), np.array([5, 64, 33], i4), 2, 4, 0.176],
      paged_wanted, grid=(2, 3), block=64, shared=64 * 4, tol=1e-4),
    K("kd_tree_knn", """
struct HeapOf3 {
    float best[3] = {INFINITY, INFINITY, INFINITY};
    __device__ float worst() const { return best[2]; }
    __device__ void insert(float d) {
        if (d >= best[2]) return;
        best[2] = d;
        for (int i = 2; i > 0 && best[i] < best[i - 1]; i--) { float t = best[i]; best[i] = best[i - 1]; best[i - 1] = t; }
    }
};
__device__ inline float get_coord(const float3 &p, int d) { return d == 0 ? p.x : d == 1 ? p.y : p.z; }
template <class CandidateList> __device__ void traverse(CandidateList &result, const float3 query, const float3 *nodes, int n) {
    int stack[32], top = 0, prev = -1;
    (void)stack; (void)top;
    int curr = 0;
    while (true) { // without a stack: by where it came from
        const int parent = (curr + 1) / 2 - 1, child = 2 * curr + 1;
        const bool exists = curr < n && nodes[curr].x < INFINITY, from_child = prev >= child;
        if (!exists) { prev = curr; curr = parent; continue; }
        const float3 p = nodes[curr];
        if (!from_child) { float dx = p.x - query.x, dy = p.y - query.y, dz = p.z - query.z; result.insert(dx * dx + dy * dy + dz * dz); }
        const int depth = 31 - __clz(curr + 1), dim = depth % 3;
        const float signed_dist = get_coord(query, dim) - get_coord(p, dim);
        const int side = signed_dist > 0.f, close = child + side, far = child + 1 - side;
        int next = -1;
        if (prev == close) next = signed_dist * signed_dist < result.worst() ? far : parent;
        else if (prev == far) next = parent;
        else next = child < n ? close : parent;
        if (next == -1) return;
        prev = curr;
        curr = next;
    }
}
extern "C" __global__ void kd_tree_knn(float *out, const float3 *nodes, const float3 *queries, int n) {
    HeapOf3 result;
    traverse(result, queries[threadIdx.x], nodes, n);
    out[threadIdx.x] = result.worst();
}""", kd_args, kd_wanted, tol=1e-5),
    K("tinymt32_streams", """
#define TINYMT32_MASK 0x7fffffffU
struct TINYMT32_STATUS_T { uint32_t status[4]; uint32_t mat1, mat2, tmat; };
__device__ void tinymt32_next_state(TINYMT32_STATUS_T *tiny) {
    uint32_t x, y = tiny->status[3];
    x = (tiny->status[0] & TINYMT32_MASK) ^ tiny->status[1] ^ tiny->status[2];
    x ^= (x << 1);
    y ^= (y >> 1) ^ x;
    tiny->status[0] = tiny->status[1];
    tiny->status[1] = tiny->status[2];
    tiny->status[2] = x ^ (y << 10);
    tiny->status[3] = y;
    if (y & 1) { tiny->status[1] ^= tiny->mat1; tiny->status[2] ^= tiny->mat2; }
}
__device__ uint32_t tinymt32_temper(TINYMT32_STATUS_T *tiny) {
    uint32_t t0 = tiny->status[3], t1 = tiny->status[0] + (tiny->status[2] >> 8);
    t0 ^= t1;
    if (t1 & 1) t0 ^= tiny->tmat;
    return t0;
}
__device__ void tinymt32_init(TINYMT32_STATUS_T *tiny, uint32_t seed) {
    tiny->status[0] = seed; tiny->status[1] = tiny->mat1; tiny->status[2] = tiny->mat2; tiny->status[3] = tiny->tmat;
    for (int i = 1; i < 8; i++)
        tiny->status[i & 3] ^= i + UINT32_C(1812433253) * (tiny->status[(i - 1) & 3] ^ (tiny->status[(i - 1) & 3] >> 30));
    for (int i = 0; i < 8; i++) tinymt32_next_state(tiny);
}
extern "C" __global__ void tinymt32_streams(uint32_t *out, int n) {
    TINYMT32_STATUS_T tiny;
    tiny.mat1 = 0x8f7011ee; tiny.mat2 = 0xfc78ff1f; tiny.tmat = 0x3793fdff;
    tinymt32_init(&tiny, threadIdx.x + 1);
    for (int i = 0; i < n; i++) { tinymt32_next_state(&tiny); out[threadIdx.x * n + i] = tinymt32_temper(&tiny); }
}""", lambda r: [np.zeros(32 * 7, u4), 7], lambda out, n: np.array([tinymt(s + 1, n) for s in range(32)], u4).ravel(), block=32),
    K("ripemd160_single", """
#define ROL(x, n) (((x) << (n)) | ((x) >> (32 - (n))))
#define f1(x, y, z) (x ^ y ^ z)
#define f2(x, y, z) ((x & y) | (~x & z))
#define f3(x, y, z) ((x | ~y) ^ z)
#define f4(x, y, z) ((x & z) | (~z & y))
#define f5(x, y, z) (x ^ (y | ~z))
#define ROUND(a, b, c, d, e, f, x, r, k) { a += f + x + k; a = ROL(a, r) + e; c = ROL(c, 10); }
__constant__ unsigned char zl[80] = {0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,7,4,13,1,10,6,15,3,12,0,9,5,2,14,11,8,3,10,14,4,9,15,8,1,2,7,0,6,13,11,5,12,1,9,11,10,0,8,12,4,13,3,7,15,14,5,6,2,4,0,5,9,7,12,2,10,14,1,3,8,11,6,15,13};
__constant__ unsigned char zr[80] = {5,14,7,0,9,2,11,4,13,6,15,8,1,10,3,12,6,11,3,7,0,13,5,10,14,15,8,12,4,9,1,2,15,5,1,3,7,14,6,9,11,8,12,2,10,0,4,13,8,6,4,1,3,11,15,0,5,12,2,13,9,7,10,14,12,15,10,4,1,5,8,7,6,2,13,14,0,3,9,11};
__constant__ unsigned char sl[80] = {11,14,15,12,5,8,7,9,11,13,14,15,6,7,9,8,7,6,8,13,11,9,7,15,7,12,15,9,11,7,13,12,11,13,6,7,14,9,13,15,14,8,13,6,5,12,7,5,11,12,14,15,14,15,9,8,9,14,5,6,8,6,5,12,9,15,5,11,6,8,13,12,5,12,13,14,11,8,5,6};
__constant__ unsigned char sr[80] = {8,9,9,11,13,15,15,5,7,7,8,11,14,14,12,6,9,13,15,7,12,8,9,11,7,7,12,7,6,15,13,11,9,7,15,11,8,6,6,14,12,13,5,14,13,13,7,5,15,5,8,11,14,14,6,14,6,9,12,9,12,5,15,8,8,5,12,9,12,5,14,6,8,13,6,5,15,13,11,11};
__device__ __forceinline__ unsigned mix(int round, unsigned x, unsigned y, unsigned z) {
    switch (round) { case 0: return f1(x, y, z); case 1: return f2(x, y, z); case 2: return f3(x, y, z); case 3: return f4(x, y, z); }
    return f5(x, y, z);
}
extern "C" __global__ void ripemd160_single(unsigned *out, const unsigned *blocks) {
    const unsigned kl[] = {0, 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xa953fd4e}, kr[] = {0x50a28be6, 0x5c4dd124, 0x6d703ef3, 0x7a6d76e9, 0};
    unsigned s[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0}, w[16];
    for (int i = 0; i < 16; i++) w[i] = blocks[threadIdx.x * 16 + i];
    unsigned a[2][5];
    for (int line = 0; line < 2; line++) {
        auto &v = a[line];
        for (int i = 0; i < 5; i++) v[i] = s[i];
        #pragma unroll 5
        for (int j = 0; j < 80; j++) {
            int i0 = (80 - j) % 5, i1 = (i0 + 1) % 5, i2 = (i0 + 2) % 5, i3 = (i0 + 3) % 5, i4 = (i0 + 4) % 5;
            unsigned f = mix(line ? 4 - j / 16 : j / 16, v[i1], v[i2], v[i3]);
            ROUND(v[i0], v[i1], v[i2], v[i3], v[i4], f, w[line ? zr[j] : zl[j]], (line ? sr : sl)[j], (line ? kr : kl)[j / 16]);
        }
    }
    for (int i = 0; i < 5; i++) out[threadIdx.x * 5 + i] = s[(i + 1) % 5] + a[0][(i + 2) % 5] + a[1][(i + 3) % 5];
}""", lambda r: [np.zeros(16 * 5, u4), r.integers(0, 2**32, 16 * 16).astype(u4)],
      lambda out, b: np.array([ripemd_of(x.tobytes()) for x in b.reshape(16, 16)], u4).ravel(), block=16),
    K("voxel_traversal", """
struct Ray { float3 origin, direction; };
class DDA {
    int3 cell_, step_; float3 t_, delta_; int n_;
    __device__ static int sign(float x) { return x > 0 ? 1 : -1; }
    __device__ static float first(float p, float d) { return d > 0 ? floorf(p) + 1 - p : p - floorf(p); }
public:
    __device__ DDA(const Ray &r, int n)
        : cell_(make_int3(floorf(r.origin.x), floorf(r.origin.y), floorf(r.origin.z))), step_(make_int3(sign(r.direction.x), sign(r.direction.y), sign(r.direction.z))), n_(n) {
        delta_ = make_float3(fabsf(1 / r.direction.x), fabsf(1 / r.direction.y), fabsf(1 / r.direction.z));
        t_ = {first(r.origin.x, r.direction.x) * delta_.x, first(r.origin.y, r.direction.y) * delta_.y, first(r.origin.z, r.direction.z) * delta_.z};
    }
    __device__ int index() const { return (cell_.x * n_ + cell_.y) * n_ + cell_.z; }
    __device__ bool advance() {
        auto go = [this](int &c, int s, float &t, float d) -> bool { c += s; t += d; return c >= 0 && c < n_; };
        if (t_.x <= t_.y && t_.x <= t_.z) return go(cell_.x, step_.x, t_.x, delta_.x);
        if (t_.y <= t_.z) return go(cell_.y, step_.y, t_.y, delta_.y);
        return go(cell_.z, step_.z, t_.z, delta_.z);
    }
    __device__ bool at(int3 end) const { return cell_.x == end.x && cell_.y == end.y && cell_.z == end.z; }
};
extern "C" __global__ void voxel_traversal(int *out, const unsigned char *grid, const float3 *from, const float3 *to, int n) {
    int i = threadIdx.x;
    float3 a = from[i], b = to[i];
    DDA dda({a, make_float3(b.x - a.x, b.y - a.y, b.z - a.z)}, n);
    int3 end = make_int3(floorf(b.x), floorf(b.y), floorf(b.z));
    int total = 0;
    for (int k = 0; k < 3 * n; k++) {
        total += grid[dda.index()];
        if (dda.at(end) || !dda.advance()) break;
    }
    out[i] = total;
}""", lambda r: [np.zeros(64, i4), r.integers(0, 9, 512).astype(u1), (r.random(192) * 8).astype(f4), (r.random(192) * 8).astype(f4), 8], voxel_wanted),
    K("dfa_matching", """
extern "C" __global__ void dfa_matching(int *hits, const unsigned char *text, const int *table, int n, int length) {
    extern __shared__ short transitions[];
    for (int i = threadIdx.x; i < 4 * 256; i += blockDim.x) transitions[i] = static_cast<short>(table[i]);
    __syncthreads();
    const int line = blockIdx.x * blockDim.x + threadIdx.x;
    if (line >= n) return;
    register int state = 0;
    int count = 0;
    const uchar2 *p = reinterpret_cast<const uchar2 *>(text + line * length);
    for (int i = 0; i < length / 2; ++i, ++p) {
        count += (state = transitions[(state << 8) | p->x]) == 3;
        count += (state = transitions[(state << 8) | p->y]) == 3;
    }
    hits[line] = count;
}""", dfa_args, dfa_wanted, shared=2048),
    K("nf4_dequantize", """
template <typename T, int TILE_SIZE, int THREADS, int NUM_PER_TH> __device__ void kDequantizeBlockwise(const float *code, const unsigned char *A, const float *absmax, T *out, const int blocksize, const int n) {
    const int base_idx = blockIdx.x * TILE_SIZE;
    T vals[NUM_PER_TH * 2];
    unsigned char qvals[NUM_PER_TH];
    const int at = base_idx + threadIdx.x * NUM_PER_TH;
    for (unsigned j = 0; j < NUM_PER_TH; j++) qvals[j] = at + j < (n + 1) / 2 ? A[at + j] : (unsigned char)0;
    const float local_abs_max = __ldg(&absmax[(at * 2) / blocksize]);
#pragma unroll NUM_PER_TH
    for (int j = 0; j < NUM_PER_TH; j++) {
        vals[j * 2] = code[qvals[j] >> 4] * local_abs_max;
        vals[j * 2 + 1] = code[qvals[j] & 0x0F] * local_abs_max;
    }
    if (at * 2 < n)
        for (int j = 0; j < NUM_PER_TH * 2; j++) out[at * 2 + j] = vals[j];
}
template __device__ void kDequantizeBlockwise<float, 512, 64, 8>(const float *, const unsigned char *, const float *, float *, const int, const int);
extern "C" __global__ void nf4_dequantize(float *out, const unsigned char *A, const float *absmax, const float *code, int blocksize) {
    kDequantizeBlockwise<float, 512, 64, 8>(code, A, absmax, out, blocksize, 2048);
}""", lambda r: [np.zeros(2048, f4), r.integers(0, 256, 1024).astype(u1), r.random(32).astype(f4), np.linspace(-1, 1, 16).astype(f4), 64],
      nf4_wanted, grid=2),
    K("torch_grid_sample", """
namespace at { namespace native {
enum class GridSamplerPadding { Zeros, Border, Reflection };
template <typename scalar_t, int64_t N> struct TensorInfo { const scalar_t *data; int64_t sizes[N]; int64_t strides[N]; };
template <typename scalar_t> static __forceinline__ __device__ scalar_t grid_sampler_unnormalize(scalar_t coord, int size, bool align_corners) {
    if (align_corners) return ((coord + 1.f) / 2) * (size - 1);
    return ((coord + 1.f) * size - 1) / 2;
}
static __forceinline__ __device__ bool within_bounds_2d(int h, int w, int H, int W) { return h >= 0 && h < H && w >= 0 && w < W; }
template <typename scalar_t, typename index_t>
__device__ scalar_t sample(const TensorInfo<scalar_t, 2> &input, scalar_t x, scalar_t y, GridSamplerPadding padding) {
    index_t ix_nw = static_cast<index_t>(::floor(x)), iy_nw = static_cast<index_t>(::floor(y));
    index_t ix_se = ix_nw + 1, iy_se = iy_nw + 1;
    scalar_t nw = (ix_se - x) * (iy_se - y), ne = (x - ix_nw) * (iy_se - y), sw = (ix_se - x) * (y - iy_nw), se = (x - ix_nw) * (y - iy_nw);
    auto out_acc = static_cast<scalar_t>(0);
    auto add = [&](index_t h, index_t w, scalar_t weight) {
        if (within_bounds_2d(h, w, input.sizes[0], input.sizes[1])) out_acc += input.data[h * input.strides[0] + w * input.strides[1]] * weight;
    };
    add(iy_nw, ix_nw, nw); add(iy_nw, ix_se, ne); add(iy_se, ix_nw, sw); add(iy_se, ix_se, se);
    return padding == GridSamplerPadding::Zeros ? out_acc : static_cast<scalar_t>(NAN);
}
}}
extern "C" __global__ void torch_grid_sample(double *out, const double *image, const double2 *grid, int h, int w) {
    using namespace at::native;
    TensorInfo<double, 2> info{image, {h, w}, {w, 1}};
    double2 g = grid[threadIdx.x];
    double x = grid_sampler_unnormalize(g.x, w, false), y = grid_sampler_unnormalize(g.y, h, false);
    out[threadIdx.x] = sample<double, int>(info, x, y, GridSamplerPadding::Zeros);
}""", lambda r: [np.zeros(64, f8), r.random(15 * 20), r.random(128) * 2.6 - 1.3, 15, 20],
      lambda out, im, g, h, w: bilinear(im.reshape(h, w), ((g[1::2] + 1) * h - 1) / 2, ((g[::2] + 1) * w - 1) / 2), tol=1e-12),
    K("viterbi_decode", """
extern "C" __global__ void viterbi_decode(int *path, const double *emission, const double *transition, const double *start, int states, int steps) {
    __shared__ double score[2][32];
    __shared__ unsigned char from[64][32];
    const int s = threadIdx.x;
    score[0][s] = s < states ? start[s] : -1e300;
    __syncthreads();
    int cur = 0;
    for (int k = 0; k < steps; ++k, cur ^= 1) {
        if (s < states) {
            double best = -1e300; int arg = 0;
            for (int p = 0; p < states; ++p) {
                const double v = score[cur][p] + transition[p * states + s];
                if (v > best) best = v, arg = p;
            }
            score[cur ^ 1][s] = best + emission[k * states + s];
            from[k][s] = arg;
        }
        __syncthreads();
    }
    if (s) return;
    int at = 0;
    for (int p = 1; p < states; p++) if (score[cur][p] > score[cur][at]) at = p;
    path[steps] = at;
    for (int k = steps; k-- > 0;) path[k] = at = from[k][at];
}""", lambda r: [np.zeros(41, i4), -r.random(40 * 8), -r.random(64), -r.random(8), 8, 40], viterbi, block=32),
    K("stereo_census", """
template <int R> __device__ unsigned census(const unsigned char *im, int x, int y, int w, int h) {
    unsigned bits = 0; int centre = im[y * w + x];
    #pragma unroll
    for (int dy = -R; dy <= R; ++dy)
        #pragma unroll
        for (int dx = -R; dx <= R; ++dx) {
            if (!dx && !dy) continue;
            int xx = min(max(x + dx, 0), w - 1), yy = min(max(y + dy, 0), h - 1);
            bits = bits << 1 | (im[yy * w + xx] < centre);
        }
    return bits;
}
extern "C" __global__ void stereo_census(int *out, const unsigned char *left, const unsigned char *right, int h, int w, int most) {
    extern __shared__ unsigned row[];
    int x = threadIdx.x, y = blockIdx.x;
    row[x] = census<2>(right, x, y, w, h);
    unsigned mine = census<2>(left, x, y, w, h);
    __syncthreads();
    int best = 0, cost = 99;
    for (int d = 0; d < most && d <= x; d++)
        if (int c = __popc(mine ^ row[x - d]); c < cost) { cost = c; best = d; }
    out[y * w + x] = best;
}""", lambda r: [np.zeros(12 * 48, i4), r.integers(0, 256, 12 * 48).astype(u1), r.integers(0, 256, 12 * 48).astype(u1), 12, 48, 8], sgm_wanted,
      grid=12, block=48, shared=48 * 4),
    K("cloth_verlet", """
struct vec { float x, y, z;
    __device__ vec &operator+=(vec b) { x += b.x; y += b.y; z += b.z; return *this; }
    friend __device__ vec operator-(vec a, vec b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
    friend __device__ vec operator*(vec a, float s) { return {a.x * s, a.y * s, a.z * s}; }
    __device__ float length() const { return norm3df(x, y, z); }
};
static_assert(std::is_trivially_copyable<vec>::value, "");
__device__ inline float norm(vec v) { return sqrtf(v.x * v.x + v.y * v.y + v.z * v.z); }
extern "C" __global__ void cloth_verlet(vec *out, const vec *now, const vec *before, int n, float rest, int rounds) {
    extern __shared__ vec p[];
    const int x = threadIdx.x, y = threadIdx.y, i = y * n + x;
    vec v = now[i] * 2 - before[i];
    v.y -= 0.01f;
    p[i] = v;
    const int2 around[] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
    for (int k = 0; k < rounds; k++) {
        __syncthreads();
        vec moved{};
        for (auto [dx, dy] : around) {
            if (x + dx < 0 || x + dx >= n || y + dy < 0 || y + dy >= n) continue;
            vec d = p[i + dy * n + dx] - v;
            moved += d * ((1 - rest / norm(d)) * 0.25f);
        }
        __syncthreads();
        if (y) p[i] = v += moved;
    }
    out[i] = v;
}""", lambda r: [np.zeros(12 * 12 * 3, f4), *[(np.stack([*np.meshgrid(np.arange(12), np.arange(12)), np.zeros((12, 12))], 2) + r.random((12, 12, 3)) * 0.2)
                                                 .astype(f4).ravel() for _ in range(2)], 12, 1.0, 5], cloth_wanted, block=(12, 12), shared=12 * 12 * 12, tol=2e-3),
    K("cuckoo_table", """
constexpr unsigned kEmpty = 0xffffffffu;
struct Functor { unsigned a, b; __device__ unsigned operator()(unsigned k, unsigned n) const { return (unsigned)(((unsigned long long)a * k + b) % 4294967291ull) % n; } };
class CuckooTable {
    unsigned long long *slots; unsigned n; Functor h[3];
    static __device__ unsigned long long pack(unsigned k, unsigned v) { return (unsigned long long)k << 32 | v; }
public:
    __device__ CuckooTable(unsigned long long *slots, unsigned n) : slots(slots), n(n), h{{1103515245u, 12345u}, {134775813u, 1u}, {214013u, 2531011u}} {}
    __device__ bool insert(unsigned key, unsigned value) {
        auto item = pack(key, value);
        unsigned at = h[0](key, n);
        for (int tries = 0; tries < 200; tries++) {
            item = atomicExch(&slots[at], item);
            const unsigned k = unsigned(item >> 32);
            if (k == kEmpty) return true;
            const unsigned p[3] = {h[0](k, n), h[1](k, n), h[2](k, n)};
            at = at == p[0] ? p[1] : at == p[1] ? p[2] : p[0];
        }
        return false;
    }
    __device__ unsigned find(unsigned key) const {
        for (const auto &f : h) { auto item = slots[f(key, n)]; if (unsigned(item >> 32) == key) return unsigned(item); }
        return kEmpty;
    }
};
extern "C" __global__ void cuckoo_table(unsigned *out, unsigned long long *slots, const unsigned *keys, unsigned n) {
    CuckooTable t(slots, n);
    __shared__ int failed;
    if (!threadIdx.x) failed = 0;
    for (unsigned i = threadIdx.x; i < n; i += blockDim.x) slots[i] = ~0ull;
    __syncthreads();
    if (!t.insert(keys[threadIdx.x], threadIdx.x * 3)) atomicAdd(&failed, 1);
    __syncthreads();
    out[threadIdx.x] = t.find(keys[threadIdx.x]);
    out[128 + threadIdx.x] = t.find(keys[threadIdx.x] + 5000000) == kEmpty;
    if (!threadIdx.x) out[256] = failed;
}""", lambda r: [np.zeros(257, u4), np.zeros(400, np.uint64), r.permutation(1000000)[:128].astype(u4), 400],
      lambda out, s, k, n: np.concatenate([np.arange(128) * 3, np.ones(128), [0]]), block=128),
    K("robin_hood_table", """
template <typename Key, typename Value> struct alignas(8) slot_type { Key key; Value value; };
template <typename Key, typename Value, Key empty, class Hash> struct static_map {
    using slot = slot_type<Key, Value>;
    static_assert(sizeof(slot) == 8, "one word");
    unsigned long long *slots; int capacity; Hash hash{};
    union word { unsigned long long bits; slot s; };
    __device__ bool insert(Key k, Value v) {
        int at = hash(k) % capacity;
        for (;;) {
            word expected, desired;
            expected.s = {empty, Value{}};
            desired.s = {k, v};
            word old;
            old.bits = atomicCAS(slots + at, expected.bits, desired.bits);
            if (old.s.key == empty) return true;
            if (old.s.key == k) { atomicAdd(reinterpret_cast<int *>(slots + at) + 1, v); return false; }
            at = (at + 1) % capacity;
        }
    }
};
struct fmix { __device__ unsigned operator()(unsigned h) const { h ^= h >> 16; h *= 0x85ebca6b; h ^= h >> 13; h *= 0xc2b2ae35; return h ^ h >> 16; } };
extern "C" __global__ void robin_hood_table(unsigned *counts, unsigned long long *slots, const int *keys, int n) {
    static_map<int, int, -1, fmix> map{slots, 128};
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) map.insert(keys[i], 1);
    __syncthreads();
    if (threadIdx.x < 64) { // the slots' order differs from run to run
        unsigned total = 0;
        for (int s = 0; s < 128; s++) if (int(slots[s]) == int(threadIdx.x)) total = unsigned(slots[s] >> 32);
        counts[threadIdx.x] = total;
    }
}""", lambda r: [np.zeros(64, u4), np.full(128, 0xffffffff, np.uint64), r.integers(0, 64, 500).astype(i4), 500],
      lambda out, s, k, n: np.bincount(k, minlength=64), block=64),
]


def upper(a, n):
    a = a.reshape(n, n).astype(f8).copy()
    for t in range(n - 1):
        a[t + 1:, t:] -= (a[t + 1:, t] / a[t, t])[:, None] * a[t, t:]
    return a.ravel()


def lava(p, q, a2):
    p, out = p.reshape(4, 32, 4), np.zeros((4, 32, 4))
    for b in range(4):
        for o in [k for k in (b - 1, b, b + 1) if 0 <= k < 4]:
            a, c, w = p[b][:, None], p[o][None], q.reshape(4, 32)[o]
            r2 = a[..., 0] + c[..., 0] - (a[..., 1:] * c[..., 1:]).sum(-1)
            v = np.exp(-a2 * r2) * w
            out[b, :, 0] += v.sum(1)
            out[b, :, 1:] += (2 * v[..., None] * (a[..., 1:] - c[..., 1:])).sum(1)
    return out.ravel()


def toward_zero(a, b):
    return np.trunc(a / b).astype(int)


def dwt53(x):
    even, odd = x[::2].astype(int), x[1::2].astype(int)
    odd = odd - toward_zero(even + np.append(even[1:], even[-1]), 2)
    return np.concatenate([even + toward_zero(np.append(odd[:1], odd[:-1]) + odd + 2, 4), odd])


def reduce7(x, y):
    got = [x[np.arange(len(x)) // 128 % 4 == b].sum() + y[np.arange(len(y)) // 256 % 4 == b].sum() for b in range(4)]
    return np.array(got)


def dxt1(pixels):
    out = []
    for p in pixels.reshape(-1, 16, 4)[..., :3]:
        c = p.astype(f4) * (f4(1) / f4(255))
        low, high = c.min(0), c.max(0)
        to565 = lambda v: int(np.rint(v[0] * f4(31))) << 11 | int(np.rint(v[1] * f4(63))) << 5 | int(np.rint(v[2] * f4(31)))
        axis = high - low
        step = np.rint(((c - low).astype(f8) @ axis.astype(f8)) / (axis.astype(f8) ** 2).sum() * 3).astype(int)
        code = sum((0x2d >> 2 * (3 - int(s)) & 3) << 2 * t for t, s in enumerate(step))
        out += [to565(high) | to565(low) << 16, code]
    return np.array(out, u4)

