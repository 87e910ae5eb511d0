/* cudac/ptx.h: inline PTX as CUDA C. Inner header of cudac/. */
#ifndef WF_CUDAC_PTX_H
#define WF_CUDAC_PTX_H
#include "cudac/cudac.h"

typedef struct cc_ptx_result {
    const char *text; /* statements on __ptx_0 … and __ptx_carry; NULL: there is no translation */
    const char *why;  /* what cannot be translated: "instruction mma.sync…" */
    int sets_carry;   /* the function has a carry from here on */
} cc_ptx_result;

/* `classes`: a constraint letter (h r l f d n) for each of the `count` operands. `number` makes the names of
 * the text's registers and labels its own. carry_known: an asm statement before it in the function has set
 * the carry. */
cc_ptx_result cc_ptx_to_c(wf_arena *arena, const char *source, const char *classes, uint32_t count,
                          uint32_t number, int carry_known);
/* The C type of an operand's variable. */
const char *cc_ptx_operand_type(char constraint);
#endif
