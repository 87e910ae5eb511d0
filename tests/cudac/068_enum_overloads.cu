enum A { A1 }; enum class B { B1, B2 }; enum C : unsigned char { C1 = 200 };
__device__ int f(A) { return 1; } __device__ int f(B) { return 2; } __device__ int f(int) { return 3; }
__device__ A operator|(A a, A b) { return (A)((int)a | (int)b); }
template <B M> __device__ int t() { return M == B::B2 ? 1 : 2; }
__global__ void k(int *p) { A a = A1; B b = B::B2; C c = C1; p[0] = f(a) + f(b) + f(3) + f(A1) + f(B::B1) + f(c) + t<B::B1>() + t<B::B2>() + (int)b + c; a = a | A1; p[1] = b == B::B1; }
