/* runtime/device.c: the registry: which devices there are, by kind, number and name.
 *
 * The registry is the process's only global. A kind is opened when it is first asked about: opening the CUDA
 * driver costs tens of milliseconds that a program on the CPU need not pay. Devices are never freed. */
#include "base/memory.h"
#include "base/system.h"
#include "runtime/inner.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

wf_registry wf__registry = {.lock = PTHREAD_MUTEX_INITIALIZER};

static const wf_device_ops *const kind_ops[WF_DEVICE_KINDS] = {&wf_cuda_ops, &wf_cpu_ops};

enum { MOST_THREADS = 1024 };
static pthread_once_t once = PTHREAD_ONCE_INIT;
static void init(void) {
    wf__debug_init();
    wf_fork_generation(); /* its fork handler must run before ours */
    wf__fork_watch();
    int64_t threads = wf_env_int("THREADS");
    wf__registry.pool = wf_pool_new(threads < 0              ? 0
                                    : threads > MOST_THREADS ? MOST_THREADS
                                                             : (uint32_t)threads);
}

wf_status wf_runtime_init(wf_error *err) {
    pthread_once(&once, init);
    return wf__registry.pool ? WF_OK : wf_fail(err, WF_NOMEM, "out of memory for the thread pool");
}

wf_pool *wf_runtime_pool(void) {
    pthread_once(&once, init);
    return wf__registry.pool;
}

/* ---- finding devices ---- */

static void open_devices(wf_device_kind kind, uint32_t count) {
    wf_device *devices = wf_calloc(count, sizeof *devices);
    if (!devices) {
        snprintf(wf__registry.kinds[kind].reason, sizeof wf__registry.kinds[kind].reason, "out of memory");
        return;
    }
    wf__registry.kinds[kind].devices = devices;
    for (uint32_t i = 0; i < count; i++) {
        wf_device *device = &devices[i];
        wf_error err;
        device->ops = kind_ops[kind];
        device->kind = kind;
        device->ordinal = i;
        snprintf(device->label, sizeof device->label, "%s:%u", device->ops->name, i);
        if (device->ops->device_open(device, &err)) {
            snprintf(wf__registry.kinds[kind].reason, sizeof wf__registry.kinds[kind].reason, "%.500s",
                     err.message);
            break;
        }
        wf__registry.kinds[kind].count = i + 1;
        wf_debug(WF_DEBUG_DEVICE, "%s: %s, compute capability %d.%d, %llu MiB", device->label,
                 device->info.name, device->info.compute_major, device->info.compute_minor,
                 (unsigned long long)(device->info.total_memory >> 20));
    }
}

void wf__kind_open(wf_device_kind kind) {
    pthread_once(&once, init);
    pthread_mutex_lock(&wf__registry.lock);
    if (!wf__registry.kinds[kind].opened) {
        char *reason = wf__registry.kinds[kind].reason;
        uint32_t count = kind_ops[kind]->open(reason, sizeof wf__registry.kinds[kind].reason);
        if (count) open_devices(kind, count);
        if (!wf__registry.kinds[kind].count)
            wf_debug(WF_DEBUG_DEVICE, "%s: not available: %s", kind_ops[kind]->name, reason);
        wf__registry.kinds[kind].opened = 1;
    }
    pthread_mutex_unlock(&wf__registry.lock);
}

uint32_t wf_device_count(wf_device_kind kind) {
    if ((unsigned)kind >= WF_DEVICE_KINDS) return 0;
    wf__kind_open(kind);
    return wf__registry.kinds[kind].count;
}

const char *wf_device_kind_reason(wf_device_kind kind) {
    return wf_device_count(kind) ? NULL : wf__registry.kinds[kind].reason;
}

