"""Where a compiled function comes from: its source, its names, and what each outer name stands for.

The C side (src/pyfunc/reader.c) asks an object of class Function for these; nothing here runs after a function is compiled.
"""

import ast
import builtins
import cmath
import enum
import inspect
import math
import operator
import os
import re
import sys
import types

import numpy as np

from . import _core
from ._exec_sources import goes_by, text_of
from ._pytypes import Type, array_of_buffer, class_number, code_for, code_of_dtype, date_code, host_code, member_tuple


class TypingError(_core.CompileError):
    """A function cannot be compiled: the text shows the user's line and what is wrong with it."""


class Stub:
    """A name that means something only inside compiled functions, such as cuda.threadIdx."""

    def __init__(self, name, doc=None):
        self._wf_name = name
        self.__doc__ = doc

    def __call__(self, *args, **kwargs):
        raise NotImplementedError(f"{self._wf_name} can only be used inside a compiled function")

    def _not_here(self, *unused):
        raise NotImplementedError(f"{self._wf_name} is a number inside of kernels alone")

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __floordiv__ = __mod__ = __lt__ = __ge__ = _not_here

    def __repr__(self):
        return f"<{self._wf_name}>"


_CLOSURE = Stub("weft.closure")


def _known_objects():
    """id of an object → the name under which the compiler knows it."""
    known = {}
    for name in ("len abs min max int float bool complex pow round tuple sum divmod print range enumerate zip "
                 "isinstance list sorted any all reversed map filter set dict str repr ord chr hash format next iter "
                 "frozenset slice bin hex oct type getattr hasattr bytes").split():
        known[id(getattr(builtins, name))] = name
    for module in (operator, cmath, np, math):
        _add_functions(known, module)
    return known


def _add_functions(known, module):
    for name, value in list(vars(module).items()):  # what NumPy imports when it is asked for is not asked for
        if callable(value) and not isinstance(value, type) and not name.startswith("_"):
            # NumPy 2 has its functions under several names: np.acos is np.arccos, which is what it calls itself.
            known.setdefault(id(value), f"{module.__name__}.{value.__name__ if isinstance(value, np.ufunc) else name}")


_KNOWN = _known_objects()
_NUMPYS_FAMILIES = {np.generic, np.number, np.integer, np.signedinteger, np.unsignedinteger, np.inexact, np.floating, np.complexfloating}
_LATER = ["numpy.random", "random", "heapq", "functools"]  # read once somebody has imported them


def _known(value):
    """The compiler's name for an object that it knows, or None."""
    for name in [name for name in _LATER if name in sys.modules]:
        _LATER.remove(name)
        _add_functions(_KNOWN, sys.modules[name])
    return _KNOWN.get(id(value))


def _numpys(value):
    """NumPy's function of the same name for one of weft's arrays' (`import weft as np`, cupy.exp in cupyx.jit), else value."""
    if "weft._array.array" not in sys.modules or isinstance(value, type) or not callable(value):
        return value
    name = getattr(value, "__name__", None)
    if not isinstance(name, str) or not (getattr(value, "__module__", None) or type(value).__module__ or "").startswith("weft"):
        return value
    weft = sys.modules["weft"]
    return getattr(np, name, value) if getattr(weft, name, None) is value else value


def _of_kernels(known):
    from ._kernel_functions import OF_NUMPY

    return OF_NUMPY.get(known)


def _overloaded(value):
    overloads = sys.modules.get("weft._pyoverloads")
    try:
        return overloads is not None and value in overloads.OVERLOADS
    except TypeError:
        return False


def refused(value):
    """Why a function is not what its Python says, in the words of who asks what an object is: a program implements it in LLVM; or None."""
    extending = sys.modules.get("weft._extending")
    return extending and extending.implemented(value)


