"""Writes docs/generated: the pages that the code knows best. Run by docs/conf.py at each build.

    settings.md          the table of src/runtime/env.c
    troubleshooting.md   the doctor's findings: what each says and what to do, read from weft/doctor/findings.py
    coverage.md          weft coverage
    api/*.md             the public names by group, with their docstrings (autodoc)
    gallery/*            the examples, run: source, what they print, the picture that they make
"""

import ast
import inspect
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "generated")
EXAMPLES = os.path.join(os.path.dirname(HERE), "examples")

GROUPS = {
    "devices": ("Devices and settings", "device devices current_device synchronize Device Context Stream Event config install uninstall profile"),
    "cuda_c": ("CUDA C", "Module Kernel In Out InOut Memory PinnedMemory copy_to_device copy_to_host copy_on_device fill"),
    "python": ("Python kernels", "jit njit vectorize guvectorize stencil cfunc prange"),
    "arrays": ("Arrays", "ndarray asarray eval explain errstate ElementwiseKernel ReductionKernel get_array_module memory_info"),
    "errors": ("Errors", "Error ArgumentError CompileError UnsupportedError OutOfMemoryError DeviceError FaultError LaunchError KernelError "
                         "InternalError KernelWarning FallbackWarning TypingError"),
}


def _put(name, text):
    """Only when it changed, so that Sphinx reads again what it must."""
    path = os.path.join(OUT, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if os.path.exists(path) and open(path, encoding="utf-8").read() == text:
        return
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def settings():
    from weft import _core

    lines = ["# Settings", "Environment variables, read once; in a program `wf.config.threads = 4` and so on. `weft settings` shows what holds now.", "",
             "| Variable | Default | What it does |", "|-|-|-|"]
    for name, _, default, words, *_ in _core.env_table():
        lines.append(f"| `WEFT_{name}` | {f'`{default}`' if default is not None else 'unset'} | {words.replace('|', chr(92) + '|')} |")
    return "\n".join(lines) + "\n"


# --- the doctor's findings, without a machine that has them: f-strings with … where the machine's own words go ---


def _words(node):
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_words(part) for part in node.values)
    if isinstance(node, ast.BinOp):
        return _words(node.left) + _words(node.right)
    return "…"


def troubleshooting():
    from weft.doctor import findings

    lines = ["# Troubleshooting", "What `weft doctor` can find, and what to do about it. It prints the name of each finding in brackets; `…` stands for what it says of your machine.", ""]
    for function in ast.parse(inspect.getsource(findings)).body:
        levels = [d.args[0].value for d in getattr(function, "decorator_list", []) if isinstance(d, ast.Call) and d.func.id == "finding"]
        if not levels:
            continue
        lines += [f"## {function.name.replace('_', '-')}", ""]
        for one in ast.walk(function):
            if isinstance(one, ast.Return) and isinstance(one.value, ast.Tuple):
                what, fix = map(_words, one.value.elts)
                lines += [what, f": {fix}", ""]
    return "\n".join(lines)


def api():
    for name, (title, words) in GROUPS.items():
        lines = [f"# {title}", "", "```{eval-rst}", ".. currentmodule:: weft", ""]
        import weft

        for word in words.split():
            value = getattr(weft, word)
            if isinstance(value, type):
                lines += [f".. autoclass:: weft.{word}", *["   :members:"] * (word != "ndarray"), "   :noindex:", ""]
            elif word in ("config",):
                lines += [".. py:data:: config", "   :noindex:", "", "   The settings: see :doc:`../settings`.", ""]
            else:
                lines += [f".. autofunction:: weft.{word}", "   :noindex:", ""]
        _put(f"api/{name}.md", "\n".join([*lines, "```", ""]))
    index = ["# Reference", "", "Names of NumPy's that weft has as well (`weft.sin`, `weft.ndarray.sum`, …) mean what they mean there; [what the drop-ins",
             "cover](../coverage.md) lists all.", "", "```{toctree}", *GROUPS, "```", ""]
    _put("api/index.md", "\n".join(index))


# --- the gallery ---


def examples():
    """The examples' names, those that make a picture first."""
    names = sorted(name[:-3] for name in os.listdir(EXAMPLES) if name.endswith(".py"))
    return sorted(names, key=lambda name: not _draws(name))


def _draws(name):
    with open(os.path.join(EXAMPLES, name + ".py"), encoding="utf-8") as file:
        return ".save(sys.argv[1])" in file.read()


def _run(name, picture):
    """What the example prints. Examples that import a peer run on weft by `python -m weft`."""
    path = os.path.join(EXAMPLES, name + ".py")
    done = subprocess.run([sys.executable, "-m", "weft", path, *[picture] * _draws(name)], capture_output=True, text=True, timeout=600,
                          cwd=os.path.dirname(picture), env={**os.environ, "PYTHONWARNINGS": "ignore"})
    if done.returncode:
        raise RuntimeError(f"{path} failed:\n{done.stderr[-2000:]}")
    return done.stdout


def gallery():
    names = examples()
    for name in names:
        source = open(os.path.join(EXAMPLES, name + ".py"), encoding="utf-8").read()
        title, _, rest = ast.get_docstring(ast.parse(source)).partition("\n")
        os.makedirs(os.path.join(OUT, "gallery"), exist_ok=True)
        picture, page = (os.path.join(OUT, "gallery", name + end) for end in (".png", ".md"))
        if os.path.exists(page) and os.path.getmtime(page) > os.path.getmtime(os.path.join(EXAMPLES, name + ".py")):
            continue  # run before, and not changed since
        printed = _run(name, picture)
        shown = [f"![{title}]({name}.png)", ""] if os.path.exists(picture) else []
        _put(f"gallery/{name}.md", "\n".join([f"# {title.rstrip('.:')}", "", *shown, "It prints:", "", "```text", printed.rstrip() or "(nothing)", "```", "",
                                               "```python", source.rstrip(), "```", ""]))
    _put("gallery/index.md", "\n".join(["# Gallery", "", "The programs of `examples/`, run when this page was built.", "", *_pictures(names), "```{toctree}", *names,
                                        "```", ""]))


def _pictures(names, columns=4):
    """A table of the pictures, each leading to its page."""
    shown = [name for name in names if os.path.exists(os.path.join(OUT, "gallery", name + ".png"))]
    lines = ["```{list-table}", ":widths: " + " ".join([str(100 // columns)] * columns), ""]
    for at in range(0, -(-len(shown) // columns) * columns):
        cell = f"[![{shown[at]}]({shown[at]}.png)]({shown[at]}.md)" if at < len(shown) else ""
        lines.append(("  - " if at % columns else "* - ") + cell)
    return [*lines, "```", ""] if shown else []


def write():
    from weft.port import table

    os.makedirs(OUT, exist_ok=True)
    _put("settings.md", settings())
    _put("troubleshooting.md", troubleshooting())
    _put("coverage.md", table.page() + "\n")
    api()
    gallery()


if __name__ == "__main__":
    write()
