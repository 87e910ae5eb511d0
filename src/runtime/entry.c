/* runtime/entry.c: addresses that C code calls as functions of any signature.
 *
 * Behind each lie a few instructions that store the argument registers into a wf_entry_frame and call enter(),
 * which hands it to whoever opened the entry. What the signature is, only the reader of the frame knows. The
 * instructions are the same for all; a page of them lies before a page of words, in which each finds its own
 * record at the same distance. So the code is written once and never again made writable. */
#include "runtime/entry.h"
#include "base/memory.h"
#include "base/system.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#if defined(__x86_64__) && !defined(_WIN32)
_Static_assert(offsetof(wf_entry_frame, floats) == 48 && offsetof(wf_entry_frame, stack) == 112 &&
                   offsetof(wf_entry_frame, integer) == 120 && offsetof(wf_entry_frame, real) == 128,
               "the offsets in the code");
enum { IS_KNOWN = 1, OWN_AT = 104, ENTER_AT = 113 };
/* clang-format off */
/* endbr64; push rbp; mov rbp, rsp; sub rsp, 160; mov [rsp], rdi … [rsp + 40], r9; movsd [rsp + 48], xmm0 …
 * [rsp + 104], xmm7; lea rax, [rbp + 16]; mov [rsp + 112], rax; mov rdi, [own]; mov rsi, rsp; call [enter];
 * mov rax, [rsp + 120]; movsd xmm0, [rsp + 128]; leave; ret */
static const unsigned char code[] = {
    0xf3, 0x0f, 0x1e, 0xfa, 0x55, 0x48, 0x89, 0xe5, 0x48, 0x81, 0xec, 0xa0, 0x00, 0x00, 0x00, 0x48,
    0x89, 0x3c, 0x24, 0x48, 0x89, 0x74, 0x24, 0x08, 0x48, 0x89, 0x54, 0x24, 0x10, 0x48, 0x89, 0x4c,
    0x24, 0x18, 0x4c, 0x89, 0x44, 0x24, 0x20, 0x4c, 0x89, 0x4c, 0x24, 0x28, 0xf2, 0x0f, 0x11, 0x44,
    0x24, 0x30, 0xf2, 0x0f, 0x11, 0x4c, 0x24, 0x38, 0xf2, 0x0f, 0x11, 0x54, 0x24, 0x40, 0xf2, 0x0f,
    0x11, 0x5c, 0x24, 0x48, 0xf2, 0x0f, 0x11, 0x64, 0x24, 0x50, 0xf2, 0x0f, 0x11, 0x6c, 0x24, 0x58,
    0xf2, 0x0f, 0x11, 0x74, 0x24, 0x60, 0xf2, 0x0f, 0x11, 0x7c, 0x24, 0x68, 0x48, 0x8d, 0x45, 0x10,
    0x48, 0x89, 0x44, 0x24, 0x70, 0x48, 0x8b, 0x3d, 0x00, 0x10, 0x00, 0x00, 0x48, 0x89, 0xe6, 0xff,
    0x15, 0x00, 0x10, 0x00, 0x00, 0x48, 0x8b, 0x44, 0x24, 0x78, 0xf2, 0x0f, 0x10, 0x84, 0x24, 0x80,
    0x00, 0x00, 0x00, 0xc9, 0xc3};
/* clang-format on */

/* Places are relative to the instruction's end, four bytes on. */
static void aim(unsigned char *at, uint32_t where, const void *target) {
    int32_t distance = (int32_t)((const unsigned char *)target - (at + where + 4));
    memcpy(at + where, &distance, 4);
}
#elif defined(__aarch64__) && !defined(_WIN32)
_Static_assert(offsetof(wf_entry_frame, floats) == 64 && offsetof(wf_entry_frame, stack) == 128 &&
                   offsetof(wf_entry_frame, integer) == 136 && offsetof(wf_entry_frame, real) == 144,
               "the offsets in the code");
enum { IS_KNOWN = 1, OWN_AT = 14 * 4, ENTER_AT = 16 * 4 };
/* clang-format off */
static const uint32_t code[] = {
    0xd503245f, /* bti c */
    0xa9bf7bfd, /* stp x29, x30, [sp, #-16]! */
    0x910003fd, /* mov x29, sp */
    0xd10283ff, /* sub sp, sp, #160 */
    0xa90007e0, /* stp x0, x1, [sp] */
    0xa9010fe2, /* stp x2, x3, [sp, #16] */
    0xa90217e4, /* stp x4, x5, [sp, #32] */
    0xa9031fe6, /* stp x6, x7, [sp, #48] */
    0x6d0407e0, /* stp d0, d1, [sp, #64] */
    0x6d050fe2, /* stp d2, d3, [sp, #80] */
    0x6d0617e4, /* stp d4, d5, [sp, #96] */
    0x6d071fe6, /* stp d6, d7, [sp, #112] */
    0x910043a8, /* add x8, x29, #16 */
    0xf90043e8, /* str x8, [sp, #128] */
    0x58000000, /* ldr x0, own */
    0x910003e1, /* mov x1, sp */
    0x58000009, /* ldr x9, enter */
    0xd63f0120, /* blr x9 */
    0xf94047e0, /* ldr x0, [sp, #136] */
    0xfd404be0, /* ldr d0, [sp, #144] */
    0x910003bf, /* mov sp, x29 */
    0xa8c17bfd, /* ldp x29, x30, [sp], #16 */
    0xd65f03c0, /* ret */
};
/* clang-format on */

