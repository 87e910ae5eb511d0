"""numba.core.datamodel.testing: tests of how Numba lays out its types in LLVM, of which weft has nothing to test."""

import unittest


def test_factory(support_as_data=True):
    """A base class of such tests: they are skipped."""

    class DataModelTester(unittest.TestCase):
        def setUp(self):
            self.skipTest("weft has no data models of LLVM")

    return DataModelTester


test_factory.__test__ = False  # not a test itself
