"""pycuda.elementwise: kernels from a line of C, and the makers of the ready ones.

    norm = ElementwiseKernel("float *x, float *y, float *z", "z[i] = sqrtf(x[i] * x[i] + y[i] * y[i])", "norm")
"""

import math

import numpy as np

import pycuda.driver as drv
from pycuda.tools import ScalarArg, VectorArg, context_dependent_memoize, dtype_to_ctype, parse_c_arg
from weft._fragments import loop_source

_COMPLEX = "#include <pycuda-complex.hpp>\n"


def _parsed(arguments):
    """"float *x, int n" or a list of Argument objects, as a list."""
    if isinstance(arguments, str):
        return [parse_c_arg(part) for part in arguments.split(",") if part.strip()]
    return list(arguments)


def _declared(arguments):
    """The C text: as given where it was text, so that const and __restrict__ stay."""
    return arguments if isinstance(arguments, str) else ", ".join(a.declarator() for a in arguments)


def _preamble(arguments, preamble):
    complex_used = any(a.dtype.kind == "c" for a in _parsed(arguments)) or "pycuda::complex" in preamble
    return (_COMPLEX if complex_used else "") + preamble


def _module(arguments, operation, name, keep, options, preamble, loop_prep, after_loop, ranged):
    from pycuda.compiler import SourceModule

    source = loop_source(name, _declared(arguments), operation, _preamble(arguments, preamble), loop_prep, after_loop, ranged)
    return SourceModule(source, options=options, keep=keep, no_extern_c=True)


def get_elwise_module(arguments, operation, name="kernel", keep=False, options=None, preamble="", loop_prep="", after_loop=""):
    """The module of a kernel with these arguments, all of them: the number of elements, `n`, is one."""
    return _module(arguments, operation, name, keep, options, preamble, loop_prep, after_loop, False)


def get_elwise_range_module(arguments, operation, name="kernel", keep=False, options=None, preamble="", loop_prep="", after_loop=""):
    """The same for i = start, start + step, … before stop; these three are among the arguments."""
    return _module(arguments, operation, name, keep, options, preamble, loop_prep, after_loop, True)


def get_elwise_kernel_and_types(arguments, operation, name="kernel", keep=False, options=None, use_range=False, **kwargs):
    """(function, arguments with those that the loop adds)."""
    maker = get_elwise_range_module if use_range else get_elwise_module
    added = ([ScalarArg(np.longlong, part) for part in ("start", "stop", "step")] if use_range else [ScalarArg(np.uintp, "n")])
    full = _parsed(arguments) + added
    if isinstance(arguments, str):  # as written: const and __restrict__ stay
        declared = ", ".join([arguments] * bool(arguments.strip()) + [a.declarator() for a in added])
    else:
        declared = full
    function = maker(declared, operation, name, keep, options, **kwargs).get_function(name)
    function.prepare("".join(a.struct_char for a in full))
    return function, full


def get_elwise_kernel(arguments, operation, name="kernel", keep=False, options=None, **kwargs):
    """The prepared function alone; its last argument is the number of elements."""
    return get_elwise_kernel_and_types(arguments, operation, name, keep, options, **kwargs)[0]


