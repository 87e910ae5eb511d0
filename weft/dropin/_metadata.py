"""What importlib.metadata says of the drop-ins: programs ask it for cupy's or numba's version instead of importing them."""

import importlib
import importlib.metadata
import pathlib

NAMES = ("cupy", "numba", "pycuda")  # as pip and Python name them


class Distribution(importlib.metadata.Distribution):
    """What pip would have written of a drop-in's package."""

    def __init__(self, name):
        self._name = name

    def read_text(self, filename):
        if filename != "METADATA":
            return None
        package = importlib.import_module(self._name)
        version = package.VERSION_TEXT if self._name == "pycuda" else package.__version__
        return f"Metadata-Version: 2.1\nName: {self._name}\nVersion: {version}\nSummary: weft's drop-in\n"

    def locate_file(self, path):
        return pathlib.Path(__file__).parent / path


def distributions(installed, asked):
    """Those among the installed drop-ins; `asked`: one name, or None for all."""
    return (Distribution(name) for name in NAMES if name in installed and asked in (None, name))
