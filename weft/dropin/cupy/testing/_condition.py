"""Tests of random things: repeated, with a required number of successes."""

import functools
import os
import unittest


def _skips():
    try:
        import pytest
        return (unittest.SkipTest, pytest.skip.Exception)
    except ImportError:
        return (unittest.SkipTest,)


def repeat_with_success_at_least(times, min_success):
    """The test runs up to `times` times and passes when `min_success` of them did."""
    assert times >= min_success

    def decorate(function):
        @functools.wraps(function)
        def test(*args, **kwargs):
            good, first = 0, None
            for done in range(times):
                try:
                    function(*args, **kwargs)
                    good += 1
                except _skips():
                    raise
                except Exception as error:
                    first = first or error
                if good >= min_success:
                    return
                if done + 1 - good > times - min_success:
                    break
            raise AssertionError(f"\nthe first error message:\n    first error message: {first}\nsuccesses: {good} of {done + 1} runs, "
                                 f"needed {min_success} of {times}") from first
        return test
    return decorate


def repeat(times, intensive_times=None):
    """All of `times` runs must pass (intensive_times of them with CUPY_TEST_INTENSIVE)."""
    if intensive_times is not None and int(os.environ.get("CUPY_TEST_INTENSIVE", "0")):
        times = intensive_times
    return repeat_with_success_at_least(times, times)


def retry(times):
    """One of `times` runs must pass."""
    return repeat_with_success_at_least(times, 1)
