/* program/foreign.c: code that was compiled elsewhere: PTX, cubins, fatbins, as programs of their own.
 *
 * Such a program has no tree, so it runs on GPUs only. What its kernels are called and take is read from the
 * image where that is possible: PTX says both; a cubin says the names (its ELF sections .text.<name>); a
 * fatbin neither, so a kernel of a fatbin is whatever the driver finds under the name. Parameters that are
 * not known are laid out by the arguments' own sizes (python/foreign_arg.c).
 *
 * A kernel is found by its symbol, by a name that was given with the image (NVRTC's lowered names), or by the
 * plain name of a C++ function, which stands in the symbol behind "_Z" and its length. */
#include "program/inner.h"
#include <ctype.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

/* ---- what kind of image
 * ------------------------------------------------------------------------------------
 */

static int is_cubin(const unsigned char *b, size_t size) {
    return size >= 64 && !memcmp(b,
                                 "\x7f"
                                 "ELF\x02",
                                 5);
}

static int is_fatbin(const unsigned char *b, size_t size) {
    return size >= 16 && (!memcmp(b, "\x50\xed\x55\xba", 4) || !memcmp(b, "\xb1\x43\x62\x46", 4));
}

/* The rest of a comment or of white space. */
static const char *skip_blank(const char *p, const char *end) {
    while (p < end) {
        if (isspace((unsigned char)*p)) p++;
        else if (p + 1 < end && p[0] == '/' && p[1] == '/') {
            while (p < end && *p != '\n') p++;
        } else if (p + 1 < end && p[0] == '/' && p[1] == '*') {
            for (p += 2; p + 1 < end && !(p[0] == '*' && p[1] == '/'); p++) {}
            p = p + 2 < end ? p + 2 : end;
        } else break;
    }
    return p;
}

static int begins(const char *p, const char *end, const char *word) {
    size_t n = strlen(word);
    return (size_t)(end - p) >= n && !memcmp(p, word, n);
}

int wf_image_format(const void *bytes, size_t size, wf_format *format) {
    const char *end = (const char *)bytes + size;
    if (is_cubin(bytes, size) || is_fatbin(bytes, size)) *format = WF_FORMAT_CUBIN;
    else if (begins(skip_blank(bytes, end), end, ".version")) *format = WF_FORMAT_PTX;
    else return 0;
    return 1;
}

/* ---- PTX: the entries and their parameters
 * -----------------------------------------------------------------
 */

static int is_name(char c) {
    return isalnum((unsigned char)c) || c == '_' || c == '$' || c == '%' || c == '.';
}

static const char *word_end(const char *p, const char *end) {
    while (p < end && is_name(*p)) p++;
    return p;
}

/* ".u32" → 'u' and 4; ".f64" → 'f' and 8; 0: no type of a parameter. */
static char scalar_type(const char *p, size_t length, uint32_t *bytes) {
    unsigned bits = 0;
    if (length < 3 || length > 5 || p[0] != '.' || !strchr("usbf", p[1])) return 0;
    for (size_t i = 2; i < length; i++) {
        if (!isdigit((unsigned char)p[i])) return 0;
        bits = bits * 10 + (unsigned)(p[i] - '0');
    }
    if (bits != 8 && bits != 16 && bits != 32 && bits != 64 && bits != 128) return 0;
    *bytes = bits / 8;
    return p[1] == 'f' ? 'f' : 'u';
}

