// thrust::complex, CuPy's and PyCUDA's.
#include <cupy/complex.cuh>
#include <pycuda-complex.hpp>
#define T(value) out[__LINE__] = (value)
template <class C> __device__ C poly(C z) { return z * z + C(1) / z - z * 3.0f; }
__global__ void k(double *out) {
    complex<float> z(3.0f, 4.0f), w = z * complex<float>(0.0f, 1.0f);
    thrust::complex<double> d(1.0, -2.0), q = d;
    typedef pycuda::complex<float> cfloat;
    cfloat p(2.0f, 0.5f);
    T(abs(z)); // = 5
    T(w.real() * 100 + w.imag()); // = -397
    T((z / w).imag()); // = -1
    T(norm(z) + conj(z).imag()); // = 21
    T((z + 1 - 2.0f * z).real()); // = -2
    q *= d;
    T(q.real() * 10 + q.imag()); // = -34
    q /= d;
    T(q.imag()); // = -2
    T(z == complex<float>(3, 4)); // = 1
    T(exp(complex<double>(0.0, 3.141592653589793)).real()); // = -1
    T(sqrt(complex<double>(-4.0, 0.0)).imag()); // = 2
    T(pow(d, 2.0).imag()); // = -4 ~ 1e-12
    T(thrust::arg(thrust::complex<double>(0.0, 1.0))); // = 1.5707963267948966
    T(thrust::polar(2.0, 0.0).real()); // = 2
    T(log(exp(d)).imag()); // = -2 ~ 1e-12
    T(poly(p).real()); // = -1.7794117927551270 ~ 1e-6
    T(real(p) + imag(p)); // = 2.5
    T(sizeof(complex<double>) + alignof(complex<float>)); // = 24
    T((-z).imag()); // = -4
    z = 2.0f;
    T(z.imag()); // = 0
    T(thrust::complex<double>(complex<float>(1.5f, 2.5f)).imag()); // = 2.5
}
