// texture_types.h: texture references, texture objects and surfaces. It needs no #include: a source that
// speaks of them gets it by itself.
//
// A texture is read by code, not by a GPU's texture unit: a descriptor (__wf_texels below, filled by
// weft/_texture.py) says where the texels are and how they are read, and the functions here do what CUDA's
// programming guide says of the unit: a texel's centre is at i + 0.5, linear filtering has weights with eight
// fractional bits, normalised coordinates wrap or mirror. So a texture gives the same bits on a CPU and on
// every GPU (docs/decisions.md). CUDA arrays are plain memory, row after row.
//
// A texture reference is a __constant__ variable that holds the descriptor itself; an object's handle is the
// address of one. Nothing bound: every read gives 0.
#pragma once

enum cudaTextureReadMode { cudaReadModeElementType, cudaReadModeNormalizedFloat };
enum cudaTextureAddressMode {
    cudaAddressModeWrap,
    cudaAddressModeClamp,
    cudaAddressModeMirror,
    cudaAddressModeBorder
};
enum cudaTextureFilterMode { cudaFilterModePoint, cudaFilterModeLinear };
enum cudaSurfaceBoundaryMode { cudaBoundaryModeZero, cudaBoundaryModeClamp, cudaBoundaryModeTrap };
enum cudaSurfaceFormatMode { cudaFormatModeForced, cudaFormatModeAuto };
#define cudaTextureType1D 0x01
#define cudaTextureType2D 0x02
#define cudaTextureType3D 0x03
#define cudaTextureTypeCubemap 0x0C
#define cudaTextureType1DLayered 0xF1
#define cudaTextureType2DLayered 0xF2
#define cudaTextureTypeCubemapLayered 0xFC
#define cudaSurfaceType1D 0x01
#define cudaSurfaceType2D 0x02
#define cudaSurfaceType3D 0x03
#define cudaSurfaceType1DLayered 0xF1
#define cudaSurfaceType2DLayered 0xF2
typedef unsigned long long cudaTextureObject_t;
typedef unsigned long long cudaSurfaceObject_t;
typedef unsigned long long CUtexObject;
typedef unsigned long long CUsurfObject;

// weft/_texture.py packs it: keep both in step.
struct __wf_texels {
    unsigned long long data;  // the address of texel (0, 0, 0)
    unsigned long long slice; // bytes of a slice or layer
    unsigned int pitch;       // bytes of a row
    int size[3];              // texels: width, height, depth or layers; at least 1
    unsigned char channels;   // 1, 2 or 4
    unsigned char bytes;      // of a channel: 1, 2 or 4
    unsigned char kind;       // of a channel: 0 unsigned, 1 signed, 2 floating point
    unsigned char flags;      // __WF_TEX_…
    unsigned char address[4]; // cudaAddressMode… of each axis
    unsigned int border[4];   // what the border gives, as a texel's channels
};
#define __WF_TEX_LINEAR 1     // filtered
#define __WF_TEX_NORMALIZED 2 // coordinates go from 0 to 1
#define __WF_TEX_SCALED 4     // integers are read as floats from 0 or -1 to 1

template <class T, int dimensions = 1, cudaTextureReadMode mode = cudaReadModeElementType> struct texture {
    __wf_texels texels;
};
template <class T, int dimensions = 1> struct surface { __wf_texels texels; };

// --- results

// What a read of T gives: T itself, or as many floats.
template <class T, cudaTextureReadMode mode> struct __wf_tex_result { using type = T; };
// A T of a texel's channels.
template <class T> struct __wf_tex_make;
#define __WF_TEX_MAKE(T, expression)                                                                         \
    template <> struct __wf_tex_make<T> {                                                                    \
        static __device__ inline T of(uint4 v) { return expression; }                                        \
    };
