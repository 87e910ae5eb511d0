"""CuPy's private modules of functions (cupy._creation.from_data …), which other packages import from: each answers with the
public functions, wherever weft has them."""

import sys
import types

_MODULES = {
    "_binary": "elementwise packing", "_creation": "basic from_data matrix ranges", "_functional": "piecewise vectorize",
    "_indexing": "generate indexing insert iterate", "_io": "formatting npz rawfile text",
    "_logic": "comparison content ops truth type_testing",
    "_manipulation": "add_remove basic dims join kind rearrange shape split tiling transpose",
    "_math": "arithmetic explog floating hyperbolic misc rational rounding special sumprod trigonometric ufunc window",
    "_misc": "byte_bounds memory_ranges who", "_padding": "pad", "_sorting": "count search sort",
    "_statistics": "correlation histogram meanvar order",
    "_core": "_kernel _reduction _cub_reduction _ufuncs _scalar _gufuncs _carray _dtype _memory_range _routines_binary _routines_indexing "
             "_routines_linalg _routines_logic _routines_manipulation _routines_math _routines_sorting _routines_statistics dlpack fusion "
             "new_fusion syncdetect _optimize_config",
}


def _lookup(cupy, name):
    for place in (cupy, cupy.random, cupy.linalg, cupy._core.core, cupy._core._names):
        value = getattr(place, name, None)
        if value is not None:
            return value
    raise AttributeError(f"cupy has no function {name}")


def install(cupy):
    """Puts the modules into sys.modules and into their packages."""
    for package, names in _MODULES.items():
        full = f"{cupy.__name__}.{package}"
        if full not in sys.modules:
            sys.modules[full] = _module(cupy, full)
            setattr(cupy, package, sys.modules[full])
            sys.modules[full].__path__ = []
        for name in names.split():
            if f"{full}.{name}" not in sys.modules:
                sys.modules[f"{full}.{name}"] = _module(cupy, f"{full}.{name}")
                setattr(sys.modules[full], name, sys.modules[f"{full}.{name}"])


def _module(cupy, full):
    module = types.ModuleType(full, "Private in CuPy; answers with the public functions.")

    def find(name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _lookup(cupy, name)
    module.__getattr__ = find
    return module
