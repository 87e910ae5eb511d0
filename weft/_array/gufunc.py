"""Functions of whole sub-arrays ("gufuncs") made of Python functions of the user's: cupyx.GeneralizedUFunc.

A signature such as "(i,j),(j,k)->(i,k)" names the last axes of each operand, the core, which the function takes; the
axes before them are broadcast, and the function is called for each place in them, or once when it says that it takes
them too. A name with "?" may be missing in an operand, one with "|1" may be 1 where others are not.
"""

import re

import numpy as np

from .array import into
from .axes import common_shape, core_axes, order_of
from .creation import asarray, empty

_NAME = r"[A-Za-z_]\w*(?:\?|\|1)?"
_CORE = rf"\((?:{_NAME}(?:,{_NAME})*)?\)"
_SIDE = rf"(?:{_CORE}(?:,{_CORE})*)?"


def parse_signature(signature):
    """([core of each input], [of each output], how many names): a core is a tuple of (name, may be missing, may be 1)."""
    text = re.sub(r"\s+", "", signature)
    found = re.fullmatch(rf"({_SIDE})->({_SIDE})", text)
    if not found or not found.group(2):
        raise ValueError(f"not a valid gufunc signature: {signature!r}. One looks like (i,j),(j)->(i)")

    def cores(side):
        return [tuple((name.rstrip("?").removesuffix("|1"), name.endswith("?"), name.endswith("|1"))
                      for name in core[1:-1].split(",") if name) for core in re.findall(_CORE, side)] or [()]
    inputs, outputs = cores(found.group(1)), cores(found.group(2))
    return inputs, outputs, len({name for core in inputs + outputs for name, *_ in core})


def _loop_types(text, nin, nout):
    """The dtypes that "ii->i" names. ValueError for another number of them."""
    given, arrow, made = text.partition("->") if isinstance(text, str) else ("", "", "")
    if not arrow or len(given) != nin or len(made) != nout:
        raise ValueError(f"a signature of types for {nin} inputs and {nout} outputs is needed, such as {'d' * nin}->{'d' * nout}: got {text!r}")
    return tuple(map(np.dtype, given)), tuple(map(np.dtype, made))


