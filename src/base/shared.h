/* base/shared.h: memory that another process of the same user on this machine can map.
 *
 * A piece of shared memory is a file without a name. A process that has it open lets others reach it as
 * /proc/<process>/fd/<number>, so nothing is left behind when processes end, however they end. Behind the
 * bytes that are shared stands a record, which its maker fills: whoever opens the file compares the record
 * with what it was promised, since a number of a file, or of a process, comes again. Linux only: elsewhere
 * every call says so. */
#ifndef WF_BASE_SHARED_H
#define WF_BASE_SHARED_H
#include "base/status.h"
#include <stdint.h>

enum { WF_SHARED_RECORD = 256 }; /* bytes of a record */

/* Makes the file, of `bytes` (whole pages, 0 is allowed) and the record. */
wf_status wf_shared_new(size_t bytes, const void *record, int *file, wf_error *err);
/* Puts the pages of [memory, memory + bytes) into a new file and maps them from there: the address and the
 * content stay, nobody may write in the meantime. On failure nothing has changed. */
wf_status wf_shared_move(void *memory, size_t bytes, const void *record, int *file, wf_error *err);
/* Takes the pages back: this process's own again, their content is lost. For memory that is to be freed. */
void wf_shared_unmove(void *memory, size_t bytes);
/* Around fork(): a copy of the pages made before it, NULL where there is no room; the child puts it in their
 * place (not 0), the parent unmaps it. */
void *wf_shared_copy(const void *memory, size_t bytes);
int wf_shared_replace(void *memory, size_t bytes, void *copy);
/* Another process's file: *file is ours to close. WF_INVALID when there is none (any more), or it is none of
 * these. */
wf_status wf_shared_open(uint32_t process, int number, void *record, uint64_t *bytes, int *file,
                         wf_error *err);
wf_status wf_shared_map(int file, size_t bytes, void **memory, wf_error *err);
void wf_shared_unmap(void *memory, size_t bytes);
void wf_shared_close(int file);
int wf_process_lives(uint32_t process);
void wf_random_bytes(void *bytes, size_t count); /* the system's; 0 < count <= 256 */
#endif
