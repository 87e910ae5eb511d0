template <int BLOCK> struct Config { static constexpr int threads = BLOCK; };
__global__ void k(int *p, int i) { Config p[i] = Config<128>::threads; Config *q = p; Config &r = *q; Config f(int); }
