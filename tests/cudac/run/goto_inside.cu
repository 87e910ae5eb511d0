// goto into a block whose condition is known to be false.
#define T(value) out[__LINE__] = (value)
__device__ int entered(int x) {
    int r = 0;
    if (x == 1) goto inside;
    if (x > 5) {
        r = 3;
inside:
        r += 100;
    } else {
        r += 10;
    }
    return r;
}
__device__ int looped(int x) {
    int r = 0;
    if (x == 1) goto inside;
    while (x > 5) {
        r++;
inside:
        r += 100;
        x--;
    }
    return r;
}
__global__ void k(double *out) {
    T(entered(1)); // = 100
    T(entered(7)); // = 103
    T(entered(2)); // = 10
    T(looped(1)); // = 100
    T(looped(7)); // = 202
    T(entered((int)out[__LINE__ - 1] & 1)); // = 10
}
