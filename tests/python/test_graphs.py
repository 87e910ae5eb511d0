"""Graphs: weft.capture, Stream.begin_capture, and CuPy's names over them; on the CPU and against the stand-in driver."""

import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest

import weft as wf


def kinds(graph):
    return [node[0] for node in graph.nodes]


def test_kernels_run_at_each_launch_and_not_before(scale):
    x = wf.ones(100, dtype="float32")
    stream = wf.Stream()
    stream.begin_capture()
    assert stream.is_capturing()
    scale(x, 3.0, x.size, grid=(1,), block=(128,), stream=stream)
    scale(x, 2.0, x.size, grid=(1,), block=(128,))  # no stream: this thread's work is captured too
    graph = stream.end_capture()
    assert not stream.is_capturing() and float(x[5]) == 1
    assert graph.nodes == [("kernel", 0, "scale", (1, 1, 1), (128, 1, 1))] * 2
    for n in (1, 2):
        graph.launch(stream if n == 1 else None)
        stream.synchronize()
        assert float(x[5]) == 6.0 ** n


def test_copies_fills_and_calls(scale):
    memory, calls = wf.Memory(40), []
    host, back = np.arange(10, dtype=np.float32), np.zeros(10, np.float32)
    with wf.capture() as c:
        wf.copy_to_device(memory, host, None, False)
        scale(memory, 2.0, 10, grid=(1,), block=(32,))
        wf.copy_to_host(back, memory, None, False)
        c.stream.add_callback(lambda: calls.append(1))
    assert kinds(c.graph) == ["copy", "kernel", "copy", "call"] and not calls
    c.graph.upload()
    for factor in (1, 5):
        host[:] = np.arange(10) * factor
        c.graph.launch()
        wf.synchronize()
        assert (back == np.arange(10) * factor * 2).all() and len(calls) == (1 if factor == 1 else 2)


def test_arrays_are_read_and_written_at_each_launch():
    x = wf.arange(3.0)
    before = x.copy()  # shares x's memory until one of them changes
    with wf.capture() as c:
        y = x * 2
        total = (y + 1).sum()
    x[:] = 5
    c.graph.launch()
    old = y + 1
    assert y.tolist() == [10] * 3 and float(total) == 33
    x[:] = 7
    c.graph.launch()
    assert y.tolist() == [14] * 3 and old.tolist() == [11] * 3 and before.tolist() == [0, 1, 2]
    kept = y.copy()
    y[:] = 0
    c.graph.launch()
    assert y.tolist() == kept.tolist() == [14] * 3


def test_a_step_of_a_simulation_is_launched_again_and_again():
    def step(a, t):
        n = a * 0
        n[1:-1, 1:-1] = (a[:-2, 1:-1] + a[2:, 1:-1]) * 0.5 + t[1:-1, 1:-1]
        a[:] = n

    a, t = wf.zeros((20, 20)), wf.ones((20, 20))
    with wf.capture() as c:
        step(a, t)
    expected, ones = np.zeros((20, 20)), np.ones((20, 20))
    for _ in range(4):
        c.graph.launch()
        step(expected, ones)
    assert (wf.asnumpy(a) == expected).all()
    del a, t
    c.graph.launch()  # the graph keeps what it works on
    wf.synchronize()


def test_what_arrays_recorded_before_is_not_captured():
    x = wf.ones(4)
    y = x + 1  # pending
    with wf.capture() as c:
        z = y * 3
    assert y.tolist() == [2] * 4 and len(c.graph.nodes) == 1
    c.graph.launch()
    assert z.tolist() == [6] * 4


def test_python_kernels():
    @wf.cuda.jit
    def more(x):
        i = wf.cuda.grid(1)
        if i < x.size:
            x[i] += 1

    x = wf.zeros(10)
    with wf.capture() as c:
        more[1, 32](x)
        more[1, 32](x)
    for _ in range(3):
        c.graph.launch()
    assert x.tolist() == [6] * 10


def test_streams_join_by_events():
    first, second, a, b = wf.Stream(), wf.Stream(), wf.Memory(4), wf.Memory(4)
    fork, joined = wf.Event(), wf.Event()
    with wf.capture(first) as c:
        wf.fill(a, 3, 1, 4, first)
        fork.record(first)
        second.wait_for_event(fork)
        assert second.is_capturing()
        wf.copy_on_device(b, a, 4, second, False)
        joined.record(second)
        first.wait_for_event(joined)
    c.graph.launch(first)
    first.synchronize()
    got = np.zeros(4, np.uint8)
    wf.copy_to_host(got, b)
    assert (got == 3).all() and [node[1] for node in c.graph.nodes] == [0, 1]
    with pytest.raises(wf.ArgumentError, match="does not wait for"):
        with wf.capture(first):
            fork.record(first)
            second.wait_for_event(fork)
            wf.fill(a, 3, 1, 4, second)
    assert not first.is_capturing() and not second.is_capturing()


