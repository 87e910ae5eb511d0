"""Every name of Numba's that programs use on the CPU is there in the drop-in."""

import subprocess
import sys
import textwrap

NAMES = """
    TypingError __version__ boolean carray cfunc config config.NUMBA_NUM_THREADS config.THREADING_LAYER core core.cgutils
    core.cgutils.alloca_once core.cgutils.create_struct_proxy core.datamodel.models core.errors
    core.errors.NumbaDeprecationWarning core.errors.NumbaPendingDeprecationWarning core.errors.NumbaPerformanceWarning
    core.errors.NumbaWarning core.errors.TypingError core.extending core.extending.register_model core.extending.typeof_impl
    core.extending.typeof_impl.register core.imputils core.registry core.registry.CPUDispatcher core.types core.types.Array
    core.types.Type core.types.UniTuple core.types.float64 core.typing core.typing.signature core.typing.templates errors
    errors.TypingError experimental experimental.jitclass extending extending.NativeValue extending.box
    extending.get_cython_function_address extending.intrinsic extending.is_jitted extending.lower_builtin
    extending.make_attribute_wrapper extending.models extending.models.StructModel extending.overload
    extending.overload_method extending.register_jitable extending.register_model extending.typeof_impl
    extending.typeof_impl.register extending.unbox float32 float64 from_dtype get_num_threads get_thread_id guvectorize int32
    int64 jit literal_unroll literally njit np np.numpy_support np.numpy_support.as_dtype objmode prange set_num_threads
    stencil threading_layer typed typed.Dict typed.Dict.empty typed.Dict.get typed.Dict.items typed.Dict.keys typed.List
    typed.List.append typed.List.empty_list typeof types types.Array types.Boolean types.CPointer types.DictType
    types.FunctionType types.Integer types.IntegerLiteral types.ListType types.Literal types.Number types.StringLiteral
    types.Tuple types.Type types.Type.__call__ types.Type.__getitem__ types.UniTuple types.boolean types.float32 types.float64
    types.int16 types.int32 types.int64 types.intp types.optional types.uint32 types.uint64 types.unicode_type types.void
    types.voidptr uint32 uint64 uint8 vectorize void
"""


def test_names(tmp_path):
    program = tmp_path / "names.py"
    program.write_text(f"""
import importlib
import numba

missing = []
for name in {NAMES!r}.split():
    found, path = numba, "numba"
    for part in name.split("."):
        path += "." + part
        try:
            found = getattr(found, part)
        except AttributeError:
            try:
                found = importlib.import_module(path)
            except ImportError:
                missing.append(name)
                break
print(missing)
""")
    done = subprocess.run([sys.executable, "-P", "-m", "weft", str(program)], capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_errors_and_modules(tmp_path):
    """Every exception and warning of Numba's can be named; jit_module compiles a module's own functions."""
    program = tmp_path / "errors.py"
    program.write_text("""
import warnings
import numba
from numba import NumbaPerformanceWarning
from numba.core.errors import NumbaDeprecationWarning, NumbaKeyError, NumbaPedanticWarning, TypingError, VerificationError

warnings.simplefilter("error", NumbaDeprecationWarning)
assert issubclass(NumbaKeyError, KeyError) and issubclass(NumbaKeyError, numba.NumbaError)
assert issubclass(NumbaDeprecationWarning, DeprecationWarning) and issubclass(NumbaPedanticWarning, numba.NumbaWarning)

def outer(x):
    return inner(x) + 1

def inner(x):
    return x * 2

def refused(x):
    return open(x)

numba.jit_module(nopython=True)
assert outer(3) == 7 and outer.signatures and inner(2) == 4
try:
    refused(1)
except VerificationError as error:
    assert isinstance(error, TypingError)
    print("refused")
""")
    done = subprocess.run([sys.executable, "-P", "-m", "weft", str(program)], capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout.strip() == "refused", done.stdout + done.stderr


def test_names_inside_that_libraries_use():
    """numba.np.ufunc's classes, the solver of numba.np.linalg, and addresses with a signature."""
    done = subprocess.run([sys.executable, "-P", "-m", "weft", "-c", textwrap.dedent("""
        import ctypes, numba, numpy as np
        from numba.np.ufunc.gufunc import GUFunc
        from numba.np.ufunc.dufunc import DUFunc
        from numba.np.ufunc.parallel import get_thread_count
        from numba.np.linalg import _LAPACK
        from numba.types import WrapperAddressProtocol, float64

        doubled = numba.guvectorize(["void(float64[:], float64[:])"], "(n)->(n)")(lambda x, out: None)
        print(isinstance(doubled, GUFunc), isinstance(numba.vectorize(lambda x: x), DUFunc), get_thread_count() >= 1)
        solve = _LAPACK().numba_xgesv(float64)

        @numba.njit
        def solved(a, b):
            return solve(100, 3, 1, a.ctypes, 3, np.empty(3, np.int32).ctypes, b.ctypes, 3)

        a, b = np.array([[0.0, 2, 1], [1, 1, 4], [3, 0, 1]]), np.array([1.0, 2, 3])
        x = b.copy()
        print(solved(a.T.copy(), x), np.allclose(a @ x, b))
        cos = ctypes.CDLL(None).cos
        class Cosine(WrapperAddressProtocol):
            def __wrapper_address__(self): return ctypes.cast(cos, ctypes.c_void_p).value
            def signature(self): return float64(float64)
        cosine = Cosine()
        print(numba.njit(lambda x: cosine(x))(1.0) == np.cos(1.0))
    """)], capture_output=True, text=True, timeout=120)
    assert done.stdout.split() == ["True", "True", "True", "0", "True", "True"], done.stderr
