"""Textures, surfaces and the arrays they read: wf.TextureArray, wf.Texture, wf.Surface.

    image = wf.TextureArray((height, width), np.uint8)       # a CUDA array: rows of texels
    image.copy_from(pixels)
    tex = wf.Texture(image, filter="linear", address="clamp", read="scaled")
    kernel(tex, out, grid=…, block=…)                         # a cudaTextureObject_t parameter

A texture is a descriptor of 56 bytes that device code reads (device/include/texture_types.h); a handle is its address. A
texture reference (`texture<float, 2> t;` in the source) is a variable that holds the descriptor: `wf.TextureReference` writes it.
"""

import math
import struct

import numpy as np

from . import _core

_LAYOUT = struct.Struct("<QQIiii4B4B4I")  # struct __wf_texels; keep both in step
_BYTES = _LAYOUT.size
_LINEAR, _NORMALIZED, _SCALED = 1, 2, 4
ADDRESS = {"wrap": 0, "clamp": 1, "mirror": 2, "border": 3}
FILTER = {"point": 0, "linear": 1}
_KINDS = {"u": 0, "i": 1, "f": 2}


def texel_format(dtype, channels):
    """(bytes of a channel, kind) of texels. TypeError, ValueError: what no texture has."""
    dtype = np.dtype(dtype)
    if dtype.kind not in _KINDS or dtype.itemsize > 4:
        raise TypeError(f"texels of {dtype}: expected integers or floating-point numbers of at most 32 bits")
    if channels not in (1, 2, 4):
        raise ValueError(f"texels of {channels} channels: expected 1, 2 or 4")
    return dtype.itemsize, _KINDS[dtype.kind]


class TextureArray:
    """A CUDA array: `shape` texels (width,), (height, width) or (depth, height, width) of `channels` numbers of `dtype`.
    layered: the first extent counts layers, each a texture of one dimension less.

    It is plain device memory, row after row, at `memory`.
    """

    def __init__(self, shape, dtype, channels=1, *, layered=False, device=None):
        shape = tuple(int(n) for n in (shape if isinstance(shape, (tuple, list)) else (shape,)))
        if not 1 <= len(shape) <= 3 or min(shape) < 1:
            raise ValueError(f"a texture array of shape {shape}: expected one to three extents, each at least 1")
        self.shape, self.dtype, self.channels, self.layered = shape, np.dtype(dtype), int(channels), bool(layered)
        size, _ = texel_format(self.dtype, self.channels)
        self.texel_bytes = size * self.channels
        if layered and len(shape) == 2:
            self.size = (shape[1], 1, shape[0])
        else:
            self.size = (*reversed(shape), 1, 1)[:3]
        self.pitch = self.size[0] * self.texel_bytes
        self.slice = self.pitch * self.size[1]
        self.nbytes = self.slice * self.size[2]
        self.memory = _core.Memory(self.nbytes) if device is None else _core.Memory(self.nbytes, device)
        _core.fill(self.memory, 0, 1, self.nbytes)

    def __int__(self):
        return int(self.memory)

    def _elements(self):
        return math.prod(self.shape) * self.channels

    def copy_from(self, source, stream=None):
        """Fills it from a host or device array of as many numbers of its dtype, in C order. ValueError: another number of
        bytes."""
        self._check(source)
        if isinstance(source, np.ndarray):
            _core.copy_to_device(self.memory, np.ascontiguousarray(source), stream)
        else:
            _core.copy_on_device(self.memory, source, self.nbytes, stream)

    def copy_to(self, target, stream=None):
        """Its content into a contiguous host or device array."""
        self._check(target)
        if isinstance(target, np.ndarray):
            _core.copy_to_host(target, self.memory, stream)
        else:
            _core.copy_on_device(target, self.memory, self.nbytes, stream)

    def _check(self, array):
        if array.nbytes != self.nbytes:
            raise ValueError(f"a copy between a texture array of {self.nbytes} bytes and an array of {array.nbytes}")

    def get(self):
        """Its content as a NumPy array; channels are the last axis when there are several."""
        result = np.empty((*self.shape, self.channels) if self.channels > 1 else self.shape, self.dtype)
        self.copy_to(result)
        return result

    def free(self):
        self.memory.free()


class LinearTexels:
    """Memory at an address, read as texels: one row of `width`, or `height` rows that begin `pitch` bytes apart."""

    def __init__(self, memory, dtype, channels, width, height=1, pitch=0):
        self.owner, self.dtype, self.channels = memory, np.dtype(dtype), int(channels)
        self.address = int(memory)
        size, _ = texel_format(self.dtype, self.channels)
        self.texel_bytes = size * self.channels
        self.size = (max(int(width), 1), max(int(height), 1), 1)
        self.pitch = int(pitch) or self.size[0] * self.texel_bytes
        self.slice = self.pitch * self.size[1]

    def __int__(self):
        return self.address


