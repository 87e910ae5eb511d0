"""Objects made by LLVM itself, for both machines and at every level, handed to the loader.

Usage: llvm_objects.py TEST_LOADER. The program loads an object for the machine that is named; for the machine that it runs
on it also calls answer(i) for i = 0..7 and compares. Returns 77 (skipped) when llvmlite is not installed.
"""
import os
import platform
import subprocess
import sys
import tempfile

try:
    import llvmlite.binding as llvm
except ImportError:
    sys.exit(77)

# A jump table, constants, variables with and without a value, intrinsics that become calls, a call to a local function.
IR = """
target triple = "%(triple)s"
@table = internal constant [8 x double] [double 0.5, double 1.5, double 2.5, double 3.5, double 4.5, double 5.5, double 6.5, double 7.5]
@start = global i32 1000
@zeros = internal global [1000 x i32] zeroinitializer
@words = internal constant [2 x ptr] [ptr @zeros, ptr @start]
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
define internal i32 @deep(i32 %%x) noinline { %%y = mul i32 %%x, 7  ret i32 %%y }
define i32 @answer(i32 %%i) {
entry:
  %%space = alloca [64 x i8]
  %%wide = zext i32 %%i to i64
  call void @llvm.memset.p0.i64(ptr @zeros, i8 0, i64 %%wide, i1 false)
  call void @llvm.memcpy.p0.p0.i64(ptr %%space, ptr @zeros, i64 %%wide, i1 false)
  %%at = getelementptr [8 x double], ptr @table, i64 0, i64 %%wide
  %%d = load double, ptr %%at
  %%twice = fmul double %%d, 2.0
  %%n = fptosi double %%twice to i32
  %%slot = getelementptr [2 x ptr], ptr @words, i64 0, i64 1
  %%where = load volatile ptr, ptr %%slot
  %%s = load i32, ptr %%where
  switch i32 %%i, label %%other [ i32 0, label %%a i32 1, label %%b i32 2, label %%c i32 3, label %%e i32 4, label %%f i32 5, label %%g ]
a: br label %%other
b: br label %%other
c: br label %%other
e: br label %%other
f: br label %%other
g: br label %%other
other:
  %%k = phi i32 [ 0, %%entry ], [ 31, %%a ], [ 59, %%b ], [ 26, %%c ], [ 53, %%e ], [ 58, %%f ], [ 97, %%g ]
  %%q = call i32 @deep(i32 %%k)
  %%r = add i32 %%n, %%s
  %%t = add i32 %%r, %%q
  ret i32 %%t
}
"""
EXPECTED = [1000 + 2 * i + 1 + 7 * k for i, k in enumerate([31, 59, 26, 53, 58, 97, 0, 0])]
MACHINES = {"x86_64": "62", "aarch64": "183"}


def main(loader):
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    here = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for machine, number in MACHINES.items():
            triple = machine + "-unknown-linux-gnu"
            for level in range(4):
                module = llvm.parse_assembly(IR % {"triple": triple})
                target = llvm.Target.from_triple(triple).create_target_machine(opt=level, reloc="pic", codemodel="small")
                path = os.path.join(folder, f"{machine}{level}.o")
                with open(path, "wb") as file:
                    file.write(target.emit_object(module))
                call = [str(e) for e in EXPECTED] if machine == here else []
                failed += subprocess.run([loader, path, number] + call).returncode != 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
