/* cudac/ptx_inner.h: what the files that translate inline PTX share: ptx.c reads statements, ptx_operand.c
 * operands and types, ptx_ops.c has the instructions. Nobody else includes it. */
#ifndef WF_CUDAC_PTX_INNER_H
#define WF_CUDAC_PTX_INNER_H
#include "cudac/ptx.h"

enum { PARTS_MOST = 10, ARGS_MOST = 12 };

typedef struct ptx_type {
    char kind; /* u s b f p */
    unsigned bits;
} ptx_type;

typedef struct ptx_register {
    struct ptx_register *next;
    const char *name; /* as the text writes it */
    char class;       /* as constraints: c 8 bits, h r l, f d, p */
} ptx_register;

typedef struct ptx {
    wf_arena *arena;
    wf_text out;
    const char *classes;
    uint32_t operand_count, number;
    ptx_register *registers;
    const char *failed; /* why there is no translation */
    int sets_carry, takes_carry;
    /* the instruction at hand */
    char *parts[PARTS_MOST]; /* add cc u32 */
    unsigned part_count;
    char *args[ARGS_MOST];
    unsigned arg_count;
    ptx_type type; /* the last of its types */
} ptx;

/* --- ptx_operand.c --- */
const char *cc_ptx_fail(ptx *x,
                        const char *why); /* there is no translation: why, if this is the first reason */
int cc_ptx_is_name_char(char c);
const char *cc_ptx_trimmed(wf_arena *arena, const char *from, const char *to);
int cc_ptx_has(const ptx *x, const char *part); /* whether the opcode has this part */
int cc_ptx_read_type(const char *s, ptx_type *t);
const char *cc_ptx_c_type(ptx_type t);
char cc_ptx_class_of(ptx_type t);
const char *cc_ptx_class_type(char class);
const char *cc_ptx_get(ptx *x, const char *arg, ptx_type t); /* an operand's value as type t */
void cc_ptx_put(ptx *x, const char *arg, ptx_type t,
                const char *value);                     /* operand = value, which has type t */
const char *cc_ptx_arg(ptx *x, unsigned i, ptx_type t); /* the i-th operand of the instruction */
unsigned cc_ptx_split_list(ptx *x, const char *s, char **out,
                           unsigned most);                     /* a, b into the array; how many */
unsigned cc_ptx_vector_of(ptx *x, const char *s, char **out);  /* {a, b}, or one operand alone */
const char *cc_ptx_address(ptx *x, const char *s, ptx_type t); /* [a + 4] as a pointer to t */

/* --- ptx_ops.c --- */
/* Writes the instruction at hand in CUDA C. 0: it is not known. */
int cc_ptx_instruction(ptx *x);
#endif
