"""weft port: what a program asks of cupy, cupyx, numba and pycuda, and what weft does with it; without running it.

    weft port script.py folder/    what is not native, with file:line and what to do
    weft port --all script.py      native names too, and those of which some cases run through NumPy
    weft port --json script.py     the same for programs
    weft coverage                  every name of the drop-ins and how it is covered, as a page of Markdown

`coverage.py` asks the drop-ins themselves about a dotted name; `scan.py` finds the names that a source uses, through its
imports, aliases and simple assignments; `report.py` writes it down; `table.py` lists everything that the drop-ins have.
The exit code is 0 when nothing is missing, 1 when something is, 2 when a file cannot be read.
"""

import os
import sys

_OPTIONS = {"--all", "--json"}


def _files(paths):
    """Python files among the paths, folders walked."""
    for path in paths:
        if not os.path.isdir(path):
            yield path
            continue
        for top, folders, names in os.walk(path):
            folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "__pycache__")
            yield from (os.path.join(top, name) for name in sorted(names) if name.endswith(".py"))


def examine(source, path="<string>"):
    """The uses of the peers in a source text, each with its coverage: a list of report.Row, in the order of lines.

    A source that Python does not parse raises SyntaxError.
    """
    from . import coverage, scan
    from .report import Row

    rows = []
    with coverage.drop_ins():
        for use in scan.uses(source):
            if use.name in scan.OTHERS:
                rows.append(Row(path, use.line, use.name, "other", ""))
                continue
            found = coverage.source(use.source) if use.source is not None else coverage.look(use.name)
            rows.append(Row(path, use.line, use.name, found.status, found.remark))
    return rows


def main(arguments=()):
    """Prints the report; returns the exit code. arguments: words of the command line."""
    from . import report

    options = {word for word in arguments if word.startswith("--")}
    paths = [word for word in arguments if word not in options]
    if options - _OPTIONS or not paths:
        print("usage: weft port [--all] [--json] FILE_OR_FOLDER …", file=sys.stderr)
        return 2
    rows, failed, count = [], 0, 0
    for path in _files(paths):
        try:
            with open(path, "rb") as file:
                rows += examine(file.read(), path)
            count += 1
        except SyntaxError as error:
            print(f"weft port: {path}:{error.lineno or 1}: {error.msg}; Python does not take this file", file=sys.stderr)
            failed = 2
        except (OSError, ValueError) as error:
            print(f"weft port: {path}: {getattr(error, 'strerror', None) or error}", file=sys.stderr)
            failed = 2
    if failed and not count:
        return failed
    print(report.as_json(rows) if "--json" in options else report.as_text(rows, "--all" in options, paths, count))
    return failed or int(any(row.status == "missing" for row in rows))


def coverage_main(arguments=()):
    """weft coverage: the page on standard output."""
    if arguments:
        print("weft coverage takes no arguments", file=sys.stderr)
        return 2
    from . import table

    print(table.page())
    return 0
