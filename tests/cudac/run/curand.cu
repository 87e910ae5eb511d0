// Words of NVIDIA's generators: XORWOW's first ones for seed 0 and for subsequence 1, Philox against the published
// vectors, MRG32k3a's recurrence from 12345; uniform and normal numbers in their range.
#include <curand_kernel.h>
#define T(x) out[__LINE__] = (x)
__global__ void xorwow(double *out) {
    curandState s, t;
    curand_init(1234ull, 0, 0, &s);
    t = s;
    unsigned first = curand(&s), second = curand(&s);
    curand_init(1234ull, 0, 1, &t);
    T(curand(&t) == second); // = 1
    T(first != second); // = 1
    curand_init(1234ull, 5, 7, &s);
    curand_init(1234ull, 5, 0, &t);
    skipahead(7, &t);
    T(curand(&s) == curand(&t)); // = 1
    curand_init(1234ull, 0, 7, &t);
    skipahead_sequence(5, &t);
    curand(&t);
    T(curand(&s) == curand(&t)); // = 1
}
__global__ void philox(double *out) {
    curandStatePhilox4_32_10_t s, t;
    curand_init(0ull, 0, 0, &s); // counter 0, key 0
    T(curand(&s)); // = 1713891541
    T(curand(&s)); // = 3781805453
    T(curand(&s)); // = 3159862348
    T(curand(&s)); // = 2600524760
    for (int offset = 0; offset < 9; offset++) {
        curand_init(99ull, 3, 0, &s);
        for (int i = 0; i < offset; i++) curand(&s);
        curand_init(99ull, 3, offset, &t);
        uint4 four = curand4(&t);
        unsigned a = curand(&s), b = curand(&s), c = curand(&s), d = curand(&s);
        if (four.x == a && four.y == b && four.z == c && four.w == d && curand(&s) == curand(&t)) out[__LINE__] += 1; // = 9
    }
}
__global__ void mrg(double *out) {
    curandStateMRG32k3a s, t;
    curand_init(0ull, 0, 0, &s);
    T(curand_uniform_double(&s)); // = 0.12701112204657714 ~ 1e-15
    T(curand_uniform_double(&s)); // = 0.3185275653967945 ~ 1e-15
    T(curand_uniform_double(&s)); // = 0.3091860155832701 ~ 1e-15
    curand_init(7ull, 2, 0, &s);
    curand_init(7ull, 2, 1000, &t);
    for (int i = 0; i < 1000; i++) curand(&s);
    T(curand(&s) == curand(&t)); // = 1
    curand_init(7ull, 3, 0, &t);
    curand_init(7ull, 2, 0, &s);
    skipahead_subsequence(1, &s);
    T(curand(&s) == curand(&t)); // = 1
}
__global__ void distributions(double *out) {
    curandState s;
    curand_init(42ull, 0, 0, &s);
    double sum = 0, squares = 0, low = 2, high = -1, counts = 0, many = 0;
    for (int i = 0; i < 400; i++) {
        double u = curand_uniform(&s), z = curand_normal(&s);
        sum += z;
        squares += z * z;
        low = u < low ? u : low;
        high = u > high ? u : high;
        counts += curand_poisson(&s, 7.5);
    }
    for (int i = 0; i < 20; i++) many += curand_poisson(&s, 200.0);
    T(low > 0 && high <= 1); // = 1
    T(fabs(sum / 400) < 0.2); // = 1
    T(fabs(squares / 400 - 1) < 0.25); // = 1
    T(fabs(counts / 400 - 7.5) < 0.6); // = 1
    T(fabs(many / 20 - 200) < 16); // = 1
    T(curand_log_normal(&s, 0.0f, 1.0f) > 0); // = 1
}
