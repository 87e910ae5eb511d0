// pycuda-helpers.hpp: textures and surfaces of doubles and complex numbers, which are kept as 32-bit words,
// under the names that PyCUDA gives them. For plain numbers fp_tex… and fp_surf… are tex… and surf…
// themselves, but that fp_surf… count elements where surf… count bytes.
#pragma once
#include "pycuda-complex.hpp"
#include "texture_types.h"

typedef float fp_tex_float;
typedef int2 fp_tex_double;
typedef uint2 fp_tex_cfloat;
typedef int4 fp_tex_cdouble;

extern "C++" {
// From and to the words that stand for a T.
template <class T> struct __wf_fp {
    using words = T;
    static __device__ inline T of(T v) { return v; }
    static __device__ inline T from(T v) { return v; }
};
template <> struct __wf_fp<double> {
    using words = fp_tex_double;
    static __device__ inline double of(int2 v) { return __hiloint2double(v.y, v.x); }
    static __device__ inline int2 from(double v) { return make_int2(__double2loint(v), __double2hiint(v)); }
};
template <> struct __wf_fp<pycuda::complex<float>> {
    using words = fp_tex_cfloat;
    static __device__ inline pycuda::complex<float> of(uint2 v) {
        return pycuda::complex<float>(__uint_as_float(v.x), __uint_as_float(v.y));
    }
    static __device__ inline uint2 from(pycuda::complex<float> v) {
        return make_uint2(__float_as_uint(v.real()), __float_as_uint(v.imag()));
    }
};
template <> struct __wf_fp<pycuda::complex<double>> {
    using words = fp_tex_cdouble;
    static __device__ inline pycuda::complex<double> of(int4 v) {
        return pycuda::complex<double>(__hiloint2double(v.y, v.x), __hiloint2double(v.w, v.z));
    }
    static __device__ inline int4 from(pycuda::complex<double> v) {
        return make_int4(__double2loint(v.real()), __double2hiint(v.real()), __double2loint(v.imag()),
                         __double2hiint(v.imag()));
    }
};
// What a texture of W holds.
template <class W> struct __wf_fp_of { using type = W; };
template <> struct __wf_fp_of<fp_tex_double> { using type = double; };
template <> struct __wf_fp_of<fp_tex_cfloat> { using type = pycuda::complex<float>; };
template <> struct __wf_fp_of<fp_tex_cdouble> { using type = pycuda::complex<double>; };

#define WF_FP_TEX(name, shape, parameters, call)                                                             \
    template <class W, cudaTextureReadMode mode>                                                             \
    __device__ inline                                                                                        \
        typename __wf_fp_of<W>::type fp_##name(const texture<W, shape, mode> &tex, parameters) {             \
        return __wf_fp<typename __wf_fp_of<W>::type>::of(call);                                              \
    }
#define WF_FP_LIST(...) __VA_ARGS__
WF_FP_TEX(tex1Dfetch, 1, int i, tex1Dfetch(tex, i))
WF_FP_TEX(tex2D, 2, WF_FP_LIST(int i, int j), tex2D(tex, i, j))
WF_FP_TEX(tex3D, 3, WF_FP_LIST(int i, int j, int k), tex3D(tex, i, j, k))
WF_FP_TEX(tex2DLayered, cudaTextureType2DLayered, WF_FP_LIST(float i, float j, int layer),
          tex2DLayered(tex, i, j, layer))
#undef WF_FP_TEX
#undef WF_FP_LIST

#define WF_FP_SURF(name, shape, third)                                                                       \
    template <class T>                                                                                       \
    __device__ inline void fp_##name##write(T value, const surface<void, shape> &surf, int i, int j,         \
                                            int third, cudaSurfaceBoundaryMode mode) {                       \
        name##write(__wf_fp<T>::from(value), surf, i *(int)sizeof(T), j, third, mode);                       \
    }                                                                                                        \
    template <class T>                                                                                       \
    __device__ inline void fp_##name##read(T *value, const surface<void, shape> &surf, int i, int j,         \
                                           int third, cudaSurfaceBoundaryMode mode) {                        \
        *value = __wf_fp<T>::of(                                                                             \
            name##read<typename __wf_fp<T>::words>(surf, i * (int)sizeof(T), j, third, mode));               \
    }
WF_FP_SURF(surf2DLayered, cudaSurfaceType2DLayered, layer)
WF_FP_SURF(surf3D, 3, k)
#undef WF_FP_SURF
}
