"""numba.cuda.tests: helpers for tests of Numba programs that use CUDA."""

import os
import unittest


def load_testsuite(loader, folder):
    """A suite of all test_*.py in a folder of this package."""
    suite = unittest.TestSuite()
    for name in sorted(os.listdir(folder)):
        if name.startswith("test_") and name.endswith(".py"):
            suite.addTests(loader.loadTestsFromName(f"{__name__}.{os.path.basename(folder)}.{name[:-3]}"))
    return suite
