"""What a notebook shows: arrays, explanations, profiles, progress; and the notebook of the examples, run as Jupyter runs it."""

import base64
import io
import os
import re
import sys
import time

import numpy as np
import pytest

import weft as wf
from weft import _compile, _core, _progress
from weft._array import show
from weft._profile import log, probe

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def pixels(html):
    Image = pytest.importorskip("PIL.Image")
    data = re.search(r"data:image/png;base64,([^\"]+)", html)
    return None if data is None else np.asarray(Image.open(io.BytesIO(base64.b64decode(data[1]))))


def test_an_array_says_what_it_is_and_shows_its_values():
    html = wf.arange(6).reshape(2, 3)._repr_html_()
    assert f"int64 (2, 3) on {wf.current_device()}, 48 bytes" in html and "[3 4 5]" in html and pixels(html) is None
    assert "…" in html or "<pre>" in wf.zeros(10**6)._repr_html_()
    assert len(wf.zeros(10**6)._repr_html_()) < 1000
    assert "&lt;" not in wf.zeros(3)._repr_html_() and "nan" in wf.full(3, np.nan)._repr_html_()


@pytest.mark.parametrize("shape", [(5,), (5000,), (7, 1000), (3, 2000), (100, 90), (6, 6, 700), (12, 13, 14, 15), (2, 3, 4, 5, 6, 7, 8), (0, 7), ()])
@pytest.mark.parametrize("dtype", [np.float64, np.int32, np.complex64, np.bool_])
def test_the_text_is_numpys(shape, dtype):
    host = np.asarray(np.random.default_rng(3).standard_normal(shape) * 1e3).astype(dtype)
    array = wf.asarray(host)
    assert str(array) == str(host) and repr(array) == repr(host)
    with np.printoptions(edgeitems=1, threshold=5, precision=2):
        assert str(array) == str(host) and repr(array) == repr(host)


def test_the_text_of_a_large_array_costs_little(monkeypatch):
    monkeypatch.setattr(probe, "reach", lambda device: {})
    array = wf.zeros((4000, 4000))
    wf.eval(array)
    with wf.profile() as p:
        assert str(array).startswith("[[0. 0. 0. ... 0. 0. 0.]")
    assert sum(e.bytes for e in p.events if e.kind in log.ON_DEVICE) < 100_000


def test_a_picture_runs_from_the_least_to_the_largest():
    got = pixels((wf.arange(32.0)[:, None] + wf.zeros(20))._repr_html_())
    assert got.shape == (32, 20, 3) and (got == got[:, :1]).all()
    assert tuple(got[0, 0]) == (25, 10, 60) and tuple(got[-1, 0]) == (250, 230, 60)
    bad = wf.arange(400.0).reshape(20, 20)
    bad[3, 4] = np.nan
    assert tuple(pixels(bad._repr_html_())[3, 4]) == (128, 128, 128)
    assert pixels(wf.ones((50, 50))._repr_html_()).shape == (50, 50, 3)


def test_large_arrays_are_thinned_and_colours_are_colours():
    assert pixels(wf.zeros((5000, 300), dtype=np.uint8)._repr_html_()).shape == (250, 150, 3)
    colours = np.random.default_rng(1).integers(0, 256, (20, 30, 3), np.uint8)
    np.testing.assert_array_equal(pixels(wf.asarray(colours)._repr_html_()), colours)
    assert show.picture(wf.zeros((20, 20), dtype=np.complex64)) is None and show.picture(wf.zeros((20, 20, 20))) is None
    assert show.picture(wf.zeros(())) is None and show.picture(wf.zeros((0, 20))) is None


@pytest.fixture
def progress(monkeypatch):
    """Nothing of earlier tests goes on, and nothing of this one afterwards."""
    def settle():
        monkeypatch.setattr(_progress, "GAP", 0.0)
        end = time.monotonic() + 20
        while (_progress._burst or _progress._watcher) and time.monotonic() < end:
            time.sleep(0.02)

    settle()
    yield settle
    settle()


@pytest.mark.parametrize("symbol, name", [("wf_kernel__Z4minePf", "mine"), ("wf_kernel_hh", "hh"), ("_ZN2ns5innerEPfi", "inner"), ("plain", "plain"),
                                          ("wf_kernel__Z3addIfEvPT_", "add")])
def test_the_name_of_what_is_compiled_is_the_users(symbol, name):
    ir = b"define internal void @wf_cold_store_f32(ptr %launch) {\n}\n\ndefine i32 @" + symbol.encode() + b"(ptr %0) {"
    assert _progress.name_in(ir) == name


