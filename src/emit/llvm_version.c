/* emit/llvm_version.c: where the IR text of LLVM 20, 21 and 22 differs, and nowhere else.
 *
 *   llvm.coro.end        i1 until 21, void from 22
 *   masked load/store/gather/scatter: an i32 alignment argument until 21; from 22 `align` attributes on the
 * pointer (the old form is still upgraded when read, so the old form is written for all) */
#include "emit/inner.h"

const char *version_coro_end(const wf_target *t) { return t->llvm_major >= 22 ? "void" : "i1"; }
