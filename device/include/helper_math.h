// helper_math.h: operators and functions of vector types, by the names that CUDA's samples made common; also as
// cutil_math.h. Every operator goes member by member.
#pragma once
#define __WF_2(op, A, B) A.x op B.x, A.y op B.y
#define __WF_3(op, A, B) __WF_2(op, A, B), A.z op B.z
#define __WF_4(op, A, B) __WF_3(op, A, B), A.w op B.w
#define __WF_S2(op, A, b) A.x op b, A.y op b
#define __WF_S3(op, A, b) __WF_S2(op, A, b), A.z op b
#define __WF_S4(op, A, b) __WF_S3(op, A, b), A.w op b
#define __WF_R2(op, a, B) a op B.x, a op B.y
#define __WF_R3(op, a, B) __WF_R2(op, a, B), a op B.z
#define __WF_R4(op, a, B) __WF_R3(op, a, B), a op B.w
#define __WF_BOTH(V, T, n, op)                                                                               \
    inline __host__ __device__ V operator op(V a, V b) { return make_##V(__WF_##n(op, a, b)); }              \
    inline __host__ __device__ V operator op(V a, T b) { return make_##V(__WF_S##n(op, a, b)); }             \
    inline __host__ __device__ V operator op(T a, V b) { return make_##V(__WF_R##n(op, a, b)); }             \
    inline __host__ __device__ void operator op##=(V &a, V b) { a = a op b; }                                \
    inline __host__ __device__ void operator op##=(V &a, T b) { a = a op b; }
#define __WF_ALL(V, T, n)                                                                                    \
    __WF_BOTH(V, T, n, +)                                                                                    \
    __WF_BOTH(V, T, n, -)                                                                                    \
    __WF_BOTH(V, T, n, *)
#define __WF_TYPES(F, n)                                                                                     \
    F(float##n, float, n)                                                                                    \
    F(int##n, int, n)                                                                                        \
    F(uint##n, unsigned, n)                                                                                  \
    F(double##n, double, n)
__WF_TYPES(__WF_ALL, 2)
__WF_TYPES(__WF_ALL, 3)
__WF_TYPES(__WF_ALL, 4)
#define __WF_QUOTIENT(V, T, n) __WF_BOTH(V, T, n, /)
__WF_QUOTIENT(float2, float, 2)
__WF_QUOTIENT(float3, float, 3)
__WF_QUOTIENT(float4, float, 4)
__WF_QUOTIENT(double2, double, 2)
__WF_QUOTIENT(double3, double, 3)
__WF_QUOTIENT(double4, double, 4)

// From other types, and from fewer members.
#define __WF_MAKE(V, T)                                                                                      \
    inline __host__ __device__ V##2 make_##V##2(T s) { return make_##V##2(s, s); }                           \
    inline __host__ __device__ V##2 make_##V##2(V##3 a) { return make_##V##2(a.x, a.y); }                    \
    inline __host__ __device__ V##3 make_##V##3(T s) { return make_##V##3(s, s, s); }                        \
    inline __host__ __device__ V##3 make_##V##3(V##2 a) { return make_##V##3(a.x, a.y, (T)0); }              \
    inline __host__ __device__ V##3 make_##V##3(V##2 a, T s) { return make_##V##3(a.x, a.y, s); }            \
    inline __host__ __device__ V##3 make_##V##3(V##4 a) { return make_##V##3(a.x, a.y, a.z); }               \
    inline __host__ __device__ V##4 make_##V##4(T s) { return make_##V##4(s, s, s, s); }                     \
    inline __host__ __device__ V##4 make_##V##4(V##3 a) { return make_##V##4(a.x, a.y, a.z, (T)0); }         \
    inline __host__ __device__ V##4 make_##V##4(V##3 a, T w) { return make_##V##4(a.x, a.y, a.z, w); }
__WF_MAKE(float, float)
__WF_MAKE(int, int)
__WF_MAKE(uint, unsigned)
#define __WF_FROM(V, T, W)                                                                                   \
    inline __host__ __device__ V##2 make_##V##2(W##2 a) { return make_##V##2((T)a.x, (T)a.y); }              \
    inline __host__ __device__ V##3 make_##V##3(W##3 a) { return make_##V##3((T)a.x, (T)a.y, (T)a.z); }      \
    inline __host__ __device__ V##4 make_##V##4(W##4 a) {                                                    \
        return make_##V##4((T)a.x, (T)a.y, (T)a.z, (T)a.w);                                                  \
    }
__WF_FROM(float, float, int)
__WF_FROM(float, float, uint)
__WF_FROM(int, int, float)
__WF_FROM(int, int, uint)
__WF_FROM(uint, unsigned, int)

#define __WF_EACH2(f, a) f(a.x), f(a.y)
#define __WF_EACH3(f, a) __WF_EACH2(f, a), f(a.z)
#define __WF_EACH4(f, a) __WF_EACH3(f, a), f(a.w)
#define __WF_PAIR2(f, a, b) f(a.x, b.x), f(a.y, b.y)
#define __WF_PAIR3(f, a, b) __WF_PAIR2(f, a, b), f(a.z, b.z)
#define __WF_PAIR4(f, a, b) __WF_PAIR3(f, a, b), f(a.w, b.w)
#define __WF_UNARY(V, n)                                                                                     \
    inline __host__ __device__ V##n operator-(V##n a) { return make_##V##n(__WF_EACH##n(-, a)); }
__WF_UNARY(float, 2)
__WF_UNARY(float, 3)
__WF_UNARY(float, 4)
__WF_UNARY(int, 2)
__WF_UNARY(int, 3)
__WF_UNARY(int, 4)
#define __WF_EXTREMES(V, least, most, n)                                                                     \
    inline __host__ __device__ V##n least(V##n a, V##n b) { return make_##V##n(__WF_PAIR##n(least, a, b)); } \
    inline __host__ __device__ V##n most(V##n a, V##n b) { return make_##V##n(__WF_PAIR##n(most, a, b)); }
__WF_EXTREMES(float, fminf, fmaxf, 2)
__WF_EXTREMES(float, fminf, fmaxf, 3)
__WF_EXTREMES(float, fminf, fmaxf, 4)
__WF_EXTREMES(int, min, max, 2)
__WF_EXTREMES(int, min, max, 3)
__WF_EXTREMES(int, min, max, 4)
__WF_EXTREMES(uint, min, max, 2)
__WF_EXTREMES(uint, min, max, 3)
__WF_EXTREMES(uint, min, max, 4)

inline __host__ __device__ float clamp(float f, float a, float b) { return fmaxf(a, fminf(f, b)); }
inline __host__ __device__ int clamp(int f, int a, int b) { return max(a, min(f, b)); }
inline __host__ __device__ unsigned clamp(unsigned f, unsigned a, unsigned b) { return max(a, min(f, b)); }
inline __host__ __device__ float lerp(float a, float b, float t) { return a + t * (b - a); }
inline __host__ __device__ float fracf(float v) { return v - floorf(v); }
inline __host__ __device__ float smoothstep(float a, float b, float x) {
    float y = clamp((x - a) / (b - a), 0.0f, 1.0f);
    return y * y * (3.0f - 2.0f * y);
}
#define __WF_SUM2(p, q) p.x *q.x + p.y *q.y
#define __WF_SUM3(p, q) __WF_SUM2(p, q) + p.z *q.z
#define __WF_SUM4(p, q) __WF_SUM3(p, q) + p.w *q.w
#define __WF_VECTOR(n)                                                                                       \
    inline __host__ __device__ float dot(float##n a, float##n b) { return __WF_SUM##n(a, b); }               \
    inline __host__ __device__ int dot(int##n a, int##n b) { return __WF_SUM##n(a, b); }                     \
    inline __host__ __device__ unsigned dot(uint##n a, uint##n b) { return __WF_SUM##n(a, b); }              \
    inline __host__ __device__ float length(float##n v) { return sqrtf(dot(v, v)); }                         \
    inline __host__ __device__ float##n normalize(float##n v) { return v * rsqrtf(dot(v, v)); }              \
    inline __host__ __device__ float##n lerp(float##n a, float##n b, float t) { return a + t * (b - a); }    \
    inline __host__ __device__ float##n floorf(float##n v) {                                                 \
        return make_float##n(__WF_EACH##n(floorf, v));                                                       \
    }                                                                                                        \
    inline __host__ __device__ float##n fracf(float##n v) { return make_float##n(__WF_EACH##n(fracf, v)); }  \
    inline __host__ __device__ float##n fabs(float##n v) { return make_float##n(__WF_EACH##n(fabsf, v)); }   \
    inline __host__ __device__ int##n abs(int##n v) { return make_int##n(__WF_EACH##n(abs, v)); }            \
    inline __host__ __device__ float##n fmodf(float##n a, float##n b) {                                      \
        return make_float##n(__WF_PAIR##n(fmodf, a, b));                                                     \
    }                                                                                                        \
    inline __host__ __device__ float##n clamp(float##n v, float a, float b) {                                \
        return fmaxf(make_float##n(a), fminf(v, make_float##n(b)));                                          \
    }                                                                                                        \
    inline __host__ __device__ float##n clamp(float##n v, float##n a, float##n b) {                          \
        return fmaxf(a, fminf(v, b));                                                                        \
    }                                                                                                        \
    inline __host__ __device__ int##n clamp(int##n v, int a, int b) {                                        \
        return max(make_int##n(a), min(v, make_int##n(b)));                                                  \
    }                                                                                                        \
    inline __host__ __device__ int##n clamp(int##n v, int##n a, int##n b) { return max(a, min(v, b)); }      \
    inline __host__ __device__ float##n smoothstep(float##n a, float##n b, float##n x) {                     \
        float##n y = clamp((x - a) / (b - a), 0.0f, 1.0f);                                                   \
        return y * y * (make_float##n(3.0f) - make_float##n(2.0f) * y);                                      \
    }
__WF_VECTOR(2)
__WF_VECTOR(3)
__WF_VECTOR(4)
inline __host__ __device__ float3 cross(float3 a, float3 b) {
    return make_float3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x);
}
inline __host__ __device__ float3 reflect(float3 i, float3 n) { return i - 2.0f * n * dot(n, i); }
#undef __WF_BOTH
#undef __WF_ALL
#undef __WF_TYPES
#undef __WF_QUOTIENT
#undef __WF_MAKE
#undef __WF_FROM
#undef __WF_UNARY
#undef __WF_EXTREMES
#undef __WF_VECTOR
