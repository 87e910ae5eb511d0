"""numba.extending: implementations in Python for functions, methods and attributes that compiled functions use.

`overload(f)` registers a function of types that returns an implementation (or None); the implementation is compiled into whoever
calls f. `intrinsic` is _intrinsic.py. What else builds LLVM by hand (lower_builtin, boxing by hand) may be registered, so that a library
which does so at import can be used for all else; a compiled function that uses it is declined by name.
"""

import abc

import numpy as np

from . import _pyoverloads, _pyresolve
from ._intrinsic import intrinsic
from ._pydispatch import Dispatcher


def overload(function, jit_options=None, strict=True, inline="never", prefer_literal=False, **options):
    """@overload(f): the decorated function gets the types of a call's arguments and returns what to compile for it."""

    def register(rule):
        target = options.get("target") or (jit_options or {}).get("target")
        entered = _pyoverloads.Rule(rule, target, prefer_literal)  # one function may be entered for several, each with its own options
        _pyoverloads.OVERLOADS.setdefault(function, []).append(entered)  # in this order they are asked
        _pyresolve.forget()
        return rule

    return register


def overload_method(kind, name, jit_options=None, **options):
    """@overload_method(types.Array, "name"): a method of that class of types."""
    return overload((kind, name), jit_options, **options)


def overload_classmethod(kind, name, **options):
    return overload((kind, name), **options)


def overload_attribute(kind, name, **options):
    """@overload_attribute(types.Array, "name"): an attribute of that class of types."""
    return overload((kind, "." + name), **options)


def register_jitable(*args, **options):
    """A function that compiled functions may call; any plain function may be called, so it stays what it is."""
    if len(args) == 1 and callable(args[0]):
        return args[0]
    return lambda function: function


def is_jitted(function):
    return isinstance(function, Dispatcher)


def get_cython_function_address(module, name):
    """The address of a function that a Cython module exports (scipy.special.cython_special)."""
    import ctypes
    import importlib

    capsule = importlib.import_module(module).__pyx_capi__[name]
    naming = ctypes.pythonapi.PyCapsule_GetName
    naming.restype, naming.argtypes = ctypes.c_char_p, [ctypes.py_object]
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    return pointer(capsule, naming(capsule))


class WrapperAddressProtocol(abc.ABC):
    """Base of objects that stand for a function of C: its address and its signature (numba.types)."""

    @abc.abstractmethod
    def __wrapper_address__(self):
        """The address, an integer."""

    @abc.abstractmethod
    def signature(self):
        """The signature, such as float64(float64)."""

    def _wf_ctypes(self):
        """The function as one of ctypes, which compiled functions call."""
        made = vars(self).get("_wf_made")
        if made is None:
            import ctypes

            sign = self.signature()
            returns = sign.return_type
            kinds = [np.ctypeslib.as_ctypes_type(t.dtype) for t in sign.args]
            result = None if returns is None or str(returns) in ("none", "void") else np.ctypeslib.as_ctypes_type(returns.dtype)
            made = self._wf_made = ctypes.CFUNCTYPE(result, *kinds)(self.__wrapper_address__())
        return made


class _TypeofImpl:
    """@typeof_impl.register(cls): functions that say which type an object of a class has as an argument."""

    def __init__(self):
        self.rules = {}

    def register(self, cls, function=None):
        if function is None:
            return lambda made: self.register(cls, made)
        self.rules[cls] = function
        return function

    def __call__(self, value, context=None):
        for cls in type(value).__mro__:
            if cls in self.rules:
                return self.rules[cls](value, context)
        from ._pytypes import typeof

        return typeof(value)


typeof_impl = _TypeofImpl()


class Declined:
    """A name of Numba's compiler; using it says what to do instead."""

    def __init__(self, name):
        self._name = name

    def _words(self):
        return (f"{self._name} builds LLVM by hand, which weft does not let programs do; write the function in "
                "Python and register it with numba.extending.overload")

    def _refuse(self, *args, **kwargs):
        raise NotImplementedError(self._words())

    __call__ = _refuse

    def __mro_entries__(self, bases):
        """A class may be made of it; it is used by what is refused alone."""
        return (_DeclinedBase,)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Declined(f"{self._name}.{name}")

    def __repr__(self):
        return f"<{self._name}, declined>"


class _DeclinedBase:
    """In the place of Numba's classes of typing and lowering that a program's own are made of."""


def decline(name):
    """A stand-in that may be imported and looked at; a call of it is refused by name."""
    return Declined(name)


REFUSED = {}  # id of what a program implemented in LLVM → (it, the name of what it did so with)


def refusal(value):
    """Why a compiled function cannot use this object, or None."""
    held = REFUSED.get(id(value))
    return held and Declined(held[1])._words()


def implemented(function):
    """What a function is whose Python is not what Numba runs, or None."""
    held = REFUSED.get(id(function))
    return held and (f"a function that {held[1]} implements (in LLVM built by hand, which weft does not let programs do: write it in Python and "
                     "register it with numba.extending.overload)")


class _Registering(Declined):
    """A decorator that takes note: what is registered with it is refused where a compiled function uses it."""

    def __call__(self, *subjects, **options):
        for subject in subjects:
            if callable(subject):
                REFUSED[id(subject)] = (subject, self._name)
        return lambda made: made


class _RegisteringItself(Declined):
    """The same of a decorator without arguments."""

    def __call__(self, made=None, **options):
        if made is not None:
            REFUSED[id(made)] = (made, self._name)
        return made if made is not None else self


class Model:
    """The base of a program's data models: kept, and without effect."""

    def __init__(self, dmm=None, fe_type=None, members=(), *more, **options):
        self._dmm, self._fe_type, self._members = dmm, fe_type, members


class Models:
    """numba.extending.models: classes to derive from."""

    def __getattr__(self, name):
        if not name.endswith("Model"):
            raise AttributeError(f"weft's numba has no model {name}")
        made = type(name, (Model,), {})
        setattr(self, name, made)
        return made


models = Models()


def make_attribute_wrapper(type_class, struct_attr, python_attr):
    """Numba's: takes note that compiled functions cannot read such objects."""
    REFUSED[id(type_class)] = (type_class, "numba.extending.make_attribute_wrapper")


DECLINED = ("NativeValue", "SentryLiteralArgs", "include_path", "as_numba_type")
REGISTERING = ("lower_builtin", "lower_getattr", "lower_getattr_generic", "lower_setattr", "lower_setattr_generic", "lower_cast",
               "lower_constant", "box", "unbox", "register_model", "type_callable", "infer_global", "register_default", "reflect")
REGISTERING_ITSELF = ("infer", "infer_getattr")
STAND_INS = {"models": models, "intrinsic": intrinsic, "make_attribute_wrapper": make_attribute_wrapper}


def stand_ins(module):
    """{name: object} of numba.extending's names that lead into Numba's compiler."""
    made = {name: decline(f"{module}.{name}") for name in DECLINED}
    made.update({name: _Registering(f"{module}.{name}") for name in REGISTERING})
    made.update({name: _RegisteringItself(f"{module}.{name}") for name in REGISTERING_ITSELF})
    return {**made, **STAND_INS}


class _Registry(Declined):
    """A registry of Numba's compiler: its decorators take note."""

    def __getattr__(self, name):
        if name in ("register", "register_attr"):
            return _RegisteringItself(f"{self._name}.{name}")
        if name == "register_global" or name.startswith("lower"):
            return _Registering(f"{self._name}.{name}")
        return super().__getattr__(name)


def registry(name):
    """A stand-in for a registry: a library may enter what it has at import."""
    return _Registry(name)
