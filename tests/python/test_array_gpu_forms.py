"""The forms of fused kernels that only GPUs run, run on the CPU: their text is made for a stand-in GPU, then compiled here.

Arguments are put together from the parameters' names, as src/fuse/fuse.h describes them.
"""

import os
import re
import subprocess
import sys

import numpy as np
import pytest

import weft as wf

PRELUDE = """
import numpy as np, weft as wf
def put(shape, dtype):
    x = wf.asarray(np.zeros(shape, dtype), device="cuda:0")
    wf.eval(x)
    return x
"""


@pytest.fixture(scope="module")
def text_of(fake):
    """A function: the CUDA C of the kernel that a GPU would run for an expression."""

    def text(code):
        done = subprocess.run([sys.executable, "-c", f"{PRELUDE}{code}\nprint(wf.explain(result).source)"], capture_output=True, text=True,
                              timeout=300, env={**os.environ, "WEFT_CUDA_LIBRARY": str(fake), "WEFT_CACHE_DIR": "off"})
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    return text


def parameters(text):
    return re.search(r"void weft_\w+\(([^)]*)\)", text)[1].split(", ")


def run(text, grid, block, values, shape, dtype):
    """values: the parameters by name; out0 is made here."""
    out = np.zeros(shape, dtype)
    names = [word.split()[-1].lstrip("*") for word in parameters(text)]
    arguments = [wf.InOut(out) if name == "out0" else wf.In(v) if isinstance(v := values.get(name), np.ndarray) else v
                 for name in names]
    module = wf.Module(text, check_bounds=True)
    module.kernel()(*arguments, grid=grid, block=block)
    wf.synchronize()
    return out


@pytest.mark.parametrize("extra, runs", [(0, 1), (1, 1), (3, 2), (0, 4), (1, 5)])
def test_several_elements_a_thread(text_of, extra, runs):
    n = (1 << 18) + extra
    text = text_of(f"result = put({n}, 'f4') * 2 + put({n}, 'f8').astype('f4')")
    assert text.count("__wf_aligned") == 3
    rng = np.random.default_rng(extra)
    x, y = rng.random(n, np.float32), rng.random(n)
    constant = re.search(r"float (c\d)", text)[1]
    values = {"n0": n, "pieces0": runs, "x0": x, "x1": y, "x2": y, constant: 2.0}
    got = run(text, (-(-n // (512 * runs)),), (256,), values, n, np.float32)
    np.testing.assert_array_equal(got, x * np.float32(2) + y.astype(np.float32))


@pytest.mark.parametrize("rows, columns", [(512, 512), (257, 300), (3000, 33)])
def test_an_operand_that_lies_across(text_of, rows, columns):
    text = text_of(f"result = put(({columns}, {rows}), 'f4').T + put(({rows}, {columns}), 'f4')")
    assert "__shared__" in text and "__syncthreads" in text
    rng = np.random.default_rng(rows)
    x, y = rng.random((columns, rows), np.float32), rng.random((rows, columns), np.float32)
    values = {"n0": rows, "n1": columns, "x0": x, "x0_s1": rows, "x1": y, "x1_s0": columns, "out0_s0": columns}
    tiles = -(-rows // 32) * -(-columns // 32)
    np.testing.assert_array_equal(run(text, (tiles, 1), (32, 8), values, (rows, columns), np.float32), x.T + y)


def test_tiles_in_three_dimensions(text_of):
    text = text_of("result = wf.empty((50, 70, 40), 'c8', device='cuda:0'); result[...] = put((40, 70, 50), 'c8').transpose(2, 1, 0) * 2")
    assert text.count("__shared__") == 2  # real and imaginary parts
    x = np.random.default_rng(1).random((40, 70, 50)) + 1j
    x = x.astype(np.complex64)
    scalars = dict(zip([p.split()[1] for p in parameters(text) if p.startswith("float c")], (2.0, 0.0), strict=True))
    values = {"n0": 50, "n1": 70, "n2": 40, "x0": x.view(np.float32), "x0_s1": 50, "x0_s2": 3500, "out0_s0": 2800, "out0_s1": 40,
              **scalars}
    got = run(text, (2 * 2, 70), (32, 8), values, (50, 70, 40), np.complex64)
    np.testing.assert_array_equal(got, x.transpose(2, 1, 0) * np.complex64(2))


@pytest.mark.parametrize("extra, runs", [(0, 1), (1, 3), (3, 8)])
def test_neighbouring_random_numbers_share_a_block_of_words(text_of, extra, runs):
    n = (1 << 18) + extra
    text = text_of(f"with wf.device('cuda:0'):\n    result = wf.random.default_rng(5).random({n}, dtype='f4')")
    assert "& -4LL" in text
    key = re.search(r"long long (c\d)", text)[1]
    generator = wf.random.default_rng(5)
    values = {"n0": n, "pieces0": runs, "first0": 0, key: int(generator.bit_generator.next_key().astype(np.int64))}
    got = run(text, (-(-n // (1024 * runs)),), (256,), values, n, np.float32)
    np.testing.assert_array_equal(got, wf.random.default_rng(5).random(n, dtype="f4").get())