def known_name(value):
    """The compiler's name for an object, or where NumPy keeps it."""
    known = _known(value)
    if known:
        return _NUMPY_ALIASES.get(known, known)
    module = getattr(value, "__module__", None) or ""
    if module.startswith("numpy") and hasattr(value, "__name__"):
        public = {"numpy.linalg._linalg": "numpy.linalg", "numpy.fft._pocketfft": "numpy.fft"}.get(module, module)
        return f"{public}.{value.__name__}"
    return None


_NUMPY_ALIASES = {"numpy.absolute": "numpy.abs", "numpy.amax": "numpy.max", "numpy.amin": "numpy.min",
                  "numpy.around": "numpy.round", "numpy.permute_dims": "numpy.transpose"}


def text_code(dtype):
    """The code of an array of text in kernels: a record of its bytes, or of its code points."""
    if dtype.kind == "U":
        return host_code(dtype)
    return "{%d,bytes:0:[%d]B;}" % (dtype.itemsize, dtype.itemsize)


def record_code(dtype, host=False):
    """The code of a structured dtype (pyfunc.h). host: text in it is text, which kernels see as its bytes or code points."""
    fields = []
    for name in dtype.names:
        field, offset = dtype.fields[name][:2]
        extents, element = field.shape, field.base
        if not name.isidentifier() or len(extents) > 4:
            raise TypeError(f"field {name!r} of {dtype} is not supported in compiled functions")
        if host and element.kind in "SU" and not extents and element.isnative and element.itemsize:
            fields.append(f"{name}:{offset}:{host_code(element)};")
            continue
        if element.kind == "U" and element.isnative and offset % 4 == dtype.itemsize % 4 == 0:  # text: its code points
            extents, element = (*extents, element.itemsize // 4), np.dtype(np.uint32)
        elif element.kind == "U":
            extents, element = (*extents, element.itemsize // 4, 4), np.dtype(np.uint8)
        elif element.kind in "SV" and element.names is None:  # its bytes
            extents, element = (*extents, element.itemsize), np.dtype(np.uint8)
        code = record_code(element, host) if element.names else code_of_dtype(element)
        inside = f"[{','.join(map(str, extents))}]" if extents else ""
        fields.append(f"{name}:{offset}:{inside}{code};")
    return "{%d,%s}" % (dtype.itemsize, "".join(fields))


READING = []  # snapshots (weft._pysnapshot) of the functions that are being read, the innermost last; None: it has none
_MISSING = object()
_LIBRARY = os.path.dirname(os.path.abspath(__file__)) + os.sep


def outer_value(function, name, own=None):
    """What a name that is not the function's own stands for in it; NameError or AttributeError: nothing."""
    if name in function.__code__.co_freevars:
        cell = function.__closure__[function.__code__.co_freevars.index(name)]
        try:
            return cell.cell_contents
        except ValueError:  # empty: a decorator that compiles runs before the function's name is bound
            if name != (own or function.__name__):
                raise
            return function
    if name in function.__globals__:
        return function.__globals__[name]
    if name == (own or function.__name__):
        return function
    return getattr(builtins, name)


def is_library(function):
    """Whether it is weft's own."""
    return function.__code__.co_filename.startswith((_LIBRARY, "<weft "))


class Function:
    """The source of one Python function, as the reader wants it."""

    kept = None  # {name: object} of what was looked up, where signatures were given: what is compiled later sees the same

    def __init__(self, function, fastmath=False, local_types=None, host=False):
        if not isinstance(function, types.FunctionType):
            raise TypeError(f"a Python function is needed, got {function!r}")
        self.function, self.fastmath = function, int(fastmath)
        self.local_types, self.host = local_types or {}, host
        self.trusted = int(function.__globals__.get("__wf_trusted__", 0))
        self.cold = int(function.__name__ in function.__globals__.get("__wf_cold__", ()))
        self.signature = ""  # codes of what it was declared to take and give: "fd>f"
        self.name = function.__name__
        self.filename = function.__code__.co_filename
        self.shift = 0
        self.inner, self._large = {}, {}
        self.early = {}  # name → object, looked up while the tree is rewritten; _MISSING: there was none
        self._find()
        self._desugar()
        self._bind()
        self._see_yields()
        self._is_made = True

    _is_made = False

    def _see_yields(self):
        from ._pygenerators import _yields

        self.generator = int(isinstance(self.node.body, list) and bool(_yields(self.node.body)))

    def _find(self):
        """text, first_line and node."""
        function = self.function
        try:
            if getattr(sys, "frozen", False):  # its file names are relative: a file of that name in this folder may be another one
                raise OSError
            if goes_by(self.filename) and text_of(function.__code__) is not None:  # compile() was given the name of a file
                raise OSError
            lines, first = inspect.getsourcelines(function)
            self.filename = inspect.getsourcefile(function) or self.filename
        except (OSError, TypeError):
            lines, first = self._executed(function.__code__)
        first = max(first, 1)
        text = "".join(lines)
        if READING and READING[-1]:
            text, first = READING[-1].text_of(function, text, first)
        self.text, self.first_line = text, first
        source = text
        if text[:1] in " \t":
            source, self.shift = "if 1:\n" + text, 1
        try:
            tree = ast.parse(source)
        except SyntaxError:
            tree = self._lambda_alone(text)
        written = function.__code__.co_name  # __name__ may have been changed since
        wanted = ast.Lambda if written == "<lambda>" else ast.FunctionDef
        nodes = [node for node in ast.walk(tree) if isinstance(node, wanted)]
        if wanted is ast.FunctionDef:
            nodes = [node for node in nodes if node.name == written]
        elif len(nodes) > 1:
            nodes = self._lambda_at(nodes)
        if not nodes or (wanted is ast.Lambda and len(nodes) > 1):
            raise TypingError(f"{self.filename}:{first}: the source of {self.name} could not be told apart from what "
                              "stands beside it; give it a name with def")
        self.node = nodes[0]
        self._strip(self.node)

    def _strip(self, node):
        """What stands at its head is of no concern: names there are no names of the function's."""
        node.decorator_list, node.returns = [], None
        for a in ast.walk(node.args):
            if isinstance(a, ast.arg):
                a.annotation = None

    def _executed(self, code):
        """Lines and first line of a function that exec() made."""
        text = text_of(code)
        if text is None:
            where = ("in a frozen program it must lie there as a file, where weft's hook for PyInstaller puts it (other freezers: as data beside the program)"
                     if getattr(sys, "frozen", False) else "what came through a pipe cannot be read again: put the program into a file"
                     if code.co_filename == "<stdin>" else "a compiled function must come from a file or a notebook cell")
            raise TypingError(f"{self.filename}:{code.co_firstlineno}: the source of {self.name}() is not available; {where}")
        lines = text.splitlines(True)
        return inspect.getblock(lines[code.co_firstlineno - 1:]), code.co_firstlineno

    def _lambda_at(self, nodes):
        """The lambdas among these whose body stands where the code object says."""
        code = self.function.__code__
        names = list(code.co_varnames[:code.co_argcount])
        nodes = [node for node in nodes if [a.arg for a in node.args.args] == names]
        places = [(line - self.first_line + 1 + self.shift, column) for line, _, column, _ in code.co_positions()
                  if line is not None and column is not None and line >= self.first_line]
        inside = [node for node in nodes
                  if all((node.body.lineno, node.body.col_offset) <= place <= (node.body.end_lineno, node.body.end_col_offset)
                         for place in places if place > (node.lineno, node.col_offset)) and any(
                      (node.body.lineno, node.body.col_offset) <= place for place in places)
                  and any(place <= (node.body.end_lineno, node.body.end_col_offset) for place in places)]
        return inside if len(inside) == 1 else nodes

    def _lambda_alone(self, text):
        """A lambda inside a longer statement, whose lines alone do not parse: the whole file's tree has it at its place. Where
        the file is no Python (a notebook's magics), the text from the word on, as far as it parses, if there is one such word."""
        try:
            return self._lambdas_of_file(text)
        except (OSError, TypeError, SyntaxError, ValueError):
            pass
        start = text.find("lambda")
        if len(re.findall(r"\blambda\b", text)) > 1:
            raise TypingError(f"{self.filename}:{self.first_line}: the source of {self.name} could not be told apart from what "
                              "stands beside it; give it a name with def")
        for end in range(len(text), start, -1):
            try:
                return ast.parse(" " * 0 + text[:start].count("\n") * "\n" + "(" + text[start:end] + "\n)")
            except SyntaxError:
                continue
        raise TypingError(f"{self.filename}:{self.first_line}: the source of {self.name} cannot be read")

    def _lambdas_of_file(self, text):
        """A tree of the file's lambdas that begin in the lines of `text`, numbered as these are."""
        whole = text_of(self.function.__code__)
        if whole is None:
            whole = "".join(inspect.findsource(self.function)[0])
        last = self.first_line + text.count("\n")
        found = [node for node in ast.walk(ast.parse(whole)) if isinstance(node, ast.Lambda) and self.first_line <= node.lineno <= last]
        self.shift = 0
        within = {inner for node in found for inner in ast.walk(node) if inner is not node}
        outermost = [node for node in found if node not in within]
        for node in outermost:
            ast.increment_lineno(node, 1 - self.first_line)
        return ast.Module(body=[ast.Expr(value=node) for node in outermost], type_ignores=[])

    def _bind(self):
        arguments = self.node.args
        if arguments.kwarg:
            raise TypingError(f"{self.filename}:{self.first_line}: {self.name}() has a ** parameter, which compiled functions do not "
                              "support; name the keywords")
        names = [a.arg for a in arguments.posonlyargs + arguments.args]
        given = self.function.__defaults__ or ()
        self.defaults = [()] * (len(names) - len(given)) + [(value,) for value in given]
        self.star = len(names) if arguments.vararg else -1
        if arguments.vararg:
            names.append(arguments.vararg.arg)
            self.defaults.append(((),))
        named = self.function.__kwdefaults__ or {}
        for a in arguments.kwonlyargs:
            names.append(a.arg)
            self.defaults.append((named[a.arg],) if a.arg in named else ())
        self.defaults = tuple(self.defaults)
        self.param_count = len(names)
        body = self.node.body if isinstance(self.node.body, list) else [self.node.body]
        self._stores(body, names)
        self.locals = names
        self.known = self._known()

    def _stores(self, nodes, names):
        """Names that are bound, in order; those of functions inside are their own."""
        for node in nodes:
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id not in names:
                names.append(node.id)
            if not isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef, ast.AsyncFunctionDef)):
                self._stores(ast.iter_child_nodes(node), names)

    def _desugar(self):
        """Rewrites what has a plainer form, and takes the functions inside out."""
        from ._pyforms import kept_in, plain_forms
        from ._pygenerators import into_loops
        from ._pyinner import desugar
        from ._pyexcept import plain_handlers
        from ._pynonlocal import carried
        from ._pyobjmode import take_out

        self.node = carried(self, self.node)
        self.node, blocks = take_out(self, self.node)
        self.node, outer = into_loops(self, self.node)
        self.node, caught = plain_handlers(self, self.node)
        self.inner = {**blocks, **caught, **outer}
        self.node = plain_forms(self.node, self)
        self.node, self.inner = desugar(self, self.node)
        if self.local_types:
            self.node, types_ = kept_in(self.node, self.local_types)
            self.inner.update(types_)

    def _known(self):
        function = self.function
        names = dict.fromkeys(self.locals)
        names.update(dict.fromkeys(function.__code__.co_freevars))
        names.update(dict.fromkeys(n for n in function.__globals__ if not n.startswith("__")))
        names.update(dict.fromkeys(("range", "len", "abs", "min", "max", "int", "float", "round", "enumerate", "zip")))
        return [n for n in names if isinstance(n, str)]

    def lookup(self, name):
        if self.kept is None:
            return self._looked_up(name)
        if name not in self.kept:
            self.kept[name] = self._looked_up(name)
        return self.kept[name]

    def _looked_up(self, name):
        if name in self.inner:
            return self.inner[name]
        if name == "__wf_closure__":
            return _CLOSURE
        if name.startswith("__wf_error_"):
            from ._pyexcept import NAMES

            return NAMES[name]
        if not self._is_made:
            self.early[name] = _MISSING
        found = READING[-1].lookup(self.function, name) if READING and READING[-1] else outer_value(self.function, name, self.name)
        if not self._is_made:
            self.early[name] = found
        return found

    def attribute(self, base, name):
        if isinstance(base, np.ndarray) and name not in ("shape", "size", "ndim", "dtype", "itemsize", "nbytes"):
            raise AttributeError(name)
        return READING[-1].attribute(self.function, base, name) if READING and READING[-1] else getattr(base, name)

    def near(self, module, name):
        """The name in the module that was meant perhaps."""
        import difflib

        known = [one for one in dir(module) if not one.startswith("_")]
        return next(iter(difflib.get_close_matches(name, known, 1, 0.75)), None)

    def classify(self, value):
        if value is self.function and not hasattr(self, "outer"):
            return ("function", self)
        if isinstance(value, Function):  # defined inside
            return ("function", value)
        name = getattr(value, "_wf_name", None)
        if name is not None and not isinstance(value, type):
            return ("call", name)
        if getattr(value, "__name__", "") == "from_buffer" and type(getattr(value, "__self__", None)).__name__ in ("FFI", "CompiledFFI"):
            return ("call", "cffi.from_buffer")
        if isinstance(value, _core.PyFunction):
            return ("function", value._source())
        if isinstance(value, Type):
            return ("dtype", code_for(value, self.host))
        if isinstance(getattr(value, "_core", None), _core.PyFunction) and not self.host:  # made by vectorize; of numbers alone in kernels
            return ("function", value._core._source())
        if isinstance(value, enum.Enum):
            stands = member_tuple(value)
            return ("value", value.value) if stands is None else ("named", class_number(type(stands)), tuple(stands))
        if isinstance(value, np.ndarray):
            return self._array(value)
        if isinstance(value, (np.datetime64, np.timedelta64)) and self.host:
            return ("date", date_code(value.dtype), int(value.view(np.int64)))
        if isinstance(value, (np.datetime64, np.timedelta64)):
            return ("number", "l", int(value.astype(np.int64)))
        if isinstance(value, np.generic):
            return ("number", code_of_dtype(value.dtype), value.item())
        if isinstance(value, np.dtype):
            return ("dtype", record_code(value, self.host) if value.names else host_code(value) if self.host else code_of_dtype(value))
        if isinstance(value, type) and value in _NUMPYS_FAMILIES:  # for isinstance(); no type of any value
            return ("call", f"numpy.{value.__name__}")
        if value is np.datetime64 or value is np.timedelta64:
            return ("call", f"numpy.{value.__name__}")
        if isinstance(value, type) and issubclass(value, np.generic):
            return ("dtype", code_of_dtype(np.dtype(value)))
        if isinstance(value, types.ModuleType):
            return ("module", value.__name__)
        special = self._special(value)
        if special:
            return special
        value = _numpys(value)
        if isinstance(getattr(value, "__self__", None), np.ufunc):  # np.add.reduce
            return ("call", f"numpy.{value.__self__.__name__}.{value.__name__}")
        known = _known(value)
        if known and not self.host and _of_kernels(known) is not None:
            return ("function", source_of(_of_kernels(known)))
        if known:
            return ("call", _NUMPY_ALIASES.get(known, known))
        if _overloaded(value):
            return ("other", f"{getattr(value, '__name__', 'a function')}(), which numba.extending.overload knows for other types only,")
        known = known_name(value) if callable(value) and not isinstance(value, type) else None
        if known and known.startswith("numpy."):
            own = None if self.host else _of_kernels(known)
            return ("call", known) if own is None else ("function", source_of(own))
        if str(getattr(value, "__module__", "")).startswith("weft.cuda._") and callable(value):  # its public modules hold device functions
            return ("other", f"cuda.{getattr(value, '__name__', type(value).__name__)} (of Python's side of a launch, not of kernels)")
        if isinstance(value, types.FunctionType) and not str(value.__module__).startswith("numpy"):
            if refused(value):
                return ("other", refused(value))
            try:
                return ("function", source_of(value))
            except TypingError as error:
                return ("other", f"a function that cannot be compiled ({error})")
        if isinstance(value, tuple):
            return ("value", tuple(value))
        if isinstance(value, slice):
            return ("slice", (value.start, value.stop, value.step))
        if hasattr(value, "__cuda_array_interface__") and not isinstance(value, type):
            return self._device_array(value)
        if isinstance(value, (list, _core.HeldList)):
            return ("other", "a list")
        buffer = array_of_buffer(value)
        if buffer is not None:
            return self._array(buffer)
        if type(value).__module__.startswith("numba.") and callable(getattr(value, "py_func", None)):
            return ("other", f"{value.py_func.__name__}(), which the installed Numba compiles (weft's numba is what `python -m weft` imports, or "
                             "`import numba` after weft.install()),")
        return ("other", f"an object of type {type(value).__name__}")

    def _special(self, value):
        """Classes and constants that compiled functions know in a way of their own."""
        from ._typed import Dict, List

        if value is List or value is Dict:
            return ("call", f"weft.typed.{value.__name__}")
        if isinstance(value, types.MethodType) and value.__self__ in (List, Dict):
            return ("call", f"weft.typed.{value.__self__.__name__}.{value.__name__}")
        if isinstance(value, type):
            if issubclass(value, tuple) and hasattr(value, "_fields"):
                return ("call", f"namedtuple:{class_number(value)}")
            if value is np.ndarray:
                return ("call", "numpy.ndarray")
            if hasattr(value, "_wf_fields"):
                return ("call", f"jitclass:{class_number(value)}")
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return ("named", class_number(type(value)), tuple(value))
        return None

    def _device_array(self, value):
        """Where a device array lies; its memory must stay as long as the function is used."""
        from .cuda import as_cuda_array

        array = as_cuda_array(value)
        if any(stride % array.itemsize for stride in array.strides):
            return ("other", "a device array whose strides are no multiples of its elements")
        return ("array", array._code, array._address, array.shape + tuple(s // array.itemsize for s in array.strides))

    def _array(self, value):
        try:
            code = record_code(value.dtype, self.host) if value.dtype.names else (host_code if self.host else code_of_dtype)(value.dtype)
        except TypeError:
            return ("other", f"an array of {value.dtype}")
        if value.size > 1 << 16:
            return self._large_array(value, code)
        data = np.ascontiguousarray(value)
        return ("array", code, data.tobytes(), tuple(value.shape))

    def _large_array(self, value, code):
        """Of a host function: a copy that stays as long as the function, in memory that the runtime knows, where it lies."""
        if not self.host:
            return ("other", f"an array of {value.size} elements; constants of kernels have at most 65536")
        if id(value) not in self._large:
            from ._device import device
            from .cuda import to_device

            with device("cpu"):
                self._large[id(value)] = value, to_device(np.ascontiguousarray(value))
        return ("array", "R" + code, self._large[id(value)][1]._address, tuple(value.shape) * 2)


def source_of(function, host=False):
    """The Function of a plain Python function, the same one each time; host: as a program's own function of @jit is read."""
    key = "__wf_host_source__" if host else "__wf_source__"
    made = function.__dict__.get(key)
    if made is None:
        made = function.__dict__[key] = Function(function, host=host)
    return made


def location(function):
    return f"{os.path.basename(function.__code__.co_filename)}:{function.__code__.co_firstlineno}"
