// Members whose names were once those of fields that the front-end adds: compared, constructed, destroyed, bound and listed
// as any others.
#define T(...) out[__LINE__] = (__VA_ARGS__)
struct Empty { bool operator==(const Empty &) const = default; };
struct Named : Empty { int base_n, n, base_; bool operator==(const Named &) const = default; };
struct Ordered { int base_1, empty_; auto operator<=>(const Ordered &) const = default; };
struct Counter { int *n; __device__ Counter(int *p = nullptr) : n(p) {} __device__ ~Counter() { if (n) ++*n; } };
struct Seven { int v; __device__ Seven() : v(7) {} };
struct Holder { Seven base_a; Counter base_c; Seven empty_; int base_i = 5; __device__ Holder(int *p) : base_c(p) {} };
struct Under { int x = 3; };
struct Over : Under { int base_ = 4, base_0 = 5; };
extern "C" __global__ void k(double *out) {
    Named p, q;
    p.base_n = 1, q.base_n = 2, p.n = q.n = 3, p.base_ = q.base_ = 7;
    T(p == q); // = 0
    q.base_n = 1;
    T(p == q); // = 1
    q.base_ = 8;
    T(p != q); // = 1
    Ordered r{1, 2}, t{1, 3}, u{0, 9};
    T((r < t) + 2 * (r == t) + 4 * (t > u) + 8 * (u >= r)); // = 5
    int gone = 0;
    { Holder h(&gone); T(h.base_a.v * 100 + h.empty_.v * 10 + h.base_i); } // = 775
    T(gone); // = 1
    auto [first, second] = r;
    T(first * 10 + second); // = 12
    Over o;
    T(o.x * 100 + o.base_ * 10 + o.base_0); // = 345
    T(static_cast<Under &>(o).x); // = 3
    Empty a, b;
    T(a == b); // = 1
}
