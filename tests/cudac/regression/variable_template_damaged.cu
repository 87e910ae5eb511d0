template <class T> constexpr T three) = T(3);
struct S { static const int A.y static constexpr float B = 2.5f; enum { E = A * 2 }; __device__ static int f(int x) { return x + A; } static const int C; };
const int S::C = 7;
__global__ void k(float *o) { o[0] = three<float> + S::f(1); }
