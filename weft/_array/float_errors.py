"""errstate, seterr, geterr and what belongs to them: what shall happen when an operation makes NaN or infinity of finite numbers.

As in NumPy there is a way for each kind of error: "ignore", "warn", "raise", "call", "print", "log". Here all are "ignore" to begin
with, since looking at every result costs time and lets nothing fuse: as long as some kind is not ignored, operations run at once and
each result is read once more (checks.py). Underflow is not looked for: its way is always "ignore".

The ways belong to a context (a thread, a task), as NumPy's; that operations run at once holds for the process.
"""

import contextlib
import contextvars
import copy
import sys
import threading
import warnings
import weakref

from .. import _core

KINDS = ("divide", "over", "under", "invalid")
WAYS = ("ignore", "warn", "raise", "call", "print", "log")
_NONE = dict.fromkeys(KINDS, "ignore")
_BITS = {"divide": 1, "over": 2, "invalid": 8}  # as NumPy tells a function of the user's
_ways = contextvars.ContextVar("weft_float_errors", default=_NONE)
_call = contextvars.ContextVar("weft_float_errors_call", default=None)
_asked = {}  # who looks at results: what seterr and errstate set that a context of the process still has, by id
_lock = threading.RLock()


class _Ways(dict):
    """What happens, by kind; known as long as a context has it."""

    __slots__ = ("__weakref__",)


def _look_as_asked():
    """Operations run at once and are looked at while some context of the process asks for it."""
    with _lock:
        _core.array_set_eager(bool(_asked) or _core.env_on("EAGER"))
        _core.array_set_checked(bool(_asked))


def _ask(new):
    """A context asks for it. It ends with the last context that has it: with the block, the task, the thread."""
    def over(_, key=id(new)):
        with _lock:
            _asked.pop(key, None)
            _look_as_asked()
    with _lock:
        _asked[id(new)] = weakref.ref(new, over)
        _look_as_asked()


def ways():
    """What the context asks for, by kind."""
    return _ways.get()


def watched():
    """Whether the context asks for anything."""
    return _ways.get() is not _NONE


def _changed(given, everything):
    """The ways after a change. ValueError for one that there is not."""
    for way in (everything, *given.values()):
        if way is not None and way not in WAYS:
            raise ValueError(f"invalid error mode {way!r}: there are {', '.join(WAYS)}")
    if given["under"] not in (None, "ignore"):
        warnings.warn("weft does not look for underflow: 'under' stays 'ignore'", RuntimeWarning, stacklevel=4)
    new = {kind: (way if given[kind] is None else given[kind]) if everything is None else given[kind] or everything
           for kind, way in _ways.get().items()}
    new["under"] = "ignore"
    return _NONE if new == _NONE else _Ways(new)


def _set(new):
    before = _ways.get()
    if new is not _NONE:
        _ask(new)
    _ways.set(new)
    return before


def seterr(all=None, divide=None, over=None, under=None, invalid=None):
    """What floating-point errors do from now on: "ignore", "warn", "raise", "call", "print" or "log" for each kind, as numpy.seterr.
    Returns what held before. As long as some kind is not ignored, operations run one by one and each result is looked at.
    Underflow is not looked for: `under` is always "ignore" (RuntimeWarning when more is asked for). ValueError for another word.

        >>> old = wf.seterr(divide="raise")
        >>> wf.geterr()["divide"]
        'raise'
        >>> wf.seterr(**old)["divide"]
        'raise'
    """
    return dict(_set(_changed({"divide": divide, "over": over, "under": under, "invalid": invalid}, all)))


def geterr():
    """What floating-point errors do now, by kind: "ignore" for all of them unless seterr or errstate said something else."""
    return dict(_ways.get())


def seterrcall(func):
    """The function that "call" calls with the error's name and a number, or the object whose write() "log" gives the message to;
    None: none. Returns the one before. TypeError for what is neither."""
    if func is not None and not callable(func) and not callable(getattr(func, "write", None)):
        raise TypeError("python object must be callable or have a callable write method")
    before = _call.get()
    _call.set(func)
    return before


def geterrcall():
    """What seterrcall was given last."""
    return _call.get()


_UNSET = object()


class errstate(contextlib.ContextDecorator):
    """What floating-point errors do inside a `with`, or in a function that it decorates: the words of seterr. check=True is short for
    divide="raise", over="raise", invalid="raise": operations run at once inside, and the first that makes NaN or infinity of finite
    numbers raises FloatingPointError at its line, with the place and the numbers. TypeError for other keywords.

        >>> with wf.errstate(check=True):
        ...     wf.log(wf.asarray([1.0, 0.0]))
        Traceback (most recent call last):
        FloatingPointError: divide by zero encountered in log at [1]: -inf of 0.0, dtype float64
    """

    def __init__(self, check=False, *, call=_UNSET, all=None, divide=None, over=None, under=None, invalid=None):
        self._given = {"divide": divide, "over": over, "under": under, "invalid": invalid}
        self._all = "raise" if check and all is None else all
        self._function = call
        self._before = []
        _changed(self._given, self._all)  # mistakes are told here

    def _recreate_cm(self):  # each call of a decorated function has a stack of its own
        again = copy.copy(self)
        again._before = []
        return again

    def __enter__(self):
        function = _call.get()
        if self._function is not _UNSET:
            seterrcall(self._function)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # told when this was made
            self._before.append((_set(_changed(self._given, self._all)), function))
        return self

    def __exit__(self, *error):
        ways_before, function = self._before.pop()
        _set(ways_before)
        _call.set(function)


def happened(kind, message):
    """An error of that kind ("divide", "over", "invalid"): does what the context asks for."""
    way, function = _ways.get()[kind], _call.get()
    if way == "raise":
        raise FloatingPointError(message)
    if way == "warn":
        from .fallback import users_line
        warnings.warn(message, RuntimeWarning, stacklevel=users_line())
    elif way == "print":
        print(f"Warning: {message}", file=sys.stderr)
    elif way in ("call", "log"):
        if function is None or (way == "log" and not callable(getattr(function, "write", None))):
            raise NameError(f"{'python callback' if way == 'call' else 'log'} specified for {message}, but no {'function' if way == 'call' else 'log object'} "
                            "found: wf.seterrcall")
        if way == "call":
            function({"divide": "divide by zero", "over": "overflow", "invalid": "invalid value"}[kind], _BITS[kind])
        else:
            function.write(f"Warning: {message}\n")
