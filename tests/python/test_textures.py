"""Textures and surfaces against a NumPy model of what CUDA's programming guide says of them, bit for bit; PyCUDA's and CuPy's
names for them."""

import itertools
import pathlib
import sys

import numpy as np
import pytest

import weft as wf
from weft._texture import LinearTexels

SOURCE = (pathlib.Path(__file__).parent.parent / "cudac" / "textures.cu").read_text()
DTYPES = [np.float32, np.float16, np.uint8, np.int8, np.uint16, np.int16, np.uint32, np.int32]
f4 = np.float32


@pytest.fixture(scope="module")
def module():
    with wf.device("cpu"):
        yield wf.Module(SOURCE, name="textures.cu")


def place(x, n, mode, normalized):
    x = x.astype(f4)
    if normalized:
        if mode == "wrap":
            x = x - np.floor(x)
        elif mode == "mirror":
            whole = np.floor(x)
            x = x - whole
            x = np.where(whole % 2 != 0, f4(1) - x, x)
        x = x * f4(n)
    elif mode in ("wrap", "mirror"):
        mode = "clamp"
    return np.clip(x, f4(-2), f4(n + 2)), mode


def index(i, n, mode):
    if mode == "border":
        return np.where((i >= 0) & (i < n), i, -1)
    if mode == "wrap":
        return np.where(i < 0, n - 1, np.where(i >= n, 0, i))
    return np.clip(i, 0, n - 1)


def as_floats(texels, scaled):
    if texels.dtype.kind == "f" or not scaled:
        return texels.astype(f4)
    top = f4(np.iinfo(texels.dtype).max)
    return np.maximum(texels.astype(f4) / top, f4(-1))


def sample(texels, coordinates, mode="clamp", linear=False, normalized=False, scaled=False, border=0.0):
    """texels: (…, height, width); coordinates: x, y, … Linear filtering nests: along x, then y, then z."""
    values, axes = as_floats(texels, scaled), []
    for k, x in enumerate(coordinates):
        n = texels.shape[-1 - k]
        x, kind = place(x, n, mode, normalized)
        x = x - f4(0.5) if linear else x
        whole = np.floor(x)
        i = whole.astype(int)
        weight = np.floor((x - whole) * f4(256) + f4(0.5)) * f4(1 / 256)
        axes.append((index(i, n, kind), index(i + 1, n, kind), weight))

    def read(places):
        outside = np.any([p < 0 for p in places], axis=0)
        return np.where(outside, f4(border), values[tuple(np.maximum(p, 0) for p in reversed(places))])

    def along(k, places):
        first, second, weight = axes[k]
        if k == 0:
            a, b = read([first, *places]), read([second, *places])
        else:
            a, b = along(k - 1, [first, *places]), along(k - 1, [second, *places])
        # one rounding for b * weight + (a * (1 - weight)): exact in double, since weight has eight bits
        mixed = (b.astype(np.float64) * weight + (a * (f4(1) - weight)).astype(np.float64)).astype(f4)
        return mixed if linear else a

    return along(len(axes) - 1, [])


def texels_of(rng, shape, dtype):
    dtype = np.dtype(dtype)
    if dtype.kind == "f":
        return rng.standard_normal(shape).astype(dtype)
    info = np.iinfo(dtype)
    return rng.integers(info.min, info.max, shape, dtype, endpoint=True)


def bound(texels, channels=1, layered=False):
    shape = texels.shape[:-1] if channels > 1 else texels.shape
    array = wf.TextureArray(shape, texels.dtype, channels, layered=layered)
    array.copy_from(np.ascontiguousarray(texels))
    return array


SHAPES = [(7,), (5, 7), (3, 5, 7)]
CASES = [(s, m, f, n) for s, m, f, n in itertools.product(SHAPES, ("clamp", "border", "wrap", "mirror"), (False, True), (False, True))]


