#define EMPTY
#define ONE 1
#define ADD(a, b) ((a) + (b))
#define STR_(x) #x
#define STR(x) STR_(x)
#define CAT_(a, b) a##b
#define CAT(a, b) CAT_(a, b)
#define LOG(fmt, ...) printf(fmt, ##__VA_ARGS__)
#define LOG2(...) printf(__VA_ARGS__)
#define OPT(f, ...) f(0 __VA_OPT__(, ) __VA_ARGS__)
#define SELF SELF + 1
#define f(x) x f
#define g f(2)
#define MULTI(a)    \
    do {            \
        a = a + 1;  \
    } while (0)
#if ONE == 1 && defined(ADD) && !defined NOTHING && (2 > 1 ? 1 : 0)
__device__ int first;
#elif 1
#error not here
#else
#error not here
#endif
#if 0
' unbalanced " things
# garbage
#if 1
#endif
#else
__device__ int second;
#endif
#ifndef ONE
#error no
#elif defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 500 && __cplusplus >= 201103L
__device__ int third;
#endif
#undef ONE
#ifdef ONE
#error no
#endif
__device__ int zero(int a, int b = 0) { return a + b; }
__global__ void k(int *p) {
    int SELF_ = 3, xy = 4, line = __LINE__;
    EMPTY p[0] = ADD(ADD(1, 2), 3) EMPTY;
    p[1] = CAT(x, y) + CAT(SEL, F_);
    LOG("none\n");
    LOG("%s %d\n", STR(ADD(1, 2)), 1);
    LOG2("%d\n", 3);
    p[2] = OPT(zero) + OPT(zero, 1);
    MULTI(p[3]);
    p[4] = line + sizeof(__FILE__) + __COUNTER__ + __COUNTER__;
    p[5] = sizeof STR(a "b\n" 'c');
}
