// What compiles and is told all the same: formats that do not fit, functions that end without a return.
#include <cstdio>
struct Once {
    int v;
    __device__ Once() : v(1) {}
    Once(const Once &) = delete;
};
struct Holder { Once part; }; // error: Once::Once is deleted
__device__ int by_value(Once o) { return o.v; }
__device__ Once made() { return Once(); }
__device__ int ends(int n) { // warning: ends may end without a return
    if (n) return 3;
}
template <int N> __device__ int chosen() {
    if constexpr (N > 1) return 3;
    else return 4;
}
__device__ int loops(int n) {
    while (true) if (n++ > 3) return n;
}
__device__ int switches(int n) {
    switch (n) {
    case 1: return 1;
    default: return 2;
    }
}
__device__ int breaks(int n) { // warning: breaks may end without a return
    for (;;) if (n++ > 3) break;
}
__device__ int unreachable(int n) {
    if (n) return 3;
    __builtin_unreachable();
}
__device__ int once(int n) {
    do { return n; } while (0);
}
__device__ int traps(int n) {
    if (n) return 1;
    __trap();
}
__global__ void formats(int *p, float f, long long l, const char *s) {
    printf("%d\n", f); // warning: %d prints an integer of at most 32 bits, got float
    printf("%f\n", p[0]); // warning: %f prints a floating-point number, got int
    printf("%d\n", l); // warning: %d prints an integer of at most 32 bits, got long long
    printf("%lld\n", p[0]); // warning: %lld prints a 64-bit integer, got int
    printf("%s\n", 3); // warning: %s prints a string, got int
    printf("%d %d\n", 1); // warning: the format has a conversion %d more than there are arguments
    printf("%d\n", 1, 2); // warning: the format ends before this argument
    printf("%q\n", 1); // warning: unknown conversion %q
    printf("%*d %-+5.3f%% %p %s %c %u %x %zu %hhd %ld\n", 3, 4, f, p, s, 'b', 3u, 4, sizeof(int), 5, l);
    p[0] = ends(1) + chosen<1>() + loops(1) + switches(1) + breaks(1) + unreachable(1) + once(1) + traps(1);
}
__global__ void copies(int *p) {
    Once o = made(); // no copy
    p[0] = by_value(o); // error: Once::Once is deleted
    p[1] = by_value(made());
    Holder h, g = h;
}
