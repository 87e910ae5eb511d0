/* cudac/headers.c: the headers that need no file.
 *
 * What CUDA's and C's headers declare is known by name without any #include (known.c), so most of these are
 * empty: including them costs one look-up. The others have a text of ours (device/include, embedded).
 * Headers of things that are not there are refused with the thing's name, not with "not found". */
#include "base/embed.h"
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
                          "#define __CUDA_ALIGN__(n) __align__(n)\n"
                          "#define __inline_hint__\n"
                          /* every launch is over before the next one of its stream begins */
                          "#define cudaGridDependencySynchronize() ((void)0)\n"
                          "#define cudaTriggerProgrammaticLaunchCompletion() ((void)0)\n"
                          "#define __barrier_sync(number) __wf_barrier(number, 0)\n"
                          "#define __barrier_sync_count(number, count) __wf_barrier(number, count)\n";

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
    "cuda_profiler_api.h",
    "nvToolsExt.h",
    "nvtx3/nvToolsExt.h",
    "device_double_functions.h",
    "new",
    "cuda_device_runtime_api.h",
    "device_functions.hpp",
    "crt/mma.h",
    "sm_80_rt.h",
    "cstdarg",
    "cuda/std/cstring",
    "cuda/std/cstdlib",
    "cuda/std/version",
    "version",
    "cuda/std/initializer_list",
    "initializer_list",
    "thrust/detail/config.h",
    "cub/util_macro.cuh",
    "cub/config.cuh",
    "cub/util_arch.cuh",
    /* The host's own: names of theirs in device code are told where they stand. */
    "iostream",
    "ostream",
    "istream",
    "fstream",
    "sstream",
    "iomanip",
    "vector",
    "string",
    "string_view",
    "map",
    "set",
    "unordered_map",
    "unordered_set",
    "list",
    "deque",
    "queue",
    "stack",

    "random",
    "thread",
    "mutex",
    "future",
    "stdexcept",
    "exception",
    "cerrno",
    "errno.h",
    "unistd.h",
    "sys/time.h",
    "cupy/math_constants.h", /* CUDART_… are known without it */
    "cupy/atomics.cuh",      /* and so are all atomic operations */
    "helper_cuda.h",
    "helper_functions.h",
    "helper_string.h",
    "helper_timer.h",
    "cutil_inline.h",
};

