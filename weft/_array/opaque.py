"""Arrays of elements that a device does not compute with: structured and void types, datetime64 and timedelta64.

An OpaqueArray is bytes in a device's memory with NumPy's dtype, shape and strides beside them. Slices, transpositions and
fields are views of the same memory, and a field of numbers, or `view("i8")`, is an ordinary array, so kernels read and write
the parts of a structure in place. Whatever looks at the elements as such (comparing structures, adding dates, sorting them)
is NumPy's work: on the memory itself on a CPU device, on a copy on a GPU; one warning says so.

For `isinstance` it is a weft.ndarray. It is none for the core, which therefore refuses it instead of taking its bytes for
numbers; functions that should know it ask `through`.
"""

import functools
import operator
from contextlib import contextmanager

import numpy as np

from .. import _core
from . import dtypes
from .array import Flags, ndarray, pointer_class

_VIEWS = {"reshape", "transpose", "swapaxes", "squeeze", "ravel", "diagonal", "view"}  # give views where NumPy's do
_CHANGES = {"sort", "partition", "fill", "put", "setfield"}                            # write into the array
_OTHERS = {"all", "any", "argmax", "argmin", "argpartition", "argsort", "astype", "byteswap", "choose", "clip", "compress",
           "cumsum", "dot", "dump", "dumps", "flatten", "item", "max", "mean", "min", "nonzero", "ptp", "repeat", "round",
           "searchsorted", "std", "sum", "take", "tobytes", "tofile", "tolist"}
_QUIET = {"astype", "flatten", "tobytes", "tolist", "tofile", "item", "dump", "dumps", "take", "compress", "repeat", "fill"}  # nothing is computed


def allowed(dtype):
    """A dtype that such an array can have, or ValueError."""
    dtype = np.dtype(dtype)
    if dtype.kind not in "VMm" or dtype.hasobject or dtype.subdtype is not None or not dtype.itemsize or not dtype.isnative:
        raise ValueError(f"Unsupported dtype {dtype}: weft's arrays hold numbers, truth values, dates and structures of them, in the machine's "
                         f"byte order{_instead(dtype)}")
    return dtype


def _instead(dtype):
    """What to do with elements that no array of ours holds."""
    if dtype.kind in "SUT":
        return ". Keep text in NumPy; np.unique(text, return_inverse=True) gives codes that weft takes"
    if dtype.kind == "O":
        return ". Keep objects in NumPy, or make numbers of them: np.asarray(values, float) makes NaN of None"
    return ""


def _tell(dtype, what):
    from .fallback import tell
    tell(f"{what} of arrays of {'structures' if dtype.kind == 'V' else dtype.name.partition('[')[0]}")