/* One of `.param .align 8 .b8 name[16]`, `.param .u64 .ptr .global .align 4 name`; up to ',' or ')'. */
static const char *parse_param(const char *p, const char *end, wf_foreign_param *out, uint32_t *align) {
    const char *word;
    *out = (wf_foreign_param){0};
    *align = 0;
    for (p = skip_blank(p, end); p < end && *p != ',' && *p != ')'; p = skip_blank(p, end)) {
        uint32_t bytes;
        word = p;
        p = word_end(p, end);
        size_t length = (size_t)(p - word);
        char class = scalar_type(word, length, &bytes);
        if (class && !out->class) {
            out->class = class;
            out->size = bytes;
        } else if (length == 6 && !memcmp(word, ".align", 6)) {
            uint32_t given = (uint32_t)strtoul(skip_blank(p, end), NULL, 10);
            p = word_end(skip_blank(p, end), end);
            if (!out->class) *align = given; /* behind the type it is that of what a pointer points to */
        } else if (*p == '[') {
            out->size *= (uint32_t)strtoul(p + 1, NULL, 10);
            out->class = 's';
            while (p < end && *p != ']') p++;
        } else if (p == word) {
            p++;
        }
    }
    return p;
}

/* The list behind an entry's name. Returns 0 when out of memory. */
static int parse_params(const char *p, const char *end, wf_foreign_params *params) {
    p = skip_blank(p, end);
    params->known = 1;
    if (p >= end || *p != '(') return 1;
    while (p < end && *p != ')') {
        wf_foreign_param param;
        uint32_t align;
        p = parse_param(p + 1, end, &param, &align);
        if (!param.class) continue;
        if (!align) align = param.class == 's' ? 1 : param.size;
        wf_foreign_param *more = wf_realloc(params->params, (params->count + 1) * sizeof(param));
        if (!more) return 0;
        param.offset = (params->size + align - 1) / align * align;
        params->size = param.offset + param.size;
        params->params = more;
        params->params[params->count++] = param;
    }
    return 1;
}

/* ---- kernels of a program
 * ----------------------------------------------------------------------------------
 */

static wf_foreign_kernel *add_kernel(wf_program *program, const char *symbol, size_t length) {
    wf_foreign_kernel *k = wf_calloc(1, sizeof(*k) + length + 1);
    if (!k) return NULL;
    memcpy(k->symbol, symbol, length);
    k->func.name = k->func.shown = k->symbol;
    k->base.program = program;
    k->base.func = &k->func;
    k->base.foreign = &k->params;
    wf_foreign_kernel **at = &program->foreign->kernels;
    while (*at) at = &(*at)->next;
    *at = k;
    return k;
}

static int ptx_kernels(wf_program *program, const char *p, size_t size) {
    const char *end = p + size;
    while ((p = skip_blank(p, end)) < end) {
        if (!begins(p, end, ".entry") || (end - p > 6 && is_name(p[6]))) {
            p = *p == '.' || is_name(*p) ? word_end(p, end) : p + 1;
            continue;
        }
        const char *name = skip_blank(p + 6, end);
        p = word_end(name, end);
        wf_foreign_kernel *k = add_kernel(program, name, (size_t)(p - name));
        if (!k || !parse_params(p, end, &k->params)) return 0;
    }
    return 1;
}

static uint64_t little(const unsigned char *p, int bytes) {
    uint64_t value = 0;
    for (int i = bytes; i-- > 0;) value = value << 8 | p[i];
    return value;
}

/* The sections ".text.<name>" of an ELF file. A damaged file has no names; the driver says what is wrong. */
static int cubin_kernels(wf_program *program, const unsigned char *b, size_t size) {
    uint64_t sections = little(b + 40, 8), count = little(b + 60, 2), names_at = little(b + 62, 2);
    if (little(b + 58, 2) != 64 || sections > size || count * 64 > size - sections || names_at >= count)
        return 1;
    const unsigned char *table = b + sections, *names = table + names_at * 64;
    uint64_t start = little(names + 24, 8), bytes = little(names + 32, 8);
    if (start > size || bytes > size - start) return 1;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t at = little(table + i * 64, 4);
        const char *name = (const char *)b + start + at, *stop;
        if (at >= bytes || !(stop = memchr(name, 0, bytes - at)) || strncmp(name, ".text.", 6)) continue;
        if (!add_kernel(program, name + 6, (size_t)(stop - name) - 6)) return 0;
    }
    return 1;
}

