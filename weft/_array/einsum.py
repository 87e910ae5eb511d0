"""einsum: sums of products by their subscripts, as transpositions, matrix products and reductions, two operands at a time."""

import math

import numpy as np

from .array import ndarray
from .creation import asarray
from .products import multiply

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _from_lists(operands):
    """einsum(a, [0, 1], b, [1, 2], [0, 2]) as subscripts and operands."""
    def text(labels):
        return "".join("..." if k is Ellipsis else _LETTERS[k] for k in labels)
    operands = list(operands)
    output = operands.pop() if len(operands) % 2 else None
    subscripts = ",".join(text(labels) for labels in operands[1::2])
    return subscripts + ("" if output is None else "->" + text(output)), operands[0::2]


def _parse(subscripts, operands):
    """A list of label strings, one for each operand, and the output's; ellipses become labels of their own."""
    subscripts = subscripts.replace(" ", "")
    inputs, arrow, output = subscripts.partition("->")
    inputs = inputs.split(",")
    if len(inputs) != len(operands):
        raise ValueError("more operands provided to einstein sum function than specified in the subscripts string"
                         if len(inputs) < len(operands) else
                         "fewer operands provided to einstein sum function than specified in the subscripts string")
    for text in (*inputs, output):
        bad = set(text.replace("...", "")) - set(_LETTERS)
        if bad or text.count("...") > 1:
            raise ValueError(f"invalid subscript '{(sorted(bad) or ['.'])[0]}' in einstein sum subscripts string, subscripts must be "
                             "letters")
    named = [len(text.replace("...", "")) for text in inputs]
    for text, count, a in zip(inputs, named, operands):
        if count > a.ndim or ("..." not in text and count != a.ndim):
            raise ValueError(f"einstein sum subscripts string {'contains too many subscripts' if count > a.ndim else 'does not name all dimensions'} "
                             f"for operand {len(inputs) and inputs.index(text)}")
    spare = [c for c in map(chr, range(0x100, 0x100 + 64))]  # labels of the ellipsis, not letters
    extra = max((a.ndim - count for text, count, a in zip(inputs, named, operands) if "..." in text), default=0)
    dots = "".join(spare[:extra])
    labels = [text.replace("...", dots[extra - (a.ndim - count):] if extra else "") for text, count, a in zip(inputs, named, operands)]
    everything = "".join(labels)
    if not arrow:
        output = dots + "".join(sorted(c for c in set(everything) - set(dots) if everything.count(c) == 1))
    else:
        if dots and "..." not in output:
            raise ValueError("output has broadcast dimensions of an ellipsis ('...') but the output's subscripts do not name it")
        output = output.replace("...", dots)
    for c in output:
        if output.count(c) > 1:
            raise ValueError(f"einstein sum subscripts string includes output subscript '{c}' multiple times")
        if c not in everything:
            raise ValueError(f"einstein sum subscripts string included output subscript '{c}' which never appeared in an input")
    return labels, output


def _diagonal(a, labels):
    """Labels that come twice become the diagonal."""
    names = "".join(dict.fromkeys(labels))
    if len(names) == len(labels):
        return a, labels
    shape, strides = [], []
    for c in names:
        places = [k for k, x in enumerate(labels) if x == c]
        sizes = {a.shape[k] for k in places}
        if len(sizes) > 1:
            raise ValueError(f"dimensions in single operand for collapsing index '{c}' don't match "
                             f"({' != '.join(str(a.shape[k]) for k in places[:2])})")
        shape.append(a.shape[places[0]])
        strides.append(sum(a.strides[k] for k in places))
    return a._view(shape, strides), names


def _sizes(operands, labels):
    sizes = {}
    for a, names in zip(operands, labels):
        for c, n in zip(names, a.shape):
            if sizes.setdefault(c, n) != n:
                if sizes[c] != 1 and n != 1:
                    raise ValueError(f"operands could not be broadcast together with remapped shapes [original->remapped]: label '{c}' "
                                     f"has sizes {sizes[c]} and {n}")
                sizes[c] = max(sizes[c], n)
    return sizes


def _reduced(a, labels, keep, sizes):
    """Without the labels that nobody else needs, and without dimensions of 1 that broadcast."""
    axes = tuple(k for k, c in enumerate(labels) if c not in keep)
    if axes:
        scale = math.prod(sizes[labels[k]] for k in axes if a.shape[k] == 1)
        kind = a.dtype
        a = a.any(axes) if kind == bool else a._reduce("sum", axes, kind, False, None, None)
        if scale != 1 and kind != bool:
            a = a * kind.type(scale)
        labels = "".join(c for c in labels if c in keep)
    drop = [k for k, c in enumerate(labels) if a.shape[k] == 1 and sizes[c] != 1]
    if drop:
        a = a._reshape([n for k, n in enumerate(a.shape) if k not in drop])
        labels = "".join(c for k, c in enumerate(labels) if k not in drop)
    return a, labels


