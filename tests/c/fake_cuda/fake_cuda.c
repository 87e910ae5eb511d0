/* fake_cuda.c: a stand-in for the CUDA driver: every function that the runtime uses, over host memory.
 *
 * Streams run at once; a kernel is not run but written down; PTX is "linked" to a cubin that begins with a
 * mark and holds the text. It is strict where the real driver is: a call without a current context, a freed
 * or foreign handle, a copy that leaves its allocation is an error, so that the runtime's own mistakes show.
 * A stream that is captured writes its work down, and a wait for it is an error that spoils the capture; so
 * is work on the default stream while a stream is captured that would wait for it. Every call is counted and
 * may be made to fail. The list of functions comes from runtime/cuda_api.h: one that is missing here does not
 * link. */
#define _GNU_SOURCE
#include "fake_cuda.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "runtime/cuda_api.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    INVALID_VALUE = 1,
    NO_MEMORY = 2,
    NOT_INITIALIZED = 3,
    INVALID_DEVICE = 101,
    INVALID_CONTEXT = 201,
    INVALID_PTX = 218,
    INVALID_HANDLE = 400,
    NOT_FOUND = 500,
    NOT_READY = 600,
    CAPTURE_UNSUPPORTED = 900,
    CAPTURE_INVALIDATED = 901,
    CAPTURE_UNMATCHED = 903,
    CAPTURE_UNJOINED = 904,
    CAPTURE_ISOLATION = 905,
    CAPTURE_IMPLICIT = 906
};

/* ---- the table of functions by number ---- */

enum {
#define X(required, name, parameters) ID_##name,
    WF_CUDA_FUNCTIONS(X)
#undef X
        ID_COUNT
};
static const char *const names[] = {
#define X(required, name, parameters) #name,
    WF_CUDA_FUNCTIONS(X)
#undef X
};

/* ---- state ---- */

typedef struct block {
    char *at;
    size_t size;
    int kind; /* CU_MEMORY_HOST, CU_MEMORY_DEVICE; 3: managed, 4: registered host memory, 5: another process's
               */
    int file; /* with FAKE_CUDA_SHARED, of what cuMemAlloc gave: where it is mapped from; else -1 */
    struct block *next;
} block;

typedef struct node { /* of a graph: one piece of work */
    void (*run)(const struct node *node);
    void *to;
    const void *from;
    size_t bytes, width, height, pitch;
    unsigned value, item;
    CUDA_MEMCPY3D strided;
    fake_launch launch;
    CUhostFn call;
    struct node *next;
} node;

typedef struct object { /* contexts, streams, events, modules, links, pools, graphs */
    int kind;
    struct object *next;
    struct object *graph; /* streams and events: the capture they are in; executable graphs: what they run */
    node *nodes, **tail;  /* graphs */
    int spoiled;          /* graphs: someone tried to wait for it */
    int non_blocking;     /* streams */
    int device;           /* contexts */
    uint64_t time;        /* events; 0: never recorded */
    _Atomic uint64_t *shared; /* events for other processes: the time stands there */
    int file;                 /* of shared; -1: another process made it */
    char *text;               /* modules and links */
    size_t size;
} object;
enum {
    CONTEXT = 'C',
    STREAM = 'S',
    EVENT = 'E',
    MODULE = 'M',
    LINK = 'L',
    POOL = 'P',
    GRAPH = 'G',
    EXEC = 'X'
};

typedef struct fake_function {
    object *module;
    int max_dynamic;
    struct fake_function *next;
    char name[64];
} fake_function;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static fake_control control;
static uint64_t counts[ID_COUNT], planned_nth;
static int planned_error, name_error, fault_error, broken, initialized, slow_queries;
static char planned_name[64];
static block *blocks;
static object *objects, primary[16];
static fake_function *functions;
/* initial-exec: leak checkers cannot walk the dynamic thread-local memory of an opened library. */
static _Thread_local object *current __attribute__((tls_model("initial-exec")));

static int device_count(void) {
    const char *text = getenv("FAKE_CUDA_DEVICES");
    return text ? atoi(text) : 2;
}

/* Counts a call; what it must return instead of doing its work, or 0. */
static CUresult enter(int id) {
    pthread_mutex_lock(&lock);
    control.calls++;
    counts[id]++;
    CUresult result = 0;
    int harmless =
        id == ID_cuGetErrorName || id == ID_cuGetErrorString || id == ID_cuInit || id == ID_cuCtxGetCurrent;
    if (planned_nth && (!harmless || id == ID_cuInit) && !--planned_nth) {
        result = planned_error;
        control.failed = names[id];
    }
    if (*planned_name && !strcmp(planned_name, names[id])) result = name_error;
    if (harmless && id != ID_cuInit) result = 0;
    if (!result && !initialized && !harmless && id != ID_cuDriverGetVersion) result = NOT_INITIALIZED;
    if (!result && broken && !harmless) result = broken;
    pthread_mutex_unlock(&lock);
    return result;
}

