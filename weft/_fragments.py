"""CUDA C around fragments of it: loops over elements, reductions and scans whose expressions a program gives as text.

What is made here is plain source for weft.Module. The order in which a reduction or scan combines elements depends on their
number alone, so a result has the same bits on every device. Types and expressions are the caller's; they are put in
parentheses, never looked into.
"""

REDUCE_THREADS = 256
REDUCE_BLOCKS = 1024   # the most partial results of a first pass
SCAN_THREADS = 256
SCAN_ITEMS = 8         # consecutive elements of one thread

_INDICES = """    const unsigned int tid = threadIdx.x;
    const size_t total_threads = (size_t)gridDim.x * blockDim.x;
    const size_t cta_start = (size_t)blockDim.x * blockIdx.x;
"""


def loop_source(name, arguments, operation, preamble="", loop_prep="", after_loop="", ranged=False):
    """A kernel that runs `operation` for i = 0 … n-1; ranged: for start, start + step, … before stop.

    arguments: the C text of all parameters, with `n` or `start`, `stop` and `step` among them.
    """
    if ranged:
        loop = ("long long i = start + (long long)(cta_start + tid) * step; step > 0 ? i < stop : i > stop; "
                "i += (long long)total_threads * step")
    else:
        loop = "size_t i = cta_start + tid; i < n; i += total_threads"
    return f"""{preamble}
extern "C" __global__ void {name}({arguments})
{{
{_INDICES}    {loop_prep};
    for ({loop}) {{
        {operation};
    }}
    {after_loop};
}}
"""


def reduce_blocks(n):
    """How many partial results the first pass over n elements makes."""
    return max(1, min(REDUCE_BLOCKS, -(-n // (4 * REDUCE_THREADS))))


def reduction_source(name, type_name, arguments, neutral, reduce_expr, map_expr, preamble=""):
    """A pass of a reduction: each block reduces an even share of map_expr(i) over start + i * step, i < n, into out[block].

    reduce_expr combines `a` and `b`. Parameters: (out, arguments…, start, step, n).
    """
    head = f", {arguments}" if arguments else ""
    return f"""{preamble}
typedef {type_name} weft_reduced;
static __device__ inline weft_reduced weft_combine(weft_reduced a, weft_reduced b) {{ return {reduce_expr}; }}
extern "C" __global__ void {name}(weft_reduced *weft_out{head}, long long weft_start, long long weft_step, size_t n)
{{
    __shared__ __align__(16) unsigned char weft_memory[{REDUCE_THREADS} * sizeof(weft_reduced)];
    weft_reduced *weft_lanes = (weft_reduced *)weft_memory;
    const unsigned int tid = threadIdx.x;
    const size_t weft_share = (n + gridDim.x - 1) / gridDim.x, weft_first = weft_share * blockIdx.x;
    const size_t weft_stop = weft_first + weft_share < n ? weft_first + weft_share : n;
    weft_reduced weft_sum = {neutral};
    for (size_t weft_i = weft_first + tid; weft_i < weft_stop; weft_i += {REDUCE_THREADS}) {{
        const long long i = weft_start + (long long)weft_i * weft_step;
        weft_sum = weft_combine(weft_sum, {map_expr});
    }}
    weft_lanes[tid] = weft_sum;
    __syncthreads();
    for (unsigned int weft_half = {REDUCE_THREADS // 2}; weft_half > 0; weft_half /= 2) {{
        if (tid < weft_half) weft_lanes[tid] = weft_combine(weft_lanes[tid], weft_lanes[tid + weft_half]);
        __syncthreads();
    }}
    if (tid == 0) weft_out[blockIdx.x] = weft_lanes[0];
}}
"""


def scan_source(prefix, type_name, scan_expr, neutral, exclusive, preamble=""):
    """Two kernels of a scan: {prefix}_tiles scans tiles of SCAN_THREADS * SCAN_ITEMS elements and notes each tile's total;
    {prefix}_carry combines what stands before a tile into its elements. scan_expr combines `a` (earlier) and `b`.

    neutral: needed for an exclusive scan. Parameters: (in, out, totals, n) and (out, before, n), where before[k] is the total of
    tiles 0 … k.
    """
    tile = SCAN_THREADS * SCAN_ITEMS
    first = f"weft_scanned weft_before = {neutral};" if exclusive else "weft_scanned weft_before = weft_in[weft_at];"
    write_exclusive = """
            const weft_scanned weft_here = weft_in[weft_k];
            weft_out[weft_k] = weft_before;
            weft_before = weft_combine(weft_before, weft_here);"""
    write_inclusive = """
            weft_before = weft_any ? weft_combine(weft_before, weft_in[weft_k]) : weft_in[weft_k];
            weft_any = true;
            weft_out[weft_k] = weft_before;"""
    return f"""{preamble}
typedef {type_name} weft_scanned;
static __device__ inline weft_scanned weft_combine(weft_scanned a, weft_scanned b) {{ return {scan_expr}; }}
extern "C" __global__ void {prefix}_tiles(const weft_scanned *weft_in, weft_scanned *weft_out, weft_scanned *weft_totals, size_t n)
{{
    __shared__ __align__(16) unsigned char weft_memory[2 * {SCAN_THREADS} * sizeof(weft_scanned)];
    weft_scanned *weft_from = (weft_scanned *)weft_memory, *weft_to = weft_from + {SCAN_THREADS};
    const unsigned int tid = threadIdx.x;
    const size_t weft_at = (size_t)blockIdx.x * {tile} + tid * {SCAN_ITEMS};
    const size_t weft_stop = weft_at + {SCAN_ITEMS} < n ? weft_at + {SCAN_ITEMS} : n;
    if (weft_at < n) {{
        weft_scanned weft_sum = weft_in[weft_at];
        for (size_t weft_k = weft_at + 1; weft_k < weft_stop; weft_k++) weft_sum = weft_combine(weft_sum, weft_in[weft_k]);
        weft_from[tid] = weft_sum;
    }}
    __syncthreads();
    for (unsigned int weft_step = 1; weft_step < {SCAN_THREADS}; weft_step *= 2) {{
        if (weft_at < n)
            weft_to[tid] = tid >= weft_step ? weft_combine(weft_from[tid - weft_step], weft_from[tid]) : weft_from[tid];
        __syncthreads();
        weft_scanned *weft_other = weft_from;
        weft_from = weft_to;
        weft_to = weft_other;
    }}
    if (weft_at < n) {{
        bool weft_any = tid > 0;
        {first}
        if (weft_any) weft_before = weft_from[tid - 1];
        if (weft_stop == n || tid == {SCAN_THREADS - 1}) weft_totals[blockIdx.x] = weft_from[tid];
        for (size_t weft_k = weft_at; weft_k < weft_stop; weft_k++) {{{write_exclusive if exclusive else write_inclusive}
        }}
    }}
}}
extern "C" __global__ void {prefix}_carry(weft_scanned *weft_out, const weft_scanned *weft_before, size_t n)
{{
    const size_t weft_at = (size_t)(blockIdx.x + 1) * {tile};
    for (size_t weft_k = weft_at + threadIdx.x; weft_k < n && weft_k < weft_at + {tile}; weft_k += {SCAN_THREADS})
        weft_out[weft_k] = weft_combine(weft_before[blockIdx.x], weft_out[weft_k]);
}}
"""
