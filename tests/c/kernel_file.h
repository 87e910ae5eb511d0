/* kernel_file.h: reads a file into memory; where the build put the kernels and the stand-in driver. */
#ifndef WF_TESTS_KERNEL_FILE_H
#define WF_TESTS_KERNEL_FILE_H
#include <stdio.h>
#include <stdlib.h>

#ifndef TEST_KERNELS
#define TEST_KERNELS "kernels.o"
#endif
#ifndef TEST_FAKE_CUDA
#define TEST_FAKE_CUDA "./fake_cuda.so"
#endif

static inline unsigned char *read_file(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    fseek(file, 0, SEEK_END);
    long length = ftell(file);
    rewind(file);
    unsigned char *bytes = malloc((size_t)length + 1);
    *size = bytes ? fread(bytes, 1, (size_t)length, file) : 0;
    fclose(file);
    return bytes;
}
#endif