#define ENTER(name)                                                                                          \
    do {                                                                                                     \
        CUresult planned = enter(ID_##name);                                                                 \
        if (planned) return planned;                                                                         \
    } while (0)
#define ENTER_CONTEXT(name)                                                                                  \
    do {                                                                                                     \
        ENTER(name);                                                                                         \
        if (!current) return INVALID_CONTEXT;                                                                \
    } while (0)

static object *make(int kind) {
    object *o = calloc(1, sizeof *o);
    pthread_mutex_lock(&lock);
    o->kind = kind;
    o->next = objects;
    objects = o;
    control.live_objects++;
    pthread_mutex_unlock(&lock);
    return o;
}

static int is_live(const void *handle, int kind) {
    int found = 0;
    pthread_mutex_lock(&lock);
    for (object *o = objects; o; o = o->next) found |= o == handle && o->kind == kind;
    pthread_mutex_unlock(&lock);
    return found || (kind == CONTEXT && (object *)handle >= primary && (object *)handle < primary + 16);
}

static CUresult end(void *handle, int kind) {
    CUresult result = INVALID_HANDLE;
    pthread_mutex_lock(&lock);
    for (object **link = &objects; *link; link = &(*link)->next) {
        object *o = *link;
        if (o != handle || o->kind != kind) continue;
        *link = o->next;
        free(o->text);
        free(o);
        control.live_objects--;
        result = 0;
        break;
    }
    pthread_mutex_unlock(&lock);
    return result;
}

static int stream_ok(CUstream stream) { return !stream || is_live(stream, STREAM); }

/* ---- captures ---- */

/* The default stream would wait for a blocking stream that is being captured. */
static int implicit(void) {
    int found = 0;
    pthread_mutex_lock(&lock);
    for (object *o = objects; o; o = o->next) found |= o->kind == STREAM && o->graph && !o->non_blocking;
    pthread_mutex_unlock(&lock);
    return found;
}

/* Does the work now, or writes it down. */
static CUresult give_work(CUstream stream, const node *work) {
    if (!stream_ok(stream)) return INVALID_HANDLE;
    if (!stream && implicit()) return CAPTURE_IMPLICIT;
    object *graph = stream ? ((object *)stream)->graph : NULL;
    if (!graph) {
        work->run(work);
        return 0;
    }
    if (graph->spoiled) return CAPTURE_INVALIDATED;
    node *kept = malloc(sizeof *kept);
    *kept = *work;
    kept->next = NULL;
    *graph->tail = kept;
    graph->tail = &kept->next;
    return 0;
}

/* A wait for, or a question about, a stream that is being captured. */
static CUresult not_captured(CUstream stream) {
    if (!stream_ok(stream)) return INVALID_HANDLE;
    if (!stream) return implicit() ? CAPTURE_IMPLICIT : 0;
    if (!((object *)stream)->graph) return 0;
    ((object *)stream)->graph->spoiled = 1;
    return CAPTURE_UNSUPPORTED;
}

static void free_nodes(object *graph) {
    for (node *n = graph->nodes, *next; n; n = next) {
        next = n->next;
        free(n);
    }
    graph->nodes = NULL;
}

static void run_copy(const node *n) { memmove(n->to, n->from, n->bytes); }
static CUresult copy_work(CUstream stream, void *to, const void *from, size_t bytes) {
    node work = {.run = run_copy, .to = to, .from = from, .bytes = bytes};
    return give_work(stream, &work);
}
static void run_call(const node *n) { n->call(n->to); }

/* ---- memory ---- */

static CUresult take(size_t size, int kind, void **out) {
    if (!size) return INVALID_VALUE;
    pthread_mutex_lock(&lock);
    int full = kind == CU_MEMORY_DEVICE && control.live_bytes + size > control.device_bytes;
    pthread_mutex_unlock(&lock);
    if (full) return NO_MEMORY;
    void *at = NULL;
    block *b = malloc(sizeof *b);
    if (posix_memalign(&at, 512, size)) return NO_MEMORY;
    memset(at, 0xcd, size < 4096 ? size : 4096);
    pthread_mutex_lock(&lock);
    *b = (block){at, size, kind, -1, blocks};
    blocks = b;
    control.live_bytes += size;
    control.live_blocks++;
    pthread_mutex_unlock(&lock);
    *out = at;
    return 0;
}

static CUresult give(void *at, int host) {
    CUresult result = INVALID_VALUE;
    pthread_mutex_lock(&lock);
    for (block **link = &blocks; *link; link = &(*link)->next) {
        block *b = *link;
        if (b->at != at || (b->kind == CU_MEMORY_HOST) != host || b->kind == 4 || b->kind == 5) continue;
        *link = b->next;
        control.live_bytes -= b->size;
        control.live_blocks--;
        if (b->file < 0) free(b->at);
        else munmap(b->at, b->size), close(b->file);
        free(b);
        result = 0;
        break;
    }
    pthread_mutex_unlock(&lock);
    return result;
}

/* ---- memory and events for other processes: unnamed files, opened through /proc ---- */

typedef struct fake_handle {
    char mark[8];
    int process, file;
    size_t size;
    char zero[40];
} fake_handle;
_Static_assert(sizeof(fake_handle) == sizeof(CUipcHandle), "as the driver's");

static void *shared_pages(size_t size, int *file) {
    *file = memfd_create("fake_cuda", MFD_CLOEXEC);
    if (*file < 0 || ftruncate(*file, (off_t)size)) return NULL;
    void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, *file, 0);
    return at == MAP_FAILED ? NULL : at;
}

static void handle_of(CUipcHandle *handle, const char *mark, int file, size_t size) {
    fake_handle made = {.process = getpid(), .file = file, .size = size};
    memcpy(made.mark, mark, sizeof made.mark);
    memcpy(handle, &made, sizeof made);
}