/* The text of a name that was given with the image; NULL: none. */
static const char *given_symbol(const wf_foreign *foreign, const char *name) {
    for (uint32_t i = 0; i < foreign->name_count; i++)
        if (!strcmp(foreign->names[2 * i], name)) return foreign->names[2 * i + 1];
    return NULL;
}

/* "_Z4axpyfPf" is a function named axpy. */
static int is_mangled(const char *symbol, const char *name) {
    char start[24];
    int length = snprintf(start, sizeof(start), "_Z%zu", strlen(name));
    return !strncmp(symbol, start, (size_t)length) && !strncmp(symbol + length, name, strlen(name));
}

static wf_kernel *named(const wf_foreign *foreign, const char *name) {
    const char *symbol = given_symbol(foreign, name);
    for (wf_foreign_kernel *k = foreign->kernels; k; k = k->next)
        if (!strcmp(k->symbol, symbol ? symbol : name)) return &k->base;
    for (wf_foreign_kernel *k = foreign->kernels; k && !symbol; k = k->next)
        if (is_mangled(k->symbol, name)) return &k->base;
    return NULL;
}

static uint32_t kernel_count(const wf_foreign *foreign) {
    uint32_t count = 0;
    for (wf_foreign_kernel *k = foreign->kernels; k; k = k->next) count++;
    return count;
}

const char *wf_foreign_kernel_name(const wf_program *program, uint32_t index) {
    wf_foreign_kernel *k = program->foreign->kernels;
    while (k && index--) k = k->next;
    return k ? k->symbol : NULL;
}

uint32_t wf_foreign_kernel_count(const wf_program *program) { return kernel_count(program->foreign); }

wf_kernel *wf_foreign_find(wf_program *program, const char *name) {
    wf_foreign *foreign = program->foreign;
    pthread_mutex_lock(&program->lock);
    wf_kernel *kernel = NULL;
    if (!name) kernel = kernel_count(foreign) == 1 ? &foreign->kernels->base : NULL;
    else kernel = named(foreign, name);
    if (!kernel && name && !foreign->complete) {
        wf_foreign_kernel *k = add_kernel(program, name, strlen(name));
        kernel = k ? &k->base : NULL;
    }
    pthread_mutex_unlock(&program->lock);
    return kernel;
}

/* ---- making and freeing
 * ------------------------------------------------------------------------------------
 */

static int copy_names(wf_foreign *foreign, const char *const *names, uint32_t count) {
    foreign->names = wf_calloc(2 * (size_t)count + 1, sizeof(char *));
    if (!foreign->names) return 0;
    foreign->name_count = count;
    for (uint32_t i = 0; i < 2 * count; i++)
        if (!(foreign->names[i] = wf_strdup(names[i]))) return 0;
    return 1;
}

static int fill(wf_program *program, wf_foreign *foreign, const void *bytes, size_t size, wf_format format) {
    foreign->bytes = wf_malloc(size + 1);
    if (!foreign->bytes) return 0;
    memcpy(foreign->bytes, bytes, size);
    ((char *)foreign->bytes)[size] = 0;
    foreign->size = size;
    foreign->format = format;
    foreign->complete = format == WF_FORMAT_PTX || is_cubin(bytes, size);
    if (format == WF_FORMAT_PTX) return ptx_kernels(program, foreign->bytes, size);
    return !is_cubin(bytes, size) || cubin_kernels(program, foreign->bytes, size);
}

