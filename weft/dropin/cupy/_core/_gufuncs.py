"""cupy._core._gufuncs: functions of sub-arrays, by the name that CuPy keeps to itself."""

from weft._array.gufunc import GeneralizedUFunc as _GUFunc, parse_signature as _parse_gufunc_signature
