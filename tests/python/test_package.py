"""The package as installed: one version, told the same way by the metadata and the code."""

import importlib.metadata
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tomllib

import weft._version


def test_version_is_one():
    assert importlib.metadata.version("weft") == weft._version.__version__


def test_pyinstaller_finds_its_hook():
    from importlib import import_module

    (folder,) = import_module("weft.__pyinstaller").get_hook_dirs()
    assert "hook-weft.py" in os.listdir(folder)


def test_the_source_folder_says_that_it_is_one(tmp_path):
    """With everything that Git knows of it, the stub file of the core too."""
    source = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "weft")
    (tmp_path / "weft").mkdir()
    for name in os.listdir(source):
        if name.endswith((".py", ".pyi")):
            shutil.copy(os.path.join(source, name), tmp_path / "weft")
    done = subprocess.run([sys.executable, "-c", "import weft"], capture_output=True, text=True, cwd=tmp_path, timeout=60,
                          env={key: value for key, value in os.environ.items() if key != "PYTHONSAFEPATH"})
    assert done.returncode == 1 and "this is its source folder. Install it (pip install .)" in done.stderr, done.stderr


FROZEN = """
import sys
sys.frozen, sys._MEIPASS = True, sys.argv[1]
import weft as wf
names = {"wf": wf}
exec(compile("import weft as wf\\n\\n@wf.jit\\ndef twice(x):\\n    return 2 * x\\n", "kernels.py", "exec"), names)
try:
    print(names["twice"](21))
except wf.TypingError as error:
    print(error)
"""


def test_the_conda_recipe_has_the_version_and_the_requirements():
    root = pathlib.Path(__file__).parents[2]
    recipe, project = (root / "conda" / "recipe.yaml").read_text(), tomllib.loads((root / "pyproject.toml").read_text())["project"]
    assert re.search(r'^  version: "([^"]+)"', recipe, re.M)[1] == weft._version.__version__
    run = [line.strip(" -").replace(" ", "") for line in recipe.split("  run:")[1].split("tests:")[0].splitlines() if line.strip()]
    assert run == ["python", *project["dependencies"]] and f'match(python, "<{project["requires-python"].strip(">=")}")' in recipe


def _copy_of_weft(folder, without=()):
    here = pathlib.Path(weft.__file__).parent
    shutil.copytree(here, folder / "weft", ignore=shutil.ignore_patterns("__pycache__", *without))
    return {**os.environ, "PYTHONPATH": str(folder)}


def _import_of(environment, folder):
    done = subprocess.run([sys.executable, "-P", "-c", "import weft"], capture_output=True, text=True, cwd=folder, env=environment, timeout=300)
    assert done.returncode == 1
    return done.stderr.splitlines()[-1]


def test_an_upgrade_that_did_not_end(tmp_path):
    environment = _copy_of_weft(tmp_path)
    (tmp_path / "weft" / "_version.py").write_text('__version__ = "99.0.0"\n')
    assert "Python files are of version 99.0.0 and its compiled core of " + weft._core.__version__ in _import_of(environment, tmp_path)


def test_weft_in_an_archive(tmp_path):
    environment = _copy_of_weft(tmp_path, ("*.so", "*.pyd"))
    shutil.make_archive(tmp_path / "all", "zip", tmp_path, "weft")
    assert "cannot load from the archive" in _import_of({**environment, "PYTHONPATH": str(tmp_path / "all.zip")}, tmp_path)


def test_a_frozen_program_reads_its_own_sources(tmp_path):
    """File names in it are relative, to a folder where the hook puts the sources; one of that name elsewhere is not taken."""
    (tmp_path / "inside").mkdir()
    (tmp_path / "kernels.py").write_text("\n\n\ndef twice(x):\n    return 3 * x\n")

    def said():
        return subprocess.run([sys.executable, "-P", "-c", FROZEN, str(tmp_path / "inside")], capture_output=True, text=True, cwd=tmp_path, timeout=120).stdout

    assert "in a frozen program it must lie there as a file" in said()
    (tmp_path / "inside" / "kernels.py").write_text("import weft as wf\n\n@wf.jit\ndef twice(x):\n    return 2 * x\n")
    assert said() == "42\n"


def test_modules_are_imported_as_numpys_are():
    """`import weft.linalg`, `from weft.random import rand`: in a fresh process, where nothing has been looked up yet."""
    program = """
import weft.linalg as la
from weft.random import rand
import weft.fft, weft.polynomial
from weft.ndimage import gaussian_filter
from weft.lib.stride_tricks import sliding_window_view
import sys, weft as wf
assert la is wf.linalg and rand is wf.random.rand and gaussian_filter is wf.ndimage.gaussian_filter and sys.modules["weft.fft"] is wf.fft
assert wf.random.__name__ == "weft._array.random" == wf.random.__spec__.name
for name in ("weft.nosuch", "weft.sin", "weft.ma", "weft.os", "weft.importlib"):
    try:
        __import__(name)
    except ModuleNotFoundError as error:
        assert error.name == name
    else:
        raise AssertionError(name)
print("ok")
"""
    done = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, timeout=60)
    assert done.stdout == "ok\n", done.stderr
