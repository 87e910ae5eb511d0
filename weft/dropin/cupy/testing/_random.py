"""fix_random: tests that draw the same numbers every time."""

import functools
import importlib
import inspect
import os
import random as _python
import types
import unittest

import numpy as np

cupy = importlib.import_module("..", __package__)  # under the name that it was loaded by

_saved = []  # states of the three generators, one entry for each nested use
_seeds = None


def do_setup(deterministic=True):
    """Seeds Python's, NumPy's and CuPy's generators; do_teardown takes the old states back."""
    _saved.append((_python.getstate(), np.random.get_state(), cupy.random.get_random_state()))
    if not deterministic:
        _python.seed()
        np.random.seed()
        cupy.random.seed()
        return
    _python.seed(99)
    np.random.seed(100)
    cupy.random.seed(101)


def do_teardown():
    python, numpy_state, ours = _saved.pop()
    _python.setstate(python)
    np.random.set_state(numpy_state)
    cupy.random.set_random_state(ours)


def _deterministic():
    return int(os.environ.get("CUPY_TEST_RANDOM_NONDETERMINISTIC", "0")) == 0


def generate_seed():
    """A seed for a generator of the test's own; only under fix_random."""
    if not _saved:
        raise RuntimeError("random seed is not set up: generate_seed works inside fix_random only")
    return int(np.random.randint(0x7FFFFFFF))


def _around(function, before=None, after=None):
    @functools.wraps(function)
    def call(self, *args, **kwargs):
        if before:
            before()
        try:
            return function(self, *args, **kwargs)
        finally:
            if after:
                after()
    return call


def _fixed_class(cls):
    names = ("setUp", "tearDown") if issubclass(cls, unittest.TestCase) else ("setup_method", "teardown_method")
    setup = getattr(cls, names[0], lambda self, *args: None)
    teardown = getattr(cls, names[1], lambda self, *args: None)
    setattr(cls, names[0], _around(setup, before=lambda: do_setup(_deterministic())))
    setattr(cls, names[1], _around(teardown, after=do_teardown))
    return cls


def fix_random():
    """For a test or a test class: the generators are seeded before each test and put back after it."""
    def decorate(target):
        if isinstance(target, type):
            return _fixed_class(target)
        if not isinstance(target, types.FunctionType):
            raise ValueError("fix_random decorates functions and classes")

        @functools.wraps(target)
        def test(*args, **kwargs):
            do_setup(_deterministic())
            try:
                return target(*args, **kwargs)
            finally:
                do_teardown()
        test.__signature__ = inspect.signature(target)
        return test
    return decorate
