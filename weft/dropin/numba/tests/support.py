"""numba.tests.support: what test suites of Numba programs import from there, written anew for weft."""

import contextlib
import enum
import gc
import io
import math
import os
import platform
import subprocess
import sys
import tempfile
import unittest
import warnings

import numpy as np

from .. import config
from ..core.compiler import CompilerBase
from ..core.errors import LoweringError, TypingError
from ..np import numpy_support  # noqa: F401


@contextlib.contextmanager
def override_config(name, value):
    """A setting of numba.config has another value inside the with statement."""
    before = getattr(config, name)
    setattr(config, name, value)
    try:
        yield
    finally:
        setattr(config, name, before)


@contextlib.contextmanager
def override_env_config(name, value):
    """An environment variable has another value inside the with statement (None or "": it is not set)."""
    before = os.environ.get(name)
    _set_env(name, value)
    try:
        yield
    finally:
        _set_env(name, before)


def _set_env(name, value):
    if value:
        os.environ[name] = value
    else:
        os.environ.pop(name, None)


@contextlib.contextmanager
def _captured(name):
    before = getattr(sys, name)
    text = io.StringIO()
    setattr(sys, name, text)
    try:
        yield text
    finally:
        setattr(sys, name, before)


def captured_stdout():
    return _captured("stdout")


def captured_stderr():
    return _captured("stderr")


@contextlib.contextmanager
def ignore_internal_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def run_in_subprocess(code, flags=(), env=None, timeout=30):
    """(stdout, stderr) as bytes of a new interpreter that has the drop-in installed and runs `code`."""
    line = [sys.executable, *flags, "-m", "weft", "-c", code]
    done = subprocess.run(line, capture_output=True, env=env, timeout=timeout)
    if done.returncode:
        raise AssertionError(f"process failed with code {done.returncode}: stderr follows\n{done.stderr.decode()}")
    return done.stdout, done.stderr


def temp_directory(prefix):
    """A fresh folder."""
    return tempfile.mkdtemp(prefix=prefix)


def import_dynamic(modname):
    import importlib

    return importlib.import_module(modname)


def _has(module):
    try:
        __import__(module)
    except ImportError:
        return False
    return True


_32bit = sys.maxsize <= 2**32
is_parfors_unsupported = _32bit
REDUCED_TESTING = bool(int(os.environ.get("_NUMBA_REDUCED_TESTING", "0")))
numpy_sincos_low_precision = False  # a difference of NumPy's before 1.25


def tag(*tags):
    """Marks a test for a runner that selects by marks; here it changes nothing."""
    return lambda test: test


always_test = tag("always_test")
skip_parfors_unsupported = unittest.skipIf(_32bit, "parfors not supported")
skip_if_32bit = unittest.skipIf(_32bit, "Not supported on 32 bit")
skip_if_freethreading = unittest.skipIf(not getattr(sys, "_is_gil_enabled", lambda: True)(), "Not supported without the GIL")
skip_if_linux_aarch64 = unittest.skipIf(sys.platform.startswith("linux") and os.uname().machine == "aarch64",
                                        "Not supported on Linux aarch64")
