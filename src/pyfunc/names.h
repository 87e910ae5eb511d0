/* pyfunc/names.h: which assignments of a name belong together. See names.c. */
#ifndef WF_PYFUNC_NAMES_H
#define WF_PYFUNC_NAMES_H
#include "pyfunc/pyast.h"

enum { WF_PF_NO_WEB = UINT32_MAX };

typedef struct wf_pf_web { /* one variable of the kernel */
    uint32_t name;         /* index into the function's names */
    uint32_t defs;         /* assignments, a parameter's own included */
    uint32_t declare_at;   /* number of the target expression that may declare it; WF_PF_NO_WEB: at the
                              function's top */
    uint8_t is_param;
    uint8_t is_loop; /* declare_at is the target of a for statement */
} wf_pf_web;

typedef struct wf_pf_webs {
    wf_pf_web *webs;
    uint32_t count;
    uint32_t
        *use; /* by expression number: the variable that is read; WF_PF_NO_WEB: nothing was assigned yet */
    uint32_t *def;   /* … that is assigned */
    uint32_t *param; /* by parameter */
} wf_pf_webs;

const wf_pf_webs *wf_pf_webs_of(wf_arena *arena, const wf_pf_function *f);
#endif
