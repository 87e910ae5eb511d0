/* cudac/headers.c: the headers that need no file.
 *
 * What CUDA's and C's headers declare is known by name without any #include (names.c), so most of these are
 * empty: including them costs one look-up. A few C++ headers have text of ours (cxx_headers.c). Headers of
 * things that are not there yet are refused with the thing's name, not with "not found". */
#include "cudac/token.h"
#include "cudac/known.h"
#include <string.h>

const char cc_prelude[] = "#define __CUDACC__ 1\n"
                          "#define __CUDACC_RTC__ 1\n"
                          "#define __NVCC__ 1\n"
                          "#define __WEFT__ 1\n"
                          "#define __cplusplus 201703L\n"
                          "#define __STDC__ 1\n"
                          "#define __STDC_HOSTED__ 0\n"
                          "#define __CUDACC_VER_MAJOR__ 12\n"
                          "#define __CUDACC_VER_MINOR__ 8\n"
                          "#define __CUDACC_VER_BUILD__ 0\n"
                          "#define CUDART_VERSION 12080\n"
                          "#define CUDA_VERSION 12080\n"
                          "#define __CHAR_BIT__ 8\n"
                          "#define __SIZEOF_INT__ 4\n"
                          "#define __SIZEOF_LONG__ 8\n"
                          "#define __SIZEOF_POINTER__ 8\n"
                          "#define __LP64__ 1\n"
                          "#define assert(...) __wf_assert((__VA_ARGS__), #__VA_ARGS__)\n"
                          "#define offsetof(type, member) __builtin_offsetof(type, member)\n"
                          "#define __CUDA_ALIGN__(n) __align__(n)\n";

static const char *const empty_headers[] = {
    "cuda_runtime.h",
    "cuda_runtime_api.h",
    "cuda.h",
    "cuda_runtime.cuh",
    "device_launch_parameters.h",
    "device_functions.h",
    "device_atomic_functions.h",
    "math_functions.h",
    "math_constants.h",
    "vector_types.h",
    "vector_functions.h",
    "vector_functions.hpp",
    "builtin_types.h",
    "driver_types.h",
    "host_defines.h",
    "common_functions.h",
    "crt/host_defines.h",
    "cuda_fp16.h",
    "cuda_fp16.hpp",
    "cuda_bf16.h",
    "cuda_bf16.hpp",
    "sm_20_intrinsics.h",
    "sm_30_intrinsics.h",
    "sm_32_intrinsics.h",
    "sm_35_intrinsics.h",
    "sm_60_atomic_functions.h",
    "sm_61_intrinsics.h",
    "sm_20_atomic_functions.h",
    "sm_32_atomic_functions.h",
    "sm_35_atomic_functions.h",
    "nvrtc.h",
    "math.h",
    "cmath",
    "stdint.h",
    "cstdint",
    "inttypes.h",
    "cinttypes",
    "stdio.h",
    "cstdio",
    "assert.h",
    "cassert",
    "stddef.h",
    "cstddef",
    "limits.h",
    "climits",
    "float.h",
    "cfloat",
    "stdbool.h",
    "cstdbool",
    "string.h",
    "cstring",
    "stdlib.h",
    "cstdlib",
    "stdarg.h",
    "cuda/std/cstdint",
    "cuda/std/cmath",
    "cuda/std/climits",
    "cuda/std/cfloat",
    "cuda/std/cassert",
    "cuda/std/cstddef",
    "sys/types.h",
    "time.h",
    "ctime",
    "math_functions.hpp",
    "algorithm",
    "device_double_functions.h",
};

static const struct {
    const char *begin, *what;
} unsupported[] = {
    {"cooperative_groups", "cooperative groups"},
    {"curand", "the device random number library cuRAND"},
    {"thrust/", "Thrust"},
    {"cub/", "CUB"},
    {"cupy/", "CuPy's C++ headers"},
    {"pycuda-", "PyCUDA's C++ headers"},
    {"mma.h", "matrix instructions (wmma)"},
    {"cuda_fp8", "8-bit floats"},
    {"cuda/", "libcu++"},
    {"texture_", "textures"},
    {"surface_", "surfaces"},
    {"iostream", "the C++ standard library's streams in device code"},
    {"vector", "the C++ standard library's containers in device code"},
    {"string", "the C++ standard library's strings in device code"},
    {"map", "the C++ standard library's containers in device code"},
    {"memory", "the C++ standard library's smart pointers in device code"},
    {"chrono", "the C++ standard library's clocks in device code"},
    {"fstream", "the C++ standard library's streams in device code"},
    {"sstream", "the C++ standard library's streams in device code"},
    {"iomanip", "the C++ standard library's streams in device code"},
    {"random", "the C++ standard library's random numbers in device code"},
};

const char *cc_built_in_header(const char *name) {
    for (size_t i = 0; i < sizeof empty_headers / sizeof *empty_headers; i++)
        if (strcmp(name, empty_headers[i]) == 0) return "";
    return cc_cxx_header(name);
}

const char *cc_unsupported_header(const char *name) {
    for (size_t i = 0; i < sizeof unsupported / sizeof *unsupported; i++) {
        size_t n = strlen(unsupported[i].begin);
        int whole = !strchr(unsupported[i].begin, '/') && !strchr(unsupported[i].begin, '_') &&
                    strcmp(unsupported[i].begin, "curand");
        if (strncmp(name, unsupported[i].begin, n) == 0 && (!whole || name[n] == 0))
            return unsupported[i].what;
    }
    return NULL;
}