static CUresult open_handle(const CUipcHandle *handle, const char *mark, void **at, size_t *size) {
    fake_handle given;
    struct stat info;
    char path[64];
    memcpy(&given, handle, sizeof given);
    if (memcmp(given.mark, mark, sizeof given.mark)) return INVALID_VALUE;
    if (given.process == getpid()) return INVALID_CONTEXT;
    snprintf(path, sizeof path, "/proc/%d/fd/%d", given.process, given.file);
    int file = open(path, O_RDWR);
    if (file < 0) return INVALID_HANDLE;
    *size = given.size;
    *at = fstat(file, &info) || (size_t)info.st_size < given.size
              ? MAP_FAILED
              : mmap(NULL, given.size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    return *at == MAP_FAILED ? INVALID_HANDLE : 0;
}

static CUresult take_shared(size_t size, CUdeviceptr *address) {
    int file;
    char *at = shared_pages(size, &file);
    block *b = at ? malloc(sizeof *b) : NULL;
    if (!b) return NO_MEMORY;
    pthread_mutex_lock(&lock);
    *b = (block){at, size, CU_MEMORY_DEVICE, file, blocks};
    blocks = b;
    control.live_bytes += size;
    control.live_blocks++;
    pthread_mutex_unlock(&lock);
    *address = (uintptr_t)at;
    return 0;
}

static int kind_of(CUdeviceptr address, size_t size) {
    int kind = 0;
    pthread_mutex_lock(&lock);
    for (block *b = blocks; b; b = b->next)
        if (address >= (uintptr_t)b->at && address - (uintptr_t)b->at <= b->size &&
            size <= b->size - (address - (uintptr_t)b->at))
            kind = b->kind;
    for (object *o = objects; o; o = o->next) /* a module's variables lie in its text */
        if (o->kind == MODULE && address >= (uintptr_t)o->text &&
            address + size <= (uintptr_t)o->text + o->size)
            kind = CU_MEMORY_DEVICE;
    pthread_mutex_unlock(&lock);
    return kind;
}
static void *pointer(CUdeviceptr address) { return (void *)(uintptr_t)address; }

/* ---- the driver: start, devices, contexts ---- */

CUresult cuInit(unsigned flags) {
    pthread_mutex_lock(&lock);
    if (!control.device_bytes) control.device_bytes = (size_t)1 << 30;
    const char *plan = getenv("FAKE_CUDA_FAIL");
    if (plan && !initialized) {
        char *comma = strchr(plan, ',');
        int error = comma ? atoi(comma + 1) : INVALID_VALUE;
        if (*plan >= '0' && *plan <= '9') planned_nth = strtoull(plan, NULL, 10), planned_error = error;
        else
            snprintf(planned_name, sizeof planned_name, "%.*s",
                     (int)(comma ? comma - plan : (long)strlen(plan)), plan),
                name_error = error;
    }
    pthread_mutex_unlock(&lock);
    ENTER(cuInit);
    initialized = 1;
    return flags ? INVALID_VALUE : 0;
}
CUresult cuDriverGetVersion(int *version) {
    ENTER(cuDriverGetVersion);
    *version = 13000;
    return 0;
}
CUresult cuGetErrorName(CUresult error, const char **name) {
    static _Thread_local char text[32];
    enter(ID_cuGetErrorName);
    snprintf(text, sizeof text, "FAKE_ERROR_%d", error);
    *name = text;
    return 0;
}
CUresult cuGetErrorString(CUresult error, const char **text) {
    enter(ID_cuGetErrorString);
    *text = error == NO_MEMORY ? "out of memory" : "made up by the stand-in driver";
    return 0;
}
CUresult cuDeviceGet(CUdevice *device, int ordinal) {
    ENTER(cuDeviceGet);
    if (ordinal < 0 || ordinal >= device_count()) return INVALID_DEVICE;
    *device = ordinal;
    return 0;
}
CUresult cuDeviceGetCount(int *count) {
    ENTER(cuDeviceGetCount);
    *count = device_count();
    return 0;
}
CUresult cuDeviceGetName(char *name, int length, CUdevice device) {
    ENTER(cuDeviceGetName);
    snprintf(name, (size_t)length, "Stand-in GPU %d", device);
    return 0;
}
CUresult cuDeviceTotalMem_v2(size_t *bytes, CUdevice device) {
    ENTER(cuDeviceTotalMem_v2);
    (void)device;
    *bytes = control.device_bytes;
    return 0;
}
CUresult cuDeviceGetAttribute(int *value, int attribute, CUdevice device) {
    static const int known[][2] = {
        {1, 1024},  {2, 1024},     {3, 1024},  {4, 64},        {5, 2147483647}, {6, 65535}, {7, 65535},
        {8, 49152}, {9, 65536},    {10, 32},   {12, 65536},    {13, 1980000},   {16, 132},  {19, 1},
        {31, 1},    {36, 3201000}, {37, 6144}, {38, 62914560}, {39, 2048},      {40, 3},    {75, 9},
        {76, 0},    {81, 233472},  {83, 1},    {95, 1},        {97, 232448},    {106, 32},  {115, 1}};
    ENTER(cuDeviceGetAttribute);
    if (device < 0 || device >= device_count()) return INVALID_DEVICE;
    *value = 0;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i][0] == attribute) *value = known[i][1];
    if (attribute == 115 && getenv("FAKE_CUDA_NO_POOLS")) *value = 0;
    return 0;
}
CUresult cuDeviceGetUuid(CUuuid *uuid, CUdevice device) {
    ENTER(cuDeviceGetUuid);
    memset(uuid, device + 1, sizeof *uuid);
    return 0;
}
CUresult cuDeviceGetPCIBusId(char *id, int length, CUdevice device) {
    ENTER(cuDeviceGetPCIBusId);
    snprintf(id, (size_t)length, "0000:%02x:00.0", device + 1);
    return 0;
}
CUresult cuDeviceCanAccessPeer(int *can, CUdevice device, CUdevice peer) {
    ENTER(cuDeviceCanAccessPeer);
    *can = device != peer;
    return 0;
}
CUresult cuDevicePrimaryCtxRetain(CUcontext *context, CUdevice device) {
    ENTER(cuDevicePrimaryCtxRetain);
    if (device < 0 || device >= device_count()) return INVALID_DEVICE;
    primary[device].kind = CONTEXT;
    primary[device].device = device;
    *context = (CUcontext)&primary[device];
    return 0;
}
CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device) {
    ENTER(cuDevicePrimaryCtxRelease_v2);
    (void)device;
    return 0;
}
CUresult cuCtxCreate_v2(CUcontext *context, unsigned flags, CUdevice device) {
    ENTER(cuCtxCreate_v2);
    (void)flags;
    object *o = make(CONTEXT);
    o->device = device;
    current = o;
    *context = (CUcontext)o;
    return 0;
}
CUresult cuCtxDestroy_v2(CUcontext context) {
    ENTER(cuCtxDestroy_v2);
    if (current == (object *)context) current = NULL;
    return end(context, CONTEXT);
}
CUresult cuCtxGetCurrent(CUcontext *context) {
    ENTER(cuCtxGetCurrent);
    *context = (CUcontext)current;
    return 0;
}
CUresult cuCtxSetCurrent(CUcontext context) {
    ENTER(cuCtxSetCurrent);
    if (context && !is_live(context, CONTEXT)) return INVALID_CONTEXT;
    current = (object *)context;
    return 0;
}
CUresult cuCtxSynchronize(void) {
    ENTER_CONTEXT(cuCtxSynchronize);
    int capturing = 0;
    pthread_mutex_lock(&lock);
    for (object *o = objects; o; o = o->next) capturing |= o->kind == STREAM && o->graph;
    pthread_mutex_unlock(&lock);
    return capturing ? CAPTURE_UNSUPPORTED : 0;
}
CUresult cuCtxEnablePeerAccess(CUcontext peer, unsigned flags) {
    ENTER_CONTEXT(cuCtxEnablePeerAccess);
    (void)flags;
    return is_live(peer, CONTEXT) ? 0 : INVALID_CONTEXT;
}
CUresult cuCtxDisablePeerAccess(CUcontext peer) {
    ENTER_CONTEXT(cuCtxDisablePeerAccess);
    return is_live(peer, CONTEXT) ? 0 : INVALID_CONTEXT;
}

/* ---- memory ---- */

