"""What kinds of arguments library functions take: a call with another kind is told so by the argument's name while compiling, before
samples are tried. Only what NumPy refuses too is refused.
"""

import inspect

import numpy as np

_TEXT = ("U",)
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")


def _is_text(a):
    return a.code in _TEXT or a.code is None and isinstance(a.value, str)


def _dtype_kinds(a):
    """The kinds of the numbers in it: "if" of (1, 2.5); "": not known."""
    code = a.code or ""
    return "" if _is_text(a) else "".join({np.dtype(c if c != "l" else "i8").kind for c in _letters(code)})


def _letters(code):
    if code[:1] == "R":
        code = code[1:]
    if code[:1] == "A":
        return code[3:] if len(code) == 4 else ""
    if code[:1] == "[":
        return _letters(code[1:])
    if code[:1] == "(":
        return "".join(c for c in code[1:-1] if c in "?bhilBHILefdFD") if not set(code) & set("A[{TMSUNO") else ""
    return code if len(code) == 1 and code in "?bhilBHILefdFD" else ""


def _number(a):
    return a.is_number


def _integer(a):
    return a.is_number and a.code in "bhilBHIL"


def _array_like(a):
    return not _is_text(a) and not a.is_none and (a.is_array or a.is_number or a.is_list or a.is_tuple)


def _sequence(a):
    return not _is_text(a) and (a.is_array or a.is_list or a.is_tuple)


def _only(kinds, a):
    """Numbers of these kinds alone."""
    return set(_dtype_kinds(a)) <= set(kinds)


KINDS = {
    "array-like": _array_like,
    "a number": _number,
    "a scalar": lambda a: _number(a) or a.is_array and a.ndim == 0,
    "a scalar or an array-like": _array_like,
    "a Number or array-like": _array_like,
    "a complex or Array[complex]": _array_like,
    "a real numerical scalar type": lambda a: a.is_number and a.code not in "FD",
    "an array": _sequence,
    "an array-like": _array_like,
    "either an Array or a Sequence": _sequence,
    "an array if it is provided": lambda a: a.is_array,
    "an integer": lambda a: _integer(a) or a.is_number and a.code == "?",
    "an integer or float": lambda a: a.is_number and a.code not in "FD",
    "boolean": lambda a: _integer(a) or a.code == "?",
    "a boolean": lambda a: _integer(a) or a.code == "?",
    "a floating point": lambda a: a.is_number and a.code not in "FD",
    "a string": _is_text,
    "a tuple of integers": lambda a: a.is_tuple and _only("iu", a),
    "an integer or sequence": lambda a: _integer(a) or _sequence(a) and _only("iub", a),
    "an integer or tuple of integer": lambda a: _integer(a) or _sequence(a) and _only("iub", a),
    "int or 1d-array": lambda a: _integer(a) or _sequence(a) and _only("iub", a),
    "1D": lambda a: not a.is_array or a.ndim == 1,
    "a Numpy dtype": lambda a: a.code is None,
}

# name → (form, "parameter kind; …"). Forms: how the sentence begins.
_PLAIN, _NAMED, _COUNTED, _BARE, _FIRST = ("{name}", 'The argument "{name}"', 'The {ordinal} argument "{name}"', 'Argument "{name}"',
                                           "The first argument")
_POLYNOMIAL = "numpy.polynomial.polynomial."
RULES = {}


def _rule(form, parameters, *names):
    for name in names:
        RULES.setdefault(name if "." in name else f"numpy.{name}", []).append(
            (form, [(p.strip().split(" ", 1)[0], p.strip().split(" ", 1)[1]) for p in parameters.split(";")]))


_rule(_BARE, "x a Number or array-like", "sinc")
_rule(_BARE, "z a complex or Array[complex]", "angle")
_rule(_COUNTED, "arr array-like; values array-like; axis an integer", "append")
_rule(_COUNTED, "a array-like; b array-like; rtol a floating point; atol a floating point; equal_nan a boolean", "allclose", "isclose")
_rule(_COUNTED, "start a number; stop a number; num an integer", "logspace")
_rule(_NAMED, "start a number; stop a number; num an integer", "geomspace")
_rule(_COUNTED, "m an array; k an integer", "rot90")
_rule(_NAMED, "ary an array; indices_or_sections int or 1d-array", "vsplit", "hsplit", "dsplit")
_rule(_COUNTED, "a an array; axis1 an integer; axis2 an integer", "swapaxes")
_rule(_COUNTED, "a an array; source an integer or sequence; destination an integer or sequence", "moveaxis")
_rule(_NAMED, "v array-like; k an integer", "diagflat")
_rule(_NAMED, "p array-like; discont a scalar; period a scalar; axis an integer", "unwrap")
_rule(_NAMED, "dimensions a tuple of integers", "indices")
_rule(_FIRST, "x a scalar or an array-like", "nan_to_num")
_rule(_FIRST, "a an array-like", "partition", "argpartition")
_rule(_PLAIN, "k an integer; m an integer; N an integer", "tri")
_rule(_PLAIN, "k an integer", "tril", "triu")
_rule(_PLAIN, "n an integer; k an integer; m an integer", "tril_indices", "triu_indices")
_rule(_PLAIN, "k an integer", "tril_indices_from", "triu_indices_from")
_rule(_PLAIN, "M an integer; beta an integer or float", "bartlett", "blackman", "hamming", "hanning", "kaiser")
_rule(_PLAIN, "ddof a real numerical scalar type", "cov")
_rule(_PLAIN, "xp 1D; fp 1D", "interp")
_rule(_PLAIN, "arr either an Array or a Sequence", "delete", "insert")
_rule("Second argument {name}", "N an integer", "vander")
_rule(_NAMED, "a array-like", "copy", "ascontiguousarray", "asfortranarray", "round")
_rule(_NAMED, "out an array if it is provided", "round", "clip")
_rule(_NAMED, "a array-like; a_min a scalar or an array-like; a_max a scalar or an array-like", "clip")
_rule(_NAMED, "a array-like", "resize")
_rule("First argument \"{name}\"", "a an array", "expand_dims")
_rule(_BARE, "axis an integer", "expand_dims")
_rule(_PLAIN, "window_shape an integer or tuple of integer", "numpy.lib.stride_tricks.sliding_window_view",
      "numpy.lib._stride_tricks_impl.sliding_window_view")
