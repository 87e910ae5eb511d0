// Divergent control: each thread runs its own small program (switch, break, continue, do).
__global__ void interpret(const int *code, const int *input, int *out, int length, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    int acc = input[i], pc = 0, steps = 0;
    do {
        int op = code[(pc + i) % length];
        switch (op & 7) {
        case 0: acc += op; break;
        case 1: acc ^= op << 3;
        case 2: acc = acc * 31 + 7; break;
        case 3: if (acc & 1) { pc += 2; continue; } acc >>= 1; break;
        case 4: acc = -acc; break;
        case 5: for (int k = 0; k < (op >> 3 & 3); k++) acc += k * acc; break;
        case 6: if (acc < 0) goto done; acc -= 1000; break;
        default: acc = acc % 977; break;
        }
        pc++;
    } while (++steps < 40);
done:
    out[i] = acc;
}
