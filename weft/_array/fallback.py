"""What has no kernel yet: through NumPy (or SciPy), with one warning that names it. WEFT_FALLBACK=error forbids it.

On a CPU device a function sees the array's own memory, so nothing is copied on the way in; objects that keep what they are given
(HostObject) get copies.
"""

import copy
import inspect
import sys
import types
import warnings

import numpy as np

from .. import _FRAMES, _core
from . import float_errors
from .array import ndarray

_told = set()
_HERE = _FRAMES


class FallbackWarning(UserWarning):
    """A function went through NumPy or SciPy: right, but on the CPU."""


def tell(name, library="NumPy"):
    """Warns once per name, at the user's line; with WEFT_FALLBACK=error an exception. library: who does the work."""
    setting = _core.env("FALLBACK")
    if setting == "error":
        raise _core.UnsupportedError(f"[{name}] has no kernel yet, and WEFT_FALLBACK=error forbids going through {library}")
    if name in _told or setting == "silent":
        return
    _told.add(name)
    warnings.warn(f"{name} has no kernel in weft yet and runs through {library} on the CPU", FallbackWarning, stacklevel=users_line())


def users_line():
    """The stacklevel, for the caller's warnings.warn, of the first frame that is not weft's."""
    frame, depth = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_HERE):
        frame, depth = frame.f_back, depth + 1
    return depth


def _lent(array):
    """An array as NumPy's for the time of a call: its own memory on a CPU device."""
    return np.asarray(array) if type(array) is ndarray and array._on_cpu and array.dtype.kind in "biufc" else array.get()


def to_host(thing, of_array=ndarray.get):
    """Arrays of ours inside arguments become NumPy's."""
    if isinstance(thing, ndarray):
        return of_array(thing)
    if isinstance(thing, (list, tuple)) and not hasattr(thing, "_fields"):
        return type(thing)(to_host(item, of_array) for item in thing)
    if isinstance(thing, dict):
        return {key: to_host(value, of_array) for key, value in thing.items()}
    own = getattr(type(thing), "_as_numpys", None)  # a poly1d
    return thing if own is None else own(thing)


def _host_call(function, args, kwargs, of_array=ndarray.get):
    """function(*args) with what is ours as NumPy's and SciPy's. An argument that is given twice is the same object there too:
    scipy.signal.csd(x, x) asks."""
    inside = {}

    def once(thing):
        if id(thing) not in inside:
            inside[id(thing)] = _inside(thing, of_array)
        return inside[id(thing)]
    with np.errstate(**float_errors.ways(), call=float_errors.geterrcall()):
        return function(*map(once, args), **{key: once(value) for key, value in kwargs.items()})


def to_device(thing, device=None):
    from .creation import from_numpy
    if isinstance(thing, np.ndarray):
        if thing.dtype.kind not in "biufcVMm" or thing.dtype.hasobject:
            return thing
        fortran = thing.flags.fnc
        return from_numpy(thing.T, None, device).T if fortran and thing.dtype.kind in "biufc" else from_numpy(thing, None, device)
    if isinstance(thing, np.generic) and thing.dtype.kind in "biufcV" and not thing.dtype.hasobject:
        return _core.array_value(from_numpy(np.asarray(thing), None, device))
    if isinstance(thing, tuple) and hasattr(thing, "_fields"):
        return type(thing)(*(to_device(item, device) for item in thing))
    if isinstance(thing, (list, tuple)):
        return type(thing)(to_device(item, device) for item in thing)
    if type(thing) is dict:
        return {key: to_device(value, device) for key, value in thing.items()}
    return thing


def _device_in(things):
    for thing in things:
        if isinstance(thing, ndarray):
            return thing.device
        if isinstance(thing, (list, tuple)):
            found = _device_in(thing)
            if found is not None:
                return found
    return None


def _library_of(function):
    return "SciPy" if (getattr(function, "__module__", None) or "").startswith("scipy") else "NumPy"