def test_what_waits_is_refused_and_the_capture_goes_on():
    memory, host = wf.Memory(4), np.zeros(4, np.uint8)
    with wf.capture() as c:
        wf.fill(memory, 9, 1, 4, c.stream)
        for wait in (wf.synchronize, c.stream.synchronize, c.stream.is_done, lambda: wf.copy_to_host(host, memory),
                     lambda: float(wf.ones(3).sum())):
            with pytest.raises(wf.ArgumentError, match="being captured"):
                wait()
        given = wf.asarray([1.0, 2.0])  # made at once: nothing of the host's is read at a launch
    assert given.tolist() == [1, 2]
    c.graph.launch()
    wf.copy_to_host(host, memory)
    assert (host == 9).all()


def test_an_exception_drops_the_capture():
    x = wf.ones(3)
    with pytest.raises(ZeroDivisionError):
        with wf.capture() as c:
            x += 1
            1 / 0
    assert c.graph is None and not c.stream.is_capturing()
    stream = wf.Stream()
    stream.begin_capture()
    del stream  # nobody can end it any more
    assert float((wf.ones(3) * 2).sum()) == 6


def test_freed_memory_is_told():
    memory = wf.Memory(16)
    with wf.capture() as c:
        wf.fill(memory, 1, 1, 16, c.stream)
    memory.free()
    with pytest.raises(wf.ArgumentError, match="freed after"):
        c.graph.launch()


CUPY = """
    import cupy as cp
    stream, other = cp.cuda.Stream(non_blocking=True), cp.cuda.Stream(non_blocking=True)
    a, calls = cp.arange(4.0), []
    kernel = cp.RawKernel('extern "C" __global__ void twice(double *x) { x[threadIdx.x] *= 2; }', "twice")
    with stream:
        stream.begin_capture()
        assert stream.is_capturing() and not cp.cuda.Stream.null.is_capturing()
        b = a * 3 + 1
        kernel((1,), (4,), (b,))
        stream.launch_host_func(calls.append, 1)
        graph = stream.end_capture()
    with other:
        graph.upload()
        graph.launch()
    other.synchronize()
    assert isinstance(graph, cp.cuda.Graph) and calls == [1] and "twice" in graph.debug_dot_str()
    assert on_gpu or b.tolist() == [2, 8, 14, 20], b
    assert graph.graph and graph.graphExec
    for spoil, status in ((stream.synchronize, 900), (None, None)):
        stream.begin_capture()
        try:
            spoil() if spoil else stream.done
        except cp.cuda.runtime.CUDARuntimeError as error:
            assert error.status == status
        try:
            stream.end_capture()
            raise SystemExit("not refused")
        except cp.cuda.runtime.CUDARuntimeError as error:
            assert error.status == 901
    try:
        stream.end_capture()
        raise SystemExit("not refused")
    except cp.cuda.runtime.CUDARuntimeError as error:
        assert error.status == 401
    rt = cp.cuda.runtime
    s = rt.streamCreate()
    rt.streamBeginCapture(s, rt.streamCaptureModeRelaxed)
    assert rt.streamIsCapturing(s)
    rt.memsetAsync(a.data.ptr, 0, 32, s)
    g = rt.streamEndCapture(s)
    e = rt.graphInstantiate(g)
    rt.graphUpload(e, s), rt.graphLaunch(e, s), rt.streamSynchronize(s)
    assert a.tolist() == [0] * 4, a
    rt.graphExecDestroy(e), rt.graphDestroy(g), rt.streamDestroy(s)
"""


@pytest.mark.parametrize("gpu", [False, True])
def test_cupy(gpu, tmp_path, request):
    env = dict(os.environ)
    if gpu:
        env["WEFT_CUDA_LIBRARY"], env["WEFT_DEVICE"] = str(request.getfixturevalue("fake")), "cuda"
        env["WEFT_CACHE_DIR"] = "off"  # what a real driver made is no module for this one
    program = tmp_path / "program.py"
    program.write_text(f"on_gpu = {gpu}\n" + textwrap.dedent(CUPY))
    done = subprocess.run([sys.executable, "-P", "-m", "weft", str(program)], env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
