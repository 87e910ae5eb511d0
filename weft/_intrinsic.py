"""numba.extending.intrinsic: functions of numbers whose LLVM the program builds itself, with llvmlite's builder.

The program's function says the signature and builds the body into a function of a module of its own; LLVM compiles it, and compiled
functions call it by its address, as they call functions of C. It is not built into its callers, so it costs a call, and loops around it
are not vectorised. Whatever is no number (arrays, tuples, text) needs Numba's own data models: declined by name.
"""

import ctypes
import threading

from . import _pytypes as types

_lock = threading.Lock()


class _Unsupported(Exception):
    """Something of Numba's inside that weft does not have."""


def _llvm_type(type_):
    from llvmlite import ir

    if isinstance(type_, types.Boolean):
        return ir.IntType(1)
    if isinstance(type_, types.Integer):
        return ir.IntType(type_.bitwidth)
    if isinstance(type_, types.Float) and type_.bitwidth in (32, 64):
        return ir.FloatType() if type_.bitwidth == 32 else ir.DoubleType()
    raise _Unsupported(f"values of type {type_}; there are numbers")


def _c_type(type_):
    if isinstance(type_, types.Boolean):
        return ctypes.c_bool
    if isinstance(type_, types.Float):
        return ctypes.c_float if type_.bitwidth == 32 else ctypes.c_double
    return getattr(ctypes, f"c_{'' if type_.signed else 'u'}int{type_.bitwidth}")


class Context:
    """What a body's builder asks of Numba's target context: types, constants and conversions of numbers."""

    def get_value_type(self, type_):
        return _llvm_type(type_)

    get_argument_type = get_return_type = get_data_type = get_value_type

    def get_constant(self, type_, value):
        return _llvm_type(type_)(value)

    def cast(self, builder, value, from_type, to_type):
        target, is_signed = _llvm_type(to_type), getattr(from_type, "signed", False)
        was_float, is_float = (isinstance(t, types.Float) for t in (from_type, to_type))
        if value.type == target:
            return value
        if isinstance(to_type, types.Boolean):
            zero = value.type(0)
            return builder.fcmp_unordered("!=", value, zero) if was_float else builder.icmp_unsigned("!=", value, zero)
        if was_float and is_float:
            return (builder.fpext if to_type.bitwidth > from_type.bitwidth else builder.fptrunc)(value, target)
        if was_float:
            return (builder.fptosi if to_type.signed else builder.fptoui)(value, target)
        if is_float:
            return (builder.sitofp if is_signed else builder.uitofp)(value, target)
        if target.width < value.type.width:
            return builder.trunc(value, target)
        return (builder.sext if is_signed else builder.zext)(value, target)

    def __getattr__(self, name):
        raise _Unsupported(f"the compiler's context.{name}")


class Intrinsic:
    """What @intrinsic makes."""

    def __init__(self, function):
        self._function, self._made = function, {}
        self.__name__, self.__doc__, self.__module__ = function.__name__, function.__doc__, function.__module__

    def __call__(self, *args):
        raise NotImplementedError(f"{self.__name__}() can only be used inside a compiled function")

    def __repr__(self):
        return f"<intrinsic {self.__name__}>"

    def _wf_answer(self, args):
        from ._pyforeign import foreign_answer

        kinds = tuple(types.from_code(a.code) for a in args)
        try:
            with _lock:
                if kinds not in self._made:
                    self._made[kinds] = self._compiled(kinds)
            made = self._made[kinds]
        except _Unsupported as reason:
            return ("error", f"{self.__name__}: numba.extending.intrinsic builds LLVM by hand, and weft has not got {reason}; write the function in "
                             "Python and register it with numba.extending.overload")
        if made is None:
            return ("error", f"{self.__name__}() does not take ({', '.join(map(str, kinds))})")
        return foreign_answer(made[0], args)

    def _compiled(self, kinds):
        """(the function as one of ctypes, what holds its code), or None when the program's function does not take these types."""
        from llvmlite import ir

        answer = self._function(Context(), *kinds)
        if answer is None:
            return None
        signature, build = answer
        module = ir.Module(name=self.__name__)
        whole = [*signature.args, signature.return_type]
        outside = [ir.IntType(8) if isinstance(t, types.Boolean) else _llvm_type(t) for t in whole]
        function = ir.Function(module, ir.FunctionType(outside[-1], outside[:-1]), "wf_intrinsic")
        builder = ir.IRBuilder(function.append_basic_block())
        given = [builder.icmp_unsigned("!=", a, a.type(0)) if isinstance(t, types.Boolean) else a for a, t in zip(function.args, signature.args)]
        result = build(Context(), builder, signature, given)
        if isinstance(signature.return_type, types.Boolean):
            result = builder.zext(result, ir.IntType(8))
        builder.ret(result)
        engine = _engine_of(str(module))
        made = ctypes.CFUNCTYPE(_c_type(signature.return_type), *map(_c_type, signature.args))(engine.get_function_address("wf_intrinsic"))
        return made, engine


def _engine_of(text):
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_default_triple().create_target_machine(cpu=llvm.get_host_cpu_name(), opt=3)
    module = llvm.parse_assembly(text)
    module.verify()
    engine = llvm.create_mcjit_compiler(module, target)
    engine.finalize_object()
    return engine


def intrinsic(function=None, **options):
    """@intrinsic: the decorated function gets a context and the types of a call's arguments and returns (signature, build), where
    build(context, builder, signature, args) makes the body with llvmlite's IRBuilder; None: it does not take these types."""
    return Intrinsic if function is None else Intrinsic(function)
