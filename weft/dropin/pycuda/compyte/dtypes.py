"""C names of dtypes: a registry in both directions, and the reading of C declarations of arguments."""

from typing import Any

import numpy as np

ArgTypeT = Any


class TypeNameNotKnown(RuntimeError):
    pass


class DTypeRegistry:
    def __init__(self):
        self.dtype_to_name, self.name_to_dtype = {}, {}

    def get_or_register_dtype(self, names, dtype=None):
        """Enters names for a dtype; without a dtype, the one that a name stands for. TypeNameNotKnown: it is not known."""
        names = [names] if isinstance(names, str) else list(names)
        if dtype is None:
            if names[0] not in self.name_to_dtype:
                raise TypeNameNotKnown(names[0])
            return self.name_to_dtype[names[0]]
        dtype = np.dtype(dtype)
        for name in names:
            known = self.name_to_dtype.setdefault(name, dtype)
            if known != dtype:
                raise RuntimeError(f"name {name!r} already registered to a different dtype, {known}")
        self.dtype_to_name.setdefault(dtype, names[0])
        return dtype

    def dtype_to_ctype(self, dtype):
        if dtype is None:
            raise ValueError("dtype may not be None")
        dtype = np.dtype(dtype)
        if dtype not in self.dtype_to_name:
            raise ValueError(f"unable to map dtype '{dtype}' to a C type")
        return self.dtype_to_name[dtype]


def fill_registry_with_c_types(registry, respect_windows=True, include_bool=True):
    enter = registry.get_or_register_dtype
    if include_bool:
        enter("bool", np.bool_)
    enter(["signed char", "char"], np.int8)
    enter("unsigned char", np.uint8)
    enter(["short", "signed short", "signed short int", "short signed int", "short int"], np.int16)
    enter(["unsigned short", "unsigned short int", "short unsigned int"], np.uint16)
    enter(["int", "signed int", "signed"], np.int32)
    enter(["unsigned int", "unsigned"], np.uint32)
    enter(["long", "long int", "signed long", "long long", "long long int", "signed long long"], np.int64)
    enter(["unsigned long", "unsigned long int", "long unsigned int", "unsigned long long", "unsigned long long int", "size_t"],
          np.uint64)
    enter(["half", "__half"], np.float16)
    enter("float", np.float32)
    enter("double", np.float64)


def fill_registry_with_opencl_c_types(registry):
    for name, dtype in (("char", np.int8), ("uchar", np.uint8), ("short", np.int16), ("ushort", np.uint16), ("int", np.int32),
                        ("uint", np.uint32), ("long", np.int64), ("ulong", np.uint64), ("half", np.float16),
                        ("float", np.float32), ("double", np.float64)):
        registry.get_or_register_dtype(name, dtype)


def fill_registry_with_c99_stdint_types(registry):
    for bits in (8, 16, 32, 64):
        registry.get_or_register_dtype(f"int{bits}_t", f"int{bits}")
        registry.get_or_register_dtype(f"uint{bits}_t", f"uint{bits}")


def fill_registry_with_c99_complex_types(registry):
    registry.get_or_register_dtype("float complex", np.complex64)
    registry.get_or_register_dtype("double complex", np.complex128)


TYPE_REGISTRY = DTypeRegistry()
fill_registry_with_c_types(TYPE_REGISTRY)
fill_registry_with_c99_stdint_types(TYPE_REGISTRY)
TYPE_REGISTRY.get_or_register_dtype("pycuda::complex<float>", np.complex64)
TYPE_REGISTRY.get_or_register_dtype("pycuda::complex<double>", np.complex128)

NAME_TO_DTYPE = TYPE_REGISTRY.name_to_dtype
DTYPE_TO_NAME = TYPE_REGISTRY.dtype_to_name
dtype_to_ctype = TYPE_REGISTRY.dtype_to_ctype


def get_or_register_dtype(names, dtype=None):
    return TYPE_REGISTRY.get_or_register_dtype(names, dtype)


def register_dtype(dtype, name):
    """Gives a dtype (of a struct, say) the name by which C code knows it. A later name takes the place of an earlier one."""
    dtype = np.dtype(dtype)
    for each in [name] if isinstance(name, str) else name:
        NAME_TO_DTYPE[each] = dtype
    DTYPE_TO_NAME[dtype] = name if isinstance(name, str) else name[0]


def parse_c_arg_backend(c_arg, scalar_arg_factory, vec_arg_factory, name_to_dtype=None):
    """"const float *x" → vec_arg_factory(float32, "x")."""
    lookup = name_to_dtype or get_or_register_dtype
    text = c_arg.strip().rstrip(";")
    for word in ("__restrict__", "__restrict"):
        text = text.replace(word, " ")
    text = text.replace("*", " * ").replace("&", " & ")
    words = [word for word in text.split() if word not in ("const", "volatile", "__global", "__constant")]
    stars = words.count("*")
    words = [word for word in words if word != "*"]
    if len(words) < 2 or stars > 1 or "&" in words:
        raise ValueError(f"unknown argument {c_arg!r}: a type and a name, with at most one *, were expected")
    dtype = lookup(" ".join(words[:-1]))
    return (vec_arg_factory if stars else scalar_arg_factory)(dtype, words[-1])
