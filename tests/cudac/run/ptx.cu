// block: 32
// Inline PTX: what the CPU does instead (src/cudac/ptx.c).
#define T(...) do { double got_ = (__VA_ARGS__); if (threadIdx.x == 0) out[__LINE__] = got_; } while (0)
__device__ unsigned lane() { unsigned r; asm("mov.u32 %0, %%laneid;" : "=r"(r)); return r; }
__device__ unsigned add(unsigned a, unsigned b) { asm("add.u32 %0, %0, %1;" : "+r"(a) : "r"(b)); return a; }
__device__ unsigned bfe(unsigned a, unsigned p, unsigned n) { unsigned r; asm("bfe.u32 %0, %1, %2, %3;" : "=r"(r) : "r"(a), "r"(p), "r"(n)); return r; }
__device__ int bfes(int a, unsigned p, unsigned n) { int r; asm("bfe.s32 %0, %1, %2, %3;" : "=r"(r) : "r"(a), "r"(p), "r"(n)); return r; }
__device__ unsigned bfi(unsigned a, unsigned b, unsigned p, unsigned n) { unsigned r; asm("bfi.b32 %0, %1, %2, %3, %4;" : "=r"(r) : "r"(a), "r"(b), "r"(p), "r"(n)); return r; }
template <int table> __device__ unsigned lop3(unsigned a, unsigned b, unsigned c) { unsigned r; asm("lop3.b32 %0, %1, %2, %3, %4;" : "=r"(r) : "r"(a), "r"(b), "r"(c), "n"(table)); return r; }
__device__ unsigned prmt(unsigned a, unsigned b, unsigned s) { unsigned r; asm("prmt.b32 %0, %1, %2, %3;" : "=r"(r) : "r"(a), "r"(b), "r"(s)); return r; }
__device__ void add128(unsigned long long *r, const unsigned long long *a, const unsigned long long *b) {
    asm("add.cc.u64 %0, %2, %4;\n\taddc.u64 %1, %3, %5;" : "=l"(r[0]), "=l"(r[1]) : "l"(a[0]), "l"(a[1]), "l"(b[0]), "l"(b[1]));
}
__global__ void integers(double *out) {
    T(lane());                                                                     // = 0
    T(add(5, 7));                                                                  // = 12
    T(bfe(0x12345678, 8, 12));                                                     // = 1110
    T(bfe(0xffffffff, 40, 4) + bfe(0xffffffff, 4, 0) + (double)bfe(0xffffffff, 0, 32));  // = 4294967295
    T(bfes(0x00f00000, 20, 4));                                                    // = -1
    T(bfes(-8, 1, 40) + bfes(5, 0, 3) + bfes(5, 40, 3) + bfes(-5, 40, 3));         // = -8
    T(bfi(0xff, 0, 4, 4));                                                         // = 240
    T((double)bfi(0x3, 0xffffffff, 30, 8) - bfi(9, 77, 3, 0));                     // = 4294967218
    T(lop3<0x96>(12, 10, 6));                                                      // = 0
    T(lop3<0xe8>(12, 10, 6));                                                      // = 14
    T(prmt(0x33221100, 0x77665544, 0x7531) == 0x77553311);                         // = 1
    unsigned long long a[2] = {~0ull, 1}, b[2] = {2, 3}, r[2];
    add128(r, a, b);
    T(r[0] * 100 + r[1]);                                                          // = 105
    unsigned lo, hi, x = 0xffffffffu, y = 1;
    asm volatile("add.cc.u32 %0, %1, %2;" : "=r"(lo) : "r"(x), "r"(y));
    asm volatile("addc.u32 %0, 5, 6;" : "=r"(hi));
    T(lo + hi);                                                                    // = 12
    asm("{\n\t.reg .pred p;\n\t.reg .u32 t<2>;\n\tsetp.gt.u32 p, %1, 3; // bigger\n\t@p mov.u32 t0, 10;\n\t@!p mov.u32 t0, 20;\n\t"
        "mul.lo.u32 t1, t0, %1;\n\tadd.u32 %0, t1, 0x1;\n\t}" : "=r"(lo) : "r"(4));
    T(lo);                                                                         // = 41
    asm("shr.s32 %0, %1, 40; /* beyond */" : "=r"(lo) : "r"(-4));
    asm("shl.b32 %0, %1, 33;" : "=r"(hi) : "r"(-4));
    T((int)lo + hi);                                                               // = 4294967295
    unsigned long long wide;
    asm("mul.wide.u32 %0, %1, %2;" : "=l"(wide) : "r"(0xffffffffu), "r"(0xffffffffu));
    T(wide == 0xfffffffe00000001ull);                                              // = 1
    asm("mov.b64 {%0, %1}, %2;" : "=r"(lo), "=r"(hi) : "l"(wide));
    T(lo * 10.0 + (hi == 0xfffffffeu));                                            // = 11
    asm("mov.b64 %0, {%1, %2};" : "=l"(wide) : "r"(7), "r"(1));
    T(wide);                                                                       // = 4294967303
    asm("mad.lo.s32 %0, %1, %2, %3;" : "=r"(lo) : "r"(-3), "r"(5), "r"(20));
    T(lo);                                                                         // = 5
    asm("{ .reg .s32 q; min.s32 q, %1, %2; max.s32 %0, q, -7; }" : "=r"(lo) : "r"(-9), "r"(4));
    T((int)lo);                                                                    // = -7
    asm("popc.b32 %0, %1;" : "=r"(lo) : "r"(0xf0f0));
    asm("clz.b32 %[r], %[a];" : [r] "=r"(hi) : [a] "r"(0xf0f0));
    T(lo * 100 + hi);                                                              // = 816
    asm("bfind.u32 %0, %1;" : "=r"(lo) : "r"(0x800));
    T(lo);                                                                         // = 11
    asm("shf.l.wrap.b32 %0, %1, %2, 8;" : "=r"(lo) : "r"(0x12345678), "r"(0x9abcdef0));
    T(lo == 0xbcdef012);                                                           // = 1
    short h;
    asm("add.s16 %0, %1, %2;" : "=h"(h) : "h"((short)-300), "h"((short)100));
    T(h);                                                                          // = -200
    asm("{ .reg .u32 i, s; mov.u32 i, 0; mov.u32 s, 0; again: add.u32 s, s, i; add.u32 i, i, 1; .reg .pred p; setp.lt.u32 p, i, 5; @p bra again; "
        "mov.u32 %0, s; }" : "=r"(lo));
    T(lo);                                                                         // = 10
}
__global__ void floats(double *out) {
    float f;
    double d;
    asm("fma.rn.f32 %0, %1, %2, %3;" : "=f"(f) : "f"(2.0f), "f"(3.0f), "f"(0.5f));
    T(f);                                                                          // = 6.5
    asm("{ .reg .f32 t; mul.f32 t, %1, 0f40000000; add.rn.f32 %0, t, 1.5; }" : "=f"(f) : "f"(4.0f));
    T(f);                                                                          // = 9.5
    asm("div.rn.f64 %0, %1, %2;" : "=d"(d) : "d"(1.0), "d"(4.0));
    T(d);                                                                          // = 0.25
    asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(f) : "f"(8.0f));
    T(f);                                                                          // = 0.125
    asm("ex2.approx.f32 %0, %1;" : "=f"(f) : "f"(3.0f));
    T(f);                                                                          // = 8
    int i;
    asm("cvt.rni.s32.f32 %0, %1;" : "=r"(i) : "f"(2.5f));
    T(i);                                                                          // = 2
    asm("cvt.rzi.s32.f32 %0, %1;" : "=r"(i) : "f"(-2.75f));
    T(i);                                                                          // = -2
    asm("cvt.rn.f32.s32 %0, %1;" : "=f"(f) : "r"(-7));
    T(f);                                                                          // = -7
    unsigned short h;
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(h) : "f"(1.5f));
    T(h);                                                                          // = 15872
    asm("cvt.f32.f16 %0, %1;" : "=f"(f) : "h"(h));
    T(f);                                                                          // = 1.5
    asm("mov.b32 %0, %1;" : "=r"(i) : "f"(1.0f));
    T(i);                                                                          // = 1065353216
    asm("max.f32 %0, %1, %2;" : "=f"(f) : "f"(__int_as_float(0x7fc00000)), "f"(2.0f));
    T(f);                                                                          // = 2
    asm("selp.f32 %0, %1, %2, 1;" : "=f"(f) : "f"(3.0f), "f"(4.0f));
    T(f);                                                                          // = 3
}
__global__ void memory_and_warps(double *out) {
    __shared__ float s[64];
    __shared__ unsigned count;
    unsigned t = threadIdx.x, at = (unsigned)__cvta_generic_to_shared(&s[t]);
    double *place = out + 3;
    if (t == 0) count = 0;
    asm volatile("st.shared.f32 [%0], %1;" :: "r"(at), "f"(t * 2.0f) : "memory");
    asm volatile("bar.sync 0;" ::: "memory");
    float v;
    asm volatile("ld.shared.f32 %0, [%1+4];" : "=f"(v) : "r"((unsigned)__cvta_generic_to_shared(&s[0])));
    T(v);                                                                          // = 2
    unsigned old;
    asm volatile("atom.shared.add.u32 %0, [%1], %2;" : "=r"(old) : "r"((unsigned)__cvta_generic_to_shared(&count)), "r"(t));
    __syncthreads();
    T(count);                                                                      // = 496
    double d = 12.5;
    if (t == 0) asm volatile("st.global.f64 [%0], %1;" :: "l"(place), "d"(d) : "memory");
    __syncthreads();
    asm volatile("ld.global.cg.f64 %0, [%1];" : "=d"(d) : "l"(place));
    T(d);                                                                          // = 12.5
    unsigned other, mask;
    asm volatile("shfl.sync.down.b32 %0, %1, 1, 0x1f, 0xffffffff;" : "=r"(other) : "r"(t * 3));
    T(other);                                                                      // = 3
    asm volatile("shfl.sync.bfly.b32 %0, %1, %2, 0x1f, -1;" : "=r"(other) : "r"(t), "r"(16));
    T(other);                                                                      // = 16
    asm volatile("{ .reg .pred p; setp.lt.u32 p, %1, 4; vote.sync.ballot.b32 %0, p, 0xffffffff; }" : "=r"(mask) : "r"(t));
    T(mask);                                                                       // = 15
    unsigned lt;
    asm("mov.u32 %0, %%lanemask_lt;" : "=r"(lt));
    T(lt);                                                                         // = 0
    int4 quad = {1, 2, 3, 4}, got;
    const int4 *p = &quad;
    asm volatile("ld.v4.s32 {%0, %1, %2, %3}, [%4];" : "=r"(got.x), "=r"(got.y), "=r"(got.z), "=r"(got.w) : "l"(p));
    T(got.x * 1000 + got.y * 100 + got.z * 10 + got.w);                            // = 1234
    asm volatile("membar.gl;" ::: "memory");
    asm volatile("prefetch.global.L1 [%0];" :: "l"(out));
}
