"""Every public name of PyCUDA is there (pycuda_names.txt), or says with NotImplementedError why it is not. That a name does what
it should is other tests' business (test_pycuda.py, test_pycuda_arrays.py): this one finds the gaps."""

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

import weft.dropin

weft.dropin.install("pycuda")

SOURCE = """
__global__ void k(float *a) {}
texture<float, 1> t;
surface<void, 2> s;
"""


def modules():
    """(module, [(name, attributes)])"""
    found = []
    for line in (Path(__file__).parent / "pycuda_names.txt").read_text().splitlines():
        if line.startswith("["):
            found.append((line[1:-1], []))
        elif not line.startswith("#"):
            name, *attributes = line.split()
            found[-1][1].append((name, attributes))
    return found


@pytest.fixture(scope="module")
def instances():
    """class name: an instance, for attributes that classes do not show."""
    import pycuda.autoinit  # noqa: F401
    from pycuda import compiler, curandom, driver, elementwise, gpuarray, reduction, scan, tools

    module, zeros = compiler.SourceModule(SOURCE), np.zeros((4, 4), np.float32)
    pool, pinned = tools.DeviceMemoryPool(), tools.PageLockedMemoryPool()
    managed, plain = driver.managed_empty(4, np.float32).base, driver.pagelocked_empty(4, np.float32).base
    with pytest.raises(driver.CompileError) as wrong:
        compiler.SourceModule("__global__ void k() { nothing; }")
    made = [
        driver.Device(0), driver.Context.get_current(), driver.Stream(), driver.Event(), module, module.get_function("k"), driver.mem_alloc(4),
        pool.allocate(4), pinned.allocate((4,), np.float32).base, plain, managed, driver.np_to_array(zeros, "C"), module.get_texref("t"),
        driver.aligned_empty(4096, np.uint8).base, driver.register_host_memory(driver.aligned_empty(4096, np.uint8)).base,
        module.get_surfref("s"), driver.ArrayDescriptor(), driver.ArrayDescriptor3D(), driver.Memcpy2D(), driver.Memcpy3D(), driver.Memcpy3DPeer(),
        tools.DeviceData(), tools.OccupancyRecord(tools.DeviceData(), 64), pool, pinned, tools.DebugMemoryPool(interactive=False, logfile=sys.stderr),
        tools.ScalarArg(np.float32, "x"), tools.VectorArg(np.float32, "x"), gpuarray.zeros(4, np.float32), compiler.DynamicModule(),
        elementwise.ElementwiseKernel("float *x", "x[i] = 0"), reduction.ReductionKernel(np.float32, "0", "a + b", arguments="float *in"),
        curandom.XORWOWRandomNumberGenerator(), curandom.MRG32k3aRandomNumberGenerator(), driver.In(zeros), driver.Out(zeros), driver.InOut(zeros),
        scan.InclusiveScanKernel(np.int32, "a + b"), scan.ExclusiveScanKernel(np.int32, "a + b", "0"), wrong.value,
    ]
    found = {type(thing).__name__: thing for thing in made}
    for thing in made:  # an abstract class stands for those that derive from it
        for base in type(thing).__mro__:
            found.setdefault(base.__name__, thing)
    found.update(DynamicSourceModule=compiler.DynamicSourceModule("__global__ void k() {}"), PooledHostAllocation=pinned.allocate((4,), np.float32).base,
                 ManagedAllocationOrStub=managed, RegisteredHostMemory=made[14])
    return found


def missing(thing, attribute, instances):
    """'' or what is wrong."""
    try:
        for name in attribute.split("."):
            if not hasattr(thing, name) and isinstance(thing, type) and thing.__name__ in instances:
                thing = instances[thing.__name__]
            thing = getattr(thing, name)
    except NotImplementedError as error:
        return "" if str(error) else "NotImplementedError without a reason"
    except AttributeError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("module, names", modules(), ids=lambda value: value if isinstance(value, str) else "")
def test_every_name_is_there_or_says_why(module, names, instances):
    try:
        loaded = importlib.import_module(module)
    except NotImplementedError as error:
        assert not names and len(str(error)) > 20
        return
    wrong = []
    for name, attributes in names:
        for attribute in [""] + attributes:
            words = missing(loaded, f"{name}.{attribute}".rstrip("."), instances)
            if words:
                wrong.append(f"{name}.{attribute}: {words}")
    assert not wrong, "\n".join(wrong)


def test_the_list_is_all_of_it():
    assert len(modules()) > 25 and sum(1 + len(attributes) for _, names in modules() for _, attributes in names) > 1100


def test_a_copy_tells_its_ends(instances):
    from pycuda import driver

    memory, copy = driver.mem_alloc(64), driver.Memcpy2D()
    copy.set_src_host(np.zeros(64, np.uint8))
    copy.set_dst_device(memory)
    assert (copy.src_memory_type, copy.dst_memory_type) == (driver.memory_type.HOST, driver.memory_type.DEVICE)
    assert copy.dst_device == int(memory) and copy.src_device == 0
    array = driver.aligned_empty(4096, np.uint8)
    assert driver.register_host_memory(array).base.base is array
