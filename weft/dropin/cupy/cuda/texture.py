"""cupy.cuda.texture: not there yet; the classes say so when they are made."""

import weft as _weft


class _NotYet:
    def __init__(self, *args, **kwargs):
        raise _weft.UnsupportedError(f"[{type(self).__name__}] textures and CUDA arrays are not there yet")


class ChannelFormatDescriptor(_NotYet):
    """Bits of each channel of a texel."""


class ResourceDescriptor(_NotYet):
    """Where a texture's texels are."""


class TextureDescriptor(_NotYet):
    """How a texture is read."""


class CUDAarray(_NotYet):
    """Memory laid out for textures."""


class TextureObject(_NotYet):
    """A texture for kernels."""


class SurfaceObject(_NotYet):
    """A surface for kernels."""


class TextureReference(_NotYet):
    """A texture reference, as CUDA had until 12."""
