"""cupy.cuda.texture: CUDA arrays, texture and surface objects, on weft.Texture and its kin."""

import numpy as np

import weft
from weft import _texture

from . import runtime

_KIND = {runtime.cudaChannelFormatKindSigned: "i", runtime.cudaChannelFormatKindUnsigned: "u",
         runtime.cudaChannelFormatKindFloat: "f"}


class ChannelFormatDescriptor:
    """Bits of each channel of a texel, and their kind (cudaChannelFormatKind…)."""

    def __init__(self, x, y, z, w, f):
        self._bits, self._f = (int(x), int(y), int(z), int(w)), int(f)

    def get_channel_format(self):
        return dict(zip("xyzw", self._bits), f=self._f)

    @property
    def _channels(self):
        return sum(bits > 0 for bits in self._bits)

    @property
    def _dtype(self):
        """ValueError: what no texture has."""
        if self._f not in _KIND or self._bits[0] not in (8, 16, 32):
            raise ValueError(f"dtype not supported: channels of {self._bits} bits, kind {self._f}")
        return np.dtype(f"{_KIND[self._f]}{self._bits[0] // 8}")


class CUDAarray:
    """Memory laid out for textures: width, height and depth in texels; height or depth 0: fewer dimensions."""

    def __init__(self, desc, width, height=0, depth=0, flags=0):
        if width == 0:
            raise ValueError("To create a CUDA array, width must be nonzero.")
        if height == 0 and depth > 0:
            raise ValueError("To create a 2D CUDA array, height must be nonzero.")
        self.desc, self.width, self.height, self.depth, self.flags = desc, width, height, depth, flags
        self.ndim = 3 if depth > 0 else 2 if height > 0 else 1
        extents = [n for n in (depth, height, width) if n > 0]
        self._texels = _texture.TextureArray(extents, desc._dtype, desc._channels, layered=bool(flags & 1))
        self.ptr = int(self._texels)

    def _check(self, array):
        shape = tuple(n for n in (self.depth, self.height, self.desc._channels * self.width) if n > 0)
        if array.shape != shape:
            raise ValueError(f"shape mismatch: got {array.shape}, expected {shape}")
        if array.dtype != self._texels.dtype:
            raise ValueError(f"dtype mismatch: got {array.dtype}, expected {self._texels.dtype}")

    def copy_from(self, in_arr, stream=None):
        """Fills it from a NumPy or device array (width,), (height, width) or (depth, height, width), the channels of a texel
        next to each other along the last axis."""
        self._check(in_arr)
        contiguous = in_arr if isinstance(in_arr, np.ndarray) else weft.ascontiguousarray(in_arr)
        self._texels.copy_from(contiguous, getattr(stream, "_weft", stream))

    def copy_to(self, out_arr, stream=None):
        """The other way; out_arr must be contiguous."""
        self._check(out_arr)
        if not out_arr.flags.c_contiguous:
            raise ValueError("copy_to: the array is not contiguous")
        self._texels.copy_to(out_arr, getattr(stream, "_weft", stream))


class ResourceDescriptor:
    """Where a texture's texels are: a CUDAarray, or an ndarray read as a row (cudaResourceTypeLinear) or as rows
    (cudaResourceTypePitch2D) of texels of chDesc's format."""

    def __init__(self, restype, cuArr=None, arr=None, chDesc=None, sizeInBytes=0, width=0, height=0,  # noqa: N803
                 pitchInBytes=0):  # noqa: N803
        if restype == runtime.cudaResourceTypeMipmappedArray:
            raise NotImplementedError("cudaResourceTypeMipmappedArray is not supported")
        self.chDesc, self.cuArr, self.arr, self._restype = chDesc, cuArr, arr, int(restype)
        self._extents = {"sizeInBytes": sizeInBytes} if restype == runtime.cudaResourceTypeLinear else {
            "width": width, "height": height, "pitchInBytes": pitchInBytes}
        if restype == runtime.cudaResourceTypeArray:
            self._texels = cuArr._texels
        elif restype in (runtime.cudaResourceTypeLinear, runtime.cudaResourceTypePitch2D):
            dtype, channels = chDesc._dtype, chDesc._channels
            if restype == runtime.cudaResourceTypeLinear:
                width, height, pitchInBytes = sizeInBytes // (dtype.itemsize * channels), 1, 0  # noqa: N806
            self._texels = _texture.LinearTexels(_texture._Address(arr), dtype, channels, width, height, pitchInBytes)
        else:
            raise ValueError(f"unknown resource type {restype}")

    def get_resource_desc(self):
        if self._restype == runtime.cudaResourceTypeArray:
            return {"resType": self._restype, "array": {"array": self.cuArr.ptr}}
        name = "linear" if self._restype == runtime.cudaResourceTypeLinear else "pitch2D"
        return {"resType": self._restype,
                name: {"devPtr": int(self._texels), "desc": self.chDesc.get_channel_format(), **self._extents}}


class TextureDescriptor:
    """How a texture is read: cudaAddressMode… of each axis, cudaFilterMode…, cudaReadMode…. sRGB and maxAnisotropy are
    refused, since there are no conversions from sRGB and no mipmaps."""

    def __init__(self, addressModes=None, filterMode=0, readMode=0, sRGB=None, borderColors=None,  # noqa: N803
                 normalizedCoords=None, maxAnisotropy=None):  # noqa: N803
        if sRGB:
            raise NotImplementedError("TextureDescriptor: sRGB is not supported")
        modes = [int(mode) for mode in addressModes or ()]
        colors = [float(color) for color in borderColors or ()]
        assert len(modes) <= 3 and len(colors) <= 4
        self._desc = {"addressMode": tuple(modes + [0] * (3 - len(modes))), "filterMode": int(filterMode),
                      "readMode": int(readMode), "sRGB": 0, "borderColor": tuple(colors + [0.0] * (4 - len(colors))),
                      "normalizedCoords": int(normalizedCoords or 0), "maxAnisotropy": int(maxAnisotropy or 0)}

    def get_texture_desc(self):
        return dict(self._desc)


class TextureObject(weft.Texture):
    """A texture for kernels: pass it for a cudaTextureObject_t parameter."""

    def __new__(cls, ResDesc, TexDesc):  # noqa: N803
        how = TexDesc._desc
        self = super().__new__(cls, ResDesc._texels, filter="linear" if how["filterMode"] else "point",
                               address=how["addressMode"], normalized=bool(how["normalizedCoords"]),
                               read="scaled" if how["readMode"] else "element", border=how["borderColor"])
        self.ResDesc, self.TexDesc, self.ptr = ResDesc, TexDesc, int(self)
        return self


class SurfaceObject(weft.Surface):
    """A surface for kernels: pass it for a cudaSurfaceObject_t parameter."""

    def __new__(cls, ResDesc):  # noqa: N803
        if ResDesc.cuArr is None:
            raise ValueError("a surface needs a CUDAarray")
        self = super().__new__(cls, ResDesc._texels)
        self.ResDesc, self.ptr = ResDesc, int(self)
        return self
