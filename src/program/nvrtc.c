/* program/nvrtc.c: NVIDIA's run-time compiler as the refuge for CUDA C that weft's own front-end does not
 * take.
 *
 * The library is opened at run time, from the places that the binding names, and never needed. It is asked
 * for PTX, so that the driver's linker and the kernels' parameters work as with our own code; only where the
 * driver is older than NVRTC for a cubin, since such a driver refuses the newer PTX. An architecture that
 * NVRTC does not know yet is served by the newest one that it knows below it. */
#include "program/program.h"
#include "base/library.h"
#include "base/memory.h"
#include <pthread.h>
#include <stdio.h>
#include <string.h>

typedef struct nvrtc_program *nvrtcProgram;
/* Name, parameters; all return an nvrtcResult. The optional ones came with CUDA 11.1 and 11.2. */
#define FUNCTIONS(X)                                                                                         \
    X(1, nvrtcVersion, (int *major, int *minor))                                                             \
    X(1, nvrtcCreateProgram,                                                                                 \
      (nvrtcProgram * program, const char *source, const char *name, int header_count,                       \
       const char *const *headers, const char *const *header_names))                                         \
    X(1, nvrtcDestroyProgram, (nvrtcProgram * program))                                                      \
    X(1, nvrtcCompileProgram, (nvrtcProgram program, int count, const char *const *options))                 \
    X(1, nvrtcGetProgramLogSize, (nvrtcProgram program, size_t * size))                                      \
    X(1, nvrtcGetProgramLog, (nvrtcProgram program, char *log))                                              \
    X(1, nvrtcGetPTXSize, (nvrtcProgram program, size_t * size))                                             \
    X(1, nvrtcGetPTX, (nvrtcProgram program, char *ptx))                                                     \
    X(1, nvrtcAddNameExpression, (nvrtcProgram program, const char *expression))                             \
    X(1, nvrtcGetLoweredName, (nvrtcProgram program, const char *expression, const char **lowered))          \
    X(0, nvrtcGetCUBINSize, (nvrtcProgram program, size_t * size))                                           \
    X(0, nvrtcGetCUBIN, (nvrtcProgram program, char *cubin))                                                 \
    X(0, nvrtcGetNumSupportedArchs, (int *count))                                                            \
    X(0, nvrtcGetSupportedArchs, (int *archs))

enum { NVRTC_COMPILATION = 6, MOST_ARCHS = 128 };

/* Guarded by the lock until `path` is set; read without afterwards. */
static struct {
    pthread_mutex_t lock;
    char *path;
    int version; /* 12040 for 12.4 */
#define X(required, name, parameters) int(*name) parameters;
    FUNCTIONS(X)
#undef X
} nvrtc = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- the library
 * -------------------------------------------------------------------------------------------
 */

