"""Drop-ins: `import pycuda` (and whatever else has a folder here) answered by weft. Opt-in: `python -m weft` installs them
all, or a program says

    import weft
    weft.install("pycuda")         # or, in IPython and Jupyter, %load_ext weft for all of them

Each folder here is one top-level package, loaded under its own name. A real package of that name is hidden as long as the
drop-in is installed; modules that were imported before stay what they are. importlib.metadata tells the drop-ins' versions, and the
processes of multiprocessing have the drop-ins too; under `python -m weft` every Python that the program starts has them.
"""

import importlib.machinery
import importlib.util
import os
import sys
import warnings

_FOLDER = os.path.dirname(os.path.abspath(__file__))


def available():
    """The names that have a drop-in."""
    return sorted(entry for entry in os.listdir(_FOLDER)
                  if os.path.isfile(os.path.join(_FOLDER, entry, "__init__.py")))


def lent(module, source, name):
    """source.name as an attribute of the drop-in's module; one that is not there is told under the name that the program asked for."""
    try:
        return getattr(source, name)
    except AttributeError as error:
        instead = str(error).partition(": ")[2]
        raise AttributeError(f"module {module!r} has no attribute {name!r} in weft" + (f": {instead}" if instead else ""), name=name,
                             obj=sys.modules.get(module)) from None


def public(own, source):
    """What `from module import *` brings, where the module's names are its own and those of `source`, which are made when asked for."""
    return sorted({name for name in (*own, *source) if not name.startswith("_")})


def _without_file(name):
    """A module of Numba's that has no file here: a part of its compiler, or a helper of its tests, which lies beside the test."""
    if name.startswith("numba.tests.") and name.count(".") == 2:
        frame = sys._getframe(1)
        while frame is not None:
            beside = os.path.join(os.path.dirname(frame.f_globals.get("__file__") or ""), name.rpartition(".")[2] + ".py")
            if os.path.isabs(beside) and os.path.isfile(beside) and not beside.startswith(_FOLDER):
                return importlib.util.spec_from_file_location(name, beside)
            frame = frame.f_back
    if not name.startswith("numba."):
        return None
    from . import _internals

    return _internals.spec_of(name)


def _foreign(name):
    """Whether the package of that name was imported, and is not weft's."""
    module = sys.modules.get(name)
    file = getattr(module, "__file__", None) or ""
    return module is not None and not file.startswith(os.path.join(_FOLDER, name, ""))


def _staying():
    return ", ".join(name for name in installed() if _foreign(name))


class _Finder:
    """First on sys.meta_path. Submodules are looked up here too, in the drop-in's own folder and nowhere else: other finders
    may claim them (numba-cuda installs one that turns numba.cuda into itself)."""

    def __init__(self):
        self.names = set()

    def find_spec(self, fullname, path=None, target=None):
        if fullname in self.names:
            folder = os.path.join(_FOLDER, fullname)
            return importlib.util.spec_from_file_location(fullname, os.path.join(folder, "__init__.py"),
                                                          submodule_search_locations=[folder])
        if "." in fullname and fullname.split(".", 1)[0] in self.names and not _foreign(fullname.split(".", 1)[0]):
            spec = importlib.machinery.PathFinder.find_spec(fullname, path) or _without_file(fullname)
            if spec is None:
                raise ModuleNotFoundError(f"weft's drop-in has no module {fullname!r}", name=fullname)
            return spec
        if fullname in _STARTS:
            return _starting_spec(fullname, path)
        return None

    def find_distributions(self, context=None):
        """importlib.metadata.version("cupy") and its like: the version that cupy.__version__ tells."""
        from . import _metadata

        return _metadata.distributions({name for name in self.names if not _foreign(name)}, getattr(context, "name", None))


# --- processes that a program starts ----------------------------------------------------------------------------------


def tell_children():
    """Every Python that this process starts has the drop-ins too: workers of joblib and pytest-xdist, scripts run by subprocess.
    By PYTHONPATH, so not those that are started with -E or -I."""
    first = os.path.join(_FOLDER, "_children")
    entries = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry and entry != first]
    os.environ["PYTHONPATH"] = os.pathsep.join([first, *entries])


def _install_first(code):
    """The -c code of a child of multiprocessing's, which is a new interpreter: there the drop-ins are installed first."""
    return f"import weft.dropin; weft.dropin.install(*{installed()!r}); {code}" if installed() else code


def _tell_spawn(module):
    original = module.get_command_line

    def get_command_line(**kwargs):
        line = original(**kwargs)
        if "-c" in line:
            at = line.index("-c") + 1
            line[at] = _install_first(line[at])
        return line

    module.get_command_line = get_command_line


def _tell_forkserver(module):
    """The server writes its own command line; what starts it is the last place where that can be read."""
    original = module.spawnv_passfds

    def spawnv_passfds(path, args, passfds):
        args = list(args)
        if "-c" in args and args[args.index("-c") + 1].startswith("from multiprocessing.forkserver import main"):
            at = args.index("-c") + 1
            args[at] = _install_first(args[at])
        return original(path, args, passfds)

    module.spawnv_passfds = spawnv_passfds


_STARTS = {"multiprocessing.spawn": _tell_spawn, "multiprocessing.util": _tell_forkserver}  # each told once, when it is or was imported


def _tell(name, module):
    if not getattr(module, "_weft_told", False):
        module._weft_told = True
        _STARTS[name](module)


def _starting_spec(name, path):
    spec = importlib.machinery.PathFinder.find_spec(name, path)
    if spec is None or spec.loader is None:
        return spec
    load = spec.loader.exec_module

    def exec_module(module):
        load(module)
        _tell(name, module)

    spec.loader.exec_module = exec_module
    return spec


class _OwnModules:
    """weft.dropin.numba.cuda by its full name, for those who import from there: numba-cuda's finder looks for itself in every
    name with numba.cuda in it, without end."""

    @staticmethod
    def find_spec(fullname, path=None, target=None):
        return importlib.machinery.PathFinder.find_spec(fullname, path) if fullname.startswith(__name__ + ".") else None


_finder = _Finder()
sys.meta_path.insert(0, _OwnModules)


def install(*names):
    """Makes these drop-ins (all, when none is named) answer to their names. Packages that were imported before stay what they are, with a warning."""
    _install(names)
    if _staying():
        warnings.warn(f"weft.install(): {_staying()} was imported before and stays what it is; call weft.install() before the first such import",
                      RuntimeWarning, stacklevel=2)


def _install(names):
    unknown = set(names) - set(available())
    if unknown:
        raise ValueError(f"no drop-in for {', '.join(sorted(unknown))}; there are {', '.join(available())}")
    _finder.names.update(names or available())
    if "numba" in _finder.names:  # a text that is executed may itself be what imports it
        from .. import _exec_sources

        _exec_sources.watch()
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)
    for name in _STARTS:
        if name in sys.modules:
            _tell(name, sys.modules[name])


def installed():
    return sorted(_finder.names)


def uninstall():
    """Takes the finder out again; modules that were imported stay."""
    _finder.names.clear()
    if _finder in sys.meta_path:
        sys.meta_path.remove(_finder)


def load_ipython_extension(shell):
    """%load_ext weft, in IPython, Jupyter and Spyder: from then on import cupy, numba, pycuda mean weft's."""
    _install(())
    if _staying():
        print(f"{_staying()} was imported before and stays what it is; restart the kernel to change that")


def unload_ipython_extension(shell):
    """%unload_ext weft: the names mean again what is installed; modules that were imported stay."""
    uninstall()
