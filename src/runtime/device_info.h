/* runtime/device_info.h: which CU_DEVICE_ATTRIBUTE fills which field of wf_device_info, once for all devices.
 */
#ifndef WF_RUNTIME_DEVICE_INFO_H
#define WF_RUNTIME_DEVICE_INFO_H
#include "runtime/runtime.h"

#define WF_DEVICE_ATTRIBUTES(X)                                                                              \
    X(1, max_threads_per_block)                                                                              \
    X(2, max_block[0])                                                                                       \
    X(3, max_block[1])                                                                                       \
    X(4, max_block[2])                                                                                       \
    X(5, max_grid[0])                                                                                        \
    X(6, max_grid[1])                                                                                        \
    X(7, max_grid[2])                                                                                        \
    X(8, max_shared_per_block)                                                                               \
    X(9, total_constant)                                                                                     \
    X(10, warp_size)                                                                                         \
    X(12, max_registers_per_block)                                                                           \
    X(13, clock_khz)                                                                                         \
    X(16, multiprocessors)                                                                                   \
    X(18, integrated)                                                                                        \
    X(19, can_map_host)                                                                                      \
    X(31, concurrent_kernels)                                                                                \
    X(32, ecc)                                                                                               \
    X(36, memory_clock_khz)                                                                                  \
    X(37, memory_bus_bits)                                                                                   \
    X(38, l2_bytes)                                                                                          \
    X(39, max_threads_per_multiprocessor)                                                                    \
    X(40, async_engines)                                                                                     \
    X(75, compute_major)                                                                                     \
    X(76, compute_minor)                                                                                     \
    X(81, max_shared_per_multiprocessor)                                                                     \
    X(83, managed_memory)                                                                                    \
    X(95, cooperative_launch)                                                                                \
    X(97, max_shared_per_block_optin)                                                                        \
    X(106, max_blocks_per_multiprocessor)
#endif
