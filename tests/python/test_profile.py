"""weft profile: the runtime's log, the table, the advice from events made up for it, the files; on the CPU and on the stand-in driver."""

import json
import os
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as tree
from html.parser import HTMLParser

import numpy as np
import pytest

import weft as wf
from weft import _core
from weft._profile import advice, log, page, probe, table, timeline

REACH = {"bytes": 1e10, "float32": 1e11, "float64": 5e10, "in": 5e9, "out": 5e9}
SCALE = 'extern "C" __global__ void scale(float *x, float a) { int i = blockIdx.x * blockDim.x + threadIdx.x; x[i] *= a; }'


@pytest.fixture(autouse=True)
def no_measuring(monkeypatch):
    for device in ("cpu:0", "cuda:0"):
        monkeypatch.setitem(probe._known, device, REACH)


def event(kind="kernel", begin=0.0, took=1e-3, place="a.py:1", name="k", **more):
    grid, block = more.pop("grid", (1, 1, 1)), more.pop("block", (32, 1, 1))
    facts = dict(device="cpu:0", thread=1, stream=1, bytes=0, operations=0, flags=0, timed=True)
    return log.Event(kind=kind, name=name, place=place, called=begin, returned=begin + 1e-6, begin=begin, end=begin + took, grid=grid, block=block,
                     **{**facts, **more})


def test_the_log_has_what_ran_with_the_users_lines():
    kernel = wf.Kernel(SCALE)
    host = np.ones(1024, np.float32)
    with wf.profile() as p:
        for _ in range(3):
            kernel(wf.InOut(host), 2.0, grid=(8,), block=(128,))
        wf.synchronize()
        total = (wf.asarray(host) * 3 + 1).sum().item()
    assert host[0] == 8 and total == 1024 * 25
    kernels = [e for e in p.events if e.kind == "kernel" and e.name == "scale"]
    device = str(wf.current_device())
    assert [(e.grid, e.block, e.bytes, e.device) for e in kernels] == [((8, 1, 1), (128, 1, 1), 4096, device)] * 3
    line = test_the_log_has_what_ran_with_the_users_lines.__code__.co_firstlineno + 5
    assert all(e.place.endswith(f"test_profile.py:{line}") for e in kernels)
    assert [e.bytes for e in p.events if e.kind in log.COPIES][:6] == [4096] * 6
    assert sum(e.kind == "wait" for e in p.events) >= 1
    done = next(e for e in p.events if e.kind in ("loops", "kernel") and e.name == "weft_multiply_add_sum")
    assert done.operations == 3 * 1024 and done.bytes >= 4096 and not done.flags
    assert all(0 <= e.called <= e.returned and e.begin <= e.end for e in p.events)
    assert "kernel scale" in str(p) and not _core.trace_on()


def test_nothing_is_logged_outside_and_one_is_open_at_a_time():
    with wf.profile() as p:
        with pytest.raises(RuntimeError, match="open already"):
            wf.profile().__enter__()
    (wf.ones(10) + 1).get()
    assert not p.events and "Nothing ran on weft." in str(p) and _core.trace_open("x") is None
    with wf.profile() as p:
        wf.linalg.slogdet(wf.eye(3))
    assert [e.name for e in p.events if e.kind == "host"] == ["linalg.slogdet"]


def test_work_in_a_queue_is_timed_where_it_runs():
    slow = wf.Kernel('extern "C" __global__ void slow(double *x, int n) { for (int i = 0; i < n; i++) x[threadIdx.x] = x[threadIdx.x] * 0.5 + 1; }')
    x = _core.Memory(8 * 32)
    _core.fill(x, 0, 4, 64)
    with wf.profile() as p:
        for _ in range(4):
            slow(x, np.int32(200_000), grid=(1,), block=(32,))
        wf.synchronize()
    mine = [e for e in p.events if e.name == "slow" and e.kind == "kernel"]
    assert all(e.timed and e.seconds > 0 and e.flags & log.DOUBLE for e in mine)
    assert all(first.end <= second.begin + 1e-9 for first, second in zip(mine, mine[1:]))


