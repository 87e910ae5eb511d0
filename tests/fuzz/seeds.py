"""Seeds for fuzz_cudac: every CUDA C source of the tests, and the functions of each alone.

    python tests/fuzz/seeds.py FOLDER

Small seeds run fast and mix well, so a source of many functions is also cut at the blank lines between them.
"""

import ast
import hashlib
import pathlib
import re
import sys

TESTS = pathlib.Path(__file__).resolve().parent.parent
WORDS = re.compile(r"__global__|__device__|__host__|template\s*<")
MOST = 4096  # bytes


def texts():
    """CUDA C: whole files, and string literals of Python files that look like it."""
    for path in sorted(TESTS.rglob("*.cu")):
        yield path.read_text(encoding="utf-8", errors="replace")
    for path in sorted(TESTS.rglob("*.py")):
        if path == pathlib.Path(__file__).resolve():
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and WORDS.search(node.value):
                yield node.value


def pieces(text):
    yield text
    part = ""
    for line in re.split(r"\n(?=\S)", text):  # at lines that begin at the margin
        part += line + "\n"
        if part.count("{") == part.count("}") and len(part) > 200:
            yield part
            part = ""


def main(folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for text in texts():
        for piece in pieces(text):
            data = piece.encode("utf-8", "surrogatepass")
            if len(data) <= MOST:
                (folder / hashlib.sha1(data).hexdigest()[:16]).write_bytes(data)


if __name__ == "__main__":
    main(*sys.argv[1:])
