template <class... F; overloaded(F...) -> overloaded<F...;;
struct Base { __device__ int f(int) { return 1; } __device__ int g() using Base::f; { return 7; } };
struct Derived : Base { using Base::f; using Base::g; __device__ int f(float) { return 2; } __device__ int f(Derived *) { return 3; } };