def test_rows_know_the_share_of_what_the_device_reaches():
    rows = table.rows([event(bytes=1_000_000, took=1e-3, begin=i) for i in range(4)] + [event("copy in", bytes=1_000_000, took=1e-3, name="copy"),
                      event(name="sum", operations=10**8, bytes=8, took=2e-3)], {"cpu:0": REACH})
    found = {row.name: (row.calls, round(row.share, 3), row.bound) for row in rows}
    assert found == {"k": (4, 0.1, "memory"), "copy": (1, 0.2, "link"), "sum": (1, 0.5, "arithmetic")}
    assert [row.name for row in rows] == ["k", "sum", "copy"]


ADVICE = {
    "copy-in-a-loop": [event("copy in", i * 0.01, 5e-3, bytes=10**6, name="copy") for i in range(20)],
    "small-launches": [event(begin=i * 1e-5, took=2e-6) for i in range(2000)],
    "wait-in-a-loop": [event("wait", i * 1e-4, 1e-5, device="cuda:0") for i in range(100)],
    "through-numpy": [event("host", took=0.1, name="linalg.svd", device="cpu:0")],
    "compiling": [event("compile", took=0.05, name="k")],
    "compiled-again": [event("compile", i, 0.05, name="k") for i in range(8)],
    "far-from-reach": [event(bytes=1000, took=0.1, grid=(10_000, 1, 1), block=(256, 1, 1))],
}


@pytest.mark.parametrize("name", ADVICE)
def test_advice(name):
    events = ADVICE[name]
    rows = table.rows(events, {"cpu:0": REACH, "cuda:0": REACH})
    found = advice.find(events, rows, sum(e.seconds for e in events), {"cpu:0": REACH})
    assert [one.id for one in found] == [name]
    assert 0 < found[0].seconds and ("a.py:1" in found[0].text or name in ("compiling", "compiled-again"))


def test_float64_on_a_consumer_card_is_told(monkeypatch):
    class Device:
        info = {"compute_major": 8, "compute_minor": 9, "name": "A card", "multiprocessors": 100}

    monkeypatch.setattr(wf, "device", lambda name: Device)
    events = [event(device="cuda:0", flags=log.DOUBLE, took=0.1)]
    found = advice.find(events, table.rows(events, {}), 0.1, {})
    assert [one.id for one in found] == ["float64"] and "float32" in found[0].text
    Device.info = {**Device.info, "compute_major": 9, "compute_minor": 0}
    assert not advice.find(events, table.rows(events, {}), 0.1, {})


def test_the_advice_is_three_at_most_and_worth_it():
    events = [one for group in ADVICE.values() for one in group]
    rows = table.rows(events, {"cpu:0": REACH})
    assert len(advice.find(events, rows, 1.0, {})) == 3 and advice.find(events, rows, 1e6, {}) == []


def test_the_timeline_is_what_perfetto_reads():
    events = [event(), event("wait", 1.0, place=""), event("copy out", 2.0, device="cuda:0", stream=2)]
    rows = json.loads(timeline.as_json(events))["traceEvents"]
    spans = [row for row in rows if row["ph"] == "X"]
    assert len(spans) == 5 and all({"ts", "dur", "pid", "tid", "name"} <= set(row) for row in spans)
    assert {row["args"]["name"] for row in rows if row["name"] == "process_name"} == {"host", "cpu:0", "cuda:0"}
    named = {(row["pid"], row["tid"]) for row in rows if row["name"] == "thread_name"}
    assert {(row["pid"], row["tid"]) for row in spans} <= named


def follows_the_format(rows):
    """The rules for complete events of the trace-event format: fields and their types, microseconds, and in a lane spans lie inside
    each other or apart."""
    lanes = {}
    for row in rows:
        assert row["ph"] in "XM" and isinstance(row["pid"], int) and isinstance(row["tid"], int) and isinstance(row["name"], str) and row["name"]
        if row["ph"] == "M":
            assert row["name"] in ("process_name", "thread_name") and isinstance(row["args"]["name"], str)
            continue
        assert row["tid"] > 0 and row["ts"] >= 0 and row["dur"] >= 0 and isinstance(row["cat"], str) and "," not in row["cat"]
        lanes.setdefault((row["pid"], row["tid"]), []).append(row)
    for lane in lanes.values():
        around = []
        for row in sorted(lane, key=lambda row: (row["ts"], -row["dur"])):
            end = row["ts"] + row["dur"]
            around = [one for one in around if one > row["ts"]]
            assert not around or end <= around[-1] + 1e-3, row  # a nanosecond: the times are floats of seconds before
            around.append(end)
    return lanes


