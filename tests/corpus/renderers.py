"""Kernels of renderers and simulations as their authors publish them: splats, radiance fields, ray tracers of one header, lattices, particles; and
CUDA's own samples: templates over shared memory, integral images, quasirandom numbers, bodies, filters."""

import math

import numpy as np
from table import K, f4, f8, i4, u1, u4

SH_C0, SH_C1 = 0.28209479177387814, 0.4886025119029199

VEC = """
struct vec3 {
    float x, y, z;
    __host__ __device__ vec3() : x(0), y(0), z(0) {}
    __host__ __device__ explicit vec3(float s) : x(s), y(s), z(s) {}
    __host__ __device__ vec3(float x, float y, float z) : x(x), y(y), z(z) {}
    __host__ __device__ float &operator[](int i) { return (&x)[i]; }
    __host__ __device__ float operator[](int i) const { return (&x)[i]; }
    __host__ __device__ vec3 operator-() const { return vec3(-x, -y, -z); }
    __host__ __device__ vec3 &operator+=(const vec3 &o) { x += o.x; y += o.y; z += o.z; return *this; }
    __host__ __device__ vec3 &operator*=(float s) { x *= s; y *= s; z *= s; return *this; }
    friend __host__ __device__ vec3 operator+(vec3 a, const vec3 &b) { a += b; return a; }
    friend __host__ __device__ vec3 operator-(const vec3 &a, const vec3 &b) { return a + -b; }
    friend __host__ __device__ vec3 operator*(vec3 a, float s) { a *= s; return a; }
    friend __host__ __device__ vec3 operator*(float s, const vec3 &a) { return a * s; }
    friend __host__ __device__ vec3 operator*(const vec3 &a, const vec3 &b) { return vec3(a.x * b.x, a.y * b.y, a.z * b.z); }
    friend __host__ __device__ vec3 operator/(const vec3 &a, float s) { return a * (1.0f / s); }
};
using point3 = vec3;
using color = vec3;
__host__ __device__ inline float dot(const vec3 &a, const vec3 &b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
__host__ __device__ inline vec3 cross(const vec3 &a, const vec3 &b) { return vec3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x); }
__host__ __device__ inline float length(const vec3 &a) { return sqrtf(dot(a, a)); }
__host__ __device__ inline vec3 normalize(const vec3 &a) { return a / length(a); }
"""


def one_weekend(width, height):
    out = np.zeros((height, width, 3))
    spheres = [((0, 0, -1), 0.5), ((0, -100.5, -1), 100.0)]
    for j in range(height):
        for i in range(width):
            d = np.array([i / (width - 1) * 4 - 2, j / (height - 1) * 2 - 1, -1.0])
            best, normal = np.inf, None
            for c, r in spheres:
                oc = -np.array(c)
                a, h = d @ d, oc @ d
                disc = h * h - a * (oc @ oc - r * r)
                if disc > 0:
                    t = (-h - math.sqrt(disc)) / a
                    if 0.001 < t < best:
                        best, normal = t, (t * d - np.array(c)) / r
            if normal is not None:
                out[j, i] = 0.5 * (normal + 1)
            else:
                t = 0.5 * (d[1] / np.linalg.norm(d) + 1)
                out[j, i] = (1 - t) * np.ones(3) + t * np.array([0.5, 0.7, 1.0])
    return out


def splat(means, colors, opacity, conic, width, height):
    out = np.zeros((height, width, 3))
    for y in range(height):
        for x in range(width):
            t = 1.0
            for g in range(len(means)):
                d = means[g].astype(f8) - (x, y)
                power = -0.5 * (conic[g, 0] * d[0] ** 2 + conic[g, 2] * d[1] ** 2) - conic[g, 1] * d[0] * d[1]
                if power > 0:
                    continue
                alpha = min(0.99, opacity[g] * math.exp(power))
                if alpha < 1 / 255:
                    continue
                if t * (1 - alpha) < 1e-4:
                    break
                out[y, x] += colors[g] * alpha * t
                t *= 1 - alpha
    return out


def hash_grid(x, table, size):
    out = np.zeros((len(x), 2))
    for n, p in enumerate(x):
        pos = p.astype(f8) * 15 + 0.5
        low = np.floor(pos).astype(np.int64)
        f = pos - low
        for c in range(8):
            w, h = 1.0, 0
            for d, prime in enumerate((1, 2654435761, 805459861)):
                bit = c >> d & 1
                w *= f[d] if bit else 1 - f[d]
                h ^= (int(low[d]) + bit) * prime & 0xffffffff
            out[n] += w * table[h % size]
    return out


def d3q19():
    dirs = [(0, 0, 0)] + [d for d in ((1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1))]
    dirs += [(1, 1, 0), (-1, -1, 0), (1, 0, 1), (-1, 0, -1), (0, 1, 1), (0, -1, -1), (1, -1, 0), (-1, 1, 0), (1, 0, -1), (-1, 0, 1), (0, 1, -1), (0, -1, 1)]
    return np.array(dirs), np.array([1 / 3] + [1 / 18] * 6 + [1 / 36] * 12)


def lbm(f, omega):
    c, w = d3q19()
    f = f.astype(f8).reshape(19, 4, 4, 4)
    rho = f.sum(0)
    u = np.einsum("id,izyx->dzyx", c, f) / rho
    cu = np.einsum("id,dzyx->izyx", c, u)
    eq = w[:, None, None, None] * rho * (1 + 3 * cu + 4.5 * cu ** 2 - 1.5 * (u ** 2).sum(0))
    g = f + omega * (eq - f)
    return np.stack([np.roll(g[i], (c[i][2], c[i][1], c[i][0]), (0, 1, 2)) for i in range(19)])


