"""The pages: every piece of Python in them runs (README and start page: test_examples.py), links lead somewhere, and what the doctor
finds is explained."""

import ast
import importlib.util
import os
import re

import numpy as np
import pytest

import weft as wf
from weft.doctor import findings

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAGES = sorted(["README.md", "CHANGELOG.md", *(f"docs/{name}" for name in os.listdir(os.path.join(ROOT, "docs")) if name.endswith(".md"))])
TWICE = "__global__ void twice(float *x) { int i = blockIdx.x * blockDim.x + threadIdx.x; if (i < 1000) x[i] *= 2; }"
# What a page's pieces take for granted: its prose names it.
GIVEN = {"docs/arrays.md": lambda: {"total": 4.0},
         "docs/from_pytorch.md": lambda: {"kernel": wf.Kernel(TWICE)}}


def text_of(page):
    with open(os.path.join(ROOT, page), encoding="utf-8") as file:
        return file.read()


def programs(page):
    return re.findall(r"^```python\n(.*?)^```", text_of(page), re.M | re.S)


@pytest.mark.parametrize("page", [page for page in PAGES if programs(page) and page not in ("README.md", "docs/start.md")])
def test_the_pieces_of_a_page(page):
    """One after the other, in one namespace, as who tries them at a prompt does."""
    names = {"wf": wf, "np": np, **GIVEN.get(page, dict)()}
    for program in programs(page):
        if "import torch" in program:
            ast.parse(program)
            torch = pytest.importorskip("torch")
            if not torch.cuda.is_available():
                pytest.skip("its pieces need PyTorch's CUDA")
        exec(compile(program, page, "exec"), names)
    wf.synchronize()


def anchors(page):
    """As GitHub and the site make them from headings."""
    return {re.sub(r"[^\w\- ]", "", line.lstrip("#").strip().lower()).replace(" ", "-") for line in text_of(page).splitlines() if line.startswith("#")}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    folder, lost = os.path.dirname(page), []
    for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"```.*?```|`[^`\n]*`", "", text_of(page), flags=re.S)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = os.path.normpath(os.path.join(folder, path)) if path else page
        if there.startswith(os.path.join("docs", "generated")):
            continue  # made when the site is built, which knows them (warnings are errors there)
        if not os.path.exists(os.path.join(ROOT, there)) or anchor and there.endswith(".md") and anchor not in anchors(there):
            lost.append(target)
    assert not lost


def test_troubleshooting_has_every_finding():
    spec = importlib.util.spec_from_file_location("pages", os.path.join(ROOT, "docs", "pages.py"))
    pages = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pages)
    told = dict(re.findall(r"^## (\S+)\n\n(.*?)(?=^## |\Z)", pages.troubleshooting(), re.M | re.S))
    assert set(told) == {check.__name__.replace("_", "-") for check in findings._ALL}
    for name, words in told.items():
        said, _, advice = words.partition("\n: ")
        assert len(said.strip("… \n")) > 15 and len(advice.strip("… \n")) > 5, (name, words)
