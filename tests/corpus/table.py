"""What a corpus file is made of: kernels in the styles of public code, each with what it must give.

A kernel's first argument is what it writes; `want` computes the same with NumPy or Python from the arguments."""

from dataclasses import dataclass
from typing import Any, Callable

import numpy as np

f4, f8, i4, u4, u1, i8 = np.float32, np.float64, np.int32, np.uint32, np.uint8, np.int64


@dataclass
class K:
    name: str  # of the kernel
    source: str
    args: Callable[[np.random.Generator], list]  # arrays, and numbers for scalar parameters
    want: Callable[..., Any]  # of the same arguments: the first one as it must be
    grid: Any = 1
    block: Any = 64
    shared: int = 0
    tol: float = 0.0  # relative, for floats; 0: equal

    def sizes(self):
        return [tuple(n) if isinstance(n, tuple) else (n,) for n in (self.grid, self.block)]


def expand(name, source, types, make):
    """The same kernel for several types: NAME and T in the source."""
    return [make(f"{name}_{t.replace(' ', '_')}", source.replace("NAME", f"{name}_{t.replace(' ', '_')}").replace("TYPE", t), dtype)
            for t, dtype in types]


NUMBERS = [("int", i4), ("unsigned int", u4), ("float", f4), ("double", f8), ("short", np.int16), ("unsigned char", u1),
           ("long long", i8)]
