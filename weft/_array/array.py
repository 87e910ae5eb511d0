"""The class weft.ndarray: NumPy's interface over the core's array type, which has operators, attributes and indexing."""

import numpy as np

from .. import _core
from . import dtypes
from .axes import iterator_order, lies_as, memory_order, normalize_axis, order_of


def is_computed(array):
    """Not an OpaqueArray, which isinstance takes for an ndarray."""
    return issubclass(builtin_type(array), _core.ndarray)


def number_as(result, of):
    """result, which is a number where `of`, an element or a total, is one."""
    return _core.array_value(result) if of._is_value else result


def _ordered(array, order, make):
    """make(array), which gives C order, in another order."""
    if order == "C" or array.ndim < 2:
        axes = None
    elif order == "F" or (order == "A" and array._f_contiguous and not array._c_contiguous):
        axes = list(range(array.ndim))[::-1]
    else:
        axes = memory_order(array) if order == "K" else None
    if axes is None or axes == list(range(array.ndim)):
        result = make(array)
        return result if result._c_contiguous else result._contiguous()
    back = [axes.index(k) for k in range(array.ndim)]
    result = make(array._transpose(axes))
    return (result if result._c_contiguous else result._contiguous())._transpose(back)


def _warn_of_complex(source, target):
    if source.kind == "c" and target.kind not in "cb":
        import warnings
        warnings.warn("Casting complex values to real discards the imaginary part", np.exceptions.ComplexWarning, stacklevel=3)


def _reduced(array, name, axis, dtype=None, out=None, keepdims=False, initial=None, where=None):
    if where is True or where is np._NoValue:
        where = None
    if where is not None and getattr(where, "dtype", np.bool_) != np.bool_:
        raise TypeError(f"Cannot cast array data from dtype('{where.dtype}') to dtype('bool') according to the rule 'safe' (where)")
    if initial is np._NoValue:
        initial = None
    if keepdims is np._NoValue:
        keepdims = False
    if dtype is None and name in ("sum", "prod") and isinstance(out, ndarray):
        dtype = out.dtype  # as NumPy: the sum is made in the output's type
    if dtype is not None and array.dtype.kind == "c":
        _warn_of_complex(array.dtype, dtypes.as_dtype(dtype))
    kind = array.dtype if dtype is None else dtypes.as_dtype(dtype)
    result = _complex_reduced(array, name, axis, kind, keepdims, initial, where) if kind.kind == "c" and name != "sum" else \
        array._reduce(name, axis, dtype, bool(keepdims), initial, where)
    return into(result, out, "unsafe")


def _complex_reduced(array, name, axis, kind, keepdims, initial, where):
    """What the core does not reduce of complex numbers: orders, products, truth."""
    if name in ("any", "all"):
        return (array != 0)._reduce(name, axis, None, bool(keepdims), initial, where)
    if name in ("min", "max"):
        from .extremes import extreme
        return extreme(array, name, axis, bool(keepdims), initial, where)
    if name == "prod":
        from . import folds, math
        return folds.reduce(math.multiply, array, axis, kind, bool(keepdims), initial, True if where is None else where)
    return array._reduce(name, axis, kind, bool(keepdims), initial, where)


def into(result, out, casting="same_kind"):
    """result, or, with out, out after it was filled with result."""
    if out is None or out is ...:
        return _core.array_value(result)
    if isinstance(out, tuple):
        out, = out
    if not isinstance(out, ndarray):
        raise TypeError("return arrays must be of weft.ndarray type")
    if out.shape != result.shape:
        raise ValueError(f"output parameter for reduction operation has the wrong shape: got {out.shape}, expected {result.shape}")
    if not _core.array_can_cast(result.dtype, out.dtype, casting):
        raise TypeError(f"Cannot cast output from dtype('{result.dtype}') to dtype('{out.dtype}') with casting rule '{casting}'")
    out._assign(result)
    return out


