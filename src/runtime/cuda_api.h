/* runtime/cuda_api.h: the part of the CUDA driver's interface that weft uses, from one list.
 *
 * The driver's library is opened at run time and no CUDA header is needed: the types and signatures here are
 * our own statement of the documented interface (names with their _v2 where the library exports them so).
 * Required functions must be there for CUDA to count as available; the others may be missing in an old
 * driver. */
#ifndef WF_RUNTIME_CUDA_API_H
#define WF_RUNTIME_CUDA_API_H
#include <stddef.h>
#include <stdint.h>

typedef int CUresult;
typedef int CUdevice;
typedef uint64_t CUdeviceptr;
typedef struct CUctx_st *CUcontext;
typedef struct CUmod_st *CUmodule;
typedef struct CUfunc_st *CUfunction;
typedef struct CUstream_st *CUstream;
typedef struct CUevent_st *CUevent;
typedef struct CUlinkState_st *CUlinkState;
typedef struct CUmemPool_st *CUmemoryPool;
typedef struct CUgraph_st *CUgraph;
typedef struct CUgraphExec_st *CUgraphExec;
typedef struct CUgraphNode_st *CUgraphNode;
typedef void (*CUhostFn)(void *user);

typedef struct CUuuid {
    char bytes[16];
} CUuuid;
typedef struct CUipcHandle { /* CUipcMemHandle and CUipcEventHandle: passed by value */
    char reserved[64];
} CUipcHandle;
typedef struct CUDA_MEMCPY3D {
    size_t srcXInBytes, srcY, srcZ, srcLOD;
    int srcMemoryType;
    const void *srcHost;
    CUdeviceptr srcDevice;
    void *srcArray, *reserved0;
    size_t srcPitch, srcHeight;
    size_t dstXInBytes, dstY, dstZ, dstLOD;
    int dstMemoryType;
    void *dstHost;
    CUdeviceptr dstDevice;
    void *dstArray, *reserved1;
    size_t dstPitch, dstHeight;
    size_t WidthInBytes, Height, Depth;
} CUDA_MEMCPY3D;
typedef struct CUmemPoolProps {
    int allocType, handleTypes;
    struct {
        int type, id;
    } location;
    void *win32SecurityAttributes;
    size_t maxSize;
    unsigned short usage;
    unsigned char reserved[54];
} CUmemPoolProps;
typedef struct CUlaunchAttribute {
    int id;
    char pad[4];
    union {
        char pad[64];
        int cooperative;
        struct {
            unsigned x, y, z;
        } clusterDim;
    } value;
} CUlaunchAttribute;
typedef struct CUlaunchConfig {
    unsigned gridDimX, gridDimY, gridDimZ, blockDimX, blockDimY, blockDimZ, sharedMemBytes;
    CUstream hStream;
    CUlaunchAttribute *attrs;
    unsigned numAttrs;
} CUlaunchConfig;
typedef struct CUmemAccessDesc {
    struct {
        int type, id;
    } location;
    int flags; /* 3: read and write */
} CUmemAccessDesc;
_Static_assert(sizeof(CUDA_MEMCPY3D) == 200 && sizeof(CUmemPoolProps) == 88 &&
                   sizeof(CUlaunchAttribute) == 72 && sizeof(CUlaunchConfig) == 56,
               "layouts of the driver's 64-bit interface");