CASES = [
    K("one_weekend", VEC + """
class ray {
public:
    __device__ ray() {}
    __device__ ray(const point3 &origin, const vec3 &direction) : orig(origin), dir(direction) {}
    __device__ point3 origin() const { return orig; }
    __device__ vec3 direction() const { return dir; }
    __device__ point3 at(float t) const { return orig + t * dir; }
private:
    point3 orig; vec3 dir;
};
struct hit_record {
    point3 p; vec3 normal; float t; bool front_face;
    __device__ inline void set_face_normal(const ray &r, const vec3 &outward) { front_face = dot(r.direction(), outward) < 0; normal = front_face ? outward : -outward; }
};
class sphere {
public:
    __device__ sphere() = default;
    __device__ sphere(point3 c, float r) : center(c), radius(r) {}
    __device__ bool hit(const ray &r, float t_min, float t_max, hit_record &rec) const;
    point3 center; float radius;
};
__device__ bool sphere::hit(const ray &r, float t_min, float t_max, hit_record &rec) const {
    vec3 oc = r.origin() - center;
    auto a = dot(r.direction(), r.direction());
    auto half_b = dot(oc, r.direction());
    auto discriminant = half_b * half_b - a * (dot(oc, oc) - radius * radius);
    if (discriminant <= 0) return false;
    auto root = (-half_b - sqrt(discriminant)) / a;
    if (root < t_min || t_max < root) return false;
    rec.t = root;
    rec.p = r.at(rec.t);
    rec.set_face_normal(r, (rec.p - center) / radius);
    return true;
}
template <class T, int N> class hittable_list {
    T objects[N]; int count = 0;
public:
    __device__ void add(T &&object) { objects[count++] = object; }
    __device__ bool hit(const ray &r, float t_min, float t_max, hit_record &rec) const {
        hit_record temp; bool hit_anything = false; auto closest = t_max;
        for (int i = 0; i < count; ++i)
            if (objects[i].hit(r, t_min, closest, temp)) { hit_anything = true; closest = temp.t; rec = temp; }
        return hit_anything;
    }
};
template <class World> __device__ color ray_color(const ray &r, const World &world) {
    hit_record rec;
    if (world.hit(r, 0.001f, INFINITY, rec)) return 0.5f * (rec.normal + color(1, 1, 1));
    vec3 unit = normalize(r.direction());
    auto t = 0.5f * (unit.y + 1.0f);
    return (1.0f - t) * color(1.0f, 1.0f, 1.0f) + t * color(0.5f, 0.7f, 1.0f);
}
extern "C" __global__ void one_weekend(float *fb, int max_x, int max_y) {
    int i = threadIdx.x + blockIdx.x * blockDim.x, j = threadIdx.y + blockIdx.y * blockDim.y;
    if ((i >= max_x) || (j >= max_y)) return;
    hittable_list<sphere, 4> world;
    world.add(sphere(point3(0, 0, -1), 0.5f));
    world.add(sphere(point3(0, -100.5f, -1), 100));
    float u = float(i) / float(max_x - 1), v = float(j) / float(max_y - 1);
    color c = ray_color(ray(point3(0, 0, 0), point3(-2, -1, -1) + u * vec3(4, 0, 0) + v * vec3(0, 2, 0)), world);
    for (int k = 0; k < 3; k++) fb[(j * max_x + i) * 3 + k] = c[k];
}""", lambda r: [np.zeros((13, 27, 3), f4), 27, 13], lambda fb, w, h: one_weekend(w, h), grid=(4, 2), block=(8, 8), tol=2e-3),
    K("splat_tiles", """
#include <cooperative_groups.h>
namespace cg = cooperative_groups;
#define BLOCK_X 8
#define BLOCK_Y 8
#define BLOCK_SIZE (BLOCK_X * BLOCK_Y)
#define CHANNELS 3
template <uint32_t C> __device__ void renderCUDA(int P, int W, int H, const float2 *__restrict__ points_xy, const float *__restrict__ features,
                                                 const float4 *__restrict__ conic_opacity, float *__restrict__ out_color) {
    auto block = cg::this_thread_block();
    uint2 pix_min = {block.group_index().x * BLOCK_X, block.group_index().y * BLOCK_Y};
    uint2 pix = {pix_min.x + block.thread_index().x, pix_min.y + block.thread_index().y};
    uint32_t pix_id = W * pix.y + pix.x;
    float2 pixf = {(float)pix.x, (float)pix.y};
    bool inside = pix.x < W && pix.y < H;
    bool done = !inside;
    const int rounds = ((P + BLOCK_SIZE - 1) / BLOCK_SIZE);
    int toDo = P;
    __shared__ int collected_id[BLOCK_SIZE];
    __shared__ float2 collected_xy[BLOCK_SIZE];
    __shared__ float4 collected_conic_opacity[BLOCK_SIZE];
    float T = 1.0f;
    float C_[C] = {0};
    for (int i = 0; i < rounds; i++, toDo -= BLOCK_SIZE) {
        int num_done = __syncthreads_count(done);
        if (num_done == BLOCK_SIZE) break;
        int progress = i * BLOCK_SIZE + block.thread_rank();
        if (progress < P) {
            collected_id[block.thread_rank()] = progress;
            collected_xy[block.thread_rank()] = points_xy[progress];
            collected_conic_opacity[block.thread_rank()] = conic_opacity[progress];
        }
        block.sync();
        for (int j = 0; !done && j < min(BLOCK_SIZE, toDo); j++) {
            float2 xy = collected_xy[j];
            float2 d = {xy.x - pixf.x, xy.y - pixf.y};
            float4 con_o = collected_conic_opacity[j];
            float power = -0.5f * (con_o.x * d.x * d.x + con_o.z * d.y * d.y) - con_o.y * d.x * d.y;
            if (power > 0.0f) continue;
            float alpha = min(0.99f, con_o.w * exp(power));
            if (alpha < 1.0f / 255.0f) continue;
            float test_T = T * (1 - alpha);
            if (test_T < 0.0001f) { done = true; continue; }
            for (int ch = 0; ch < C; ch++) C_[ch] += features[collected_id[j] * C + ch] * alpha * T;
            T = test_T;
        }
    }
    if (inside)
        for (int ch = 0; ch < C; ch++) out_color[pix_id * C + ch] = C_[ch];
}
extern "C" __global__ void __launch_bounds__(BLOCK_X * BLOCK_Y) splat_tiles(float *out, const float2 *xy, const float *rgb, const float4 *conic, int P, int W, int H) {
    renderCUDA<CHANNELS>(P, W, H, xy, rgb, conic, out);
}""", lambda r: [np.zeros((12, 20, 3), f4), (r.random((90, 2)) * (20, 12)).astype(f4), r.random((90, 3)).astype(f4),
                 np.stack([np.full(90, 0.2), np.full(90, 0.05), np.full(90, 0.3), r.random(90)], 1).astype(f4), 90, 20, 12],
      lambda out, xy, rgb, con, P, W, H: splat(xy, rgb, con[:, 3], con[:, :3], W, H), grid=(3, 2), block=(8, 8), tol=1e-3),
    K("spherical_harmonics", VEC + """
__device__ const float SH_C0 = 0.28209479177387814f;
__device__ const float SH_C1 = 0.4886025119029199f;
__device__ const float SH_C2[] = {1.0925484305920792f, -1.0925484305920792f, 0.31539156525252005f, -1.0925484305920792f, 0.5462742152960396f};
namespace glm { using ::vec3; __device__ inline float max(float a, float b) { return fmaxf(a, b); } __device__ inline vec3 max(const vec3 &a, float b) { return vec3(max(a.x, b), max(a.y, b), max(a.z, b)); } }
__device__ glm::vec3 computeColorFromSH(int idx, int deg, int max_coeffs, const glm::vec3 *means, glm::vec3 campos, const float *shs, bool *clamped) {
    glm::vec3 pos = means[idx];
    glm::vec3 dir = pos - campos;
    dir = dir / length(dir);
    glm::vec3 *sh = ((glm::vec3 *)shs) + idx * max_coeffs;
    glm::vec3 result = SH_C0 * sh[0];
    if (deg > 0) {
        float x = dir.x, y = dir.y, z = dir.z;
        result = result - SH_C1 * y * sh[1] + SH_C1 * z * sh[2] - SH_C1 * x * sh[3];
        if (deg > 1) {
            float xx = x * x, yy = y * y, zz = z * z, xy = x * y, yz = y * z, xz = x * z;
            result = result + SH_C2[0] * xy * sh[4] + SH_C2[1] * yz * sh[5] + SH_C2[2] * (2.0f * zz - xx - yy) * sh[6] + SH_C2[3] * xz * sh[7] + SH_C2[4] * (xx - yy) * sh[8];
        }
    }
    result += vec3(0.5f);
    clamped[3 * idx + 0] = (result.x < 0);
    clamped[3 * idx + 1] = (result.y < 0);
    clamped[3 * idx + 2] = (result.z < 0);
    return glm::max(result, 0.0f);
}
extern "C" __global__ void spherical_harmonics(float *out, const float *means, const float *shs, bool *clamped, int n) {
    auto idx = blockIdx.x * blockDim.x + threadIdx.x;
    if (idx >= n) return;
    glm::vec3 c = computeColorFromSH(idx, idx % 3, 9, (const glm::vec3 *)means, glm::vec3(0.1f, 0.2f, -3.0f), shs, clamped);
    *(glm::vec3 *)(out + 3 * idx) = c;
}""", lambda r: [np.zeros((50, 3), f4), r.standard_normal((50, 3)).astype(f4), r.standard_normal((50, 9, 3)).astype(f4), np.zeros((50, 3), bool), 50],
      lambda out, means, shs, cl, n: harmonics(means, shs), tol=1e-4),
    K("hash_grid_encode", """
template <uint32_t D> __device__ uint32_t fast_hash(const uint32_t pos_grid[D]) {
    static_assert(D <= 7, "fast_hash can only hash up to 7 dimensions.");
    constexpr uint32_t primes[7] = {1u, 2654435761u, 805459861u, 3674653429u, 2097192037u, 1434869437u, 2165219737u};
    uint32_t result = 0;
#pragma unroll
    for (uint32_t i = 0; i < D; ++i) result ^= pos_grid[i] * primes[i];
    return result;
}
template <uint32_t D, uint32_t C> __device__ uint32_t get_grid_index(const uint32_t hashmap_size, const uint32_t pos_grid[D]) {
    return (fast_hash<D>(pos_grid) % hashmap_size) * C;
}
template <typename scalar_t, uint32_t D, uint32_t C> __device__ void kernel_grid(const float *inputs, const scalar_t *grid, scalar_t *outputs, const uint32_t B,
                                                                                  const uint32_t hashmap_size, const float scale) {
    const uint32_t b = blockIdx.x * blockDim.x + threadIdx.x;
    if (b >= B) return;
    inputs += b * D;
    outputs += b * C;
    float pos[D];
    uint32_t pos_grid[D];
#pragma unroll
    for (uint32_t d = 0; d < D; d++) {
        pos[d] = inputs[d] * scale + 0.5f;
        pos_grid[d] = floorf(pos[d]);
        pos[d] -= (float)pos_grid[d];
    }
    scalar_t results[C] = {0};
#pragma unroll
    for (uint32_t idx = 0; idx < (1 << D); idx++) {
        float w = 1;
        uint32_t pos_grid_local[D];
#pragma unroll
        for (uint32_t d = 0; d < D; d++) {
            if ((idx & (1 << d)) == 0) { w *= 1 - pos[d]; pos_grid_local[d] = pos_grid[d]; }
            else { w *= pos[d]; pos_grid_local[d] = pos_grid[d] + 1; }
        }
        uint32_t index = get_grid_index<D, C>(hashmap_size, pos_grid_local);
#pragma unroll
        for (uint32_t ch = 0; ch < C; ch++) results[ch] += w * grid[index + ch];
    }
#pragma unroll
    for (uint32_t ch = 0; ch < C; ch++) outputs[ch] = results[ch];
}
extern "C" __global__ void hash_grid_encode(float *out, const float *x, const float *table, int n, int size) { kernel_grid<float, 3, 2>(x, table, out, n, size, 15.0f); }
""", lambda r: [np.zeros((60, 2), f4), r.random((60, 3)).astype(f4), r.random((97, 2)).astype(f4), 60, 97], lambda out, x, t, n, size: hash_grid(x, t, size), tol=1e-4),
    K("lbm_d3q19", """
#define NX 4
#define NY 4
#define NZ 4
#define IDX(x, y, z) ((((z) * NY) + (y)) * NX + (x))
#define FOR_ALL_DIRECTIONS(OP) OP(0, 0, 0, 0) OP(1, 1, 0, 0) OP(2, -1, 0, 0) OP(3, 0, 1, 0) OP(4, 0, -1, 0) OP(5, 0, 0, 1) OP(6, 0, 0, -1) \\
    OP(7, 1, 1, 0) OP(8, -1, -1, 0) OP(9, 1, 0, 1) OP(10, -1, 0, -1) OP(11, 0, 1, 1) OP(12, 0, -1, -1) OP(13, 1, -1, 0) OP(14, -1, 1, 0)        \\
    OP(15, 1, 0, -1) OP(16, -1, 0, 1) OP(17, 0, 1, -1) OP(18, 0, -1, 1)
typedef enum { FLAG_FLUID = 1 << 0 } CELL_FLAGS;
__constant__ float weights[19] = {1.f / 3, 1.f / 18, 1.f / 18, 1.f / 18, 1.f / 18, 1.f / 18, 1.f / 18, 1.f / 36, 1.f / 36, 1.f / 36, 1.f / 36, 1.f / 36, 1.f / 36,
                                  1.f / 36, 1.f / 36, 1.f / 36, 1.f / 36, 1.f / 36, 1.f / 36};
extern "C" __global__ void lbm_d3q19(float *dst, const float *src, float omega) {
    const int x = threadIdx.x, y = threadIdx.y, z = blockIdx.x, N = NX * NY * NZ;
    float f[19], rho = 0, ux = 0, uy = 0, uz = 0;
#define LOAD(i, cx, cy, cz) f[i] = src[(i) * N + IDX(x, y, z)]; rho += f[i]; ux += (cx) * f[i]; uy += (cy) * f[i]; uz += (cz) * f[i];
    FOR_ALL_DIRECTIONS(LOAD)
#undef LOAD
    ux /= rho; uy /= rho; uz /= rho;
    const float usqr = 1.5f * (ux * ux + uy * uy + uz * uz);
#define STREAM(i, cx, cy, cz) { float cu = (cx) * ux + (cy) * uy + (cz) * uz; float feq = weights[i] * rho * (1.f + 3.f * cu + 4.5f * cu * cu - usqr); \\
        dst[(i) * N + IDX((x + (cx) + NX) % NX, (y + (cy) + NY) % NY, (z + (cz) + NZ) % NZ)] = f[i] + omega * (feq - f[i]); }
    FOR_ALL_DIRECTIONS(STREAM)
}""", lambda r: [np.zeros((19, 4, 4, 4), f4), (r.random((19, 4, 4, 4)) + 0.5).astype(f4), 0.7], lambda dst, src, omega: lbm(src, omega), grid=4, block=(4, 4), tol=1e-4),
    K("shared_memory_struct", """
template <typename T> struct SharedMemory {
    __device__ T *getPointer() { extern __device__ void error(void); error(); return NULL; }
};
template <> struct SharedMemory<int> { __device__ int *getPointer() { extern __shared__ int s_int[]; return s_int; } };
template <> struct SharedMemory<float> { __device__ float *getPointer() { extern __shared__ float s_float[]; return s_float; } };
template <> struct SharedMemory<double> { __device__ operator double *() { extern __shared__ double s_double[]; return s_double; } __device__ double *getPointer() { extern __shared__ double s_double[]; return s_double; } };
template <class T> __device__ void testKernel(T *g_idata, T *g_odata) {
    SharedMemory<T> smem;
    T *sdata = smem.getPointer();
    const unsigned int tid = threadIdx.x, num_threads = blockDim.x;
    sdata[tid] = g_idata[tid];
    __syncthreads();
    sdata[tid] = (T)num_threads * sdata[tid];
    __syncthreads();
    g_odata[tid] = sdata[num_threads - 1 - tid];
}
extern "C" __global__ void shared_memory_struct(double *out, double *a, float *b, int *c) {
    testKernel<double>(a, out);
    __syncthreads();
    testKernel<float>(b, b);
    __syncthreads();
    testKernel<int>(c, c);
    out[threadIdx.x] += b[threadIdx.x] * 1000 + c[threadIdx.x] * 1e6;
}""", lambda r: [np.zeros(64), r.integers(0, 9, 64).astype(f8), r.integers(0, 9, 64).astype(f4), r.integers(0, 9, 64).astype(i4)],
      lambda out, a, b, c: 64 * (a[::-1] + 1000 * b[::-1].astype(f8) + 1e6 * c[::-1]), shared=512),
    K("integral_image", """
extern "C" __global__ void integral_image(unsigned *out, const unsigned char *img, int width, int height) {
    __shared__ unsigned sums[8];
    const int lane = threadIdx.x % warpSize, warp = threadIdx.x / warpSize;
    unsigned carry = 0;
    for (int x0 = 0; x0 < width; x0 += blockDim.x * 4) {
        const int base = x0 + threadIdx.x * 4;
        uint4 v = {0, 0, 0, 0};
        if (base < width) {
            uchar4 p = reinterpret_cast<const uchar4 *>(img + blockIdx.x * width)[base / 4];
            v.x = p.x; v.y = p.y + v.x; v.z = p.z + v.y; v.w = p.w + v.z;
        }
        unsigned sum = v.w;
#pragma unroll
        for (int i = 1; i <= 32; i *= 2) {
            unsigned n = __shfl_up_sync(0xffffffff, sum, i, 32);
            if (lane >= i) sum += n;
        }
        if (lane == warpSize - 1) sums[warp] = sum;
        __syncthreads();
        if (warp == 0) {
            unsigned w = lane < blockDim.x / warpSize ? sums[lane] : 0;
            for (int i = 1; i < 8; i *= 2) {
                unsigned n = __shfl_up_sync(0xffffffff, w, i, 8);
                if ((lane & 7) >= i) w += n;
            }
            if (lane < blockDim.x / warpSize) sums[lane] = w;
        }
        __syncthreads();
        const unsigned before = carry + sum - v.w + (warp ? sums[warp - 1] : 0);
        if (base < width) reinterpret_cast<uint4 *>(out + blockIdx.x * width)[base / 4] = make_uint4(v.x + before, v.y + before, v.z + before, v.w + before);
        carry += sums[blockDim.x / warpSize - 1];
        __syncthreads();
    }
}""", lambda r: [np.zeros((3, 600), u4), r.integers(0, 256, (3, 600)).astype(u1), 600, 3], lambda out, img, w, h: np.cumsum(img, 1, dtype=u4), grid=3, block=64),
    K("quasirandom_inverse", """
#define QRNG_DIMENSIONS 3
#define QRNG_RESOLUTION 31
#define INT_SCALE (1.0f / (float)0x80000001U)
static __constant__ unsigned int c_Table[QRNG_DIMENSIONS][QRNG_RESOLUTION] = {
#define ROW(s) {s, s << 1, s << 2, s << 3, s << 4, s << 5, s << 6, s << 7}
    ROW(1u), ROW(3u), ROW(7u) };
__device__ inline double MoroInvCNDgpu(unsigned int x) {
    const double a1 = 2.50662823884, a2 = -18.61500062529, a3 = 41.39119773534, a4 = -25.44106049637;
    const double b1 = -8.4735109309, b2 = 23.08336743743, b3 = -21.06224101826, b4 = 3.13082909833;
    bool negate = false;
    if (x >= 0x80000000UL) { x = 0xffffffffUL - x; negate = true; }
    const double x1 = 1.0 / static_cast<double>(0xffffffffUL), x2 = x1 / 2.0;
    double p1 = x * x1 + x2, p2 = 0.5 - p1, z;
    if (p2 < 0.42) {
        z = p2 * p2;
        z = p2 * (((a4 * z + a3) * z + a2) * z + a1) / ((((b4 * z + b3) * z + b2) * z + b1) * z + 1.0);
    } else { z = log(-log(p1)); z = 0.3374754822726147 + z * (0.9761690190917186 + z * 0.1607979714918209); }
    return negate ? -z : z;
}
extern "C" __global__ void quasirandom_inverse(double *out, unsigned int seed, int N) {
    unsigned int *dimBase = &c_Table[threadIdx.y][0];
    for (int pos = blockIdx.x * blockDim.x + threadIdx.x; pos < N; pos += blockDim.x * gridDim.x) {
        unsigned int result = 0, data = seed + pos;
        for (int bit = 0; bit < QRNG_RESOLUTION; bit++, data >>= 1)
            if (data & 1) result ^= dimBase[bit];
        unsigned u = (result + 1) * 0x01010101u;
        out[__mul24(threadIdx.y, N) + pos] = MoroInvCNDgpu(u) + result * (double)INT_SCALE;
    }
}""", lambda r: [np.zeros((3, 40)), 5, 40], lambda out, seed, n: quasirandom(seed, n), grid=2, block=(16, 3), tol=1e-6),
    K("bodies_of_any_type", """
template <typename T> struct vec3 { typedef float Type; };
template <> struct vec3<float> { typedef float3 Type; };
template <> struct vec3<double> { typedef double3 Type; };
template <typename T> struct vec4 { typedef float Type; };
template <> struct vec4<float> { typedef float4 Type; };
template <> struct vec4<double> { typedef double4 Type; };
__constant__ float softeningSquared;
__constant__ double softeningSquared_fp64;
template <class T> struct SharedMemory {
    __device__ inline operator T *() { extern __shared__ int __smem[]; return (T *)__smem; }
    __device__ inline operator const T *() const { extern __shared__ int __smem[]; return (T *)__smem; }
};
template <typename T> __device__ T rsqrt_T(T x) { return rsqrt(x); }
template <> __device__ float rsqrt_T<float>(float x) { return rsqrtf(x); }
template <> __device__ double rsqrt_T<double>(double x) { return rsqrt(x); }
#define SX(i) sharedPos[i + blockDim.x * threadIdx.y]
template <typename T> __device__ T getSofteningSquared() { return softeningSquared + T(0.01f); }
template <> __device__ double getSofteningSquared<double>() { return softeningSquared_fp64 + 0.01; }
template <typename T> __device__ typename vec3<T>::Type bodyBodyInteraction(typename vec3<T>::Type ai, typename vec4<T>::Type bi, typename vec4<T>::Type bj) {
    typename vec3<T>::Type r;
    r.x = bj.x - bi.x; r.y = bj.y - bi.y; r.z = bj.z - bi.z;
    T distSqr = r.x * r.x + r.y * r.y + r.z * r.z;
    distSqr += getSofteningSquared<T>();
    T invDist = rsqrt_T(distSqr);
    T invDistCube = invDist * invDist * invDist;
    T s = bj.w * invDistCube;
    ai.x += r.x * s; ai.y += r.y * s; ai.z += r.z * s;
    return ai;
}
template <typename T> __device__ typename vec3<T>::Type computeBodyAccel(typename vec4<T>::Type bodyPos, typename vec4<T>::Type *positions, int numTiles) {
    typename vec4<T>::Type *sharedPos = SharedMemory<typename vec4<T>::Type>();
    typename vec3<T>::Type acc = {0.0f, 0.0f, 0.0f};
    for (int tile = 0; tile < numTiles; tile++) {
        sharedPos[threadIdx.x] = positions[tile * blockDim.x + threadIdx.x];
        __syncthreads();
#pragma unroll 16
        for (unsigned int counter = 0; counter < blockDim.x; counter++) acc = bodyBodyInteraction<T>(acc, bodyPos, SX(counter));
        __syncthreads();
    }
    return acc;
}
extern "C" __global__ void bodies_of_any_type(double *out, double4 *p, float4 *q) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    double3 a = computeBodyAccel<double>(p[i], p, gridDim.x);
    float3 b = computeBodyAccel<float>(q[i], q, gridDim.x);
    out[3 * i] = a.x + b.x; out[3 * i + 1] = a.y + b.y; out[3 * i + 2] = a.z + b.z;
}""", lambda r: (lambda p: [np.zeros((64, 3)), p, p.astype(f4)])(r.standard_normal((64, 4))), lambda out, p, q: 2 * gravity(p), grid=2, block=32, shared=1024, tol=1e-3),
    K("fdtd_3d_queue", """
#define RADIUS 2
#define K_BLOCKDIMX 8
#define K_BLOCKDIMY 8
__constant__ float stencil[RADIUS + 1] = {0.5f, 0.1f, 0.02f};
extern "C" __global__ void fdtd_3d_queue(float *output, const float *input, int dimx, int dimy, int dimz) {
    bool validr = true, validw = true;
    const int gtidx = blockIdx.x * blockDim.x + threadIdx.x, gtidy = blockIdx.y * blockDim.y + threadIdx.y;
    const int ltidx = threadIdx.x, ltidy = threadIdx.y, workx = blockDim.x, worky = blockDim.y;
    __shared__ float tile[K_BLOCKDIMY + 2 * RADIUS][K_BLOCKDIMX + 2 * RADIUS];
    const int outer_dimx = dimx + 2 * RADIUS, outer_dimy = dimy + 2 * RADIUS;
    const int stride_y = outer_dimx, stride_z = stride_y * outer_dimy;
    int inputIndex = RADIUS * stride_y + RADIUS + gtidy * stride_y + gtidx, outputIndex = 0;
    float infront[RADIUS], behind[RADIUS], current;
    const int tx = ltidx + RADIUS, ty = ltidy + RADIUS;
    if ((gtidx >= dimx + RADIUS) || (gtidy >= dimy + RADIUS)) validr = false;
    if ((gtidx >= dimx) || (gtidy >= dimy)) validw = false;
    for (int i = RADIUS - 2; i >= 0; i--) { if (validr) behind[i] = input[inputIndex]; inputIndex += stride_z; }
    if (validr) current = input[inputIndex];
    outputIndex = inputIndex; inputIndex += stride_z;
    for (int i = 0; i < RADIUS; i++) { if (validr) infront[i] = input[inputIndex]; inputIndex += stride_z; }
#pragma unroll 3
    for (int iz = 0; iz < dimz; iz++) {
        for (int i = RADIUS - 1; i > 0; i--) behind[i] = behind[i - 1];
        behind[0] = current; current = infront[0];
#pragma unroll 2
        for (int i = 0; i < RADIUS - 1; i++) infront[i] = infront[i + 1];
        if (validr) infront[RADIUS - 1] = input[inputIndex];
        inputIndex += stride_z; outputIndex += stride_z;
        __syncthreads();
        if (ltidy < RADIUS) {
            tile[ltidy][tx] = input[outputIndex - RADIUS * stride_y];
            tile[ltidy + worky + RADIUS][tx] = input[outputIndex + worky * stride_y];
        }
        if (ltidx < RADIUS) {
            tile[ty][ltidx] = input[outputIndex - RADIUS];
            tile[ty][ltidx + workx + RADIUS] = input[outputIndex + workx];
        }
        tile[ty][tx] = current;
        __syncthreads();
        float value = stencil[0] * current;
#pragma unroll 2
        for (int i = 1; i <= RADIUS; i++) value += stencil[i] * (infront[i - 1] + behind[i - 1] + tile[ty - i][tx] + tile[ty + i][tx] + tile[ty][tx - i] + tile[ty][tx + i]);
        if (validw) output[outputIndex] = value;
    }
}""", lambda r: (lambda a: [a.copy(), a, 16, 8, 6])(r.random((10, 12, 20)).astype(f4)), lambda out, a, x, y, z: stencil(a), grid=(2, 1), block=(8, 8), tol=1e-5),
    K("recursive_gaussian", """
#define CLAMP_TO_EDGE 1
__device__ uint rgbaFloatToInt(float4 rgba) {
    rgba.x = __saturatef(rgba.x); rgba.y = __saturatef(rgba.y); rgba.z = __saturatef(rgba.z); rgba.w = __saturatef(rgba.w);
    return ((uint)(rgba.w * 255.0f) << 24) | ((uint)(rgba.z * 255.0f) << 16) | ((uint)(rgba.y * 255.0f) << 8) | ((uint)(rgba.x * 255.0f));
}
__device__ float4 rgbaIntToFloat(uint c) {
    float4 rgba;
    rgba.x = (c & 0xff) * 0.003921568627f; rgba.y = ((c >> 8) & 0xff) * 0.003921568627f;
    rgba.z = ((c >> 16) & 0xff) * 0.003921568627f; rgba.w = ((c >> 24) & 0xff) * 0.003921568627f;
    return rgba;
}
inline __device__ float4 operator*(float s, float4 a) { return make_float4(s * a.x, s * a.y, s * a.z, s * a.w); }
inline __device__ float4 operator+(float4 a, float4 b) { return make_float4(a.x + b.x, a.y + b.y, a.z + b.z, a.w + b.w); }
inline __device__ float4 operator-(float4 a, float4 b) { return make_float4(a.x - b.x, a.y - b.y, a.z - b.z, a.w - b.w); }
extern "C" __global__ void recursive_gaussian(uint *od, uint *id, int w, int h, float a) {
    unsigned int x = blockIdx.x * blockDim.x + threadIdx.x;
    if (x >= w) return;
    id += x; od += x;
    float4 yp = rgbaIntToFloat(*id);
    for (int y = 0; y < h; y++) {
        float4 xc = rgbaIntToFloat(*id);
        float4 yc = xc + a * (yp - xc);
        *od = rgbaFloatToInt(yc);
        id += w; od += w; yp = yc;
    }
    id -= w; od -= w;
    float4 yn = rgbaIntToFloat(*id), ya = yn;
    for (int y = h - 1; y >= 0; y--) {
        float4 xc = rgbaIntToFloat(*id);
        float4 yc = xc + a * (ya - xc);
        ya = yc;
        *od = rgbaFloatToInt(rgbaIntToFloat(*od) + 0.25f * yc - 0.25f * xc);
        id -= w; od -= w;
    }
}""", lambda r: [np.zeros((9, 30), u4), np.full((9, 30), 0x80402010, u4), 30, 9, 0.5], lambda od, id_, w, h, a: np.full((9, 30), 0x80402010, u4), grid=1, block=32),
    K("morton_pcg_march", """
struct pcg32 {
    uint64_t state, inc;
    __device__ pcg32(uint64_t initstate, uint64_t initseq = 1u) { state = 0U; inc = (initseq << 1u) | 1u; next_uint(); state += initstate; next_uint(); }
    __device__ uint32_t next_uint() {
        uint64_t oldstate = state;
        state = oldstate * 0x5851f42d4c957f2dULL + inc;
        uint32_t xorshifted = (uint32_t)(((oldstate >> 18u) ^ oldstate) >> 27u), rot = (uint32_t)(oldstate >> 59u);
        return (xorshifted >> rot) | (xorshifted << ((~rot + 1u) & 31));
    }
    __device__ float next_float() { union { uint32_t u; float f; } x; x.u = (next_uint() >> 9) | 0x3f800000u; return x.f - 1.0f; }
};
inline constexpr __device__ uint32_t __expand_bits(uint32_t v) {
    v = (v * 0x00010001u) & 0xFF0000FFu; v = (v * 0x00000101u) & 0x0F00F00Fu; v = (v * 0x00000011u) & 0xC30C30C3u; v = (v * 0x00000005u) & 0x49249249u;
    return v;
}
inline constexpr __device__ uint32_t __morton3D(uint32_t x, uint32_t y, uint32_t z) { return __expand_bits(x) | (__expand_bits(y) << 1) | (__expand_bits(z) << 2); }
static_assert(__morton3D(1, 2, 3) == 0b110101, "");
extern "C" __global__ void morton_pcg_march(int *out, const uint8_t *grid, int n, int steps) {
    const uint32_t i = threadIdx.x + blockIdx.x * blockDim.x;
    if (i >= n) return;
    pcg32 rng(42, i);
    float o[3], hits = 0;
    for (int d = 0; d < 3; d++) o[d] = rng.next_float() * 8;
    const float dt = 0.25f + (rng.next_uint() & 3) * 0.25f;
    for (int s = 0; s < steps; s++) {
        const float t = s * dt;
        const uint32_t x = min(7, (int)(o[0] + t)) & 7, y = (int)(o[1] + 0.5f * t) & 7, z = (int)o[2];
        const uint32_t index = __morton3D(x, y, z);
        const bool occ = grid[index / 8] & (1 << (index % 8));
        if (occ) hits += 1;
    }
    out[i] = hits;
}""", lambda r: [np.zeros(70, i4), r.integers(0, 256, 64).astype(u1), 70, 20], lambda out, grid, n, steps: march(grid, n, steps), grid=2),
]


