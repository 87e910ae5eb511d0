/* runtime/cpu.c: the CPU as a device: what it says of itself, and its table of functions.
 *
 * It answers as a GPU of compute capability 9.0 would where a program may depend on the number (limits of
 * blocks and grids, shared memory, 32-lane warps), and with the machine's own figures otherwise.
 * WEFT_CPU_DEVICES makes several of it: they share the threads, but memory of one is not reachable from
 * another unless peer access is enabled. */
#include "runtime/cpu.h"
#include "base/hash.h"
#include "base/system.h"
#include "runtime/device_info.h"
#include <stdio.h>
#include <string.h>

enum { MOST_DEVICES = 64 };

static uint32_t cpu_open(char *reason, size_t size) {
    int64_t count = wf_env_int("CPU_DEVICES");
    (void)reason;
    (void)size;
    return count < 1 ? 1 : count > MOST_DEVICES ? MOST_DEVICES : (uint32_t)count;
}

static wf_status cpu_device_open(wf_device *device, wf_error *err) {
    wf_device_info *info = &device->info;
    (void)err;
    *info = (wf_device_info){.compute_major = 9,
                             .compute_minor = 0,
                             .multiprocessors = (int)wf_pool_threads(wf_runtime_pool()),
                             .warp_size = 32,
                             .max_threads_per_block = 1024,
                             .max_threads_per_multiprocessor = 2048,
                             .max_blocks_per_multiprocessor = 32,
                             .max_block = {1024, 1024, 64},
                             .max_grid = {2147483647, 65535, 65535},
                             .max_shared_per_block = 49152,
                             .max_shared_per_block_optin = 232448,
                             .max_shared_per_multiprocessor = 233472,
                             .max_registers_per_block = 65536,
                             .clock_khz = 2000000,
                             .memory_clock_khz = 1600000,
                             .memory_bus_bits = 64,
                             .l2_bytes = 1 << 20,
                             .total_constant = 65536,
                             .integrated = 1,
                             .managed_memory = 1,
                             .cooperative_launch = 1,
                             .concurrent_kernels = 1,
                             .can_map_host = 1,
                             .async_engines = 1,
                             .total_memory = wf_memory_total(),
                             .driver_version = 13000};
    wf_cpu_name(info->name, sizeof info->name);
    device->native = (int)device->ordinal;
    snprintf(info->pci_bus_id, sizeof info->pci_bus_id, "0000:%02x:00.0", device->ordinal);
    /* The same machine gives the same id: name and ordinal are all that is known of it. */
    wf_hash128 id = wf_hash128_of(info->name, strlen(info->name), (wf_hash128){device->ordinal, 0x77656674});
    memcpy(info->uuid, &id, sizeof info->uuid);
    return WF_OK;
}

static wf_status cpu_attribute(wf_device *device, int attribute, int *value, wf_error *err) {
    (void)err;
    switch (attribute) {
#define X(number, field)                                                                                     \
    case number: *value = device->info.field; break;
        WF_DEVICE_ATTRIBUTES(X)
#undef X
    case 11: *value = 2147483647; break; /* MAX_PITCH */
    case 14:
    case 51: *value = 512; break;                  /* TEXTURE_ALIGNMENT, TEXTURE_PITCH_ALIGNMENT */
    case 33: *value = (int)device->ordinal; break; /* PCI_BUS_ID */
    case 15:
    case 41:
    case 78:
    case 88:
    case 89:
    case 90:
    case 99:
    case 100:
        *value = 1;
        break; /* GPU_OVERLAP, UNIFIED_ADDRESSING, priorities, pageable and concurrent managed access,
                  registering */
    case 82: *value = 65536; break; /* MAX_REGISTERS_PER_MULTIPROCESSOR */
    case 87: *value = 2; break;     /* SINGLE_TO_DOUBLE_PRECISION_PERF_RATIO */
    default: *value = 0;
    }
    return WF_OK;
}