@pytest.mark.parametrize("shape, mode, linear, normalized", CASES)
def test_sampling(module, shape, mode, linear, normalized):
    rng = np.random.default_rng(len(CASES))
    texels = texels_of(rng, shape, np.float32)
    texture = wf.Texture(bound(texels), filter="linear" if linear else "point", address=mode, normalized=normalized)
    scale = 1 if normalized else max(shape)
    coordinates = [rng.uniform(-1.5 * scale, 2.5 * scale, 256).astype(f4) for _ in range(3)]
    coordinates[0][:5] = [0, scale, scale / 2, np.inf, -np.inf][:3 if normalized else 5] + [0.0] * (2 if normalized else 0)
    out = np.zeros(256, f4)
    module[f"sample{len(shape)}"](wf.Out(out), *map(wf.In, coordinates), texture, 256, grid=(4,), block=(64,))
    want = sample(texels, coordinates[:len(shape)], mode, linear, normalized)
    assert (out.view(np.uint32) == (want + f4(0)).view(np.uint32)).all() or (out == want).all()


@pytest.mark.parametrize("dtype", DTYPES)
def test_formats(module, dtype):
    texels = texels_of(np.random.default_rng(2), (4, 6), dtype)
    flat, rows = np.tile(np.arange(6) + 0.5, 4).astype(f4), np.repeat(np.arange(4) + 0.5, 6).astype(f4)
    args = (wf.In(flat), wf.In(rows), wf.In(rows))
    out = np.zeros(24, np.int32)
    if np.dtype(dtype).kind != "f":
        module["sample2_int"](wf.Out(out), *args, wf.Texture(bound(texels)), 24, grid=(1,), block=(32,))
        assert (out.view(np.uint32 if dtype == np.uint32 else np.int32) == texels.ravel()).all()
        if np.dtype(dtype).itemsize == 4:
            return
        with pytest.raises(ValueError, match="linear filtering of"):
            wf.Texture(bound(texels), filter="linear")
    out = np.zeros(24, f4)
    flat += f4(0.3)
    texture = wf.Texture(bound(texels), filter="linear", read="scaled")
    module["sample2"](wf.Out(out), wf.In(flat), *args[1:], texture, 24, grid=(1,), block=(32,))
    assert (out == sample(texels, [flat, rows], linear=True, scaled=True)).all()


def test_channels_and_layers(module):
    rng = np.random.default_rng(3)
    texels = texels_of(rng, (3, 4, 6, 4), np.uint8)
    array = bound(texels, 4, layered=True)
    assert (array.get() == texels).all()
    x, y = rng.uniform(-1, 7, 96).astype(f4), rng.uniform(-1, 5, 96).astype(f4)
    layer = rng.integers(-1, 4, 96).astype(np.int32)
    out = np.zeros((96, 4), f4)
    module["layers"](wf.Out(out), wf.In(x), wf.In(y), wf.In(layer), wf.Texture(array, filter="linear", read="scaled"), 96,
                     grid=(1,), block=(96,))
    for channel in range(4):
        each = np.stack([sample(texels[k, ..., channel], [x, y], linear=True, scaled=True) for k in range(3)])
        assert (out[:, channel] == each[np.clip(layer, 0, 2), np.arange(96)]).all()


def cube_face(x, y, z):
    """(face, s, t), both from 0 to 1: as the programming guide's table has it."""
    if abs(x) >= abs(y) and abs(x) >= abs(z):
        face, m, u, v = (0, x, -z, -y) if x >= 0 else (1, -x, z, -y)
    elif abs(y) >= abs(z):
        face, m, u, v = (2, y, x, z) if y >= 0 else (3, -y, x, -z)
    else:
        face, m, u, v = (4, z, x, -y) if z >= 0 else (5, -z, -x, -y)
    return face, (f4(u) / f4(m) + f4(1)) * f4(0.5), (f4(v) / f4(m) + f4(1)) * f4(0.5)


@pytest.mark.parametrize("linear", [False, True])
def test_cube_maps(module, linear):
    rng = np.random.default_rng(5)
    faces = rng.standard_normal((6, 9, 9)).astype(f4)
    texture = wf.Texture(bound(faces, layered=True), normalized=True, filter="linear" if linear else "point")
    x, y, z = (rng.standard_normal(256).astype(f4) for _ in range(3))
    out = np.zeros(256, f4)
    module["cube"](wf.Out(out), wf.In(x), wf.In(y), wf.In(z), texture, 256, grid=2, block=128)
    places = [cube_face(*p) for p in zip(x, y, z)]
    want = [sample(faces[f], (np.array([s], f4), np.array([t], f4)), normalized=True, linear=linear)[0] for f, s, t in places]
    np.testing.assert_array_equal(out, np.array(want, f4))