def through_numpy(function, *args, _name=None, _quiet=False, _library=None, **kwargs):
    """function(*args) on the host; results come back to where the arguments were."""
    name = _name or f"{getattr(function, '__module__', None) or 'numpy'}.{getattr(function, '__name__', function)}"
    if not _quiet:
        tell(name.replace("numpy.", "", 1) if name.startswith("numpy.") else name, _library or _library_of(function))
    device, span = _device_in([*args, *kwargs.values()]), _core.trace_open(name) if _core.trace_on() else None
    try:
        result = _host_call(function, args, kwargs, _lent)
    finally:
        _core.trace_close(span)
    return _outside(result, device)


def _with_output(function, args, kwargs, shown, library):
    """A call whose array `output` is written: on the host, and then moved."""
    output = kwargs.pop("output")
    host = output.get()
    result = through_numpy(lambda *a, **k: function(*a, output=host, **k), *args, _name=shown, _library=library, **kwargs)
    output[...] = to_device(host, output.device)
    return output if isinstance(result, ndarray) and result.shape == output.shape and result.dtype == output.dtype else result


def _place_of_output(function):
    """How many arguments a function takes in front of `output`; None: it has none, or only by name."""
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return None
    found = parameters.get("output")
    return list(parameters).index("output") if found is not None and found.kind is found.POSITIONAL_OR_KEYWORD else None


def wrapped(function, name=None, library=None):
    """A function of NumPy's or SciPy's as one of ours; library: which of them the warning names."""
    import functools
    shown = name or getattr(function, "__name__", "function")
    library = library or _library_of(function)
    place = _place_of_output(function)

    def call(*args, out=None, **kwargs):
        if out is not None:
            from .array import into
            return into(through_numpy(function, *args, _name=shown, _library=library, **kwargs), out)
        if place is not None and len(args) > place and isinstance(args[place], ndarray):
            if len(args) > place + 1:  # what follows gets its name
                kwargs.update(zip(list(inspect.signature(function).parameters)[place + 1:], args[place + 1:]))
            args, kwargs["output"] = args[:place], args[place]
        if isinstance(kwargs.get("output"), ndarray):  # SciPy's filters write into it, and some return something else
            return _with_output(function, args, kwargs, shown, library)
        return through_numpy(function, *args, _name=shown, _library=library, **kwargs)

    try:
        functools.update_wrapper(call, function)
    except (AttributeError, TypeError):
        call.__name__ = shown
    module, _, call.__qualname__ = shown.rpartition(".")
    call.__module__ = f"weft.{module}" if module else "weft"  # where pickle finds it
    call._through_numpy = True
    return call


class HostObject:
    """An object of one of SciPy's classes behind the interface of ours: its arguments go to the host, its results come back.

    A class is wrapped once (`wrapped_class`) and tells so with one warning when its first object is made. What an attribute or
    a method gives is an array of the device where SciPy gave one of NumPy's, and an object of a wrapped class where SciPy gave
    one of its own.
    """

    _host_class = None
    _device = None

    def __init__(self, *args, **kwargs):
        tell(type(self)._shown, _library_of(type(self)._host_class))
        object.__setattr__(self, "_device", _device_in([*args, *kwargs.values()]))
        made = _host_call(type(self)._host_class, args, kwargs)
        object.__setattr__(self, "_host", made)
        self._follow()

    def _follow(self):
        """SciPy made an object of another class (dlti a TransferFunction), or changed its class (splines): so is this."""
        if type(self._host) is not type(self)._host_class and is_wrappable(type(self._host)):
            object.__setattr__(self, "__class__", wrapped_class(type(self._host)))

    def __getattr__(self, name):
        if name in ("_host", "__array_interface__", "__array_struct__", "__cuda_array_interface__", "__array__"):
            raise AttributeError(name)
        value = getattr(self._host, name)
        return self._method(value) if callable(value) and not isinstance(value, type) else _outside(value, self._device)

    def _method(self, function):
        def call(*args, **kwargs):
            device = _device_in([*args, *kwargs.values()]) or self._device
            result = _host_call(function, args, kwargs)
            self._follow()
            if call.__name__.startswith("query_ball_"):
                result = _places(result)
            return self if result is self._host else _outside(result, device)
        call.__name__, call.__doc__ = getattr(function, "__name__", "call"), function.__doc__
        return call

    def __setattr__(self, name, value):
        setattr(self._host, name, _inside(value))

    def __repr__(self):
        return repr(self._host)

    def __reduce__(self):
        return _outside, (self._host, None)

    def __copy__(self):
        return _outside(copy.copy(self._host), self._device)