static const struct {
    const char *name, *as;
} same_headers[] = {
    {"cuda_fp16.hpp", "cuda_fp16.h"},
    {"cuda_fp4.hpp", "cuda_fp4.h"},
    {"cuda_fp8.hpp", "cuda_fp8.h"},
    {"cuda_bf16.hpp", "cuda_bf16.h"},
    {"cooperative_groups/reduce.h", "cooperative_groups.h"},
    {"cooperative_groups/scan.h", "cooperative_groups.h"},
    {"cooperative_groups/memcpy_async.h", "cooperative_groups.h"},
    {"curand.h", "curand_kernel.h"},
    {"cuda_texture_types.h", "texture_types.h"},
    {"cuda_surface_types.h", "texture_types.h"},
    {"surface_types.h", "texture_types.h"},
    {"texture_fetch_functions.h", "texture_types.h"},
    {"texture_indirect_functions.h", "texture_types.h"},
    {"surface_functions.h", "texture_types.h"},
    {"surface_indirect_functions.h", "texture_types.h"},
    {"curand_philox4x32_x.h", "curand_kernel.h"},
    {"curand_uniform.h", "curand_kernel.h"},
    {"curand_normal.h", "curand_kernel.h"},
    {"curand_poisson.h", "curand_kernel.h"},
    {"curand_mrg32k3a.h", "curand_kernel.h"},
    {"cuda_pipeline_primitives.h", "cuda_pipeline.h"},
    {"atomic", "cuda/atomic"},
    {"cuda/std/atomic", "cuda/atomic"},
    {"cuda/std/barrier", "cuda/barrier"},
    {"cuda/std/semaphore", "cuda/semaphore"},
    {"cuda/std/latch", "cuda/semaphore"},
    {"cuda/latch", "cuda/semaphore"},
    {"cuda/std/compare", "compare"},
    {"cutil_math.h", "helper_math.h"},
    {"math_helper.h", "helper_math.h"},
    {"memory", "utility"},
    {"thrust/unique.h", "thrust/pair.h"},
    {"thrust/remove.h", "thrust/pair.h"},
    {"thrust/partition.h", "thrust/pair.h"},
    {"thrust/reverse.h", "thrust/pair.h"},
    {"thrust/equal.h", "thrust/pair.h"},
    {"cub/warp/warp_utils.cuh", "cub/cub.cuh"},
    {"cub/util_math.cuh", "cub/cub.cuh"},
    {"thrust/tuple.h", "thrust/pair.h"},
    {"thrust/functional.h", "thrust/pair.h"},
    {"thrust/swap.h", "thrust/pair.h"},
    {"thrust/extrema.h", "thrust/pair.h"},
    {"thrust/execution_policy.h", "thrust/pair.h"},
    {"thrust/sort.h", "thrust/pair.h"},
    {"thrust/binary_search.h", "thrust/pair.h"},
    {"thrust/reduce.h", "thrust/pair.h"},
    {"thrust/scan.h", "thrust/pair.h"},
    {"thrust/transform.h", "thrust/pair.h"},
    {"thrust/find.h", "thrust/pair.h"},
    {"thrust/count.h", "thrust/pair.h"},
    {"thrust/logical.h", "thrust/pair.h"},
    {"thrust/for_each.h", "thrust/pair.h"},
    {"thrust/copy.h", "thrust/pair.h"},
    {"thrust/fill.h", "thrust/pair.h"},
    {"thrust/sequence.h", "thrust/pair.h"},
    {"thrust/inner_product.h", "thrust/pair.h"},
    {"cuda/std/complex", "thrust/complex.h"},
    {"complex", "thrust/complex.h"},
    {"cub/block/block_reduce.cuh", "cub/cub.cuh"},
    {"cub/block/block_scan.cuh", "cub/cub.cuh"},
    {"cub/block/block_load.cuh", "cub/cub.cuh"},
    {"cub/block/block_store.cuh", "cub/cub.cuh"},
    {"cub/block/block_radix_sort.cuh", "cub/cub.cuh"},
    {"cub/block/block_exchange.cuh", "cub/cub.cuh"},
    {"cub/block/block_histogram.cuh", "cub/cub.cuh"},
    {"cub/warp/warp_reduce.cuh", "cub/cub.cuh"},
    {"cub/warp/warp_scan.cuh", "cub/cub.cuh"},
    {"cub/warp/warp_load.cuh", "cub/cub.cuh"},
    {"cub/warp/warp_store.cuh", "cub/cub.cuh"},
    {"cub/warp/warp_exchange.cuh", "cub/cub.cuh"},
    {"cub/warp/warp_merge_sort.cuh", "cub/cub.cuh"},
    {"cub/block/block_merge_sort.cuh", "cub/cub.cuh"},
    {"cub/block/block_discontinuity.cuh", "cub/cub.cuh"},
    {"cub/block/block_adjacent_difference.cuh", "cub/cub.cuh"},
    {"cub/block/block_shuffle.cuh", "cub/cub.cuh"},
    {"cub/thread/thread_load.cuh", "cub/cub.cuh"},
    {"cub/thread/thread_store.cuh", "cub/cub.cuh"},
    {"cub/thread/thread_operators.cuh", "cub/cub.cuh"},
    {"cub/util_type.cuh", "cub/cub.cuh"},
    {"cub/util_ptx.cuh", "cub/cub.cuh"},
};

static const struct {
    const char *begin, *what;
} unsupported[] = {
    {"thrust/",
     "Thrust's containers and host algorithms (pair, tuple, functional, complex and thrust::seq are there)"},
    {"cub/", "this part of CUB (block and warp operations are in cub/cub.cuh)"},
    {"cupy/", "this header of CuPy"},
    {"cuda_fp6", "6-bit floats"},
    {"cuda/", "this part of libcu++"},
};