class OpaqueArray:
    """See the head of the module. Attributes and methods are ndarray's; results are arrays of either class."""

    __slots__ = ("_memory", "_offset", "dtype", "shape", "strides", "base", "_read_only", "__weakref__")
    __array_priority__ = 200
    __class__ = property(lambda self: ndarray)  # isinstance(x, weft.ndarray)
    __hash__ = None
    _is_value = False

    def __init__(self, memory, dtype, shape, strides, offset=0, base=None):
        self._memory = memory    # one dimension of uint8
        self._offset = offset    # of the first element, in bytes
        self.dtype, self.shape, self.strides, self.base = dtype, tuple(shape), tuple(strides), base
        self._read_only = False

    # ---- the memory, as NumPy sees it

    def _looked_at(self):
        """A NumPy array of the elements: on a CPU device of the memory itself."""
        octets = np.asarray(self._memory) if self._memory._on_cpu else self._memory.get()
        return np.ndarray(self.shape, self.dtype, octets, self._offset, self.strides), octets

    def _host(self):
        return self._looked_at()[0]

    @contextmanager
    def _written(self):
        """The same, to be written."""
        if self._read_only:
            raise ValueError("assignment destination is read-only")
        host, octets = self._looked_at()
        yield host
        if not self._memory._on_cpu:
            self._memory[...] = octets

    def _part(self, take):
        """take(elements): a view of this memory where NumPy's is one, else a copy."""
        host, octets = self._looked_at()
        part = take(host)
        if not isinstance(part, np.ndarray):
            return to_device(part, self.device)
        if part.size and not np.may_share_memory(part, octets):
            return to_device(part, self.device)
        offset = part.ctypes.data - octets.ctypes.data if part.size else 0
        return _view_of(self._memory, part.dtype, part.shape, part.strides, offset, self.base if self.base is not None else self)

    # ---- attributes

    ndim = property(lambda self: len(self.shape))
    size = property(lambda self: int(np.prod(self.shape, dtype=np.int64)))
    itemsize = property(lambda self: self.dtype.itemsize)
    nbytes = property(lambda self: self.size * self.dtype.itemsize)
    device = property(lambda self: self._memory.device)
    flags = property(lambda self: Flags(self))
    data = property(lambda self: pointer_class[0](self))
    T = property(lambda self: self.transpose())
    mT = property(lambda self: self.swapaxes(-1, -2))
    real = property(lambda self: self)
    _on_cpu = property(lambda self: self._memory._on_cpu)
    ptr = property(lambda self: self._exported)  # what kernels are given
    _exported = property(lambda self: self._memory._exported + self._offset)
    _pointer = property(lambda self: self._memory._pointer + self._offset)
    _c_contiguous = property(lambda self: self._stand_in().flags.c_contiguous)
    _aligned = property(lambda self: True)  # the fields are checked where a kernel reads them
    _f_contiguous = property(lambda self: self._stand_in().flags.f_contiguous)

    def _stand_in(self):
        return np.lib.stride_tricks.as_strided(np.empty(1, (np.void, self.itemsize)), self.shape, self.strides)  # never read

    @property
    def flat(self):
        from .flat import flatiter
        return flatiter(self)

    @property
    def __cuda_array_interface__(self):
        from .array import answers_as_gpu
        if self._on_cpu and not answers_as_gpu[0]:
            raise AttributeError("__cuda_array_interface__: the array is on the CPU")
        return {"shape": self.shape, "typestr": self.dtype.str, "descr": self.dtype.descr, "stream": 1, "version": 3,
                "data": (self._exported if self.size else 0, bool(self._read_only)),
                "strides": None if self._c_contiguous else self.strides}

    def __array__(self, dtype=None, copy=None):
        if not self._on_cpu:
            raise TypeError("Implicit conversion to a NumPy array is not allowed. Please use `.get()` or `weft.asnumpy(x)` "
                            "to construct a NumPy array explicitly.")
        return np.array(self._host(), dtype, copy=copy)

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **kwargs):
        call = getattr(ufunc, method)
        if out is None:
            return through(call, *inputs, _name=ufunc.__name__, **kwargs)
        out, = out
        return _into(out, through(call, *inputs, _name=ufunc.__name__, **kwargs))

    def __array_function__(self, function, types, args, kwargs):
        return through(function, *args, **kwargs)

    def __reduce_ex__(self, protocol):
        return from_numpy, (self.get(),)

    def _array(self, dtype, copy, order, ndmin, device):
        return array(self, dtype, copy, order, ndmin, device)

    # ---- moving and looking

    def get(self, stream=None, order="C", out=None, blocking=True):
        """The elements as a NumPy array."""
        if out is not None:
            out[...] = self._host()
            return out
        return self._host().copy(order if order in ("F", "A") else "C")

    def set(self, values, stream=None):
        self[...] = values

    def to_device(self, device, *, stream=None):
        return self._to_device(device)

    def _to_device(self, device):
        moved = self._memory._to_device(device)
        return self if moved is self._memory else OpaqueArray(moved, self.dtype, self.shape, self.strides, self._offset)

    def block_until_ready(self):
        self._memory._wait()
        return self

    def copy(self, order="C"):
        """A copy in that order ('A', 'K': as it lies)."""
        return from_numpy(self._host().copy(order or "C"), self.device)

    def __copy__(self):
        return self.copy()

    def __deepcopy__(self, memo):
        return self.copy()

    def _same_base(self, other):
        return self._memory._same_base(getattr(other, "_memory", other))

    def _transpose(self, axes):
        return self.transpose(*axes)

    def _reshape(self, shape, fortran=False):
        return self.reshape(shape, order="F" if fortran else "C")

    def _contiguous(self):
        return self if self._c_contiguous else self.copy()

    def _broadcast_to(self, shape):
        result = self._part(lambda host: np.broadcast_to(host, shape))
        result._read_only = True
        return result

    def _assign(self, value, where=None):
        self._copy_from(value, "unsafe", where)

    def _copy_from(self, value, casting, where=None):
        with self._written() as host:
            np.copyto(host, _on_host(value), casting, where=True if where is None else _on_host(where))

    def __repr__(self):
        return repr(self.get())

    def __str__(self):
        return str(self.get())

    def __len__(self):
        return len(self._stand_in())

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def __contains__(self, value):
        return bool((self == value).any())

    def __bool__(self):
        return bool(self._host())

    # ---- indexing

    def __getitem__(self, key):
        key = _on_host(key)
        single = []

        def take(host):
            part = host[key]
            single.append(isinstance(part, np.generic))
            return host[(*key, ...) if isinstance(key, tuple) else (key, ...)] if single[0] else part
        part = self._part(take)
        return part.get()[()] if single == [True] and self.dtype.kind in "Mm" else part  # a date is NumPy's: nothing computes with it here

    def __setitem__(self, key, value):
        if isinstance(key, str) and not self._on_cpu:
            part = self[key]
            if not isinstance(part, OpaqueArray):
                part[...] = value if not isinstance(value, OpaqueArray) else value.get()
                return
        with self._written() as host:
            host[_on_host(key)] = _on_host(value)

    def __getattr__(self, name):
        if name in _VIEWS:
            return lambda *args, **kwargs: self._part(lambda host: getattr(host, name)(*args, **_known(kwargs)))
        if name in _OTHERS:
            return lambda *args, **kwargs: through(getattr(np.ndarray, name), self, *args, _name=None if name in _QUIET else name, **_known(kwargs))
        if name in _CHANGES:
            return lambda *args, **kwargs: self._changed(name, args, kwargs)
        raise AttributeError(f"an array of dtype {self.dtype} has no attribute {name!r}")

    def __dir__(self):
        return sorted({*object.__dir__(self), *_VIEWS, *_OTHERS, *_CHANGES})

    def _changed(self, name, args, kwargs):
        if name not in _QUIET:
            _tell(self.dtype, name)
        with self._written() as host:
            getattr(host, name)(*map(_on_host, args), **kwargs)


