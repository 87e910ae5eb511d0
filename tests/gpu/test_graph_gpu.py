"""Graphs on a real GPU: captured work runs at each launch with its values, streams join, arrays take part, and a graph of many
small kernels is faster than their launches."""

import time

import numpy as np
import pytest

import weft as wf

pytestmark = pytest.mark.skipif(not wf.devices("cuda"), reason="no GPU")


def test_kernels_copies_and_calls(scale):
    memory, calls = wf.Memory(4000), []
    host, back = wf.PinnedMemory(4000), wf.PinnedMemory(4000)
    source, target = np.frombuffer(host, np.float32), np.frombuffer(back, np.float32)
    with wf.capture() as c:
        wf.copy_to_device(memory, source, None, False)
        scale(memory, 2.0, 1000, grid=(4,), block=(256,))
        wf.copy_to_host(target, memory, None, False)
        c.stream.add_callback(lambda: calls.append(1))
    c.graph.upload()
    for factor in (1, 5):
        source[:] = np.arange(1000) * factor
        c.graph.launch()
        wf.synchronize()
        assert (target == np.arange(1000, dtype=np.float32) * factor * 2).all()
    assert len(calls) == 2


def test_pageable_memory(scale):
    memory, host, back = wf.Memory(4 << 20), np.arange(1 << 20, dtype=np.float32), np.zeros(1 << 20, np.float32)
    with wf.capture() as c:
        wf.copy_to_device(memory, host, None, False)
        scale(memory, 2.0, 1 << 20, grid=(4096,), block=(256,))
        wf.copy_to_host(back, memory, None, False)
    for factor in (1, 3):
        host[:] = np.arange(1 << 20) * factor
        c.graph.launch()
        wf.synchronize()
        assert (back == host * 2).all()


def test_arrays():
    x = wf.arange(1000.0)
    with wf.capture() as c:
        y = wf.sin(x) * 2 + 1
        total = y.sum()
    for value in (0.5, 2.0):
        x[:] = value
        c.graph.launch()
        with wf.device("cpu"):
            here = wf.full(1000, value)
            expected = wf.sin(here) * 2 + 1
            there = float(expected.sum())
        assert (wf.asnumpy(y) == wf.asnumpy(expected)).all() and float(total) == there


def test_sort():
    """By kernels of weft's own: nothing of it has to be looked at on the way."""
    x = wf.arange(1000.0)
    with wf.capture() as c:
        y = wf.sort(x)
    x[:] = wf.asarray(np.arange(1000.0)[::-1] * 3)
    c.graph.launch()
    assert (wf.asnumpy(y) == np.arange(1000.0) * 3).all()


def test_streams_join():
    first, second, a, b = wf.Stream(), wf.Stream(), wf.Memory(4), wf.Memory(4)
    fork, joined = wf.Event(), wf.Event()
    with wf.capture(first) as c:
        wf.fill(a, 3, 1, 4, first)
        fork.record(first)
        second.wait_for_event(fork)
        wf.copy_on_device(b, a, 4, second, False)
        joined.record(second)
        first.wait_for_event(joined)
        wf.fill(a, 4, 1, 4, first)
    c.graph.launch(second)
    second.synchronize()
    got = np.zeros(4, np.uint8)
    wf.copy_to_host(got, b)
    assert (got == 3).all()


def test_the_rest_of_the_device_goes_on():
    """While one stream is captured, the default stream, the allocator and waits work."""
    x, other = wf.ones(1000), wf.Stream()
    stream = wf.Stream()
    stream.begin_capture()
    big = wf.Memory(64 << 20)
    wf.fill(big, 1, 1, 64 << 20, other)
    other.synchronize()
    big.free()
    y = x * 2
    graph = stream.end_capture()
    graph.launch()
    assert float(y.sum()) == 2000


def test_speed(scale, capsys):
    x, n = wf.ones(1000, dtype="float32"), 50
    with wf.capture() as c:
        for _ in range(n):
            scale(x, 1.0, 1000, grid=(4,), block=(256,))

    def plain():
        for _ in range(n):
            scale(x, 1.0, 1000, grid=(4,), block=(256,))

    times = []
    for run in (plain, c.graph.launch):
        run()
        wf.synchronize()
        best = 1e9
        for _ in range(20):
            begin = time.perf_counter()
            for _ in range(10):
                run()
            wf.synchronize()
            best = min(best, (time.perf_counter() - begin) / 10 / n)
        times.append(best * 1e6)
    with capsys.disabled():
        print(f"\nper kernel: {times[0]:.2f} us launched one by one, {times[1]:.2f} us in a graph of {n}")