def _address_modes(address, normalized):
    modes = [address] * 3 if isinstance(address, (str, int)) else list(address)
    modes = [ADDRESS[m] if isinstance(m, str) else int(m) for m in modes + modes[-1:] * (3 - len(modes))][:3]
    if not normalized:  # CUDA: wrap and mirror are for normalised coordinates only
        modes = [m if m == 3 else 1 for m in modes]
    return modes


def describe(source, *, filter="point", address="clamp", normalized=False, scaled=False, border=(0, 0, 0, 0)):
    """The descriptor's bytes; None as source: a texture that nothing is bound to."""
    if source is None:
        return bytes(_BYTES)
    size, kind = texel_format(source.dtype, source.channels)
    flags = (_LINEAR if filter in ("linear", 1) else 0) | (_NORMALIZED if normalized else 0) | (_SCALED if scaled else 0)
    border = list(border) + [0] * (4 - len(border))
    if kind == 2 or (scaled and size < 4):
        words = np.array(border, np.float32).view(np.uint32)
    else:
        words = np.array([int(b) & 0xFFFFFFFF for b in border], np.uint32)
    return _LAYOUT.pack(int(source), source.slice, source.pitch, *source.size, source.channels, size, kind, flags,
                        *_address_modes(address, normalized), 0, *(int(w) for w in words))


class _Object(int):
    """A descriptor in device memory; as a number its address, which a kernel takes for a cudaTextureObject_t or
    cudaSurfaceObject_t."""

    @classmethod
    def _new(cls, source, descriptor):
        memory = _core.Memory(_BYTES)
        _core.copy_to_device(memory, np.frombuffer(descriptor, np.uint8))
        self = int.__new__(cls, int(memory))
        self.source, self._memory = source, memory
        return self

    @property
    def handle(self):
        return int(self)

    def __repr__(self):
        return f"<weft.{type(self).__name__} at 0x{int(self):x}>"


class Texture(_Object):
    """A texture object of a TextureArray, or of a one-dimensional array of weft's.

    filter: "point" or "linear" (floats, and integers that are read scaled). address: "wrap", "clamp", "mirror" or "border", one
    or one for each axis; wrap and mirror need normalized=True, as in CUDA. read: "element", or "scaled": integers of 8 and 16
    bits become floats from 0 or -1 to 1. Linear filtering of integers that are not scaled is a ValueError.
    """

    def __new__(cls, source, *, filter="point", address="clamp", normalized=False, read="element", border=(0, 0, 0, 0)):
        if filter not in FILTER or read not in ("element", "scaled"):
            raise ValueError(f"[Texture] filter={filter!r}, read={read!r}: expected point or linear, element or scaled")
        if not isinstance(source, (TextureArray, LinearTexels)):
            source = LinearTexels(_Address(source), source.dtype, 1, source.size)
        if filter == "linear" and read == "element" and source.dtype.kind != "f":
            raise ValueError(f"[Texture] linear filtering of {source.dtype} texels: read them scaled, or use floats")
        return cls._new(source, describe(source, filter=filter, address=address, normalized=normalized,
                                         scaled=read == "scaled", border=border))


class Surface(_Object):
    """A surface object: a TextureArray that kernels read and write."""

    def __new__(cls, array):
        return cls._new(array, describe(array))


class _Address:
    """An array that stays alive, as an address."""

    def __init__(self, array):
        self.array = array

    def __int__(self):
        data = getattr(self.array, "data", None)
        return int(data.ptr) if hasattr(data, "ptr") else int(self.array)


class TextureReference:
    """A `texture<…>` or `surface<…>` variable of a program, or one that belongs to none yet. What it holds is sent to the device
    whenever it changes."""

    def __init__(self, memory=None):
        self._memory = memory
        self._source = None
        self.options = {"filter": "point", "address": [0, 0, 0], "normalized": False, "scaled": True, "border": (0, 0, 0, 0)}
        self.dtype, self.channels = np.dtype(np.float32), 1
        if memory is not None:
            self._read_format()

    def _read_format(self):
        """The declared type's format, which the compiler has put there."""
        held = np.empty(_BYTES, np.uint8)
        _core.copy_to_host(held, self._memory)
        channels, size, kind = _LAYOUT.unpack(held)[6:9]
        if channels and size:
            self.channels, self.dtype = channels, np.dtype("uif"[kind] + str(size))

    @property
    def source(self):
        return self._source

    def bind(self, source):
        """Has it read a TextureArray or LinearTexels; None: nothing."""
        self._source = source
        self.send()

    def send(self):
        if self._memory is not None and self._source is not None:
            _core.copy_to_device(self._memory, np.frombuffer(describe(self._source, **self.options), np.uint8))
