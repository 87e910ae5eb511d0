namespace a { __device__ int f(int x) { return x + 1; } namespace b { __device__ int f(int x) { return x + 2; } struct P { int v; }; __device__ P operator+(P x, P y) { return P{x.v + y.v}; } __device__ int use(P p) { return p.v; } } enum E { X = 4 }; }
namespace a { __device__ int g() { return f(1) + b::f(1); } }
namespace { __device__ int hidden() { return 7; } const int H = 3; }
namespace c = a::b;
namespace x::y { __device__ int deep() { return 9; } }
namespace lib { inline namespace v1 { __device__ int in() { return 1; } } }
__device__ int f(int x) { return x; }
using a::g;
__global__ void k(int *p) {
    using namespace a::b;
    p[0] = ::f(1) + a::f(2) + a::b::f(3) + c::f(4) + g() + hidden() + H + x::y::deep() + a::X + a::E::X;
    P q{1}, r = {2}; p[1] = (q + r).v + use(q);
    a::b::P s{3}; p[2] = (s + s).v + use(s);
}