linux_only = unittest.skipIf(not sys.platform.startswith("linux"), "Linux-specific test")
windows_only = unittest.skipIf(not sys.platform.startswith("win"), "Windows-specific test")
skip_unless_cffi = unittest.skipUnless(_has("cffi"), "requires cffi")
skip_unless_scipy = unittest.skipUnless(_has("scipy"), "requires scipy")
needs_blas = needs_lapack = skip_unless_scipy
needs_subprocess = unittest.skipUnless(os.environ.get("SUBPROC_TEST"), "Subprocess harness only")
needs_external_compilers = needs_setuptools = unittest.skip("modules compiled ahead of time are not supported")
IS_NUMPY_2 = int(np.__version__.split(".")[0]) >= 2
skip_if_numpy_2 = unittest.skipIf(IS_NUMPY_2, "not for NumPy 2")
skip_if_windows = unittest.skipIf(sys.platform.startswith("win"), "not on Windows")
skip_if_py313plus_on_windows = unittest.skipIf(sys.platform.startswith("win") and sys.version_info >= (3, 13), "not on Windows with Python 3.13")
skip_unless_py10_or_later = unittest.skipIf(sys.version_info < (3, 10), "for Python 3.10 and later")
skip_unless_py14_or_later = skip_unless_py314_or_later = unittest.skipIf(sys.version_info < (3, 14), "for Python 3.14 and later")
skip_if_reduced_testing = unittest.skipIf(REDUCED_TESTING, "not where tests are reduced")
skip_unless_typeguard = unittest.skip("weft is not checked by typeguard while it runs")
skip_if_typeguard = skip_ppc64le_issue4563 = skip_ppc64le_issue6465 = skip_ppc64le_invalid_ctr_loop = lambda test: test
disabled_test = unittest.skip("disabled")
_machine = platform.machine()
_is_armv7l = _machine == "armv7l"
IS_MACOS = sys.platform == "darwin"
IS_MACOS_ARM64, IS_WIN_ARM64 = IS_MACOS and _machine == "arm64", sys.platform == "win32" and _machine == "ARM64"
skip_macos_fenv_errors = unittest.skipIf(IS_MACOS, "not on macOS")
skip_win_arm64_unittuple_uimm12 = unittest.skipIf(IS_WIN_ARM64, "not on Windows on ARM64")
has_blas = _has("scipy")
strace_supported = lambda: False  # noqa: E731


def strace(work, syscalls=None, timeout=10):
    """Which calls of the system a function makes: not told here, as strace_supported() says."""
    raise NotImplementedError("calls of the system are not traced")


class IRPreservingTestPipeline(CompilerBase):
    """For tests that read Numba's IR: it is declined by name."""


def _in_process(name, folder):
    """What a new process does for the two functions below."""
    import importlib

    from weft import dropin

    dropin.install("numba")
    sys.path[:0] = folder
    module, _, qualified = name.partition(":")
    found = importlib.import_module(module)
    for part in qualified.split("."):
        found = getattr(found, part)
    found()


def run_in_new_process_in_cache_dir(func, cache_dir, verbose=True):
    """A function of a module, without arguments, in a process of its own that has NUMBA_CACHE_DIR: {"exitcode", "stdout", "stderr"}."""
    name, folder = f"{func.__module__}:{func.__qualname__}", [os.path.abspath(entry) for entry in sys.path]
    line = [sys.executable, "-c", f"from {__name__} import _in_process as run; run({name!r}, {folder!r})"]
    if __name__.startswith("numba."):
        line[1:2] = ["-m", "weft", "-c"]
    done = subprocess.run(line, capture_output=True, text=True, timeout=120, env={**os.environ, "NUMBA_CACHE_DIR": str(cache_dir)})
    if verbose and done.returncode:
        print(done.stdout, done.stderr, sep="\n")
    return {"exitcode": done.returncode, "stdout": done.stdout, "stderr": done.stderr}


def run_in_new_process_caching(func, cache_dir_prefix=__name__, verbose=True):
    """The same in a fresh folder."""
    with tempfile.TemporaryDirectory(prefix=cache_dir_prefix) as folder:
        return run_in_new_process_in_cache_dir(func, folder, verbose)


def _is_expected_to_fail(condition):
    return lambda test: unittest.expectedFailure(test) if condition else test


expected_failure_np2 = _is_expected_to_fail(IS_NUMPY_2)
expected_failure_py311, expected_failure_py312, expected_failure_py313, expected_failure_py314, expected_failure_py315 = (
    _is_expected_to_fail(sys.version_info[:2] == (3, minor)) for minor in (11, 12, 13, 14, 15))


def _flags(**set_):
    """Settings of a compilation, as tests pass them on."""
    from ..core.compiler import Flags

    made = Flags()
    vars(made).update(set_)
    return made


enable_pyobj_flags, force_pyobj_flags = _flags(enable_pyobject=True), _flags(force_pyobject=True)
no_pyobj_flags, nrt_flags = _flags(), _flags(nrt=True)


def available_memory_bytes():
    """How much memory the machine says it has free; 0: it does not say."""
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return 0


