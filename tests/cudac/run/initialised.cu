// block: 4
// Variables outside functions that begin with addresses, strings and bit-fields; what a pointer becomes by itself; arrays in
// values that functions return.
#define T(...) do { double got_ = (__VA_ARGS__); if (threadIdx.x == 0) out[__LINE__] = got_; } while (0)
struct node { int value; const node *next; };
struct parts { unsigned a : 3; int b : 5; long long c : 40; bool d : 1; };
struct holder { int *to; parts p; const char *text; };
__device__ int five[5] = {1, 2, 3, 4, 5};
__device__ int *third = &five[2];
__device__ int **through = &third;
__device__ int *const ends[3] = {five, five + 4, nullptr};
__constant__ const char *names[] = {"one", "three", "fo" "ur"};
__device__ node last = {3, nullptr}, middle = {2, &last};
__constant__ node first = {1, &middle};
__device__ const void *anything = five + 1;
__device__ parts fields = {5, -7, -123456789012ll, true}, more[2] = {{1}, {2, 3, 4, false}};
__device__ holder held[2] = {{&five[4], {7, -1, 1, true}, "ab"}, {}};
__device__ int table[2][3] = {1, 2, 3, 4, 5, 6};
__device__ int *cell = &table[1][2];
__device__ int changed = 7;
__device__ int *to_changed = &changed;
__global__ void pointers(double *out) {
    T(*third); // = 3
    T(*ends[1] * 10 + (ends[2] == nullptr)); // = 51
    T(names[1][4]); // = 101
    T(names[2][3]); // = 114
    int digits = 0;
    for (const node *n = &first; n; n = n->next) digits = digits * 10 + n->value;
    T(digits); // = 123
    T(*(const int *)anything); // = 2
    T(**through); // = 3
    T(*held[0].to + held[0].text[1]); // = 103
    T(held[1].to == nullptr && !held[1].text); // = 1
    T(*cell); // = 6
    changed = 8;
    T(*to_changed); // = 8
    to_changed = &five[3];
    T(*to_changed); // = 4
}
__global__ void bit_fields(double *out) {
    T(fields.a * 10 + fields.b + fields.d); // = 44
    T(fields.c); // = -123456789012
    T(more[1].b * 100 + more[0].a * 10 + more[1].c); // = 314
    T(held[0].p.b + held[0].p.a); // = 6
}
__device__ int which(const int *const *) { return 1; }
__device__ int which(void *) { return 2; }
__global__ void conversions(double *out) {
    int x = 3, *p = &x, **pp = &p;
    const int *const *c = pp;
    T(**c); // = 3
    T(c == pp); // = 1
    T(which(pp) * 10 + which(p)); // = 12
    p = (x, nullptr);
    T(p == nullptr); // = 1
    p = x ? nullptr : nullptr;
    T(!p); // = 1
    const int *const *either = x ? c : pp;
    T(either == c); // = 1
}
struct one { int v; };
struct none {};
struct several { int v[3]; };
__device__ one factorial(int n) { if (n == 0) return {1}; one r = factorial(n - 1); r.v *= n; return r; }
__device__ none nothing(none x, int n) { return n ? nothing(x, n - 1) : x; }
__device__ several fill(int n) { several a = {{n, n, n}}; if (!n) return a; a = fill(n - 1); a.v[n % 3] += n; return a; }
__device__ int sum(const int *p) { return p[0] + p[1] + p[2]; }
__global__ void records(double *out) {
    T(factorial(5).v); // = 120
    nothing(none(), 3);
    T(fill(5).v[threadIdx.x % 3]); // = 3
    T(fill(5).v[2] + *fill(1).v); // = 7
    T(sum(fill(4).v)); // = 10
}