def test_gathers_and_gradients(module):
    rng = np.random.default_rng(6)
    texels = rng.standard_normal((5, 8, 2)).astype(f4)
    texture = wf.Texture(bound(texels, 2))
    x, y = rng.uniform(-1, 9, 64).astype(f4), rng.uniform(-1, 6, 64).astype(f4)
    out = np.zeros((64, 4), f4)
    module["gather"](wf.Out(out), wf.In(x), wf.In(y), texture, 64, grid=1, block=64)
    i, j = np.floor(x - f4(0.5)).astype(int), np.floor(y - f4(0.5)).astype(int)
    near = [texels[np.clip(j + b, 0, 4), np.clip(i + a, 0, 7), 1] for a, b in ((0, 1), (1, 1), (1, 0), (0, 0))]
    np.testing.assert_array_equal(out, np.stack(near, 1))
    same = np.ones(64, f4)
    module["gradients"](wf.Out(same), wf.In(x), wf.In(y), texture, 64, grid=1, block=64)
    assert not same.any()


def test_linear_memory_and_fetch(module):
    memory = wf.array(np.arange(20, dtype=np.float32))
    out = np.full(24, -1, f4)
    module["fetch"](wf.Out(out), wf.Texture(memory), 24, grid=(1,), block=(24,))
    assert (out == [0, 0, *range(20), 0, 0]).all()
    rows = LinearTexels(memory.data.ptr, np.float32, 1, 3, 4, 20)  # four rows of 3 of 5
    x, y = np.tile(np.arange(3), 4).astype(f4), np.repeat(np.arange(4), 3).astype(f4)
    out = np.zeros(12, f4)
    module["sample2"](wf.Out(out), wf.In(x), wf.In(y), wf.In(y), wf.Texture(rows), 12, grid=(1,), block=(32,))
    assert (out.reshape(4, 3) == np.arange(20).reshape(4, 5)[:, :3]).all()


def test_surfaces(module):
    array = wf.TextureArray((4, 8), np.float32)
    module["surface_marks"](wf.Surface(array), 8, 4, grid=(4,), block=(8,))
    module["surface_adds"](wf.Surface(array), 8, 4, grid=(4,), block=(8,))
    wf.synchronize()
    y, x = np.mgrid[:4, :8]
    assert (array.get() == 10 * y + x + 10 * y + np.minimum(x + 1, 7)).all()
    with pytest.raises(wf.KernelError, match="__trap|trap"):
        module["surface_leaves"](wf.Surface(array), grid=(1,), block=(1,))
        wf.synchronize()


def test_references_and_unbound(module):
    out = np.full(8, -1, f4)
    module["reference"](wf.Out(out), 8, grid=(1,), block=(8,))
    assert (out == 0).all()  # nothing is bound
    reference = wf.TextureReference(module.variable("pixels"))
    assert reference.dtype == np.uint8 and reference.channels == 1
    reference.bind(bound(np.arange(0, 256, 36, dtype=np.uint8)))
    module["reference"](wf.Out(out), 8, grid=(1,), block=(8,))
    assert (out == np.arange(0, 256, 36).astype(f4) / f4(255)).all()


def test_what_no_texture_has():
    with pytest.raises(TypeError, match="texels of float64"):
        wf.TextureArray((4,), np.float64)
    with pytest.raises(ValueError, match="3 channels"):
        wf.TextureArray((4,), np.float32, 3)
    with pytest.raises(ValueError, match="shape"):
        wf.TextureArray((4, 0), np.float32)
    with pytest.raises(ValueError, match="8 bytes and an array of 12"):
        wf.TextureArray((2,), np.float32).copy_from(np.zeros(3, f4))


def test_assembles():
    sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "emit"))
    import harness

    if not pathlib.Path(harness.DUMP).exists():
        pytest.skip("emit_dump is not built")
    path = pathlib.Path(__file__).parent.parent / "cudac" / "textures.cu"
    for sm in (75, 90, 120):
        harness.assemble(harness.ptx(str(path), sm), sm)


# --- PyCUDA ---------------------------------------------------------------------------------------------------------------

import weft.dropin  # noqa: E402

weft.dropin.install("pycuda")
import pycuda.autoinit  # noqa: E402, F401
import pycuda.driver as cuda  # noqa: E402
from pycuda import gpuarray  # noqa: E402
from pycuda.compiler import SourceModule  # noqa: E402


