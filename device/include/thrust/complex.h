// thrust/complex.h: complex<T> and its functions, in namespace thrust; also cupy/complex.cuh and <complex>
// (std, cuda::std).
//
// Functions are those of the device library, so a kernel's exp(z) has the bits of the array function's.
// Products are the plain formula, quotients the library's, which neither overflow nor underflow on the way.
#pragma once
#include <type_traits>
struct wf_c64 {
    float x, y;
};
struct wf_c128 {
    double x, y;
};
extern "C" {
#define __WF_COMPLEX(name)                                                                                   \
    __wf_library __wf_contract(0) __device__ wf_c64 wf_c##name##f(wf_c64 z);                                 \
    __wf_library __wf_contract(0) __device__ wf_c128 wf_c##name(wf_c128 z);
__WF_COMPLEX(exp)
__WF_COMPLEX(log)
__WF_COMPLEX(log10)
__WF_COMPLEX(sqrt)
__WF_COMPLEX(sin)
__WF_COMPLEX(cos)
__WF_COMPLEX(tan)
__WF_COMPLEX(sinh)
__WF_COMPLEX(cosh)
__WF_COMPLEX(tanh)
__WF_COMPLEX(asin)
__WF_COMPLEX(acos)
__WF_COMPLEX(atan)
__WF_COMPLEX(asinh)
__WF_COMPLEX(acosh)
__WF_COMPLEX(atanh)
#undef __WF_COMPLEX
__wf_library __wf_contract(0) __device__ wf_c64 wf_cdivf(wf_c64 a, wf_c64 b);
__wf_library __wf_contract(0) __device__ wf_c128 wf_cdiv(wf_c128 a, wf_c128 b);
__wf_library __wf_contract(0) __device__ wf_c64 wf_cpowf(wf_c64 a, wf_c64 b);
__wf_library __wf_contract(0) __device__ wf_c128 wf_cpow(wf_c128 a, wf_c128 b);
}
namespace thrust {
template <class T> struct __align__(2 * sizeof(T)) complex {
    typedef T value_type;
    T x, y;
    constexpr __host__ __device__ complex() : x(0), y(0) {}
    constexpr __host__ __device__ complex(T re) : x(re), y(0) {}
    constexpr __host__ __device__ complex(T re, T im) : x(re), y(im) {}
    template <class U> constexpr __host__ __device__ complex(const complex<U> &z) : x((T)z.x), y((T)z.y) {}
    constexpr __host__ __device__ T real() const { return x; }
    constexpr __host__ __device__ T imag() const { return y; }
    __host__ __device__ void real(T re) { x = re; }
    __host__ __device__ void imag(T im) { y = im; }
    __host__ __device__ complex &operator=(T re) {
        x = re;
        y = 0;
        return *this;
    }
    __host__ __device__ complex &operator+=(const complex &b) {
        x += b.x;
        y += b.y;
        return *this;
    }
    __host__ __device__ complex &operator-=(const complex &b) {
        x -= b.x;
        y -= b.y;
        return *this;
    }
    __host__ __device__ complex &operator*=(const complex &b) { return *this = *this * b; }
    __host__ __device__ complex &operator/=(const complex &b) { return *this = *this / b; }
    __host__ __device__ complex &operator+=(T b) {
        x += b;
        return *this;
    }
    __host__ __device__ complex &operator-=(T b) {
        x -= b;
        return *this;
    }
    __host__ __device__ complex &operator*=(T b) {
        x *= b;
        y *= b;
        return *this;
    }
    __host__ __device__ complex &operator/=(T b) {
        x /= b;
        y /= b;
        return *this;
    }
};
// What the other operand of a mixed operation may be: any arithmetic type.
template <class T, class U>
using __wf_result =
    complex<std::conditional_t<std::is_same_v<T, double> || std::is_same_v<U, double>, double, float>>;
template <class U> using __wf_number = std::enable_if_t<std::is_arithmetic_v<U>, int>;

#define __WF_OPERATOR(op, formula)                                                                           \
    template <class T>                                                                                       \
    constexpr __host__ __device__ complex<T> operator op(const complex<T> &a, const complex<T> &b) {         \
        return formula;                                                                                      \
    }                                                                                                        \
    template <class T, class U, __wf_number<U> = 0>                                                          \
    constexpr __host__ __device__ complex<T> operator op(const complex<T> &a, U b) {                         \
        return a op complex<T>((T)b);                                                                        \
    }                                                                                                        \
    template <class T, class U, __wf_number<U> = 0>                                                          \
    constexpr __host__ __device__ complex<T> operator op(U a, const complex<T> &b) {                         \
        return complex<T>((T)a) op b;                                                                        \
    }
inline __device__ complex<float> __wf_divide(complex<float> a, complex<float> b) {
    wf_c64 r = wf_cdivf(wf_c64{a.x, a.y}, wf_c64{b.x, b.y});
    return complex<float>(r.x, r.y);
}
inline __device__ complex<double> __wf_divide(complex<double> a, complex<double> b) {
    wf_c128 r = wf_cdiv(wf_c128{a.x, a.y}, wf_c128{b.x, b.y});
    return complex<double>(r.x, r.y);
}
__WF_OPERATOR(+, complex<T>(a.x + b.x, a.y + b.y))
__WF_OPERATOR(-, complex<T>(a.x - b.x, a.y - b.y))
__WF_OPERATOR(*, complex<T>(a.x *b.x - a.y * b.y, a.x *b.y + a.y * b.x))
__WF_OPERATOR(/, __wf_divide(a, b))
#undef __WF_OPERATOR
template <class T> constexpr __host__ __device__ complex<T> operator+(const complex<T> &a) { return a; }
template <class T> constexpr __host__ __device__ complex<T> operator-(const complex<T> &a) {
    return complex<T>(-a.x, -a.y);
}
template <class T> constexpr __host__ __device__ bool operator==(const complex<T> &a, const complex<T> &b) {
    return a.x == b.x && a.y == b.y;
}
template <class T> constexpr __host__ __device__ bool operator!=(const complex<T> &a, const complex<T> &b) {
    return !(a == b);
}
template <class T, class U, __wf_number<U> = 0>
constexpr __host__ __device__ bool operator==(const complex<T> &a, U b) {
    return a.x == (T)b && a.y == 0;
}
template <class T, class U, __wf_number<U> = 0>
constexpr __host__ __device__ bool operator!=(const complex<T> &a, U b) {
    return !(a == b);
}

template <class T> constexpr __host__ __device__ T real(const complex<T> &z) { return z.x; }
template <class T> constexpr __host__ __device__ T imag(const complex<T> &z) { return z.y; }
template <class T> constexpr __host__ __device__ complex<T> conj(const complex<T> &z) {
    return complex<T>(z.x, -z.y);
}
template <class T> constexpr __host__ __device__ T norm(const complex<T> &z) { return z.x * z.x + z.y * z.y; }
inline __device__ float abs(const complex<float> &z) { return hypotf(z.x, z.y); }
inline __device__ double abs(const complex<double> &z) { return hypot(z.x, z.y); }
inline __device__ float arg(const complex<float> &z) { return atan2f(z.y, z.x); }
inline __device__ double arg(const complex<double> &z) { return atan2(z.y, z.x); }
template <class T> __device__ complex<T> polar(T r, T theta = 0) {
    return complex<T>(r * std::cos(theta), r * std::sin(theta));
}
template <class T> __device__ complex<T> proj(const complex<T> &z) {
    return isinf(z.x) || isinf(z.y) ? complex<T>((T)INFINITY, copysign((T)0, z.y)) : z;
}
#define __WF_COMPLEX(name)                                                                                   \
    inline __device__ complex<float> name(const complex<float> &z) {                                         \
        wf_c64 r = wf_c##name##f(wf_c64{z.x, z.y});                                                          \
        return complex<float>(r.x, r.y);                                                                     \
    }                                                                                                        \
    inline __device__ complex<double> name(const complex<double> &z) {                                       \
        wf_c128 r = wf_c##name(wf_c128{z.x, z.y});                                                           \
        return complex<double>(r.x, r.y);                                                                    \
    }
__WF_COMPLEX(exp)
__WF_COMPLEX(log)
__WF_COMPLEX(log10)
__WF_COMPLEX(sqrt)
__WF_COMPLEX(sin)
__WF_COMPLEX(cos)
__WF_COMPLEX(tan)
__WF_COMPLEX(sinh)
__WF_COMPLEX(cosh)
__WF_COMPLEX(tanh)
__WF_COMPLEX(asin)
__WF_COMPLEX(acos)
__WF_COMPLEX(atan)
__WF_COMPLEX(asinh)
__WF_COMPLEX(acosh)
__WF_COMPLEX(atanh)
#undef __WF_COMPLEX
inline __device__ complex<float> pow(const complex<float> &a, const complex<float> &b) {
    wf_c64 r = wf_cpowf(wf_c64{a.x, a.y}, wf_c64{b.x, b.y});
    return complex<float>(r.x, r.y);
}
inline __device__ complex<double> pow(const complex<double> &a, const complex<double> &b) {
    wf_c128 r = wf_cpow(wf_c128{a.x, a.y}, wf_c128{b.x, b.y});
    return complex<double>(r.x, r.y);
}
template <class T, class U, __wf_number<U> = 0> __device__ complex<T> pow(const complex<T> &a, U b) {
    return pow(a, complex<T>((T)b));
}
template <class T, class U, __wf_number<U> = 0> __device__ complex<T> pow(U a, const complex<T> &b) {
    return pow(complex<T>((T)a), b);
}
} // namespace thrust
namespace std {
using thrust::complex;
#include "wf/complex_names.h"
} // namespace std
