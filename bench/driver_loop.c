/* bench/driver_loop.c: the floor under a launch: cuLaunchKernel in a C loop, in the context that is current.
 * Built by bench/gpu_launch.py with `cc -O2 -shared -fPIC`; libcuda is opened at run time, no CUDA header is
 * needed. */
#include <dlfcn.h>
#include <time.h>

typedef int launch_fn(void *f, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned,
                      void *stream, void **args, void **extra);
static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Loads the PTX, launches function `name` (three pointers and an int) `count` times; seconds a launch without
 * the final wait, or a negative CUresult. */
double launch_loop(const char *ptx, const char *name, unsigned long long a, unsigned long long b,
                   unsigned long long c, int n, int count) {
    void *cuda = dlopen("libcuda.so.1", RTLD_NOW), *module, *function;
    if (!cuda) return -1;
    int (*load)(void **, const void *) = (int (*)(void **, const void *))dlsym(cuda, "cuModuleLoadData");
    int (*get)(void **, void *, const char *) =
        (int (*)(void **, void *, const char *))dlsym(cuda, "cuModuleGetFunction");
    int (*wait)(void) = (int (*)(void))dlsym(cuda, "cuCtxSynchronize");
    launch_fn *launch = (launch_fn *)dlsym(cuda, "cuLaunchKernel");
    int status = load(&module, ptx);
    if (status || (status = get(&function, module, name))) return -status;
    void *args[] = {&a, &b, &c, &n};
    double best = 1e9;
    for (int round = 0; round < 5; round++) {
        wait();
        double start = now();
        for (int i = 0; i < count; i++)
            if ((status = launch(function, 1, 1, 1, 64, 1, 1, 0, 0, args, 0))) return -status;
        double each = (now() - start) / count;
        if (each < best) best = each;
        wait();
    }
    return best;
}
