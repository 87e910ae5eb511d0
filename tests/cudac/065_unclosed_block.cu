__global__ void k(int *p) { // error: this { has no }
    if (p[0]) { // error: this { has no }
        p[1] = 1;
