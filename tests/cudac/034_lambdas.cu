template <typename F> __device__ int call(F f, int x) { return f(x); }
template <typename F> __device__ void for_each(int n, const F &f) { for (int i = 0; i < n; ++i) f(i); }
struct M { int v; __device__ int run() { auto f = [this](int x) { return x + v; }; auto g = [=]() { return v * 2; }; return f(1) + g(); } };
__global__ void k(int *p, int n) {
    int a = 3, b = 4; __shared__ int s[8];
    auto plus = [](int x, int y) { return x + y; };
    auto cap = [a, &b](int x) { b += x; return a + x; };
    auto all = [=](int x) -> int { return a + b + x; };
    auto ref = [&] { b++; p[5] = a; s[0] = 1; };
    auto mut = [a]() mutable { a++; return a; };
    auto init = [c = a + 1](int x) { return c + x; };
    ref();
    p[0] = plus(1, 2) + cap(3) + all(1) + mut() + init(2) + call([&](int x) { return x * a; }, 5);
}
