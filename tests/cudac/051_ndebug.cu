#define NDEBUG
#include <cassert>
__global__ void k(int *p) { assert(p[0]); p[1] = 1; }
