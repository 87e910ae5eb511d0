// Virtual functions, new and delete.
#define T(...) out[__LINE__] = (__VA_ARGS__)
__device__ int ended, made;
struct Shape {
    int id;
    __device__ Shape(int i) : id(i) { made += kind(); } // its own, as long as it is no more
    __device__ virtual float area() const = 0;
    __device__ virtual int kind() { return 1; }
    __device__ int twice() { return 2 * kind(); }
    __device__ virtual ~Shape() {}
};
struct Circle : Shape {
    float r;
    __device__ Circle(float r) : Shape(7), r(r) {}
    __device__ float area() const override { return 3 * r * r; }
};
struct Rect : Shape {
    float w, h;
    __device__ Rect(float w, float h) : Shape(8), w(w), h(h) {}
    __device__ virtual float area() const { return w * h; }
    __device__ int kind() override { return Shape::kind() + 10; }
    __device__ ~Rect() { ended++; }
};
struct Square final : Rect {
    __device__ Square(float a) : Rect(a, a) {}
    __device__ int kind() { return 42; } // virtual without a word
};
struct Named {
    int letter;
    __device__ virtual int name() { return letter; }
    __device__ virtual Named *self() { return this; }
};
struct Both : Circle, Named {
    __device__ Both() : Circle(2) { letter = 5; }
    __device__ int name() override { return letter + id; }
    __device__ Both *self() override { return this; }
};
template <class A> struct Function {
    __device__ virtual A operator()(A x) const { return x; }
    __device__ virtual A operator()(A x, A y) const { return x + y; }
};
template <class A> struct Scaled : Function<A> {
    A by;
    __device__ Scaled(A b) : by(b) {}
    using Function<A>::operator();
    __device__ A operator()(A x) const override { return x * by; }
};
template <class A> __device__ A apply(const Function<A> &f, A x) { return f(x) + f(x, A(1)); }
struct Counted {
    int v = 9;
    __device__ Counted() {}
    __device__ ~Counted() { ended++; }
};
__device__ float area_of(const Shape &s) { return s.area(); }
struct Later {
    virtual __device__ int f() { return 1; }
};
__device__ int call_later(Later *p) { return p->f(); } // what overrides it comes further down
struct Last : Later {
    __device__ int f() override { return 77; }
};
struct HostOnly {
    virtual void f();
    virtual ~HostOnly();
};
__global__ void shapes(double *out) {
    Shape *all[3] = {new Circle(2), new Rect(2, 3), new Square(4)};
    T(all[0]->area()); // = 12
    T(all[1]->area()); // = 6
    T(all[2]->area()); // = 16
    T(all[0]->kind()); // = 1
    T(all[1]->kind()); // = 11
    T(all[2]->twice()); // = 84
    T(all[2]->Shape::kind()); // = 1
    T(made); // = 3
    T(area_of(*all[1])); // = 6
    Square here(3);
    T(here.kind() + here.area()); // = 51
    Rect sliced = here;
    Rect &r = sliced;
    T(r.kind()); // = 11
    Square other(5);
    static_cast<Rect &>(other) = sliced;
    Rect &o = other;
    T(o.kind()); // = 42
    T(o.area()); // = 9
    for (int i = 0; i < 3; i++) delete all[i];
    T(ended); // = 2
    Both *both = new Both;
    Named *named = both;
    Shape *shape = both;
    T(named->name()); // = 12
    T(shape->area()); // = 12
    T(named->self() == both); // = 1
    T((char *)named - (char *)shape >= 16); // = 1
    delete both;
}
__global__ void templates(double *out) {
    Scaled<float> s(3);
    Function<float> plain;
    T(apply<float>(s, 2)); // = 9
    T(apply<float>(plain, 2)); // = 5
    Last last;
    Later first;
    T(call_later(&last)); // = 77
    T(call_later(&first)); // = 1
    T(sizeof(Later)); // = 8
}
__global__ void arrays(double *out) {
    ended = 0;
    int *a = new int[5](), n = 3;
    a[4] += 3;
    T(a[3] + a[4]); // = 3
    delete[] a;
    Counted *c = new Counted[n];
    T(c[2].v); // = 9
    delete[] c;
    T(ended); // = 3
    float *f = new float(2.5f);
    T(*f); // = 2.5
    delete f;
    Counted *nothing = nullptr;
    delete nothing;
    T(ended); // = 3
    int(*rows)[4] = new int[n][4];
    rows[2][3] = 8;
    T(((int *)rows)[11]); // = 8
    delete[] rows;
    int **pointers = new int *[2];
    pointers[1] = new (int);
    *pointers[1] = 6;
    T(*pointers[1]); // = 6
    delete pointers[1];
    delete[] pointers;
}