static wf_status cpu_device_memory(wf_device *device, uint64_t *free_bytes, uint64_t *total, wf_error *err) {
    (void)err;
    *free_bytes = wf_memory_available();
    *total = device->info.total_memory;
    return WF_OK;
}

static wf_status cpu_context_open(wf_context *context, wf_error *err) {
    (void)err;
    context->handle = (uintptr_t)context;
    return WF_OK;
}

static void cpu_context_close(wf_context *context) { (void)context; }

static wf_status cpu_can_access_peer(wf_device *device, wf_device *peer, int *can, wf_error *err) {
    (void)device;
    (void)peer;
    (void)err;
    *can = 1;
    return WF_OK;
}

static wf_status cpu_enable_peer(wf_context *context, wf_context *peer, int enable, wf_error *err) {
    uint64_t bit = (uint64_t)1 << peer->device->ordinal;
    int is_on = (context->peers & bit) != 0;
    if (is_on == enable)
        return wf_fail(err, WF_INVALID, "peer access from %s to %s is %s already", context->device->label,
                       peer->device->label, enable ? "on" : "off");
    return WF_OK; /* the core keeps the bit */
}

const wf_device_ops wf_cpu_ops = {
    .name = "cpu",
    .context_bytes = sizeof(wf_context),
    .stream_bytes = sizeof(wf_cpu_stream),
    .event_bytes = sizeof(wf_cpu_event),
    .module_bytes = sizeof(wf_cpu_module),
    .function_bytes = sizeof(wf_cpu_function),
    .open = cpu_open,
    .device_open = cpu_device_open,
    .device_attribute = cpu_attribute,
    .device_memory = cpu_device_memory,
    .context_open = cpu_context_open,
    .context_close = cpu_context_close,
    .context_synchronize = wf_cpu_context_synchronize,
    .memory_alloc = wf_cpu_memory_alloc,
    .memory_free = wf_cpu_memory_free,
    .copy = wf_cpu_copy,
    .copy_strided = wf_cpu_copy_strided,
    .fill = wf_cpu_fill,
    .stream_open = wf_cpu_stream_open,
    .stream_close = wf_cpu_stream_close,
    .stream_linger = wf_cpu_stream_linger,
    .stream_query = wf_cpu_stream_query,
    .stream_synchronize = wf_cpu_stream_synchronize,
    .stream_wait_event = wf_cpu_stream_wait_event,
    .stream_callback = wf_cpu_stream_callback,
    .event_open = wf_cpu_event_open,
    .event_close = wf_cpu_event_close,
    .event_record = wf_cpu_event_record,
    .event_query = wf_cpu_event_query,
    .event_synchronize = wf_cpu_event_synchronize,
    .event_elapsed = wf_cpu_event_elapsed,
    .module_open = wf_cpu_module_open,
    .module_close = wf_cpu_module_close,
    .module_global = wf_cpu_module_global,
    .function_open = wf_cpu_function_open,
    .function_attributes = wf_cpu_function_attributes,
    .function_occupancy = wf_cpu_function_occupancy,
    .function_best_block = wf_cpu_function_best_block,
    .launch = wf_cpu_launch_kernel,
    .can_access_peer = cpu_can_access_peer,
    .enable_peer = cpu_enable_peer,
    .ipc_by_pages = 1,
    .ipc_page = wf_cpu_pages_shared,
    .ipc_export = wf_cpu_ipc_export,
    .ipc_unexport = wf_cpu_ipc_unexport,
    .ipc_open = wf_cpu_ipc_open,
    .ipc_close = wf_cpu_ipc_close,
    .event_export = wf_cpu_event_export,
    .event_import = wf_cpu_event_import,
    .graph_bytes = sizeof(wf_cpu_graph),
    .capture_begin = wf_cpu_capture_begin,
    .capture_end = wf_cpu_capture_end,
    .graph_launch = wf_cpu_graph_launch,
    .graph_close = wf_cpu_graph_close,
};
