// grid: 5
// block: 40
// Barriers over the whole grid: every block sees what the others wrote before it; mixed with barriers of the block.
#include <cooperative_groups.h>
namespace cg = cooperative_groups;
__device__ int sums[8], total, order[4];
__global__ void sum(double *out) {
    __shared__ int part;
    cg::grid_group g = cg::this_grid();
    if (threadIdx.x == 0) part = 0;
    __syncthreads();
    atomicAdd(&part, (int)g.thread_rank());
    __syncthreads();
    if (threadIdx.x == 0) sums[blockIdx.x] = part;
    g.sync();
    int all = 0;
    for (unsigned i = 0; i < gridDim.x; i++) all += sums[i];
    if (g.thread_rank() == 0) out[__LINE__] = all; // = 19900
    if (g.thread_rank() == 199) out[__LINE__] = all; // = 19900
    if (g.thread_rank() == 57) out[__LINE__] = g.size(); // = 200
    if (blockIdx.x == 4 && threadIdx.x == 39) out[__LINE__] = part; // = 7180
}
__global__ void rounds(double *out) {
    cg::grid_group g = cg::this_grid();
    for (int round = 0; round < 4; round++) {
        if (blockIdx.x == round && threadIdx.x == 3) order[round] = round ? order[round - 1] * 3 + 1 : 1;
        if (blockIdx.x % 2) __syncthreads();
        g.sync();
    }
    if (blockIdx.x == 4 && threadIdx.x == 0) out[__LINE__] = order[3]; // = 40
    atomicAdd(&total, 1);
    cg::sync(g);
    if (g.thread_rank() == 0) out[__LINE__] = total; // = 200
}
// Threads that have ended are not waited for, be it a few or whole warps; thread 0 of each block stays.
__device__ int line_of[2][200];
__global__ void ended(double *out) {
    cg::grid_group g = cg::this_grid();
    int i = (int)g.thread_rank(), n = 161;
    if (i >= n) return;
    for (int round = 0; round < 6; round++) {
        line_of[(round + 1) % 2][i] = round ? line_of[round % 2][(i + 1) % n] + 1 : i;
        g.sync();
        if (round == 4 && threadIdx.x != 0) return;
    }
    if (i == 40) out[__LINE__] = line_of[0][80]; // = 90
    if (i == 120) out[__LINE__] = line_of[0][160]; // = 9
    if (i == 0) out[__LINE__] = line_of[1][41]; // = 49
}
