"""The CUDA C struct of a structured dtype, for kernels made of fragments: members by name (x.mass) and by number (x.at<1>()).

Offsets and size are NumPy's, padding is written out. What a GPU cannot read (fields off their alignment) is refused.
"""

import re
import zlib

import numpy as np

_WORDS = {"int", "float", "double", "long", "short", "char", "bool", "class", "struct", "union", "new", "delete", "this", "template", "typename",
          "if", "else", "for", "while", "do", "switch", "case", "default", "return", "at", "field_count", "signed", "unsigned", "const", "void",
          "auto", "static", "public", "private", "operator", "namespace", "using", "register", "volatile", "inline", "extern", "goto", "enum"}


def name_of(dtype):
    """The struct's name: the same for the same fields at the same places."""
    fields = [(name, str(dtype.fields[name][0]), dtype.fields[name][1]) for name in dtype.names]
    return f"_Struct_{zlib.crc32(repr((fields, dtype.itemsize)).encode()):08x}"


def _alignment(dtype):
    """What the address of such a value is a multiple of: a number's size, complex ones too."""
    base = dtype.base
    return max((_alignment(base.fields[name][0]) for name in base.names), default=1) if base.names else base.itemsize


def _refuse(dtype, what):
    raise ValueError(f"kernels of fragments cannot read {dtype}: {what}. wf.make_aligned_dtype(dtype) places fields where a GPU can read them")


def definition(dtype, c_type, known):
    """The struct's text, after those of structs in it; `known` holds the names of what was written before."""
    if name_of(dtype) in known:
        return ""
    known.add(name_of(dtype))
    before, members, at = [], [], 0
    places = sorted(dtype.names, key=lambda name: dtype.fields[name][1])
    for k, name in enumerate(places):
        field, offset = dtype.fields[name][:2]
        if offset < at:
            _refuse(dtype, f"the field {name!r} overlaps another")
        if offset % _alignment(field):
            _refuse(dtype, f"the field {name!r} of {field.base} is at byte {offset}, which is not a multiple of {_alignment(field)}")
        if offset > at:
            members.append(f"    unsigned char _pad{k}[{offset - at}];")
        if field.base.names:
            before.append(definition(field.base, c_type, known))
        of_field = name_of(field.base) if field.base.names else c_type(field.base)
        members.append(f"    {of_field} {_member(dtype, name)}{''.join(f'[{n}]' for n in field.shape)};")
        at = offset + field.itemsize
    if dtype.itemsize % max(_alignment(dtype), 1):
        _refuse(dtype, f"its {dtype.itemsize} bytes are not a multiple of its alignment, {_alignment(dtype)}")
    if dtype.itemsize > at:
        members.append(f"    unsigned char _pad_end[{dtype.itemsize - at}];")
    for const in ("", "const "):
        steps = [f"if constexpr (K == {k}) return ({_member(dtype, name)});" for k, name in enumerate(dtype.names)]
        members.append(f"    template <int K> __device__ {const}auto &at() {const}{{ {' else '.join(steps)} }}")
    return "".join(before) + "\n".join([f"struct {name_of(dtype)} {{", f"    static const int field_count = {len(dtype.names)};", *members, "};"]) + "\n"


def _member(dtype, name):
    return name if re.fullmatch(r"[A-Za-z]\w*", name) and name not in _WORDS else f"_field{dtype.names.index(name)}"


def is_struct(dtype):
    return isinstance(dtype, np.dtype) and dtype.names is not None and len(dtype.names) > 0


def names_in(dtype):
    """The names of the dtypes of numbers in it."""
    if not is_struct(dtype):
        return {str(dtype)}
    return {found for name in dtype.names for found in names_in(dtype.fields[name][0].base)}
