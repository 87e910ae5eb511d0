"""The constants of device/random_engines.h for jumps of XORWOW: its characteristic polynomial and powers of x modulo it.

XORWOW's five words move by a linear map over GF(2) (Marsaglia 2003). Its minimal polynomial P, of degree 160, is found from
320 bits of output (Berlekamp and Massey). A jump by n steps is x^n mod P, evaluated at the map. Printed: P without its leading
term, and x^(2^(67 + i)) mod P for i = 0 … 31, five 32-bit words each, low bits first.
"""


def outputs(count):
    v = [123456789, 362436069, 521288629, 88675123, 5783321]
    for _ in range(count):
        t = v[0] ^ v[0] >> 2
        v = v[1:] + [(v[4] ^ v[4] << 4 ^ t ^ t << 1) & 0xffffffff]
        yield v[4] & 1


def minimal_polynomial(bits):
    """As an integer, bit i the coefficient of x^i; reversed in the end, since the recurrence runs backwards."""
    c, b, length, since = 1, 1, 0, 1
    for n in range(len(bits)):
        d = sum(bits[n - i] for i in range(length + 1) if c >> i & 1) & 1
        if not d:
            since += 1
        elif 2 * length <= n:
            c, b, length, since = c ^ b << since, c, n + 1 - length, 1
        else:
            c, since = c ^ b << since, since + 1
    assert length == 160
    return int(bin(c)[2:].zfill(161)[::-1], 2)


def square(a, p):
    r = 0
    for i in range(159, -1, -1):
        r <<= 1
        if r >> 160:
            r ^= p
        if a >> i & 1:
            r ^= a
    return r


def words(a):
    return ", ".join(f"0x{a >> 32 * i & 0xffffffff:08x}u" for i in range(5))


if __name__ == "__main__":
    p = minimal_polynomial(list(outputs(400)))
    print(words(p ^ 1 << 160))
    a = 2
    for i in range(67 + 32):
        if i >= 67:
            print(words(a) + ",")
        a = square(a, p)
