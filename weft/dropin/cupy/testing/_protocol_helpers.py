"""Objects that show an array through one protocol and nothing else."""

import importlib

cupy = importlib.import_module("..", __package__)  # under the name that it was loaded by

max_cuda_array_interface_version = 3


class DummyObjectWithCudaArrayInterface:
    """__cuda_array_interface__ of an array, or of (shape, strides, typestr, descr, address).

    include_strides: True gives strides always, None says None for C order, False leaves them out for C order.
    """

    def __init__(self, a, ver=3, include_strides=False, mask=None, stream=None):
        if ver not in range(max_cuda_array_interface_version + 1):
            raise ValueError(f"no version {ver} of the interface")
        self.a = a if isinstance(a, cupy.ndarray) else None
        if self.a is None:
            self.shape, self.strides, self.typestr, self.descr, self.data = a
        self.ver, self.include_strides, self.mask, self.stream = ver, include_strides, mask, stream

    @property
    def __cuda_array_interface__(self):
        a = self.a
        if a is None:
            shown = {"shape": self.shape, "typestr": self.typestr, "descr": self.descr, "data": (self.data, False)}
            strides, plain = self.strides, True
        else:
            shown = {"shape": a.shape, "typestr": a.dtype.str, "descr": a.dtype.descr, "data": (a.data.ptr, False)}
            strides, plain = a.strides, a.flags.c_contiguous
        if not plain or self.include_strides:
            shown["strides"] = strides
        elif self.include_strides is None:
            shown["strides"] = None
        shown["version"] = self.ver
        if self.mask is not None:
            shown["mask"] = self.mask
        if self.stream is not None:
            shown["stream"] = self.stream
        return shown


class DummyObjectWithCuPyGetNDArray:
    """__cupy_get_ndarray__ of an array."""

    def __init__(self, a):
        self.a = a

    def __cupy_get_ndarray__(self):
        return self.a