/* 1: opened, and it has all that is required. */
static int open_one(const char *path, char *reason, size_t size) {
    void *library = wf_library_open(path, reason, size);
    const char *missing = NULL;
    int major = 0, minor = 0;
    if (!library) return 0;
#define X(required, name, parameters)                                                                        \
    *(void **)&nvrtc.name = wf_library_symbol(library, #name);                                               \
    if (required && !nvrtc.name && !missing) missing = #name;
    FUNCTIONS(X)
#undef X
    if (missing || nvrtc.nvrtcVersion(&major, &minor)) {
        snprintf(reason, size, "%s has no %s", path, missing ? missing : "version");
        wf_library_close(library);
        return 0;
    }
    nvrtc.version = major * 1000 + minor * 10;
    return 1;
}

wf_status wf_nvrtc_open(const char *const *paths, uint32_t count, const char **path, wf_error *err) {
    char reason[600] = "no library named libnvrtc was found";
    wf_status status = WF_OK;
    pthread_mutex_lock(&nvrtc.lock);
    for (uint32_t i = 0; i < count && !nvrtc.path; i++)
        if (open_one(paths[i], reason, sizeof(reason))) nvrtc.path = wf_strdup(paths[i]);
    if (nvrtc.path) *path = nvrtc.path;
    else status = wf_fail(err, WF_NODEVICE, "%s", reason);
    pthread_mutex_unlock(&nvrtc.lock);
    return status;
}

/* ---- a compilation
 * -----------------------------------------------------------------------------------------
 */

static wf_status check(int result, const char *call, wf_error *err) {
    if (!result) return WF_OK;
    return wf_fail_code(err, WF_INTERNAL, result, "[nvrtc] %s failed with nvrtcResult %d (%s)", call, result,
                        nvrtc.path);
}

/* The newest architecture up to `sm` that this NVRTC makes code for. */
static int known_arch(int sm) {
    int archs[MOST_ARCHS], count = 0, best = 0;
    if (!nvrtc.nvrtcGetNumSupportedArchs || nvrtc.nvrtcGetNumSupportedArchs(&count) || count < 1 ||
        count > MOST_ARCHS || nvrtc.nvrtcGetSupportedArchs(archs))
        return sm;
    for (int i = 0; i < count; i++)
        if (archs[i] <= sm && archs[i] > best) best = archs[i];
    return best ? best : sm;
}

static char *log_of(nvrtcProgram program) {
    size_t size = 0;
    char *log = NULL;
    if (nvrtc.nvrtcGetProgramLogSize(program, &size) || !(log = wf_calloc(size + 1, 1))) return NULL;
    if (nvrtc.nvrtcGetProgramLog(program, log)) log[0] = 0;
    return log;
}

static wf_status fetch(nvrtcProgram program, int cubin, wf_nvrtc_result *result, wf_error *err) {
    int code = cubin ? nvrtc.nvrtcGetCUBINSize(program, &result->code_size)
                     : nvrtc.nvrtcGetPTXSize(program, &result->code_size);
    wf_status status = check(code, "nvrtcGetPTXSize", err);
    if (status != WF_OK) return status;
    if (!(result->code = wf_calloc(result->code_size + 1, 1)))
        return wf_fail(err, WF_NOMEM, "out of memory for NVRTC's code");
    code = cubin ? nvrtc.nvrtcGetCUBIN(program, result->code) : nvrtc.nvrtcGetPTX(program, result->code);
    if (!cubin) result->code_size = strlen(result->code); /* NVRTC counts the NUL */
    return check(code, "nvrtcGetPTX", err);
}

static wf_status lowered_names(nvrtcProgram program, const wf_nvrtc_request *r, wf_nvrtc_result *result,
                               wf_error *err) {
    result->lowered = wf_calloc(r->expression_count + 1, sizeof(char *));
    if (!result->lowered) return wf_fail(err, WF_NOMEM, "out of memory for NVRTC's names");
    for (uint32_t i = 0; i < r->expression_count; i++) {
        const char *name = NULL;
        wf_status status =
            check(nvrtc.nvrtcGetLoweredName(program, r->expressions[i], &name), "nvrtcGetLoweredName", err);
        if (status != WF_OK) return status;
        if (!(result->lowered[i] = wf_strdup(name)))
            return wf_fail(err, WF_NOMEM, "out of memory for NVRTC's names");
        result->lowered_count++;
    }
    return WF_OK;
}

static wf_status run(nvrtcProgram program, const wf_nvrtc_request *r, const char *const *options,
                     wf_nvrtc_result *result, wf_error *err) {
    for (uint32_t i = 0; i < r->expression_count; i++) {
        wf_status status =
            check(nvrtc.nvrtcAddNameExpression(program, r->expressions[i]), "nvrtcAddNameExpression", err);
        if (status != WF_OK) return status;
    }
    int code = nvrtc.nvrtcCompileProgram(program, (int)r->option_count + 1, options);
    result->log = log_of(program);
    if (code == NVRTC_COMPILATION)
        return wf_fail_code(err, WF_COMPILE, code, "NVRTC refuses the source:\n%s",
                            result->log ? result->log : "");
    return check(code, "nvrtcCompileProgram", err);
}

wf_status wf_nvrtc_compile(const wf_nvrtc_request *r, wf_nvrtc_result *result, wf_error *err) {
    char arch[48];
    nvrtcProgram program = NULL;
    memset(result, 0, sizeof(*result));
    if (!nvrtc.path) return wf_fail(err, WF_NODEVICE, "[nvrtc] the library was not opened");
    int cubin = nvrtc.version > r->driver_version && nvrtc.nvrtcGetCUBIN && nvrtc.nvrtcGetCUBINSize;
    const char **options = wf_calloc(r->option_count + 1, sizeof(char *));
    if (!options) return wf_fail(err, WF_NOMEM, "out of memory for NVRTC's options");
    snprintf(arch, sizeof(arch), "--gpu-architecture=%s_%d", cubin ? "sm" : "compute", known_arch(r->sm));
    options[0] = arch;
    if (r->option_count) memcpy(options + 1, r->options, r->option_count * sizeof(char *));
    wf_status status = check(nvrtc.nvrtcCreateProgram(&program, r->source, r->name, (int)r->header_count,
                                                      r->header_texts, r->header_names),
                             "nvrtcCreateProgram", err);
    if (status == WF_OK) {
        status = run(program, r, options, result, err);
        if (status == WF_OK) status = fetch(program, cubin, result, err);
        if (status == WF_OK) status = lowered_names(program, r, result, err);
        nvrtc.nvrtcDestroyProgram(&program);
    }
    wf_free(options);
    if (status != WF_OK) wf_nvrtc_result_free(result);
    return status;
}

void wf_nvrtc_result_free(wf_nvrtc_result *result) {
    for (uint32_t i = 0; i < result->lowered_count; i++) wf_free(result->lowered[i]);
    wf_free(result->lowered);
    wf_free(result->code);
    wf_free(result->log);
    memset(result, 0, sizeof(*result));
}