def _known(kwargs):
    """Without what NumPy's methods do not have."""
    return {key: value for key, value in kwargs.items() if key not in ("blocking", "device")}


def _operators():
    for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "lt", "le", "gt", "ge", "eq", "ne", "and_", "or_", "xor", "neg", "abs", "pos"):
        apply, special = getattr(operator, name), name.rstrip("_")

        def forward(self, *other, _apply=apply, _name=name):
            return through(_apply, self, *other, _name=_name)

        def backward(self, other, _apply=apply, _name=name):
            return through(_apply, other, self, _name=_name)

        def inplace(self, other, _apply=apply, _name=name):
            return _into(self, through(_apply, self, other, _name=_name))
        setattr(OpaqueArray, f"__{special}__", forward)
        if special not in ("lt", "le", "gt", "ge", "eq", "ne", "neg", "abs", "pos"):
            setattr(OpaqueArray, f"__r{special}__", backward)
            setattr(OpaqueArray, f"__i{special}__", inplace)


_operators()


# ---- between here and NumPy

def _on_host(thing):
    """Arrays of either class inside an argument become NumPy's."""
    if isinstance(thing, OpaqueArray):
        return thing._host()
    from .fallback import to_host
    if isinstance(thing, (list, tuple)) and not hasattr(thing, "_fields"):
        return type(thing)(map(_on_host, thing))
    return to_host(thing)


