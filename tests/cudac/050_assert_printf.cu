#include <assert.h>
#include <stdio.h>
__global__ void k(int *p, const char *s) {
    assert(p != NULL && p[0] > 0);
    assert(p[0] == 1 && "message");
    printf("hello\n"); printf("%d %5.2f %s %c %lu %p\n", p[0], 1.5f, "str", 'c', 3ul, p);
    if (p[1]) printf("a" "b" "\n");
    else assert(p[2]);
}
