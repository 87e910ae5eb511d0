"""pycuda.scan: running totals, from a line of C that combines two elements.

    cumsum = InclusiveScanKernel(np.int32, "a + b")
    cumsum(array)                # in place; or cumsum(array, output)
"""

import numpy as np

import pycuda.driver as driver
import pycuda.gpuarray as gpuarray
from pycuda._cluda import CLUDA_PREAMBLE
from pycuda.compiler import SourceModule
from pycuda.tools import dtype_to_ctype
from weft import _fragments

SHARED_PREAMBLE = CLUDA_PREAMBLE
# PyCUDA has its source here; weft's is made by weft._fragments.scan_source.
SCAN_INTERVALS_SOURCE = INCLUSIVE_UPDATE_SOURCE = EXCLUSIVE_UPDATE_SOURCE = ""

_TILE = _fragments.SCAN_THREADS * _fragments.SCAN_ITEMS


class _ScanKernel:
    """scan(input, output=None, allocator=None, stream=None) → output, or the input that was overwritten.

    scan_expr combines `a` (the earlier) and `b`; it need be associative, not commutative. neutral: C text of what changes nothing,
    needed by an exclusive scan. The order of combination depends on the number of elements alone.
    """

    _exclusive = False

    @property
    def final_update_tp(self):
        raise NotImplementedError("final_update_tp: weft's scans are not made from that template")

    def __init__(self, dtype, scan_expr, neutral=None, name_prefix="scan", options=None, preamble="", devices=None):
        if self._exclusive and neutral is None:
            raise ValueError("neutral element is required for exclusive scan")
        self.dtype = np.dtype(dtype)
        name = dtype_to_ctype(self.dtype)
        head = ("#include <pycuda-complex.hpp>\n" if self.dtype.kind == "c" else "") + CLUDA_PREAMBLE + preamble
        self._tiles, self._carry = self._made(name_prefix, name, scan_expr, neutral, self._exclusive, head, options)
        # The totals of tiles are scanned inclusively, whatever the scan itself is.
        self._totals = (self._made(name_prefix, name, scan_expr, None, False, head, options) if self._exclusive
                        else (self._tiles, self._carry))

    @staticmethod
    def _made(prefix, name, scan_expr, neutral, exclusive, head, options):
        source = _fragments.scan_source(prefix, name, scan_expr, neutral, exclusive, head)
        module = SourceModule(source, options=options, no_extern_c=True)
        return module.get_function(f"{prefix}_tiles"), module.get_function(f"{prefix}_carry")

    def __call__(self, input_ary, output_ary=None, allocator=None, stream=None):
        if input_ary.dtype != self.dtype:
            raise TypeError(f"the scan is of {self.dtype}, the array of {input_ary.dtype}")
        if not input_ary.flags.forc:
            raise RuntimeError("the scan takes contiguous arrays")
        output = input_ary if output_ary is None else output_ary
        if input_ary.size:
            self._run(self._tiles, self._carry, input_ary, output, input_ary.size, allocator or input_ary.allocator, stream)
        return output

    def _run(self, tiles, carry, source, output, count, allocator, stream):
        blocks = -(-count // _TILE)
        totals = gpuarray.GPUArray((blocks,), self.dtype, allocator)
        _launch(tiles, blocks, (source, output, totals, count), stream)
        if blocks > 1:
            self._run(*self._totals, totals, totals, blocks, allocator, stream)
            _launch(carry, blocks - 1, (output, totals, count), stream)


def _launch(function, blocks, args, stream):
    function._loose.launch((blocks, 1), (_fragments.SCAN_THREADS, 1, 1), args, 0, stream)


class InclusiveScanKernel(_ScanKernel):
    """Each element becomes the total up to and with itself."""


class ExclusiveScanKernel(_ScanKernel):
    """Each element becomes the total of those before it; the first, the neutral element."""

    _exclusive = True


driver = driver  # re-exported, as in PyCUDA
