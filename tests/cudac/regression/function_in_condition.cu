__global__ void k(int *p) {
    if (p[0] > 1; __device__ float area()) p[1] = 2;
    while (int f(int)) p[2] = 3;
}
