struct Base { __device__ int f(int) { return 1; } };
struct Derived : Base { using f using Base::f; using Base::f; };
