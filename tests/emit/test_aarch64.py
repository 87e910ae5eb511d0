"""Every kernel compiles for AArch64, into an object that the loader can take: nothing undefined but the memory functions.

Nothing is run: there may be no such machine at hand. tests/c/test_loader.c relocates such objects.
"""

import os
import pathlib
import struct
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))
import harness  # noqa: E402
import llvmlite.binding as llvm  # noqa: E402
from kernels import KERNELS  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(not os.path.exists(harness.DUMP), reason="emit_dump is not built")


def undefined_symbols(elf):
    """Names of the undefined symbols of a 64-bit little-endian ELF object."""
    start, count = struct.unpack_from("<Q", elf, 0x28)[0], struct.unpack_from("<H", elf, 0x3C)[0]
    sections = [struct.unpack_from("<IIQQQQIIQQ", elf, start + 64 * i) for i in range(count)]
    table = next(s for s in sections if s[1] == 2)  # SHT_SYMTAB
    names = elf[sections[table[6]][4]:]
    found = set()
    for at in range(table[4] + 24, table[4] + table[5], 24):
        name, _, _, section = struct.unpack_from("<IBBH", elf, at)
        if section == 0:
            found.add(names[name:names.index(b"\0", name)].decode())
    return found


def compile_for_aarch64(path, *options):
    module = llvm.parse_assembly(harness.emit(path, "aarch64", *options))
    module.verify()
    machine = llvm.Target.from_triple(module.triple).create_target_machine(cpu="generic", opt=2, reloc="pic", codemodel="small")
    builder = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=2))
    builder.getModulePassManager().run(module, builder)
    return machine.emit_object(module)


@pytest.mark.parametrize("name", sorted(KERNELS))
def test_compiles(name):
    elf = compile_for_aarch64(harness.source_file(KERNELS[name].source), "block=64")
    assert elf[:5] == b"\x7fELF\x02" and struct.unpack_from("<H", elf, 18)[0] == 183  # EM_AARCH64
    assert undefined_symbols(elf) <= {"memcpy", "memset", "memmove"}


@pytest.mark.parametrize("name", ["matmul_tiled", "black_scholes", "reduce_shuffle", "bitonic_sort", "mandelbrot"])
def test_programs_compile(name):
    elf = compile_for_aarch64(str(ROOT / "tests" / "identity" / "kernels" / f"{name}.cu"))
    assert undefined_symbols(elf) <= {"memcpy", "memset", "memmove"}
