// options: --lib
typedef struct { float hi, lo; } pair;
__device__ pair make(float a, float b) { pair p = {a, b}; return p; }
__device__ float helper(float x) { static const float c[3] = {1, 2, 3}; return x * c[1] + c[2]; }
__device__ float wf_something(float x) { pair q = make(x, 1.0f); return helper(q.hi) + q.lo; }
