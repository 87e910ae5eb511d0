/* program/code.c: one piece of compiled code: found in memory, else on the disk, else emitted and compiled.
 *
 * Whoever needs code that nobody has begun enters it as BUILDING, lets go of the program's lock and makes it;
 * others who want the same wait for the change of its state. Emission marks the unit, so it is done by one
 * thread at a time; the compiler runs with no lock held. A failure of the user's source stays; another one
 * (memory, Ctrl-C) is forgotten, so that the next launch tries again.
 *
 * Effort: LLVM's time grows faster than the code. Above some instructions less is optimised, above more
 * nothing is compiled (docs/decisions.md has the measurements). */
#include "program/inner.h"
#include "runtime/trace.h"
#include "base/system.h"
#include "base/thread.h"
#include <stdio.h>
#include <string.h>

#define FULL_EFFORT 20000ull /* estimated instructions up to which code is optimised in full */
#define SOME_EFFORT 60000ull /* … up to which it is simplified; above, it only gets registers */
#define MOST_CODE 150000ull  /* more is refused: it would take half a minute unoptimised */

/* ---- emission -------------------------------------------------------------------------------------------
 */

static wf_status compile_error(const wf_unit *unit, wf_status status, wf_error *err) {
    if (unit->diags.errors && status != WF_NOMEM) {
        wf_text text;
        wf_text_init(&text, NULL);
        wf_diags_render(&unit->diags, &text);
        if (text.data) status = wf_fail(err, status, "%s", text.data);
        wf_text_free(&text);
    }
    return status;
}

typedef struct emit_call {
    wf_program *program;
    const wf_target *target;
    const wf_emit_options *options;
    wf_emitted **out;
    wf_error *err;
    wf_status status;
} emit_call;

static void run_emit(void *user) {
    emit_call *c = user;
    c->status = wf_emit(c->program->unit, c->target, c->options, c->out, c->err);
}

enum {
    EMIT_STACK = 192 << 10
}; /* for statements within one another and calls in place: some kilobytes each */

wf_status wf_code_emit(wf_program *program, const wf_kernel *kernel, const wf_target *target,
                       const wf_shape *shape, int late, wf_emitted **out, wf_error *err) {
    int leaves = program->options.late && kernel && target->kind == WF_TARGET_CPU;
    wf_emit_options options = {.shape = *shape,
                               .kernel = kernel ? kernel->func->name : NULL,
                               .check_bounds = program->options.check_bounds >= 0,
                               .late = late     ? WF_LATE_ONLY
                                       : leaves ? WF_LATE_LEAVE
                                                : WF_LATE_NONE,
                               .linked = program->linked != NULL,
                               .library = wf_library_function,
                               .library_user = program->options.exact > 0 ? program : NULL};
    emit_call call = {program, target, &options, out, err, WF_OK};
    if (!wf_thread_with_stack(EMIT_STACK, run_emit, &call))
        return wf_fail(err, WF_NOMEM,
                       "[compile] %zu KiB of this thread's stack are left, and no other thread starts",
                       wf_stack_left() >> 10);
    return compile_error(program->unit, call.status, err);
}

static void debug_lines(wf_debug_category category, const char *text) {
    if (text && wf_debug_on(category)) wf_debug(category, "%s", text);
}

static void debug_source(const wf_unit *unit) {
    if (!wf_debug_on(WF_DEBUG_SOURCE)) return;
    wf_text text;
    wf_text_init(&text, NULL);
    wf_print_unit(unit, &text);
    debug_lines(WF_DEBUG_SOURCE, text.data);
    wf_text_free(&text);
}

/* On a GPU level 3 makes loops up to 1.25 times faster for a few milliseconds (docs/decisions.md). */
int wf_code_level(uint64_t instructions, int cpu) {
    if (instructions > SOME_EFFORT) return 0;
    if (instructions > FULL_EFFORT) return 1;
    return cpu ? 2 : 3;
}

/* WEFT_DEBUG=6: the compiler once more, for text. PTX is text already. */
static void debug_assembly(const char *ir, size_t length, const wf_target *target, int level) {
    if (!wf_debug_on(WF_DEBUG_ASSEMBLY)) return;
    char *text = NULL;
    size_t size = 0;
    if (wf_compiler_run(ir, length, target, level | WF_COMPILE_TEXT, &text, &size, NULL) != WF_OK) return;
    wf_debug(WF_DEBUG_ASSEMBLY, "%.*s", (int)size, text);
    wf_free(text);
}

/* emitted → code->stored. The IR lies in the unit's arena and may be read without emit_lock: nothing there is
 * freed or moved before the program is. */
