// One mistake, one error: what follows from it is not told again.
namespace other { __device__ int helper() { return 1; } }
struct P { float x; };
template <class T> struct Broken { // the same in each instance: told once
    typename T::type v; // error: int is no class: it has no type
    T w;
};
template <class T> __device__ T size_of_it(T v) { return v.size(); } // error: int has no members
__global__ void unknown(float *x) {
    x[i] = 1; // error: unknown name i
    x[i] += 2;
    x[i] += x[i];
    curandState s; // error: unknown type curandState
    x[0] = curand_uniform(&s); // error: unknown function curand_uniform
    cub::BlockReduce<float, 64> reduce; // error: unknown name cub
    x[1] = reduce.Sum(x[0]);
    x[2] = helper(); // error: unknown function helper
}
__global__ void host_classes(float *o) {
    std::vector<float> v(3); // error: std::vector is not declared
    v.push_back(1);
    for (auto x : v) o[0] += x;
    std::map<int, std::vector<int>> m; // error: std::map is not declared
    m[0].push_back(1);
}
__global__ void templates(int *x, float4 *v) {
    Broken<int> a;
    Broken<float> b;
    x[0] = size_of_it(1) + size_of_it(2.f) + a.w + b.w;
    v[0] = v[0] + v[1]; // error: no operator + for float4 and float4
}
__global__ nothing(int *x) { x[0] = 1; } // error: function nothing has no result type
__global__ void unclosed(int *x) {
    if (x[0]) {
        x[0] = 1;
}
__global__ void inside(int *x) { x[0] = 1; } // error: function inside begins inside of unclosed
