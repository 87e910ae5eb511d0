"""Makes weft/__init__.pyi, the types of the package's names, from its sources: stubs.py <weft's folder> <output>.

weft's names are found when they are asked for, which type checkers cannot follow; this says them out. Signatures are those of
the sources (nothing is imported), argument types follow from the names of arguments, which are NumPy's throughout, and results
are arrays unless a table below says otherwise. What the core's C types have is written by hand in weft/_core.pyi.
"""

import ast
import pathlib
import re
import sys

_AXIS = "SupportsIndex | Sequence[SupportsIndex] | None"
_SHAPE = "SupportsIndex | Sequence[SupportsIndex]"
ARGUMENTS = {
    "axis": _AXIS, "axes": "Any", "dtype": "DTypeLike | None", "out": "ndarray | None", "keepdims": "bool", "device": "Device | str | None",
    "order": "str | None", "casting": "str", "copy": "bool | None", "shape": _SHAPE, "new_shape": _SHAPE, "newshape": "Any",
    "where": "ArrayLike | ndarray | bool | None", "initial": "complex | None", "equal_nan": "bool", "rtol": "ArrayLike | ndarray",
    "atol": "ArrayLike | ndarray", "ddof": "float", "correction": "float | None", "stable": "bool | None", "kind": "str | None",
    "mode": "Any", "subok": "bool", "endpoint": "bool", "retstep": "bool", "num": "SupportsIndex", "side": "str", "returned": "bool",
    "return_index": "bool", "return_inverse": "bool", "return_counts": "bool", "assume_unique": "bool", "invert": "bool",
    "edge_order": "int", "method": "str", "overwrite_input": "bool", "include_initial": "bool", "minlength": "SupportsIndex",
    "increasing": "bool", "bitorder": "str", "rowvar": "bool", "bias": "bool", "dx": "float", "period": "float",
}
_ARRAYS = {"a", "b", "x", "y", "x1", "x2", "ar", "ar1", "ar2", "arr", "ary", "array", "m", "v", "p", "A", "element", "test_elements", "indices",
           "values", "weights", "object", "prototype", "xp", "fp", "bins", "sorter", "condition", "a1", "a2", "fweights", "aweights", "sample",
           "prepend", "append", "to_end", "to_begin", "filt", "q", "reps", "repeats", "shift", "start", "stop", "base", "fill_value"}
# Of functions whose own argument of such a name is something else.
NOT_ARRAYS = {("diag_indices", "n"), ("arange", "start"), ("arange", "stop"), ("rollaxis", "start"), ("histogram", "bins"),
              ("histogram2d", "bins"), ("histogramdd", "bins"), ("histogram_bin_edges", "bins"), ("polyval", "p"), ("polyder", "p"),
              ("polyint", "p"), ("pad", "array"), ("frexp", "x")}
_TUPLE = "tuple[ndarray, ...]"
RESULTS = {
    **dict.fromkeys(("allclose", "array_equal", "array_equiv", "can_cast", "isscalar", "isrealobj", "iscomplexobj", "isfortran",
                     "shares_memory", "may_share_memory"), "bool"),
    **dict.fromkeys(("nonzero", "broadcast_arrays", "unravel_index", "tril_indices", "triu_indices", "tril_indices_from", "triu_indices_from",
                     "diag_indices", "diag_indices_from", "ix_", "unstack", "mask_indices"), _TUPLE),
    **dict.fromkeys(("modf", "frexp", "divmod", "histogram"), "tuple[ndarray, ndarray]"),
    **dict.fromkeys(("array_split", "split", "hsplit", "vsplit", "dsplit"), "list[ndarray]"),
    **dict.fromkeys(("put", "place", "putmask", "fill_diagonal", "copyto", "save", "savez", "savez_compressed", "savetxt", "put_along_axis",
                     "eval"), "None"),
    **dict.fromkeys(("result_type", "promote_types"), "Any"),
    **dict.fromkeys(("unique", "gradient", "where", "explain", "average", "linspace", "geomspace", "load", "get_array_module", "poly", "polyadd",
                     "polysub", "polymul", "polydiv", "polyder", "polyint", "polyval", "intersect1d", "atleast_1d", "atleast_2d", "atleast_3d",
                     "asarray_chkfinite", "fromfile", "loads", "roots", "polyfit", "common_type"), "Any"),
    "asnumpy": "np.ndarray[Any, Any]", "ndim": "int", "size": "int", "shape": "tuple[int, ...]", "broadcast_shapes": "tuple[int, ...]",
    "histogram2d": "tuple[ndarray, ndarray, ndarray]", "histogramdd": "tuple[ndarray, list[ndarray]]", "einsum_path": "tuple[Any, str]",
    "memory_info": "tuple[int, int]", "meshgrid": "list[ndarray]",
    "unique_all": "UniqueAllResult", "unique_counts": "UniqueCountsResult", "unique_inverse": "UniqueInverseResult",
}
METHODS = {"item": "Any", "tolist": "Any", "tobytes": "bytes", "get": "np.ndarray[Any, Any]", "fill": "None", "sort": "None", "partition": "None",
           "put": "None", "set": "None", "tofile": "None", "dump": "None", "dumps": "bytes", "nonzero": _TUPLE, "scatter_add": "None",
           "toDlpack": "Any", "view": "Any", "resize": "None"}