CUresult cuMemGetInfo_v2(size_t *free_bytes, size_t *total) {
    ENTER_CONTEXT(cuMemGetInfo_v2);
    *total = control.device_bytes;
    *free_bytes = control.device_bytes > control.live_bytes ? control.device_bytes - control.live_bytes : 0;
    return 0;
}
CUresult cuMemAlloc_v2(CUdeviceptr *address, size_t bytes) {
    void *at;
    ENTER_CONTEXT(cuMemAlloc_v2);
    if (bytes && getenv("FAKE_CUDA_SHARED")) return take_shared(bytes, address);
    CUresult result = take(bytes, CU_MEMORY_DEVICE, &at);
    if (!result) *address = (uintptr_t)at;
    return result;
}
CUresult cuMemFree_v2(CUdeviceptr address) {
    ENTER_CONTEXT(cuMemFree_v2);
    return give(pointer(address), 0);
}
CUresult cuMemHostAlloc(void **host, size_t bytes, unsigned flags) {
    ENTER_CONTEXT(cuMemHostAlloc);
    (void)flags;
    return take(bytes, CU_MEMORY_HOST, host);
}
CUresult cuMemFreeHost(void *host) {
    ENTER_CONTEXT(cuMemFreeHost);
    return give(host, 1);
}
CUresult cuMemAllocManaged(CUdeviceptr *address, size_t bytes, unsigned flags) {
    void *at;
    ENTER_CONTEXT(cuMemAllocManaged);
    if (flags != 1 && flags != 2) return INVALID_VALUE;
    CUresult result = take(bytes, 3, &at);
    if (!result) *address = (uintptr_t)at;
    return result;
}
CUresult cuMemHostRegister_v2(void *host, size_t bytes, unsigned flags) {
    ENTER_CONTEXT(cuMemHostRegister_v2);
    (void)flags;
    block *b = malloc(sizeof *b);
    pthread_mutex_lock(&lock);
    *b = (block){host, bytes, 4, -1, blocks};
    blocks = b;
    control.live_blocks++;
    pthread_mutex_unlock(&lock);
    return 0;
}
CUresult cuMemHostUnregister(void *host) {
    ENTER_CONTEXT(cuMemHostUnregister);
    CUresult result = INVALID_VALUE;
    pthread_mutex_lock(&lock);
    for (block **link = &blocks; *link; link = &(*link)->next)
        if ((*link)->at == host && (*link)->kind == 4) {
            block *b = *link;
            *link = b->next;
            free(b);
            control.live_blocks--;
            result = 0;
            break;
        }
    pthread_mutex_unlock(&lock);
    return result;
}
CUresult cuMemHostGetDevicePointer_v2(CUdeviceptr *address, void *host, unsigned flags) {
    ENTER_CONTEXT(cuMemHostGetDevicePointer_v2);
    *address = (uintptr_t)host;
    return flags ? INVALID_VALUE : 0;
}
CUresult cuPointerGetAttribute(void *data, int attribute, CUdeviceptr address) {
    ENTER_CONTEXT(cuPointerGetAttribute);
    int kind = kind_of(address, 1);
    if (!kind || attribute != CU_POINTER_MEMORY_TYPE) return INVALID_VALUE;
    *(int *)data = kind == 4 ? CU_MEMORY_HOST : kind == 5 ? CU_MEMORY_DEVICE : kind;
    return 0;
}
static block *block_with(CUdeviceptr address) {
    block *b = blocks;
    while (b && !(address >= (uintptr_t)b->at && address < (uintptr_t)b->at + b->size)) b = b->next;
    return b;
}
CUresult cuMemGetAddressRange_v2(CUdeviceptr *base, size_t *bytes, CUdeviceptr address) {
    ENTER_CONTEXT(cuMemGetAddressRange_v2);
    pthread_mutex_lock(&lock);
    block *b = block_with(address);
    if (b) *base = (uintptr_t)b->at, *bytes = b->size;
    pthread_mutex_unlock(&lock);
    return b ? 0 : INVALID_VALUE;
}
CUresult cuIpcGetMemHandle(CUipcHandle *handle, CUdeviceptr address) {
    ENTER_CONTEXT(cuIpcGetMemHandle);
    pthread_mutex_lock(&lock);
    block *b = block_with(address);
    int ok = b && b->file >= 0 && b->kind == CU_MEMORY_DEVICE;
    if (ok) handle_of(handle, "fake-mem", b->file, b->size);
    pthread_mutex_unlock(&lock);
    return ok ? 0 : INVALID_VALUE; /* also of a pool's memory, as the driver */
}
CUresult cuIpcOpenMemHandle_v2(CUdeviceptr *address, CUipcHandle handle, unsigned flags) {
    void *at;
    size_t size;
    ENTER_CONTEXT(cuIpcOpenMemHandle_v2);
    if (flags != 1) return INVALID_VALUE;
    CUresult result = open_handle(&handle, "fake-mem", &at, &size);
    block *b = result ? NULL : malloc(sizeof *b);
    if (!b) return result ? result : NO_MEMORY;
    pthread_mutex_lock(&lock);
    *b = (block){at, size, 5, -1, blocks};
    blocks = b;
    pthread_mutex_unlock(&lock);
    *address = (uintptr_t)at;
    return 0;
}
CUresult cuIpcCloseMemHandle(CUdeviceptr address) {
    CUresult result = INVALID_VALUE;
    ENTER_CONTEXT(cuIpcCloseMemHandle);
    pthread_mutex_lock(&lock);
    for (block **link = &blocks; *link; link = &(*link)->next) {
        block *b = *link;
        if ((uintptr_t)b->at != address || b->kind != 5) continue;
        *link = b->next;
        munmap(b->at, b->size);
        free(b);
        result = 0;
        break;
    }
    pthread_mutex_unlock(&lock);
    return result;
}
CUresult cuMemPoolCreate(CUmemoryPool *pool, const CUmemPoolProps *props) {
    ENTER(cuMemPoolCreate);
    if (props->allocType != 1 || props->location.type != 1 || props->location.id >= device_count())
        return INVALID_VALUE;
    *pool = (CUmemoryPool)make(POOL);
    return 0;
}
CUresult cuMemPoolDestroy(CUmemoryPool pool) {
    ENTER(cuMemPoolDestroy);
    return end(pool, POOL);
}
CUresult cuMemPoolSetAttribute(CUmemoryPool pool, int attribute, void *value) {
    ENTER(cuMemPoolSetAttribute);
    return is_live(pool, POOL) && attribute == CU_POOL_RELEASE_THRESHOLD && value ? 0 : INVALID_VALUE;
}
CUresult cuMemPoolTrimTo(CUmemoryPool pool, size_t keep) {
    ENTER(cuMemPoolTrimTo);
    (void)keep;
    return is_live(pool, POOL) ? 0 : INVALID_VALUE;
}
CUresult cuMemPoolSetAccess(CUmemoryPool pool, const CUmemAccessDesc *access, size_t count) {
    ENTER(cuMemPoolSetAccess);
    return is_live(pool, POOL) && count == 1 && access->location.type == 1 ? 0 : INVALID_VALUE;
}
CUresult cuMemAllocFromPoolAsync(CUdeviceptr *address, size_t bytes, CUmemoryPool pool, CUstream stream) {
    void *at;
    ENTER_CONTEXT(cuMemAllocFromPoolAsync);
    if (!is_live(pool, POOL) || !stream_ok(stream)) return INVALID_HANDLE;
    CUresult result = take(bytes, CU_MEMORY_DEVICE, &at);
    if (!result) *address = (uintptr_t)at;
    return result;
}
CUresult cuMemFreeAsync(CUdeviceptr address, CUstream stream) {
    ENTER_CONTEXT(cuMemFreeAsync);
    return stream_ok(stream) ? give(pointer(address), 0) : INVALID_HANDLE;
}