def test_the_timeline_of_a_run_follows_the_format(monkeypatch):
    monkeypatch.setattr(probe, "reach", lambda device: {})
    kernel = wf.Kernel("__global__ void k(float *x, int n) { int i = blockIdx.x * 64 + threadIdx.x; if (i < n) x[i] += 2.0f; }")
    with wf.profile() as p:
        x = np.zeros(1000, np.float32)
        for stream in (wf.Stream(), wf.Stream()):
            kernel(wf.InOut(x), 1000, grid=16, block=64)
            kernel(wf.asarray(x), 1000, grid=16, block=64, stream=stream)
        wf.synchronize()
        float((wf.asarray(x) * 2 + 1).sum())
    lanes = follows_the_format(json.loads(timeline.as_json(p.events))["traceEvents"])
    assert len(lanes) >= 3 and sum(map(len, lanes.values())) >= 10


class _Balance(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.links = [], []

    def handle_starttag(self, tag, attributes):
        self.links += [value for key, value in attributes if key in ("src", "href")]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_stands_alone(tmp_path):
    measured = wf.profile("<program> & co")
    measured.events = [event(name="a<b", bytes=10**6, operations=10**6), event("copy in", 1.0, bytes=100), event(name="unknown", bytes=10**5)]
    measured.seconds, measured.reach = 2.0, {"cpu:0": REACH}
    measured.rows, measured.advice = table.rows(measured.events, measured.reach), []
    html, other = measured.save(str(tmp_path / "p"))
    text = open(html, encoding="utf-8").read()
    check = _Balance()
    check.feed(text)
    assert not check.open and not check.links and "&lt;program&gt; &amp; co" in text and "a<b" not in text
    picture = tree.fromstring(str(page.roofline(measured.rows[:1] + measured.rows[-1:], REACH, "cpu:0")))
    assert picture.tag.endswith("svg") and len([p for p in picture if p.tag.endswith("circle")]) == 2
    assert json.load(open(other))["traceEvents"]


@pytest.mark.parametrize("double", [1e11, 0.95e11, 1.05e11, 5e10, 1e9])
def test_the_words_of_two_roofs_stand_apart(double):
    rows = table.rows([event(bytes=10**6, operations=10**6)], {"cpu:0": REACH})
    picture = tree.fromstring(str(page.roofline(rows, {**REACH, "float64": double}, "cpu:0")))
    at = [float(p.get("y")) for p in picture.iter() if p.tag.endswith("text") and (p.text or "").startswith("float")]
    assert len(at) == 2 and abs(at[0] - at[1]) >= 12


def test_names_of_kernels_stand_apart():
    """Kernels without arithmetic all stand at the left edge; slow ones are inside of the picture too."""
    made = [event(name=name, bytes=bytes) for name, bytes in (("sort", 10**4), ("weft_copy", 10**4), ("weft_scan", 10**4), ("far_away", 10**9))]
    picture = tree.fromstring(str(page.roofline(table.rows(made, {"cpu:0": REACH}), REACH, "cpu:0")))
    at = {p.text: float(p.get("y")) for p in picture.iter() if p.tag.endswith("text") and (p.text or "")[:4] in ("sort", "weft", "far_")}
    heights = sorted(at.values())
    assert len(at) == 4 and all(b - a >= 12 for a, b in zip(heights, heights[1:])), at
    low = [float(p.get("cy")) for p in picture.iter() if p.tag.endswith("circle")]
    assert max(low) < page.HEIGHT - page.BOTTOM - 5


def test_the_probe_measures_and_keeps(tmp_path, monkeypatch):
    monkeypatch.delitem(probe._known, "cpu:0")
    monkeypatch.setattr(_core, "cache_folder", lambda: str(tmp_path))
    monkeypatch.setattr(probe, "measure", lambda device: REACH)
    assert probe.reach("cpu:0") == REACH
    monkeypatch.delitem(probe._known, "cpu:0")
    monkeypatch.setattr(probe, "measure", lambda device: {**REACH, "in": 1})
    assert probe.reach("cpu:0") == REACH
    monkeypatch.delitem(probe._known, "cpu:0")
    monkeypatch.setattr(probe, "anew", True)
    assert probe.reach("cpu:0")["in"] == 1


def test_the_probe_really_measures(monkeypatch):
    monkeypatch.setattr(probe, "_best", lambda run, **more: (run(), wf.synchronize(), 1.0)[2])
    assert set(probe.measure("cpu:0")) == set(REACH)


PROGRAM = """
import sys
import numpy as np
import pycuda.autoinit, pycuda.driver as cuda
from pycuda.compiler import SourceModule
f = SourceModule("__global__ void twice(float *x) { x[threadIdx.x] *= 2; }").get_function("twice")
x = np.ones(32, np.float32)
for _ in range(12):
    f(cuda.InOut(x), block=(32, 1, 1))
print(sys.argv[1:])
sys.exit(3)
"""


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_the_command(tmp_path, device, request):
    library = str(request.getfixturevalue("fake")) if device == "cuda" else "off"
    (tmp_path / "program.py").write_text(PROGRAM)
    (tmp_path / "cache").mkdir()
    environment = {**os.environ, "WEFT_CUDA_LIBRARY": library, "WEFT_CACHE_DIR": str(tmp_path / "cache"), "WEFT_DEVICE": device}
    done = subprocess.run([sys.executable, "-m", "weft", "profile", "-o", "out", "program.py", "-x"], capture_output=True, text=True,
                          cwd=tmp_path, env=environment, timeout=300)
    assert done.returncode == 3 and done.stdout == "['-x']\n", done.stderr
    assert f"kernel twice" in done.stderr and "program.py:9" in done.stderr and "copy in" in done.stderr
    spans = [row for row in json.loads((tmp_path / "out.json").read_text())["traceEvents"] if row["ph"] == "X" and row["cat"] == "kernel"]
    assert len(spans) == 24 and {row["args"]["block"] for row in spans} == {"(32, 1, 1)"}  # on the host and on the device
    assert "<svg" in (tmp_path / "out.html").read_text()


def test_a_report_that_cannot_be_written(tmp_path):
    (tmp_path / "program.py").write_text("import weft as wf\nwf.Kernel('__global__ void k() {}')(grid=1, block=1)\nprint((wf.ones(1000) * 2).sum())\n")
    done = subprocess.run([sys.executable, "-m", "weft", "profile", "-o", "nowhere/out", "program.py"], capture_output=True, text=True, cwd=tmp_path,
                          timeout=300, env={**os.environ, "WEFT_DEVICE": "cpu", "WEFT_CACHE_DIR": "off"})
    assert done.returncode == 1 and "cannot be written" in done.stderr and "Traceback" not in done.stderr and "2000" in done.stdout
    assert "there is no disk cache" in done.stderr


def test_an_interrupted_program_has_its_report(tmp_path):
    program = tmp_path / "endless.py"
    program.write_text("import weft as wf\nprint('ready', flush=True)\nwhile True: (wf.ones(1000) * 2).sum().item()\n")
    process = subprocess.Popen([sys.executable, "-m", "weft", "profile", "--table", str(program)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True, env={**os.environ, "WEFT_DEVICE": "cpu"})
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    try:
        said = process.communicate(timeout=120)[1]
    finally:
        process.kill()
    assert process.returncode == 130 and "KeyboardInterrupt\n" in said and "loops weft_multiply_sum" in said, said


def test_a_program_that_is_not_there(tmp_path):
    for command in ("profile", "port"):
        done = subprocess.run([sys.executable, "-m", "weft", command, "nosuch.py"], capture_output=True, text=True, cwd=tmp_path, timeout=60)
        assert done.returncode == 2 and "nosuch.py" in done.stderr and not done.stdout and len(done.stderr.splitlines()) == 1
    assert not os.listdir(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_a_program_whose_name_is_not_of_the_locale(tmp_path):
    """In the C locale a name in UTF-8 is read as bytes; the report and the timeline hold it as it is."""
    program = "import weft as wf\nx = wf.arange(1000.0)\nprint(float((x * x).sum()))\n"
    (tmp_path / "prögramm.py").write_text(program, encoding="utf-8")
    done = subprocess.run([sys.executable, "-P", "-m", "weft", "profile", "prögramm.py".encode()], capture_output=True, cwd=tmp_path, timeout=300,
                          env={**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "WEFT_CUDA_LIBRARY": "off"})
    assert done.returncode == 0, done.stderr
    assert "prögramm.py" in (tmp_path / "weft-profile.html").read_text(encoding="utf-8")
    events = json.loads((tmp_path / "weft-profile.json").read_text(encoding="utf-8"))["traceEvents"]
    assert any("prögramm.py" in str(one.get("args")) for one in events)