static wf_status compile_emitted(wf_program *program, wf_code *code, const wf_emitted *emitted,
                                 wf_error *err) {
    if (emitted->instructions > MOST_CODE)
        return wf_fail(
            err, WF_UNSUPPORTED,
            "%s is too large to be compiled: about %llu instructions, the most is %llu; split the kernel",
            code->kernel ? code->kernel->func->shown : program->unit->name,
            (unsigned long long)emitted->instructions, MOST_CODE);
    int cpu = code->target.kind == WF_TARGET_CPU, level = wf_code_level(emitted->instructions, cpu);
    char *bytes = NULL;
    size_t size = 0;
    uint64_t start = wf_time_ns();
    wf_trace_span span = {0, 0};
    if (wf_trace_on())
        span = wf_trace_open(WF_TRACE_COMPILE, code->kernel ? code->kernel->func->shown : program->unit->name,
                             NULL, 0);
    wf_status status =
        wf_compiler_run(emitted->ir, emitted->ir_length, &code->target, level, &bytes, &size, err);
    if (span.id) wf_trace_close(span, NULL);
    if (status != WF_OK) return status;
    wf_debug(WF_DEBUG_COMPILER, "%s: %llu instructions, level %d, %zu bytes of IR → %zu in %.1f ms",
             code->kernel ? code->kernel->func->shown : program->unit->name,
             (unsigned long long)emitted->instructions, level, emitted->ir_length, size,
             (double)(wf_time_ns() - start) * 1e-6);
    debug_assembly(emitted->ir, emitted->ir_length, &code->target, level);
    status =
        wf_stored_make(emitted, cpu ? WF_FORMAT_ELF_OBJECT : WF_FORMAT_PTX, bytes, size, &code->stored, err);
    wf_free(bytes);
    return status;
}

/* ---- the key ---------------------------------------------------------------------------------------------
 */

/* The tree's part of the key is made once per program. */
wf_status wf_program_unit_key(wf_program *program, wf_error *err) {
    pthread_mutex_lock(&program->emit_lock);
    if (!program->unit_key) {
        wf_text text;
        wf_text_init(&text, NULL);
        wf_key_of_unit(program->unit, &text);
        if (text.failed) {
            wf_text_free(&text);
        } else {
            program->unit_key = text.data;
            program->unit_key_size = text.length;
        }
    }
    int have = program->unit_key != NULL;
    pthread_mutex_unlock(&program->emit_lock);
    return have ? WF_OK : wf_fail(err, WF_NOMEM, "out of memory for the key of a compilation");
}

wf_status wf_code_key(wf_program *program, const wf_code *code, wf_text *key, wf_error *err) {
    int llvm_major;
    const char *identity;
    wf_status status = wf_program_unit_key(program, err);
    if (status == WF_OK) status = wf_compiler_identity(&llvm_major, &identity, err);
    if (status != WF_OK) return status;
    wf_key_of_target(&code->target, &code->shape, code->kernel ? code->kernel->func->name : NULL,
                     program->options.check_bounds, identity, code->driver_version, key);
    wf_text_printf(key, "registers %d%s%s", program->options.max_registers,
                   program->options.exact > 0 ? " exact" : "",
                   !program->options.late ? ""
                   : code->late           ? " late"
                                          : " without late");
    for (const wf_linked *linked = program->linked; linked; linked = linked->next) {
        char hex[33];
        wf_hash128_hex(linked->hash, hex);
        wf_text_printf(key, " linked %d %s", (int)linked->input.kind, hex);
    }
    wf_text_add(key, program->unit_key, program->unit_key_size);
    return key->failed ? wf_fail(err, WF_NOMEM, "out of memory for the key of a compilation") : WF_OK;
}

static int from_disk(const wf_text *key, wf_code *code) {
    void *bytes = NULL;
    size_t size = 0;
    if (!wf_cache_get(key->data, key->length, &bytes, &size)) return 0;
    if (wf_stored_open(bytes, size, &code->stored)) return code->from_disk = 1;
    wf_free(bytes);
    return 0;
}

/* ---- making it -------------------------------------------------------------------------------------------
 */

/* Whoever wants to see what is made gets it made. */
static int is_shown(void) {
    return wf_debug_on(WF_DEBUG_SOURCE) || wf_debug_on(WF_DEBUG_IR) || wf_debug_on(WF_DEBUG_ASSEMBLY);
}

