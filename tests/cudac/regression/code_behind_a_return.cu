// One level of a breadth-first search; the host repeats it until nothing changes.
__global__ void bfs_level(const int *ptr, const int *edges, int *level, int now, int *changed, int n)
{
    int v = blockIdx.x * blockDim.x + threadIdx.x;
    if (v >= n || level[v] != now) { return;
    for (int e = ptr[v]; e < ptr[v + 1]; e++) {
        int w = edges[e];
        if (level[w] < 0) { level[w] = now + 1; *changed = 1; }
    }
}

}
