__device__ int helper_function(int x) { return x; }
struct Point { float position, mass; };
__global__ void k(int *values, Point *pt) {
    int counter = 0;
    values[0] = helper_functoin(1); // error: unknown function helper_functoin; did you mean helper_function?
    values[1] = conuter; // error: did you mean counter?
    pt->postion = 1; // error: did you mean position?
    Pont q; // error: did you mean Point?
    values[2] = threadIdx.w; // error: has no member w
    __syncthread(); // error: did you mean __syncthreads?
    values[3] = atomicAd(values, 1); // error: did you mean atomicAdd?
    undefined_thing(); // error: unknown function undefined_thing
    values->x = 1; // error: has no member; has no members
    pt.mass = 1; // error: use ->
    pt->mass.x = 1; // error: has no members
    flaot y; // error: did you mean float?
}
