__device__ int side(int *p) { return (*p)++; }
__global__ void k(int *p, float *f, unsigned *u, long long *l, char *c, bool *b) {
    int i = 3, *q = p + 2; unsigned n = 5; float x = 1.5f; double d = 2.5; short s = 3; bool t = true;
    p[0] = i << 2 | i >> 1 & 3 ^ 7; p[1] = -i + +s - ~i; p[2] = !i && t || x > 1; p[3] = i == 3 != false; p[4] = i < 4 <= 1; l[0] = q - p; l[1] = &p[3] - q;
    *q++ = 3; *--q = 4; ++*q; (*q)--; q[-1] = 2; 1[q] = 5; p += 2; p -= 1; q = &*p; f[0] = (float)i / 2 * (int)d; f[1] = float(i) + int(x) + static_cast<float>(n) + (float)(double)x;
    u[0] += i; u[0] -= 1.5f; u[0] *= n; c[0] += 1; c[0] <<= 1; s *= 2; s += x; b[0] = p; b[1] = x; b[2] |= t; i = t ? p[0] : x; i = (p[0], p[1]); i = n > 3 ? n : -1; x = i ? 1 : 2.5; d = s ? x : d;
    void *v = p; int *w = (int *)v; w = static_cast<int *>(v); const int *cw = w; w = const_cast<int *>(cw); unsigned long addr = reinterpret_cast<unsigned long>(p); float g = *reinterpret_cast<float *>(&i); char *cc = (char *)p; l[2] = addr + g + cc[1];
    f[2] = x * x + x; f[3] = (x * x) + x; f[4] = x - x * x; f[5] = x * x - x * d; f[6] = side(p) + side(p + 1); l[3] = sizeof i + sizeof(int[3]) + sizeof x * 2 + alignof(double); if (p != nullptr && !w) return; t = p == 0; t = !p; t = x; i = 'a' + t;
    unsigned char uc = 200; uc += 100; i = uc >> 1; l[4] = 1ll << 40 | i; l[5] = (long long)i * n; i = n - 6 < 0; int volatile vi = 3; vi++; i = vi + vi;
    i = p < q; i = x != x; i = -7 / 2 + -7 % 3; n = -1; n = 3.99f; i = 1 ? 2 : 3, 4; (void)i; (void)0;
}