/* ---- copies and fills ---- */

#define ON_DEVICE(address, size)                                                                             \
    if (!kind_of(address, size)) return INVALID_VALUE

CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void *from, size_t bytes, CUstream stream) {
    ENTER_CONTEXT(cuMemcpyHtoDAsync_v2);
    ON_DEVICE(to, bytes);
    return copy_work(stream, pointer(to), from, bytes);
}
CUresult cuMemcpyDtoHAsync_v2(void *to, CUdeviceptr from, size_t bytes, CUstream stream) {
    ENTER_CONTEXT(cuMemcpyDtoHAsync_v2);
    ON_DEVICE(from, bytes);
    return copy_work(stream, to, pointer(from), bytes);
}
CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream stream) {
    ENTER_CONTEXT(cuMemcpyDtoDAsync_v2);
    ON_DEVICE(to, bytes);
    ON_DEVICE(from, bytes);
    return copy_work(stream, pointer(to), pointer(from), bytes);
}
CUresult cuMemcpyPeerAsync(CUdeviceptr to, CUcontext to_context, CUdeviceptr from, CUcontext from_context,
                           size_t bytes, CUstream stream) {
    ENTER_CONTEXT(cuMemcpyPeerAsync);
    if (!is_live(to_context, CONTEXT) || !is_live(from_context, CONTEXT)) return INVALID_CONTEXT;
    ON_DEVICE(to, bytes);
    ON_DEVICE(from, bytes);
    return copy_work(stream, pointer(to), pointer(from), bytes);
}
/* One row: 1 when it may be copied. */
static char *row_at(int memory, void *host, CUdeviceptr device, size_t row, size_t pitch) {
    return (memory == CU_MEMORY_HOST ? (char *)host : (char *)pointer(device)) + row * pitch;
}
static void run_strided(const node *n) {
    const CUDA_MEMCPY3D *c = &n->strided;
    for (size_t z = 0; z < c->Depth; z++)
        for (size_t y = 0; y < c->Height; y++)
            memmove(row_at(c->dstMemoryType, c->dstHost, c->dstDevice, z * c->dstHeight + y, c->dstPitch),
                    row_at(c->srcMemoryType, (void *)(uintptr_t)c->srcHost, c->srcDevice,
                           z * c->srcHeight + y, c->srcPitch),
                    c->WidthInBytes);
}
CUresult cuMemcpy3DAsync_v2(const CUDA_MEMCPY3D *c, CUstream stream) {
    ENTER_CONTEXT(cuMemcpy3DAsync_v2);
    if (c->srcPitch < c->WidthInBytes || c->dstPitch < c->WidthInBytes ||
        (c->Depth > 1 && (c->srcHeight < c->Height || c->dstHeight < c->Height)))
        return INVALID_VALUE;
    for (size_t z = 0; z < c->Depth; z++)
        for (size_t y = 0; y < c->Height; y++) {
            if (c->dstMemoryType == CU_MEMORY_DEVICE)
                ON_DEVICE(c->dstDevice + (z * c->dstHeight + y) * c->dstPitch, c->WidthInBytes);
            if (c->srcMemoryType == CU_MEMORY_DEVICE)
                ON_DEVICE(c->srcDevice + (z * c->srcHeight + y) * c->srcPitch, c->WidthInBytes);
        }
    node work = {.run = run_strided, .strided = *c};
    return give_work(stream, &work);
}
static void run_fill(const node *n) {
    for (size_t y = 0; y < n->height; y++)
        for (size_t x = 0; x < n->width; x++)
            memcpy((char *)n->to + y * n->pitch + x * n->item, &n->value, n->item); /* little-endian */
}
#define FILL(function, type, ...)                                                                            \
    ENTER_CONTEXT(function);                                                                                 \
    for (size_t y = 0; y < height; y++) ON_DEVICE(to + y * pitch, width * sizeof(type));                     \
    node work = {.run = run_fill,                                                                            \
                 .to = pointer(to),                                                                          \
                 .width = width,                                                                             \
                 .height = height,                                                                           \
                 .pitch = pitch,                                                                             \
                 .value = value,                                                                             \
                 .item = sizeof(type)};                                                                      \
    return give_work(stream, &work)
CUresult cuMemsetD8Async(CUdeviceptr to, unsigned char value, size_t width, CUstream stream) {
    size_t height = 1, pitch = 0;
    FILL(cuMemsetD8Async, unsigned char);
}
CUresult cuMemsetD16Async(CUdeviceptr to, unsigned short value, size_t width, CUstream stream) {
    size_t height = 1, pitch = 0;
    FILL(cuMemsetD16Async, unsigned short);
}
CUresult cuMemsetD32Async(CUdeviceptr to, unsigned value, size_t width, CUstream stream) {
    size_t height = 1, pitch = 0;
    FILL(cuMemsetD32Async, unsigned);
}
CUresult cuMemsetD2D8Async(CUdeviceptr to, size_t pitch, unsigned char value, size_t width, size_t height,
                           CUstream stream) {
    FILL(cuMemsetD2D8Async, unsigned char);
}
CUresult cuMemsetD2D16Async(CUdeviceptr to, size_t pitch, unsigned short value, size_t width, size_t height,
                            CUstream stream) {
    FILL(cuMemsetD2D16Async, unsigned short);
}
CUresult cuMemsetD2D32Async(CUdeviceptr to, size_t pitch, unsigned value, size_t width, size_t height,
                            CUstream stream) {
    FILL(cuMemsetD2D32Async, unsigned);
}

/* ---- streams and events ---- */

