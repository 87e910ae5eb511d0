__global__ void k(long long *o) {
    o[0] = 0x7fffffff; o[1] = 0xffffffff; o[2] = 4294967296; o[3] = 1'000'000; o[4] = 0b1011; o[5] = 0777;
    o[6] = 18446744073709551615ull; o[7] = 'a' + '\n' + '\x41' + '\0' + '\''; o[8] = 10u; o[9] = 1ll << 40;
    o[10] = sizeof(1) + sizeof(1L) + sizeof(1u) + sizeof(0x80000000) + sizeof(2147483648) + sizeof('a');
    o[11] = -1 < 0u; o[12] = ~0; o[13] = !o[0]; o[14] = 7 % 3 - -7 / 2; o[15] = (char)300; o[16] = (unsigned char)-1;
}