def test_progress_is_a_line_after_a_second(monkeypatch, progress):
    class Stream(io.StringIO):
        def isatty(self):
            return True

    stream = Stream()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(_progress, "AFTER", 0.0)
    ir = b'define void @"wf_kernel_slow_one"(i8* %0) {'
    with _progress.compiling(ir):
        time.sleep(0.3)
    said = stream.getvalue()
    assert "\rweft: compiling slow_one … 0 s" in said and said.endswith("\r") and not said.split("\r")[-2].strip()
    assert not _progress._running
    before = len(stream.getvalue())
    monkeypatch.setattr(_progress, "AFTER", 60.0)
    with _progress.compiling(ir):
        pass
    assert len(stream.getvalue()) == before


def test_compilations_that_follow_each_other_are_one_piece_of_work(monkeypatch, progress):
    monkeypatch.setattr(_progress, "AFTER", 60.0)
    monkeypatch.setattr(_progress, "GAP", 60.0)
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    wf.config.progress = "on"
    try:
        for name in ("first", "second", "third"):
            with _progress.compiling(f"define void @wf_kernel_{name}(i8* %0) {{".encode()) as work:
                said = work.words()
        assert said.startswith("weft: compiling third … ") and said.endswith(", 2 done")
        with _progress.doing("weft: copying") as work:
            work.say("40 %")
            assert _progress._line() == ("weft: copying … 40 %", work.since)
    finally:
        wf.config.progress = None
    progress()
    assert _progress._burst is None and _progress._watcher is None and stream.getvalue() == ""


def test_progress_is_silent_where_nobody_watches(monkeypatch, progress):
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(_progress, "AFTER", 0.0)
    with _progress.compiling(b""):
        time.sleep(0.05)
    assert stream.getvalue() == ""
    wf.config.progress = "on"
    try:
        with _progress.compiling(b""):
            time.sleep(0.3)
    finally:
        wf.config.progress = None
    assert stream.getvalue() == "weft: compiling a kernel … 0 s\n"


def test_long_copies_are_told(monkeypatch):
    """The core says when one begins and ends, how long it is, between what, and counts."""
    told = []
    monkeypatch.setattr(_progress, "copy", lambda *notice: told.append((*notice, _core._copy_done(notice[0]))))
    host = np.zeros(1 << 28, np.uint8)
    host[-1] = 7
    with wf.device("cpu"):
        array = wf.asarray(host)
        assert [row[1:] for row in told] == [(1 << 28, "cpu:0", None, 0, 0), (1 << 28, "cpu:0", None, 1, 1 << 28)]
        assert array.get()[-1] == 7 and [row[2:] for row in told[2:]] == [(None, "cpu:0", 0, 0), (None, "cpu:0", 1, 1 << 28)]
        wf.asarray(host[: 1 << 27]).get()  # not long
    assert len(told) == 4 and _core._copy_done(10**6) == 0


def test_the_line_of_a_long_copy(monkeypatch, progress):
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(_progress, "AFTER", 60.0)
    monkeypatch.setattr(_core, "_copy_done", lambda number: {3: 4_000_000_000}.get(number, 0))
    wf.config.progress = "on"
    try:
        _progress.copy(3, 10_000_000_000, "cuda:0", None, 0)
        assert _progress._line()[0] == "weft: copying 10.0 GB to cuda:0 … 40%"
        _progress.copy(4, 10_000_000_000, "cuda:1", "cuda:0", 0)
        assert _progress._copies[4].words() == "weft: copying 10.0 GB from cuda:0 to cuda:1 …"
        _progress.copy(3, 10_000_000_000, "cuda:0", None, 1)
        _progress.copy(4, 10_000_000_000, "cuda:1", "cuda:0", 1)
        _progress.copy(4, 10_000_000_000, "cuda:1", "cuda:0", 1)  # told twice does no harm
    finally:
        wf.config.progress = None
    assert not _progress._copies and not _progress._running


def test_the_notebook_runs():
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    book = nbformat.read(os.path.join(ROOT, "examples", "first_steps.ipynb"), as_version=4)
    nbclient.NotebookClient(book, timeout=300, kernel_name="python3").execute()
    shown = [output.data for cell in book.cells if cell.cell_type == "code" for output in cell.outputs if output.output_type == "execute_result"]
    assert len(shown) == 5
    assert "<img" in shown[1]["text/html"] and "<svg" in shown[2]["text/html"] and "kernel brighten" in shown[3]["text/plain"]
    assert "0,  1,  4" in shown[4]["text/plain"]