static wf_status build(wf_program *program, wf_code *code, wf_error *err) {
    wf_text key;
    wf_text_init(&key, NULL);
    wf_status status = wf_code_key(program, code, &key, err);
    if (status == WF_OK && (is_shown() || !from_disk(&key, code))) {
        wf_emitted *emitted = NULL;
        debug_source(program->unit);
        pthread_mutex_lock(&program->emit_lock);
        status = wf_code_emit(program, code->kernel, &code->target, &code->shape, code->late, &emitted, err);
        pthread_mutex_unlock(&program->emit_lock);
        if (status == WF_OK) debug_lines(WF_DEBUG_IR, emitted->ir);
        if (status == WF_OK) status = compile_emitted(program, code, emitted, err);
        /* PTX is stored once the driver has made a cubin of it (variant.c). */
        if (status == WF_OK && code->stored.format == WF_FORMAT_ELF_OBJECT)
            wf_cache_put(key.data, key.length, code->stored.block, code->stored.block_size);
    }
    wf_text_free(&key);
    return status;
}

static int same_code(const wf_code *code, const wf_kernel *kernel, const wf_target *target,
                     const wf_shape *shape, int driver_version, int late) {
    return code->kernel == kernel && code->late == late && code->driver_version == driver_version &&
           memcmp(&code->shape, shape, sizeof(*shape)) == 0 && code->target.kind == target->kind &&
           code->target.sm == target->sm && code->target.ptx == target->ptx &&
           strcmp(code->target.cpu, target->cpu) == 0;
}

/* With the lock held: the code in this program's list, or NULL. */
static wf_code *find(wf_program *program, const wf_kernel *kernel, const wf_target *target,
                     const wf_shape *shape, int driver_version, int late) {
    for (wf_code *code = program->codes; code; code = code->next)
        if (same_code(code, kernel, target, shape, driver_version, late)) return code;
    return NULL;
}

/* With the lock held, which is given up meanwhile: this thread makes the code. */
static void make(wf_program *program, wf_code *code) {
    code->state = WF_CODE_BUILDING;
    code->generation = wf_fork_generation();
    pthread_mutex_unlock(&program->lock);
    wf_error error;
    wf_error_clear(&error);
    wf_status status = build(program, code, &error);
    pthread_mutex_lock(&program->lock);
    code->error = error;
    code->error.status = status;
    code->state = status == WF_OK ? WF_CODE_READY : WF_CODE_FAILED;
    pthread_cond_broadcast(&program->changed);
}

static int lasting(wf_status status) { return status == WF_COMPILE || status == WF_UNSUPPORTED; }

/* Of a program without its tree: the code is taken from the disk, else the tree is made, before anybody waits for
 * this code: making the tree waits for whoever types another function, who may be about to run this one. */
static wf_status found_or_whole(wf_program *program, wf_code *code, wf_error *err) {
    wf_text key;
    wf_text_init(&key, NULL);
    wf_status status = wf_code_key(program, code, &key, err);
    if (status == WF_OK && (is_shown() || !from_disk(&key, code))) status = wf_program_whole(program, err);
    wf_text_free(&key);
    return status;
}

/* With the lock held: a new code in the program's list, ready when `from` has come from the disk. */
static wf_code *add_code(wf_program *program, const wf_code *from) {
    wf_code *code = wf_malloc(sizeof *code);
    if (!code) return NULL;
    *code = *from;
    code->next = program->codes;
    program->codes = code;
    if (code->stored.block) code->state = WF_CODE_READY;
    else make(program, code);
    return code;
}

wf_status wf_code_get(wf_program *program, const wf_kernel *kernel, const wf_target *target,
                      const wf_shape *shape, int driver_version, int late, wf_code **out, wf_error *err) {
    wf_code new = {
        .target = *target, .shape = *shape, .kernel = kernel, .driver_version = driver_version, .late = late};
    pthread_mutex_lock(&program->lock);
    wf_code *code = find(program, kernel, target, shape, driver_version, late);
    if (!code && atomic_load(&program->is_kept)) {
        pthread_mutex_unlock(&program->lock);
        wf_status status = found_or_whole(program, &new, err);
        if (status != WF_OK) return status;
        pthread_mutex_lock(&program->lock);
        code = find(program, kernel, target, shape, driver_version, late);
        if (code) wf_stored_free(&new.stored); /* another thread has been here */
    }
    if (!code) {
        code = add_code(program, &new);
        if (!code) {
            pthread_mutex_unlock(&program->lock);
            wf_stored_free(&new.stored);
            return wf_fail(err, WF_NOMEM, "out of memory for a compilation");
        }
    } else {
        while (code->state == WF_CODE_BUILDING && code->generation == wf_fork_generation())
            pthread_cond_wait(&program->changed, &program->lock);
        int again = code->state == WF_CODE_BUILDING ||
                    (code->state == WF_CODE_FAILED && !lasting(code->error.status));
        if (again) make(program, code);
    }
    wf_status status = code->state == WF_CODE_READY ? WF_OK : code->error.status;
    if (status != WF_OK && err) *err = code->error;
    pthread_mutex_unlock(&program->lock);
    *out = code;
    return status;
}
