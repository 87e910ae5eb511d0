__device__ unsigned lane() { unsigned r; asm("mov.u32 %0, %%laneid;" : "=r"(r)); return r; }
__global__ void k(unsigned *p, float *f) {
    unsigned a = p[0], b; float x;
    asm volatile("add.u32 %0, %1, %2;" : "=r"(b) : "r"(a), "r"(lane()) : "memory");
    asm volatile("{\n\t.reg .f32 t;\n\t"
                 "mul.f32 %0, %1, 2.0;\n\t}" : "=f"(x) : "f"(f[0]));
    __asm__ __volatile__("membar.gl;" ::: "memory");
    p[1] = b; f[1] = x;
}
