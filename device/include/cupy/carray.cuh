/* <cupy/carray.cuh>: CArray and CIndexer, an array by pointer, extents and strides (in bytes), and a place in such an
 * array, made in the kernel. Arrays that a kernel is given come as pointers. */
#ifndef WEFT_CUPY_CARRAY_CUH
#define WEFT_CUPY_CARRAY_CUH
#include <cupy/float16.cuh>
#include <type_traits>

namespace cupy {
namespace type_traits {
using std::conditional;
using std::enable_if;
using std::is_same;
}  // namespace type_traits
}  // namespace cupy

template <typename T, int _ndim, bool _c_contiguous = false, bool _use_32bit_indexing = false>
class CArray {
public:
    static const int ndim = _ndim;
    static const bool c_contiguous = _c_contiguous;

    __device__ CArray() : data_(0), size_(1) {}
    /* Elements in C order. */
    template <typename Extent>
    __device__ CArray(T *data, const Extent *shape) : data_(data), size_(1) {
        for (int d = _ndim - 1; d >= 0; d--) {
            shape_[d] = shape[d];
            strides_[d] = size_ * (ptrdiff_t)sizeof(T);
            size_ *= shape[d];
        }
    }
    template <typename Extent, typename Stride>
    __device__ CArray(T *data, const Extent *shape, const Stride *strides) : data_(data), size_(1) {
        for (int d = 0; d < _ndim; d++) {
            shape_[d] = shape[d];
            strides_[d] = strides[d];
            size_ *= shape[d];
        }
    }
    __device__ ptrdiff_t size() const { return size_; }
    __device__ const ptrdiff_t *shape() const { return shape_; }
    __device__ const ptrdiff_t *strides() const { return strides_; }
    /* The i-th element in C order. */
    __device__ T &operator[](ptrdiff_t i) const {
        if (_c_contiguous) return data_[i];
        ptrdiff_t at = 0;
        for (int d = _ndim - 1; d > 0; d--) {
            at += i % shape_[d] * strides_[d];
            i /= shape_[d];
        }
        if (_ndim > 0) at += i * strides_[0];
        return *(T *)((char *)data_ + at);
    }
    /* The element at an index for each axis. */
    template <typename Int>
    __device__ T &operator[](const Int (&index)[_ndim > 0 ? _ndim : 1]) const {
        ptrdiff_t at = 0;
        for (int d = 0; d < _ndim; d++) at += (ptrdiff_t)index[d] * strides_[d];
        return *(T *)((char *)data_ + at);
    }

private:
    T *data_;
    ptrdiff_t size_, shape_[_ndim > 0 ? _ndim : 1], strides_[_ndim > 0 ? _ndim : 1];
};

template <int _ndim, bool _use_32bit_indexing = false>
class CIndexer {
public:
    static const int ndim = _ndim;

    __device__ CIndexer() : size_(1) {}
    template <typename Extent>
    __device__ explicit CIndexer(const Extent *shape) : size_(1) {
        for (int d = 0; d < _ndim; d++) {
            shape_[d] = shape[d];
            size_ *= shape[d];
            index_[d] = 0;
        }
    }
    __device__ ptrdiff_t size() const { return size_; }
    __device__ const ptrdiff_t *shape() const { return shape_; }
    __device__ const ptrdiff_t *get() const { return index_; }
    /* The place of the i-th element in C order. */
    __device__ void set(ptrdiff_t i) {
        for (int d = _ndim - 1; d > 0; d--) {
            index_[d] = i % shape_[d];
            i /= shape_[d];
        }
        if (_ndim > 0) index_[0] = i;
    }

private:
    ptrdiff_t size_, shape_[_ndim > 0 ? _ndim : 1], index_[_ndim > 0 ? _ndim : 1];
};
#endif