enum { /* CUresult, as far as it is told apart */
       CU_OUT_OF_MEMORY = 2,
       CU_NO_DEVICE = 100,
       CU_INVALID_DEVICE = 101,
       CU_INVALID_IMAGE = 200,
       CU_NO_BINARY = 209,
       CU_INVALID_PTX = 218,
       CU_UNSUPPORTED_PTX = 222,
       CU_NOT_READY = 600,
       CU_LAUNCH_RESOURCES = 701,
       CU_PEER_ENABLED = 704,
       CU_PEER_NOT_ENABLED = 705,
       CU_COOPERATIVE_TOO_LARGE = 720,
       CU_NOT_SUPPORTED = 801,
       CU_NOT_FOUND = 500,
       CU_UNAVAILABLE = 46
};
enum { /* CUjit_option, CUjitInputType */
       CU_JIT_MAX_REGISTERS = 0,
       CU_JIT_INFO_LOG = 3,
       CU_JIT_INFO_LOG_BYTES = 4,
       CU_JIT_ERROR_LOG = 5,
       CU_JIT_ERROR_LOG_BYTES = 6,
       CU_JIT_OPTIMIZATION = 7,
       CU_JIT_DEBUG_INFO = 11,
       CU_JIT_VERBOSE = 12,
       CU_JIT_LINE_INFO = 13,
       CU_INPUT_CUBIN = 0,
       CU_INPUT_PTX = 1
};
enum { CU_MEMORY_HOST = 1, CU_MEMORY_DEVICE = 2, CU_POINTER_MEMORY_TYPE = 2 };
enum { CU_POOL_RELEASE_THRESHOLD = 4, CU_POOLS_SUPPORTED = 115 };
enum { CU_LAUNCH_COOPERATIVE = 2, CU_LAUNCH_CLUSTER = 4 };
#define CU_PARAM_END ((void *)0)
#define CU_PARAM_BUFFER ((void *)1)
#define CU_PARAM_BUFFER_SIZE ((void *)2)