const char *cc_built_in_header(const char *name) {
    for (size_t i = 0; i < sizeof empty_headers / sizeof *empty_headers; i++)
        if (strcmp(name, empty_headers[i]) == 0) return "";
    for (size_t i = 0; i < sizeof same_headers / sizeof *same_headers; i++)
        if (strcmp(name, same_headers[i].name) == 0) return cc_built_in_header(same_headers[i].as);
    const char *plain = strncmp(name, "cuda/std/", 9) ? name : name + 9;
    const wf_device_file *file = wf_include_file_find(plain);
    return file ? file->text : plain != name ? cc_built_in_header(plain) : NULL;
}

/* --- headers that nvcc gives every source ---
 *
 * Most sources do without, so they are read when a file mentions one of their words, wherever it stands. The
 * text is gone through once: the last two letters of each word are a bit in a map, and few pairs of the text
 * are in it. */

typedef struct implied {
    const char *name, *const *words;
} implied;

enum { WANTS_16 = 29, WANTS_STD, IS_PRINT }; /* bits beside those of the headers */

static const char *const textures[] = {"texture<",    "texture <",       "surface<",
                                       "surface <",   "TextureObject_t", "SurfaceObject_t",
                                       "CUtexObject", "CUsurfObject",    NULL};
static const char *const video[] = {"__vadd",  "__vsub", "__vabs", "__vneg", "__vavg",
                                    "__vhadd", "__vmax", "__vmin", "__vcmp", "__vset",
                                    "__vsad",  "__vi",   "__dp2a", "__fns",  NULL};
static const char *const rounding[] = {"_rd(", "_ru(", "_rz(", NULL};
static const char *const rare[] = {"normf(",    "rnorm(",   "__cvta_",        "__isLocal",
                                   "__isConst", "__isGrid", "__prof_trigger", "__fmaf_ieee_",
                                   "_bswap",    "__vib",    "f2_r",           NULL};
static const char *const halves[] = {"2ll_r",       "2ull_r",   "2short_r",   "2ushort_r",  "2uint_r",
                                     "2char_r",     "2uchar_r", "62int_r",    "2half_r",    "2bfloat16_r",
                                     "2_mask(",     "__hcmadd", "__hmax2_na", "__hmin2_na", "tanh_approx",
                                     "as_bfloat16", "16_as_sh", NULL};
static const char *const words_of_utility[] = {
    "std::move",    "std::forward", "std::swap", "std::exchange", "std::pair",
    "std::declval", "<=>",          "sequence<", "sequence_for<", NULL}; /* cuda_runtime.h includes it */
static const char *const traits[] = {"std::is_",
                                     "std::enable_if",
                                     "std::conditional",
                                     "std::remove_",
                                     "std::decay",
                                     "std::integral_constant",
                                     "std::true_type",
                                     "std::false_type",
                                     "std::common_type",
                                     "std::make_unsigned",
                                     "std::make_signed",
                                     "std::underlying_type",
                                     NULL}; /* <utility> includes it */
static const char *const members[] = {"::*", ".*", "->*", NULL};
static const char *const wide[] = {"int128", "int128_t", NULL};
static const char *const spaceship[] = {"<=>", NULL};
static const char *const limits[] = {"numeric_limits", NULL}; /* <cmath> and others bring it */
static const char *const sixteen[] = {"16.h", NULL};
static const char *const std_scope[] = {"std::", NULL};
static const char *const print[] = {"__wf_shown", NULL}; /* a tree's print */

enum { HEADER_HALVES = 4, HEADER_UTILITY = 5, HEADERS = 11 };
static const implied implied_headers[HEADERS] = {{"texture_types.h", textures},
                                                 {"wf/video.h", video},
                                                 {"wf/rounding.h", rounding},
                                                 {"wf/rare.h", rare},
                                                 {"wf/half_rare.h", halves},
                                                 {"utility", words_of_utility},
                                                 {"wf/member_pointer.h", members},
                                                 {"wf/int128.h", wide},
                                                 {"compare", spaceship},
                                                 {"type_traits", traits},
                                                 {"limits", limits}};
