"""The package as installed: one version, told the same way by the metadata and the code."""

import importlib.metadata

import weft._version


def test_version_is_one():
    assert importlib.metadata.version("weft") == weft._version.__version__
