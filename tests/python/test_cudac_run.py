"""The kernels of tests/cudac/run, compiled for the CPU: every line's number is what its comment says.

The same files go through the tree's interpreter in tests/c/test_cudac_run.c, which tells what the comments mean."""

import glob
import math
import os
import re

import numpy as np
import pytest

import weft as wf

FOLDER = os.path.join(os.path.dirname(__file__), "..", "cudac", "run")
FILES = sorted(glob.glob(os.path.join(FOLDER, "*.cu")))


def directive(source, name, otherwise):
    found = re.search(rf"^// {name}: (\d+)", source, re.MULTILINE)
    return int(found.group(1)) if found else otherwise


def expectations(source):
    for line, text in enumerate(source.split("\n"), 1):
        found = re.search(r"// = (\S+)(?: ~ (\S+))?", text)
        if found:
            yield line, float(found.group(1)), float(found.group(2) or 0)


@pytest.mark.parametrize("path", FILES, ids=[os.path.basename(path)[:-3] for path in FILES])
def test_file(path):
    with open(path) as file:
        source = file.read()
    module = wf.Module(source, name=os.path.basename(path))
    out = np.zeros(source.count("\n") + 2)
    grid, block = directive(source, "grid", 1), directive(source, "block", 1)
    with wf.device("cpu"):
        for kernel in re.findall(r"__global__ void (?:__launch_bounds__\(\d+\) )?(\w+)\(double \*out\)", source):
            module[kernel](wf.InOut(out), grid=(grid,), block=(block,), shared=directive(source, "shared", 0))
    for line, want, error in expectations(source):
        got = out[line]
        same = math.isnan(got) if math.isnan(want) else got == want or abs(got - want) <= error * abs(want)
        assert same, f"{os.path.basename(path)}:{line}: got {got!r}, expected {want!r}"
