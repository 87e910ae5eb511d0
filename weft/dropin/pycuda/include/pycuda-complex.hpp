// pycuda-complex.hpp: pycuda::complex<T>, as kernels for PyCUDA use it. Division scales by the larger part of the divisor
// (Smith's way), so that nothing overflows on the way to a result that does not.
#ifndef WEFT_PYCUDA_COMPLEX_HPP
#define WEFT_PYCUDA_COMPLEX_HPP

namespace pycuda {

template <class T> struct complex {
    T _M_re, _M_im;

    __device__ complex() : _M_re(0), _M_im(0) {}
    __device__ complex(T re) : _M_re(re), _M_im(0) {}
    __device__ complex(T re, T im) : _M_re(re), _M_im(im) {}

    __device__ T real() const { return _M_re; }
    __device__ T imag() const { return _M_im; }

    __device__ complex &operator+=(const complex &b) {
        _M_re += b._M_re;
        _M_im += b._M_im;
        return *this;
    }
    __device__ complex &operator-=(const complex &b) {
        _M_re -= b._M_re;
        _M_im -= b._M_im;
        return *this;
    }
    __device__ complex &operator*=(const complex &b) {
        T re = _M_re * b._M_re - _M_im * b._M_im;
        _M_im = _M_re * b._M_im + _M_im * b._M_re;
        _M_re = re;
        return *this;
    }
    __device__ complex &operator/=(const complex &b) {
        T re, im;
        if ((b._M_re < 0 ? -b._M_re : b._M_re) >= (b._M_im < 0 ? -b._M_im : b._M_im)) {
            T ratio = b._M_im / b._M_re, scale = b._M_re + b._M_im * ratio;
            re = (_M_re + _M_im * ratio) / scale;
            im = (_M_im - _M_re * ratio) / scale;
        } else {
            T ratio = b._M_re / b._M_im, scale = b._M_re * ratio + b._M_im;
            re = (_M_re * ratio + _M_im) / scale;
            im = (_M_im * ratio - _M_re) / scale;
        }
        _M_re = re;
        _M_im = im;
        return *this;
    }
};

template <class T> __device__ complex<T> operator+(complex<T> a, const complex<T> &b) { return a += b; }
template <class T> __device__ complex<T> operator-(complex<T> a, const complex<T> &b) { return a -= b; }
template <class T> __device__ complex<T> operator*(complex<T> a, const complex<T> &b) { return a *= b; }
template <class T> __device__ complex<T> operator/(complex<T> a, const complex<T> &b) { return a /= b; }
template <class T> __device__ complex<T> operator+(complex<T> a, const T &b) { return complex<T>(a._M_re + b, a._M_im); }
template <class T> __device__ complex<T> operator-(complex<T> a, const T &b) { return complex<T>(a._M_re - b, a._M_im); }
template <class T> __device__ complex<T> operator*(complex<T> a, const T &b) { return complex<T>(a._M_re * b, a._M_im * b); }
template <class T> __device__ complex<T> operator/(complex<T> a, const T &b) { return complex<T>(a._M_re / b, a._M_im / b); }
template <class T> __device__ complex<T> operator+(const T &a, complex<T> b) { return complex<T>(a + b._M_re, b._M_im); }
template <class T> __device__ complex<T> operator-(const T &a, complex<T> b) { return complex<T>(a - b._M_re, -b._M_im); }
template <class T> __device__ complex<T> operator*(const T &a, complex<T> b) { return complex<T>(a * b._M_re, a * b._M_im); }
template <class T> __device__ complex<T> operator/(const T &a, const complex<T> &b) { return complex<T>(a) / b; }
template <class T> __device__ complex<T> operator-(complex<T> a) { return complex<T>(-a._M_re, -a._M_im); }
template <class T> __device__ complex<T> operator+(complex<T> a) { return a; }
template <class T> __device__ bool operator==(const complex<T> &a, const complex<T> &b) {
    return a._M_re == b._M_re && a._M_im == b._M_im;
}
template <class T> __device__ bool operator!=(const complex<T> &a, const complex<T> &b) { return !(a == b); }

template <class T> __device__ T real(const complex<T> &a) { return a._M_re; }
template <class T> __device__ T imag(const complex<T> &a) { return a._M_im; }
template <class T> __device__ complex<T> conj(const complex<T> &a) { return complex<T>(a._M_re, -a._M_im); }
template <class T> __device__ T norm(const complex<T> &a) { return a._M_re * a._M_re + a._M_im * a._M_im; }
__device__ float abs(complex<float> a) { return hypotf(a._M_re, a._M_im); }
__device__ double abs(complex<double> a) { return hypot(a._M_re, a._M_im); }
__device__ float arg(complex<float> a) { return atan2f(a._M_im, a._M_re); }
__device__ double arg(complex<double> a) { return atan2(a._M_im, a._M_re); }
__device__ complex<float> exp(complex<float> a) {
    float size = expf(a._M_re);
    return complex<float>(size * cosf(a._M_im), size * sinf(a._M_im));
}
__device__ complex<double> exp(complex<double> a) {
    double size = ::exp(a._M_re);
    return complex<double>(size * cos(a._M_im), size * sin(a._M_im));
}

} // namespace pycuda

// Found by a plain name, too: the front-end does not look into the namespaces of arguments.
using pycuda::abs;
using pycuda::arg;
using pycuda::conj;
using pycuda::exp;
using pycuda::imag;
using pycuda::norm;
using pycuda::real;
#endif
