"""Events as a timeline in the trace format of Chrome, which Perfetto opens: one group for the host, one for each device."""

import json

from . import log

_HOST = 1


def as_json(events):
    """Host: a lane for each thread, with the calls. Device: a lane for each stream, with the work where its time was measured."""
    devices = {device: _HOST + 1 + i for i, device in enumerate(sorted({event.device for event in events if event.kind in log.ON_DEVICE}))}
    rows = [_name("process_name", _HOST, 0, "host")] + [_name("process_name", pid, 0, device) for device, pid in devices.items()]
    rows += [_name("thread_name", _HOST, thread, f"thread {thread}") for thread in sorted({event.thread for event in events})]
    lanes = {(event.device, event.stream) for event in events if event.kind in log.ON_DEVICE}
    rows += [_name("thread_name", devices[device], stream + 1, f"stream {stream}") for device, stream in sorted(lanes)]  # thread 0: Perfetto's idle one
    for event in events:
        shown = event.name if event.kind in ("kernel", "loops", "library", "wait", "host") else f"{event.kind} {event.name}"
        rows.append(_span(event, shown, event.called, event.returned, _HOST, event.thread))
        if event.kind in log.ON_DEVICE and event.timed:
            rows.append(_span(event, shown, event.begin, event.end, devices[event.device], event.stream + 1))
    return json.dumps({"traceEvents": rows, "displayTimeUnit": "ms"}, ensure_ascii=False)


def _name(what, pid, tid, name):
    return {"ph": "M", "name": what, "pid": pid, "tid": tid, "args": {"name": name}}


def _span(event, name, begin, end, pid, tid):
    more = {"where": event.place, "bytes": event.bytes, "operations": event.operations}
    if event.kind == "kernel":
        more.update(grid=str(event.grid), block=str(event.block))
    return {"ph": "X", "name": name, "cat": event.kind, "ts": begin * 1e6, "dur": max(end - begin, 0) * 1e6, "pid": pid, "tid": tid,
            "args": {key: value for key, value in more.items() if value}}
