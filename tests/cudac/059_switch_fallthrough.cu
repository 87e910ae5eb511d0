__global__ void k(int *p, unsigned char c, long long l) {
    switch (c) { case 0: case 1: p[0] = 1; case 2: p[1] = 2; break; case 255: p[2] = 3; default: p[3] = 4; }
    switch (l) { case 1ll << 40: p[0] = 1; break; case -1: p[0] = 2; }
    int i = 0; for (;; i++) { switch (i) { case 3: goto done; case 4: continue; default: break; } if (i > 10) break; }
done: p[5] = i;
    enum class E { A, B }; E e = c ? E::A : E::B; switch (e) { case E::A: p[6] = 1; break; case E::B: p[6] = 2; }
}