static CUresult maybe_slow(void) {
    pthread_mutex_lock(&lock);
    int wait = slow_queries > 0;
    if (wait) slow_queries--;
    pthread_mutex_unlock(&lock);
    return wait ? NOT_READY : 0;
}

CUresult cuStreamCreateWithPriority(CUstream *stream, unsigned flags, int priority) {
    ENTER_CONTEXT(cuStreamCreateWithPriority);
    (void)priority;
    if (flags > 1) return INVALID_VALUE;
    object *o = make(STREAM);
    o->non_blocking = (int)flags;
    *stream = (CUstream)o;
    return 0;
}
CUresult cuStreamDestroy_v2(CUstream stream) {
    ENTER_CONTEXT(cuStreamDestroy_v2);
    return end(stream, STREAM);
}
CUresult cuStreamQuery(CUstream stream) {
    ENTER_CONTEXT(cuStreamQuery);
    CUresult result = not_captured(stream);
    return result ? result : maybe_slow();
}
CUresult cuStreamSynchronize(CUstream stream) {
    ENTER_CONTEXT(cuStreamSynchronize);
    return not_captured(stream);
}
CUresult cuStreamWaitEvent(CUstream stream, CUevent event, unsigned flags) {
    ENTER_CONTEXT(cuStreamWaitEvent);
    if (!stream_ok(stream) || !is_live(event, EVENT) || flags) return INVALID_HANDLE;
    object *own = stream ? ((object *)stream)->graph : NULL, *other = ((object *)event)->graph;
    if (own && !other) return CAPTURE_ISOLATION;
    if (other && !stream) return CAPTURE_IMPLICIT;
    if (other) ((object *)stream)->graph = other;
    return 0;
}
CUresult cuLaunchHostFunc(CUstream stream, CUhostFn call, void *user) {
    ENTER_CONTEXT(cuLaunchHostFunc);
    node work = {.run = run_call, .call = call, .to = user};
    return give_work(stream, &work);
}
CUresult cuEventCreate(CUevent *event, unsigned flags) {
    ENTER_CONTEXT(cuEventCreate);
    if (flags > 7 || ((flags & 4) && !(flags & 2))) return INVALID_VALUE;
    *event = (CUevent)make(EVENT);
    object *made = (object *)*event;
    if (flags & 4) made->shared = shared_pages(4096, &made->file);
    return 0;
}
CUresult cuEventDestroy_v2(CUevent event) {
    ENTER_CONTEXT(cuEventDestroy_v2);
    object *gone = (object *)event;
    if (is_live(event, EVENT) && gone->shared) {
        munmap((void *)gone->shared, 4096);
        if (gone->file >= 0) close(gone->file);
    }
    return end(event, EVENT);
}
CUresult cuIpcGetEventHandle(CUipcHandle *handle, CUevent event) {
    ENTER_CONTEXT(cuIpcGetEventHandle);
    object *of = (object *)event;
    if (!is_live(event, EVENT) || !of->shared || of->file < 0) return INVALID_HANDLE;
    handle_of(handle, "fake-evt", of->file, 4096);
    return 0;
}
CUresult cuIpcOpenEventHandle(CUevent *event, CUipcHandle handle) {
    void *at;
    size_t size;
    ENTER_CONTEXT(cuIpcOpenEventHandle);
    CUresult result = open_handle(&handle, "fake-evt", &at, &size);
    if (result) return result;
    object *made = make(EVENT);
    made->shared = at;
    made->file = -1;
    *event = (CUevent)made;
    return 0;
}
CUresult cuEventRecord(CUevent event, CUstream stream) {
    struct timespec now;
    ENTER_CONTEXT(cuEventRecord);
    if (!is_live(event, EVENT) || !stream_ok(stream)) return INVALID_HANDLE;
    ((object *)event)->graph = stream ? ((object *)stream)->graph : NULL;
    if (((object *)event)->graph) return 0;
    clock_gettime(CLOCK_MONOTONIC, &now);
    ((object *)event)->time = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    if (((object *)event)->shared) *((object *)event)->shared = ((object *)event)->time;
    return 0;
}
CUresult cuEventQuery(CUevent event) {
    ENTER_CONTEXT(cuEventQuery);
    if (!is_live(event, EVENT)) return INVALID_HANDLE;
    return ((object *)event)->graph ? CAPTURE_UNSUPPORTED : maybe_slow();
}
CUresult cuEventSynchronize(CUevent event) {
    ENTER_CONTEXT(cuEventSynchronize);
    return is_live(event, EVENT) ? 0 : INVALID_HANDLE;
}
CUresult cuEventElapsedTime(float *ms, CUevent start, CUevent end_) {
    ENTER_CONTEXT(cuEventElapsedTime);
    object *a = (object *)start, *b = (object *)end_;
    if (!is_live(a, EVENT) || !is_live(b, EVENT) || !a->time || !b->time) return INVALID_HANDLE;
    *ms = (float)((double)(b->time - a->time) / 1e6);
    return 0;
}

/* ---- modules: "PTX" with .entry NAME and .global NAME SIZE lines ---- */

static const char mark[] = "\177FAKECUBIN\n";

static const void *option(unsigned count, int *options, void **values, int wanted) {
    for (unsigned i = 0; i < count; i++)
        if (options[i] == wanted) return values[i];
    return NULL;
}

