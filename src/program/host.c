/* program/host.c: the machine at hand as a target, and the one door to the compiler call-backs.
 *
 * Code for the CPU is made for one of LLVM's x86-64 levels, not for the exact model: a level is found without
 * LLVM, the same cache serves every machine of a cluster, and a virtual machine that hides parts of its
 * processor cannot mislead us. What a level lacks (VNNI, AMX …) is nothing that our code uses. The triple is
 * an ELF one on every system. */
#include "program/inner.h"
#include <stdio.h>
#include <string.h>

static void set_cpu(wf_target *target, const char *cpu, int vector_bytes, int has_fma) {
    snprintf(target->cpu, sizeof(target->cpu), "%s", cpu);
    target->vector_bytes = vector_bytes;
    target->has_fma = has_fma;
}

void wf_host_target(wf_target *target) {
    memset(target, 0, sizeof(*target));
    target->kind = WF_TARGET_CPU;
#ifdef _WIN32
    target->probes_stack = 1;
#endif
#if defined(__x86_64__)
    snprintf(target->triple, sizeof(target->triple), "x86_64-unknown-linux-gnu");
    __builtin_cpu_init();
    int v2 = __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt");
    int v3 = v2 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
             __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
    int v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
             __builtin_cpu_supports("avx512cd");
    const char *most = wf_env_text("CPU"); /* for tests: a lower level than the machine has */
    if (most && strcmp(most, "x86-64") == 0) v2 = v3 = v4 = 0;
    if (most && strcmp(most, "x86-64-v2") == 0) v3 = v4 = 0;
    if (most && strcmp(most, "x86-64-v3") == 0) v4 = 0;
    if (v4) set_cpu(target, "x86-64-v4", 64, 1);
    else if (v3) set_cpu(target, "x86-64-v3", 32, 1);
    else set_cpu(target, v2 ? "x86-64-v2" : "x86-64", 16, 0);
#elif defined(__aarch64__)
    snprintf(target->triple, sizeof(target->triple), "aarch64-unknown-linux-gnu");
    set_cpu(target, "generic", 16, 1);
    /* macOS (and Windows) keep this register for themselves; one register less is no loss, and the same code
     * runs on every system. */
    snprintf(target->features, sizeof(target->features), "+reserve-x18");
#else
#error "weft needs x86-64 or AArch64"
#endif
}

/* ---- the compiler ----------------------------------------------------------------------------------------
 */

static pthread_mutex_t compiler_lock = PTHREAD_MUTEX_INITIALIZER;
static wf_compiler compiler;
static int identity_known, identity_major;
static char identity_text[128];

void wf_program_set_compiler(const wf_compiler *given) {
    pthread_mutex_lock(&compiler_lock);
    compiler = *given;
    identity_known = 0;
    pthread_mutex_unlock(&compiler_lock);
}

static wf_compiler compiler_now(void) {
    pthread_mutex_lock(&compiler_lock);
    wf_compiler now = compiler;
    pthread_mutex_unlock(&compiler_lock);
    return now;
}

/* Two threads may both ask the call-back; they get the same answer, and no lock is held meanwhile. */
wf_status wf_compiler_identity(int *llvm_major, const char **identity, wf_error *err) {
    pthread_mutex_lock(&compiler_lock);
    int known = identity_known;
    pthread_mutex_unlock(&compiler_lock);
    if (!known) {
        wf_compiler now = compiler_now();
        if (!now.identify) return wf_fail(err, WF_INTERNAL, "no compiler has been set");
        int major = 0;
        char text[sizeof(identity_text)] = "";
        wf_status status = now.identify(now.user, &major, text, err);
        if (status != WF_OK) return status;
        pthread_mutex_lock(&compiler_lock);
        if (!identity_known) memcpy(identity_text, text, sizeof(text));
        identity_major = major;
        identity_known = 1;
        pthread_mutex_unlock(&compiler_lock);
    }
    *llvm_major = identity_major;
    *identity = identity_text;
    return WF_OK;
}

wf_status wf_compiler_run(const char *ir, size_t length, const wf_target *target, int level, char **out,
                          size_t *out_length, wf_error *err) {
    wf_compiler now = compiler_now();
    if (!now.compile) return wf_fail(err, WF_INTERNAL, "no compiler has been set");
    return now.compile(now.user, ir, length, target, level, out, out_length, err);
}

wf_status wf_program_target(wf_device *device, wf_target *target, wf_error *err) {
    int llvm_major;
    const char *identity;
    wf_status status = wf_compiler_identity(&llvm_major, &identity, err);
    if (status != WF_OK) return status;
    if (wf_device_is_cpu(device)) {
        wf_host_target(target);
        target->llvm_major = llvm_major;
        return WF_OK;
    }
    wf_device_info info;
    status = wf_device_info_of(device, &info, err);
    if (status != WF_OK) return status;
    memset(target, 0, sizeof(*target));
    wf_target_nvptx(target, info.compute_major * 10 + info.compute_minor, info.driver_version, llvm_major);
    return WF_OK;
}

void wf__compiler_fork(int take) {
    if (take) pthread_mutex_lock(&compiler_lock);
    else pthread_mutex_unlock(&compiler_lock);
}