_Static_assert((int)HEADERS <= (int)CC_IMPLIED_MAX, "a bit for each");

enum { IMPLIED_WORDS_MAX = 128, PAIR_BUCKETS = 256 };

typedef struct word_map {
    uint8_t pairs[8192]; /* a bit for each pair of letters that ends a word */
    uint16_t first[PAIR_BUCKETS],
        next[IMPLIED_WORDS_MAX]; /* 1 + the newest word whose pair is there, 1 + the one before */
    uint8_t length[IMPLIED_WORDS_MAX], group[IMPLIED_WORDS_MAX];
    const char *words[IMPLIED_WORDS_MAX];
    unsigned count;
} word_map;

static unsigned pair_at(const char *s) { return (unsigned char)s[0] | (unsigned)(unsigned char)s[1] << 8; }
static unsigned bucket_of(unsigned pair) { return pair * 2654435761u >> 24; }

static void add_words(word_map *map, const char *const *words, unsigned group) {
    for (; *words && map->count < IMPLIED_WORDS_MAX; words++) {
        size_t length = strlen(*words);
        unsigned pair = pair_at(*words + length - 2), i = map->count++;
        map->pairs[pair >> 3] |= (uint8_t)(1 << (pair & 7));
        map->words[i] = *words;
        map->length[i] = (uint8_t)length;
        map->group[i] = (uint8_t)group;
        map->next[i] = map->first[bucket_of(pair)];
        map->first[bucket_of(pair)] = (uint16_t)map->count;
    }
}

/* wf_fadd_rd: the device library's own, as a tree's print has it. */
static int in_library_name(const char *text, const char *at) {
    while (at > text &&
           (at[-1] == '_' || (at[-1] >= 'a' && at[-1] <= 'z') || (at[-1] >= '0' && at[-1] <= '9')))
        at--;
    return !strncmp(at, "wf_", 3);
}

/* A bit for each group of which a word ends at `end`. */
static uint32_t groups_at(const word_map *map, const char *text, const char *end) {
    uint32_t found = 0;
    for (unsigned i = map->first[bucket_of(pair_at(end - 2))]; i; i = map->next[i - 1]) {
        size_t length = map->length[i - 1];
        if ((size_t)(end - text) >= length && !memcmp(end - length, map->words[i - 1], length) &&
            !in_library_name(text, end - length))
            found |= 1u << map->group[i - 1];
    }
    return found;
}

unsigned cc_implied_headers(const char *text, size_t length, const char *names[CC_IMPLIED_MAX]) {
    word_map map = {.count = 0};
    for (unsigned h = 0; h < HEADERS; h++) add_words(&map, implied_headers[h].words, h);
    add_words(&map, sixteen, WANTS_16);
    add_words(&map, std_scope, WANTS_STD);
    add_words(&map, print, IS_PRINT);
    uint32_t found = 0;
    for (size_t i = 2; i <= length; i++) {
        unsigned pair = pair_at(text + i - 2);
        if (map.pairs[pair >> 3] >> (pair & 7) & 1) found |= groups_at(&map, text, text + i);
    }
    if (!(found >> WANTS_16 & 1)) found &= ~(1u << HEADER_HALVES);
    if (!(found >> WANTS_STD & 1)) found &= ~(1u << HEADER_UTILITY);
    if (found >> IS_PRINT & 1) found &= (1u << HEADER_UTILITY) - 1; /* it has all that it uses */
    unsigned count = 0;
    for (unsigned h = 0; h < HEADERS; h++)
        if (found >> h & 1) names[count++] = implied_headers[h].name;
    return count;
}

/* --- names that are known behind an #include --- */

