/* emit/cpu_abi.h: the contract between code that emit/ generates for the CPU and the runtime that runs it.
 *
 * A kernel `k` of a module becomes the ELF function `wf_kernel_k` of type wf_cpu_kernel. One call runs the
 * blocks first..last-1 (linear: x fastest) of one launch on the calling thread. The pool calls it from
 * several threads at once, each with its own wf_cpu_worker. The code has no undefined symbol but memcpy,
 * memset, memmove: whatever else it needs of the host it reaches through the function pointers below. Offsets
 * are part of the disk cache's key (WF_CPU_ABI): any change of a layout here must raise it. 64-bit
 * little-endian hosts only. */
#ifndef WF_EMIT_CPU_ABI_H
#define WF_EMIT_CPU_ABI_H
#include "base/system.h"
#include <stddef.h>
#include <stdint.h>

#define WF_CPU_ABI 9

/* Functions of the device library that the host has for single numbers (wf_cpu_launch.math), those of one
 * argument and of two: each for floats, then for doubles. */
/* clang-format off */
#define WF_CPU_MATH(UNARY, BINARY)                                                                           \
    UNARY(exp) UNARY(exp2) UNARY(expm1) UNARY(log) UNARY(log2) UNARY(log10) UNARY(log1p)                     \
    UNARY(sin) UNARY(cos) UNARY(tan) UNARY(asin) UNARY(acos) UNARY(atan)                                     \
    UNARY(sinh) UNARY(cosh) UNARY(tanh) UNARY(asinh) UNARY(acosh) UNARY(atanh)                               \
    UNARY(cbrt) UNARY(erf) UNARY(erfc) UNARY(tgamma) UNARY(lgamma)                                           \
    BINARY(atan2) BINARY(pow) BINARY(hypot) BINARY(fmod)
/* clang-format on */

typedef struct wf_cpu_launch wf_cpu_launch;
typedef struct wf_cpu_worker wf_cpu_worker;

/* The bytes lo <= address < hi that a pointer may reach. A pointer of unknown origin: {0, UINT64_MAX}. */
typedef struct wf_extent {
    uint64_t lo, hi;
} wf_extent;

/* The union of a (empty: hi is 0) and b, if b holds the address: what can be reached from there by both. */
static inline wf_extent wf_extent_with(wf_extent a, wf_extent b, uint64_t address) {
    if (address < b.lo || address >= b.hi) return a;
    if (!a.hi) return b;
    return (wf_extent){a.lo < b.lo ? a.lo : b.lo, a.hi > b.hi ? a.hi : b.hi};
}

/* What `access` and `admit` are told beside the bytes of an element in the lower eight bits (0: all bytes of
 * the access). */
enum wf_find_flags {
    WF_FIND_STORE = 256,
    WF_FIND_ANY = 512,   /* any live memory will do: the pointer's origin is unknown */
    WF_FIND_STACK = 1024 /* the kernel's part of the machine stack counts as live */
};

/* The question that code itself asks: words: the launch, the number of a loop that was left out (emit/late.c) →
 * the function's address, 0: it cannot be had. */
enum { WF_ASK_LATE = 100 };

enum wf_trap_kind { WF_TRAP_ASSERT = 1, WF_TRAP_TRAP = 2, WF_TRAP_RAISE = 3, WF_TRAP_RECURSION = 4 };

/* The turns first..last-1 of a loop whose turns may run in any order (__wf_for_parallel). Returns 0, or not 0
 * when it ended early. */
typedef int32_t WF_CPU_CALL wf_cpu_loop(const wf_cpu_launch *launch, wf_cpu_worker *worker,
                                        const void *context, uint64_t first, uint64_t last);

