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
struct First {
    int a = 1;
    __device__ virtual int f(int x) { return x + a; }
    __device__ virtual ~First() { ended += f(0); }
};
struct Second {
    int b = 2;
    __device__ virtual int g() const = 0;
    __device__ virtual ~Second() { ended += 10; }
};
struct Joined : First, Second {
    __device__ int f(int x) override { return 7 * x + 500; }
    __device__ int g() const override { return a + b; }
    __device__ ~Joined() override { ended += 100; }
};
template <int (Second::*m)() const> __device__ int of_second(const Second &s) { return (s.*m)(); }
__device__ int call_by(First &o, int (First::*m)(int), int x) { return (o.*m)(x); }
// Destructors of bases are called as they are; memory goes back where the whole object begins.
__global__ void parts(double *out) {
    ended = 0;
    for (int i = 0; i < 40; i++) {
        const Second *s = new Joined;
        if (i == 39) T(s->g()); // = 3
        if (i == 38) T(of_second<&Second::g>(*s)); // = 3
        delete s;
    }
    T(ended); // = 4440
    First *none = nullptr;
    delete none;
    Joined joined;
    First first;
    T(call_by(joined, &First::f, 1)); // = 507
    T(call_by(first, &First::f, 1)); // = 2
}
struct Known {
    int a = 3;
    __device__ virtual int f() const { return a; }
};
struct Derived : Known {
    __device__ int f() const override { return 2 * a; }
};
struct Plain {
    int a = 4, b;
    __device__ constexpr Plain() : b(5) {}
};
__device__ Derived derived;
__device__ Plain plain;
__constant__ Plain plains[3];
__device__ Known *known;
// Globals of classes hold what their constructors make.
__global__ void globals(double *out) {
    known = &derived;
    T(known->f()); // = 6
    T(plain.a + 10 * plain.b); // = 54
    T(plains[2].a + 10 * plains[1].b); // = 54
}
typedef int Row[4];
__global__ void forms(double *out) {
    auto *deduced = new auto(5.5);
    T(*deduced); // = 5.5
    ::delete deduced;
    int *row = new Row;
    row[3] = 2;
    T(row[3]); // = 2
    delete[] row;
    char memory[16];
    T(*::new ((void *)memory) int(4)); // = 4
}