def among(things):
    """Whether one of the arguments, or a member of a list among them, is an OpaqueArray."""
    return any(type(thing) is OpaqueArray or (isinstance(thing, (list, tuple)) and among(thing)) for thing in things)


def _first(things):
    for thing in things:
        if type(thing) is OpaqueArray:
            return thing
        found = _first(thing) if isinstance(thing, (list, tuple)) else None
        if found is not None:
            return found
    return None


def through(function, *args, _name="", **kwargs):
    """function(*args) by NumPy; arrays come back to the device. _name None: nothing is computed, so nothing is said."""
    first = _first([*args, *kwargs.values()])
    if _name is not None and first is not None:
        _tell(first.dtype, _name or getattr(function, "__name__", "a function"))
    with np.errstate(all="ignore"):
        result = function(*map(_on_host, args), **{key: _on_host(value) for key, value in kwargs.items()})
    return to_device(result, None if first is None else first.device)


def to_device(thing, device=None):
    from .fallback import to_device
    return to_device(thing, device)


def _into(out, result):
    if out.shape != result.shape:
        raise ValueError(f"non-broadcastable output operand with shape {out.shape} doesn't match the broadcast shape {result.shape}")
    if not np.can_cast(result.dtype, out.dtype, "same_kind"):
        raise TypeError(f"Cannot cast output from {result.dtype} to {out.dtype} with casting rule 'same_kind'")
    out._assign(result)
    return out


def knows(function):
    """A function of weft's namespace that leaves calls with such arrays to NumPy's of that name."""
    @functools.wraps(function)
    def call(*args, **kwargs):
        try:
            return function(*args, **kwargs)
        except (TypeError, ValueError, AttributeError):
            if not among([*args, *kwargs.values()]):
                raise
        return through(getattr(np, function.__name__), *args, **_known(kwargs))
    call.__module__ = "weft"  # where pickle finds it
    return call


def ufunc(name, inputs, out, where, dtype):
    """A ufunc of weft's that met something it does not know."""
    from .creation import asarray
    from .polynomials import poly1d
    if any(isinstance(x, poly1d) for x in inputs):
        import weft
        kwargs = {key: value for key, value, default in (("out", out, None), ("where", where, True), ("dtype", dtype, None)) if value is not default}
        return getattr(weft, name)(*(x.coeffs if isinstance(x, poly1d) else x for x in inputs), **kwargs)
    inputs = [asarray(x) if isinstance(x, (np.ndarray, np.generic)) and x.dtype.kind in "VMm" else x for x in inputs]
    from .dispatch import has_its_own
    if any(map(has_its_own, inputs)):
        kwargs = {key: value for key, value, default in (("out", out, None), ("where", where, True), ("dtype", dtype, None)) if value is not default}
        return getattr(np, name)(*inputs, **kwargs)  # which asks the operands in turn
    if not among(inputs):
        strange = next((x for x in inputs if not isinstance(x, ndarray)), None)  # None itself does not come through
        raise TypeError(f"Unsupported type {type(strange)} of an operand of {name}: arrays, numbers and sequences of them are taken")
    kwargs = {key: value for key, value, default in (("where", where, True), ("dtype", dtype, None)) if value is not default}
    result = through(getattr(np, name), *inputs, **kwargs)
    return result if out is None else _into(out, result)


# ---- making them

def make_aligned_dtype(dtype):
    """A structure's dtype with its fields where a GPU reads them: each at a multiple of its size (complex numbers too), the
    whole a multiple of the largest. ValueError for what is no structure."""
    dtype = np.dtype(dtype)
    if dtype.names is None:
        raise ValueError(f"make_aligned_dtype only supports structured dtypes, got {dtype}")
    return _aligned(dtype)[0]