# Namespaces whose functions are found at run time, with NumPy's arguments (tests/python/test_stubs.py compares them). ": Any" where the
# result is no single array.
_FFT, _FFTN, _FFT2 = "a, n=None, axis=-1, norm=None", "a, s=None, axes=None, norm=None", "a, s=None, axes=(-2, -1), norm=None"
NAMESPACES = {
    "linalg": {"cholesky": "a", "cond": "x, p=None: Any", "cross": "x1, x2, *, axis=-1", "det": "a: Any", "diagonal": "x, *, offset=0",
               "eig": "a: Any", "eigh": "a, UPLO='L': Any", "eigvals": "a", "eigvalsh": "a, UPLO='L'", "inv": "a", "lstsq": "a, b, rcond=None: Any",
               "matmul": "x1, x2", "matrix_norm": "x, *, keepdims=False, ord='fro': Any", "matrix_power": "a, n", "matrix_rank": "A, tol=None: Any",
               "matrix_transpose": "x", "multi_dot": "arrays", "norm": "x, ord=None, axis=None, keepdims=False: Any", "outer": "x1, x2",
               "pinv": "a, rcond=None, hermitian=False", "qr": "a, mode='reduced': Any", "slogdet": "a: Any", "solve": "a, b",
               "svd": "a, full_matrices=True, compute_uv=True, hermitian=False: Any", "svdvals": "x", "tensordot": "x1, x2, *, axes=2",
               "tensorinv": "a, ind=2", "tensorsolve": "a, b, axes=None", "trace": "x, *, offset=0, dtype=None: Any",
               "vecdot": "x1, x2, *, axis=-1", "vector_norm": "x, *, axis=None, keepdims=False, ord=2: Any"},
    "fft": {**dict.fromkeys(("fft", "ifft", "rfft", "irfft", "hfft", "ihfft"), _FFT), **dict.fromkeys(("fftn", "ifftn", "rfftn", "irfftn"), _FFTN),
            **dict.fromkeys(("fft2", "ifft2", "rfft2", "irfft2"), _FFT2), "fftfreq": "n, d=1.0", "rfftfreq": "n, d=1.0", "fftshift": "x, axes=None",
            "ifftshift": "x, axes=None"},
}
# Functions of the modules that are not weft's: _arrays.py leaves them out too.
HIDDEN = {"setitem", "from_numpy", "ndarray_new", "device_of_memory", "add_at", "ufunc_at", "getitem", "norm"}
HEAD = '''# Made by cmake/stubs.py from weft's sources.
from builtins import bool as _bool
from typing import Any, Callable, Sequence, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from . import _core
from ._core import %s
%s

class ufunc(_core.ufunc):
    nin: int
    nout: int
    nargs: int
    identity: Any
    def reduce(self, array: ArrayLike | ndarray, axis: %s = ..., dtype: DTypeLike | None = ..., out: ndarray | None = ..., keepdims: bool = ..., initial: Any = ..., where: Any = ...) -> ndarray: ...
    def accumulate(self, array: ArrayLike | ndarray, axis: SupportsIndex = ..., dtype: DTypeLike | None = ..., out: ndarray | None = ...) -> ndarray: ...
    def reduceat(self, array: ArrayLike | ndarray, indices: ArrayLike | ndarray, axis: SupportsIndex = ..., dtype: DTypeLike | None = ..., out: ndarray | None = ...) -> ndarray: ...
    def outer(self, a: ArrayLike | ndarray, b: ArrayLike | ndarray, **kwargs: Any) -> ndarray: ...
    def at(self, a: ndarray, indices: Any, b: Any = ...) -> None: ...
'''