class Flags:
    """What NumPy's flags object says, for an array."""

    def __init__(self, array):
        self._array = array

    c_contiguous = property(lambda self: self._array._c_contiguous)
    f_contiguous = property(lambda self: self._array._f_contiguous)
    contiguous = c_contiguous
    forc = property(lambda self: self.c_contiguous or self.f_contiguous)
    fnc = property(lambda self: self.f_contiguous and not self.c_contiguous)
    fortran = f_contiguous
    owndata = property(lambda self: self._array.base is None)
    aligned = property(lambda self: self._array._aligned)

    @property
    def writeable(self):
        return not self._array._read_only and not self._array._is_value

    @writeable.setter
    def writeable(self, value):
        self._array._read_only = not value

    def __setitem__(self, name, value):
        if name not in ("W", "WRITEABLE"):
            raise ValueError(f"the flag {name!r} cannot be set")
        self.writeable = value

    def __getitem__(self, name):
        return getattr(self, {"C": "c_contiguous", "F": "f_contiguous", "W": "writeable", "O": "owndata",
                              "A": "aligned"}.get(name, name.lower()))

    def __repr__(self):
        return "\n".join(f"  {name.upper()} : {self[name]}" for name in ("c_contiguous", "f_contiguous", "owndata", "writeable", "aligned"))


class FlagsOfArray:
    """The attribute `flags`; asked of the class, the class of the flags."""

    def __get__(self, array, owner=None):
        return Flags if array is None else Flags(array)


# The cupy drop-in turns this on: a CPU device then answers as a GPU, with a __cuda_array_interface__.
answers_as_gpu = [False]