wf_status wf_program_from_image(const void *bytes, size_t size, const char *name, const char *const *names,
                                uint32_t name_count, const wf_program_options *options, wf_program **out,
                                wf_error *err) {
    wf_format format;
    if (!wf_image_format(bytes, size, &format))
        return wf_fail(
            err, WF_INVALID,
            "invalid image: %s is no PTX text, cubin or fatbin (%zu bytes; PTX begins with .version, "
            "a cubin with 7f 45 4c 46)",
            name, size);
    wf_unit *unit = wf_unit_new(name, 0);
    wf_program *program = NULL;
    wf_foreign *foreign = wf_calloc(1, sizeof(*foreign));
    if (!unit || !foreign) {
        wf_unit_free(unit);
        wf_free(foreign);
        return wf_fail(err, WF_NOMEM, "out of memory for module %s", name);
    }
    wf_status status = wf_program_new(unit, options, &program, err);
    if (status != WF_OK) {
        wf_free(foreign);
        return status;
    }
    program->foreign = foreign;
    if (!fill(program, foreign, bytes, size, format) || !copy_names(foreign, names, name_count)) {
        wf_program_release(program);
        return wf_fail(err, WF_NOMEM, "out of memory for module %s", name);
    }
    *out = program;
    return WF_OK;
}

int wf_program_is_foreign(const wf_program *program) { return program->foreign != NULL; }
const wf_foreign_params *wf_kernel_foreign(const wf_kernel *kernel) { return kernel->foreign; }

void wf_foreign_free(wf_foreign *foreign) {
    if (!foreign) return;
    for (wf_foreign_kernel *k = foreign->kernels, *next; k; k = next) {
        next = k->next;
        wf_kernel_free(&k->base);
        wf_free(k->params.params);
        wf_free(k);
    }
    for (uint32_t i = 0; i < 2 * foreign->name_count && foreign->names; i++) wf_free(foreign->names[i]);
    wf_free(foreign->names);
    wf_free(foreign->bytes);
    wf_free(foreign);
}

void wf_foreign_leave(wf_program *program, const wf_context *context) {
    if (!program->foreign) return;
    pthread_mutex_lock(&program->lock);
    for (wf_foreign_kernel *k = program->foreign->kernels; k; k = k->next)
        wf_variants_leave(&k->base, context);
    pthread_mutex_unlock(&program->lock);
}

/* ---- its code
 * ----------------------------------------------------------------------------------------------
 */

/* The image as a piece of code; the same for every GPU. It borrows the program's bytes. */
wf_status wf_foreign_code(wf_program *program, wf_device *device, wf_code **out, wf_error *err) {
    wf_foreign *foreign = program->foreign;
    if (wf_device_is_cpu(device))
        return wf_fail(
            err, WF_UNSUPPORTED,
            "module %s is machine code of a GPU (%s): it cannot run on %s; weft compiles CUDA C source "
            "for both",
            program->unit->name, foreign->format == WF_FORMAT_PTX ? "PTX" : "a cubin or fatbin",
            wf_device_label(device));
    pthread_mutex_lock(&program->lock);
    if (!program->codes && (program->codes = wf_calloc(1, sizeof(wf_code)))) {
        wf_code *code = program->codes;
        code->target.kind = WF_TARGET_NVPTX;
        code->state = WF_CODE_READY;
        code->stored.format = foreign->format;
        code->stored.code = foreign->bytes;
        code->stored.code_size = foreign->size;
    }
    *out = program->codes;
    pthread_mutex_unlock(&program->lock);
    return *out ? WF_OK : wf_fail(err, WF_NOMEM, "out of memory for module %s", program->unit->name);
}

wf_status wf_foreign_function(wf_kernel *kernel, wf_module *module, wf_function **out, wf_error *err) {
    const wf_foreign_params *p = kernel->foreign;
    if (!p->known) return wf_module_function(module, kernel->func->name, NULL, out, err);
    uint32_t *numbers = wf_calloc(2 * (size_t)p->count + 1, sizeof(uint32_t));
    if (!numbers) return wf_fail(err, WF_NOMEM, "out of memory for kernel %s", kernel->func->name);
    for (uint32_t i = 0; i < p->count; i++) {
        numbers[i] = p->params[i].offset;
        numbers[p->count + i] = p->params[i].size;
    }
    wf_function_info info = {.param_bytes = p->size,
                             .param_count = p->count,
                             .param_offsets = numbers,
                             .param_sizes = numbers + p->count};
    wf_status status = wf_module_function(module, kernel->func->name, &info, out, err);
    wf_free(numbers);
    return status;
}
