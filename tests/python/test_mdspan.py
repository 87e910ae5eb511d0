"""cuda::std::mdspan in CUDA C, and arrays as arguments for it."""
import numpy as np
import pytest

import weft as wf

ADD = """
#include <cuda/std/mdspan>
using cuda::std::dynamic_extent;
template <class T, class I, class L>
__global__ void add(cuda::std::mdspan<T, cuda::std::extents<I, dynamic_extent, dynamic_extent>, L> a,
                    cuda::std::mdspan<T, cuda::std::extents<I, dynamic_extent, dynamic_extent>, L> b) {
    for (I i = threadIdx.x; i < a.extent(0); i += blockDim.x)
        for (I j = 0; j < a.extent(1); j++) b(i, j) = a(i, j) + T(i * 10 + j);
}
"""


@pytest.mark.parametrize("layout", ["stride", "right", "left"])
@pytest.mark.parametrize("index, name", [(np.int32, "int"), (np.int64, "long long")])
def test_arrays_of_each_layout(layout, index, name):
    kernel = f"add<float, {name}, cuda::std::layout_{layout}>"
    module = wf.Module(ADD, instantiate=[kernel])
    x = np.arange(12, dtype=np.float32).reshape(3, 4)
    a = wf.asarray(np.asfortranarray(x) if layout == "left" else x)
    b = wf.zeros_like(a)
    if layout == "stride":
        a, b, x = a[::2, ::-1], wf.zeros((2, 4), dtype=np.float32), x[::2, ::-1]
    module.kernel(kernel)(a.mdspan(index_type=index, allow_unsafe=True), b.mdspan(index_type=index), grid=1, block=2)
    rows, columns = x.shape
    np.testing.assert_array_equal(b.get(), x + np.arange(rows)[:, None] * 10 + np.arange(columns))


def test_work_before_and_after_is_in_order():
    kernel = "add<double, int, cuda::std::layout_right>"
    module = wf.Module(ADD, instantiate=[kernel])
    a, b = wf.ones((2, 2)), wf.zeros((2, 2))
    one, two = a.mdspan(index_type=np.int32), b.mdspan(index_type=np.int32)
    a += 1
    module.kernel(kernel)(one, two, grid=1, block=1)
    assert (b * 2).tolist() == [[4, 6], [24, 26]]


def test_sizes_strides_and_places():
    module = wf.Module("""
#include <cuda/std/mdspan>
__global__ void look(long long *s, float *p) {
    using namespace cuda::std;
    s[0] = sizeof(mdspan<float, extents<int>>);
    s[1] = sizeof(mdspan<float, extents<int, dynamic_extent, dynamic_extent>, layout_stride>);
    s[2] = sizeof(mdspan<float, extents<int, 3, dynamic_extent>>);
    s[3] = sizeof(mdspan<float, dextents<long, 3>, layout_left>);
    s[4] = sizeof(mdspan<float, extents<int, 3, 4>>);
    auto m = mdspan(p, 3, 4);
    s[5] = m.stride(0); s[6] = m.extent(1); s[7] = m.rank_dynamic();
    mdspan<float, extents<int, 3, 4>, layout_left> f(p);
    s[8] = f.stride(1); s[9] = f.size(); s[10] = f.rank_dynamic();
    m(1, 2) = 5; s[11] = p[6]; s[12] = m[array<int, 2>{1, 2}];
    layout_stride::mapping<dextents<int, 2>> map(dextents<int, 2>(2, 3), array<int, 2>{1, 2});
    mdspan<float, dextents<int, 2>, layout_stride> g(p, map);
    s[13] = &g(1, 2) - p; s[14] = g.mapping().required_span_size(); s[15] = g.mapping().is_exhaustive();
    mdspan<const float, extents<int, dynamic_extent, 2, dynamic_extent>> h(p, 3, 4);
    s[16] = h.extent(0) * 100 + h.extent(1) * 10 + h.extent(2); s[17] = &h(2, 1, 3) - p;
    s[18] = (dextents<int, 2>(3, 4) == extents<long, 3, 4>()) + 2 * (dextents<int, 2>(3, 4) == extents<long, 3, 5>());
}""")
    found = wf.zeros(19, dtype=np.int64)
    module.kernel("look")(found, wf.zeros(64, dtype=np.float32), grid=1, block=1)
    assert found.tolist() == [8, 24, 16, 32, 8, 4, 4, 2, 3, 12, 0, 5, 5, 5, 6, 1, 324, 23, 1]


def test_what_does_not_fit_is_told():
    x = wf.zeros((2, 3), dtype=np.float32)
    module = wf.Module(ADD, instantiate=["add<float, int, cuda::std::layout_stride>"])
    kernel = module.kernel("add<float, int, cuda::std::layout_stride>")
    whole = x.mdspan(index_type=np.int32)
    with pytest.raises(TypeError, match="indices of type int, index_type=int64 was given"):
        kernel(x.mdspan(index_type=np.int64), whole, grid=1, block=1)
    with pytest.raises(TypeError, match=r"extents \(dynamic, dynamic\), the array has shape \(3,\)"):
        kernel(x[0].mdspan(index_type=np.int32), whole, grid=1, block=1)
    fixed = wf.Module("#include <cuda/std/mdspan>\n__global__ void k(cuda::std::mdspan<float, cuda::std::extents<int, 2, 3>> a) { a(1, 2) = 7; }").kernel("k")
    fixed(whole, grid=1, block=1)
    assert x[1, 2] == 7
    with pytest.raises(TypeError, match=r"extents \(2, 3\), the array has shape \(3, 2\)"):
        fixed(x.T.mdspan(index_type=np.int32), grid=1, block=1)
    with pytest.raises(TypeError, match="pass numpy.void, an array or bytes of its size"):
        fixed(object(), grid=1, block=1)
    with pytest.raises(ValueError, match="int32 or int64, got int16"):
        x.mdspan(index_type=np.int16)
    with pytest.raises(RuntimeError, match="1-th dimension has non-positive stride -4"):
        x[:, ::-1].mdspan(index_type=np.int32)
    with pytest.raises(RuntimeError, match="0-th dimension has size zero"):
        x[:0].mdspan(index_type=np.int32)
    with pytest.raises(wf.CompileError, match="one index for each dimension"):
        wf.Module("#include <mdspan>\n__global__ void k(std::mdspan<int, std::dextents<int, 2>> a) { a(1) = 2; }")
    with pytest.raises(wf.CompileError, match="#include <mdspan>"):
        wf.Module("__global__ void k(int *p) { std::mdspan<int, std::extents<int, 2>> a(p); a(1) = 2; }")