static const struct {
    const char *name, *header; /* a name that ends in *: all that begin so */
} homes[] =
    {
        {"half2", "cuda_fp16.h"},
        {"__half2", "cuda_fp16.h"},
        {"__float2half2_rn", "cuda_fp16.h"},
        {"__floats2half2_rn", "cuda_fp16.h"},
        {"__half22float2", "cuda_fp16.h"},
        {"__float22half2_rn", "cuda_fp16.h"},
        {"__halves2half2", "cuda_fp16.h"},
        {"__half2half2", "cuda_fp16.h"},
        {"__low2float", "cuda_fp16.h"},
        {"__high2float", "cuda_fp16.h"},
        {"__nv_bfloat162", "cuda_bf16.h"},
        {"nv_bfloat162", "cuda_bf16.h"},
        {"__nv_fp8*", "cuda_fp8.h"},
        {"__nv_fp4*", "cuda_fp4.h"},
        {"cooperative_groups", "cooperative_groups.h"},
        {"curand*", "curand_kernel.h"},
        {"cub", "cub/cub.cuh"},
        {"thrust", "thrust/pair.h"},
        {"nvcuda", "mma.h"},
        {"cuComplex", "cuComplex.h"},
        {"cuFloatComplex", "cuComplex.h"},
        {"cuDoubleComplex", "cuComplex.h"},
        {"make_cuComplex", "cuComplex.h"},
        {"make_cuFloatComplex", "cuComplex.h"},
        {"make_cuDoubleComplex", "cuComplex.h"},
        {"dot", "helper_math.h"},
        {"cross", "helper_math.h"},
        {"normalize", "helper_math.h"},
        {"lerp", "helper_math.h"},
        {"clamp", "helper_math.h"},
},
  std_homes[] = {
      {"tuple*", "tuple"},
      {"make_tuple", "tuple"},
      {"tie", "tuple"},
      {"array", "array"},
      {"optional", "optional"},
      {"nullopt", "optional"},
      {"span", "span"},
      {"mdspan", "mdspan"},
      {"extents", "mdspan"},
      {"dextents", "mdspan"},
      {"numeric_limits", "limits"},
      {"complex", "complex"},
      {"plus", "functional"},
      {"less", "functional"},
      {"greater", "functional"},
      {"bit_cast", "bit"},
      {"popcount", "bit"},
      {"countl_zero", "bit"},
      {"atomic*", "cuda/atomic"},
      {"is_*", "type_traits"},
      {"enable_if*", "type_traits"},
      {"conditional*", "type_traits"},
      {"decay*", "type_traits"},
      {"remove_*", "type_traits"},
      {"integral_constant", "type_traits"},
      {"true_type", "type_traits"},
      {"false_type", "type_traits"},
      {"sort", "algorithm"},
      {"lower_bound", "algorithm"},
      {"upper_bound", "algorithm"},
      {"accumulate", "numeric"},
      {"integral", "concepts"},
      {"floating_point", "concepts"},
      {"common_comparison_category*", "compare"},
      {"strong_ordering", "compare"},
      {"partial_ordering", "compare"},
};

static int is_name_of(const char *pattern, const char *name) {
    size_t n = strlen(pattern);
    return pattern[n - 1] == '*' ? !strncmp(pattern, name, n - 1) : !strcmp(pattern, name);
}

const char *cc_header_of_name(const char *name, int in_std) {
    for (size_t i = 0; !in_std && i < sizeof homes / sizeof *homes; i++)
        if (is_name_of(homes[i].name, name)) return homes[i].header;
    for (size_t i = 0; in_std && i < sizeof std_homes / sizeof *std_homes; i++)
        if (is_name_of(std_homes[i].name, name)) return std_homes[i].header;
    return NULL;
}

const char *cc_unsupported_header(const char *name) {
    for (size_t i = 0; i < sizeof unsupported / sizeof *unsupported; i++) {
        size_t n = strlen(unsupported[i].begin);
        int whole = !strchr(unsupported[i].begin, '/') && !strchr(unsupported[i].begin, '_');
        if (strncmp(name, unsupported[i].begin, n) == 0 && (!whole || name[n] == 0))
            return unsupported[i].what;
    }
    return NULL;
}