class ndarray(_core.ndarray):
    """An array of numbers on a device. Operations on it are recorded, and computed, fused, when values are needed."""

    __slots__ = ("__weakref__",)
    __array_priority__ = 100
    __module__ = "weft"

    # ---- how others see it

    def __array__(self, dtype=None, copy=None):
        if not str(self.device).startswith("cpu"):
            raise TypeError("Implicit conversion to a NumPy array is not allowed. Please use `.get()` or `weft.asnumpy(x)` "
                            "to construct a NumPy array explicitly.")
        result = self.get()
        return result if dtype is None else result.astype(dtype, copy=False)

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        from . import dispatch
        return dispatch.ufunc(ufunc, method, inputs, kwargs)

    def __array_function__(self, function, types, args, kwargs):
        from . import dispatch
        return dispatch.function(function, types, args, kwargs)

    def __array_namespace__(self, *, api_version=None):
        """weft, which has the functions of the array API standard. ValueError for a version that it does not know."""
        import weft
        if api_version not in (None, "2021.12", "2022.12", "2023.12", "2024.12"):
            raise ValueError(f'Version "{api_version}" of the Array API Standard is not supported.')
        return weft

    def __dlpack__(self, *, stream=None, max_version=None, dl_device=None, copy=None):
        """A DLPack capsule over the array's memory. On a GPU `stream` (a CUstream's number; None and 1: the legacy default
        stream, 2: the thread's, -1: none) waits for what was recorded. dl_device: where it is wanted, here or on the CPU;
        copy=True: of a copy. BufferError for a read-only array when max_version is below 1.0, and where no copy may be made."""
        from .exchange import give
        return give(self, stream, max_version, dl_device, copy)

    def toDlpack(self):
        """A DLPack capsule, as before the protocol had methods."""
        return self.__dlpack__()

    def __dlpack_device__(self):
        from .exchange import place
        return place(self.device)

    @property
    def __cuda_array_interface__(self):
        if str(self.device).startswith("cpu") and not answers_as_gpu[0]:
            raise AttributeError("__cuda_array_interface__: the array is on the CPU")
        return {"shape": self.shape, "typestr": self.dtype.str, "descr": [("", self.dtype.str)], "stream": 1, "version": 3,
                "data": (self._exported if self.size else 0, bool(self._read_only)),
                "strides": None if self._c_contiguous else self.strides}

    @property
    def __array_interface__(self):
        """On a CPU device the array's own memory, shared from then on. On a GPU there is none (AttributeError)."""
        if not self._on_cpu:
            raise AttributeError("__array_interface__: the array is on a GPU; weft.asnumpy(x) copies it to the host")
        if self.dtype is dtypes.bfloat16:
            raise AttributeError("__array_interface__: NumPy has no bfloat16; x.astype('float32') has")
        address = self._exported
        self._wait()
        return {"shape": self.shape, "typestr": self.dtype.str, "descr": [("", self.dtype.str)], "version": 3,
                "data": (address, bool(self._read_only)), "strides": None if self._c_contiguous else self.strides}

    def __reduce_ex__(self, protocol):
        from .creation import _unpickled
        host = self.get()
        order = "F" if self._f_contiguous and not self._c_contiguous else "C"
        if protocol >= 5:
            import pickle
            data = pickle.PickleBuffer(np.ascontiguousarray(host if order == "C" else host.T))
        else:
            data = host.tobytes(order)
        derived = () if type(self) is ndarray else (type(self),)
        return _unpickled, (data, host.dtype.str, self.shape, self.dtype.name, order, self._is_value, *derived)

    def __copy__(self):
        made = number_as(self._copy(), self)
        return made if type(self) is ndarray else made.view(type(self))

    def __deepcopy__(self, memo):
        return self.__copy__()

    def __repr__(self):
        from .show import for_text
        text = repr(for_text(self))
        return text.replace("dtype=float32", "dtype=bfloat16") if self.dtype is dtypes.bfloat16 else text

    def __str__(self):
        from .show import for_text
        return str(for_text(self))

    def _repr_html_(self):
        from .show import html
        return html(self)

    def __format__(self, spec):
        return format(self.item() if self.ndim == 0 else self.get(), spec)

    def __iter__(self):
        if self.ndim == 0:
            raise TypeError("iteration over a 0-d array")
        return (self[i] for i in range(len(self)))

    def __reversed__(self):
        return iter(self[::-1])

    def __contains__(self, value):
        return bool((self == value).any())

    def __complex__(self):
        if self.size != 1:
            raise TypeError("only length-1 arrays can be converted to Python scalars")
        return complex(self.item())

    def __round__(self, ndigits=None):
        """round(x, n): of a 0-d array the number, as NumPy's scalars have it; else element by element."""
        if self.ndim == 0:
            return round(self.item()) if ndigits is None else round(self.item(), ndigits)
        return self.round(ndigits or 0)

    # ---- attributes

    flags = FlagsOfArray()

    @property
    def flat(self):
        from .flat import flatiter
        return flatiter(self)

    @flat.setter
    def flat(self, value):
        from .flat import flatiter
        flatiter(self)[...] = value

    @property
    def real(self):
        return _part(self, 0) if self.dtype.kind == "c" else self

    @real.setter
    def real(self, value):
        self.real[...] = value

    @property
    def imag(self):
        if self.dtype.kind == "c":
            return _part(self, 1)
        from .creation import zeros_like
        return zeros_like(self)

    @imag.setter
    def imag(self, value):
        if self.dtype.kind != "c":
            raise TypeError(f"the array has dtype {self.dtype} and no imaginary part to set")
        _part(self, 1)[...] = value

    @property
    def mT(self):
        if self.ndim < 2:
            raise ValueError("matrix transpose with ndim < 2 is undefined")
        return self._transpose((*range(self.ndim - 2), self.ndim - 1, self.ndim - 2))

    @property
    def data(self):
        return pointer_class[0](self)

    @property
    def ctypes(self):
        """On a CPU device the array's own memory for ctypes, as NumPy's attribute: .data, .shape, .strides, .data_as(type). The array is
        shared from then on. AttributeError on a GPU."""
        if not self._on_cpu:
            raise AttributeError("ctypes: the array is on a GPU; x.get().ctypes is a copy on the host, x.data.ptr the address on the device")
        return np.asarray(self).ctypes

    def mdspan(self, *, index_type, allow_unsafe=False):
        """The array as an argument for kernels in CUDA C that take a cuda::std::mdspan with dynamic extents (any of the three layouts; for
        layout_right and layout_left the array should lie that way). index_type: int32 or int64, the extents' in the kernel. RuntimeError for
        dimensions of size zero and strides that are not positive, unless allow_unsafe.

            >>> module = wf.Module('''
            ... #include <cuda/std/mdspan>
            ... __global__ void twice(cuda::std::mdspan<float, cuda::std::dextents<int, 2>> a) { a(threadIdx.x, threadIdx.y) *= 2; }''')
            >>> x = wf.ones((2, 3), dtype="f4")
            >>> module.kernel("twice")(x.mdspan(index_type=wf.int32), grid=1, block=(2, 3))
            >>> x
            array([[2., 2., 2.],
                   [2., 2., 2.]], dtype=float32)
        """
        from .mdspan import mdspan
        return mdspan(self, index_type, allow_unsafe)

    def setflags(self, write=None, align=None, uic=None):
        """write=False: nothing can be assigned to the array any more, nor to views made from now on. align, uic: as in NumPy, only True and
        False, which they are. ValueError otherwise."""
        if (align is not None and not align) or uic:
            raise ValueError("weft's arrays are aligned, and none is written back when it goes away")
        if write is not None:
            self.flags.writeable = write

    def __imatmul__(self, other):
        """a @= b: the product, written into a. ValueError where it has another shape than a, TypeError where a's type does not take it."""
        from .linalg import matmul
        if self.ndim and np.ndim(other) == 1:
            raise ValueError("inplace matrix multiplication requires the first operand to have at least one and the second at least two dimensions.")
        product = matmul(self, other)
        if product.shape != self.shape:
            raise ValueError(f"matmul: the product of shape {product.shape} does not fit the output operand of shape {self.shape}")
        if not _core.array_can_cast(product.dtype, self.dtype, "same_kind"):
            raise TypeError(f"Cannot cast ufunc 'matmul' output from dtype('{product.dtype}') to dtype('{self.dtype}') with casting rule 'same_kind'")
        return into(product, self)

    def __class_getitem__(cls, item):
        """ndarray[shape, dtype] in annotations."""
        import types
        return types.GenericAlias(cls, item)

    # ---- moving and looking

    def __dask_tokenize__(self):
        from .. import _dask
        return _dask.token(self)

    def get(self, stream=None, order="C", out=None, blocking=True):
        """The elements as a NumPy array (bfloat16 as float32)."""
        source = self._cast(np.float32) if self.dtype is dtypes.bfloat16 else self
        if out is None:
            out = np.empty(source.shape, source.dtype)
            source._read_into(out)
            return np.asfortranarray(out) if order == "F" else out
        if out.shape != self.shape or out.dtype != source.dtype:
            raise ValueError(f"out has shape {out.shape} and dtype {out.dtype}, expected {self.shape} and {source.dtype}")
        if out.flags.c_contiguous:
            source._read_into(out)
        else:
            out[...] = source.get()
        return out

    def to_numpy(self):
        """The elements as a NumPy array: what matplotlib asks an array of another library for."""
        return self.get()

    def set(self, values, stream=None):
        """Copies a NumPy array of the same shape and dtype into this array."""
        values = np.asarray(values)
        if values.shape != self.shape:
            raise ValueError(f"Shape mismatch: {values.shape} given, the array has {self.shape}")
        self[...] = values

    def to_device(self, device, *, stream=None):
        """The array on that device: itself where it is there already, else a copy. DeviceError when there is no such device."""
        return number_as(self._to_device(device), self)

    def item(self, *args):
        if args:
            index = args[0] if len(args) == 1 else args
            return (self.ravel()[index] if isinstance(index, int) else self[index]).item()
        if self.size != 1:
            raise ValueError("can only convert an array of size 1 to a Python scalar")
        return self._item()

    def tolist(self):
        return self.get().tolist()

    def tobytes(self, order="C"):
        return self.get().tobytes(order)

    def __bytes__(self):
        return self.get().tobytes()

    def tofile(self, file, sep="", format="%s"):
        self.get().tofile(file, sep, format)

    def dump(self, file):
        self.get().dump(file)

    def dumps(self):
        return self.get().dumps()

    # ---- types, shapes

    def astype(self, dtype, order="K", casting="unsafe", subok=True, copy=True, *, device=None):
        """The elements as another dtype; order 'K': as they lie. Complex to real warns, as in NumPy."""
        order = order_of(order, "CFAK")
        try:
            dtype = dtypes.as_dtype(dtype)
        except dtypes.NotComputed:
            from . import opaque
            return opaque.cast(self, dtype, order, copy, casting)
        if not _core.array_can_cast(self.dtype, dtype, casting):
            raise TypeError(f"Cannot cast array data from dtype('{self.dtype}') to dtype('{dtype}') according to the rule '{casting}'")
        if not copy and dtype == self.dtype and (order in "AK" or lies_as(self, order)):
            result = self
        else:
            _warn_of_complex(self.dtype, dtype)
            result = number_as(_ordered(self, order, lambda a: a._cast(dtype)), self)
        return result if device is None else result._to_device(device)

    def copy(self, order="C"):
        """A copy in that order; 'A': in Fortran's where the array lies so, 'K': as it lies."""
        return _ordered(self, order_of(order, "CFAK"), lambda a: a._copy())

    def view(self, dtype=None, type=None, *, array_class=None):
        """The same memory as another dtype, or as another class."""
        if isinstance(dtype, builtin_type) and issubclass(dtype, _core.ndarray):
            dtype, type = None, dtype
        if dtype is None:
            result = self._view(self.shape, self.strides)
        else:
            try:
                kind = dtypes.as_dtype(dtype)
                if kind is not dtypes.bfloat16 and not np.dtype(dtype).isnative:
                    raise ValueError(f"an array's memory cannot be looked at as {np.dtype(dtype)}: weft's arrays are in the machine's byte "
                                     "order. x.byteswap() has the bytes turned round")
                result = self._as_dtype(kind)
            except dtypes.NotComputed:
                from . import opaque
                return opaque.view_of(self, dtype)
        kind = array_class or type or builtin_type(self)
        if kind is ndarray or kind is None:
            return result if builtin_type(result) is ndarray else result._as(ndarray)
        result = result._as(kind)
        if hasattr(result, "__array_finalize__"):
            result.__array_finalize__(self)
        return result

    def _as_dtype(self, dtype):
        """A view as one of the machine's dtypes."""
        old, new = self.itemsize, dtype.itemsize
        if old == new:
            return self._view(self.shape, self.strides, 0, dtype)
        if self.ndim == 0:
            raise ValueError("Changing the dtype of a 0d array is only supported if the itemsize is unchanged")
        if self.strides[-1] != old and self.shape[-1] != 1 and self.size:
            raise ValueError("To change to a dtype of a different size, the last axis must be contiguous")
        if self.shape[-1] * old % new:
            raise ValueError("When changing to a larger dtype, its size must be a divisor of the total size in bytes of the last axis of the array.")
        return self._view((*self.shape[:-1], self.shape[-1] * old // new), (*self.strides[:-1], new), 0, dtype)

    def reshape(self, *shape, order="C", copy=None):
        """Another shape: a view where the strides allow it. copy=False: a view or an error; True: a copy."""
        if len(shape) == 1:
            shape = shape[0]
        if copy not in (None, True, False):
            raise ValueError("strings are not allowed for 'copy' keyword. Use True/False/None instead.")
        letter = order.upper() if isinstance(order, str) else order
        if letter == "A":
            letter = "F" if self._f_contiguous and not self._c_contiguous else "C"
        if letter == "K":
            raise ValueError("order 'K' is not permitted for reshaping")
        if letter not in ("C", "F"):
            raise ValueError(f"order must be one of 'C', 'F', 'A' (got '{order}')")
        result = self._reshape(shape, letter == "F")
        if copy is False and not result._same_base(self):
            raise ValueError("Unable to avoid creating a copy while reshaping.")
        return result._copy() if copy and result._same_base(self) else result

    def resize(self, *shape, refcheck=False):
        raise ValueError("weft arrays cannot be resized in place; use weft.resize")

    def reduced_view(self):
        """The same memory with as few axes as there can be: extents of 1 left out, axes that lie one after the other joined."""
        shape, strides = [], []
        for extent, stride in zip(self.shape, self.strides):
            if extent == 1:
                continue
            if shape and strides[-1] == extent * stride:
                shape[-1], strides[-1] = shape[-1] * extent, stride
            else:
                shape.append(extent)
                strides.append(stride)
        return self._view(tuple(shape), tuple(strides)) if self.size else self

    def ravel(self, order="C"):
        """One dimension, contiguous: a view where that is possible."""
        order = order_of(order, "CFAK")
        if order == "K":
            axes = iterator_order(self)
            flat = self._transpose(axes)._reshape((self.size,), False)
        else:
            flat = self._reshape((self.size,), order == "F" or (order == "A" and self._f_contiguous and not self._c_contiguous))
        return flat._contiguous()

    def flatten(self, order="C"):
        """One dimension, always a copy."""
        flat = self.ravel(order)
        return flat._copy() if flat._same_base(self) else flat

    def transpose(self, *axes):
        if len(axes) == 1 and (axes[0] is None or isinstance(axes[0], (tuple, list, np.ndarray, ndarray))):
            axes = axes[0].tolist() if hasattr(axes[0], "tolist") else axes[0]
            axes = [axes] if isinstance(axes, int) else axes
        return self.T if not axes else self._transpose(axes)

    def swapaxes(self, axis1, axis2):
        order = list(range(self.ndim))
        a, b = normalize_axis(axis1, self.ndim), normalize_axis(axis2, self.ndim)
        order[a], order[b] = order[b], order[a]
        return self._transpose(order)

    def squeeze(self, axis=None):
        if axis is None:
            keep = [n != 1 for n in self.shape]
        else:
            axes = axis if isinstance(axis, tuple) else (axis,)
            if self.ndim == 0 and axes in ((), (0,), (-1,)):
                return self._view((), ())
            gone = {normalize_axis(a, self.ndim) for a in axes}
            if len(gone) != len(axes):
                raise ValueError("duplicate value in 'axis'")
            if any(self.shape[a] != 1 for a in gone):
                raise ValueError("cannot select an axis to squeeze out which has size not equal to one")
            keep = [a not in gone for a in range(self.ndim)]
        return self._view([n for n, k in zip(self.shape, keep) if k], [s for s, k in zip(self.strides, keep) if k])

    def diagonal(self, offset=0, axis1=0, axis2=1):
        from .manipulation import diagonal
        return diagonal(self, offset, axis1, axis2)

    def fill(self, value):
        """Sets every element to a scalar."""
        if hasattr(value, "__cupy_get_ndarray__"):
            value = value.__cupy_get_ndarray__()
        if getattr(value, "ndim", 0) != 0:
            raise ValueError("setting an array element with a sequence")
        if getattr(getattr(value, "dtype", None), "kind", "c" if isinstance(value, complex) else "") == "c":
            _warn_of_complex(np.dtype(np.complex128), self.dtype)
        self[...] = value

    # ---- reductions

    def sum(self, axis=None, dtype=None, out=None, keepdims=False, initial=None, where=None):
        return _reduced(self, "sum", axis, dtype, out, keepdims, initial, where)

    def prod(self, axis=None, dtype=None, out=None, keepdims=False, initial=None, where=None):
        return _reduced(self, "prod", axis, dtype, out, keepdims, initial, where)

    def min(self, axis=None, out=None, keepdims=False, initial=None, where=None):
        return _reduced(self, "min", axis, None, out, keepdims, initial, where)

    def max(self, axis=None, out=None, keepdims=False, initial=None, where=None):
        return _reduced(self, "max", axis, None, out, keepdims, initial, where)

    def any(self, axis=None, out=None, keepdims=False, *, where=None):
        return _reduced(self, "any", axis, None, out, keepdims, None, where)

    def all(self, axis=None, out=None, keepdims=False, *, where=None):
        return _reduced(self, "all", axis, None, out, keepdims, None, where)

    def argmin(self, axis=None, out=None, *, keepdims=False, dtype=None):
        return _argument(self, "argmin", axis, out, keepdims, dtype)

    def argmax(self, axis=None, out=None, *, keepdims=False, dtype=None):
        return _argument(self, "argmax", axis, out, keepdims, dtype)

    def mean(self, axis=None, dtype=None, out=None, keepdims=False, *, where=None):
        from .statistics import mean
        return mean(self, axis, dtype, out, keepdims, where=where)

    def var(self, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=None, mean=None, correction=None):
        from .statistics import var
        return var(self, axis, dtype, out, ddof, keepdims, where=where, mean=mean, correction=correction)

    def std(self, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=None, mean=None, correction=None):
        from .statistics import std
        return std(self, axis, dtype, out, ddof, keepdims, where=where, mean=mean, correction=correction)

    def ptp(self, axis=None, out=None, keepdims=False):
        """The maximum less the minimum, along axes."""
        return into(self.max(axis, keepdims=keepdims) - self.min(axis, keepdims=keepdims), out)

    def cumsum(self, axis=None, dtype=None, out=None):
        from .statistics import cumsum
        return cumsum(self, axis, dtype, out)

    def cumprod(self, axis=None, dtype=None, out=None):
        from .statistics import cumprod
        return cumprod(self, axis, dtype, out)

    def trace(self, offset=0, axis1=0, axis2=1, dtype=None, out=None):
        return self.diagonal(offset, axis1, axis2).sum(-1, dtype, out)

    # ---- elementwise, sorting, choosing

    def clip(self, min=None, max=None, out=None, **kwargs):
        from .math import clip
        return clip(self, min, max, out, **kwargs)

    def round(self, decimals=0, out=None):
        from .math import round
        return round(self, decimals, out)

    def conj(self, out=None):
        from .math import conjugate
        return conjugate(self, out=out) if self.dtype.kind == "c" or out is not None else self

    conjugate = conj

    def dot(self, b, out=None):
        """The product with another array, as numpy.dot."""
        from .linalg import dot
        return dot(self, b, out)

    def sort(self, axis=-1, kind=None, order=None, *, stable=None):
        from .sorting import sort
        self[...] = sort(self, axis, kind, order, stable=stable)

    def argsort(self, axis=-1, kind=None, order=None, *, stable=None):
        from .sorting import argsort
        return argsort(self, axis, kind, order, stable=stable)

    def partition(self, kth, axis=-1, kind=None, order=None):
        from .sorting import partition
        self[...] = partition(self, kth, axis)

    def argpartition(self, kth, axis=-1, kind=None, order=None):
        from .sorting import argpartition
        return argpartition(self, kth, axis)

    def searchsorted(self, v, side="left", sorter=None):
        from .sorting import searchsorted
        return searchsorted(self, v, side, sorter)

    def nonzero(self):
        from .indexing import nonzero
        return nonzero(self)

    def take(self, indices, axis=None, out=None, mode="raise"):
        from .indexing import take
        return take(self, indices, axis, out, mode)

    def put(self, indices, values, mode="raise"):
        from .indexing import put
        put(self, indices, values, mode)

    def repeat(self, repeats, axis=None):
        from .manipulation import repeat
        return repeat(self, repeats, axis)

    def choose(self, choices, out=None, mode="raise"):
        from .indexing import choose
        return choose(self, choices, out, mode)

    def compress(self, condition, axis=None, out=None):
        from .indexing import compress
        return compress(condition, self, axis, out)

    def byteswap(self, inplace=False):
        """The elements with their bytes in the other order (of complex numbers each part's)."""
        target = self if inplace else self._copy()
        size = target.itemsize // (2 if self.dtype.kind == "c" else 1)
        if size > 1 and target.size:
            parts = [_part(target, 0), _part(target, 1)] if self.dtype.kind == "c" else [target]
            for part in parts:
                octets = part._view((*part.shape, size), (*part.strides, 1), 0, np.dtype(np.uint8))
                octets[...] = octets[..., ::-1]
        return target

    def scatter_add(self, indices, value):
        """Adds values at indices, at an index that comes several times all of them; CuPy's name.

            >>> x = wf.zeros(4)
            >>> x.scatter_add([1, 1, 3], 2.0)
            >>> x
            array([0., 4., 0., 2.])
        """
        from .indexing import add_at
        add_at(self, indices, value)


# The core has these methods too and does their usual calls itself; what it leaves comes here.
SLOW = {name: vars(ndarray)[name] for name in _core.FAST_METHODS}
for _name in SLOW:
    delattr(ndarray, _name)

builtin_type = type


class MemoryPointer:
    """Where the elements are: `array.data.ptr`."""

    def __init__(self, array):
        self._array = array
        self.device = array.device

    ptr = property(lambda self: self._array._exported if self._array.size else 0)
    mem = property(lambda self: self)
    size = property(lambda self: self._array.nbytes)

    def __int__(self):
        return self.ptr


pointer_class = [MemoryPointer]  # the cupy drop-in puts its own here


def _part(array, which):
    """The real or imaginary parts as a view."""
    real = np.dtype(np.float32 if array.dtype.itemsize == 8 else np.float64)
    return number_as(array._view(array.shape, array.strides, which * real.itemsize, real), array)


def _argument(array, name, axis, out, keepdims, dtype=None):
    casting = "unsafe" if isinstance(out, ndarray) and out.dtype.kind in "iu" else "same_kind"
    if dtype is not None:
        return into(_argument(array, name, axis, None, keepdims)._cast(dtypes.as_dtype(dtype)), out, casting)
    if array.dtype.kind == "c" or (isinstance(axis, tuple)):
        if isinstance(axis, tuple):
            raise TypeError("'tuple' object cannot be interpreted as an integer")
        from .extremes import place
        return into(place(array, name[3:], axis, keepdims), out, casting)
    return into(array._reduce(name, axis, None, bool(keepdims), None, None), out, casting)
