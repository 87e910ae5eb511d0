// Pointers and references to bases that do not lie at the beginning of a class.
#define T(...) out[__LINE__] = (__VA_ARGS__)
struct A {
    int a;
};
struct B {
    int b;
    __device__ int twice() const { return 2 * b; }
};
struct D : A, B {
    int c;
};
struct E : D {
    int e;
};
__device__ int through(const B *p) { return p->b; }
__device__ D *back(B *p) { return static_cast<D *>(p); }
__device__ B *up(D *p) { return p; }
__device__ B *next(D *&p) { return p++; }
__device__ int calls;
__device__ double memory[16];
__device__ void *get() {
    calls++;
    return memory;
}
__global__ void k(double *out) {
    E all[2];
    D &d = all[0];
    d.a = 1, d.b = 2, d.c = 3;
    all[1].b = 9;
    B *p = &d;
    B &r = d;
    D *none = nullptr, *q = &d;
    T(p->b); // = 2
    T(through(&d)); // = 2
    T(r.twice()); // = 4
    T(up(&d)->twice()); // = 4
    T(back(p)->c); // = 3
    T(((D *)p)->a); // = 1
    T(static_cast<D &>(r).c); // = 3
    T(static_cast<const E *>(p)->a); // = 1
    T(back(p) == &d); // = 1
    T(p == &d); // = 1
    T(up(none) == nullptr); // = 1
    T(static_cast<D *>((B *)nullptr) == nullptr); // = 1
    T((true ? p : &d)->b); // = 2
    T((char *)p - (char *)&d); // = 4
    T(reinterpret_cast<int *>(p)[0]); // = 2
    T(((E *)q)[1].b); // = 9
    T(next(q)->b); // = 2
    T(q - &d); // = 1
    calls = 0;
    B *got = (D *)get(); // what a cast gives to a second base is evaluated once
    T(calls); // = 1
    got = static_cast<D *>(get());
    T(calls + ((char *)got - (char *)memory)); // = 6
    q = &d;
    got = (D *)q++;
    T(q - &d); // = 1
    T(got == p); // = 1
}
