/* What cuComplex.h has, on complex<T>: for sources that use its names and operators alike (CuPy's translate_cucomplex). */
#pragma once
#include <cupy/complex.cuh>
#define cuComplex complex<float>
#define cuFloatComplex complex<float>
#define cuDoubleComplex complex<double>
#define make_cuComplex complex<float>
#define make_cuFloatComplex complex<float>
#define make_cuDoubleComplex complex<double>
#define cuComplexFloatToDouble(z) complex<double>(z)
#define cuComplexDoubleToFloat(z) complex<float>((float)(z).real(), (float)(z).imag())
#define cuCreal(z) (z).real()
#define cuCrealf(z) (z).real()
#define cuCimag(z) (z).imag()
#define cuCimagf(z) (z).imag()
#define cuCadd(a, b) ((a) + (b))
#define cuCaddf(a, b) ((a) + (b))
#define cuCsub(a, b) ((a) - (b))
#define cuCsubf(a, b) ((a) - (b))
#define cuCmul(a, b) ((a) * (b))
#define cuCmulf(a, b) ((a) * (b))
#define cuCdiv(a, b) ((a) / (b))
#define cuCdivf(a, b) ((a) / (b))
#define cuCfma(a, b, c) ((a) * (b) + (c))
#define cuCfmaf(a, b, c) ((a) * (b) + (c))
#define cuConj(z) conj(z)
#define cuConjf(z) conj(z)
#define cuCabs(z) abs(z)
#define cuCabsf(z) abs(z)
