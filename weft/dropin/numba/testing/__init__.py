"""numba.testing: unittest, and marks of tests."""

import unittest  # noqa: F401


def make_tag_decorator(known_tags):
    """A decorator for tests that takes some of these words, for a runner that selects by them; here it changes nothing."""
    def tag(*tags):
        unknown = set(tags) - set(known_tags)
        if unknown:
            raise ValueError(f"unknown tags {sorted(unknown)}; there are {sorted(known_tags)}")
        return lambda test: test

    return tag