def harmonics(means, shs):
    d = means.astype(f8) - (0.1, 0.2, -3.0)
    x, y, z = (d / np.linalg.norm(d, axis=1, keepdims=True)).T[..., None]
    sh = shs.astype(f8).transpose(1, 0, 2)
    r = [SH_C0 * sh[0]]
    r.append(r[0] - SH_C1 * y * sh[1] + SH_C1 * z * sh[2] - SH_C1 * x * sh[3])
    k, c, e = 1.0925484305920792, 0.31539156525252005, 0.5462742152960396
    r.append(r[1] + k * x * y * sh[4] - k * y * z * sh[5] + c * (2 * z * z - x * x - y * y) * sh[6] - k * x * z * sh[7] + e * (x * x - y * y) * sh[8])
    return np.maximum(np.stack([r[i % 3][i] for i in range(50)]) + 0.5, 0)


def quasirandom(seed, n):
    out = np.zeros((3, n))
    a, b = (2.50662823884, -18.61500062529, 41.39119773534, -25.44106049637), (-8.4735109309, 23.08336743743, -21.06224101826, 3.13082909833)
    for d, s in enumerate((1, 3, 7)):
        for pos in range(n):
            result = 0
            for bit in range(8):
                if seed + pos >> bit & 1:
                    result ^= s << bit
            x = (result + 1) * 0x01010101 & 0xffffffff
            negate = x >= 0x80000000
            x = 0xffffffff - x if negate else x
            p1 = x / 0xffffffff + 0.5 / 0xffffffff
            p2 = 0.5 - p1
            if p2 < 0.42:
                z = p2 * p2
                z = p2 * (((a[3] * z + a[2]) * z + a[1]) * z + a[0]) / ((((b[3] * z + b[2]) * z + b[1]) * z + b[0]) * z + 1)
            else:
                z = math.log(-math.log(p1))
                z = 0.3374754822726147 + z * (0.9761690190917186 + z * 0.1607979714918209)
            out[d, pos] = (-z if negate else z) + result / 0x80000001
    return out


