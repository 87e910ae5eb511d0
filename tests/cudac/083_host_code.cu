#include <stdio.h>
__global__ void k(float *p) { p[threadIdx.x] = 1; }
class HostThing { public: std::vector<float> data; void run(); }; // error: std
void HostThing::run() { data.push_back(1); }