/* X(required, name, (parameters)) */
#define WF_CUDA_FUNCTIONS(X)                                                                                 \
    X(1, cuInit, (unsigned flags))                                                                           \
    X(1, cuDriverGetVersion, (int *version))                                                                 \
    X(1, cuGetErrorName, (CUresult error, const char **name))                                                \
    X(1, cuGetErrorString, (CUresult error, const char **text))                                              \
    X(1, cuDeviceGet, (CUdevice * device, int ordinal))                                                      \
    X(1, cuDeviceGetCount, (int *count))                                                                     \
    X(1, cuDeviceGetName, (char *name, int length, CUdevice device))                                         \
    X(1, cuDeviceTotalMem_v2, (size_t * bytes, CUdevice device))                                             \
    X(1, cuDeviceGetAttribute, (int *value, int attribute, CUdevice device))                                 \
    X(1, cuDeviceGetUuid, (CUuuid * uuid, CUdevice device))                                                  \
    X(1, cuDeviceGetPCIBusId, (char *id, int length, CUdevice device))                                       \
    X(1, cuDeviceCanAccessPeer, (int *can, CUdevice device, CUdevice peer))                                  \
    X(1, cuDevicePrimaryCtxRetain, (CUcontext * context, CUdevice device))                                   \
    X(1, cuDevicePrimaryCtxRelease_v2, (CUdevice device))                                                    \
    X(1, cuCtxCreate_v2, (CUcontext * context, unsigned flags, CUdevice device))                             \
    X(1, cuCtxDestroy_v2, (CUcontext context))                                                               \
    X(1, cuCtxGetCurrent, (CUcontext * context))                                                             \
    X(1, cuCtxSetCurrent, (CUcontext context))                                                               \
    X(1, cuCtxSynchronize, (void))                                                                           \
    X(1, cuCtxEnablePeerAccess, (CUcontext peer, unsigned flags))                                            \
    X(1, cuCtxDisablePeerAccess, (CUcontext peer))                                                           \
    X(1, cuMemGetInfo_v2, (size_t * free_bytes, size_t * total))                                             \
    X(1, cuMemAlloc_v2, (CUdeviceptr * address, size_t bytes))                                               \
    X(1, cuMemFree_v2, (CUdeviceptr address))                                                                \
    X(1, cuMemHostAlloc, (void **host, size_t bytes, unsigned flags))                                        \
    X(1, cuMemFreeHost, (void *host))                                                                        \
    X(1, cuMemAllocManaged, (CUdeviceptr * address, size_t bytes, unsigned flags))                           \
    X(1, cuMemHostRegister_v2, (void *host, size_t bytes, unsigned flags))                                   \
    X(1, cuMemHostUnregister, (void *host))                                                                  \
    X(1, cuMemHostGetDevicePointer_v2, (CUdeviceptr * address, void *host, unsigned flags))                  \
    X(1, cuPointerGetAttribute, (void *data, int attribute, CUdeviceptr address))                            \
    X(0, cuMemGetAddressRange_v2, (CUdeviceptr * base, size_t * bytes, CUdeviceptr address))                 \
    X(0, cuIpcGetMemHandle, (CUipcHandle * handle, CUdeviceptr address))                                     \
    X(0, cuIpcOpenMemHandle_v2, (CUdeviceptr * address, CUipcHandle handle, unsigned flags))                 \
    X(0, cuIpcCloseMemHandle, (CUdeviceptr address))                                                         \
    X(0, cuIpcGetEventHandle, (CUipcHandle * handle, CUevent event))                                         \
    X(0, cuIpcOpenEventHandle, (CUevent * event, CUipcHandle handle))                                        \
    X(0, cuMemPoolCreate, (CUmemoryPool * pool, const CUmemPoolProps *props))                                \
    X(0, cuMemPoolDestroy, (CUmemoryPool pool))                                                              \
    X(0, cuMemPoolSetAttribute, (CUmemoryPool pool, int attribute, void *value))                             \
    X(0, cuMemPoolTrimTo, (CUmemoryPool pool, size_t keep))                                                  \
    X(0, cuMemPoolSetAccess, (CUmemoryPool pool, const CUmemAccessDesc *access, size_t count))               \
    X(0, cuMemAllocFromPoolAsync, (CUdeviceptr * address, size_t bytes, CUmemoryPool pool, CUstream stream)) \
    X(0, cuMemFreeAsync, (CUdeviceptr address, CUstream stream))                                             \
    X(1, cuMemcpyHtoDAsync_v2, (CUdeviceptr to, const void *from, size_t bytes, CUstream stream))            \
    X(1, cuMemcpyDtoHAsync_v2, (void *to, CUdeviceptr from, size_t bytes, CUstream stream))                  \
    X(1, cuMemcpyDtoDAsync_v2, (CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream stream))            \
    X(1, cuMemcpyPeerAsync,                                                                                  \
      (CUdeviceptr to, CUcontext to_context, CUdeviceptr from, CUcontext from_context, size_t bytes,         \
       CUstream stream))                                                                                     \
    X(1, cuMemcpy3DAsync_v2, (const CUDA_MEMCPY3D *copy, CUstream stream))                                   \
    X(1, cuMemsetD8Async, (CUdeviceptr to, unsigned char value, size_t count, CUstream stream))              \
    X(1, cuMemsetD16Async, (CUdeviceptr to, unsigned short value, size_t count, CUstream stream))            \
    X(1, cuMemsetD32Async, (CUdeviceptr to, unsigned value, size_t count, CUstream stream))                  \
    X(1, cuMemsetD2D8Async,                                                                                  \
      (CUdeviceptr to, size_t pitch, unsigned char value, size_t width, size_t height, CUstream stream))     \
    X(1, cuMemsetD2D16Async,                                                                                 \
      (CUdeviceptr to, size_t pitch, unsigned short value, size_t width, size_t height, CUstream stream))    \
    X(1, cuMemsetD2D32Async,                                                                                 \
      (CUdeviceptr to, size_t pitch, unsigned value, size_t width, size_t height, CUstream stream))          \
    X(1, cuStreamCreateWithPriority, (CUstream * stream, unsigned flags, int priority))                      \
    X(1, cuStreamDestroy_v2, (CUstream stream))                                                              \
    X(1, cuStreamQuery, (CUstream stream))                                                                   \
    X(1, cuStreamSynchronize, (CUstream stream))                                                             \
    X(1, cuStreamWaitEvent, (CUstream stream, CUevent event, unsigned flags))                                \
    X(0, cuLaunchHostFunc, (CUstream stream, CUhostFn call, void *user))                                     \
    X(1, cuEventCreate, (CUevent * event, unsigned flags))                                                   \
    X(1, cuEventDestroy_v2, (CUevent event))                                                                 \
    X(1, cuEventRecord, (CUevent event, CUstream stream))                                                    \
    X(1, cuEventQuery, (CUevent event))                                                                      \
    X(1, cuEventSynchronize, (CUevent event))                                                                \
    X(1, cuEventElapsedTime, (float *ms, CUevent start, CUevent end))                                        \
    X(1, cuLinkCreate_v2, (unsigned count, int *options, void **values, CUlinkState *state))                 \
    X(1, cuLinkAddData_v2,                                                                                   \
      (CUlinkState state, int type, void *data, size_t size, const char *name, unsigned count, int *options, \
       void **values))                                                                                       \
    X(1, cuLinkComplete, (CUlinkState state, void **cubin, size_t *size))                                    \
    X(1, cuLinkDestroy, (CUlinkState state))                                                                 \
    X(1, cuModuleLoadDataEx,                                                                                 \
      (CUmodule * module, const void *image, unsigned count, int *options, void **values))                   \
    X(1, cuModuleUnload, (CUmodule module))                                                                  \
    X(1, cuModuleGetFunction, (CUfunction * function, CUmodule module, const char *name))                    \
    X(1, cuModuleGetGlobal_v2, (CUdeviceptr * address, size_t * bytes, CUmodule module, const char *name))   \
    X(1, cuFuncGetAttribute, (int *value, int attribute, CUfunction function))                               \
    X(1, cuFuncSetAttribute, (CUfunction function, int attribute, int value))                                \
    X(1, cuFuncSetCacheConfig, (CUfunction function, int config))                                            \
    X(1, cuOccupancyMaxActiveBlocksPerMultiprocessor,                                                        \
      (int *blocks, CUfunction function, int block_threads, size_t dynamic_shared))                          \
    X(1, cuOccupancyMaxPotentialBlockSize,                                                                   \
      (int *grid, int *block, CUfunction function, size_t (*shared_of)(int), size_t dynamic_shared,          \
       int limit))                                                                                           \
    X(1, cuLaunchKernel,                                                                                     \
      (CUfunction function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,    \
       unsigned shared, CUstream stream, void **params, void **extra))                                       \
    X(0, cuLaunchCooperativeKernel,                                                                          \
      (CUfunction function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,    \
       unsigned shared, CUstream stream, void **params))                                                     \
    X(0, cuLaunchKernelEx, (const CUlaunchConfig *config, CUfunction function, void **params, void **extra)) \
    X(0, cuStreamBeginCapture_v2, (CUstream stream, int mode))                                               \
    X(0, cuStreamEndCapture, (CUstream stream, CUgraph * graph))                                             \
    X(0, cuGraphInstantiateWithFlags, (CUgraphExec * exec, CUgraph graph, unsigned long long flags))         \
    X(0, cuGraphInstantiate_v2,                                                                              \
      (CUgraphExec * exec, CUgraph graph, CUgraphNode * failed, char *log, size_t log_bytes))                \
    X(0, cuGraphLaunch, (CUgraphExec exec, CUstream stream))                                                 \
    X(0, cuGraphUpload, (CUgraphExec exec, CUstream stream))                                                 \
    X(0, cuGraphExecDestroy, (CUgraphExec exec))                                                             \
    X(0, cuGraphDestroy, (CUgraph graph))

typedef struct wf_cuda_api {
#define X(required, name, parameters) CUresult(*name) parameters;
    WF_CUDA_FUNCTIONS(X)
#undef X
} wf_cuda_api;
#endif
