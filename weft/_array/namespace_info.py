"""What the array API standard lets a program ask about a namespace: weft.__array_namespace_info__()."""

import numpy as np

__array_api_version__ = "2024.12"

_KINDS = {"bool": ("bool",), "signed integer": ("int8", "int16", "int32", "int64"), "unsigned integer": ("uint8", "uint16", "uint32", "uint64"),
          "real floating": ("float32", "float64"), "complex floating": ("complex64", "complex128")}
_KINDS["integral"] = _KINDS["signed integer"] + _KINDS["unsigned integer"]
_KINDS["numeric"] = _KINDS["integral"] + _KINDS["real floating"] + _KINDS["complex floating"]


class NamespaceInfo:
    """Capabilities, devices and dtypes of weft. Every device has every dtype."""

    __module__ = "weft"

    def capabilities(self):
        """Masks as indices, results whose shape depends on values, and the most dimensions an array has."""
        return {"boolean indexing": True, "data-dependent shapes": True, "max dimensions": 64}

    def default_device(self):
        """Where arrays are made that no device was named for."""
        from .._device import current_device
        return current_device()

    def devices(self):
        from .._device import devices
        return devices()

    def default_dtypes(self, *, device=None):
        """The dtypes of arrays that none was named for."""
        return {"real floating": np.dtype(np.float64), "complex floating": np.dtype(np.complex128), "integral": np.dtype(np.int64),
                "indexing": np.dtype(np.int64)}

    def dtypes(self, *, device=None, kind=None):
        """The standard's dtypes by name; kind: one of its words, or several in a tuple. ValueError for another word."""
        kinds = ("bool", "numeric") if kind is None else kind if isinstance(kind, tuple) else (kind,)
        unknown = [k for k in kinds if k not in _KINDS]
        if unknown:
            raise ValueError(f"unsupported kind: {unknown[0]!r}; there are {', '.join(map(repr, _KINDS))}")
        return {name: np.dtype(name) for k in kinds for name in _KINDS[k]}


def __array_namespace_info__():
    """An object that tells capabilities, devices and dtypes, as the array API standard has it."""
    return NamespaceInfo()
