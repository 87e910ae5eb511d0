/* bulk/sort.h: what the files of sort and argsort share: the task, and the ways to do it. */
#ifndef WF_BULK_SORT_H
#define WF_BULK_SORT_H
#include "bulk/keys.h"

enum { BULK_LONG_ROW = 1 << 16 }; /* elements; all threads sort such a row */

typedef struct bulk_sort_task {
    const wf_bulk_call *call;
    const bulk_keys *keys;
    const char *in;
    char *out;       /* elements, or int64 indices */
    int64_t n, rows; /* rows of n, dense */
    int64_t item;    /* bytes of an element */
    int indices;
} bulk_sort_task;

/* In vector registers; WF_UNSUPPORTED (without a message) where the CPU or the row's length asks for the
 * other. */
wf_status bulk_sort_quick(const bulk_sort_task *task);
wf_status bulk_sort_radix(const bulk_sort_task *task);

/* Sorts the indices of n (key, index) pairs whose indices ascend, by key; 0: no memory. */
int bulk_sort_pairs(const uint64_t *keys, int64_t *indices, int64_t n);
#endif
