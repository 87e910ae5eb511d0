texture t;
static texture u<unsigned char, 1, cudaReadModeNormalizedFloat> pixels;
surface s, r<void, 2>;
