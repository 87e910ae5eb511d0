"""Names that mean something inside kernels: cuda.threadIdx, cuda.syncthreads, cuda.atomic.add … Outside they only exist."""

import types as _types

from .. import _core
from .._pysource import Stub
from .._pytypes import SCALARS


class _Dim3(Stub):
    def __init__(self, name):
        super().__init__(name)
        self.x, self.y, self.z = (Stub(f"{name}.{axis}") for axis in "xyz")


def _stubs(prefix, names, doc):
    space = _types.SimpleNamespace(_wf_name=prefix, **{name: Stub(f"{prefix}.{name}") for name in names.split()})
    space.__doc__ = doc
    return space


threadIdx, blockIdx, blockDim, gridDim = (_Dim3(f"cuda.{n}") for n in ("threadIdx", "blockIdx", "blockDim", "gridDim"))
for _name in ("grid gridsize laneid warpsize syncthreads syncthreads_count syncthreads_and syncthreads_or syncwarp "
              "threadfence threadfence_block threadfence_system all_sync any_sync eq_sync ballot_sync shfl_sync "
              "shfl_up_sync shfl_down_sync shfl_xor_sync match_any_sync match_all_sync activemask lanemask_lt popc clz ffs "
              "brev fma selp cbrt nanosleep clock64 ldca ldcg ldcs ldlu ldcv stcg stcs stwb stwt").split():
    globals()[_name] = Stub(f"cuda.{_name}")
shared = _stubs("cuda.shared", "array", "memory that the threads of a block share")
local = _stubs("cuda.local", "array", "memory of one thread")
const = _stubs("cuda.const", "array_like", "constant memory")
atomic = _stubs("cuda.atomic", "add sub max min nanmax nanmin exch inc dec and_ or_ xor compare_and_swap cas",
                "operations on one element that no other thread can come between")
cg = _stubs("cuda.cg", "this_grid", "cooperative groups")


class GridGroup:
    """What cg.this_grid() is inside of a kernel; outside it only exists."""

    def sync(self):
        """Waits for all threads of the grid."""
        raise RuntimeError("cg.this_grid().sync() means something inside kernels alone")


cg.GridGroup = GridGroup
fp16 = _stubs("cuda.fp16", " ".join(_core.PyFunction._names("cuda.fp16.")), "functions of float16 numbers")


# ---- short vectors: float32x4(x, y, z, w), with the parts .x .y .z .w; float4 is another name of it ----

_C_NAMES = {"char": "int8", "uchar": "uint8", "short": "int16", "ushort": "uint16", "int": "int32", "uint": "uint32",
            "long": "int64", "ulong": "uint64", "longlong": "int64", "ulonglong": "uint64", "float": "float32",
            "double": "float64"}
vector_types = {}


class VectorType:
    """What a short vector is made of."""

    def __init__(self, name, element, count):
        self.name, self.num_elements = name, count
        self.base_type, self.attr_names = SCALARS[element], tuple("xyzw"[:count])
        self.user_facing_object = Stub(f"cuda.vector.{name}", f"{count} numbers of type {element}")
        self.user_facing_object.aliases = []

    def __repr__(self):
        return self.name


for _c_name, _element in _C_NAMES.items():
    for _count in range(1, 5):
        _name = f"{_element}x{_count}"
        vector_types.setdefault(_name, VectorType(_name, _element, _count)).user_facing_object.aliases.append(f"{_c_name}{_count}")
        globals()[_name] = globals()[f"{_c_name}{_count}"] = vector_types[_name].user_facing_object
