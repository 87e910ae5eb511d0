"""wf.explain(x): which kernels compute an array, in words, as a picture, and as CUDA C.

The core writes a line of JSON before each kernel's source (src/array/describe.c); this file reads it and shows it.
"""

import json
from html import escape

from ._svg import HUES, Picture

_MARK = "\x1e"
_WHAT = {"elements": "each element by itself", "tiles": "tiles of 4096 elements", "rows": "64 rows at a time"}
BOX, GAP_X, STEP_Y = 132, 46, 44  # of the picture, in pixels
MOST_STEPS = 8  # of a kernel that are listed


def size(count):
    """Bytes for people: 8 MB."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000 or unit == "GB":
            return f"{count:.3g} {unit}"
        count /= 1000


class Explanation:
    """What computes an array.

    print(wf.explain(x))           # in words: what is read, the steps, what is written
    print(wf.explain(x).source)    # the kernels as CUDA C
    wf.explain(x).kernels          # the same as dictionaries
    wf.explain(x).svg()            # the picture that a notebook shows
    """

    def __init__(self, text):
        self.kernels, self.source = [], ""
        for part in text.split(_MARK)[1:]:
            line, _, source = part.partition("\n")
            self.kernels.append(json.loads(line))
            self.source += source

    def __str__(self):
        if not self.kernels:
            return "already computed: no kernel is left to run"
        count = len(self.kernels)
        return "\n".join([f"{count} kernel{'s' if count > 1 else ''}; .source is the CUDA C", *map(_words, self.kernels)])

    __repr__ = __str__

    def svg(self):
        """One picture below the other, a kernel each."""
        return "\n".join(str(_picture(kernel)) for kernel in self.kernels)

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": str(self), "text/html": self._repr_html_()}

    def _repr_html_(self):
        if not self.kernels:
            return f"<p>{escape(str(self))}</p>"
        parts = [f'<div style="overflow-x:auto"><b>{escape(kernel["kernel"])}</b> {escape(_domain(kernel))}<br>{_picture(kernel)}</div>'
                 for kernel in self.kernels]
        return "".join(parts) + f"<details><summary>CUDA C</summary><pre>{escape(self.source)}</pre></details>"


def _domain(kernel):
    extent = kernel["extent"]
    kept, gone = extent[:len(extent) - kernel["reduced"]], extent[len(extent) - kernel["reduced"]:]
    if kernel["reduction"] is None:
        return f"over {tuple(kept)}, {_WHAT['elements']}"
    return f"{kernel['reduction']} over {tuple(gone)}" + (f" for each of {tuple(kept)}" if kept else "") + f", {_WHAT[kernel['form']]}"


def _names(kernel):
    """A short name for every value: a, b, c … for what is read, 2.5 for numbers, t1, t2 … for steps."""
    arrays = iter([*"abcdefgh", *(f"in{i}" for i in range(9, 99))])
    names = [("index" if one["kind"] == "index" else next(arrays)) if one["kind"] != "number" else
             "number" if one.get("value") is None else f"{one['value']:g}" for one in kernel["operands"]]
    return names + [f"t{i + 1}" for i in range(len(kernel["steps"]))]


def _words(kernel):
    names = _names(kernel)
    read = [f"{name} {one['dtype']} {size(one['bytes'])}" for name, one in zip(names, kernel["operands"]) if one["kind"] == "array"]
    steps = [f"{name} = {one['op']}({', '.join(names[a] for a in one['args'])})" + (f" as {one['dtype']}" if one["op"] == "cast" else "")
             for name, one in zip(names[len(kernel["operands"]):], kernel["steps"])]
    if kernel["reduction"]:
        steps.append(f"{kernel['reduction']}({names[kernel['outputs'][0]['value']]})")
    if len(steps) > MOST_STEPS:
        steps[MOST_STEPS // 2:-MOST_STEPS // 2] = [f"... {len(steps) - MOST_STEPS} more (.kernels has all)"]
    wrote = [f"{one['dtype']} {size(one['bytes'])}" for one in kernel["outputs"]]
    lines = [f"{kernel['kernel']}: {_domain(kernel)}", f"  reads   {', '.join(read) or 'no array'}"]
    lines += [("  steps   " if i == 0 else "          ") + step for i, step in enumerate(steps)]
    return "\n".join([*lines, f"  writes  {', '.join(wrote)}"])


def _picture(kernel):
    """The graph of one kernel, from left to right: what is read, the steps, what is written."""
    names, operands, steps, outputs = _names(kernel), kernel["operands"], kernel["steps"], kernel["outputs"]
    depth = [0] * len(operands)
    for one in steps:
        depth.append(1 + max((depth[a] for a in one["args"]), default=0))
    last = max(depth, default=0) + 1
    boxes = [(names[i], "index" if one["kind"] == "index" else f"{one['dtype']}" + (f" {size(one['bytes'])}" if one["bytes"] else ""),
              0, HUES[0], []) for i, one in enumerate(operands)]
    boxes += [(one["op"], one["dtype"], depth[len(operands) + i], HUES[1], one["args"]) for i, one in enumerate(steps)]
    boxes += [(kernel["reduction"] or "result", f"{one['dtype']} {size(one['bytes'])}", last, HUES[2], [one["value"]]) for one in outputs]
    used, places = {}, []
    for _, _, column, _, _ in boxes:
        places.append((4 + column * (BOX + GAP_X), 4 + used.get(column, 0) * STEP_Y))
        used[column] = used.get(column, 0) + 1
    picture = Picture(8 + last * (BOX + GAP_X) + BOX, 4 + max(used.values()) * STEP_Y, f"kernel {kernel['kernel']}")
    for (_, _, _, _, args), (x, y) in zip(boxes, places):
        for a in args:
            picture.line(places[a][0] + BOX, places[a][1] + 17, x, y + 17)
    for (title, below, _, colour, _), (x, y) in zip(boxes, places):
        picture.box(x, y, BOX, 34, colour)
        picture.text(x + BOX / 2, y + 14, title, "middle", font_weight="bold")
        picture.text(x + BOX / 2, y + 28, below, "middle", font_size=10)
    return picture
