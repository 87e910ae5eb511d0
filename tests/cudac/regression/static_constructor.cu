
template <class Derived> struct shape { __device__ float twice() const { return 2 * static_cast<const Derived *>(this)->area(); } };
struct disc : shape<disc> { float r; __device__ static explicit disc(float r) : r(r) {} __device__ float area() const { return 3.0f * r * r; } };
