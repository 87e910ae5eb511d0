// Stream compaction of each block: positions from ballots and a scan over the warps.
__global__ void compact(const int *in, int *out, int *counts, int n)
{
    __shared__ int offsets[33];
    int t = threadIdx.x, i = blockIdx.x * blockDim.x + t, lane = t & 31, warp = t >> 5, warps = blockDim.x >> 5;
    int value = i < n ? in[i] : 0;
    bool keep = i < n && value > 0;
    unsigned int ballot = __ballot_sync(0xffffffffu, keep);
    if (lane == 0) offsets[warp + 1] = __popc(ballot);
    if (t == 0) offsets[0] = 0;
    __syncthreads();
    if (t == 0)
        for (int w = 0; w < warps; w++) offsets[w + 1] += offsets[w];
    __syncthreads();
    if (keep) out[blockIdx.x * blockDim.x + offsets[warp] + __popc(ballot & ((1u << lane) - 1))] = value;
    if (t == 0) counts[blockIdx.x] = offsets[warps];
}