/* A load's distance in words, in the bits 5 to 23. */
static void aim(unsigned char *at, uint32_t where, const void *target) {
    uint32_t word, distance = (uint32_t)(((const unsigned char *)target - (at + where)) / 4);
    memcpy(&word, at + where, 4);
    word |= (distance & 0x7ffff) << 5;
    memcpy(at + where, &word, 4);
}
#else
enum { IS_KNOWN = 0, OWN_AT = 0, ENTER_AT = 0 };
static const unsigned char code[1];
static void aim(unsigned char *at, uint32_t where, const void *target) {
    (void)at, (void)where, (void)target;
}
#endif

enum { STEP = 256 };
_Static_assert(sizeof code <= STEP, "one entry's room");

typedef struct record {
    wf_entry_function *function;
    wf_entry_gone *gone;
    _Atomic(void *) user;   /* NULL: gone */
    _Atomic uint64_t calls; /* how many are inside, and CLOSED */
} record;

static const uint64_t CLOSED = (uint64_t)1 << 63;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned char *page; /* the one with room; its words lie behind it */
static uint32_t used;

int wf_entry_is_known(void) { return IS_KNOWN; }

/* Closed, and nobody is inside: once, though a call that finds it closed comes and goes. */
static void let_go(record *own) {
    void *user = atomic_exchange(&own->user, NULL);
    if (user) own->gone(user);
}

static void enter(record *own, wf_entry_frame *frame) {
    frame->integer = 0;
    frame->real = 0;
    if (!(atomic_fetch_add(&own->calls, 1) & CLOSED)) own->function(own->user, frame);
    if (atomic_fetch_sub(&own->calls, 1) == (CLOSED | 1)) let_go(own);
}

static uint32_t room(void) { return (uint32_t)(wf_page_size() / STEP) - 1; }

/* The words behind a page: enter() first, then the records of its entries. */
static uint64_t *words_of(unsigned char *start) { return (uint64_t *)(void *)(start + wf_page_size()); }

static unsigned char *page_new(void) {
    size_t size = wf_page_size();
    unsigned char *made = wf_pages_map(2 * size);
    if (!made) return NULL;
    words_of(made)[0] = (uintptr_t)enter;
    for (uint32_t i = 0; i < room(); i++) {
        memcpy(made + i * STEP, code, sizeof code);
        aim(made + i * STEP, OWN_AT, words_of(made) + 1 + i);
        aim(made + i * STEP, ENTER_AT, words_of(made));
    }
    if (!wf_pages_protect(made, size, WF_PAGES_READ_EXECUTE)) return wf_pages_unmap(made, 2 * size), NULL;
    wf_code_flush(made, size);
    return made;
}

uint64_t wf_entry_open(wf_entry_function *function, wf_entry_gone *gone, void *user) {
    record *own = IS_KNOWN ? wf_calloc(1, sizeof *own) : NULL;
    if (!own) return 0;
    own->function = function;
    own->gone = gone;
    atomic_init(&own->user, user);
    atomic_init(&own->calls, 0);
    pthread_mutex_lock(&lock);
    if (!page || used == room()) page = page_new(), used = 0;
    unsigned char *at = page ? page + used * STEP : NULL;
    if (at) words_of(page)[1 + used++] = (uintptr_t)own;
    pthread_mutex_unlock(&lock);
    if (!at) wf_free(own);
    return (uintptr_t)at;
}

void wf_entry_close(uint64_t address) {
    uint64_t start = address & ~(uint64_t)(wf_page_size() - 1);
    uint64_t *words = words_of((unsigned char *)(uintptr_t)start);
    record *own = (record *)(uintptr_t)words[1 + (address - start) / STEP];
    if (!atomic_fetch_or(&own->calls, CLOSED)) let_go(own); /* the record stays: C may still call */
}

uint64_t wf_entry_next(wf_entry_reader *r, int is_float, uint32_t bytes) {
    uint64_t value = 0;
    if (is_float && r->floats < WF_ENTRY_FLOATS) {
        memcpy(&value, &r->frame->floats[r->floats++], 8);
        return value;
    }
    if (!is_float && r->ints < WF_ENTRY_INTS) return r->frame->ints[r->ints++];
    if (!r->stack) r->stack = r->frame->stack;
#if defined(__APPLE__) && defined(__aarch64__)
    uint32_t step = bytes; /* packed there, each at a multiple of its size */
#else
    uint32_t step = 8;
#endif
    uintptr_t at = ((uintptr_t)r->stack + step - 1) / step * step;
    memcpy(&value, (const void *)at, bytes);
    r->stack = (const unsigned char *)at + step;
    return value;
}
