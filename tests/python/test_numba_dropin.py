"""The numba drop-in: programs written for Numba, run as `python -m weft`."""

import subprocess
import sys
import textwrap

import pytest


def run(tmp_path, text):
    path = tmp_path / "program.py"
    path.write_text(textwrap.dedent(text))
    done = subprocess.run([sys.executable, "-m", "weft", str(path)], capture_output=True, text=True, cwd=tmp_path, timeout=120)
    return done.returncode, done.stdout, done.stderr


def test_kernels_and_host_functions(tmp_path):
    code, out, err = run(tmp_path, """
        import numpy as np
        from numba import cuda, float32, int32, jit, njit, prange, types, vectorize
        from numba.core.errors import TypingError

        @cuda.jit("void(float32[:], float32[:])")
        def add(x, out):
            i = cuda.grid(1)
            tile = cuda.shared.array(64, float32)
            if i < out.size:
                tile[cuda.threadIdx.x] = x[i]
                out[i] = tile[cuda.threadIdx.x] + x[i]

        x = np.arange(1000, dtype=np.float32)
        out = cuda.device_array_like(x)
        stream = cuda.stream()
        with stream.auto_synchronize():
            add[16, 64, stream](cuda.to_device(x, stream), out)
        print(np.array_equal(out.copy_to_host(), x + x))

        @njit(parallel=True, fastmath=True)
        def total(x):
            s = 0.0
            for i in prange(x.shape[0]):
                s += x[i]
            return s
        print(total(x))

        @vectorize(["float64(float64, float64)"])
        def f(a, b):
            return a - b
        print(f(np.arange(3.0), 1))

        try:
            jit(nopython=True)(lambda x: x.nothing)(x)
        except TypingError as error:
            print("TypingError", "nothing" in str(error))
        print(cuda.is_available(), len(cuda.gpus) >= 1, cuda.get_current_device().WARP_SIZE)
        start, end = cuda.event(), cuda.event()
        start.record(); end.record(); end.synchronize()
        print(cuda.event_elapsed_time(start, end) >= 0)
        """)
    assert code == 0, err
    assert out.split("\n") == ["True", "499500.0", "[-1.  0.  1.]", "TypingError True", "True True 32", "True", ""], out


def test_submodules(tmp_path):
    code, out, err = run(tmp_path, """
        import numba
        import numba.cuda.random
        from numba.cuda.random import create_xoroshiro128p_states, xoroshiro128p_uniform_float32
        from numba.cuda.cudadrv.devicearray import DeviceNDArray
        from numba.cuda.cudadrv.driver import CudaAPIError
        from numba.np.numpy_support import as_dtype
        from numba import config, errors
        from numba.cuda import cg
        print(as_dtype(numba.float32), numba.__version__ > "0.5", config.NUMBA_NUM_THREADS > 0)
        try:
            numba.generated_jit
        except AttributeError as error:
            print(error)
        """)
    assert code == 0, err
    assert out == "float32 True True\nweft's numba has no generated_jit, as Numba has none since 0.59: write @overload\n"


def test_out_of_bounds_is_told_on_stderr(tmp_path):
    code, out, err = run(tmp_path, """
        import numpy as np
        import weft
        from numba import cuda
        @cuda.jit
        def fill(x):
            x[cuda.grid(1)] = 1
        x = np.zeros(100)
        with weft.device("cpu"):
            fill[1, 128](x)
        print(x.sum())
        """)
    assert code == 0 and out == "100.0\n"
    assert "program.py:7: kernel fill: write outside x: index 100, size 100" in err


@pytest.mark.parametrize("name", ["statistics", "colorsys", "textwrap", "heapq"])
def test_the_standard_library_does_not_break_the_compiler(name):
    """Functions that were never meant to be compiled: an error with a place, or a tree; nothing else."""
    import importlib
    import types

    from weft._pydispatch import Dispatcher
    from weft._pysource import TypingError

    codes = ["l", "d", "AC1d", "(ll)", "N", "AA2l", "?"]
    done = 0
    for function in vars(importlib.import_module(name)).values():
        if not isinstance(function, types.FunctionType):
            continue
        for mode in ("kernel", "host"):
            for shift in range(3):
                given = "".join(codes[(i * 3 + shift) % len(codes)] for i in range(function.__code__.co_argcount))
                try:
                    assert function.__name__ in Dispatcher(function, mode)._print(given)
                except TypingError as error:
                    assert str(error)
                except TypeError:
                    pass
                done += 1
    assert done


