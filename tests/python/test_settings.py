"""Settings that mean nothing are told, once, and count as unset; wf.config takes only what means something."""

import os
import subprocess
import sys

import numpy as np
import pytest

import weft as wf
from weft._config import nearest


def run(code="", command=("-c",), **environment):
    line = [sys.executable, *command, code] if code else [sys.executable, *command]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("WEFT_")}
    return subprocess.run(line, capture_output=True, text=True, timeout=120, env={**clean, "WEFT_CUDA_LIBRARY": "off", **environment})


@pytest.mark.parametrize("name, value, said", [
    ("THREADS", "abc", "WEFT_THREADS is a number, not 'abc'"), ("THREADS", "-2", "not '-2'"), ("CACHE_BYTES", "a lot", "such as 64M"),
    ("EAGER", "maybe", "a switch"), ("FALLBACK", "Error", "one of warn, silent, error"), ("DEBUG", "2,cash", "knows no 'cash'"),
    ("DEBG", "2", "did you mean WEFT_DEBUG?"), ("NUM_THREADS", "2", "did you mean WEFT_THREADS?"), ("XYZZY", "2", "weft settings lists them")])
def test_what_means_nothing_is_told_once(name, value, said):
    done = run("import weft as wf; wf.zeros(3).sum().item(); import weft; print(wf.config.threads)", **{f"WEFT_{name}": value})
    assert done.returncode == 0 and done.stdout.strip() == "0", done
    assert done.stderr.count("RuntimeWarning") == 1 and said in done.stderr, done.stderr


@pytest.mark.parametrize("name, value", [("THREADS", "2"), ("CACHE_BYTES", "1.5G"), ("CACHE_BYTES", "64 MB"), ("EAGER", "on"), ("FALLBACK", "silent"),
                                         ("DEBUG", "0,cache")])
def test_what_means_something_is_not(name, value):
    assert run("import weft", **{f"WEFT_{name}": value}).stderr == ""


def test_config_refuses_it():
    before = wf.config.threads
    with pytest.raises(wf.ArgumentError, match="is a number"):
        wf.config.threads = "many"
    assert wf.config.threads == before
    with pytest.raises(AttributeError, match="did you mean threads"):
        wf.config.thread = 3


def test_config_is_the_same_as_the_environment():
    code = """
import numpy as np, weft as wf
from weft import _core
wf.config.eager = True
a = wf.ones(10)
before = _core.array_stats()["loops"]
b = a * 3
assert _core.array_stats()["loops"] > before
wf.config.eager = False
wf.config.fallback = "error"
try:
    wf.fft.fft(a)
except wf.UnsupportedError as error:
    print("refused")
wf.config.fallback = "silent"
wf.fft.fft(a)
"""
    done = run(code)
    assert done.stdout.strip() == "refused" and not done.stderr, done


def test_the_default_device_says_where_it_was_asked_for():
    done = run("import weft as wf; wf.zeros(3)", WEFT_DEVICE="gpu")
    assert "WEFT_DEVICE=gpu: cuda:0 is not available" in done.stderr and "weft doctor" in done.stderr


def test_a_misspelt_command_gets_a_suggestion():
    done = run(command=("-m", "weft", "docter"))
    assert done.returncode == 2 and "did you mean weft doctor?" in done.stderr
    assert "did you mean" not in run(command=("-m", "weft", "program.py")).stderr
    assert nearest("xyzzy", ["doctor"]) is None


def test_explain_is_words_source_and_picture():
    a, b = wf.asarray(np.ones((40, 50))), wf.asarray(np.ones((40, 1)))
    said = wf.explain((a * b + 1.5).sum(axis=1))
    assert len(said.kernels) >= 1 and "multiply(a, b)" in str(said) and "add(t1, 1.5)" in str(said) and "reads   a float64" in str(said)
    assert "__global__" in said.source and "void weft_multiply_add_sum(" in said.source and "__global__" not in str(said)
    import xml.etree.ElementTree as tree

    shown = [piece.text for piece in tree.fromstring(f"<all>{said.svg()}</all>").iter("{http://www.w3.org/2000/svg}text")]
    assert {"multiply", "add", "sum"} <= set(shown)
    assert "<svg" in said._repr_mimebundle_()["text/html"]
    assert "already computed" in str(wf.explain(a))
