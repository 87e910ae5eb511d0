"""cupyx.optimizing: tuning of kernels' parameters. weft's kernels have none that a user sets."""

import contextlib


@contextlib.contextmanager
def optimize(*, key=None, path=None, readonly=False, **config):
    """Accepted: nothing needs tuning inside."""
    yield
