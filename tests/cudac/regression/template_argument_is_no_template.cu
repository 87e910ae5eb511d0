
namespace act {
template <T>()(gate[i + k]) * up[i + k]; T> struct SiLU { __device__ __forceinline__ T operator()(const T &x) const { return x / (); } };
}
template <typename T, template <typename> class Act, int VEC>
__device__ void act_and_mul(T *out, const T *gate, const T *up, int n)
{
    for (int i = (blockIdx.x * blockDim.x + threadIdx.x) * VEC; i < n; i += gridDim.x * blockDim.x * VEC)
        #pragma unroll
        for (int k = 0; k < VEC; k++)
            if (i + k < n) out[i + k] = Act<T>()(gate[i + k]) * up[i + k];
}
extern "C" __global__ void swiglu_vec(float *out, const float *gate, const float *up)
{
    act_and_mul<float, act::SiLU, 4>(out, gate, up, 999);
}