"""The package as installed: one version, told the same way by the metadata and the code."""

import importlib.metadata
import os
import shutil
import subprocess
import sys

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
