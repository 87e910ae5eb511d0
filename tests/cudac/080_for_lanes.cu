__global__ __wf_contract(0) void k(float *p, int n) {
    __wf_for_parallel for (int i = 0; i < n; i += 1) p[i] = p[i] * 2.0f + 1.0f;
    __wf_for_lanes for (int i = 0; i < n; i += 1) p[i] = __wf_fmin(p[i], 3.0f);
#pragma unroll 2
    __wf_for_lanes for (int i = 0; i < n; i += 1) p[i] = 0;
    if (__wf_extent(p) < n) __wf_raise("too short");
    long i = __wf_index(n, 10, 0); p[0] = i + __wf_thread();
}
__device__ __wf_fast __wf_trap_divide int f(int a, int b) { return a / b; }