def _ordered(a, labels, wanted):
    order = [labels.index(c) for c in wanted]
    return a if order == list(range(a.ndim)) else a._transpose(order)


def _pair(a, p, b, q, keep, sizes):
    """The product of two operands, summed over the labels that both have and nobody needs; and its labels."""
    a, p = _reduced(a, p, set(q) | keep, sizes)
    b, q = _reduced(b, q, set(p) | keep, sizes)
    a, p = _reduced(a, p, set(q) | keep, sizes)  # what only broadcast in b is a's alone now
    both = [c for c in p if c in q]
    batch, summed = [c for c in both if c in keep], [c for c in both if c not in keep]
    rows, columns = [c for c in p if c not in q], [c for c in q if c not in p]
    if not summed:
        x = _ordered(a, p, batch + rows)._reshape([sizes[c] for c in batch + rows] + [1] * len(columns))
        y = _ordered(b, q, batch + columns)._reshape([sizes[c] for c in batch] + [1] * len(rows) + [sizes[c] for c in columns])
        return x * y, "".join(batch + rows + columns)
    dims = [[sizes[c] for c in group] for group in (batch, rows, summed, columns)]
    x = _ordered(a, p, batch + rows + summed)._reshape((*dims[0], math.prod(dims[1]), math.prod(dims[2])))
    y = _ordered(b, q, batch + summed + columns)._reshape((*dims[0], math.prod(dims[2]), math.prod(dims[3])))
    if not rows and not columns and not batch:
        from .linalg import dot
        return dot(x._reshape((x.size,)), y._reshape((y.size,))), ""
    return multiply(x, y)._reshape([*dims[0], *dims[1], *dims[3]]), "".join(batch + rows + columns)


def _order(operands, labels, output, optimize):
    """Pairs of places in the list of operands; the product of a pair goes to its end."""
    if len(operands) < 3 or optimize is False:
        return [(0, 1)] * (len(operands) - 1)
    letters = {c: _LETTERS[k] for k, c in enumerate(dict.fromkeys("".join(labels)))}
    text = ",".join("".join(letters[c] for c in names) for names in labels) + "->" + "".join(letters[c] for c in output)
    stand_ins = [np.broadcast_to(np.zeros(()), a.shape) for a in operands]
    path = np.einsum_path(text, *stand_ins, optimize=optimize)[0][1:]
    pairs, left = [], len(operands)
    for group in path:  # three at once become pairs
        group = sorted(group)
        while len(group) > 1:
            i, j = group[0], group[1]
            pairs.append((i, j))
            group = [k - (k > i) - (k > j) for k in group[2:]] + [left - 2]
            left -= 1
    return pairs


# ---- subscripts that are one reduction, one inner product or one product of matrices

_plain = {}  # (subscripts, shapes) → what to do, or None
_PLAIN_MOST = 1024


def _plain_steps(subscripts, operands):
    """(axes that are summed, order of the rest, labels if one comes twice) of one operand; (whether a, b, the result are turned) or
    a _Product of two; None: more than that."""
    labels, output = _parse(subscripts, operands)
    twice = any(len(set(names)) != len(names) for names in labels)
    if len(labels) == 1:
        names = "".join(dict.fromkeys(labels[0]))
        left = [c for c in names if c in output]
        return tuple(k for k, c in enumerate(names) if c not in output), [left.index(c) for c in output], labels[0] if twice else None
    if twice:
        return None
    p, q = labels
    both = [c for c in p if c in q]
    rows, columns = [c for c in p if c not in q], [c for c in q if c not in p]
    sizes = [dict(zip(names, a.shape)) for names, a in zip(labels, operands)]
    if any(sizes[0][c] != sizes[1][c] for c in both):
        return None
    if len(both) != 1 or both[0] in output or max(len(p), len(q)) > 2 or sorted(output) != sorted(rows + columns):
        return _product_steps(p, q, output, sizes)
    return len(p) == 2 and p[0] == both[0], len(q) == 2 and q[1] == both[0], list(output) != rows + columns


class _Product:
    """Two operands whose product, element by element, has no more elements than the larger of them (or than the result), summed
    along some of its axes: (order, shape or None) of each operand, the axes, the order of what is left."""

    __slots__ = ("left", "right", "axes", "order")

    def __init__(self, left, right, axes, order):
        self.left, self.right, self.axes, self.order = left, right, axes, order

    def of(self, a, b):
        result = _turned(a, *self.left) * _turned(b, *self.right)
        if self.axes:
            result = result._reduce("sum", self.axes, result.dtype, False, None, None)
        return result if self.order is None else result._transpose(self.order)


