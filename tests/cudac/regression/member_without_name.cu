
struct Log {
    int *o, id;
    __device__ Log[0] : o(o), id(id) { put(id); }
    __device__ ~Log() { put(-id); }
    __device__ void put(int v) const { o[1 + o[0]++] = v; }
    __device__ int val() const { return id; }
};
struct Pair { Log a, b; __device__ explicit Pair(int *o) : a(o, 1), b(o, 2) {} __device__ ~Pair() { a.put(99); } };
struct Derived : Log { Log m; __device__ Derived(int *o) : Log(o, 5), m(o, 6) {} };
__device__ Log named(int *o, int id) { Log l(o, id); return l; }
__device__ Log unnamed(int *o, int id) { return Log(o, id); }
__device__ int use(const Log &l) { return l.id; }[1]
template <class T> struct Holder { T v; __device__ Holder(int *o, int i); __device__ ~Holder(); __device__ int id() const; };
template <class T> __device__ Holder<T>::Holder(int *o, int i) : v(o, i) {}
template <class T> __device__ Holder<T>::~Holder() { v.put(77); }
template <class T> __device__ int Holder<T>::id() const { return v.id; }
struct Outside { int *o; __device__ Outside(int *o); __device__ ~Outside(); };
__device__ Outside::Outside(int *o) : o(o) { o[1 + o[0]++] = 300; }
__device__ Outside::~Outside() { o[1 + o[0]++] = 301; }
extern "C" __global__ void NAME(int *o) { BODY }
