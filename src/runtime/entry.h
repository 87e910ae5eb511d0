/* runtime/entry.h: addresses that C code calls, behind which a function of ours reads the arguments. */
#ifndef WF_RUNTIME_ENTRY_H
#define WF_RUNTIME_ENTRY_H
#include <stdint.h>

#if defined(__aarch64__)
enum { WF_ENTRY_INTS = 8, WF_ENTRY_FLOATS = 8 };
#else
enum { WF_ENTRY_INTS = 6, WF_ENTRY_FLOATS = 8 };
#endif

/* What a call brought in registers, and what it takes back; the code of entry.c knows the offsets. */
typedef struct wf_entry_frame {
    uint64_t ints[WF_ENTRY_INTS]; /* integers and pointers, in their order */
    double floats[WF_ENTRY_FLOATS];
    const unsigned char *stack; /* the arguments that found no register */
    uint64_t integer;           /* the result, wherever it belongs */
    double real;                /* a float in its low half */
} wf_entry_frame;

/* Runs on the thread that called, which holds no lock of Python's for us. */
typedef void wf_entry_function(void *user, wf_entry_frame *frame);

int wf_entry_is_known(void); /* 0: nobody wrote down this system's calling convention */
/* An address that calls function(user, frame); 0: no memory, or refused by the system. It stays code for ever:
 * after wf_entry_close() a call of it answers 0. Once no call is inside any more gone(user) runs: at once, or on
 * the thread whose call is the last to leave. */
typedef void wf_entry_gone(void *user);
uint64_t wf_entry_open(wf_entry_function *function, wf_entry_gone *gone, void *user);
void wf_entry_close(uint64_t address);

/* Reads the arguments of a frame one after another. */
typedef struct wf_entry_reader {
    const wf_entry_frame *frame;
    uint32_t ints, floats;
    const unsigned char *stack;
} wf_entry_reader;
/* The next one, of 1, 2, 4 or 8 bytes, in its low bytes. */
uint64_t wf_entry_next(wf_entry_reader *reader, int is_float, uint32_t bytes);
#endif