class ElementwiseKernel:
    """kernel(*args, range=None, slice=None, stream=None): runs `operation` for each index i of the first array's elements.

    Arrays are GPUArrays of one layout (others are copied to one and back), scalars are numbers. preamble, loop_prep, after_loop:
    C text before the kernel, before and after its loop. RuntimeError: no array among the arguments.
    """

    def __init__(self, arguments, operation, name="kernel", keep=False, options=None, **kwargs):
        self.gen_kwargs = dict(kwargs, arguments=arguments, operation=operation, name=name, keep=keep, options=options)
        self.arguments, self.name = _parsed(arguments), name
        if not any(isinstance(a, VectorArg) for a in self.arguments):
            raise RuntimeError("ElementwiseKernel can only be used with functions that have at least one vector argument")

    def get_texref(self, name, use_range=False):
        """The texture<…> variable of that name, of the preamble."""
        return self.generate_stride_kernel_and_types(use_range)[0]._module.get_texref(name)

    def generate_stride_kernel_and_types(self, use_range):
        return _generated(use_range, **self.gen_kwargs)

    def __call__(self, *args, range=None, slice=None, stream=None, **unknown):
        from pycuda.gpuarray import splay

        if unknown:
            raise TypeError(f"invalid keyword arguments specified: {', '.join(unknown)}")
        if range is not None and slice is not None:
            raise TypeError("may not specify both range and slice keyword arguments")
        if len(args) != len(self.arguments):
            raise TypeError(f"{self.name} takes {len(self.arguments)} arguments, got {len(args)}")
        arrays, given, back = contiguous(self.arguments, args)
        first = arrays[0]
        if slice is not None:
            bounds = slice.indices(first.size)
        else:
            bounds = None if range is None else (range.start or 0, range.stop, 1 if range.step is None else range.step)
        function, _ = self.generate_stride_kernel_and_types(bounds is not None)
        count = first.size if bounds is None else _length(*bounds)
        if count:
            grid, block = splay(count)
            tail = (first.size,) if bounds is None else bounds
            function.prepared_async_call(grid, block, stream, *given, *tail)
        for original, copy in back:
            original[...] = copy


def _length(start, stop, step):
    return max(0, math.ceil((stop - start) / step))


@context_dependent_memoize
def _memoized(use_range, key):
    kwargs = dict(key)
    kwargs["arguments"] = kwargs["arguments"] if isinstance(kwargs["arguments"], str) else list(kwargs["arguments"])
    return get_elwise_kernel_and_types(use_range=use_range, **kwargs)


def _generated(use_range, **kwargs):
    key = tuple(sorted((k, tuple(v) if isinstance(v, list) else v) for k, v in kwargs.items()))
    return _memoized(use_range, key)


def contiguous(arguments, args):
    """(arrays, arguments for a flat loop, what is to be copied back): arrays of unlike or broken layouts become copies."""
    arrays = [arg for a, arg in zip(arguments, args) if isinstance(a, VectorArg) and hasattr(arg, "flags")]
    if not arrays:
        raise TypeError("no GPUArray among the arguments")
    like = [x.flags.forc and x.strides == arrays[0].strides for x in arrays if x.shape == arrays[0].shape]
    if all(like) and all(x.flags.forc for x in arrays):
        return arrays, args, []
    given, back, flat = [], [], []
    for a, arg in zip(arguments, args):
        if isinstance(a, VectorArg) and hasattr(arg, "flags") and not arg.flags.c_contiguous:
            copy = type(arg)(arg.shape, arg.dtype, arg.allocator)
            copy[...] = arg
            back.append((arg, copy))
            arg = copy
        given.append(arg)
        if isinstance(a, VectorArg) and hasattr(arg, "flags"):
            flat.append(arg)
    return flat, given, back


# --- the ready ones ---------------------------------------------------------------------------------------------------


def _maker(name, spec, operation):
    """A memoized get_…_kernel. spec: parameters as "vector:x:0 scalar:a:1", the number saying which of the dtypes."""
    parts = [part.split(":") for part in spec.split()]
    count = 1 + max(int(which) for _, _, which in parts)

    @context_dependent_memoize
    def get(*dtypes):
        if len(dtypes) == 1:
            dtypes = dtypes * count
        arguments = [(VectorArg if kind == "vector" else ScalarArg)(dtypes[int(which)], each) for kind, each, which in parts]
        return get_elwise_kernel(arguments, operation, name)

    get.__name__ = f"get_{name}_kernel"
    get.__doc__ = f"The prepared kernel of `{operation}`; its arguments are {', '.join(p[1] for p in parts)} and the count."
    return get