def _turned(a, order, shape):
    a = a if order is None else a._transpose(order)
    return a if shape is None else a._reshape(shape)


def _product_steps(p, q, output, sizes):
    everything = list(dict.fromkeys(p + q if len(p) >= len(q) else q + p))
    sizes = {**sizes[0], **sizes[1]}
    summed = [c for c in everything if c not in output]
    if summed and len(everything) > max(len(p), len(q)):
        return None  # a product of matrices in stacks, an outer product that is summed
    if not summed:
        everything = list(output)

    def steps(names):
        mine = [c for c in everything if c in names]
        return ([names.index(c) for c in mine] if mine != list(names) else None,
                [sizes[c] if c in names else 1 for c in everything] if len(mine) < len(everything) else None)
    left = [c for c in everything if c in output]
    return _Product(steps(p), steps(q), tuple(k for k, c in enumerate(everything) if c in summed),
                    None if left == list(output) else [left.index(c) for c in output])


def _done_at_once(subscripts, operands):
    """The result of a plain case; None: the long way."""
    first = operands[0]
    if type(first) is not ndarray or first.dtype.kind not in "fc" or any(type(a) is not ndarray or a.dtype is not first.dtype for a in operands):
        return None
    key = (subscripts, *(a.shape for a in operands))
    if key not in _plain:
        if len(_plain) >= _PLAIN_MOST:
            _plain.clear()
        _plain[key] = _plain_steps(subscripts, operands)
    steps = _plain[key]
    if steps is None:
        return None
    if len(operands) == 1:
        axes, order, twice = steps
        first = first if twice is None else _diagonal(first, twice)[0]
        result = first._reduce("sum", axes, first.dtype, False, None, None) if axes else first
        return result if axes and order == sorted(order) else result._transpose(order)
    from .linalg import matmul
    a, b = operands
    if type(steps) is _Product:
        return None if first.dtype.itemsize == 2 else steps.of(a, b)  # sums of 16-bit products are made in float32
    result = matmul(a.T if steps[0] else a, b.T if steps[1] else b)
    return result.T if steps[2] else result


def einsum(*operands, out=None, optimize=False, dtype=None, **kwargs):
    """Sums of products by subscripts, as NumPy's; one reduction or matrix product for each pair of operands."""
    if out is None and dtype is None and not kwargs and 2 <= len(operands) <= 3 and type(operands[0]) is str:
        result = _done_at_once(operands[0], operands[1:])
        if result is not None:
            return result
    from .array import into
    from .manipulation import result_type
    if set(kwargs) - {"order", "casting"}:
        raise TypeError(f"einsum() got unexpected keyword arguments: {', '.join(sorted(set(kwargs) - {'order', 'casting'}))}")
    if not operands:
        raise ValueError("must specify the einstein sum subscripts string and at least one operand, or at least one operand and its "
                         "corresponding subscripts list")
    if isinstance(operands[0], str):
        subscripts, operands = operands[0], operands[1:]
    else:
        subscripts, operands = _from_lists(operands)
    given = operands = [asarray(a) for a in operands]
    labels, output = _parse(subscripts, operands)
    kind = result_type(*operands) if dtype is None else np.dtype(dtype)
    operands, labels = map(list, zip(*(_diagonal(a if a.dtype == kind else a._cast(kind), names)
                                       for a, names in zip(operands, labels))))
    sizes = _sizes(operands, labels)
    for i, j in _order(operands, labels, output, optimize):
        b, q = operands.pop(max(i, j)), labels.pop(max(i, j))
        a, p = operands.pop(min(i, j)), labels.pop(min(i, j))
        a, p = _pair(a, p, b, q, set(output).union(*labels), sizes)
        operands.append(a)
        labels.append(p)
    a, names = _reduced(operands[0], labels[0], set(output), {**sizes, **dict(zip(labels[0], operands[0].shape))})
    result = _ordered(a, names, [c for c in output if c in names])
    if len(names) < len(output) or result.shape != tuple(sizes[c] for c in output):
        shape = [sizes[c] if c in names else 1 for c in output]
        result = result._reshape(shape)._broadcast_to([sizes[c] for c in output])._copy()
    if len(given) == 1 and result is given[0]:
        result = result._view(result.shape, result.strides)  # a view, as in NumPy
    return into(result, out, kwargs.get("casting") or "same_kind")


def einsum_path(*operands, optimize="greedy", einsum_call=False):
    """NumPy's choice of an order for einsum's products and its report: it looks at shapes only, so nothing is computed or moved."""
    def outline(thing):
        if not isinstance(thing, ndarray):
            return thing
        return np.broadcast_to(np.zeros((), thing.dtype), thing.shape)
    return np.einsum_path(*map(outline, operands), optimize=optimize, einsum_call=einsum_call)
