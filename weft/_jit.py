"""wf.jit: Python functions compiled for the CPU, for the types they are called with.

    @wf.jit
    def total(x):
        s = 0.0
        for i in range(len(x)):
            s += x[i]
        return s
"""

import builtins
import functools
import inspect
import os
import uuid
import warnings
import weakref

from . import _core
from ._pydispatch import Dispatcher
from ._pysource import Stub, TypingError
from ._pytypes import Signature, Type, as_type, from_code, split_codes


class _Same(Stub):
    """A name that in the interpreter gives back what it is given."""

    def __call__(self, value):
        return value


literal_unroll = _Same("numba.literal_unroll", "for x in literal_unroll(tuple): the loop's body is compiled once for each item")
literally = _Same("numba.literally", "literally(x): x. What must be known while compiling is found from the source here")


class _PrangeName(Stub):
    def __call__(self, *args):
        return builtins.range(*args)


prange = _PrangeName("numba.prange", "range(), whose iterations may run at the same time in a function with parallel=True")


class _ThreadName(Stub):
    """A question about threads that compiled functions may ask too."""

    def __init__(self, name, function):
        super().__init__(name, function.__doc__)
        self._function = function

    def __call__(self, *args):
        return self._function(*args)


def _set_num_threads(count):
    """How many threads this thread's parallel loops may use, from now on."""
    most = _core.thread_count()
    if not 1 <= int(count) <= most:
        raise ValueError(f"The number of threads must be between 1 and {most}")
    _core.set_threads(int(count))


def _get_num_threads():
    """How many threads this thread's parallel loops use."""
    return _core.get_threads()


def _get_thread_id():
    """Inside a parallel loop of a compiled function: which of the threads this is; elsewhere 0."""
    return 0


set_num_threads = _ThreadName("numba.set_num_threads", _set_num_threads)
get_num_threads = _ThreadName("numba.get_num_threads", _get_num_threads)
get_thread_id = _ThreadName("numba.get_thread_id", _get_thread_id)


class Overload:
    """What was compiled for one list of types; the rest of its attributes are the kernel's."""

    def __init__(self, function, codes):
        self.entry_point = function
        self._codes = codes

    @property
    def signature(self):
        return Signature(from_code(self.entry_point._returns(self._codes)), split_codes(self._codes))

    def __getattr__(self, name):
        return getattr(self.entry_point._kernel(self._codes), name)


_PICKLED = weakref.WeakValueDictionary()  # token → function that was pickled by value, or came so


def _unpickled(kind, token, options):
    """The function of this token, or one that __setstate__ will fill."""
    made = _PICKLED.get(token)
    if made is None:
        made = _PICKLED[token] = kind.__new__(kind, None, "host", **options)
        made._wf_token = token
    return made


class CPUDispatcher(Dispatcher):
    """A function compiled for the CPU."""

    _host = True

    _can_compile = True

    def _snapshot(self):
        from ._pysnapshot import snapshot_of

        return snapshot_of(self) if type(self) is CPUDispatcher else None

    def compile(self, sig):
        codes = self._codes_of_signature(sig)
        if not self._can_compile and codes not in self._shown():
            raise RuntimeError("compilation disabled")
        self._program(codes)
        return self

    def disable_compile(self, val=True):
        """From now on only the types that are compiled already are taken."""
        if val and not self._variants():
            raise RuntimeError(f"{self.__name__} is compiled for no types yet, so disable_compile() would leave nothing to call")
        super().disable_compile(val)
        self._can_compile = not val

    def get_metadata(self, signature=None):
        """Numba's diary of its compilations: {signature: {}}, as weft keeps none."""
        return self._each(signature, lambda codes: {})

    def _show(self, codes, what):
        return self._program(codes).show(what, _core.Device("cpu"), (1, 1, 1))  # one thread runs a call

    @property
    def overloads(self):
        return {split_codes(codes): Overload(self, codes) for codes in self._shown()}

    # Pickled by its name where a module has it, else by value (weft._pypickle); a copy in this process is the function itself.

    def _by_value(self):
        if "_wf_token" not in self.__dict__:
            self._wf_token = uuid.uuid4().hex
            _PICKLED[self._wf_token] = self
        from . import _pypickle

        state = {"function": _pypickle.state_of(self.py_func), "options": self.targetoptions, "locals": self._local_types,
                 "signatures": self.__dict__.get("_given_signatures", ())}
        return _unpickled, (type(self), self._wf_token, self.targetoptions), state

    def __setstate__(self, state):
        if "py_func" in self.__dict__:  # it is there
            return
        from . import _pypickle

        self.__init__(_pypickle.function_of(state["function"]), "host", **state["options"])
        self._local_types = state["locals"]
        if state["signatures"]:
            self._use_only(state["signatures"])

    def _use_only(self, signatures):
        self._given_signatures = list(signatures)
        super()._use_only(signatures)
        self._can_compile = False

    def get_overload(self, sig):
        """What was compiled for a signature: a function of arguments of just these types."""
        codes = self._codes_of_signature(sig)
        if codes not in self._shown():
            raise KeyError(sig)
        return self

    def typeof_pyval(self, value):
        """The type that a value has as an argument."""
        from ._extending import typeof_impl

        return typeof_impl(value)

    @property
    def is_compiling(self):
        return False

    @property
    def __code__(self):
        return self.py_func.__code__

    @property
    def __defaults__(self):
        return self.py_func.__defaults__

    def parallel_diagnostics(self, signature=None, level=1):
        return None

    nopython = True