#define __WF_TEX_KIND(T, V, word)                                                                            \
    __WF_TEX_MAKE(T, word(v.x))                                                                              \
    __WF_TEX_MAKE(V##1, make_##V##1(word(v.x)))                                                              \
    __WF_TEX_MAKE(V##2, make_##V##2(word(v.x), word(v.y)))                                                   \
    __WF_TEX_MAKE(V##4, make_##V##4(word(v.x), word(v.y), word(v.z), word(v.w)))
#define __WF_TEX_SCALED_KIND(T, V)                                                                           \
    template <> struct __wf_tex_result<T, cudaReadModeNormalizedFloat> { using type = float; };              \
    template <> struct __wf_tex_result<V##1, cudaReadModeNormalizedFloat> { using type = float1; };          \
    template <> struct __wf_tex_result<V##2, cudaReadModeNormalizedFloat> { using type = float2; };          \
    template <> struct __wf_tex_result<V##4, cudaReadModeNormalizedFloat> { using type = float4; };
__WF_TEX_KIND(signed char, char, (signed char))
__WF_TEX_MAKE(char, (char)v.x)
__WF_TEX_KIND(unsigned char, uchar, (unsigned char))
__WF_TEX_KIND(short, short, (short))
__WF_TEX_KIND(unsigned short, ushort, (unsigned short))
__WF_TEX_KIND(int, int, (int))
__WF_TEX_KIND(unsigned int, uint, (unsigned int))
__WF_TEX_KIND(float, float, __uint_as_float)
__WF_TEX_SCALED_KIND(signed char, char)
__WF_TEX_SCALED_KIND(unsigned char, uchar)
__WF_TEX_SCALED_KIND(short, short)
__WF_TEX_SCALED_KIND(unsigned short, ushort)
template <> struct __wf_tex_result<char, cudaReadModeNormalizedFloat> { using type = float; };
#undef __WF_TEX_MAKE
#undef __WF_TEX_KIND
#undef __WF_TEX_SCALED_KIND

// --- one texel

// Numbers of a texel that a T wants: the others cost nothing.
template <class T> struct __wf_tex_count { static constexpr int value = 1; };
#define __WF_TEX_COUNT(V)                                                                                    \
    template <> struct __wf_tex_count<V##2> { static constexpr int value = 2; };                             \
    template <> struct __wf_tex_count<V##4> { static constexpr int value = 4; };
__WF_TEX_COUNT(char)
__WF_TEX_COUNT(uchar)
__WF_TEX_COUNT(short)
__WF_TEX_COUNT(ushort)
__WF_TEX_COUNT(int)
__WF_TEX_COUNT(uint)
__WF_TEX_COUNT(float)
#undef __WF_TEX_COUNT

// The first n channels through f.
#define __WF_TEX_EACH(f)                                                                                     \
    v.x = f(v.x);                                                                                            \
    if constexpr (n > 1) v.y = f(v.y);                                                                       \
    if constexpr (n > 2) v.z = f(v.z), v.w = f(v.w);

template <int n, class W> __device__ inline uint4 __wf_tex_load(const W *p, int channels) {
    uint4 v = make_uint4(0, 0, 0, 0);
    v.x = __ldg(p);
    if constexpr (n > 1)
        if (channels > 1) v.y = __ldg(p + 1);
    if constexpr (n > 2)
        if (channels > 2) v.z = __ldg(p + 2), v.w = __ldg(p + 3);
    return v;
}
static __device__ inline unsigned int __wf_tex_half(unsigned int v) {
    return __float_as_uint((float)__ushort_as_half((unsigned short)v));
}
// Its channels as words: integers extended, halves as floats, what the format lacks 0.
template <int n> __device__ inline uint4 __wf_tex_words(const __wf_texels &t, unsigned long long at) {
    uint4 v;
    if (t.bytes == 4) {
        v = __wf_tex_load<n>((const unsigned int *)at, t.channels);
    } else if (t.bytes == 2) {
        v = __wf_tex_load<n>((const unsigned short *)at, t.channels);
        if (t.kind == 1) {
            __WF_TEX_EACH((short))
        } else if (t.kind == 2) {
            __WF_TEX_EACH(__wf_tex_half)
        }
    } else {
        v = __wf_tex_load<n>((const unsigned char *)at, t.channels);
        if (t.kind == 1) { __WF_TEX_EACH((signed char)) }
    }
    return v;
}
// An integer channel as a float from 0 or -1 to 1; its bits.
static __device__ inline unsigned int __wf_tex_scale(bool is_signed, float top, unsigned int v) {
    const float f = is_signed ? (float)(int)v : (float)v;
    return __float_as_uint(fmaxf(f / top, -1.0f));
}
// Texel (i, j, k); -1 in i, j or k is the border.
template <int n>
__device__ inline uint4 __wf_tex_texel(const __wf_texels &t, int i, int j, int k, bool scaled) {
    if ((i | j | k) < 0) return make_uint4(t.border[0], t.border[1], t.border[2], t.border[3]);
    uint4 v = __wf_tex_words<n>(t, t.data + k * t.slice + (unsigned long long)j * t.pitch +
                                       (unsigned long long)i * (unsigned int)(t.channels * t.bytes));
    if (scaled && t.kind != 2 && t.bytes < 4) {
        const bool is_signed = t.kind == 1;
        const float top = t.bytes == 1 ? (is_signed ? 127.0f : 255.0f) : (is_signed ? 32767.0f : 65535.0f);
#define __WF_TEX_SCALE(v) __wf_tex_scale(is_signed, top, v)
        __WF_TEX_EACH(__WF_TEX_SCALE)
#undef __WF_TEX_SCALE
    }
    return v;
}
#undef __WF_TEX_EACH

// --- coordinates

// A coordinate in texels. What is beyond the border only has to fit an int; NaN counts as below.
static __device__ inline float __wf_tex_place(float x, int n, int mode, int flags) {
    if (flags & __WF_TEX_NORMALIZED) {
        if (mode == cudaAddressModeWrap) {
            x = x - floorf(x);
        } else if (mode == cudaAddressModeMirror) {
            float whole = floorf(x);
            x = x - whole;
            if (whole - 2.0f * floorf(whole * 0.5f) != 0.0f) x = 1.0f - x;
        }
        x = __fmul_rn(x, (float)n);
    }
    return fminf(fmaxf(x, -2.0f), (float)n + 2.0f);
}
// The texel that stands at i, which is at most a few texels outside; -1: the border.
static __device__ inline int __wf_tex_index(int i, int n, int mode) {
    if (mode == cudaAddressModeBorder) return i >= 0 && i < n ? i : -1;
    if (mode == cudaAddressModeWrap) return i < 0 ? n - 1 : i >= n ? 0 : i;
    return min(max(i, 0), n - 1);
}
struct __wf_tex_axis {
    int first, second; // texels
    float weight;      // of the second, in 256ths
};
static __device__ inline __wf_tex_axis __wf_tex_along(const __wf_texels &t, int axis, float x, bool linear) {
    const int n = t.size[axis], mode = t.address[axis];
    x = __wf_tex_place(x, n, mode, t.flags);
    if (linear) x = __fsub_rn(x, 0.5f);
    const float whole = floorf(x);
    const int i = (int)whole;
    __wf_tex_axis a;
    a.first = __wf_tex_index(i, n, mode);
    a.second = __wf_tex_index(i + 1, n, mode);
    a.weight = floorf(__fmaf_rn(x - whole, 256.0f, 0.5f)) * 0.00390625f;
    return a;
}
static __device__ inline unsigned int __wf_tex_mix(unsigned int a, unsigned int b, float w) {
    return __float_as_uint(__fmaf_rn(__uint_as_float(b), w, __fmul_rn(__uint_as_float(a), 1.0f - w)));
}
template <int n> __device__ inline uint4 __wf_tex_blend(uint4 a, uint4 b, float w) {
    a.x = __wf_tex_mix(a.x, b.x, w);
    if constexpr (n > 1) a.y = __wf_tex_mix(a.y, b.y, w);
    if constexpr (n > 2) a.z = __wf_tex_mix(a.z, b.z, w), a.w = __wf_tex_mix(a.w, b.w, w);
    return a;
}

// --- reads. `filters`: the result is floating point, or the texture is read as such

// All neighbours in one loop, which is not unrolled, so that the code has one read: turn s takes the second
// texel of x, y, z where its bits 0, 1, 2 are set.
template <int dimensions, int n>
__device__ inline uint4 __wf_tex_read(const __wf_texels &t, float x, float y, float z, int layer, bool scaled,
                                      bool filters) {
    if (!t.data) return make_uint4(0, 0, 0, 0);
    const bool linear = filters && (t.flags & __WF_TEX_LINEAR);
    const int base = min(max(layer, 0), t.size[2] - 1), turns = linear ? 1 << dimensions : 1;
    const __wf_tex_axis a = __wf_tex_along(t, 0, x, linear);
    __wf_tex_axis b = {0, 0, 0.0f}, c = {base, base, 0.0f};
    if constexpr (dimensions > 1) b = __wf_tex_along(t, 1, y, linear);
    if constexpr (dimensions > 2) c = __wf_tex_along(t, 2, z, linear);
    uint4 v = make_uint4(0, 0, 0, 0), slice = v, row = v;
#pragma unroll 1
    for (int s = 0; s < turns; ++s) {
        const uint4 u = __wf_tex_texel<n>(t, s & 1 ? a.second : a.first, s & 2 ? b.second : b.first,
                                          s & 4 ? c.second : c.first, scaled);
        row = s & 1 ? __wf_tex_blend<n>(row, u, a.weight) : u;
        if constexpr (dimensions == 1) {
            v = row;
        } else {
            if ((s & 1) || !linear) slice = s & 2 ? __wf_tex_blend<n>(slice, row, b.weight) : row;
            if constexpr (dimensions == 2) v = slice;
            else if ((s & 3) == 3 || !linear) v = s & 4 ? __wf_tex_blend<n>(v, slice, c.weight) : slice;
        }
    }
    return v;
}
// By index, neither filtered nor scaled by an axis; 0 outside.
template <int n> __device__ inline uint4 __wf_tex_fetch(const __wf_texels &t, int i, bool scaled) {
    if (!t.data || i < 0 || i >= t.size[0]) return make_uint4(0, 0, 0, 0);
    return __wf_tex_texel<n>(t, i, 0, 0, scaled);
}

template <class T> struct __wf_tex_floats { static constexpr bool value = false; };
template <> struct __wf_tex_floats<float> { static constexpr bool value = true; };
template <> struct __wf_tex_floats<float1> { static constexpr bool value = true; };
template <> struct __wf_tex_floats<float2> { static constexpr bool value = true; };
template <> struct __wf_tex_floats<float4> { static constexpr bool value = true; };

// name(reference, …), name<T>(object, …), name(T *, object, …)
#define __WF_TEX(name, shape, dims, parameters, arguments)                                                   \
    template <class T, cudaTextureReadMode mode>                                                             \
    __device__ inline typename __wf_tex_result<T, mode>::type name(const texture<T, shape, mode> &t,         \
                                                                   parameters) {                             \
        using result = typename __wf_tex_result<T, mode>::type;                                              \
        constexpr bool floats = __wf_tex_floats<result>::value;                                              \
        const bool scaled =                                                                                  \
            mode == cudaReadModeNormalizedFloat || (floats && (t.texels.flags & __WF_TEX_SCALED));           \
        return __wf_tex_make<result>::of(                                                                    \
            __wf_tex_read<dims, __wf_tex_count<T>::value>(t.texels, arguments, scaled, floats));             \
    }                                                                                                        \
    template <class T> __device__ inline T name(cudaTextureObject_t object, parameters) {                    \
        constexpr bool floats = __wf_tex_floats<T>::value;                                                   \
        if (!object) return __wf_tex_make<T>::of(make_uint4(0, 0, 0, 0));                                    \
        const __wf_texels &t = *(const __wf_texels *)object;                                                 \
        return __wf_tex_make<T>::of(__wf_tex_read<dims, __wf_tex_count<T>::value>(                           \
            t, arguments, floats && (t.flags & __WF_TEX_SCALED), floats));                                   \
    }                                                                                                        \
    template <class T> __device__ inline void name(T *result, cudaTextureObject_t object, parameters) {      \
        *result = name<T>(object, __WF_TEX_NAMES_##name);                                                    \
    }
#define __WF_LIST(...) __VA_ARGS__
#define __WF_TEX_NAMES_tex1D x
#define __WF_TEX_NAMES_tex2D x, y
#define __WF_TEX_NAMES_tex3D x, y, z
#define __WF_TEX_NAMES_tex1DLayered x, layer
#define __WF_TEX_NAMES_tex2DLayered x, y, layer
#define __WF_TEX_NAMES_tex1DLod x, level
#define __WF_TEX_NAMES_tex2DLod x, y, level
#define __WF_TEX_NAMES_tex3DLod x, y, z, level
__WF_TEX(tex1D, 1, 1, float x, __WF_LIST(x, 0.0f, 0.0f, 0))
__WF_TEX(tex2D, 2, 2, __WF_LIST(float x, float y), __WF_LIST(x, y, 0.0f, 0))
__WF_TEX(tex3D, 3, 3, __WF_LIST(float x, float y, float z), __WF_LIST(x, y, z, 0))
__WF_TEX(tex1DLayered, cudaTextureType1DLayered, 1, __WF_LIST(float x, int layer),
         __WF_LIST(x, 0.0f, 0.0f, layer))
__WF_TEX(tex2DLayered, cudaTextureType2DLayered, 2, __WF_LIST(float x, float y, int layer),
         __WF_LIST(x, y, 0.0f, layer))
#define __WF_TEX_NAMES_tex1DLayeredLod x, layer, level
#define __WF_TEX_NAMES_tex2DLayeredLod x, y, layer, level
#define __WF_TEX_NAMES_tex1DGrad x, dx, dy
#define __WF_TEX_NAMES_tex2DGrad x, y, dx, dy
#define __WF_TEX_NAMES_tex3DGrad x, y, z, dx, dy
#define __WF_TEX_NAMES_tex1DLayeredGrad x, layer, dx, dy
#define __WF_TEX_NAMES_tex2DLayeredGrad x, y, layer, dx, dy
// Without mipmaps there is one level.
__WF_TEX(tex1DLod, 1, 1, __WF_LIST(float x, float level), __WF_LIST(x, 0.0f, 0.0f, 0))
__WF_TEX(tex2DLod, 2, 2, __WF_LIST(float x, float y, float level), __WF_LIST(x, y, 0.0f, 0))
__WF_TEX(tex3DLod, 3, 3, __WF_LIST(float x, float y, float z, float level), __WF_LIST(x, y, z, 0))

__WF_TEX(tex1DLayeredLod, cudaTextureType1DLayered, 1, __WF_LIST(float x, int layer, float level),
         __WF_LIST(x, 0.0f, 0.0f, layer))
__WF_TEX(tex2DLayeredLod, cudaTextureType2DLayered, 2, __WF_LIST(float x, float y, int layer, float level),
         __WF_LIST(x, y, 0.0f, layer))
__WF_TEX(tex1DGrad, 1, 1, __WF_LIST(float x, float dx, float dy), __WF_LIST(x, 0.0f, 0.0f, 0))
__WF_TEX(tex2DGrad, 2, 2, __WF_LIST(float x, float y, float2 dx, float2 dy), __WF_LIST(x, y, 0.0f, 0))
__WF_TEX(tex3DGrad, 3, 3, __WF_LIST(float x, float y, float z, float4 dx, float4 dy), __WF_LIST(x, y, z, 0))
__WF_TEX(tex1DLayeredGrad, cudaTextureType1DLayered, 1, __WF_LIST(float x, int layer, float dx, float dy),
         __WF_LIST(x, 0.0f, 0.0f, layer))
__WF_TEX(tex2DLayeredGrad, cudaTextureType2DLayered, 2,
         __WF_LIST(float x, float y, int layer, float2 dx, float2 dy), __WF_LIST(x, y, 0.0f, layer))

// A cube map has six layers, the faces towards +x, -x, +y, -y, +z, -z: a direction meets the one of its
// largest coordinate. Filtering ends at a face's edge. With layers, each has six.
struct __wf_tex_direction {
    float x, y;
    int face;
};
static __device__ inline __wf_tex_direction __wf_tex_face(const __wf_texels &t, float x, float y, float z) {
    const float ax = fabsf(x), ay = fabsf(y), az = fabsf(z);
    __wf_tex_direction d;
    float m, u, v;
    if (ax >= ay && ax >= az) d.face = x < 0.0f, m = ax, u = x < 0.0f ? z : -z, v = -y;
    else if (ay >= az) d.face = 2 + (y < 0.0f), m = ay, u = x, v = y < 0.0f ? -z : z;
    else d.face = 4 + (z < 0.0f), m = az, u = z < 0.0f ? -x : x, v = -y;
    const float scale = t.flags & __WF_TEX_NORMALIZED ? 1.0f : (float)t.size[0];
    d.x = (u / m + 1.0f) * 0.5f * scale;
    d.y = (v / m + 1.0f) * 0.5f * scale;
    return d;
}
#define __WF_TEX_CUBE(name, shape, parameters, names, layer)                                                 \
    template <class T> __device__ inline T name(cudaTextureObject_t object, parameters) {                    \
        constexpr bool floats = __wf_tex_floats<T>::value;                                                   \
        if (!object) return __wf_tex_make<T>::of(make_uint4(0, 0, 0, 0));                                    \
        const __wf_texels &t = *(const __wf_texels *)object;                                                 \
        const __wf_tex_direction d = __wf_tex_face(t, x, y, z);                                              \
        return __wf_tex_make<T>::of(__wf_tex_read<2, __wf_tex_count<T>::value>(                              \
            t, d.x, d.y, 0.0f, (layer)*6 + d.face, floats && (t.flags & __WF_TEX_SCALED), floats));          \
    }                                                                                                        \
    template <class T> __device__ inline void name(T *result, cudaTextureObject_t object, parameters) {      \
        *result = name<T>(object, names);                                                                    \
    }                                                                                                        \
    template <class T, cudaTextureReadMode mode>                                                             \
    __device__ inline typename __wf_tex_result<T, mode>::type name(const texture<T, shape, mode> &t,         \
                                                                   parameters) {                             \
        return name<typename __wf_tex_result<T, mode>::type>((cudaTextureObject_t)&t.texels, names);         \
    }
__WF_TEX_CUBE(texCubemap, cudaTextureTypeCubemap, __WF_LIST(float x, float y, float z), __WF_LIST(x, y, z), 0)
__WF_TEX_CUBE(texCubemapLod, cudaTextureTypeCubemap, __WF_LIST(float x, float y, float z, float level),
              __WF_LIST(x, y, z, level), 0)
__WF_TEX_CUBE(texCubemapLayered, cudaTextureTypeCubemapLayered,
              __WF_LIST(float x, float y, float z, int layer), __WF_LIST(x, y, z, layer), max(layer, 0))
__WF_TEX_CUBE(texCubemapLayeredLod, cudaTextureTypeCubemapLayered,
              __WF_LIST(float x, float y, float z, int layer, float level), __WF_LIST(x, y, z, layer, level),
              max(layer, 0))
#undef __WF_TEX_CUBE

// One channel of the four texels that linear filtering would read: from the one below on the left round to
// the one above on the left.
template <class T>
__device__ inline T tex2Dgather(cudaTextureObject_t object, float x, float y, int channel = 0) {
    if (!object) return __wf_tex_make<T>::of(make_uint4(0, 0, 0, 0));
    const __wf_texels &t = *(const __wf_texels *)object;
    if (!t.data) return __wf_tex_make<T>::of(make_uint4(0, 0, 0, 0));
    const bool scaled = __wf_tex_floats<T>::value && (t.flags & __WF_TEX_SCALED);
    const __wf_tex_axis a = __wf_tex_along(t, 0, x, true), b = __wf_tex_along(t, 1, y, true);
    unsigned int found[4];
#pragma unroll 1
    for (int s = 0; s < 4; ++s) {
        const uint4 v = __wf_tex_texel<4>(t, s == 1 || s == 2 ? a.second : a.first,
                                          s < 2 ? b.second : b.first, 0, scaled);
        found[s] = channel == 0 ? v.x : channel == 1 ? v.y : channel == 2 ? v.z : v.w;
    }
    return __wf_tex_make<T>::of(make_uint4(found[0], found[1], found[2], found[3]));
}
template <class T>
__device__ inline void tex2Dgather(T *result, cudaTextureObject_t object, float x, float y, int channel = 0) {
    *result = tex2Dgather<T>(object, x, y, channel);
}

template <class T, cudaTextureReadMode mode>
__device__ inline typename __wf_tex_result<T, mode>::type tex1Dfetch(const texture<T, 1, mode> &t, int i) {
    using result = typename __wf_tex_result<T, mode>::type;
    const bool scaled = mode == cudaReadModeNormalizedFloat ||
                        (__wf_tex_floats<result>::value && (t.texels.flags & __WF_TEX_SCALED));
    return __wf_tex_make<result>::of(__wf_tex_fetch<__wf_tex_count<T>::value>(t.texels, i, scaled));
}
template <class T> __device__ inline T tex1Dfetch(cudaTextureObject_t object, int i) {
    if (!object) return __wf_tex_make<T>::of(make_uint4(0, 0, 0, 0));
    const __wf_texels &t = *(const __wf_texels *)object;
    const bool scaled = __wf_tex_floats<T>::value && (t.flags & __WF_TEX_SCALED);
    return __wf_tex_make<T>::of(__wf_tex_fetch<__wf_tex_count<T>::value>(t, i, scaled));
}
template <class T> __device__ inline void tex1Dfetch(T *result, cudaTextureObject_t object, int i) {
    *result = tex1Dfetch<T>(object, i);
}

// --- surfaces: plain reads and writes; x counts bytes

// Where the element stands; 0: outside, and nothing is to be done.
template <class T>
__device__ inline T *__wf_surf_at(const __wf_texels *s, int x, int y, int z, cudaSurfaceBoundaryMode mode) {
    if (!s || !s->data) return nullptr;
    const int width = s->size[0] * s->channels * s->bytes;
    if (mode == cudaBoundaryModeClamp) {
        x = min(max(x, 0), width - (int)sizeof(T));
        y = min(max(y, 0), s->size[1] - 1);
        z = min(max(z, 0), s->size[2] - 1);
    }
    if (x < 0 || x + (int)sizeof(T) > width || y < 0 || y >= s->size[1] || z < 0 || z >= s->size[2]) {
        if (mode == cudaBoundaryModeTrap) __trap();
        return nullptr;
    }
    return (T *)(s->data + (unsigned long long)z * s->slice + (unsigned long long)y * s->pitch + x);
}
template <class T>
__device__ inline T __wf_surf_read(const __wf_texels *s, int x, int y, int z, cudaSurfaceBoundaryMode mode) {
    const T *p = __wf_surf_at<T>(s, x, y, z, mode);
    T v = {};
    if (p) v = *p;
    return v;
}
template <class T>
__device__ inline void __wf_surf_write(T v, const __wf_texels *s, int x, int y, int z,
                                       cudaSurfaceBoundaryMode mode) {
    T *p = __wf_surf_at<T>(s, x, y, z, mode);
    if (p) *p = v;
}
// surf…read<T>(surface, …), surf…read(T *, surface, …), surf…write(value, surface, …); of a reference or an
// object
#define __WF_SURF(name, type, parameters, arguments)                                                         \
    template <class T>                                                                                       \
    __device__ inline T name##read(const surface<void, type> &s, parameters,                                 \
                                   cudaSurfaceBoundaryMode mode = cudaBoundaryModeTrap) {                    \
        return __wf_surf_read<T>(&s.texels, arguments, mode);                                                \
    }                                                                                                        \
    template <class T>                                                                                       \
    __device__ inline T name##read(cudaSurfaceObject_t s, parameters,                                        \
                                   cudaSurfaceBoundaryMode mode = cudaBoundaryModeTrap) {                    \
        return __wf_surf_read<T>((const __wf_texels *)s, arguments, mode);                                   \
    }                                                                                                        \
    template <class T>                                                                                       \
    __device__ inline void name##read(T *result, const surface<void, type> &s, parameters,                   \
                                      cudaSurfaceBoundaryMode mode = cudaBoundaryModeTrap) {                 \
        *result = __wf_surf_read<T>(&s.texels, arguments, mode);                                             \
    }                                                                                                        \
    template <class T>                                                                                       \
    __device__ inline void name##read(T *result, cudaSurfaceObject_t s, parameters,                          \
                                      cudaSurfaceBoundaryMode mode = cudaBoundaryModeTrap) {                 \
        *result = __wf_surf_read<T>((const __wf_texels *)s, arguments, mode);                                \
    }                                                                                                        \
    template <class T>                                                                                       \
    __device__ inline void name##write(T value, const surface<void, type> &s, parameters,                    \
                                       cudaSurfaceBoundaryMode mode = cudaBoundaryModeTrap) {                \
        __wf_surf_write<T>(value, &s.texels, arguments, mode);                                               \
    }                                                                                                        \
    template <class T>                                                                                       \
    __device__ inline void name##write(T value, cudaSurfaceObject_t s, parameters,                           \
                                       cudaSurfaceBoundaryMode mode = cudaBoundaryModeTrap) {                \
        __wf_surf_write<T>(value, (const __wf_texels *)s, arguments, mode);                                  \
    }
__WF_SURF(surf1D, 1, int x, __WF_LIST(x, 0, 0))
__WF_SURF(surf2D, 2, __WF_LIST(int x, int y), __WF_LIST(x, y, 0))
__WF_SURF(surf3D, 3, __WF_LIST(int x, int y, int z), __WF_LIST(x, y, z))
__WF_SURF(surf1DLayered, cudaSurfaceType1DLayered, __WF_LIST(int x, int layer), __WF_LIST(x, 0, layer))
__WF_SURF(surf2DLayered, cudaSurfaceType2DLayered, __WF_LIST(int x, int y, int layer), __WF_LIST(x, y, layer))
#undef __WF_SURF
#undef __WF_TEX
