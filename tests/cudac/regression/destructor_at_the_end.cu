struct Outside { int *o; __device__ Outside(int *o) 1 __device__ ~Outside(); };
__device__ Outside::Outside( };
__device__ Outside::Outside *o) : o(o) { o[1 + o[0]++] = 300; }
__device__ Outside::~
