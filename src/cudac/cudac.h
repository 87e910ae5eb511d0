/* cudac/cudac.h: the door of cudac/: CUDA C source text → a checked unit. */
#ifndef WF_CUDAC_CUDAC_H
#define WF_CUDAC_CUDAC_H
#include "base/status.h"
#include "lang/lang.h"

typedef struct wf_cudac_options {
    const char *file_name;      /* for messages; NULL: "kernel.cu" */
    const char *const *defines; /* "NAME" or "NAME=VALUE" */
    uint32_t define_count;
    const char *const *include_dirs; /* folders of the user; built-in headers need none */
    uint32_t include_dir_count;
    /* In-memory headers (NVRTC's and CuPy's way): name, text pairs. */
    const char *const *header_names, *const *header_texts;
    uint32_t header_count;
    const char *const
        *instantiate; /* name expressions: "scale<float>"; the function is made and found by this name */
    uint32_t instantiate_count;
    int extern_c;   /* wrap the whole in extern "C" (PyCUDA's no_extern_c=False) */
    int link_names; /* a prototype of extern "C" stands for the function of that name before it whose parameters
                           travel the same way: as a linker joins them (int64 declared long, defined long long) */
    int fast_math;      /* --use_fast_math */
    int no_contract;    /* --fmad=false */
    int device_library; /* the source is our own device library: names not prefixed, contraction off */
    int arch;           /* __CUDA_ARCH__, e.g. 900; 0: 900 */
    size_t byte_limit;  /* of the arena; 0: the default */
    wf_arena *scratch;  /* for what a compilation needs only while it runs, to be given to the next; it is
                           reset  at the end. NULL: memory of its own */
} wf_cudac_options;

/* Always gives a unit (NULL only when memory is out, status NOMEM), with its diagnostics. Status COMPILE when
 * unit->diags.errors is not 0; err->message then is the rendered text. Free with wf_unit_free. */
wf_status wf_cudac_compile(const char *source, size_t length, const wf_cudac_options *options, wf_unit **unit,
                           wf_error *err);
/* Only the preprocessor: the text that -E would show. */
wf_status wf_cudac_preprocess(const char *source, size_t length, const wf_cudac_options *options,
                              wf_text *out, wf_error *err);
#endif
