"""The modules of Numba's compiler that weft has nothing of: its IR, passes, code generation, run time and their like.

They can be imported, and their names taken from them, so that a program or a suite of tests which does so at its top works for all that it
does elsewhere. What is then called, or made of a class, is refused by the name that it has in Numba.
"""

import importlib.machinery
import types

_INTERNALS = {
    "numba": "_dispatcher _dynfunc _helperlib cext parfors stencils",
    "numba.core": "analysis annotations base bytecode byteflow callconv callwrapper codegen compiler_lock compiler_machinery controlflow cpu "
                  "descriptors entrypoints event fastmathpass funcdesc inline_closurecall interpreter ir ir_utils itanium_mangler lowering "
                  "postproc pythonapi rewrites runtime serialize sigutils ssa target_extension targetconfig tracing transforms typeconv "
                  "typed_passes typeinfer unsafe untyped_passes withcontexts",
    "numba.core.annotations": "type_annotations",
    "numba.core.datamodel": "manager models",
    "numba.core.runtime": "_nrt_python context nrt nrtopt",
    "numba.core.typeconv": "castgraph rules typeconv",
    "numba.core.typing": "arraydecl asnumbatype builtins context dictdecl",
    "numba.core.unsafe": "bytes eh nrt refcount",
    "numba.cpython": "builtins hashing listobj unicode",
    "numba.cpython.unsafe": "numbers",
    "numba.experimental": "jitclass",
    "numba.experimental.jitclass": "_box base",
    "numba.misc": "coverage_support findlib firstlinefinder gdb_hook gdb_print_extension init_utils llvm_pass_timings mergesort numba_gdbinfo "
                  "numba_sysinfo quicksort timsort",
    "numba.np": "arrayobj npdatetime_helpers random types ufunc_db",
    "numba.np.random": "generator_core generator_methods",
    "numba.np.ufunc": "omppool tbbpool ufuncbuilder",
    "numba.parfors": "array_analysis parfor",
    "numba.stencils": "stencil",
    "numba.typed": "setobject typedobjectutils",
}
_JITCLASS = "numba.experimental.jitclass"
MODULES = {f"{package}.{name}" for package, names in _INTERNALS.items() for name in names.split()}
_NO_CHANGE = {"register_pass"}  # decorators of classes that only Numba's compiler would use
_MAKING = {"make_py_timsort", "make_jit_timsort", "make_py_quicksort", "make_jit_quicksort", "make_jit_mergesort"}  # give more of its parts


def _words(name):
    return f"{name} is a part of Numba's compiler, and weft has none of it"


class _Kind(type):
    """A class of Numba's compiler: it can be derived from and asked about, its objects cannot be made."""

    def __call__(cls, *args, **kwargs):
        raise NotImplementedError(_words(next(c for c in cls.__mro__ if "_wf_declined" in vars(c))._wf_declined))

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return declined(f"{cls._wf_declined}.{name}")


def declined(name):
    """What a name of these modules stands for."""
    last = name.rpartition(".")[2]
    if last in _NO_CHANGE:
        return lambda *args, **kwargs: lambda made: made
    if last in _MAKING:
        return lambda *args, **kwargs: declined(f"{name}()")
    if last[:1].isupper():
        return _Kind(last, (), {"_wf_declined": name, "__module__": name.rpartition(".")[0]})
    from weft._extending import Declined

    return type("Declined", (Declined,), {"_words": lambda self: _words(name)})(name)


class _Jitclass(types.ModuleType):
    """numba.experimental.jitclass: a module that is called as the decorator of the same name is."""

    def __call__(self, *args, **kwargs):
        return self.jitclass(*args, **kwargs)


class Loader:
    """Makes such a module."""

    @staticmethod
    def create_module(spec):
        return (_Jitclass if spec.name == _JITCLASS else types.ModuleType)(spec.name, _words(spec.name) + ".")

    @staticmethod
    def exec_module(module):
        def found(name):
            if name.startswith("__"):
                raise AttributeError(name)
            return made.setdefault(name, declined(f"{module.__name__}.{name}")) if name not in made else made[name]

        made = {}
        module.__getattr__ = found
        if module.__name__ == _JITCLASS:
            from weft._jitclass import jitclass

            module.jitclass = jitclass


def spec_of(name):
    """For the import system; None: it is none of these modules."""
    return importlib.machinery.ModuleSpec(name, Loader, is_package=True) if name in MODULES else None
