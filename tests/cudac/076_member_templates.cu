struct Op { template <typename T> __device__ T twice(T x) const { return x + x; } template <int N> __device__ static int n() { return N; } template <typename T> __device__ Op(T x) : v((int)x) {} int v; template <typename T> struct In { T t; }; };
template <typename T> struct Box { T v; template <typename U> __device__ U as() const { return (U)v; } template <typename U> __device__ Box &operator=(const Box<U> &o) { v = (T)o.v; return *this; } };
template <template <typename> class C, typename T> __device__ T unwrap(const C<T> &c) { return c.v; }
template <typename T> struct Alloc { using type = T; template <typename U> using rebind = Box<U>; };
__global__ void k(int *p, float *f) { Op o(2.5f); Op::In<float> in; in.t = 1; p[0] = o.twice(3) + o.template twice<int>(4) + Op::n<5>() + o.v; Box<float> b{1.5f}; Box<int> c; c = b; p[1] = b.as<int>() + c.v + unwrap(b); Alloc<int>::rebind<float> r{2.f}; f[0] = r.v + in.t; }
