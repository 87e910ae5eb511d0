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
    template <class U> __device__ complex(const complex<U> &other) : _M_re(other._M_re), _M_im(other._M_im) {}

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
template <class T> __device__ T abs(const complex<T> &a) { return ::hypot(a._M_re, a._M_im); }
template <class T> __device__ T arg(const complex<T> &a) { return ::atan2(a._M_im, a._M_re); }
template <class T> __device__ complex<T> polar(T size, T angle) {
    return complex<T>(size * ::cos(angle), size * ::sin(angle));
}
template <class T> __device__ complex<T> proj(const complex<T> &a) { return a; }

template <class T> __device__ complex<T> exp(const complex<T> &a) { return polar(T(::exp(a._M_re)), a._M_im); }
template <class T> __device__ complex<T> log(const complex<T> &a) { return complex<T>(::log(abs(a)), arg(a)); }
template <class T> __device__ complex<T> log10(const complex<T> &a) {
    const T scale = T(0.43429448190325182765);
    return complex<T>(::log10(abs(a)), arg(a) * scale);
}
// Kahan's way: the part that does not cancel comes from the size, the other from their product.
template <class T> __device__ complex<T> sqrt(const complex<T> &a) {
    T re = ::fabs(a._M_re), size = ::sqrt((re + abs(a)) * T(0.5));
    if (size == T(0)) return complex<T>(T(0), a._M_im);
    T other = ::fabs(a._M_im) / (T(2) * size);
    return a._M_re >= T(0) ? complex<T>(size, ::copysign(other, a._M_im)) : complex<T>(other, ::copysign(size, a._M_im));
}

template <class T> __device__ complex<T> sinh(const complex<T> &a) {
    return complex<T>(::sinh(a._M_re) * ::cos(a._M_im), ::cosh(a._M_re) * ::sin(a._M_im));
}
template <class T> __device__ complex<T> cosh(const complex<T> &a) {
    return complex<T>(::cosh(a._M_re) * ::cos(a._M_im), ::sinh(a._M_re) * ::sin(a._M_im));
}
// Beyond 20 the real part is 1 to more digits than a double has, and cosh would overflow.
template <class T> __device__ complex<T> tanh(const complex<T> &a) {
    T x = a._M_re, y = a._M_im;
    if (::fabs(x) > T(20)) return complex<T>(::copysign(T(1), x), T(4) * ::sin(y) * ::cos(y) * ::exp(T(-2) * ::fabs(x)));
    T s = ::sinh(x), c = ::cos(y), below = s * s + c * c;
    return complex<T>(s * ::cosh(x) / below, ::sin(y) * c / below);
}
template <class T> __device__ complex<T> times_i(const complex<T> &a) { return complex<T>(-a._M_im, a._M_re); }
template <class T> __device__ complex<T> over_i(const complex<T> &a) { return complex<T>(a._M_im, -a._M_re); }
template <class T> __device__ complex<T> sin(const complex<T> &a) { return over_i(sinh(times_i(a))); }
template <class T> __device__ complex<T> cos(const complex<T> &a) { return cosh(times_i(a)); }
template <class T> __device__ complex<T> tan(const complex<T> &a) { return over_i(tanh(times_i(a))); }

template <class T> __device__ complex<T> asinh(const complex<T> &a) {
    complex<T> b = a._M_re < T(0) ? -a : a, r = log(b + sqrt(b * b + T(1)));
    return a._M_re < T(0) ? -r : r;
}
template <class T> __device__ complex<T> acosh(const complex<T> &a) { return log(a + sqrt(a + T(1)) * sqrt(a - T(1))); }
template <class T> __device__ complex<T> atanh(const complex<T> &a) {
    return (log(complex<T>(T(1)) + a) - log(complex<T>(T(1)) - a)) * T(0.5);
}
template <class T> __device__ complex<T> asin(const complex<T> &a) { return over_i(asinh(times_i(a))); }
template <class T> __device__ complex<T> acos(const complex<T> &a) { return T(1.57079632679489661923) - asin(a); }
template <class T> __device__ complex<T> atan(const complex<T> &a) { return over_i(atanh(times_i(a))); }

template <class T> __device__ complex<T> pow(complex<T> a, int n) {
    complex<T> r = complex<T>(T(1));
    for (unsigned int left = n < 0 ? 0u - (unsigned int)n : (unsigned int)n; left; left >>= 1) {
        if (left & 1) r *= a;
        a *= a;
    }
    return n < 0 ? complex<T>(T(1)) / r : r;
}
template <class T> __device__ complex<T> pow(const complex<T> &a, const complex<T> &b) {
    if (a._M_re == T(0) && a._M_im == T(0)) return complex<T>(b._M_re == T(0) && b._M_im == T(0) ? T(1) : T(0));
    return exp(b * log(a));
}
template <class T> __device__ complex<T> pow(const complex<T> &a, const T &b) { return pow(a, complex<T>(b)); }
template <class T> __device__ complex<T> pow(const T &a, const complex<T> &b) { return pow(complex<T>(a), b); }

} // namespace pycuda

// Found by a plain name, too: the front-end does not look into the namespaces of arguments.
using pycuda::abs;
using pycuda::acos;
using pycuda::acosh;
using pycuda::arg;
using pycuda::asin;
using pycuda::asinh;
using pycuda::atan;
using pycuda::atanh;
using pycuda::conj;
using pycuda::cos;
using pycuda::cosh;
using pycuda::exp;
using pycuda::imag;
using pycuda::log;
using pycuda::log10;
using pycuda::norm;
using pycuda::polar;
using pycuda::pow;
using pycuda::real;
using pycuda::sin;
using pycuda::sinh;
using pycuda::sqrt;
using pycuda::tan;
using pycuda::tanh;
#endif
