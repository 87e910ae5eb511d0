/* vendor/cufft.h: Fourier transforms by NVIDIA's cuFFT, which is opened at run time where it is found and never
 * needed. */
#ifndef WF_VENDOR_CUFFT_H
#define WF_VENDOR_CUFFT_H
#include "runtime/runtime.h"

/* Opens the first of these paths that has what is needed; later calls give the same one. *path lives as long
 * as the process. WF_NODEVICE: none could be opened, err says why. */
wf_status wf_cufft_open(const char *const *paths, uint32_t count, const char **path, wf_error *err);

enum { WF_CUFFT_RANK = 3 };
/* `count` transforms without scaling. One number of a transform is `stride` elements from the next along its
 * last axis, whose rows lie without gaps; transform i begins `apart` elements after transform i - 1, or, of
 * real numbers and their halved spectra, at the same multiple on either side. */
typedef struct wf_cufft_transform {
    char kind; /* 'c': complex to complex, 'r': real to complex, 'i': complex to real */
    int is_double, is_forward, rank;
    int is_own;               /* of kind 'i': nobody needs what `in` holds, which may be destroyed */
    int64_t n[WF_CUFFT_RANK]; /* real numbers' extents, where a side is real */
    int64_t count, stride;
    int64_t apart_in, apart_out;
} wf_cufft_transform;

/* Queued on the stream, with memory of the pool for what cuFFT needs meanwhile. */
wf_status wf_cufft_run(wf_stream *stream, const wf_cufft_transform *transform, wf_address in, wf_address out,
                       wf_error *err);
#endif
