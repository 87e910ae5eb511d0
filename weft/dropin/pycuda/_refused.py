"""Names of pycuda.driver that weft has nothing for. They are there, so that programs import; using one raises
NotImplementedError with the reason. (A program that asks `hasattr` first is told the truth by the exception, not by a gap.)"""

NO_TEXTURES = ("weft has no textures and surfaces yet: CUDA 12 took texture references away; pass the array as a pointer "
               "(docs/cuda_c.md)")
NO_IPC = "weft does not share memory between processes; copy through shared host memory (multiprocessing.shared_memory)"
NO_LINKER = ("weft has no device linker: compile the pieces as one source (DynamicModule does so), or load one PTX, cubin or fatbin with "
             "module_from_buffer")


def _function(name, reason):
    def refuse(*args, **kwargs):
        raise NotImplementedError(f"pycuda.driver.{name}: {reason}")

    refuse.__name__ = name
    refuse.__doc__ = f"Not there: {reason}."
    return refuse


def _class(name, reason, methods):
    refuse = _function(name, reason)
    members = {method: _function(f"{name}.{method}", reason) for method in methods.split()}
    members["__init__"] = members["__new__"] = refuse
    members["__doc__"] = refuse.__doc__
    return type(name, (), members)


Array = _class("Array", NO_TEXTURES, "free get_descriptor get_descriptor_3d handle")
ArrayDescriptor = _class("ArrayDescriptor", NO_TEXTURES, "width height format num_channels")
ArrayDescriptor3D = _class("ArrayDescriptor3D", NO_TEXTURES, "width height depth format num_channels flags")
TextureReference = _class("TextureReference", NO_TEXTURES, "get_address get_address_mode get_array get_filter_mode get_flags get_format "
                                                          "set_address set_address_2d set_address_mode set_array set_filter_mode "
                                                          "set_flags set_format")
SurfaceReference = _class("SurfaceReference", NO_TEXTURES, "get_array set_array")
IPCMemoryHandle = _class("IPCMemoryHandle", NO_IPC, "__int__ __index__ close")
Linker = _class("Linker", NO_LINKER, "add_data add_file link_module")

for _name in ("bind_array_to_texref", "dtype_to_array_format", "gpuarray_to_array", "make_multichannel_2d_array", "matrix_to_array",
              "matrix_to_texref", "memcpy_atoa", "memcpy_atod", "memcpy_atoh", "memcpy_dtoa", "memcpy_htoa", "np_to_array",
              "py_memcpy_atoh", "py_memcpy_htoa"):
    globals()[_name] = _function(_name, NO_TEXTURES)
mem_get_ipc_handle = _function("mem_get_ipc_handle", NO_IPC)