CUresult cuLinkCreate_v2(unsigned count, int *options, void **values, CUlinkState *state) {
    ENTER_CONTEXT(cuLinkCreate_v2);
    object *o = make(LINK);
    o->text = calloc(1, 2 * sizeof(void *)); /* where the logs go, until there is text */
    ((const void **)o->text)[0] = option(count, options, values, CU_JIT_ERROR_LOG);
    *state = (CUlinkState)o;
    return 0;
}
CUresult cuLinkAddData_v2(CUlinkState state, int type, void *data, size_t size, const char *name,
                          unsigned count, int *options, void **values) {
    ENTER_CONTEXT(cuLinkAddData_v2);
    (void)count, (void)options, (void)values;
    if (!is_live(state, LINK) || type != CU_INPUT_PTX || !name || !size || ((char *)data)[size - 1])
        return INVALID_VALUE;
    object *o = (object *)state;
    if (!strstr(data, ".version")) {
        char *log = ((char **)o->text)[0];
        if (log) strcpy(log, "ptxas fatal: no .version directive");
        return INVALID_PTX;
    }
    free(o->text);
    o->size = sizeof mark - 1 + size;
    o->text = malloc(o->size);
    memcpy(o->text, mark, sizeof mark - 1);
    memcpy(o->text + sizeof mark - 1, data, size);
    return 0;
}
CUresult cuLinkComplete(CUlinkState state, void **cubin, size_t *size) {
    ENTER_CONTEXT(cuLinkComplete);
    if (!is_live(state, LINK) || !((object *)state)->size) return INVALID_VALUE;
    *cubin = ((object *)state)->text;
    *size = ((object *)state)->size;
    return 0;
}
CUresult cuLinkDestroy(CUlinkState state) {
    ENTER(cuLinkDestroy);
    return end(state, LINK);
}
CUresult cuModuleLoadDataEx(CUmodule *module, const void *image, unsigned count, int *options,
                            void **values) {
    ENTER_CONTEXT(cuModuleLoadDataEx);
    (void)count, (void)options, (void)values;
    if (!memcmp(image, "\x50\xed\x55\xba", 4))
        image = (const char *)image + 16; /* a fatbin: text behind a header */
    else if (memcmp(image, mark, sizeof mark - 1)) return CU_INVALID_IMAGE;
    object *o = make(MODULE);
    o->size = strlen(image) + 1;
    o->text = calloc(1, o->size + 1024); /* the end serves as the module's variables */
    memcpy(o->text, image, o->size);
    o->size += 1024;
    *module = (CUmodule)o;
    return 0;
}
CUresult cuModuleUnload(CUmodule module) {
    ENTER_CONTEXT(cuModuleUnload);
    return end(module, MODULE);
}
CUresult cuModuleGetFunction(CUfunction *function, CUmodule module, const char *name) {
    char line[160];
    ENTER_CONTEXT(cuModuleGetFunction);
    if (!is_live(module, MODULE)) return INVALID_HANDLE;
    int end = snprintf(line, sizeof line, ".entry %.140s", name);
    const char *at = strstr(((object *)module)->text, line);
    while (at && at[end] != '\n' && at[end] != '(') at = strstr(at + 1, line); /* real PTX goes on with '(' */
    if (!at) return NOT_FOUND;
    fake_function *f = calloc(1, sizeof *f);
    f->module = (object *)module;
    f->max_dynamic = 49152;
    snprintf(f->name, sizeof f->name, "%.60s", name);
    pthread_mutex_lock(&lock);
    f->next = functions;
    functions = f;
    pthread_mutex_unlock(&lock);
    *function = (CUfunction)f;
    return 0;
}
CUresult cuModuleGetGlobal_v2(CUdeviceptr *address, size_t *bytes, CUmodule module, const char *name) {
    char line[96];
    ENTER_CONTEXT(cuModuleGetGlobal_v2);
    if (!is_live(module, MODULE)) return INVALID_HANDLE;
    object *o = (object *)module;
    snprintf(line, sizeof line, ".global %.60s ", name);
    const char *at = strstr(o->text, line);
    if (!at) { /* as LLVM writes it: .b8 name[bytes] */
        snprintf(line, sizeof line, ".b8 %.60s[", name);
        at = strstr(o->text, line);
    }
    if (!at) return NOT_FOUND;
    *bytes = strtoul(at + strlen(line), NULL, 10);
    *address = (uintptr_t)(o->text + o->size - 1024);
    return 0;
}
CUresult cuFuncGetAttribute(int *value, int attribute, CUfunction function) {
    static const int values[] = {1024, 16, 0, 0, 24, 90, 90};
    ENTER_CONTEXT(cuFuncGetAttribute);
    *value = attribute == 8  ? ((fake_function *)function)->max_dynamic
             : attribute < 7 ? values[attribute]
                             : 0;
    return 0;
}
CUresult cuFuncSetAttribute(CUfunction function, int attribute, int value) {
    ENTER_CONTEXT(cuFuncSetAttribute);
    if (attribute == 8 && value > 232448) return INVALID_VALUE;
    if (attribute == 8) ((fake_function *)function)->max_dynamic = value;
    return 0;
}
CUresult cuFuncSetCacheConfig(CUfunction function, int config) {
    ENTER_CONTEXT(cuFuncSetCacheConfig);
    (void)function, (void)config;
    return 0;
}
CUresult cuOccupancyMaxActiveBlocksPerMultiprocessor(int *count, CUfunction function, int block_threads,
                                                     size_t dynamic_shared) {
    ENTER_CONTEXT(cuOccupancyMaxActiveBlocksPerMultiprocessor);
    (void)function, (void)dynamic_shared;
    *count = 2048 / block_threads;
    return 0;
}
CUresult cuOccupancyMaxPotentialBlockSize(int *grid, int *block_, CUfunction function,
                                          size_t (*shared_of)(int), size_t dynamic_shared, int limit) {
    ENTER_CONTEXT(cuOccupancyMaxPotentialBlockSize);
    (void)function, (void)shared_of, (void)dynamic_shared;
    *grid = 264;
    *block_ = limit && limit < 1024 ? limit : 1024;
    return 0;
}

/* ---- launches ---- */

static void run_launch(const node *n) {
    pthread_mutex_lock(&lock);
    control.last = n->launch;
    control.launches++;
    if (fault_error) broken = fault_error;
    fault_error = 0;
    pthread_mutex_unlock(&lock);
}

static CUresult write_down(CUfunction function, const unsigned size[6], unsigned shared, CUstream stream,
                           void **params, void **extra, const unsigned *cluster, int cooperative) {
    fake_function *f = (fake_function *)function;
    if (!stream_ok(stream) || !is_live(f->module, MODULE)) return INVALID_HANDLE;
    if ((int)shared > f->max_dynamic) return INVALID_VALUE;
    node work = {.run = run_launch};
    fake_launch *l = &work.launch;
    snprintf(l->name, sizeof l->name, "%.60s", f->name);
    memcpy(l->grid, size, 12);
    memcpy(l->block, size + 3, 12);
    l->shared = shared;
    l->stream = stream;
    l->cooperative = cooperative;
    if (cluster) memcpy(l->cluster, cluster, sizeof l->cluster);
    if (extra) {
        l->is_packed = 1;
        l->param_bytes = *(size_t *)extra[3];
        memcpy(l->params, extra[1], l->param_bytes < sizeof l->params ? l->param_bytes : sizeof l->params);
    } else if (params &&
               strstr(f->name, "saxpy")) { /* float, pointer, pointer: as many as it is known to have */
        memcpy(l->params, params[0], 4);
        memcpy(l->params + 8, params[1], 8);
        memcpy(l->params + 16, params[2], 8);
    }
    return give_work(stream, &work);
}