def parsed(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def constant(tree, name):
    """The value of a module's `name = literal`."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets):
            return ast.literal_eval(node.value)
    raise KeyError(name)


def _argument(function, arg, has_default):
    kind = ARGUMENTS.get(arg.arg)
    if kind is None and arg.arg in _ARRAYS and (function, arg.arg) not in NOT_ARRAYS:
        kind = "ArrayLike | ndarray | None" if has_default else "ArrayLike | ndarray"
    return f"{arg.arg}: {kind or 'Any'}{' = ...' if has_default else ''}"


def signature(node):
    """The arguments of a function as a stub has them."""
    a, parts = node.args, []
    plain = [*a.posonlyargs, *a.args]
    for k, arg in enumerate(plain):
        is_self = k == 0 and arg.arg == "self"
        parts.append("self" if is_self else _argument(node.name, arg, k >= len(plain) - len(a.defaults)))
        if k + 1 == len(a.posonlyargs):
            parts.append("/")
    if a.vararg:
        parts.append(f"*{a.vararg.arg}: Any")
    elif a.kwonlyargs:
        parts.append("*")
    parts += [_argument(node.name, arg, default is not None) for arg, default in zip(a.kwonlyargs, a.kw_defaults)]
    if a.kwarg:
        parts.append(f"**{a.kwarg.arg}: Any")
    return ", ".join(parts)


def functions(tree):
    return [node for node in tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and node.name not in HIDDEN]


def aliases(body, known):
    """(new name, old name) of assignments such as `concat = concatenate` and `amin, amax = min, max`."""
    for node in body:
        if not isinstance(node, ast.Assign):
            continue
        targets = [t for target in node.targets for t in (target.elts if isinstance(target, ast.Tuple) else [target])]
        values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value] * len(targets)
        for target, value in zip(targets, values):
            if isinstance(target, ast.Name) and isinstance(value, ast.Name) and value.id in known and not target.id.startswith("_"):
                yield target.id, value.id


def array_class(tree):
    """class ndarray, from the Python class; operators and facts come from the core's (weft/_core.pyi)."""
    lines = ["class ndarray(_core.ndarray):"]
    node = next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == "ndarray")
    for item in node.body:
        if not isinstance(item, ast.FunctionDef) or item.name.startswith("_") and item.name not in ("__dlpack__", "__dlpack_device__"):
            continue
        decorators = [ast.unparse(d) for d in item.decorator_list]
        if decorators == ["property"]:
            lines += ["    @property", f"    def {item.name}(self) -> Any: ..."]
        elif not decorators:
            result = METHODS.get(item.name, "Any" if item.name.startswith("_") else "ndarray")
            lines.append(f"    def {item.name}({signature(item)}) -> {result}: ...")
    methods = {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
    return lines + [f"    {new} = {old}" for new, old in aliases(node.body, methods)]


def namespace(name, table):
    """`linalg`, an object with the functions of its table; further names are found at run time."""
    lines = [f"class _{name}:"]
    for function, words in table.items():
        arguments, _, result = words.partition(": ")
        node = ast.parse(f"def {function}({arguments}): ...").body[0]
        lines += ["    @staticmethod", f"    def {function}({signature(node)}) -> {result or 'ndarray'}: ..."]
    return [*lines, "    def __getattr__(self, name: str) -> Any: ...", f"{name}: _{name}"]


def random_names(tree):
    """`random`: the module's own functions, and those that it makes of the generator's methods."""
    generator = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Generator")
    methods = {node.name: node for node in generator.body if isinstance(node, ast.FunctionDef)}
    lines = ["class _random:", "    from ._array.random import Generator as Generator, Philox4x32 as Philox4x32"]
    drawn = {name: methods[name] for name in constant(tree, "_DRAWS")}
    for name, node in {**drawn, **{node.name: node for node in functions(tree)}}.items():
        arguments = signature(node).removeprefix("self").removeprefix(", ").replace(f"shape: {_SHAPE}", "shape: Any")  # a parameter of distributions
        lines += ["    @staticmethod", f"    def {name}({arguments}) -> Any: ..."]
    lines += [f"    {new} = {old}" for new, old in aliases(tree.body, {"random_sample"})]
    return [*lines, "    def __getattr__(self, name: str) -> Any: ...", "random: _random"]


def exported_modules(tree):
    """The modules of _array/ whose functions are weft's, in order: those of the first loop of _arrays.py, under their own names."""
    names = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "_array":
            names.update({alias.asname or alias.name: alias.name for alias in node.names})
    loop = next(node for node in tree.body if isinstance(node, ast.For))
    return [names[element.id] for element in loop.iter.elts]


def make(package):
    """The text of the stub."""
    init, arrays = parsed(package / "__init__.py"), parsed(package / "_arrays.py")
    core, lazy = constant(init, "_CORE"), constant(init, "_LAZY")
    again = ", ".join(f"{name} as {name}" for name in core)
    imports = [f"from .{module} import {name} as {name}" for name, module in sorted(lazy.items()) if not name.startswith("__")]
    imports += ["from . import cuda as cuda",
                "from ._array.sets import UniqueAllResult as UniqueAllResult, UniqueCountsResult as UniqueCountsResult, "
                "UniqueInverseResult as UniqueInverseResult", "from ._array.flat import flatiter as flatiter",
                "from ._array.manipulation import broadcast as broadcast",
                "from ._array.creation import NpzFile as NpzFile", "from ._array.fallback import FallbackWarning as FallbackWarning",
                "from ._array.kernels import ElementwiseKernel as ElementwiseKernel, ReductionKernel as ReductionKernel",
                "from ._array.polynomials import poly1d as poly1d",
                *(f"from ._array.float_errors import {name} as {name}" for name in ("errstate", "geterr", "geterrcall", "seterr", "seterrcall"))]
    imports = [line for line in imports if line != "from ._jit import cuda as cuda"]
    lines = [HEAD % (again, "\n".join(imports), _AXIS), *array_class(parsed(package / "_array" / "array.py")), ""]
    math = parsed(package / "_array" / "math.py")
    ufuncs = [*constant(math, "UFUNCS"), *constant(math, "ALIASES"), "nextafter", "ldexp"]
    seen = set(ufuncs)
    lines += [f"{name}: ufunc" for name in dict.fromkeys(ufuncs)]
    for module in exported_modules(arrays):
        for node in functions(parsed(package / "_array" / f"{module}.py")):
            if node.name not in seen:
                lines.append(f"def {node.name}({signature(node)}) -> {RESULTS.get(node.name, 'ndarray')}: ...")
                seen.add(node.name)
        for new, old in aliases(parsed(package / "_array" / f"{module}.py").body, seen):
            if new not in seen:
                lines.append(f"{new} = {old}")
                seen.add(new)
    for node in functions(arrays):
        lines.append(f"def {node.name}({signature(node)}) -> {RESULTS.get(node.name, 'Any')}: ...")
    constants = [name for name in constant(arrays, "_CONSTANTS") if name not in seen and name not in ("exceptions", "dtypes", "typing")]
    for name, table in NAMESPACES.items():
        lines += namespace(name, table)
    lines += random_names(parsed(package / "_array" / "random.py"))
    lines += ["from numpy import " + ", ".join(f"{name} as {name}" for name in constants), "bfloat16: Any", "mgrid: Any", "ogrid: Any", "r_: Any", "c_: Any", "exceptions: Any", "dtypes: Any", "typing: Any", "polyfit: Any", "roots: Any",
              "special: Any", "lib: Any", "emath: Any", "polynomial: Any", "ndimage: Any", "__version__: str", "def __getattr__(name: str) -> Any: ..."]
    # weft.bool is NumPy's: the annotations mean Python's.
    text = "\n".join(re.sub(r"\bbool\b", "_bool", line) if not line.startswith("from numpy import pi") else line for line in lines)
    return text.replace("from builtins import _bool as _bool", "from builtins import bool as _bool") + "\n"


if __name__ == "__main__":
    pathlib.Path(sys.argv[2]).write_text(make(pathlib.Path(sys.argv[1])), encoding="utf-8")
