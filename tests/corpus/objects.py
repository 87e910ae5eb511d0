"""Classes that are told apart when the kernel runs, memory of kernels' own, numbers of four bits."""

import numpy as np
from table import K, f4, i4, u1

SCENE = r"""
struct Hit { float t; int what; };
class Hittable {
public:
    __device__ virtual bool hit(float ox, float oy, Hit &h) const = 0;
    __device__ virtual ~Hittable() {}
};
class Ball : public Hittable {
    float x, y, r;
    int id;
public:
    __device__ Ball(float x, float y, float r, int id) : x(x), y(y), r(r), id(id) {}
    __device__ bool hit(float ox, float oy, Hit &h) const override {
        float d = r * r - (ox - x) * (ox - x) - (oy - y) * (oy - y);
        if (d < 0 || d <= h.t) return false;
        h.t = d, h.what = id;
        return true;
    }
};
class Bar : public Hittable {
    float left, right;
public:
    __device__ Bar(float l, float r) : left(l), right(r) {}
    __device__ bool hit(float ox, float, Hit &h) const override {
        if (ox < left || ox > right || h.t > 2) return false;
        h.t = 2, h.what = 100;
        return true;
    }
};
class World : public Hittable {
    Hittable **list;
    int count;
public:
    __device__ World(Hittable **l, int n) : list(l), count(n) {}
    __device__ bool hit(float ox, float oy, Hit &h) const override {
        bool any = false;
        for (int i = 0; i < count; i++) any |= list[i]->hit(ox, oy, h);
        return any;
    }
    __device__ ~World() { for (int i = 0; i < count; i++) delete list[i]; delete[] list; }
};
extern "C" __global__ void virtual_scene(int *out, int w) {
    __shared__ Hittable *world;
    if (threadIdx.x == 0) {
        Hittable **list = new Hittable *[4];
        for (int i = 0; i < 3; i++) list[i] = new Ball(3.0f * i + 2, 2.0f * i + 1, 2.0f, i);
        list[3] = new Bar(4.0f, 5.0f);
        world = new World(list, 4);
    }
    __syncthreads();
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    Hit h = {0, -1};
    out[i] = world->hit(i % w, i / w, h) ? h.what : -1;
    __syncthreads();
    if (threadIdx.x == 0) delete world;
}
"""


def scene(out, w):
    i = np.arange(out.size)
    x, y = (i % w).astype(f4), (i // w).astype(f4)
    t, what = np.zeros(out.size, f4), np.full(out.size, -1)
    for k in range(3):
        d = f4(4) - (x - f4(3 * k + 2)) ** 2 - (y - f4(2 * k + 1)) ** 2
        better = (d >= 0) & (d > t)
        t, what = np.where(better, d, t), np.where(better, k, what)
    return np.where((x >= 4) & (x <= 5) & (t <= 2), 100, what)


TREE = r"""
struct Node {
    __device__ virtual int value(int x) const = 0;
    __device__ virtual int depth() const { return 1; }
    __device__ virtual ~Node() {}
};
struct Leaf : Node {
    int v;
    __device__ Leaf(int v) : v(v) {}
    __device__ int value(int x) const override { return v < 0 ? x : v; }
};
template <class Op> struct Two : Node {
    Node *a, *b;
    __device__ Two(Node *a, Node *b) : a(a), b(b) {}
    __device__ int value(int x) const override { return Op()(a->value(x), b->value(x)); }
    __device__ int depth() const override { return 1 + max(a->depth(), b->depth()); }
    __device__ ~Two() { delete a; delete b; }
};
struct Plus { __device__ int operator()(int a, int b) const { return a + b; } };
struct Times { __device__ int operator()(int a, int b) const { return a * b; } };
__device__ Node *parse(const char *&s) {
    char c = *s++;
    if (c == 'x') return new Leaf(-1);
    if (c >= '0' && c <= '9') return new Leaf(c - '0');
    Node *a = parse(s), *b = parse(s);
    return c == '+' ? (Node *)new Two<Plus>(a, b) : new Two<Times>(a, b);
}
extern "C" __global__ void expression_tree(int *out) {
    const char *text = "+*x*x3+2*x7"; // x*x*3 + (2 + x*7)
    Node *tree = parse(text);
    out[threadIdx.x] = tree->value(threadIdx.x) * 10 + tree->depth();
    delete tree;
}
"""

FP4 = r"""
#include <cuda_fp4.h>
extern "C" __global__ void blocks_of_fp4(float *out, const unsigned char *packed, const unsigned char *scales, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    __half2 v = __half2(__nv_cvt_fp4x2_to_halfraw2(packed[i], __NV_E2M1));
    float scale = __bfloat162float(__nv_bfloat16(__nv_cvt_e8m0_to_bf16raw(scales[i / 16])));
    out[2 * i] = __low2float(v) * scale;
    out[2 * i + 1] = __high2float(v) * scale;
}
"""


def fp4(out, packed, scales, n):
    table = np.array([0, 0.5, 1, 1.5, 2, 3, 4, 6, -0.0, -0.5, -1, -1.5, -2, -3, -4, -6], f4)
    codes = np.stack([packed & 15, packed >> 4], 1)
    return (table[codes] * np.exp2(np.repeat(scales, 16).astype(f4) - 127)[:, None]).ravel()


CASES = [
    K("virtual_scene", SCENE, lambda r: [np.zeros(192, i4), 16], scene, grid=3),
    K("expression_tree", TREE, lambda r: [np.zeros(64, i4)], lambda out: (3 * np.arange(64) ** 2 + 2 + 7 * np.arange(64)) * 10 + 4),
    K("blocks_of_fp4", FP4, lambda r: [np.zeros(512, f4), r.integers(0, 256, 256).astype(u1), r.integers(110, 140, 16).astype(u1), 256], fp4,
      grid=4),
]
