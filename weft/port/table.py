"""Every public name of the drop-ins with how it is covered, as Markdown: asked of the package, so it cannot grow old."""

import os
import types

from . import coverage

_HEAD = """# What the drop-ins cover
Made by `weft coverage` from the package itself. *native*: weft's own code. *partly*: some cases run through NumPy or SciPy.
*NumPy*: always through NumPy or SciPy on the CPU, with one warning that names it. *refused*: the name is there so that programs
import; using it says why not. What is not listed is missing; `weft port FILE` tells it for a program.
"""
_SHOWN = {"numpy": "NumPy"}
# Tests of the peers, and inner modules that only other packages import.
_LEFT_OUT = ("tests", "testing", "core", "cudadrv", "compyte", "datamodel", "typing")


def modules(peer):
    """The dotted names of a drop-in's public modules that can be imported."""
    import importlib

    from weft import dropin

    top = os.path.join(os.path.dirname(os.path.abspath(dropin.__file__)), peer)
    found = []
    for folder, folders, files in os.walk(top):
        folders[:] = sorted(name for name in folders if not name.startswith("_") and name not in _LEFT_OUT)
        package = ".".join([peer, *os.path.relpath(folder, top).split(os.sep)]) if folder != top else peer
        found += [package] * ("__init__.py" in files)
        found += [f"{package}.{name[:-3]}" for name in sorted(files) if name.endswith(".py") and not name.startswith("_") and name[:-3] not in _LEFT_OUT]
    made = [name for module in found for name in getattr(importlib.import_module(module), "_NAMES", ())] if peer == "cupyx" else []
    return found + [f"cupyx.scipy.{name}" for name in made]  # no files: the drop-in makes these modules


def names(module):
    """{status: public names} of a module; None when it refuses to be imported."""
    value, left, error = coverage.resolve(module)
    if left or not isinstance(value, types.ModuleType):
        return None
    rows = {}
    for name in dir(value):
        if name.startswith("_"):
            continue
        if not isinstance(getattr(value, name, None), types.ModuleType):
            rows.setdefault(coverage.look(f"{module}.{name}").status, []).append(name)
    return rows


def page():
    lines, totals = [], []
    with coverage.drop_ins():
        for peer in coverage.PEERS:
            counts = dict.fromkeys(coverage.STATUSES, 0)
            for module in modules(peer):
                rows = names(module)
                lines += ["", f"## {module}"]
                if rows is None:
                    lines.append("refused as a whole")
                    continue
                for status in coverage.STATUSES[:-1]:
                    if status in rows:
                        counts[status] += len(rows[status])
                        lines.append(f"- **{_SHOWN.get(status, status)}** ({len(rows[status])}): {', '.join(rows[status])}")
            totals.append(f"| {peer} | " + " | ".join(str(counts[status]) for status in coverage.STATUSES[:-1]) + " |")
    table = ["| | native | partly | NumPy | refused |", "|-|-|-|-|-|", *totals]
    return "\n".join([_HEAD, *table, *lines])
