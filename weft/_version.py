"""The version of weft: its only home. CMake and pyproject.toml read it from here."""

__version__ = "0.1.0"