_rule("The second argument", "trim a string", "trim_zeros")
_rule(_NAMED, "c1 array-like; c2 array-like", *(_POLYNOMIAL + n for n in ("polyadd", "polysub", "polymul", "polydiv")))
_rule(_NAMED, "c array-like; x array-like; tensor boolean", _POLYNOMIAL + "polyval")
_rule(_NAMED, "c array-like; m an integer", _POLYNOMIAL + "polyint")
_rule(_NAMED, "alist array-like; trim boolean", "numpy.polynomial.polyutils.as_series")
_rule(_NAMED, "seq array-like", "numpy.polynomial.polyutils.trimseq")
_NONE_IS_NO_VALUE = {"arr", "values", "ary", "v", "p", "c", "c1", "c2", "alist", "seq", "a", "b", "m"}  # of array-like ones


def problem(known, function, args):
    """What is wrong with the arguments of a NumPy function, in words; None: nothing that is known here."""
    rules = RULES.get(known)
    if rules is None:
        return None
    try:
        names = list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return None
    given = {a.keyword or (names[i] if i < len(names) else ""): a for i, a in enumerate(args)}
    for form, parameters in rules:
        for name, kind in parameters:
            a = given.get(name)
            if a is None or a.is_none and (name not in _NONE_IS_NO_VALUE or "array" not in kind) or KINDS[kind](a):
                continue
            at = names.index(name)
            return f"{form.format(name=name, ordinal=_ORDINALS[min(at, 5)])} must be {kind}; got {a!r}"
    return None


# ---- np.random.Generator ----

_GENERATOR = {  # what each method takes beside the generator, in order
    "integers": "low high size dtype endpoint", "random": "size dtype out", "uniform": "low high size", "normal": "loc scale size",
    "standard_normal": "size dtype out", "standard_exponential": "size dtype method out", "standard_gamma": "shape size dtype out",
    "exponential": "scale size", "gamma": "shape scale size", "beta": "a b size", "f": "dfnum dfden size", "chisquare": "df size",
    "standard_cauchy": "size", "pareto": "a size", "weibull": "a size", "power": "a size", "laplace": "loc scale size",
    "logistic": "loc scale size", "lognormal": "mean sigma size", "rayleigh": "scale size", "standard_t": "df size",
    "wald": "mean scale size", "geometric": "p size", "zipf": "a size", "triangular": "left mode right size", "poisson": "lam size",
    "negative_binomial": "n p size", "logseries": "p size", "noncentral_chisquare": "df nonc size",
    "noncentral_f": "dfnum dfden nonc size", "binomial": "n p size", "shuffle": "x axis", "permutation": "x axis"}
_WORDS = {"size": "an integer, an empty tuple or a tuple of integers", "dtype": "np.float32 or np.float64", "endpoint": "a boolean",
          "axis": "an integer", "method": "a string", "x": "an array or an integer", "out": "an array"}


def _is_float_dtype(a):
    return a.code is None and not isinstance(a.value, (str, bool, int, float)) and np.dtype(a.value).kind == "f"


_GENERATOR_KINDS = {
    "size": lambda a: _integer(a) or a.is_tuple and not _is_text(a) and _only("iu", a) and "U" not in a.code,
    "endpoint": lambda a: a.is_number, "axis": _integer, "method": _is_text, "x": lambda a: _array_like(a) and a.code not in ("d", "f"),
    "out": lambda a: a.is_array}


def _generator_kind(method, name, a):
    if name == "dtype":
        if method == "integers":
            return a.code is None and not isinstance(a.value, (str, bool, int, float)) and np.dtype(a.value).kind in "iub"
        return _is_float_dtype(a)
    return _GENERATOR_KINDS.get(name, _array_like)(a)


def generator_problem(method, args):
    """What is wrong with the arguments of a Generator's method (the first is the generator); None: nothing."""
    names = _GENERATOR.get(method, "").split()
    for i, a in enumerate(args[1:]):
        name = a.keyword or (names[i] if i < len(names) else "")
        if name in names and not a.is_none and not _generator_kind(method, name, a):
            words = _WORDS.get(name, "a number or an array of numbers")
            if name == "dtype" and method == "integers":
                words = "a type of integers"
            return f"Generator.{method}(): Argument {name} is not one of the expected type(s): {words}; got {a!r}"
    return None
