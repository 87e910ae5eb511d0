struct Empty {};
struct Base { int x; __device__ Base(int v = 1) : x(v) {} __device__ int get() const { return x; } __device__ void set(int v) { x = v; } };
struct Mixin { float w = 2.5f; __device__ float weight() const { return w; } };
struct Derived : public Base, Mixin, Empty { int y; __device__ Derived(int a, int b) : Base(a), y(b) {} __device__ int both() const { return get() + y + Base::get(); } __device__ int get2() { return this->x; } };
struct More : Derived { using Derived::Derived; int z = 4; };
template <typename T> struct Crtp { __device__ int run() { return static_cast<T *>(this)->impl(); } };
struct Impl : Crtp<Impl> { int v; __device__ int impl() { return v * 2; } };
__device__ int use(const Base &b) { return b.get(); }
__device__ int usep(Base *b) { b->set(9); return b->x; }
__device__ float usem(const Mixin *m) { return m->w; }
__global__ void k(int *p, float *f) {
    Derived d(1, 2); More m(5, 6); Impl i; i.v = 3; Empty e; (void)e;
    p[0] = d.get() + d.both() + use(d) + usep(&d) + d.x + m.z + m.both() + i.run() + sizeof(Empty) + d.get2();
    f[0] = d.weight() + usem(&d) + usem(&m); Base b = d; p[1] = b.x; d.set(4); Base *q = &m; p[2] = q->get();
}
