/* bulk/table.c: the functions of bulk/ by name. */
#include "bulk/inner.h"
#include <string.h>

static const wf_bulk_function table[] = {
#define X(name, arrays, numbers) {#name, bulk_##name, arrays, numbers},
    WF_BULK_FUNCTIONS(X)
#undef X
};

const wf_bulk_function *wf_bulk_find(const char *name) {
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (!strcmp(table[i].name, name)) return &table[i];
    return NULL;
}