CUresult cuLaunchKernel(CUfunction function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by,
                        unsigned bz, unsigned shared, CUstream stream, void **params, void **extra) {
    ENTER_CONTEXT(cuLaunchKernel);
    return write_down(function, (unsigned[]){gx, gy, gz, bx, by, bz}, shared, stream, params, extra, NULL, 0);
}
CUresult cuLaunchCooperativeKernel(CUfunction function, unsigned gx, unsigned gy, unsigned gz, unsigned bx,
                                   unsigned by, unsigned bz, unsigned shared, CUstream stream,
                                   void **params) {
    ENTER_CONTEXT(cuLaunchCooperativeKernel);
    return write_down(function, (unsigned[]){gx, gy, gz, bx, by, bz}, shared, stream, params, NULL, NULL, 1);
}
CUresult cuLaunchKernelEx(const CUlaunchConfig *c, CUfunction function, void **params, void **extra) {
    ENTER_CONTEXT(cuLaunchKernelEx);
    const unsigned size[6] = {c->gridDimX,  c->gridDimY,  c->gridDimZ,
                              c->blockDimX, c->blockDimY, c->blockDimZ};
    unsigned cluster[3] = {0, 0, 0};
    int cooperative = 0;
    for (unsigned i = 0; i < c->numAttrs; i++) {
        if (c->attrs[i].id == CU_LAUNCH_CLUSTER)
            memcpy(cluster, &c->attrs[i].value.clusterDim, sizeof cluster);
        if (c->attrs[i].id == CU_LAUNCH_COOPERATIVE) cooperative = c->attrs[i].value.cooperative;
    }
    return write_down(function, size, c->sharedMemBytes, c->hStream, params, extra, cluster, cooperative);
}

/* ---- graphs ---- */

CUresult cuStreamBeginCapture_v2(CUstream stream, int mode) {
    ENTER_CONTEXT(cuStreamBeginCapture_v2);
    if (!stream) return CAPTURE_UNSUPPORTED;
    if (!is_live(stream, STREAM) || ((object *)stream)->graph || mode < 0 || mode > 2) return INVALID_VALUE;
    object *graph = make(GRAPH);
    graph->tail = &graph->nodes;
    ((object *)stream)->graph = graph;
    return 0;
}
/* Whether all is joined is the runtime's to tell; here the streams just leave. */
CUresult cuStreamEndCapture(CUstream stream, CUgraph *graph) {
    ENTER_CONTEXT(cuStreamEndCapture);
    if (!is_live(stream, STREAM)) return INVALID_HANDLE;
    object *ended = ((object *)stream)->graph;
    if (!ended) return CAPTURE_UNMATCHED;
    pthread_mutex_lock(&lock);
    for (object *o = objects; o; o = o->next)
        if (o->kind == STREAM && o->graph == ended) o->graph = NULL;
    pthread_mutex_unlock(&lock);
    *graph = NULL;
    if (!ended->spoiled) {
        *graph = (CUgraph)ended;
        return 0;
    }
    free_nodes(ended);
    end(ended, GRAPH);
    return CAPTURE_INVALIDATED;
}
CUresult cuGraphInstantiateWithFlags(CUgraphExec *exec, CUgraph graph, unsigned long long flags) {
    ENTER_CONTEXT(cuGraphInstantiateWithFlags);
    if (!is_live(graph, GRAPH) || flags) return INVALID_VALUE;
    object *made = make(EXEC);
    made->tail = &made->nodes;
    for (const node *n = ((object *)graph)->nodes; n; n = n->next) {
        node *kept = malloc(sizeof *kept);
        *kept = *n;
        kept->next = NULL;
        *made->tail = kept;
        made->tail = &kept->next;
    }
    *exec = (CUgraphExec)made;
    return 0;
}
CUresult cuGraphInstantiate_v2(CUgraphExec *exec, CUgraph graph, CUgraphNode *failed, char *log,
                               size_t log_bytes) {
    ENTER_CONTEXT(cuGraphInstantiate_v2);
    (void)failed, (void)log, (void)log_bytes;
    return cuGraphInstantiateWithFlags(exec, graph, 0);
}
CUresult cuGraphLaunch(CUgraphExec exec, CUstream stream) {
    ENTER_CONTEXT(cuGraphLaunch);
    CUresult result = is_live(exec, EXEC) ? not_captured(stream) : INVALID_HANDLE;
    if (result) return result;
    for (const node *n = ((object *)exec)->nodes; n; n = n->next) n->run(n);
    return 0;
}
CUresult cuGraphUpload(CUgraphExec exec, CUstream stream) {
    ENTER_CONTEXT(cuGraphUpload);
    return is_live(exec, EXEC) ? not_captured(stream) : INVALID_HANDLE;
}
CUresult cuGraphExecDestroy(CUgraphExec exec) {
    ENTER(cuGraphExecDestroy);
    if (is_live(exec, EXEC)) free_nodes((object *)exec);
    return end(exec, EXEC);
}
CUresult cuGraphDestroy(CUgraph graph) {
    ENTER(cuGraphDestroy);
    if (is_live(graph, GRAPH)) free_nodes((object *)graph);
    return end(graph, GRAPH);
}

/* ---- control ---- */

static uint64_t count_of(const char *name) {
    for (int i = 0; i < ID_COUNT; i++)
        if (!strcmp(names[i], name)) return counts[i];
    return 0;
}
static void reset(void) {
    pthread_mutex_lock(&lock);
    memset(counts, 0, sizeof counts);
    control.calls = control.launches = planned_nth = 0;
    planned_error = name_error = fault_error = broken = slow_queries = 0;
    *planned_name = 0;
    pthread_mutex_unlock(&lock);
}
static void fail_nth(uint64_t nth, int error) {
    pthread_mutex_lock(&lock);
    planned_nth = nth;
    planned_error = error;
    pthread_mutex_unlock(&lock);
}
static void fail_name(const char *name, int error) {
    pthread_mutex_lock(&lock);
    snprintf(planned_name, sizeof planned_name, "%.60s", name ? name : "");
    name_error = error;
    pthread_mutex_unlock(&lock);
}
static void fault_at_launch(int error) { fault_error = error; }
static void delay(unsigned queries) { slow_queries = (int)queries; }

fake_control *fake_cuda_control(void) {
    control.count_of = count_of;
    control.reset = reset;
    control.fail_nth = fail_nth;
    control.fail_name = fail_name;
    control.fault_at_launch = fault_at_launch;
    control.delay = delay;
    return &control;
}