get_axpbyz_kernel = _maker("axpbyz", "scalar:a:0 vector:x:0 scalar:b:1 vector:y:1 vector:z:2", "z[i] = a * x[i] + b * y[i]")
get_axpbz_kernel = _maker("axpbz", "scalar:a:0 vector:x:0 scalar:b:0 vector:z:1", "z[i] = a * x[i] + b")
get_rdivide_elwise_kernel = _maker("rdivide_elwise", "vector:x:0 scalar:y:1 vector:z:2", "z[i] = y / x[i]")
get_fill_kernel = _maker("fill", "scalar:a:0 vector:z:0", "z[i] = a")
get_reverse_kernel = _maker("reverse", "vector:y:0 vector:z:0", "z[i] = y[n - 1 - i]")
get_copy_kernel = _maker("copy", "vector:dest:0 vector:src:1", "dest[i] = src[i]")
get_arange_kernel = _maker("arange", "vector:z:0 scalar:start:0 scalar:step:0", "z[i] = start + i * step")
get_if_positive_kernel = _maker("if_positive", "vector:crit:0 vector:then_:1 vector:else_:1 vector:result:1",
                                "result[i] = crit[i] > 0 ? then_[i] : else_[i]")
get_where_kernel = _maker("where", "vector:crit:0 vector:then_:1 vector:else_:1 vector:result:1",
                          "result[i] = crit[i] != 0 ? then_[i] : else_[i]")
get_fmod_kernel = _maker("fmod", "vector:arg:0 vector:mod:0 vector:z:0", "z[i] = fmod(arg[i], mod[i])")
get_modf_kernel = _maker("modf", "vector:x:0 vector:intpart:0 vector:z:0", "z[i] = modf(x[i], &intpart[i])")
get_frexp_kernel = _maker("frexp", "vector:x:0 vector:significand:0 vector:exponent:0",
                          "int expt = 0; significand[i] = frexp(x[i], &expt); exponent[i] = expt")
get_ldexp_kernel = _maker("ldexp", "vector:sig:0 vector:expt:0 vector:z:0", "z[i] = ldexp(sig[i], (int)expt[i])")
get_conj_kernel = _maker("conj", "vector:x:0 vector:y:0", "y[i] = pycuda::conj(x[i])")
get_real_kernel = _maker("real", "vector:x:0 vector:y:1", "y[i] = pycuda::real(x[i])")
get_imag_kernel = _maker("imag", "vector:x:0 vector:y:1", "y[i] = pycuda::imag(x[i])")
get_pow_array_kernel = _maker("pow_array", "vector:x:0 vector:y:1 vector:z:2", "z[i] = pow(x[i], y[i])")
get_pow_kernel = _maker("pow", "scalar:y:1 vector:x:0 vector:z:2", "z[i] = pow(x[i], y)")
get_logical_not_kernel = _maker("logical_not", "vector:x:0 vector:out:1", "out[i] = x[i] == 0")


@context_dependent_memoize
def get_linear_combination_kernel(summand_descriptors, dtype_z):
    """(function, texture references) of z[i] = a0 * x0[i] + a1 * x1[i] + …; a descriptor is (is_gpu_scalar, scalar dtype,
    vector dtype). A factor is an argument before its vector, or the first element of a texture that the caller binds to the next of
    the references."""
    arguments, terms, textures, loads = [], [], [], []
    for k, (is_gpu_scalar, scalar_dtype, vector_dtype) in enumerate(summand_descriptors):
        if is_gpu_scalar:
            textures.append((f"tex_a{k}", dtype_to_ctype(scalar_dtype, with_fp_tex_hack=True)))
            loads.append(f"{dtype_to_ctype(scalar_dtype)} a{k} = fp_tex1Dfetch(tex_a{k}, 0)")
        else:
            arguments.append(ScalarArg(scalar_dtype, f"a{k}"))
        arguments.append(VectorArg(vector_dtype, f"x{k}"))
        terms.append(f"a{k} * x{k}[i]")
    arguments += [VectorArg(dtype_z, "z"), ScalarArg(np.uintp, "n")]
    preamble = "#include <pycuda-helpers.hpp>\n" + "".join(f"texture<{c}, 1, cudaReadModeElementType> {name};\n" for name, c in textures)
    module = get_elwise_module(arguments, f"z[i] = {' + '.join(terms)}", "linear_combination", preamble=preamble,
                               loop_prep=";\n".join(loads))
    function = module.get_function("linear_combination")
    references = [module.get_texref(name) for name, _ in textures]
    function.prepare("".join(a.struct_char for a in arguments), texrefs=references)
    return function, references


