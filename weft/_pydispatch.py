"""What the decorators of Python functions share: the dispatcher around weft._core.PyFunction."""

import builtins
import collections
import enum
import functools
import inspect
import pickle
import re
import sys

import numpy as np

from . import _core
from ._pysource import READING, Function, TypingError, record_code, text_code
from ._pytypes import (Signature, Type, array_of_buffer, class_number, class_of, code_for, code_of_dtype, date_code, dtype_of_code, host_code, fields_of, from_code, function_number, member_tuple, signature_of,
                       split_codes)


CompileStats = collections.namedtuple("CompileStats", "cache_path cache_hits cache_misses")


# What a kernel's report of a raise looks like.
_DEEP = re.compile(r"kernel \S+: recursion too deep in (?P<name>'[^']*') \((?P<why>[^)]*)\)")
_RAISED = re.compile(r"(?P<file>[^\n]*?):(?P<line>\d+): kernel (?P<kernel>[^\n]*?): (?P<name>\w+)(?:: (?P<text>[\s\S]*?))?"
                     r", block \((?P<block>[^)]*)\), thread \((?P<thread>[^)]*)\)")


class _Copy(np.ndarray):
    """A contiguous stand-in for an array whose layout a kernel cannot take; what it holds goes back afterwards."""

    target = None


class _Counted(np.ndarray):
    """The numbers of an array of dates, or the bits of one of bfloat16, with the code of what they are."""

    _wf_elements = None


def _counted(numbers, code):
    numbers = numbers.view(_Counted)
    numbers._wf_elements = code
    return numbers