@contextlib.contextmanager
def create_temp_module(source_lines, **jit_options):
    """A module of these lines, with jit_module() of these options at its end, as long as the with statement lasts."""
    from .. import jit_module  # noqa: F401

    text = source_lines if isinstance(source_lines, str) else "\n".join(source_lines)
    text += f"\nfrom numba import jit_module\njit_module({', '.join(f'{k}={v!r}' for k, v in jit_options.items())})"
    with tempfile.TemporaryDirectory(prefix="weft_test") as folder:
        name = f"weft_temporary_{os.path.basename(folder)}"
        with open(os.path.join(folder, name + ".py"), "w", encoding="utf-8") as file:
            file.write(text + "\n")
        sys.path.insert(0, folder)
        try:
            yield import_dynamic(name)
        finally:
            sys.path.remove(folder)
            sys.modules.pop(name, None)


@contextlib.contextmanager
def forbid_codegen():
    """Inside of the with statement nothing of Numba's compiler is called: weft has none of it."""
    yield


def run_test_in_subprocess(maybefunc=None, timeout=60, envvars=None):
    """A test that Numba's runner starts in a process of its own: here it runs in this one, unless it needs other variables."""
    def mark(test):
        return unittest.skip("needs a process with other environment variables")(test) if envvars else test

    return mark(maybefunc) if maybefunc else mark


def compile_function(name, code, globs):
    """The function of this name in a code object that defines it."""
    scope = dict(globs)
    exec(code, scope)
    return scope[name]


class TestCase(unittest.TestCase):
    run_test_in_subprocess = staticmethod(run_test_in_subprocess)
    """unittest's, with comparisons of numbers and arrays that look at types, signs and layouts too."""

    longMessage = True

    def disable_leak_check(self):
        """Kept for its name."""

    def subprocess_test_runner(self, test_module, test_class=None, test_name=None, envvars=None, timeout=60, flags=None, _subproc_test_env="1"):
        """A module of tests, or a class or test of it, in a process of its own that has the drop-in installed."""
        names = ".".join(filter(None, (test_module, test_class, test_name)))
        env = {**os.environ, "SUBPROC_TEST": _subproc_test_env, **(envvars or {}),
               "PYTHONPATH": os.pathsep.join([*filter(None, map(os.path.abspath, sys.path))])}
        done = subprocess.run([sys.executable, *(flags or ()), "-m", "weft", "-m", "unittest", names], capture_output=True, env=env, timeout=timeout)
        text = done.stderr.decode()
        if done.returncode:
            self.fail(f"{names} failed in a process of its own:\n{text}")

    def make_dummy_type(self):
        """A class that no compiled function knows, and an instance of it."""
        return type("Dummy", (), {})()

    @classmethod
    def run_test_in_subprocess(cls, maybefunc=None, timeout=60, envvars=None):
        return maybefunc if callable(maybefunc) else lambda function: function

    @property
    def random(self):
        return self.__dict__.setdefault("_random", np.random.RandomState(42))

    def reset_module_warnings(self, module):
        """Forgets which warnings a module has shown."""
        vars(sys.modules[module] if isinstance(module, str) else module).pop("__warningregistry__", None)

    @contextlib.contextmanager
    def assertTypingError(self):
        with self.assertRaises((LoweringError, TypingError, TypeError, NotImplementedError)) as caught:
            yield caught

    @contextlib.contextmanager
    def assertRefCount(self, *objects):
        before = [sys.getrefcount(one) for one in objects]
        yield
        self.assertEqual(before, [sys.getrefcount(one) for one in objects], "reference counts changed")

    assertRefCountEqual = lambda self, *objects: self.assertEqual(1, len({sys.getrefcount(one) for one in objects}))  # noqa: E731

    def skip_if_no_external_compiler(self):
        self.skipTest("modules compiled ahead of time are not supported")

    @contextlib.contextmanager
    def assertNoNRTLeak(self):
        yield

    def assertStridesEqual(self, first, second):
        self.assertEqual(_own_strides(first), _own_strides(second), "strides differ")

    def assertPreciseEqual(self, first, second, prec="exact", ulps=1, msg=None, ignore_sign_on_zero=False, abs_tol=None):
        """Equal in value and in kind. Floats to the bit, or to `ulps` units of "single" or "double" precision; NaN is NaN;
        arrays also in dtype, shape, layout and writability; sequences item by item."""
        bits = {"exact": 0, "single": 24, "double": 53}.get(prec if isinstance(prec, str) else "")
        if bits is None and _family(first) in ("float", "complex"):  # of other kinds it means nothing, whatever it is
            raise ValueError(f"unsupported precision {prec!r}")
        reason = self._difference(first, second, bits or 0, ulps, ignore_sign_on_zero, abs_tol)
        if reason:
            self.fail(self._formatMessage(msg, f"when comparing {first} and {second}: {reason}"))

    def _difference(self, a, b, bits, ulps, any_zero, abs_tol):
        """Why they differ, or None."""
        if _family(a) != _family(b):
            return f"a {_family(a)} and a {_family(b)}"
        if isinstance(a, np.ndarray):
            return self._array_difference(a, b, bits, ulps, any_zero, abs_tol)
        if isinstance(a, (tuple, list)):
            if len(a) != len(b):
                return f"lengths {len(a)} and {len(b)}"
            return next(filter(None, (self._difference(x, y, bits, ulps, any_zero, abs_tol) for x, y in zip(a, b))), None)
        if getattr(a, "dtype", None) != getattr(b, "dtype", None) and hasattr(a, "dtype") and hasattr(b, "dtype"):
            return f"{a.dtype} and {b.dtype}"
        if isinstance(a, (complex, np.complexfloating)):
            return (self._float_difference(a.real, b.real, bits, ulps, any_zero, abs_tol)
                    or self._float_difference(a.imag, b.imag, bits, ulps, any_zero, abs_tol))
        if isinstance(a, (float, np.floating)):
            return self._float_difference(a, b, bits, ulps, any_zero, abs_tol)
        if isinstance(a, (np.datetime64, np.timedelta64)) and np.isnat(a):
            return None if np.isnat(b) else f"{a} and {b}"
        return None if a == b else f"{a!r} != {b!r}"

    def _array_difference(self, a, b, bits, ulps, any_zero, abs_tol):
        for what, x, y in (("dtype", a.dtype, b.dtype), ("shape", a.shape, b.shape), ("strides", _own_strides(a), _own_strides(b)),
                           ("writeable", a.flags.writeable, b.flags.writeable)):
            if x != y:
                return f"{what} {x} and {y}"
        return next(filter(None, (self._difference(x, y, bits, ulps, any_zero, abs_tol) for x, y in zip(a.flat, b.flat))), None)

    def _float_difference(self, a, b, bits, ulps, any_zero, abs_tol):
        if math.isnan(a) and math.isnan(b):
            return None
        if abs_tol is not None and abs(a - b) < (np.finfo(type(a)).eps if abs_tol == "eps" else abs_tol):
            return None
        if a == b:
            return None if any_zero or math.copysign(1, a) == math.copysign(1, b) else f"{a!r} and {b!r}: signs"
        if bits and not math.isinf(a) and not math.isinf(b) and abs(a - b) <= 2.0 ** (ulps - bits - 1) * (abs(a) + abs(b)):
            return None
        return f"{a!r} != {b!r}"