struct wf_cpu_launch {
    uint32_t grid[3];   /*  0: blocks, x y z */
    uint32_t block[3];  /* 12: threads of a block, x y z */
    const void *params; /* 24: the arguments, packed as a C struct of the parameters (natural alignment) */
    const wf_extent
        *extents; /* 32: one for each pointer leaf of the parameters, in order (wf_emit_kernel.leaves) */
    const int32_t
        *stop; /* 40: not 0: end as soon as possible (Ctrl-C, a trap elsewhere). Read with a volatile
                      load between blocks and at back-edges of loops without a known trip count */
    uint32_t dynamic_shared; /* 48: bytes of extern __shared__ memory */
    uint32_t reserved;       /* 52 */
    /* An access outside its extent was suppressed (a load gave 0, a store did nothing). site: index into the
     * module's site table; offset: from the start of the extent, of `size` bytes, may be negative; bytes: of
     * the element. The runtime keeps the report with the smallest (block, thread); it may be called from every
     * worker. */
    void(WF_CPU_CALL *out_of_bounds)(const wf_cpu_launch *, wf_cpu_worker *, uint32_t site, int64_t offset,
                                     uint64_t size, uint64_t bytes, uint64_t block, uint32_t thread); /* 56 */
    /* assert, __trap, __wf_raise, recursion too deep: the first (block, thread) is kept, *stop becomes 1.
     * Returns. */
    void(WF_CPU_CALL *trap)(const wf_cpu_launch *, wf_cpu_worker *, uint32_t site, uint32_t kind,
                            uint64_t block, uint32_t thread); /* 64 */
    /* printf: args are 8-byte slots (int64, double, pointer), as vprintf on a GPU takes them. Returns the
     * count of arguments, like CUDA. */
    int32_t(WF_CPU_CALL *print)(const wf_cpu_launch *, wf_cpu_worker *, const char *format, const void *args,
                                uint32_t count); /* 72 */
    /* At least `size` bytes, 64-byte aligned, of this worker; valid until the kernel function returns or the
     * next call for the same slot (0..3). NULL when memory is out: the kernel then reports a trap and
     * returns. */
    void *(WF_CPU_CALL *scratch)(wf_cpu_worker *, uint32_t slot, uint64_t size); /* 80 */
    uint64_t(WF_CPU_CALL *clock)(void); /* 88: nanoseconds; clock64, globaltimer */
    void *(WF_CPU_CALL *allocate)(wf_cpu_worker *,
                                  uint64_t size);           /* 96: malloc of kernels; NULL on failure */
    int32_t(WF_CPU_CALL *release)(wf_cpu_worker *, void *); /* 104: 0: not from `allocate`, or freed before */
    void *host;                                             /* 112: the runtime's own launch record */
    void *globals;                                          /* 120: the module's __device__ and __constant__
                        variables, one block laid out by emit (wf_emitted_global.offset), so that the code
                        of every block shape shares them; 128-aligned */
    /* Runs the turns 0..count-1 of a loop in pieces, on the calling thread and on the pool's others; returns
     * when all have ended: 0, or not 0 when one ended early. Each piece has a worker of its own, with the
     * caller's shared memory, and asks for scratch memory in slot 2. */
    int32_t(WF_CPU_CALL *parallel)(const wf_cpu_launch *, wf_cpu_worker *, wf_cpu_loop *loop,
                                   const void *context, uint64_t count); /* 128 */
    /* __wf_host: what the launch was given (wf_launch_config.ask), or NULL. Called on the kernel's thread. */
    int64_t(WF_CPU_CALL *ask)(void *asker, int64_t what, int64_t args); /* 136 */
    void *asker;                                                        /* 144 */
    /* An access of several lanes that is not inside as a whole: for each bit of `mask` the lane's element, at
     * `each[lane]` or, when that is NULL, at base + lane * bytes, is moved from or to box[lane], or reported
     * as above (`thread` is lane 0's). shape: bytes of an element, + wf_find_flags. */
    void(WF_CPU_CALL *access)(const wf_cpu_launch *, wf_cpu_worker *, uint32_t site, uint32_t shape,
                              uint64_t base, const uint64_t *each, uint64_t lo, uint64_t size, uint64_t mask,
                              uint64_t block, uint32_t thread, void *box); /* 152 */
    /* Pointers whose origin the code does not know (emit/reach.c): for each bit of `mask` the bytes that may
     * be reached from at[lane] go to lo[lane], size[lane]; 0 and 0 when no live memory lies there. Live are:
     * the arguments' extents, the allocation table, the worker's shared and scratch memory, the module's
     * globals and, with WF_FIND_STACK in `flags`, the kernel's stack. */
    void(WF_CPU_CALL *find)(const wf_cpu_launch *, wf_cpu_worker *, const uint64_t *at, uint64_t mask,
                            uint64_t *lo, uint64_t *size, uint32_t flags); /* 160 */
    /* May `bytes` at each at[lane] be accessed, though the pointer was found to reach lo[lane], size[lane]
     * only? The bits of `mask` for which they may; the others are reported as above. The module's constants
     * may be read too. */
    uint64_t(WF_CPU_CALL *admit)(const wf_cpu_launch *, wf_cpu_worker *, uint32_t site, uint32_t flags,
                                 const uint64_t *at, const uint64_t *lo, const uint64_t *size, uint64_t mask,
                                 uint64_t bytes, uint64_t block, uint32_t thread); /* 168 */
    /* Runs the loop of that number, which the code leaves out (emit/late.c); *known keeps its function, which
     * `ask` is asked for the first time. Returns as a kernel does. */
    int32_t(WF_CPU_CALL *late)(const wf_cpu_launch *, wf_cpu_worker *, void **known, int64_t number,
                               void *context); /* 176 */
    /* Functions of single numbers, in WF_CPU_MATH's order; with FMA only (runtime/scalar_math.c). */
    const void *const *math; /* 184 */
};

struct wf_cpu_worker {
    void *shared;          /*  0: this worker's shared memory: the kernel's static bytes, then dynamic_shared;
                              128-aligned */
    uint64_t shared_bytes; /*  8 */
    void *host;            /* 16: the runtime's own */
    uint32_t index;        /* 24: 0 … workers-1 */
    uint32_t workers;      /* 28: how many take part; 1: plain instead of atomic operations would do */
    uint64_t stack_limit;  /* 32: an address in this thread's stack below which functions that call themselves
                              do not go */
};

/* Returns 0, or not 0 when it ended early (a trap or *stop). */
typedef int32_t WF_CPU_CALL wf_cpu_kernel(const wf_cpu_launch *launch, wf_cpu_worker *worker, uint64_t first,
                                          uint64_t last);

_Static_assert(offsetof(wf_cpu_launch, params) == 24 && offsetof(wf_cpu_launch, out_of_bounds) == 56 &&
                   offsetof(wf_cpu_launch, host) == 112 && offsetof(wf_cpu_launch, parallel) == 128 &&
                   offsetof(wf_cpu_launch, access) == 152 && offsetof(wf_cpu_launch, find) == 160 &&
                   offsetof(wf_cpu_launch, admit) == 168 && offsetof(wf_cpu_launch, late) == 176 &&
                   offsetof(wf_cpu_launch, math) == 184 && offsetof(wf_cpu_worker, index) == 24 &&
                   offsetof(wf_cpu_worker, stack_limit) == 32,
               "the offsets that emitted code uses");
#endif
