/* bulk/scan_wide.h: running sums of float32 with AVX-512 (scan_wide.c), for scan.c. */
#ifndef WF_BULK_SCAN_WIDE_H
#define WF_BULK_SCAN_WIDE_H
#include <stdint.h>

/* Over `tiles` whole tiles of 4096: the tiles' totals; and the sums, given the scan of the totals (`ends`)
 * and that of the tile before the first (`start`, or NULL), as in scan.c. past_cache: the result is too large
 * for caches. */
typedef struct bulk_scan_wide {
    void (*totals)(const float *x, int64_t tiles, float *totals);
    void (*span)(const float *x, float *out, int64_t tiles, const float *start, const float *ends,
                 int past_cache);
} bulk_scan_wide;

/* NULL: this CPU has no such instructions. */
const bulk_scan_wide *bulk_scan_wide_f32(void);
#endif
