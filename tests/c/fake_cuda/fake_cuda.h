/* fake_cuda.h: how a test drives the stand-in driver, beside the driver's own functions.
 *
 * The library is opened by the runtime (WEFT_CUDA_LIBRARY); a test opens it too and asks for
 * fake_cuda_control. The environment can set the first failure as well, for tests in Python:
 * FAKE_CUDA_FAIL="nth,error" or "name,error" (all calls of that function fail). FAKE_CUDA_DEVICES: how many
 * GPUs it has (2). FAKE_CUDA_SHARED: what cuMemAlloc gives can be opened by other processes, as a GPU's memory can. */
#ifndef WF_TESTS_FAKE_CUDA_H
#define WF_TESTS_FAKE_CUDA_H
#include <stddef.h>
#include <stdint.h>

typedef struct fake_launch {
    char name[64];
    unsigned grid[3], block[3], shared, cluster[3];
    int cooperative;
    void *stream;
    size_t param_bytes;        /* with packed parameters; else 0 */
    unsigned char params[256]; /* packed parameters, or the first eight 8-byte words behind the pointers */
    int is_packed;
} fake_launch;

typedef struct fake_control {
    uint64_t calls;                                 /* since the last reset */
    uint64_t (*count_of)(const char *name);         /* calls of one function */
    void (*reset)(void);                            /* counts to 0, no failure planned, not broken */
    void (*fail_nth)(uint64_t nth, int error);      /* the nth call from now (1: the next) returns error */
    void (*fail_name)(const char *name, int error); /* every call of this function does; NULL: none */
    void (*fault_at_launch)(int error); /* the next launch breaks the device: every later wait returns this */
    void (*delay)(unsigned queries);    /* so many queries of streams and events say "not ready" first */
    const char *failed;                 /* the function that fail_nth hit */
    uint64_t live_bytes, live_blocks;   /* device, host and pool memory not given back */
    uint64_t live_objects;              /* streams, events, modules, link states, own contexts, pools */
    uint64_t launches;
    fake_launch last;
    size_t device_bytes; /* memory of a GPU: allocations beyond it fail */
} fake_control;
fake_control *fake_cuda_control(void);
#endif