def _places(found):
    """A KD-tree's neighbours, lists of different lengths, as arrays of integers: one for each point, as CuPy's."""
    if isinstance(found, np.ndarray) and found.dtype.hasobject:
        found = list(found.flat)
    if isinstance(found, list) and found and isinstance(found[0], list):
        return [np.asarray(item, np.int64) for item in found]
    return np.asarray(found, np.int64) if isinstance(found, list) else found


def _special(name):
    def apply(self, *args, **kwargs):
        return self._method(getattr(self._host, name))(*args, **kwargs)
    apply.__name__ = name
    return apply


_SPECIAL = ("__call__", "__len__", "__getitem__", "__setitem__", "__iter__", "__contains__", "__add__", "__radd__", "__sub__", "__rsub__", "__mul__", "__rmul__",
            "__truediv__", "__rtruediv__", "__matmul__", "__pow__", "__neg__", "__eq__", "__ne__", "__enter__", "__exit__")
_classes = {}


def wrapped_class(cls, name=None):
    """A class of SciPy's as one of ours: its objects are HostObjects, its bases those of SciPy's that are wrapped likewise."""
    if cls not in _classes:
        members = {special: _special(special) for special in _SPECIAL
                   if getattr(cls, special, None) not in (None, getattr(object, special, None))}
        for base in reversed(cls.__mro__[:-1]):
            for key, value in vars(base).items():
                if isinstance(value, (classmethod, staticmethod)) and not key.startswith("_"):
                    members[key] = staticmethod(_class_function(cls, key))
                elif isinstance(value, types.FunctionType) and not key.startswith("_"):
                    members[key] = _special(key)  # on the class, so that it shows; __getattr__ finds the rest
        members.update(_host_class=cls, _shown=name or cls.__name__, __doc__=cls.__doc__, __module__="weft", __hash__=object.__hash__)
        bases = tuple(wrapped_class(base) for base in cls.__bases__ if is_wrappable(base)) or (HostObject,)
        _classes[cls] = type(cls.__name__, bases, members)
    return _classes[cls]


def _class_function(cls, key):
    def call(*args, **kwargs):
        device = _device_in([*args, *kwargs.values()])
        return _outside(_host_call(getattr(cls, key), args, kwargs), device)
    call.__name__ = key
    return call


def is_wrappable(cls):
    """Whether objects of a class take and give arrays: not exceptions, results with fields, and the like."""
    return isinstance(cls, type) and (cls.__module__ or "").startswith("scipy.") and not issubclass(cls, (BaseException, tuple, dict, str, int))


def _inside(thing, of_array=ndarray.get):
    """What a host object is given: arrays and host objects of ours as NumPy's and SciPy's."""
    if isinstance(thing, HostObject):
        return thing._host
    if isinstance(thing, type) and issubclass(thing, HostObject):
        return thing._host_class
    if isinstance(thing, (list, tuple)) and not hasattr(thing, "_fields"):
        return type(thing)(_inside(item, of_array) for item in thing)
    return to_host(thing, of_array)


def host_object(thing, device=None):
    """An object of SciPy's as one of ours."""
    made = object.__new__(wrapped_class(type(thing)))
    object.__setattr__(made, "_host", thing)
    object.__setattr__(made, "_device", device)
    return made


def _outside(thing, device):
    """What a host object gives, as ours."""
    if is_wrappable(type(thing)):
        if type(thing) not in _classes and type(thing).__name__.startswith("_"):
            return thing
        return host_object(thing, device)
    if isinstance(thing, (list, tuple)) and not hasattr(thing, "_fields") and any(is_wrappable(type(item)) for item in thing):
        return type(thing)(_outside(item, device) for item in thing)
    return to_device(thing, device)
