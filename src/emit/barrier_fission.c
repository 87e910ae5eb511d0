/* emit/barrier_fission.c: barriers in control flow that the block agrees on. */
#include "emit/inner.h"
#include "emit/kernel.h"

int fission_possible(emitter *e, inst *in) {
    (void)e;
    (void)in;
    return 0;
}
void fission_block(emitter *e, inst *in) {
    (void)e;
    (void)in;
}
void across_register(emitter *e, local *l, scan_var *sv) {
    (void)e;
    (void)l;
    (void)sv;
}
