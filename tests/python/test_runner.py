"""python -m weft: a program sees what it would see under plain Python."""

import os
import subprocess
import sys
import textwrap

import pytest

import weft.dropin


def run(*arguments, cwd=None, **env):
    return subprocess.run([sys.executable, "-m", "weft", *map(str, arguments)], capture_output=True, text=True, timeout=120,
                          cwd=cwd, env={**os.environ, **env})


def test_main_argv_path(tmp_path):
    (tmp_path / "beside.py").write_text("value = 5\n")
    file = tmp_path / "program.py"
    file.write_text("import sys, beside\nprint(__name__, sys.argv[1:], beside.value, __file__)\n"
                    "import __main__\nassert __main__.__dict__ is globals()\nprint(sys.path[0])\n")
    done = run(file, "a", "-b")
    assert done.stdout.split("\n")[0] == f"__main__ ['a', '-b'] 5 {file}", done.stderr
    assert done.stdout.split("\n")[1] == str(tmp_path)


def test_module_and_code(tmp_path):
    (tmp_path / "tool.py").write_text("import sys\nprint(__name__, sys.argv[1:])\n")
    assert run("-m", "tool", "x", cwd=tmp_path).stdout == "__main__ ['x']\n"
    assert run("-c", "import sys; print(sys.argv)", "y").stdout == "['-c', 'y']\n"
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "__main__.py").write_text("print('in a folder')\n")
    assert run(folder).stdout == "in a folder\n"


def test_a_program_loads_what_it_imports():
    """Arrays, kernels for GPUs and NumPy's modules that NumPy loads late, only where they are asked for."""
    loaded = "import sys; print([m for m in ('numpy', 'weft._array', 'weft.cuda', 'numpy.random', 'numpy.polynomial') if m in sys.modules])"
    assert run("-c", loaded).stdout == "[]\n"
    assert run("-c", f"import numba; {loaded}").stdout == "['numpy']\n"
    assert run("-c", f"import weft; weft.zeros(3); {loaded}").stdout == "['numpy', 'weft._array']\n"
    assert run("-c", "import numba; print(numba.cuda.__name__, hasattr(numba.cuda, 'jit'))").stdout == "numba.cuda True\n"


@pytest.mark.parametrize("end, code", [("raise SystemExit(7)", 7), ("import sys; sys.exit('words')", 1), ("1 / 0", 1),
                                       ("pass", 0), ("import os; os._exit(9)", 9)])
def test_exit_codes(tmp_path, end, code):
    file = tmp_path / "program.py"
    file.write_text(end + "\n")
    assert run(file).returncode == code


def test_traceback_is_the_programs_own(tmp_path):
    file = tmp_path / "program.py"
    file.write_text("def inner():\n    return missing\n\ninner()\n")
    lines = run(file).stderr.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[1] == f'  File "{file}", line 4, in <module>'
    assert lines[-1] == "NameError: name 'missing' is not defined"
    assert not any("weft" in line and "File" in line for line in lines)


def test_syntax_error(tmp_path):
    file = tmp_path / "program.py"
    file.write_text("if True\n    pass\n")
    done = run(file)
    assert done.returncode == 1 and "SyntaxError" in done.stderr and "__main__.py" not in done.stderr


def test_no_such_file():
    done = run("nowhere.py")
    assert done.returncode == 2 and "nowhere.py" in done.stderr


def test_atexit_and_threads_end_as_usual(tmp_path):
    file = tmp_path / "program.py"
    file.write_text("import atexit, threading\natexit.register(print, 'last')\n"
                    "threading.Thread(target=lambda: print('thread')).start()\n")
    assert run(file).stdout == "thread\nlast\n"


def test_dropins_are_opt_in():
    code = "import importlib.util, sys; import weft; print(importlib.util.find_spec('pycuda') is None)"
    plain = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    installed = run("-c", "import pycuda.driver; print(pycuda.__file__)")
    assert "dropin" in installed.stdout
    assert "dropin" not in plain.stdout


