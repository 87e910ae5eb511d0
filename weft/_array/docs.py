"""Docstrings of functions and methods that are NumPy's by name and meaning: its own first sentence, read from the NumPy that is
installed, and where the whole is. So help(weft.linspace) answers, and an editor shows something."""

import inspect


def summary(of):
    """The first sentence of a docstring of NumPy's, without the call that some begin with; "" when there is none."""
    for piece in inspect.cleandoc((of or "")[:600]).split("\n\n"):
        text = " ".join(piece.split())
        if text and not (text.split("(")[0].replace(".", "").replace("_", "").isalnum() and "(" in text.split(" ")[0]):
            return text
    return ""


def borrow(value, name, source, more="with arrays of weft's in the place of NumPy's."):
    """Gives `value` a docstring where it has none: that of `name` in NumPy's module or class `source`; more: how it differs."""
    if getattr(value, "__doc__", None):
        return
    said = summary(getattr(getattr(source, name, None), "__doc__", None))
    where = f"{source.__name__}.{name}" if inspect.ismodule(source) else f"{source.__module__.partition('._')[0]}.{source.__name__}.{name}"
    if not said:
        return
    try:
        value.__doc__ = f"{said}\n\nAs {where}, which says more; {more}"
    except (AttributeError, TypeError):  # of the core's own types
        pass
