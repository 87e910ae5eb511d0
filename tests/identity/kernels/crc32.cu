// A checksum of each 64-byte record, bit by bit.
__global__ void crc32(const unsigned char *data, unsigned int *sums, int records)
{
    int r = blockIdx.x * blockDim.x + threadIdx.x;
    if (r >= records) return;
    unsigned int crc = ~0u;
    for (int i = 0; i < 64; i++) {
        crc ^= data[r * 64 + i];
        for (int b = 0; b < 8; b++) crc = crc & 1 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
    }
    sums[r] = ~crc;
}
