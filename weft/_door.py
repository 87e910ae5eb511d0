"""What `weft.<name>` answers when there is no such name: CuPy's further names, and a sentence for NumPy's that weft does not have.

`import weft as cp` should run a program, so names that CuPy has and weft spells otherwise (RawKernel, fuse, cuda.Device, memory
pools, testing) come from the drop-in, which is loaded for it under weft's own name: no module called cupy appears, and one that
is installed stays what it is. They are not listed by dir(weft).
"""

import importlib
import sys

# Given by the drop-in, when they are first asked for.
CUPYS = set("""RawKernel RawModule fuse memoize clear_memo get_default_memory_pool get_default_pinned_memory_pool is_available testing fromDlpack
    scatter_add row_stack in1d trapz AxisError ComplexWarning RankWarning VisibleDeprecationWarning cublas""".split())
CUPYS_CUDA = set("""BaseMemory CFunctionAllocator Device Event ExternalStream Function Graph ManagedMemory Memory MemoryAsync MemoryAsyncPool MemoryHook
    MemoryPointer MemoryPool Module PinnedMemory PinnedMemoryPointer PinnedMemoryPool PythonFunctionAllocator Stream UnownedMemory alloc
    alloc_pinned_memory compile_with_cache compiler cub cublas cufft curand cusolver cusparse cutensor device driver function get_allocator
    get_cublas_handle get_cuda_path get_current_stream get_device_id get_elapsed_time get_local_runtime_version get_nvcc_path graph
    malloc_async malloc_managed memory memory_hook memory_hooks nccl nvrtc nvtx pinned_memory profile profiler runtime set_allocator
    set_pinned_memory_allocator texture thrust using_allocator""".split())
_NO_TEXT = "weft's arrays hold no text: keep it in NumPy (np.strings, np.char); np.unique(text, return_inverse=True) gives codes that weft takes"
_NO_LONG = "no device computes with such floats; weft has float64 (wf.asarray of such an array takes it as float64)"
_SENTENCES = {
    "ma": "weft has no masked arrays: keep the mask beside the array (x[~mask].mean(), wf.where(mask, 0, x), wf.nanmean), or use np.ma on x.get()",
    **dict.fromkeys(("rec", "recarray", "record", "format_parser"),
                    "weft has no record arrays: the fields of a structured array are x['name']; np.rec works on x.get()"),
    "memmap": "weft's arrays lie in a device's memory: wf.asarray(np.memmap(…)) copies what is mapped, wf.asarray(…, copy=False) shares it on a CPU device",
    **dict.fromkeys(("matrix", "asmatrix", "bmat"), "weft has no matrices: an array of two dimensions and the operator @"),
    **dict.fromkeys(("nditer", "nested_iters"), "weft does not step through elements: write the expression of whole arrays, or a loop under wf.jit or "
                    "wf.vectorize; np.nditer works on x.get()"),
    **dict.fromkeys(("char", "strings", "chararray"), _NO_TEXT),
    **dict.fromkeys(("longdouble", "float96", "float128", "clongdouble", "complex192", "complex256"), _NO_LONG),
    "busdaycalendar": "np.busdaycalendar is taken by wf.is_busday and its like",
    "ctypeslib": "np.ctypeslib works on x.get(); on a CPU device x.ctypes.data is the array's own address",
    "DataSource": "np.DataSource opens files; wf.loadtxt and wf.load read them",
    "f2py": "weft wraps no Fortran; np.f2py does",
    "scipy": "wf.ndimage, wf.special, wf.linalg and wf.fft are weft's; of SciPy's other functions python -m weft gives cupyx.scipy",
    # PyTorch's
    **dict.fromkeys(("tensor", "Tensor", "as_tensor", "from_numpy"), "PyTorch's tensor is an array here: wf.asarray(x, device=…); a tensor's own memory: wf.from_dlpack(t)"),
    "cat": "PyTorch's cat is wf.concatenate", "clamp": "PyTorch's clamp is wf.clip", "mm": "PyTorch's mm is the operator @", "bmm": "PyTorch's bmm is the operator @",
    "relu": "relu is wf.maximum(x, 0), one kernel with what stands around it", "sigmoid": "sigmoid is 1 / (1 + wf.exp(-x)), one kernel",
    "randn": "wf.random.standard_normal(shape)", "randperm": "wf.random.permutation(n)", "manual_seed": "wf.random.seed(n)",
    **dict.fromkeys(("nn", "autograd", "no_grad", "grad", "optim"), "weft has no gradients and no layers; its arrays and PyTorch's tensors share memory (wf.from_dlpack)"),
    "jit_module": "under python -m weft numba.jit_module is there; here write @wf.jit",
}


def drop_in():
    """CuPy's drop-in: the one a program has imported as cupy, else loaded as weft.dropin.cupy."""
    loaded = sys.modules.get("cupy")
    if loaded is not None and hasattr(loaded, "_weft"):
        return loaded
    return importlib.import_module("weft.dropin.cupy")


def name(name):
    """weft.<name>, or AttributeError with what to write instead."""
    if name in CUPYS:
        return getattr(drop_in(), name)
    said = _SENTENCES.get(name)
    raise AttributeError(f"module 'weft' has no attribute {name!r}" + (f": {said}" if said else ""), name=name, obj=sys.modules["weft"])


def cuda(name):
    """weft.cuda.<name> of CuPy's, or AttributeError."""
    if name in CUPYS_CUDA:
        return getattr(drop_in().cuda, name)
    said = ": len(wf.devices('cuda')) is how many GPUs there are" if name == "device_count" else ""
    raise AttributeError(f"module 'weft.cuda' has no attribute {name!r}{said}", name=name, obj=sys.modules["weft.cuda"])
