// What a class's copy constructor makes: of either side of ? :, of the base of a derived class, in braces, behind a comma. Each object
// that lives counts 1 in `alive`, so what was copied by its bits alone ends below 0.
#define T(value) out[__LINE__] = (value)
struct counted {
    int *alive, id;
    __device__ counted(int *alive, int id) : alive(alive), id(id) { ++*alive; }
    __device__ counted(const counted &o) : alive(o.alive), id(o.id + 100) { ++*alive; }
    __device__ counted &operator=(const counted &o) { id = o.id + 10; return *this; }
    __device__ void set(int value) { id = value; }
    __device__ ~counted() { --*alive; }
};
struct holds { int a; counted c; };
struct derived : counted {
    int more;
    __device__ derived(int *alive, int id) : counted(alive, id), more(7) {}
};
__device__ counted pick(bool first, const counted &a, const counted &b) { return first ? a : b; }
__device__ counted made_or(bool make, const counted &a) { return make ? counted(a.alive, 50) : a; }
__device__ counted sliced(int *alive) { derived d(alive, 3); return d; }
__device__ counted base_of(const derived &d) { return d; }
__device__ int id_of(counted c) { return c.id; }
__global__ void copied(double *out) {
    int alive = 0;
    {
        counted a(&alive, 1), b(&alive, 2);
        counted c = out[0] > 0 ? a : b;
        T(c.id); // = 102
        counted first = pick(true, a, b);
        T(first.id); // = 101
        T(id_of(alive ? a : b)); // = 101
        T(alive); // = 4
        counted d = made_or(false, a), e = made_or(true, a);
        T(d.id); // = 101
        T(e.id); // = 50
        T(alive); // = 6
        counted f = (d.id = 9, d);
        T(f.id); // = 109
        (alive ? a : b) = d;
        T(a.id); // = 19
        (alive > 99 ? a : b).set(70);
        T(b.id); // = 70
        (alive ? a : b).id = 71;
        T(a.id); // = 71
    }
    T(alive); // = 0
    {
        derived x(&alive, 1);
        counted y = x, z = sliced(&alive), w = base_of(x);
        T(y.id); // = 101
        T(z.id); // = 103
        T(w.id); // = 101
        T(id_of(x)); // = 101
        T(alive); // = 4
        y = x;
        T(y.id); // = 11
    }
    T(alive); // = 0
    {
        holds m{1, counted(&alive, 1)}, n{m}, o = {m}, p(n);
        T(n.c.id); // = 101
        T(o.c.id); // = 101
        T(p.c.id); // = 201
        holds q = alive > 9 ? m : p;
        T(q.c.id); // = 301
        T(alive); // = 5
    }
    T(alive); // = 0
}