@_core._use_vectorcall
class Dispatcher(_core.PyFunction):
    """A Python function that is compiled for the types it is called with."""

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        _core._use_vectorcall(cls)

    _typing_error = TypingError
    _call_error = TypeError

    def __new__(cls, function, mode, *, fastmath=False, parallel=False, trap_divide=False, check_bounds=True, max_threads=0,
                **options):
        return super().__new__(cls, mode, bool(fastmath), bool(parallel), bool(trap_divide), bool(check_bounds), max_threads)

    def __init__(self, function, mode, *, fastmath=False, **options):
        self.py_func = function
        self._fastmath = bool(fastmath)
        self._local_types = {}  # name of a variable → the type that it is kept in
        self._function_source = None
        self.targetoptions = {"fastmath": fastmath, **options}
        functools.update_wrapper(self, function)

    # Asked by the C side.

    def _source(self):
        if self._function_source is None:
            try:
                self._function_source = Function(self.py_func, self._fastmath, self._local_types, self._host)
            except TypingError as error:
                raise error.with_traceback(None) from None  # its words name the user's line; how weft came to them helps nobody
        return self._function_source

    def _snapshot(self):
        """What the function is made from, before it is read; None: it is not known."""
        return None

    _begin_reading, _end_reading = staticmethod(READING.append), staticmethod(READING.pop)

    def _resolve(self, callee, name, rows):
        from ._pyresolve import resolve

        return resolve(callee, name, rows)

    def _fit(self, value, code):
        from ._pyresolve import fit

        return fit(value, code)

    def _item_code(self, container):
        """What a container holds by its own word: of a dict the keys, then the values."""
        if container:
            return ""
        kind = next(k.__name__ for k in (dict, set, list) if isinstance(container, k))
        raise ValueError(f"the type of an empty {kind}'s items is not known; "
                         + ("pass numba.typed.Dict.empty(key, value)" if kind == "dict" else
                            "pass numba.typed.List.empty_list(type)" if kind == "list" else
                            "make it inside the compiled function"))

    def _tuple_class(self, class_):
        return class_number(class_) if hasattr(class_, "_fields") else 0

    def _named_tuple(self, number, items):
        return class_of(number)._make(items)

    def _record(self, code, data):
        return np.frombuffer(bytearray(data), np.dtype((np.record, dtype_of_code(code))))[0]

    def _instance_type(self, number):
        cls = class_of(number)
        return cls._wf_instance_type() if hasattr(cls, "_wf_instance_type") else cls

    def _class_fields(self, number):
        if READING and READING[-1]:
            READING[-1].doubts.append((self.__name__, "a class, whose number is this process's"))
        return fields_of(number)

    def _record_code(self, array):
        dtype = array.dtype
        if dtype.names:
            return record_code(dtype, self._host)
        if self._host and dtype.kind in "SU" and dtype.itemsize:
            return host_code(dtype)
        if not self._host and dtype.kind in "SU" and dtype.isnative and dtype.itemsize:
            return text_code(dtype)
        raise TypeError(f"an array of {dtype} cannot be passed to a compiled function")

    def _dtype(self, code):
        return dtype_of_code(code)

    def _date(self, code, count):
        return np.int64(count).view(dtype_of_code(code))

    def _convert(self, value):
        if isinstance(value, (np.datetime64, np.timedelta64)):  # kernels count dates in their own unit
            return (date_code(value.dtype).encode(), int(value.view(np.int64))) if self._host else value.astype(np.int64)
        if isinstance(value, (np.ndarray, np.generic)) and value.dtype.name == "bfloat16":
            bits = value.view(np.uint16)
            return _counted(bits, "E") if isinstance(value, np.ndarray) else (b"E", int(bits))
        if isinstance(value, np.ndarray):
            if value.dtype.kind in "mM" and value.dtype.isnative:
                return _counted(value.view(np.int64), date_code(value.dtype)) if self._host else value.view(np.int64)
            if not value.dtype.isnative:
                raise TypeError(f"an array of {value.dtype} cannot be passed to a compiled function: its byte order is foreign")
            copy = np.ascontiguousarray(value).view(_Copy) if value.dtype.names is None else np.array(value).view(_Copy)
            if copy.base is value or np.shares_memory(copy, value):
                raise TypeError(f"an array of {value.dtype} cannot be passed to a compiled function")
            copy.target = value if value.flags.writeable else None
            return copy
        if isinstance(value, np.dtype) or isinstance(value, type) and issubclass(value, np.generic) or isinstance(value, Type):
            return b"Y" + (code_for(value, self._host) if isinstance(value, Type) else code_of_dtype(value)).encode()
        if isinstance(value, enum.Enum):
            stands = member_tuple(value)
            return value.value if stands is None else stands
        if hasattr(value, "__cuda_array_interface__"):
            from .cuda import as_cuda_array

            return as_cuda_array(value)
        host = getattr(value, "_wf_host_array", None)
        if host is not None:
            return host
        if isinstance(value, str) and self._host:
            return str(value)
        if isinstance(value, bool):
            return bool(value)
        if isinstance(value, int):
            return int(value)
        if isinstance(value, float):
            return float(value)
        if isinstance(value, (list, dict, set)):
            raise TypeError(f"a {type(value).__name__} cannot be passed to a compiled function; pass a NumPy array or a tuple")
        if hasattr(value, "__array_interface__"):
            return np.asarray(value)
        buffer = array_of_buffer(value)
        if buffer is not None:
            return buffer
        if self._host and isinstance(value, Dispatcher) and value._host:
            return b"K%d;" % function_number(value)
        if self._host:
            from ._pyforeign import as_argument

            foreign = as_argument(value)
            if foreign is not None:
                return b"K%d;" % function_number(foreign)
            from ._pyhandles import handle_of

            made = handle_of(value)
            if made is not None:
                return made
        shared = "; weft.from_dlpack(…) makes an array of it that shares its memory" if hasattr(value, "__dlpack__") else ""
        raise TypeError(f"an object of type {type(value).__name__} cannot be passed to a compiled function{shared}")

    _host = False

    def _converted_done(self, made):
        for copy in made:
            target = getattr(copy, "target", None)
            if target is not None:
                target[...] = copy

    def _exception(self, error):
        """The Python exception that a kernel's report names, or the report itself."""
        found = _RAISED.search(str(error))
        kind = self._exception_class(found.group("name")) if found else None
        deep = _DEEP.search(str(error)) if kind is None and self._host else None
        if deep:
            made = RecursionError(f"recursion too deep in {deep['name']}: {deep['why']}")
            made.add_note(str(error))
            return made
        return error if kind is None else self._exception_of(kind, found, error)

    def _caught(self, text):
        """The exception that compiled code raised ("ValueError: words"), for a handler that looks at it."""
        name, _, words = text.partition(": ")
        kind = self._exception_class(name)
        if kind is None:
            return RuntimeError(text)
        return kind(words) if words else kind()

    def _exception_class(self, name):
        code = self.py_func.__code__
        cells = dict(zip(code.co_freevars, self.py_func.__closure__ or ()))
        kind = cells[name].cell_contents if name in cells else self.py_func.__globals__.get(name, getattr(builtins, name, None))
        return kind if isinstance(kind, type) and issubclass(kind, Exception) else None

    def _exception_of(self, kind, found, error):
        made = kind(found["text"]) if found["text"] else kind()
        made.add_note(str(error))
        return made

    def _bind(self, args, kwargs):
        bound = self.__signature__.bind(*args, **kwargs)
        bound.apply_defaults()
        return tuple(bound.arguments.values())  # *args is one tuple

    # What Numba's dispatchers offer.

    def _codes_of_signature(self, signature):
        returns, args = signature_of(signature)
        return "".join(code_for(a, self._host) for a in args)

    def _use_only(self, signatures):
        """Compiles for these signatures; from now on arguments are converted to them."""
        if self.targetoptions.get("device"):
            returns, args = signature_of(signatures[0])
            if len(signatures) == 1:
                self._source().signature = f"{''.join(a.code for a in args)}>{returns.code if returns else ''}"
        self._source().kept = {}
        for one in signatures:
            self.compile(one)
        self._signature_codes = self._allowed_codes = [self._codes_of_signature(one) for one in signatures]
        self._fix(self._allowed_codes)

    def _pick(self, codes):
        """Which signature arguments of these types are converted to: the first of those that lose least."""
        given = split_codes(codes)
        costs = [(_cost(given, split_codes(one)), i) for i, one in enumerate(self._allowed_codes)]
        cost, which = min(costs)
        if cost == _IMPOSSIBLE:
            raise TypeError(f"No matching definition for argument type(s) {', '.join(map(str, given))}")
        return which

    def _wrong_type(self, at, value, wanted):
        """What is said of an argument that the signature does not take; wanted: its type's code, and those after it."""
        given = ", ".join(map(str, split_codes(self._codes(value))))
        name = list(self.__signature__.parameters)[at]
        return (f"No matching definition for argument type(s): {name} is {given}, and {self.__name__} was compiled for "
                f"{split_codes(wanted)[0]} alone, as its signature says")

    @property
    def signatures(self):
        return [split_codes(codes) for codes in self._shown()]

    @property
    def nopython_signatures(self):
        return [Signature(from_code(self._returns(codes)), split_codes(codes)) for codes in self._shown()]

    def disable_compile(self, val=True):
        """From now on only the types that are compiled already are taken."""
        self._allowed_codes = self._variants() if val else []
        self._fix(self._allowed_codes)

    @property
    def stats(self):
        """Where the code of each list of types came from: the disk cache, or the compiler."""
        hits, misses = collections.Counter(), collections.Counter()
        for codes in self._variants():
            found, compiled = self._program(codes)._made
            if compiled or found:
                (misses if compiled else hits)[split_codes(codes)] += 1
        return CompileStats(_core.cache_folder(), hits, misses)

    @property
    def overloads(self):
        what = self._program if self.targetoptions.get("device") else self._kernel
        return {split_codes(codes): what(codes) for codes in self._shown()}

    def _shown(self):
        """The codes of what was compiled; with signatures only theirs, not those of other layouts."""
        return self.__dict__.get("_signature_codes") or self._variants()

    def _each(self, signature, what):
        """{signature: what(codes)}, or one when a signature is given."""
        if signature is not None:
            return what(self._codes_of_signature(signature))
        return {split_codes(codes): what(codes) for codes in self._shown()}

    def inspect_cuda_c(self, signature=None):
        """The typed tree as CUDA C."""
        return self._each(signature, self._print)

    def inspect_llvm(self, signature=None):
        """LLVM's IR as it is given to LLVM."""
        return self._each(signature, lambda codes: self._show(codes, "ir"))

    def inspect_asm(self, signature=None):
        """The assembly that runs."""
        return self._each(signature, lambda codes: self._show(codes, "asm"))

    def _show(self, codes, what):
        return self._program(codes).show(what)

    def inspect_types(self, file=None, signature=None, **options):
        for codes in self._variants() if signature is None else [self._codes_of_signature(signature)]:
            args = ", ".join(map(str, split_codes(codes)))
            print(f"{self.__name__} ({args})", "-" * 80, self._print(codes), sep="\n", file=file)

    def recompile(self):
        """Compiles again what was compiled, with the globals as they are now."""
        codes = self._variants()
        self._forget()
        if self._source().kept is not None:
            self._source().kept = {}
        for one in codes:
            self._program(one)

    @property
    def __signature__(self):
        return inspect.signature(self.py_func)

    def __repr__(self):
        return f"<{type(self).__module__}.{type(self).__qualname__} {self.__name__}>"

    def __get__(self, instance, owner=None):
        return self if instance is None else functools.partial(self, instance)

    def __reduce__(self):
        found = sys.modules.get(self.__module__)
        for part in self.__qualname__.split("."):
            found = getattr(found, part, None)
        return self.__qualname__ if found is self else self._by_value()

    def _by_value(self):
        raise pickle.PicklingError(f"{self.__qualname__} cannot be pickled: it is found by its name, and {self.__module__} has "
                                   "no such function; define it at the top of a module")


_IMPOSSIBLE = 1 << 30


def _cost(given, wanted):
    """How much is lost when values of these types become values of those: 0 nothing."""
    if len(given) != len(wanted):
        return _IMPOSSIBLE
    return min(_IMPOSSIBLE, sum(_cost_of(a, b) for a, b in zip(given, wanted)))


def _cost_of(given, wanted):
    if given == wanted:
        return 0
    a, b = given.code.lstrip("R"), wanted.code.lstrip("R")
    if a[0] == b[0] == "A":
        same = a[2:] == b[2:] and b[1] in ("A", a[1])
        return (a != b) if same else _IMPOSSIBLE
    if a[0] in "A({N" or b[0] in "A({N":
        return _cost(given.types, wanted.types) if a[0] == b[0] == "(" else _IMPOSSIBLE
    if np.can_cast(given.dtype, wanted.dtype):
        return 2
    return 100 if np.can_cast(given.dtype, wanted.dtype, "same_kind") else 10_000


def type_of_result(codes):
    return from_code(codes)
