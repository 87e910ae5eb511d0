"""Names that mean something inside kernels: cuda.threadIdx, cuda.syncthreads, cuda.atomic.add … Outside they only exist."""

import types as _types

from .._pysource import Stub


class _Dim3(Stub):
    def __init__(self, name):
        super().__init__(name)
        self.x, self.y, self.z = (Stub(f"{name}.{axis}") for axis in "xyz")


def _stubs(prefix, names, doc):
    space = _types.SimpleNamespace(**{name: Stub(f"{prefix}.{name}") for name in names.split()})
    space.__doc__ = doc
    return space


threadIdx, blockIdx, blockDim, gridDim = (_Dim3(f"cuda.{n}") for n in ("threadIdx", "blockIdx", "blockDim", "gridDim"))
for _name in ("grid gridsize laneid warpsize syncthreads syncthreads_count syncthreads_and syncthreads_or syncwarp "
              "threadfence threadfence_block threadfence_system all_sync any_sync eq_sync ballot_sync shfl_sync "
              "shfl_up_sync shfl_down_sync shfl_xor_sync match_any_sync match_all_sync activemask lanemask_lt popc clz ffs "
              "brev fma selp cbrt nanosleep clock64").split():
    globals()[_name] = Stub(f"cuda.{_name}")
shared = _stubs("cuda.shared", "array", "memory that the threads of a block share")
local = _stubs("cuda.local", "array", "memory of one thread")
const = _stubs("cuda.const", "array_like", "constant memory")
atomic = _stubs("cuda.atomic", "add sub max min nanmax nanmin exch inc dec and_ or_ xor compare_and_swap cas",
                "operations on one element that no other thread can come between")
cg = _stubs("cuda.cg", "this_grid", "cooperative groups")

