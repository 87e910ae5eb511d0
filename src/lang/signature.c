/* lang/signature.c: how a kernel's arguments lie in the buffer that a launch is given: as the members of a C
 * struct, each at its natural alignment. That is also how the CUDA driver packs them. */
#include "lang/inner.h"

enum { MOST_BYTES = 32764 }; /* what a kernel's parameters may take in CUDA 12.1 and later; 4096 before */

static uint64_t round_up(uint64_t value, uint64_t to) { return (value + to - 1) / to * to; }

/* Counts the pointers in a value of type t at that offset and, when leaves is not NULL, writes them down. In
 * a union only one pointer can be at a place: the first field's is taken. */
static void collect(const wf_type *t, uint64_t offset, wf_leaf *leaves, uint32_t *count) {
    if (t->kind == WF_TY_POINTER) {
        if (leaves) leaves[*count] = (wf_leaf){(uint32_t)offset, t->base};
        ++*count;
    } else if (t->kind == WF_TY_ARRAY) {
        uint32_t before = *count;
        for (uint64_t i = 0; i < t->count; i++) {
            collect(t->base, offset + i * wf_type_size(t->base), leaves, count);
            if (*count == before) return; /* no pointers in the first, so none in the others */
        }
    } else if (t->kind == WF_TY_RECORD) {
        for (uint32_t i = 0; i < t->record->field_count; i++) {
            uint32_t before = *count;
            collect(t->record->fields[i].type, offset + t->record->fields[i].offset, leaves, count);
            if (t->record->is_union && *count != before) return;
        }
    }
}

wf_signature *wf_signature_of(wf_unit *u, const wf_func *kernel) {
    wf_signature *signature = WF_NEW(&u->arena, wf_signature);
    signature->params = WF_NEW_ARRAY(&u->arena, wf_param_layout, kernel->param_count);
    uint64_t offset = 0;
    uint32_t leaf_count = 0;
    for (const wf_var *param = kernel->params; param; param = param->next) {
        uint64_t size = wf_type_size(param->type);
        uint32_t align = wf_type_align(param->type);
        if (param->align > align) align = param->align;
        offset = round_up(offset, align);
        if (offset + size > MOST_BYTES) {
            wf_report(&u->diags, WF_ERROR, param->at, "pass a pointer to it",
                      "the parameters of '%s' take more than %d bytes", kernel->shown, MOST_BYTES);
            return NULL;
        }
        signature->params[signature->param_count++] =
            (wf_param_layout){(uint32_t)offset, (uint32_t)size, align, param->type, param->name};
        collect(param->type, offset, NULL, &leaf_count);
        offset += size;
    }
    signature->size = (uint32_t)offset;
    signature->leaves = WF_NEW_ARRAY(&u->arena, wf_leaf, leaf_count);
    for (uint32_t i = 0; i < signature->param_count; i++)
        collect(signature->params[i].type, signature->params[i].offset, signature->leaves,
                &signature->leaf_count);
    return signature;
}
