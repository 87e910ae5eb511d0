"""The emitted text holds nothing but what src/emit/README.md allows: instructions, intrinsics, outside functions."""

import os
import re
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))
import harness  # noqa: E402
from kernels import KERNELS  # noqa: E402

pytestmark = pytest.mark.skipif(not os.path.exists(harness.DUMP), reason="emit_dump is not built")

INSTRUCTIONS = set("""add sub mul sdiv udiv srem urem shl lshr ashr and or xor fadd fsub fmul fdiv fneg icmp fcmp select phi br switch ret alloca load
store getelementptr fence call extractelement insertelement shufflevector extractvalue insertvalue trunc zext sext fptrunc fpext sitofp uitofp
fptosi fptoui ptrtoint inttoptr bitcast addrspacecast cmpxchg atomicrmw""".split())
COMMON = r"llvm\.(fma|sqrt|floor|ceil|trunc|rint|fabs|fpto[su]i\.sat|ctpop|ctlz|cttz|bitreverse|fsh[lr]|usub\.sat|assume|memcpy|memset)\b.*"
CPU = COMMON + r"|llvm\.(masked\.(load|store|gather|scatter)|vector\.reduce\.(add|and|or|xor|[su]min|[su]max)|s(add|sub|mul)\.with\.overflow|coro\.\w+|stacksave(\.p0)?|x86\.sse2?\.cvtts[ds]2si64)\b.*"
GPU = COMMON + r"|llvm\.(minnum|maxnum|trap|nvvm\.(read\.ptx\.sreg\.\S+|shfl\.sync\.\S+|vote\.\S+|bar\.warp\.sync|div\.approx\.f|sqrt\.approx\.f))\b.*|vprintf|__assertfail|malloc|free"


def check(ir, gpu):
    outside, before = GPU if gpu else CPU, ""
    for line in ir.splitlines():
        if not line.startswith(" "):
            declared = re.match(r"declare .*?@([\w.]+)\(", line)
            assert not declared or re.fullmatch(outside, declared[1]), line
            continue
        word = re.match(r" (?:%[\w.]+ = )?(\w+)", line)
        assert word and word[1] in INSTRUCTIONS or re.match(r" *i\d+ -?\d+, label|\w+:", line), line
        # poll.c's limit of a piece, a + min(b - a, piece), is at most b: it cannot wrap
        limit = re.search(r" = select i1 .*, i\d+ \d+$", before) and re.match(r" %\w+ = (add|sub) (nsw|nuw) ", line)
        assert limit or not re.search(r"\b(contract|fast|reassoc|nnan|afn|nsw|nuw|inbounds)\b", line.split('"')[0]), line
        before = line


@pytest.mark.parametrize("name", sorted(KERNELS))
def test_text(name):
    path = harness.source_file(KERNELS[name].source)
    for options in (["cpu", "block=64"], ["cpu", "block=64", "lanes=1"], ["cpu", "block=64", "path=coroutine", "bounds=0"], ["cpu"], ["sm_75"], ["sm_90"]):
        check(harness.emit(path, *options), options[0] != "cpu")
