"""Matrix products by wmma fragments."""

import numpy as np
from table import K, f4, f8, i4

HALF = np.float16
SHAPES = {  # (m, n, k), element, NumPy's, accumulator, NumPy's, layouts
    "half": ((8, 32, 16), "half", HALF, "float", f4, "row_major", "col_major"),
    "bytes": ((16, 16, 16), "signed char", np.int8, "int", i4, "row_major", "col_major"),
    "tf32": ((16, 16, 8), "wmma::precision::tf32", f4, "float", f4, "row_major", "row_major"),
    "double": ((8, 8, 4), "double", f8, "double", f8, "row_major", "col_major"),
}
CASES = []
for _name, ((m, n, k), _t, _d, _a, _ad, _la, _lb) in SHAPES.items():
    _kept = "float" if "tf32" in _t else _t
    CASES.append(K(f"wmma_{_name}", f"""
#include <mma.h>
using namespace nvcuda;
extern "C" __global__ void wmma_{_name}({_a} *d, const {_kept} *a, const {_kept} *b, int turns) {{
    wmma::fragment<wmma::matrix_a, {m}, {n}, {k}, {_t}, wmma::{_la}> fa;
    wmma::fragment<wmma::matrix_b, {m}, {n}, {k}, {_t}, wmma::{_lb}> fb;
    wmma::fragment<wmma::accumulator, {m}, {n}, {k}, {_a}> acc;
    wmma::fill_fragment(acc, 0.0f);
    for (int t = 0; t < turns; t++) {{
        wmma::load_matrix_sync(fa, a + t * {m * k}, {k if _la == "row_major" else m});
        wmma::load_matrix_sync(fb, b + t * {k * n}, {n if _lb == "row_major" else k});
        wmma::mma_sync(acc, fa, fb, acc);
    }}
    for (int i = 0; i < acc.num_elements; i++) acc.x[i] = acc.x[i] * ({_a})2;
    wmma::store_matrix_sync(d, acc, {n}, wmma::mem_row_major);
}}""", lambda r, s=(m, n, k), d=_d, ad=_ad: [np.zeros(s[:2], ad), r.integers(-3, 4, (2, s[0] * s[2])).astype(d), r.integers(-3, 4, (2, s[2] * s[1])).astype(d), 2],
                   lambda o, a, b, t, s=(m, n, k), la=_la, lb=_lb: 2 * sum(
                       (a[i].reshape(s[0], s[2]) if la == "row_major" else a[i].reshape(s[2], s[0]).T).astype(f8) @
                       (b[i].reshape(s[2], s[1]) if lb == "row_major" else b[i].reshape(s[1], s[2]).T).astype(f8) for i in range(2)), block=32))