wf_status wf_device_at(wf_device_kind kind, uint32_t ordinal, wf_device **device, wf_error *err) {
    if ((unsigned)kind >= WF_DEVICE_KINDS)
        return wf_fail(err, WF_INVALID, "there is no device kind %d", (int)kind);
    uint32_t count = wf_device_count(kind);
    const char *name = kind_ops[kind]->name;
    if (!count)
        return wf_fail(err, WF_NODEVICE, "%s:%u is not available: %s", name, ordinal,
                       wf__registry.kinds[kind].reason);
    if (ordinal >= count)
        return wf_fail(err, WF_NODEVICE, "%s:%u does not exist: there %s %u such device%s", name, ordinal,
                       count == 1 ? "is" : "are", count, count == 1 ? "" : "s");
    *device = &wf__registry.kinds[kind].devices[ordinal];
    return WF_OK;
}

wf_status wf_device_by_name(const char *name, wf_device **device, wf_error *err) {
    size_t length = strcspn(name, ":");
    unsigned long ordinal = 0;
    int good = 1;
    if (name[length] == ':') {
        char *end;
        good = isdigit((unsigned char)name[length + 1]);
        ordinal = strtoul(name + length + 1, &end, 10);
        good = good && !*end && ordinal < 1000;
    }
    if (good && length == 3 && !strncmp(name, "gpu", 3))
        return wf_device_at(WF_DEVICE_CUDA, (uint32_t)ordinal, device, err);
    for (int kind = 0; good && kind < WF_DEVICE_KINDS; kind++)
        if (strlen(kind_ops[kind]->name) == length && !strncmp(name, kind_ops[kind]->name, length))
            return wf_device_at((wf_device_kind)kind, (uint32_t)ordinal, device, err);
    return wf_fail(err, WF_INVALID, "'%.60s' names no device; devices are called cuda, cuda:1, cpu, cpu:1",
                   name);
}

wf_status wf_device_default(wf_device **device, wf_error *err) {
    const char *name = wf_env_text("DEVICE");
    if (name) {
        wf_error why;
        wf_status status = wf_device_by_name(name, device, &why);
        if (!status) return WF_OK;
        return wf_fail_code(err, status, why.code,
                            "WEFT_DEVICE=%.60s: %.800s. Without WEFT_DEVICE weft takes what there is; "
                            "weft doctor says what that is",
                            name, why.message);
    }
    if (wf_device_count(WF_DEVICE_CUDA) && !wf_device_broken(&wf__registry.kinds[WF_DEVICE_CUDA].devices[0]))
        return wf_device_at(WF_DEVICE_CUDA, 0, device, err);
    return wf_device_at(WF_DEVICE_CPU, 0, device, err);
}

/* ---- what they are ---- */

wf_device_kind wf_device_kind_of(const wf_device *device) { return device->kind; }
uint32_t wf_device_ordinal(const wf_device *device) { return device->ordinal; }
const char *wf_device_label(const wf_device *device) { return device->label; }
int wf_device_is_cpu(const wf_device *device) { return device->kind == WF_DEVICE_CPU; }

wf_status wf_device_info_of(wf_device *device, wf_device_info *info, wf_error *err) {
    (void)err;
    *info = device->info;
    return WF_OK;
}

wf_status wf_device_attribute(wf_device *device, int attribute, int *value, wf_error *err) {
    return device->ops->device_attribute(device, attribute, value, err);
}

wf_status wf_device_memory(wf_device *device, uint64_t *free_bytes, uint64_t *total_bytes, wf_error *err) {
    return device->ops->device_memory(device, free_bytes, total_bytes, err);
}

wf_status wf_device_can_access_peer(wf_device *device, wf_device *peer, int *can, wf_error *err) {
    *can = 0;
    if (device->kind != peer->kind || device == peer || !device->ops->can_access_peer) return WF_OK;
    return device->ops->can_access_peer(device, peer, can, err);
}

const char *wf_device_broken(const wf_device *device) {
    return device->ops->broken ? device->ops->broken() : NULL;
}

int wf_device_fault_launch(const wf_device *device, wf_fault_launch *launch) {
    return device->ops->fault_launch ? device->ops->fault_launch(launch) : 0;
}