def gravity(p):
    d = p[None, :, :3] - p[:, None, :3]
    r2 = (d ** 2).sum(-1) + 0.01
    return (d * (p[None, :, 3] * r2 ** -1.5)[..., None]).sum(1)


def stencil(a):
    out = a.copy()
    c = a.astype(f8)
    inner = (slice(2, -2),) * 3
    total = 0.5 * c[inner]
    for axis in range(3):
        for i, w in ((1, 0.1), (2, 0.02)):
            total = total + w * (np.roll(c, i, axis) + np.roll(c, -i, axis))[inner]
    out[inner] = total
    return out


def march(grid, n, steps):
    out = np.zeros(n, i4)
    mask = (1 << 64) - 1

    def spread(v):
        return sum((v >> i & 1) << 3 * i for i in range(10))

    for i in range(n):
        state, inc = 0, (i << 1 | 1) & mask

        def following():
            nonlocal state
            old = state
            state = (old * 0x5851f42d4c957f2d + inc) & mask
            x, rot = ((old >> 18 ^ old) >> 27) & 0xffffffff, old >> 59
            return (x >> rot | x << (-rot & 31)) & 0xffffffff

        following()
        state = (state + 42) & mask
        following()
        o = [f4((np.uint32(following() >> 9 | 0x3f800000).view(f4) - f4(1)) * f4(8)) for _ in range(3)]
        dt = f4(0.25) + f4((following() & 3) * 0.25)
        for s in range(steps):
            t = f4(s) * dt
            x, y, z = min(7, int(o[0] + t)) & 7, int(o[1] + f4(0.5) * t) & 7, int(o[2])
            index = spread(x) | spread(y) << 1 | spread(z) << 2
            out[i] += grid[index // 8] >> index % 8 & 1
    return out
