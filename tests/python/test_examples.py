"""The examples run, and so do the programs in the README and on the start page, word for word."""

import os
import re
import subprocess
import sys

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
EXAMPLES = sorted(name for name in os.listdir(os.path.join(ROOT, "examples")) if name.endswith(".py"))
PAGES = ["README.md", "docs/start.md"]


def run(folder, *words):
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, cwd=folder, timeout=300, env={**os.environ, "PYTHONSAFEPATH": "1"})
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("name", EXAMPLES)
def test_example(name, tmp_path):
    path = os.path.join(ROOT, "examples", name)
    with open(path, encoding="utf-8") as file:
        draws = ".save(sys.argv[1])" in file.read()
    assert run(tmp_path, "-m", "weft", path, *["picture.png"] * draws)
    if draws:
        Image = pytest.importorskip("PIL.Image")
        with Image.open(tmp_path / "picture.png") as picture:
            assert len(picture.convert("L").getcolors(256)) >= 2  # not one flat colour


@pytest.mark.parametrize("page", PAGES)
def test_the_programs_of_a_page(page, tmp_path):
    with open(os.path.join(ROOT, page), encoding="utf-8") as file:
        programs = re.findall(r"^```python\n(.*?)^```", file.read(), re.M | re.S)
    assert len(programs) >= 3
    for number, program in enumerate(programs):
        (tmp_path / f"{number}.py").write_text(program, encoding="utf-8")
        run(tmp_path, "-W", "error", f"{number}.py")
