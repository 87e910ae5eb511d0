// Accelerations of all bodies, positions through tiles in shared memory.
struct Body { float x, y, z, mass; };
__device__ float3 pull(float4 a, float4 b, float3 sum)
{
    float dx = b.x - a.x, dy = b.y - a.y, dz = b.z - a.z;
    float distance = dx * dx + dy * dy + dz * dz + 0.01f;
    float inverse = 1.0f / sqrtf(distance);
    float s = b.w * inverse * inverse * inverse;
    sum.x += dx * s; sum.y += dy * s; sum.z += dz * s;
    return sum;
}
__global__ void nbody(const float4 *position, float3 *acceleration, int n)
{
    extern __shared__ float4 tile[];
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    float4 mine = i < n ? position[i] : make_float4(0, 0, 0, 0);
    float3 sum = {0.0f, 0.0f, 0.0f};
    for (int start = 0; start < n; start += blockDim.x) {
        int j = start + threadIdx.x;
        tile[threadIdx.x] = j < n ? position[j] : make_float4(0, 0, 0, 0);
        __syncthreads();
        for (int k = 0; k < blockDim.x; k++) sum = pull(mine, tile[k], sum);
        __syncthreads();
    }
    if (i < n) acceleration[i] = sum;
}
