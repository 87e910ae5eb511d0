"""python3 .ci/sizes.py FILE …: what a release may weigh, and what may not be in it. The exit code tells.

A wheel: under 10 MB, with the compiled core. A source archive: under 5 MB, with every source that git knows and without anything
built. To be run in the repository.
"""

import subprocess
import sys
import tarfile
import zipfile

MOST = {".whl": 10e6, ".gz": 5e6}


def names_in(path):
    if path.endswith(".whl"):
        with zipfile.ZipFile(path) as archive:
            return archive.namelist()
    with tarfile.open(path) as archive:
        return archive.getnames()


def problems(path, size):
    names = names_in(path)
    end = ".whl" if path.endswith(".whl") else ".gz"
    if size > MOST[end]:
        yield f"{size / 1e6:.1f} MB; the most is {MOST[end] / 1e6:g}"
    if end == ".whl" and not any(name.startswith("weft/_core.") for name in names):
        yield "no compiled core"
    if end == ".gz":
        inside = {name.partition("/")[2] for name in names}
        known = subprocess.run(["git", "ls-files", "src", "device", "cmake", "weft", "CMakeLists.txt"], capture_output=True, text=True, check=True)
        for name in known.stdout.split():
            if name not in inside:
                yield f"{name} is missing"
    for name in names:
        if "__pycache__" in name or "/build/" in name or end == ".gz" and name.endswith((".so", ".o", ".a")):
            yield f"{name} does not belong there"


def main(paths):
    import os

    bad = 0
    for path in paths:
        size = os.path.getsize(path)
        said = list(problems(path, size))
        print(f"{path}: {size / 1e6:.2f} MB" + "".join(f"\n    {one}" for one in said))
        bad += len(said)
    return int(bad > 0 or not paths)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