CHILDREN = """
import importlib.metadata, subprocess, sys
import cupy, numba
def child(*words, **more):
    return subprocess.run([sys.executable, *words], capture_output=True, text=True, **more).stdout.strip()
print(child("-c", "import pycuda; print('dropin' in pycuda.__file__)"))
print(child("-c", "import sys; print('cupy' in sys.modules, 'weft' in sys.modules, any('_children' in p for p in sys.path), 'sitecustomize' in sys.modules)"))
print(child("-c", "import subprocess, sys; print(subprocess.run([sys.executable, '-c', 'import cupy; print(cupy.__name__)'], capture_output=True, text=True).stdout)"))
print(child("-c", "import importlib.metadata as m; print(m.version('cupy'))") == importlib.metadata.version("cupy") == cupy.__version__)
print(numba.version_info >= (0, 60), numba.version_info.short == tuple(map(int, importlib.metadata.version("numba").split(".")))[:2])
print([d.metadata["Name"] for d in importlib.metadata.distributions() if d.metadata["Name"] == "pycuda"])
"""


def test_what_a_program_starts_has_the_drop_ins_too(tmp_path):
    (tmp_path / "program.py").write_text(CHILDREN)
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text("import sys\nsys.stderr.write('the environment\\'s own\\n')\n")
    path = os.pathsep.join([str(tmp_path / "site"), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = run(tmp_path / "program.py", PYTHONPATH=path)
    assert done.stdout.splitlines() == ["True", "False False False True", "cupy", "True", "True True", "['pycuda']"], done.stdout + done.stderr
    assert "the environment's own" in done.stderr


def test_an_unrelated_python_is_left_alone(tmp_path):
    """One that has no weft: the names are looked up as ever, and nothing is said."""
    children = os.path.join(os.path.dirname(weft.dropin.__file__), "_children")
    done = subprocess.run([sys.executable, "-S", "-c", f"import sys; sys.path = [{children!r}, *(p for p in sys.path if 'site-packages' not in p)]\n"
                           "sys.modules['weft'] = None; import sitecustomize, importlib.metadata\n"
                           "try: import pycuda\nexcept ModuleNotFoundError as error: print(error.name, [type(f).__name__ for f in sys.meta_path if 'Waiting' in repr(f)])"],
                          capture_output=True, text=True, env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"}, cwd=tmp_path)
    assert done.stdout == "pycuda []\n" and not done.stderr, done.stderr


PROCESSES = """
import multiprocessing as mp, sys, concurrent.futures
if sys.argv[1:]: import weft; weft.install()
import cupy
def work(n):
    import numba
    return float(cupy.arange(n).sum()), numba.__name__
if __name__ == "__main__":
    for method in ("spawn", "forkserver"):
        with concurrent.futures.ProcessPoolExecutor(1, mp_context=mp.get_context(method)) as pool:
            assert list(pool.map(work, [4])) == [(6.0, "numba")]
"""


@pytest.mark.parametrize("installed", ["before", "late"])
def test_the_processes_of_multiprocessing(tmp_path, installed):
    (tmp_path / "program.py").write_text(PROCESSES)
    if installed == "before":
        done = run(tmp_path / "program.py")
    else:  # by the program, after multiprocessing was imported, and without PYTHONPATH
        done = subprocess.run([sys.executable, str(tmp_path / "program.py"), "late"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("words", [["--help"], ["settings"], ["doctor", "--no-test"], ["coverage"]])
def test_our_commands_on_a_terminal_of_few_characters(words):
    done = run(*words, PYTHONIOENCODING="ascii")
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr


def test_settings():
    done = run("settings")
    assert done.returncode == 0 and "WEFT_DEVICE" in done.stdout and "WEFT_FALLBACK" in done.stdout


def test_ipython_extension_installs_the_drop_ins():
    done = run("-c", "import sys, weft; weft.uninstall(); weft.load_ipython_extension(None); import pycuda; print(pycuda.__file__); "
               "weft.unload_ipython_extension(None); print(weft.dropin.installed())")
    assert done.returncode == 0 and "dropin" in done.stdout and done.stdout.endswith("[]\n"), done.stdout + done.stderr


@pytest.mark.parametrize("command", ["doctor", "port", "profile", "settings", "coverage"])
def test_each_command_says_how_it_is_used(command):
    for word in ("--help", "-h"):
        done = run(command, word)
        assert done.returncode == 0 and done.stdout.startswith(f"python -m weft {command}") and done.stdout.count("python -m weft") == 1 and not done.stderr
        assert len(done.stdout.splitlines()) > 1 or command in ("settings", "coverage")


def test_packages_that_were_imported_before_stay_whole(tmp_path):
    """A real package that is there when the drop-ins are installed keeps its own submodules and version, and the program is told."""
    package = tmp_path / "site" / "cupy"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("__version__ = '1.2.3'\n")
    (package / "of_its_own.py").write_text("print('its own')\n")
    (tmp_path / "site" / "cupy-1.2.3.dist-info").mkdir()
    (tmp_path / "site" / "cupy-1.2.3.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: cupy\nVersion: 1.2.3\n")
    program = ("import cupy, importlib.metadata, weft\n{how}\nimport cupy.of_its_own, numba\nprint(importlib.metadata.version('cupy'), 'dropin' in numba.__file__)\n"
               "try: import cupy.random\nexcept ModuleNotFoundError as error: print(error)\n")
    for how, told in (("weft.install()", "stderr"), ("weft.load_ipython_extension(None)", "stdout")):
        done = subprocess.run([sys.executable, "-P", "-c", program.format(how=how)], capture_output=True, text=True, cwd=tmp_path, timeout=300,
                              env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path / "site"), *filter(None, [os.environ.get("PYTHONPATH")])])})
        assert done.stdout.splitlines()[-3:] == ["its own", "1.2.3 True", "No module named 'cupy.random'"], done.stdout + done.stderr
        assert "cupy was imported before and stays what it is" in getattr(done, told), done.stderr
    again = run("-c", "import weft, cupy, numba; weft.install(); weft.load_ipython_extension(None)")
    assert again.returncode == 0 and not again.stdout + again.stderr, again.stdout + again.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="POSIX's fork")
