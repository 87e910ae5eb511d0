struct S { int a; };
__global__ void k(int *p, float *f, S s) {
    p[0] = f % 2; // error: %
    p[1] = 1.5f % 2; // error: %
    p[2] = p + f; // error: +
    p[3] = *3; // error: int
    3 = p[0]; // error: it is a value
    p[0]++ = 2; // error: it is a value
    &3; // error: it is a value
    p[1.5f] = 1; // error: float
    p[4] = p[0](1); // error: cannot be called
    p[5] = 1 << 2.0f; // error: <<
    p[6] = s ? 1 : 2; // error: S
    p[7] = !s; // error: S
    p[8] = (int)s; // error: S
    p[9] = int; // error: got type int, expected a value
    p[10] = k; // error: int
    p[11] = f == p; // error: ==
    p[12] = ); // error: got ")", expected an expression
    if (p[0] = 3) p[1] = 1; // warning: an assignment of a constant as a condition
    p[0] == 3; // warning: = was meant?
    p[13] = 5 / 0; // warning: division by zero
    p[14] = p[0] << 33; // warning: a shift by 33
}
