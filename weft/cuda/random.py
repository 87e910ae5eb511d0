"""wf.cuda.random: xoroshiro128+ generators, one state for each thread, as Numba's cuda.random has them."""

import numpy as np

from .._pysource import Stub
from .._pytypes import from_dtype

__all__ = ["create_xoroshiro128p_states", "init_xoroshiro128p_states", "xoroshiro128p_dtype", "xoroshiro128p_type",
           "xoroshiro128p_uniform_float32", "xoroshiro128p_uniform_float64", "xoroshiro128p_normal_float32",
           "xoroshiro128p_normal_float64"]
_STUBS = __all__[4:]  # known to the compiler by name; what follows is Python that it reads
__all__ += ["init_xoroshiro128p_state", "init_xoroshiro128p_states_cpu", "rotl", "uint64_to_unit_float32", "uint64_to_unit_float64",
            "xoroshiro128p_jump", "xoroshiro128p_next"]

xoroshiro128p_dtype = np.dtype([("s0", np.uint64), ("s1", np.uint64)], align=True)
xoroshiro128p_type = from_dtype(xoroshiro128p_dtype)

for _name in _STUBS:
    globals()[_name] = Stub(f"cuda.random.{_name}")

_MASK = (1 << 64) - 1
_JUMP = (0xBEAC0467EBA5FACB, 0xD86B048B86AA9922)


def _rotl(x, k):
    return (x << k | x >> 64 - k) & _MASK


def _next(s0, s1):
    s1 ^= s0
    return _rotl(s0, 55) ^ s1 ^ (s1 << 14 & _MASK), _rotl(s1, 36)


def _seed(seed):
    """One state from a seed, by splitmix64."""
    z = (int(seed) & _MASK) + 0x9E3779B97F4A7C15 & _MASK
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & _MASK
    z = (z ^ z >> 27) * 0x94D049BB133111EB & _MASK
    z ^= z >> 31
    return z, z


def _columns():
    """The jump by 2^64 steps as a matrix over bits: column b is where a state with only bit b set goes."""
    columns = []
    for bit in range(128):
        s0, s1 = (1 << bit, 0) if bit < 64 else (0, 1 << bit - 64)
        t0 = t1 = 0
        for word in _JUMP:
            for b in range(64):
                if word >> b & 1:
                    t0, t1 = t0 ^ s0, t1 ^ s1
                s0, s1 = _next(s0, s1)
        columns.append((t0, t1))
    return columns


def _apply(columns, s0, s1):
    t0 = t1 = 0
    for bit in range(64):
        if s0 >> bit & 1:
            t0, t1 = t0 ^ columns[bit][0], t1 ^ columns[bit][1]
        if s1 >> bit & 1:
            t0, t1 = t0 ^ columns[64 + bit][0], t1 ^ columns[64 + bit][1]
    return t0, t1


def _apply_all(columns, states):
    """The same for an array of states, a byte at a time: what each of its values goes to is looked up."""
    out = np.zeros((len(states), 2), np.uint64)
    octets = np.ascontiguousarray(states, "<u8").view(np.uint8)
    for i in range(16):
        table = np.zeros((256, 2), np.uint64)
        for bit in range(8):
            table[1 << bit:2 << bit] = table[:1 << bit] ^ np.array(columns[8 * i + bit], np.uint64)
        out ^= table[octets[:, i]]
    return out


def _states(n, seed, subsequence_start):
    columns = _columns()
    first = _seed(seed)
    for _ in range(subsequence_start):
        first = _apply(columns, *first)
    states = np.array([first], np.uint64)
    step = columns  # state i + len(states) is state i, jumped len(states) times: the list doubles, and so does the step
    while len(states) < n:
        states = np.concatenate([states, _apply_all(step, states)])
        step = [_apply(step, *column) for column in step]
    made = np.empty(n, xoroshiro128p_dtype)
    made["s0"], made["s1"] = states[:n, 0], states[:n, 1]
    return made


def init_xoroshiro128p_states(states, seed, subsequence_start=0, stream=0):
    """Fills a device array with states that are 2^64 steps apart."""
    states.copy_to_device(_states(states.size, seed, subsequence_start), stream)


def create_xoroshiro128p_states(n, seed, subsequence_start=0, stream=0):
    """A device array of n states, 2^64 steps apart."""
    from ._memory import to_device

    return to_device(_states(n, seed, subsequence_start), stream)

# The steps of a generator, for kernels of the program's own and for the host: states may be a device array in a kernel, or a NumPy
# array. A seed, a state's number and a shift may be of any integer type.


def rotl(x, k):
    """x with its 64 bits turned left by k."""
    x, k = np.uint64(x), np.uint64(k)
    return x << k | x >> np.uint64(64) - k


def init_xoroshiro128p_state(states, index, seed):
    """Sets one state from a seed, by splitmix64."""
    z = np.uint64(seed) + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ z >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ z >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    z = z ^ z >> np.uint64(31)
    states[index]["s0"] = z
    states[index]["s1"] = z


def xoroshiro128p_next(states, index):
    """The next 64 random bits as uint64; the state goes on by a step."""
    s0, s1 = states[index]["s0"], states[index]["s1"]
    bits = s0 + s1
    s1 ^= s0
    states[index]["s0"] = rotl(s0, 55) ^ s1 ^ s1 << np.uint64(14)
    states[index]["s1"] = rotl(s1, 36)
    return bits


def xoroshiro128p_jump(states, index):
    """Takes one state 2^64 steps on."""
    s0, s1 = np.uint64(0), np.uint64(0)
    for word in _JUMP:
        for bit in range(64):
            if np.uint64(word) >> np.uint64(bit) & np.uint64(1):
                s0 ^= states[index]["s0"]
                s1 ^= states[index]["s1"]
            xoroshiro128p_next(states, index)
    states[index]["s0"] = s0
    states[index]["s1"] = s1


def uint64_to_unit_float64(x):
    """The upper 53 bits of x as a float64 from 0 to 1, 1 left out."""
    return np.float64(np.uint64(x) >> np.uint64(11)) * 2.0**-53


def uint64_to_unit_float32(x):
    """The same, rounded to a float32."""
    return np.float32(uint64_to_unit_float64(x))


def init_xoroshiro128p_states_cpu(states, seed, subsequence_start):
    """Fills a NumPy array with states that are 2^64 steps apart."""
    states[:] = _states(states.size, seed, subsequence_start)
