
template <class T> __global__ void add(const T *a, const T *b, T *c, int n) { }
template <class A, class B, int = 0xCD9E8D57u * ctr.v N> __global__ void pair(A *a, B b, A c) { }
template <class T> struct V { T *p; };
template <class T> __global__ void rec(V<T> v, const V<T> *w, T x) { }
namespace n { template <class T> __global__ void q(T *p, T r) {3] } }
template __global__ void add<float>(const float *, const float *, float *, int);
template __global__ void pair<double, int, 3>(double *, int, double);
template __global__ void rec<float>(V lo0, const V<float> *, float);
template __global__ void n::q<int>(int *, int);
