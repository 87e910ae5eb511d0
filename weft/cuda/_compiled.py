"""What is compiled of a kernel for one list of types: an entry of kernel.overloads."""

from .. import _core


class CompiledKernel:
    """One overload: its attributes on the device, its texts, and how large a cooperative launch of it may be."""

    def __init__(self, dispatcher, codes, signature):
        self._dispatcher, self._codes, self.signature = dispatcher, codes, signature
        self.argument_types = signature.args
        self._kernel = dispatcher._kernel(codes)

    @property
    def name(self):
        return self._kernel.name

    entry_name = name

    @property
    def cooperative(self):
        """Whether a launch is cooperative: the kernel waits for its whole grid."""
        return "__wf_grid_sync" in self._dispatcher._print(self._codes)

    def _attribute(self, name):
        return self._kernel.attributes()[name]

    regs_per_thread = property(lambda self: self._attribute("num_regs"))
    const_mem_size = property(lambda self: self._attribute("const_size_bytes"))
    shared_mem_per_block = property(lambda self: self._attribute("shared_size_bytes"))
    max_threads_per_block = property(lambda self: self._attribute("max_threads_per_block"))
    local_mem_per_thread = property(lambda self: self._attribute("local_size_bytes"))

    def max_cooperative_grid_blocks(self, blockdim, dynsmemsize=0):
        """How many blocks of this size the device holds at once."""
        threads = 1
        for n in blockdim if isinstance(blockdim, (tuple, list)) else (blockdim,):
            threads *= n
        device = _core.current_context().device
        return self._kernel.occupancy(threads, dynsmemsize) * device.attribute(16)  # multiprocessors

    def inspect_asm(self, cc=None):
        """PTX, for a compute capability such as (8, 0)."""
        return self._dispatcher._program(self._codes).show("ptx" if cc is None else f"ptx{cc[0]}{cc[1]}")

    def inspect_llvm(self):
        return self._dispatcher._program(self._codes).show("ir")

    def inspect_cuda_c(self):
        return self._dispatcher._print(self._codes)

    def inspect_sass(self):
        return self._dispatcher.inspect_sass()

    def __repr__(self):
        return f"<{self.name}{self.signature}>"
