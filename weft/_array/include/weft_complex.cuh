// weft_complex.cuh: complex<T> for kernels, under the names that Thrust's has. Division scales by the larger part of the
// divisor (Smith's way), so that nothing overflows on the way to a result that does not.
#ifndef WEFT_COMPLEX_CUH
#define WEFT_COMPLEX_CUH

namespace thrust {

template <class T> struct complex {
    T re, im;

    __host__ __device__ complex() : re(0), im(0) {}
    __host__ __device__ complex(T r) : re(r), im(0) {}
    __host__ __device__ complex(T r, T i) : re(r), im(i) {}
    template <class U> __host__ __device__ complex(const complex<U> &z) : re((T)z.re), im((T)z.im) {}

    __host__ __device__ T real() const { return re; }
    __host__ __device__ T imag() const { return im; }
    __host__ __device__ void real(T r) { re = r; }
    __host__ __device__ void imag(T i) { im = i; }

    __host__ __device__ complex &operator+=(const complex &b) {
        re += b.re;
        im += b.im;
        return *this;
    }
    __host__ __device__ complex &operator-=(const complex &b) {
        re -= b.re;
        im -= b.im;
        return *this;
    }
    __host__ __device__ complex &operator*=(const complex &b) {
        T r = re * b.re - im * b.im;
        im = re * b.im + im * b.re;
        re = r;
        return *this;
    }
    __host__ __device__ complex &operator/=(const complex &b) {
        T r, i;
        if ((b.re < 0 ? -b.re : b.re) >= (b.im < 0 ? -b.im : b.im)) {
            T ratio = b.im / b.re, scale = b.re + b.im * ratio;
            r = (re + im * ratio) / scale;
            i = (im - re * ratio) / scale;
        } else {
            T ratio = b.re / b.im, scale = b.re * ratio + b.im;
            r = (re * ratio + im) / scale;
            i = (im * ratio - re) / scale;
        }
        re = r;
        im = i;
        return *this;
    }
};

template <class T> __host__ __device__ complex<T> operator+(complex<T> a, const complex<T> &b) { return a += b; }
template <class T> __host__ __device__ complex<T> operator-(complex<T> a, const complex<T> &b) { return a -= b; }
template <class T> __host__ __device__ complex<T> operator*(complex<T> a, const complex<T> &b) { return a *= b; }
template <class T> __host__ __device__ complex<T> operator/(complex<T> a, const complex<T> &b) { return a /= b; }
template <class T> __host__ __device__ complex<T> operator+(complex<T> a, const T &b) { return complex<T>(a.re + b, a.im); }
template <class T> __host__ __device__ complex<T> operator-(complex<T> a, const T &b) { return complex<T>(a.re - b, a.im); }
template <class T> __host__ __device__ complex<T> operator*(complex<T> a, const T &b) { return complex<T>(a.re * b, a.im * b); }
template <class T> __host__ __device__ complex<T> operator/(complex<T> a, const T &b) { return complex<T>(a.re / b, a.im / b); }
template <class T> __host__ __device__ complex<T> operator+(const T &a, complex<T> b) { return complex<T>(a + b.re, b.im); }
template <class T> __host__ __device__ complex<T> operator-(const T &a, complex<T> b) { return complex<T>(a - b.re, -b.im); }
template <class T> __host__ __device__ complex<T> operator*(const T &a, complex<T> b) { return complex<T>(a * b.re, a * b.im); }
template <class T> __host__ __device__ complex<T> operator/(const T &a, const complex<T> &b) { return complex<T>(a) / b; }
template <class T> __host__ __device__ complex<T> operator-(complex<T> a) { return complex<T>(-a.re, -a.im); }
template <class T> __host__ __device__ complex<T> operator+(complex<T> a) { return a; }
template <class T> __host__ __device__ bool operator==(const complex<T> &a, const complex<T> &b) { return a.re == b.re && a.im == b.im; }
template <class T> __host__ __device__ bool operator!=(const complex<T> &a, const complex<T> &b) { return !(a == b); }

template <class T> __host__ __device__ T real(const complex<T> &a) { return a.re; }
template <class T> __host__ __device__ T imag(const complex<T> &a) { return a.im; }
template <class T> __host__ __device__ complex<T> conj(const complex<T> &a) { return complex<T>(a.re, -a.im); }
template <class T> __host__ __device__ T norm(const complex<T> &a) { return a.re * a.re + a.im * a.im; }
__host__ __device__ float abs(complex<float> a) { return hypotf(a.re, a.im); }
__host__ __device__ double abs(complex<double> a) { return ::hypot(a.re, a.im); }
__host__ __device__ float arg(complex<float> a) { return atan2f(a.im, a.re); }
__host__ __device__ double arg(complex<double> a) { return ::atan2(a.im, a.re); }
__host__ __device__ complex<float> polar(float r, float angle) { return complex<float>(r * cosf(angle), r * sinf(angle)); }
__host__ __device__ complex<double> polar(double r, double angle) { return complex<double>(r * ::cos(angle), r * ::sin(angle)); }

#define WEFT_COMPLEX_FUNCTIONS(T, F)                                                                                             \
    __host__ __device__ complex<T> exp(complex<T> a) { return polar(F(exp)(a.re), a.im); }                                      \
    __host__ __device__ complex<T> log(complex<T> a) { return complex<T>(F(log)(abs(a)), arg(a)); }                             \
    __host__ __device__ complex<T> log10(complex<T> a) { return log(a) * (T)0.43429448190325182765; }                           \
    __host__ __device__ complex<T> pow(complex<T> a, complex<T> b) {                                                            \
        if (a.re == 0 && a.im == 0) return complex<T>(b.re == 0 && b.im == 0 ? (T)1 : (T)0);                                    \
        return exp(b * log(a));                                                                                                 \
    }                                                                                                                           \
    __host__ __device__ complex<T> pow(complex<T> a, T b) { return pow(a, complex<T>(b)); }                                     \
    __host__ __device__ complex<T> sqrt(complex<T> a) {                                                                         \
        T size = abs(a), re = F(sqrt)((size + (a.re < 0 ? -a.re : a.re)) / 2), im;                                              \
        if (re == 0) return complex<T>(0, a.im);                                                                                \
        im = (a.im < 0 ? -a.im : a.im) / (2 * re);                                                                              \
        if (a.re < 0) {                                                                                                         \
            T other = re;                                                                                                       \
            re = im;                                                                                                            \
            im = other;                                                                                                         \
        }                                                                                                                       \
        return complex<T>(re, a.im < 0 ? -im : im);                                                                             \
    }                                                                                                                           \
    __host__ __device__ complex<T> sinh(complex<T> a) {                                                                         \
        return complex<T>(F(sinh)(a.re) * F(cos)(a.im), F(cosh)(a.re) * F(sin)(a.im));                                          \
    }                                                                                                                           \
    __host__ __device__ complex<T> cosh(complex<T> a) {                                                                         \
        return complex<T>(F(cosh)(a.re) * F(cos)(a.im), F(sinh)(a.re) * F(sin)(a.im));                                          \
    }                                                                                                                           \
    __host__ __device__ complex<T> tanh(complex<T> a) { return sinh(a) / cosh(a); }                                             \
    __host__ __device__ complex<T> sin(complex<T> a) {                                                                          \
        return complex<T>(F(sin)(a.re) * F(cosh)(a.im), F(cos)(a.re) * F(sinh)(a.im));                                          \
    }                                                                                                                           \
    __host__ __device__ complex<T> cos(complex<T> a) {                                                                          \
        return complex<T>(F(cos)(a.re) * F(cosh)(a.im), -F(sin)(a.re) * F(sinh)(a.im));                                         \
    }                                                                                                                           \
    __host__ __device__ complex<T> tan(complex<T> a) { return sin(a) / cos(a); }

#define WEFT_FLOAT_NAME(name) ::name##f
#define WEFT_DOUBLE_NAME(name) ::name
WEFT_COMPLEX_FUNCTIONS(float, WEFT_FLOAT_NAME)
WEFT_COMPLEX_FUNCTIONS(double, WEFT_DOUBLE_NAME)
#undef WEFT_COMPLEX_FUNCTIONS
#undef WEFT_FLOAT_NAME
#undef WEFT_DOUBLE_NAME

} // namespace thrust

// Found by a plain name, too: the front-end does not look into the namespaces of arguments.
using thrust::abs;
using thrust::arg;
using thrust::complex;
using thrust::conj;
using thrust::cos;
using thrust::cosh;
using thrust::exp;
using thrust::imag;
using thrust::log;
using thrust::log10;
using thrust::norm;
using thrust::polar;
using thrust::pow;
using thrust::real;
using thrust::sin;
using thrust::sinh;
using thrust::sqrt;
using thrust::tan;
using thrust::tanh;
#endif
