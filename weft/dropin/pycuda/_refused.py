"""Names of pycuda.driver that weft has nothing for. They are there, so that programs import; using one raises
NotImplementedError with the reason. (A program that asks `hasattr` first is told the truth by the exception, not by a gap.)"""

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


Linker = _class("Linker", NO_LINKER, "add_data add_file link_module")