def _family(value):
    """What two values must have in common to be compared."""
    for name, kinds in (("bool", (bool, np.bool_)), ("enum", (enum.Enum,)), ("array", (np.ndarray,)), ("integer", (int, np.integer)),
                        ("float", (float, np.floating)), ("complex", (complex, np.complexfloating)),
                        ("sequence", (tuple, list)), ("bytes", (bytes, np.bytes_)), ("string", (str,))):
        if isinstance(value, kinds) and not (name == "integer" and isinstance(value, np.timedelta64)):
            return name
    return type(value).__name__


def _own_strides(array):
    """Strides, without those of axes that have one element."""
    return tuple(s for s, n in zip(array.strides, array.shape) if n > 1) if array.size else ()


class MemoryLeak:
    """Kept for its name: compiled functions here have no reference-counted memory that a test could count."""

    def memory_leak_setup(self):
        gc.collect()

    def memory_leak_teardown(self):
        pass

    def assert_no_memory_leak(self):
        pass

    def disable_leak_check(self):
        pass


class EnableNRTStatsMixin:
    pass


class MemoryLeakMixin(EnableNRTStatsMixin, MemoryLeak):
    pass


class SerialMixin:
    """Tests that a parallel runner must not run side by side."""


class CheckWarningsMixin:
    @contextlib.contextmanager
    def check_warnings(self, messages, category=RuntimeWarning):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield
        found = [str(one.message) for one in caught if issubclass(one.category, category)]
        self.assertEqual(sorted(messages), sorted(found))


