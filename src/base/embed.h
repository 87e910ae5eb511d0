/* base/embed.h: the files of device/, carried inside the core as text.
 *
 * The build writes the table (cmake/embed.py), sorted by name and ended by a row of NULLs. Names are bare
 * file names
 * ("f32_exp.h"). The compiler reads from here what a kernel uses; nothing is looked up on the user's disk. */
#ifndef WF_BASE_EMBED_H
#define WF_BASE_EMBED_H
#include <stddef.h>

typedef struct wf_device_file {
    const char *name; /* bare file name; NULL in the last row */
    const char *text; /* NUL-terminated */
    size_t length;    /* bytes, without the NUL */
} wf_device_file;

extern const wf_device_file wf_device_files[];
extern const size_t wf_device_file_count;

/* The file of that name, or NULL. */
const wf_device_file *wf_device_file_find(const char *name);

/* The headers under device/include, that CUDA C sources include by these names: "cub/cub.cuh". Sorted. */
extern const wf_device_file wf_include_files[];
extern const size_t wf_include_file_count;

/* The header of that name, or NULL. */
const wf_device_file *wf_include_file_find(const char *name);

/* A public function of the device library (a definition that begins with WF_DEVICE at the start of a line).
 */
typedef struct wf_device_function {
    const char *name;      /* "wf_sinf"; NULL in the last row */
    const char *file;      /* the file to include: "f32_trig.h" */
    const char *prototype; /* "float wf_sinf(float x)" */
} wf_device_function;

extern const wf_device_function wf_device_functions[]; /* sorted by name */
extern const size_t wf_device_function_count;

/* The function of that name, or NULL. */
const wf_device_function *wf_device_function_find(const char *name);
#endif
