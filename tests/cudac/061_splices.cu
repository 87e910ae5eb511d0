#define LONG_MACRO(a, \
                   b) \
    ((a) + \
     (b))
// a comment that goes on \
   here
__device__ int spl\
it = LONG_MACRO(1, /* inside \
 */ 2);
__global__ void k(int *p) { p[0] = split; } /* block
comment */ // end
