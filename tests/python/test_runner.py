"""python -m weft: a program sees what it would see under plain Python."""

import os
import subprocess
import sys

import pytest


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


def test_settings():
    done = run("settings")
    assert done.returncode == 0 and "WEFT_DEVICE" in done.stdout and "WEFT_FALLBACK" in done.stdout


def test_ipython_extension_installs_the_drop_ins():
    done = run("-c", "import sys, weft; weft.uninstall(); weft.load_ipython_extension(None); import pycuda; print(pycuda.__file__); "
               "weft.unload_ipython_extension(None); print(weft.dropin.installed())")
    assert done.returncode == 0 and "dropin" in done.stdout and done.stdout.endswith("[]\n"), done.stdout + done.stderr


def test_a_pipe_that_is_closed_early_is_no_error():
    """weft coverage | head"""
    process = subprocess.Popen([sys.executable, "-m", "weft", "coverage"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout.readline().startswith("# ")
    process.stdout.close()
    said = process.stderr.read()
    assert process.wait(timeout=120) in (0, 1) and not said, said