def _aligned(dtype):
    """(the dtype with aligned fields, what its address is a multiple of)"""
    if dtype.subdtype is not None:
        inner, align = _aligned(dtype.subdtype[0])
        return np.dtype((inner, dtype.subdtype[1])), align
    if dtype.names is None:
        return dtype, dtype.itemsize if dtype.kind in "biufcMm" else 1
    fields, offsets, at, most = [], [], 0, 1
    for name in dtype.names:
        field, align = _aligned(dtype.fields[name][0])
        at = -(-at // align) * align
        fields.append(field)
        offsets.append(at)
        at, most = at + field.itemsize, max(most, align)
    return np.dtype({"names": dtype.names, "formats": fields, "offsets": offsets, "itemsize": -(-at // most) * most}), most


def _view_of(memory, dtype, shape, strides, offset, base):
    """A part of an opaque array's memory: numbers as an ordinary array."""
    if dtype.kind not in "biufc":
        return OpaqueArray(memory, dtype, shape, strides, offset, base)
    if 0 in shape:
        return _core.array_empty(shape, dtype, memory.device)
    from .array import answers_as_gpu
    if answers_as_gpu[0] and (offset % dtype.itemsize or any(step % dtype.itemsize for step, n in zip(strides, shape) if n != 1)):
        raise ValueError(f"the result array with {dtype} at offset {offset}, strides {strides}, is not sufficiently aligned for GPU kernels: "
                         "x = x.astype(np.dtype(x.dtype.descr, align=True)) makes a structure whose fields are")
    strides = [step if n != 1 else dtype.itemsize for step, n in zip(strides, shape)]
    return memory._view(shape, strides, offset, dtype)


def _c_strides(shape, itemsize):
    from .creation import _strides
    return _strides(shape, itemsize)


def empty(shape, dtype, order="C", device=None):
    dtype, shape = allowed(dtype), tuple(shape)
    strides = _c_strides(shape[::-1], dtype.itemsize)[::-1] if order == "F" else _c_strides(shape, dtype.itemsize)
    count = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
    return OpaqueArray(_core.array_empty((count,), np.uint8, device), dtype, shape, strides)


def full(shape, value, dtype, order="C", device=None):
    result = empty(shape, dtype, order, device)
    if isinstance(value, int) and value == 0 and result.dtype.kind != "M":
        result._memory[...] = 0
    else:
        result._assign(value if isinstance(value, (ndarray, np.generic, np.ndarray)) else np.array(value, result.dtype))
    return result


def from_numpy(host, device=None):
    """A copy of NumPy's array, in the order in which it lies."""
    if not host.dtype.isnative and host.dtype.names is None:
        host = host.astype(host.dtype.newbyteorder("="))
    if host.dtype.kind == "O":
        wide = next((x for x in host.flat if type(x) is int and not -(1 << 63) <= x < 1 << 64), None)
        if wide is not None:
            raise ValueError(f"Unsupported dtype object: the integer {wide} does not fit into 64 bits; as a float: dtype=float")
    dtype = allowed(host.dtype)
    fortran = host.flags.fnc
    dense = np.ascontiguousarray(host.T if fortran else host).reshape(host.shape[::-1] if fortran else host.shape)
    octets = np.frombuffer(dense.tobytes(), np.uint8)
    strides = _c_strides(dense.shape, dtype.itemsize)
    return OpaqueArray(_core.array_from_buffer(octets, octets.dtype, device), dtype, host.shape, strides[::-1] if fortran else strides)


def array(thing, dtype, copy, order, ndmin, device):
    """weft.array for a dtype of these, or for an array that has one."""
    dtype = None if dtype is None else np.dtype(dtype)
    if dtype is not None and dtype.kind in "VMm":
        dtype = allowed(dtype)
    if type(thing) is OpaqueArray:
        same = (dtype is None or dtype == thing.dtype) and (order in "AK" or getattr(thing, f"_{order.lower()}_contiguous"))
        if same and not copy:
            result = thing if device is None else thing._to_device(device)
        elif copy is False:
            raise ValueError("Unable to avoid copy while creating an array as requested.")
        else:
            result = to_device(np.array(thing._host(), dtype, order=order, copy=True), device or thing.device)
    else:
        if isinstance(thing, ndarray):
            device = device or thing.device
        host = np.array(_on_host(thing), dtype, order=order)
        result = to_device(host, device) if host.dtype.kind in "biufc" else from_numpy(host, device)
    return result if result.ndim >= ndmin else result.reshape((1,) * (ndmin - result.ndim) + result.shape)


def of_interface(thing, info, dtype, device):
    """What an object shows by __cuda_array_interface__."""
    fields = info.get("descr")
    if dtype.names is None and dtype.kind == "V" and fields and fields != [("", dtype.str)]:
        dtype = np.lib.format.descr_to_dtype(fields)
    dtype, shape = allowed(dtype), tuple(info["shape"])
    strides = info.get("strides") or _c_strides(shape, dtype.itemsize)
    address, read_only = info["data"]
    low = sum(min(0, (n - 1) * step) for n, step in zip(shape, strides)) if 0 not in shape else 0
    span = 0 if 0 in shape else sum((n - 1) * abs(step) for n, step in zip(shape, strides)) + dtype.itemsize
    memory = _core.array_share(address + low, span, (span,), (1,), np.dtype(np.uint8), thing, read_only, device)
    result = OpaqueArray(memory, dtype, shape, strides, -low, thing if isinstance(thing, ndarray) else None)
    result._read_only = read_only
    return result


def new(shape, dtype, memptr, strides, order, buffer, offset):
    """weft.ndarray(shape, dtype, …) for a dtype of these."""
    dtype = allowed(dtype)
    source = buffer if memptr is None else getattr(memptr, "_array", None)
    if strides is None:
        strides = _c_strides(shape, dtype.itemsize) if order == "C" else _c_strides(shape[::-1], dtype.itemsize)[::-1]
    span = 0 if 0 in shape else sum((n - 1) * abs(step) for n, step in zip(shape, strides)) + dtype.itemsize
    if source is None and memptr is None:
        memory = _core.array_empty((span,), np.uint8, None)
    elif source is None:
        from .creation import device_of_memory
        memory, offset = _core.array_share(memptr.ptr + offset, span, (span,), (1,), np.dtype(np.uint8), memptr, False, device_of_memory(memptr)), 0
    else:
        memory, start = _octets(source)
        offset += start
    return OpaqueArray(memory, dtype, shape, strides, offset, source if isinstance(source, ndarray) else None)


def _octets(array):
    """The bytes that an array lies in, and where its first element is among them."""
    if type(array) is OpaqueArray:
        return array._memory, array._offset
    low = sum(min(0, (n - 1) * step) for n, step in zip(array.shape, array.strides)) if array.size else 0
    span = sum((n - 1) * abs(step) for n, step in zip(array.shape, array.strides)) + array.itemsize if array.size else 0
    return array._view((span,), (1,), low, np.dtype(np.uint8)), -low


def view_of(array, dtype):
    """The memory of an ordinary array as a dtype of these."""
    memory, offset = _octets(array)
    plain = OpaqueArray(memory, array.dtype, array.shape, array.strides, offset, array.base if array.base is not None else array)
    dtype = allowed(dtype) if np.dtype(dtype).itemsize else np.dtype(dtype)
    return plain._part(lambda host: host.view(dtype))


def cast(array, dtype, order, copy, casting="unsafe"):
    """The elements of an ordinary array as a dtype of these."""
    if not np.can_cast(dtypes.host_dtype(array.dtype), dtype, casting):
        raise TypeError(f"Cannot cast array data from dtype('{array.dtype}') to dtype('{np.dtype(dtype)}') according to the rule '{casting}'")
    return from_numpy(array.get().astype(allowed(dtype), "K" if order is None else order), array.device)