@context_dependent_memoize
def get_unary_func_kernel(func_name, in_dtype, out_dtype=None):
    arguments = [VectorArg(in_dtype, "y"), VectorArg(out_dtype or in_dtype, "z")]
    return get_elwise_kernel(arguments, f"z[i] = {func_name}(y[i])", func_name.replace("::", "_") + "_kernel")


def _operand(dtype, name, is_scalar):
    return VectorArg(dtype, name), f"{name}[{0 if is_scalar else 'i'}]"


@context_dependent_memoize
def get_binary_op_kernel(dtype_x, dtype_y, dtype_z, operator, x_is_scalar=False, y_is_scalar=False):
    (x, x_text), (y, y_text) = _operand(dtype_x, "x", x_is_scalar), _operand(dtype_y, "y", y_is_scalar)
    return get_elwise_kernel([x, y, VectorArg(dtype_z, "z")], f"z[i] = {x_text} {operator} {y_text}", "binary_op")


@context_dependent_memoize
def get_scalar_op_kernel(dtype_x, dtype_a, dtype_y, operator):
    return get_elwise_kernel([VectorArg(dtype_x, "x"), ScalarArg(dtype_a, "a"), VectorArg(dtype_y, "y")], f"y[i] = x[i] {operator} a",
                             "scalar_op")


@context_dependent_memoize
def get_binary_func_kernel(func, dtype_x, dtype_y, dtype_z, x_is_scalar=False, y_is_scalar=False):
    (x, x_text), (y, y_text) = _operand(dtype_x, "x", x_is_scalar), _operand(dtype_y, "y", y_is_scalar)
    return get_elwise_kernel([x, y, VectorArg(dtype_z, "z")], f"z[i] = {func}({x_text}, {y_text})", "binary_func")


@context_dependent_memoize
def get_binary_func_scalar_kernel(func, dtype_x, dtype_y, dtype_z):
    return get_elwise_kernel([VectorArg(dtype_x, "x"), ScalarArg(dtype_y, "y"), VectorArg(dtype_z, "z")], f"z[i] = {func}(x[i], y)",
                             "binary_func_scalar")


@context_dependent_memoize
def get_binary_minmax_kernel(func, dtype_x, dtype_y, dtype_z, use_scalar=False):
    symbol = "<" if "min" in func else ">"
    y, text = (ScalarArg(dtype_y, "y"), "y") if use_scalar else (VectorArg(dtype_y, "y"), "y[i]")
    return get_elwise_kernel([VectorArg(dtype_x, "x"), y, VectorArg(dtype_z, "z")], f"z[i] = x[i] {symbol} {text} ? x[i] : {text}",
                             "binary_minmax")


def _through_textures(*args, **kwargs):
    raise NotImplementedError("get_take_kernel, get_put_kernel and get_take_put_kernel hand out kernels that read through texture "
                              "references; use gpuarray.take, multi_take, multi_put and multi_take_put")


get_take_kernel = get_put_kernel = get_take_put_kernel = _through_textures

__all__ = [name for name in globals() if name.startswith("get_")] + ["ElementwiseKernel", "ScalarArg", "VectorArg", "dtype_to_ctype",
                                                                      "context_dependent_memoize"]