def test_cuda_programs_unchanged(tmp_path):
    """Modules that Numba's CUDA programs import, functions that exec() made, and the test helpers."""
    code, out, err = run(tmp_path, """
        import pickle
        import unittest

        import numba.cuda
        import numpy as np
        from numba import cuda
        from numba.core import config, types
        from numba.cuda import libdevice
        from numba.cuda.args import In
        from numba.cuda.cudadrv.devicearray import is_cuda_ndarray
        from numba.cuda.cudadrv.driver import device_to_host, host_to_device
        from numba.cuda.testing import CUDATestCase, skip_on_cudasim, skip_unless_cc_60

        space, made = {"cuda": cuda}, []
        for k in (2, 3):  # the same name and lines, another body
            exec(f"def scale(x):\\n    i = cuda.grid(1)\\n    x[i] *= {k}\\n", space)
            made.append(space["scale"])
        for scale in made:
            x = np.ones(4)
            cuda.jit(scale)[1, 4](x)
            print(x[0])

        @cuda.jit
        def top(x):
            x[0] = libdevice.fabs(x[0])
        print(pickle.loads(pickle.dumps(top)) is top)

        class Test(CUDATestCase):
            @skip_on_cudasim("not there")
            @skip_unless_cc_60
            def test(self):
                self.assertPreciseEqual(np.float32(1), np.float32(1) + np.float32(1e-8))
                with self.assertRaises(AssertionError):
                    self.assertPreciseEqual(1, 1.0)
                with self.assertRaises(AssertionError):
                    self.assertPreciseEqual(0.0, -0.0)

        result = unittest.TextTestRunner(verbosity=0).run(unittest.defaultTestLoader.loadTestsFromTestCase(Test))
        print(result.testsRun, result.wasSuccessful(), isinstance(types.float32, types.Float))
        pointer = cuda.current_context().memalloc(32)
        host_to_device(pointer, np.arange(4.0), 32)
        back = np.zeros(4)
        device_to_host(back, pointer.view(8), 24)
        print(back, is_cuda_ndarray(cuda.to_device(back)))
        """)
    assert code == 0, err
    assert out.splitlines() == ["2.0", "3.0", "True", "1 True True", "[1. 2. 3. 0.] True"]


def test_the_element_of_a_device_array_without_dimensions():
    """NumPy reads what x[()] of a 0-d array names, so only a view may be asked of the array that stands for device memory."""
    import numpy as np
    from weft import cuda

    array = cuda.to_device(np.array(2.5))
    assert isinstance(array._element(()), np.ndarray) and array[()] == 2.5
    array[()] = 3
    assert array.copy_to_host() == 3


def test_pndindex(tmp_path):
    code, out, err = run(tmp_path, """
        import numpy as np, numba

        @numba.njit(parallel=True)
        def f(a):
            s = 0.0
            for i, j in numba.pndindex(a.shape):
                s += a[i, j] * i
            return s

        print(f(np.ones((3, 4))))
    """)
    assert (code, out) == (0, "12.0\n"), err


def test_a_function_made_of_a_syntax_tree(tmp_path):
    code, out, err = run(tmp_path, '''
        import ast
        from numba import njit

        for k in range(3):
            tree = ast.parse("# begins lower\\n\\ndef scale(x):\\n    if x > 1:\\n        return x * 2\\n    return x + 1\\n")
            tree.body[0].body[0].body[0].value.right.value = k + 2
            made = compile(tree, "<scale>", mode="exec")
            tree.body.clear()
            scope = {}
            exec(made, scope)
            print(njit(scope["scale"])(3), njit(scope["scale"])(1))
    ''')
    assert (code, out.split()) == (0, ["6", "2", "9", "2", "12", "2"]), err


def test_a_function_of_exec_in_a_module_with_future_imports(tmp_path):
    code, out, err = run(tmp_path, '''
        from __future__ import annotations
        from numba import njit

        scope = {}
        exec("def twice(x):\\n    return x * 2", scope)
        print(njit(scope["twice"])(4))
    ''')
    assert (code, out) == (0, "8\n"), err


def test_a_function_of_exec_under_the_name_of_a_file(tmp_path):
    code, out, err = run(tmp_path, '''
        import inspect
        from numba import njit

        def made(text, name):
            scope = {}
            exec(compile(text, inspect.getfile(lambda: None), "single"), scope)
            return njit(scope[name])

        print(made("def chosen(i, *args):\\n   return i + len(args)", "chosen")(3, 1, 2), made("def made(x):\\n   return x * 2", "made")(4))
    ''')
    assert (code, out) == (0, "5 8\n"), err
    code, out, err = run(tmp_path, '''
        from numba import njit

        def chosen(x):
            return x + 1

        scope, text = {}, open(__file__).read()
        exec(compile("def chosen(x):\\n    return x + 2\\n".rjust(len(text.encode()), "\\n"), __file__, "exec"), scope)  # of the file's size
        print(njit(scope["chosen"])(1), njit(chosen)(1))
    ''')
    assert (code, out) == (0, "3 2\n"), err


def test_a_text_that_is_executed_imports_numba_itself(tmp_path):
    """The text is known although the drop-in was not imported when it was compiled; a source that is nowhere is named."""
    code, out, err = run(tmp_path, """
        exec('''
        from numba import njit, vectorize

        @njit
        def one_more(x):
            return x + 1

        @vectorize(["float64(float64)"])
        def twice(x):
            return x * 2
        ''')
        print(one_more(2), twice(2.5))
        scope = {}
        exec(compile("def lost(x): return x", "/nowhere/lost.py", "exec"), scope)
        lost = njit(scope["lost"])

        @njit
        def caller(x):
            return lost(x)

        for attempt in range(2):
            try:
                caller(1)
            except Exception as error:
                print(type(error).__name__, "the source of lost() is not available" in str(error))
        """)
    assert (code, out.splitlines()) == (0, ["3 5.0", "TypingError True", "TypingError True"]), err