def test_the_package_can_be_reloaded():
    """%reload_ext weft: `any` of Python's was an array's by then, and what fork() calls was registered twice."""
    done = run("-c", "import importlib, os, weft, numba; weft.any(weft.ones(3)), weft.sum, weft.max; weft.unload_ipython_extension(None)\n"
               "importlib.reload(weft); weft.load_ipython_extension(None); importlib.reload(weft)\n"
               "import cupy; from numba import cuda; print(cupy.arange(4).sum(), weft.jit(lambda x: x + 1)(1), flush=True)\n"
               "child = os.fork()\nif child == 0: os._exit(int(weft.ones(3).sum()) + 4)\nprint(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))", WEFT_THREADS="2", WEFT_DEVICE="cpu")
    assert done.stdout == "6 2\n7\n" and not done.stderr, done.stdout + done.stderr


def test_a_pipe_that_is_closed_early_is_no_error():
    """weft coverage | head"""
    process = subprocess.Popen([sys.executable, "-m", "weft", "coverage"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout.readline().startswith("# ")
    process.stdout.close()
    said = process.stderr.read()
    assert process.wait(timeout=120) in (0, 1) and not said, said


def test_safe_path_takes_nothing_out(tmp_path):
    """Under -P the first entry of sys.path is not ours to replace: it is the first of PYTHONPATH."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "helper_of_mine.py").write_text("print('helped')\n")
    (tmp_path / "prog.py").write_text("import helper_of_mine\n")
    path = os.pathsep.join([str(tmp_path / "mine"), *filter(None, [os.environ.get("PYTHONPATH")])])
    for words in (["prog.py"], ["-c", "import helper_of_mine"], ["-m", "prog"]):
        done = subprocess.run([sys.executable, "-P", "-m", "weft", *words], capture_output=True, text=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": path}, timeout=300)
        assert done.stdout == "helped\n", (words, done.stderr)


def test_the_drop_ins_own_modules_beside_a_finder_that_claims_their_names():
    """numba-cuda's asks all finders, itself among them, for any name with numba.cuda in it."""
    text = textwrap.dedent("""
        import sys
        class Redirector:
            def find_spec(self, name, path, target=None):
                if "numba.cuda" in name:
                    for finder in sys.meta_path:
                        spec = finder.find_spec(name, path, target)
                        if spec is not None:
                            return spec
        sys.meta_path.insert(0, Redirector())
        from weft.dropin.numba import cuda, types
        print(cuda.__name__)
    """)
    made = subprocess.run([sys.executable, "-P", "-c", text], capture_output=True, text=True, check=True)
    assert made.stdout.strip() == "weft.dropin.numba.cuda"