class GeneralizedUFunc:
    """A function of sub-arrays, called along the axes before them.

    supports_batched: it takes those axes too. supports_out: it has out=. signatures: ("ff->f", function) for operands of certain dtypes."""

    def __init__(self, func, signature, *, supports_batched=False, supports_out=False, signatures=(), name="", doc=""):
        self._func, self._signature = func, signature
        self._batched, self._takes_out = supports_batched, supports_out
        self._inputs, self._outputs, self._names = parse_signature(signature)
        self.nin, self.nout = len(self._inputs), len(self._outputs)
        self.__name__ = name or getattr(func, "__name__", "gufunc")
        self.__doc__ = doc or getattr(func, "__doc__", None)
        self._loops = []
        for entry in signatures:
            types, function = (entry, func) if isinstance(entry, str) else entry
            self._loops.append((*_loop_types(types, self.nin, self.nout), function))

    signature = property(lambda self: self._signature)

    def __repr__(self):
        return f"<gufunc {self.__name__!r} {self._signature}>"

    # ---- which function

    def _loop(self, arrays, dtype, signature, casting):
        """(dtypes of the inputs or None, of the outputs or None, the function)."""
        if signature is not None:
            asked = "".join(np.dtype(t).char for t in signature) if isinstance(signature, (tuple, list)) else str(signature).replace("->", "")
            for given, made, function in self._loops:
                loop = "".join(t.char for t in given + made)
                if asked == loop or len(asked) == 1 and asked == made[0].char:
                    return given, made, function
            raise TypeError(f"No loop matching the specified signature {signature!r} was found for {self.__name__}")
        made = None if dtype is None else (np.dtype(dtype),) * self.nout
        for given, loop_made, function in self._loops:
            if (made is None or made == loop_made) and all(np.can_cast(x.dtype, t, casting) for x, t in zip(arrays, given)):
                return given, loop_made, function
        return None, made, self._func

    # ---- which axes

    def _core_sizes(self, shapes):
        """(operands' core shapes with 1 where an axis is missing, sizes by name, the names that are missing)."""
        missing, present, cores = set(), set(), []
        for k, (core, shape) in enumerate(zip(self._inputs, shapes)):
            left_out, lacking = set(), len(core) - len(shape)
            for name, optional, _ in core:
                if lacking > 0 and optional:
                    left_out.add(name)
                    lacking -= 1
            if lacking > 0:
                raise ValueError(f"{self.__name__}: operand {k} of shape {shape} has too few dimensions for {self._signature}")
            there = [name for name, *_ in core if name not in left_out]
            sizes = iter(shape[len(shape) - len(there):])
            missing |= left_out
            present |= {name for name, optional, _ in core if optional and name not in left_out}
            cores.append([1 if name in left_out else next(sizes) for name, *_ in core])
        if missing & present:
            raise ValueError(f"{self.__name__}: the dimension {min(missing & present)} is missing in one operand and there in another")
        known = {}
        for k, (core, sizes) in enumerate(zip(self._inputs, cores)):
            for (name, _, may_be_1), n in zip(core, sizes):
                if known.get(name, (n, True))[0] == n or may_be_1 and n == 1:
                    known.setdefault(name, (n, may_be_1))
                elif known[name] == (1, True):
                    known[name] = n, may_be_1
                else:
                    raise ValueError(f"{self.__name__}: operand {k} has {n} elements along {name}, another has {known[name][0]} ({self._signature})")
        return cores, {name: n for name, (n, _) in known.items()}, missing

    def _axes(self, axes, axis, keepdims, arrays):
        """(the operands with their core axes last, the axes of the results or None, of the axes kept or None)."""
        inner, outer = [len(core) for core in self._inputs], [len(core) for core in self._outputs]
        if keepdims and (any(outer) or len(set(inner)) != 1):
            raise TypeError(f"{self.__name__} does not support keepdims: its signature {self._signature} must have the same number of "
                            "core dimensions in all inputs and none in outputs")
        if axis is not None:
            if axes is not None:
                raise TypeError("cannot specify both `axis` and `axes`")
            if max(inner + outer) > 1 or self._names != 1:
                raise ValueError(f"{self.__name__}: axis can only be used with a single shared core dimension, not with {self._signature}")
            axes = [(axis,) if n else () for n in inner + outer]
        kept = None
        if axes is not None:
            axes = core_axes(self.__name__, axes, inner, outer)
            from .manipulation import moveaxis
            kept = axes[0] if keepdims else None
            arrays = [moveaxis(x, k, range(-len(k), 0)) if k else x for x, k in zip(arrays, axes)]
            axes = axes[self.nin:]
        elif keepdims:
            kept = tuple(range(-inner[0], 0))
        return arrays, axes, kept

    # ---- the call

    def _called(self, function, arrays, loop, outs):
        """What the function gives, one array for each output: at once, or place by place."""
        with_out = self._takes_out and outs is not None
        out = (lambda at: {"out": outs[0][at] if self.nout == 1 else tuple(x[at] for x in outs)}) if with_out else lambda at: {}
        if self._batched:
            made = function(*arrays, **out(...))
            return None if with_out else made if isinstance(made, tuple) else (made,)
        parts = []
        for place in np.ndindex(loop):
            made = function(*(x[place] for x in arrays), **out(place))
            parts.append(made if isinstance(made, tuple) else (made,))
        if with_out:
            return None
        from .manipulation import stack
        return tuple(stack([asarray(part[k]) for part in parts])._reshape(loop + asarray(parts[0][k]).shape) if parts else None
                     for k in range(self.nout))

    def __call__(self, *args, out=None, axes=None, axis=None, keepdims=False, order="K", dtype=None, signature=None, sig=None, casting="same_kind"):
        if len(args) not in (self.nin, self.nin + self.nout):
            raise TypeError(f"{self.__name__} takes {self.nin} operands, and {self.nout} for results, got {len(args)}")
        if len(args) > self.nin:
            if out is not None:
                raise TypeError("cannot specify 'out' as both a positional and keyword argument")
            out = args[self.nin:]
        outs = None if out is None else out if isinstance(out, tuple) else (out,)
        arrays = [asarray(x) for x in args[:self.nin]]
        order = _result_order(order, arrays)
        given, made, function = self._loop(arrays, dtype, sig if signature is None else signature, casting)
        if given is not None:
            for x, t in zip(arrays, given):
                if not np.can_cast(x.dtype, t, casting):
                    raise TypeError(f"Cannot cast {self.__name__} input from {x.dtype} to {t} with casting rule {casting!r}")
            arrays = [x if x.dtype == t else x._cast(t) for x, t in zip(arrays, given)]
        arrays, places, kept = self._axes(axes, axis, keepdims, arrays)
        cores, sizes, missing = self._core_sizes([x.shape for x in arrays])
        lead = [x.shape[:x.ndim - sum(name not in missing for name, *_ in core)] for x, core in zip(arrays, self._inputs)]
        loop = common_shape(*lead) if lead else ()
        arrays = [x._reshape(first + tuple(core))._broadcast_to(loop + tuple(core)) if x.shape != loop + tuple(core) else x
                  for x, first, core in zip(arrays, lead, cores)]
        plain = outs is not None and self._takes_out and places is None and not missing and kept is None
        results = self._called(function, arrays, loop, outs if plain else None)
        if results is None:
            return outs[0] if self.nout == 1 else outs
        results = [self._shaped(x, k, loop, sizes, missing, places, kept) for k, x in enumerate(results)]
        results = [x if made is None or x.dtype == made[k] else x._cast(made[k]) for k, x in enumerate(results)]
        if outs is not None:
            results = [x if to is None else into(x, to, casting) for x, to in zip(results, outs)]
        else:
            results = [x.copy(order) if order != "K" else x for x in results]
        return results[0] if self.nout == 1 else tuple(results)

    def _shaped(self, x, k, loop, sizes, missing, places, kept):
        """Result k: its core checked, without the axes that are missing, where the caller wants them."""
        core = self._outputs[k]
        if x is None:  # no places: the function was not called
            x = empty(loop + tuple(sizes.get(name, 1) for name, *_ in core), float)
        x = asarray(x)
        wanted = x.shape[:len(loop)] == loop and x.ndim == len(loop) + len(core) and all(
            n == sizes.get(name, n) for n, (name, *_) in zip(x.shape[len(loop):], core))
        if not wanted:
            raise ValueError(f"{self.__name__}: the function gave shape {x.shape} where {self._signature} asks for "
                             f"{loop + tuple(sizes.get(name, name) for name, *_ in core)}")
        x = x._reshape(loop + tuple(n for n, (name, *_) in zip(x.shape[len(loop):], core) if name not in missing))
        from .manipulation import moveaxis
        if kept is not None:
            x = x._reshape(x.shape + (1,) * len(kept))
            return moveaxis(x, range(-len(kept), 0), kept)
        return moveaxis(x, range(-len(places[k]), 0), places[k]) if places is not None and places[k] else x


def _result_order(order, arrays):
    """C, F or K for what order= says; A is F where all operands lie in Fortran's order alone."""
    order = order_of(order, "KCFA")
    if order != "A":
        return order
    return "F" if all(x._f_contiguous and not x._c_contiguous for x in arrays) else "C"