@pytest.mark.parametrize("order", ["C", "F"])
def test_pycuda_matrix(order):
    mod = SourceModule("""
        texture<float, 2> tex;
        __global__ void copy(float *dest, int width) {
            int x = threadIdx.x, y = threadIdx.y;
            dest[y * width + x] = tex2D(tex, x, y);
        }""")
    matrix = np.random.default_rng(4).standard_normal((3, 5)).astype(f4)
    tex = mod.get_texref("tex")
    assert mod.get_texref("tex") is tex
    cuda.matrix_to_texref(matrix, tex, order=order)
    assert tex.get_filter_mode() == cuda.filter_mode.POINT and tex.get_address_mode(0) == cuda.address_mode.CLAMP
    width, height = (5, 3) if order == "C" else (3, 5)
    dest = np.zeros((height, width), f4)
    mod.get_function("copy")(cuda.Out(dest), np.int32(width), block=(width, height, 1), texrefs=[tex])
    assert (dest == (matrix if order == "C" else matrix.T)).all()


def test_pycuda_filtered_image():
    mod = SourceModule("""
        texture<unsigned char, 2, cudaReadModeNormalizedFloat> image;
        __global__ void shift(float *dest) {
            float x = threadIdx.x / 4.0f, y = threadIdx.y / 4.0f;
            dest[threadIdx.y * 4 + threadIdx.x] = tex2D(image, x, y);
        }""")
    pixels = np.arange(0, 256, 16, dtype=np.uint8).reshape(4, 4)
    tex = mod.get_texref("image")
    tex.set_flags(cuda.TRSF_NORMALIZED_COORDINATES)
    tex.set_filter_mode(cuda.filter_mode.LINEAR)
    tex.set_address_mode(0, cuda.address_mode.WRAP)
    tex.set_address_mode(1, cuda.address_mode.WRAP)
    tex.set_array(cuda.matrix_to_array(pixels, "C"))
    dest = np.zeros((4, 4), f4)
    mod.get_function("shift")(cuda.Out(dest), block=(4, 4, 1))
    y, x = np.mgrid[:4, :4].reshape(2, -1).astype(f4) / 4
    assert (dest.ravel() == sample(pixels, [x, y], "wrap", True, True, True)).all()


HELPERS = """
#include <pycuda-helpers.hpp>
texture<%(word)s, 1, cudaReadModeElementType> line;
texture<%(word)s, 3, cudaReadModeElementType> cube;
surface<void, cudaSurfaceType2DLayered> out;
__global__ void fetch(%(type)s *dest, int n) { int i = threadIdx.x; if (i < n) dest[i] = fp_tex1Dfetch(line, i); }
__global__ void through(%(type)s *dest) {
    int i = threadIdx.x, j = threadIdx.y, k = threadIdx.z;
    %(type)s v = fp_tex3D(cube, i, j, k);
    fp_surf2DLayeredwrite(v, out, i, j, 0, cudaBoundaryModeClamp);
    fp_surf2DLayeredread(&v, out, i, j, 0, cudaBoundaryModeClamp);
    dest[(k * blockDim.y + j) * blockDim.x + i] = v;
}
"""


@pytest.mark.parametrize("dtype, word, spelled", [(np.float64, "fp_tex_double", "double"),
                                                  (np.complex64, "fp_tex_cfloat", "pycuda::complex<float>"),
                                                  (np.complex128, "fp_tex_cdouble", "pycuda::complex<double>"),
                                                  (np.int32, "int", "int"), (np.float32, "float", "float")])
def test_pycuda_helpers(dtype, word, spelled):
    mod = SourceModule(HELPERS % {"word": word, "type": spelled})
    values = (np.arange(24) * (1 + (2j if np.dtype(dtype).kind == "c" else 0))).astype(dtype)
    line = mod.get_texref("line")
    held = gpuarray.to_gpu(values)
    held.bind_to_texref_ext(line, allow_double_hack=True, allow_complex_hack=True)
    dest = np.zeros_like(values)
    mod.get_function("fetch")(cuda.Out(dest), np.int32(24), block=(32, 1, 1), texrefs=[line])
    assert (dest == values).all()
    cube = values.reshape(1, 6, 4)
    mod.get_texref("cube").set_array(cuda.np_to_array(cube, "C"))
    target = cuda.gpuarray_to_array(gpuarray.to_gpu(np.zeros_like(cube)), "C", allowSurfaceBind=True)
    mod.get_surfref("out").set_array(target)
    dest = np.zeros_like(cube)
    mod.get_function("through")(cuda.Out(dest), block=(4, 6, 1))
    assert (dest == cube).all()
    assert (target._texels.get().view(dtype).ravel() == values).all()


