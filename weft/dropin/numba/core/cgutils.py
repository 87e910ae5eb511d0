"""numba.core.cgutils: what bodies of intrinsics use of it; the rest is declined by name."""

from weft._extending import decline


def get_or_insert_function(module, fnty, name):
    """The function of that name, declared if it is not there."""
    from llvmlite import ir

    return module.globals.get(name) or ir.Function(module, fnty, name)


def alloca_once(builder, ty, size=None, name="", zfill=False):
    """Room for a value, in the entry block."""
    with builder.goto_entry_block():
        made = builder.alloca(ty, size=size, name=name)
        if zfill:
            builder.store(ty(None), made)
    return made


def alloca_once_value(builder, value, name="", zfill=False):
    made = alloca_once(builder, value.type, name=name)
    builder.store(value, made)
    return made


def is_null(builder, value):
    return builder.icmp_unsigned("==", value.type(None), value)


def is_not_null(builder, value):
    return builder.icmp_unsigned("!=", value.type(None), value)


def _bit(width, value):
    from llvmlite import ir

    return ir.IntType(width)(value)


def __getattr__(name):
    if name in ("true_bit", "false_bit", "true_byte", "false_byte"):
        return _bit(1 if name.endswith("bit") else 8, int(name.startswith("true")))
    if name.startswith("__"):
        raise AttributeError(name)
    return decline(f"numba.core.cgutils.{name}")
