__global__ void k(int *p, int n) {
    int i, j = 0;
    for (i = 0; i < n; i++) { if (i == 3) continue; if (i > 10) break; p[i] = i; }
    for (int a = 0, b = n; a < b; a++, b--) p[a] = b;
    for (;;) { if (++j > 5) break; }
    while (j--) p[j] = 0;
    do { j += 2; } while (j < 10);
    if (int q = p[0]) p[1] = q; else p[1] = -q;
    if (int q = n; q > 3) p[2] = q;
    while (int w = p[3]) { p[3] = w - 1; if (w == 2) continue; }
    switch (n) {
    case 0: p[0] = 1; break;
    case 1:
    case -2: p[0] = 2;
    default: { p[0] = 3; break; }
    case 'x': switch (j) { case 1: p[1] = 1; break; default:; } break;
    }
    switch (p[0]) { default: p[0] = 9; }
    if (n) ; else p[0] = 1;
    if (n > 1) p[0] = 1; else if (n > 0) p[0] = 2; else p[0] = 3;
again:
    if (p[4]-- > 0) goto again;
    goto out;
out:
    return;
}
