template <int N> struct F { static const int value = F<N + 1>::value; }; // error: instances are nested more than
__global__ void k(int *p) { p[0] = F<0>::value; }