def test_pycuda_array_copies():
    descriptor = cuda.ArrayDescriptor3D()
    descriptor.width, descriptor.height, descriptor.depth = 4, 3, 2
    descriptor.format, descriptor.num_channels = cuda.array_format.FLOAT, 1
    array = cuda.Array(descriptor)
    source = np.arange(24, dtype=f4).reshape(2, 3, 4)
    copy = cuda.Memcpy3D()
    copy.set_src_host(source)
    copy.set_dst_array(array)
    copy.width_in_bytes = copy.src_pitch = 16
    copy.src_height = copy.height = 3
    copy.depth = 2
    copy()
    assert (array._texels.get() == source).all()
    back = np.zeros((2, 2), f4)
    copy = cuda.Memcpy2D()
    copy.set_src_array(array)
    copy.set_dst_host(back)
    copy.src_x_in_bytes, copy.src_y = 4, 1
    copy.width_in_bytes = copy.dst_pitch = 8
    copy.height = 2
    copy()
    assert (back == source[0, 1:, 1:3]).all()
    row = np.zeros(4, f4)
    cuda.memcpy_atoh(row, array, 16)
    assert (row == source[0, 1]).all()
    cuda.memcpy_htoa(array, 0, row)
    assert (array._texels.get()[0, 0] == row).all()
    with pytest.raises(cuda.LogicError, match="bytes 90 to 106 of an array of 96"):
        cuda.memcpy_atoh(row, array, 90)
    assert array.get_descriptor_3d().depth == 2 and array.get_descriptor().width == 4


# --- CuPy -----------------------------------------------------------------------------------------------------------------


def test_cupy_objects():
    weft.dropin.install("cupy")
    import cupy
    from cupy.cuda import runtime, texture

    source = r"""
    extern "C" __global__ void halves(float *out, cudaTextureObject_t tex, int width, int height) {
        int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
        if (x < width && y < height) out[y * width + x] = tex2D<float>(tex, x + 1.0f, y + 0.5f);
    }
    extern "C" __global__ void fill(cudaSurfaceObject_t surf, int width) {
        if (threadIdx.x < width) surf1Dwrite(threadIdx.x * 2.0f, surf, threadIdx.x * 4);
    }"""
    data = cupy.arange(24, dtype=cupy.float32).reshape(4, 6)
    channel = texture.ChannelFormatDescriptor(32, 0, 0, 0, runtime.cudaChannelFormatKindFloat)
    array = texture.CUDAarray(channel, 6, 4)
    array.copy_from(data)
    resource = texture.ResourceDescriptor(runtime.cudaResourceTypeArray, cuArr=array)
    how = texture.TextureDescriptor((runtime.cudaAddressModeClamp,) * 2, runtime.cudaFilterModeLinear, runtime.cudaReadModeElementType)
    out = cupy.zeros((4, 6), cupy.float32)
    module = cupy.RawModule(code=source)
    module.get_function("halves")((1, 1), (8, 8), (out, texture.TextureObject(resource, how), 6, 4))
    assert (out.get() == np.minimum(data.get() + 0.5, np.array([[5], [11], [17], [23]], f4))).all()
    line = texture.CUDAarray(channel, 5, flags=runtime.cudaArraySurfaceLoadStore)
    surface = texture.SurfaceObject(texture.ResourceDescriptor(runtime.cudaResourceTypeArray, cuArr=line))
    module.get_function("fill")((1,), (8,), (surface, 5))
    back = np.zeros(5, f4)
    line.copy_to(back)
    assert (back == np.arange(5) * 2).all()
    with pytest.raises(ValueError, match="shape mismatch"):
        line.copy_to(np.zeros(4, f4))
    assert how.get_texture_desc()["filterMode"] == 1 and resource.get_resource_desc()["array"]["array"] == array.ptr