_WITHOUT_EFFECT = {"_nrt", "_dbg_extend_lifetimes", "_dbg_optnone", "no_cpython_wrapper", "no_cfunc_wrapper", "no_rewrites",
                   "forceinline", "writable_args"}  # Numba's; they choose how, not what


class GeneratorFunction(CPUDispatcher):
    """A generator: a call makes an iterator whose steps are compiled."""

    def __call__(self, *args, **kwargs):
        if kwargs or self._is_bound:
            args = self._bind(args, kwargs)
        try:
            return self._maker(*args)
        except TypingError as error:
            from ._array.fallback import FallbackWarning

            if not self.__dict__.get("_told"):
                self._told = True
                warnings.warn(f"{self.py_func.__name__}() is a generator that is not compiled, the interpreter runs it: {error}",
                              FallbackWarning, stacklevel=2)
            return self.py_func(*args, **kwargs)

    @functools.cached_property
    def _is_bound(self):
        """Arguments must be put in order: some have defaults, or go into *args."""
        return any(p.default is not p.empty or p.kind is not p.POSITIONAL_OR_KEYWORD for p in self.__signature__.parameters.values())

    @functools.cached_property
    def _maker(self):
        from ._jitclass import _of_text

        names = ", ".join(f"a{i}" for i in range(len(self.__signature__.parameters)))
        star = [i for i, p in enumerate(self.__signature__.parameters.values()) if p.kind is p.VAR_POSITIONAL]
        given = ", ".join(("*" if i in star else "") + f"a{i}" for i in range(len(self.__signature__.parameters)))
        return _of_text(f"def made({names}):\n    return generator({given})\n", generator=self)


def jit(signature_or_function=None, locals=None, cache=False, pipeline_class=None, boundscheck=None, nopython=True, nogil=False,
        parallel=False, fastmath=False, error_model="python", inline="never", forceobj=False, looplift=False, debug=None,
        target=None, **unknown):
    """Compiles a function for the CPU, at its first call or at once for the signatures given.

    fastmath allows contraction and approximate division; parallel lets prange loops run on all threads; error_model="numpy"
    makes a division by zero give infinity instead of raising; boundscheck=False leaves out the tests that keep every access inside
    the argument that it goes through (on unless it is False).

        >>> @wf.jit(parallel=True)
        ... def total(x):
        ...     s = 0.0
        ...     for i in wf.prange(len(x)):
        ...         s += x[i]
        ...     return s
        >>> import numpy as np
        >>> total(np.arange(5.0))
        10.0

    TypingError, with line and caret, where the function has no type that weft can give it.
    """
    unknown = {name for name in unknown if not name.startswith("_")} - _WITHOUT_EFFECT
    if unknown:
        raise TypeError(f"Unrecognized options: jit has no option {', '.join(sorted(unknown))}")
    if forceobj:
        return _object_mode(signature_or_function)
    options = {"parallel": bool(parallel), "trap_divide": error_model == "python", "check_bounds": boundscheck is not False,
               "fastmath": bool(fastmath)}

    def make(function, signatures=()):
        if os.environ.get("NUMBA_DISABLE_JIT") == "1":
            return function
        if isinstance(function, Dispatcher):
            function = function.py_func
        local_types = {name: as_type(type_) for name, type_ in (locals or {}).items()}
        made = (GeneratorFunction if inspect.isgeneratorfunction(function) else CPUDispatcher)(function, "host", **options)
        made._local_types = local_types
        if signatures:
            made._use_only(signatures)
        return made

    first = signature_or_function
    if first is None:
        return make
    if isinstance(first, (str, Signature, Type, tuple, list)):
        return lambda function: make(function, first if isinstance(first, list) else [first])
    return make(first)


class ObjectMode:
    """What forceobj=True gives: the Python function itself, which the interpreter runs."""

    def __init__(self, function):
        self.py_func = function
        functools.update_wrapper(self, function)

    def __call__(self, *args, **kwargs):
        return self.py_func(*args, **kwargs)

    def __get__(self, instance, owner=None):
        return self if instance is None else functools.partial(self, instance)

    def compile(self, signature):
        return self

    overloads, signatures, nopython_signatures = {}, [], []


def _object_mode(first):
    from ._array.fallback import FallbackWarning

    def make(function):
        function = getattr(function, "py_func", function)
        warnings.warn(f"{function.__name__}() has forceobj=True: it is not compiled, the interpreter runs it", FallbackWarning, stacklevel=3)
        return ObjectMode(function)

    return make(first) if callable(first) and not isinstance(first, (Type, Signature)) else make


def njit(*args, **options):
    """jit; weft's never falls back to the interpreter."""
    options.pop("nopython", None)
    return jit(*args, **options)


def __getattr__(name):
    if name == "cuda":
        import importlib

        return importlib.import_module("weft.cuda")
    if name == "stencil":
        from ._stencil import stencil

        return stencil
    if name == "cfunc":
        from ._cfunc import cfunc

        return cfunc
    if name in ("vectorize", "guvectorize"):
        import importlib

        return getattr(importlib.import_module(f"weft._{name}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
