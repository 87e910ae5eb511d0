// Global alignment scores along anti-diagonals, one block, one barrier a diagonal.
__global__ void align(const char *a, const char *b, int *score, int n)
{
    int stride = n + 1, t = threadIdx.x;
    for (int i = t; i <= n; i += blockDim.x) { score[i] = -2 * i; score[i * stride] = -2 * i; }
    __syncthreads();
    for (int d = 2; d <= 2 * n; d++) {
        for (int i = 1 + t; i <= n; i += blockDim.x) {
            int j = d - i;
            if (j >= 1 && j <= n) {
                int match = score[(i - 1) * stride + j - 1] + (a[i - 1] == b[j - 1] ? 3 : -1);
                int gap = max(score[(i - 1) * stride + j], score[i * stride + j - 1]) - 2;
                score[i * stride + j] = max(match, gap);
            }
        }
        __syncthreads();
    }
}
