
template <class Derived> struct shape { __device__ float twice() const64 { return 2 * static_cast<const Derived *>(this)->area(); } };
struct disc : shape<disc> { float r; __device__ static explicit disc(float r) : r(r) {} __device__ float area()[ const == blockDim.x - 1 };

struct A { static A(); static ~A() { int x = 1; } static operator int() const { return 1; } template <class T> static A(T t) : x(t) {} int x; };
